"""The amounts of a quote beside which there is nothing to say: no guard, term, total, class, charge or free good.

Such a quote is `priced`, and its amounts as integers are all that a caller needs who asked for no explanation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rebates.compile import Amounts
from rebates.engine.orders import day_of
from rebates.model.orders import OrderIn

if TYPE_CHECKING:
    from rebates.engine.quote import Quote


@dataclass(frozen=True, slots=True)
class PlainAmounts:
    """List, gross, net and invoice value of each line in units of the `digits`; the total is the sum of the last."""

    currency: str
    digits: int
    amounts: Sequence[Amounts]


def plain_amounts(quote: Quote) -> PlainAmounts | None:
    """The amounts alone, or None where there is more to say or where they were not made by the shortest way."""
    if "priced" in quote.__dict__:
        return None
    day = day_of(quote.order.date, quote.book.ground.zones)
    priced = quote.book.compiled.priced(OrderIn(quote.order.account, day, ()), quote.amounts)
    book = priced.book
    terms = book.terms
    if terms.guards or terms.totals or book.classes or terms.rounding.order_step is not None:
        return None
    if any(each.terms for each in terms.agreements):
        return None
    return PlainAmounts(terms.currency, terms.digits, quote.amounts)
