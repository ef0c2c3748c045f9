"""The co-operative's contract as an order system asks it: totals and facts brought with the order, classes told."""

from __future__ import annotations

from pathlib import Path

import pytest

import rebates
from rebates import Line, Order

BOOK = rebates.load(Path(__file__).parents[2] / "rules" / "cooperative")
WINDOW = "2025-10-06/2026-10-05"
BOUGHT, BY_ALL = (
    f"net value per account [HOF-SUED, {WINDOW}]",
    f"net value per account and subsidiaries [HANSE, {WINDOW}]",
)


@pytest.mark.parametrize(("bought", "member", "net"), [("150000", True, "9_801.00"), ("149999.99", False, "9_900.00")])
def test_membership_stands_on_the_totals_that_the_order_brings(bought: str, member: bool, net: str) -> None:
    totals = {BOUGHT: bought, BY_ALL: "1000000"}
    quote = BOOK.quote(Order("HOF-SUED", "2026-10-05", [Line("FEED-25", "1000 bag")], totals=totals))
    verdicts = {verdict.name: verdict for verdict in quote.classes}
    assert verdicts["key_member"].member is member
    assert verdicts["growing"].unknown == ("" if member else "fact soil_score")
    assert str(quote.net_value) == f"EUR {net}"  # 10,000 less 1% to date, and 1% of the rest for a key member
    assert quote.totals[BY_ALL] == ("1009801" if member else "1009900")  # after the order, final amounts


def test_the_contract_year_of_last_year_goes_by_its_days() -> None:
    last_year = "net value per account and subsidiaries per year [HANSE, 2025-07-01/2026-06-30]"
    quote = BOOK.quote(Order("HOF-NORD", "2026-10-05", [Line("FEED-25", "1 bag")], totals={last_year: "500000"}))
    assert quote.totals[last_year] == "500000"  # it is over: the order adds nothing
    assert quote.totals["net value per account and subsidiaries per year [HANSE, 2026-07-01/2027-06-30]"] == "9.9"
