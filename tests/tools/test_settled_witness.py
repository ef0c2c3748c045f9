"""Findings about rules that are settled: the smallest value that shows each, what the rule comes to there, and its example."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from rebates import load
from rebates.cli.app import app
from rebates.syntax.diagnostics import Diagnostic, RuleErrors
from rebates.tools.proofs import prove, written

HEAD = """\
agreement a "A" {
  accounts all, each
  valid 2026-01-01 to 2026-12-31
  currency EUR
  measure volume = net value per account per year
  measure units = quantity in piece per account per year
"""


def proved(folder: Path, body: str) -> list[Diagnostic]:
    (folder / "a.rebates").write_text(f"{HEAD}  {body}\n}}\n", encoding="utf-8")
    return list(prove(load(folder)).findings)


SHOWN = [
    # below 100 nothing is paid, from 100 on 1: whoever is above 99 pays more
    (
        "tiers retroactive on volume { from EUR 100 1% }",
        "R0350",
        "given volume EUR 99.01",
        "nothing",
    ),
    # at 200 it pays 10, so 190 remain; 191.93 less 1.92 is 190.01, and 191.92 less 1.92 is 190.00
    (
        'tiers retroactive on volume { from EUR 0 1% from EUR 200 5% }',
        "R0350",
        "given volume EUR 191.93",
        "EUR 1.92",
    ),
    # the cap of 2 is reached before 200: 1% of 200
    (
        "tiers retroactive on volume { from EUR 0 1% from EUR 200 3% }  cap EUR 2  accept cliff \"x\"",
        "R0622",
        "given volume EUR 200",
        "EUR 2.00",
    ),
    (
        "tiers lump sum on units { from 100 piece EUR 5 from 200 piece EUR 3 }",
        "R0623",
        "given units 200 piece",
        "EUR 3.00",
    ),
    # the row of 2% holds wherever the row of 5% does
    (
        "rates first { 2% when volume >= EUR 100  5% when volume >= EUR 200 }",
        "R0388",
        "given volume EUR 200",
        "EUR 4.00",
    ),
    # 5% and 2% of 200
    (
        "rates every { 5% when volume >= EUR 200  2% when volume < EUR 300 }",
        "R0388",
        "given volume EUR 200",
        "EUR 14.00",
    ),
    (
        "rates first { 5% when volume > EUR 200  2% when volume <= EUR 100 }",
        "R0349",
        "given volume EUR 100.01",
        "nothing",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("worth", "code", "given", "paid"), SHOWN, ids=[f"{row[1]}-{row[2]}" for row in SHOWN])
def test_a_finding_is_shown_by_the_smallest_value(tmp_path: Path, worth: str, code: str, given: str, paid: str) -> None:
    (one,) = proved(tmp_path, f'rebate r "Bonus" {{ base volume  {worth}  settle yearly }}')
    assert one.code == code
    assert given.removeprefix("given ") in one.witness
    assert "Bonus  [a.r" in one.witness
    assert one.example.split("\n")[1:3] == [f"  {given}", f"  expect rebate r {paid}"]


def test_several_findings_of_a_name_are_written_and_hold(tmp_path: Path) -> None:
    tiers = "tiers retroactive on volume { from EUR 100 1% from EUR 200 5% }"
    other = HEAD.replace("agreement a", "agreement b").replace("all, each", "OTHER")
    (tmp_path / "a.rebates").write_text(
        f"{HEAD}  rebate r {{ base volume {tiers} settle yearly }}\n}}\n{other}  rebate r {{ base volume {tiers} settle yearly }}\n}}\n",
        encoding="utf-8",
    )
    run = CliRunner()
    assert "wrote examples into" in run.invoke(app, ["check", str(tmp_path), "--write-examples"]).output
    text = (tmp_path / "a.rebates").read_text(encoding="utf-8")
    assert text.count('example "r: cliff" {') == text.count('example "r: cliff 2" {') == 2
    book = load(tmp_path)
    findings = prove(book).findings
    assert not [one for one in findings if one.code == "R0626"]
    assert written(book, findings) == {}


def test_a_rule_that_pays_no_money_or_reads_no_measure_by_name_has_no_story(tmp_path: Path) -> None:
    for worth in ("tiers lump sum on net value per account per year { from EUR 100 EUR 5 from EUR 200 EUR 3 }",):
        (one,) = proved(tmp_path, f"rebate r {{ base volume  {worth}  settle yearly }}")
        assert (one.code, one.witness) == ("R0623", "")


def test_a_minimum_payout_above_the_cap_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuleErrors) as caught:
        proved(tmp_path, "rebate r { base volume  rate 2%  cap EUR 5  pays from EUR 9  settle yearly }")
    assert [one.code for one in caught.value.diagnostics] == ["R0313"]
    assert "minimum payout" in caught.value.diagnostics[0].message
