"""The keys that hold, in memory: looked up without a database, read anew when the store says that they changed."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from rebates_api.identity.caller import Caller
from rebates_api.identity.keys import KEY, same

MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key as the store has it."""

    caller: Caller
    hash: str
    revoked: bool


class KeyRing:
    """All keys of the store. `any` says whether there ever was one: from then on nobody is let in without."""

    def __init__(self) -> None:
        self.revision = -1
        self.any = False
        self._keys: dict[str, StoredKey] = {}
        self._known: dict[str, Caller] = {}

    def replace(self, keys: Iterable[StoredKey], revision: int) -> None:
        """Takes the keys of the store for its own."""
        found = {key.caller.id: key for key in keys}
        self.any = bool(found)
        self._keys = {id: key for id, key in found.items() if not key.revoked}
        self._known = {}
        self.revision = revision

    def caller(self, token: str) -> Caller | None:
        """The caller of a key, or None if it is no key that holds."""
        found = self._known.get(token)
        if found is None:
            match = KEY.fullmatch(token)
            if match is None:
                return None
            key = self._keys.get(match["id"])
            if key is None or not same(key.hash, token):
                return None
            if len(self._known) >= MOST_REMEMBERED:
                self._known = {}
            found = self._known[token] = key.caller
        if found.expires is not None and found.expires <= time.time():
            return None
        return found
