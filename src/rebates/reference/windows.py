"""Windows of a settled rule, which version judges each, and the days on which it is settled (92, 98, 100)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from rebates.model import nodes as m
from rebates.model.history import Posted
from rebates.model.rebates import Rebate
from rebates.model.windows import bounds, there

DAY = timedelta(days=1)
KINDS = {"weekly": "week", "monthly": "month", "quarterly": "quarter", "half-yearly": "half", "yearly": "year"}


@dataclass(frozen=True)
class Window:
    """What is judged as one whole. Without a version it comes to nothing: an amendment removed the rule."""

    rule: Rebate  # the version that judges, else the last there was
    first: date
    last: date
    whole: tuple[date, date]  # before it was cut by `valid` and by amendments
    stands: bool = True
    claim: str | None = None  # number of the claim
    earner: str | None = None  # whose claim it is


def versions(agreement: m.Agreement, id: str) -> tuple[Rebate, ...]:
    """Of one rule, by the day they begin."""
    found = [rule for rule in agreement.rebates if rule.id == id]
    return tuple(sorted(found, key=lambda rule: rule.since or date.min))


def takes(other: Rebate, rule: Rebate) -> bool:
    """Whether sales that the other counts are lost to the rule, by the versions that judge their windows (94)."""
    return rule.id in other.in_lieu_of or other.id in rule.not_with


def version_on(rules: tuple[Rebate, ...], day: date) -> Rebate | None:
    """The version in force on a day."""
    return next((r for r in rules if (r.since is None or r.since <= day) and (r.until is None or day <= r.until)), None)


def windows(agreement: m.Agreement, id: str, upto: date, claims: Mapping[str, Iterable[Posted]]) -> list[Window]:
    """All windows of the rule that begin by a day, in order."""
    rules = versions(agreement, id)
    if rules[0].window == "claim" or rules[0].settle.every == "on claim":
        return [one for whose, his in sorted(claims.items()) for one in _claims(agreement, rules, upto, whose, his)]
    out = []
    day = agreement.first
    while day <= min(upto, agreement.last):
        if not _has_window(agreement, rules, day):
            season = agreement.calendar.next_season(day)
            if season is None:
                break
            day = season.first
            continue
        first, last = _whole(agreement, rules, day)
        low, high = _cut(rules, max(first, day), min(last, agreement.last))[0]
        found = _judged(rules, low, high, (first, last))
        if found is not None and low <= upto and _valid(found):
            out.append(found)
        day = high + DAY  # a cut begins a window of the version that is in force then
    return out


def _has_window(agreement: m.Agreement, rules: tuple[Rebate, ...], day: date) -> bool:
    """Between two seasons a rule that is judged by season has none (92)."""
    rule = version_on(rules, day) or rules[0]
    return rule.settle.separate or rule.window == "claim" or there(rule.window, day, agreement.calendar)


def _whole(agreement: m.Agreement, rules: tuple[Rebate, ...], day: date) -> tuple[date, date]:
    rule = version_on(rules, day) or rules[0]
    if rule.settle.separate:
        days = settlement_days(agreement, rules)
        before = [one for one in days if one < day]
        after = [one for one in days if one >= day]
        return (before[-1] + DAY if before else agreement.first), (after[0] if after else agreement.last)
    assert rule.window != "claim"
    if rule.window in ("term", "ever"):
        return agreement.first, agreement.last
    return bounds(rule.window, day, agreement.calendar, (agreement.first, agreement.last))


def _cut(rules: tuple[Rebate, ...], first: date, last: date) -> list[tuple[date, date]]:
    """The window, in two where an amendment cuts it at its date."""
    starts = {rule.since for rule in rules if rule.takeover == "cut" and rule.since is not None}
    starts |= {rule.until + DAY for rule in rules if rule.ended is not None and rule.ending == "cut" and rule.until}
    cuts = [first, *sorted(day for day in starts if first < day <= last)]
    return list(zip(cuts, [day - DAY for day in cuts[1:]] + [last], strict=True))


def _judged(rules: tuple[Rebate, ...], first: date, last: date, whole: tuple[date, date]) -> Window | None:
    """The version of the last day judges; one that waits for the next window leaves it to the one before (100)."""
    there = [r for r in rules if (r.since or date.min) <= last and (r.until or date.max) >= first]
    if not there:
        return None
    rule = version_on(rules, last)
    if rule is None:  # it ended in the window
        rule = there[-1]
        if rule.ended is None or rule.ending != "next window":
            return Window(rule, first, last, whole, stands=False)
    while rule.takeover == "next window" and rule.since is not None and first < rule.since:
        before = version_on(rules, rule.since - DAY)
        if before is None:
            return None
        rule = before
    return Window(rule, first, last, whole)


def _valid(window: Window) -> bool:
    """A window of which no day is in the rule's `valid` is none of it (92)."""
    rule = window.rule
    return (rule.first or date.min) <= window.last and window.first <= (rule.last or date.max)


def _claims(
    agreement: m.Agreement, rules: tuple[Rebate, ...], upto: date, earner: str, claims: Iterable[Posted]
) -> list[Window]:
    """From the day after the earner's claim before it to its own day (92b)."""
    days: dict[str, date] = {}
    for claim in claims:
        number = claim_number(claim)
        days[number] = min(claim.day, days.get(number, claim.day))
    out = []
    first = agreement.first
    for number, day in sorted(days.items(), key=lambda one: (one[1], one[0])):
        rule = version_on(rules, day)
        if agreement.first <= day <= upto and rule is not None:
            out.append(Window(rule, first, day, (first, day), claim=number, earner=earner))
        first = max(first, day + DAY)
    return out


def claim_number(claim: Posted) -> str:
    """Its number; a claim without one is its own."""
    return str(claim.value) if claim.value is not None else claim.id


def settlement_days(agreement: m.Agreement, rules: tuple[Rebate, ...]) -> list[date]:
    """The days on which a rule is settled, but for those of windows and claims (98)."""
    days: set[date] = set()
    for rule in rules:
        for cadence in (rule.settle.every, rule.settle.true_up):
            found: set[date] = set()
            if cadence in KINDS:
                found.add(agreement.last)
                day = agreement.first
                while day <= agreement.last:
                    last = bounds(KINDS[cadence], day, agreement.calendar, (agreement.first, agreement.last))[1]  # type: ignore[arg-type]
                    if last <= agreement.last:
                        found.add(last)
                    day = last + DAY
            elif cadence == "on dates":
                found |= set(rule.settle.dates)
            days |= {day for day in found if version_on(rules, min(day, agreement.last)) in (rule, None)}
    return sorted(days)


def all_days(agreement: m.Agreement, rules: tuple[Rebate, ...], found: list[Window]) -> list[date]:
    """With the last days of windows where a rule is settled once, and the days of claims."""
    days = set(settlement_days(agreement, rules))
    days |= {w.last for w in found if "once" in (w.rule.settle.every, w.rule.settle.true_up)}
    days |= {w.last for w in found if w.rule.window == "claim" or w.rule.settle.every == "on claim"}
    return sorted(days)


def over_on(window: Window, days: list[date]) -> date:
    """The day on which it is over: its last, or its last settlement day where stated dates end earlier."""
    inside = [day for day in days if window.first <= day <= window.last]
    later = any(day >= window.last for day in days)
    return window.last if later or not inside else inside[-1]
