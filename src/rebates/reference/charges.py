"""Stages on charges: what discounts take off a charge (3.1; calculation 31)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.outcome import Because, Decision
from rebates.reference.arithmetic import ZERO
from rebates.reference.context import Part, View
from rebates.reference.groups import Alone, Amounts, split_exactly
from rebates.reference.stages import in_waiting_order
from rebates.reference.takes import alone

Charges = dict[str, dict[int, Fraction]]  # charge id -> line index -> part


def run(part: Part, stage: m.Stage, net: Amounts, charges: Charges) -> list[Decision]:
    """Takes off the charges what the stage's rules give; the parts of the lines fall by their weight."""
    decisions: list[Decision] = []
    rules = [rule for a in part.agreements for rule in a.rules if rule.stage == stage.name]
    for charge in dict.fromkeys(rule.base.charge for rule in rules):
        assert charge is not None
        mine = [rule for rule in rules if rule.base.charge == charge]
        mine.sort(
            key=lambda rule: (
                rule.priority is None,
                rule.priority or 0,
                rule.place if stage.combine != "first" else 0,
                rule.name,
            )
        )
        _one_charge(part, stage, mine, net, charges, charge, decisions)
    return decisions


def _one_charge(
    part: Part,
    stage: m.Stage,
    rules: list[m.Rule],
    net: Amounts,
    charges: Charges,
    charge: str,
    decisions: list[Decision],
) -> None:
    parts = charges.setdefault(charge, {})
    began = dict(parts)
    found: dict[str, tuple[Alone, Fraction]] = {}
    covers: dict[str, set[int]] = {}
    yields = {rule.id: _done_before(part, rule) for rule in rules}
    for rule in in_waiting_order(rules):
        away = yields[rule.id]
        covers[rule.id] = {line.index for line in part.lines} - set(away)
        found[rule.id] = _amount(part, stage, rule, net, charges, began, covers[rule.id])
        if away:
            decisions += _yielded(_amount(part, stage, rule, net, charges, began, covers[rule.id] | set(away))[0], away)
        for index in _takes_of(found[rule.id][0]):
            for other in rules:
                if rule.id in other.yields_to:
                    yields[other.id].setdefault(index, rule.id)
    for rule in rules:
        decisions += found[rule.id][0].decisions
    able = [rule for rule in rules if found[rule.id][1] > 0]
    if stage.combine == "best" and able:
        winner = min(
            able,
            key=lambda r: (
                -min(found[r.id][1], sum(began.values(), ZERO)),
                r.priority is None,
                r.priority or 0,
                r.name,
            ),
        )
        able = [winner]
    if stage.combine == "first":
        able = able[:1]
    for rule in rules:
        exact = found[rule.id][1]
        lines = [line.index for group in found[rule.id][0].groups for line in group.lines]
        if rule in able:
            if stage.combine == "sequence":
                exact = _amount(part, stage, rule, net, charges, dict(parts), covers[rule.id])[1]
            _take(part, rule, exact, lines, parts, decisions)
        else:
            because: Because = "beaten" if exact > 0 else "nothing"
            detail = able[0].id if exact > 0 else None
            decisions += [Decision(rule.id, index, because, detail=detail) for index in lines]


def _done_before(part: Part, rule: m.Rule) -> dict[int, str]:
    """The lines on which a rule of an earlier stage, to which this one gives way, took something (47)."""
    return {line.index: id for line in part.lines for id in reversed(rule.yields_to) if (id, line.index) in part.took}


def _takes_of(found: Alone) -> set[int]:
    """The lines of which the rule would take something."""
    out: set[int] = set()
    for group in found.groups:
        lines = [line.index for line in group.lines]
        exact = split_exactly(group.amount, [group.weights[index] for index in lines])
        out |= {index for index, take in zip(lines, exact, strict=True) if take}
    return out


def _yielded(found: Alone, away: dict[int, str]) -> list[Decision]:
    """The reason on lines where the rule gives way: its own, if it has one without that (24a)."""
    out = [decision for decision in found.decisions if decision.line in away]
    for group in found.groups:
        for line in group.lines:
            if line.index in away:
                marks = group.marks[line.index]
                out.append(Decision(found.rule.id, line.index, "yields", ZERO, *marks, None, away[line.index]))
    return out


def _amount(
    part: Part,
    stage: m.Stage,
    rule: m.Rule,
    net: Amounts,
    charges: Charges,
    base: Amounts,
    among: set[int],
) -> tuple[Alone, Fraction]:
    """What the rule would take of the charge's amount `base`, exactly."""
    totals = {id: sum(parts.values(), ZERO) for id, parts in charges.items()}
    sums: Amounts = {}
    for parts in charges.values():
        for index, amount in parts.items():
            sums[index] = sums.get(index, ZERO) + amount
    view = View(part, net, sums, rule, part.agreement(rule.agreement), {**part.earned, **totals})
    running = {line.index: base.get(line.index, ZERO) for line in part.lines}
    on_parts = replace(rule, base=replace(rule.base, what="running"), decides=m.Scope.ORDER)
    found = alone(on_parts, stage, view, running, among)
    return found, sum((group.amount for group in found.groups), ZERO)


def _take(
    part: Part, rule: m.Rule, exact: Fraction, lines: list[int], parts: Amounts, decisions: list[Decision]
) -> None:
    have = sum((parts.get(index, ZERO) for index in lines), ZERO)
    weights = [max(parts.get(index, ZERO), ZERO) for index in lines]
    amount = min(part.money.amount(exact), have)  # never above what is left of the charge
    if amount == 0 or not any(weights):
        decisions += [Decision(rule.id, index, "nothing") for index in lines]
        return
    split = dict(zip(lines, part.money.spread(amount, weights), strict=True))
    while excess := sum((max(split[index] - max(parts.get(index, ZERO), ZERO), ZERO) for index in lines), ZERO):
        split = {index: min(taken, max(parts.get(index, ZERO), ZERO)) for index, taken in split.items()}
        free = [index for index in lines if split[index] < parts.get(index, ZERO)]
        for index, more in zip(free, part.money.spread(excess, [parts[index] for index in free]), strict=True):
            split[index] += more
    for index, taken in split.items():
        parts[index] = parts.get(index, ZERO) - taken
        decisions.append(Decision(rule.id, index, "taken" if taken else "nothing", taken))
