"""What is settled across stages, before the earliest of them begins (3.5 b, f; calculation 46, 49)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.outcome import Because
from rebates.reference import stages
from rebates.reference.arithmetic import ZERO
from rebates.reference.context import Part
from rebates.reference.groups import Amounts


def before(part: Part, stage: m.Stage, running: Amounts) -> None:
    """Settles what has this stage as its earliest one: who is kept out of which stages, on which lines."""
    order = [each.name for each in part.agreements[0].stages]
    exclusives = [rule for a in part.agreements for rule in a.rules if rule.alone_in]
    if exclusives and min(order.index(rule.alone_in[0]) for rule in exclusives) == order.index(stage.name):
        _exclusives(part, exclusives, running)
    for choice in part.agreements[0].best_among:
        if choice[0] == stage.name:
            _choose(part, choice, running)


def _rules_in(part: Part, names: set[str]) -> list[m.Rule]:
    return [rule for a in part.agreements for rule in a.rules if rule.kind == "discount" and rule.stage in names]


def _apart(part: Part, names: set[str]) -> list[list[int]]:
    """Line by line; or all lines at once where a rule of these stages can decide on several (3.5 a)."""
    lines = [line.index for line in part.lines]
    if any(_on_several(rule) for rule in _rules_in(part, names)):
        return [lines]
    return [[index] for index in lines]


def _on_several(rule: m.Rule) -> bool:
    bounds = [bound for bound in (*rule.caps, *rule.floors) if bound.on == "amount"]
    return rule.decides is not m.Scope.LINE or any(bound.scope is not m.Scope.LINE for bound in bounds)


def _stage(part: Part, name: str) -> m.Stage:
    return next(stage for stage in part.agreements[0].stages if stage.name == name)


# --- exclusive among stages


def _exclusives(part: Part, exclusives: list[m.Rule], running: Amounts) -> None:
    """Each alone on the amounts of now; of two that stand in each other's way only the better stays (46)."""
    takes = {rule.id: _alone(part, rule, running) for rule in exclusives}
    for lines in _apart(part, {name for rule in exclusives for name in rule.alone_in}):
        total = {rule.id: sum((takes[rule.id].get(index, ZERO) for index in lines), ZERO) for rule in exclusives}
        able = [rule for rule in exclusives if any(takes[rule.id].get(index) for index in lines)]
        first = any(rule.by_priority for rule in able)
        able.sort(key=lambda rule: _before(rule, total[rule.id], first))
        stand: list[m.Rule] = []
        for rule in exclusives:
            if rule not in able:
                _keep_out(part, rule, lines, "nothing", None)
        for rule in able:
            other = next((one for one in stand if rule.stage in one.alone_in or one.stage in rule.alone_in), None)
            if other is None:
                stand.append(rule)
            else:
                _keep_out(part, rule, lines, "excluded", other.id)
        for rule in stand:
            for other in _rules_in(part, set(rule.alone_in)):
                if other is not rule:
                    _keep_out(part, other, lines, "excluded", rule.id)


def _before(rule: m.Rule, total: Fraction, priority_first: bool) -> tuple[object, ...]:
    priority = (rule.priority is None, rule.priority or 0)
    return (priority, -total, rule.name) if priority_first else (-total, priority, rule.name)


def _alone(part: Part, rule: m.Rule, running: Amounts) -> Amounts:
    """What the rule would take of each line, exactly, as if it stood alone in its stage (3.5 b)."""
    part = replace(part, chosen={})  # what is tried chooses no rates
    state = stages.Stage(part, _stage(part, rule.stage), 1, dict(running), dict(running), {}, {})
    out: Amounts = {}
    for taking in stages.alone_in_stage(state, rule):
        for index, take in taking.takes.items():
            out[index] = out.get(index, ZERO) + take
    return out


def _keep_out(part: Part, rule: m.Rule, lines: list[int], because: Because, detail: str | None) -> None:
    for index in lines:
        known = part.kept_out.get((rule.id, index))
        if known is None or known[0] == "nothing":
            part.kept_out[rule.id, index] = (because, detail)


# --- best among stages


def _choose(part: Part, choice: tuple[str, ...], running: Amounts) -> None:
    """On each line the stage that would take most, tried alone, takes; the others do not (49)."""
    gains: dict[str, Amounts] = {}
    for name in choice:
        aside = replace(part, chosen={}, spent=dict(part.spent), used=dict(part.used), added=list(part.added))
        trial = stages.Stage(aside, _stage(part, name), 1, dict(running), dict(running), {}, {})
        stages.run(trial)
        gains[name] = {index: running[index] - left for index, left in trial.running.items()}
    for lines in _apart(part, set(choice)):
        total = {name: sum((gains[name][index] for index in lines), ZERO) for name in choice}
        able = [name for name in choice if any(gains[name][index] for index in lines)]
        if not able:
            continue
        best = max(able, key=lambda name: total[name])  # the one named first at a tie
        for rule in _rules_in(part, set(choice) - {best}):
            for index in lines:
                part.kept_out.setdefault((rule.id, index), ("beaten", f"stage {best}"))
