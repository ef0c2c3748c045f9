"""A ledger and a plain list beside it do the same, whatever is done in whatever order."""

from __future__ import annotations

import os
import shutil
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

import rebates
from rebates import Fact, FactErrors
from rebates.ledger.errors import LedgerError
from rebates.ledger.journal import accrued, trial_balance
from rebates.ledger.ledger import Ledger
from rebates.ledger.runs import entries_of, keep_run
from rebates.ledger.verify import verify
from tests.ledger.conftest import MEMORY, Clock
from tests.ledger.reckoning import QUARTERS, amended, percent_of, reckon
from tests.ledger.test_facts import SALE
from tests.ledger.test_journal import judge
from tests.ledger.test_reliability import made_book


class Model(RuleBasedStateMachine):
    """A ledger and a plain list beside it."""

    books: tuple[rebates.Book, ...]
    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(dir=MEMORY))
        self.url = self.folder / "ledger.db"
        shutil.copy(self.template, self.url)
        self.clock = Clock("2026-01-02")
        self.ledger = Ledger.open(str(self.url), clock=self.clock)
        self.facts: list[tuple[datetime, str, Fraction, date]] = []
        self.moments: list[tuple[datetime, int]] = []
        self.paid = Fraction(0)
        self.closed: date | None = None
        self.book = self.books[0]

    @initialize()
    def begin(self) -> None:
        self.sell(100_000, 3)

    @rule(net=st.integers(1, 200_000), day=st.integers(0, 360))
    def sell(self, net: int, day: int) -> None:
        when = date(2026, 1, 1) + timedelta(day)
        id = f"S{len(self.facts)}"
        self.ledger.post(self.book, [{**SALE, "id": id, "date": when.isoformat(), "net": net}])
        self.facts.append((self.clock.at, id, Fraction(net), when))

    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        _, of, net, when = data.draw(st.sampled_from([fact for fact in self.facts if fact[1].startswith("S")]))
        part = data.draw(st.integers(1, max(int(net) // 4, 1)))
        kind = data.draw(st.sampled_from(["return", "correction"]))
        id = f"R{len(self.facts)}"
        self.ledger.post(
            self.book,
            [{"id": id, "kind": kind, "account": "ACME", "of": of, "date": when.isoformat(), "net": -part}],
        )
        self.facts.append((self.clock.at, id, Fraction(-part), when))

    @rule(data=st.data())
    def post_again(self, data: st.DataObject) -> None:
        _, id, net, when = data.draw(st.sampled_from([fact for fact in self.facts if fact[1].startswith("S")]))
        same = {**SALE, "id": id, "date": when.isoformat(), "net": str(net)}
        assert self.ledger.post(self.book, [same]).added == 0
        with pytest.raises(FactErrors, match="R0801"):
            self.ledger.post(self.book, [{**same, "net": str(net + 1)}])

    @rule(times=st.integers(0, 2))
    def amend(self, times: int) -> None:
        self.book = self.books[times]

    @rule(quarter=st.integers(0, 3), kind=st.sampled_from(["accrue", "settle"]))
    def reckon(self, quarter: int, kind: str) -> None:
        first, last = QUARTERS[quarter]
        percent = percent_of(self.book)
        reckoned = reckon(first, last, percent=percent)
        _, made = keep_run(self.ledger, self.book, kind, first, last, reckoned, interim=True)  # type: ignore[arg-type]
        assert all(self.closed is None or entry.day > self.closed for entry in made)
        if kind == "settle":
            total = sum((net for _, _, net, when in self.facts if when <= last), Fraction(0))
            self.paid = total * percent / 100 if total >= 100_000 else Fraction(0)
        self.books_hold()

    @rule(days=st.integers(1, 60))
    def wait(self, days: int) -> None:
        self.moments.append((self.clock.at, len(self.facts)))
        self.clock.at += timedelta(days)

    @rule()
    def close_books(self) -> None:
        last = (self.clock.at - timedelta(1)).date()
        if self.closed is not None and last <= self.closed:
            with pytest.raises(LedgerError, match="R0839"):
                self.ledger.close_period(last)
            return
        self.ledger.close_period(last)
        self.closed = last

    @rule()
    def reopen(self) -> None:
        self.ledger.close()
        self.ledger = Ledger.open(str(self.url), clock=self.clock)
        self.books_hold()

    @precondition(lambda self: self.moments)
    @rule(data=st.data())
    def say_what_was_known_then(self, data: st.DataObject) -> None:
        moment, count = data.draw(st.sampled_from(self.moments))
        known: list[Fact] = self.ledger.facts(moment)
        assert [fact.id for fact in known] == [fact[1] for fact in self.facts[:count]]

    @rule()
    def prove(self) -> None:
        assert verify(self.ledger, judge).holds  # type: ignore[arg-type]

    def books_hold(self) -> None:
        with self.ledger.store.reading() as connection:
            entries = entries_of(connection)
        balance = trial_balance(entries)
        assert not sum(balance.values())
        assert -balance.get(("Accounts payable", "EUR"), Fraction(0)) == self.paid
        assert sum(accrued(entries).values(), Fraction(0)) == -balance.get(("Rebates accrued", "EUR"), Fraction(0))

    def teardown(self) -> None:
        self.ledger.close()
        shutil.rmtree(self.folder)


def test_the_ledger_does_what_a_plain_list_does(tmp_path: Path) -> None:
    for times in range(3):
        (tmp_path / str(times)).mkdir()
    Model.books = tuple(made_book(tmp_path / str(times), amended(times)) for times in range(3))
    Model.template = tmp_path / "empty.db"
    Ledger.open(str(Model.template)).close()
    wanted = settings(max_examples=int(os.environ.get("MACHINES", "200")), stateful_step_count=50, deadline=None)
    run_state_machine_as_test(Model, settings=wanted)
