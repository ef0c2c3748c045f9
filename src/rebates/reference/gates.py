"""Conditions on what came later: paid, claimed, posted by a day, throughout a window, a rule paid (97)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from rebates.model import nodes as m
from rebates.model.calendar import before, window_bounds
from rebates.model.windows import bounds
from rebates.reference.arithmetic import ZERO
from rebates.reference.context import View
from rebates.reference.facts import is_whose, postings
from rebates.reference.history import Entry
from rebates.reference.values import truth

if TYPE_CHECKING:
    from rebates.reference.over import Over


def judge(condition: m.Condition, over: Over, view: View) -> bool | None:
    """True, False or unknown; what is open is what the reader hopes for (97a)."""
    match condition:
        case m.Paid(by=by):
            return _paid(by, over)
        case m.Claimed(by=by):
            return _claimed(by, over)
        case m.PostedBy(fact=fact, by=by):
            last = deadline(by, over, None)
            given = over.judge.given.get(f"fact {fact.name}")
            if given is not None:
                return not isinstance(given, date) or given <= last
            if any(one.day <= min(last, over.window.last) for one in postings(over, fact.name)):
                return True
            return over.hopeful if last >= over.now else False
        case m.Throughout():
            return _throughout(condition, over, view)
        case m.RulePaid(rule=rule):
            return over.judge.is_paid(rule, over)
        case _:
            raise AssertionError(condition)


def deadline(by: m.Deadline, over: Over, entry: Entry | None) -> date:
    """The last day that keeps it; of a sale counted from its own days."""
    if by.day is not None:
        return by.day
    if by.terms:
        assert entry is not None
        return _after(entry.sale.day, over.judge.payment_days(), "day")
    return _after(event_day(by.event or "settlement", over, entry), by.count, by.unit)


def event_day(event: str, over: Over, entry: Entry | None) -> date:
    """The day of an event of the sale, of the rule's window, of the claim, or of the settlement."""
    what, _, which = event.partition(" ")
    if which in ("start", "end"):
        agreement = over.judge.agreement
        if what in ("window", over.window.rule.window) and entry is None:
            return over.window.first if which == "start" else over.window.last
        if what == "term":
            return agreement.first if which == "start" else agreement.last
        first, after = window_bounds(
            what, min(over.upto, over.window.last), agreement.calendar, (agreement.first, agreement.last)
        )
        return first if which == "start" else after - timedelta(days=1)
    if event == "settlement" or (entry is None and what == "settlement"):
        return over.now
    if event == "claim date":
        return over.window.last
    assert entry is not None, event
    return (
        entry.sale.day
        if what == "invoice"
        else entry.sale.days.get(what, entry.part.order.day if what == "order" else entry.sale.day)
    )


def _after(day: date, count: int, unit: str) -> date:
    return before(day, -count, unit)


def of_sales(by: m.Deadline) -> bool:
    """Whether it is counted from days of each sale."""
    return by.terms or (
        by.event is not None
        and not by.event.endswith((" start", " end"))
        and by.event not in ("settlement", "claim date")
    )


def _paid(by: m.Deadline, over: Over) -> bool:
    given = over.judge.given.get("paid")
    if isinstance(given, date) and over.entry is None:
        return of_sales(by) or given <= deadline(by, over, None)
    if over.entry is not None:
        return _sale_paid(by, over, over.entry)
    return all(_sale_paid(by, over, entry) for entry in _left(over))


def _sale_paid(by: m.Deadline, over: Over, entry: Entry) -> bool:
    last = deadline(by, over, entry)
    given = over.judge.given.get("paid")
    if isinstance(given, date):
        return given <= last
    days = [one.day for one in over.judge.history.payments if one.of == entry.sale.id and one.day <= over.now]
    if any(day <= last for day in days):
        return True
    return over.hopeful if last >= over.now else False


def _left(over: Over) -> list[Entry]:
    """The sales that the base counts and of which something is left, each once."""
    assert over.counted is not None
    found = {entry.sale.id: entry for entry in reversed(over.counted())}
    counted = over.counted()
    return [
        entry
        for id, entry in sorted(found.items())
        if sum((one.quantity_in(one.line.given.unit) for one in counted if one.sale.id == id), ZERO) > 0
    ]


def _claimed(by: m.Deadline, over: Over) -> bool:
    judge, rule = over.judge, over.window.rule
    given = judge.given.get("claimed")
    if over.entry is None and of_sales(by):
        if isinstance(given, date):
            return True
        return all(_claimed(by, replace(over, entry=entry)) for entry in _left(over))
    last = deadline(by, over, over.entry)
    if isinstance(given, date):
        return given <= last
    whose = replace(over, entry=None)
    for one in judge.history.claims:
        if not judge.is_claim_of(one, rule.id) or one.day > over.now:
            continue
        theirs = judge.claimants(rule.scope, one) if rule.scope is m.Scope.END_CUSTOMER else None
        if theirs is not None and over.earner not in theirs:
            continue
        day, named = judge.claim_of(rule.id, one, over.earner, over.now)
        if not over.window.first <= day <= last:
            continue
        if over.entry is None or not named:
            if theirs is not None or is_whose(whose, one.account, one.day):
                return True
        elif over.entry.sale.id in named:
            return True
    return over.hopeful if last >= over.now else False


def _throughout(condition: m.Throughout, over: Over, view: View) -> bool | None:
    """At the first day by what was posted last up to it, and at every posting within (97)."""
    agreement = over.judge.agreement
    name = _fact_name(condition.test)
    if over.judge.given.get(f"fact {name}") is not None or over.judge.order is not None:
        return truth(condition.test, view, None)
    first, _ = bounds(condition.window, over.upto, agreement.calendar, (agreement.first, agreement.last))
    posted = postings(over, name)
    start = [one for one in posted if one.day <= first][-1:]
    tested: list[bool | None] = [None] if not start else []
    for one in [*start, *(one for one in posted if first < one.day <= over.upto)]:
        assert one.value is not None
        order = replace(view.part.order, facts={name: one.value})
        tested.append(truth(condition.test, replace(view, part=replace(view.part, order=order)), None))
    return False if False in tested else (None if None in tested else True)


def _fact_name(test: m.Condition) -> str:
    match test:
        case m.OneOf(attribute=wanted) | m.Under(attribute=wanted) | m.InTable(attribute=wanted):
            return wanted.name
        case m.Compare(left=left, right=right):
            return next(side.attribute.name for side in (left, right) if isinstance(side, m.AttributeValue))
        case m.Not(part=part):
            return _fact_name(part)
        case m.And(parts=parts) | m.Or(parts=parts):
            return _fact_name(parts[0])
        case _:
            raise AssertionError(test)


def is_open(condition: m.Condition, over: Over) -> bool:
    """Whether it does not hold yet and may: what came later is judged as hoped for, and as it is."""
    sure, hoped = replace(over, hopeful=False), replace(over, hopeful=True)
    return truth(condition, sure.view(), None) is not True and truth(condition, hoped.view(), None) is True
