"""What a process has read of a ledger and need not read again: rows are only added, and a link of the chain covers each.

A transaction of the one writer begins by looking at the chain (`store.Head`), so that what is remembered ends where it
ends, whoever has written in between, and is forgotten where the chain is another. From the second accrual on, the sums behind it
are kept, too, for as long as the rules are the same, and only what was added since is counted in: an accrual is what it
would be from all facts. One set of sums is kept for each open ledger; a ledger of more than MOST_FACTS is read each time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Any, overload

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from rebates.compile.settle import RunningBook, accrued
from rebates.engine.facts import Fact, body_of, fact_of_body, posted_of
from rebates.ledger import tables as t
from rebates.ledger.journal import Balances, entry_of
from rebates.ledger.ledger import facts_of, facts_of_ids
from rebates.ledger.results import booked_of
from rebates.ledger.store import Writing
from rebates.model.history import Posted
from rebates.model.nodes import RuleSet
from rebates.model.settlement import Settled, Settlement

MOST_FACTS = 2_000_000  # about 1 KB of memory for each

_WHOLE = 1 << 512
_COLUMNS = {"fact": ("body", "known"), "run": ("kind", "result"), "entry": ("body",), "rules": ("version",)}
_PLACES = {
    name: [list(t.metadata.tables[name].c.keys()).index(column) for column in columns]
    for name, columns in _COLUMNS.items()
}
_ADDED = {
    name: sa.select(*(table.c[column] for column in columns))
    .where(table.c.seq > sa.bindparam("read"))
    .order_by(table.c.seq)
    for name, columns in _COLUMNS.items()
    for table in [t.metadata.tables[name]]
}


def known_by(writing: Writing) -> Known:
    """What is known of the ledger by a transaction of its writer, up to the last row."""
    head = writing.head
    known, head.remembered = head.remembered, None  # unless all goes well
    if not isinstance(known, Known):
        known = Known()
    known.catch_up(writing)
    head.remembered = known
    return known


class Known:
    """What was read. Used within a transaction of the one writer alone, which keeps threads apart, too."""

    def __init__(self) -> None:
        self._until = dict.fromkeys(_ADDED, 0)  # how many rows of each table were read
        self._digest = 0
        self._new: list[tuple[str, str]] = []  # bodies of facts that the sums do not hold, and when they became known
        self._sums: RunningBook | None = None
        self._reckoned_by = ""  # the version of the rules of the last accrual
        self.versions: set[str] = set()  # of rules that are kept
        self.settled: list[Settled] = []
        self.balances = Balances()

    def catch_up(self, writing: Writing) -> None:
        """Reads what others have added."""
        for name, query in _ADDED.items():
            last, read = writing.count(t.metadata.tables[name]), self._until[name]
            if last > read:
                self._take(name, writing.connection.execute(query, {"read": read}))
                self._until[name] = last

    def added(self, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Takes note of rows that are added here."""
        name = str(table.name)
        if name in _ADDED and rows[0][0] == self._until[name] + 1:
            if name != "entry":  # a booking counts its entries in itself
                places = _PLACES[name]
                self._take(name, (tuple(row[place] for place in places) for row in rows))
            self._until[name] += len(rows)

    def _take(self, name: str, rows: Iterable[Any]) -> None:
        match name:
            case "fact":
                for body, known in rows:
                    self._digest += _digest("fact", body)
                    if self._sums is not None:
                        self._new.append((body, known))
            case "run":
                for kind, result in rows:
                    if kind == "settle":
                        booked = booked_of(result)
                        self._digest += sum(_digest("settled", f"{each}") for each in booked)
                        self.settled += booked
            case "entry":
                for (body,) in rows:
                    self.balances.add(entry_of(body))
            case _:
                self.versions.update(version for (version,) in rows)

    @property
    def inputs(self) -> str:
        """The fingerprint of all facts and of what was settled; see `inputs_of`."""
        return _fingerprint(self._digest)

    def accrued(self, facts: AllFacts, rules: RuleSet, day: date) -> Sequence[Settlement]:
        """What windows that have begun have earned by a day, from all `facts`, which are read only where they have to be."""
        sums, self._sums = self._sums, None  # unless all goes well
        new, self._new = self._new, []
        again, self._reckoned_by = self._reckoned_by == rules.version, rules.version
        if not again or self._until["fact"] > MOST_FACTS:
            return accrued(rules, None, posted_of(facts, rules), day)
        if sums is None:
            sums = RunningBook(rules)
            sums.post(posted_of(facts, rules))
        else:
            sums.post(self._with_sales(facts.connection, new, rules))
        found = sums.accrued(day)
        self._sums = sums
        return found

    @staticmethod
    def _with_sales(connection: Connection, new: Sequence[tuple[str, str]], rules: RuleSet) -> Sequence[Posted]:
        """Facts as evaluators read them; what a return leaves unsaid is that of its sale, whenever that was posted."""
        facts = [fact_of_body(body, known) for body, known in new]
        ids = {fact.id for fact in facts}
        named = {fact.of for fact in facts if fact.kind in ("return", "correction") and fact.of is not None} - ids
        sales = facts_of_ids(connection, sorted(named))
        return [posted for posted in posted_of([*sales, *facts], rules) if posted.id in ids]


class AllFacts(Sequence[Fact]):
    """All facts of a ledger, read when somebody looks."""

    def __init__(self, connection: Connection, known: Known) -> None:
        self.connection, self.known = connection, known

    @cached_property
    def _all(self) -> list[Fact]:
        return list(facts_of(self.connection))

    @overload
    def __getitem__(self, at: int) -> Fact: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Fact]: ...
    def __getitem__(self, at: int | slice) -> Fact | Sequence[Fact]:
        return self._all[at]

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._all)


def inputs_of(facts: Sequence[Fact], settled: Sequence[Settled]) -> str:
    """The fingerprint of what a run reckoned with, in whatever order it was posted: the sum of the hashes of each.

    It tells which facts a run had before it. That none of them was changed is told by the chain.
    """
    found = sum(_digest("fact", body_of(fact).decode()) for fact in facts)
    return _fingerprint(found + sum(_digest("settled", f"{each}") for each in settled))


def _digest(kind: str, text: str) -> int:
    return int.from_bytes(hashlib.sha512(f"{kind} {text}".encode()).digest(), "big")


def _fingerprint(digest: int) -> str:
    return f"{digest % _WHOLE:0128x}"
