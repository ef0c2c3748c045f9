"""Accruals and settlements as they are kept: reckoned, stored and booked within one transaction of the one writer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from rebates.engine.book import Book
from rebates.engine.facts import Fact
from rebates.ledger import tables as t
from rebates.ledger.archive import packed
from rebates.ledger.errors import LedgerError
from rebates.ledger.journal import Booking, Entry, entry_of, entry_text
from rebates.ledger.known import AllFacts, known_by
from rebates.ledger.ledger import Ledger, closed_through
from rebates.ledger.results import booked_of, results_of, results_text
from rebates.model.settlement import Settled, Settlement

RunKind = Literal["accrue", "settle"]
Reckon = Callable[[Sequence[Fact], Sequence[Settled]], Sequence[Settlement]]


@dataclass(frozen=True, slots=True)
class Run:
    """What was reckoned once. `facts` is how many there were, `as_of` until when they were known."""

    number: int
    kind: RunKind
    first: date
    last: date
    known: datetime
    as_of: str
    facts: int
    version: str
    inputs: str
    result: str

    @property
    def settlements(self) -> tuple[Settlement, ...]:
        """What it came to."""
        return results_of(self.result)


def runs_of(connection: Connection, until: int | None = None, as_of: str | None = None) -> Iterator[Run]:
    """The runs kept, by number."""
    query = sa.select(t.run).order_by(t.run.c.seq)
    if until is not None:
        query = query.where(t.run.c.seq < until)
    if as_of is not None:
        query = query.where(t.run.c.known <= as_of)
    for row in connection.execute(query):
        yield Run(
            row.seq,
            row.kind,
            date.fromisoformat(row.first),
            date.fromisoformat(row.last),
            datetime.fromisoformat(row.known),
            row.as_of,
            row.facts,
            row.version,
            row.inputs,
            row.result,
        )


def settled_in(runs: Iterator[Run]) -> list[Settled]:
    """What settlements have booked: it is taken off what a window comes to (99)."""
    return [each for run in runs if run.kind == "settle" for each in booked_of(run.result)]


def entries_of(connection: Connection, account: str | None = None) -> list[Entry]:
    """The journal, in the order in which it was written."""
    query = sa.select(t.entry.c.body).order_by(t.entry.c.seq)
    if account is not None:
        query = query.where(t.entry.c.account == account)
    return [entry_of(body) for body in connection.execute(query).scalars()]


def keep_run(
    ledger: Ledger,
    book: Book,
    kind: RunKind,
    first: date,
    last: date,
    reckon: Reckon,
    *,
    interim: bool = False,
    archive: bytes | None = None,
) -> tuple[Run, list[Entry]]:
    """Reckons a period with all that is known, keeps the result and books it.

    `archive` holds the files of the book where they are no longer where it was loaded from.

    Raises LedgerError (R0833) for the settlement of a period that is not over, unless it is interim.
    """
    with ledger.store.writing() as writing:
        if kind == "settle" and last >= writing.today and not interim:
            raise LedgerError(
                "R0833", f"the period is not over before {last}", "settle it then, or say that it is interim"
            )
        known = known_by(writing)
        facts, settled, count = AllFacts(writing.connection, known), known.settled, writing.count(t.fact)
        if book.version not in known.versions:
            writing.add(t.rules, [(book.version, writing.moment, packed(book, archive))])
        settlements = tuple(reckon(facts, settled))
        moment, result, inputs = writing.moment, results_text(settlements, kind == "settle"), known.inputs
        number = writing.add(
            t.run,
            [(kind, first.isoformat(), last.isoformat(), moment, moment, count, book.version, inputs, result)],
        )
        closed = closed_through(writing.connection) if writing.count(t.closing) else None
        booking = Booking(number, known.balances, closed)
        if kind == "accrue":
            booking.accrue(settlements, last)
        else:
            booking.settle(settlements)
        writing.add(
            t.entry,
            [(e.id, e.run, e.day.isoformat(), e.kind, e.payee, entry_text(e)) for e in booking.made],
        )
        booking.keep()
    written = datetime.fromisoformat(moment)
    return Run(number, kind, first, last, written, moment, count, book.version, inputs, result), booking.made
