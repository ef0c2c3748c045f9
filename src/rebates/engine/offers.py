"""What an answer would be worth: rules that wait for an attribute of the order, such as the days to payment.

An early-payment discount is a discount on an attribute that nobody knows when the order is placed. Where a `when` waits
for such an attribute, the order is priced again with the value that the clause asks for, and the difference is the worth.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from rebates.engine.wording import words
from rebates.model import nodes as m
from rebates.model.money import Money
from rebates.model.outcome import OrderError

if TYPE_CHECKING:
    from rebates.engine.quote import Quote

MOST = 12  # answers that are tried


@dataclass(frozen=True, slots=True)
class Offer:
    """A rule that waits for an answer: the clause, and by how much the total falls if it holds (a surcharge: below zero)."""

    rule: str
    title: str
    when: str
    worth: Money
    id: str  # agreement and rule

    def __str__(self) -> str:
        return f"{self.title}: worth {self.worth} if `{self.when}`"


def offers(quote: Quote) -> tuple[Offer, ...]:
    """Each answer once, by the first rule that waits for it; those that change nothing are left out."""
    found: list[Offer] = []
    tried: set[tuple[str, object]] = set()
    for rule, clause, name, value in _waiting(quote):
        if (name, value) in tried or len(tried) == MOST:
            continue
        tried.add((name, value))
        answered = replace(quote.given, attributes={**quote.given.attributes, name: value})
        try:
            total = quote.book.compiled.price(answered).invoice_value
        except OrderError:
            continue
        worth = quote.priced.invoice_value - total
        if worth:
            found.append(Offer(rule.name, rule.title, words(clause.span.text), quote.money(worth), rule.id))
    return tuple(found)


def _waiting(quote: Quote) -> Iterator[tuple[m.Rule, m.Condition, str, str | Fraction | date]]:
    """Rules whose clause is not known for want of an attribute of the order, with a value for which it would hold."""
    seen: set[tuple[str, int]] = set()
    for decision in quote.outcome.decisions:
        if decision.because != "unknown" or decision.clause is None or (decision.rule, decision.clause) in seen:
            continue
        seen.add((decision.rule, decision.clause))
        rule = quote.rules[decision.rule]
        condition = rule.when[decision.clause].condition
        for part in condition.parts if isinstance(condition, m.And) else (condition,):
            answer = _answer(part)
            if answer is not None and decision.detail == f"order.{answer[0]}":
                yield rule, condition, *answer


def _answer(condition: m.Condition) -> tuple[str, str | Fraction | date] | None:
    """The attribute of the order that a test waits for, and a value that it asks for."""
    match condition:
        case m.Compare(
            op="<=" | ">=" | "=",
            left=m.AttributeValue(attribute=m.Attribute(subject="order") as attribute),
            right=m.Constant(value=value),
        ):
            return attribute.name, value
        case m.OneOf(attribute=m.Attribute(subject="order") as attribute, values=(first, *_), negated=False):
            return attribute.name, first
        case _:
            return None
