"""The shortest way from a plain order to its amounts, for orders that ask for nothing special.

A plain order has an account, a day and lines of an item and a quantity above zero, all as texts. Its quantities, its day and
its lines are looked up as they stand; generated functions give the amounts. Everything else, and every order with a slip,
goes the long way, which says what is wrong. The amounts are the same on both.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from sys import intern
from typing import Protocol

from rebates.compile import Compiled
from rebates.compile.compiled import MOST_DIGITS, NO_LINES, NO_RANGES, scaled
from rebates.compile.python import Amounts
from rebates.engine.orders import Line, Order
from rebates.model.calendar import parse_date
from rebates.model.exact import decimal_text, parse_decimal
from rebates.model.outcome import OrderError
from rebates.model.units import quantity_parts

QUANTITIES = 20_000  # texts of quantities that are remembered
DAYS = 2_000  # texts of days

_ORDER = {"account", "date", "lines", "attributes", "codes", "totals", "days", "facts", "choices"}
_LINE = {"item", "quantity", "price", "net_price", "discount", "attributes"}


Quantity = tuple[int, str, int, str]
"""A quantity above zero: its integer, its unit with the decimals, these, and how a quote writes it."""


class Quantities:
    """What the texts of quantities say; those that came before are looked up in `known`."""

    def __init__(self) -> None:
        self.known: dict[object, Quantity] = {}

    def read(self, text: object) -> Quantity:
        """Reads a text that is not known yet. Raises KeyError, ValueError."""
        if not isinstance(text, str):
            raise KeyError(text)
        number, unit = quantity_parts(text)
        value, digits = parse_decimal(number)
        while digits and value % 10 == 0:  # 5.0 carton are 5 carton
            value, digits = value // 10, digits - 1
        if value <= 0 or digits > MOST_DIGITS:
            raise KeyError(text)
        if len(self.known) >= QUANTITIES:
            self.known.clear()
        shown = f"{decimal_text(Fraction(value, 10**digits)) if digits else value} {unit}"
        found = self.known[text] = value, intern(scaled(unit, digits)), digits, shown
        return found


class Days(dict[object, int]):
    """From the text of a day to its ordinal."""

    def __missing__(self, text: object) -> int:
        if not isinstance(text, str):
            raise KeyError(text)
        if len(self) >= DAYS:
            self.clear()
        found = self[text] = parse_date(text).toordinal()
        return found


class PlainLine(Protocol):
    """What is priced of a line: its item and its quantity as text."""

    @property
    def item(self) -> str: ...

    @property
    def quantity(self) -> object: ...


class Quick:
    """Prices plain orders of one rule set."""

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self._remembered = compiled.remembered
        self.quantities = Quantities()
        self._days = Days()
        # a field that this file does not know must not be passed over
        self._knows_all = set(Order.__struct_fields__) == _ORDER and set(Line.__struct_fields__) == _LINE

    def amounts(self, order: Order) -> list[Amounts] | None:
        """The amounts of every line; None where the order is not plain, or has to be priced by the runtime."""
        try:
            if (
                order.attributes
                or order.codes
                or order.totals
                or order.days
                or order.facts
                or order.choices
                or order.__class__ is not Order
                or not self._knows_all
            ):
                return None
            lines = order.lines
            if not (lines.__class__ is list or lines.__class__ is tuple):
                return None
            for line in lines:
                if (
                    line.price is not None
                    or line.net_price is not None
                    or line.discount is not None
                    or line.attributes
                    or line.__class__ is not Line
                ):
                    return None
        except AttributeError:
            return None  # the long way says what is wrong
        return self.plain(order.account, order.date, lines)

    def plain(self, account: str, day: str | date, lines: Sequence[PlainLine]) -> list[Amounts] | None:
        """The same for lines that say nothing but their items and quantities."""
        try:
            today = date.toordinal(day) if day.__class__ is date else self._days[day]
            known = self._remembered.young.get(account)
            if known is None:
                if account.__class__ is not str or not account:
                    return None
                known = self._remembered.known(account)
            said, make = self.quantities.known, self._compiled.plain_cell
            found: list[Amounts] = []
            last, get = "", NO_LINES.get
            for line in lines:
                try:
                    quantity, unit, digits, _ = said[line.quantity]
                except KeyError:
                    quantity, unit, digits, _ = self.quantities.read(line.quantity)
                if unit is not last:
                    last, get = unit, known.lines.get(unit, NO_LINES).get
                cuts, cells = get(line.item, NO_RANGES)
                low, high, function, constants = cells[bisect_right(cuts, quantity) if cuts else 0]
                if not low <= today < high:
                    if not isinstance(line.item, str) or not line.item:
                        return None
                    _, _, function, constants = make(known, (line.item, unit), account, today, digits, quantity)
                amounts = function(quantity, constants)
                if amounts is None:
                    return None
                found.append(amounts)
        except (KeyError, TypeError, AttributeError, OrderError, ValueError):
            return None  # the long way says what is wrong
        return found or None
