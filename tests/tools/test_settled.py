"""Examples of what is settled: given, posted, settled step by step, and their numbers written anew."""

from __future__ import annotations

from pathlib import Path

import rebates
from rebates.tools.examples import Result, run_examples
from rebates.tools.update import updates, write

FRAME = """agreement a "A" {
  accounts  ACME
  valid     2026-01-01 to 2026-12-31
  currency  EUR
  fact audit text latest
  measure sales = net value of items per account per year
  rebate volume "Volume" {
    base sales
    tiers incremental on sales { from EUR 0 1%  from EUR 1_000 2% }
    settle quarterly, as credit note
  }
  charge shortfall "Take or pay" { amount 5% of (EUR 2_000 - sales)  settle yearly }
  rebate audited "Audited" { base sales  rate 1%  when fact audit is "passed"  when paid by 2026-12-31  settle yearly }
  rebate club "Points" { base sales  rate 1 point per full EUR 100  settle yearly }
  rebate shared "Shared" { base sales  rate 1%  settle yearly  pay to "NORTH" 60%, "SOUTH" 40% }
  example "e" { %s }
}
"""


def run(body: str) -> Result:
    [result] = run_examples(rebates.load({"a.rebates": FRAME.replace("%s", body)}))
    assert not result.error, result.error
    return result


def test_given_measures_replace_what_was_posted() -> None:
    # 1% of 1,000 and 2% of 500; 5% of the 500 that are missing; fifteen whole hundreds
    assert run(
        "given sales EUR 1_500  expect rebate volume EUR 20  expect charge shortfall EUR 25  expect rebate club 15 points"
    ).ok
    assert run("given sales EUR 2_500  expect rebate volume EUR 40  expect charge shortfall nothing").ok


def test_given_facts_and_payments_decide() -> None:
    assert run('given sales EUR 500  given fact audit "passed"  given paid 2026-12-31  expect rebate audited EUR 5').ok
    assert run(
        'given sales EUR 500  given fact audit "failed"  given paid 2026-12-31  expect rebate audited nothing'
    ).ok


def test_a_payee_has_its_part() -> None:
    assert run(
        'given sales EUR 500  expect rebate shared EUR 5  expect rebate shared to "NORTH" EUR 3'
        '  expect rebate shared to "SOUTH" EUR 2'
    ).ok


def test_sales_and_returns_are_posted_and_settled_step_by_step() -> None:
    # 600 in March: 6; 1,200 by June: 10 and 4; of them 200 come back: 10
    result = run(
        'sale "S1" on 2026-03-10 { 6 piece of "X" at EUR 100 }'
        "  settle on 2026-03-31  expect rebate volume EUR 6  expect rebate volume due EUR 6"
        '  sale "S2" on 2026-05-10 { 4 piece of "X" at EUR 100  2 piece of "Y" at EUR 100 }'
        "  settle on 2026-06-30  expect rebate volume EUR 14  expect rebate volume due EUR 8"
        '  return of "S2" on 2026-08-01 { 2 piece of "Y" at EUR 100 }'
        "  settle on 2026-09-30  expect rebate volume EUR 10"
    )
    assert result.ok, [(check.text, check.got) for check in result.checks if not check.ok]


def test_a_payment_is_of_every_line_of_its_sale() -> None:
    story = 'sale "S1" on 2026-03-10 { 1 piece of "X" at EUR 300  1 piece of "Y" at EUR 200 }  fact audit "passed" on 2026-01-02'
    assert run(f'{story}  payment of "S1" on 2026-04-01  expect rebate audited EUR 5').ok


def test_what_failed_tells_what_came_out_and_why() -> None:
    result = run("given sales EUR 1_500  expect rebate volume EUR 21  expect rebate audited EUR 5")
    volume, audited = result.checks
    assert (volume.ok, volume.got, volume.rewrite) == (False, "EUR 20", "EUR 20")
    assert (audited.ok, audited.got) == (
        False,
        'EUR 0 (`fact audit is "passed"` is not known: `fact audit` is not known)',
    )
    assert {due.rule for due in result.dues} >= {"a.volume", "a.audited"}


def test_its_numbers_are_written_anew(tmp_path: Path) -> None:
    file = tmp_path / "a.rebates"
    body = "given sales EUR 1_500  expect rebate volume EUR 21  expect rebate club 14 points"
    file.write_text(FRAME.replace("%s", body), encoding="utf-8")
    write(file, updates(run_examples(rebates.load(file))))
    assert "expect rebate volume EUR 20  expect rebate club 15 points" in file.read_text(encoding="utf-8")
