"""Values of tables in expressions: `table ppi at 1 month before quarter start` (5.6)."""

from __future__ import annotations

from rebates.model import nodes as m
from rebates.model.expressions import Typing, need_seasons
from rebates.model.moments import WINDOW_KEYS
from rebates.model.names import dimension_of
from rebates.model.tables import Table
from rebates.syntax import nodes as s
from rebates.syntax.source import Span

MASTER_TABLES = ("list_prices", "costs")  # of the fixed tables, those that an expression may read
MOST_BEFORE = 10_000

_UNITS = {name + plural: name for name in ("day", "week", "month", "quarter", "year") for plural in ("", "s")}
_UNITS |= {"half": "half", "halves": "half"}


def table_value(expr: s.TableValue, typing: Typing) -> m.TableValue | None:
    """The model of a table's value; None where an error was reported."""
    names = typing.names
    master = {name: names.master.tables[name] for name in MASTER_TABLES if name in names.master.tables}
    table = names.tables.get(expr.table) or master.get(expr.table)
    if table is None:
        names.unknown("R0204", "table", expr.table, expr.span, (*names.tables, *master))
        return None
    at = moment(expr.at, typing) if expr.at is not None else None
    columns = [
        column
        for column in table.schema.columns
        if column.role == "value" and column.kind in ("money", "number", "percent", "quantity")
    ]
    if len(columns) != 1:
        typing.error(
            "R0395",
            expr.span,
            f"table `{expr.table}` has {len(columns)} columns of numbers or money; an expression reads one",
            "declare the one column that is meant, and leave out the others",
        )
        return None
    keys = table_keys(table, expr.span, typing)
    if keys is None or (expr.at is not None and at is None):
        return None
    [column] = columns
    if column.with_tax and not taxed(expr.table, expr.span, typing):
        return None
    dimension = dimension_of(column.kind, column.unit)
    per_item = any(isinstance(key, m.Attribute) and key.path == "item.id" for key in keys) or "unit" in keys
    if dimension == m.MONEY and per_item:
        dimension = m.PRICE
    return m.TableValue(expr.table, keys, column.name, dimension, at, column.with_tax, span=expr.span)


def taxed(table: str, span: Span, typing: Typing) -> bool:
    """Reports a table that includes tax where the agreement does not say the rates; True where it does."""
    if typing.names.tax:
        return True
    typing.error(
        "R0398",
        span,
        f"table `{table}` includes tax, and nothing says the tax rate of an item",
        "add `tax rate item.vat`",
    )
    return False


def table_keys(table: Table, span: Span, typing: Typing) -> tuple[m.TableKey, ...] | None:
    """Where the value of each key column of a table comes from; None where nothing says what a column means."""
    keys: list[m.TableKey] = []
    for column in table.schema.keys:
        if column.name in ("unit", "group", "currency"):
            keys.append(column.name)  # type: ignore[arg-type]  # one of the two words
            continue
        attribute = typing.names.named(column.name)
        if attribute is not None:
            keys.append(attribute)
        elif column.name in WINDOW_KEYS:
            keys.append(column.name)  # type: ignore[arg-type]  # one of the windows
        else:
            typing.error(
                "R0310",
                span,
                f"nothing says what the key `{column.name}` of table `{table.name}` means",
                f"name it account, group, item, family, class, unit, currency or month, or declare `attribute order.{column.name} text`",
            )
            return None
    return tuple(keys)


def moment(at: s.Moment, typing: Typing) -> m.Moment | None:
    """The model of a moment; None where an error was reported."""
    if at.event is not None and at.event.startswith("season "):
        need_seasons(at.span, typing)
    if at.unit is None:
        return m.Moment(at.day, at.event, span=at.span)
    unit = _UNITS.get(at.unit)
    if unit is None:
        typing.names.unknown("R0396", "unit of time", at.unit, at.span, _UNITS)
        return None
    if at.count > MOST_BEFORE:
        typing.error("R0397", at.span, f"{at.count} {at.unit} lie beyond any table", f"write at most {MOST_BEFORE}")
        return None
    return m.Moment(at.day, at.event, at.count, unit, span=at.span)
