"""The OpenAPI: the file in the repository, its own rules, and what happens when it is taken at its word."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from openapi_spec_validator import OpenAPIV31SpecValidator

from rebates_api.app import fast_api
from rebates_api.routes import ALL
from tests.api.served import Served

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docs" / "reference" / "openapi.json"
CASES = int(os.environ.get("CASES", "5"))  # a route; 2,000 in `make long`


def test_the_file_in_the_repository_is_what_the_service_says() -> None:
    """Written anew by `python -m tests.api.openapi_file`; the change is then to be seen in the diff."""
    assert json.loads(FILE.read_text("utf-8")) == json.loads(json.dumps(fast_api().openapi()))


def test_it_keeps_the_rules_of_openapi() -> None:
    OpenAPIV31SpecValidator(json.loads(FILE.read_text("utf-8"))).validate()


def test_every_route_is_in_it_once_with_its_name() -> None:
    paths = json.loads(FILE.read_text("utf-8"))["paths"]
    names = [operation["operationId"] for operations in paths.values() for operation in operations.values()]
    assert len(names) == len(set(names)) == len(ALL)


def test_what_it_promises_is_kept(served: Served, tmp_path: Path) -> None:
    """Every check of schemathesis over every route, with few cases."""
    done = schemathesis(served, CASES, tmp_path)
    assert done.returncode == 0, done.stdout[-6_000:]


def schemathesis(served: Served, cases: int, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs it as its command line does."""
    program = Path(sys.executable).parent / "schemathesis"
    return subprocess.run(
        [
            program, "--config-file", Path(__file__).parent / "schemathesis.toml", "run", FILE, "--url", served.url, "--checks", "all", "--max-examples", str(cases),
            "--header", f"Authorization: Bearer {served.keys['admin']}", "--generation-deterministic",
            "--suppress-health-check", "all", "--phases", "examples,coverage,fuzzing", "--exclude-path", "/v1/rules:reload",
        ],
        cwd=folder,
        env=os.environ | {"SCHEMATHESIS_HOOKS": "tests.api.hooks", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
