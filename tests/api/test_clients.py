"""Clients made from the OpenAPI by generators, in Python and in TypeScript, against the live service."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.api.served import Served
from tests.api.test_openapi import FILE

BIN = Path(sys.executable).parent
TYPESCRIPT = Path(__file__).parent / "typescript"
WANTED = {"total": "582.00", "code": "S4043", "status": 404}

PYTHON = """
import json, sys
from rebates_client import AuthenticatedClient
from rebates_client.api.quotes import quote
from rebates_client.models import OrderLine, OrderRequest, ProblemAnswer, QuantityBody, QuoteAnswer
from rebates_client.models import QuoteExplain

client = AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2])
line = OrderLine(item="COLA", quantity=QuantityBody(number="60", unit="carton"))
order = OrderRequest(account="ALFA", date="2026-03-10", lines=[line])
good = quote.sync(client=client, body=order, explain=QuoteExplain.NONE)
assert isinstance(good, QuoteAnswer), good
order.account = "NOBODY"
bad = quote.sync(client=client, body=order)
assert isinstance(bad, ProblemAnswer), bad
print(json.dumps({"total": good.total.amount, "code": bad.code, "status": bad.status}))
"""


def run(*command: object, cwd: Path) -> str:
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(cwd)}
    words = [str(part) for part in command]
    done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_a_python_client(served: Served, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(
        "package_name_override: rebates_client\nproject_name_override: rebates-client\npost_hooks: []\n", "utf-8"
    )
    made = tmp_path / "rebates_client"
    run(
        BIN / "openapi-python-client", "generate", "--path", FILE, "--config", tmp_path / "config.yaml",
        "--meta", "none", "--output-path", made, cwd=tmp_path,
    )  # fmt: skip
    printed = run(sys.executable, "-W", "ignore", "-c", PYTHON, served.url, served.keys["alfa"], cwd=tmp_path)
    assert json.loads(printed) == WANTED


def test_a_typescript_client(served: Served, tmp_path: Path) -> None:
    """What it needs is installed by npm from its lock file; the types are checked, then it runs."""
    folder = tmp_path / "client"
    shutil.copytree(TYPESCRIPT, folder)
    run(BIN / "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)
    run(
        BIN / "node",
        "node_modules/.bin/openapi-typescript",
        FILE,
        "--default-non-nullable",
        "false",
        "-o",
        "service.ts",
        cwd=folder,
    )
    run(BIN / "node", "node_modules/.bin/tsc", cwd=folder)
    printed = run(BIN / "node", "--no-warnings", "quote.ts", served.url, served.keys["alfa"], cwd=folder)
    assert json.loads(printed) == WANTED
