"""The store's database: opened, its tables made, its failures told in one way."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, event, insert, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from rebates_api.store.schema import METADATA, SCHEMA, about

BUSY_MS = 5_000


class StoreAway(Exception):
    """The store can neither be read nor written now."""


class WrongStore(Exception):
    """The store was made by another release."""


class Database:
    """A database of SQLite or PostgreSQL. Every use is one transaction."""

    def __init__(self, url: str) -> None:
        try:
            self.url = make_url(url)
            if self.url.drivername == "postgresql":
                self.url = self.url.set(drivername="postgresql+psycopg")
        except SQLAlchemyError:
            raise WrongStore("its URL cannot be read") from None
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        options: dict[str, object] = {"pool_pre_ping": True}
        if not self.is_sqlite:
            options |= {"pool_size": 4, "max_overflow": 4, "pool_timeout": 3, "connect_args": {"connect_timeout": 3}}
        try:
            self.engine: Engine = create_engine(self.url, **options)
        except (SQLAlchemyError, ImportError) as error:
            raise WrongStore(
                f"`{self.url.drivername}` is no database that is known here: {type(error).__name__}"
            ) from None
        if self.is_sqlite:
            event.listen(self.engine, "connect", _sqlite)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction. Raises StoreAway."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except IntegrityError:
            raise
        except (SQLAlchemyError, OSError) as error:
            raise StoreAway(type(error).__name__) from error

    def prepare(self) -> None:
        """Makes the tables if they are not there. Raises StoreAway, WrongStore."""
        for tries in range(5):  # several workers start at once
            try:
                with self.begin() as connection:
                    METADATA.create_all(connection)
                    found = {row.name: row.value for row in connection.execute(select(about.c.name, about.c.value))}
                    first = {"schema": str(SCHEMA), "keys": "0", "secret": secrets.token_hex(32)}
                    for name in first.keys() - found.keys():
                        connection.execute(insert(about).values(name=name, value=first[name]))
                    if int(found.get("schema", SCHEMA)) != SCHEMA:
                        raise WrongStore(f"the store has schema {found['schema']}, this release needs {SCHEMA}")
                    return
            except (IntegrityError, StoreAway):
                if tries == 4:
                    raise
                time.sleep(0.2 * (tries + 1))

    def told(self, name: str) -> str:
        """A value that the store keeps about itself."""
        with self.begin() as connection:
            return str(connection.execute(select(about.c.value).where(about.c.name == name)).scalar_one())

    def close(self) -> None:
        self.engine.dispose()


def count_up(connection: Connection, name: str) -> None:
    """Counts a change, so that workers see it."""
    value = connection.execute(select(about.c.value).where(about.c.name == name)).scalar_one()
    connection.execute(update(about).where(about.c.name == name).values(value=str(int(value) + 1)))


def _sqlite(connection: object, _: object) -> None:
    """A rollback journal, not WAL: some releases of SQLite can lose a WAL file that several processes write."""
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA journal_mode=DELETE")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    cursor.close()
