"""A priced order: amounts as integers at once, everything else when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property

from rebates.compile.results import cash_rounding, charges, decision, free, guards, lines_of, outcome, pocket_of, totals
from rebates.compile.runtime import Run
from rebates.compile.terms import judged
from rebates.model.nodes import RuleSet
from rebates.model.orders import OrderIn
from rebates.model.outcome import ChargeOut, Decision, FreeOut, GuardOut, LineOut, Outcome, TermsOut
from rebates.model.pocket import PocketOut
from rebates.plan.nodes import Book

Amounts = tuple[int | None, int, int] | tuple[int | None, int, int, int]
"""List, gross and net value of a line and, where there are charges, its invoice value; signed, in units of the digits."""


def amounts_of(done: Run) -> list[Amounts]:
    """The amounts of a run as integers."""
    scale = 10**done.book.terms.digits
    found: list[Amounts] = []
    for part, line in done.lines():
        sign = -scale if part.returns else scale
        listed = None if line.list_value is None else _whole(line.list_value * sign)
        found.append(
            (listed, _whole(line.gross_value * sign), _whole(line.net_final * sign), _whole(line.invoice * sign))
        )
    return found


def _whole(value: Fraction) -> int:
    assert value.denominator == 1
    return value.numerator


class Priced:
    """What `Compiled.price` answers. Amounts are integers of `digits` decimals of the currency."""

    def __init__(
        self,
        rules: RuleSet,
        book: Book,
        order: OrderIn,
        amounts: Sequence[Amounts],
        again: Callable[[bool], Run],
        done: Run | None = None,
    ) -> None:
        self.rules, self.book, self.order, self.amounts = rules, book, order, amounts
        self._again = again  # runs the order again, with decisions or without
        self._done = done

    @property
    def currency(self) -> str:
        return self.book.terms.currency

    @property
    def digits(self) -> int:
        return self.book.terms.digits

    @property
    def list_values(self) -> list[int | None]:
        """By line; None where no list price is known."""
        return [each[0] for each in self.amounts]

    @property
    def gross_values(self) -> list[int]:
        return [each[1] for each in self.amounts]

    @property
    def net_values(self) -> list[int]:
        return [each[2] for each in self.amounts]

    @property
    def invoice_values(self) -> list[int]:
        """Net value and charges; cash rounding is of the order."""
        return [each[-1] or 0 for each in self.amounts]

    @property
    def net_value(self) -> int:
        return sum(self.net_values) + self.tokens

    @property
    def tokens(self) -> int:
        """What free goods cost that are given at a token price."""
        if self._done is None:  # generated code adds no goods
            return 0
        return sum(_whole(gift.net_value * 10**self.digits) for gift in self._done.sales.added)

    @property
    def adds_goods(self) -> bool:
        """Whether free goods come beside the lines; generated code adds none."""
        return self._done is not None and bool(self._done.sales.added)

    @cached_property
    def cash_rounding(self) -> Fraction:
        """The difference line of the order, in major units (2.2 b)."""
        return cash_rounding(self.book, Fraction(sum(self.invoice_values) + self.tokens, 10**self.digits))

    @property
    def invoice_value(self) -> Fraction:
        """With charges and cash rounding, in major units."""
        return Fraction(sum(self.invoice_values) + self.tokens, 10**self.digits) + self.cash_rounding

    # --- made when asked: the order runs again

    @cached_property
    def _run(self) -> Run:
        return self._again(False) if self._done is None else self._done

    @cached_property
    def outcome(self) -> Outcome:
        """The full result, every decision in it."""
        return outcome(self._again(True), self.rules)

    @cached_property
    def lines(self) -> tuple[LineOut, ...]:
        """Prices, steps and charges of every line; as in the outcome, without its decisions."""
        return self.outcome.lines if "outcome" in self.__dict__ else lines_of(self._run)

    @cached_property
    def charges(self) -> tuple[ChargeOut, ...]:
        """The charges of the order."""
        return charges(self._run)

    @cached_property
    def free(self) -> tuple[FreeOut, ...]:
        """The goods that rules add."""
        return free(self._run)

    def decision(self, rule: str, index: int) -> Decision | None:
        """What a rule did on a line; None if it is not in force there, or cannot apply."""
        here = self.book.terms.by_id.get(rule)
        return None if here is None else decision(self._run, here, index)

    @cached_property
    def guards(self) -> tuple[GuardOut, ...]:
        """The verdict of every guard (7.3)."""
        return guards(self._run, lambda: self.pocket) if self.book.terms.guards else ()

    @cached_property
    def pocket(self) -> PocketOut:
        """What rebates the order is expected to earn, and what is left of its lines (section 15)."""
        return pocket_of(self._run, self.rules)

    @cached_property
    def totals(self) -> Mapping[str, Fraction]:
        """Totals beyond the order, after it (5.4 b)."""
        return totals(self._run) if self.book.terms.totals or self.book.classes else {}

    @cached_property
    def terms(self) -> TermsOut:
        """The terms that speak for the order, and those that it breaks (7.2)."""
        return judged(self._run.sales) if any(each.terms for each in self.book.terms.agreements) else TermsOut()

    @property
    def approvals(self) -> list[str]:
        """The roles that must approve, in the order of the guards."""
        roles = {guard.id: guard.role for guard in self.book.terms.guards}
        failed = [roles[each.guard] for each in self.guards if not each.holds]
        return list(dict.fromkeys(role for role in failed if role is not None))

    @property
    def rejected(self) -> bool:
        """Whether a guard without a role failed."""
        roles = {guard.id: guard.role for guard in self.book.terms.guards}
        return any(roles[each.guard] is None and not each.holds for each in self.guards)
