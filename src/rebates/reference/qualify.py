"""Whether a rule applies to a line at all: dates, codes, conditions (calculation 6)."""

from __future__ import annotations

from rebates.model import nodes as m
from rebates.model.outcome import Decision
from rebates.reference.context import Line, View
from rebates.reference.values import first_unknown, truth


def refusal(rule: m.Rule, view: View, line: Line) -> Decision | None:
    """The first reason against the rule on this line; None if there is none so far."""
    day = view.day()
    if (rule.first is not None and day < rule.first) or (rule.last is not None and day > rule.last):
        return Decision(rule.id, line.index, "dates")
    if rule.codes and not view.part.order.codes.intersection(rule.codes):
        return Decision(rule.id, line.index, "code")
    for clause, when in enumerate(rule.when):
        found = truth(when.condition, view, line)
        if found is None:
            return Decision(
                rule.id, line.index, "unknown", clause=clause, detail=first_unknown(when.condition, view, line)
            )
        if not found:
            return Decision(rule.id, line.index, "condition", clause=clause)
    return None
