"""The exchange rates behind the amounts of a line, for its explanation: rate, date and source (2.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from rebates.model import nodes as m
from rebates.model.currencies import Rate, exchange_day, rate_on
from rebates.plan.reads import nodes_in

if TYPE_CHECKING:
    from rebates.engine.quote import Quote


@dataclass(frozen=True, slots=True)
class RateUsed:
    """One of `currency` is so much of the quote's."""

    currency: str
    own: str
    day: date
    rate: Rate

    @property
    def words(self) -> str:
        """`USD 1 = EUR 0.92 on 2026-03-10, ECB` as the row states it."""
        first, second = (self.own, self.currency) if self.rate.inverse else (self.currency, self.own)
        source = f", {self.rate.source}" if self.rate.source else ""
        return f"{first} 1 = {second} {_shown(self.stated)} on {self.day}{source}"

    @property
    def stated(self) -> Fraction:
        """The rate as the row states it."""
        return 1 / self.rate.value if self.rate.inverse else self.rate.value


def _shown(value: Fraction) -> str:
    from rebates.model.exact import decimal_text

    return decimal_text(value)


def rates_of(quote: Quote, index: int, manager: bool) -> Iterator[RateUsed]:
    """The rates of the currencies that the line's list price, cost, prices, discounts and charges stand in."""
    agreements = {a.name: a for a in quote.book.rules.agreements if a.name in quote.outcome.agreements}
    first = agreements[quote.outcome.agreements[0]]
    if first.exchange is None:
        return
    day = exchange_day(first, quote.given.day, quote.given.days)
    table = quote.book.rules.tables.get(first.exchange.table) or quote.book.rules.master.tables[first.exchange.table]
    for currency in sorted(set(_currencies(quote, index, manager)) - {quote.currency}):
        rate = rate_on(table, currency, quote.currency, day)
        if rate is not None:
            yield RateUsed(currency, quote.currency, day, rate)


def _currencies(quote: Quote, index: int, manager: bool) -> Iterator[str]:
    line, out, master = quote.given.lines[index], quote.outcome.lines[index], quote.book.rules.master
    for shown, of in ((True, master.list_price), (manager, master.cost)):
        found = of(line.item, line.unit, quote.given.day, quote.currency, True) if shown else None
        if found is not None and found.currency is not None:
            yield found.currency
    taken = {id for step in out.steps for id, _ in step.parts} | {id for id, _ in out.charges} | {out.price_rule}
    for id in taken:
        rule = quote.rules.get(id or "")
        for node in nodes_in(rule) if rule is not None else ():
            if isinstance(node, m.Exchanged):
                yield node.currency
            elif isinstance(node, m.TableValue):
                yield from _of_table(quote, node.table, line.item)
    row = quote.price_row(index)
    if row is not None and row.cells.get("currency") is not None:
        yield str(row.cells["currency"])


def _of_table(quote: Quote, name: str, item: str) -> Iterator[str]:
    """The currencies of a table's rows for the item on the day; where it is kept by item."""
    rules = quote.book.rules
    table = rules.tables.get(name) or rules.master.tables[name]
    for row in table.rows() if any(column.name == "currency" for column in table.schema.columns) else ():
        if row.cells.get("currency") is not None and row.cells.get("item", item) == item and row.holds(quote.given.day):
            yield str(row.cells["currency"])
