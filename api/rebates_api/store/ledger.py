"""The ledger that the service posts to and settles in: opened when it is first needed, and anew after it was away."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from rebates_api.store.answers import Answer, Asked, answered, done_once, forget, take
from rebates_api.store.database import StoreAway
from rebates_api.store.schema import METADATA, answers

if TYPE_CHECKING:  # it comes with `rebates[ledger]`
    from rebates.ledger.ledger import Ledger

T = TypeVar("T")
AWAY = ("R0830", "R0831")  # written by a newer release; cannot be read or written now


class ServiceLedger:
    """One ledger, for all threads of a worker. Answers under a key of idempotency are kept in it, in the transaction of the work."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._opened: Ledger | None = None

    @property
    def there(self) -> bool:
        """Whether the service has a ledger."""
        return bool(self._url)

    def read(self, work: Callable[[Ledger], T]) -> T:
        """Reads the ledger. Raises StoreAway, and LedgerError for what it refuses."""
        from rebates.ledger.errors import LedgerError

        try:
            return work(self._ledger())
        except LedgerError as error:
            if error.code in AWAY:
                raise StoreAway(error.code) from error
            raise

    def write(self, work: Callable[[Ledger], Answer], asked: Asked | None, keep: bool = True) -> Answer:
        """Writes in one transaction; under a key once. Without `keep` nothing stays. Raises StoreAway, Taken, OtherBody, LedgerError, FactErrors."""

        def whole(ledger: Ledger) -> Answer:
            if asked is None or not keep:
                with ledger.together(keep):
                    return work(ledger)
            with _taken(ledger, asked), ledger.together() as connection:
                return done_once(connection, asked, lambda: work(ledger))

        return self.read(whole)

    def before(self, asked: Asked) -> Answer | None:
        """What was answered under a key before. Raises StoreAway, OtherBody."""

        def told(ledger: Ledger) -> Answer | None:
            with ledger.store.reading() as connection:
                return answered(connection, asked)

        return self.read(told)

    def forget(self) -> None:
        """Drops answers that nobody asks for any more."""

        def old(ledger: Ledger) -> None:
            with ledger.together() as connection:
                forget(connection)

        if self._opened is not None:
            self.read(old)

    def answers(self) -> None:
        """Whether it is there. Raises StoreAway."""
        self.read(lambda ledger: ledger.closed())

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()

    def _ledger(self) -> Ledger:
        from rebates.ledger.ledger import Ledger

        with self._lock:
            if self._opened is None:
                opened = Ledger.open(self._url)
                with opened.together() as connection:
                    METADATA.create_all(connection, tables=[answers])
                self._opened = opened
            return self._opened


@contextmanager
def _taken(ledger: Ledger, asked: Asked) -> Iterator[None]:
    """While the key is taken, on a connection of its own: who writes waits for all others who do. Raises Taken."""
    if ledger.store.url.get_backend_name() == "sqlite":
        yield
        return
    with ledger.store.reading() as connection:
        take(connection, asked)
        yield
