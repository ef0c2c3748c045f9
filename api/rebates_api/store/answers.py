"""Posts that are done once, however often they are sent: a key of idempotency and the answer, in the transaction of the work."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from rebates_api.store.database import Database
from rebates_api.store.schema import answers

KEPT_S = 14 * 86_400


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, and whether it was so before."""

    status: int
    text: str
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A request under a key of idempotency."""

    caller: str
    operation: str
    key: str
    body: bytes

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    @property
    def number(self) -> int:
        """A number that stands for the key, below 2⁵⁶: locks have numbers for names."""
        whose = f"{self.caller}\0{self.operation}\0{self.key}".encode()
        return int.from_bytes(hashlib.blake2b(whose, digest_size=7).digest())


class OtherBody(Exception):
    """The key came with another body."""


class Taken(Exception):
    """The key's first request is not answered yet."""


class Answers:
    """The remembered answers of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def once(self, asked: Asked | None, work: Callable[[Connection], Answer]) -> Answer:
        """Does the work in a transaction; under a key only if it was not done before.

        Raises Taken, OtherBody, and what `work` raises.
        """
        if asked is None:
            with self._database.begin() as connection:
                return work(connection)
        try:
            with self._database.begin() as connection:
                take(connection, asked)
                return done_once(connection, asked, lambda: work(connection))
        except IntegrityError:  # done beside us; what we did is undone
            found = self.before(asked)
            if found is None:
                raise
            return found

    def before(self, asked: Asked) -> Answer | None:
        """What was answered before. Raises OtherBody."""
        with self._database.begin() as connection:
            return answered(connection, asked)

    def forget(self) -> None:
        """Drops what is older than two weeks."""
        with self._database.begin() as connection:
            forget(connection)


def take(connection: Connection, asked: Asked) -> None:
    """Takes the key until the transaction ends, on PostgreSQL, which other machines use too. Raises Taken where it is another's."""
    if connection.dialect.name == "sqlite":
        return
    if not connection.execute(select(func.pg_try_advisory_xact_lock(asked.number))).scalar_one():
        raise Taken


def done_once(connection: Connection, asked: Asked, work: Callable[[], Answer]) -> Answer:
    """Does the work and keeps its answer in the same transaction, or tells the answer of before. Raises OtherBody."""
    found = answered(connection, asked)
    if found is not None:
        return found
    made = work()
    connection.execute(
        insert(answers).values(
            caller=asked.caller, operation=asked.operation, key=asked.key, body=asked.hash, status=made.status,
            answer=made.text, at=int(time.time()),
        )
    )  # fmt: skip
    return made


def answered(connection: Connection, asked: Asked) -> Answer | None:
    """What was answered before. Raises OtherBody."""
    where = answers.c.caller == asked.caller, answers.c.operation == asked.operation, answers.c.key == asked.key
    row = connection.execute(select(answers).where(*where)).first()
    if row is None:
        return None
    if row.body != asked.hash:
        raise OtherBody
    return Answer(row.status, row.answer, True)


def forget(connection: Connection) -> None:
    """Drops what is older than two weeks."""
    connection.execute(delete(answers).where(answers.c.at < time.time() - KEPT_S))
