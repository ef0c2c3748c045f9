"""Findings that orders show: each with the smallest order, its waterfall, and an example that holds when it is written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rebates import load
from rebates.cli.app import app
from rebates.syntax.diagnostics import Diagnostic
from rebates.tools.proofs import prove

RULES = Path(__file__).parents[2] / "rules" / "nusantara"

TABLES = {
    "items.csv": "id,base_unit\nCOLA,piece\nNUTS,piece\n",
    "list_prices.csv": "item,unit,price\nCOLA,piece,100\nNUTS,piece,50\n",
    "costs.csv": "item,unit,cost\nCOLA,piece,80\nNUTS,piece,20\n",
}
HEAD = 'agreement a "A" {\n  accounts all, each\n  valid 2026-01-01 to 2026-12-31\n  currency EUR\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def proved(folder: Path, body: str) -> tuple[list[Diagnostic], tuple[str, ...]]:
    (folder / "a.rebates").write_text(f"{HEAD}  {body}\n}}\n", encoding="utf-8")
    proofs = prove(load(folder))
    return list(proofs.findings), proofs.proved


TIERS = 'discount d { accept cliff "x"  tiers retroactive on quantity in piece per order { from 5 piece 10%  from 9 piece 25% } }'


def test_a_guard_that_a_rule_breaks_is_shown_by_the_smallest_order(folder: Path) -> None:
    # cola costs 80: at 100 the margin is 20 %, at 90 11.1 %, at 75 it is negative
    (one,), said = proved(folder, f"{TIERS}\n  guard invoice margin >= 10% otherwise reject")
    assert one.code == "R0625"
    assert one.message == "9 piece of `COLA` break this guard on the invoice margin"
    assert [label.text for label in one.labels] == ["discount `d`"]
    assert "net value" in one.witness
    assert "675" in one.witness  # 9 × 75
    assert any("0 of 1 guards hold" in line for line in said)


def test_a_guard_that_holds_is_told_with_what_was_looked_at(folder: Path) -> None:
    found, said = proved(folder, f"{TIERS}\n  guard discount <= 25% otherwise reject")
    assert found == []
    assert said[-1].startswith("a: 1 of 1 guards hold for one-line orders of 2 items with a list price")


def test_a_guard_that_lacks_a_cost_is_not_said_to_hold(folder: Path) -> None:
    (folder / "costs.csv").unlink()
    found, said = proved(folder, f"{TIERS}\n  guard invoice margin >= 10% otherwise reject")
    assert found == []
    assert said[-1].startswith("a: 0 of 1 guards hold")
    assert said[-1].endswith("; 1 cannot be judged for each of them: a value is missing")


def test_a_cliff_is_shown_by_the_first_quantity_of_its_dead_zone(folder: Path) -> None:
    # 20 × 0.8 = 16: 17 to 19 cost more than 20
    text = "discount d { tiers retroactive on quantity in piece per order { from 20 piece 20% } }"
    (one,), _ = proved(folder, text)
    assert one.message == "17 to 19 piece cost more than 20 piece"
    assert "line 1: 17 piece COLA" in one.witness


def test_an_example_that_fails_is_a_finding_at_its_expectation(folder: Path) -> None:
    text = 'discount d { rate 5% }\n  example "e" { order on 2026-03-10 { 1 piece of "COLA" } expect line 1 d EUR 6 }'
    (one,), _ = proved(folder, text)
    assert (one.code, one.span.text) == ("R0626", "expect line 1 d EUR 6")
    assert "comes to EUR 5" in one.message


def test_a_beaten_rule_is_shown_where_it_would_have_taken_something(folder: Path) -> None:
    (one,), _ = proved(folder, 'discount d { rate 5% } discount e { when item.id is "NUTS" rate 3% }')
    assert one.code == "R0621"
    assert "line 1: 1 piece NUTS" in one.witness


def test_written_examples_hold_and_are_written_once(tmp_path: Path) -> None:
    copy = tmp_path / "rules"
    shutil.copytree(RULES, copy)
    file = copy / "nusantara_2026.rebates"
    text = file.read_text(encoding="utf-8")
    file.write_text("\n".join(line for line in text.split("\n") if "accept " not in line), encoding="utf-8")
    run = CliRunner()
    first = run.invoke(app, ["check", str(copy), "--write-examples"])
    assert first.exit_code == 0
    assert "wrote examples into" in first.output
    written = file.read_text(encoding="utf-8")
    assert written.count("example") > text.count("example")
    assert run.invoke(app, ["test", str(copy)]).exit_code == 0
    again = run.invoke(app, ["check", str(copy), "--write-examples"])
    assert "wrote examples into" not in again.output
    assert file.read_text(encoding="utf-8") == written


def test_json_has_the_waterfall_and_the_example(tmp_path: Path) -> None:
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    body = "discount d { tiers retroactive on quantity in piece per order { from 20 piece 20% } }"
    (tmp_path / "a.rebates").write_text(f"{HEAD}  {body}\n}}\n", encoding="utf-8")
    (one,) = json.loads(CliRunner().invoke(app, ["check", str(tmp_path), "--json"]).output)
    assert one["code"] == "R0350"
    assert one["example"].startswith('example "d: cliff" {')
    assert "17 piece" in one["witness"]


def test_what_was_proved_is_printed_with_its_domain() -> None:
    shown = CliRunner().invoke(app, ["check", str(RULES)])
    assert "guards hold for one-line orders of" in shown.output
    assert "thresholds ascend" in shown.output
