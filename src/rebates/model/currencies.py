"""Exchange rates: the table that an agreement names, and the rate of a day (2.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.expressions import Typing
from rebates.model.master_checks import check_rates
from rebates.model.moments import moment_day
from rebates.model.table_values import moment
from rebates.model.tables import Row, Table
from rebates.syntax import nodes as s

MASTER_TABLE = "exchange_rates"


@dataclass(frozen=True, slots=True)
class Rate:
    """So much of the agreement's currency is one of the other; an inverse rate was stated the other way round."""

    value: Fraction
    row: Row
    inverse: bool

    @property
    def source(self) -> str | None:
        """Who published it."""
        stated = self.row.cells.get("source")
        return str(stated) if stated is not None else None


def rate_on(table: Table, other: str, own: str, day: date) -> Rate | None:
    """The rate from another currency into one's own: its row, else the inverse of the row the other way round."""
    for inverse, pair in enumerate(({"from": other, "to": own}, {"from": own, "to": other})):
        row = table.lookup(tuple(pair[column.name] for column in table.schema.keys), day)
        stated = None if row is None else row.cells["rate"]
        if row is not None and isinstance(stated, Fraction) and stated > 0:
            return Rate(1 / stated if inverse else stated, row, bool(inverse))
    return None


def exchange_day(agreement: m.Agreement, order: date, days: Mapping[str, date]) -> date:
    """The day whose rate counts: the order day, or the moment that the agreement says, around the order day."""
    at = agreement.exchange.at if agreement.exchange is not None else None
    return order if at is None else moment_day(at, order, order, days, agreement)


def exchange_of(found: s.ExchangeRates | None, typing: Typing) -> m.Exchange | None:
    """The exchange rates that an agreement names."""
    if found is None:
        return None
    names = typing.names
    table = names.tables.get(found.table) or names.master.tables.get(found.table)
    if table is None:
        known = {*names.tables, *([MASTER_TABLE] if MASTER_TABLE in names.master.tables else [])}
        names.unknown("R0204", "table", found.table, found.span, known)
        return None
    keys = {column.name for column in table.schema.keys}
    if keys != {"from", "to"} or not any(c.name == "rate" and c.kind == "number" for c in table.schema.columns):
        typing.error(
            "R0427",
            found.span,
            f"table `{found.table}` holds no exchange rates",
            "declare it with the keys `from` and `to`, a number `rate`, dates and, if known, a text `source`",
        )
        return None
    if found.table != MASTER_TABLE:
        check_rates(table, names.report)
    at = moment(found.at, typing) if found.at is not None else None
    return m.Exchange(found.table, at, span=found.span)
