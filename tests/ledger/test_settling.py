"""A year from the command line: import, accrue, settle four quarters, a late return, a statement, the proof.

The rebate is 5 % of the year's net sales, retroactive from 100,000, settled quarterly: quarters of 50, 75, 100 and 75
thousand come to 0, 6,250, 5,000 and 3,750; a return of 10,000 takes 500 back.
"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from datetime import date
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from rebates import load
from rebates.ledger.journal import trial_balance
from rebates.ledger.ledger import Ledger
from rebates.ledger.reckoned import accrue, prove, settle, would_settle
from rebates.ledger.runs import entries_of
from tests.cli.test_commands import rebates
from tests.ledger.conftest import Clock
from tests.ledger.test_facts import SALE
from tests.ledger.test_journal import FILES

RULES = """
agreement acme "Acme <b>2025</b>" {
  accounts  ACME
  valid     2025-01-01 to 2025-12-31
  currency  EUR

  measure sales = net value per account per year

  rebate volume "=Volume rebate" {
    base    sales
    accept  cliff "agreed"
    tiers   retroactive on sales {
      from EUR 100_000  5%
      from EUR 400_000  6%
    }
    settle  quarterly, as credit note
  }
}
"""
QUARTERS = ((1, 50), (4, 75), (7, 100), (10, 75))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Rules, settings, and the year's sales."""
    (tmp_path / "rules").mkdir()
    for name, text in {**FILES, "acme.rebates": RULES}.items():
        (tmp_path / "rules" / name).write_text(text, encoding="utf-8")
    (tmp_path / "rebates.toml").write_text('rules = "rules"\nledger = "ledger.db"\n', encoding="utf-8")
    rows = [{**SALE, "id": f"INV-{m}", "date": f"2025-{m:02d}-15", "net": f"{n}000"} for m, n in QUARTERS]
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    (tmp_path / "sales.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settled_year(folder: Path) -> None:
    assert rebates("import", "sales.csv").exit_code == 0
    for number, due in enumerate(("0", "6_250", "5_000", "3_750"), 1):
        done = rebates("settle", f"2025-Q{number}")
        assert done.exit_code == 0, done.output
        assert f"acme: EUR {due}.00 due" in done.output


def test_four_quarters_a_return_and_the_proof(folder: Path) -> None:
    settled_year(folder)
    assert "acme: EUR 0.00 due" in rebates("settle", "2025-Q4").output  # a second run pays nothing
    back = {
        **SALE,
        "id": "CN-1",
        "kind": "return",
        "of": "INV-10",
        "date": "2025-12-20",
        "quantity": "-10",
        "net": "-10000",
    }
    assert rebates("post", json.dumps(back)).exit_code == 0
    dry = rebates("settle", "2025-Q4", "--dry-run").output
    assert "acme: EUR -500.00 due" in dry
    assert dry.endswith("nothing was written\n")
    assert "acme: EUR -500.00 due" in rebates("settle", "2025-Q4").output
    rows = list(csv.DictReader(io.StringIO(rebates("journal", "--format", "csv").output)))
    assert [(row["kind"], row["debit"]) for row in rows if row["debit"]] == [
        ("accrue", "6250.00"), ("settle", "6250.00"), ("accrue", "5000.00"), ("settle", "5000.00"),
        ("accrue", "3750.00"), ("settle", "3750.00"), ("release", "500.00"), ("claw back", "500.00"),
    ]  # fmt: skip
    done = rebates("verify")
    assert done.exit_code == 0
    assert "6 runs, 8 entries: all is as it was written" in done.output
    with sqlite3.connect(folder / "ledger.db") as connection:
        connection.execute("DROP TRIGGER run_kept_from_update")
        connection.execute("UPDATE run SET result = replace(result, '6250', '6350')")
    connection.close()
    assert rebates("verify").exit_code == 1


def test_points_are_settled_beside_the_money_and_not_added_to_it(folder: Path) -> None:
    points = (
        "  measure year_value = net value of items per account per year\n"
        "  rebate points { base year_value  rate 1 point per EUR 1_000  settle yearly }\n}\n"
    )
    (folder / "rules" / "acme.rebates").write_text(RULES.removesuffix("}\n") + points, encoding="utf-8")
    assert rebates("import", "sales.csv").exit_code == 0
    settled = rebates("settle", "2025").output
    assert "acme.points  ACME  earned 300 points  before 0 points  due 300 points" in settled
    assert "acme: EUR 15_000.00 due" in settled  # 5 % of the year's 300,000
    journal = rebates("journal").output
    assert "acme.points" not in journal
    assert "6 entries" in journal  # three quarters are due: each is accrued and settled
    assert rebates("verify").exit_code == 0
    assert rebates("settle", "2025").output == "acme: EUR 0.00 due\nnothing is due\n"
    assert "6 entries" in rebates("journal").output


def test_a_statement_says_what_was_earned_and_what_is_missing(folder: Path) -> None:
    settled_year(folder)
    text = rebates("statement", "ACME", "--period", "2025-Q3", "--explain").output
    for said in (
        "€11,250.00",
        "€6,250.00",
        "€5,000.00",
        "5%",
        "acme.rebates:9",
        "settle  quarterly",
        "INV-7",
        "175,000",
    ):
        assert said in text
    data = json.loads(rebates("statement", "ACME", "--period", "2025-Q3", "--json").output)
    (row,) = data["rows"]
    assert (row["total"], row["paid"], row["due"], row["measure"]) == ("11250", "6250", "5000", "225000")
    assert row["next"]["missing"] == "175000"
    assert row["months"] == {"2025-01": "50000", "2025-04": "75000", "2025-07": "100000"}
    assert data["due"] == {"EUR": "5000"}
    page = rebates("statement", "ACME", "--period", "2025-Q3", "--format", "html", "--language", "id").output
    assert "Pernyataan rabat" in page
    assert "&lt;b&gt;2025" in page
    assert "acme.rebates" not in page
    rebates("statement", "ACME", "--period", "2025-Q3", "--format", "xlsx", "-o", "q3.xlsx")
    cells = [cell for sheet in openpyxl.load_workbook("q3.xlsx") for row in sheet for cell in row]
    assert "'=Volume rebate" in {cell.value for cell in cells}
    assert all(cell.data_type != "f" for cell in cells)
    assert "R0834" in rebates("statement", "OTHER", "--period", "2025-Q3").stderr


def test_an_old_statement_is_what_it_was(folder: Path) -> None:
    settled_year(folder)
    before = rebates("statement", "ACME", "--period", "2025-Q2", "--json").output
    (rule,) = [folder / "rules" / "acme.rebates"]
    rule.write_text(RULES.replace("5%", "7%"), encoding="utf-8")
    assert "acme: EUR 6_000.00 due" in rebates("settle", "2025-Q4").output  # 2 % of 300,000 more
    after = json.loads(rebates("statement", "ACME", "--period", "2025-Q2", "--json").output)
    assert after["due"] == json.loads(before)["due"] == {"EUR": "6250"}
    assert "5%" in after["rows"][0]["text"]
    assert rebates("verify").exit_code == 0  # each run by the text it was made with


def test_a_period_that_is_not_over_is_settled_as_interim_only(folder: Path, url: str) -> None:
    book = load(folder / "rules")
    clock = Clock("2025-05-10")
    with Ledger.open(url, clock=clock) as ledger:
        ledger.post(book, [{**SALE, "date": "2025-04-02", "net": "120000"}])
        assert (
            sum(due.due for one in would_settle(ledger, book, date(2025, 4, 1), date(2025, 6, 30)) for due in one.dues)
            == 6000
        )
        with pytest.raises(ValueError, match="R0833"):
            settle(ledger, book, date(2025, 4, 1), date(2025, 6, 30))
        accrue(ledger, book, date(2025, 4, 30))
        accrue(ledger, book, date(2025, 4, 30))
        settle(ledger, book, date(2025, 4, 1), date(2025, 6, 30), interim=True)
        accrue(ledger, book, date(2025, 5, 9))
        with ledger.store.reading() as connection:
            entries = entries_of(connection)
        assert [(entry.kind, entry.amount) for entry in entries] == [("accrue", "6000"), ("settle", "6000")]
        assert trial_balance(entries)["Accounts payable", "EUR"] == Fraction(-6000)
        assert prove(ledger).findings == ()
