"""What must hold between the rows of master data; every slip is told with its file and row."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from fractions import Fraction
from functools import partial

from rebates.model.conversions import Ratio, first_conflict
from rebates.model.exact import ExactError, decimal_text
from rebates.model.money import is_currency
from rebates.model.tables import Row, Slips, Table
from rebates.syntax.diagnostics import Report
from rebates.syntax.suggest import nearest

Tables = Mapping[str, Table]


def check_master(tables: Tables, report: Report) -> None:
    """Parents and circles of them, names of other tables, conversions, and prices that stand twice."""
    _check_parents(tables, "accounts", report)
    _check_parents(tables, "families", report)
    _check_known(tables, "memberships", "account", "accounts", "account", report)
    _check_known(tables, "items", "family", "families", "family", report)
    for name in ("units", "list_prices", "costs"):
        _check_known(tables, name, "item", "items", "item", report)
    _check_units(tables, report)
    _check_prices(tables, "list_prices", report)
    _check_prices(tables, "costs", report)
    if "exchange_rates" in tables:
        check_rates(tables["exchange_rates"], report)


def _rows(tables: Tables, name: str) -> list[Row]:
    return list(tables[name].rows()) if name in tables else []


def _text(row: Row, name: str) -> str | None:
    value = row.cells.get(name)
    return str(value) if value is not None else None


def _unknown(
    slips: Slips, table: Table, row: Row, column: str, value: str, word: str, known: Collection[str], home: str
) -> None:
    near = nearest(value, known) if slips.are_shown else ()
    help = f"did you mean `{near[0]}`?" if near else f"add a row for it to the table `{home}`"
    message = f"row {row.number} of table `{table.name}`: {word} `{value}` is unknown"
    slips.add("R0420", partial(table.place, row, column), message, help)


def _check_known(tables: Tables, name: str, column: str, home: str, word: str, report: Report) -> None:
    """Every value of a column has its row in the table that is its home, if there is one."""
    if name not in tables or home not in tables:
        return
    table, known = tables[name], {str(row.cells["id"]) for row in tables[home].rows()}
    slips = Slips(report, name)
    for row in table.rows():
        value = _text(row, column)
        if value is not None and value not in known:
            _unknown(slips, table, row, column, value, word, known, home)
    slips.close()


def _check_parents(tables: Tables, name: str, report: Report) -> None:
    """Every parent has its row, and nothing lies above itself (5.5)."""
    if name not in tables:
        return
    table = tables[name]
    rows = {str(row.cells["id"]): row for row in table.rows()}
    slips = Slips(report, name)
    settled: set[str] = set()
    for id, row in rows.items():
        parent = _text(row, "parent")
        if parent is not None and parent not in rows:
            _unknown(slips, table, row, "parent", parent, "parent", rows, name)
        path: list[str] = []
        at: str | None = id
        while at is not None and at in rows and at not in settled:
            if at in path:
                circle = " under ".join(f"`{each}`" for each in [*path[path.index(at) :], at][:8])
                message = f"row {rows[at].number} of table `{name}`: `{at}` lies above itself: {circle}"
                slips.add("R0422", partial(table.place, rows[at], "parent"), message, "break the circle of parents")
                break
            path.append(at)
            at = _text(rows[at], "parent")
        settled.update(path)
    slips.close()


def _check_units(tables: Tables, report: Report) -> None:
    """Factors are above zero, and the conversions of an item agree, whatever way they are chained (1.2)."""
    if "units" not in tables:
        return
    table, slips = tables["units"], Slips(report, "units")
    bases = {str(row.cells["id"]): _text(row, "base_unit") for row in _rows(tables, "items")}
    by_item: dict[str | None, list[Row]] = {}
    for row in table.rows():
        factor = row.cells["factor"]
        if isinstance(factor, Fraction) and factor > 0:
            by_item.setdefault(_text(row, "item"), []).append(row)
        else:
            said = "the factor is missing" if factor is None else f"a factor of {_short(factor)} cannot be"
            message = f"row {row.number} of table `units`: {said}"
            slips.add("R0421", partial(table.place, row, "factor"), message, "write how many one unit is, above zero")
    for item, rows in by_item.items():
        base = "the base unit" if item is None else bases.get(item) or "piece"
        told: set[int] = set()
        for day in sorted({row.first or date.min for row in rows}):
            held = [row for row in rows if row.holds(day) and row.number not in told]
            place = first_conflict(_ratio(row, base) for row in held)
            while place is not None:
                row = held.pop(place)
                told.add(row.number)
                left, right, factor = _ratio(row, base)
                message = f"row {row.number} of table `units`: 1 {left} = {_short(factor)} {right} contradicts other conversions"
                help = "mend it, or the rows that lead to another factor; or give them dates that do not overlap"
                slips.add("R0423", partial(table.place, row, "factor"), message, help)
                place = first_conflict(_ratio(row, base) for row in held)
    slips.close()


def _ratio(row: Row, base: str) -> Ratio:
    factor = row.cells["factor"]
    assert isinstance(factor, Fraction)
    return str(row.cells["unit"]), _text(row, "of") or base, factor


def check_rates(table: Table, report: Report) -> None:
    """Every exchange rate is of two currencies and above zero (2.1)."""
    slips = Slips(report, table.name)
    for row in table.rows():
        for column in ("from", "to"):
            code = str(row.cells[column])
            if not is_currency(code):
                message = f"row {row.number} of table `{table.name}`: `{code}` is no currency such as `EUR`"
                slips.add("R0424", partial(table.place, row, column), message, "write a currency of ISO 4217")
        rate = row.cells["rate"]
        if not isinstance(rate, Fraction) or rate <= 0:
            said = "the rate is missing" if rate is None else f"a rate of {_short(rate)} cannot be"
            message = f"row {row.number} of table `{table.name}`: {said}"
            slips.add("R0425", partial(table.place, row, "rate"), message, "write how much of `to` one of `from` is")
    slips.close()


def _short(value: object) -> str:
    if not isinstance(value, Fraction):
        return str(value)
    try:
        return decimal_text(value)
    except ExactError:
        return str(value)


def _check_prices(tables: Tables, name: str, report: Report) -> None:
    """An item has one price for a unit, currency and day, also where a row leaves the unit to the item."""
    if name not in tables:
        return
    table, slips = tables[name], Slips(report, name)
    bases = {str(row.cells["id"]): _text(row, "base_unit") or "piece" for row in _rows(tables, "items")}
    left_open: dict[tuple[str | None, str | None], list[Row]] = {}
    for row in table.rows():
        if _text(row, "unit") is None:
            left_open.setdefault((_text(row, "item"), _text(row, "currency")), []).append(row)
    for row in table.rows() if left_open else ():
        item = str(row.cells["item"])
        if row.cells["unit"] is None or row.cells["unit"] != bases.get(item):
            continue
        for other in left_open.get((item, _text(row, "currency")), ()):
            if row.overlaps(other):
                message = f"row {row.number} repeats the key of row {other.number}: item `{item}` by its base unit"
                slips.add("R0405", partial(table.place, row, "unit"), message, "keep one of them")
                break
    slips.close()
