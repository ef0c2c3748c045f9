"""The plan: what holds for an account and a day (`Book`) and for one of its lines whatever its quantity (`LinePlan`).

Nothing here is changed after it was made; plans are shared between orders and threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Protocol

from rebates.model.nodes import Agreement, Bound, Class, Condition, Guard, Limit, Rounding, Rule, SharedCap, Total, Uses
from rebates.plan.facts import AccountFacts, AttributeText, Facts, ItemFacts, RowFound

if TYPE_CHECKING:
    from rebates.plan.conditions import Known

StageKind = Literal["discount", "charge", "on charges"]


@dataclass(frozen=True, slots=True)
class Missing:
    """No value (5.3, 7.1): `path` is the attribute nobody knows, or empty; `price` where a price or cost is not there."""

    path: str = ""
    price: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Here:
    """A rule of an agreement in force."""

    rule: Rule
    agreement: Agreement
    number: int  # its place among the rules in force: 0, 1, 2 …


@dataclass(frozen=True, slots=True, eq=False)
class GuardHere:
    """A guard of an agreement in force; it looks at the order day."""

    agreement: Agreement


@dataclass(frozen=True, slots=True)
class StagePlan:
    name: str
    combine: Literal["best", "sum", "sequence", "first"]
    base: Literal["running", "list", "charges"]
    kind: StageKind
    rules: tuple[Here, ...]  # by place
    by_line: bool  # every rule decides on the line


@dataclass(frozen=True, slots=True)
class TotalUse:
    """A total, cap or limit beyond an order that a rule in force reads: what the quote gives back (5.4 b)."""

    here: Here
    what: Total | Bound | SharedCap | Limit | Uses


@dataclass(frozen=True, slots=True)
class ClassUse:
    """A class as an agreement tests it."""

    agreement: Agreement
    of: Class


class Candidates(Protocol):
    """Finds the rules that can meet an account and an item."""

    filed: frozenset[int]

    def candidates(self, known: Known) -> list[int]: ...

    def account_files(self, known: Known) -> tuple[int, ...]: ...

    def item_files(self, facts: Facts, item: ItemFacts) -> tuple[int, ...]: ...

    def numbers(self, accounts: tuple[int, ...], items: tuple[int, ...]) -> tuple[int, ...]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Agreements that are in force together, for whomever and whenever that may be."""

    agreements: tuple[Agreement, ...]  # most specific first
    partners: Mapping[str, frozenset[str]]  # agreement: itself and those it is added to or that add to it (7.4)
    currency: str
    digits: int  # of line amounts
    rounding: Rounding
    rules: tuple[Here, ...]  # by place
    by_id: Mapping[str, Here]  # the same by their ids
    prices: tuple[Here, ...]
    stages: tuple[StagePlan, ...]
    guards: tuple[Guard, ...]  # in the text's order
    totals: tuple[TotalUse, ...]
    classes: tuple[ClassUse, ...]  # that their rules test
    index: Candidates
    promotions: frozenset[str]  # ids of promotional prices
    exclusives: tuple[Here, ...]  # `exclusive among …` (46)
    shared_caps: tuple[tuple[Here, SharedCap], ...]  # each with the rule it names first (52)
    best_among: tuple[tuple[str, ...], ...]  # stages of which one takes on a line (49)
    noted: dict[object, object] = field(default_factory=dict)  # what an evaluator worked out once of these rules


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """Everything that does not depend on the lines of an order: one per account, order day and governing days."""

    account: AccountFacts
    day: date
    days: Mapping[str, date]  # other governing days
    facts: Facts
    terms: Terms
    codes: frozenset[str]  # that the order carries, of those the rules ask for
    attributes: Mapping[str, AttributeText]  # of the order, those that rules read
    told: Mapping[str, AttributeText] = field(default_factory=dict)  # facts, those that rules read
    classes: tuple[ClassUse, ...] = ()  # that rules in force test, or that choose agreements of the day

    def on(self, day: date) -> Book:
        """The same on another day of those on which it holds."""
        return replace(self, day=day)

    def governing(self, here: Here | GuardHere) -> date:
        """The day that governs a rule (5.6)."""
        if isinstance(here, GuardHere) or here.rule.dated_by == "order":
            return self.day
        return self.days.get(here.rule.dated_by, self.day)


Verdict = bool | Missing


@dataclass(frozen=True, slots=True)
class Clause:
    """What is left of a `when` once all but quantities and amounts is known: a verdict, or the part that still depends."""

    number: int
    left: Condition | Verdict


@dataclass(frozen=True, slots=True)
class CodesHere:
    """The codes by which a rule may be used; where there is none, why, and the code that came nearest (50)."""

    valid: tuple[str, ...] = ()
    because: str = ""
    code: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RulePlan:
    """One rule on one line; clauses that hold are left out."""

    here: Here
    in_dates: bool
    clauses: tuple[Clause, ...]
    base: Condition | Verdict  # of `base … where`
    unit_fits: bool  # `only per`
    rows: tuple[RowFound, ...]  # of its table
    codes: CodesHere  # of the order, to this rule
    never: bool  # it cannot apply, whatever quantities the order brings


@dataclass(frozen=True, slots=True, eq=False)
class LinePlan:
    """One line, its quantity left open."""

    book: Book
    item: ItemFacts
    unit: str
    list_price: Fraction | None  # per ordered unit, unrounded
    cost: Fraction | None  # per ordered unit
    active: tuple[RulePlan, ...]  # the rules that can apply, by place
    known: Known
    others: dict[int, RulePlan]  # the active rules by number; the rest joins when it is asked for
    conversions: dict[str, Fraction | None] = field(default_factory=dict)  # remembered: units in one ordered unit

    def units(self, unit: str) -> Fraction | None:
        """How many of `unit` are in one ordered unit; None without a conversion (1.4)."""
        known = self.conversions
        if unit not in known:
            known[unit] = self.book.facts.convert(self.item.id, self.unit, unit, self.book.day)
        return known[unit]
