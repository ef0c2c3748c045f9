"""Floors, caps, bounds on the rate and minimum payouts (4.5; calculation 22)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.outcome import Decision
from rebates.reference.arithmetic import ZERO
from rebates.reference.context import View, total_key
from rebates.reference.groups import Group, partition
from rebates.reference.values import number

# item and delivery are equally wide: neither lies in the other
WIDTHS = ((m.Scope.LINE,), (m.Scope.ITEM, m.Scope.DELIVERY), (m.Scope.ORDER,))


def within(scope: m.Scope) -> m.Scope:
    """The scope inside the order in hand."""
    return scope if scope.within_order else m.Scope.ORDER


def bounded(rule: m.Rule, view: View, groups: list[Group]) -> tuple[list[Group], list[Decision]]:
    """Bounds on the rate, floors, caps and `pays from`, scope by scope, narrow before wide (4.5 a; 22d)."""
    decisions: list[Decision] = []
    for width in WIDTHS:
        groups = _rates(rule, width, view, groups)
        for bound in [b for b in rule.floors if b.on == "amount" and b.window is None and b.scope in width]:
            groups = _each_scope(bound, view, groups, _raise)
        for bound in [b for b in rule.caps if b.on == "amount" and b.window is None and b.scope in width]:
            if bound.all_or_nothing:
                groups, refused = _whole_or_none(rule, bound, view, groups)
                decisions += refused
            else:
                groups = _each_scope(bound, view, groups, _lower)
        for scope in width:
            groups, refused = _least(rule, scope, view, groups)
            decisions += refused
    for bound in [bound for bound in rule.caps if bound.window is not None]:
        assert bound.key is not None and bound.window is not None
        key = total_key(view.part, view.agreement, bound.key, bound.scope, bound.window, view.day())
        paid = view.part.order.totals.get(key, ZERO)
        limit = number(bound.value, view, groups[0].lines[0]) if groups else None
        lines = [line.index for group in groups for line in group.lines]
        have = sum((group.amount for group in groups), ZERO)
        if limit is None or have <= limit - paid:
            continue
        if limit - paid <= 0 or bound.all_or_nothing:
            marks = {index: mark for group in groups for index, mark in group.marks.items()}
            decisions += [Decision(rule.id, index, "used up", ZERO, *marks[index]) for index in sorted(lines)]
            groups = []
        else:
            groups = _bite(groups, groups, sorted(lines), limit - paid, False)
    return groups, decisions


def _rates(rule: m.Rule, width: tuple[m.Scope, ...], view: View, groups: list[Group]) -> list[Group]:
    """A bound on the rate bounds the amount at bound × base (22b)."""
    for bounds, bring in ((rule.floors, _raise), (rule.caps, _lower)):
        for bound in [b for b in bounds if b.on == "rate" and b.scope in width]:
            out = []
            for group in groups:
                ratio = number(bound.value, view, group.lines[0])
                out.append(
                    group
                    if ratio is None
                    else replace(group, amount=bring(group.amount, ratio * sum(group.lined_base.values(), ZERO)))
                )
            groups = out
    return groups


def _least(rule: m.Rule, scope: m.Scope, view: View, groups: list[Group]) -> tuple[list[Group], list[Decision]]:
    """A minimum payout: what comes to less is lost (4.5 b)."""
    least = rule.pays_from
    if least is None or within(least.scope) is not scope:
        return groups, []
    decisions: list[Decision] = []
    for lines in _by_scope(scope, view, groups):
        first = next(line for group in groups for line in group.lines if line.index == lines[0])
        limit = number(least.value, view, first)
        if limit is None or abs(sum((_on(groups, index) for index in lines), ZERO)) >= limit:
            continue
        marks = {index: mark for group in groups for index, mark in group.marks.items()}
        decisions += [Decision(rule.id, index, "pays from", ZERO, *marks[index]) for index in lines]
        groups = _without(groups, set(lines))
    return groups, decisions


def _whole_or_none(rule: m.Rule, cap: m.Bound, view: View, groups: list[Group]) -> tuple[list[Group], list[Decision]]:
    """A cap that pays in full or not at all (4.5 f)."""
    decisions: list[Decision] = []
    for lines in _by_scope(cap.scope, view, groups):
        first = next(line for group in groups for line in group.lines if line.index == lines[0])
        most = number(cap.value, view, first)
        if most is None or sum((_on(groups, index) for index in lines), ZERO) <= most:
            continue
        marks = {index: mark for group in groups for index, mark in group.marks.items()}
        decisions += [Decision(rule.id, index, "used up", ZERO, *marks[index]) for index in lines]
        groups = _without(groups, set(lines))
    return groups, decisions


def _without(groups: list[Group], lines: set[int]) -> list[Group]:
    """The groups without some lines; what those would have got is gone."""
    out = []
    for group in groups:
        rest = [line for line in group.lines if line.index not in lines]
        if len(rest) == len(group.lines):
            out.append(group)
        elif rest:
            left = sum((_share(group, line.index) for line in rest), ZERO)
            keep = {line.index for line in rest}
            out.append(
                Group(
                    tuple(rest),
                    left,
                    {i: w for i, w in group.weights.items() if i in keep},
                    {i: w for i, w in group.marks.items() if i in keep},
                    {i: w for i, w in group.lined_base.items() if i in keep},
                    group.single,
                )
            )
    return out


def _raise(have: Fraction, limit: Fraction) -> Fraction:
    return max(have, limit)


def _lower(have: Fraction, limit: Fraction) -> Fraction:
    return min(have, limit)


def _by_scope(scope: m.Scope, view: View, groups: list[Group]) -> list[list[int]]:
    """The lines that the rule takes on, cut by a scope."""
    lines = sorted((line for group in groups for line in group.lines), key=lambda line: line.index)
    return [[line.index for line in part] for part in partition(scope, lines, view)]


def _share(group: Group, index: int) -> Fraction:
    """A line's exact share of a group's amount."""
    whole = sum(group.weights.values(), ZERO)
    if whole == 0:
        return group.amount / len(group.lines)
    return group.amount * group.weights[index] / whole


def _on(groups: list[Group], index: int) -> Fraction:
    return sum((_share(group, index) for group in groups if index in group.weights), ZERO)


def _each_scope(
    bound: m.Bound, view: View, groups: list[Group], bring: Callable[[Fraction, Fraction], Fraction]
) -> list[Group]:
    """A floor or cap on each of its scopes: where it bites, the scope's lines become one group of the bound's amount,
    spread by what each line would have got (2.4); a wider group keeps the rest (22d)."""
    for lines in _by_scope(bound.scope, view, groups):
        holders = [group for group in groups if any(index in group.weights for index in lines)]
        first = next(line for group in holders for line in group.lines if line.index == lines[0])
        limit = number(bound.value, view, first)
        have = sum((_on(groups, index) for index in lines), ZERO)
        raising = bring is _raise
        if limit is None or (raising and not any(g.lined_base.get(index) for g in holders for index in lines)):
            continue
        amount = bring(have, limit)
        if have == 0 and _weightless(view, holders, lines):
            continue  # a discount on nothing stops at zero (2.4)
        if amount != have:
            groups = _bite(groups, holders, lines, amount, bound.scope is m.Scope.LINE)
    return groups


def _weightless(view: View, holders: list[Group], lines: list[int]) -> bool:
    """Whether a discount has nothing to be spread by on these lines."""
    discount = view.rule is not None and view.rule.kind == "discount"
    return discount and not any(group.weights.get(index) for group in holders for index in lines)


def _bite(groups: list[Group], holders: list[Group], lines: list[int], amount: Fraction, on_line: bool) -> list[Group]:
    inside = set(lines)
    if len(holders) == 1 and set(holders[0].weights) == inside:
        return [
            replace(group, amount=amount, single=group.single and on_line) if group is holders[0] else group
            for group in groups
        ]
    got = {index: _on(holders, index) for index in lines}
    weights = (
        got
        if any(got.values())
        else {index: group.weights[index] for group in holders for index in lines if index in group.weights}
    )
    members = tuple(line for group in holders for line in group.lines if line.index in inside)
    marks = {index: group.marks[index] for group in holders for index in lines if index in group.marks}
    bases = {index: group.lined_base[index] for group in holders for index in lines if index in group.lined_base}
    single = on_line and all(group.single for group in holders)
    made = Group(tuple(sorted(members, key=lambda line: line.index)), amount, weights, marks, bases, single)
    out: list[Group] = []
    for group in groups:
        if group not in holders:
            out.append(group)
            continue
        rest = [line for line in group.lines if line.index not in inside]
        if rest:
            left = sum((_share(group, line.index) for line in rest), ZERO)
            out.append(
                Group(
                    tuple(rest),
                    left,
                    {line.index: group.weights[line.index] for line in rest},
                    {line.index: group.marks[line.index] for line in rest},
                    {line.index: group.lined_base.get(line.index, ZERO) for line in rest},
                    group.single,
                )
            )
    return sorted([*out, made], key=lambda group: group.lines[0].index)
