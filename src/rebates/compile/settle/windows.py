"""The windows in which a rule earns, which version judges each, and the days on which it is settled (92, 98, 100)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rebates.compile.settle.history import Claim
from rebates.model import windows
from rebates.model.nodes import Agreement
from rebates.model.rebates import Rebate, Settle
from rebates.model.windows import WindowKind

DAY = timedelta(days=1)
_CADENCE: dict[str, WindowKind] = {
    "weekly": "week", "monthly": "month", "quarterly": "quarter", "half-yearly": "half", "yearly": "year",
}  # fmt: skip
_NAMED = ("week", "month", "quarter", "half", "season", "year", "term")  # by events of deadlines
WIDTH = ("week", "month", "quarter", "half", "season", "year", "term", "ever")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A window of a rule, both days in, and the version that judges it; of a rule that is gone by its last day nobody does."""

    rule: Rebate
    first: date
    last: date
    gone: bool = False
    claim: Claim | None = None
    whole: tuple[date, date] | None = None  # the calendar window that it is, or is cut from
    kind: WindowKind | None = None  # of that window, by the version of its first day

    @property
    def id(self) -> str:
        return self.rule.id


def cut_by(agreement: Agreement, first: date, last: date) -> tuple[date, date]:
    """The days of a window that the agreement is valid on."""
    return max(first, agreement.first), min(last, agreement.last)


def window_of(agreement: Agreement, kind: WindowKind, day: date) -> tuple[date, date]:
    """The calendar window of a day, cut by the agreement's days."""
    term = (agreement.first, agreement.last)
    return cut_by(agreement, *windows.bounds("term" if kind == "ever" else kind, day, agreement.calendar, term))


def cadence(settle: Settle) -> WindowKind | None:
    """The calendar window at whose end it is settled."""
    return _CADENCE.get(settle.every)


def kind_of_window(rule: Rebate) -> WindowKind:
    """What is judged as one whole: with `separate` each settlement period."""
    if rule.settle.separate and cadence(rule.settle) is not None:
        return cadence(rule.settle) or "term"
    return "term" if rule.window == "claim" else rule.window


def in_force(versions: Sequence[Rebate], day: date) -> Rebate | None:
    """The version of a rule on a day."""
    for rule in versions:
        if (rule.since is None or rule.since <= day) and (rule.until is None or day <= rule.until):
            return rule
    return None


def stretches(agreement: Agreement, versions: Sequence[Rebate]) -> Iterator[Stretch]:
    """The windows of a rule over the agreement's term, in turn."""
    day = agreement.first
    while day <= agreement.last:
        judge = in_force(versions, day) or _nearest(versions, day)
        kind = kind_of_window(judge)
        if not windows.there(kind, day, agreement.calendar):
            season = agreement.calendar.next_season(day)
            day = agreement.last + DAY if season is None else season.first
            continue
        first, last = window_of(agreement, kind, day)
        made = replace(_judged(versions, max(first, day), last), whole=(first, last), kind=kind)
        if not holds_in(made):
            pass
        elif not made.gone or any(in_force(versions, each) for each in (made.first, made.last)):
            yield made
        day = made.last + DAY


def holds_in(stretch: Stretch) -> bool:
    """Whether a day of a window lies in `valid` of the rule."""
    rule = stretch.rule
    return (rule.first is None or rule.first <= stretch.last) and (rule.last is None or stretch.first <= rule.last)


def _nearest(versions: Sequence[Rebate], day: date) -> Rebate:
    """Of a day without a version the one that begins next, else the last."""
    later = [rule for rule in versions if rule.since is not None and rule.since > day]
    return later[0] if later else versions[-1]


def _judged(versions: Sequence[Rebate], first: date, last: date) -> Stretch:
    """The window as the amendments within it leave it (100)."""
    judge = in_force(versions, first)
    for rule in versions:
        if rule.since is not None and first < rule.since <= last:
            if rule.takeover == "cut":
                return _stretch(versions, judge, first, rule.since - DAY)
            if rule.takeover == "whole":
                judge = rule
        if rule.ended is not None and rule.until is not None and first <= rule.until < last:
            if rule.ending == "cut":
                return _stretch(versions, judge, first, rule.until)
            if rule.ending == "whole":
                judge = None
    return _stretch(versions, judge, first, last)


def _stretch(versions: Sequence[Rebate], judge: Rebate | None, first: date, last: date) -> Stretch:
    return Stretch(judge or _nearest(versions, first), first, last, gone=judge is None)


def claim_stretches(agreement: Agreement, versions: Sequence[Rebate], claims: Sequence[Claim]) -> Iterator[Stretch]:
    """The windows of an earner's claims: each from the day after the one before it (92b)."""
    first = agreement.first
    for claim in sorted(claims, key=lambda each: (each.day, each.number)):
        judge = in_force(versions, claim.day)
        if claim.day >= agreement.first:
            yield Stretch(judge or versions[-1], first, claim.day, gone=judge is None, claim=claim)
        first = max(first, claim.day + DAY)


def settlement_days(agreement: Agreement, stretch: Stretch) -> list[date]:
    """The days on which a window may be settled, from its first day to the end of the agreement and its own end (98)."""
    settle = stretch.rule.settle
    if stretch.claim is not None:
        return [stretch.claim.day]
    days: set[date] = set()
    if settle.every == "once":
        days.add(stretch.last)
    days.update(settle.dates)
    for every in (settle.every, settle.true_up):
        kind = _CADENCE.get(every or "")
        if every == "once":
            days.add(stretch.last)
        if kind is None:
            continue
        day = stretch.first
        while day <= agreement.last:
            _, last = window_of(agreement, kind, day)
            days.add(last)
            day = last + DAY
        days.add(agreement.last)
    return sorted(day for day in days if day >= stretch.first)


def window_edge(event: str, agreement: Agreement, stretch: Stretch, day: date, own: bool) -> date | None:
    """The first or last day of the window of a day that an event such as `quarter end` names; None if it names none.

    With `own` a window of the rule's kind is the one in hand.
    """
    what, _, end = event.partition(" ")
    if end not in ("start", "end") or what not in _NAMED:
        return None
    first, last = windows.bounds(what, day, agreement.calendar, (agreement.first, agreement.last))  # type: ignore[arg-type]
    if own and what == stretch.rule.window:
        first, last = stretch.first, stretch.last
    return first if end == "start" else last


def covers(stretch: Stretch, day: date) -> bool:
    return stretch.first <= day <= stretch.last
