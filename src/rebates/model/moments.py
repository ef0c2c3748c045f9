"""The day that a moment of a table's value means, and windows that can be keys of a table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from rebates.model import nodes as m
from rebates.model.calendar import before, window_bounds

WINDOW_KEYS = ("week", "month", "quarter", "half", "year")


def moment_day(at: m.Moment, governing: date, order: date, days: Mapping[str, date], agreement: m.Agreement) -> date:
    """The day that a moment means: `governing` places it in its windows, `days` are the other dates of the order."""
    if at.day is not None:
        return at.day
    assert at.event is not None
    what, _, end = at.event.partition(" ")
    if end == "date":
        day = days.get(what, order)
    else:
        first, after = window_bounds(what, governing, agreement.calendar, (agreement.first, agreement.last))
        day = first if end == "start" else before(after, 1, "day")
    return before(day, at.count, at.unit)
