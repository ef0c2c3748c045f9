"""Statements said to the driver itself, for SQLAlchemy's way there takes as long as a short statement does: SQL of our own, values bound.

What a transaction of the one writer begins with, and how it adds rows, in the shortest way of each database.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

LOCK = 0x72656261  # the one advisory lock of a ledger on PostgreSQL
WAIT_S = 60

_LOCK = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": "BEGIN ISOLATION LEVEL READ COMMITTED"
    f"; SET LOCAL lock_timeout = '{WAIT_S}s'; SELECT pg_advisory_xact_lock({LOCK})",
}
_LINKS = (
    "SELECT seq, what, last, known, hash FROM link"
    " WHERE seq >= coalesce(nullif({}, 0), (SELECT max(seq) FROM link)) ORDER BY seq"
)


_WAITING = "rows that wait"  # of a connection
FEW = 10  # rows that wait; more go at once


class Link(NamedTuple):
    """What a link of the chain says of the rows that it covers."""

    seq: int
    what: str
    last: int
    known: str
    hash: str


def say(connection: Connection, statement: str, values: Sequence[Any] = (), many: bool = False) -> Any:
    """Has the driver execute a statement, perhaps with many rows of values; its cursor. Raises DBAPIError."""
    try:
        driver: Any = connection.connection.driver_connection
        cursor = driver.cursor()
        if many:
            cursor.executemany(statement, values)
        elif values:
            cursor.execute(statement, values)
        else:
            cursor.execute(statement)
        return cursor
    except _errors(connection) as error:
        raise DBAPIError(statement, None, error) from error


def ask(connection: Connection, statement: str, values: Sequence[Any] = ()) -> list[Any]:
    """The rows that answer a query, with all that was added before. Raises DBAPIError."""
    arrive(connection)
    found: list[Any] = say(connection, statement, values).fetchall()
    return found


def _errors(connection: Connection) -> type[Exception]:
    found: type[Exception] = connection.dialect.loaded_dbapi.Error
    return found


def is_sqlite(connection: Connection) -> bool:
    """Whether the database is an SQLite file; else it is PostgreSQL."""
    return connection.dialect.name == "sqlite"


def is_there(connection: Connection) -> bool:
    """Whether the server is: one that went away has closed its end of the connection, which is seen here without asking it."""
    if not is_sqlite(connection):
        driver: Any = connection.connection.driver_connection
        try:
            for _ in ("its last words", "the end"):
                driver.pgconn.consume_input()
        except driver.OperationalError:
            return False
    return True


def lock(connection: Connection, query: str = "") -> Any:
    """Begins a transaction of the one writer: what is read within is what is added to. On PostgreSQL the cursor of a query, too."""
    connection.info.pop(_WAITING, None)  # of a transaction that was given up
    statement = _LOCK[connection.dialect.name]
    # all in one message: each statement of it sees what was committed before that statement began
    cursor = say(connection, f"{statement}; {query}" if query else statement)
    while query and cursor.nextset():
        pass
    return cursor


def begin(connection: Connection, since: int) -> list[Link]:
    """The same; the links of the chain from a number on, or the last one if that is 0."""
    if is_sqlite(connection):
        lock(connection)
        return links(connection, since)
    return list(map(Link._make, lock(connection, _LINKS.format(int(since))).fetchall()))


def links(connection: Connection, since: int) -> list[Link]:
    """The links of the chain from a number on, or the last one if that is 0."""
    return list(map(Link._make, ask(connection, _LINKS.format("?" if is_sqlite(connection) else "%s"), (since,))))


@cache
def _insertion(mark: str, *groups: tuple[sa.Table, int]) -> str:
    """The statement that adds so many rows to each of these tables."""
    parts = []
    for table, count in groups:
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        row = f"({', '.join([mark] * len(table.columns))})"
        parts.append(f"INSERT INTO {table.name} ({names}) VALUES {', '.join([row] * count)}")  # nosec B608 - our own names
    before = [f"part{place} AS ({part})" for place, part in enumerate(parts[:-1])]
    return f"WITH {', '.join(before)} {parts[-1]}" if before else parts[-1]


def insert(connection: Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Adds whole rows. On PostgreSQL, where each answer is waited for, few rows go with others, no later than somebody asks."""
    if is_sqlite(connection):
        many = len(rows) > 1
        say(connection, _insertion("?", (table, 1)), rows if many else rows[0], many)
    elif len(rows) < FEW:
        waiting = connection.info.setdefault(_WAITING, [])
        waiting.append((table, rows))
        if len(waiting) == FEW:
            arrive(connection)
    else:
        arrive(connection)
        _copy(connection, table, rows)


def arrive(connection: Connection) -> None:
    """Adds the rows that wait. Raises DBAPIError."""
    waiting = connection.info.pop(_WAITING, ())
    if waiting:
        statement = _insertion("%s", *((table, len(rows)) for table, rows in waiting))
        say(connection, statement, [value for _, rows in waiting for row in rows for value in row])


def _copy(connection: Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    statement = f"COPY {table.name} ({names}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except _errors(connection) as error:  # past SQLAlchemy, which would say it so
        raise DBAPIError(statement, None, error) from error
