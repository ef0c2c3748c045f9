"""Whether a rule applies to a line at all: dates, codes, conditions (calculation 6)."""

from __future__ import annotations

from rebates.model import nodes as m
from rebates.model.outcome import Decision
from rebates.reference.codes import standing
from rebates.reference.context import Line, View
from rebates.reference.values import first_unknown, truth


def refusal(rule: m.Rule, view: View, line: Line) -> Decision | None:
    """The first reason against the rule on this line; None if there is none so far."""
    day = view.day()
    if (rule.first is not None and day < rule.first) or (rule.last is not None and day > rule.last):
        return Decision(rule.id, line.index, "dates")
    by_code = standing(rule, view)
    if by_code.refused is not None:
        return Decision(rule.id, line.index, by_code.refused, detail=by_code.detail)
    for clause, when in enumerate(rule.when):
        if when.otherwise is not None:
            continue  # where it does not hold another rate is paid
        found = truth(when.condition, view, line)
        if found is None:
            return Decision(
                rule.id, line.index, "unknown", clause=clause, detail=first_unknown(when.condition, view, line)
            )
        if not found:
            return Decision(rule.id, line.index, "condition", clause=clause)
    if "promotional prices" in rule.not_on and line.promotional:
        return Decision(rule.id, line.index, "promotional")
    if "discounted lines" in rule.not_on and line.index in view.part.discounted:
        return Decision(rule.id, line.index, "discounted")
    return None
