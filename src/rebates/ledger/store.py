"""The database of a ledger: one writer at a time, all or nothing, and a chain of hashes over everything written.

SQLite runs in WAL mode with `synchronous=FULL`: what was answered is on the disk. One connection writes and makes the
checkpoints, every other one reads; before SQLite 3.51.3 two that do both at once can spoil a file. On PostgreSQL writers
queue at an advisory lock, so that what one reads within its transaction is what it adds to.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Protocol

import msgspec
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from rebates.engine.facts import moment_text
from rebates.ledger import driver
from rebates.ledger import tables as t
from rebates.ledger.driver import WAIT_S
from rebates.ledger.errors import LedgerError

Clock = Callable[[], datetime]

CONNECT_S = 5
OLDEST_POSTGRESQL = 150_000

_encode = msgspec.json.Encoder().encode
_TICK = timedelta(microseconds=1)


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


_ROWS = {table.name: sa.select(sa.func.max(table.c.seq)) for table in t.KEPT}


class Memory(Protocol):
    """What is remembered of rows."""

    def added(self, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Takes note of rows as they are added, whole, the number first."""


class Head:
    """How far a ledger had come when this process last wrote to it: the end of its chain, and how many rows each table has.

    The next transaction reads the links that were added since, by whomever. Where the link that was the last one is not there,
    or is another (it was rolled back, a copy was put in the place of the file), nothing of this holds any more, nor what was
    `remembered` of the rows under it: all of it is forgotten.
    """

    __slots__ = ("counts", "hash", "known", "links", "remembered")

    def __init__(self) -> None:
        self.links, self.hash, self.known = 0, "", ""
        self.counts: dict[str, int] = {}
        self.remembered: Memory | None = None

    def follow(self, connection: Connection) -> None:
        """Begins a transaction of the one writer, and goes to the end of the chain."""
        links = driver.begin(connection, self.links)
        if self.links and (not links or (links[0].seq, links[0].hash) != (self.links, self.hash)):
            self.__init__()  # type: ignore[misc]
            links = driver.links(connection, 0)
        for link in links:
            self.counts[link.what] = link.last
        if links:
            self.links, self.hash, self.known = links[-1].seq, links[-1].hash, links[-1].known


class Writing:
    """One transaction that adds rows. `moment` is later than that of everything written before."""

    __slots__ = ("_links", "connection", "head", "moment", "today")

    def __init__(self, connection: Connection, clock: Clock, head: Head) -> None:
        self.connection, self.head = connection, head
        self._links: list[tuple[Any, ...]] = []
        head.follow(connection)
        moment = clock()
        self.moment = moment_text(moment)
        if self.moment <= head.known:  # texts compare as moments do
            moment = datetime.fromisoformat(head.known) + _TICK
            self.moment = moment_text(moment)
        self.today = moment.date()

    def count(self, table: sa.Table) -> int:
        """How many rows a table has."""
        counts, name = self.head.counts, str(table.name)
        if name not in counts:
            counts[name] = self.connection.execute(_ROWS[name]).scalar() or 0
        return counts[name]

    def add(self, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> int:
        """Adds rows, given without their number, which a link will cover; the number of the first."""
        first = self.count(table) + 1
        whole = [(first + place, *row) for place, row in enumerate(rows)]
        if not whole:
            return first
        driver.insert(self.connection, table, whole)
        head, last, digest = self.head, first + len(whole) - 1, hashlib.sha256(_encode(whole)).hexdigest()
        link = head.links + 1
        hash = chained(head.hash, link, str(table.name), first, last, self.moment, digest)
        self._links.append((link, str(table.name), first, last, self.moment, digest, hash))
        head.links, head.hash, head.known = link, hash, self.moment
        head.counts[str(table.name)] = last  # only now: if the rows were refused, the head is where it was
        if head.remembered is not None:
            head.remembered.added(table, whole)
        return first

    def close(self) -> None:
        """Adds the links, which is the last that a transaction does."""
        if self._links:
            driver.insert(self.connection, t.link, self._links)
        driver.arrive(self.connection)


def chained(before: str, seq: int, what: str, first: int, last: int, known: str, digest: str) -> str:
    """The hash of a link."""
    return hashlib.sha256(_encode([before, seq, what, first, last, known, digest])).hexdigest()


def rows_digest(rows: Sequence[sa.Row[Any]]) -> str:
    """The digest of whole rows, as a link keeps it."""
    return hashlib.sha256(_encode([tuple(row) for row in rows])).hexdigest()


class Store:
    """A ledger's database, made or brought up to date when it is opened. Raises LedgerError."""

    def __init__(self, url: str, clock: Clock = now) -> None:
        self.url, self.clock = url_of(url), clock
        self._head = Head()  # of the one writer's connection, and read and changed within its transactions alone
        self._whole = threading.local()  # of each thread, the transaction that all it writes is part of
        self._turn = threading.RLock()  # of the threads that write
        self._connected: Connection | None = None  # what they write on
        try:
            self._writer, self._reader = engines(self.url)
        except SQLAlchemyError as error:
            raise told(error) from None
        try:
            self._prepare()
        except SQLAlchemyError as error:
            self.close()
            raise told(error) from None
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Lets go of the database."""
        if self._connected is not None:
            self._connected.close()
        self._reader.dispose()
        self._writer.dispose()

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """One transaction of the one writer: all that is added stays, or nothing. Raises LedgerError."""
        whole: Writing | None = getattr(self._whole, "writing", None)
        if whole is not None:
            yield whole
            return
        with self._transaction(self._head) as writing:
            yield writing

    @contextmanager
    def together(self, keep: bool = True) -> Iterator[Connection]:
        """One transaction for all that this thread writes within; without `keep` nothing of it stays. Raises LedgerError."""
        with self._transaction(self._head if keep else Head(), keep) as writing:
            self._whole.writing = writing
            try:
                yield writing.connection
            finally:
                self._whole.writing = None

    @contextmanager
    def _transaction(self, head: Head, keep: bool = True) -> Iterator[Writing]:
        try:
            with self._turn, self._connection() as connection, connection.begin() as transaction:
                writing = Writing(connection, self.clock, head)
                yield writing
                if keep:
                    writing.close()
                else:
                    transaction.rollback()
        except SQLAlchemyError as error:
            raise told(error) from None

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """The writer's connection. It is kept where all went well: to hand it back and forth takes as long as a short statement."""
        connection, self._connected = self._connected, None
        if connection is None:
            connection = self._writer.connect()
        elif not driver.is_there(connection):
            connection.invalidate()  # another one takes its place
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._connected = connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A view in which nothing changes meanwhile. Raises LedgerError."""
        try:
            with self._reader.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise told(error) from None

    def _prepare(self) -> None:
        config = _migrations()
        head, known = _steps(config.get_main_option("script_location") or "")
        with self._reader.connect() as connection:
            there = MigrationContext.configure(connection).get_current_revision()
        if there == head:
            return
        with self._writer.begin() as connection:
            driver.lock(connection)
            there = MigrationContext.configure(connection).get_current_revision()
            if there is not None and there not in known:
                raise LedgerError(
                    "R0830",
                    f"this ledger was written by a newer version (its tables are at {there})",
                    "install the version that wrote it, or a later one",
                )
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _migrations(location: str = "rebates.ledger:migrations") -> Config:
    config = Config()
    config.set_main_option("script_location", location)
    return config


@cache
def _steps(location: str) -> tuple[str | None, frozenset[str]]:
    """The last step of the tables, and all there are."""
    scripts = ScriptDirectory.from_config(_migrations(location))
    return scripts.get_current_head(), frozenset(script.revision for script in scripts.walk_revisions())


def url_of(url: str) -> URL:
    """A URL of SQLAlchemy; a plain path is an SQLite file. Raises LedgerError."""
    if "://" not in url:
        return URL.create("sqlite", database=url)
    try:
        made = make_url(url)
    except SQLAlchemyError:
        raise LedgerError("R0831", f"`{url}` is no ledger", "name a file, or postgresql://host/database") from None
    if made.get_backend_name() == "postgresql":
        return made.set(drivername="postgresql+psycopg")
    if made.get_backend_name() != "sqlite":
        raise LedgerError("R0831", f"`{made.get_backend_name()}` keeps no ledger", "use SQLite or PostgreSQL")
    return made


def engines(url: URL) -> tuple[Engine, Engine]:
    """The engine that writes, of one connection, and the one that reads."""
    if url.get_backend_name() != "sqlite":
        wait = {"connect_timeout": CONNECT_S}
        # which begins its transactions itself, as it does in SQLite
        writer = sa.create_engine(url, isolation_level="AUTOCOMMIT", pool_size=1, max_overflow=0, connect_args=wait)
        reader = sa.create_engine(url, isolation_level="REPEATABLE READ", pool_pre_ping=True, connect_args=wait)
        sa.event.listen(writer, "connect", _old_enough)
        sa.event.listen(writer, "before_cursor_execute", lambda connection, *_: driver.arrive(connection))
        return writer, reader
    if url.database in (None, "", ":memory:"):
        raise LedgerError("R0831", "a ledger in memory would be lost", "name a file")
    more: dict[str, Any] = {"timeout": WAIT_S, "check_same_thread": False}
    writer = sa.create_engine(url, connect_args=more, poolclass=sa.QueuePool, pool_size=1, max_overflow=0)
    reader = sa.create_engine(url, connect_args=more, poolclass=sa.QueuePool, pool_size=5)
    sa.event.listen(writer, "connect", lambda connection, _: _pragmas(connection, 1000))
    sa.event.listen(reader, "connect", lambda connection, _: _pragmas(connection, 0))
    sa.event.listen(reader, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return writer, reader


def _pragmas(connection: Any, checkpoint: int) -> None:
    connection.isolation_level = None  # transactions begin where we say so
    _write_ahead(connection)
    for pragma in ("synchronous=FULL", f"wal_autocheckpoint={checkpoint}"):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _write_ahead(connection: Any) -> None:
    """Sets the journal, waiting for others who set it or close the file: SQLite refuses this one change at once instead of waiting."""
    until = time.monotonic() + WAIT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
            return
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > until:
                raise
        time.sleep(0.01)


def _old_enough(connection: Any, _: object) -> None:
    if connection.info.server_version < OLDEST_POSTGRESQL:
        raise LedgerError("R0831", "this PostgreSQL is older than 15", "use PostgreSQL 15 or later")


def told(error: SQLAlchemyError) -> LedgerError:
    """What the database says, in words that help."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    said = next(iter(str(cause).splitlines()), type(cause).__name__)
    help = "check the database; the ledger is as it was before"
    for sign, words in (
        ("disk is full", "make room on the disk; the ledger is as it was before"),
        ("No space left", "make room on the disk; the ledger is as it was before"),
        ("disk I/O error", "look whether the disk is sound and has room; the ledger is as it was before"),
        ("readonly", "let the file be written; the ledger is as it was before"),
        ("read-only", "let the database be written; the ledger is as it was before"),
        ("unable to open", "check the path and its permissions"),
        ("locked", "another process holds the ledger; try again"),
        ("lock timeout", "another process holds the ledger; try again"),
        ("malformed", "restore the file from a copy"),
        ("not a database", "name the file of a ledger"),
    ):
        if sign in said:
            help = words
            break
    return LedgerError("R0831", f"the ledger cannot be read or written: {said[:200]}", help)
