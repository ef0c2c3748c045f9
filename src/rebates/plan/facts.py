"""Master data and tables as the plan asks for them: one day, one account, one item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from rebates.model.calendar import parse_date, window_key
from rebates.model.exact import parse_number
from rebates.model.master import Item, Master, Price
from rebates.model.moments import WINDOW_KEYS
from rebates.model.nodes import Attribute, Dimension, PriceTable, TableValue
from rebates.model.outcome import NoData
from rebates.model.tables import Row, Table

AttributeText = str | Fraction | date


@dataclass(frozen=True, slots=True)
class RowFound:
    """A row of a price table that fits a line: its money per `unit` (None: base unit), or a percent."""

    value: Fraction
    percent: bool
    unit: str | None
    file: str
    row: int
    currency: str | None = None  # of its money, where it is not that of the agreement


@dataclass(frozen=True, slots=True, eq=False)
class AccountFacts:
    """An account on a day."""

    id: str
    line_up: tuple[str, ...]  # itself and all above it
    groups: frozenset[str]
    attributes: Mapping[str, object]

    @property
    def topmost(self) -> str:
        return self.line_up[-1]

    def read(self, attribute: Attribute) -> AttributeText | None:
        if attribute.name == "id":
            return self.id
        return typed(self.attributes.get(attribute.name), attribute)


@dataclass(frozen=True, slots=True, eq=False)
class ItemFacts:
    """An item as it is ordered; without an `items` table its base unit is the ordered one."""

    id: str
    base_unit: str
    item: Item | None

    def read(self, attribute: Attribute) -> AttributeText | None:
        if attribute.name == "id":
            return self.id
        if self.item is None:
            return None
        if attribute.name == "family":
            return self.item.family
        if attribute.name == "base_unit":
            return self.base_unit
        return typed(self.item.attributes.get(attribute.name), attribute)


def typed(value: object, attribute: Attribute) -> AttributeText | None:
    """A value of master data as its attribute declares it; open columns come as text (7.1)."""
    kind = attribute.dimension.kind
    if isinstance(value, str) and kind not in ("text", "date"):
        return parse_number(value[:-1].rstrip()) / 100 if value.endswith("%") else parse_number(value)
    if isinstance(value, str) and kind == "date":
        return parse_date(value)
    assert value is None or isinstance(value, str | Fraction | date)
    return value


class Facts:
    """The master data and tables of a rule set, read by day."""

    __slots__ = ("_rows", "_units", "master", "tables")

    def __init__(self, master: Master, tables: Mapping[str, Table]) -> None:
        self.master, self.tables = master, tables
        self._units: dict[str, tuple[str, ...]] = {}
        self._rows: dict[str, dict[tuple[object, ...], list[Row]]] = {}

    def account(self, id: str, day: date, overlay: Mapping[str, AttributeText]) -> AccountFacts | None:
        """The account, what the caller says of it laid over its own attributes; None if unknown."""
        known = self.master.account(id)
        if known is None:
            return None
        attributes = {**known.attributes, **overlay}
        return AccountFacts(id, (id, *self.master.ancestors(id)), self.master.groups(id, day), attributes)

    def item(self, id: str, unit: str) -> ItemFacts | None:
        """The item; None if there is an `items` table without it."""
        known = self.master.item(id)
        if known is None and self.master.has_items:
            return None
        return ItemFacts(id, known.base_unit if known is not None else unit, known)

    def convert(self, item: str, ordered: str, unit: str, day: date) -> Fraction | None:
        """How many of `unit` are in one ordered unit (1.2); None without a conversion."""
        if ordered == unit:
            return Fraction(1)
        one, other = self.master.factor(item, ordered, day, ordered), self.master.factor(item, unit, day, ordered)
        return None if one is None or other is None else one / other

    def list_price(
        self, item: str, unit: str, day: date, currency: str, others: bool
    ) -> tuple[Fraction, str | None] | None:
        """The list price per ordered unit, exact, and its currency if that is another."""
        return self._per_ordered(self.master.list_price(item, unit, day, currency, others), item, unit, day)

    def cost(self, item: str, unit: str, day: date, currency: str, others: bool) -> tuple[Fraction, str | None] | None:
        """The cost per ordered unit, exact, and its currency if that is another."""
        return self._per_ordered(self.master.cost(item, unit, day, currency, others), item, unit, day)

    def _per_ordered(self, found: Price | None, item: str, unit: str, day: date) -> tuple[Fraction, str | None] | None:
        factor = None if found is None else self.convert(item, unit, found.unit, day)
        return None if found is None or factor is None else (found.amount * factor, found.currency)

    def is_under(self, attribute: Attribute, value: AttributeText, ancestor: str) -> bool:
        """Whether the family is the ancestor or lies below it; of another text `A/B` lies under `A`."""
        assert isinstance(value, str)
        if (attribute.subject, attribute.name) == ("item", "family"):
            return self.master.is_under(value, ancestor)
        if (attribute.subject, attribute.name) == ("account", "id"):
            return value == ancestor or ancestor in self.master.ancestors(value)
        return value == ancestor or value.startswith(ancestor + "/")

    def in_table(self, table: str, value: AttributeText, day: date) -> bool:
        """Whether a row of the day has the value as its only key."""
        return self.tables[table].contains(value, day)

    def table_value(
        self,
        wanted: TableValue,
        values: tuple[AttributeText, ...],
        item: str,
        unit: str,
        groups: frozenset[str],
        day: date,
        order_day: date,
    ) -> list[RowFound] | None:
        """The rows that fit on a day, by their units.

        None where no row has the keys; NoData where those that have them are of other days. `values` are those of the
        attribute keys, in their order.
        """
        table = self.tables.get(wanted.table) or self.master.tables[wanted.table]
        names = [column.name for column in table.schema.keys]
        places = dict(zip(names, wanted.keys, strict=True))
        by = [name for name, key in places.items() if isinstance(key, Attribute)]
        index = self._rows.get(wanted.table)
        if index is None:
            index = {}
            for row in table.rows():
                index.setdefault(tuple(row.cells[name] for name in by), []).append(row)
            self._rows[wanted.table] = index
        group = next((name for name, key in places.items() if key == "group"), None)
        rows = [
            row
            for row in index.get(values, ())
            if row.cells[wanted.column] is not None and (group is None or row.cells[group] in groups)
        ]
        windows = {
            name: window_key(key, day) for name, key in places.items() if isinstance(key, str) and key in WINDOW_KEYS
        }
        found: list[RowFound] = []
        for row in rows:
            if not row.holds(day) or any(row.cells[name] != window for name, window in windows.items()):
                continue
            amount = row.cells[wanted.column]
            assert isinstance(amount, Fraction)
            stated = row.cells["unit"] if "unit" in wanted.keys else None
            per = str(stated) if stated is not None else None
            known = self.master.item(item)
            base = known.base_unit if known is not None else unit
            if wanted.dimension.kind != "price" or self.convert(item, unit, per or base, order_day) is not None:
                found.append(RowFound(amount, False, per, row.file, row.number, _currency(row)))
        if found:
            return found
        if rows:
            raise NoData(
                "R0557",
                f"table `{wanted.table}` has no row for {day.isoformat()}",
                "date",
                "add a row that holds on that day, or write `(table … otherwise …)`",
            )
        return None

    def rows(
        self,
        price: PriceTable,
        values: Mapping[int, AttributeText],
        item: str,
        unit: str,
        groups: frozenset[str],
        day: date,
    ) -> tuple[RowFound, ...]:
        """The rows for a line, by the values of its attribute keys (by place; one missing finds nothing).

        In the ordered unit, else in every unit that converts; one row for each of the account's groups.
        """
        keys = price.keys
        if any(column.name == "currency" for column in self.tables[price.table].schema.columns):
            return tuple(self._in_any_currency(price, values, item, unit, groups, day))
        if len(values) < sum(isinstance(key, Attribute) for key in keys):
            return ()
        per_unit = "unit" in keys
        exact = self._rows_in(price, values, unit, groups, day, per_unit)
        if exact or not per_unit:
            return tuple(exact)
        others = [other for other in self.units_in(price) if other != unit]
        return tuple(
            row
            for other in others
            for row in self._rows_in(price, values, other, groups, day, True)
            if self.convert(item, unit, other, day) is not None
        )

    def _in_any_currency(
        self,
        price: PriceTable,
        values: Mapping[int, AttributeText],
        item: str,
        unit: str,
        groups: frozenset[str],
        day: date,
    ) -> Iterator[RowFound]:
        """The rows of a table whose money may be in several currencies; all units, as the currency comes first (69)."""
        attributes = tuple(
            values[place] for place, key in enumerate(price.keys) if isinstance(key, Attribute) and place in values
        )
        wanted = TableValue(price.table, price.keys, price.column, Dimension("price"), None, span=price.span)
        if len(attributes) < sum(isinstance(key, Attribute) for key in price.keys):
            return
        try:
            yield from self.table_value(wanted, attributes, item, unit, groups, day, day) or ()
        except NoData:  # a price table without a row for the day does not list the line
            return

    def units_in(self, price: PriceTable) -> tuple[str, ...]:
        """The units that the table's rows stand in; read once."""
        known = self._units.get(price.table)
        if known is None:
            table = self.tables[price.table]
            column = table.schema.keys[price.keys.index("unit")].name
            known = tuple(sorted(map(str, table.values(column))))
            self._units[price.table] = known
        return known

    def _rows_in(
        self,
        price: PriceTable,
        values: Mapping[int, AttributeText],
        unit: str,
        groups: frozenset[str],
        day: date,
        per_unit: bool,
    ) -> list[RowFound]:
        table = self.tables[price.table]
        percent = any(column.name == price.column and column.kind == "percent" for column in table.schema.columns)
        found: list[RowFound] = []
        for group in sorted(groups) if "group" in price.keys else [""]:
            words: dict[object, AttributeText] = {"unit": unit, "group": group}
            words |= {window: window_key(window, day) for window in WINDOW_KEYS if window in price.keys}
            cells = tuple(
                values[place] if isinstance(key, Attribute) else words[key] for place, key in enumerate(price.keys)
            )
            row = table.lookup(cells, day)
            value = None if row is None else row.cells[price.column]
            if row is not None and isinstance(value, Fraction):
                found.append(RowFound(value, percent, unit if per_unit else None, row.file, row.number))
        return found


def _currency(row: Row) -> str | None:
    stated = row.cells.get("currency")
    return None if stated is None else str(stated)
