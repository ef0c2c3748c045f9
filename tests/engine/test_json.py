"""Orders as JSON: strict, every slip by its field, and a way back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebates import Book, Line, Order, OrderErrors

LINE = '{"item":"LEMON","quantity":"60 case"}'


def body(line: str = LINE, more: str = "", account: str = '"KIOSK"', date: str = '"2026-03-10"') -> str:
    return f'{{"account":{account},"date":{date},"lines":[{line}]{more}}}'


def found(text: str | bytes) -> list[tuple[str, str]]:
    with pytest.raises(OrderErrors) as caught:
        Order.from_json(text)
    return sorted((problem.code, problem.where) for problem in caught.value.problems)


def test_the_smallest_order_is_priced(book: Book) -> None:
    assert str(book.quote(Order.from_json(body())).total) == "EUR 513.00"
    assert str(book.quote(Order.from_json(b"\xef\xbb\xbf" + body().encode())).total) == "EUR 513.00"


def test_every_field_is_taken(book: Book) -> None:
    line = '{"item":"LEMON","quantity":"60 case","price":"EUR 8.00","net_price":"EUR 7.00","discount":"1%","attributes":{"a":"b","n":5}}'
    more = ',"attributes":{"channel":"web"},"codes":["HELLO"],"totals":{"x":"7/12"},"days":{"delivery":"2026-03-12"}'
    order = Order.from_json(body(line, more))
    assert order == Order(
        "KIOSK",
        "2026-03-10",
        [Line("LEMON", "60 case", "EUR 8.00", "EUR 7.00", "1%", {"a": "b", "n": "5"})],
        {"channel": "web"},
        ["HELLO"],
        {"x": "7/12"},
        {"delivery": "2026-03-12"},
    )


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", [("R0522", "order")]),
        ("{", [("R0522", "order")]),
        ("[" * 100_000, [("R0522", "order")]),
        (b"\xff\xfe", [("R0522", "order")]),
        ("null", [("R0525", "order")]),
        ("[]", [("R0525", "order")]),
        ("{}", [("R0523", "account"), ("R0523", "date"), ("R0523", "lines")]),
        (body("5"), [("R0525", "lines[0]")]),
        (body(more=',"urgent":true'), [("R0524", "urgent")]),
        (body('{"item":"LEMON","quantity":"1 case","qty":1}'), [("R0524", "lines[0].qty")]),
        (body(account="5"), [("R0525", "account")]),
        (body(account='""'), [("R0525", "account")]),
        (body(account='"\\ud800"'), [("R0525", "account")]),
        (body(account=f'"{"A" * 201}"'), [("R0525", "account")]),
        (body(date="5"), [("R0525", "date")]),
        (body(date='"10/03/2026"'), [("R0512", "date")]),
        (body(date='"２０２６-03-10"'), [("R0512", "date")]),
        (body('{"item":"LEMON","quantity":60}'), [("R0510", "lines[0].quantity")]),
        (body('{"item":"LEMON","quantity":60.5}'), [("R0510", "lines[0].quantity")]),
        (body('{"item":"LEMON","quantity":1e400}'), [("R0510", "lines[0].quantity")]),
        (body('{"item":"LEMON","quantity":NaN}'), [("R0510", "lines[0].quantity")]),
        (body('{"item":"LEMON","quantity":-Infinity}'), [("R0510", "lines[0].quantity")]),
        (body('{"item":"LEMON","quantity":"1e9 case"}'), [("R0510", "lines[0].quantity")]),
        (body('{"item":"LEMON","quantity":"1_0 case"}'), [("R0510", "lines[0].quantity")]),
        (body('{"item":"LEMON","quantity":"６０ case"}'), [("R0510", "lines[0].quantity")]),
        (body('{"item":"LEMON","quantity":"1 case","price":9.5}'), [("R0511", "lines[0].price")]),
        (body('{"item":"LEMON","quantity":"1 case","price":"9.50"}'), [("R0511", "lines[0].price")]),
        (body('{"item":"LEMON","quantity":"1 case","discount":"3"}'), [("R0513", "lines[0].discount")]),
        (body(more=',"attributes":{"a":1.5}'), [("R0515", "attributes.a")]),
        (body(more=',"attributes":{"a":true}'), [("R0515", "attributes.a")]),
        (body(more=',"attributes":{"a":null}'), [("R0515", "attributes.a")]),
        (body(more=f',"attributes":{{"a":{"9" * 5000}}}'), [("R0515", "attributes.a")]),
        (body(more=',"attributes":[]'), [("R0525", "attributes")]),
        (body(more=',"codes":"HELLO"'), [("R0525", "codes")]),
        (body(more=',"totals":{"x":1}'), [("R0525", "totals.x")]),
        (body(more=',"totals":{"x":"1e9"}'), [("R0511", "totals.x")]),
        (body(more=',"days":{"arrival":"2026-03-12"}'), [("R0524", "days")]),
        (body(more=',"account":"BISTRO"'), [("R0520", "account")]),
        (body('{"item":"LEMON","item":"COLA","quantity":"1 case"}'), [("R0520", "lines[0].item")]),
        (body(more=',"attributes":{"a":"1","a":"2"}'), [("R0520", "attributes.a")]),
        (body(",".join([LINE] * 10_001)), [("R0525", "lines")]),
        (
            '{"account":5,"date":"x","lines":[{"item":"a"},{"item":"b","quantity":5,"z":1}],"q":1,"q":2}',
            [
                ("R0510", "lines[1].quantity"),
                ("R0512", "date"),
                ("R0520", "q"),
                ("R0523", "lines[0].quantity"),
                ("R0524", "lines[1].z"),
                ("R0524", "q"),
                ("R0525", "account"),
            ],
        ),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)
def test_every_slip_is_told_by_its_field(text: str | bytes, problems: list[tuple[str, str]]) -> None:
    assert found(text) == problems


def test_a_body_of_megabytes_is_not_read() -> None:
    assert found(" " * 4_000_001) == [("R0521", "order")]


def test_messages_speak_of_orders_not_of_programs() -> None:
    with pytest.raises(OrderErrors) as caught:
        Order.from_json(body('{"item":"LEMON","quantity":60.0}'))
    assert str(caught.value) == (
        "lines[0].quantity: `60.0` is no text [R0510] (numbers are written as text, so that they stay exact)"
    )


def test_an_order_comes_back_from_its_json() -> None:
    order = Order(
        "KIOSK",
        datetime(2026, 3, 10, 9, tzinfo=UTC),
        (Line("LEMON", (Decimal("6E+1"), "case"), attributes={"n": Decimal("1E+2"), "d": date(2026, 1, 1)}),),
        {"channel": "web"},
        {"B", "A"},
        {"x": Fraction(7, 12)},
        {"delivery": date(2026, 3, 12)},
    )
    text = order.to_json()
    assert json.loads(text) == {
        "account": "KIOSK",
        "date": "2026-03-10T09:00:00+00:00",
        "lines": [{"item": "LEMON", "quantity": "60 case", "attributes": {"n": "100", "d": "2026-01-01"}}],
        "attributes": {"channel": "web"},
        "codes": ["A", "B"],
        "totals": {"x": "7/12"},
        "days": {"delivery": "2026-03-12"},
    }
    assert Order.from_json(text).to_json() == text


NUMBERS = st.decimals(-(10**15), 10**15, places=12, allow_nan=False)


@given(NUMBERS, st.text(max_size=20), st.lists(st.text(max_size=5), max_size=3))
def test_whatever_a_program_writes_reads_back_the_same(number: Decimal, text: str, codes: list[str]) -> None:
    order = Order("KIOSK", "2026-03-10", [Line("LEMON", (number, "case"), attributes={"a": text})], codes=codes)
    written = order.to_json()
    assert Order.from_json(written).to_json() == written


@given(st.text(max_size=200) | st.binary(max_size=200))
def test_no_body_whatever_raises_anything_else(text: str | bytes) -> None:
    with pytest.raises(OrderErrors):
        Order.from_json(text)
