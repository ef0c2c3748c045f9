"""Days, zones and windows (5.2)."""

from __future__ import annotations

import re
from bisect import bisect_left
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_MINUTES = 24 * 60

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


@dataclass(frozen=True, slots=True)
class Season:
    """A season that an agreement names; both days in."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Calendar:
    """How an agreement counts its windows: where its years and weeks start, and its own seasons, by day (5.2)."""

    year_starts: date | None = None
    week_starts: int = 0  # Monday
    seasons: tuple[Season, ...] = ()  # none of them overlap

    def season(self, day: date, back: int = 0) -> Season | None:
        """The season of a day; `back` the one so many before it, between two seasons counted from the one that ended."""
        ended = bisect_left(self.seasons, day, key=lambda season: season.last)
        if back:
            return self.seasons[ended - back] if back <= ended else None
        there = self.seasons[ended : ended + 1]
        return there[0] if there and there[0].first <= day else None

    def next_season(self, day: date) -> Season | None:
        """The season of a day, else the one that begins next."""
        ended = bisect_left(self.seasons, day, key=lambda season: season.last)
        return self.seasons[ended] if ended < len(self.seasons) else None

    def season_bounds(self, day: date, back: int) -> tuple[date, date]:
        """First day in and first day out; between two seasons the days between them."""
        found = self.season(day, back)
        if found is not None:
            return found.first, _after(found.last, 1)
        if back:
            return date.max, date.max
        ended = bisect_left(self.seasons, day, key=lambda season: season.last)
        first = _after(self.seasons[ended - 1].last, 1) if ended else date.min
        return first, self.seasons[ended].first if ended < len(self.seasons) else date.max


PLAIN = Calendar()


def parse_date(text: str) -> date:
    """A day written YYYY-MM-DD. Raises ValueError where there is no such day."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"`{text[:40]}` is not a date such as 2026-03-31")
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise ValueError(f"there is no day {text}") from None


def local_time(moment: datetime, zone: str | None) -> Fraction:
    """The time of day of an instant in a zone, in minutes since midnight (5.2 a)."""
    there = moment.astimezone(ZoneInfo(zone)) if zone else moment
    return there.hour * 60 + there.minute + Fraction(there.second * 1_000_000 + there.microsecond, 60_000_000)


def local_day(moment: datetime | date, zone: str | None) -> date:
    """The day of an instant in a zone; a plain date is that zone's day (5.2 a). Raises ValueError.

    An instant without a zone is refused, and one whose day in the zone is not in the calendar.
    """
    if not isinstance(moment, datetime):
        return moment
    if moment.utcoffset() is None:
        raise ValueError("an order time needs a zone, such as 2026-03-10T09:00+07:00; or give a plain date")
    try:
        return moment.astimezone(ZoneInfo(zone)).date() if zone else moment.date()
    except OverflowError:
        raise ValueError(f"the calendar has no day in {zone} for {moment.isoformat()}") from None


def _day_of(month: int, day: int) -> date:
    """A day of a month counted from year 0; a missing day is the month's last (5.2 a), beyond the calendar its end."""
    year, index = divmod(month, 12)
    if year < MINYEAR:
        return date.min
    if year > MAXYEAR:
        return date.max
    return date(year, index + 1, min(day, monthrange(year, index + 1)[1]))


def _after(day: date, days: int) -> date:
    return date.fromordinal(min(day.toordinal() + days, date.max.toordinal()))


def before(day: date, count: int, unit: str) -> date:
    """The day so many days, weeks, months, quarters, halves or years earlier; a missing day is the month's last (5.6).

    Beyond the calendar it is the calendar's first day.
    """
    if unit in ("day", "week"):
        days = count * (7 if unit == "week" else 1)
        return date.fromordinal(max(day.toordinal() - days, date.min.toordinal()))
    return _day_of(day.year * 12 + day.month - 1 - count * MONTHS[unit], day.day)


def months_before(day: date, months: int) -> date:
    """The same day so many months before; a missing day is the month's last (5.2 a)."""
    return _day_of(day.year * 12 + day.month - 1 - months, day.day)


def number_in(first: date, day: date, kind: str) -> int:
    """Which month, quarter, half or year since a first day a day lies in, from 1; each begins on that day of the month (59).

    A missing day is the month's last.
    """
    months = (day.year - first.year) * 12 + day.month - first.month
    if day < _day_of(day.year * 12 + day.month - 1, first.day):
        months -= 1
    return months // MONTHS[kind] + 1


def window_bounds(
    kind: str, day: date, calendar: Calendar = PLAIN, term: tuple[date, date] | None = None, back: int = 0
) -> tuple[date, date]:
    """First day in and first day out of the window that a day falls in (5.2).

    Quarters, halves and years start with the month and day of the calendar's `year_starts` (default 1 January; a missing
    day is the month's last); months are those of the calendar; a week starts on Monday, or where the calendar says.
    Between two seasons the days between them stand for one. `term` is the agreement's validity, both days in. `date.max`
    as first day out is the end of the calendar: it means no end. `back` months (of seasons: seasons) earlier is a window
    of the same length (no season so many before it: no days).
    """
    match kind:
        case "week":
            first = date.fromordinal(max(day.toordinal() - (day.weekday() - calendar.week_starts) % 7, 1))
            return first, _after(day, 7 - (day.weekday() - calendar.week_starts) % 7)
        case "season":
            return calendar.season_bounds(day, back)
        case "term":
            assert term is not None
            return term[0], _after(term[1], 1)
        case "ever":
            return date.min, date.max
    length = MONTHS[kind]
    starts = calendar.year_starts if calendar.year_starts is not None and kind != "month" else date(2000, 1, 1)
    month = day.year * 12 + day.month - 1
    month -= (month - (starts.month - 1)) % length
    if _day_of(month, starts.day) > day:
        month -= length
    month -= back
    return _day_of(month, starts.day), _day_of(month + length, starts.day)


def window_key(kind: str, day: date, calendar: Calendar = PLAIN, term: tuple[date, date] | None = None) -> str:
    """A short name of the window a day falls in: `2026`, `2026-Q2`, `2026-H1`, `2026-03`, `2026-W10`, `term`, `ever`.

    A season has its own name. Weeks that do not start on Monday, years that do not start on 1 January, their quarters and
    halves, and the days between two seasons are named by their first and last day, both in.
    """
    if kind in ("term", "ever"):
        return kind
    if kind == "week" and calendar.week_starts == 0:
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    if kind == "month":
        return f"{day.year}-{day.month:02d}"
    if kind == "season" and (season := calendar.season(day)) is not None:
        return season.name
    year_starts = calendar.year_starts
    own_year = year_starts is not None and (year_starts.month, year_starts.day) != (1, 1)
    if own_year or kind in ("week", "season"):
        first, after = window_bounds(kind, day, calendar, term)
        return f"{first}/{after if after == date.max else after - timedelta(days=1)}"
    match kind:
        case "quarter":
            return f"{day.year}-Q{(day.month + 2) // 3}"
        case "half":
            return f"{day.year}-H{1 if day.month <= 6 else 2}"
        case _:
            return str(day.year)
