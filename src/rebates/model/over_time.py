"""Conditions that are judged over time, and the deadlines in them (6.7, 97)."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from rebates.model import nodes as m
from rebates.model.conditions import typed_condition
from rebates.model.expressions import Typing, need_seasons, settled_rule
from rebates.model.windows import WindowKind
from rebates.syntax import nodes as s
from rebates.syntax.source import Span

MOST = 10_000
_UNITS = {name + plural: name for name in ("day", "week", "month", "year") for plural in ("", "s")}
OverTime = s.Paid | s.Claimed | s.PostedBy | s.Throughout | s.RulePaid
OWN_WINDOW = "window end"  # until the rule is known: the end of what it is judged over


def over_time(condition: OverTime, typing: Typing) -> m.Condition | None:
    """The model of a condition over time; None where an error was reported."""
    match condition:
        case s.Paid(by=by):
            paid = deadline(by, "invoice date", typing)
            return m.Paid(paid, span=condition.span) if paid is not None else None
        case s.Claimed(by=by):
            claimed = deadline(by, OWN_WINDOW, typing)
            return m.Claimed(claimed, span=condition.span) if claimed is not None else None
        case s.PostedBy(fact=fact, by=by):
            attribute, posted = typing.names.fact(fact), deadline(by, OWN_WINDOW, typing)
            if attribute is None or posted is None:
                return None
            return m.PostedBy(attribute, posted, span=condition.span)
        case s.Throughout(test=test, window=window):
            made = typed_condition(test, typing)
            if window == "season":
                need_seasons(condition.span, typing)
            if made is None or not _of_one_fact(made, test.span, typing):
                return None
            return m.Throughout(made, _window(window), span=condition.span)
        case s.RulePaid(rule=rule, negated=negated):
            id = settled_rule(rule.kind, rule.name, rule.span, typing)
            if id is None:
                return None
            found = m.RulePaid(id, span=condition.span)
            return m.Not(found, span=condition.span) if negated else found


def _of_one_fact(test: m.Condition, span: Span, typing: Typing) -> bool:
    """Whether the test is of one fact that holds until the next is posted, beside what the text says itself."""
    match test:
        case m.OneOf(attribute=attribute):
            tested: m.Attribute | None = attribute
        case m.Compare(left=m.AttributeValue(attribute=attribute), right=m.Constant()):
            tested = attribute
        case m.Compare(left=m.Constant(), right=m.AttributeValue(attribute=attribute)):
            tested = attribute
        case _:
            tested = None
    if tested is not None and tested.subject == "fact":
        declared = typing.names.facts.get(tested.name)
        if declared is not None and declared.how == "latest":
            return True
    typing.error(
        "R0669",
        span,
        "what holds throughout a window is asked of one fact, kept `latest`",
        "test one such fact by `is` or against a value, as in `fact score >= 95% throughout the quarter`",
    )
    return False


def _window(word: str) -> WindowKind:
    assert word in ("week", "month", "quarter", "half", "season", "year", "term")
    return word  # type: ignore[return-value]  # the grammar has only these words


def deadline(by: s.Deadline, event: str, typing: Typing) -> m.Deadline | None:
    """The model of a deadline; `event` is what it counts from where the text says nothing."""
    if by.event is not None and by.event.startswith("season "):
        need_seasons(by.span, typing)
    match by.word:
        case "by":
            return m.Deadline(by.day, span=by.span)
        case "within terms":
            return m.Deadline(terms=True, span=by.span)
        case "at":
            return m.Deadline(event=by.event or event, span=by.span)
    assert by.count is not None
    assert by.unit is not None
    if by.unit not in _UNITS:
        typing.names.unknown("R0396", "unit of time", by.unit, by.span, _UNITS)
        return None
    if by.count > MOST:
        typing.error("R0656", by.span, f"{by.count} {by.unit} lie beyond any agreement", f"write at most {MOST}")
        return None
    return m.Deadline(None, by.event or event, by.count, _UNITS[by.unit], span=by.span)


def in_window(condition: m.Condition, window: WindowKind | Literal["claim"]) -> m.Condition:
    """The condition with its deadlines counted from the end of the rule's window where the text names no event."""
    match condition:
        case m.And(parts=parts) | m.Or(parts=parts):
            return replace(condition, parts=tuple(in_window(part, window) for part in parts))
        case m.Not(part=part):
            return replace(condition, part=in_window(part, window))
        case m.Claimed(by=by) | m.PostedBy(by=by) if by.event == OWN_WINDOW:
            event = "claim date" if window == "claim" else f"{window} end"
            return replace(condition, by=replace(by, event=event))
        case _:
            return condition
