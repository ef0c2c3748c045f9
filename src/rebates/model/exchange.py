"""The table of exchange rates that an agreement names (2.1)."""

from __future__ import annotations

from rebates.model import nodes as m
from rebates.model.expressions import Typing
from rebates.model.master_checks import check_rates
from rebates.model.table_values import moment
from rebates.syntax import nodes as s

MASTER_TABLE = "exchange_rates"


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
