"""Accruing, settling and proving with the engine: it reckons, the ledger keeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

import sqlalchemy as sa

from rebates.compile.settle import HistoryErrors
from rebates.compile.settle import accrued as accrued_by
from rebates.compile.settle import settle as settled_by
from rebates.engine.book import Book
from rebates.engine.facts import Fact, posted_of
from rebates.ledger import tables as t
from rebates.ledger.errors import LedgerError
from rebates.ledger.journal import Entry, accrued, latest, paid
from rebates.ledger.known import AllFacts
from rebates.ledger.ledger import Ledger, facts_of
from rebates.ledger.runs import Reckon, Run, RunKind, entries_of, keep_run, runs_of, settled_in
from rebates.ledger.verify import Judge, Proof, verify
from rebates.model.outcome import OrderError
from rebates.model.settlement import Due, Settled, Settlement


def reckoned(book: Book, kind: RunKind, first: date, last: date) -> Reckon:
    """The compiled evaluator, for a period."""

    def reckon(facts: Sequence[Fact], settled: Sequence[Settled]) -> Sequence[Settlement]:
        try:
            if kind == "accrue" and isinstance(facts, AllFacts):
                return facts.known.accrued(facts, book.rules, last)
            posted = posted_of(facts, book.rules)
            if kind == "accrue":
                return accrued_by(book.rules, None, posted, last)
            return settled_by(book.rules, None, posted, first, last, None, settled)
        except (HistoryErrors, OrderError) as error:
            raise LedgerError(
                "R0837", f"what was posted cannot be reckoned: {error}", "mend the rules, or correct the fact"
            ) from None

    return reckon


def accrue(ledger: Ledger, book: Book, day: date) -> tuple[Run, list[Entry]]:
    """Brings what stands accrued to what has been earned by a day, and books the difference (6.3)."""
    return keep_run(ledger, book, "accrue", day, day, reckoned(book, "accrue", day, day))


def settle(
    ledger: Ledger, book: Book, first: date, last: date, *, interim: bool = False, archive: bytes | None = None
) -> tuple[Run, list[Entry]]:
    """Settles what falls due in a period, less what was settled before, and books it (6.4).

    `archive` holds the files of the book where they are no longer where it was loaded from.
    Raises LedgerError (R0833) for a period that is not over, unless it is said to be interim.
    """
    reckon = reckoned(book, "settle", first, last)
    return keep_run(ledger, book, "settle", first, last, reckon, interim=interim, archive=archive)


def would_settle(ledger: Ledger, book: Book, first: date, last: date) -> tuple[Settlement, ...]:
    """What settling a period would come to now; nothing is written."""
    with ledger.store.reading() as connection:
        facts, settled = list(facts_of(connection)), settled_in(runs_of(connection))
    return tuple(reckoned(book, "settle", first, last)(facts, settled))


@dataclass(frozen=True, slots=True)
class Accrual:
    """One rule, payee and window as of a day: what was earned (`due.total`), what stands accrued in the books, what was settled."""

    agreement: str
    currency: str
    due: Due
    booked: Fraction
    settled: Fraction


class Extent(NamedTuple):
    """How far a ledger has come: the numbers of its last fact and of its last run."""

    facts: int
    runs: int


def extent_of(ledger: Ledger) -> Extent:
    """How far the ledger has come. What is added later has higher numbers."""
    with ledger.store.reading() as connection:
        last = (connection.execute(sa.select(sa.func.max(kept.c.seq))).scalar() or 0 for kept in (t.fact, t.run))
        return Extent(*last)


def accruals(ledger: Ledger, book: Book, day: date, by: Extent | None = None) -> tuple[Accrual, ...]:
    """What has been earned by a day as all is known now, beside what the books say; nothing is written.

    With `by` as if nothing had been added since the ledger came that far.
    """
    with ledger.store.reading() as connection:
        facts = list(facts_of(connection, most=None if by is None else by.facts))
        settled = settled_in(runs_of(connection, until=None if by is None else by.runs + 1))
        entries = [one for one in entries_of(connection) if by is None or one.run <= by.runs]
    standing, settlements = accrued(entries), reckoned(book, "accrue", day, day)(facts, settled)
    done, none = paid(entries), Fraction(0)
    return tuple(
        Accrual(one.agreement, one.currency, due, standing.get(key, none), done.get(key, none))
        for one in settlements
        for due in latest(one.dues)
        for key in [(one.agreement, due.rule, due.earner, due.payee, due.first.isoformat())]
    )


def prove(ledger: Ledger, head: str | None = None, progress: Callable[[int], None] = lambda runs: None) -> Proof:
    """Checks every row, and works every run out again with the reference evaluator, from the text and facts it was made with.

    `progress` is told the runs done.
    """
    return verify(ledger, by_reference(), head, progress)


def by_reference() -> Judge:
    """The reference evaluator as the judge of kept runs."""
    from rebates.reference.settle import accrued as accrued_by_reference
    from rebates.reference.settle import judges, settled_by

    read: dict[tuple[str, int], Sequence[Any]] = {}  # what was posted, as judges read it for one run, and for the next

    def judge(book: Book, run: Run, facts: Sequence[Fact], settled: Sequence[Settled]) -> Sequence[Settlement]:
        if run.kind == "accrue":
            return accrued_by_reference(book.rules, None, posted_of(facts, book.rules), run.last)
        key = (book.version, run.facts)
        if key not in read or not all(one.rests for one in read[key]):  # who does not rest remembers what was settled
            read.clear()
            read[key] = judges(book.rules, posted_of(facts, book.rules), None, {})
        return settled_by(read[key], run.first, run.last, settled)

    return judge
