"""Amounts in the agreement's currency and without tax, as far as account, day and item settle them (69, 70)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from rebates.model.currencies import exchange_day, rate_on
from rebates.model.nodes import Agreement
from rebates.model.outcome import NoData
from rebates.plan.nodes import Book

if TYPE_CHECKING:
    from rebates.plan.conditions import Known


def in_own_currency(amount: Fraction, currency: str | None, agreement: Agreement, book: Book) -> Fraction:
    """The amount in the agreement's currency; NoData (R0555) where no rate holds on the day."""
    own = book.terms.currency
    if currency is None or currency == own:
        return amount
    exchange = agreement.exchange
    assert exchange is not None
    day = exchange_day(agreement, book.day, book.days)
    table = book.facts.tables.get(exchange.table)
    if table is None:
        table = book.facts.master.tables[exchange.table]
    rate = rate_on(table, currency, own, day)
    if rate is None:
        raise NoData(
            "R0555",
            f"no rate from {currency} to {own} holds on {day.isoformat()}",
            "date",
            f"add a row from {currency} to {own} to the table `{exchange.table}`",
        )
    return amount * rate.value


def taxed_share(agreement: Agreement, known: Known, where: str) -> Fraction:
    """What an amount with tax is of one without: 1 and the rate of the item; R0558 without a rate."""
    assert agreement.tax is not None
    assert known.item is not None
    rate = known.read(agreement.tax)
    if not isinstance(rate, Fraction):
        raise NoData(
            "R0558",
            f"`{known.item.id}` has no tax rate: `{agreement.tax.path}` is not known",
            f"{where}.item",
            f"write it into the table `items`, or give `{agreement.tax.path}` a default",
        )
    return 1 + rate
