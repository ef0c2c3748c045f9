"""A quote: exact amounts at once, everything else when it is read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING, Literal

from rebates.compile import Priced
from rebates.engine.orders import Order
from rebates.model import nodes as m
from rebates.model.exact import ExactError, Rounding, decimal_text, round_to
from rebates.model.money import Money
from rebates.model.orders import OrderIn
from rebates.model.outcome import Decision, LineOut, Outcome

if TYPE_CHECKING:
    from rebates.engine.book import Book
    from rebates.engine.credit import Credit
    from rebates.engine.explain import Explanation

View = Literal["manager", "customer"]
Status = Literal["priced", "needs approval", "rejected"]


@dataclass(frozen=True, slots=True)
class Taken:
    """What a rule took off a line (negative: a surcharge), or a charge put on it. `terms` is the row or rate as written."""

    rule: str
    title: str
    amount: Money
    terms: str


@dataclass(frozen=True, slots=True)
class NextTier:
    """How much more reaches the next tier of a rule, and what the whole line then saves against today's net price."""

    rule: str
    more: str
    terms: str
    saves: Money

    def __str__(self) -> str:
        return f"{self.more} more reach `{self.terms}` ({self.rule}), worth {self.saves}"


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


class QuoteLine:
    """One line of a quote. Values are of the whole line, prices per ordered unit."""

    def __init__(self, quote: Quote, index: int) -> None:
        self._quote, self.index = quote, index

    @property
    def _out(self) -> LineOut:
        return self._quote.outcome.lines[self.index]

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
        price = self._quote.shown_price(self._out.net_value / self._quote.given.lines[self.index].quantity)
        return price

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
        """The nearest tier that a larger quantity of this line reaches, or None."""
        return next_tier(self._quote, self.index)


class Quote:
    """The price of an order under one version of the rules."""

    def __init__(self, book: Book, order: Order, given: OrderIn, priced: Priced) -> None:
        self.book, self.order, self.given, self.priced = book, order, given, priced
        self.lines = tuple(QuoteLine(self, index) for index in range(len(given.lines)))

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
        value = self.priced.invoice_value
        return Money(Decimal(decimal_text(value, self.priced.digits)), self.currency)

    @property
    def net_value(self) -> Money:
        return self.scaled(self.priced.net_value)

    def scaled(self, value: int) -> Money:
        """An amount in units of the digits."""
        return Money(Decimal(value).scaleb(-self.priced.digits), self.currency)

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
        """`rejected` by a guard, `needs approval` by a role, or `priced`; the numbers stand in every case (7.3)."""
        if self.priced.rejected:
            return "rejected"
        return "needs approval" if self.approvals else "priced"

    @cached_property
    def totals(self) -> Mapping[str, str]:
        """Totals after this order; they go into the next order unchanged (5.4 b)."""
        return {key: _number_text(value) for key, value in sorted(self.priced.totals.items())}

    # --- why

    @property
    def outcome(self) -> Outcome:
        """The whole trace: every step, every rule's decision."""
        return self.priced.outcome

    @cached_property
    def rules(self) -> Mapping[str, m.Rule]:
        """The rules of the agreements in force, by id."""
        names = set(self.outcome.agreements)
        return {rule.id: rule for a in self.book.rules.agreements if a.name in names for rule in a.rules}

    @cached_property
    def charges(self) -> tuple[QuoteCharge, ...]:
        return tuple(
            QuoteCharge(
                self.rules[out.rule].name, self.rules[out.rule].title, self.money(out.after), self.money(out.amount)
            )
            for out in self.outcome.charges
        )

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What the caller should know: attributes that nobody gave, guards that could not be judged."""
        found = dict.fromkeys(
            f"`{d.detail}` is not known, so `{self.rules[d.rule].name}` does not apply"
            for d in self.outcome.decisions
            if d.because == "unknown" and d.detail
        )
        for guard in self.guards:
            if guard.value is None:
                missing = "a cost" if guard.watches == "invoice margin" else "a list price"
                found[f"the guard on {guard.watches} could not be judged: {missing} is missing"] = None
        return tuple(found)

    def decision(self, rule: str, index: int) -> Decision | None:
        """What a rule did on a line."""
        for decision in self.outcome.decisions:
            if decision.line == index and decision.rule == rule:
                return decision
        return None

    def taken(self, rule: str, amount: Fraction, index: int) -> Taken:
        """A part of a line's amounts with the rule's words."""
        node = self.rules.get(rule)
        if node is None:
            return Taken(rule, "given by the caller", self.money(amount), "")
        decision = self.decision(rule, index)
        return Taken(node.name, node.title, self.money(amount), terms(node, decision.tier if decision else None))

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

    def to_json(self) -> str:
        """Canonical JSON: the same quote gives the same bytes."""
        return json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _number_text(value: Fraction) -> str:
    try:
        return decimal_text(value)
    except ExactError:
        return decimal_text(round_to(value, 12, Rounding.HALF_UP))


def terms(rule: m.Rule, tier: int | None) -> str:
    """The row, rate or amount of a rule as it stands in the text."""
    worth = rule.worth
    match worth:
        case m.Tiers(rows=rows, below=below, without_baseline=without):
            if tier == -1 and below is not None:
                return words(below.span.text)
            if tier == -2 and without is not None:
                return f"without baseline {words(without.span.text)}"
            return words(rows[tier].span.text) if tier is not None and tier >= 0 else ""
        case m.Flat(reward=reward):
            return words(reward.span.text)
        case _:
            return words(worth.span.text)


def words(text: str) -> str:
    """A piece of rule text on one line."""
    lines = (line.partition("#")[0] for line in text.splitlines())
    return " ".join(" ".join(lines).split())


def next_tier(quote: Quote, index: int) -> NextTier | None:
    """The nearest next row of the rules that look at this line's quantity; priced by quoting the larger quantity."""
    line = quote.given.lines[index]
    if line.quantity <= 0:
        return None
    nearest: tuple[Fraction, m.Rule, m.Tier] | None = None
    for decision in quote.outcome.decisions:
        rule = quote.rules.get(decision.rule)
        if decision.line != index or decision.measure is None or rule is None or rule.kind == "charge":
            continue
        if decision.because not in ("taken", "nothing", "no tier", "beaten"):
            continue
        worth = rule.worth
        if not (isinstance(worth, m.Tiers) and _of_quantity(worth.measure)):
            continue
        row = next((row for row in worth.rows if row.threshold > decision.measure), None)
        if row is None:
            continue
        per_unit = decision.measure / line.quantity
        if per_unit <= 0:
            continue
        wanted = row.threshold / per_unit
        if row.above or wanted.denominator != 1:
            wanted = Fraction(ceil(wanted) if wanted.denominator != 1 else ceil(wanted) + 1)
        if nearest is None or wanted < nearest[0]:
            nearest = (wanted, rule, row)
    if nearest is None:
        return None
    wanted, rule, row = nearest
    larger = tuple(replace(x, quantity=wanted) if i == index else x for i, x in enumerate(quote.given.lines))
    other = quote.book.compiled.price(replace(quote.given, lines=larger))
    scale = 10**quote.priced.digits
    today = Fraction(quote.priced.net_values[index], scale) / line.quantity * wanted
    saves = round_to(today - Fraction(other.net_values[index], scale), quote.priced.digits, Rounding.HALF_UP)
    more = decimal_text(wanted - line.quantity)
    return NextTier(rule.name, f"{more} {line.unit}", words(row.span.text), quote.money(saves))


def _of_quantity(measure: m.Expr) -> bool:
    inner = measure.value if isinstance(measure, m.MeasureRef) else measure
    return isinstance(inner, m.Total) and inner.what == "quantity" and inner.scope is m.Scope.LINE and not inner.full
