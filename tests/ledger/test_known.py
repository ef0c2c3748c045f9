"""Accruals that go on from what was read are those of a ledger that reads all facts anew, whatever was added, and by whom."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

import rebates
from rebates.engine.fact_files import all_facts
from rebates.ledger.errors import LedgerError
from rebates.ledger.journal import trial_balance
from rebates.ledger.known import Known, inputs_of
from rebates.ledger.ledger import Ledger
from tests.ledger.conftest import Clock
from tests.ledger.test_reliability import files_in

RULES = """
table accounts from "accounts.csv" { id key  parent text }
table memberships from "memberships.csv" { group key  account key  valid_from, valid_to dates }

agreement deal "Deal" {
  accounts  all, each
  valid     2026-01-01 to 2026-12-31
  currency  EUR

  fact    audited number latest
  measure sales = net value per account per year

  rebate volume "Volume" {
    base    sales
    tiers   retroactive on sales { from EUR 0 1%  from EUR 2_000 RATE% }
    settle  yearly, as credit note
  }
  rebate quarter "Quarter" {
    base    net value per account per quarter
    rate    1%
    cap     EUR 25
    settle  quarterly, as credit note
  }
  rebate bonus "Bonus" {
    base    sales
    when    fact audited >= 1
    rate    0.5%
    settle  yearly, as credit note
  }
  rebate asked "Asked for" {
    base    net value per account per quarter
    when    claimed within 60 days of quarter end
    rate    2%
    settle  quarterly, as credit note
  }
}

agreement union "Union" {
  accounts  group "UNION", together
  valid     2026-01-01 to 2026-12-31
  currency  EUR

  rebate union "Together" {
    base    net value per group per year
    tiers   retroactive on net value per group per year { from EUR 0 1%  from EUR 5_000 2% }
    settle  yearly, as credit note
  }
}
"""
FILES = {
    "accounts.csv": "id,parent\nA,\nB,\nC,A\n",
    "memberships.csv": "group,account,valid_from,valid_to\nUNION,A,2026-01-01,\nUNION,B,2026-03-01,2026-09-30\n",
}


def books(folder: Path) -> list[rebates.Book]:
    """The rules at two rates."""
    found = []
    for rate in ("2", "3"):
        (folder / rate).mkdir()
        found.append(rebates.load(files_in(folder / rate, {**FILES, "deal.rebates": RULES.replace("RATE", rate)})))
    return found


def sold(draw: Random, id: str) -> dict[str, Any]:
    day = date(2026, 1, 1) + timedelta(draw.randrange(300))
    return {
        "id": id, "account": draw.choice("ABC"), "date": day, "item": "COLA", "quantity": draw.randrange(1, 9),
        "unit": "piece", "currency": "EUR", "net": draw.randrange(1, 900),
    }  # fmt: skip


def told(draw: Random, id: str, sales: list[dict[str, Any]]) -> dict[str, Any]:
    """Something that happened: mostly sales, else a return, a correction, a payment, a claim or what an audit found."""
    kind = draw.choice(("sale", "sale", "return", "correction", "payment", "claim", "fact")) if sales else "sale"
    if kind == "sale":
        return sold(draw, id)
    of = draw.choice(sales)
    later = of["date"] + timedelta(draw.randrange(40))
    one: dict[str, Any] = {"id": id, "kind": kind, "account": of["account"], "date": later}
    match kind:
        case "return":
            return {**one, "of": of["id"], "quantity": -1, "net": -draw.randrange(1, of["net"] + 1)}
        case "correction":
            return {**one, "of": of["id"], "net": draw.randrange(-90, 90)}
        case "payment":
            return {**one, "of": of["id"]}
        case "claim":
            return {**one, "name": "asked"}
        case _:
            return {**one, "name": "audited", "value": draw.randrange(3)}


def same_as_anew(ledger: Ledger, book: rebates.Book, day: str, place: object) -> None:
    """Accrues, and compares with what is tried only: that knows of nothing that was read before."""
    with ledger.together(keep=False):
        run, made = ledger.accrue(book, day)
    again, booked = ledger.accrue(book, day)
    assert (again.result, again.inputs, again.facts) == (run.result, run.inputs, run.facts), place
    assert [(one.id, one.kind, one.amount) for one in booked] == [(one.id, one.kind, one.amount) for one in made], place


def given_up(ledger: Ledger, book: rebates.Book, one: dict[str, Any]) -> None:
    """Posts and accrues, and all of it is rolled back."""
    with ledger.together():
        ledger.post(book, [one])
        ledger.accrue(book, "2026-12-31")
        raise KeyboardInterrupt


def test_accruals_that_go_on_are_those_of_all_facts(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    went_on, counted = [], Known._with_sales

    def noted(*asked: Any) -> Any:
        went_on.append(asked)
        return counted(*asked)

    monkeypatch.setattr(Known, "_with_sales", staticmethod(noted))
    rules, draw, clock = books(tmp_path), Random(url.startswith("postgresql")), Clock("2027-02-01")
    book, sales = rules[0], list[dict[str, Any]]()
    with Ledger.open(url, clock=clock) as ledger, Ledger.open(url, clock=clock) as other:
        for step in range(40):
            one, what = told(draw, f"F{step}", sales), draw.random()
            by = draw.choice((ledger, other))
            if what < 0.1:
                with pytest.raises(KeyboardInterrupt):
                    given_up(by, book, one)
                one = sold(draw, f"F{step}")  # another one takes the place of what was rolled back
            elif what < 0.15:
                with by.together(keep=False):
                    by.post(book, [one])
                    by.accrue(book, "2026-12-31")
            elif what < 0.25:
                book = draw.choice(rules)
            elif what < 0.35:
                by.settle(book, draw.choice(("2026-Q1", "2026-Q2", "2026")))
            elif what < 0.38:
                with pytest.raises(rebates.FactErrors):
                    by.post(book, [{**sold(draw, "NEVER"), "account": "NOBODY"}])
            by.post(book, [one])
            if one.get("kind", "sale") == "sale":
                sales.append(one)
            same_as_anew(
                draw.choice((ledger, ledger, ledger, other)),
                book,
                draw.choice(("2026-03-31", "2026-07-15", "2026-12-31")),
                step,
            )
        assert ledger.verify().findings == ()
    assert len(went_on) > 10


def test_many_who_post_accrue_and_settle_at_once_give_what_one_gives(url: str, tmp_path: Path) -> None:
    """Each has a ledger of its own, and sums that the others' facts have to come into."""
    book, draw = books(tmp_path)[0], Random(9)
    parts = [[sold(draw, f"{who}-{n}") for n in range(5)] for who in "XYZ"]

    def work(part: list[dict[str, Any]]) -> None:
        with Ledger.open(url) as ledger:
            for one in part:
                with ledger.together():
                    ledger.post(book, [one])
                    ledger.accrue(book, "2026-12-31")
                ledger.settle(book, "2026-Q1", interim=True)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, parts))
    with Ledger.open(url) as ledger, Ledger.open(str(tmp_path / "one.db")) as alone:
        alone.post(book, [one for part in parts for one in part])
        for each in (ledger, alone):
            each.settle(book, "2026-Q1", interim=True)
        run, expected = (each.accrue(book, "2026-12-31")[0] for each in (ledger, alone))
        assert (run.result, run.facts, run.number) == (expected.result, 15, 32)
        assert trial_balance(ledger.journal()) == trial_balance(alone.journal())
        assert ledger.verify().findings == ()


def test_what_cannot_be_reckoned_is_told_each_time(tmp_path: Path) -> None:
    """A fact that other rules took, and these cannot reckon with."""
    sale = {
        "id": "F",
        "account": "A",
        "date": "2026-02-03",
        "item": "X",
        "quantity": 1,
        "unit": "piece",
        "currency": "EUR",
        "net": 5,
    }
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    text = RULES.partition("agreement union")[0].replace("RATE", "2")
    old = rebates.load(files_in(tmp_path / "old", {**FILES, "deal.rebates": text}))
    less = {**FILES, "accounts.csv": "id,parent\nB,\n"}
    less["memberships.csv"] = "group,account,valid_from,valid_to\nUNION,B,2026-03-01,2026-09-30\n"
    new = rebates.load(files_in(tmp_path / "new", {**less, "deal.rebates": text}))
    with Ledger.open(str(tmp_path / "ledger.db"), clock=Clock("2027-02-01")) as ledger:
        ledger.post(old, [sale])
        for _ in range(3):
            with pytest.raises(LedgerError, match="R0837"):
                ledger.accrue(new, "2026-12-31")
        for _ in range(3):
            run, _ = ledger.accrue(old, "2026-12-31")
            assert {due.total for one in run.settlements for due in one.dues if due.rule == "deal.volume"} == {
                rebates.model.exact.parse_number("0.05")
            }


def test_a_ledger_put_in_the_place_of_another_is_read_anew(tmp_path: Path) -> None:
    rules, file, copy = books(tmp_path)[0], tmp_path / "ledger.db", tmp_path / "copy.db"
    draw, clock = Random(4), Clock("2027-02-01")
    with Ledger.open(str(file), clock=clock) as ledger:
        for step in range(6):
            ledger.post(rules, [sold(draw, f"F{step}")])
            ledger.accrue(rules, "2026-12-31")
            if step == 2:
                with closing(sqlite3.connect(file)) as now, closing(sqlite3.connect(copy)) as kept:
                    now.backup(kept)
        with Ledger.open(str(copy), clock=clock) as other:
            for step in range(20):
                other.post(rules, [sold(draw, f"G{step}")])
            other.store._head = ledger.store._head  # what was known of the one file, and there is now the other
            other.post(rules, [sold(draw, "H")])
            same_as_anew(other, rules, "2026-12-31", "in its place")
            assert len(other.facts()) == 24


def test_the_fingerprint_of_inputs_tells_every_change_and_no_order() -> None:
    draw = Random(1)
    facts = all_facts([sold(draw, f"F{n}") for n in range(3)])
    found = inputs_of(facts, [])
    assert inputs_of(facts[::-1], []) == found
    assert len({found, inputs_of(facts[1:], []), inputs_of([*facts[:2], facts[0]], [])}) == 3
