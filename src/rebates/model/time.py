"""Time: hours and weekdays, the first and nth order, days between dates (5.2 c)."""

from __future__ import annotations

from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.calendar import DAY_MINUTES, MONTHS, WEEKDAYS
from rebates.model.expressions import Typing, describe, dimension, need_seasons, typed
from rebates.model.names import Names
from rebates.syntax import nodes as s
from rebates.syntax.source import Span


def minutes_of(time: s.TimeOfDay, names: Names) -> Fraction:
    """Minutes since midnight; 24:00 is the end of the day. Reports a time that is none."""
    minutes = time.hour * 60 + time.minute
    if time.minute > 59 or minutes > DAY_MINUTES:
        names.report.error(
            "R0442", time.span, f"there is no time {time.span.text}", "write an hour and minute from 00:00 to 24:00"
        )
    return Fraction(minutes)


def in_time(expr: s.TimeOfDay | s.DaysBetween | s.AgreementWindow, typing: Typing) -> m.Expr | None:
    """An expression of this part of the language."""
    match expr:
        case s.TimeOfDay():
            return time_of_day(expr, typing)
        case s.DaysBetween():
            return days_between(expr, typing)
        case s.AgreementWindow():
            return agreement_window(expr, typing)


def time_of_day(time: s.TimeOfDay, typing: Typing) -> m.Expr:
    """A time as a constant."""
    return m.Constant(minutes_of(time, typing.names), m.TIME, span=time.span)


def days_between(expr: s.DaysBetween, typing: Typing) -> m.Expr | None:
    """The difference of two dates."""
    parts = [_moment(part, typing) for part in (expr.start, expr.end)]
    start, end = parts
    return m.DaysBetween(start, end, span=expr.span) if start is not None and end is not None else None


def agreement_window(expr: s.AgreementWindow, typing: Typing) -> m.Expr | None:
    """The number of a window since the agreement began."""
    kind = expr.window.name
    if kind not in MONTHS:
        typing.names.unknown("R0396", "window of an agreement", kind, expr.window.span, MONTHS)
        return None
    return m.AgreementWindow(kind, span=expr.span)  # type: ignore[arg-type]  # one of these


_WINDOWS = ("week", "month", "quarter", "half", "season", "year", "term")


def _moment(
    part: s.Date | s.Path | s.Fact | s.Moment, typing: Typing
) -> m.Constant | m.AttributeValue | m.Moment | None:
    if isinstance(part, s.Moment):
        what, _, end = str(part.event).partition(" ")
        if end not in ("start", "end") or what not in _WINDOWS:
            typing.error(
                "R0444",
                part.span,
                f"days are not counted from the {part.event} here",
                f"write `order.{what}_date`" if what in ("delivery", "invoice") else "write `order.date`",
            )
            return None
        if what == "season":
            need_seasons(part.span, typing)
        return m.Moment(None, part.event, span=part.span)
    found = typed(part, typing)
    if found is None:
        return None
    if dimension(found) != m.DATE:
        typing.error(
            "R0444",
            part.span,
            f"days are counted between dates, and `{part.span.text}` is {describe(dimension(found))}",
            "write a date such as `2026-03-31`, `order.date`, `order.delivery_date`, or an attribute or a fact of type date",
        )
        return None
    assert isinstance(found, m.Constant | m.AttributeValue)
    return found


def nth_order(condition: s.NthOrder, typing: Typing) -> m.Condition | None:
    """By the number of orders before this one."""
    count = s.Total(
        "number of", counted=s.Name("orders", span=condition.span), per=condition.per, before=True, span=condition.span
    )
    before = typed(count, typing)
    if condition.number == 0:
        typing.error("R0443", condition.span, "orders are counted from the first", "write `1st`, `2nd`, `3rd` …")
        return None
    if not isinstance(before, m.Total):
        return None
    if condition.every:
        return m.EveryNth(before, condition.number, span=condition.span)
    wanted = m.Constant(Fraction(condition.number - 1), m.NUMBER, span=condition.span)
    return m.Compare("=", before, wanted, span=condition.span)


def check_weekday(attribute: m.Attribute, value: str, span: Span, names: Names) -> None:
    """A weekday has one of seven names."""
    if attribute.subject == "order" and attribute.name in ("weekday", "delivery_weekday") and value not in WEEKDAYS:
        names.unknown("R0441", "weekday", value, span, WEEKDAYS)
