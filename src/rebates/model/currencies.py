"""Exchange rates: the rate of a day (2.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.moments import moment_day
from rebates.model.tables import Row, Table


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
