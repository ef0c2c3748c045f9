"""Orders as a program or a JSON body gives them, and their way to exact numbers. Every slip of an order is told at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
import datetime as dates
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import msgspec

from rebates.model.calendar import local_day, parse_date
from rebates.model.exact import ExactError, parse_number, to_fraction
from rebates.model.money import money_from_text
from rebates.model.nodes import Attribute, RuleSet
from rebates.model.orders import AttributeText, LineIn, OrderIn
from rebates.model.units import global_factor, quantity_from_text

Exact = int | str | Decimal | Fraction


@dataclass(frozen=True, slots=True)
class OrderProblem:
    """One slip: a stable code, the field (`lines[2].quantity`), what is wrong and how to mend it."""

    code: str
    where: str
    message: str
    help: str = ""

    def __str__(self) -> str:
        help = f" ({self.help})" if self.help else ""
        return f"{self.where}: {self.message} [{self.code}]{help}"


class OrderErrors(ValueError):
    """An order that cannot be priced; carries every problem found."""

    def __init__(self, problems: Iterable[OrderProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


class Line(msgspec.Struct, frozen=True):
    """One line: `Line("COLA-330", "60 carton")`, or the quantity as `(60, "carton")`. Negative quantities are returns.

    `price` takes the place of the account price, per ordered unit ("IDR 96_000"); `net_price` and `discount` ("3%")
    come as the last stage of all (3.7).
    """

    item: str
    quantity: str | tuple[Exact, str]
    price: str | None = None
    net_price: str | None = None
    discount: str | None = None
    attributes: Mapping[str, object] = {}


class Order(msgspec.Struct, frozen=True):
    """An order: account, date ("2026-03-10", a date, or an instant with a zone) and lines.

    `totals` is what a former quote gave back; `days` are other governing dates: {"delivery": "2026-03-12"}.
    """

    account: str
    date: str | dates.date
    lines: list[Line]
    attributes: Mapping[str, object] = {}
    codes: tuple[str, ...] = ()
    totals: Mapping[str, str] = {}
    days: Mapping[str, str | dates.date] = {}

    @classmethod
    def from_json(cls, text: str | bytes) -> Order:
        """The order of a JSON body. Raises OrderErrors with every slip and its field."""
        from rebates.engine.boundary import order_from_json

        return order_from_json(text)

    def to_dict(self) -> dict[str, object]:
        """Plain data that `from_json` reads back."""
        from rebates.engine.boundary import order_to_dict

        return order_to_dict(self)


class Reading:
    """Turns an order into exact numbers, noting every slip."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self.problems: list[OrderProblem] = []

    def note(self, code: str, where: str, error: Exception | str, help: str = "") -> None:
        self.problems.append(OrderProblem(code, where, str(error), help))


def order_in(order: Order, rules: RuleSet) -> OrderIn:
    """The order as the evaluators take it. Raises OrderErrors."""
    reading = Reading(rules)
    day = _day(order.date, "date", reading)
    days = {name: _day(value, f"days.{name}", reading) for name, value in order.days.items()}
    lines = tuple(_line(line, f"lines[{index}]", reading) for index, line in enumerate(order.lines))
    attributes = _attributes("order", order.attributes, "attributes", reading)
    totals = {}
    for key, value in order.totals.items():
        try:
            totals[key] = parse_number(value) if isinstance(value, str) else to_fraction(value, f"totals[{key!r}]")
        except ExactError as error:
            reading.note("R0511", f"totals[{key!r}]", error)
    if reading.problems:
        raise OrderErrors(reading.problems)
    return OrderIn(order.account, day, lines, days, attributes, frozenset(order.codes), totals)


def _day(value: str | date, where: str, reading: Reading) -> date:
    try:
        if isinstance(value, datetime):
            zones = {agreement.zone for agreement in reading.rules.agreements}
            if len(zones) > 1:
                raise ValueError("the agreements have several time zones; give the order's day as a plain date")
            return local_day(value, next(iter(zones), None))
        return value if isinstance(value, date) else parse_date(value)
    except (ValueError, TypeError, AttributeError) as error:
        reading.note("R0512", where, error if isinstance(error, ValueError) else "a date is a text such as 2026-03-10")
        return date.min


def _line(line: Line, where: str, reading: Reading) -> LineIn:
    quantity, unit = Fraction(1), ""
    given = line.quantity
    try:
        if isinstance(given, str):
            quantity, unit = quantity_from_text(given)
        elif isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], str):
            quantity, unit = to_fraction(given[0], f"{where}.quantity"), given[1]
        else:
            to_fraction(given, f"{where}.quantity")
            raise ExactError("a quantity has a unit, such as `60 carton`")
    except ExactError as error:
        reading.note("R0510", f"{where}.quantity", error)
    price = _money(line.price, f"{where}.price", reading)
    net_price = _money(line.net_price, f"{where}.net_price", reading)
    discount = None
    if line.discount is not None:
        try:
            discount = _percent(line.discount)
        except ExactError as error:
            reading.note("R0513", f"{where}.discount", error)
    attributes = _attributes("line", line.attributes, f"{where}.attributes", reading)
    return LineIn(line.item, quantity, unit, price, net_price, discount, attributes)


def _money(text: str | None, where: str, reading: Reading) -> Fraction | None:
    if text is None:
        return None
    if not isinstance(text, str):
        reading.note("R0511", where, "an amount is a text such as `EUR 12.50`, no bare number")
        return None
    try:
        currency, amount = money_from_text(text)
    except ExactError as error:
        reading.note("R0511", where, error)
        return None
    known = {agreement.currency for agreement in reading.rules.agreements}
    if currency not in known:
        reading.note(
            "R0508",
            where,
            f"`{currency}` is not the currency of the agreements",
            f"write it in {' or '.join(sorted(known))}",
        )
    if amount < 0:
        reading.note("R0514", where, "a price cannot be below zero", "a return has a negative quantity")
    return amount


def _percent(text: object) -> Fraction:
    if not isinstance(text, str) or not text.endswith("%"):
        raise ExactError(f"`{text}` is not a percent such as `3%`")
    return parse_number(text[:-1].rstrip()) / 100


def _attributes(subject: str, values: Mapping[str, object], where: str, reading: Reading) -> dict[str, AttributeText]:
    out: dict[str, AttributeText] = {}
    for name, value in values.items():
        declared = reading.rules.attributes.get(f"{subject}.{name}")
        try:
            out[name] = attribute_value(declared, value, f"{where}.{name}")
        except (ExactError, ValueError) as error:
            reading.note("R0515", f"{where}.{name}", error)
    return out


def attribute_value(declared: Attribute | None, value: object, where: str) -> AttributeText:
    """An attribute's value by its declared type; without one, the text as it is. Raises ValueError."""
    kind = declared.dimension.kind if declared is not None else "text"
    if isinstance(value, float):
        raise ExactError("a float is not exact; give a text")
    match kind:
        case "text":
            if isinstance(value, bool) or not isinstance(value, str | int | Decimal | date):
                raise ExactError(f"{where} is no text")
            return str(value)
        case "date":
            return value if isinstance(value, date) else parse_date(str(value))
        case "number":
            return _percent(value) if isinstance(value, str) and value.endswith("%") else to_fraction(value, where)
        case "quantity":
            assert declared is not None and declared.dimension.unit is not None
            if not isinstance(value, str) or " " not in value:
                raise ExactError(f"write a quantity such as `12 {declared.dimension.unit}`")
            number, unit = quantity_from_text(value)
            factor = global_factor(unit, declared.dimension.unit)
            if factor is None:
                raise ExactError(f"{unit} cannot be turned into {declared.dimension.unit}")
            return number * factor
        case _:
            if not isinstance(value, str):
                raise ExactError("write an amount such as `EUR 12.50`")
            return money_from_text(value)[1]
