"""Plain answers, written without a quote: the same as the library's, however often and in whatever company a line is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rebates
from rebates import Book, Line, Order, OrderErrors
from rebates.engine.plain import PlainTerms
from rebates_api.wire.numbers import Form, Numbers
from rebates_api.wire.orders import PlainLine, PlainOrder, plain_of, plain_order
from rebates_api.wire.views import document

TEXT = """
agreement alfa "Alfa" {
  accounts  ALFA, each
  valid     2026-01-01 to 2026-06-30
  currency  EUR
  discount volume "Volume" {
    accept splitting "each article is ordered on one line"
    valid  2026-04-01 to 2026-06-30
    tiers retroactive on quantity in carton per line { from 5 carton 3.5%  from 20 carton 7% }
  }
}
agreement tokyo "Tokyo" {
  accounts  TOKYO, each
  valid     2026-01-01 to 2026-06-30
  currency  JPY
  price book_price { rate price (JPY 113 per piece) }
  discount promised "Promised" { rate 1.5% }
}
agreement guarded "Guarded" {
  accounts  GUARDED, each
  valid     2026-01-01 to 2026-06-30
  currency  EUR
  discount small "Small" { rate 1% }
  guard discount <= 60% otherwise reject
}
"""


class Tables:
    """Two items, three accounts."""

    def rows(self, name: str) -> Iterable[Mapping[str, object]] | None:
        match name:
            case "accounts":
                return [{"id": each, "parent": ""} for each in ("ALFA", "TOKYO", "GUARDED")]
            case "items":
                return [{"id": each, "base_unit": "piece"} for each in ("TEA", "ÉCLAIR")]
            case "units":
                return [{"item": each, "unit": "carton", "factor": 12, "of": "piece"} for each in ("TEA", "ÉCLAIR")]
            case "list_prices":
                return [
                    {"item": "TEA", "unit": "piece", "currency": "EUR", "price": "0.335"},
                    {"item": "ÉCLAIR", "unit": "carton", "currency": "EUR", "price": "19.99"},
                ]
        return None


def book_of(text: str = TEXT) -> Book:
    return rebates.load({"plain.rebates": text}, tables=Tables())


BOOK, NUMBERS = book_of(), Numbers()
QUANTITIES = st.builds(
    "{} {}".format,
    st.sampled_from(["1", "1.0", "4.999", "5", "20", "1_000", "-5", "0"]),
    st.sampled_from(["carton", "piece"]),
)
ORDERS = st.builds(
    PlainOrder,
    st.sampled_from(["ALFA", "ALFA", "TOKYO", "GUARDED"]),
    st.sampled_from(["2026-03-31", "2026-04-01", "2026-07-01", "2026-02-30"]),
    st.lists(st.builds(PlainLine, st.sampled_from(["TEA", "ÉCLAIR"]), QUANTITIES), max_size=4),
)


def said(book: Book, order: PlainOrder) -> Any:
    """What the library says, as JSON; None for what it refuses."""
    try:
        told = document(book.quote(order.order()), "none") | {"approval": None}
    except OrderErrors:
        return None
    return json.loads(json.dumps(told))


@settings(max_examples=300, deadline=None)
@given(ORDERS)
def test_a_plain_answer_is_what_the_library_says(order: PlainOrder) -> None:
    answer, expected = NUMBERS.answer(BOOK, order), said(BOOK, order)
    if answer is not None:
        assert json.loads(answer) == expected
        assert NUMBERS.answer(BOOK, order) == answer
    elif expected is not None:  # only what has more to tell, or what the runtime prices, goes another way
        assert (
            order.account == "GUARDED" or any(line.quantity.startswith("-") for line in order.lines) or not order.lines
        )


def test_numbers_are_written_by_hand() -> None:
    order = PlainOrder("ALFA", "2026-04-01", [PlainLine("ÉCLAIR", "5.0 carton"), PlainLine("TEA", "7 piece")])
    answer = Numbers().answer(BOOK, order)
    assert answer is not None
    body = json.loads(answer)
    assert [line["item"] for line in body["lines"]] == ["ÉCLAIR", "TEA"]
    assert [line["quantity"] for line in body["lines"]] == ["5 carton", "7 piece"]
    # 5 × 19.99 = 99.95 less 3.5%: 3.49825 is 3.50 off; 7 × 0.335 = 2.345, half up
    assert [line["net_value"]["amount"] for line in body["lines"]] == ["96.45", "2.35"]
    assert body["total"] == {"amount": "98.80", "currency": "EUR"}
    yen = Numbers().answer(BOOK, PlainOrder("TOKYO", "2026-04-01", [PlainLine("TEA", "1 carton")]))
    assert yen is not None
    assert json.loads(yen)["total"] == {"amount": "1336", "currency": "JPY"}  # 12 × 113 = 1,356 less 20.34


@pytest.mark.parametrize(
    ("digits", "value", "written"),
    [
        (0, 1_336, "1336"), (0, 0, "0"), (2, 0, "0.00"), (2, 5, "0.05"), (2, 99, "0.99"), (2, 100, "1.00"),
        (2, 123_456_789, "1234567.89"), (3, 1_001, "1.001"), (3, 12_040, "12.040"),
    ],
)  # fmt: skip
def test_amounts_are_written_with_all_their_digits(digits: int, value: int, written: str) -> None:
    money = Form("0" * 64, PlainTerms("EUR", digits)).money(value)
    assert json.loads(money) == {"amount": written, "currency": "EUR"}


def test_another_version_another_day_another_account_are_told_apart() -> None:
    numbers, other = Numbers(), book_of(TEXT.replace("3.5%", "4.5%"))
    lines = [PlainLine("ÉCLAIR", "5 carton")]
    totals = []
    for _ in range(2):
        for book in (BOOK, other):
            for day in ("2026-03-31", "2026-04-01"):
                answer = numbers.answer(book, PlainOrder("ALFA", day, lines))
                assert answer is not None
                totals.append(json.loads(answer)["total"]["amount"])
    assert totals == 2 * ["99.95", "96.45", "99.95", "95.45"]


def test_a_quantity_that_is_forgotten_while_its_order_is_priced_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rebates.engine.quick.QUANTITIES", 2)
    order = PlainOrder("ALFA", "2026-04-01", [PlainLine("ÉCLAIR", f"{n}.0 carton") for n in (3, 4, 21, 6, 3)])
    answer = Numbers().answer(BOOK, order)
    assert answer is not None
    body = json.loads(answer)
    assert [line["quantity"] for line in body["lines"]] == ["3 carton", "4 carton", "21 carton", "6 carton", "3 carton"]
    # 19.99 each: 59.97; 79.96; 419.79 less 29.3853; 119.94 less 4.1979
    assert [line["net_value"]["amount"] for line in body["lines"]] == ["59.97", "79.96", "390.40", "115.74", "59.97"]


def test_what_is_held_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rebates_api.wire.numbers.MOST", 3)
    numbers = Numbers()
    for day in range(1, 11):
        order = PlainOrder("ALFA", f"2026-04-{day:02}", [PlainLine("TEA", "1 piece")])
        answer = numbers.answer(BOOK, order)
        assert answer is not None
        assert json.loads(answer) == said(BOOK, order)
        assert len(numbers._forms) <= 3


def test_a_body_is_plain_or_it_is_not() -> None:
    body = b'{"account":"ALFA","date":"2026-04-01","lines":[{"item":"TEA","quantity":"7 piece"}]}'
    plain = plain_order(body)
    assert plain == PlainOrder("ALFA", "2026-04-01", [PlainLine("TEA", "7 piece")])
    for other in (
        body.replace(b'"date"', b'"account":"TOKYO","date"'),  # a key that stands twice
        body.replace(b'"item"', b'"item":"ECLAIR","item"'),
        body.replace(b"TEA", b"T\\u0045A"),
        body.replace(b'"lines"', b'"codes":[],"lines"'),
        body.replace(b'"7 piece"', b"7"),
        body.replace(b"TEA", b"T\xff"),
    ):
        assert plain_order(other) is None
    order = plain.order()
    assert plain_of(order) == plain
    assert plain_of(Order("ALFA", "2026-04-01", order.lines, codes=["X"])) is None
    assert plain_of(Order("ALFA", "2026-04-01", [Line("TEA", "7 piece", discount="1%")])) is None
    for item in ('T"EA', "T\\EA", "T\nEA"):  # not written in JSON as they are
        assert plain_of(Order("ALFA", "2026-04-01", [Line(item, "7 piece")])) is None
