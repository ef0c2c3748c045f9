"""Orders that a program makes: every exact form is taken, every other one is refused by its field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from rebates import Book, Line, Order, OrderErrors

any_line: Any = Line  # also with what its types refuse
any_order: Any = Order


def found(book: Book, order: Order) -> set[tuple[str, str]]:
    """Code and field of everything that is wrong with an order."""
    with pytest.raises(OrderErrors) as caught:
        book.quote(order)
    return {(problem.code, problem.where) for problem in caught.value.problems}


@pytest.mark.parametrize(
    "quantity", ["60 case", (60, "case"), ("60", "case"), (Decimal("60.0"), "case"), (Fraction(60), "case")]
)
def test_a_quantity_is_a_text_or_an_exact_number_and_a_unit(book: Book, quantity: str) -> None:
    quote = book.quote(Order("KIOSK", "2026-03-10", [Line("LEMON", quantity)]))
    assert str(quote.total) == "EUR 513.00"  # 60 x 9.00, less 5%
    assert quote.lines[0].quantity == "60 case"


@pytest.mark.parametrize(
    "quantity",
    [
        60.0, (60.0, "case"), 60, True, None, "60", "case", "", "60case", "60  case", "1_0 case", "6e1 case", "1e999999 case",
        "６０ case", "NaN case", (Decimal("NaN"), "case"), (Decimal("Infinity"), "case"), (Decimal("1e999999"), "case"),
        (Decimal("1e-13"), "case"), (10**18, "case"), (Fraction(1, 3), "case"), (Fraction(1, 10**400), "case"), (60, 5),
        (60, "a b"), (60, "case", "x"), ("60 case",),
    ],
)  # fmt: skip
def test_any_other_quantity_is_refused(book: Book, quantity: object) -> None:
    order = Order("KIOSK", "2026-03-10", [any_line("LEMON", quantity)])
    assert found(book, order) == {("R0510", "lines[0].quantity")}


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 1, 1), True),
        ("2026-01-01", True),
        (datetime(2025, 12, 31, 23, 30, tzinfo=UTC), True),  # half past midnight in Vienna
        ("2025-12-31T23:30:00Z", True),
        ("2025-12-31T22:30+00:00", False),
        (datetime(2025, 12, 31, 22, 30, tzinfo=UTC), False),
    ],
)
def test_an_instant_lies_on_the_day_of_the_agreements_zone(book: Book, day: str | date, first: bool) -> None:
    """5.2 a: the agreements hold from 2026-01-01."""
    order = Order("KIOSK", day, [Line("LEMON", "1 case")])
    if first:
        assert book.quote(order).given.day == date(2026, 1, 1)
    else:
        assert found(book, order) == {("R0501", "account")}


@pytest.mark.parametrize(
    "day",
    [
        None,
        5,
        "",
        "10/03/2026",
        "2026-02-30",
        "２０２６-03-10",
        datetime.fromisoformat("2026-03-10T09:00"),
        "2026-03-10T09:00",
        "T" * 200,
    ],
)
def test_a_date_is_a_day_or_an_instant_with_its_zone(book: Book, day: object) -> None:
    assert found(book, any_order("KIOSK", day, [Line("LEMON", "1 case")])) == {("R0512", "date")}


def test_a_manual_price_takes_the_place_of_the_account_price(book: Book) -> None:
    """3.7: 60 x 8.00 = 480.00; 5% follow."""
    quote = book.quote(Order("KIOSK", "2026-03-10", [Line("LEMON", "60 case", "EUR 8.00")]))
    assert (str(quote.total), quote.lines[0].price_rule) == ("EUR 456.00", "manual")


def test_a_manual_net_price_and_discount_come_last(book: Book) -> None:
    """3.7: 10 case at 9.00 less 2% are 88.20; 10% of that are 8.82; freight below 100."""
    net = book.quote(Order("KIOSK", "2026-03-10", [Line("LEMON", "20 case", net_price="EUR 7.50")]))
    assert str(net.total) == "EUR 150.00"
    less = book.quote(Order("KIOSK", "2026-03-10", [Line("LEMON", "10 case", discount="10%")]))
    assert (str(less.net_value), str(less.total)) == ("EUR 79.38", "EUR 91.38")


@pytest.mark.parametrize(
    ("line", "code", "where"),
    [
        (lambda: any_line("LEMON", "1 case", 9.0), "R0511", "price"),
        (lambda: any_line("LEMON", "1 case", 9), "R0511", "price"),
        (lambda: any_line("LEMON", "1 case", "9.00"), "R0511", "price"),
        (lambda: any_line("LEMON", "1 case", "EUR 9,00"), "R0511", "price"),
        (lambda: any_line("LEMON", "1 case", "USD 9.00"), "R0508", "price"),
        (lambda: any_line("LEMON", "1 case", "EUR -9.00"), "R0514", "price"),
        (lambda: any_line("LEMON", "1 case", net_price=9.0), "R0511", "net_price"),
        (lambda: any_line("LEMON", "1 case", discount=0.1), "R0513", "discount"),
        (lambda: any_line("LEMON", "1 case", discount="10"), "R0513", "discount"),
        (lambda: any_line("LEMON", "1 case", discount="101%"), "R0513", "discount"),
        (lambda: any_line("LEMON", "0 case"), "R0506", "quantity"),
        (lambda: any_line("LEMON", "1 crate"), "R0505", "quantity"),
        (lambda: any_line("WATER", "1 case"), "R0503", "item"),
        (lambda: any_line(5, "1 case"), "R0525", "item"),
        (lambda: any_line(["LEMON"], "1 case"), "R0525", "item"),
        (lambda: any_line("LEMON", "1 case", attributes={"promo": 1.5}), "R0515", "attributes.promo"),
        (lambda: any_line("LEMON", "1 case", attributes={"promo": None}), "R0515", "attributes.promo"),
        (lambda: any_line("LEMON", "1 case", attributes="promo"), "R0525", "attributes"),
        (lambda: any_line("LEMON", "1 case", attributes={5: "a"}), "R0525", "attributes"),
    ],
)
def test_what_is_wrong_with_a_line_is_told_by_its_field(
    book: Book, line: Callable[[], Line], code: str, where: str
) -> None:
    order = Order("KIOSK", "2026-03-10", [Line("LEMON", "1 case"), line()])
    assert found(book, order) == {(code, f"lines[1].{where}")}


@pytest.mark.parametrize(
    ("order", "code", "where"),
    [
        (lambda: any_order("NOBODY", "2026-03-10", [Line("LEMON", "1 case")]), "R0502", "account"),
        (lambda: any_order("", "2026-03-10", [Line("LEMON", "1 case")]), "R0525", "account"),
        (lambda: any_order(None, "2026-03-10", [Line("LEMON", "1 case")]), "R0525", "account"),
        (lambda: any_order("KIOSK", "2026-03-10", []), "R0507", "lines"),
        (lambda: any_order("KIOSK", "2026-03-10", "LEMON"), "R0525", "lines"),
        (lambda: any_order("KIOSK", "2026-03-10", None), "R0525", "lines"),
        (lambda: any_order("KIOSK", "2026-03-10", [{"item": "LEMON"}]), "R0525", "lines[0]"),
        (lambda: any_order("KIOSK", "2026-03-10", [Line("LEMON", "1 case")], codes="HELLO"), "R0525", "codes"),
        (lambda: any_order("KIOSK", "2026-03-10", [Line("LEMON", "1 case")], codes=[5]), "R0525", "codes[0]"),
        (lambda: any_order("KIOSK", "2026-03-10", [Line("LEMON", "1 case")], totals={"a": 1.5}), "R0511", "totals['a']"),
        (lambda: any_order("KIOSK", "2026-03-10", [Line("LEMON", "1 case")], totals={"a": "1e9"}), "R0511", "totals['a']"),
        (lambda: any_order("KIOSK", "2026-03-10", [Line("LEMON", "1 case")], totals={"a": "1/0"}), "R0511", "totals['a']"),
        (lambda: any_order("KIOSK", "2026-03-10", [Line("LEMON", "1 case")], days={"arrival": "2026-03-11"}), "R0524", "days.arrival"),
        (lambda: any_order("KIOSK", "2026-03-10", [Line("LEMON", "1 case")], days={"delivery": "soon"}), "R0512", "days.delivery"),
        (lambda: any_order("KIOSK", "2026-03-10", [Line("LEMON", "1 case")], attributes="web"), "R0525", "attributes"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_order_is_told_by_its_field(
    book: Book, order: Callable[[], Order], code: str, where: str
) -> None:
    assert found(book, order()) == {(code, where)}


def test_everything_wrong_is_told_at_once(book: Book) -> None:
    lines = [any_line("LEMON", 1.5), any_line("LEMON", "x"), any_line("LEMON", "1 case", 5)]
    assert found(book, Order("KIOSK", "soon", lines)) == {
        ("R0512", "date"),
        ("R0510", "lines[0].quantity"),
        ("R0510", "lines[1].quantity"),
        ("R0511", "lines[2].price"),
    }


def test_unknown_items_and_units_of_all_lines_are_told_at_once(book: Book) -> None:
    lines = [Line("WATER", "1 case"), Line("LEMON", "1 case"), Line("LEMON", "1 crate"), Line("COLA", "0 case")]
    assert found(book, Order("KIOSK", "2026-03-10", lines)) == {
        ("R0503", "lines[0].item"),
        ("R0505", "lines[2].quantity"),
        ("R0506", "lines[3].quantity"),
    }


def test_a_problem_reads_as_field_fault_code_and_help() -> None:
    from rebates import OrderProblem

    problem = OrderProblem("R0506", "lines[3].quantity", "the quantity is zero", "leave the line out")
    assert str(problem) == "lines[3].quantity: the quantity is zero [R0506] (leave the line out)"
