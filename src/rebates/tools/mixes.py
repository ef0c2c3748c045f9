"""Orders of two items: what they show of rules that look at other lines than those they pay on.

A bundle, or a condition or tiers that count some items and pay on others, bends in two quantities. Looked at are the corners:
one unit and each threshold of the one item, with none, one, and the quantities at and below each threshold of the other;
what lies between two corners is not looked at, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from rebates.engine.book import Book
from rebates.engine.quote import Quote
from rebates.model import nodes as m
from rebates.model.ground import conjuncts, parts_of
from rebates.model.reads import reads
from rebates.syntax.diagnostics import Diagnostic, Label
from rebates.tools.witness import Prober, Witness, taken, with_witness

_MOST_OF_EACH: Final = 3  # items that stand for all of a kind
_MOST_ORDERS: Final = 2_000  # of one agreement
_MOST_OF_RULE: Final = 200


@dataclass
class Mixes:
    """What orders of two items show, and what was looked at."""

    findings: list[Diagnostic] = field(default_factory=list)
    said: str = ""


def mixed(book: Book, agreement: m.Agreement, broken: set[str]) -> Mixes:
    """Rules by which more of one item makes the whole order cost less, and guards that two items together break.

    `broken` names guards that an order of one line breaks already.
    """
    found, left = Mixes(), _MOST_ORDERS
    rules = [(rule, partners) for rule in agreement.rules if (partners := list(_partners(rule)))]
    if not rules or not book.rules.master.offered:
        return found
    told, guarded = 0, set(broken)
    looked = 0
    for rule, partners in rules:
        if left <= 0:
            break
        looked += 1
        prober = Prober(book, agreement, rule)
        start = prober.left = min(left, _MOST_OF_RULE)
        cheaper: Diagnostic | None = None
        for quote, fewer in _orders(prober, rule, partners):
            words = _words(quote)
            if cheaper is None and fewer is not None and _total(quote) < _total(fewer):
                message = f"{words} cost {quote.total}, and {fewer.total} with {_words(fewer, last=True)}"
                help = "who adds goods pays less in all: lower what the rule gives, or raise what it asks for"
                one = Diagnostic("R0629", "note", rule.span, message, help)
                cheaper = with_witness(one, Witness(quote), agreement.name, f"{rule.name}: more for less")
            for guard in quote.guards:
                if not guard.holds and guard.value is not None and guard.name not in guarded:
                    guarded.add(guard.name)
                    watch = next(each for each in agreement.guards if each.id == guard.name)
                    labels = tuple(Label(each.span, f"{each.kind} `{each.name}`") for each in taken(quote)[:3])
                    message = f"{words} together break this guard on the {watch.watches}"
                    help = "lower the rate, or agree that such orders are asked for: `rebates check --write-examples` keeps this one"
                    one = Diagnostic("R0625", "note", watch.span, message, help, labels)
                    found.findings.append(
                        with_witness(one, Witness(quote), agreement.name, "an order of two items that breaks a guard")
                    )
        left -= start - prober.left
        if cheaper is not None:
            told += 1
            found.findings.append(cheaper)
    counted = "1 rule looks" if len(rules) == 1 else f"{len(rules)} rules look"
    part = "" if looked == len(rules) else f"; of them the first {looked}"
    found.said = (
        f"{counted} at other items than it pays on{part}: for {looked - told} of them no more of one item makes an order of two"
        f" cost less, at the corners ({_MOST_ORDERS - left} orders; between the corners, and for three items, nothing is proved)"
    ).replace("it pays", "it pays" if len(rules) == 1 else "they pay")
    return found


def _partners(rule: m.Rule) -> Iterator[tuple[m.Condition, list[tuple[Fraction, str | None]]]]:
    """What else a rule looks at: other items, and the quantities of them at which it changes, each with its unit."""
    own = conjuncts(rule)
    if rule.sets is not None and len(rule.sets.parts) > 1:
        for part in rule.sets.parts[1:]:
            for kind in part.kinds[:1]:
                yield kind, [(part.quantity, part.unit)]
    looks: list[tuple[m.Expr, list[Fraction]]] = []
    if isinstance(rule.worth, m.Tiers):
        looks.append((rule.worth.measure, [row.threshold for row in rule.worth.rows]))
    for test in own:
        if isinstance(test, m.Compare):
            sides = [test.left, test.right]
            bounds = [side.value for side in sides if isinstance(side, m.Constant) and isinstance(side.value, Fraction)]
            looks += [(side, bounds) for side in sides if not isinstance(side, m.Constant)]
    for expr, bounds in looks:
        for read in reads(expr, filters=False):
            total = read.expr
            if isinstance(total, m.Total) and total.what == "quantity" and total.where is not None:
                others = parts_of([total.where])
                if total.scope.within_order and total.scope is not m.Scope.LINE and not all(t in own for t in others):
                    yield total.where, [(bound, total.unit) for bound in bounds]


def _orders(
    prober: Prober, rule: m.Rule, partners: list[tuple[m.Condition, list[tuple[Fraction, str | None]]]]
) -> Iterator[tuple[Quote, Quote | None]]:
    """Orders of two items at the corners, each with the one that has fewer of the second item, the smallest first."""
    if rule.sets is not None and rule.sets.parts and rule.sets.parts[0].kinds:
        first, many = rule.sets.parts[0].kinds[0], {Fraction(1), rule.sets.parts[0].quantity}
        own = prober.priced_of(parts_of([first]))
    else:
        many = {Fraction(1)}
        own = prober.items()
    for where, points in partners:
        others = prober.priced_of(parts_of([where]))
        for item in own[:_MOST_OF_EACH]:
            for count in sorted(many):
                for other in [each for each in others if each != item][:_MOST_OF_EACH]:
                    unit = next((unit for _, unit in points if unit and prober.has(other, unit)), prober.base(other))
                    fewer = prober.quote_of((item, count, prober.unit(item)))
                    for further in sorted(
                        {near for at, _ in points for near in (at - 1, at) if near >= 1} | {Fraction(1)}
                    ):
                        lines = (item, count, prober.unit(item)), (other, further, unit)
                        quote = prober.quote_of(*lines)
                        if quote is not None:
                            yield quote, fewer
                            fewer = quote


def _total(quote: Quote) -> Fraction:
    return Fraction(quote.total.amount)


def _words(quote: Quote, last: bool = False) -> str:
    """`1 piece of `COLA` with 5 piece of `NUTS``; `last`: of the second line alone, `none` without one."""
    said = [f"{line.quantity} of `{line.item}`" for line in quote.lines]
    return (said[1] if len(said) > 1 else "none") if last else " with ".join(said)
