"""What goes wrong leaves the ledger as it was: kills, a statement that fails, any order of posting."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy as sa

import rebates
from rebates.ledger import driver, store
from rebates.ledger.agenda import agenda_of
from rebates.ledger.ledger import Ledger
from rebates.ledger.reckoned import accruals
from rebates.ledger.statements import forms
from rebates.ledger.verify import verify
from rebates.model.exact import round_to
from tests.ledger.conftest import MEMORY, Clock
from tests.ledger.reckoning import QUARTERS, amended
from tests.ledger.test_facts import SALE
from tests.ledger.test_journal import FILES

ACCOUNTS = (
    'table accounts from "accounts.csv" { id key  parent text  kind text }\nattribute account.kind text\n\nagreement'
)
ROOT = Path(__file__).resolve().parents[2]


def files_in(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def made_book(folder: Path, text: str) -> rebates.Book:
    return rebates.load(files_in(folder, {**FILES, "acme.rebates": text}))


def test_kills_lose_and_double_nothing(empty: Callable[[], str]) -> None:
    """A new ledger for each hundred: what is left is looked at whole after each kill."""
    kills = int(os.environ.get("KILLS", "200"))
    for begin in range(0, kills, 100):
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.ledger.kills",
                empty(),
                "--kills",
                str(min(100, kills - begin)),
                "--seed",
                str(begin),
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]


class Broken(Exception):
    """The statement that is made to fail."""


Deed = Callable[[Ledger, rebates.Book], object]
FIRST, LAST = QUARTERS[0]
NEW = [{**SALE, "id": f"N{n}", "net": 90_000} for n in range(3)]
WRITING: dict[str, Deed] = {
    "post": lambda ledger, book: ledger.post(book, NEW),
    "import": lambda ledger, book: ledger.bring(book, NEW),
    "accrue": lambda ledger, book: ledger.accrue(book, LAST),
    "settle": lambda ledger, book: ledger.settle(book, (FIRST, LAST)),
    "amend": lambda ledger, book: ledger.settle(made_book(Path(str(book.path)), amended(2)), (FIRST, LAST)),
    "close": lambda ledger, _: ledger.close_period(date(2026, 4, 30)),
}
READING: dict[str, Deed] = {
    "settle --dry-run": lambda ledger, book: ledger.would_settle(book, (FIRST, LAST)),
    "accrue --dry-run": lambda ledger, book: accruals(ledger, book, LAST),
    "statement": lambda ledger, _: forms.as_json(ledger.statement("ACME", (FIRST, LAST)), "manager"),
    "journal": lambda ledger, _: ledger.journal(),
    "history": lambda ledger, _: ledger.history("ACME"),
    "calendar": lambda ledger, book: agenda_of(ledger, book, FIRST, LAST),
    "verify": lambda ledger, _: ledger.verify(),
}


class Failing:
    """Makes the k-th statement of a ledger fail, commits among them, and none when k is 0."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *engines: sa.Engine) -> None:
        self.left = 0
        self.listen(*engines)
        said = driver.say

        def say(*asked: Any, **more: Any) -> Any:
            self.step()
            return said(*asked, **more)

        monkeypatch.setattr(driver, "say", say)

    def listen(self, *engines: sa.Engine) -> None:
        for engine in engines:
            sa.event.listen(engine, "before_cursor_execute", self.step)
            sa.event.listen(engine, "commit", self.step)

    def step(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            raise Broken


@pytest.mark.parametrize("verb", [*WRITING, *READING])
def test_every_statement_of_every_verb_may_fail_once(
    verb: str, url: str, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each leaves the ledger as it was, and the verb said again then does what it would have done."""
    clock.set("2026-05-02")
    book = made_book(tmp_path, amended(0))
    with Ledger.open(url, clock=clock) as ledger:
        ledger.post(book, [{**SALE, "id": f"F{n}", "net": 60_000} for n in range(2)])
        ledger.settle(book, (FIRST, LAST))
        ledger.post(book, [{**SALE, "id": "LATE", "net": 10_000}])
        head, expected = verify(ledger).head, READING[verb](ledger, book) if verb in READING else None
        failing = Failing(monkeypatch, ledger.store._writer, ledger.store._reader)
        failed, found = 0, None
        for k in range(1, 90):
            failing.left = k
            try:
                found = {**WRITING, **READING}[verb](ledger, book)
                break
            except Broken:
                failed += 1
            failing.left = 0
            if verb in WRITING:
                proof = verify(ledger)
                assert (proof.findings, proof.head) == ((), head)
        failing.left = 0
        assert failed >= 1 + 2 * (verb in WRITING)
        assert ledger.verify().holds
        assert (verify(ledger).head != head) == (verb in WRITING)
        assert verb in WRITING or found == expected


def test_every_statement_that_makes_a_ledger_may_fail_once(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was half made is not there, and made whole when it is opened again."""
    made, failing = store.engines, Failing(monkeypatch)

    def engines(url: sa.URL) -> tuple[sa.Engine, sa.Engine]:
        writer, reader = made(url)
        failing.listen(writer, reader)
        failing.left = left
        return writer, reader

    monkeypatch.setattr(store, "engines", engines)
    failed = left = 0
    while left < 90:
        left += 1
        try:
            Ledger.open(url).close()
            break
        except Broken:
            failed += 1
    assert 10 < failed < 89
    monkeypatch.undo()
    with Ledger.open(url) as ledger:
        assert ledger.verify().holds
        assert ledger.facts() == []


HISTORIES = int(os.environ.get("HISTORIES", "1000"))


def test_the_order_of_posting_changes_nothing(tmp_path: Path) -> None:
    """A thousand histories, each of an account of its own: shuffled among each other, in batches of any size, part of them twice."""
    draw = random.Random(3)
    files = {
        **FILES,
        "acme.rebates": amended(1, 'where account.kind is "dealer", each').replace("agreement", ACCOUNTS, 1),
    }
    files["accounts.csv"] = "id,parent,kind\n" + "".join(f"A{n},,dealer\n" for n in range(HISTORIES))
    book = rebates.load(files_in(tmp_path, files))
    facts: list[dict[str, object]] = []
    sums: dict[str, int] = {}
    for account in (f"A{n}" for n in range(HISTORIES)):
        for n in range(draw.randrange(1, 8)):
            day = date(2026, 1, 1) + timedelta(draw.randrange(365))
            net = draw.randrange(1, 60_000)
            facts.append({**SALE, "account": account, "id": f"{account}-{n}", "date": day.isoformat(), "net": net})
            sums[account] = sums.get(account, 0) + net
            if draw.random() < 0.4:
                back = {"kind": "return", "of": f"{account}-{n}", "net": -(net // 3), "quantity": 0}
                facts.append({**facts[-1], "id": f"{account}-{n}R", **back})
                sums[account] -= net // 3
    seen = set()
    for shuffle in range(int(os.environ.get("SHUFFLES", "3"))):
        waiting = [*facts, *draw.sample(facts, len(facts) // 2)]
        if shuffle:
            draw.shuffle(waiting)
            waiting.sort(key=lambda fact: "of" in fact)  # a sale goes before its return
        with (
            TemporaryDirectory(dir=MEMORY) as folder,
            Ledger.open(f"{folder}/ledger.db", clock=Clock("2027-02-01")) as ledger,
        ):
            while waiting:
                size = draw.choice([1, 7, 400]) if shuffle else len(waiting)
                ledger.post(book, waiting[:size])
                del waiting[:size]
            run, entries = ledger.settle(book, "2026-Q4")
        seen.add((run.result, run.inputs, tuple((entry.kind, entry.payee, entry.amount) for entry in entries)))
        paid = {due.payee: due.due for one in run.settlements for due in one.dues}
        assert paid == {x: round_to(Fraction(6 * net, 100), 2) if net >= 100_000 else 0 for x, net in sums.items()}
    assert len(seen) == 1
