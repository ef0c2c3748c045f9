"""Runs the examples of the agreements: an order and what it must come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from rebates.engine.book import Book
from rebates.engine.orders import OrderErrors
from rebates.engine.quote import Quote
from rebates.model import nodes as m
from rebates.syntax import nodes as s
from rebates.syntax.source import Span
from rebates.tools.expectations import Check, Expectations
from rebates.tools.orders import example_order


@dataclass(frozen=True, slots=True)
class Result:
    """An example that was run; `error` is an order that could not be priced."""

    agreement: str
    title: str
    span: Span
    checks: tuple[Check, ...]
    quote: Quote | None = field(default=None, repr=False)
    error: str = ""

    @property
    def ok(self) -> bool:
        return not self.error and all(check.ok for check in self.checks)


def run_examples(book: Book, only: str = "") -> Iterator[Result]:
    """Runs every example whose title holds `only`, whatever its case."""
    for agreement in book.rules.agreements:
        for example in agreement.examples:
            if isinstance(example.syntax, s.SettledExample):
                continue
            if only.casefold() in example.title.casefold():
                yield _run(book, agreement, example)


def _run(book: Book, agreement: m.Agreement, example: m.Example) -> Result:
    node = example.syntax
    assert isinstance(node, s.Example)
    try:
        order, given = example_order(book, agreement, node)
        quote = book.price(order, given)
    except OrderErrors as errors:
        return Result(agreement.name, example.title, node.span, (), None, str(errors))
    expectations = Expectations(agreement, quote)
    return Result(agreement.name, example.title, node.span, tuple(map(expectations.check, node.expects)), quote)
