"""Caps on what several rules of a stage take together (4.5 d; calculation 52, 53)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from rebates.model import nodes as m
from rebates.model.outcome import Decision
from rebates.reference.arithmetic import ZERO
from rebates.reference.bounds import WIDTHS, within
from rebates.reference.context import Line, View, total_key
from rebates.reference.groups import Amounts, Group, partition
from rebates.reference.values import number

if TYPE_CHECKING:
    from rebates.reference.stages import Stage, Taking


def capped(stage: Stage, rules: list[m.Rule], takings: list[Taking]) -> list[Taking]:
    """What the rules take once their shared caps are kept to, narrow scope before wide, then in the order of the text."""
    caps = [(rule, cap) for rule in rules for cap in rule.led]
    caps.sort(key=lambda pair: (_width(pair[1]), pair[1].number))
    for leader, cap in caps:
        takings = _keep(stage, leader, cap, takings)
    return takings


def _width(cap: m.SharedCap) -> int:
    if not cap.scope.within_order:
        return len(WIDTHS)
    return next(place for place, scopes in enumerate(WIDTHS) if cap.scope in scopes)


def _keep(stage: Stage, leader: m.Rule, cap: m.SharedCap, takings: list[Taking]) -> list[Taking]:
    view = stage.view(leader)
    by_index = {line.index: line for line in stage.part.lines}
    taken: dict[str, Amounts] = {id: {} for id in cap.rules}
    for taking in takings:
        if taking.rule.id in taken:
            for index, take in taking.takes.items():
                if stage.sign * take > 0:  # what is below zero neither counts nor is cut
                    taken[taking.rule.id][index] = stage.sign * take
    touched = sorted({index for takes in taken.values() for index in takes})
    for lines in partition(within(cap.scope), [by_index[index] for index in touched], view):
        takings = _scope(stage, cap, view, lines, taken, takings)
    return takings


def _scope(
    stage: Stage, cap: m.SharedCap, view: View, lines: list[Line], taken: dict[str, Amounts], takings: list[Taking]
) -> list[Taking]:
    most = number(cap.value, view, lines[0])
    if most is None:
        return takings
    if cap.window is not None:
        assert cap.key is not None
        key = total_key(stage.part, view.agreement, cap.key, cap.scope, cap.window, view.day())
        most -= stage.part.order.totals.get(key, ZERO)
    most = max(most, ZERO)
    inside = [line.index for line in lines]
    exact = {id: sum((takes.get(index, ZERO) for index in inside), ZERO) for id, takes in taken.items()}
    exact = {id: amount for id, amount in exact.items() if amount}
    if sum(exact.values(), ZERO) <= most:
        return takings
    on_line = cap.scope is m.Scope.LINE
    left = _left(stage, cap, most, exact, on_line or stage.part.money.words.round_once)
    for id, amount in left.items():
        mine = [index for index in inside if index in taken[id]]
        takings = _cut(stage, cap, id, mine, amount, on_line, taken[id], takings)
    return takings


def _left(
    stage: Stage, cap: m.SharedCap, most: Fraction, exact: dict[str, Fraction], unrounded: bool
) -> dict[str, Fraction]:
    """What the cap leaves each rule: in whole units, so that together they are never more (53)."""
    money = stage.part.money
    if not unrounded:
        most = money.amount(most)
    if cap.in_order:
        out = {}
        for id, amount in exact.items():
            wanted = amount if unrounded else money.amount(amount)
            fits = wanted <= most
            out[id] = wanted if fits else (ZERO if cap.all_or_nothing else most)
            most -= out[id]
        return out
    if cap.all_or_nothing:
        return dict.fromkeys(exact, ZERO)
    whole = sum(exact.values(), ZERO)
    parts = [most * amount / whole for amount in exact.values()]
    return dict(zip(exact, parts if unrounded else money.divide(most, parts), strict=True))


def _cut(
    stage: Stage,
    cap: m.SharedCap,
    id: str,
    lines: list[int],
    amount: Fraction,
    on_line: bool,
    took: Amounts,
    takings: list[Taking],
) -> list[Taking]:
    """The rule with another amount on these lines, spread by what each would have got; elsewhere it keeps what it has."""
    out: list[Taking] = []
    held: list[Taking] = []
    for taking in takings:
        if taking.rule.id != id or not any(index in taking.takes for index in lines):
            out.append(taking)
            continue
        held.append(taking)
        rest = [line for line in taking.group.lines if line.index not in lines]
        if rest:
            out.append(_made(stage, taking, rest, {line.index: taking.takes[line.index] for line in rest}))
    for taking in held:
        for index in taking.takes:
            if not amount and index in lines:
                mark = taking.group.marks[index]
                stage.decisions.append(Decision(id, index, "used up", ZERO, *mark, None, cap.words))
    if amount:
        whole = sum((took[index] for index in lines), ZERO)
        takes = {index: stage.sign * amount * took[index] / whole for index in lines}
        members = [line for taking in held for line in taking.group.lines if line.index in takes]
        members.sort(key=lambda line: line.index)
        marks = {index: mark for taking in held for index, mark in taking.group.marks.items()}
        single = on_line and held[0].group.single
        first = replace(held[0], group=replace(held[0].group, marks=marks, single=single))
        out.append(_made(stage, first, members, takes))
    return out


def _made(stage: Stage, taking: Taking, lines: list[Line], takes: Amounts) -> Taking:
    """The taking on some lines, with these takes."""
    group = taking.group
    made = Group(
        tuple(lines),
        sum(takes.values(), ZERO),
        {line.index: stage.sign * takes[line.index] for line in lines},
        {line.index: group.marks[line.index] for line in lines},
        {line.index: group.lined_base.get(line.index, ZERO) for line in lines},
        group.single,
    )
    return replace(taking, group=made, takes={line.index: takes[line.index] for line in lines})
