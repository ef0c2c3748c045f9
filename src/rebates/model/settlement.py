"""What settling answers: for every rule, payee and window what was earned, what was paid before and what is due, and why.

Both evaluators answer with these, and are compared on them. Amounts are exact fractions of the major unit; `earned` is
before rounding, `total`, `before` and `due` are rounded (2.2). A charge's amounts are positive too: `kind` says who owes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

Status = Literal[
    "due",  # there is an amount, also a negative one
    "nothing",  # it applied and came to nothing
    "condition",  # a `when` does not hold: `clause`
    "unknown",  # a `when` or an amount needs what is not known: `detail`
    "no tier",
    "no baseline",
    "pays from",  # less than the minimum payout
    "held",  # earned and not yet paid: `clause`
    "forfeited",
    "taken back",
    "not claimed",
    "beaten",  # by the rule `detail` of its stage, or the programme that is better
    "waits",  # a fact that it needs is not posted yet: `detail`
]


@dataclass(frozen=True, slots=True)
class Cut:
    """One slice of the base, and what was paid on it: a tier's, or of a rate table its row's."""

    base: Fraction
    rate: Fraction | None  # the one ratio, or amount per unit; None where there is no single one
    amount: Fraction
    tier: int | None = None
    row: tuple[str, ...] = ()  # keys of the row of a rate table


@dataclass(frozen=True, slots=True)
class Next:
    """The next tier: its threshold, what is missing in the measure's unit, and what reaching it would be worth."""

    threshold: Fraction
    missing: Fraction
    worth: Fraction


@dataclass(frozen=True, slots=True)
class Due:
    """One rule, one payee, one window, at one settlement day."""

    rule: str
    kind: Literal["rebate", "charge"]
    earner: str  # account, head of the tree, group, `all`, or end customer
    payee: str
    first: date  # the window, both days in
    last: date
    day: date  # of the settlement
    status: Status
    measure: Fraction | None
    base: Fraction | None
    tier: int | None
    earned: Fraction  # exact, of the whole window so far, this payee's part
    total: Fraction  # the same, rounded
    before: Fraction  # settled in earlier settlements of the window
    due: Fraction  # total − before
    cuts: tuple[Cut, ...] = ()
    clause: int | None = None
    detail: str | None = None
    next: Next | None = None
    interim: bool = False  # before the end of its window
    pay_by: date | None = None
    expires: date | None = None
    posted: Sequence[str] = ()  # ids of what counts in the base, in the order of their days and ids
    pays: Literal["money", "points", "goods"] = "money"  # what its amounts are of (99a)


@dataclass(frozen=True, slots=True)
class Settled:
    """What an earlier settlement booked: it is taken off what the window comes to."""

    rule: str
    earner: str
    payee: str
    first: date
    day: date
    amount: Fraction


@dataclass(frozen=True, slots=True)
class Settlement:
    """All rows of a period, by agreement, rule's place, earner, payee, window and day."""

    agreement: str
    currency: str
    first: date  # the period, both days in
    last: date
    dues: tuple[Due, ...]
