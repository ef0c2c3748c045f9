"""What a settled rule reads, with the place in the rule that asks."""

from __future__ import annotations

from collections.abc import Iterator

from rebates.model import nodes as m
from rebates.model.reads import (
    Read,
    condition_reads,
    measures,
    piece_expressions,
    pieces,
    reads,
    tests,
    tests_in,
    tiers_in,
)
from rebates.model.rebates import Rebate


def conditions(rule: Rebate) -> Iterator[tuple[m.Condition, bool]]:
    """What it tests: its gates, which may be judged sale by sale (97), and the conditions of its rows, which are not."""
    for gate in rule.when:
        yield gate.condition, True
    if isinstance(rule.worth, m.Cases):
        yield from ((case.when, False) for case in rule.worth.rows if case.when is not None)


def rule_pieces(rule: Rebate) -> Iterator[m.Piece]:
    """Every piece that it may pay, or accrue."""
    yield from pieces(rule.worth)
    for gate in rule.when:
        if gate.otherwise is not None:
            yield from gate.otherwise.pieces
    if rule.accrue is not None:
        yield from rule.accrue.pieces


def values(rule: Rebate) -> Iterator[m.Expr]:
    """Every expression but the base: each has one value for an earner and a window."""
    if isinstance(rule.worth, m.Amount):
        yield rule.worth.value
    yield from measures(rule.worth)
    yield from (tiers.measure for tiers in tiers_in(rule.worth))
    for piece in rule_pieces(rule):
        yield from piece_expressions(piece)
    for bound in (*rule.caps, *rule.floors, *([rule.pays_from] if rule.pays_from is not None else [])):
        yield bound.value
    for cap in rule.shared_caps:
        yield cap.value


def every_expression(rule: Rebate) -> Iterator[m.Expr]:
    """Every expression that stands in it."""
    if rule.base is not None:
        yield rule.base
    yield from values(rule)
    if rule.payees is not None and rule.payees.by is not None:
        yield rule.payees.by


def rule_reads(rule: Rebate) -> Iterator[Read]:
    """Everything that it reads, filters and conditions among it."""
    for condition, _ in conditions(rule):
        yield from condition_reads(condition)
    for expr in every_expression(rule):
        yield from reads(expr)


def rule_tests(rule: Rebate) -> Iterator[m.Condition]:
    """Every single test, those of filters and item sets among them."""
    for condition, _ in conditions(rule):
        yield from (test for test, _ in tests(condition))
    for expr in every_expression(rule):
        for read in reads(expr, filters=False):
            yield from (test for test, _ in tests_in(read))
