"""Classes that a quote judged: of whom, whether a member, and by which numbers (7.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from rebates.engine.wording import price_text, words
from rebates.model import nodes as m
from rebates.model.dimensions import dimension
from rebates.model.exact import Rounding, decimal_text, grouped, round_to
from rebates.model.outcome import ClassOut
from rebates.plan.classes import compares_in
from rebates.plan.reads import nodes_in

if TYPE_CHECKING:
    from rebates.engine.quote import Quote


@dataclass(frozen=True, slots=True)
class ClassTest:
    """A comparison of a class as it is written, and what both sides came to; None is not known."""

    text: str
    left: str | None
    right: str | None


@dataclass(frozen=True, slots=True)
class ClassVerdict:
    """A class and one whom it was asked of; `member` is None where something is not known: `unknown` says what."""

    name: str
    title: str
    of: str
    member: bool | None
    unknown: str
    tests: tuple[ClassTest, ...]
    place: str
    others: bool  # a total sums transactions of accounts beside the customer's own

    def __str__(self) -> str:
        verdict = {True: "a member", False: "no member", None: "not known to be a member"}[self.member]
        told = [f"{test.text}: {test.left or 'not known'} against {test.right or 'not known'}" for test in self.tests]
        if self.unknown:
            told.append(f"`{self.unknown}` is not known")
        return f"class {self.name}: {self.of or 'the end customer'} is {verdict}" + "".join(f"; {one}" for one in told)

    def to_dict(self) -> dict[str, object]:
        """Plain data; numbers as text."""
        return {
            "class": self.name,
            "title": self.title,
            "of": self.of,
            "member": self.member,
            "unknown": self.unknown,
            "tests": [{"text": test.text, "left": test.left, "right": test.right} for test in self.tests],
        }


def class_verdicts(quote: Quote) -> tuple[ClassVerdict, ...]:
    """The classes of a quote, by agreement and name."""
    nodes = {
        (agreement.name, name): of
        for agreement in quote.book.rules.agreements
        for name, of in agreement.classes.items()
    }
    return tuple(_verdict(quote, out, nodes[out.agreement, out.name]) for out in quote.outcome.classes)


def _verdict(quote: Quote, out: ClassOut, of: m.Class) -> ClassVerdict:
    tests = [
        ClassTest(words(node.span.text), _text(quote, left, node.left), _text(quote, right, node.right))
        for node, (left, right) in zip(compares_in(of.where), out.compared, strict=True)
    ]
    others = any(isinstance(node, m.Total) and node.scope in (m.Scope.GROUP, m.Scope.ALL) for node in nodes_in(of))
    place = f"{of.span.source.name}:{of.span.line}"
    return ClassVerdict(out.name, of.title, out.of, out.member, out.unknown, tuple(tests), place, others)


def _text(quote: Quote, value: Fraction | date | None, expr: m.Expr) -> str | None:
    """A side with its currency or unit."""
    if value is None:
        return None
    if isinstance(value, date):
        return value.isoformat()
    kind = dimension(expr)
    if kind.kind == "number":
        return _number(value)
    text = price_text(value, quote.priced.digits)
    return f"{quote.currency} {text}" if kind.kind == "money" else f"{text} {kind.unit}"


def _number(value: Fraction) -> str:
    try:
        return decimal_text(value)
    except ValueError:
        return f"about {grouped(round_to(value, 6, Rounding.HALF_UP))}"
