"""Quotes: exact amounts, verdicts, what to know, totals that go back in, and the same bytes again."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

import rebates
from rebates import Book, Line, Order, OrderErrors

YEAR = "quantity in case per account and subsidiaries per year [KIOSK, 2026]"


def quote(book: Book, *lines: Line, account: str = "KIOSK", day: str = "2026-03-10", **more: object) -> rebates.Quote:
    return book.quote(Order(account, day, lines, **more))  # type: ignore[arg-type]


def test_a_line_from_list_price_to_invoice(book: Book) -> None:
    """List 9.60, agreed 9.00; 60 cases at 5%."""
    line = quote(book, Line("LEMON", "60 case")).lines[0]
    assert (line.item, line.quantity, line.price_rule) == ("LEMON", "60 case", "agreed_price")
    assert [str(m) for m in (line.list_price, line.gross_price, line.net_price)] == [
        "EUR 9.60",
        "EUR 9.00",
        "EUR 8.5500",
    ]
    values = (line.list_value, line.gross_value, line.discount, line.net_value, line.invoice_value)
    assert [str(m) for m in values] == ["EUR 576.00", "EUR 540.00", "EUR 27.00", "EUR 513.00", "EUR 513.00"]
    assert [(x.rule, x.title, str(x.amount), x.terms) for x in line.discounts] == [
        ("volume", "Volume", "EUR 27.00", "from 50 case 5%")
    ]


def test_a_price_shown_is_net_divided_by_quantity(book: Book) -> None:
    """2.2 a: 7 bottles at 0.75 are 5.25, less 10% 4.725, rounded 4.73; 4.73 / 7 = 0.675714…"""
    line = quote(book, Line("LEMON", "7 bottle"), codes=["HELLO"]).lines[0]
    assert [str(m) for m in (line.net_value, line.net_price)] == ["EUR 4.73", "EUR 0.6757"]


def test_amounts_of_any_size_stay_exact(book: Book) -> None:
    """More digits than a decimal context keeps: n x n, less 5% and, beyond a hundred cases, 0.10 a case."""
    n = 10**18 - 1
    made = quote(book, Line("LEMON", f"{n} case", f"EUR {n}"))
    cents = n * n * 95 - n * 10
    assert made.lines[0].gross_value.amount == n * n
    assert Fraction(made.total.amount) == Fraction(cents, 100)
    assert str(made.total) == f"EUR {cents // 100:_}.{cents % 100:02d}"


def test_charges_stand_beside_the_lines(book: Book) -> None:
    """20 case at 9.00 less 2% need no freight; 10 case are 88.20 and do: 12.00."""
    assert quote(book, Line("LEMON", "20 case")).charges == ()
    made = quote(book, Line("LEMON", "10 case"))
    assert [(x.rule, str(x.amount)) for x in made.charges] == [("freight", "EUR 12.00")]
    assert [str(m) for m in (made.net_value, made.total, made.lines[0].invoice_value)] == [
        "EUR 88.20", "EUR 100.20", "EUR 100.20",
    ]  # fmt: skip


def test_a_guard_asks_for_approval_and_the_numbers_stand(book: Book) -> None:
    """60 case of cola at 12.00 are 720.00, less 5% 684.00; cost 660.00: margin 3.5%, discount on 1,080.00 36.7%."""
    made = quote(book, Line("COLA", "60 case", "EUR 12.00"))
    assert (made.status, made.approvals, str(made.total)) == ("needs approval", ("sales director",), "EUR 684.00")
    assert [(g.watches, g.holds, g.role) for g in made.guards] == [
        ("invoice margin", False, "sales director"),
        ("discount", True, None),
    ]


def test_a_guard_without_a_role_rejects(book: Book) -> None:
    """60 case at 10.00 less 5% are 570.00 of 1,080.00: 47.2% off."""
    made = quote(book, Line("COLA", "60 case", "EUR 10.00"))
    assert (made.status, str(made.total)) == ("rejected", "EUR 570.00")


def test_a_guard_that_cannot_be_judged_fails_and_says_so(book: Book) -> None:
    made = quote(book, Line("CRISPS", "100 bag"))
    assert (made.status, made.warnings) == (
        "needs approval",
        ("the guard on invoice margin could not be judged: a cost is missing",),
    )


@pytest.mark.parametrize(
    ("more", "warning"),
    [
        ({"attributes": {"chanel": "web"}}, "no agreement declares the attribute `order.chanel`; did you mean `channel`?"),
        ({"attributes": {"order.channel": "web"}}, "no agreement declares the attribute `order.order.channel`; did you mean `channel`?"),
        ({"attributes": {"weather": "rain"}}, "no agreement declares the attribute `order.weather`"),
        ({"codes": ["HALLO"]}, "codes['HALLO']: no rule in force asks for the code `HALLO` [R0550] (check its letters)"),
    ],
)  # fmt: skip
def test_what_is_given_in_vain_is_told(book: Book, more: dict[str, Any], warning: str) -> None:
    assert quote(book, Line("LEMON", "60 case"), **more).warnings == (warning,)


def test_an_unknown_attribute_is_told_once_for_each_rule(book: Book) -> None:
    """7.1: nobody says whether it is the fair."""
    lines = (Line("LEMON", "1 case"), Line("COLA", "1 case"))
    assert quote(book, *lines, account="BISTRO", day="2026-07-01").warnings == (
        "`order.event` is not known, so `fair` does not apply",
    )
    assert quote(book, *lines, account="BISTRO", day="2026-07-01", attributes={"event": "fair"}).warnings == ()


def test_a_step_that_leaves_nothing_is_told(book: Book) -> None:
    """3.6."""
    made = quote(book, Line("LEMON", "20 case", discount="100%"))
    assert made.warnings[0] == "line 1: `manual` leaves nothing to pay; no step takes more than there is"


def test_totals_go_back_in_unchanged(book: Book) -> None:
    """5.4 b: 60 cases, then 50 more: the second order reaches 100 and earns 0.10 a case.

    50 x 9.00 = 450.00, less 5% 427.50, less 5.00.
    """
    first = quote(book, Line("LEMON", "60 case"))
    assert first.totals == {YEAR: "60"}
    second = quote(book, Line("LEMON", "50 case"), totals=first.totals)
    assert (str(second.total), second.totals) == ("EUR 422.50", {YEAR: "110"})


def test_totals_stay_exact_where_decimals_have_no_end(book: Book) -> None:
    """7 bottles are 7/12 of a case; 24 orders of 50 bottles are a hundred cases, not a little less."""
    assert quote(book, Line("LEMON", "7 bottle")).totals == {YEAR: "7/12"}
    totals: object = {}
    for _ in range(24):
        made = quote(book, Line("LEMON", "50 bottle"), totals=totals)
        totals = made.totals
    assert totals == {YEAR: "100"}
    assert [x.rule for x in made.lines[0].discounts] == ["loyal"]


def test_totals_that_no_rule_reads_are_not_lost(book: Book) -> None:
    brought = {"net value per account per year [KIOSK, 2025]": "12.50", "other": "1/3"}
    assert quote(book, Line("LEMON", "1 case"), totals=brought).totals == {
        "net value per account per year [KIOSK, 2025]": "12.5",
        "other": "1/3",
        YEAR: "1",
    }


def test_a_return_that_names_no_sale_is_the_mirror_of_one(book: Book) -> None:
    """2.9: 60 cases back at the tier they reach."""
    made = quote(book, Line("LEMON", "-60 case"))
    assert (str(made.total), made.lines[0].quantity, made.totals) == ("EUR -513.00", "-60 case", {YEAR: "-60"})


def test_a_quote_replays_to_the_same_bytes(book: Book) -> None:
    made = quote(book, Line("LEMON", "60 case"), Line("COLA", "3 can"), codes=["HELLO"], totals={YEAR: "7/12"})
    text = made.to_json()
    assert book.replay(text).to_json() == text
    assert book.quote(Order.from_json(json.dumps(json.loads(text)["order"]))).to_json() == text
    assert json.loads(text)["version"] == book.version == made.version


def test_an_instant_replays_as_its_day(book: Book) -> None:
    made = quote(book, Line("LEMON", "60 case"), day="2026-03-10T23:30Z")
    assert made.to_dict()["order"] == {
        "account": "KIOSK",
        "date": "2026-03-11",
        "lines": [{"item": "LEMON", "quantity": "60 case"}],
    }
    assert book.replay(made.to_json()).to_json() == made.to_json()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"order": 5}', '{"order": {"account": "KIOSK"}}'])
def test_what_is_no_quote_cannot_be_replayed(book: Book, text: str) -> None:
    with pytest.raises(OrderErrors):
        book.replay(text)


def test_cash_rounding_is_a_line_of_its_own() -> None:
    """2.2 b: 3 x 0.11 = 0.33, paid 0.35."""
    made = CASH.quote(Order("A", "2026-03-10", [Line("X", "3 piece", "CHF 0.11")]))
    assert (str(made.net_value), str(made.total)) == ("CHF 0.33", "CHF 0.35")
    assert made.to_dict()["cash_rounding"] == {"amount": "0.02", "currency": "CHF"}


CASH = rebates.load(
    {
        "cash.rebates": 'agreement cash "Cash" { accounts all, each  valid 2026-01-01 to 2026-12-31  currency CHF '
        "round order to CHF 0.05 }"
    }
)
