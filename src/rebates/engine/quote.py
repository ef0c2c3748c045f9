"""A quote: exact amounts at once, everything else when it is read."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Literal, overload

import msgspec

from rebates.compile import Amounts, Priced
from rebates.engine.classes import ClassVerdict, class_verdicts
from rebates.engine.next_tier import NextTier, next_tier
from rebates.engine.notes import notes
from rebates.engine.orders import Line, Order, order_in, total_of, total_text
from rebates.engine.pocket import Pocket, line_rebates, margin, pocket
from rebates.engine.terms import QuoteBreak, QuoteTerm, quote_breaks, quote_terms
from rebates.engine.wording import amendment_text, terms
from rebates.model import nodes as m
from rebates.model.exact import ExactError, Rounding, decimal_text, round_to
from rebates.model.money import Money
from rebates.model.orders import OrderIn
from rebates.model.outcome import Decision, LineOut, Outcome
from rebates.model.tables import Row

if TYPE_CHECKING:
    from rebates.engine.book import Book
    from rebates.engine.credit import Credit
    from rebates.engine.explain import Explanation
    from rebates.engine.grouping import Group
    from rebates.engine.offers import Offer

View = Literal["manager", "customer"]
Status = Literal["priced", "needs approval", "not placeable", "rejected"]


@dataclass(frozen=True, slots=True)
class Taken:
    """What a rule took off a line (negative: a surcharge), or a charge put on it. `terms` is the row or rate as written."""

    rule: str
    title: str
    amount: Money
    terms: str
    amended: tuple[str, ...] = ()  # the amendments whose clauses the rule holds, with their day and place


@dataclass(frozen=True, slots=True)
class QuoteGuard:
    """A guard's verdict; `value` is None where a list price or cost is missing."""

    name: str
    watches: str
    line: int | None
    value: Fraction | None
    bound: Fraction | None
    holds: bool
    role: str | None


@dataclass(frozen=True, slots=True)
class QuoteCharge:
    """A charge of the order, after the stages on charges."""

    rule: str
    title: str
    amount: Money
    before: Money


@dataclass(frozen=True, slots=True)
class QuoteFree:
    """Goods that a rule adds to the order; `net_value` is zero unless they have a token price (8.1)."""

    rule: str
    title: str
    item: str
    quantity: str
    list_value: Money
    net_value: Money


class QuoteLine:
    """One line of a quote. Values are of the whole line, prices per ordered unit."""

    def __init__(self, quote: Quote, index: int) -> None:
        self._quote, self.index = quote, index

    @property
    def _out(self) -> LineOut:
        return self._quote.priced.lines[self.index]

    @property
    def item(self) -> str:
        return self._quote.given.lines[self.index].item

    @property
    def quantity(self) -> str:
        line = self._quote.given.lines[self.index]
        return f"{decimal_text(line.quantity)} {line.unit}"

    @property
    def list_price(self) -> Money | None:
        return self._quote.price_money(self._out.list_price)

    @property
    def gross_price(self) -> Money:
        """After the account price, unrounded as far as its decimals end."""
        price = self._quote.price_money(self._out.gross_price)
        assert price is not None
        return price

    @property
    def net_price(self) -> Money:
        """Net value ÷ quantity, at two digits more than amounts have (2.2 a)."""
        return self._quote.shown_price(self._out.net_value / self._quote.given.lines[self.index].quantity)

    @property
    def list_value(self) -> Money | None:
        value = self._quote.priced.list_values[self.index]
        return None if value is None else self._quote.scaled(value)

    @property
    def gross_value(self) -> Money:
        return self._quote.scaled(self._quote.priced.gross_values[self.index])

    @property
    def net_value(self) -> Money:
        return self._quote.scaled(self._quote.priced.net_values[self.index])

    @property
    def invoice_value(self) -> Money:
        """Net value with this line's part of the charges."""
        return self._quote.scaled(self._quote.priced.invoice_values[self.index])

    @property
    def pocket_value(self) -> Money:
        """Invoice value less this line's part of the rebates that the order is expected to earn (section 15)."""
        return self._quote.money(self._quote.priced.pocket.values[self.index])

    @property
    def pocket_price(self) -> Money:
        """Pocket value ÷ quantity, at two digits more than amounts have."""
        quantity = self._quote.given.lines[self.index].quantity
        return self._quote.shown_price(self._quote.priced.pocket.values[self.index] / quantity)

    @property
    def pocket_margin(self) -> Fraction | None:
        """(Pocket value − cost) ÷ pocket value, exact; None without a cost, or at a value of zero or less (124)."""
        return margin(self._quote.priced.pocket.values[self.index], [self._out.cost])

    @property
    def rebates(self) -> tuple[Taken, ...]:
        """This line's part of what each rebate is expected to pay, and each settled charge to ask (negative)."""
        return line_rebates(self._quote, self.index)

    @property
    def discount(self) -> Money:
        """Gross less net value."""
        amounts = self._quote.priced
        return self._quote.scaled(amounts.gross_values[self.index] - amounts.net_values[self.index])

    @property
    def price_rule(self) -> str | None:
        """The rule that made the gross price: a name, `manual`, or None for the list price."""
        rule = self._out.price_rule
        return rule.rpartition(".")[2] if rule is not None else None

    @property
    def price_reference(self) -> str | None:
        """By which authorisation the price is given: the `reference` of its rule, or of its row (6.8)."""
        row = self._quote.price_row(self.index)
        stated = row.cells.get("reference") if row is not None else None
        rule = self._quote.rules.get(self._out.price_rule or "")
        return str(stated) if stated is not None else (rule.reference if rule is not None else None)

    @property
    def price_valid_to(self) -> date | None:
        """The last day on which the rule and the row that gave the price hold; None where neither ends."""
        row, rule = self._quote.price_row(self.index), self._quote.rules.get(self._out.price_rule or "")
        ends = [day for day in (row.last if row else None, rule.last if rule else None) if day is not None]
        return min(ends, default=None)

    @property
    def discounts(self) -> tuple[Taken, ...]:
        """What each rule took, in the order it was taken."""
        quote = self._quote
        parts = [part for step in self._out.steps for part in step.parts]
        return tuple(quote.taken(rule, amount, self.index) for rule, amount in parts)

    @property
    def charges(self) -> tuple[Taken, ...]:
        """This line's part of each charge."""
        return tuple(self._quote.taken(rule, amount, self.index) for rule, amount in self._out.charges)

    @cached_property
    def next_tier(self) -> NextTier | None:
        """The nearest tier that more of this line reaches and that is worth something, or None; worked out when read."""
        return next_tier(self._quote, self.index)

    def __repr__(self) -> str:
        return f"<QuoteLine {self.quantity} {self.item}: {self.net_value}>"


class QuoteLines(Sequence[QuoteLine]):
    """The lines of a quote, made as they are read: a quote that held its lines, which hold it, would outlive its last use."""

    __slots__ = ("_quote",)

    def __init__(self, quote: Quote) -> None:
        self._quote = quote

    def __len__(self) -> int:
        return len(self._quote.ordered)

    @overload
    def __getitem__(self, index: int) -> QuoteLine: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[QuoteLine, ...]: ...
    def __getitem__(self, index: int | slice) -> QuoteLine | tuple[QuoteLine, ...]:
        places = range(len(self))[index]
        if isinstance(places, int):
            return QuoteLine(self._quote, places)
        return tuple(QuoteLine(self._quote, place) for place in places)


class Quote(msgspec.Struct, frozen=True, eq=False, dict=True):
    """The price of an order under one version of the rules. It does not change; what is asked later is made then."""

    book: Book
    order: Order
    ordered: tuple[Line, ...]  # the lines as they were when the quote was made
    amounts: Sequence[Amounts]

    @cached_property
    def given(self) -> OrderIn:
        """The order in exact numbers; of a plain one, which has no attributes, codes or totals."""
        return order_in(Order(self.order.account, self.order.date, self.ordered), self.book.ground)

    @cached_property
    def priced(self) -> Priced:
        """What the evaluator says of the order."""
        return self.book.compiled.priced(self.given, self.amounts)

    @property
    def lines(self) -> Sequence[QuoteLine]:
        return QuoteLines(self)

    def __repr__(self) -> str:
        return f"<Quote {self.total}, {self.status}>"

    # --- amounts

    @property
    def currency(self) -> str:
        return self.priced.currency

    @property
    def version(self) -> str:
        """The version of the rules that made it."""
        return self.book.version

    @property
    def total(self) -> Money:
        """What is to be paid: net value, charges and cash rounding, without tax."""
        priced = self.priced
        if priced.book.terms.rounding.order_step is None:
            return self.scaled(sum(priced.invoice_values) + priced.tokens)
        return self.money(priced.invoice_value)

    @property
    def net_value(self) -> Money:
        return self.scaled(self.priced.net_value)

    @property
    def earns_rebates(self) -> bool:
        """Whether an agreement in force has rules that are settled over time."""
        return any(agreement.rebates for agreement in self.priced.book.terms.agreements)

    @cached_property
    def pocket(self) -> Pocket:
        """What rebates the order is expected to earn, and what is left of it; worked out when it is read (section 15)."""
        return pocket(self)

    def scaled(self, value: int) -> Money:
        """An amount in units of the digits."""
        return Money(Decimal(f"{value}E-{self.priced.digits}"), self.currency)  # exact whatever the decimal context

    def money(self, value: Fraction) -> Money:
        """A rounded amount."""
        return Money(Decimal(decimal_text(value, self.priced.digits)), self.currency)

    def price_money(self, value: Fraction | None) -> Money | None:
        """A unit price with all its decimals; one that does not end is shown at two digits more than amounts."""
        if value is None:
            return None
        try:
            text = decimal_text(value)
        except ExactError:
            return self.shown_price(value)
        least = self.priced.digits - len(text.partition(".")[2])
        return Money(Decimal(decimal_text(value, self.priced.digits) if least > 0 else text), self.currency)

    def shown_price(self, value: Fraction) -> Money:
        digits = self.priced.digits + 2
        return Money(Decimal(decimal_text(round_to(value, digits, Rounding.HALF_UP), digits)), self.currency)

    # --- verdicts

    @cached_property
    def guards(self) -> tuple[QuoteGuard, ...]:
        """Every guard of the agreements in force."""
        nodes = {guard.id: guard for agreement in self.book.rules.agreements for guard in agreement.guards}
        return tuple(
            QuoteGuard(
                out.guard, nodes[out.guard].watches, out.line, out.value, out.bound, out.holds, nodes[out.guard].role
            )
            for out in self.priced.guards
        )

    @property
    def approvals(self) -> tuple[str, ...]:
        """The roles that must approve."""
        return tuple(self.priced.approvals)

    @property
    def status(self) -> Status:
        """`rejected` by a guard, `not placeable` because it breaks a term, `needs approval` by a role, or `priced`.

        The numbers stand in every case (7.2, 7.3).
        """
        if self.priced.rejected:
            return "rejected"
        if self.priced.terms.breaks:
            return "not placeable"
        return "needs approval" if self.approvals else "priced"

    @cached_property
    def terms(self) -> tuple[QuoteTerm, ...]:
        """The terms that speak for the order, typed (7.2)."""
        return tuple(quote_terms(self))

    @cached_property
    def breaks(self) -> tuple[QuoteBreak, ...]:
        """The terms that the order breaks, each with the next allowed quantity or date; a quote with one cannot be placed."""
        return tuple(quote_breaks(self))

    @property
    def earliest_delivery(self) -> date | None:
        """The first day on which all lines can be delivered; None where no lead time and no delivery days are stated."""
        return self.priced.terms.earliest

    @cached_property
    def totals(self) -> Mapping[str, str]:
        """Totals after this order; they go into the next order unchanged (5.4 b).

        What the order brought and no rule of this order reads comes back as it was, so that nothing is lost on the way.
        """
        totals = {key: total_of(value) for key, value in self.order.totals.items()} | dict(self.priced.totals)
        return {key: total_text(value) for key, value in sorted(totals.items())}

    # --- why

    @property
    def outcome(self) -> Outcome:
        """The whole trace: every step, every rule's decision."""
        return self.priced.outcome

    @cached_property
    def rules(self) -> Mapping[str, m.Rule]:
        """The rules of the agreements in force, by id, each in the version that holds."""
        return {here.rule.id: here.rule for here in self.priced.book.terms.rules}

    @cached_property
    def charges(self) -> tuple[QuoteCharge, ...]:
        return tuple(
            QuoteCharge(
                self.rules[out.rule].name, self.rules[out.rule].title, self.money(out.after), self.money(out.amount)
            )
            for out in self.priced.charges
        )

    @cached_property
    def classes(self) -> tuple[ClassVerdict, ...]:
        """Every class that was judged, of whom, and why a member or not."""
        return class_verdicts(self)

    @cached_property
    def free(self) -> tuple[QuoteFree, ...]:
        """Free goods that come beside the lines."""
        return tuple(
            QuoteFree(
                self.rules[out.rule].name,
                self.rules[out.rule].title,
                out.item,
                f"{decimal_text(out.quantity)} {out.unit}",
                self.money(out.list_value),
                self.money(out.net_value),
            )
            for out in self.priced.free
        )

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What the caller should know: attributes and codes that met no rule or were missing, steps that left nothing."""
        return tuple(notes(self))

    @cached_property
    def _by_line(self) -> list[dict[str, Decision]]:
        found: list[dict[str, Decision]] = [{} for _ in self.lines]
        for decision in self.outcome.decisions:
            found[decision.line][decision.rule] = decision
        return found

    def decision(self, rule: str, index: int) -> Decision | None:
        """What a rule did on a line."""
        return self._by_line[index].get(rule)

    def decisions_on(self, index: int) -> Collection[Decision]:
        """What every rule did on a line, by its place in the text."""
        return self._by_line[index].values()

    def price_row(self, index: int) -> Row | None:
        """The row of a price table that gave a line its price."""
        out = self.priced.lines[index]
        rule = self.rules.get(out.price_rule or "")
        if out.price_row is None or rule is None or not isinstance(rule.worth, m.PriceTable):
            return None
        return self.book.rules.tables[rule.worth.table].row(out.price_row[1])

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """What rules would be worth that wait for an attribute of the order, such as early payment; worked out when read."""
        from rebates.engine.offers import offers

        return offers(self)

    def grouped(self, path: str) -> tuple[Group, ...]:
        """The values by an attribute such as `item.tax_code`; the parts add up (2.7)."""
        from rebates.engine.grouping import grouped

        return grouped(self, path)

    def rule_name(self, id: str) -> str:
        """The name of a rule in force; that of a manual price or discount is `manual`."""
        return self.rules[id].name if id in self.rules else id

    def taken(self, rule: str, amount: Fraction, index: int) -> Taken:
        """A part of a line's amounts with the rule's words."""
        node = self.rules.get(rule)
        if node is None:
            return Taken(rule, "given by the caller", self.money(amount), "")
        decision = self.priced.decision(rule, index)
        stands = terms(node, decision.tier, decision.chosen) if decision else terms(node, None)
        return Taken(node.name, node.title, self.money(amount), stands, tuple(map(amendment_text, node.amended)))

    def explain(self, view: View = "manager") -> Explanation:
        """Why each number is what it is, and why every other rule did nothing."""
        from rebates.engine.explain import Explanation

        return Explanation(self, view)

    def credit(self, lines: Mapping[int, str], earlier: Mapping[int, str] | None = None) -> Credit:
        """The credit of a return that names this sale: line number (from 1) and quantity; `earlier` came back before (2.8)."""
        from rebates.engine.credit import credit

        return credit(self, lines, earlier or {})

    # --- data

    def to_dict(self) -> dict[str, object]:
        """Plain data; amounts as text."""
        from rebates.engine.document import quote_document

        return quote_document(self)

    def to_order(self) -> dict[str, object]:
        """Plain data of the order as it was asked; it prices again to the same quote."""
        from rebates.engine.document import order_of_quote

        return order_of_quote(self)

    def to_json(self) -> str:
        """Canonical JSON: the same quote gives the same bytes."""
        return json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
