"""Windows of totals: calendar ones, rolling ones, stated ones, and each of them moved back (5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from rebates.model.calendar import MONTHS, Calendar, months_before, window_bounds, window_key

WindowKind = Literal["week", "month", "quarter", "half", "season", "year", "term", "ever"]
Term = tuple[date, date]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """A window that is not simply the one that the governing day falls in.

    `days` and `months` roll: `count` of them, the governing day the last. `dates` are stated, both in. `back` moves any of
    them by so many months, of seasons by so many seasons; `same_days` ends a moved calendar window with the governing day of then.
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
        return (self.kind in MONTHS or self.kind == "season") and not self.same_days

    @property
    def past(self) -> bool:
        """Whether it lies before every order it is read for."""
        return self.back > 0 and self.kind != "dates"


def there(window: WindowKind | Window | None, day: date, calendar: Calendar) -> bool:
    """Whether the day has such a window: between two seasons there is none, and none before the first."""
    if isinstance(window, Window):
        return window.kind != "season" or calendar.season(day, window.back) is not None
    return window != "season" or calendar.season(day) is not None


def bounds(window: WindowKind | Window, day: date, calendar: Calendar, term: Term) -> tuple[date, date]:
    """The first and the last day of the window, both in; the calendar's ends stand for none."""
    if not isinstance(window, Window):
        first, after = window_bounds(window, day, calendar, term)
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
            first, after = window_bounds(kind, day, calendar, term, window.back)
            last = after if after == date.max else after - _DAY
            return first, min(last, months_before(day, window.back)) if window.same_days else last


def name(window: WindowKind | Window, day: date, calendar: Calendar, term: Term) -> str:
    """The name in a total's key: that of the calendar window, else its first and last day."""
    if not isinstance(window, Window):
        return window_key(window, day, calendar, term)
    first, last = bounds(window, day, calendar, term)
    return window_key(window.kind, first, calendar, term) if window.plain else f"{first}/{last}"


def counts(window: WindowKind | Window, day: date, calendar: Calendar, term: Term) -> bool:
    """Whether what happens on the governing day counts in the window."""
    if not isinstance(window, Window):
        return True
    first, last = bounds(window, day, calendar, term)
    return first <= day <= last


def words(window: WindowKind | Window) -> str:
    """The window in the key of a total; one that is named by its days needs no words."""
    if isinstance(window, Window):
        return f" per {window.kind}" if window.plain else ""
    return " ever" if window == "ever" else f" per {window}"
