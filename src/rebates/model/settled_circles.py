"""Settled rules that wait for each other in a circle, whichever way it goes (94, 95, 93g).

What a rule earns is worked out in steps: alone, after it was compared in its stage or as a programme, within the caps that it
shares, and as far as its fund has it. Each step needs the one before it, and steps of other rules: of those that it names, is
compared with, shares a cap or a fund with. Two rules that share a cap or a fund are no circle, for what they share is divided
once both are known; two of which one also stands on the other's amount are one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Literal

from rebates.model import nodes as m
from rebates.model.combination import circle_from, tell_circle
from rebates.model.names import Names
from rebates.model.reads import reads
from rebates.model.rebates import Rebate
from rebates.model.settled_kinds import is_settled
from rebates.model.settled_reads import rule_reads, rule_tests
from rebates.syntax import nodes as s
from rebates.syntax.source import Span

Step = Literal["alone", "compared", "capped", "drawn"]
Place = tuple[str, Step]  # of a rule, by its id


class Circles:
    """What each step of each rule waits for, over all versions of the rules: windows of several versions meet."""

    def __init__(self) -> None:
        self._waits: dict[Place, dict[Place, Span | None]] = {}

    def add(self, agreement: s.Agreement, rules: Sequence[Rebate], stages: Sequence[m.Stage]) -> None:
        """The rules as an edition of the text has them."""
        settled = [rule for rule in agreement.members if isinstance(rule, s.Rule) and is_settled(rule)]
        names = Counter(rule.name for rule in settled)
        trees = {rule.name: rule for rule in settled}
        rules = [rule for rule in rules if names[rule.name] == 1]  # of two of one name neither is meant: told already
        comparing = {stage.name for stage in stages if stage.combine in ("best", "first")}
        for rule in rules:
            self._steps(rule)
            said = _named_in(trees[rule.name], rule.agreement)
            for other in rule.not_with:
                self._wait((rule.id, "alone"), (other, "alone"), said[other])
            for other in rule.in_lieu_of:
                self._wait((other, "alone"), (rule.id, "alone"), said[other])
            for other, span in _values_of(rule):
                self._wait((rule.id, "alone"), (other, "drawn"), span)
            if rule.stage in comparing:
                self._compare(
                    rule, [one for one in rules if one.stage == rule.stage], _clause(trees, rule, s.StageClause)
                )
            if rule.alone:
                programmes = [one for one in rules if one.alone and one.kind == rule.kind]
                self._compare(rule, programmes, _clause(trees, rule, s.ExclusiveClause))
            for cap in rule.shared_caps:
                for other in cap.rules:
                    if other != rule.id:
                        self._wait((rule.id, "capped"), (other, "compared"), cap.span)
                for read in reads(cap.value):
                    if isinstance(read.expr, m.Earned):
                        self._wait((rule.id, "capped"), (read.expr.rule, "drawn"), read.at)
            if rule.fund is not None:
                for one in rules:
                    if one.fund == rule.fund and one.id != rule.id:
                        self._wait((rule.id, "drawn"), (one.id, "capped"), _clause(trees, rule, s.DrawClause))
        judged = {rule.id: (rule.window, rule.settle.every if rule.settle.separate else None) for rule in rules}
        for rule in rules:
            self._look_back(rule, judged)

    def _look_back(self, rule: Rebate, judged: Mapping[str, tuple[str, str | None]]) -> None:
        """A bound over several windows asks what the rule earned in those before it in the end: wider ones of others meet them again."""
        bounds = (*rule.caps, *rule.floors, *((rule.limit,) if rule.limit is not None else ()))
        if all(bound.window in (None, rule.window) for bound in bounds):
            return
        later: tuple[Step, ...] = ("compared", "capped", "drawn")
        for step in later:
            for (other, theirs), span in self._waits.get((rule.id, step), {}).items():
                if other != rule.id and judged.get(other) != judged[rule.id]:
                    self._wait((rule.id, "alone"), (other, theirs), span)

    def _steps(self, rule: Rebate) -> None:
        self._wait((rule.id, "drawn"), (rule.id, "capped"), None)
        self._wait((rule.id, "capped"), (rule.id, "compared"), None)
        self._wait((rule.id, "compared"), (rule.id, "alone"), None)

    def _compare(self, rule: Rebate, others: Sequence[Rebate], span: Span) -> None:
        for other in others:
            if other.id != rule.id:
                self._wait((rule.id, "compared"), (other.id, "alone"), span)

    def _wait(self, place: Place, other: Place, span: Span | None) -> None:
        self._waits.setdefault(place, {}).setdefault(other, span)

    def tell(self, rules: Sequence[Rebate], names: Names) -> None:
        """Each circle once, with every place that makes it."""
        name_of = {rule.id: rule.name for rule in rules}
        told: set[frozenset[str]] = set()
        for start in sorted(self._waits, key=lambda place: place[1] != "alone"):  # where most of them are written
            circle = circle_from(start, self._waits)
            if circle is None or (ids := frozenset(id for id, _ in circle)) in told:
                continue
            told.add(ids)
            shown = [a for a, b in pairwise(circle) if a[0] != b[0]] or [start]
            spans = [span for a, b in pairwise(circle) if (span := self._waits[a][b]) is not None]
            tell_circle([name_of[id] for id, _ in (*shown, shown[0])], spans, names)


def _named_in(tree: s.Rule, agreement: str) -> Mapping[str, Span]:
    """Where a rule names those that it is in lieu of and not with, by their ids."""
    found: dict[str, Span] = {}
    for clause in tree.clauses:
        named: Sequence[s.Node] = ()
        if isinstance(clause, s.InLieuOfClause):
            named = clause.rules
        elif isinstance(clause, s.NotWithClause):
            named = clause.avoided
        for name in named:
            if isinstance(name, s.RuleName):
                found.setdefault(f"{agreement}.{name.name}", name.span)
    return found


def _values_of(rule: Rebate) -> Iterator[tuple[str, Span]]:
    """The rules whose amounts or payments a rule reads; a cap that it shares is worked out afterwards."""
    later = {id(read.expr) for cap in rule.shared_caps for read in reads(cap.value)}
    for read in rule_reads(rule):
        if isinstance(read.expr, m.Earned) and id(read.expr) not in later:
            yield read.expr.rule, read.at
    for test in rule_tests(rule):
        if isinstance(test, m.RulePaid):
            yield test.rule, test.span


def _clause(trees: Mapping[str, s.Rule], rule: Rebate, kind: type[s.Node]) -> Span:
    return next(clause.span for clause in trees[rule.name].clauses if isinstance(clause, kind))
