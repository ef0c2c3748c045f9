"""The credit of a return that names its sale: its exact mirror, by quantity (2.8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from rebates.engine.orders import OrderErrors, OrderProblem
from rebates.model.exact import ExactError, Rounding, round_to
from rebates.model.money import Money
from rebates.model.units import quantity_from_text

if TYPE_CHECKING:
    from rebates.engine.quote import Quote


@dataclass(frozen=True, slots=True)
class CreditLine:
    """What comes back of one line, negative as on the credit note."""

    line: int
    item: str
    quantity: str
    gross_value: Money
    steps: tuple[tuple[str, Money], ...]  # stage, what it took back
    net_value: Money
    invoice_value: Money


@dataclass(frozen=True, slots=True)
class Credit:
    """The credit of lines of one sale."""

    lines: tuple[CreditLine, ...]
    net_value: Money
    total: Money


def credit(quote: Quote, lines: Mapping[int, str], earlier: Mapping[int, str]) -> Credit:
    """The credit of the lines: each running amount by quantity, rounded to date less what came back before."""
    problems: list[OrderProblem] = []
    out: list[CreditLine] = []
    for number, text in lines.items():
        where = f"lines[{number}]"
        if not 1 <= number <= len(quote.given.lines):
            problems.append(OrderProblem("R0530", where, f"the sale has no line {number}"))
            continue
        line = quote.given.lines[number - 1]
        try:
            now, before = _quantity(text, line.unit), _quantity(earlier.get(number, f"0 {line.unit}"), line.unit)
        except ExactError as error:
            problems.append(OrderProblem("R0510", where, str(error)))
            continue
        if now <= 0 or before < 0 or before + now > line.quantity:
            left = line.quantity - max(before, Fraction(0))
            problems.append(
                OrderProblem("R0531", where, f"{text} cannot come back: {left} {line.unit} of the sale are left")
            )
            continue
        out.append(_credit_line(quote, number, text, before / line.quantity, (before + now) / line.quantity))
    if problems:
        raise OrderErrors(problems)
    net = sum((line.net_value.amount for line in out), start=quote.money(Fraction(0)).amount)
    total = sum((line.invoice_value.amount for line in out), start=quote.money(Fraction(0)).amount)
    return Credit(tuple(out), Money(net, quote.currency), Money(total, quote.currency))


def _quantity(text: str, unit: str) -> Fraction:
    number, own = quantity_from_text(text)
    if own != unit:
        raise ExactError(f"`{text}` is not in {unit}, as the sale was")
    return number


def _credit_line(quote: Quote, number: int, text: str, before: Fraction, after: Fraction) -> CreditLine:
    out = quote.outcome.lines[number - 1]
    digits = quote.priced.digits

    def part(amount: Fraction) -> Fraction:
        return round_to(amount * after, digits, Rounding.HALF_UP) - round_to(amount * before, digits, Rounding.HALF_UP)

    steps = tuple((step.stage, quote.money(-(part(step.before) - part(step.after)))) for step in out.steps)
    item = quote.given.lines[number - 1].item
    return CreditLine(
        number,
        item,
        f"-{text}",
        quote.money(-part(out.gross_value)),
        steps,
        quote.money(-part(out.net_value)),
        quote.money(-part(out.invoice_value)),
    )
