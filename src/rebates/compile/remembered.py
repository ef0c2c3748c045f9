"""What is remembered of accounts: their lines with the days on which they hold, in two generations.

When `plans` line plans have been made, the young generation becomes the old one and a fresh one starts; what is used again
moves back. So what is held is bounded by twice that number and what one order adds. Nothing stored is changed afterwards but
by adding to a dictionary, so readers need no lock.
"""

from __future__ import annotations

from sys import intern
from threading import RLock

from rebates.compile.asked import AccountBook
from rebates.compile.cells import FastLine, Key, Ranges
from rebates.compile.templates import TemplateLine

BOOKS = 20_000  # accounts of which it is known what holds for them
MOST_INTERVALS = 8  # of one line, and of one account's books; then the oldest is forgotten


class Known:
    """What is remembered of an account with certain codes and attributes: a line's key is its item, unit and attributes.

    `lines` holds by unit and attributes, and in these by item, the ranges that were last used; `plans` those of other days too.
    An order's lines mostly have one unit, and a dictionary of items whose texts are shared lies closer together in memory than
    one of whole keys: of a large market finding a line is waiting for memory.
    """

    __slots__ = ("books", "lines", "plans")

    def __init__(self) -> None:
        self.lines: dict[object, dict[str, Ranges]] = {}
        self.plans: dict[Key, tuple[FastLine | TemplateLine, ...]] = {}
        self.books: tuple[AccountBook, ...] = ()

    def use(self, key: Key, ranges: Ranges) -> None:
        """Remembers a line's ranges as those that were last used."""
        item, unit, *attributes = key
        kind = (unit, *attributes) if attributes else unit
        self.lines.setdefault(kind, {})[intern(str(item))] = ranges

    def keep(self, book: AccountBook) -> None:
        """Remembers a book for the days on which it holds."""
        self.books = (book, *self.books[: MOST_INTERVALS - 1])


class Remembered:
    """Accounts by their id, or by their id, codes and attributes."""

    def __init__(self, plans: int) -> None:
        self.plans = plans
        self.young: dict[object, Known] = {}
        self._old: dict[object, Known] = {}
        self._books: dict[Key, tuple[AccountBook, ...]] = {}
        self._made = 0
        self._lock = RLock()

    def known(self, key: object) -> Known:
        """What is remembered of an account; nothing at first."""
        known = self.young.get(key)
        return self._again(key) if known is None else known

    def _again(self, key: object) -> Known:
        with self._lock:
            known = self._old.get(key)
            if known is None or 2 * len(known.plans) > self.plans:  # one account alone must not fill a generation
                known = Known()
            self._made += 1 + len(known.plans)
            self.young[key] = known
            return known

    def add(self, known: Known, key: Key, line: FastLine | TemplateLine) -> None:
        """Remembers a line's plan."""
        with self._lock:
            others = known.plans.get(key)
            known.plans[key] = (line,) if others is None else (line, *others[: MOST_INTERVALS - 1])
            self._made += 1
            if self._made > self.plans:
                self._old, self.young, self._made = self.young, {}, 0

    def book(self, key: Key, day: int) -> AccountBook | None:
        """What holds for an account and orders of a kind on a day."""
        for about in self._books.get(key, ()):
            if about.watch.low <= day < about.watch.high:
                return about
        return None

    def keep_book(self, key: Key, about: AccountBook) -> None:
        """Remembers it; the caller holds the lock of the rule set."""
        if len(self._books) >= BOOKS:
            self._books = {}
        self._books[key] = (about, *self._books.get(key, ())[: MOST_INTERVALS - 1])

    def forget(self, accounts: bool = False) -> None:
        """Lets go of all lines, and perhaps of what holds for accounts; what is needed is made again."""
        with self._lock:
            self.young, self._old, self._made = {}, {}, 0
            if accounts:
                self._books = {}

    def held(self) -> int:
        """How many plans are held."""
        return sum(len(lines) for part in (self.young, self._old) for k in part.values() for lines in k.plans.values())
