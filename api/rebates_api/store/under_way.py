"""The keys of idempotency whose first request is being answered, by any worker of this machine; of others PostgreSQL tells (`answers.py`).

A lock on one byte of a file that the workers share stands for a key; the system lets go of it if a worker dies.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rebates_api.store.answers import Asked, Taken

try:
    import fcntl
except ImportError:  # no locks there: a worker knows only of its own, and waits for what others do
    fcntl = None  # type: ignore[assignment]


class UnderWay:
    """What is being done under keys of idempotency. One worker alone needs no file."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = -1 if file is None else os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        self._here: set[int] = set()

    @contextmanager
    def alone(self, asked: Asked) -> Iterator[None]:
        """While the request under its key is done. Raises Taken; to be used by one thread."""
        place = asked.number
        if place in self._here:
            raise Taken
        self._lock(place)
        self._here.add(place)
        try:
            yield
        finally:
            self._here.discard(place)
            self._unlock(place)

    def _lock(self, place: int) -> None:
        if self._file >= 0 and fcntl is not None:
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
            except OSError:
                raise Taken from None

    def _unlock(self, place: int) -> None:
        if self._file >= 0 and fcntl is not None:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, place)
