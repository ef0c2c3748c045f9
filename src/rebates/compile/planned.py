"""Plans of lines, each made once for all days on which it holds, and for all accounts that its rules do not tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from cachetools import LRUCache

from rebates.compile.asked import AccountBook, Asking
from rebates.compile.days import WatchedDay
from rebates.model.orders import LineIn
from rebates.plan.conditions import Known
from rebates.plan.from_model import line_plan, rule_plan
from rebates.plan.nodes import Book, Here, LinePlan

MOST_INTERVALS = 8  # of one line; then the oldest is forgotten


@dataclass(frozen=True, slots=True)
class Planned:
    """A line's plan, the ordinals of the days from and up to which it holds, and the rules whose rows are the account's own."""

    plan: LinePlan
    low: int
    high: int
    tables: tuple[Here, ...]

    def on(self, book: Book) -> LinePlan:
        """The same for another account of those that share it, or for another day on which it holds."""
        plan, old = self.plan, self.plan.known
        known = Known(book.facts, book.account, book.day, book.attributes, old.item, old.unit, old.line, book.told)
        active = plan.active
        if self.tables and book.account.id != plan.book.account.id:
            own = [rule_plan(here, known, book) for here in self.tables]
            numbers = {here.number for here in self.tables}
            kept = [each for each in active if each.here.number not in numbers]
            kept += [each for each in own if not each.never]
            active = tuple(sorted(kept, key=lambda each: each.here.number))
        others = {each.here.number: each for each in active}
        return replace(plan, book=book, active=active, known=known, others=others, conversions={})


class Plans:
    """The plans of a rule set: at most so many, the least recently used goes. Used by one thread at a time."""

    def __init__(self, most: int, asking: Asking, attributes: Sequence[str]) -> None:
        self._asking, self._attributes = asking, attributes
        self._plans: LRUCache[object, tuple[Planned, ...]] = LRUCache(most)

    def find(self, about: AccountBook, day: date, line: LineIn, where: str) -> Planned:
        """The plan of a line on a day of the account's book. Raises OrderError (R0503, R0505)."""
        whose: object = about
        tables: tuple[Here, ...] = ()
        if about.shares:
            asked = self._asking.asked(about, line.item, line.unit)
            if asked is not None:
                whose, tables = (asked.number, about.said, asked.answers(about)), asked.tables
        key = whose, line.item, line.unit, tuple(map(line.attributes.get, self._attributes))
        at = day.toordinal()
        known = self._plans.get(key, ())
        for each in known:
            if each.low <= at < each.high:
                return each
        watch = WatchedDay(day, about.watch.low, about.watch.high)
        attributes = {name: line.attributes[name] for name in self._attributes if name in line.attributes}
        plan = line_plan(about.book.on(watch), line.item, line.unit, where, attributes)
        made = Planned(plan, watch.low, watch.high, tables)
        self._plans[key] = (made, *known[: MOST_INTERVALS - 1])
        return made
