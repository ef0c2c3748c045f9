"""The smallest order that shows what is said of a rule: candidates from the rule's thresholds, priced by the engine.

Every amount comes from a quote, so that what is shown is what would be invoiced. The search is bounded; where nothing
is found in it, nothing is claimed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil

from rebates.engine.book import Book
from rebates.engine.orders import Line, Order, OrderErrors
from rebates.engine.quote import Quote
from rebates.model import nodes as m
from rebates.model.exact import ExactError, decimal_text
from rebates.model.expressions import dimension
from rebates.model.ground import conjuncts
from rebates.model.reach import interval
from rebates.tools.orders import NOBODY

MOST_ITEMS = 40
MOST_QUOTES = 400
_LEFT_OUT = ("not ", "next:", "rules ")
_HOLDS = re.compile(r", holds(?:  \[.*\])?$")


@dataclass(frozen=True, slots=True)
class Witness:
    """An order, what it came to, and the same as an `example`."""

    quote: Quote
    quantity: str
    item: str

    @property
    def waterfall(self) -> str:
        """How the order comes to its amount; rules that did nothing, and guards that hold, are left out."""
        told = [line for line in str(self.quote.explain()).splitlines() if line.strip()]
        return "\n".join(line for line in told if not line.strip().startswith(_LEFT_OUT) and not _HOLDS.search(line))

    def example(self, agreement: str, title: str) -> str:
        """The text of an example that expects what the order comes to."""
        quote, order = self.quote, self.quote.order
        lines = [f'example "{title}" {{']
        for path, value in sorted(order.attributes.items()):
            said = f'"{value}"' if isinstance(value, str) else str(value)
            lines.append(f"  given order.{path} {said}")
        whose = "" if order.account == NOBODY else f' for "{order.account}"'
        codes = ", ".join(f'"{code}"' for code in order.codes)
        coded = f" with code {codes}" if codes else ""
        lines.append(f'  order{whose} on {order.date}{coded} {{ {self.quantity} of "{self.item}" }}')
        own = {rule.name for id, rule in quote.rules.items() if id.startswith(f"{agreement}.")}
        lines += [f"  expect line 1 {one.rule} {one.amount}" for one in quote.lines[0].discounts if one.rule in own]
        lines.append(f"  expect order net value {quote.net_value}")
        for role in quote.approvals:
            lines.append(f'  expect approval by "{role}"')
        if quote.status == "rejected":
            lines.append("  expect reject")
        return "\n".join([*lines, "}"])


class Prober:
    """Prices one-line orders for a rule of an agreement."""

    def __init__(self, book: Book, agreement: m.Agreement, rule: m.Rule | None) -> None:
        self.book, self.agreement, self.rule = book, agreement, rule
        self.left = MOST_QUOTES
        self.day = max(agreement.first, (rule.first if rule and rule.first else None) or agreement.first)
        self.account = self._account()

    def items(self) -> list[str]:
        """Items that the rule can apply to, and that have a list price."""
        master, found = self.book.rules.master, list[str]()
        named = [v for c in (conjuncts(self.rule) if self.rule else []) for v in _named_items(c)]
        for item in [*named, *master.items]:
            if (
                item in master.items
                and item not in found
                and self._try(item, Fraction(1), self._base(item)) is not None
            ):
                found.append(item)
                if len(found) == MOST_ITEMS or self.left <= 0:
                    break
        return found

    def _base(self, item: str) -> str:
        return self.book.rules.master.items[item].base_unit

    def unit(self, item: str) -> str:
        """The unit of the rule's tiers where the item has it, else its base unit."""
        base = self._base(item)
        wanted = _unit_of(self.rule) if self.rule is not None else None
        if wanted is None or self.book.rules.master.factor(item, wanted, self.day, base) is None:
            return base
        return wanted

    def quantities(self, item: str, unit: str) -> list[Fraction]:
        """One unit, and around every threshold of the rule's tiers the last quantity below it and the first from it on."""
        found = {Fraction(1)}
        single = self._try(item, Fraction(1), unit)
        for threshold, money in _thresholds(self.rule or self.agreement.rules):
            at = threshold
            if money:
                price = single.lines[0].gross_value.amount if single is not None else None
                if not price:
                    continue
                at = threshold / Fraction(price)
            first = Fraction(max(1, ceil(at)))
            found |= {first, first + 1, *((first - 1,) if first > 1 else ())}
        return sorted(found)

    def quote(self, item: str, quantity: Fraction, unit: str) -> Quote | None:
        return self._try(item, quantity, unit)

    def _try(self, item: str, quantity: Fraction, unit: str) -> Quote | None:
        if self.left <= 0:
            return None
        self.left -= 1
        codes = list(self.rule.codes[:1]) if self.rule is not None else []
        try:
            line = Line(item, f"{decimal_text(quantity)} {unit}", attributes=self._attributes("line"))
            order = Order(self.account, self.day, [line], attributes=self._attributes("order"), codes=codes)
            return self.book.quote(order)
        except (OrderErrors, ExactError):
            return None

    def _attributes(self, subject: str) -> dict[str, str | int | Fraction | date]:
        """Values under which the rule's conditions on the order or line hold, as far as they name one."""
        found: dict[str, str | int | Fraction | date] = {}
        for condition in conjuncts(self.rule) if self.rule is not None else []:
            match condition:
                case m.OneOf(attribute=attribute, values=values, negated=False) if attribute.subject == subject:
                    if attribute.path in self.book.rules.attributes:
                        found[attribute.name] = values[0]
        return found

    def _account(self) -> str:
        who, master = self.agreement.who, self.book.rules.master
        if who.kind in ("account", "account and subsidiaries"):
            return str(who.name)
        for account in master.accounts:
            try:
                if self.agreement.name in self.book.agreements(account, self.day):
                    return account
            except OrderErrors:
                continue
        return NOBODY


def _named_items(condition: m.Condition) -> Iterator[str]:
    if isinstance(condition, m.OneOf) and condition.attribute.path == "item.id" and not condition.negated:
        yield from (str(value) for value in condition.values)


def _unit_of(rule: m.Rule) -> str | None:
    measures: list[m.Expr] = []
    if isinstance(rule.worth, m.Tiers):
        measures = [rule.worth.measure]
    elif isinstance(rule.worth, m.Cases):
        measures = [measure for measure, _ in _compared(rule.worth)]
    for measure in measures:
        total = measure.value if isinstance(measure, m.MeasureRef) else measure
        if isinstance(total, m.Total) and total.what == "quantity":
            return total.unit
    return None


def _thresholds(rules: m.Rule | tuple[m.Rule, ...]) -> list[tuple[Fraction, bool]]:
    """The thresholds of tiers and the bounds of rows, and whether they are amounts of money."""
    found: list[tuple[Fraction, bool]] = []
    for rule in (rules,) if isinstance(rules, m.Rule) else rules:
        if isinstance(rule.worth, m.Tiers):
            measure = rule.worth.measure
            money = (
                isinstance(measure, m.MeasureRef | m.Total | m.Arithmetic | m.Extreme)
                and measure.dimension.kind == "money"
            )
            found += [(row.threshold, money) for row in rule.worth.rows]
        elif isinstance(rule.worth, m.Cases):
            for measure, bounds in _compared(rule.worth):
                found += [(bound, dimension(measure) == m.MONEY) for bound in bounds]
    return found


def _compared(worth: m.Cases) -> Iterator[tuple[m.Expr, list[Fraction]]]:
    """What the rows compare with numbers, and the numbers."""
    for row in worth.rows:
        for test in row.when.parts if isinstance(row.when, m.And) else (row.when,):
            compared = interval(test) if isinstance(test, m.Compare) else None
            if compared is not None:
                measure, (low, _), (high, _) = compared
                yield measure, [bound for bound in (low, high) if bound is not None]


def smallest(
    book: Book, agreement: m.Agreement, rule: m.Rule, shows: Callable[[Quote], bool], more: Collection[Fraction] = ()
) -> Witness | None:
    """The order of one line with the smallest quantity, over the items in turn, of which `shows` holds.

    Quantities around the rule's thresholds are tried, and `more`.
    """
    prober = Prober(book, agreement, rule)
    best: tuple[Fraction, Witness] | None = None
    for item in prober.items()[:8]:
        unit = prober.unit(item)
        for quantity in sorted({*prober.quantities(item, unit), *more}):
            if best is not None and quantity >= best[0]:
                break
            quote = prober.quote(item, quantity, unit)
            if quote is not None and shows(quote):
                best = (quantity, Witness(quote, f"{decimal_text(quantity)} {unit}", item))
                break
    return best[1] if best is not None else None
