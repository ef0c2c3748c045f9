"""A day that notes for which other days all its answers would have been the same.

What is worked out for a day most often holds for weeks: only where a row or a rule begins or ends something changes. Code that
plans a line compares the day with such dates; here every comparison narrows the days for which the plan holds. Any
other question (its year, its weekday, its hash) narrows them to the day itself, so that code which knows nothing of this
can never make a plan hold too long.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Self

ALWAYS = (1, date.max.toordinal() + 1)


class WatchedDay(date):
    """A date; `low` and `high` are the ordinals from and up to which its answers hold, `high` itself not in."""

    __slots__ = ("high", "low", "plain")

    plain: date
    low: int
    high: int

    def __new__(cls, day: date, low: int = ALWAYS[0], high: int = ALWAYS[1]) -> Self:
        self = date.__new__(cls, day.year, day.month, day.day)
        self.plain, self.low, self.high = day, low, high
        return self

    def again(self) -> WatchedDay:
        """The same day, watched on its own from here on."""
        return WatchedDay(self.plain, self.low, self.high)

    def only(self) -> date:
        """The plain day; nothing worked out from it holds for another."""
        at = date.toordinal(self.plain)
        self.low, self.high = at, at + 1
        return self.plain

    def _before(self, bound: int) -> bool:
        """Whether the day lies before an ordinal; on its own side the answer stays the same."""
        if self.plain.toordinal() < bound:
            if bound < self.high:
                self.high = bound
            return True
        if bound > self.low:
            self.low = bound
        return False

    def __lt__(self, other: date) -> bool:
        return self._before(_ordinal(other)) if isinstance(other, date) else NotImplemented

    def __le__(self, other: date) -> bool:
        return self._before(_ordinal(other) + 1) if isinstance(other, date) else NotImplemented

    def __gt__(self, other: date) -> bool:
        return not self._before(_ordinal(other) + 1) if isinstance(other, date) else NotImplemented

    def __ge__(self, other: date) -> bool:
        return not self._before(_ordinal(other)) if isinstance(other, date) else NotImplemented

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, date):
            return NotImplemented
        at = _ordinal(other)
        return not self._before(at) and self._before(at + 1)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.only())

    @property
    def year(self) -> int:
        return self.only().year

    @property
    def month(self) -> int:
        return self.only().month

    @property
    def day(self) -> int:
        return self.only().day


def _ordinal(other: date) -> int:
    return other.only().toordinal() if isinstance(other, WatchedDay) else other.toordinal()


def _asks_all(name: str) -> Callable[..., Any]:
    plain = getattr(date, name)

    def asked(self: WatchedDay, *arguments: Any, **named: Any) -> Any:
        return plain(self.only(), *arguments, **named)

    return asked


_PLAIN = {  # of every object, or of the class alone
    "__class__", "__delattr__", "__dir__", "__getattribute__", "__init__", "__init_subclass__", "__new__", "__setattr__",
    "__sizeof__", "__subclasshook__", "fromisocalendar", "fromisoformat", "fromordinal", "fromtimestamp", "today",
}  # fmt: skip

for _name in sorted(set(dir(date)) - set(WatchedDay.__dict__) - _PLAIN):
    if callable(getattr(date, _name)):
        setattr(WatchedDay, _name, _asks_all(_name))
