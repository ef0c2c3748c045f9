"""Amounts of tables and of the text as the agreement reckons them: in its currency, without tax (calculation 69, 70)."""

from __future__ import annotations

from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.currencies import exchange_day, rate_on
from rebates.model.outcome import NoData
from rebates.reference.context import Line, Part, attribute


def exchanged(part: Part, agreement: m.Agreement, amount: Fraction, currency: str | None) -> Fraction:
    """The amount in the agreement's currency; NoData where no rate holds on the day."""
    if currency is None or currency == part.currency:
        return amount
    assert agreement.exchange is not None
    tables = {**part.rules.master.tables, **part.rules.tables}
    day = exchange_day(agreement, part.order.day, part.order.days)
    rate = rate_on(tables[agreement.exchange.table], currency, part.currency, day)
    if rate is None:
        raise NoData(
            "R0555",
            f"table `{agreement.exchange.table}` has no rate of {currency} for {day}",
            "date",
            f"add a row from {currency} to {part.currency} that holds on that day",
        )
    return amount * rate.value


def tax_factor(part: Part, agreement: m.Agreement, line: Line) -> Fraction:
    """1 and the tax rate of the line's item."""
    assert agreement.tax is not None
    rate = attribute(part, line, agreement.tax)
    if not isinstance(rate, Fraction):
        raise NoData(
            "R0558",
            f"item `{line.given.item}` has no tax rate `{agreement.tax.path}`",
            f"lines[{line.index}].item",
            f"write it into the table `items`, or give `{agreement.tax.path}` a default",
        )
    return 1 + rate
