"""A disk that is full and a file that nobody may write: the command says so and ends with 1, and the ledger is as it was.

The command runs in a process of its own, whose files may grow no further, or which may not write what its owner may not. Where the
tests run as root, which may write everything, the process gives that right up first.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.test_commands import rebates
from tests.cli.test_refused import FIRST, OTHER, as_csv, begun, kept  # noqa: F401 - the ledger that was begun

DROP, RIGHTS = 24, (1, 2)  # prctl's PR_CAPBSET_DROP; CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH
WRITING = {
    "post": ["post", json.dumps(OTHER)],
    "settle": ["settle", "2025-Q2"],
    "close": ["close", "2025-Q1"],
}


@pytest.fixture
def folder(begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:  # noqa: F811
    """A copy of it with sales that are still to come, in which the command runs."""
    shutil.copytree(begun, tmp_path, dirs_exist_ok=True)
    (tmp_path / "more.csv").write_text(as_csv([{**FIRST, "id": f"M{n}"} for n in range(3000)]), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    for name in (".", "ledger.db"):
        (tmp_path / name).chmod(0o755)


def no_further(size: int) -> Callable[[], None]:
    """Files end at this size, as on a disk without room; the signal for it is ignored, as Python does."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def as_anybody() -> None:
    """The rights of root to write what its mode forbids are given up."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None)
        assert [libc.prctl(DROP, right, 0, 0, 0) for right in RIGHTS] == [0, 0]


def fails(before: Callable[[], None], *words: str) -> str:
    """What the command says on standard error, having changed nothing."""
    rows = kept()
    done = subprocess.run(
        [sys.executable, "-m", "rebates", *words], preexec_fn=before, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, ""), done
    assert "Traceback" not in done.stderr
    for name in (".", "ledger.db"):
        Path(name).chmod(0o755)
    assert kept() == rows
    assert rebates("verify").exit_code == 0
    return done.stderr


def test_a_full_disk_is_told_and_the_ledger_proved(folder: Path) -> None:
    said = fails(no_further((folder / "ledger.db").stat().st_size + 20_000), "import", "more.csv")
    assert "R0831" in said
    assert "has room" in said
    assert rebates("import", "more.csv").exit_code == 0  # with room it goes on


@pytest.mark.parametrize("verb", WRITING)
def test_a_file_that_is_read_only_is_told_and_the_ledger_proved(folder: Path, verb: str) -> None:
    (folder / "ledger.db").chmod(0o444)
    said = fails(as_anybody, *WRITING[verb])
    assert "R0831" in said
    assert "let the file be written" in said


def test_a_folder_that_is_read_only_is_told_and_the_ledger_proved(folder: Path) -> None:
    (folder / "ledger.db").chmod(0o444)
    folder.chmod(0o555)
    assert "R0831" in fails(as_anybody, "settle", "2025-Q2")
