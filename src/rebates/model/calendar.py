"""Days, zones and windows (5.2)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


def parse_date(text: str) -> date:
    """A day written YYYY-MM-DD. Raises ValueError where there is no such day."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"`{text[:40]}` is not a date such as 2026-03-31")
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise ValueError(f"there is no day {text}") from None


def local_day(moment: datetime | date, zone: str | None) -> date:
    """The day of an instant in a zone; a plain date is that zone's day (5.2 a). An instant without a zone is refused."""
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        raise ValueError("an order time needs a zone, such as 2026-03-10T09:00+07:00; or give a plain date")
    return moment.astimezone(ZoneInfo(zone)).date() if zone else moment.date()


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def window_bounds(
    kind: str, day: date, year_starts: date | None = None, term: tuple[date, date] | None = None
) -> tuple[date, date]:
    """First day in and first day out of the window that a day falls in.

    Months, quarters, halves and years start with the month and day of `year_starts` (default 1 January). A week starts
    on Monday. `term` is the agreement's validity, both days in.
    """
    if kind == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=7)
    if kind == "term":
        assert term is not None
        return term[0], term[1] + timedelta(days=1)
    if kind == "ever":
        return date.min, date.max
    length = MONTHS[kind]
    if kind == "month":
        first = day.replace(day=1)
        return first, _add_months(first, 1)
    start_month = year_starts.month if year_starts else 1
    start_day = year_starts.day if year_starts else 1
    index = day.year * 12 + day.month - 1 - (1 if day.day < start_day else 0)
    offset = (index - (start_month - 1)) % length
    first = date((index - offset) // 12, (index - offset) % 12 + 1, start_day)
    after = _add_months(first, length)
    return first, after.replace(day=start_day)


def window_key(
    kind: str, day: date, year_starts: date | None = None, term: tuple[date, date] | None = None
) -> str:
    """A short name of the window a day falls in: `2026`, `2026-Q2`, `2026-H1`, `2026-03`, `2026-W10`, `term`, `ever`.

    Years that do not start on 1 January, and their quarters and halves, are named by their first and last day.
    """
    if kind in ("term", "ever"):
        return kind
    if kind == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    if kind == "month":
        return f"{day.year}-{day.month:02d}"
    if year_starts is not None and (year_starts.month, year_starts.day) != (1, 1):
        first, after = window_bounds(kind, day, year_starts, term)
        return f"{first}/{after - timedelta(days=1)}"
    match kind:
        case "quarter":
            return f"{day.year}-Q{(day.month + 2) // 3}"
        case "half":
            return f"{day.year}-H{1 if day.month <= 6 else 2}"
        case _:
            return str(day.year)
