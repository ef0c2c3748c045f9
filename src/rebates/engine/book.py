"""A book of rules in force: loads, quotes, reloads. Never changes; safe from many threads."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rebates.compile import Compiled, compile_rules
from rebates.engine.kept_rules import WORTH_KEEPING, keep_rules, kept_rules
from rebates.engine.orders import Ground, Order, OrderErrors, OrderProblem, day_of, ground_of, order_in
from rebates.engine.quick import Quick
from rebates.engine.quote import Quote
from rebates.engine.sources import Rules, fingerprint
from rebates.model.memory import Memory
from rebates.model.nodes import RuleSet
from rebates.model.orders import OrderIn
from rebates.model.outcome import OrderError
from rebates.model.tables import TableSource
from rebates.syntax.diagnostics import Diagnostic, Report, RuleErrors

if TYPE_CHECKING:
    from rebates.engine.agenda import Occasion
    from rebates.engine.fact_files import Facts
    from rebates.engine.settle import Settlement
    from rebates.model.settlement import Settled


@dataclass(frozen=True, eq=False, repr=False)
class Book:
    """Rules, tables and master data, ready to price orders."""

    rules: RuleSet
    found: tuple[Diagnostic, ...] | Callable[[], tuple[Diagnostic, ...]]
    path: Rules
    tables: TableSource | None
    sources: str | None  # fingerprint of the files it was made of
    reading: Memory | Callable[[], Memory | None] | None = None  # what it came to; yet to be read where it was kept

    def __repr__(self) -> str:
        return f"<Book of {len(self.rules.agreements)} agreements, version {self.version[:12]}>"

    @cached_property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """Findings that are no errors."""
        return self.found if isinstance(self.found, tuple) else self.found()

    @cached_property
    def memory(self) -> Memory | None:
        """What reading the rules came to, for the next reading."""
        return self.reading() if callable(self.reading) else self.reading

    @property
    def version(self) -> str:
        """A hash of everything that can change a number; every quote carries it."""
        return self.rules.version

    @cached_property
    def ground(self) -> Ground:
        """What decides how orders are read."""
        return ground_of(self.rules)

    @cached_property
    def compiled(self) -> Compiled:
        """The fast evaluator; made when the first order comes."""
        return compile_rules(self.rules)

    @cached_property
    def quick(self) -> Quick:
        """The shortest way from a plain order to its amounts."""
        return Quick(self.compiled)

    def quote(self, order: Order) -> Quote:
        """The price of an order, exact and explained. Raises OrderErrors with every problem of the order."""
        amounts = self.quick.amounts(order)
        if amounts is not None:
            return Quote(self, order, tuple(order.lines), amounts)
        return self.price(order, order_in(order, self.ground))

    def price(self, order: Order, given: OrderIn) -> Quote:
        """The quote of an order already read."""
        try:
            priced = self.compiled.price(given)
        except OrderError as error:
            raise OrderErrors(self._problems(given, error)) from None
        quote = Quote(self, order, tuple(order.lines), list(priced.amounts))
        quote.__dict__.update(given=given, priced=priced)
        return quote

    def settle(
        self,
        facts: Facts,
        *,
        period: str,
        as_of: str | date | datetime | None = None,
        account: str | None = None,
        settled: Sequence[Settled] | Settlement | None = None,
        interim: bool = False,
    ) -> Settlement:
        """What falls due in a period, by what was posted: a list of facts, a file, or a data frame (section 14).

        `period` is `2026`, `2026-Q2`, `2026-05` or `2026-01-15..2026-02-14`. With `as_of` what became known later does not
        exist; a day means its end. `settled` is what earlier settlements booked, without it what the same facts would have
        booked. A period that is not over by `as_of` is settled only if it is `interim`. Raises FactErrors with every problem.
        """
        from rebates.engine.settle import settling

        return settling(self, facts, period, as_of, settled, interim).result(account)

    def calendar(self, period: str, *, account: str | None = None) -> tuple[Occasion, ...]:
        """What falls on the days of a period by the rules: reviews, settlements, deadlines, expiries, ends of validity.

        `period` is written as for `settle`. Raises ValueError for what is no period, OrderErrors for an unknown account.
        """
        from rebates.engine.agenda import occasions
        from rebates.engine.periods import period_of

        return tuple(occasions(self, *period_of(period), account))

    def replay(self, json: str | bytes) -> Quote:
        """The quote of a quote's JSON: the same order again; under the same version it gives the same bytes.

        Raises OrderErrors where that is no quote or its order cannot be priced.
        """
        from rebates.engine.boundary import order_of_quote

        return self.quote(order_of_quote(json))

    def agreements(self, account: str, day: str | date) -> tuple[str, ...]:
        """The names of the agreements in force, most specific first. Raises OrderErrors."""
        try:
            when = day_of(day, self.ground.zones)
        except ValueError as error:
            raise OrderErrors([OrderProblem("R0512", "date", str(error))]) from None
        try:
            return self.compiled.in_force(account, when)
        except OrderError as error:
            raise OrderErrors([_problem(error)]) from None

    def reload(self) -> Book:
        """The book of what the files say now; the same one if nothing changed. Only what a change concerns is checked anew.

        Raises RuleErrors if they are broken: this book then stays in force, untouched. What comes of a reload is not kept for
        the next start until `keep` is called, for that takes longer than to read a changed file.
        """
        sources = fingerprint(self.path)  # before reading: what changes meanwhile is seen by the next reload
        if self.tables is None and self.sources is not None and sources == self.sources:
            return self
        fresh = _load(self.path, self.tables, sources, self.memory)
        return self if fresh.version == self.version else fresh

    def keep(self) -> None:
        """Keeps the rules between starts where checking them took a while; `load` does so by itself."""
        if self.tables is not None or self.sources is None or self.memory is None:
            return
        if self.memory.took >= WORTH_KEEPING:
            keep_rules(self.path, self.sources, self.rules, self.warnings, self.memory)

    def _problems(self, given: OrderIn, error: OrderError) -> list[OrderProblem]:
        """What stopped the pricing, and what else would have: unknown items and units of other lines."""
        problems = {error.where: _problem(error)}
        master = self.rules.master
        for index, line in enumerate(given.lines):
            item, where = master.item(line.item), f"lines[{index}]"
            if item is None and master.has_items:
                found = OrderProblem(
                    "R0503",
                    f"{where}.item",
                    f"item `{line.item}` is not in the table `items`",
                    "add the item to the table",
                )
            elif item is not None and master.factor(line.item, line.unit, given.day, item.base_unit) is None:
                found = OrderProblem(
                    "R0505",
                    f"{where}.quantity",
                    f"item `{line.item}` has no conversion from {line.unit} to {item.base_unit}",
                    f"add a row to the table `units`: {line.item},{line.unit},…",
                )
            elif not line.quantity:
                found = OrderProblem(
                    "R0506", f"{where}.quantity", "the quantity is zero", "leave the line out, or order something"
                )
            else:
                continue
            problems.setdefault(found.where, found)
        return list(problems.values())


def _problem(error: OrderError) -> OrderProblem:
    return OrderProblem(error.code, error.where, error.message, error.help)


def load_once(path: Rules) -> Book:
    """The book of rules that are read this once: nothing of them is kept for another start. Raises RuleErrors."""
    from rebates.model.folder import load_rules

    report = Report()
    with collector_at_rest():
        rules = load_rules(path, None, report)
    if rules is None:
        raise RuleErrors(report.diagnostics, report.not_shown)
    return Book(rules, report.diagnostics, path, None, None)


def load(path: Rules, *, tables: TableSource | None = None) -> Book:
    """The book of a rule file, a folder, or texts by name. Raises RuleErrors carrying every diagnostic."""
    return _load(path, tables, fingerprint(path), None)


def _load(path: Rules, tables: TableSource | None, sources: str | None, before: Memory | None) -> Book:
    """The book of sources with a fingerprint; `before` is the memory of an earlier reading."""
    report, memory, in_files = Report(), Memory(before), tables is None and sources is not None
    with collector_at_rest():
        if before is None and in_files and (kept := kept_rules(path, str(sources))) is not None:
            return Book(kept.rules, kept.warnings, path, None, sources, kept.memory)
        # what reads and checks texts: a start that finds rules kept needs none of it
        from rebates.engine.side_by_side import read_side_by_side
        from rebates.model.folder import load_rules

        if before is None and in_files and isinstance(path, str | Path):
            memory = read_side_by_side(path) or memory
        began = time.process_time_ns()
        rules = load_rules(path, tables, report, memory)
        if rules is None:
            raise RuleErrors(report.diagnostics, report.not_shown)
        memory.took += time.process_time_ns() - began
        book = Book(rules, lambda: report.diagnostics, path, tables, sources, memory)
        if before is None:
            book.keep()
    return book


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Keeps the garbage collector from walking, again and again, through the many nodes that loading makes and keeps."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():  # else it would thaw what the program froze
                gc.freeze()  # what was made counts as old from now on: the next short collection does not walk through it
                gc.unfreeze()
            gc.enable()


def check(path: Rules, *, tables: TableSource | None = None) -> tuple[Diagnostic, ...]:
    """Every finding of rules; no error among them means that they can be loaded."""
    from rebates.model.folder import load_rules

    report = Report()
    load_rules(path, tables, report)
    return report.diagnostics
