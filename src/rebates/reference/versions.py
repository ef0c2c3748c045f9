"""Agreements as amended: which version of a rule, a guard or a term an order meets (calculation 73 to 75)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rebates.model import nodes as m
from rebates.model.orders import OrderIn


def as_amended(agreement: m.Agreement, order: OrderIn) -> m.Agreement:
    """The agreement with one version of each rule, and the guards and terms of the order day."""
    rules: dict[str, m.Rule] = {}
    for rule in agreement.rules:  # versions stand by day
        day = order.days.get(rule.dated_by, order.day)
        if rule.id not in rules or rule.since is None or rule.since <= day:
            rules[rule.id] = rule
    guards = tuple(guard for guard in agreement.guards if holds(guard.since, guard.until, order.day))
    terms = tuple(term for term in agreement.terms if holds(term.since, term.until, order.day))
    return replace(agreement, rules=tuple(rules.values()), guards=guards, terms=terms)


def holds(since: date | None, until: date | None, day: date) -> bool:
    """Whether a day lies within the days of a version, both in."""
    return (since is None or since <= day) and (until is None or day <= until)
