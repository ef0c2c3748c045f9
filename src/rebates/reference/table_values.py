"""The value of a table in an expression (calculation 67, 68)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.calendar import window_key
from rebates.model.moments import WINDOW_KEYS, moment_day
from rebates.model.outcome import NoData
from rebates.model.tables import Row
from rebates.reference.context import Line, Part, View, attribute, unit_factor
from rebates.reference.money_of import exchanged, tax_factor


def day_of(at: m.Moment | None, view: View) -> date:
    """The day a table is read on."""
    if at is None:
        return view.day()
    order = view.part.order
    return moment_day(at, view.day(), order.day, order.days, view.agreement)


def table_value(expr: m.TableValue, view: View, line: Line | None, per: str | None) -> Fraction | None:
    """The value of the row that fits; None where the table does not have the key, NoData where it lacks the day."""
    part = view.part
    table = part.rules.tables.get(expr.table) or part.rules.master.tables[expr.table]
    day = day_of(expr.at, view)
    names = [column.name for column in table.schema.keys]
    listed = False
    rows: list[tuple[bool, Fraction, str | None]] = []
    for row in table.rows():
        amount = row.cells[expr.column]
        if not isinstance(amount, Fraction) or not _fits(row, names, expr, view, line):
            continue
        listed = True
        if not row.holds(day) or not _of_day(row, names, expr, day):
            continue
        if expr.dimension != m.PRICE:
            rows.append((False, amount, currency_of(row, part)))
            continue
        assert line is not None
        unit = row.cells.get("unit") if "unit" in expr.keys else None
        stated = str(unit) if unit is not None else line.base_unit
        factor = part.rules.master.factor(line.given.item, stated, part.order.day, line.base_unit)
        if factor is not None:
            rows.append((stated != line.given.unit, amount / factor, currency_of(row, part)))
    if view.agreement.exchange is None:
        rows = [one for one in rows if one[2] is None]
    if rows:
        # rows in the own currency go before others
        rows = [one for one in rows if one[2] is None] or rows
        value = min((unit, exchanged(part, view.agreement, one, currency)) for unit, one, currency in rows)[1]
        if expr.with_tax:
            assert line is not None
            value /= tax_factor(part, view.agreement, line)
        if expr.dimension != m.PRICE:
            return value
        assert line is not None
        return value * (line.factor if per is None else unit_factor(part, line, per))
    if listed:
        raise NoData(
            "R0557",
            f"table `{expr.table}` has no row for {day}",
            "date",
            "add a row that holds on that day, or write `(table … otherwise …)`",
        )
    return None


def currency_of(row: Row, part: Part) -> str | None:
    """The currency of a row's money, where it is not that of the agreement."""
    stated = row.cells.get("currency")
    return None if stated is None or stated == part.currency else str(stated)


def _fits(row: Row, names: list[str], expr: m.TableValue, view: View, line: Line | None) -> bool:
    """Whether a row is of the line and the account, whatever its day and unit."""
    groups = view.part.rules.master.groups(view.part.order.account, view.part.order.day)
    for name, key in zip(names, expr.keys, strict=True):
        cell = row.cells[name]
        if isinstance(key, m.Attribute) and (cell is None or cell != attribute(view.part, line, key)):
            return False
        if key == "group" and cell not in groups:
            return False
    return True


def _of_day(row: Row, names: list[str], expr: m.TableValue, day: date) -> bool:
    """Whether a row that names its month, quarter or year is that of the day."""
    keys = zip(names, expr.keys, strict=True)
    return all(row.cells[name] == window_key(str(key), day) for name, key in keys if key in WINDOW_KEYS)


def unknown_key(expr: m.TableValue, view: View, line: Line | None) -> str:
    """The path of the first key attribute that nobody knows; empty where all are known."""
    attributes = [key for key in expr.keys if isinstance(key, m.Attribute)]
    return next((key.path for key in attributes if attribute(view.part, line, key) is None), "")
