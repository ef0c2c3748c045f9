"""Tries every seeded fault: the code is copied, one fault is put in, and its test has to find it.

    python -m tests.faults.run [--only TEXT]

Exit code 1 where a test fails without any fault, or a fault survives: then the tests do not watch what they should.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("src", "api", "tests", "rules", "grammar", "docs", "benchmarks", "pyproject.toml", "Makefile", "README.md")


@dataclass(frozen=True)
class Fault:
    """A patch to one file, and the test that has to fail with it."""

    what: str
    file: str
    old: str
    new: str
    test: str


def faults() -> list[Fault]:
    """All of them, as they are listed."""
    listed = tomllib.loads((Path(__file__).parent / "faults.toml").read_text("utf-8"))["fault"]
    return [Fault(**each) for each in listed]


def tried(tree: Path, tests: list[str], cache: Path) -> subprocess.CompletedProcess[str]:
    """Runs tests of a tree, with its own code before any that is installed."""
    paths = os.pathsep.join(str(path) for path in (tree / "src", tree / "api", tree))
    environment = {**os.environ, "PYTHONPATH": paths, "REBATES_CACHE": str(cache), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)


def main() -> None:
    """Tries all, or those whose words hold a text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="only faults whose words hold this text")
    chosen = parser.parse_args()
    wanted = [fault for fault in faults() if chosen.only in fault.what]
    survived = []
    with tempfile.TemporaryDirectory() as name:
        tree, warm = Path(name) / "tree", Path(name) / "cache"
        tree.mkdir()
        for part in COPIED:
            if (ROOT / part).is_dir():
                shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / part, tree / part)
        done = tried(tree, sorted({fault.test for fault in wanted}), warm)
        if done.returncode:
            sys.exit(f"without any fault:\n{done.stdout[-3000:]}{done.stderr[-1000:]}")
        for number, fault in enumerate(wanted, 1):
            file, cache = tree / fault.file, Path(name) / "cold"
            whole = file.read_text("utf-8")
            file.write_text(whole.replace(fault.old, fault.new), encoding="utf-8")
            shutil.copytree(warm, cache)  # what is kept of rules that a fault has spoilt is kept for nobody
            done = tried(tree, [fault.test], cache)
            shutil.rmtree(cache)
            file.write_text(whole, encoding="utf-8")
            found = done.returncode == 1
            print(f"{number:>3}  {'found' if found else 'SURVIVED'}  {fault.what}", flush=True)
            if not found:
                survived.append(f"{fault.what}: {fault.test}\n{done.stdout[-500:]}")
    if survived:
        sys.exit("\n".join(survived))
    print(f"{len(wanted)} faults, each found by its test")


if __name__ == "__main__":
    main()
