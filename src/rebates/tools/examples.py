"""Runs the examples of the agreements: an order, or what is posted and settled, and what it must come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from rebates.engine.book import Book
from rebates.engine.orders import OrderErrors
from rebates.engine.quote import Quote
from rebates.model import nodes as m
from rebates.model.settlement import Due
from rebates.syntax import nodes as s
from rebates.syntax.source import Span
from rebates.tools.expectations import Check, Expectations
from rebates.tools.orders import example_order
from rebates.tools.settled import run_settled


@dataclass(frozen=True, slots=True)
class Result:
    """An example that was run; `error` says why an order could not be priced, or nothing be settled."""

    agreement: str
    title: str
    span: Span
    checks: tuple[Check, ...]
    quote: Quote | None = field(default=None, repr=False)
    error: str = ""
    dues: tuple[Due, ...] = field(default=(), repr=False)  # of an example of what is settled: its last settlement

    @property
    def ok(self) -> bool:
        return not self.error and all(check.ok for check in self.checks)


def run_examples(book: Book, only: str = "") -> Iterator[Result]:
    """Runs every example whose title holds `only`, whatever its case."""
    for agreement in book.rules.agreements:
        for example in agreement.examples:
            if only.casefold() in example.title.casefold():
                yield _run(book, agreement, example)


def _run(book: Book, agreement: m.Agreement, example: m.Example) -> Result:
    node = example.syntax
    if isinstance(node, s.SettledExample):
        run = run_settled(book, agreement, node)
        return Result(agreement.name, example.title, node.span, run.checks, None, run.error, run.dues)
    assert isinstance(node, s.Example)
    try:
        order, given = example_order(book, agreement, node)
        quote = book.price(order, given)
    except OrderErrors as errors:
        return Result(agreement.name, example.title, node.span, (), None, str(errors))
    expectations = Expectations(agreement, quote)
    return Result(agreement.name, example.title, node.span, tuple(map(expectations.check, node.expects)), quote)
