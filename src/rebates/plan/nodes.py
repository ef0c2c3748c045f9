"""The plan: what holds for an account and a day (`Book`) and for one of its lines whatever its quantity (`LinePlan`).

Nothing here is changed after it was made; plans are shared between orders and threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from rebates.model.nodes import Agreement, Condition, Guard, Rounding, Rule
from rebates.plan.facts import AccountFacts, AttributeText, Facts, ItemFacts, RowFound

StageKind = Literal["discount", "charge", "on charges"]


@dataclass(frozen=True, slots=True)
class Missing:
    """No value (5.3, 7.1): `path` is the attribute nobody knows, or empty; `price` where a price or cost is not there."""

    path: str = ""
    price: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Here:
    """A rule of an agreement in force: its governing day and whether it is valid then (5.6)."""

    rule: Rule
    agreement: Agreement
    day: date
    in_dates: bool
    number: int  # its place among the rules in force: 0, 1, 2 …


@dataclass(frozen=True, slots=True, eq=False)
class GuardHere:
    """A guard of an agreement in force; it looks at the order day."""

    agreement: Agreement
    day: date


@dataclass(frozen=True, slots=True)
class StagePlan:
    name: str
    combine: Literal["best", "sum", "sequence", "first"]
    base: Literal["running", "list", "charges"]
    kind: StageKind
    rules: tuple[Here, ...]  # by place


@dataclass(frozen=True, slots=True)
class TotalUse:
    """A total, cap or limit beyond an order that a rule in force reads: what the quote gives back (5.4 b)."""

    key: str  # with who and window
    here: Here
    what: object  # model Total, Bound or Limit


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """Everything that does not depend on the lines of an order: one per account, order day and governing days."""

    account: AccountFacts
    day: date
    facts: Facts
    agreements: tuple[Agreement, ...]  # in force, most specific first
    partners: dict[str, frozenset[str]]  # agreement: itself and those it is added to or that add to it (7.4)
    currency: str
    digits: int  # of line amounts
    rounding: Rounding
    rules: tuple[Here, ...]  # by place
    prices: tuple[Here, ...]
    stages: tuple[StagePlan, ...]
    guards: tuple[Guard, ...]
    totals: tuple[TotalUse, ...]
    codes: frozenset[str]  # that the order carries, of those the rules ask for
    attributes: Mapping[str, AttributeText]  # of the order, those that rules read


Verdict = bool | Missing


@dataclass(frozen=True, slots=True)
class Clause:
    """What is left of a `when` once all but quantities and amounts is known: a verdict, or the part that still depends."""

    number: int
    left: Condition | Verdict


@dataclass(frozen=True, slots=True, eq=False)
class RulePlan:
    """One rule on one line. `never` holds if it cannot apply whatever quantities the order brings; clauses that hold are left out."""

    here: Here
    clauses: tuple[Clause, ...]
    base: Condition | Verdict  # of `base … where`
    unit_fits: bool  # `only per`
    rows: tuple[RowFound, ...]  # of its table
    never: bool


@dataclass(frozen=True, slots=True, eq=False)
class LinePlan:
    """One line, its quantity left open."""

    book: Book
    item: ItemFacts
    unit: str
    list_price: Fraction | None  # per ordered unit, unrounded
    cost: Fraction | None  # per ordered unit
    rules: tuple[RulePlan, ...]  # parallel to `book.rules`
    conversions: dict[str, Fraction | None] = field(default_factory=dict)  # remembered: units in one ordered unit

    def units(self, unit: str) -> Fraction | None:
        """How many of `unit` are in one ordered unit; None without a conversion (1.4)."""
        known = self.conversions
        if unit not in known:
            known[unit] = self.book.facts.convert(self.item.id, self.unit, unit, self.book.day)
        return known[unit]
