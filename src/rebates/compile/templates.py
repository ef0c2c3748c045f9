"""Lines that differ by their account alone: what their rules come to is made for the first account and used for the others.

Rules that can meet an account and an item are found by its files in the index. If what else they ask of the account is the
same too, the line is the same but for the account's own price. A template serves plain lines of agreements that are in
force together; whatever is not plain has its line planned anew.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import gcd

from rebates.compile.cells import NOT_MADE, Cell, FastLine
from rebates.compile.days import WatchedDay
from rebates.compile.familiar import all_familiar
from rebates.compile.python import LITERALS, Function
from rebates.model.exact import Rounding
from rebates.model.nodes import Attribute, PriceTable, Rule
from rebates.model.orders import LineIn
from rebates.model.tables import Table
from rebates.plan.conditions import Known
from rebates.plan.nodes import Book, Here, LinePlan, Terms
from rebates.plan.reads import nodes_in

Shape = tuple[int, ...]
Tail = tuple[Function, tuple[int, ...]]


class AccountBook:
    """What holds for an account, the days on which it does, and the files of the rules that the account belongs to."""

    __slots__ = ("book", "files", "watch")

    def __init__(self, book: Book, watch: WatchedDay) -> None:
        self.book, self.watch = book, watch
        self.files: tuple[Mapping[int, Sequence[int]], ...] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a set of rules asks of an account beside what the index has settled."""

    attributes: tuple[Attribute, ...]
    whose: bool  # whether it can matter who the account is
    table: Here | None  # the one price rule, if it is a plain table by account, item and unit
    plain: bool  # whether there is no other price rule
    templates: dict[object, tuple[Template, ...]]


class Template:
    """A line as the first account has it, its price left open."""

    __slots__ = ("common", "item", "line", "listed", "mode", "places", "scale", "table", "tails", "unit")

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
        self.places: tuple[tuple[str, list[str | None], int, int], ...] = ()
        if table is not None:
            worth = table.rule.worth
            assert isinstance(worth, PriceTable)
            self.table = book.facts.tables[worth.table]
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
            for number, (column, pattern, numerator, denominator) in enumerate(self.places):
                value = table.value(tuple([account if word is None else word for word in pattern]), watched, column)
                if isinstance(value, Fraction):
                    found = self.scaled(value, numerator, denominator)
                    if lowest is None or found[0] * lowest[1] < lowest[0] * found[1]:
                        lowest = found
                    if number == 0:
                        break  # in the ordered unit: others do not count
            if watched is not None:
                low, high = watched.low, watched.high
            if lowest is not None:
                price = lowest
        if price is not None and price is self.listed and (low, high) == (watch.low, watch.high):
            if self.common is None or not (self.common.low == low and self.common.high == high):
                self.common = TemplateLine(self, price, low, high)
            return self.common
        return None if price is None else TemplateLine(self, price, low, high)


def _places(
    worth: PriceTable, plan: LinePlan, item: str, unit: str
) -> Iterator[tuple[str, list[str | None], int, int]]:
    """The column, the keys with the account left open and the factor: in the ordered unit first, then in others that convert."""
    words = {"account.id": None, "item.id": item}
    pattern = [words[key.path] if isinstance(key, Attribute) else unit for key in worth.keys]
    if "unit" not in worth.keys:
        factor = plan.units(plan.item.base_unit)
        assert factor is not None
        yield worth.column, pattern, factor.numerator, factor.denominator
        return
    yield worth.column, pattern, 1, 1
    place = worth.keys.index("unit")
    for other in plan.book.facts.units_in(worth):
        factor = None if other == unit else plan.units(other)
        if factor is not None:
            yield worth.column, [*pattern[:place], other, *pattern[place + 1 :]], factor.numerator, factor.denominator


class Templates:
    """The templates of a rule set: at most so many, then all are made anew. Used by one thread at a time."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._asked: dict[tuple[Terms, tuple[int, ...]], Asked] = {}
        self._items: dict[tuple[Terms, str], tuple[int, ...]] = {}
        self._made = 0

    def forget(self) -> None:
        """Lets go of everything."""
        self._asked, self._items, self._made = {}, {}, 0

    def find(
        self, about: AccountBook, item: str, unit: str, key: object, day: int
    ) -> tuple[Template | None, tuple[Asked, object] | None]:
        """The template that serves a line on a day, and where to `keep` one; None if there can be none."""
        book = about.book
        terms = book.terms
        index = terms.index
        items = self._items.get((terms, item))
        if items is None:
            facts = book.facts.item(item, unit)
            if facts is None:
                return None, None
            if len(self._items) >= self._most:
                self._items = {}
            items = self._items[terms, item] = index.item_files(book.facts, facts)
        if about.files is None:
            about.files = index.account_files(Known(book.facts, book.account, book.day))
        numbers = index.numbers(about.files, items)
        asked = self._asked.get((terms, numbers))
        if asked is None:
            if len(self._asked) >= self._most:
                self._asked = {}
            asked = self._asked[terms, numbers] = _asked([terms.rules[n] for n in numbers], index.filed)
        if not asked.plain:
            return None, None
        read = book.account.read
        name = key, tuple([read(each) for each in asked.attributes]), book.account.id if asked.whose else None
        for each in asked.templates.get(name, ()):
            watch = each.line.watch
            if watch.low <= day < watch.high:
                return each, None
        return None, (asked, name)

    def keep(self, where: tuple[Asked, object], line: FastLine, item: str, unit: str) -> None:
        """Makes a line a template for other accounts, if its rules are constant."""
        if line.part is None or line.plan is None:
            return
        worth = where[0].table.rule.worth if where[0].table is not None else None
        if isinstance(worth, PriceTable):
            columns = line.plan.book.facts.tables[worth.table].schema.columns
            if any(column.name == "currency" for column in columns):
                return  # its rows are chosen by currency first
        if self._made >= self._most:
            self.forget()
        self._made += 1
        asked, name = where
        asked.templates[name] = (Template(line, asked.table, item, unit), *asked.templates.get(name, ())[:3])


def _asked(rules: list[Here], filed: frozenset[int]) -> Asked:
    found: dict[tuple[str, object], Attribute] = {}
    whose = False
    prices: list[Here] = []
    for here in rules:
        rule = here.rule
        if rule.kind == "price":
            prices.append(here)
        if isinstance(rule.worth, PriceTable) and rule.kind == "price":
            parts: tuple[object, ...] = (rule.when, rule.base)
        else:
            parts = (rule,)
        ids = 0
        for node in nodes_in(parts):
            if isinstance(node, Attribute) and node.subject == "account":
                if node.name == "id":
                    ids += 1
                else:
                    found[node.name, node.default] = node
        # one test of the id by which the rule is filed is settled by the index; anything else may ask again
        whose = whose or ids > (1 if here.number in filed else 0)
    if not all(all_familiar(here.rule) for here in rules):
        return Asked((), True, None, False, {})  # what is unknown here may ask something of the account
    table = prices[0] if len(prices) == 1 and _is_plain_table(prices[0].rule) else None
    return Asked(tuple(found.values()), whose, table, not prices or table is not None, {})


def _is_plain_table(rule: Rule) -> bool:
    worth = rule.worth
    return (
        isinstance(worth, PriceTable)
        and not (rule.when or rule.codes or rule.promotional or rule.best or rule.account_price_only)
        and rule.base.where is None
        and rule.base.value is None
        and rule.not_below is None
        and rule.only_per is None
        and all(
            key == "unit" or (isinstance(key, Attribute) and key.path in ("account.id", "item.id"))
            for key in worth.keys
        )
    )


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
            asked = LineIn(template.item, Fraction(quantity, 10**line.digits), template.unit)
            made = line.priced(Fraction(*self.price), quantity, asked)
            self.low, self.high = max(self.low, line.watch.low), min(self.high, line.watch.high)
            if made is None:
                tail = NOT_MADE[2], ()
            else:
                assert made.constants[: len(constants)] == constants
                tail = made.function, made.constants[len(constants) :]
            template.tails[place, shape] = tail
        self.cells[place] = self.low, self.high, tail[0], constants + tail[1]


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
