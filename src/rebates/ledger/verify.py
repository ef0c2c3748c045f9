"""Proof that nothing was changed: the chain of hashes, the journal's balance, and every run reckoned once more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from rebates.engine.book import Book
from rebates.engine.facts import Fact
from rebates.ledger import tables as t
from rebates.ledger.archive import unpacked
from rebates.ledger.errors import LedgerError
from rebates.ledger.journal import trial_balance
from rebates.ledger.known import inputs_of
from rebates.ledger.ledger import Ledger, facts_of
from rebates.ledger.results import booked_of, in_order
from rebates.ledger.runs import Run, entries_of, runs_of
from rebates.ledger.store import chained, rows_digest
from rebates.model.settlement import Settled, Settlement
from rebates.syntax.diagnostics import RuleErrors

AHEAD = 32  # rows; a run's may be large
UNREADABLE = (ValueError, TypeError, sa.exc.SQLAlchemyError)

Judge = Callable[[Book, Run, Sequence[Fact], Sequence[Settled]], Sequence[Settlement]]


@dataclass(frozen=True, slots=True)
class Proof:
    """What verifying found. `head` is the hash over all: kept elsewhere, it also proves that nothing was cut off."""

    facts: int
    runs: int
    entries: int
    head: str
    findings: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether all is as it was written."""
        return not self.findings


def verify(
    ledger: Ledger,
    judge: Judge | None = None,
    head: str | None = None,
    progress: Callable[[int], None] = lambda runs: None,
) -> Proof:
    """Checks everything. With a judge, the reference evaluator, every run is reckoned anew from its kept text and facts.

    `progress` is told the runs done.
    """
    with ledger.store.reading() as connection:
        findings = list(_chain(connection))
        last = connection.execute(sa.select(t.link.c.hash).order_by(t.link.c.seq.desc()).limit(1)).scalar() or ""
        if head is not None:
            known = connection.execute(sa.select(t.link.c.seq).where(t.link.c.hash == head)).first()
            if known is None and head:
                findings.append("the ledger does not hold what it held when that hash was noted")
        counts = [
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() or 0
            for table in (t.fact, t.run, t.entry)
        ]
        if not findings:  # what cannot be trusted is not reckoned with
            findings += _journal(connection)
            if judge is not None:
                findings += _runs(connection, judge, progress)
    facts, runs, entries = counts
    return Proof(facts, runs, entries, last, tuple(findings))


class _Rows:
    """The rows of a table, read some ahead: most links cover only one."""

    def __init__(self, connection: Connection, table: sa.Table) -> None:
        self.connection, self.table = connection, table
        self.read: dict[int, sa.Row[Any]] = {}
        self.until = 0

    def between(self, first: int, last: int) -> list[sa.Row[Any]]:
        """Those that are there of these numbers. Raises ValueError, TypeError or SQLAlchemyError where one cannot be read."""
        if last > self.until:
            try:
                self._fetch(first, max(last, first + AHEAD - 1))
            except UNREADABLE:  # perhaps a later one than those that are asked for
                self._fetch(first, last)
        return [self.read[number] for number in range(first, last + 1) if number in self.read]

    def _fetch(self, first: int, last: int) -> None:
        query = sa.select(self.table).where(self.table.c.seq.between(first, last)).order_by(self.table.c.seq)
        self.read = {row.seq: row for row in self.connection.execute(query)}
        self.until = last


def _chain(connection: Connection) -> Iterator[str]:
    covered = {table.name: 0 for table in t.KEPT}
    tables = {table.name: _Rows(connection, table) for table in t.KEPT}
    before = ""
    for place, link in enumerate(connection.execute(sa.select(t.link).order_by(t.link.c.seq)).all(), 1):
        if link.seq != place:
            yield f"link {place} of the chain is missing"
            return
        if link.hash != chained(before, link.seq, link.what, link.first, link.last, link.known, link.digest):
            yield f"link {link.seq} of the chain was changed"
        before = link.hash
        rows = tables.get(link.what)
        if rows is None or link.first != covered[link.what] + 1:
            yield f"link {link.seq} of the chain covers other rows than it did"
            continue
        covered[link.what] = link.last
        try:
            same = rows_digest(rows.between(link.first, link.last)) == link.digest
        except UNREADABLE:
            same = False
        if not same:
            which = f"row {link.first}" if link.first == link.last else f"rows {link.first} to {link.last}"
            yield f"{link.what}: {which} are not what was written on {link.known[:10]}"
    for table in t.KEPT:
        count, greatest, least = connection.execute(
            sa.select(sa.func.count(), sa.func.max(table.c.seq), sa.func.min(table.c.seq))
        ).one()
        if count != covered[str(table.name)] or (count and (greatest != count or least != 1)):
            yield f"{table.name}: {count} rows, {covered[str(table.name)]} were written"


def _journal(connection: Connection) -> Iterator[str]:
    entries = entries_of(connection)
    totals: defaultdict[str, Fraction] = defaultdict(Fraction)
    for (_, currency), amount in trial_balance(entries).items():
        totals[currency] += amount
    yield from (f"the journal in {currency} is out of balance" for currency, amount in totals.items() if amount)


def _runs(connection: Connection, judge: Judge, progress: Callable[[int], None]) -> Iterator[str]:
    books: dict[str, Book] = {}
    count, facts, settled = -1, list[Fact](), list[Settled]()
    booked: list[Settled] = []  # by the run before
    for run in runs_of(connection):
        settled = [*settled, *booked]
        settles = run.kind == "settle"
        booked = booked_of(run.result) if settles else []
        progress(run.number - 1)
        what = f"{run.kind} {run.number} of {run.known:%Y-%m-%d}, {run.first} to {run.last}"
        try:
            if run.version not in books:
                archive = connection.execute(
                    sa.select(t.rules.c.archive).where(t.rules.c.version == run.version)
                ).scalar()
                books[run.version] = unpacked(archive or b"")
            book = books[run.version]
        except (LedgerError, RuleErrors) as error:
            yield f"{what}: its rules cannot be read: {str(error)[:200]}"
            continue
        if run.facts != count:
            count, facts = run.facts, list(facts_of(connection, run.as_of, most=run.facts))
        if book.version != run.version:
            yield f"{what}: its rules are not those that it names"
        elif inputs_of(facts, settled) != run.inputs:
            yield f"{what}: the facts are not those it was reckoned with"
        elif in_order(judge(book, run, facts, settled), settles) != in_order(run.settlements, settles):
            yield f"{what}: the reference comes to another result"
