"""Clauses by which a rule keeps others out or stays out itself: `exclusive`, `not on …`, `not with "PROGRAMME"` (3.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rebates.model import nodes as m
from rebates.model.bounds import only
from rebates.model.expressions import Typing
from rebates.syntax import nodes as s

PROGRAMME = "programme"  # the attribute of account, order and line that names a programme outside the file


@dataclass(frozen=True, slots=True)
class Exclusive:
    """What an `exclusive` clause says; `among` is empty where it means the rule's stage alone."""

    alone: bool = False
    among: tuple[str, ...] = ()
    by_priority: bool = False


def exclusive_of(rule: s.Rule, stage: m.Stage | None, stages: Sequence[m.Stage], typing: Typing) -> Exclusive:
    """The rule's `exclusive` clause, its stages in the order they run."""
    clause = only(rule, s.ExclusiveClause, typing)
    if clause is None:
        return Exclusive()
    if rule.kind == "price":
        help = "leave it out; the most specific price stands alone"
        typing.error("R0303", clause.span, "`exclusive` never concerns prices", help)
        return Exclusive()
    if not clause.among or stage is None:
        return Exclusive(True, (), clause.by_priority)
    if rule.kind == "charge" or stage.base == "charges":
        typing.error(
            "R0371",
            clause.span,
            "only discounts on goods stand alone among several stages; charges keep nobody else out",
            "write `exclusive` alone, or `not with` the rules that are meant",
        )
        return Exclusive()
    if clause.among == "all":
        return Exclusive(True, tuple(each.name for each in goods_stages(stages)), clause.by_priority)
    if not sound_stages(clause.among, clause, stages, typing):
        return Exclusive()
    if stage.name not in clause.among:
        typing.error(
            "R0371",
            clause.span,
            f"{rule.kind} `{rule.name}` is in stage `{stage.name}`, which is not among these",
            f"name `{stage.name}` too",
        )
        return Exclusive()
    return Exclusive(True, tuple(x.name for x in stages if x.name in clause.among), clause.by_priority)


def goods_stages(stages: Sequence[m.Stage]) -> list[m.Stage]:
    """Stages of discounts on goods: neither `charges` nor on charges."""
    return [stage for stage in stages if stage.kind == "discount"]


def sound_stages(named: Sequence[str], at: s.Node, stages: Sequence[m.Stage], typing: Typing) -> bool:
    """Whether `among stages …` names at least two stages of discounts on goods, each once; else it is reported."""
    by_name = {stage.name: stage for stage in stages}
    goods = {stage.name for stage in goods_stages(stages)}
    before = typing.names.report.error_count
    for name in dict.fromkeys(named):
        if name not in by_name:
            typing.names.unknown("R0206", "stage", name, at.span, by_name)
        elif name not in goods:
            typing.error(
                "R0371", at.span, f"stage `{name}` holds charges or is on charges", "name stages of discounts on goods"
            )
    if len(set(named)) < max(2, len(named)):
        typing.error("R0371", at.span, "this names a stage twice, or one alone", "name two stages or more, each once")
    return typing.names.report.error_count == before


def not_on_of(rule: s.Rule, typing: Typing) -> frozenset[Literal["discounted lines", "promotional prices"]]:
    """What the rule's lines must not have met before."""
    found: set[Literal["discounted lines", "promotional prices"]] = set()
    for clause in rule.clauses:
        if not isinstance(clause, s.NotOnClause):
            continue
        if rule.kind == "price":
            typing.error("R0303", clause.span, f"`{clause.word}` belongs to a discount or charge", "leave it out")
        found.add("discounted lines" if clause.word == "not on discounted lines" else "promotional prices")
    return frozenset(found)


def outside_programmes(
    clause: s.NotWithClause, subjects: Sequence[Literal["account", "order", "line"]] = ("account", "order", "line")
) -> list[m.Condition]:
    """`not with "TEXT"`: nobody says of the account, the order or the line that it is in that programme."""
    texts = tuple(each.value for each in clause.avoided if isinstance(each, s.Text))
    if not texts:
        return []
    tests = [
        m.OneOf(m.Attribute(subject, PROGRAMME, m.TEXT, "", span=clause.span), texts, True, span=clause.span)
        for subject in subjects
    ]
    return [m.And(tuple(tests), span=clause.span)]
