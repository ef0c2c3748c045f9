"""What a settlement tells whoever pays: funders, on account, set off, plus tax."""

from __future__ import annotations

from rebates import Fact, load

RULES = """
agreement bonus "Bonus" {
  accounts ACME
  valid    2026-01-01 to 2026-12-31
  currency EUR
  measure sales = net value per account per year
  rebate volume "Volume" {
    base       sales
    rate       1%
    funded by  "BRAND" 60%, "DISTRIBUTOR" 40%
    settle     quarterly, on account, true up yearly, as credit note, set off overdue, plus tax
  }
}
"""


def test_funders_share_a_due_to_the_cent_and_interim_dues_are_on_account() -> None:
    facts = [Fact("S1", "ACME", "2026-02-03", item="A", quantity=1, unit="piece", currency="EUR", net="100.10")]
    settlement = load({"bonus.rebates": RULES}).settle(facts, period="2026")
    first, last = settlement.dues[0], settlement.dues[-1]
    assert (first.due, first.on_account, first.set_off, first.plus_tax) == ("1.00", True, True, True)
    assert [(each.name, each.amount) for each in first.funders] == [("BRAND", "0.60"), ("DISTRIBUTOR", "0.40")]
    assert (last.due, last.on_account) == ("0.00", False)
    assert (
        "  borne by BRAND 0.60, DISTRIBUTOR 0.40\n  on account, set off against what is overdue, plus tax"
        in settlement.explain()
    )
