"""Periods as commands write them: `2026`, `2026-H1`, `2026-Q2`, `2026-05`, `2026-01-15..2026-02-14`; both days in."""

from __future__ import annotations

import re
from datetime import date, timedelta

from rebates.model.calendar import parse_date

_NAMED = re.compile(r"(\d{4})(?:-(?:H([12])|Q([1-4])|(\d{2})))?", re.ASCII)


def period_of(text: str) -> tuple[date, date]:
    """The first and the last day of a period. Raises ValueError."""
    first, dots, last = text.partition("..")
    if dots:
        start, end = parse_date(first), parse_date(last)
        if end < start:
            raise ValueError(f"`{text[:40]}` ends before it begins")
        return start, end
    found = _NAMED.fullmatch(text)
    if found is None:
        try:
            day = parse_date(text)
        except ValueError:
            raise ValueError(
                f"`{text[:40]}` is no period such as 2026, 2026-Q2, 2026-05 or 2026-01-15..2026-02-14"
            ) from None
        return day, day
    year, half, quarter, month = found.groups()
    begin, months = 1, 12
    if half:
        begin, months = 6 * int(half) - 5, 6
    elif quarter:
        begin, months = 3 * int(quarter) - 2, 3
    elif month:
        begin, months = int(month), 1
    if not 1 <= begin <= 12 or not 1900 <= int(year) <= 2200:
        raise ValueError(f"there is no period {text}")
    after = int(year) * 12 + begin - 1 + months
    return date(int(year), begin, 1), date(after // 12, after % 12 + 1, 1) - timedelta(1)
