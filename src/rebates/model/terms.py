"""Terms: typed, about items that exist, and the charge that a private label's surcharge is (7.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.amendments import Edition, Stretches
from rebates.model.calendar import WEEKDAYS
from rebates.model.conditions import item_set, typed_condition
from rebates.model.expressions import SCOPES, Typing, check_currency, check_unit
from rebates.model.posted_only import refuse_in_condition
from rebates.model.time import minutes_of
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Label

DAYS = m.Dimension("quantity", "day")


def terms_of(edition: Edition, typing: Typing, terms: Stretches[m.Term]) -> None:
    """Enters the terms of an edition; those it does not have any more end."""
    terms.keep({term.span.start for term, _ in edition.terms}, edition.day)
    seen: dict[tuple[str, str | None, str | None], s.Term] = {}
    for term, amendment in edition.terms:
        key = (term.word, None if term.of is None else term.of.name.value, term.per)
        if key in seen and term.word != "contact":
            typing.names.report.error(
                "R0445",
                term.span,
                f"`{term.word}` is stated twice for the same",
                "keep one of them",
                labels=(Label(seen[key].span, "the first"),),
            )
            continue
        seen[key] = term
        made = _term(term, amendment, typing)
        if made is not None:
            terms.enter(term.span.start, made, edition.day)


def _term(term: s.Term, amendment: m.Amendment | None, typing: Typing) -> m.Term | None:
    values = tuple(_values(term, typing))
    scope = SCOPES.get((term.per or "per order").removeprefix("per "))
    if scope not in (m.Scope.ORDER, m.Scope.ITEM):
        typing.error("R0446", term.span, f"a minimum is not counted `{term.per}`", "write `per item`, or leave it out")
        return None
    where = None
    if term.of is not None:
        where = _where(term.of, typing)
        if where is None:
            return None
    place = f"{term.span.source.name}:{term.span.start}"
    return m.Term(
        f"{typing.agreement}.{term.word} {place}",
        typing.agreement,
        term.word,
        values,
        where,
        scope,
        amended=amendment,
        span=term.span,
    )


def _where(of: s.Subject, typing: Typing) -> m.Condition | None:
    match of.kind:
        case "set":
            found = item_set(of.name.value, of.name.span, typing)
            if found is not None:
                refuse_in_condition(found, typing.names)
            return found
        case "item":
            return typed_condition(s.Is(s.Path(("item", "id"), span=of.span), of.name, False, span=of.span), typing)
        case "family":
            return typed_condition(s.Under(s.Path(("item", "family"), span=of.span), of.name, span=of.span), typing)


def _values(term: s.Term, typing: Typing) -> Iterator[m.TermValue]:
    for number, value in enumerate(term.values):
        made = _value(term, number, value, typing)
        if isinstance(made.value, Fraction) and made.value <= 0 and term.word in ("sales units", "minimum order"):
            typing.error("R0447", value.span, f"`{term.word}` of nothing asks for nothing", "write more than zero")
        yield made
    match term.values:
        case (s.TimeOfDay() as first, s.TimeOfDay() as last):
            if (first.hour, first.minute) >= (last.hour, last.minute):
                typing.error("R0448", term.span, "this window ends before it begins", "swap the two times")


def _value(term: s.Term, number: int, value: s.Literal_, typing: Typing) -> m.TermValue:
    found: str | Fraction | date
    match value:
        case s.Quantity(number=amount, unit=unit):
            if not term.word.startswith("term "):
                check_unit(unit, value.span, typing)
            found, dimension = amount.value, m.Dimension("quantity", unit)
        case s.Money(number=amount):
            check_currency(value, typing)
            found, dimension = amount.value, m.MONEY
        case s.Percent(points=points):
            found, dimension = points / 100, m.NUMBER
        case s.Date(value=day):
            found, dimension = day, m.DATE
        case s.TimeOfDay():
            found, dimension = minutes_of(value, typing.names), m.TIME
        case s.Text(value=text):
            if term.word == "delivery days" and text not in WEEKDAYS:
                typing.names.unknown("R0441", "weekday", text, value.span, WEEKDAYS)
            found, dimension = text, m.TEXT
        case s.Number(value=plain):
            days = term.word in ("lead time", "payment")
            found, dimension = plain, DAYS if days else m.NUMBER
    return m.TermValue(found, dimension, span=value.span)
