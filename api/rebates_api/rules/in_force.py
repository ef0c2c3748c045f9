"""The version in force: one holder, swapped at once. A request takes the book once and ends with it."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rebates import Book
from rebates.engine.sources import fingerprint
from rebates_api.rules.loading import Loaded, RulesBroken, load_archive, load_files, others_first
from rebates_api.store.database import StoreAway
from rebates_api.store.versions import InForce, Versions
from rebates_api.telemetry.logs import log
from rebates_api.telemetry.metrics import Metrics


@dataclass(frozen=True, slots=True)
class State:
    """What is in force in this worker, since when, and what keeps the files from being so."""

    book: Book
    since: int
    problem: RulesBroken | None = None


class RulesInForce:
    """The rules of this worker. Only `state` is read by requests; it is replaced, never changed."""

    def __init__(self, path: Path, versions: Versions, kept: int, metrics: Metrics) -> None:
        self._path, self._versions, self._kept, self._metrics = path, versions, kept, metrics
        self._lock = threading.Lock()  # one reload at a time
        self._loaded: OrderedDict[str, Book] = OrderedDict()
        self._turn = 0
        self._print: str | None = None  # of the files as they were read last
        self._read: Book | None = None  # what the files came to when they were sound last
        self.worker = f"{socket.gethostname()}:{os.getpid()}"
        self.state: State

    @property
    def book(self) -> Book:
        return self.state.book

    # --- into force

    def start(self) -> None:
        """The first version: of the files, or of the other workers that run. Raises RulesBroken, StoreAway."""
        now = self._versions.now()
        self._print = fingerprint(self._path)
        try:
            loaded = load_files(self._path)
            self._read = loaded.book
        except RulesBroken as broken:
            if now is None:
                raise
            self._take(self._archived(now.version), now, broken)
            log.warning(
                "rules broken", reason=broken.reason, version=now.version, action="the last good version is served"
            )
            return
        self._take(loaded, self._versions.publish(loaded.book.version, loaded.sources, only_news=bool(self._others())))

    def reload(self, force: bool) -> State:
        """Reads the files anew if they changed, or where forced; what comes of it is in force. Raises RulesBroken, StoreAway."""
        with self._lock:
            found = fingerprint(self._path)
            if found is not None and found == self._print and not force:
                return self.state
            began = time.monotonic()
            try:
                loaded = load_files(self._path, self._read)
                self._read = loaded.book
            except RulesBroken as broken:
                self._print = found
                self.state = State(self.state.book, self.state.since, broken)
                self._metrics.reloaded("broken")
                for finding in broken.findings:
                    self._metrics.finding(finding.code)
                log.warning("rules broken", reason=broken.reason, version=self.state.book.version)
                raise
            self._print = found
            same = loaded.book.version == self.state.book.version
            in_force = self._versions.publish(loaded.book.version, loaded.sources, only_news=False)
            self._take(loaded, in_force)
            self._metrics.reloaded("same" if same else "new")
            if not same:
                with others_first():
                    loaded.book.keep()
            seconds = round(time.monotonic() - began)
            log.info(
                "rules read", version=in_force.version, action="unchanged" if same else "in force", seconds=seconds
            )
            return self.state

    def follow(self) -> None:
        """Takes what the store says is in force, if it is another version. Raises RulesBroken, StoreAway."""
        now = self._versions.now()
        if now is None or now.turn == self._turn:
            return
        with self._lock:
            now = self._versions.now()
            if now is None or now.turn == self._turn:
                return
            if now.version == self.state.book.version:
                self._turn = now.turn
                return
            self._take(self._archived(now.version), now)
            self._metrics.reloaded("followed")
            log.info("rules read", version=now.version, action="followed another worker")

    def _take(self, loaded: Loaded, now: InForce, problem: RulesBroken | None = None) -> None:
        """Puts a version in force here; the one that is in force for all, if that is another."""
        if loaded.book.version != now.version:
            loaded = self._archived(now.version)
        book = self._loaded.get(now.version, loaded.book)
        self._keep(book)
        self._turn = now.turn
        self.state = State(book, now.since, problem)
        self._metrics.in_force(now.version, now.since)

    def _keep(self, book: Book) -> None:
        """Remembers a version for `?rules=`."""
        loaded = self._loaded.copy()
        loaded[book.version] = book
        loaded.move_to_end(book.version)
        while len(loaded) > self._kept:
            _, former = loaded.popitem(last=False)
            former.compiled.remembered.forget(accounts=True)  # a quote that is still held somewhere holds its book
        self._loaded = loaded

    def _archived(self, version: str) -> Loaded:
        found = self._versions.sources(version)
        if found is None:
            raise RulesBroken("the version in force is not in the store")
        return load_archive(found[0])

    def _others(self) -> list[str]:
        """The workers that run besides this one."""
        host, _, _ = self.worker.rpartition(":")
        return [
            each
            for each in self._versions.serving()
            if each != self.worker and (each.rpartition(":")[0] != host or _runs(each.rpartition(":")[2]))
        ]

    # --- other versions

    def at(self, version: str) -> Book | None:
        """A version that is loaded here."""
        return self.book if version == self.book.version else self._loaded.get(version)

    def from_store(self, version: str) -> Book | None:
        """A version that the store keeps, loaded now; None if it does not. Raises StoreAway, RulesBroken."""
        with self._lock:
            book = self.at(version)
            if book is None:
                found = self._versions.sources(version)
                if found is None:
                    return None
                book = load_archive(found[0]).book
                if book.version != version:
                    return None  # this release reads it in another way: not the same version
                self._keep(book)
            return book

    # --- reports

    def report(self) -> None:
        """Tells the store what this worker serves. Raises StoreAway."""
        problem = self.state.problem
        self._versions.report(self.worker, self.book.version, problem.reason if problem is not None else None)

    def leave(self) -> None:
        """This worker ends."""
        with suppress(StoreAway):
            self._versions.forget(self.worker)


def _runs(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (OSError, ValueError, OverflowError):
        return False
    return True
