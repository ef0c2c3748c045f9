"""The compiled rule set: plans made when first needed, kept within bounds, shared by threads.

What applies to an account on a day is a *context*; contexts live in two generations. When `plans` line plans have been
made, the young generation becomes the old one and a fresh one starts; what is used again moves back. Nothing stored is
changed afterwards but by adding to a dictionary, so threads need no lock: a race makes a plan twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from rebates.compile.cells import FastLine, fast_line
from rebates.compile.priced import Amounts, Priced, amounts_of
from rebates.compile.results import outcome
from rebates.compile.runtime import Run, check, run
from rebates.model.nodes import Agreement, RuleSet
from rebates.model.orders import LineIn, OrderIn
from rebates.model.outcome import OrderError, Outcome
from rebates.plan.facts import AccountFacts, AttributeText, Facts
from rebates.plan.from_model import agreements_in_force, line_plan, terms_from_agreements
from rebates.plan.nodes import Book, LinePlan, Terms
from rebates.plan.reads import Reads, reads_of
from rebates.plan.versions import Choice, Versions

MOST_DIGITS = 12
PLANS = 100_000
TERMS = 10_000

Key = tuple[object, ...]


class Context:
    """A book and the plans of its lines; a line's key is its item, unit, decimals and attributes that rules read."""

    __slots__ = ("book", "fast", "plans")

    def __init__(self, book: Book) -> None:
        self.book = book
        self.plans: dict[Key, LinePlan] = {}
        self.fast: dict[Key, FastLine | None] = {}


class Compiled:
    """A rule set ready to price orders. Its results depend on the order alone."""

    def __init__(self, rules: RuleSet, plans: int = PLANS) -> None:
        self._rules = rules
        self._facts = Facts(rules.master, rules.tables)
        self._reads: Reads = reads_of(rules)
        self._plans = plans
        self._made = 0
        self._text_order = {each.name: place for place, each in enumerate(rules.agreements)}
        self._by_account: dict[str, list[Agreement]] = {}
        self._for_all: list[Agreement] = []
        for agreement in rules.agreements:
            who = agreement.who
            if who.kind in ("account", "account and subsidiaries") and who.name is not None:
                self._by_account.setdefault(who.name, []).append(agreement)
            else:
                self._for_all.append(agreement)
        self._versions = {each.name: Versions(each) for each in rules.agreements}
        self._terms: dict[tuple[tuple[str, Choice], ...], Terms] = {}
        self._young: dict[Key, Context] = {}
        self._old: dict[Key, Context] = {}

    def price(self, order: OrderIn) -> Priced:
        """Amounts and guards, decisions when asked. Raises OrderError (R0501 to R0507).

        Orders that generated code can price are priced by it, all others by the runtime; the amounts are the same.
        """
        check(order)
        context = self._context(order)
        amounts = self._generated(context, order)
        done: Run | None = None
        if amounts is None:
            done = self._run(context, order, False)
            amounts = amounts_of(done)
        return Priced(context.book, order, amounts, lambda decisions: self._run(context, order, decisions), done)

    def outcome(self, order: OrderIn) -> Outcome:
        """The full result: amounts, every decision, guards, totals. Raises OrderError (R0501 to R0507)."""
        check(order)
        return outcome(self._run(self._context(order), order, True))

    def in_force(self, account: str, day: date) -> tuple[str, ...]:
        """The names of the agreements in force, most specific first. Raises OrderError (R0501, R0502, R0508)."""
        book = self._book(OrderIn(account, day, ()), MappingProxyType({}))
        return tuple(agreement.name for agreement in book.terms.agreements)

    # --- the runtime

    def _run(self, context: Context, order: OrderIn, decisions: bool) -> Run:
        plans = [self._line(context, line, f"lines[{place}]") for place, line in enumerate(order.lines)]
        return run(context.book, order, plans, decisions)

    # --- generated code

    def _generated(self, context: Context, order: OrderIn) -> list[Amounts] | None:
        """The amounts of every line; None if one of them needs the runtime."""
        if order.given:
            return None
        known = context.fast
        names = self._reads.line
        found: list[Amounts] = []
        for place, line in enumerate(order.lines):
            if line.price is not None or line.net_price is not None or line.discount is not None:
                return None
            quantity, denominator = line.quantity.numerator, line.quantity.denominator
            digits = 0
            if denominator != 1:
                digits = _digits(denominator)
                quantity *= 10**digits // denominator if digits >= 0 else 0
            if quantity <= 0:
                return None
            key: Key = (line.item, line.unit, digits)
            if names:
                key += tuple(map(line.attributes.get, names))
            fast = known.get(key)
            if fast is None:
                if key in known:
                    return None
                fast = fast_line(self._line(context, line, f"lines[{place}]"), digits)
                known[key] = fast
                if fast is None:
                    return None
            cell = fast.cell(quantity, order, line)
            if cell is None:
                return None
            amounts = cell.function(quantity, cell.constants)
            if amounts is None:
                return None
            found.append(amounts)
        return found

    # --- plans

    def _context(self, order: OrderIn) -> Context:
        if order.account_attributes:
            return Context(self._book(order, order.account_attributes))
        reads = self._reads
        key: Key = (order.account, order.day)
        if order.days:
            key += tuple(order.days.get(name) for name in reads.days)
        if order.codes or reads.order:
            key += (order.codes & reads.codes, tuple(order.attributes.get(name) for name in reads.order))
        context = self._young.get(key)
        if context is None:
            context = self._old.get(key)
            if context is None:
                context = Context(self._book(order, MappingProxyType({})))
                self._made += 1
            elif 2 * len(context.plans) > self._plans:
                context = Context(context.book)  # one account alone must not fill a generation
            self._made += len(context.plans)
            self._young[key] = context
        return context

    def _book(self, order: OrderIn, overlay: Mapping[str, AttributeText]) -> Book:
        facts, reads = self._facts, self._reads
        account = facts.account(order.account, order.day, overlay)
        if account is None:
            raise OrderError(
                "R0502", f"account `{order.account}` is not in the table `accounts`", "account", "add it to the table"
            )
        agreements = agreements_in_force(self._agreements_for(account), facts, account, order.day)
        chosen = tuple((each.name, self._versions[each.name].choice(order.day, order.days)) for each in agreements)
        terms = self._terms.get(chosen)
        if terms is None:
            texts = tuple(self._versions[name].chosen(choice) for name, choice in chosen)
            terms = terms_from_agreements(texts, self._text_order, agreements)
            if len(self._terms) >= TERMS:
                self._terms = {}
            self._terms[chosen] = terms
        return Book(
            account,
            order.day,
            {name: order.days[name] for name in reads.days if name in order.days},
            facts,
            terms,
            order.codes & reads.codes,
            {name: order.attributes[name] for name in reads.order if name in order.attributes},
        )

    def _agreements_for(self, account: AccountFacts) -> list[Agreement]:
        """Those whose `accounts` can mean the account; all others name another one."""
        found = list(self._for_all)
        for name in account.line_up:
            found += self._by_account.get(name, ())
        return found

    def _line(self, context: Context, line: LineIn, where: str) -> LinePlan:
        names = self._reads.line
        key: Key = (line.item, line.unit, *map(line.attributes.get, names))
        plan = context.plans.get(key)
        if plan is None:
            attributes = {name: line.attributes[name] for name in names if name in line.attributes}
            plan = line_plan(context.book, line.item, line.unit, where, attributes)
            context.plans[key] = plan
            self._made += 1
            if self._made > self._plans:
                self._old, self._young, self._made = self._young, {}, 0
        return plan


def _digits(denominator: int) -> int:
    """The decimals of a quantity; -1 if it has no end."""
    for digits in range(1, MOST_DIGITS + 1):
        if 10**digits % denominator == 0:
            return digits
    return -1


def compile_rules(rules: RuleSet) -> Compiled:
    """Cheap: plans are made when an order first needs them."""
    return Compiled(rules)
