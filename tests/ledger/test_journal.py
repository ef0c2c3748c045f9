"""What is accrued and settled is booked, balanced, once, in open periods; and proved to be what was written."""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
import sqlite3
import subprocess
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import rebates
from rebates.ledger.errors import LedgerError
from rebates.ledger.exports import FORMS, Balance, written
from rebates.ledger.journal import (
    ACCRUED,
    DEDUCTIONS,
    PAYABLE,
    Balances,
    Booking,
    Entry,
    accrued,
    entry_of,
    entry_text,
    trial_balance,
)
from rebates.ledger.ledger import Ledger
from rebates.ledger.results import results_of, results_text
from rebates.ledger.runs import entries_of, keep_run, runs_of
from rebates.ledger.verify import verify
from rebates.model.settlement import Cut, Due, Next, Settlement
from rebates.tools.spreadsheets import safe
from tests.ledger.conftest import Clock
from tests.ledger.reckoning import QUARTERS, percent_of, reckon
from tests.ledger.test_facts import RULES as TEXTS
from tests.ledger.test_facts import SALE, Tables

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "acme.rebates": TEXTS["acme.rebates"],
    "accounts.csv": "id,parent\nACME,\n",
    "items.csv": "id,base_unit\nCOLA,piece\n",
    "units.csv": "item,unit,factor\nCOLA,carton,24\n",
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> rebates.Book:
    folder = tmp_path_factory.mktemp("rules")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return rebates.load(folder)


def sale(id: str, day: str, net: int, **more: str) -> dict[str, object]:
    return {**SALE, "id": id, "date": day, "net": net, **more}


def year(ledger: Ledger, book: rebates.Book, clock: Clock) -> list[Entry]:
    """Quarters of 50, 75, 100 and 75 thousand, each settled after it."""
    for (first, last), thousands in zip(QUARTERS, (50, 75, 100, 75), strict=True):
        clock.set(f"{last.year + (last.month == 12)}-{last.month % 12 + 1:02d}-05")
        ledger.post(book, [sale(f"INV-{last}", f"{first}", thousands * 1000)])
        keep_run(ledger, book, "settle", first, last, reckon(first, last))
    with ledger.store.reading() as connection:
        return entries_of(connection)


def test_four_quarters_settle_to_the_differences(ledger: Ledger, book: rebates.Book, clock: Clock) -> None:
    entries = year(ledger, book, clock)
    assert [(entry.kind, entry.amount, str(entry.day)) for entry in entries] == [
        ("accrue", "6250", "2026-06-30"),
        ("settle", "6250", "2026-06-30"),
        ("accrue", "5000", "2026-09-30"),
        ("settle", "5000", "2026-09-30"),
        ("accrue", "3750", "2026-12-31"),
        ("settle", "3750", "2026-12-31"),
    ]
    assert trial_balance(entries) == {
        (PAYABLE, "EUR"): Fraction(-15_000),
        (ACCRUED, "EUR"): Fraction(0),
        (DEDUCTIONS, "EUR"): Fraction(15_000),
    }


def test_a_second_run_pays_nothing_and_a_return_takes_back(ledger: Ledger, book: rebates.Book, clock: Clock) -> None:
    entries = year(ledger, book, clock)
    first, last = QUARTERS[3]
    _, more = keep_run(ledger, book, "settle", first, last, reckon(first, last))
    assert more == []
    back = {
        **SALE,
        "id": "CN-1",
        "kind": "return",
        "of": "INV-2026-12-31",
        "date": "2026-11-02",
        "net": -10_000,
        "quantity": 0,
    }
    ledger.post(book, [back])
    _, more = keep_run(ledger, book, "settle", first, last, reckon(first, last))
    assert [(entry.kind, entry.amount) for entry in more] == [("release", "500"), ("claw back", "500")]
    assert accrued([*entries, *more]) == {("acme", "acme.growth", "ACME", "ACME", "2026-01-01"): 0}


def test_an_accrual_stands_until_it_is_settled(ledger: Ledger, book: rebates.Book, clock: Clock) -> None:
    ledger.post(book, [sale("A", "2026-02-01", 120_000)])
    _, entries = keep_run(
        ledger, book, "accrue", date(2026, 1, 1), date(2026, 2, 28), reckon(date(2026, 1, 1), date(2026, 2, 28))
    )
    assert [(entry.kind, entry.amount) for entry in entries] == [("accrue", "6000")]
    _, again = keep_run(
        ledger, book, "accrue", date(2026, 1, 1), date(2026, 2, 28), reckon(date(2026, 1, 1), date(2026, 2, 28))
    )
    assert again == []
    with pytest.raises(LedgerError, match="R0833"):
        keep_run(ledger, book, "settle", *QUARTERS[0], reckon(*QUARTERS[0]))
    _, settled = keep_run(ledger, book, "settle", *QUARTERS[0], reckon(*QUARTERS[0]), interim=True)
    assert [(entry.kind, entry.amount) for entry in settled] == [("settle", "6000")]


def test_nothing_lands_in_a_closed_period(ledger: Ledger, book: rebates.Book, clock: Clock) -> None:
    ledger.post(book, [sale("A", "2026-02-01", 120_000)])
    clock.set("2026-05-04")
    ledger.close_period(date(2026, 3, 31))
    ledger.post(book, [sale("LATE", "2026-03-01", 10_000)])
    _, entries = keep_run(ledger, book, "settle", *QUARTERS[0], reckon(*QUARTERS[0]))
    assert [(entry.kind, entry.amount, str(entry.day), str(entry.concerns)) for entry in entries] == [
        ("accrue", "6500", "2026-04-01", "2026-03-31"),
        ("settle", "6500", "2026-04-01", "2026-03-31"),
    ]
    assert "concerns 2026-03-31" in entries[0].text


def due(rule: str, total: int, status: str = "due", kind: str = "rebate", **more: object) -> Due:
    made = Due(
        rule, kind, "ACME", "ACME", date(2026, 1, 1), date(2026, 12, 31), date(2026, 12, 31), status,  # type: ignore[arg-type]
        Fraction(1, 3), None, 0, Fraction(total), Fraction(total), Fraction(0), Fraction(total),
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def booked(*runs: tuple[str, list[Due]]) -> list[Entry]:
    entries: list[Entry] = []
    before = Balances()
    for number, (kind, dues) in enumerate(runs, 1):
        booking = Booking(number, before, None)
        settlements = [Settlement("acme", "EUR", date(2026, 1, 1), date(2026, 12, 31), tuple(dues))]
        if kind == "accrue":
            booking.accrue(settlements, date(2026, 12, 31))
        else:
            booking.settle(settlements)
        for entry in booking.made:
            before.add(entry)
        entries += booking.made
    return entries


@pytest.mark.parametrize("kind", ["accrue", "settle"])
def test_points_and_goods_are_no_money_and_are_not_booked(kind: str) -> None:
    dues = [due("acme.a", 100, pays="points"), due("acme.b", 2, pays="goods"), due("acme.c", 30)]
    assert {(entry.rule, entry.amount) for entry in booked((kind, dues))} == {("acme.c", "30")}


def test_what_a_beaten_rule_had_accrued_goes_over_to_the_better_one() -> None:
    entries = booked(
        ("accrue", [due("acme.a", 100), due("acme.b", 0)]),
        ("settle", [due("acme.a", 0, "beaten", detail="acme.b"), due("acme.b", 130)]),
    )
    assert [(entry.kind, entry.amount) for entry in entries] == [
        ("accrue", "100"),
        ("reclassify", "100"),
        ("accrue", "30"),
        ("settle", "130"),
    ]
    assert set(accrued(entries).values()) == {Fraction(0)}


def test_a_charge_is_booked_the_other_way_round() -> None:
    entries = booked(("settle", [due("acme.shortfall", 40, kind="charge")]))
    assert trial_balance(entries) == {
        ("Accounts receivable", "EUR"): Fraction(40),
        ("Charge income", "EUR"): Fraction(-40),
        ("Charges accrued", "EUR"): Fraction(0),
    }


def test_results_and_entries_come_back_as_they_were() -> None:
    whole = due("acme.a", 5, cuts=(Cut(Fraction(1, 7), Fraction(1, 20), Fraction(1, 140), 2, ("N", "S")),),
        next=Next(Fraction(9), Fraction(2), Fraction(1, 3)), pay_by=date(2027, 1, 31), posted=("a", "b"), interim=True)  # fmt: skip
    settlements = (Settlement("acme", "EUR", date(2026, 1, 1), date(2026, 12, 31), (whole, due("acme.b", -3))),)
    assert results_of(results_text(settlements)) == settlements
    for entry in booked(("settle", [whole])):
        assert entry_of(entry_text(entry)) == entry


# --- exports


@pytest.fixture(scope="session")
def bean_check() -> Path:
    """The program, installed in an environment of its own when it is first needed."""
    program = ROOT / ".venv-beancount" / "bin" / "bean-check"
    if not program.exists():
        subprocess.run(["make", "-C", str(ROOT), ".venv-beancount/made"], check=True, capture_output=True)
    return program


def checked(program: Path, file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([program, "--no-cache", file], capture_output=True, text=True, check=False)


def test_another_program_finds_the_books_balanced_and_the_balances_of_the_statements(
    ledger: Ledger, book: rebates.Book, clock: Clock, tmp_path: Path, bean_check: Path
) -> None:
    entries = year(ledger, book, clock)
    with ledger.store.reading() as connection:
        paid = sum(due.due for run in runs_of(connection) for one in run.settlements for due in one.dues)
    balances = [
        Balance(date(2026, 12, 31), PAYABLE, "ACME", f"-{paid}", "EUR"),
        Balance(date(2026, 12, 31), ACCRUED, None, "0", "EUR"),
    ]
    file = tmp_path / "books.beancount"
    content = written(entries, "beancount", balances)
    file.write_bytes(content)
    done = checked(bean_check, file)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "")
    for old, new in ((b"5000.00 EUR", b"5000.01 EUR"), (b"-15000 EUR", b"-15000.004 EUR")):
        assert old in content
        file.write_bytes(content.replace(old, new, 1))
        assert checked(bean_check, file).returncode != 0


@pytest.mark.parametrize("form", FORMS)
def test_the_same_entries_give_the_same_bytes(form: str) -> None:
    entries = booked(("settle", [due("acme.a", 100)]))
    assert written(entries, form) == written(entries, form)
    assert len(written(entries, form)) > 100


def test_sheets_have_one_filled_side_a_line() -> None:
    entries = booked(("settle", [due("acme.a", 100)]))
    rows = list(csv.DictReader(io.StringIO(written(entries, "csv").decode())))
    assert [(row["entry_id"], row["account"], row["debit"], row["credit"], row["amount_signed"]) for row in rows] == [
        ("RBT-000001-00001", DEDUCTIONS, "100.00", "", "100.00"),
        ("RBT-000001-00001", ACCRUED, "", "100.00", "-100.00"),
        ("RBT-000001-00002", ACCRUED, "100.00", "", "100.00"),
        ("RBT-000001-00002", PAYABLE, "", "100.00", "-100.00"),
    ]
    assert json.loads(written(entries, "json")) == rows
    assert pq.read_table(io.BytesIO(written(entries, "parquet"))).to_pylist() == rows


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-A1", "@SUM", "\tx", "\rx"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe(text) == f"'{text}"
    assert safe("-12.50") == "-12.50"


def test_what_a_system_cannot_hold_is_refused() -> None:
    entries = booked(("settle", [due("acme.a", 10**10)]))
    with pytest.raises(LedgerError, match="R0836"):
        written(entries, "netsuite")
    (first, *_) = booked(("settle", [due("acme.a", 1)]))
    with pytest.raises(LedgerError, match="999 lines"):
        written([replace(first, lines=first.lines * 500)], "sap")
    with pytest.raises(LedgerError, match="party"):
        written([replace(first, lines=(replace(first.lines[0], account=PAYABLE),))], "erpnext")
    with pytest.raises(LedgerError, match="no export"):
        written([first], "sheet")


# --- proof


def judge(book: rebates.Book, run: object, facts: object, settled: object) -> object:
    return reckon(run.first, run.last, percent=percent_of(book))(facts, settled)  # type: ignore[attr-defined, arg-type]


def test_a_ledger_is_proved(ledger: Ledger, book: rebates.Book, clock: Clock) -> None:
    year(ledger, book, clock)
    head = verify(ledger).head
    ledger.post(book, [sale("MORE", "2026-12-30", 1)])
    proof = verify(ledger, judge, head)  # type: ignore[arg-type]
    assert proof.findings == ()
    assert (proof.facts, proof.runs, proof.entries) == (5, 4, 6)
    assert verify(ledger, head="0" * 64).findings

    def other(book: rebates.Book, run: object, facts: object, settled: object) -> object:
        return reckon(run.first, run.last, "acme.other")(facts, settled)  # type: ignore[attr-defined, arg-type]

    assert len(verify(ledger, other).findings) == 4  # type: ignore[arg-type]


def test_any_changed_bit_is_found(book: rebates.Book, clock: Clock, tmp_path: Path) -> None:
    url = tmp_path / "ledger.db"
    with Ledger.open(str(url), clock=clock) as ledger:
        year(ledger, book, clock)
        ledger.close_period(date(2026, 12, 31))
    draw = random.Random(5)
    for _ in range(150):
        spoilt = tmp_path / "spoilt.db"
        shutil.copy(url, spoilt)
        with sqlite3.connect(spoilt) as connection:
            names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
            for name in names:
                connection.execute(f"DROP TRIGGER {name}")
            table = draw.choice(["fact", "rules", "run", "entry", "closing", "link"])
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] != "seq"]
            column = draw.choice(columns)
            seq, value = draw.choice(connection.execute(f'SELECT seq, "{column}" FROM {table}').fetchall())
            if isinstance(value, int):
                changed: object = value ^ (1 << draw.randrange(8))
            else:
                raw = bytearray(value.encode() if isinstance(value, str) else value)
                raw[draw.randrange(len(raw))] ^= 1 << draw.randrange(7)
                changed = raw.decode() if isinstance(value, str) else bytes(raw)
            connection.execute(f'UPDATE {table} SET "{column}" = ? WHERE seq = ?', (changed, seq))
        connection.close()
        with Ledger.open(str(spoilt)) as ledger:
            assert verify(ledger).findings, (table, column, seq)


@pytest.mark.parametrize("table", ["fact", "run", "entry", "link"])
def test_a_row_taken_away_is_found(book: rebates.Book, clock: Clock, tmp_path: Path, table: str) -> None:
    with Ledger.open(str(tmp_path / "ledger.db"), clock=clock) as ledger:
        year(ledger, book, clock)
        with ledger.store.writing() as writing:
            writing.connection.exec_driver_sql(f"DROP TRIGGER {table}_kept_from_delete")
            writing.connection.exec_driver_sql(f"DELETE FROM {table} WHERE seq = (SELECT max(seq) FROM {table})")
        assert verify(ledger).findings


def test_rules_of_a_program_are_not_kept(ledger: Ledger) -> None:
    book = rebates.load(TEXTS, tables=Tables())  # type: ignore[arg-type]
    with pytest.raises(LedgerError, match="R0838"):
        keep_run(ledger, book, "accrue", *QUARTERS[0], reckon(*QUARTERS[0]))
