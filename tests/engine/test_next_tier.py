"""How much more reaches which tier, and what that is worth: by quoting the larger quantity."""

from __future__ import annotations

import pytest

import rebates
from rebates import Book, Line, Order
from rebates.engine.next_tier import NextTier


def following(
    book: Book, line: Line, account: str = "KIOSK", day: str = "2026-03-10", **more: object
) -> NextTier | None:
    return book.quote(Order(account, day, [line], **more)).lines[0].next_tier  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("account", "day", "line", "said"),
    [
        # 40 x 9.00 less 2% = 352.80, 8.82 a case; 50 at that are 441.00, at 5% 427.50
        ("KIOSK", "2026-03-10", Line("LEMON", "40 case"), "10 case more reach `from 50 case 5%` (volume), worth EUR 13.50"),
        # in bottles: 120 x 0.75 = 90.00, at 2% 88.20
        ("KIOSK", "2026-03-10", Line("LEMON", "7 bottle"), "113 bottle more reach `from 10 case 2%` (volume), worth EUR 1.80"),
        # 500 / 18 = 27.8: 28 cases; today 17.82 a case, 498.96; 504.00 at 3% 488.88
        ("BISTRO", "2026-03-10", Line("COLA", "10 case"), "18 case more reach `from EUR 500 3%` (order_size), worth EUR 10.08"),
        # the group has bought nothing yet: 90 + 10 cases; 17.46 x 100 = 1,746.00, less 1%
        ("BISTRO", "2026-07-10", Line("COLA", "90 case"), "10 case more reach `from 100 case 1%` (pooled), worth EUR 17.46"),
    ],
)  # fmt: skip
def test_the_nearest_tier_and_its_worth(book: Book, account: str, day: str, line: Line, said: str) -> None:
    assert str(following(book, line, account, day)) == said


@pytest.mark.parametrize("line", [Line("LEMON", "60 case"), Line("LEMON", "-40 case")])
def test_nothing_beyond_the_last_tier_nor_for_returns(book: Book, line: Line) -> None:
    assert following(book, line) is None


def test_the_worth_counts_the_whole_order(book: Book) -> None:
    """One more line: 10 cola and 1 lemon are 189.60; 28 cola reach 500 and give 3% on both.

    Today 187.70 net, 17.82 for each of 18 cola more: 508.46; then 513.60 less 15.41 is 498.19.
    """
    order = Order("BISTRO", "2026-03-10", [Line("COLA", "10 case"), Line("LEMON", "1 case")])
    tier = book.quote(order).lines[0].next_tier
    assert tier is not None
    assert (tier.more, str(tier.saves)) == ("18 case", "EUR 10.27")


def tiers(rows: str, measure: str = "quantity in piece per line") -> Book:
    text = (
        'agreement a "A" { accounts all, each  valid 2026-01-01 to 2026-12-31  currency EUR '
        f"discount d {{ tiers retroactive on {measure} {{ {rows} }} }} }}"
    )
    return rebates.load({"a.rebates": text})


@pytest.mark.parametrize(
    ("rows", "measure", "pieces", "more"),
    [
        ("above 10 piece 5%", "quantity in piece per line", 8, "3 piece"),
        ("above 10 piece 5%", "quantity in piece per line", 10, "1 piece"),
        ("from 10 piece 5%", "quantity in piece per line", 10, None),
        ("from 10 piece 5%  from 20 piece 2%", "quantity in piece per line", 12, None),  # the next tier is worse
        ("from 10 piece 5%  from 20 piece 2%  from 30 piece 8%", "quantity in piece per line", 12, None),
        ("from EUR 90 1%  from EUR 200 5%", "gross value per order", 30, "15 piece"),  # 2.00 a piece
        ("from 3 dozen 5%", "quantity in full dozen per order", 30, "6 piece"),
        ("from 3 5%", "number of lines per order", 30, None),
    ],
)
def test_bounds_and_measures(rows: str, measure: str, pieces: int, more: str | None) -> None:
    """The nearest tier alone is told, and only where it is worth something."""
    tier = following(tiers(rows, measure), Line("X", f"{pieces} piece", "EUR 2.00"), "ANY")
    assert (tier.more if tier else None) == more
