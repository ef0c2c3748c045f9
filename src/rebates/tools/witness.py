"""The smallest order that shows what is said of a rule: candidates from the rule's thresholds, priced by the engine.

Every amount comes from a quote, so that what is shown is what would be invoiced. The search is bounded; where nothing
is found in it, nothing is claimed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import chain
from math import ceil

from rebates.engine.book import Book
from rebates.engine.orders import Line, Order, OrderErrors
from rebates.engine.quote import Quote
from rebates.model import nodes as m
from rebates.model.exact import ExactError, decimal_text
from rebates.model.expressions import dimension
from rebates.model.ground import Ground, conjuncts
from rebates.model.item_index import ItemIndex
from rebates.model.master import PIECE
from rebates.model.reach import interval
from rebates.model.reads import pieces
from rebates.syntax.diagnostics import Diagnostic
from rebates.tools.orders import NOBODY

MOST_ITEMS = 40
MOST_QUOTES = 400
_LEFT_OUT = ("not ", "next:", "rules ")
_HOLDS = re.compile(r", holds(?:  \[.*\])?$")


@dataclass(frozen=True, slots=True)
class Witness:
    """An order, what it came to, and the same as an `example`."""

    quote: Quote

    @property
    def waterfall(self) -> str:
        return waterfall(self.quote)

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
        bought = "  ".join(f'{line.quantity} of "{line.item}"' for line in quote.lines)
        lines.append(f"  order{whose} on {order.date}{coded} {{ {bought} }}")
        own = {rule.name for id, rule in quote.rules.items() if id.startswith(f"{agreement}.")}
        for number, line in enumerate(quote.lines, start=1):
            lines += [f"  expect line {number} {one.rule} {one.amount}" for one in line.discounts if one.rule in own]
        lines.append(f"  expect order net value {quote.net_value}")
        for role in quote.approvals:
            lines.append(f'  expect approval by "{role}"')
        if quote.status == "rejected":
            lines.append("  expect reject")
        return "\n".join([*lines, "}"])


def waterfall(quote: Quote) -> str:
    """How an order comes to its amount; rules that did nothing, and guards that hold, are left out."""
    told = [line for line in str(quote.explain()).splitlines() if line.strip()]
    return "\n".join(line for line in told if not line.strip().startswith(_LEFT_OUT) and not _HOLDS.search(line))


def with_witness(one: Diagnostic, witness: Witness, agreement: str, title: str) -> Diagnostic:
    """A finding with what shows it, and the same as an example."""
    return replace(one, witness=witness.waterfall, example=witness.example(agreement, title))


def taken(quote: Quote) -> list[m.Rule]:
    """The rules that made the price and the discounts of an order."""
    those = {decision.rule for decision in quote.outcome.decisions if decision.because == "taken"}
    return [rule for id, rule in quote.rules.items() if id in those and rule.kind != "charge"]


def ground_in(book: Book, agreement: m.Agreement) -> Ground:
    """What is looked at beside the rules of an agreement; made once."""
    found = agreement.noted.get("ground")
    if not isinstance(found, Ground):
        master = book.rules.master
        found = agreement.noted["ground"] = Ground(agreement, master, book.rules.tables, ItemIndex(master))
    return found


class Prober:
    """Prices orders of one line or a few for a rule of an agreement."""

    def __init__(self, book: Book, agreement: m.Agreement, rule: m.Rule | None) -> None:
        self.book, self.agreement, self.rule = book, agreement, rule
        self.left = MOST_QUOTES
        self.day = max(agreement.first, (rule.first if rule and rule.first else None) or agreement.first)
        self.account = self._account()

    def knows(self, item: str) -> bool:
        """Whether the item can be ordered: without an `items` table every name is one."""
        master = self.book.rules.master
        return item in master.items or not master.has_items

    def items(self) -> list[str]:
        """Items that the rule can apply to, and that have a list price."""
        return self.priced_of(conjuncts(self.rule) if self.rule else [])

    def priced_of(self, tests: Sequence[m.Condition]) -> list[str]:
        """Items that none of the tests refuses, and that have a price."""
        master, found = self.book.rules.master, list[str]()
        named = [v for c in tests for v in _named_items(c)]
        met = (item.id for item in ground_in(self.book, self.agreement).met(tests))
        for item in chain(named, met, () if master.has_items else master.offered):
            if self.knows(item) and item not in found and self._try(item, Fraction(1), self.base(item)) is not None:
                found.append(item)
                if len(found) == MOST_ITEMS or self.left <= 0:
                    break
        return found

    def base(self, item: str) -> str:
        """The base unit of an item, or a unit that it is sold in."""
        known = self.book.rules.master.offered.get(item)
        return known.base_unit if known is not None else PIECE

    def unit(self, item: str) -> str:
        """The unit of the rule's tiers where the item has it, else its base unit."""
        wanted = _unit_of(self.rule) if self.rule is not None else None
        return wanted if wanted is not None and self.has(item, wanted) else self.base(item)

    def has(self, item: str, unit: str) -> bool:
        """Whether a quantity of an item can be said in a unit."""
        return self.book.rules.master.factor(item, unit, self.day, self.base(item)) is not None

    def quantities(self, item: str, unit: str) -> list[Fraction]:
        """One unit, and around every threshold of the rule's tiers, rows and conditions the last quantity below it and the first from it on."""
        found = {Fraction(1)}
        single = self._try(item, Fraction(1), unit)
        price = Fraction(single.lines[0].gross_value.amount) if single is not None else None
        for threshold, of in thresholds(self.rule or self.agreement.rules):
            at = self._in_unit(threshold, of, item, unit, price)
            found |= _around(at) if at is not None else set()
        found |= {near for at in self._bounded(item, unit, max(found)) for near in _around(at)}
        return sorted(found)

    def _bounded(self, item: str, unit: str, most: Fraction) -> Iterator[Fraction]:
        """Where a cap or a minimum payout of the rule is reached, as what it takes of the most goes on."""
        bounds = (*self.rule.caps, self.rule.pays_from) if self.rule is not None else ()
        known = [one.value.value for one in bounds if one and one.on == "amount" and isinstance(one.value, m.Constant)]
        if self.rule is None or not known:
            return
        quote = self._try(item, most, unit)
        taken = quote.decision(self.rule.id, 0) if quote is not None else None
        amount = taken.amount if taken is not None else None
        for bound in known:
            if amount and isinstance(bound, Fraction):
                yield most * bound / amount

    def _in_unit(
        self, threshold: Fraction, of: m.Dimension, item: str, unit: str, price: Fraction | None
    ) -> Fraction | None:
        """A threshold in the unit that is ordered; None where it cannot be said in it."""
        if of.kind == "money":
            return threshold / price if price else None
        if of.kind != "quantity" or of.unit in (None, unit):
            return threshold if of.kind == "quantity" else None
        factor, base = self.book.rules.master.factor, self.base(item)
        its, ordered = factor(item, of.unit or unit, self.day, base), factor(item, unit, self.day, base)
        return threshold * its / ordered if its and ordered else None

    def quote(self, item: str, quantity: Fraction, unit: str) -> Quote | None:
        return self._try(item, quantity, unit)

    def order(self, *lines: tuple[str, Fraction, str]) -> Order:
        """An order of items, each with its quantity and unit, under which the rule's conditions hold as far as they name a value."""
        codes = list(self.rule.codes[:1]) if self.rule is not None else []
        of_line = self._attributes("line")
        made = [Line(item, f"{decimal_text(count)} {unit}", attributes=of_line) for item, count, unit in lines]
        return Order(self.account, self.day, made, attributes=self._attributes("order"), codes=codes)

    def quote_of(self, *lines: tuple[str, Fraction, str]) -> Quote | None:
        """The quote of such an order; None where it cannot be priced, and once enough were."""
        if self.left <= 0:
            return None
        self.left -= 1
        try:
            return self.book.quote(self.order(*lines))
        except (OrderErrors, ExactError):
            return None

    def _try(self, item: str, quantity: Fraction, unit: str) -> Quote | None:
        return self.quote_of((item, quantity, unit))

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


def _around(at: Fraction) -> set[Fraction]:
    """The last whole quantity below, the first from it on, and the next."""
    first = Fraction(max(1, ceil(at)))
    return {first, first + 1, *((first - 1,) if first > 1 else ())}


def _named_items(condition: m.Condition) -> Iterator[str]:
    if isinstance(condition, m.OneOf) and condition.attribute.path == "item.id" and not condition.negated:
        yield from (str(value) for value in condition.values)


def _unit_of(rule: m.Rule) -> str | None:
    measures: list[m.Expr] = []
    if isinstance(rule.worth, m.Tiers):
        measures = [rule.worth.measure]
    elif isinstance(rule.worth, m.Cases):
        measures = [measure for measure, _ in rows_compared(rule.worth)]
    for measure in measures:
        total = measure.value if isinstance(measure, m.MeasureRef) else measure
        if isinstance(total, m.Total) and total.what == "quantity":
            return total.unit
    return None


def thresholds(rules: m.Rule | Sequence[m.Rule]) -> list[tuple[Fraction, m.Dimension]]:
    """The thresholds of tiers, the bounds of rows and conditions, a package and a limit, each with what it is one of."""
    found: list[tuple[Fraction, m.Dimension]] = []
    for rule in (rules,) if isinstance(rules, m.Rule) else rules:
        if isinstance(rule.worth, m.Tiers):
            of = dimension(rule.worth.measure)
            found += [(row.threshold, of) for row in rule.worth.rows]
        elif isinstance(rule.worth, m.Cases):
            for measure, bounds in rows_compared(rule.worth):
                found += [(bound, dimension(measure)) for bound in bounds]
        packages = [piece.package for piece in pieces(rule.worth) if isinstance(piece, m.UnitPiece)]
        found += [(one.size, m.Dimension("quantity", one.unit) if one.unit else m.MONEY) for one in packages]
        if rule.limit is not None and rule.limit.quantity is not None:
            found.append((rule.limit.quantity, m.Dimension("quantity", rule.limit.unit)))
        elif rule.limit is not None and rule.limit.money is not None:
            found.append((rule.limit.money, m.MONEY))
        for test in conjuncts(rule):
            compared = interval(test) if isinstance(test, m.Compare) else None
            if compared is not None:
                measure, (low, _), (high, _) = compared
                found += [(bound, dimension(measure)) for bound in (low, high) if bound is not None]
    return list(dict.fromkeys(found))


def rows_compared(worth: m.Cases) -> Iterator[tuple[m.Expr, list[Fraction]]]:
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
                best = (quantity, Witness(quote))
                break
    return best[1] if best is not None else None
