"""The credit of a return that names its sale: its exact mirror, by quantity (2.8)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from rebates.compile.amounts import Rounder
from rebates.engine.orders import OrderErrors, OrderProblem, quantity_of
from rebates.model.exact import ExactError, decimal_text, round_to, round_to_step
from rebates.model.money import Money

if TYPE_CHECKING:
    from rebates.engine.quote import Quote

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class CreditStep:
    """What a step of the sale took and the return takes back: `carton_volume`, an amount above zero is owed again."""

    rule: str
    amount: Money


@dataclass(frozen=True, slots=True)
class CreditLine:
    """What comes back of one line, negative as on the credit note. `steps` are the differences of its running amounts."""

    line: int
    item: str
    quantity: str
    gross_value: Money
    steps: tuple[CreditStep, ...]
    net_value: Money
    charges: Money
    invoice_value: Money


@dataclass(frozen=True, slots=True)
class Credit:
    """The credit of lines of one sale. `total` is the sum of the invoice values and the cash rounding."""

    version: str  # of the rules that priced the sale
    currency: str
    lines: tuple[CreditLine, ...]
    net_value: Money
    cash_rounding: Money
    total: Money

    def to_dict(self) -> dict[str, object]:
        """Plain data; amounts as text."""
        return {
            "version": self.version,
            "currency": self.currency,
            "lines": [
                {
                    "line": line.line,
                    "item": line.item,
                    "quantity": line.quantity,
                    "gross_value": _plain(line.gross_value),
                    "steps": [{"rule": step.rule, "amount": _plain(step.amount)} for step in line.steps],
                    "net_value": _plain(line.net_value),
                    "charges": _plain(line.charges),
                    "invoice_value": _plain(line.invoice_value),
                }
                for line in self.lines
            ],
            "net_value": _plain(self.net_value),
            "cash_rounding": _plain(self.cash_rounding),
            "total": _plain(self.total),
        }

    def to_json(self) -> str:
        """Canonical JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(money: Money) -> dict[str, str]:
    return {"amount": f"{money.amount:f}", "currency": money.currency}


def credit(quote: Quote, lines: Mapping[int, str], earlier: Mapping[int, str]) -> Credit:
    """The credit of the lines: each running amount by quantity, rounded to date less what came back before.

    Line numbers count from 1; quantities are in the unit of the sale. Raises OrderErrors.
    """
    back = Back(quote, lines, earlier)
    if back.problems:
        raise OrderErrors(back.problems)
    made = tuple(back.line(number) for number in lines)
    net = sum((Fraction(line.net_value.amount) for line in made), start=ZERO)
    invoice = sum((Fraction(line.invoice_value.amount) for line in made), start=ZERO)
    cash = back.cash_rounding()
    return Credit(
        quote.version, quote.currency, made, quote.money(net), quote.money(-cash), quote.money(invoice - cash)
    )


class Back:
    """What of each line came back before, and what comes back now, as shares of the sale."""

    def __init__(self, quote: Quote, lines: Mapping[int, str], earlier: Mapping[int, str]) -> None:
        self.quote = quote
        self.round = Rounder(quote.priced.book.terms.rounding, quote.priced.digits)
        self.problems: list[OrderProblem] = []
        self.before = {number: self._quantity(number, text, "earlier") for number, text in earlier.items()}
        self.now = {number: self._quantity(number, text, "lines") for number, text in lines.items()}
        if not lines:
            self._note("R0507", "lines", "nothing comes back", "name at least one line of the sale")
        for number in (self.before.keys() | self.now.keys()) if not self.problems else ():
            before, now = self.before.get(number, ZERO), self.now.get(number, ZERO)
            if before + now > 1:
                sold = quote.given.lines[number - 1]
                left = f"{decimal_text(max(ZERO, 1 - before) * sold.quantity)} {sold.unit}"
                where = "lines" if number in lines else "earlier"
                self._note("R0531", f"{where}[{number}]", f"more than is left of the sale comes back: {left} are left")

    def _note(self, code: str, where: str, message: str, help: str = "") -> None:
        self.problems.append(OrderProblem(code, where, message, help))

    def _quantity(self, number: int, text: str, what: str) -> Fraction:
        """The share of the sale's line; zero where there is a problem."""
        where, sold = f"{what}[{number}]", self.quote.given.lines
        if not 1 <= number <= len(sold):
            self._note("R0530", where, f"the sale has no line {number}", f"its lines are 1 to {len(sold)}")
            return ZERO
        line = sold[number - 1]
        if line.quantity < 0:
            self._note("R0531", where, f"line {number} is a return itself", "correct it with a new order")
            return ZERO
        try:
            quantity, unit = quantity_of(text)
            if unit != line.unit:
                raise ExactError(f"`{text}` is not in {line.unit}, the unit of the sale")
            if quantity <= 0:
                raise ExactError(f"`{text}` is not above zero; a credit turns the sign itself")
        except ExactError as error:
            self._note("R0510", where, str(error))
            return ZERO
        return quantity / line.quantity

    def part(self, number: int) -> Callable[[Fraction], Fraction]:
        """What a running amount of a line gives back now: its rounded part to date less that before (2.8)."""
        before = self.before.get(number, ZERO)
        after = before + self.now.get(number, ZERO)
        return lambda amount: self.rounded(amount, after) - self.rounded(amount, before)

    def rounded(self, amount: Fraction, share: Fraction) -> Fraction:
        """A share of a running amount, rounded as that amount was: to the digits, and to a coarser step if it lies on one."""
        step = self.round.step
        if step is not None and amount % step == 0:
            return self.round.line(amount * share)
        return round_to(amount * share, self.round.digits, self.round.mode)

    def line(self, number: int) -> CreditLine:
        quote, out, part = self.quote, self.quote.outcome.lines[number - 1], self.part(number)
        sold = quote.given.lines[number - 1]
        running, steps = out.gross_value, []
        for step in out.steps:
            for id, amount in step.parts:
                steps.append(CreditStep(quote.rule_name(id), quote.money(part(running) - part(running - amount))))
                running -= amount
        assert running == out.net_value
        gross, net, invoice = -part(out.gross_value), -part(out.net_value), -part(out.invoice_value)
        return CreditLine(
            number,
            sold.item,
            f"-{decimal_text(self.now[number] * sold.quantity)} {sold.unit}",
            quote.money(gross),
            tuple(steps),
            quote.money(net),
            quote.money(invoice - net),
            quote.money(invoice),
        )

    def cash_rounding(self) -> Fraction:
        """The cash rounding (2.2 b) of all that came back to date less that of what came back before."""
        step = self.quote.priced.book.terms.rounding.order_step
        if step is None:
            return ZERO
        before = after = ZERO
        for number in self.before.keys() | self.now.keys():
            amount, share = self.quote.outcome.lines[number - 1].invoice_value, self.before.get(number, ZERO)
            before += self.rounded(amount, share)
            after += self.rounded(amount, share + self.now.get(number, ZERO))

        def difference(amount: Fraction) -> Fraction:
            return round_to_step(amount, step, self.round.mode) - amount

        return difference(after) - difference(before)
