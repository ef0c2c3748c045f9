"""Lines that differ by their account alone: what their rules come to is made for the first account and used for the others.

Where rules ask nothing that tells two accounts apart (`asked.py`), the line is the same but for the account's own price. A
template serves lines of agreements that are in force together; what it cannot serve has its line planned anew.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from math import gcd

from rebates.compile.asked import AccountBook, Asked, Asking
from rebates.compile.cells import NOT_MADE, Cell, FastLine, cell_of
from rebates.compile.days import WatchedDay
from rebates.compile.python import LITERALS, Function
from rebates.model.exact import Rounding
from rebates.model.nodes import Attribute, PriceTable
from rebates.model.orders import LineIn
from rebates.model.tables import Table
from rebates.plan.nodes import Here, LinePlan

Shape = tuple[int, ...]
Tail = tuple[Function, tuple[int, ...]]
Place = tuple[tuple[str, ...], tuple[str, ...] | None, int, int, bool]
"""Where a price may stand: its keys before and after the account (None: no key is the account), the factor that makes it one
of the ordered unit, and whether it is in that unit: then no other place counts."""


class Template:
    """A line as the first account has it, its price left open."""

    __slots__ = ("column", "common", "item", "line", "listed", "mode", "places", "scale", "table", "tails", "unit")

    def __init__(self, line: FastLine, table: Here | None, item: str, unit: str) -> None:
        plan = line.plan
        assert plan is not None
        book = plan.book
        self.line, self.item, self.unit = line, item, unit
        self.mode = book.terms.rounding.mode
        power = book.terms.digits - line.digits
        self.scale = (10**power, 1) if power >= 0 else (1, 10**-power)
        price = plan.list_price
        self.common: TemplateLine | None = None  # of all accounts that pay the list price, where it holds as long
        self.listed = None if price is None else self.scaled(price, 1, 1)
        self.tails: dict[tuple[int, Shape], Tail] = {}
        self.table: Table | None = None
        self.column = ""
        self.places: tuple[Place, ...] = ()
        if table is not None:
            worth = table.rule.worth
            assert isinstance(worth, PriceTable)
            self.table, self.column = book.facts.tables[worth.table], worth.column
            self.places = tuple(_places(worth, plan, item, unit))

    def scaled(self, price: Fraction, numerator: int, denominator: int) -> tuple[int, int]:
        """A price times a factor, per unit of the quantity's integer, in units of the amounts' digits."""
        up, down = self.scale
        numerator *= price.numerator * up
        denominator *= price.denominator * down
        common = gcd(numerator, denominator)
        return numerator // common, denominator // common

    def line_of(self, account: str, day: int, low: int, high: int) -> TemplateLine | None:
        """The line of an account whose book holds so long; None if it has no price."""
        watch = self.line.watch
        low, high = max(low, watch.low), min(high, watch.high)
        table, price = self.table, self.listed
        if table is not None:
            watched = WatchedDay(date.fromordinal(day), low, high) if table.dated else None
            lowest: tuple[int, int] | None = None
            for before, after, numerator, denominator, ordered in self.places:
                keys = before if after is None else (*before, account, *after)
                value = table.value(keys, watched, self.column)
                if isinstance(value, Fraction):
                    found = self.scaled(value, numerator, denominator)
                    if lowest is None or found[0] * lowest[1] < lowest[0] * found[1]:
                        lowest = found
                    if ordered:
                        break
            if watched is not None:
                low, high = watched.low, watched.high
            if lowest is not None:
                price = lowest
        if price is not None and price is self.listed and (low, high) == (watch.low, watch.high):
            if self.common is None or not (self.common.low == low and self.common.high == high):
                self.common = TemplateLine(self, price, low, high)
            return self.common
        return None if price is None else TemplateLine(self, price, low, high)


def _places(worth: PriceTable, plan: LinePlan, item: str, unit: str) -> Iterator[Place]:
    """In the ordered unit first, then in others that convert; of these only units in which the table has rows."""
    words = {"account.id": None, "item.id": item}
    pattern = [words[key.path] if isinstance(key, Attribute) else unit for key in worth.keys]
    if "unit" not in worth.keys:
        factor = plan.units(plan.item.base_unit)
        assert factor is not None
        yield *_around_account(pattern), factor.numerator, factor.denominator, True
        return
    place = worth.keys.index("unit")
    there = plan.book.facts.units_in(worth)
    if unit in there:
        yield *_around_account(pattern), 1, 1, True
    for other in there:
        factor = None if other == unit else plan.units(other)
        if factor is not None:
            pattern[place] = other
            yield *_around_account(pattern), factor.numerator, factor.denominator, False


def _around_account(pattern: list[str | None]) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    texts = tuple([word for word in pattern if word is not None])
    if len(texts) == len(pattern):
        return texts, None
    place = pattern.index(None)
    return texts[:place], texts[place:]


class Templates:
    """The templates of a rule set: at most so many, then all are made anew. Used by one thread at a time."""

    def __init__(self, most: int, asking: Asking) -> None:
        self._most, self._asking = most, asking
        self._made = 0

    def find(
        self, about: AccountBook, item: str, unit: str, key: object, day: int
    ) -> tuple[FastLine | Template | None, tuple[Asked, object] | None]:
        """The line or template that serves a line on a day, and where to `keep` one; None if there can be none."""
        asked = self._asking.asked(about, item, unit)
        if asked is None or not (asked.plain or asked.same):
            return None, None
        name: object = key
        if about.said or asked.attributes or asked.whose:
            name = key, about.said, asked.answers(about)
        for each in asked.templates.get(name, ()):
            watch = each.line.watch
            if watch.low <= day < watch.high:
                return each, None
        if not asked.plain:
            for line in asked.lines.get(name, ()):
                if line.holds(day) and about.watch.low <= line.watch.low and line.watch.high <= about.watch.high:
                    return line, None
        return None, (asked, name)

    def keep(self, where: tuple[Asked, object], line: FastLine, item: str, unit: str) -> None:
        """Makes a line a template for other accounts, if its rules are constant, or lets it serve them as it is."""
        asked, name = where
        if line.plan is None or (asked.plain and line.part is None):
            return
        worth = asked.table.rule.worth if asked.table is not None else None
        if isinstance(worth, PriceTable):
            columns = line.plan.book.facts.tables[worth.table].schema.columns
            if any(column.name == "currency" for column in columns):
                return  # its rows are chosen by currency first
        if self._made >= self._most:
            self._asking.forget()
            self._made = 0
        self._made += 1
        if not asked.plain:
            asked.lines[name] = (line, *asked.lines.get(name, ())[:3])
            return
        asked.templates[name] = (Template(line, asked.table, item, unit), *asked.templates.get(name, ())[:3])


class TemplateLine:
    """A line of a template with its own price; a cell is made when it is first met."""

    __slots__ = ("cells", "cuts", "high", "low", "price", "template")

    def __init__(self, template: Template, price: tuple[int, int], low: int, high: int) -> None:
        self.template, self.price, self.low, self.high = template, price, low, high
        self.cuts = template.line.cuts
        self.cells: list[Cell] = [NOT_MADE] * len(template.line.cells)

    def holds(self, day: int) -> bool:
        """Whether the plan is that of a day."""
        return self.low <= day < self.high

    def make(self, quantity: int, given: LineIn | None = None) -> None:
        """Makes the cell of a quantity."""
        template = self.template
        line = template.line
        place = bisect_right(self.cuts, quantity)
        shape, constants = _shape(*self.price, template)
        tail = template.tails.get((place, shape))
        if tail is None:
            assert line.plan is not None
            number = Fraction(quantity, 10**line.digits)
            asked = LineIn(template.item, number, template.unit, attributes=line.plan.known.line)
            made = line.priced(Fraction(*self.price), quantity, asked)
            self.low, self.high = max(self.low, line.watch.low), min(self.high, line.watch.high)
            if made is None:
                tail = NOT_MADE[2], ()
            else:
                assert made.constants[: len(constants)] == constants
                tail = made.function, made.constants[len(constants) :]
            template.tails[place, shape] = tail
        self.cells[place] = cell_of(self.low, self.high, tail[0], constants + tail[1])


def _shape(numerator: int, denominator: int, template: Template) -> tuple[Shape, tuple[int, ...]]:
    """Which numbers of a price stand in the code and which are constants, in the order in which `python.py` writes them."""
    numbers = [numerator] if numerator != 1 else []
    if denominator != 1:
        mode = template.mode
        if mode is Rounding.HALF_UP:
            numbers += [denominator, denominator // 2]
        elif mode is Rounding.UP:
            numbers += [denominator, denominator - 1]
        else:
            numbers.append(denominator)
    shape = [len(numbers), denominator != 1, (numerator, denominator) == template.listed]
    constants = []
    for number in numbers:
        if number in LITERALS:
            shape.append(number)
        else:
            shape.append(-1)
            constants.append(number)
    return tuple(shape), tuple(constants)
