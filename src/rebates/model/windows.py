"""Windows of totals: calendar ones, rolling ones, stated ones, and each of them moved back (5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from rebates.model.calendar import MONTHS, months_before, window_bounds, window_key

WindowKind = Literal["week", "month", "quarter", "half", "year", "term", "ever"]
Term = tuple[date, date]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """A window that is not simply the one that the governing day falls in.

    `days` and `months` roll: `count` of them, the governing day the last. `dates` are stated, both in. `back` moves any of
    them by so many months; `same_days` ends a moved calendar window with the governing day of then.
    """

    kind: WindowKind | Literal["days", "months", "dates"]
    count: int = 0
    first: date | None = None
    last: date | None = None
    back: int = 0
    same_days: bool = False

    @property
    def plain(self) -> bool:
        """Whether it is a whole calendar window: its totals go by the name of that window."""
        return self.kind in MONTHS and not self.same_days

    @property
    def past(self) -> bool:
        """Whether it lies before every order it is read for."""
        return self.back > 0 and self.kind != "dates"


def bounds(window: WindowKind | Window, day: date, year_starts: date | None, term: Term) -> tuple[date, date]:
    """The first and the last day of the window, both in; the calendar's ends stand for none."""
    if not isinstance(window, Window):
        first, after = window_bounds(window, day, year_starts, term)
        return first, after if after == date.max else after - _DAY
    match window.kind:
        case "days":
            last = months_before(day, window.back)
            return date.fromordinal(max(last.toordinal() - window.count + 1, 1)), last
        case "months":
            last = months_before(day, window.back)
            start = months_before(last, window.count)
            return (start if start == date.min else start + _DAY), last
        case "dates":
            assert window.first is not None
            assert window.last is not None
            return months_before(window.first, window.back), months_before(window.last, window.back)
        case kind:
            first, after = window_bounds(kind, day, year_starts, term, window.back)
            last = after if after == date.max else after - _DAY
            return first, min(last, months_before(day, window.back)) if window.same_days else last


def name(window: WindowKind | Window, day: date, year_starts: date | None, term: Term) -> str:
    """The name in a total's key: that of the calendar window, else its first and last day."""
    if not isinstance(window, Window):
        return window_key(window, day, year_starts, term)
    first, last = bounds(window, day, year_starts, term)
    return window_key(window.kind, first, year_starts, term) if window.plain else f"{first}/{last}"


def counts(window: WindowKind | Window, day: date, year_starts: date | None, term: Term) -> bool:
    """Whether what happens on the governing day counts in the window."""
    if not isinstance(window, Window):
        return True
    first, last = bounds(window, day, year_starts, term)
    return first <= day <= last


def words(window: WindowKind | Window) -> str:
    """The window in the key of a total; one that is named by its days needs no words."""
    if isinstance(window, Window):
        return f" per {window.kind}" if window.plain else ""
    return " ever" if window == "ever" else f" per {window}"
