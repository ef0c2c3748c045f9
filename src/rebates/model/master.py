"""Master data: accounts, memberships, items, units, families, list prices and costs, checked together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from rebates.model.cells import Cell
from rebates.model.conversions import Ratio, convert
from rebates.model.master_checks import check_master
from rebates.model.tables import Column, Row, Table, TableSchema
from rebates.syntax.diagnostics import Report

ONE = Fraction(1)
MOST_FACTORS = 100_000  # conversions remembered of items whose units have no dates
PIECE = "piece"  # the base unit of an item that does not name one

_DATES = (Column("valid_from", "dates", "date", required=False), Column("valid_to", "dates", "date", required=False))

SCHEMAS: dict[str, TableSchema] = {
    "accounts": TableSchema("accounts", (Column("id", "key"), Column("parent", required=False)), open=True),
    "memberships": TableSchema("memberships", (Column("group", "key"), Column("account", "key"), *_DATES)),
    "items": TableSchema(
        "items",
        (Column("id", "key"), Column("base_unit", required=False), Column("family", required=False)),
        open=True,
    ),
    "units": TableSchema(
        "units",
        (
            Column("item", "key", required=False, may_be_empty=True),
            Column("unit", "key"),
            Column("of", "key", required=False, may_be_empty=True),
            Column("factor", kind="number"),
            *_DATES,
        ),
    ),
    "families": TableSchema("families", (Column("id", "key"), Column("parent", required=False))),
    "list_prices": TableSchema(
        "list_prices",
        (
            Column("item", "key"),
            Column("unit", "key", required=False, may_be_empty=True),
            Column("currency", "key", required=False, may_be_empty=True),
            Column("price", kind="money", from_zero=True),
            *_DATES,
        ),
    ),
    "exchange_rates": TableSchema(
        "exchange_rates",
        (
            Column("from", "key"),
            Column("to", "key"),
            Column("rate", kind="number"),
            Column("source", required=False),
            *_DATES,
        ),
    ),
    "costs": TableSchema(
        "costs",
        (
            Column("item", "key"),
            Column("unit", "key", required=False, may_be_empty=True),
            Column("currency", "key", required=False, may_be_empty=True),
            Column("cost", kind="money", from_zero=True),
            *_DATES,
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    parent: str | None
    attributes: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    base_unit: str
    family: str | None
    attributes: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Price:
    """A price as its row gives it: per `unit`, from `row`."""

    amount: Fraction
    unit: str
    row: Row
    currency: str | None = None  # None: that of the agreement


class Master:
    """The master data of a rule set. Never changes."""

    __slots__ = (
        "_accounts", "_costs", "_dated_units", "_factors", "_families", "_items", "_list_prices", "_memberships", "_units",
        "families", "group_names", "offered", "tables", "unit_names",
    )  # fmt: skip

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self.tables = dict(tables)
        self._accounts = {
            str(row.cells["id"]): Account(str(row.cells["id"]), _text(row, "parent"), _attributes(row, "id", "parent"))
            for row in _rows(tables, "accounts")
        }
        self._items = {
            str(row.cells["id"]): Item(
                str(row.cells["id"]),
                _text(row, "base_unit") or PIECE,
                _text(row, "family"),
                _attributes(row, "id", "base_unit", "family"),
            )
            for row in _rows(tables, "items")
        }
        self._families = {str(row.cells["id"]): _text(row, "parent") for row in _rows(tables, "families")}
        self._memberships: dict[str, list[Row]] = {}
        for row in _rows(tables, "memberships"):
            self._memberships.setdefault(str(row.cells["account"]), []).append(row)
        self._units: dict[str | None, list[Row]] = {}
        for row in _rows(tables, "units"):
            self._units.setdefault(_text(row, "item"), []).append(row)
        self._dated_units = frozenset(
            item
            for item, rows in self._units.items()
            if any(row.first is not None or row.last is not None for row in rows)
        )
        self._factors: dict[tuple[str, str, str], Fraction | None] = {}
        self._list_prices = _by_item(tables, "list_prices")
        self._costs = _by_item(tables, "costs")
        # what can be ordered; of an item that has nothing but a list price no more is known than a unit it is sold in
        self.offered: Mapping[str, Item] = (
            self._items
            if "items" in tables
            else {item: Item(item, _sold_in(rows), None, {}) for item, rows in self._list_prices.items()}
        )
        # names that checks ask for again and again
        self.group_names = frozenset(str(row.cells["group"]) for rows in self._memberships.values() for row in rows)
        self.families = frozenset(self._families) | {item.family for item in self._items.values() if item.family}
        self.unit_names = frozenset(
            {item.base_unit for item in self._items.values()}
            | {name for rows in self._units.values() for row in rows for x in ("unit", "of") if (name := _text(row, x))}
        )

    # --- accounts

    @property
    def has_accounts(self) -> bool:
        """Whether there is an `accounts` table: then an id that is not in it is unknown."""
        return "accounts" in self.tables

    @property
    def accounts(self) -> Mapping[str, Account]:
        return self._accounts

    def account(self, id: str) -> Account | None:
        """The account; without an `accounts` table every id is one, without attributes."""
        return self._accounts.get(id) if self.has_accounts else Account(id, None, {})

    def ancestors(self, id: str) -> tuple[str, ...]:
        """Its parent, that one's parent, and so on upward (5.5)."""
        out: list[str] = []
        account = self.account(id)
        while account is not None and account.parent is not None and account.parent not in out:
            out.append(account.parent)
            account = self.account(account.parent)
        return tuple(out)

    def groups(self, account: str, day: date) -> frozenset[str]:
        """The groups it is itself a member of on a day (5.5)."""
        return frozenset(str(row.cells["group"]) for row in self._memberships.get(account, ()) if row.holds(day))

    # --- items

    @property
    def has_items(self) -> bool:
        return "items" in self.tables

    @property
    def items(self) -> Mapping[str, Item]:
        return self._items

    def item(self, id: str) -> Item | None:
        """The item; None if the `items` table lacks it. Without that table nothing is known of any item but its name."""
        return self._items.get(id)

    def family_path(self, family: str) -> tuple[str, ...]:
        """The family and all above it. Without a `families` table `A/B` lies under `A`."""
        if "families" not in self.tables:
            parts = family.split("/")
            return tuple("/".join(parts[:count]) for count in range(len(parts), 0, -1))
        out: list[str] = []
        at: str | None = family
        while at is not None and at not in out:
            out.append(at)
            at = self._families.get(at)
        return tuple(out)

    def is_under(self, family: str, ancestor: str) -> bool:
        """Whether a family is the ancestor or lies below it."""
        return ancestor in self.family_path(family)

    # --- units

    def factor(self, item: str, unit: str, day: date, base: str | None = None) -> Fraction | None:
        """How many base units of the item one `unit` is on a day, exactly (1.2); None without a conversion (1.4).

        The item's own conversions go first, then those for all items, then the global ones; they chain. `base` stands
        in for the base unit of an item without an `items` table: the unit that was ordered.
        """
        known = self._items.get(item)
        goal = known.base_unit if known else (base or unit)
        if unit == goal:
            return ONE
        if self.has_dated_units(item):
            return convert(unit, goal, self._ratios(item, item, day), self._ratios(None, item, day))
        key = item, unit, goal
        try:
            return self._factors[key]
        except KeyError:
            found = convert(unit, goal, self._ratios(item, item, day), self._ratios(None, item, day))
            if len(self._factors) >= MOST_FACTORS:
                self._factors = {}
            self._factors[key] = found
            return found

    def has_dated_units(self, item: str) -> bool:
        """Whether conversions of the item hold for some days only."""
        return item in self._dated_units or None in self._dated_units

    def _ratios(self, rows_of: str | None, item: str, day: date) -> list[Ratio]:
        """The rows of an item, or of all, on a day; a row that does not say of what is in base units, else pieces."""
        known = self._items.get(item)
        base = known.base_unit if known else PIECE
        return [
            (str(row.cells["unit"]), _text(row, "of") or base, factor)
            for row in self._units.get(rows_of, ())
            if row.holds(day) and isinstance(factor := row.cells["factor"], Fraction) and factor > 0
        ]

    # --- prices

    def list_price(self, item: str, unit: str, day: date, currency: str, others: bool = False) -> Price | None:
        """The list price: its row in the ordered unit, else one whose unit converts (1.3), else None.

        A row in the currency goes before one in another, which counts only with `others`; then the ordered unit; then a
        row that names its currency before one that leaves it to the agreement; then the earlier row.
        """
        return self._price(self._list_prices, "price", item, unit, day, currency, others)

    def cost(self, item: str, unit: str, day: date, currency: str, others: bool = False) -> Price | None:
        """The cost, found like a list price."""
        return self._price(self._costs, "cost", item, unit, day, currency, others)

    def with_tax(self, table: str) -> bool:
        """Whether the prices of `list_prices` or `costs` include tax."""
        return table in self.tables and any(column.with_tax for column in self.tables[table].schema.columns)

    def _price(
        self,
        rows: Mapping[str, list[Row]],
        column: str,
        item: str,
        unit: str,
        day: date,
        currency: str,
        others: bool,
    ) -> Price | None:
        known = self._items.get(item)
        base = known.base_unit if known else unit
        found: tuple[bool, bool, bool, Price] | None = None
        for row in rows.get(item, ()):
            amount, named = row.cells[column], _text(row, "currency")
            own = named in (None, currency)
            if not row.holds(day) or not isinstance(amount, Fraction) or not (own or others):
                continue
            price = Price(amount, _text(row, "unit") or base, row, None if own else named)
            rank = own, price.unit == unit, named is not None
            if (found is None or rank > found[:3]) and (
                rank[1] or self.factor(item, price.unit, day, base) is not None
            ):
                found = *rank, price
        return found[3] if found is not None else None


def _rows(tables: Mapping[str, Table], name: str) -> list[Row]:
    table = tables.get(name)
    return list(table.rows()) if table is not None else []


def _by_item(tables: Mapping[str, Table], name: str) -> dict[str, list[Row]]:
    out: dict[str, list[Row]] = {}
    for row in _rows(tables, name):
        out.setdefault(str(row.cells["item"]), []).append(row)
    return out


def _sold_in(rows: Sequence[Row]) -> str:
    return next((unit for row in rows if (unit := _text(row, "unit"))), PIECE)


def _text(row: Row, name: str) -> str | None:
    value = row.cells.get(name)
    return str(value) if value is not None else None


def _attributes(row: Row, *fixed: str) -> dict[str, Cell]:
    return {name: value for name, value in row.cells.items() if name not in fixed and value is not None}


def load_master(tables: Mapping[str, Table], report: Report) -> Master:
    """The master data of the fixed tables that are there; what does not fit together is reported by file and row."""
    check_master(tables, report)
    return Master(tables)
