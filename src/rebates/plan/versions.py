"""Which version of an amended rule or guard holds, from the governing days alone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from rebates.model.nodes import Agreement, Guard, Rule, Term

Choice = tuple[int, ...]


class Versions:
    """The amended versions of an agreement; the days on which one begins or ends cut time into stretches."""

    __slots__ = ("_by", "_made", "agreement")

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement
        cuts: dict[str, set[date]] = {"order": set()}
        for rule in agreement.rules:
            cuts.setdefault(rule.dated_by, set()).update(_cuts(rule))
        for guard in agreement.guards:
            cuts["order"].update(_cuts(guard))
        for term in agreement.terms:
            cuts["order"].update(_cuts(term))
        self._by = tuple((by, sorted(days)) for by, days in sorted(cuts.items()) if days)
        self._made: dict[Choice, Agreement] = {}

    def choice(self, day: date, days: Mapping[str, date]) -> Choice:
        """Which stretch each governing day lies in; the same choice is the same text."""
        return tuple(bisect_right(cuts, days.get(by, day)) for by, cuts in self._by)

    def chosen(self, choice: Choice) -> Agreement:
        """The agreement with one version of each rule, made when first needed."""
        if not choice:
            return self.agreement
        known = self._made.get(choice)
        if known is None:
            days = {
                by: cuts[number - 1] if number else cuts[0] - timedelta(days=1)
                for (by, cuts), number in zip(self._by, choice, strict=True)
            }
            known = self._made[choice] = self._on(days)
        return known

    def _on(self, days: Mapping[str, date]) -> Agreement:
        rules: dict[str, Rule] = {}
        for rule in self.agreement.rules:
            later = rule.since is not None and days.get(rule.dated_by, date.min) < rule.since
            if rule.id not in rules or not later:  # before its first version begins, that one says when it does
                rules[rule.id] = rule
        day = days.get("order", date.min)
        guards = tuple(each for each in self.agreement.guards if _holds(each, day))
        terms = tuple(each for each in self.agreement.terms if _holds(each, day))
        return replace(self.agreement, rules=tuple(rules.values()), guards=guards, terms=terms)


def _cuts(each: Rule | Guard | Term) -> list[date]:
    found = [] if each.since is None else [each.since]
    return found if each.until is None else [*found, each.until + timedelta(days=1)]


def _holds(each: Guard | Term, day: date) -> bool:
    return (each.since is None or each.since <= day) and (each.until is None or day <= each.until)
