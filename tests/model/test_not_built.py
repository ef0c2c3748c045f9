"""What the grammar has and the model does not know yet is refused where it stands, once, and the rest is read."""

from __future__ import annotations

import pytest

from tests.model.checking import agreement, check

NOT_BUILT = [
    'rebate bonus "Bonus" { base sales  rate 1%  settle yearly }',
    'amend from 2026-07-01, cut at the date "Review" { discount d { rate 2% } }',
    'amend from 2026-07-01, from the next window "Review" { discount d { rate 2% } }',
    'amend retroactively from 2026-07-01 "Review" { discount d { rate 2% } }',
    'fund f "Fund" { opening EUR 5  unused lapses }',
    "measure m = net value per claim",
    "measure m = value at prices per order",
    "items s where paid within terms",
    "discount e { rate 1%  settle quarterly }",
    "discount e { rate 1%  returns claw back }",
    'discount e { rate 1%  pay to "A" 60%, "B" 40% }',
    "discount e { rate 1%  pay to members in proportion to net value per account }",
    'discount e { rate 1%  funded by "A" 60%, "B" 40% }',
    "discount e { rate 1%  accrue 2% }",
    "discount e { rate 1%  draw from fund f }",
    "discount e { rate 1%  pro rata by month }",
    "discount e { rate 1 point per EUR 5 }",
    'discount e { rate give 1 carton of "A-1" }',
    "discount e { rate 1%  cap EUR 5 per order, for all accounts }",
    "discount e { rate 1%  cap EUR 5 per claim }",
    "discount e { rate 1%  pays from EUR 5, carried forward }",
    "discount e { rate 1%  not with rebate bonus }",
    "discount e { rate 1%  when net value per order >= EUR 5 otherwise holds }",
    "discount e { rate 1%  when claimed by 2026-09-10 }",
    "discount e { rate 1%  when fact audit by 2026-09-10 }",
    'discount e { rate 1%  when fact audit is "passed" throughout the quarter }',
    "discount e { rate 1%  when charge freight is paid }",
    "discount e { base rebate bonus  rate 1% }",
    "guard pocket margin >= 12% otherwise reject",
    'example "pocket" { order on 2026-02-02 { 1 piece of "A-1" }  expect line 1 pocket price EUR 5 }',
    "cap EUR 5 across discount d, rebate bonus",
    'example "settled" { given order.channel "web"  expect discount d EUR 5 }',
    'example "on an order" { given paid 2026-02-01  order on 2026-02-02 { 1 piece of "A-1" }  expect pass }',
    'example "on an order" { order on 2026-02-02 { 1 piece of "A-1" }  expect rebate bonus EUR 5 }',
]


@pytest.mark.parametrize("text", NOT_BUILT)
def test_it_is_refused_once_by_name(text: str) -> None:
    _, report = check(agreement(f"discount d {{ rate 1% }}\n{text}"))
    assert [finding.code for finding in report.diagnostics if finding.severity == "error"] == ["R0120"]
