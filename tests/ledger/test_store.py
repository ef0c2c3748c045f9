"""Facts are kept: once, whole, for ever, on both databases; what is refused leaves nothing behind."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from rebates import FactErrors
from rebates.ledger import tables as t
from rebates.ledger.driver import insert
from rebates.ledger.errors import LedgerError
from rebates.ledger.ledger import Ledger
from rebates.ledger.store import told
from tests.ledger.conftest import Clock, fresh
from tests.ledger.test_facts import BOOK, SALE


def sales(first: int, count: int, **changed: str) -> list[dict[str, str]]:
    return [{**SALE, "id": f"INV-{n}", "net": f"{n}.25", **changed} for n in range(first, first + count)]


def test_the_steps_make_the_tables_that_are_written_to(ledger: Ledger) -> None:
    with ledger.store.reading() as connection:
        found = compare_metadata(MigrationContext.configure(connection), t.metadata)
    assert found == []


def test_a_fact_is_kept_once_and_comes_back_as_it_was(ledger: Ledger, url: str) -> None:
    assert ledger.post(BOOK, sales(1, 30)).added == 30
    again = ledger.post(BOOK, [*sales(20, 20), *sales(39, 1)])
    assert (again.added, again.before) == (9, 12)
    with Ledger.open(url) as other:
        facts = other.facts()
    assert [fact.id for fact in facts] == [f"INV-{n}" for n in range(1, 40)]
    assert facts[4].net == "5.25"
    assert facts[0].known is not None


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"net": "7"}, "R0801"),
        ({"id": "R", "kind": "return", "of": "INV-99", "quantity": "-1", "net": "-1"}, "R0802"),
        ({"id": "X", "currency": "USD"}, "R0803"),
        ({"id": "X", "unit": "pallet"}, "R0505"),
        ({"id": "X", "date": "2027-05-01"}, "R0814"),
        ({"id": "X", "quantity": 1.5}, "R0804"),
        ({"id": "X", "known": "2026-04-01T00:00:00Z"}, "R0805"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(ledger: Ledger, bad: dict[str, str], code: str) -> None:
    ledger.post(BOOK, sales(1, 3))
    with pytest.raises(FactErrors, match=code):
        ledger.post(BOOK, [*sales(50, 3), {**SALE, "id": "INV-1", **bad}])
    assert len(ledger.facts()) == 3


def test_as_of_a_moment_what_was_not_known_yet_is_not_there(ledger: Ledger, clock: Clock) -> None:
    ledger.post(BOOK, sales(1, 3))
    then = clock.at
    clock.set("2026-04-20")
    ledger.post(BOOK, sales(4, 1))
    assert [fact.id for fact in ledger.facts(then)] == ["INV-1", "INV-2", "INV-3"]
    assert len(ledger.facts()) == 4


def test_what_is_written_cannot_be_changed(ledger: Ledger) -> None:
    ledger.post(BOOK, sales(1, 3))
    ledger.close_period(ledger.store.clock().date().replace(day=1))
    for table in ("fact", "closing", "link"):
        for deed in (f"UPDATE {table} SET known = 'x'", f"DELETE FROM {table}"):
            with pytest.raises(LedgerError, match="never changed"), ledger.store.writing() as writing:
                writing.connection.exec_driver_sql(deed)


def test_a_period_closes_once_and_nothing_is_known_before_it(ledger: Ledger, clock: Clock) -> None:
    clock.set("2026-04-10")
    early = clock().isoformat()
    ledger.close_period(clock.at.date().replace(day=1))
    for day, code in ((1, "R0839"), (10, "R0833"), (11, "R0833")):
        with pytest.raises(LedgerError, match=code):
            ledger.close_period(clock.at.date().replace(day=day))
    with pytest.raises(FactErrors, match="R0832"):
        ledger.post(BOOK, sales(1, 1, known=early))
    ledger.post(BOOK, sales(1, 1, date="2026-03-01"))  # late, but known only now
    assert ledger.closed() == clock.at.date().replace(day=1)


def test_an_import_goes_on_without_the_rows_it_refuses(ledger: Ledger, tmp_path: Path) -> None:
    rows = [*sales(1, 5), {**SALE, "id": "BAD", "net": "x"}, *sales(6, 5), {**SALE, "id": "WORSE", "item": "MILK"}]
    with pytest.raises(FactErrors):
        ledger.bring(BOOK, rows)
    assert ledger.facts() == []
    seen: list[int] = []
    done = ledger.bring(BOOK, rows, rejects=tmp_path / "rejects.jsonl", progress=seen.append)
    assert (done.added, [problem.code for problem in done.refused], seen) == (10, ["R0804", "R0503"], [12])
    assert '"R0503"' in (tmp_path / "rejects.jsonl").read_text("utf-8").splitlines()[1]
    assert ledger.bring(BOOK, rows, rejects=tmp_path / "rejects.jsonl").before == 10


def test_many_who_post_at_once_give_what_one_would_have_given(url: str) -> None:
    def post(first: int) -> int:
        with Ledger.open(url) as ledger:
            return sum(ledger.post(BOOK, sales(n, 3)).added for n in range(first, first + 10))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(post, (1, 4, 7, 1))) == 18
    with Ledger.open(url) as ledger, ledger.store.reading() as connection:
        assert [row.seq for row in connection.execute(sa.select(t.fact.c.seq).order_by(t.fact.c.seq))] == list(
            range(1, 19)
        )
        assert len({fact.id for fact in ledger.facts()}) == 18


def test_many_rows_that_the_database_refuses_are_told_as_few_are(url: str) -> None:
    table = sa.Table("somebodys", sa.MetaData(), sa.Column("name", sa.Text, primary_key=True))

    def twice(ledger: Ledger, count: int) -> None:
        with ledger.store.writing() as writing:
            table.create(writing.connection)
            insert(writing.connection, table, [("twice",)] * count)

    with Ledger.open(url) as ledger:
        for count in (2, 20):
            with pytest.raises(LedgerError, match="R0831"):
                twice(ledger, count)
        ledger.post(BOOK, sales(1, 3))
        assert len(ledger.facts()) == 3


def test_a_server_that_went_away_and_came_back_is_written_to_again(postgresql: str) -> None:
    with Ledger.open(fresh(postgresql)) as ledger:
        ledger.post(BOOK, sales(1, 3))
        with ledger.store.writing() as writing:
            used = writing.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with ledger.store.reading() as connection:
            connection.exec_driver_sql(f"SELECT pg_terminate_backend({used}, 10000)")
        assert ledger.post(BOOK, sales(1, 5)).added == 2


def test_an_error_without_a_word_is_told_by_its_kind() -> None:
    error = sa.exc.OperationalError("SELECT 1", None, sqlite3.OperationalError())
    assert told(error).message == "the ledger cannot be read or written: OperationalError"


def test_one_who_opens_waits_for_another_who_makes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE somebodys (seq)")
    other.execute("BEGIN IMMEDIATE")  # for this, SQLite doesn't let another change the journal, and doesn't wait either
    waiting = threading.Timer(0.5, lambda: other.execute("COMMIT"))
    waiting.start()
    try:
        with Ledger.open(str(path)) as ledger:
            assert ledger.post(BOOK, sales(1, 3)).added == 3
    finally:
        waiting.join()
        other.close()


def test_a_ledger_of_a_newer_version_is_left_alone(url: str) -> None:
    with Ledger.open(url) as ledger, ledger.store.writing() as writing:
        writing.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(LedgerError, match="R0830"):
        Ledger.open(url)


def test_a_read_only_file_is_told_and_left_intact(tmp_path: Path) -> None:
    url = str(tmp_path / "ledger.db")
    with Ledger.open(url) as ledger:
        ledger.post(BOOK, sales(1, 3))
    with Ledger.open(url) as ledger:
        with ledger.store.writing() as writing:  # the one writer, told to write nothing, as a read-only disk would
            writing.connection.exec_driver_sql("PRAGMA query_only = 1")
        with pytest.raises(LedgerError, match="readonly"):
            ledger.post(BOOK, sales(4, 3))
    with Ledger.open(url) as ledger:
        assert len(ledger.facts()) == 3


def test_a_full_disk_is_told_and_the_ledger_intact(tmp_path: Path) -> None:
    url = str(tmp_path / "ledger.db")
    with Ledger.open(url) as ledger:
        ledger.post(BOOK, sales(1, 3))
        with ledger.store.writing() as writing:
            pages = writing.connection.exec_driver_sql("PRAGMA page_count").scalar()
            writing.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}").fetchall()
        with pytest.raises(LedgerError, match="full"):
            ledger.post(BOOK, sales(4, 5000))
        assert len(ledger.facts()) == 3
    with sqlite3.connect(url) as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)


@pytest.mark.parametrize("url", ["", "sqlite://", "mysql://x/y", "postgresql://nowhere.invalid/x", "nowhere/at/all.db"])
def test_what_is_no_ledger_is_told(url: str) -> None:
    with pytest.raises(LedgerError, match="R0831"):
        Ledger.open(url)


def test_commits_are_synced(tmp_path: Path) -> None:
    with Ledger.open(str(tmp_path / "ledger.db")) as ledger:
        with ledger.store.writing() as writing:
            assert writing.connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
            assert writing.connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        with ledger.store.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar() == 0
