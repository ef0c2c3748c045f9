"""Days that the rules give before anything is posted: deadlines of a window, and settlements that have a row (97, 98)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date

from rebates.compile.settle.later import later_by
from rebates.compile.settle.windows import Stretch, settlement_days, stretches, window_edge
from rebates.model.nodes import Agreement, Deadline
from rebates.model.rebates import Rebate

Versions = Sequence[Rebate]


def settlements(agreement: Agreement, versions: Versions) -> list[tuple[Stretch, tuple[date, ...]]]:
    """The windows of a rule, and the days on which each is settled whatever is due; one that is claimed has none of its own."""
    if versions[0].window == "claim":
        return []
    found = list(stretches(agreement, versions))
    days = sorted({day for stretch in found for day in settlement_days(agreement, stretch)})
    return [(stretch, _of_window(stretch, days)) for stretch in found if not stretch.gone]


def _of_window(stretch: Stretch, days: list[date]) -> tuple[date, ...]:
    """The days in the window, and the first one after it if none is on its last day (99)."""
    inside = [day for day in days if stretch.first <= day <= stretch.last]
    place = bisect_left(days, stretch.last)
    if place < len(days) and days[place] != stretch.last:
        inside.append(days[place])
    return tuple(inside)


def foreseen(deadline: Deadline, agreement: Agreement, stretch: Stretch, settled_on: date | None = None) -> date | None:
    """The last day of a deadline as the rules alone give it; None where it runs from what is posted: a sale, a payment, a claim."""
    if deadline.day is not None:
        return deadline.day
    if deadline.terms or deadline.event is None:
        return None
    event = (
        settled_on
        if deadline.event == "settlement"
        else window_edge(deadline.event, agreement, stretch, stretch.last, True)
    )
    return None if event is None else later_by(event, deadline.count, deadline.unit)
