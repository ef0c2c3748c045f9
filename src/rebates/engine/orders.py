"""Orders as a program or a JSON body gives them, and their way to exact numbers. Every slip of an order is told at once."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import msgspec

from rebates.model.attributes import MOMENTS
from rebates.model.calendar import local_day, local_time, parse_date
from rebates.model.exact import MOST_AFTER_POINT, ExactError, decimal_text, parse_number, to_fraction
from rebates.model.money import money_from_text
from rebates.model.nodes import Attribute, Fact, RuleSet
from rebates.model.orders import AttributeText, LineIn, OrderIn
from rebates.model.units import global_factor, quantity_from_text
from rebates.plan.reads import reads_of

Exact = int | str | Decimal | Fraction

DAYS = ("delivery", "invoice")  # dates besides the order's that can govern a rule (5.6)
MOST_INSTANT = 40
_parsed_date = lru_cache(1_000)(parse_date)  # the same few texts come again and again
_parsed_money = lru_cache(10_000)(money_from_text)
_parsed_quantity = lru_cache(10_000)(quantity_from_text)
_RATIO = re.compile(r"(-?\d{1,30})/([1-9]\d{0,29})", re.ASCII)


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

    `choices` names the goods that are wanted of each rule that gives by choice: {"gift": "MUG"} (8.1).
    `totals` is what a former quote gave back (5.4 b); `days` are other governing dates: {"delivery": "2026-03-12"}.
    `facts` are what was posted so far, by name: {"planogram_audit": "passed", "racks last year": "2"} (5.1 e).
    An instant lies on the day that it is in the agreements' time zone (5.2 a).
    """

    account: str
    date: str | dt.date
    lines: Sequence[Line]
    attributes: Mapping[str, object] = {}
    codes: Collection[str] = ()
    totals: Mapping[str, str | int | Decimal | Fraction] = {}
    days: Mapping[str, str | dt.date] = {}
    facts: Mapping[str, object] = {}
    choices: Mapping[str, str] = {}

    @classmethod
    def from_json(cls, text: str | bytes) -> Order:
        """The order of a JSON body. Raises OrderErrors with every slip and its field."""
        from rebates.engine.boundary import order_from_json

        return order_from_json(text)

    def to_dict(self) -> dict[str, object]:
        """Plain data that `from_json` reads back."""
        from rebates.engine.boundary import order_to_dict

        return order_to_dict(self)

    def to_json(self) -> str:
        """Canonical JSON that `from_json` reads back."""
        return json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Ground:
    """What of a rule set decides how orders are read; worked out once for a book."""

    attributes: Mapping[str, Attribute]
    facts: Mapping[str, Fact]
    currencies: frozenset[str]
    zones: frozenset[str]
    hours: bool = False  # a rule reads the hour of a date


def ground_of(rules: RuleSet) -> Ground:
    """The declared attributes, the currencies and the time zones of the agreements."""
    return Ground(
        rules.attributes,
        rules.facts,
        frozenset(agreement.currency for agreement in rules.agreements),
        frozenset(agreement.zone for agreement in rules.agreements),
        bool(reads_of(rules).hours),
    )


class Reading:
    """Turns an order into exact numbers, noting every slip."""

    __slots__ = ("ground", "problems")

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.problems: list[OrderProblem] = []

    def note(self, code: str, where: str, error: Exception | str, help: str = "") -> None:
        self.problems.append(OrderProblem(code, where, str(error), help))


def order_in(order: Order, rules: RuleSet | Ground) -> OrderIn:
    """The order as the evaluators take it. Raises OrderErrors with every slip."""
    reading = Reading(rules if isinstance(rules, Ground) else ground_of(rules))
    if not isinstance(order.account, str) or not order.account:
        reading.note("R0525", "account", "an account is a text")
    day = _day(order.date, "date", reading)
    days, times = {}, _times(order.date, "order", reading)
    for name, value in _pairs(order.days, "days", reading) if order.days else ():
        if name not in DAYS:
            reading.note("R0524", f"days.{name}", f"`{name}` is no governing date", f"known: {', '.join(DAYS)}")
        days[name] = _day(value, f"days.{name}", reading)
        times |= _times(value, name, reading)
    lines: list[LineIn] = []
    if not isinstance(order.lines, list | tuple):
        reading.note("R0525", "lines", "the lines are a list")
    else:
        for index, line in enumerate(order.lines):
            if isinstance(line, Line):
                lines.append(_line(line, f"lines[{index}]", reading))
            else:
                reading.note("R0525", f"lines[{index}]", "this is no line", 'write `Line("COLA-330", "60 carton")`')
    attributes = _attributes("order", order.attributes, "attributes", reading) if order.attributes else {}
    codes = _codes(order.codes, reading) if order.codes else frozenset()
    totals = {}
    for key, value in _pairs(order.totals, "totals", reading) if order.totals else ():
        try:
            totals[key] = total_of(value)
        except ExactError as error:
            reading.note("R0511", f"totals[{key!r}]", error)
    facts = _facts(order.facts, reading) if order.facts else {}
    choices = {}
    for rule, item in _pairs(order.choices, "choices", reading) if order.choices else ():
        if not isinstance(item, str):
            reading.note("R0525", f"choices.{rule}", "a choice is the id of an item")
            continue
        choices[rule] = item
    if reading.problems:
        raise OrderErrors(reading.problems)
    return OrderIn(
        order.account,
        day,
        tuple(lines),
        days,
        attributes,
        codes,
        totals,
        choices=choices,
        times=times,
        facts=facts,
    )


def total_of(value: object) -> Fraction:
    """A total as a quote gives it: `12.5`, or `5/24` where decimals have no end (5.4 b). Raises ExactError."""
    ratio = _RATIO.fullmatch(value) if isinstance(value, str) else None
    return Fraction(int(ratio[1]), int(ratio[2])) if ratio is not None else to_fraction(value, "a total")


def total_text(value: Fraction) -> str:
    """The text of a total; it comes back as the same number."""
    try:
        return decimal_text(value)
    except ExactError:
        return f"{value.numerator}/{value.denominator}"


def _pairs(values: object, where: str, reading: Reading) -> list[tuple[str, object]]:
    if not isinstance(values, Mapping):
        reading.note("R0525", where, "this is no mapping of names to values")
        return []
    pairs = []
    for name, value in values.items():
        if isinstance(name, str):
            pairs.append((name, value))
        else:
            reading.note("R0525", where, f"the name `{name}` is no text")
    return pairs


def _codes(values: object, reading: Reading) -> frozenset[str]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        reading.note("R0525", "codes", "the codes are a list of texts", f"write `[{values!r}]`")
        return frozenset()
    codes = []
    for index, code in enumerate(values):
        if isinstance(code, str):
            codes.append(code)
        else:
            reading.note("R0525", f"codes[{index}]", "a code is a text")
    return frozenset(codes)


def _day(value: object, where: str, reading: Reading) -> date:
    """The day of a date, or of an instant in the agreements' zone (5.2 a)."""
    try:
        return day_of(value, reading.ground.zones)
    except ValueError as error:
        reading.note("R0512", where, error)
        return date.min


def _times(value: object, name: str, reading: Reading) -> dict[str, Fraction]:
    """The hour of an instant, where a rule reads it."""
    if not reading.ground.hours or reading.problems:
        return {}
    if isinstance(value, str) and "T" in value:
        value = instant(value)
    return {name: local_time(value, next(iter(reading.ground.zones), None))} if isinstance(value, datetime) else {}


def day_of(value: object, zones: AbstractSet[str]) -> date:
    """The day of a date, of `2026-03-10`, or of an instant such as `2026-03-10T09:00+07:00` in a zone. Raises ValueError."""
    if isinstance(value, str):
        value = instant(value) if "T" in value else _parsed_date(value)
    if isinstance(value, datetime):
        if len(zones) > 1:
            raise ValueError("the agreements have several time zones; give the order's day as a plain date")
        return local_day(value, next(iter(zones), None))
    if isinstance(value, date):
        return value
    raise ValueError("a date is a text such as 2026-03-10")


def instant(text: str) -> datetime:
    """An instant in the form of ISO 8601, with its offset from UTC. Raises ValueError."""
    try:
        if len(text) <= MOST_INSTANT and text.isascii():
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(f"`{text[:40]}` is no time such as 2026-03-10T09:00+07:00")


def _line(line: Line, where: str, reading: Reading) -> LineIn:
    if not isinstance(line.item, str) or not line.item:
        reading.note("R0525", f"{where}.item", "an item is a text")
    quantity, unit = Fraction(1), ""
    try:
        quantity, unit = quantity_of(line.quantity)
    except ExactError as error:
        reading.note("R0510", f"{where}.quantity", error)
    price = _money(line.price, f"{where}.price", reading) if line.price is not None else None
    net_price = _money(line.net_price, f"{where}.net_price", reading) if line.net_price is not None else None
    discount = None
    if line.discount is not None:
        try:
            discount = percent_of(line.discount)
            if discount > 1:
                reading.note("R0513", f"{where}.discount", f"`{line.discount}` is more than the whole price")
        except ExactError as error:
            reading.note("R0513", f"{where}.discount", error)
    attributes = _attributes("line", line.attributes, f"{where}.attributes", reading) if line.attributes else {}
    return LineIn(line.item, quantity, unit, price, net_price, discount, attributes)


def quantity_of(given: object) -> tuple[Fraction, str]:
    """`60 carton`, or the pair of a number and a unit, exact. Raises ExactError."""
    if isinstance(given, str):
        return _parsed_quantity(given)
    if isinstance(given, tuple) and len(given) == 2:
        number, unit = to_fraction(given[0], "a quantity"), given[1]
        if 10**MOST_AFTER_POINT % number.denominator:
            raise ExactError(
                f"`{str(number)[:40]}` does not end within {MOST_AFTER_POINT} decimals; order in a smaller unit"
            )
        if not isinstance(unit, str):
            raise ExactError("the unit of a quantity is a text")
        return quantity_from_text(f"{decimal_text(number)} {unit}")
    to_fraction(given, "a quantity")
    raise ExactError("a quantity has a unit, such as `60 carton`")


def _money(text: object, where: str, reading: Reading) -> Fraction:
    """A manual price in the agreements' currency."""
    try:
        currency, amount = money_of(text)
    except ExactError as error:
        reading.note("R0511", where, error)
        return Fraction(0)
    if currency not in reading.ground.currencies:
        known = " or ".join(sorted(reading.ground.currencies))
        reading.note("R0508", where, f"`{currency}` is not the currency of the agreements", f"write it in {known}")
    if amount < 0:
        reading.note("R0514", where, "a price cannot be below zero", "a return has a negative quantity")
    return amount


def money_of(text: object) -> tuple[str, Fraction]:
    """`EUR 12.50` as currency and amount. Raises ExactError."""
    if not isinstance(text, str):
        raise ExactError("an amount is a text such as `EUR 12.50`")
    return _parsed_money(text)


def percent_of(text: object) -> Fraction:
    """`3%` as 3/100. Raises ExactError."""
    if not isinstance(text, str) or not text.endswith("%"):
        raise ExactError(f"`{str(text)[:40]}` is not a percent such as `3%`")
    return parse_number(text[:-1].rstrip()) / 100


def _attributes(subject: str, values: object, where: str, reading: Reading) -> dict[str, AttributeText]:
    out: dict[str, AttributeText] = {}
    for name, value in _pairs(values, where, reading):
        if subject == "order" and name in MOMENTS and f"order.{name}" not in reading.ground.attributes:
            reading.note(
                "R0569", f"{where}.{name}", f"`order.{name}` is what the order's dates say", "give `date` or `days`"
            )
            continue
        declared = reading.ground.attributes.get(f"{subject}.{name}")
        try:
            if declared is not None and declared.dimension.kind == "money":
                currency, out[name] = money_of(value)
                if currency not in reading.ground.currencies:
                    raise ExactError(f"`{currency}` is not the currency of the agreements")
            else:
                out[name] = attribute_value(declared, value, "an attribute")
        except ValueError as error:
            reading.note("R0515", f"{where}.{name}", error)
    return out


_EARLIER = re.compile(r" (?:(?:same period )?last (?:month|quarter|half|year)|[1-9]\d* (?:years|quarters|months) ago)$")


def fact_name(key: str) -> str:
    """The fact of a key: `racks` of `racks last year`."""
    return _EARLIER.sub("", key)


def _facts(values: object, reading: Reading) -> dict[str, AttributeText]:
    """Facts by their declared types; a name that nothing declares is told by the quote."""
    out: dict[str, AttributeText] = {}
    for key, value in _pairs(values, "facts", reading):
        fact = reading.ground.facts.get(fact_name(key))
        declared = fact.attribute if fact is not None else None
        try:
            if declared is not None and declared.dimension.kind == "money":
                currency, out[key] = money_of(value)
                if currency not in reading.ground.currencies:
                    raise ExactError(f"`{currency}` is not the currency of the agreements")
            else:
                out[key] = attribute_value(declared, value, "a fact")
        except ValueError as error:
            reading.note("R0570", f"facts.{key}", error)
    return out


def attribute_value(declared: Attribute | None, value: object, where: str) -> AttributeText:
    """An attribute's value by its declared type; without one, the text as it is. Raises ValueError."""
    kind = declared.dimension.kind if declared is not None else "text"
    if isinstance(value, float):
        raise ExactError("a float is not exact; give a text")
    match kind:
        case "text":
            if isinstance(value, bool) or not isinstance(value, str | int | Decimal | Fraction | date):
                raise ExactError(f"{where} is a text")
            return plain_text(value)
        case "date":
            if isinstance(value, datetime) or not isinstance(value, str | date):
                raise ExactError("write a day such as 2026-03-31")
            return parse_date(value) if isinstance(value, str) else value
        case "number":
            return percent_of(value) if isinstance(value, str) and value.endswith("%") else to_fraction(value, where)
        case "quantity":
            assert declared is not None
            assert declared.dimension.unit is not None
            if not isinstance(value, str) or " " not in value:
                raise ExactError(f"write a quantity such as `12 {declared.dimension.unit}`")
            number, unit = quantity_from_text(value)
            factor = global_factor(unit, declared.dimension.unit)
            if factor is None:
                raise ExactError(f"{unit} cannot be turned into {declared.dimension.unit}")
            return number * factor
        case _:
            return money_of(value)[1]


def plain_text(value: object) -> str:
    """A value as a JSON order writes it. Raises ExactError for a number without finite decimals."""
    return decimal_text(to_fraction(value, "a number")) if isinstance(value, Decimal | Fraction) else str(value)
