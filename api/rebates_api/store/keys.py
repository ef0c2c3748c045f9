"""Keys in the store: made, listed, rotated, revoked."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace

from sqlalchemy import Row, insert, select, update

from rebates_api.identity.caller import Caller, View
from rebates_api.identity.keys import key_hash, make_key
from rebates_api.identity.ring import StoredKey
from rebates_api.store.database import Database, count_up
from rebates_api.store.schema import about, keys


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A key as it is listed: everything but the key."""

    caller: Caller
    created: int
    revoked: int | None
    follows: str | None

    @property
    def state(self) -> str:
        if self.revoked is not None:
            return "revoked"
        expired = self.caller.expires is not None and self.caller.expires <= time.time()
        return "expired" if expired else "holds"


class Keys:
    """The keys of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, wanted: Caller, follows: str | None = None) -> tuple[Caller, str]:
        """A new key with what `wanted` may do; its text is told here and never again."""
        id, text = make_key()
        made = replace(wanted, id=id)
        with self._database.begin() as connection:
            connection.execute(
                insert(keys).values(
                    id=id,
                    name=made.name,
                    hash=key_hash(text),
                    scopes=json.dumps(sorted(made.scopes)),
                    accounts=json.dumps(sorted(made.accounts)),
                    groups=json.dumps(sorted(made.groups)),
                    everywhere=int(made.everywhere),
                    view=made.view,
                    roles=json.dumps(sorted(made.roles)),
                    created=int(time.time()),
                    expires=made.expires,
                    follows=follows,
                )
            )
            count_up(connection, "keys")
        return made, text

    def rotate(self, id: str, old_until: int, expires: int | None) -> tuple[Caller, str]:
        """A new key that may do what the old one may; the old one holds until then. Raises KeyError."""
        old = self.find(id)
        if old.state != "holds":
            raise KeyError(f"the key `{id}` is {old.state}")
        made = self.create(replace(old.caller, expires=expires), follows=id)
        until = min(old_until, old.caller.expires) if old.caller.expires is not None else old_until
        with self._database.begin() as connection:
            connection.execute(update(keys).where(keys.c.id == id).values(expires=until))
            count_up(connection, "keys")
        return made

    def revoke(self, id: str) -> None:
        """The key holds no more. Raises KeyError."""
        self.find(id)
        with self._database.begin() as connection:
            connection.execute(
                update(keys).where(keys.c.id == id, keys.c.revoked.is_(None)).values(revoked=int(time.time()))
            )
            count_up(connection, "keys")

    def find(self, id: str) -> KeyEntry:
        """The key of an id. Raises KeyError."""
        for entry in self.entries():
            if entry.caller.id == id:
                return entry
        raise KeyError(f"there is no key `{id}`")

    def entries(self) -> list[KeyEntry]:
        """All keys, the oldest first."""
        with self._database.begin() as connection:
            rows = connection.execute(
                select(keys).order_by(keys.c.created, keys.c.follows.is_not(None), keys.c.id)
            ).all()
        return [KeyEntry(_caller(row), row.created, row.revoked, row.follows) for row in rows]

    def revision(self) -> int:
        """Counts the changes of keys."""
        return int(self._database.told("keys"))

    def stored(self) -> tuple[list[StoredKey], int]:
        """All keys with their hashes, and the count of changes that they are of."""
        with self._database.begin() as connection:
            revision = connection.execute(select(about.c.value).where(about.c.name == "keys")).scalar_one()
            rows = connection.execute(select(keys)).all()
        return [StoredKey(_caller(row), row.hash, row.revoked is not None) for row in rows], int(revision)


def _caller(row: Row[tuple[object, ...]]) -> Caller:
    view: View = "manager" if row.view == "manager" else "customer"
    return Caller(
        row.id,
        row.name,
        frozenset(json.loads(row.scopes)),
        frozenset(json.loads(row.accounts)),
        frozenset(json.loads(row.groups)),
        bool(row.everywhere),
        view,
        frozenset(json.loads(row.roles)),
        row.expires,
    )
