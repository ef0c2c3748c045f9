"""A return of everything brings every cumulative rebate back to zero, to the cent; and the cases in which something stays.

A sale of 300 in February and one of 100 in March are settled by quarters, and come back in May. Both evaluators, by hand.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from rebates.model.settlement import Due
from tests.differential.test_settled_by_hand import BOTH, back, day, rows, rules, sale, told

FIRST, SECOND = sale("a", "02-01", 300), sale("b", "03-01", 100)
BACK = back("x", "a", "05-01", 300), back("y", "b", "05-10", 100)
YEAR = "measure s = net value of items per account per year\nmeasure q = net value of items per account per quarter\n"


def settled(settle: Any, rebate: str) -> list[Due]:
    return rows(settle, rules(YEAR + rebate), FIRST, SECOND, *BACK)


def paid(found: list[Due], until: str) -> Fraction:
    """What had fallen due by a day."""
    return sum((due.due for due in found if due.day <= day(until)), Fraction(0))


@BOTH
@pytest.mark.parametrize(
    ("rebate", "march"),
    [
        ("base s rate 3.3%", "13.20"),
        ("base s tiers retroactive on s { from EUR 100 1.25%  from EUR 350 3.3% }", "13.20"),
        ("base s tiers incremental on s { from EUR 0 1%  from EUR 150 3% }", "9"),  # 1.50 and 3% of 250
        ("tiers lump sum every tier on s { from EUR 50 EUR 5  from EUR 400 EUR 7 }", "12"),
        ("base s tiers interpolated on s { from EUR 200 1%  from EUR 600 3% }", "8"),  # half way: 2%
        ("base q rate 3% cap EUR 8 per year", "8"),
        ("base s rate 5% pays from EUR 20", "20"),
        ("base s rate EUR 0.55 per piece", "1.10"),
        ("base s rate 10% floor EUR 50", "50"),  # a floor is of what was bought: of nothing there is none (93f)
        ("base s rate 2% pay to \"A\" 33.3%, \"B\" 66.7%", "8"),
        ("base s rates every { 1% when s >= EUR 100  2% when s >= EUR 400 }", "12"),
    ],
)  # fmt: skip
def test_everything_comes_back(settle: Any, rebate: str, march: str) -> None:
    found = settled(settle, f"rebate r {{ {rebate} settle quarterly }}")
    assert paid(found, "03-31") == Fraction(march)
    assert paid(found, "12-31") == 0
    assert all(sum(due.due for due in found if due.payee == who) == 0 for who in ("A", "B"))


@BOTH
def test_tiers_from_zero_pay_their_sum_on_nothing(settle: Any) -> None:
    """A fixed sum that is reached at zero needs no sale: 10 of the 30 stay."""
    found = settled(
        settle, "rebate r { tiers lump sum on s { from EUR 0 EUR 10  from EUR 400 EUR 30 } settle quarterly }"
    )
    assert told(found, "day", "due")[:2] == [(day("03-31"), 30), (day("06-30"), -20)]
    assert paid(found, "12-31") == 10


@BOTH
def test_a_shortfall_is_whole_again(settle: Any) -> None:
    """400 of the 900 were bought, and 25 was due for the rest; with nothing bought it is 45."""
    found = settled(settle, "charge r { amount 5% of (EUR 900 - s) settle quarterly }")
    assert told(found, "day", "due")[:2] == [(day("03-31"), 25), (day("06-30"), 20)]


@BOTH
def test_returns_when_posted_leave_the_quarter_as_it_was(settle: Any) -> None:
    """The first quarter keeps its 12; the second has less than nothing, which counts as zero (89, 93a)."""
    found = settled(settle, "rebate r { base q rate 3% settle quarterly returns when posted }")
    assert [due for due in told(found, "first", "due") if due[1]] == [(day("01-01"), 12)]


@BOTH
def test_what_expires_is_taken_back_all_the_same(settle: Any) -> None:
    """The note of March ends with June whether it was used or not; what is taken back in June is the whole of it."""
    found = settled(settle, "rebate r { base s rate 3% settle quarterly, expires within 3 months }")
    assert told(found, "day", "due", "expires")[0] == (day("03-31"), 12, day("06-30"))
    assert paid(found, "06-30") == 0


@BOTH
def test_what_is_carried_forward_waits_for_more(settle: Any) -> None:
    """12 of the first quarter wait to be set against later quarters; a sale of 600 in September has 18, of which 6 are paid."""
    of = rules(YEAR + "rebate r { base q rate 3% settle quarterly returns carry forward }")
    found = rows(settle, of, FIRST, SECOND, *BACK)
    assert paid(found, "12-31") == 12
    found = rows(settle, of, FIRST, SECOND, *BACK, sale("c", "09-01", 600))
    assert paid(found, "12-31") == 18
