"""What expressions, conditions and rules read, measures and item sets opened, with the place in the rule that asks."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from rebates.model import nodes as m
from rebates.model.expressions import varies_by_line
from rebates.model.goods_tests import goods_conditions
from rebates.syntax.source import Span


class Read(msgspec.Struct, frozen=True):
    """A part of an expression. `at` is its place; inside a measure or item set, the place that names that one."""

    expr: m.Expr
    at: Span


def reads(expr: m.Expr, at: Span | None = None, *, filters: bool = True) -> Iterator[Read]:
    """The expression and every part of it; with `filters` also what the filters of its totals test."""
    yield Read(expr, at or expr.span)
    match expr:
        case m.Arithmetic(left=left, right=right):
            yield from reads(left, at, filters=filters)
            yield from reads(right, at, filters=filters)
        case m.Extreme(parts=parts):
            for part in parts:
                yield from reads(part, at, filters=filters)
        case m.Rounded(value=value):
            yield from reads(value, at, filters=filters)
        case m.MeasureRef(value=value, span=span):
            yield from reads(value, at or span, filters=filters)
        case m.Fallback(value=value, otherwise=otherwise):
            yield from reads(value, at, filters=filters)
            yield from reads(otherwise, at, filters=filters)
        case m.DaysBetween(start=start, end=end):
            for side in (start, end):
                if not isinstance(side, m.Moment):
                    yield from reads(side, at, filters=filters)
        case m.PerKey(value=value) if filters:
            yield from condition_reads(value, at) if isinstance(value, m.Condition) else reads(value, at)
        case m.Total(where=m.Node() as where) if filters:
            yield from condition_reads(where, at)


def condition_reads(condition: m.Condition, at: Span | None = None, *, filters: bool = True) -> Iterator[Read]:
    """Everything a condition tests; a class is judged before the order, so what it tests is not read here."""
    match condition:
        case m.And(parts=parts) | m.Or(parts=parts):
            for part in parts:
                yield from condition_reads(part, at, filters=filters)
        case m.Not(part=part):
            yield from condition_reads(part, at, filters=filters)
        case m.Compare(left=left, right=right):
            yield from reads(left, at, filters=filters)
            yield from reads(right, at, filters=filters)
        case m.OneOf(attribute=attribute) | m.Under(attribute=attribute) | m.InTable(attribute=attribute):
            yield Read(m.AttributeValue(attribute, span=condition.span), at or condition.span)
        case m.InSet(where=where):
            yield from condition_reads(where, at or condition.span, filters=filters)
        case m.EveryNth(before=before):
            yield from reads(before, at, filters=filters)
        case m.PostedBy(fact=fact):
            yield Read(m.AttributeValue(fact, span=condition.span), at or condition.span)
        case m.Throughout(test=test):
            yield from condition_reads(test, at, filters=filters)


def tests(condition: m.Condition, at: Span | None = None) -> Iterator[tuple[m.Condition, Span]]:
    """Every single test of a condition, those of item sets and of the filters of its totals among them, with its place."""
    match condition:
        case m.And(parts=parts) | m.Or(parts=parts):
            for part in parts:
                yield from tests(part, at)
        case m.Not(part=part):
            yield from tests(part, at)
        case m.InSet(where=where):
            yield from tests(where, at or condition.span)
        case _:
            yield condition, at or condition.span
            for read in condition_reads(condition, at, filters=False):
                yield from tests_in(read)


def tests_in(read: Read) -> Iterator[tuple[m.Condition, Span]]:
    """The tests of the filter of a total, and of the condition that a value per key counts by."""
    match read.expr:
        case m.Total(where=m.Node() as where):
            yield from tests(where, read.at)
        case m.PerKey(value=value):
            if isinstance(value, m.Condition):
                yield from tests(value, read.at)
            else:
                for inner in reads(value, read.at, filters=False):
                    yield from tests_in(inner)


def tiers_in(worth: m.Worth | None) -> Iterator[m.Tiers]:
    """The tiers of a worth, in a rate table those of every row."""
    match worth:
        case m.Tiers():
            yield worth
        case m.Levels(rows=levels):
            for level in levels:
                yield from tiers_in(level.worth)
        case m.RateTable(rows=rows):
            for row in rows:
                yield from tiers_in(row.worth)


def rewards(worth: m.Worth | None) -> Iterator[m.Reward]:
    """Every reward that a worth may come to."""
    match worth:
        case m.Flat(reward=reward):
            yield reward
        case m.Tiers(rows=rows, below=below, without_baseline=without):
            yield from [
                *([below.reward] if below else []),
                *(row.reward for row in rows),
                *([without] if without else []),
            ]
        case m.Cases(rows=cases):
            yield from (case.reward for case in cases)
        case m.Levels(rows=levels):
            for level in levels:
                yield from rewards(level.worth)
        case m.RateTable(rows=keyed):
            for each in keyed:
                yield from rewards(each.worth)


def pieces(worth: m.Worth) -> Iterator[m.Piece]:
    """Every piece of every reward that a worth may come to."""
    for reward in rewards(worth):
        yield from reward.pieces


def rule_pieces(rule: m.Rule) -> Iterator[m.Piece]:
    """Every piece that a rule may pay, also where a `when` does not hold."""
    yield from pieces(rule.worth)
    for when in rule.when:
        if when.otherwise is not None:
            yield from when.otherwise.pieces


def measures(worth: m.Worth) -> Iterator[m.Expr]:
    """The measures that choose a row."""
    match worth:
        case m.Tiers(measure=measure):
            yield measure
        case m.RateTable(measures=found):
            yield from found


def last_measures(worth: m.Worth) -> list[m.Expr]:
    """The measure of the tiers that pay; measures before it only choose for each line."""
    return list(measures(worth))[-1:]


def piece_expressions(piece: m.Piece) -> Iterator[m.Expr]:
    """What a piece works out."""
    match piece:
        case m.PercentPiece(rate=rate, of=of):
            yield rate
            if of is not None:
                yield of
        case m.SumPiece(amount=amount) | m.UnitPiece(amount=amount):
            yield amount
        case m.PricePiece(value=value):
            yield value


def expressions(rule: m.Rule) -> Iterator[m.Expr]:
    """Every expression that stands in a rule, in no order."""
    match rule.worth:
        case m.Amount(value=value):
            yield value
        case worth:
            yield from measures(worth)
    for piece in rule_pieces(rule):
        yield from piece_expressions(piece)
    for bound in (*rule.caps, *rule.floors, *([rule.pays_from] if rule.pays_from else [])):
        yield bound.value
    for cap in rule.led:
        yield cap.value
    if rule.not_below is not None:
        yield rule.not_below.value
    if rule.not_above is not None:
        yield rule.not_above.value
    if rule.base.value is not None:
        yield rule.base.value


def rule_reads(rule: m.Rule) -> Iterator[Read]:
    """Everything that a rule reads, its conditions and filters included."""
    for when in rule.when:
        yield from condition_reads(when.condition)
    if isinstance(rule.worth, m.Cases):
        for case in rule.worth.rows:
            if case.when is not None:
                yield from condition_reads(case.when)
    if rule.base.where is not None:
        yield from condition_reads(rule.base.where)
    for where in goods_conditions(rule):
        yield from condition_reads(where)
    for expr in expressions(rule):
        yield from reads(expr)


def scopes(expr: m.Expr) -> dict[m.Scope, Span]:
    """The scopes on which an expression has one value, each with a place that asks for it.

    An attribute or price of the item or line has one on each line. What a filter tests does not count: the total over the
    filter has one value for its own scope.
    """
    found: dict[m.Scope, Span] = {}
    for read in reads(expr, filters=False):
        match read.expr:
            case m.Total(scope=scope):
                found.setdefault(scope, read.at)
            case m.PerKey():
                found.setdefault(m.Scope.ORDER, read.at)
            case m.AttributeValue(attribute=attribute) if attribute.subject in ("item", "line"):
                found.setdefault(m.Scope.LINE, read.at)
            case m.ItemPrice() | m.RulePrice():
                found.setdefault(m.Scope.LINE, read.at)
            case m.TableValue() as value if varies_by_line(value):
                found.setdefault(m.Scope.LINE, read.at)
            case m.Constant(dimension=dimension, unit=str()) | m.Exchanged(dimension=dimension, unit=str()) if (
                dimension == m.PRICE
            ):
                found.setdefault(m.Scope.LINE, read.at)
    return found


def varies_in(expr: m.Expr, group: m.Scope) -> Span | None:
    """The place where an expression differs from line to line of a group (5.1 c); None where it has one value there."""
    for scope, at in scopes(expr).items():
        inside = group is m.Scope.LINE or scope is group or (scope is m.Scope.ORDER) or not scope.within_order
        if not inside:
            return at
    return None
