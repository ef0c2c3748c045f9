"""One worker of the service: its settings, rules, keys and limits, and the work that goes on beside the requests."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

from watchfiles import awatch

from rebates import Book
from rebates_api.identity.gate import Gate
from rebates_api.identity.ring import KeyRing
from rebates_api.identity.tokens import Tokens
from rebates_api.rules.in_force import RulesInForce
from rebates_api.rules.loading import RulesBroken
from rebates_api.settings import Settings
from rebates_api.store.answers import Answers
from rebates_api.store.approvals import Approvals
from rebates_api.store.database import Database, StoreAway
from rebates_api.store.keys import Keys
from rebates_api.store.ledger import ServiceLedger
from rebates_api.store.under_way import UnderWay
from rebates_api.store.versions import Versions
from rebates_api.telemetry.logs import log
from rebates_api.telemetry.metrics import SHARED, Metrics
from rebates_api.telemetry.traces import Traces
from rebates_api.web.problems import RETRY_S, Finding, Problem
from rebates_api.web.rate import Rate
from rebates_api.wire.numbers import Numbers
from rebates_api.wire.opaque import Opaque

T = TypeVar("T")
LOOPBACK = ("127.0.0.1", "::1", "localhost")
LEDGER_THREADS = 4
MOST_WAITING = 200  # requests that wait for the ledger
FORGET_S = 3_600  # how often what is too old is dropped from the store
STORE_S = 5  # how long a request waits for the store
SETTLE_MS = 200  # files that are written one after another are read together


class Service:
    """All that a worker holds. Made before its event loop runs."""

    def __init__(self, settings: Settings, parent: int | None = None) -> None:
        self.settings = settings
        self._parent = parent  # the process that started the workers
        self.metrics = Metrics()
        self.traces = Traces(settings.traces)
        self.database = Database(settings.store.get_secret_value())
        self.keys = Keys(self.database)
        self.versions = Versions(self.database, settings.archived_versions)
        self.approvals = Approvals(self.database, settings.approval_days)
        self.answers = Answers(self.database)
        self.rules = RulesInForce(settings.rules, self.versions, settings.kept_versions, self.metrics)
        self.numbers = Numbers()
        self.ring = KeyRing()
        tokens = Tokens(settings.jwks, settings.issuer, settings.audience) if settings.jwks else None
        self.gate = Gate(self.ring, tokens, settings.host in LOOPBACK)
        together = os.environ.get(SHARED)  # what several workers of this machine leave each other
        self.rate = Rate(settings.lines_per_minute, settings.burst_lines, Path(together, "lines") if together else None)
        self.under_way = UnderWay(Path(together, "keys") if together else None)
        self.ledger = ServiceLedger(settings.ledger.get_secret_value())
        self.store_away = False
        self._busy = ThreadPoolExecutor(settings.busy_threads, "long answers")
        self._aside = ThreadPoolExecutor(4, "store and rules")
        self._books = ThreadPoolExecutor(LEDGER_THREADS, "ledger")
        self._running = self._in_ledger = 0
        self._forget_at = time.monotonic() + FORGET_S
        self._secret = b""
        self.opaque: Opaque  # made when the store is open

    def open(self) -> None:
        """Opens the store, reads keys and rules. Raises StoreAway, WrongStore, RulesBroken."""
        self.database.prepare()
        self.ring.replace(*self.keys.stored())
        self.opaque = Opaque(self.secret())
        self.rules.start()
        self.rules.report()

    def secret(self) -> bytes:
        """What cursors are signed with; the same for all workers. Raises StoreAway."""
        if not self._secret:
            self._secret = bytes.fromhex(self.database.told("secret"))
        return self._secret

    # --- work of requests

    async def book(self, version: str | None) -> Book:
        """The rules that a request is answered by, from its start to its end. Raises Problem S4042."""
        if version is None:
            return self.rules.book
        book = self.rules.at(version)
        if book is None:
            try:
                book = await self.aside(self.rules.from_store, version)
            except RulesBroken:
                book = None
        if book is None:
            raise Problem("S4042")
        return book

    async def long(self, work: Callable[[], T]) -> T:
        """Works something out in a thread, within the time that one answer may take. Raises Problem S5031."""
        if self._running >= 4 * self.settings.busy_threads:
            raise Problem("S5031", headers={"Retry-After": str(RETRY_S)})
        self._running += 1
        future = asyncio.get_running_loop().run_in_executor(self._busy, self.traces.carried(work))
        future.add_done_callback(self._done)
        try:
            return await asyncio.wait_for(asyncio.shield(future), self.settings.work_seconds)
        except TimeoutError:
            raise Problem("S5031", headers={"Retry-After": str(self.settings.work_seconds)}) from None

    def _done(self, future: asyncio.Future[T]) -> None:
        self._running -= 1
        if not future.cancelled():
            future.exception()  # was told, or nobody waits for it any more

    async def aside(self, work: Callable[..., T], *given: object) -> T:
        """Asks the store or reads rules in a thread. Raises Problem S5032 while the store is away."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._aside, lambda: work(*given))
        except StoreAway:
            raise Problem("S5032", headers={"Retry-After": str(STORE_S)}) from None

    async def ledgered(self, work: Callable[..., T], *given: object) -> T:
        """Works in the ledger, in a thread. Raises Problem: S4045 without one, S5031, S5032, and what the ledger refuses."""
        if not self.ledger.there:
            raise Problem("S4045")
        if self._in_ledger >= MOST_WAITING:
            raise Problem("S5031", headers={"Retry-After": str(RETRY_S)})
        self._in_ledger += 1
        future = asyncio.get_running_loop().run_in_executor(self._books, _refused, work, given)
        future.add_done_callback(self._out_of_ledger)
        try:
            return await asyncio.wait_for(asyncio.shield(future), self.settings.ledger_seconds)
        except TimeoutError:
            raise Problem("S5031", headers={"Retry-After": str(self.settings.ledger_seconds)}) from None
        except StoreAway:
            raise Problem("S5032", headers={"Retry-After": str(STORE_S)}) from None

    def _out_of_ledger(self, future: asyncio.Future[T]) -> None:
        self._in_ledger -= 1
        if not future.cancelled():
            future.exception()

    # --- work beside requests

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """While the worker answers: looks for new keys and versions, and watches the rule files."""
        tasks = [asyncio.create_task(self._look_around())]
        if self.settings.watch:
            tasks.append(asyncio.create_task(self._watch()))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task
            self._busy.shutdown(wait=False, cancel_futures=True)
            self._aside.shutdown(wait=True, cancel_futures=True)
            self._books.shutdown(wait=True, cancel_futures=True)
            self.rules.leave()
            self.ledger.close()
            self.traces.close()
            self.database.close()

    async def _look_around(self) -> None:
        while True:
            await asyncio.sleep(self.settings.refresh_seconds)
            if self._parent is not None and os.getppid() != self._parent:
                log.error("worker", action="ends, the process that started it is gone")
                os.kill(os.getpid(), signal.SIGTERM)
                return
            try:
                await asyncio.get_running_loop().run_in_executor(self._aside, self._look)
                if self.store_away:
                    log.info("store", action="is back")
                self.store_away = False
            except StoreAway as error:
                if not self.store_away:
                    log.error("store", action="is away", reason=str(error))
                self.store_away = True
            except RulesBroken as broken:
                log.error("rules broken", reason=broken.reason)

    def _look(self) -> None:
        """One look at the store: keys, the version in force, what this worker serves."""
        revision = self.keys.revision()
        if revision != self.ring.revision:
            self.ring.replace(*self.keys.stored())
            log.info("keys", action="read anew", count=revision)
        self.rules.follow()
        self.rules.report()
        if time.monotonic() >= self._forget_at:
            self._forget_at = time.monotonic() + FORGET_S
            self.answers.forget()
            self.approvals.forget()
            self.ledger.forget()

    async def _watch(self) -> None:
        path = self.settings.rules
        folder = path if path.is_dir() else path.parent
        async for _ in awatch(folder, debounce=SETTLE_MS, step=50, ignore_permission_denied=True):
            await self.reload(force=False)

    async def reload(self, force: bool) -> None:
        """Reads the rules anew; a broken set or a store that is away leaves the version in force."""
        try:
            await asyncio.get_running_loop().run_in_executor(self._aside, self.rules.reload, force)
        except RulesBroken:
            pass  # told by the log, the figures and `readyz`
        except StoreAway as error:
            log.error("rules read", action="not in force, the store is away", reason=str(error))


def _refused(work: Callable[..., T], given: tuple[object, ...]) -> T:
    """Work in the ledger; what it refuses is a problem of the request."""
    from rebates.ledger.errors import LedgerError

    try:
        return work(*given)
    except LedgerError as error:
        raise Problem(error.code, error.message, [Finding(error.code, error.message, help=error.help)]) from None
