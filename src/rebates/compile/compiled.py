"""The compiled rule set: plans made when first needed, kept within bounds, shared by threads.

What holds for an account (`asked.py`) and for a line (`planned.py`) is worked out for as many days as it does, and for all
accounts that the rules do not tell apart. Generated code works from what is remembered of an account whatever the day
(`remembered.py`); the runtime from an exact day: what applies to an account on it is a `Context`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from threading import RLock
from types import MappingProxyType

from cachetools import LRUCache

from rebates.compile.asked import AccountBook, Asking
from rebates.compile.cells import NOT_MADE, Cell, FastLine, Key, Ranges, fast_line
from rebates.compile.days import WatchedDay
from rebates.compile.familiar import is_familiar
from rebates.compile.planned import Plans
from rebates.compile.priced import Amounts, Priced, amounts_of
from rebates.compile.remembered import Known, Remembered
from rebates.compile.results import outcome
from rebates.compile.runtime import Run, check, run
from rebates.compile.templates import TemplateLine, Templates
from rebates.model.nodes import Agreement, RuleSet
from rebates.model.orders import LineIn, OrderIn
from rebates.model.outcome import OrderError, Outcome
from rebates.plan.classes import classes_of
from rebates.plan.facts import AccountFacts, AttributeText, Facts
from rebates.plan.from_model import agreements_in_force, terms_from_agreements
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
NO_LINES: Mapping[str, Ranges] = MappingProxyType({})
NO_RANGES: Ranges = ([], [NOT_MADE])


class Context:
    """A book and the plans of its lines; a line's key is its item, unit and attributes that rules read."""

    __slots__ = ("about", "book", "plans")

    def __init__(self, book: Book, about: AccountBook) -> None:
        self.book, self.about = book, about
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
        asking = Asking(plans)
        self._templates = Templates(plans, asking)
        self._plans = Plans(plans, asking, self._reads.line)
        # whether an order that says nothing else has its account alone for its key
        self._plain_by_account = not (self._reads.moments or self._reads.classes_choose)
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
        self._versions: dict[str, Versions] = {}
        self._terms: LRUCache[tuple[tuple[str, Choice], ...], Terms] = LRUCache(TERMS)
        self._contexts: LRUCache[tuple[Key, date], Context] = LRUCache(CONTEXTS)

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

    def priced(self, order: OrderIn, amounts: Sequence[Amounts], done: Run | None = None) -> Priced:
        """An order whose amounts are known; all else is made when it is asked for."""
        context = self._context(order)
        return Priced(
            self._rules, context.book, order, amounts, lambda decisions: self._run(context, order, decisions), done
        )

    def outcome(self, order: OrderIn) -> Outcome:
        """The full result: amounts, every decision, guards, totals. Raises OrderError (R0501 to R0507)."""
        check(order)
        return outcome(self._run(self._context(order), order, True), self._rules)

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
            kind: object = (unit := scaled(line.unit, digits))
            said: Key = ()
            if reads.line and line.attributes:
                said = tuple(map(line.attributes.get, reads.line))
                kind = (unit, *said)
            cuts, cells = known.lines.get(kind, NO_LINES).get(line.item, NO_RANGES)
            low, high, function, constants = cells[bisect_right(cuts, quantity)]
            if not low <= day < high:
                key: Key = (line.item, unit, *said)
                _, _, function, constants = self.cell(known, key, order, line, digits, quantity)
            amounts = function(quantity, constants)
            if amounts is None:
                return None
            found.append(amounts)
        return found

    def cell(self, known: Known, key: Key, order: OrderIn, line: LineIn, digits: int, quantity: int) -> Cell:
        """The cell of a line's quantity on the order's day, made if it is not there. Raises OrderError."""
        with self._lock:
            return self._cell(known, key, self._about(known, order), order.day.toordinal(), line, digits, quantity)

    def plain_cell(
        self, known: Known, key: tuple[str, str], account: str, day: int, digits: int, quantity: int
    ) -> Cell:
        """The same for a line without attributes of an order that has none, nor codes."""
        with self._lock:
            for about in known.books:
                if about.watch.low <= day < about.watch.high:
                    return self._cell(known, key, about, day, None, digits, quantity)
            there = self.remembered.book((account,), day) if self._plain_by_account else None
            if there is None:
                there = self._about(known, OrderIn(account, date.fromordinal(day), ()))
            else:
                known.keep(there)
            return self._cell(known, key, there, day, None, digits, quantity)

    def _cell(
        self, known: Known, key: Key, about: AccountBook, day: int, line: LineIn | None, digits: int, quantity: int
    ) -> Cell:
        """Of what is there, or of a template if one serves; else the line is planned. The caller holds the lock."""
        fast: FastLine | TemplateLine | None = None
        for each in known.plans.get(key, ()):
            if each.holds(day):
                fast = each
                break
        where = None
        item, unit = str(key[0]), str(key[1])
        if digits:
            unit = unit.partition(" ")[0]
        while True:
            if fast is None and about.shares and self.is_familiar:
                template, where = self._templates.find(about, item, unit, key, day)
                if isinstance(template, FastLine):
                    fast = template
                elif template is not None:
                    account = about.book.account.id
                    fast = template.line_of(account, day, about.watch.low, about.watch.high)
                if fast is not None:
                    self.remembered.add(known, key, fast)
            if fast is None:
                if line is None:
                    line = LineIn(item, Fraction(quantity, 10**digits), unit)
                fast = self._fast_line(about, day, line, digits)
                self.remembered.add(known, key, fast)
                if where is not None:
                    fast.make(quantity, line)
                    self._templates.keep(where, fast, item, unit)
            place = bisect_right(fast.cuts, quantity)
            cell = fast.cells[place]
            if not cell[0] <= day < cell[1]:
                fast.make(quantity, line or LineIn(item, Fraction(quantity, 10**digits), unit))
                cell = fast.cells[place]
            if cell[0] <= day < cell[1]:
                known.use(key, (fast.cuts, fast.cells))
                return cell
            fast = None  # what was asked for the cell does not hold on this day

    def _about(self, known: Known, order: OrderIn) -> AccountBook:
        """What holds for the account on the order's day, for as many days as it does."""
        day = order.day.toordinal()
        for about in known.books:
            if about.watch.low <= day < about.watch.high:
                return about
        about = self._account_book(order, self._key(order))
        known.keep(about)
        return about

    def _account_book(self, order: OrderIn, key: Key | None) -> AccountBook:
        """The same; `key` is what it is remembered by."""
        with self._lock:
            about = None if key is None else self.remembered.book(key, order.day.toordinal())
        if about is not None:
            return about
        reads = self._reads
        watch = WatchedDay(order.day)
        book = self._book(order, watch, order.account_attributes or NOTHING)
        if key is None or reads.classes_choose:
            watch.only()  # classes read the whole order, its day too
        said = tuple(order.attributes.get(name) for name in reads.order) if order.attributes else ()
        about = AccountBook(book, watch, not (key is None or reads.classes_choose or reads.moments), said)
        if key is not None:
            with self._lock:
                self.remembered.keep_book(key, about)
        return about

    def _fast_line(self, about: AccountBook, day: int, line: LineIn, digits: int) -> FastLine:
        """A plan that holds on the day, for as many days around it as its facts do."""
        asked, low, high = date.fromordinal(day), about.watch.low, about.watch.high
        if not self.is_familiar or self._reads.classes_choose:
            return FastLine(None, digits, [], WatchedDay(asked, low, high))
        found = self._plans.find(about, asked, line, "lines[0]")
        watch = WatchedDay(asked, max(low, found.low), min(high, found.high))
        return fast_line(found.on(about.book.on(watch)), digits, watch)

    # --- plans

    def _context(self, order: OrderIn) -> Context:
        key = self._key(order)
        if key is None:
            return self._new_context(order, None)
        with self._lock:
            context = self._contexts.get((key, order.day))
        if context is None:
            context = self._new_context(order, key)
            with self._lock:
                self._contexts[key, order.day] = context
        return context

    def _new_context(self, order: OrderIn, key: Key | None) -> Context:
        about = self._account_book(order, key)
        return Context(about.book.on(order.day), about)

    def _key(self, order: OrderIn) -> Key | None:
        """The order's account and all that it says beside its lines and its day; None if it speaks of the account itself."""
        if order.account_attributes:
            return None
        reads = self._reads
        key: Key = (order.account,)
        if order.days:
            key += tuple(order.days.get(name) for name in reads.days)
        if order.codes or (reads.order and order.attributes):
            key += (self._codes(order), tuple(order.attributes.get(name) for name in reads.order))
        if reads.moments:
            key += tuple(read_order(order, name) for name in reads.moments)
        if reads.facts and order.facts:
            key += ("facts", *(order.facts.get(name) for name in reads.facts))
        if reads.classes_choose:
            key += ("chosen", self._chosen(order))
        return key

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
        chosen = tuple((each.name, self._versions_of(each).choice(day, order.days)) for each in agreements)
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

    def _versions_of(self, agreement: Agreement) -> Versions:
        found = self._versions.get(agreement.name)
        if found is None:
            found = self._versions[agreement.name] = Versions(agreement)
        return found

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
            with self._lock:
                found = self._plans.find(context.about, context.book.day, line, where)
            plan = found.on(context.book)
            if len(context.plans) >= LINES:
                context.plans = {}
            context.plans[key] = plan
        return plan


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
