"""Conditions on what comes later: paid, claimed, a fact by a day, throughout a window (97)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from rebates.compile.settle.at import At
from rebates.compile.settle.rows import Row, Scaled
from rebates.compile.settle.windows import window_edge
from rebates.model import windows
from rebates.model.calendar import before
from rebates.model.nodes import (
    And,
    Claimed,
    Condition,
    Deadline,
    Not,
    Or,
    Paid,
    PostedBy,
    RulePaid,
    Throughout,
)
from rebates.plan.nodes import Missing, Verdict

_OF_SALES = ("order", "invoice", "delivery", "transaction")  # what happens to each sale


def day_of(deadline: Deadline, at: At, settled_on: date | None = None) -> date | None:
    """The last day of a deadline; None where its event has not happened, or its days are not known."""
    if deadline.day is not None:
        return deadline.day
    if deadline.terms:
        days = at.calculation.payment_days
        return None if days is None or at.row is None else at.row.day + timedelta(days=days)
    event = _event(deadline.event or "", at, settled_on)
    return None if event is None else later_by(event, deadline.count, deadline.unit)


def later_by(day: date, count: int, unit: str) -> date:
    """So many days, weeks, months … after a day; a missing day is the month's last."""
    return before(day, -count, unit)


def _event(event: str, at: At, settled_on: date | None) -> date | None:
    what = event.partition(" ")[0]
    row, stretch = at.row, at.stretch
    if what == "settlement":
        return settled_on
    inside = min(at.to, stretch.last) if row is None else at.governed(row)
    edge = window_edge(event, at.agreement, stretch, inside, row is None)
    if edge is not None:
        return edge
    if what == "claim":
        if stretch.claim is not None:
            return stretch.claim.day
        claims = [claim.day for claim in at.calculation.claims(stretch.id, at.earner) if stretch.first <= claim.day]
        return min(claims, default=None)
    if row is None:
        return stretch.last
    if what == "order":
        return row.order_day
    if what in ("invoice", "transaction"):
        return row.day
    if what == "payment":
        return at.calculation.paid_on(row)
    return row.days.get(what, row.day)


def holds(condition: Condition, at: At) -> Verdict:
    """Whether the condition holds by the day it is worked out for; of a sale of an order in hand, what is open does (120)."""
    found = _holds(condition, at)
    if found is False and at.row is not None and at.calculation.in_hand is not None:
        return is_open(condition, at)
    return found


def _holds(condition: Condition, at: At) -> Verdict:
    match condition:
        case Paid():
            return _paid(condition.by, at) or (at.hoping and _is_open(condition, at))
        case Claimed():
            return _claimed(condition.by, at) or (at.hoping and _is_open(condition, at))
        case PostedBy():
            return _posted_by(condition, at) or (at.hoping and _is_open(condition, at))
        case Throughout():
            return _throughout(condition, at)
        case RulePaid():
            return at.calculation.is_paid(condition.rule, at)
        case _:
            raise AssertionError(condition)


def _paid(by: Deadline, at: At) -> bool:
    """Of the sale that is looked at; else of every sale that the base counts, or of what an example says of all."""
    stated = at.calculation.given.get("paid")
    if isinstance(stated, date) and at.row is None and not _of_sales(by):
        last = day_of(by, at)
        return last is None or stated <= last
    rows = [at.row] if at.row is not None else at.calculation.base_rows(at)
    for row in rows if at.row is not None else _left(rows):
        day = at.calculation.paid_on(row)
        last = day_of(by, at.of(row))
        if day is None or day > at.now or last is None or day > last:
            return False
    return True


def _of_sales(by: Deadline) -> bool:
    """Whether it is counted from the days of each sale."""
    return by.terms or _event_of_sales(by)


def _event_of_sales(by: Deadline) -> bool:
    return (by.event or "").partition(" ")[0] in _OF_SALES


def _left(rows: Sequence[Row]) -> list[Row]:
    """The sales of which something is left after their returns."""
    left: dict[str, Scaled] = {}
    sales: dict[str, Row] = {}
    for row in rows:
        left[row.sale] = left.get(row.sale, 0) + row.quantity
        sales.setdefault(row.sale, row)
    return [sales[id_] for id_, amount in left.items() if amount > 0]


def _claimed(by: Deadline, at: At) -> bool:
    stretch = at.stretch
    if stretch.claim is not None:
        last = day_of(by, _of_claim(at) if _of_sales(by) else at)
        return last is None or stretch.claim.day <= last
    if at.row is None and _event_of_sales(by):
        return all(_claimed(by, at.of(row)) for row in _left(at.calculation.base_rows(at)))
    for claim in at.calculation.claims(stretch.id, at.earner):
        named = claim.named(at.now)
        if at.row is not None and named and at.row.sale not in named:
            continue
        last = day_of(by, at)
        if stretch.first <= claim.day <= at.now and (last is None or claim.day <= last):
            return True
    return False


def _of_claim(at: At) -> At:
    """The claim read by the earliest of its sales, from whose day a deadline runs."""
    rows = sorted(at.calculation.claimed(at), key=lambda row: (row.day, row.sale))
    return at if not rows else at.of(rows[0])


def _posted_by(condition: PostedBy, at: At) -> bool:
    last = day_of(condition.by, at)
    stated = at.calculation.given.get(condition.fact.path)
    if stated is not None:  # of an example: a date on its own day, others on the first day of the window
        return not isinstance(stated, date) or last is None or stated <= last
    said = at.calculation.said(condition.fact.name, at)
    return any(
        each.day <= at.now and (last is None or each.day <= last) and each.day <= at.stretch.last for each in said
    )


def _throughout(condition: Throughout, at: At) -> Verdict:
    """At the first day of the window, and at every posting of the fact within it."""
    from rebates.compile.settle.values import holds as holds_at

    agreement = at.agreement
    first, last = windows.bounds(condition.window, at.to, agreement.calendar, (agreement.first, agreement.last))
    days = {first}
    for attribute in at.calculation.facts_in(condition.test):
        for each in at.calculation.said(attribute.name, at):
            if first <= each.day <= min(last, at.to):
                days.add(each.day)
    unknown: Verdict | None = None
    for day in sorted(days):
        verdict = holds_at(condition.test, at.but(to=day, stretch=replace(at.stretch, first=min(first, day))))
        if verdict is False:
            return False
        if isinstance(verdict, Missing):
            unknown = unknown or verdict
    return True if unknown is None else unknown


# --- what is still open -----------------------------------------------------------------------------------------------


def is_later(condition: Condition) -> bool:
    """Whether a part of it is about a later event."""
    match condition:
        case And() | Or():
            return any(is_later(part) for part in condition.parts)
        case Not():
            return is_later(condition.part)
        case _:
            return isinstance(condition, Paid | Claimed | PostedBy | RulePaid)


def is_final(condition: Condition) -> bool:
    """Whether what does not hold, and is not open, never will: all of it has deadlines."""
    match condition:
        case And() | Or():
            return all(is_final(part) for part in condition.parts)
        case _:
            return isinstance(condition, Paid | Claimed | PostedBy)


def is_open(condition: Condition, at: At) -> bool:
    """Whether it does not hold yet and would, if what has a deadline that has not come is kept."""
    from rebates.compile.settle.values import holds as holds_at

    return is_later(condition) and holds_at(condition, at.but(hoping=True)) is True


def _is_open(part: Condition, at: At) -> bool:
    match part:
        case Paid():
            rows: Sequence[Row] = [at.row] if at.row is not None else at.calculation.base_rows(at)
            late = [row for row in (rows if at.row is not None else _left(rows)) if not _paid(part.by, at.of(row))]
            if not late:
                return False
            days = [day_of(part.by, at.of(row)) for row in late]
            return all(day is None or at.now <= day for day in days) and not _any_too_late(late, days, at)
        case Claimed():
            if at.row is None and _event_of_sales(part.by):
                late = [row for row in _left(at.calculation.base_rows(at)) if not _claimed(part.by, at.of(row))]
                days = [day_of(part.by, at.of(row)) for row in late]
                return all(day is None or at.now <= day for day in days)
            day = day_of(part.by, at)
            return day is None or at.now <= day
        case PostedBy():
            day = day_of(part.by, at)
            return day is None or at.now <= day
        case _:
            return False


def _any_too_late(rows: Sequence[Row], days: list[date | None], at: At) -> bool:
    """Whether one was paid after its deadline: then it stays so."""
    for row, day in zip(rows, days, strict=True):
        on = at.calculation.paid_on(row)
        if day is not None and on is not None and day < on <= at.now:
            return True
    return False
