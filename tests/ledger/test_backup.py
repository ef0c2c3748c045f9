"""Backup, restore, upgrade: a copy made while others post is whole, verifies, and is settled on; a newer release keeps what is there."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.config import Config
from sqlalchemy.engine import make_url

import rebates
from rebates.ledger import migrations, store
from rebates.ledger.errors import LedgerError
from rebates.ledger.ledger import Ledger
from rebates.ledger.runs import entries_of, keep_run
from rebates.ledger.verify import verify
from tests.ledger.conftest import Clock
from tests.ledger.reckoning import QUARTERS, reckon
from tests.ledger.test_journal import FILES, judge, sale, year


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> rebates.Book:
    folder = tmp_path_factory.mktemp("rules")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return rebates.load(folder)


def by_backup(ledger: Path, copy: Path) -> None:
    """As `sqlite3 ledger.db ".backup copy.db"` does."""
    with sqlite3.connect(ledger) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    source.close()
    target.close()


def by_vacuum(ledger: Path, copy: Path) -> None:
    with sqlite3.connect(ledger) as source:
        source.execute("VACUUM INTO ?", (str(copy),))
    source.close()


def goes_on(restored: str, head: str, book: rebates.Book, clock: Clock) -> None:
    """What was restored is whole, refuses to be changed, takes again what came later, and settles on."""
    with Ledger.open(restored, clock=clock) as ledger:
        proof = verify(ledger, judge, head)  # type: ignore[arg-type]
        assert (proof.findings, proof.runs) == ((), 4)
        with ledger.store.reading() as connection:
            before = entries_of(connection)
        assert sum(int(entry.amount) for entry in before if entry.kind == "settle") == 15_000  # 5 % of 300,000
        again = [sale(f"INV-{last}", f"{first}", net) for (first, last), net in zip(QUARTERS, NETS, strict=True)]
        posted = ledger.post(
            book,
            [*again, sale("LATE", "2026-12-30", -10_000, kind="return", of=f"INV-{QUARTERS[3][1]}", quantity="-1")],
        )
        assert (posted.added, posted.before) == (1, 4)
        first, last = QUARTERS[3]
        keep_run(ledger, book, "settle", first, last, reckon(first, last))
        with ledger.store.reading() as connection:
            after = entries_of(connection)[len(before) :]
        assert [(entry.kind, entry.amount) for entry in after] == [("release", "500"), ("claw back", "500")]
        assert verify(ledger, judge, proof.head).holds  # type: ignore[arg-type]
        with pytest.raises((sa.exc.DBAPIError, LedgerError), match="never changed"), ledger.store.writing() as writing:
            writing.connection.exec_driver_sql("DELETE FROM fact")


NETS = (50_000, 75_000, 100_000, 75_000)


@pytest.mark.parametrize("copied", [by_backup, by_vacuum])
def test_a_file_copied_while_others_post_is_whole(
    copied: Callable[[Path, Path], None], book: rebates.Book, clock: Clock, tmp_path: Path
) -> None:
    kept, copy = tmp_path / "ledger.db", tmp_path / "copy.db"
    with Ledger.open(str(kept), clock=clock) as ledger:
        year(ledger, book, clock)
        head = verify(ledger).head
        copied(kept, copy)
        goes_on(str(copy), head, book, clock)
        assert verify(ledger, head=head).facts == 4  # the first one knows nothing of it

        stop, posted = threading.Event(), 0

        def post() -> None:
            nonlocal posted
            while not stop.is_set():
                posted += ledger.post(book, [sale(f"NEW-{posted}", "2026-12-30", 1)]).added

        writer = threading.Thread(target=post)
        writer.start()
        try:
            counts = []
            for number in range(5):
                busy = tmp_path / f"busy-{number}.db"
                copied(kept, busy)
                with Ledger.open(str(busy)) as found:
                    proof = verify(found, judge, head)  # type: ignore[arg-type]
                assert proof.findings == ()
                counts.append(proof.facts)
        finally:
            stop.set()
            writer.join()
        assert counts == sorted(counts)
        assert counts[-1] <= 4 + posted == verify(ledger).facts


def test_a_database_is_dumped_and_restored(postgresql: str, book: rebates.Book, clock: Clock) -> None:
    name = f"backup_{uuid.uuid4().hex}"
    urls = []
    with psycopg.connect(postgresql, autocommit=True) as connection:
        for each in (name, f"{name}_restored"):
            connection.execute(f"CREATE DATABASE {each}")
            urls.append(make_url(postgresql).set(database=each).render_as_string(hide_password=False))
        found = connection.execute("SELECT setting FROM pg_config WHERE name = 'BINDIR'").fetchone()
    assert found is not None
    programs = Path(found[0])  # of the server that runs
    with Ledger.open(urls[0], clock=clock) as ledger:
        year(ledger, book, clock)
        head = verify(ledger).head
        dump = subprocess.run([programs / "pg_dump", urls[0]], check=True, capture_output=True).stdout
    subprocess.run(
        [programs / "psql", "-q", "-v", "ON_ERROR_STOP=1", urls[1]], input=dump, check=True, capture_output=True
    )
    goes_on(urls[1], head, book, clock)


NEWER = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade():
    op.create_table("note", sa.Column("seq", sa.BigInteger, primary_key=True), sa.Column("body", sa.Text))
"""


def test_a_newer_release_keeps_what_is_there_and_an_older_one_leaves_it_alone(
    url: str, book: rebates.Book, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newer one has a step more than this, from a copy of its steps."""
    with Ledger.open(url, clock=clock) as ledger:
        year(ledger, book, clock)
        facts, head = ledger.facts(), verify(ledger).head
        with ledger.store.reading() as connection:
            at = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    steps = Path(shutil.copytree(Path(str(migrations.__file__)).parent, tmp_path / "steps"))
    (steps / "versions" / "m9999_note.py").write_text(NEWER.format(head=at), "utf-8")

    class Newer(Config):
        def set_main_option(self, name: str, value: Any) -> None:
            super().set_main_option(name, str(steps) if name == "script_location" else value)

    with monkeypatch.context() as patch:
        patch.setattr(store, "Config", Newer)
        goes_on(url, head, book, clock)
        with Ledger.open(url) as ledger, ledger.store.reading() as connection:
            assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "9999"
            assert connection.exec_driver_sql("SELECT count(*) FROM note").scalar() == 0
            assert ledger.facts()[:4] == facts
    with pytest.raises(LedgerError, match="R0830"):
        Ledger.open(url)
    with monkeypatch.context() as patch:  # it was left as it was
        patch.setattr(store, "Config", Newer)
        with Ledger.open(url) as ledger:
            assert verify(ledger, head=head).facts == 5
