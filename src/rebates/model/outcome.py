"""What an evaluator answers: amounts, and for every rule why or why not. The evaluators are compared on these.

All amounts are exact fractions of the currency's major unit, already rounded where semantics 2.2 says so, and signed
as on paper: a discount that takes 3.00 off a line is 3, a surcharge in a discount stage is -3; on a return's line all
amounts have the sign of the return. Line indexes count from 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

Because = Literal[
    "taken",  # it took `amount`
    "nothing",  # it applied and came to nothing
    "dates",  # not valid on the governing day
    "code",  # the order does not carry its code
    "another's code",  # the code `detail` is another account's
    "code expired",  # the code `detail` is not valid on the governing day
    "no uses left",  # of the code `detail`, or of the rule
    "condition",  # a `when` does not hold: `clause` says which
    "unknown",  # a `when` tests an attribute nobody knows: `clause`, `detail` is its path
    "not listed",  # its table has no row for the line
    "base",  # the line is not in its base
    "no tier",  # below the first tier
    "no baseline",  # the measure has no value (5.3)
    "pays from",  # less than the minimum payout (4.5 b)
    "used up",  # its limit or cap has run out (4.5)
    "beaten",  # `detail` names the rule that took more, or came first (3.2 b)
    "excluded",  # by the exclusive rule `detail` (3.5)
    "outranked",  # a more specific price or agreement, `detail`, speaks alone (3.3, 7.4)
    "given",  # it added free goods to the order
    "no set",  # its sets are not complete, or too little was ordered for a gift
    "no choice",  # the order does not say which goods it wants
    "no price",  # needs a price or cost that is not there
    "discounted",  # an earlier stage took something off the line (`not on discounted lines`)
    "promotional",  # the line is at a promotional price
    "yields",  # to the rule `detail` (`not with`, `in lieu of`)
]


@dataclass(frozen=True, slots=True)
class Decision:
    """What one rule did on one line.

    `tier` is the index of the reached row (-1 the row `below`, -2 `without baseline`), `measure` the value that chose
    it, `rate` the one ratio or amount that was paid where there is one, `amount` what the line got. `chosen` is the way
    through a rate table: the row of its keys, then of each measure but the last; the rows of cases that hold; -1 and the
    clause for a fallback rate.
    """

    rule: str
    line: int
    because: Because
    amount: Fraction = Fraction(0)
    tier: int | None = None
    measure: Fraction | None = None
    clause: int | None = None
    detail: str | None = None
    chosen: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One stage on one line: the amount before and after, and each rule's part (they add up to before − after)."""

    stage: str
    before: Fraction
    after: Fraction
    parts: tuple[tuple[str, Fraction], ...]  # rule id, amount, in the order they were taken


@dataclass(frozen=True, slots=True)
class LineOut:
    """The waterfall of a line. `list_value` is None where no list price is known; prices are per ordered unit."""

    list_price: Fraction | None
    list_value: Fraction | None
    gross_price: Fraction  # unrounded unless prices round first
    gross_value: Fraction
    price_rule: str | None  # id of the price rule; None: list price; "manual"
    price_row: tuple[str, int] | None  # file and row of the table that gave the price
    steps: tuple[Step, ...]  # discount stages that changed something
    net_value: Fraction
    charges: tuple[tuple[str, Fraction], ...]  # this line's part of each charge, stages on charges included
    invoice_value: Fraction
    cost: Fraction | None  # cost × quantity, exact


@dataclass(frozen=True, slots=True)
class ChargeOut:
    rule: str
    amount: Fraction  # rounded, before stages on charges
    after: Fraction  # what is left of it after them


@dataclass(frozen=True, slots=True)
class FreeOut:
    """Goods that a rule added to the order, at list price less what the rule is worth (8.1)."""

    rule: str
    item: str
    quantity: Fraction
    unit: str
    list_value: Fraction
    net_value: Fraction  # zero unless there is a token price
    cost: Fraction | None


@dataclass(frozen=True, slots=True)
class GuardOut:
    """`value` is None where it cannot be worked out (no list price, no cost): the guard then says so and fails."""

    guard: str
    line: int | None
    value: Fraction | None
    bound: Fraction | None
    holds: bool


@dataclass(frozen=True, slots=True)
class BreakOut:
    """A term that the order breaks; `line` is None where it is the order's as a whole.

    `allowed` is what would keep the term: of a line the next allowed quantity in its ordered unit, of an order the
    minimum (in the term's unit, or an amount), of a delivery date the next allowed one; None where nothing can be named.
    """

    term: str  # id
    line: int | None
    code: str  # R0560 to R0564
    allowed: Fraction | date | None


@dataclass(frozen=True, slots=True)
class TermsOut:
    """The terms that speak for the order, the breaks, and the earliest delivery where lead times or days are stated."""

    stated: tuple[str, ...] = ()  # ids, by the agreements' order and place
    breaks: tuple[BreakOut, ...] = ()
    earliest: date | None = None


@dataclass(frozen=True, slots=True)
class ClassOut:
    """A class that was judged: of whom, whether a member (None: unknown), and both sides of each of its comparisons."""

    name: str
    agreement: str
    of: str  # id of the account or item, or the end customer
    member: bool | None
    unknown: str  # what is not known where `member` is None: an attribute, a fact or the key of a total
    compared: tuple[tuple[Fraction | date | None, Fraction | date | None], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    agreements: tuple[str, ...]  # in force for account and day, most specific first
    currency: str
    lines: tuple[LineOut, ...]
    charges: tuple[ChargeOut, ...]
    cash_rounding: Fraction  # difference line of 2.2 b
    net_value: Fraction
    invoice_value: Fraction  # with charges and cash rounding
    decisions: tuple[Decision, ...]  # sorted by line, then the place of the rule
    guards: tuple[GuardOut, ...]
    free: tuple[FreeOut, ...]  # by the place of the rule, then the item
    totals: Mapping[str, Fraction]  # every total beyond the order that a rule in force reads, after this order
    terms: TermsOut = TermsOut()
    classes: tuple[ClassOut, ...] = ()  # that were judged, by agreement, name and whom


class OrderError(ValueError):
    """The order cannot be priced; `code` is a catalogue code (R05xx), `where` the field: `lines[2].item`."""

    def __init__(self, code: str, message: str, where: str, help: str = "") -> None:
        super().__init__(f"{where}: {message}")
        self.code, self.message, self.where, self.help = code, message, where, help


class NoData(OrderError):
    """A table has no row for a day that an amount needs; `(a otherwise b)` takes b, a condition is unknown (5.3)."""
