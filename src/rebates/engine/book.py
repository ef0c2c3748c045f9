"""A book of rules in force: loads, quotes, reloads. Never changes; safe from many threads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path

from rebates.compile import Compiled, compile_rules
from rebates.engine.orders import Order, OrderErrors, OrderProblem, order_in
from rebates.engine.quote import Quote
from rebates.model.folder import load_rules
from rebates.model.nodes import RuleSet
from rebates.model.orders import OrderIn
from rebates.model.outcome import OrderError
from rebates.model.tables import TableSource
from rebates.syntax.diagnostics import Diagnostic, Report, RuleErrors

Rules = str | Path | Mapping[str, str]


class Book:
    """Rules, tables and master data, ready to price orders."""

    def __init__(
        self, rules: RuleSet, warnings: tuple[Diagnostic, ...], path: Rules, tables: TableSource | None
    ) -> None:
        self.rules, self.warnings, self.path, self.tables = rules, warnings, path, tables

    @property
    def version(self) -> str:
        """A hash of everything that can change a number; every quote carries it."""
        return self.rules.version

    @cached_property
    def compiled(self) -> Compiled:
        """The fast evaluator; made when the first order comes."""
        return compile_rules(self.rules)

    def quote(self, order: Order) -> Quote:
        """The price of an order, exact and explained. Raises OrderErrors with every problem of the order."""
        return self.price(order, order_in(order, self.rules))

    def price(self, order: Order, given: OrderIn) -> Quote:
        """The quote of an order already read."""
        try:
            return Quote(self, order, given, self.compiled.price(given))
        except OrderError as error:
            raise OrderErrors([OrderProblem(error.code, error.where, error.message, error.help)]) from None

    def agreements(self, account: str, day: date) -> tuple[str, ...]:
        """The names of the agreements in force, most specific first. Raises OrderErrors."""
        try:
            return self.compiled.in_force(account, day)
        except OrderError as error:
            raise OrderErrors([OrderProblem(error.code, error.where, error.message, error.help)]) from None

    def reload(self) -> Book:
        """The book of what the files say now; the same one if nothing changed.

        Raises RuleErrors if they are broken: this book then stays in force, untouched.
        """
        fresh = load(self.path, tables=self.tables)
        return self if fresh.version == self.version else fresh


def load(path: Rules, *, tables: TableSource | None = None) -> Book:
    """The book of a rule file, a folder, or texts by name. Raises RuleErrors carrying every diagnostic."""
    report = Report()
    rules = load_rules(path, tables, report)
    if rules is None:
        raise RuleErrors(report.diagnostics)
    return Book(rules, report.diagnostics, path, tables)


def check(path: Rules, *, tables: TableSource | None = None) -> tuple[Diagnostic, ...]:
    """Every finding of rules; no error among them means that they can be loaded."""
    report = Report()
    load_rules(path, tables, report)
    return report.diagnostics
