"""What each key has left, in memory that all workers of a machine share: a line is counted once, whichever of them priced it.

A bucket is a record of a name, an amount and the time at which it was that. The records stand in a file that every worker maps,
and are changed under a lock that the system lets go of if a worker dies. One worker alone needs neither file nor lock.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import blake2b
from mmap import mmap
from pathlib import Path
from struct import Struct

try:
    import fcntl
except ImportError:  # no locks there: two workers that ask at the same moment may both be given the last lines
    fcntl = None  # type: ignore[assignment]


MOST = 65_536  # buckets; then the oldest make room
HEAD = Struct("<q")  # how many buckets were ever made
BUCKET = Struct("<16sqq")  # whose, what was left, and when
SIZE = HEAD.size + MOST * BUCKET.size

Change = Callable[[int, int], tuple[int, int]]  # from what was left and when, to what is


class Buckets:
    """The buckets of all keys. A new one holds `full` from the beginning of time."""

    def __init__(self, full: int, file: Path | None = None) -> None:
        self._full, self._file = full, -1
        if file is None:
            self._memory = mmap(-1, SIZE)
        else:
            self._file = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
            os.ftruncate(self._file, SIZE)
            self._memory = mmap(self._file, SIZE)
        self._places: dict[str, tuple[bytes, int]] = {}  # by name, as far as this worker met it

    def change(self, who: str, change: Change) -> None:
        """Changes what is left to a key, alone."""
        self._lock()
        try:
            name, place = self._places.get(who) or self._place(who)
            whose, left, at = BUCKET.unpack_from(self._memory, place)
            if whose != name:  # it made room for another
                name, place = self._place(who)
                _, left, at = BUCKET.unpack_from(self._memory, place)
            BUCKET.pack_into(self._memory, place, name, *change(left, at))
        finally:
            self._unlock()

    def _lock(self) -> None:
        if self._file >= 0 and fcntl is not None:
            fcntl.lockf(self._file, fcntl.LOCK_EX)

    def _unlock(self) -> None:
        if self._file >= 0 and fcntl is not None:
            fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _place(self, who: str) -> tuple[bytes, int]:
        """Where the key's bucket is; made where there is none."""
        name = blake2b(who.encode(), digest_size=16).digest()
        place = self._memory.find(name, HEAD.size)
        if place < 0:
            (made,) = HEAD.unpack_from(self._memory)
            place = HEAD.size + made % MOST * BUCKET.size
            BUCKET.pack_into(self._memory, place, name, self._full, 0)
            HEAD.pack_into(self._memory, 0, made + 1)
        if len(self._places) >= MOST:
            self._places.clear()
        found = self._places[who] = name, place
        return found
