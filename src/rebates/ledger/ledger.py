"""The front door of a ledger: `Ledger.open("rebates.db")`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from rebates.engine.book import Book
from rebates.engine.fact_checks import FactChecks, no_sale
from rebates.engine.fact_files import Batch, Facts, read_facts
from rebates.engine.facts import Fact, FactErrors, FactProblem, body_of, fact_of_body, moment_text, other_content
from rebates.engine.periods import period_of
from rebates.ledger import driver
from rebates.ledger import tables as t
from rebates.ledger.errors import LedgerError
from rebates.ledger.store import Clock, Store, Writing, now
from rebates.model.calendar import parse_date

if TYPE_CHECKING:
    from rebates.ledger.journal import Entry
    from rebates.ledger.runs import Run
    from rebates.ledger.statements.statement import Statement
    from rebates.ledger.verify import Proof
    from rebates.model.settlement import Settlement


@dataclass(frozen=True, slots=True)
class Posted:
    """What posting did: facts that were added, those that had been posted before, and rows that were refused."""

    added: int
    before: int
    refused: tuple[FactProblem, ...] = ()


class Ledger:
    """What happened and what was settled, kept for ever. Use it as a context manager, or `close` it.

    Every method that writes does all or nothing, and raises LedgerError or FactErrors when it does nothing.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._checks: tuple[str, FactChecks] | None = None

    @classmethod
    def open(cls, url: str, *, clock: Clock = now) -> Ledger:
        """The ledger of an SQLite file, or of `postgresql://…`; made if it is not there.

        Raises LedgerError: R0830 for one that a newer version wrote, R0831 for one that cannot be opened.
        """
        return cls(Store(url, clock))

    def close(self) -> None:
        """Lets go of the database."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def together(self, keep: bool = True) -> AbstractContextManager[Connection]:
        """One transaction for all that is written within by this thread; without `keep` all is checked and nothing stays."""
        return self.store.together(keep)

    # --- facts

    def post(self, book: Book, facts: Facts, *, columns: Mapping[str, str] | None = None) -> Posted:
        """Posts facts, all or none. The same fact under the same id is left alone. Raises FactErrors with every slip."""
        batches = [self._checked(book, batch) for batch in read_facts(facts, columns)]
        problems = [problem for batch in batches for problem in batch.problems]
        if problems:
            raise FactErrors(problems)
        return self._post(batches)

    def bring(
        self,
        book: Book,
        facts: Facts,
        *,
        columns: Mapping[str, str] | None = None,
        kind: str | None = None,
        rejects: Path | None = None,
        progress: Callable[[int], None] = lambda rows: None,
    ) -> Posted:
        """Imports many facts, batch by batch; `progress` is told the rows done.

        Without `rejects` all are posted in one transaction or, where one is refused, none (FactErrors). With it, refused rows are
        written to that file as JSON Lines with their reasons, and the others are posted as they come: an import that was
        cut short is begun again, and what is there is left alone.
        """
        if rejects is None:
            batches = [self._checked(book, batch) for batch in read_facts(facts, columns, kind)]
            problems = [problem for batch in batches for problem in batch.problems]
            if problems:
                raise FactErrors(problems)
            done = self._post(batches)
            progress(batches[-1].rows if batches else 0)
            return done
        added = before = 0
        refused: list[FactProblem] = []
        with rejects.open("w", encoding="utf-8") as file:
            for batch in read_facts(facts, columns, kind):
                checked = self._checked(book, batch)
                with self.store.writing() as writing:
                    part, wrong = self._add(writing, checked, bear=True)
                for problem in (*checked.problems, *wrong):
                    refused.append(problem)
                    file.write(
                        json.dumps({"code": problem.code, "where": problem.where, "message": problem.message}) + "\n"
                    )
                added, before = added + part.added, before + part.before
                progress(batch.rows)
        return Posted(added, before, tuple(refused))

    def _checked(self, book: Book, batch: Batch) -> Batch:
        """The facts of a batch that the rules can reckon with."""
        if self._checks is None or self._checks[0] != book.version:
            self._checks = book.version, FactChecks(book.rules)
        if all(map(self._checks[1].is_sound_sale, batch.facts)):
            return batch
        problems_of = self._checks[1].problems
        checked = Batch(problems=list(batch.problems), rows=batch.rows)
        for fact, place in zip(batch.facts, batch.places, strict=True):
            if problems := problems_of(fact, place):
                checked.problems += problems
            else:
                checked.facts.append(fact)
                checked.places.append(place)
        return checked

    def _post(self, batches: list[Batch]) -> Posted:
        added = before = 0
        ahead = {fact.id for batch in batches for fact in batch.facts if fact.kind == "sale"}
        with self.store.writing() as writing:
            problems: list[FactProblem] = []
            for batch in batches:
                part, wrong = self._add(writing, batch, ahead)
                problems += wrong
                added, before = added + part.added, before + part.before
            if problems:
                raise FactErrors(problems)
        return Posted(added, before)

    def _add(
        self, writing: Writing, batch: Batch, ahead: set[str] | None = None, bear: bool = False
    ) -> tuple[Posted, list[FactProblem]]:
        """Adds what is new of a batch; what cannot be added is told, and left out where that is borne."""
        connection, moment = writing.connection, writing.moment
        problems: list[FactProblem] = []
        there = {row.id: row.body for row in _of_ids(connection, [fact.id for fact in batch.facts])}
        closed = connection.execute(_CLOSED).scalar() or "" if writing.count(t.closing) else ""
        sales = set(ahead or ()) | {fact.id for fact in batch.facts if fact.kind == "sale"}
        wanted = {fact.of for fact in batch.facts if fact.of is not None} - sales
        sales |= {row.id for row in _of_ids(connection, list(wanted)) if row.kind == "sale"}
        rows: list[tuple[str, str, str, str, str, str]] = []
        before = 0
        for fact, place in zip(batch.facts, batch.places, strict=True):
            body = body_of(fact).decode()
            old = there.get(fact.id)
            if old is not None:
                if old != body:
                    problems.append(other_content(fact, place))
                before += old == body
                continue
            known = str(fact.known) if fact.known is not None else moment
            if fact.of is not None and fact.of not in sales:
                problems.append(no_sale(fact, place))
            elif known <= closed:
                problems.append(_closed(place, known, closed))
            elif known > moment:
                problems.append(FactProblem("R0805", f"{place}known", f"{known} is not yet", "leave `known` out"))
            else:
                there[fact.id] = body
                rows.append((fact.id, fact.account, str(fact.date), fact.kind, known, body))
        if bear or not problems:
            writing.add(t.fact, rows)
        return Posted(len(rows), before), problems

    def facts(self, as_of: datetime | None = None, *, account: str | None = None) -> list[Fact]:
        """The facts known at a moment (by default now), in the order in which they were posted."""
        with self.store.reading() as connection:
            return list(facts_of(connection, as_of, account=account))

    def history(self, account: str | None = None, as_of: datetime | None = None) -> list[Fact]:
        """Facts by day and id, each with the moment at which it became known."""
        return sorted(self.facts(as_of, account=account), key=lambda fact: (str(fact.date), fact.id))

    # --- what was earned

    def accrue(self, book: Book, day: str | date) -> tuple[Run, list[Entry]]:
        """Brings what stands accrued to what has been earned by a day, and books the difference (6.3).

        From the third time on in one process, with the same rules, only what was added since is read. `with ledger.together():` makes
        a posting and its accrual one transaction.
        """
        from rebates.ledger.reckoned import accrue

        return accrue(self, book, days_of(day)[1])

    def settle(self, book: Book, period: str | tuple[date, date], *, interim: bool = False) -> tuple[Run, list[Entry]]:
        """Settles what falls due in a period, `2026-Q2` or its first and last day, less what was settled before (6.4).

        Raises LedgerError (R0833) for a period that is not over, unless it is said to be interim.
        """
        from rebates.ledger.reckoned import settle

        return settle(self, book, *days_of(period), interim=interim)

    def would_settle(self, book: Book, period: str | tuple[date, date]) -> tuple[Settlement, ...]:
        """What settling a period would come to now; nothing is written."""
        from rebates.ledger.reckoned import would_settle

        return would_settle(self, book, *days_of(period))

    def statement(self, account: str, period: str | tuple[date, date], as_of: datetime | None = None) -> Statement:
        """What settlements said of an account in a period, as it was known at a moment (6.10). Raises LedgerError (R0834)."""
        from rebates.ledger.statements.statement import statement_of

        return statement_of(self, account, *days_of(period), as_of)

    def journal(self, account: str | None = None) -> list[Entry]:
        """The entries, in the order in which they were written, of all payees or of one."""
        from rebates.ledger.runs import entries_of

        with self.store.reading() as connection:
            return entries_of(connection, account)

    def verify(self, head: str | None = None, progress: Callable[[int], None] = lambda runs: None) -> Proof:
        """Checks every row and works every accrual and settlement out again with the reference evaluator.

        `head` is the hash an earlier proof gave, kept elsewhere; `progress` is told the runs done.
        """
        from rebates.ledger.reckoned import prove

        return prove(self, head, progress)

    # --- periods

    def close_period(self, last: date) -> None:
        """Closes every period up to a day, that day in: no entry lands there any more (6.9)."""
        with self.store.writing() as writing:
            closed = closed_through(writing.connection)
            if closed is not None and last <= closed:
                raise LedgerError("R0839", f"the books are closed through {closed}", "name a later period")
            if last >= writing.today:
                raise LedgerError("R0833", f"{last} is not over yet", "close it when it is")
            writing.add(t.closing, [(last.isoformat(), writing.moment)])

    def closed(self) -> date | None:
        """The last day of the books that are closed."""
        with self.store.reading() as connection:
            return closed_through(connection)


def days_of(period: str | date | tuple[date, date]) -> tuple[date, date]:
    """The first and the last day of a period or a day. Raises ValueError."""
    if isinstance(period, tuple):
        return period
    if isinstance(period, date):
        return period, period
    if period.count("-") == 2 and ".." not in period:
        return parse_date(period), parse_date(period)
    return period_of(period)


def _closed(place: str, known: str, closed: str) -> FactProblem:
    return FactProblem(
        "R0832",
        f"{place}known",
        f"{known} lies before the books were closed, at {closed}",
        "leave `known` out: a late fact counts from when it is posted",
    )


_CLOSED = sa.select(t.closing.c.known).order_by(t.closing.c.seq.desc()).limit(1)


def closed_through(connection: Connection) -> date | None:
    """The last closed day."""
    through = connection.execute(sa.select(sa.func.max(t.closing.c.through))).scalar()
    return date.fromisoformat(through) if through is not None else None


def facts_of(
    connection: Connection, as_of: datetime | str | None = None, *, account: str | None = None, most: int | None = None
) -> Iterator[Fact]:
    """Stored facts, by number."""
    query = sa.select(t.fact.c.body, t.fact.c.known).order_by(t.fact.c.seq)
    if as_of is not None:
        query = query.where(t.fact.c.known <= (as_of if isinstance(as_of, str) else moment_text(as_of.astimezone(UTC))))
    if account is not None:
        query = query.where(t.fact.c.account == account)
    if most is not None:
        query = query.where(t.fact.c.seq <= most)
    for body, known in connection.execute(query):
        yield fact_of_body(body, known)


def facts_of_ids(connection: Connection, ids: list[str]) -> list[Fact]:
    """The facts of these ids, in no order."""
    return [fact_of_body(row.body, row.known) for row in _of_ids(connection, ids)]


class Kept(NamedTuple):
    """What is stored of a fact."""

    id: str
    kind: str
    known: str
    body: str


# by whether the database is an SQLite file: the facts of several ids, and of one
_OF_IDS = {
    True: "SELECT id, kind, known, body FROM fact WHERE id IN (SELECT value FROM json_each(?))",
    False: "SELECT id, kind, known, body FROM fact WHERE id = ANY (%s)",
}
_OF_ID = {
    True: "SELECT id, kind, known, body FROM fact WHERE id = ?",
    False: "SELECT id, kind, known, body FROM fact WHERE id = %s",
}


def _of_ids(connection: Connection, ids: list[str]) -> list[Kept]:
    """The stored facts of ids."""
    if not ids:
        return []
    sqlite = driver.is_sqlite(connection)
    if len(ids) == 1:
        found = driver.ask(connection, _OF_ID[sqlite], ids)
    else:
        found = driver.ask(connection, _OF_IDS[sqlite], (json.dumps(ids) if sqlite else ids,))
    return list(map(Kept._make, found))
