"""Versions of the rules in the store: their sources, and the one that is in force for all workers."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from rebates_api.store.database import Database
from rebates_api.store.schema import in_force, versions, workers

ALIVE_S = 30  # a worker that was not seen for longer is gone


@dataclass(frozen=True, slots=True)
class InForce:
    """The version that all workers are to serve; `turn` counts the changes."""

    version: str
    since: int
    turn: int


@dataclass(frozen=True, slots=True)
class KeptVersion:
    version: str
    since: int


class Versions:
    """The versions of a store."""

    def __init__(self, database: Database, most: int) -> None:
        self._database, self._most = database, most

    def now(self) -> InForce | None:
        """What is in force, or None in a new store."""
        with self._database.begin() as connection:
            return _now(connection)

    def knows(self, version: str) -> bool:
        with self._database.begin() as connection:
            return _knows(connection, version)

    def publish(self, version: str, sources: bytes, only_news: bool) -> InForce:
        """Puts a version in force for all workers; with `only_news` one that the store has seen before changes nothing."""
        for _ in range(5):
            try:
                with self._database.begin() as connection:
                    return self._publish(connection, version, sources, only_news)
            except IntegrityError:  # another worker was faster
                time.sleep(0.05)
        raise RuntimeError("the store keeps changing")

    def _publish(self, connection: Connection, version: str, sources: bytes, only_news: bool) -> InForce:
        now, here = int(time.time()), _now(connection)
        known = _knows(connection, version)
        if here is not None and (here.version == version or (known and only_news)):
            return here
        if not known:
            connection.execute(insert(versions).values(version=version, since=now, sources=sources))
        if here is None:
            connection.execute(insert(in_force).values(one=1, version=version, since=now, turn=1))
        else:
            changed = connection.execute(
                update(in_force)
                .where(in_force.c.one == 1, in_force.c.turn == here.turn)
                .values(version=version, since=now, turn=here.turn + 1)
            )
            if changed.rowcount != 1:
                raise IntegrityError("another worker was faster", None, Exception())
        newest = connection.execute(select(func.max(versions.c.number))).scalar_one()
        connection.execute(
            delete(versions).where(versions.c.number <= newest - self._most, versions.c.version != version)
        )
        found = _now(connection)
        assert found is not None
        return found

    def sources(self, version: str) -> tuple[bytes, int] | None:
        """The archive of a version's files, and when it was first in force."""
        with self._database.begin() as connection:
            query = select(versions.c.sources, versions.c.since).where(versions.c.version == version)
            row = connection.execute(query).first()
        return None if row is None else (bytes(row.sources), int(row.since))

    def kept(self) -> list[KeptVersion]:
        """The versions that can be replayed, the newest first."""
        with self._database.begin() as connection:
            query = select(versions.c.version, versions.c.since).order_by(versions.c.number.desc())
            return [KeptVersion(row.version, row.since) for row in connection.execute(query)]

    # --- workers

    def report(self, worker: str, version: str, problem: str | None) -> None:
        """Says what a worker serves, and what keeps it from serving something newer."""
        now = int(time.time())
        values = {"version": version, "problem": problem, "seen": now}
        with self._database.begin() as connection:
            done = connection.execute(update(workers).where(workers.c.id == worker).values(**values))
            if not done.rowcount:
                connection.execute(insert(workers).values(id=worker, **values))
                connection.execute(delete(workers).where(workers.c.seen < now - 10 * ALIVE_S))

    def forget(self, worker: str) -> None:
        with self._database.begin() as connection:
            connection.execute(delete(workers).where(workers.c.id == worker))

    def serving(self) -> dict[str, str]:
        """The version of every worker that is alive."""
        with self._database.begin() as connection:
            query = select(workers.c.id, workers.c.version).where(workers.c.seen >= int(time.time()) - ALIVE_S)
            return {row.id: row.version for row in connection.execute(query)}


def _now(connection: Connection) -> InForce | None:
    row = connection.execute(select(in_force.c.version, in_force.c.since, in_force.c.turn)).first()
    return None if row is None else InForce(row.version, row.since, row.turn)


def _knows(connection: Connection, version: str) -> bool:
    query = select(versions.c.number).where(versions.c.version == version)
    return connection.execute(query).first() is not None
