"""`Book.settle`: what falls due in a period by what was posted, exact and explained. A pure function of rules and facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from rebates.compile.settle import HistoryErrors
from rebates.compile.settle import settle as settle_rules
from rebates.compile.settle.windows import in_force, stretches
from rebates.engine.fact_files import Facts, all_facts
from rebates.engine.facts import FactErrors, FactProblem, posted_of
from rebates.engine.forms import Funder, Part, funders_of, parts_of
from rebates.engine.measured import base_unit, measure_unit, payable_by, rate_words
from rebates.engine.periods import period_of
from rebates.engine.wording import amount_text, price_text
from rebates.model import settlement as model
from rebates.model.calendar import local_day
from rebates.model.history import Posted
from rebates.model.nodes import Agreement, RuleSet
from rebates.model.outcome import OrderError
from rebates.model.rebates import Rebate

if TYPE_CHECKING:
    from rebates.engine.book import Book


class Tier(msgspec.Struct, frozen=True, omit_defaults=True):
    """The next tier: where it begins, what is missing to it, and what reaching it would be worth."""

    threshold: str
    missing: str
    worth: str


class Slice(msgspec.Struct, frozen=True, omit_defaults=True):
    """A part of the base, the rate paid on it where there is one, also in words, and the amount before limits."""

    base: str
    amount: str
    rate: str | None = None
    tier: int | None = None
    row: tuple[str, ...] = ()
    rate_text: str = ""


class Due(msgspec.Struct, frozen=True, omit_defaults=True):
    """One rule, one payee, one window, on one settlement day. Amounts are decimal texts in `currency`.

    `total` is what the window comes to so far, rounded; `before` what was settled earlier; `due` their difference, below zero
    where something is taken back. A charge's amounts are owed by the payee. `earned` is `total` before rounding. `funders`
    bear what is due. `on_account`: an interim payment that the true-up adjusts; `set_off`: against what the payee has overdue;
    `plus_tax`: tax comes on top. `measure_unit` and `base_unit` are a currency, a unit, `%` or nothing; with `%` the number itself
    is the ratio. What is overdue and which tax it is, only the bookkeeping knows.
    """

    agreement: str
    rule: str
    title: str
    kind: str
    earner: str
    payee: str
    window: tuple[date, date]
    day: date
    status: str
    currency: str
    earned: str
    total: str
    before: str
    due: str
    place: str
    measure: str | None = None
    base: str | None = None
    tier: int | None = None
    terms: str = ""
    because: str = ""
    slices: tuple[Slice, ...] = ()
    next: Tier | None = None
    forms: tuple[Part, ...] = ()
    interim: bool = False
    pay_by: date | None = None
    expires: date | None = None
    posted: tuple[str, ...] = ()
    funders: tuple[Funder, ...] = ()
    on_account: bool = False
    set_off: bool = False
    plus_tax: bool = False
    measure_unit: str = ""
    base_unit: str = ""


class Settlement(msgspec.Struct, frozen=True, omit_defaults=True, dict=True):
    """What falls due in a period. `version` is that of the rules; `to_json` gives the same bytes for the same inputs."""

    first: date
    last: date
    version: str
    dues: tuple[Due, ...]
    as_of: str | None = None

    def to_json(self) -> str:
        """Canonical JSON."""
        return msgspec.json.encode(self).decode()

    def total(self, payee: str | None = None) -> Fraction:
        """What is due to a payee, or to all: rebates less charges. Raises ValueError over amounts of several currencies."""
        chosen = [due for due in self.dues if payee in (None, due.payee)]
        if len({due.currency for due in chosen}) > 1:
            raise ValueError("amounts of several currencies are not added: choose the dues of one")
        signs = {"rebate": 1, "charge": -1}
        return sum((signs[due.kind] * Fraction(due.due) for due in chosen), Fraction(0))

    def explain(self) -> str:
        """For every due in words: the rule and its place, the measure and tier, how the amount came about, what is missing."""
        from rebates.engine.settled_words import explained

        return "\n".join(explained(self))


@dataclass(frozen=True)
class Settling:
    """One call of `Book.settle`, its inputs read."""

    book: Book
    first: date
    last: date
    as_of: datetime | None
    posted: tuple[Posted, ...]
    settled: tuple[model.Settled, ...] | None

    @cached_property
    def rules(self) -> RuleSet:
        return self.book.rules

    def result(self, account: str | None) -> Settlement:
        """The settlement of all agreements, or of one account. Raises FactErrors."""
        try:
            found = settle_rules(self.rules, None, self.posted, self.first, self.last, self.as_of, self.settled)
        except HistoryErrors as errors:
            raise FactErrors([_problem(error) for error in errors.problems]) from None
        except OrderError as error:
            raise FactErrors([_problem(error)]) from None
        dues = tuple(
            due_of(agreement, due)
            for settlement in found
            for agreement in (self._agreement(settlement.agreement),)
            for due in settlement.dues
            if account in (None, due.payee, due.earner)
        )
        moment = None if self.as_of is None else self.as_of.isoformat()
        return Settlement(self.first, self.last, self.rules.version, dues, moment)

    def _agreement(self, name: str) -> Agreement:
        return next(each for each in self.rules.agreements if each.name == name)


def due_of(agreement: Agreement, due: model.Due) -> Due:
    """A row as it is shown: amounts as texts, with the words of its rule."""
    rule = rule_of(agreement, due)
    digits = agreement.digits if rule.pays == "money" else 0
    currency = agreement.currency if rule.pays == "money" else rule.pays
    base_in = base_unit(rule, agreement.currency)

    def shown(value: Fraction) -> str:
        return amount_text(value, digits).replace("_", "")

    def exact(value: Fraction) -> str:
        return price_text(value, digits).replace("_", "")

    from rebates.engine.settled_words import because, terms_of

    return Due(
        agreement.name,
        rule.name,
        rule.title,
        rule.kind,
        due.earner,
        due.payee,
        (due.first, due.last),
        due.day,
        due.status,
        currency,
        exact(due.earned),
        shown(due.total),
        shown(due.before),
        shown(due.due),
        f"{rule.span.source.name}:{rule.span.line}",
        None if due.measure is None else exact(due.measure),
        None if due.base is None else exact(due.base),
        due.tier,
        terms_of(rule, due.tier),
        because(rule, due),
        tuple(
            Slice(
                exact(cut.base),
                exact(cut.amount),
                None if cut.rate is None else exact(cut.rate),
                cut.tier,
                cut.row,
                rate_words(cut, base_in, currency, digits),
            )
            for cut in due.cuts
        ),
        None if due.next is None else Tier(exact(due.next.threshold), exact(due.next.missing), exact(due.next.worth)),
        parts_of(rule, due.due, digits, agreement.currency),
        due.interim,
        payable_by(due),
        due.expires,
        tuple(due.posted),
        funders_of(rule, due.due, digits),
        rule.settle.on_account and due.interim,
        rule.settle.set_off,
        rule.settle.plus_tax,
        measure_unit(rule, agreement.currency),
        base_in,
    )


def rule_of(agreement: Agreement, due: model.Due) -> Rebate:
    """The version of the rule that judged a window (100)."""
    key = f"judges of {due.rule}"
    judges = agreement.noted.get(key)
    versions = [rule for rule in agreement.rebates if rule.id == due.rule]
    if judges is None:
        by_claim = versions[0].window == "claim"
        judges = {} if by_claim else {each.first: each.rule for each in stretches(agreement, versions)}
        agreement.noted[key] = judges
    found: Rebate | None = judges.get(due.first)  # type: ignore[attr-defined]
    return found or in_force(versions, due.last) or versions[-1]


def settling(
    book: Book,
    facts: Facts | Iterable[Posted],
    period: str,
    as_of: str | date | datetime | None,
    settled: Sequence[model.Settled] | Settlement | None,
    interim: bool,
) -> Settling:
    """Reads what `Book.settle` is given. Raises FactErrors with every problem."""
    try:
        first, last = period_of(period)
    except ValueError as error:
        raise FactErrors([FactProblem("R0820", "period", str(error))]) from None
    moment, problems = _moment(as_of)
    if moment is not None and moment.date() < last and not interim:
        problems.append(
            FactProblem(
                "R0821",
                "period",
                f"the period {period} is open until {last.isoformat()}, and it is settled as of {moment.date().isoformat()}",
                "settle it when it is over, or say that the settlement is `interim`",
            )
        )
    if problems:
        raise FactErrors(problems)
    if moment is not None and moment.date() < last:
        last = max(first, moment.date())
    before = settled_before(settled) if isinstance(settled, Settlement) else settled
    return Settling(book, first, last, moment, posted_from(book, facts), None if before is None else tuple(before))


def posted_from(book: Book, facts: Facts | Iterable[Posted]) -> tuple[Posted, ...]:
    """What was posted, as evaluators read it: a list of facts, a file, a data frame, or postings already read."""
    if isinstance(facts, list | tuple) and all(isinstance(each, Posted) for each in facts):
        return tuple(facts)
    return posted_of(all_facts(facts), book.rules)


def _moment(as_of: str | date | datetime | None) -> tuple[datetime | None, list[FactProblem]]:
    """The moment as of which is settled: a day means its end."""
    try:
        if as_of is None or isinstance(as_of, datetime):
            moment = as_of
        elif isinstance(as_of, str) and len(as_of) > 10:
            moment = datetime.fromisoformat(as_of)
        else:
            day = as_of if isinstance(as_of, date) else date.fromisoformat(as_of)
            moment = datetime(day.year, day.month, day.day, 23, 59, 59, 999_999, tzinfo=UTC)
        if moment is not None:
            local_day(moment, None)  # an instant needs a zone
    except ValueError as error:
        return None, [FactProblem("R0822", "as_of", str(error), "write a day, or an instant with its zone")]
    return moment, []


def settled_before(settlement: Settlement) -> list[model.Settled]:
    """What a settlement booked, for the next one."""
    return [
        model.Settled(f"{due.agreement}.{due.rule}", due.earner, due.payee, due.window[0], due.day, Fraction(due.due))
        for due in settlement.dues
    ]


def _problem(error: OrderError) -> FactProblem:
    return FactProblem(error.code, error.where, error.message, error.help)
