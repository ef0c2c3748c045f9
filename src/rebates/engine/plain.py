"""Orders beside whose amounts there is nothing to say: no guard, term, total, class, charge or free good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rebates.model.orders import OrderIn

if TYPE_CHECKING:
    from rebates.engine.book import Book


@dataclass(frozen=True, slots=True)
class PlainTerms:
    """How amounts are written: their currency, and the digits that they are rounded to."""

    currency: str
    digits: int


def plain_terms(book: Book, account: str, day: date) -> PlainTerms | None:
    """What is known of an account on a day on which nothing but amounts can be said of an order that `book.quick` prices.

    Such an order is `priced`, its amounts are all of it, and their sum is its total. None where there may be more to say. Raises
    OrderError (R0501, R0502, R0508).
    """
    priced = book.compiled.priced(OrderIn(account, day, ()), ())
    terms = priced.book.terms
    if terms.guards or terms.totals or priced.book.classes or terms.rounding.order_step is not None:
        return None
    if any(each.terms for each in terms.agreements):
        return None
    return PlainTerms(terms.currency, terms.digits)
