"""What goes wrong leaves the ledger as it was: kills, a statement that fails, any order of posting, a model beside it."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import mkdtemp

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import rebates
from rebates import Fact, FactErrors
from rebates.ledger.errors import LedgerError
from rebates.ledger.journal import accrued, trial_balance
from rebates.ledger.ledger import Ledger
from rebates.ledger.runs import entries_of, keep_run
from rebates.ledger.verify import verify
from tests.ledger.conftest import Clock
from tests.ledger.reckoning import QUARTERS, reckon
from tests.ledger.test_facts import SALE
from tests.ledger.test_journal import FILES, judge

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> rebates.Book:
    return made_book(tmp_path_factory.mktemp("rules"))


def made_book(folder: Path) -> rebates.Book:
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return rebates.load(folder)


def test_kills_lose_and_double_nothing(url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.ledger.kills", url, "--kills", os.environ.get("KILLS", "200")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


class Broken(Exception):
    """The statement that is made to fail."""


def deeds(book: rebates.Book) -> dict[str, Callable[[Ledger], object]]:
    first, last = QUARTERS[0]
    facts = [{**SALE, "id": f"N{n}", "net": 90_000} for n in range(3)]
    return {
        "post": lambda ledger: ledger.post(book, facts),
        "import": lambda ledger: ledger.bring(book, facts),
        "accrue": lambda ledger: keep_run(ledger, book, "accrue", first, last, reckon(first, last)),
        "settle": lambda ledger: keep_run(ledger, book, "settle", first, last, reckon(first, last)),
        "close": lambda ledger: ledger.close_period(date(2026, 3, 31)),
    }


@pytest.mark.parametrize("verb", ["post", "import", "accrue", "settle", "close"])
def test_every_statement_of_every_verb_may_fail_once(verb: str, url: str, book: rebates.Book, clock: Clock) -> None:
    clock.set("2026-05-02")
    count = 0

    def before(connection: object, cursor: object, statement: str, *_: object) -> None:
        nonlocal count
        count -= 1
        if count == 0:
            raise Broken(statement)

    with Ledger.open(url, clock=clock) as ledger:
        ledger.post(book, [{**SALE, "id": f"F{n}", "net": 60_000} for n in range(2)])
        head = verify(ledger).head
        sa.event.listen(ledger.store._writer, "before_cursor_execute", before)
        failed = 0
        for k in range(1, 60):
            count = k
            try:
                deeds(book)[verb](ledger)
                break
            except Broken:
                failed += 1
            count = 0
            proof = verify(ledger)
            assert (proof.findings, proof.head) == ((), head)
        count = 0
        assert failed >= 3
        assert verify(ledger, judge).holds  # type: ignore[arg-type]
        assert verify(ledger).head != head


def test_the_order_of_posting_changes_nothing(book: rebates.Book, tmp_path: Path) -> None:
    """Shuffled, in batches of any size, some of it twice."""
    draw = random.Random(3)
    template = tmp_path / "empty.db"
    Ledger.open(str(template)).close()
    for number in range(int(os.environ.get("SHUFFLES", "20"))):
        facts: list[dict[str, object]] = []
        for n in range(draw.randrange(1, 12)):
            day = date(2026, 1, 1) + timedelta(draw.randrange(365))
            facts.append({**SALE, "id": f"S{n}", "date": day.isoformat(), "net": draw.randrange(1, 90_000)})
            if draw.random() < 0.4:
                facts.append(
                    {
                        **SALE,
                        "id": f"R{n}",
                        "kind": "return",
                        "of": f"S{n}",
                        "date": day.isoformat(),
                        "net": -5,
                        "quantity": 0,
                    }
                )
        seen = set()
        for shuffle in range(5):
            waiting = [*facts, *draw.sample(facts, len(facts) // 2)]
            if shuffle:
                draw.shuffle(waiting)
                waiting.sort(key=lambda fact: "of" in fact)  # a sale goes before its return
            url = tmp_path / f"{number}-{shuffle}.db"
            shutil.copy(template, url)
            clock = Clock("2027-02-01")
            with Ledger.open(str(url), clock=clock) as ledger:
                while waiting:
                    size = draw.randrange(1, 6) if shuffle else len(waiting)
                    ledger.post(book, waiting[:size])
                    del waiting[:size]
                run, entries = keep_run(ledger, book, "settle", *QUARTERS[3], reckon(*QUARTERS[3]))
            seen.add((run.result, run.inputs, tuple((entry.kind, entry.amount) for entry in entries)))
            url.unlink()
        assert len(seen) == 1


class Model(RuleBasedStateMachine):
    """A ledger and a plain list beside it."""

    book: rebates.Book
    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp())
        self.url = self.folder / "ledger.db"
        shutil.copy(self.template, self.url)
        self.clock = Clock("2026-01-02")
        self.ledger = Ledger.open(str(self.url), clock=self.clock)
        self.facts: list[tuple[datetime, str, Fraction, date]] = []
        self.moments: list[tuple[datetime, int]] = []
        self.paid = Fraction(0)
        self.closed: date | None = None

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

    @rule(quarter=st.integers(0, 3), kind=st.sampled_from(["accrue", "settle"]))
    def reckon(self, quarter: int, kind: str) -> None:
        first, last = QUARTERS[quarter]
        _, made = keep_run(self.ledger, self.book, kind, first, last, reckon(first, last), interim=True)  # type: ignore[arg-type]
        assert all(self.closed is None or entry.day > self.closed for entry in made)
        if kind == "settle":
            total = sum((net for _, _, net, when in self.facts if when <= last), Fraction(0))
            self.paid = total / 20 if total >= 100_000 else Fraction(0)

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

    @precondition(lambda self: self.moments)
    @rule(data=st.data())
    def say_what_was_known_then(self, data: st.DataObject) -> None:
        moment, count = data.draw(st.sampled_from(self.moments))
        known: list[Fact] = self.ledger.facts(moment)
        assert [fact.id for fact in known] == [fact[1] for fact in self.facts[:count]]

    @rule()
    def prove(self) -> None:
        assert verify(self.ledger, judge).holds  # type: ignore[arg-type]

    @invariant()
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


def test_the_ledger_does_what_a_plain_list_does(book: rebates.Book, tmp_path: Path) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    Model.book, Model.template = book, tmp_path / "empty.db"
    Ledger.open(str(Model.template)).close()
    wanted = settings(max_examples=int(os.environ.get("MACHINES", "100")), stateful_step_count=50, deadline=None)
    run_state_machine_as_test(Model, settings=wanted)
