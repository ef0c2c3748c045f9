"""The compiled rule set: plans made when first needed, kept within bounds, shared by threads.

The runtime works from an exact day: what applies to an account on it is a `Context`. Generated code works from what is
remembered of an account whatever the day (`remembered.py`); its plans say for which days they hold.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from threading import RLock
from types import MappingProxyType

from cachetools import LRUCache

from rebates.compile.cells import NOT_MADE, Cell, FastLine, Key, fast_line
from rebates.compile.days import WatchedDay
from rebates.compile.familiar import is_familiar
from rebates.compile.priced import Amounts, Priced, amounts_of
from rebates.compile.remembered import Known, Remembered
from rebates.compile.results import outcome
from rebates.compile.runtime import Run, check, run
from rebates.compile.templates import AccountBook, TemplateLine, Templates
from rebates.model.nodes import Agreement, RuleSet
from rebates.model.orders import LineIn, OrderIn
from rebates.model.outcome import OrderError, Outcome
from rebates.plan.classes import classes_of
from rebates.plan.facts import AccountFacts, AttributeText, Facts
from rebates.plan.from_model import agreements_in_force, line_plan, terms_from_agreements
from rebates.plan.moments import read_order
from rebates.plan.nodes import Book, ClassUse, LinePlan, Terms
from rebates.plan.reads import Reads, codes_read, reads_of
from rebates.plan.versions import Choice, Versions

MOST_DIGITS = 12
PLANS = 50_000  # lines of accounts that generated code remembers, in each of two generations
CONTEXTS = 1_000  # accounts on a day, for the runtime; each with at most LINES plans
LINES = 20_000
TERMS = 1_000
NOTHING: Mapping[str, AttributeText] = MappingProxyType({})


class Context:
    """A book and the plans of its lines; a line's key is its item, unit and attributes that rules read."""

    __slots__ = ("book", "plans")

    def __init__(self, book: Book) -> None:
        self.book = book
        self.plans: dict[Key, LinePlan] = {}


class Compiled:
    """A rule set ready to price orders. Its results depend on the order alone."""

    def __init__(self, rules: RuleSet, plans: int = PLANS) -> None:
        self._rules = rules
        self._facts = Facts(rules.master, rules.tables)
        self._reads: Reads = reads_of(rules)
        self._lock = (
            RLock()
        )  # held while plans and cells are made, never while orders are priced by those that are there
        self.remembered = Remembered(plans)
        self._templates = Templates(plans)
        self.reads_lines = bool(self._reads.line)
        self.is_familiar = is_familiar(rules)
        self._text_order = {each.name: place for place, each in enumerate(rules.agreements)}
        self._by_account: dict[str, list[Agreement]] = {}
        self._for_all: list[Agreement] = []
        for agreement in rules.agreements:
            who = agreement.who
            if who.kind in ("account", "account and subsidiaries") and who.name is not None:
                self._by_account.setdefault(who.name, []).append(agreement)
            else:
                self._for_all.append(agreement)
        self._choosing = {each.name: uses for each in rules.agreements if (uses := classes_of(each, (each.who,)))}
        self._versions = {each.name: Versions(each) for each in rules.agreements}
        self._terms: LRUCache[tuple[tuple[str, Choice], ...], Terms] = LRUCache(TERMS)
        self._contexts: LRUCache[Key, Context] = LRUCache(CONTEXTS)

    def price(self, order: OrderIn) -> Priced:
        """Amounts and guards, decisions when asked. Raises OrderError (R0501 to R0507).

        Orders that generated code can price are priced by it, all others by the runtime; the amounts are the same.
        """
        check(order)
        amounts = self._generated(order)
        done: Run | None = None
        if amounts is None:
            done = self._run(self._context(order), order, False)
            amounts = amounts_of(done)
        return self.priced(order, amounts, done)

    def priced(self, order: OrderIn, amounts: list[Amounts], done: Run | None = None) -> Priced:
        """An order whose amounts are known; all else is made when it is asked for."""
        context = self._context(order)
        return Priced(context.book, order, amounts, lambda decisions: self._run(context, order, decisions), done)

    def outcome(self, order: OrderIn) -> Outcome:
        """The full result: amounts, every decision, guards, totals. Raises OrderError (R0501 to R0507)."""
        check(order)
        return outcome(self._run(self._context(order), order, True))

    def in_force(self, account: str, day: date) -> tuple[str, ...]:
        """The names of the agreements in force, most specific first. Raises OrderError (R0501, R0502, R0508)."""
        book = self._book(OrderIn(account, day, ()), day, NOTHING)
        return tuple(agreement.name for agreement in book.terms.agreements)

    # --- the runtime

    def _run(self, context: Context, order: OrderIn, decisions: bool) -> Run:
        plans = [self._line(context, line, f"lines[{place}]") for place, line in enumerate(order.lines)]
        return run(context.book, order, plans, decisions, lambda gift: self._line(context, gift, "free goods"))

    # --- generated code

    def _generated(self, order: OrderIn) -> list[Amounts] | None:
        """The amounts of every line; None if one of them needs the runtime."""
        reads, days = self._reads, order.days
        if order.given or order.account_attributes or reads.classes_choose or not is_familiar(order):
            return None
        if days and reads.moments:
            return None
        about: Key = ()
        if days:
            about = tuple(days.get(name) for name in reads.days)
        if order.codes or (reads.order and order.attributes):
            about += (self._codes(order), tuple(order.attributes.get(name) for name in reads.order))
        if reads.facts:
            about += ("facts", tuple(order.facts.get(name) for name in reads.facts))
        known = self.remembered.known((order.account, *about) if about else order.account)
        day = order.day.toordinal()
        found: list[Amounts] = []
        for line in order.lines:
            if line.price is not None or line.net_price is not None or line.discount is not None:
                return None
            if not is_familiar(line):
                return None
            quantity, denominator = line.quantity.numerator, line.quantity.denominator
            digits = 0
            if denominator != 1:
                digits = _digits(denominator)
                quantity *= 10**digits // denominator if digits >= 0 else 0
            if quantity <= 0:
                return None
            key: Key = (line.item, scaled(line.unit, digits))
            if reads.line and line.attributes:
                key += tuple(map(line.attributes.get, reads.line))
            cuts, cells = known.lines.get(key, _UNKNOWN)
            low, high, function, constants = cells[bisect_right(cuts, quantity)]
            if not low <= day < high:
                _, _, function, constants = self.cell(known, key, order, line, digits, quantity)
            amounts = function(quantity, constants)
            if amounts is None:
                return None
            found.append(amounts)
        return found

    def cell(self, known: Known, key: Key, order: OrderIn, line: LineIn, digits: int, quantity: int) -> Cell:
        """The cell of a line's quantity on the order's day, made if it is not there. Raises OrderError."""
        day = order.day.toordinal()
        with self._lock:
            while True:
                fast: FastLine | TemplateLine | None = next(
                    (each for each in known.plans.get(key, ()) if each.holds(day)), None
                )
                if fast is None:
                    fast = self._fast_line(known, order, line, digits)
                    self.remembered.add(known, key, fast)
                cell = fast.cells[bisect_right(fast.cuts, quantity)]
                if not cell[0] <= day < cell[1]:
                    fast.make(quantity, line)
                    cell = fast.cells[bisect_right(fast.cuts, quantity)]
                if cell[0] <= day < cell[1]:  # else what was asked for the cell does not hold on this day
                    known.lines[key] = fast.cuts, fast.cells
                    return cell

    def plain_cell(
        self, known: Known, key: tuple[str, str], account: str, day: int, digits: int, quantity: int
    ) -> Cell:
        """The same for a line without attributes of an order that has none, nor codes: of a template, if one serves."""
        with self._lock:
            item, unit = key[0], key[1].partition(" ")[0]
            fast: FastLine | TemplateLine | None = None
            for each in known.plans.get(key, ()):
                if each.holds(day):
                    fast = each
                    break
            where = None
            about = self._about(known, account, day)
            if fast is None and self.is_familiar and not (about.book.classes or about.book.told):
                template, where = self._templates.find(about, item, unit, key, day)
                if template is not None:
                    fast = template.line_of(account, day, about.watch.low, about.watch.high)
                    if fast is not None:
                        self.remembered.add(known, key, fast)
            if fast is not None:
                place = bisect_right(fast.cuts, quantity)
                cell = fast.cells[place]
                if not cell[0] <= day < cell[1] and isinstance(fast, TemplateLine):
                    fast.make(quantity)
                    cell = fast.cells[place]
                if cell[0] <= day < cell[1]:
                    known.lines[key] = fast.cuts, fast.cells
                    return cell
            asked = date.fromordinal(day)
            line = LineIn(item, Fraction(quantity, 10**digits), unit)
            cell = self.cell(known, key, OrderIn(account, asked, (line,)), line, digits, quantity)
            if where is not None and fast is None:
                made = known.plans[key][0]
                if isinstance(made, FastLine):
                    self._templates.keep(where, made, item, unit)
            return cell

    def _about(self, known: Known, account: str, day: int, order: OrderIn | None = None) -> AccountBook:
        """What holds for the account on a day, for as many days as it does."""
        for about in known.books:
            if about.watch.low <= day < about.watch.high:
                return about
        plain = order is None or not (order.codes or order.attributes or order.days)
        found = self.remembered.book(account, day) if plain else None
        if found is not None:
            about = found
        else:
            watch = WatchedDay(date.fromordinal(day))
            about = AccountBook(self._book(order or OrderIn(account, watch.plain, ()), watch, NOTHING), watch)
            if plain:
                self.remembered.keep_book(account, about)
        known.keep(about)
        return about

    def _fast_line(self, known: Known, order: OrderIn, line: LineIn, digits: int) -> FastLine:
        """A plan that holds on the order's day, for as many days around it as its facts do."""
        about = self._about(known, order.account, order.day.toordinal(), order)
        watch = WatchedDay(order.day, about.watch.low, about.watch.high)
        if not self.is_familiar or self._reads.classes_choose:
            return FastLine(None, digits, [], watch)
        return fast_line(self._line_plan(about.book.on(watch), line, "lines[0]"), digits, watch)

    # --- plans

    def _context(self, order: OrderIn) -> Context:
        if order.account_attributes:
            return Context(self._book(order, order.day, order.account_attributes))
        reads = self._reads
        key: Key = (order.account, order.day)
        if order.days:
            key += tuple(order.days.get(name) for name in reads.days)
        if order.codes or reads.order:
            key += (self._codes(order), tuple(order.attributes.get(name) for name in reads.order))
        if reads.moments:
            key += tuple(read_order(order, name) for name in reads.moments)
        if reads.facts:
            key += (tuple(order.facts.get(name) for name in reads.facts),)
        if reads.classes_choose:
            key += (self._chosen(order),)
        with self._lock:
            context = self._contexts.get(key)
        if context is None:
            context = Context(self._book(order, order.day, NOTHING))
            with self._lock:
                self._contexts[key] = context
        return context

    def _chosen(self, order: OrderIn) -> tuple[str, ...] | None:
        """The agreements in force, where an order's totals decide which these are."""
        account = self._facts.account(order.account, order.day, order.account_attributes)
        if account is None:
            return None
        found = agreements_in_force(self._agreements_for(account), self._facts, account, order, order.day)
        return tuple(each.name for each in found)

    def _book(self, order: OrderIn, day: date, overlay: Mapping[str, AttributeText]) -> Book:
        facts, reads = self._facts, self._reads
        account = facts.account(order.account, day, overlay)
        if account is None:
            raise OrderError(
                "R0502", f"account `{order.account}` is not in the table `accounts`", "account", "add it to the table"
            )
        considered = self._agreements_for(account)
        agreements = agreements_in_force(considered, facts, account, order, day)
        chosen = tuple((each.name, self._versions[each.name].choice(day, order.days)) for each in agreements)
        with self._lock:
            terms = self._terms.get(chosen)
            if terms is None:
                texts = tuple(self._versions[name].chosen(choice) for name, choice in chosen)
                terms = terms_from_agreements(texts, self._text_order, agreements)
                self._terms[chosen] = terms
        return Book(
            account,
            day,
            {name: order.days[name] for name in reads.days if name in order.days},
            facts,
            terms,
            self._codes(order),
            {name: order.attributes[name] for name in reads.order if name in order.attributes}
            | {name: value for name in reads.moments if (value := read_order(order, name)) is not None},
            {name: order.facts[name] for name in reads.facts if name in order.facts},
            self._classes(terms, considered, day),
        )

    def _classes(self, terms: Terms, considered: list[Agreement], day: date) -> tuple[ClassUse, ...]:
        """Those that rules in force test, and those that decide whether an agreement of the day is for the account."""
        if not self._choosing:
            return tuple(sorted(terms.classes, key=_by_name))
        choosing = [
            use for each in considered if each.first <= day <= each.last for use in self._choosing.get(each.name, ())
        ]
        return tuple(sorted({_by_name(use): use for use in (*terms.classes, *choosing)}.values(), key=_by_name))

    def _codes(self, order: OrderIn) -> frozenset[str]:
        return codes_read(self._reads, order.codes, self._facts.tables)

    def _agreements_for(self, account: AccountFacts) -> list[Agreement]:
        """Those whose `accounts` can mean the account; all others name another one."""
        found = list(self._for_all)
        for name in account.line_up:
            found += self._by_account.get(name, ())
        return found

    def _line(self, context: Context, line: LineIn, where: str) -> LinePlan:
        key: Key = (line.item, line.unit, *map(line.attributes.get, self._reads.line))
        plan = context.plans.get(key)
        if plan is None:
            plan = self._line_plan(context.book, line, where)
            if len(context.plans) >= LINES:
                context.plans = {}
            context.plans[key] = plan
        return plan

    def _line_plan(self, book: Book, line: LineIn, where: str) -> LinePlan:
        names = self._reads.line
        attributes = {name: line.attributes[name] for name in names if name in line.attributes}
        return line_plan(book, line.item, line.unit, where, attributes)


_UNKNOWN: tuple[list[int], list[Cell]] = ([], [NOT_MADE])


def scaled(unit: str, digits: int) -> str:
    """A unit and the decimals that quantities of it have; a unit has no blank in it."""
    return f"{unit} {digits}" if digits else unit


def _by_name(use: ClassUse) -> tuple[str, str]:
    return use.agreement.name, use.of.name


def _digits(denominator: int) -> int:
    """The decimals of a quantity; -1 if it has no end."""
    for digits in range(1, MOST_DIGITS + 1):
        if 10**digits % denominator == 0:
            return digits
    return -1


def compile_rules(rules: RuleSet) -> Compiled:
    """Cheap: plans are made when an order first needs them."""
    return Compiled(rules)
