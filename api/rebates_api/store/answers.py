"""Posts that are done once, however often they are sent: a key of idempotency and the answer, in the transaction of the work."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select
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


class OtherBody(Exception):
    """The key came with another body."""


class Answers:
    """The remembered answers of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def once(
        self, caller: str, operation: str, key: str | None, body: bytes, work: Callable[[Connection], Answer]
    ) -> Answer:
        """Does the work in a transaction; with a key only if it was not done before. Raises OtherBody, and what `work` raises."""
        if key is None:
            with self._database.begin() as connection:
                return work(connection)
        hash = hashlib.sha256(body).hexdigest()
        found = self._before(caller, operation, key, hash)
        if found is not None:
            return found
        try:
            with self._database.begin() as connection:
                made = work(connection)
                connection.execute(
                    insert(answers).values(
                        caller=caller, operation=operation, key=key, body=hash, status=made.status, answer=made.text,
                        at=int(time.time()),
                    )
                )  # fmt: skip
                return made
        except IntegrityError:  # done beside us; what we did is undone
            found = self._before(caller, operation, key, hash)
            if found is None:
                raise
            return found

    def _before(self, caller: str, operation: str, key: str, hash: str) -> Answer | None:
        where = (answers.c.caller == caller, answers.c.operation == operation, answers.c.key == key)
        with self._database.begin() as connection:
            row = connection.execute(select(answers).where(*where)).first()
        if row is None:
            return None
        if row.body != hash:
            raise OtherBody
        return Answer(row.status, row.answer, True)

    def forget(self) -> None:
        """Drops what is older than two weeks."""
        with self._database.begin() as connection:
            connection.execute(delete(answers).where(answers.c.at < time.time() - KEPT_S))
