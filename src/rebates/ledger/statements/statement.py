"""The numbers of a statement, from what settlements have kept; nothing is reckoned anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fractions import Fraction

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from rebates.engine.book import Book
from rebates.engine.facts import Fact, moment_text
from rebates.ledger import tables as t
from rebates.ledger.archive import unpacked
from rebates.ledger.errors import LedgerError
from rebates.ledger.ledger import Ledger, facts_of
from rebates.ledger.runs import Run, runs_of
from rebates.model.exact import parse_number
from rebates.model.nodes import ItemPrice, Total
from rebates.model.rebates import Rebate
from rebates.model.settlement import Due
from rebates.plan.reads import nodes_in


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One rule and window: the last word on it in the period. `due` is what the period's settlements came to together."""

    agreement: str
    agreement_title: str
    title: str
    text: str  # the rule as it was signed
    place: str
    currency: str
    due: Due
    paid_before: Fraction
    paid_now: Fraction
    months: tuple[tuple[str, Fraction], ...]  # net value of what counted, by month
    facts: tuple[Fact, ...]  # what counted
    reads_cost: bool = False  # what it measures would tell the cost


@dataclass(frozen=True, slots=True)
class Statement:
    """All rows of an account in a period, as of a moment."""

    account: str
    first: date
    last: date
    as_of: datetime
    version: str  # of the rules of the last settlement in it
    runs: tuple[int, ...]
    rows: tuple[StatementRow, ...]

    @property
    def due(self) -> dict[str, Fraction]:
        """What the period comes to, by currency: rebates less charges."""
        found: defaultdict[str, Fraction] = defaultdict(Fraction)
        for row in self.rows:
            found[row.currency] += row.paid_now if row.due.kind == "rebate" else -row.paid_now
        return dict(found)


def statement_of(ledger: Ledger, account: str, first: date, last: date, as_of: datetime | None = None) -> Statement:
    """The statement of what settlements said of an account on days of a period, as it was known at a moment.

    Raises LedgerError (R0834) where no settlement says anything of the account.
    """
    with ledger.store.reading() as connection:
        moment = moment_text(as_of.astimezone(UTC)) if as_of is not None else None
        runs = [run for run in runs_of(connection, as_of=moment) if run.kind == "settle"]
        found: dict[tuple[str, str, date], list[tuple[Run, str, Due]]] = {}
        for run in runs:
            for one in run.settlements:
                for due in one.dues:
                    if account in (due.payee, due.earner) and due.day <= last:
                        key = (one.agreement, due.rule, due.first)
                        found.setdefault(key, []).append((run, one.currency, due))
        found = {key: told for key, told in found.items() if any(first <= due.day for _, _, due in told)}
        if not found:
            raise LedgerError(
                "R0834",
                f"no settlement of {first} to {last} says anything of `{account}`",
                "check the account, or settle the period first",
            )
        books: dict[str, Book] = {}
        facts = {fact.id: fact for fact in facts_of(connection, moment)}
        rows = []
        for (agreement, _, _), told in found.items():
            run, currency, due = told[-1]
            if run.version not in books:
                books[run.version] = _book(connection, run.version)
            rows.append(_row(books[run.version], agreement, currency, due, [x for _, _, x in told], first, facts))
        last_run = max((told[-1][0] for told in found.values()), key=lambda run: run.number)
        numbers = sorted({run.number for told in found.values() for run, _, due in told if first <= due.day})
    return Statement(account, first, last, as_of or last_run.known, last_run.version, tuple(numbers), tuple(rows))


def _book(connection: Connection, version: str) -> Book:
    archive = connection.execute(sa.select(t.rules.c.archive).where(t.rules.c.version == version)).scalar()
    return unpacked(archive or b"")


def _row(
    book: Book, agreement: str, currency: str, due: Due, told: Sequence[Due], first: date, facts: dict[str, Fact]
) -> StatementRow:
    [owner] = [each for each in book.rules.agreements if each.name == agreement]
    versions = [rule for rule in owner.rebates if rule.id == due.rule]
    then = [rule for rule in versions if (rule.since or date.min) <= due.day <= (rule.until or date.max)] or versions
    rule = then[-1]
    counted = tuple(facts[id] for id in due.posted if id in facts)
    months: defaultdict[str, Fraction] = defaultdict(Fraction)
    for fact in counted:
        if fact.net is not None:
            months[str(fact.date)[:7]] += parse_number(str(fact.net))
    now = sum((each.due for each in told if each.day >= first), Fraction(0))
    before = sum((each.due for each in told if each.day < first), Fraction(0))
    span = rule.span
    place = f"{span.source.name}:{span.line}" if span is not None else ""
    text = span.text if span is not None else ""
    return StatementRow(
        agreement,
        owner.title,
        rule.title,
        text,
        place,
        currency,
        replace(due),
        before,
        now,
        tuple(sorted(months.items())),
        counted,
        reads_cost(rule),
    )


def reads_cost(rule: Rebate) -> bool:
    """Whether a rule measures or pays on what the goods cost."""
    return any(
        (isinstance(node, ItemPrice) and node.kind == "cost") or (isinstance(node, Total) and node.what == "cost")
        for node in nodes_in(rule)
    )


def customers(statement: Statement, sees: Callable[[str], bool]) -> Statement:
    """The statement as a customer may have it: transactions of accounts that it may see, and no measure that tells a cost."""
    rows = []
    for row in statement.rows:
        facts = tuple(msgspec.structs.replace(fact, cost=None) for fact in row.facts if sees(fact.account))
        due = row.due
        if row.reads_cost:
            due = replace(due, measure=None, base=None, tier=None, cuts=(), next=None)
        rows.append(replace(row, facts=facts, due=due))
    return replace(statement, rows=tuple(rows))
