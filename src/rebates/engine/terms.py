"""The terms of a quote, and the breaks that keep it from being placed (7.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from rebates.engine.wording import amendment_text, words
from rebates.model import nodes as m
from rebates.model.exact import ExactError, decimal_text, grouped
from rebates.model.outcome import BreakOut

if TYPE_CHECKING:
    from rebates.engine.quote import Quote


@dataclass(frozen=True, slots=True)
class QuoteTerm:
    """A term that speaks for the order. `values` are typed: (`money`, `IDR 5000000`), (`quantity`, `20 carton`)."""

    word: str
    text: str  # as it stands in the agreement
    values: tuple[tuple[str, str], ...]
    agreement: str
    place: str


@dataclass(frozen=True, slots=True)
class QuoteBreak:
    """A term that the order breaks. `line` counts from 0, None is the order; `allowed` is the next allowed value."""

    code: str
    word: str
    line: int | None
    message: str
    allowed: str | None
    place: str

    def __str__(self) -> str:
        where = "order" if self.line is None else f"line {self.line + 1}"
        return f"{where}: {self.message} [{self.code}]"


def quote_terms(quote: Quote) -> Iterator[QuoteTerm]:
    """Every term that speaks, by agreement and place."""
    nodes = _nodes(quote)
    for id in quote.priced.terms.stated:
        yield stated_term(nodes[id], quote.currency)


def stated_term(term: m.Term, currency: str) -> QuoteTerm:
    """A term as it stands, its values typed."""
    values = tuple((value.dimension.kind, _typed(value, currency)) for value in term.values)
    return QuoteTerm(term.word, words(term.span.text), values, term.agreement, _place(term))


def quote_breaks(quote: Quote) -> Iterator[QuoteBreak]:
    """Every break, with the next allowed quantity or date."""
    nodes = _nodes(quote)
    for found in quote.priced.terms.breaks:
        term = nodes[found.term]
        allowed = _allowed(found, term, quote)
        yield QuoteBreak(
            found.code, term.word, found.line, _message(found, term, allowed, quote), allowed, _place(term)
        )


def _nodes(quote: Quote) -> dict[str, m.Term]:
    return {term.id: term for agreement in quote.priced.book.terms.agreements for term in agreement.terms}


def _place(term: m.Term) -> str:
    place = f"{term.span.source.name}:{term.span.line}"
    return place if term.amended is None else f"{place}, {amendment_text(term.amended)}"


def _typed(value: m.TermValue, currency: str) -> str:
    match value.value:
        case Fraction() as number if value.dimension.kind == "time":
            return f"{int(number) // 60:02}:{int(number) % 60:02}"
        case Fraction() as number:
            unit = f" {value.dimension.unit}" if value.dimension.unit is not None else ""
            money = f"{currency} " if value.dimension == m.MONEY else ""
            return f"{money}{decimal_text(number)}{unit}"
        case other:
            return str(other)


def _allowed(found: BreakOut, term: m.Term, quote: Quote) -> str | None:
    match found.allowed:
        case Fraction() as number:
            own = term.values[0].dimension
            if own == m.MONEY:
                return f"{quote.currency} {grouped(number, quote.priced.digits)}"
            unit = own.unit if found.line is None else quote.given.lines[found.line].unit
            try:
                return f"{decimal_text(number)} {unit}"
            except ExactError:
                return f"{number.numerator}/{number.denominator} {unit}"
        case date() as day:
            return day.isoformat()
        case None:
            return None


def _message(found: BreakOut, term: m.Term, allowed: str | None, quote: Quote) -> str:
    said = words(term.span.text)
    match found.code:
        case "R0560":
            assert found.line is not None
            return f"{quote.lines[found.line].quantity} breaks `{said}`: the next allowed quantity is {allowed}"
        case "R0561":
            least = (
                "the least allowed quantity" if found.line is not None and term.values[0].dimension.unit else "at least"
            )
            return (
                f"less than `{said}`: {least} is {allowed}"
                if least != "at least"
                else f"less than `{said}`: order for {allowed} or more"
            )
        case "R0562":
            return f"delivery on {quote.given.days['delivery']} breaks `{said}`: the next allowed date is {allowed}"
        case "R0563":
            return f"no delivery on {quote.given.days['delivery']}, `{said}`: the next allowed date is {allowed}"
        case _:
            return f"the delivery hour lies outside `{said}`"
