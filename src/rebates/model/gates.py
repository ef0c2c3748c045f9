"""The `when` clauses of a rebate, and what failing does (6.7, 97a)."""

from __future__ import annotations

from collections.abc import Iterator

from rebates.model import nodes as m
from rebates.model.conditions import typed_condition
from rebates.model.exclusives import outside_programmes
from rebates.model.expressions import Typing
from rebates.model.rebates import Failing, Gate
from rebates.model.rewards import typed_reward
from rebates.syntax import nodes as s

_LATER = (m.Paid, m.Claimed, m.PostedBy, m.RulePaid)  # events after what is earned: they hold the payout back


def gates_of(rule: s.Rule, typing: Typing) -> tuple[Gate, ...]:
    """The gates in the order of the text; parts of an `and` that does not say what failing does are gates of their own."""
    found: list[Gate] = []
    for clause in rule.clauses:
        if isinstance(clause, s.NotWithClause):
            found += [Gate(test, span=clause.span) for test in outside_programmes(clause, ("account",))]
        if not isinstance(clause, s.WhenClause):
            continue
        if clause.otherwise is not None or clause.failing is not None:
            condition = typed_condition(clause.condition, typing)
            otherwise = None
            if clause.otherwise is not None:
                otherwise = typed_reward(clause.otherwise, rule.kind, m.Scope.ORDER, typing)
            if condition is not None:
                found.append(Gate(condition, clause.failing or "not earned", otherwise, span=clause.span))
            continue
        for part in _parts(clause.condition):
            condition = typed_condition(part, typing)
            if condition is not None:
                found.append(Gate(condition, _unsaid(condition), span=part.span))
    return tuple(found)


def _parts(condition: s.Condition) -> Iterator[s.Condition]:
    if isinstance(condition, s.And):
        for part in condition.parts:
            yield from _parts(part)
    else:
        yield condition


def _unsaid(condition: m.Condition) -> Failing:
    """What failing does where the text does not say so; what filters of its totals test is no condition on a later event."""
    return "holds" if any(isinstance(test, _LATER) for test in _own_tests(condition)) else "not earned"


def _own_tests(condition: m.Condition) -> Iterator[m.Condition]:
    match condition:
        case m.And(parts=parts) | m.Or(parts=parts):
            for part in parts:
                yield from _own_tests(part)
        case m.Not(part=part):
            yield from _own_tests(part)
        case _:
            yield condition
