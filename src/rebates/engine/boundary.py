"""Orders as JSON: read strictly, every slip named by its field, no number that is not exact."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, ValidationError, WithJsonSchema
from pydantic_core import ErrorDetails, PydanticCustomError

from rebates.engine.orders import (
    DAYS,
    Line,
    Order,
    OrderErrors,
    OrderProblem,
    instant,
    money_of,
    percent_of,
    plain_text,
    quantity_of,
    total_of,
    total_text,
)
from rebates.model.calendar import parse_date
from rebates.model.exact import decimal_text

MOST_BYTES = 4_000_000
MOST_LINES = 10_000
MOST_DIGITS = 30
AS_TEXT = "numbers are written as text, so that they stay exact"


# --- the fields


def _read_by(code: str, read: Callable[[str], object]) -> AfterValidator:
    """Keeps a text that can be read; the problem has the code otherwise."""

    def checked(text: str) -> str:
        try:
            read(text)
        except ValueError as error:
            raise PydanticCustomError(code, "{why}", {"why": str(error)}) from None
        return text

    return AfterValidator(checked)


def _day(text: str) -> object:
    return instant(text) if "T" in text else parse_date(text)


def _days(days: dict[str, str]) -> dict[str, str]:
    for name in days:
        if name not in DAYS:
            raise PydanticCustomError(
                "R0524", "{why}", {"why": f"`{name[:40]}` is no governing date", "help": f"known: {', '.join(DAYS)}"}
            )
    return days


def _attribute(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    why = f"`{_shown(value)}` is neither a text nor a whole number"
    raise PydanticCustomError("R0515", "{why}", {"why": why, "help": AS_TEXT if isinstance(value, Inexact) else ""})


Id = Annotated[str, Field(min_length=1, max_length=200)]
QuantityText = Annotated[
    str,
    Field(max_length=100, description="number and unit, such as `60 carton`; negative for a return"),
    _read_by("R0510", quantity_of),
]
MoneyText = Annotated[
    str, Field(max_length=60, description="currency and amount, such as `IDR 96_000`"), _read_by("R0511", money_of)
]
PercentText = Annotated[
    str, Field(max_length=40, description="manual discount such as `3%`"), _read_by("R0513", percent_of)
]
DayText = Annotated[
    str,
    Field(max_length=40, description="a day such as `2026-03-10`, or an instant such as `2026-03-10T09:00+07:00`"),
    _read_by("R0512", _day),
]
TotalText = Annotated[str, Field(max_length=64), _read_by("R0511", total_of)]
AttributeBody = Annotated[
    Any,
    PlainValidator(_attribute),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, {"type": "integer"}],
            "description": "text; numbers, quantities and amounts as text too",
        }
    ),
]


class LineBody(BaseModel):
    """One ordered line."""

    model_config = ConfigDict(extra="forbid", strict=True)

    item: Id
    quantity: QuantityText
    price: MoneyText | None = Field(None, description="takes the place of the account price, per ordered unit")
    net_price: MoneyText | None = Field(None, description="manual net price per ordered unit, as the last stage")
    discount: PercentText | None = None
    attributes: dict[str, AttributeBody] = {}


class OrderBody(BaseModel):
    """An order to be priced."""

    model_config = ConfigDict(extra="forbid", strict=True)

    account: Id
    date: DayText
    lines: Annotated[list[LineBody], Field(max_length=MOST_LINES)]
    attributes: dict[str, AttributeBody] = {}
    codes: list[Annotated[str, Field(max_length=200)]] = []
    totals: dict[str, TotalText] = Field({}, description="what a former quote gave back")
    choices: dict[Id, Id] = Field({}, description="of goods given by choice: rule and item")
    days: Annotated[dict[str, DayText], AfterValidator(_days)] = Field(
        {}, description="other governing dates: delivery, invoice"
    )
    facts: dict[str, AttributeBody] = Field({}, description="what was posted so far, by the name of the fact")


# --- reading


class Inexact:
    """A JSON number that is no exact value: with a point or an exponent, NaN, or endless digits."""

    def __init__(self, text: str) -> None:
        self.text = text


class Fields(dict[str, Any]):
    """A JSON object, with the keys that stand twice in it."""

    twice: tuple[str, ...] = ()


def _fields(pairs: list[tuple[str, Any]]) -> Fields:
    found = Fields(pairs)
    if len(found) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        found.twice = tuple(key for key, count in counts.items() if count > 1)
    return found


def _whole(text: str) -> int | Inexact:
    return int(text) if len(text) <= MOST_DIGITS else Inexact(text)


def order_from_json(text: str | bytes) -> Order:
    """The order of a JSON body. Raises OrderErrors with every slip."""
    return order_of_body(read_body(text))


def order_of_quote(text: str | bytes) -> Order:
    """The order that a quote's JSON carries. Raises OrderErrors."""
    body = read_body(text)
    if not isinstance(body, Fields) or "order" not in body:
        raise OrderErrors([OrderProblem("R0523", "order", "this is no quote: its order is missing")])
    return order_of_body(body["order"])


def read_body(text: str | bytes) -> object:
    """Plain data with every number that is not exact marked."""
    if len(text) > MOST_BYTES:
        raise OrderErrors([OrderProblem("R0521", "order", f"the order is larger than {MOST_BYTES // 1_000_000} MB")])
    try:
        plain = text if isinstance(text, str) else text.decode("utf-8")
        return json.loads(
            plain.removeprefix("\ufeff"),
            object_pairs_hook=_fields,
            parse_int=_whole,
            parse_float=Inexact,
            parse_constant=Inexact,
        )
    except UnicodeDecodeError:
        raise OrderErrors([OrderProblem("R0522", "order", "this is no UTF-8", "save it as UTF-8")]) from None
    except json.JSONDecodeError as error:
        message = f"this is no JSON: {error.msg.lower()} in line {error.lineno}, column {error.colno}"
        raise OrderErrors([OrderProblem("R0522", "order", message, "check quotes and commas")]) from None
    except RecursionError:
        raise OrderErrors([OrderProblem("R0522", "order", "this JSON nests too deeply")]) from None


def order_of_body(body: object) -> Order:
    """The order of plain data, checked field by field."""
    problems = [OrderProblem("R0520", where, "the field stands twice", "keep one of them") for where in twice(body)]
    try:
        checked = OrderBody.model_validate(body)
    except ValidationError as error:
        problems += [_problem(one) for one in error.errors(include_url=False)]
    if problems:
        raise OrderErrors(problems)
    lines = [Line(**line.model_dump()) for line in checked.lines]
    return Order(lines=lines, **checked.model_dump(exclude={"lines"}))


def twice(body: object) -> Iterator[str]:
    """The fields that stand twice, anywhere."""
    waiting: list[tuple[str, object]] = [("", body)]
    while waiting:
        where, value = waiting.pop()
        if isinstance(value, Fields):
            yield from (_below(where, key) for key in value.twice)
            waiting += [(_below(where, key), each) for key, each in value.items()]
        elif isinstance(value, list):
            waiting += [(_below(where, index), each) for index, each in enumerate(value)]


def _below(where: str, part: str | int) -> str:
    if isinstance(part, int):
        return f"{where}[{part}]"
    return f"{where}.{part[:80]}" if where else part[:80]


def _shown(value: object) -> str:
    return str(value.text if isinstance(value, Inexact) else value)[:40]


def _problem(error: ErrorDetails) -> OrderProblem:
    """A finding of the schema in the words of orders."""
    where = ""
    for part in error["loc"]:
        where = _below(where, part)
    where = where or "order"
    value, context = error["input"], error.get("ctx", {})
    match error["type"]:
        case "string_type":
            code = "R0510" if where.endswith(".quantity") else "R0511" if "price" in where else "R0525"
            number = isinstance(value, int | Inexact) and not isinstance(value, bool)
            return OrderProblem(code, where, f"`{_shown(value)}` is no text", AS_TEXT if number else "")
        case "missing":
            return OrderProblem("R0523", where, "this field is missing")
        case "extra_forbidden":
            return OrderProblem("R0524", where, "there is no such field")
        case "list_type":
            return OrderProblem("R0525", where, "this is no list", "write it in `[` and `]`")
        case "dict_type" | "model_type":
            return OrderProblem("R0525", where, "this is no object", "write its fields in `{` and `}`")
        case "string_too_short":
            return OrderProblem("R0525", where, "the text is empty")
        case "string_too_long":
            return OrderProblem("R0525", where, f"the text is longer than {context['max_length']} signs")
        case "too_long":
            return OrderProblem("R0525", where, f"these are more than {context['max_length']}", "split the order")
        case "string_unicode":
            return OrderProblem("R0525", where, "the text has half a letter in it", "write it as UTF-8")
        case code if "why" in context:
            return OrderProblem(code, where, str(context["why"]), str(context.get("help", "")))
        case _:
            return OrderProblem("R0525", where, str(error["msg"]))


# --- writing


def order_to_dict(order: Order) -> dict[str, object]:
    """Plain data that `order_from_json` reads back. Raises ExactError for a number that no text can hold."""
    lines = []
    for line in order.lines:
        number, unit = quantity_of(line.quantity)
        body: dict[str, object] = {"item": line.item, "quantity": f"{decimal_text(number)} {unit}"}
        for name in ("price", "net_price", "discount"):
            if (value := getattr(line, name)) is not None:
                body[name] = value
        if line.attributes:
            body["attributes"] = {name: plain_text(value) for name, value in line.attributes.items()}
        lines.append(body)
    out: dict[str, object] = {"account": order.account, "date": _day_text(order.date), "lines": lines}
    if order.attributes:
        out["attributes"] = {name: plain_text(value) for name, value in order.attributes.items()}
    if order.facts:
        out["facts"] = {name: plain_text(value) for name, value in order.facts.items()}
    if order.codes:
        out["codes"] = sorted(set(order.codes))
    if order.totals:
        out["totals"] = {key: total_text(total_of(value)) for key, value in order.totals.items()}
    if order.choices:
        out["choices"] = dict(order.choices)
    if order.days:
        out["days"] = {name: _day_text(day) for name, day in order.days.items()}
    return out


def _day_text(day: str | date) -> str:
    return day if isinstance(day, str) else day.isoformat()
