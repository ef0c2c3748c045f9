"""Days to keep in mind: reviews, last days of windows, settlements, deadlines, expiries, amendments, ends of validity.

They follow from the rules alone. A deadline that runs from what has not happened (a sale, a claim, a payment) has no day here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, get_args

from rebates.compile.settle.dated import foreseen, settlements
from rebates.compile.settle.windows import Stretch, window_of
from rebates.engine.orders import OrderErrors, OrderProblem
from rebates.engine.wording import words
from rebates.model.nodes import Agreement, Claimed, Deadline, Paid, PostedBy
from rebates.model.orders import OrderIn
from rebates.model.outcome import OrderError
from rebates.model.windows import WindowKind
from rebates.plan.facts import AccountFacts, Facts
from rebates.plan.from_model import agreements_in_force
from rebates.plan.reads import nodes_in

if TYPE_CHECKING:
    from rebates.engine.book import Book
    from rebates.model.rebates import Fund, Rebate
    from rebates.model.tables import Table

Kind = Literal[
    "amendment",
    "review",
    "window ends",
    "settlement",
    "claim deadline",
    "fact deadline",
    "payment deadline",
    "payable",
    "expiry",
    "validity ends",
    "books closed",  # of a ledger
]
KINDS: tuple[Kind, ...] = get_args(Kind)
_DAY = timedelta(days=1)
_REVIEWS: dict[str, WindowKind] = {
    "monthly": "month", "quarterly": "quarter", "half-yearly": "half", "yearly": "year",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Occasion:
    """What falls on a day. `rule` is empty for what concerns the agreement; `amount` is what a ledger knows to be due."""

    day: date
    kind: Kind
    agreement: str
    rule: str
    text: str
    first: date | None = None  # the window that it concerns, both days in
    last: date | None = None
    settled_on: date | None = None  # the settlement that a payment or an expiry belongs to
    account: str = ""
    amount: Fraction | None = None
    currency: str = ""

    @property
    def order(self) -> tuple[object, ...]:
        """By day, kind, agreement, rule, window and account."""
        about = (self.first or date.min, self.settled_on or date.min, self.account, self.text)
        return (self.day, KINDS.index(self.kind), self.agreement, self.rule, *about)


def occasions(book: Book, first: date, last: date, account: str | None = None) -> list[Occasion]:
    """What falls on the days of a period, both in, in their order; of one account, what concerns it.

    An account is concerned by agreements that are for it on the first or last day of what the occasion is about. Raises
    OrderErrors for an unknown account.
    """
    facts = Facts(book.rules.master, book.rules.tables)
    if account is not None and facts.account(account, first, {}) is None:
        raise OrderErrors([OrderProblem("R0502", "account", f"account `{account}` is not in the table `accounts`")])
    found: dict[tuple[object, ...], Occasion] = {}
    for agreement in book.rules.agreements:
        for one in _of_agreement(agreement):
            if first <= one.day <= last and (account is None or _concerns(agreement, one, account, facts)):
                found.setdefault(one.order, one)
    tables = {**book.rules.tables, **book.rules.master.tables}
    for name, table in sorted(tables.items()):
        for one in _of_table(name, table, first, last, account):
            found.setdefault(one.order, one)
    return [found[key] for key in sorted(found)]


def _of_agreement(agreement: Agreement) -> Iterator[Occasion]:
    name = agreement.name
    yield Occasion(agreement.last, "validity ends", name, "", f"{agreement.title} ends")
    if agreement.review is not None:
        day = agreement.first
        while day <= agreement.last:
            start, end = window_of(agreement, _REVIEWS[agreement.review], day)
            whom = f" by {agreement.owner}" if agreement.owner else ""
            yield Occasion(
                end, "review", name, "", f"{agreement.title}: {agreement.review} review{whom}", max(start, day), end
            )
            day = end + _DAY
    for amendment in agreement.amendments:
        back = "retroactively " if amendment.retroactive else ""
        yield Occasion(amendment.day, "amendment", name, "", f"{amendment.title}, {back}from this day")
    ends = [(rule.last, rule.name, rule.title) for rule in agreement.rules]
    ends += [(rebate.last, rebate.name, rebate.title) for rebate in agreement.rebates]
    for last, rule_name, title in ends:
        if last is not None and last < agreement.last:
            yield Occasion(last, "validity ends", name, rule_name, f"{title} ends")
    for fund in agreement.funds:
        yield from _of_fund(agreement, fund)
    for id in dict.fromkeys(rebate.id for rebate in agreement.rebates):
        yield from _of_rebate(agreement, tuple(rebate for rebate in agreement.rebates if rebate.id == id))


def _of_rebate(agreement: Agreement, versions: tuple[Rebate, ...]) -> Iterator[Occasion]:
    if versions[0].window == "claim":  # its windows begin and end with claims
        yield from _deadlines(agreement, Stretch(versions[0], agreement.first, agreement.last))
    for stretch, days in settlements(agreement, versions):
        rule = stretch.rule
        title, about = rule.title, (stretch.first, stretch.last)
        if days:
            yield Occasion(
                stretch.last, "window ends", agreement.name, rule.name, f"{title}: last day that counts", *about
            )
        for day in days:
            way = "interim settlement" if day < stretch.last else "settlement"
            yield Occasion(day, "settlement", agreement.name, rule.name, f"{title}: {way}", *about, day)
            for kind, by, text in (
                ("payable", rule.settle.pay_by, "payable by this day"),
                ("expiry", rule.settle.expires, "expires after this day"),
            ):
                if by is not None and (on := foreseen(by, agreement, stretch, day)) is not None:
                    yield Occasion(on, kind, agreement.name, rule.name, f"{title}: {text}", *about, day)  # type: ignore[arg-type]
        yield from _deadlines(agreement, stretch)


def _of_fund(agreement: Agreement, fund: Fund) -> Iterator[Occasion]:
    """The last days of a fund's windows: what is left then lapses or rolls over (102)."""
    left = "rolls over" if fund.rolls_over else "lapses"
    day = agreement.first
    while day <= agreement.last:
        start, end = window_of(agreement, fund.window, day)
        if (fund.since is None or fund.since <= start) and (fund.until is None or start <= fund.until):
            yield Occasion(end, "expiry", agreement.name, fund.name, f"{fund.title}: what is left {left}", start, end)
        day = end + _DAY


def _deadlines(agreement: Agreement, stretch: Stretch) -> Iterator[Occasion]:
    """Until when a claim, a fact or a payment must be there, of all conditions of a rule."""
    rule = stretch.rule
    for node in nodes_in((rule.when, rule.worth)):
        kind: Kind
        by: Deadline
        match node:
            case Claimed(by=by):
                kind, what = "claim deadline", "last day to claim"
            case PostedBy(fact=fact, by=by):
                kind, what = "fact deadline", f"last day for `{fact.name}`"
            case Paid(by=by):
                kind, what = "payment deadline", "last day to pay"
            case _:
                continue
        day = by.day if rule.window == "claim" else foreseen(by, agreement, stretch)
        if day is not None:
            text = f"{rule.title}: {what} ({words(by.span.text)})"
            yield Occasion(day, kind, agreement.name, rule.name, text, stretch.first, stretch.last)


def _concerns(agreement: Agreement, one: Occasion, account: str, facts: Facts) -> bool:
    """Whether the agreement is for the account on the first or last day of what the occasion is about."""
    days = {min(max(day, agreement.first), agreement.last) for day in (one.first or one.day, one.last or one.day)}
    for day in days:
        about = facts.account(account, day, {})
        if isinstance(about, AccountFacts):
            try:
                agreements_in_force((agreement,), facts, about, OrderIn(account, day, ()), day)
            except OrderError:
                continue
            return True
    return False


def _of_table(name: str, table: Table, first: date, last: date, account: str | None) -> Iterator[Occasion]:
    """The rows of a table that end on days of the period; of an account, its own."""
    if not table.dated:
        return
    counted: dict[date, int] = {}
    for row in table.rows():
        its_own = account is None or row.cells.get("account") == account
        if its_own and row.last is not None and first <= row.last <= last:
            counted[row.last] = counted.get(row.last, 0) + 1
    for day, count in counted.items():
        yield Occasion(day, "validity ends", "", "", f"{count} row{'' if count == 1 else 's'} of table {name}")
