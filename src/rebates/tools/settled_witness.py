"""The smallest value of a measure that shows what is said of a rule that is settled, and what the rule comes to there.

Every amount is what the engine settles for that value, so that what is shown is what would be paid. A rule whose tiers
or rows do not read a measure by its name, or which pays something else than money, has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from rebates.compile.settle import HistoryErrors, earned
from rebates.engine.book import Book
from rebates.engine.settle import due_of
from rebates.engine.settled_words import explained_due
from rebates.model import nodes as m
from rebates.model.case_findings import holes, overlaps
from rebates.model.exact import ExactError, grouped
from rebates.model.findings import dead_zone
from rebates.model.money import minor_digits
from rebates.model.outcome import OrderError
from rebates.model.rebates import Rebate
from rebates.model.settlement import Due
from rebates.syntax.diagnostics import Diagnostic

_TRIED = 3  # values from the edge of a dead zone on


@dataclass(frozen=True, slots=True)
class Story:
    """What was given and what the rule then comes to, in words and as an `example`."""

    waterfall: str
    example: str


def settled_witness(book: Book, agreement: m.Agreement, rule: Rebate, one: Diagnostic, title: str) -> Story | None:
    """The story that shows a finding about a rule; None where there is none to be told."""
    if rule.pays != "money":
        return None
    for measure, value in _tried(agreement, rule, one):
        if not isinstance(measure, m.MeasureRef):
            continue
        due = _earned(book, agreement, rule, measure, value)
        said = said_value(measure.dimension, value, agreement.currency)
        if due is None or said is None or not _shows(book, agreement, rule, one, measure, value, due):
            continue
        try:
            paid = f"{agreement.currency} {grouped(due.total, agreement.digits)}" if due.total else "nothing"
        except ExactError:
            continue
        given, expected = f"given {measure.name} {said}", f"expect {rule.kind} {rule.name} {paid}"
        shown = [f"{measure.name} {said}", *explained_due(due_of(agreement, due))]
        return Story("\n".join(shown), f'example "{title}" {{\n  {given}\n  {expected}\n}}')
    return None


def _tried(agreement: m.Agreement, rule: Rebate, one: Diagnostic) -> Iterator[tuple[m.Expr, Fraction]]:
    """Measures and values that may show the finding, the smallest first."""
    worth = rule.worth
    if isinstance(worth, m.Tiers):
        place = _place(worth, one)
        if place is None:
            return
        row, step = worth.rows[place], step_of(agreement, worth.measure)
        edge = dead_zone(worth, row.threshold) if one.code == "R0350" else None
        if edge is None:
            yield worth.measure, row.threshold + step if row.above else row.threshold
        for further in range(_TRIED if edge is not None else 0):  # what is paid is rounded
            assert edge is not None
            yield worth.measure, (edge // step + 1 + further) * step
        return
    for zone in (*overlaps(rule), *holes(rule)):
        step = step_of(agreement, zone.measure)
        for value in (zone.begin[1], zone.begin[1] + step):
            if zone.row.span == one.span and zone.holds(value):
                yield zone.measure, value


def _shows(
    book: Book, agreement: m.Agreement, rule: Rebate, one: Diagnostic, measure: m.MeasureRef, value: Fraction, due: Due
) -> bool:
    """Whether what the rule comes to shows the finding."""
    worth = rule.worth
    if not isinstance(worth, m.Tiers) or (place := _place(worth, one)) is None:
        return True
    if one.code != "R0350":
        return due.tier == place
    threshold = worth.rows[place].threshold
    beyond = threshold + step_of(agreement, measure) if worth.rows[place].above else threshold
    reached = _earned(book, agreement, rule, measure, beyond)
    return reached is not None and value - due.total > beyond - reached.total


def _place(worth: m.Tiers, one: Diagnostic) -> int | None:
    return next((place for place, row in enumerate(worth.rows) if row.span == one.span), None)


def step_of(agreement: m.Agreement, measure: m.Expr) -> Fraction:
    """The least by which the measure grows, as it is written."""
    if isinstance(measure, m.MeasureRef) and measure.dimension == m.MONEY:
        return Fraction(1, 10 ** minor_digits(agreement.currency))
    return Fraction(1)


def _earned(book: Book, agreement: m.Agreement, rule: Rebate, measure: m.MeasureRef, value: Fraction) -> Due | None:
    try:
        rows = earned(book.rules, agreement.name, (), {f"{agreement.name}.{measure.name}": value})
    except (HistoryErrors, OrderError):
        return None
    mine = [due for due in rows if due.rule == rule.id]
    return mine[-1] if len({(due.earner, due.payee) for due in mine}) == 1 else None


def said_value(dimension: m.Dimension, value: Fraction, currency: str) -> str | None:
    """A value of a measure as an example gives it."""
    match dimension.kind:
        case "money":
            digits = minor_digits(currency)
            return f"{currency} {grouped(value, 0 if value.denominator == 1 else digits)}"
        case "quantity" if dimension.unit is not None:
            return f"{grouped(value)} {dimension.unit}"
        case "number":
            return grouped(value)
        case _:
            return None
