"""An order from the bytes of a body.

The short way: the body is decoded straight into texts. Whatever it does not take, or takes but may not be sure of (a key
that stands twice, a number, an amount as an object), goes the long way, which reads field by field and names every slip.
Both give the same order. A shorter way yet is there for orders of items and quantities alone.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

import msgspec

from rebates import Line, Order, OrderErrors, OrderProblem
from rebates.engine.boundary import AS_TEXT, Inexact, order_of_body, read_body

AMOUNT = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,12})?", re.ASCII)
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
UNIT = re.compile(r"[^\s\x00-\x1f]{1,60}")
MONEY = ("price", "net_price")
MOST_LINES = 10_000

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Code = Annotated[str, msgspec.Meta(max_length=200)]
Quantity = Annotated[str, msgspec.Meta(max_length=100)]
Money = Annotated[str, msgspec.Meta(max_length=60)]
Percent = Annotated[str, msgspec.Meta(max_length=40)]
Day = Annotated[str, msgspec.Meta(max_length=40)]
Total = Annotated[str, msgspec.Meta(max_length=64)]


class ShortLine(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    item: Name
    quantity: Quantity
    price: Money | None = None
    net_price: Money | None = None
    discount: Percent | None = None
    attributes: dict[str, str] = {}


class ShortOrder(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    account: Name
    date: Day
    lines: Annotated[list[ShortLine], msgspec.Meta(max_length=MOST_LINES)]
    attributes: dict[str, str] = {}
    codes: list[Code] = []
    totals: dict[str, Total] = {}
    days: dict[str, Day] = {}
    facts: dict[str, str] = {}
    choices: dict[Name, Name] = {}


class PlainLine(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    item: Name
    quantity: Quantity


class PlainOrder(msgspec.Struct, forbid_unknown_fields=True):
    """An order of items and quantities, all as texts that JSON writes as they are."""

    account: Name
    date: Day
    lines: Annotated[list[PlainLine], msgspec.Meta(max_length=MOST_LINES)]

    def order(self) -> Order:
        """As the library takes it."""
        return Order(self.account, self.date, [Line(line.item, line.quantity) for line in self.lines])


MARKS, LINE_MARKS = 10, 8  # quotation marks of a plain order's keys and texts, and of each line's
_decode_plain = msgspec.json.Decoder(PlainOrder).decode
_decode = msgspec.json.Decoder(ShortOrder).decode
_encode = msgspec.json.Encoder().encode


def order_of(body: bytes) -> Order:
    """The order of a body. Raises OrderErrors with every slip."""
    return short_order(body) or long_order(body)


def plain_order(body: bytes) -> PlainOrder | None:
    """The order, or None if the body is no plain one."""
    try:
        given = _decode_plain(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if b"\\" in body or body.count(b'"') != MARKS + LINE_MARKS * len(given.lines):
        return None  # a key stands twice, or there is more than meets the eye
    return given


def plain_of(order: Order) -> PlainOrder | None:
    """The same order as a plain one, if it is that."""
    if order.attributes or order.codes or order.totals or order.days or order.facts or order.choices:
        return None
    lines = []
    for line in order.lines:
        if line.price is not None or line.net_price is not None or line.discount is not None or line.attributes:
            return None
        if len(_encode(line.item)) != len(line.item.encode()) + 2:
            return None
        lines.append(PlainLine(line.item, str(line.quantity)))
    return PlainOrder(order.account, str(order.date), lines)


def short_order(body: bytes) -> Order | None:
    """The order, or None if the body has to be read the long way."""
    try:
        given = _decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    # A key that stands twice is lost in decoding, and with it its quotation marks: then their counts differ.
    if b"\\" in body or body.count(b'"') != _encode(given).count(b'"'):
        return None
    lines = [
        Line(one.item, one.quantity, one.price, one.net_price, one.discount, one.attributes) for one in given.lines
    ]
    return Order(
        given.account,
        given.date,
        lines,
        given.attributes,
        given.codes,
        given.totals,
        given.days,
        given.facts,
        given.choices,
    )


def long_order(body: bytes) -> Order:
    """The order, read field by field. Raises OrderErrors with every slip."""
    plain = read_body(body)
    problems: list[OrderProblem] = []
    if isinstance(plain, dict) and isinstance(plain.get("lines"), list):
        for index, line in enumerate(plain["lines"]):
            if isinstance(line, dict):
                _as_texts(line, f"lines[{index}]", problems)
    try:
        order = order_of_body(plain)
    except OrderErrors as errors:
        raise OrderErrors([*problems, *errors.problems]) from None
    if problems:
        raise OrderErrors(problems)
    return order


def _as_texts(line: dict[str, Any], where: str, problems: list[OrderProblem]) -> None:
    """Writes amounts and quantities that are objects as the library's texts."""
    for name in MONEY:
        value = line.get(name)
        if isinstance(value, dict):
            given = _parts(value, f"{where}.{name}", {"amount": AMOUNT, "currency": CURRENCY}, "R0511", problems)
            line[name] = f"{given['currency']} {given['amount']}" if given else "EUR 0"
    value = line.get("quantity")
    if isinstance(value, dict):
        given = _parts(value, f"{where}.quantity", {"number": AMOUNT, "unit": UNIT}, "R0510", problems)
        line["quantity"] = f"{given['number']} {given['unit']}" if given else "1 piece"


def _parts(
    value: dict[str, Any], where: str, wanted: dict[str, re.Pattern[str]], code: str, problems: list[OrderProblem]
) -> dict[str, str]:
    """The members of an amount or a quantity; none of them where one is wrong."""
    before = len(problems)
    problems += [
        OrderProblem("R0524", f"{where}.{name[:80]}", "there is no such field") for name in value.keys() - wanted
    ]
    for name, pattern in wanted.items():
        part = value.get(name)
        here = f"{where}.{name}"
        if name not in value:
            problems.append(OrderProblem("R0523", here, "this field is missing"))
        elif not isinstance(part, str):
            shown = part.text if isinstance(part, Inexact) else part
            is_number = isinstance(part, int | Inexact) and not isinstance(part, bool)
            problems.append(OrderProblem(code, here, f"`{str(shown)[:40]}` is no text", AS_TEXT if is_number else ""))
        elif not pattern.fullmatch(part):
            problems.append(
                OrderProblem(
                    code, here, f"`{part[:40]}` cannot be read", "write it like `12.34`" if pattern is AMOUNT else ""
                )
            )
    return value if len(problems) == before else {}
