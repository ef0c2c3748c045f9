"""Tries every seeded fault: the code is copied, one fault is put in, and its test has to find it.

    python -m tests.faults.run [--only TEXT]

Exit code 1 where a test fails without any fault, or a fault survives: then the tests do not watch what they should.
"""

from __future__ import annotations

import argparse
import importlib
import os
import shutil
import sys
import tempfile
import tomllib
import traceback
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("src", "api", "tests", "rules", "grammar", "docs", "benchmarks", "pyproject.toml", "Makefile", "README.md")
LOADED = ("alembic.command", "lark", "polars", "psycopg", "sqlalchemy", "typer.testing")


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


def tried(tree: Path, tests: list[str], cache: Path, keep: bool = False) -> tuple[int, str]:
    """The exit code and the last words of tests of a tree, with its own code before any that is installed.

    It runs in a fork of this process, which has loaded what the code builds on and nothing of the code itself. Compiled
    files of the tree are kept only from the run without a fault.
    """
    said = tree.parent / "said"
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(out, 1)
            os.dup2(out, 2)
            os.chdir(tree)
            paths = [str(path) for path in (tree / "src", tree / "api", tree)]
            os.environ |= {"PYTHONPATH": os.pathsep.join(paths), "REBATES_CACHE": str(cache)}
            sys.path[:] = [*paths, *(path for path in sys.path if path not in (str(ROOT), ""))]
            sys.dont_write_bytecode = not keep
            del sys.modules["tests.faults"], sys.modules["tests"]
            code = int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", *tests]))
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), said.read_text("utf-8", "replace")


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
        warm.mkdir()
        for part in COPIED:
            if (ROOT / part).is_dir():
                shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / part, tree / part)
        for library in LOADED:
            importlib.import_module(library)
        code, said = tried(tree, sorted({fault.test for fault in wanted}), warm, keep=True)
        if code:
            sys.exit(f"without any fault:\n{said[-4000:]}")
        for number, fault in enumerate(wanted, 1):
            file, cache = tree / fault.file, Path(name) / "cold"
            whole, times = file.read_text("utf-8"), file.stat()
            file.write_text(whole.replace(fault.old, fault.new), encoding="utf-8")
            shutil.copytree(warm, cache)  # what is kept of rules that a fault has spoilt is kept for nobody
            code, said = tried(tree, [fault.test], cache)
            shutil.rmtree(cache)
            file.write_text(whole, encoding="utf-8")
            os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))  # so that what was compiled of it holds again
            found = code == pytest.ExitCode.TESTS_FAILED
            print(f"{number:>3}  {'found' if found else 'SURVIVED'}  {fault.what}", flush=True)
            if not found:
                survived.append(f"{fault.what}: {fault.test}\n{said[-500:]}")
    if survived:
        sys.exit("\n".join(survived))
    print(f"{len(wanted)} faults, each found by its test")


if __name__ == "__main__":
    main()
