"""Periods as people write them: `2026`, `2026-H1`, `2026-Q2`, `2026-05`, `2026-01-15..2026-02-14`."""

from __future__ import annotations

import re
from datetime import date, timedelta

from rebates.model.calendar import parse_date

_NAMED = re.compile(r"(\d{4})(?:-(?:Q([1-4])|H([12])|(0[1-9]|1[0-2])))?", re.ASCII)


def period_of(text: str) -> tuple[date, date]:
    """The first and the last day of a period, both in. Raises ValueError."""
    first, dots, last = text.partition("..")
    if dots:
        begin, end = parse_date(first), parse_date(last)
        if end < begin:
            raise ValueError(f"the period `{text[:40]}` ends before it begins")
        return begin, end
    found = _NAMED.fullmatch(text)
    if found is None or not 1 <= int(found[1]) < 9999:
        raise ValueError(f"`{text[:40]}` is not a period such as 2026, 2026-Q2, 2026-05 or 2026-01-15..2026-02-14")
    year, quarter, half, month = found.groups()
    start, length = 1, 12
    if quarter is not None:
        start, length = int(quarter) * 3 - 2, 3
    elif half is not None:
        start, length = int(half) * 6 - 5, 6
    elif month is not None:
        start, length = int(month), 1
    after = int(year) * 12 + start - 1 + length
    return date(int(year), start, 1), date(after // 12, after % 12 + 1, 1) - timedelta(days=1)
