"""Orders as JSON: read strictly, every slip named by its field, no number that is not exact."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rebates.engine.orders import Line, Order, OrderErrors, OrderProblem

MOST_BYTES = 4_000_000
MOST_LINES = 10_000

Id = Annotated[str, Field(min_length=1, max_length=200)]
QuantityText = Annotated[
    str, Field(max_length=100, description="number and unit, such as `60 carton`; negative for a return")
]
MoneyText = Annotated[str, Field(max_length=60, description="currency and amount, such as `IDR 96_000`")]
DateText = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="a day, such as `2026-03-10`")]
AttributeBody = Annotated[str | int, Field(description="text; numbers, quantities and amounts as text too")]


class LineBody(BaseModel):
    """One ordered line."""

    model_config = ConfigDict(extra="forbid", strict=True)

    item: Id
    quantity: QuantityText
    price: MoneyText | None = Field(None, description="takes the place of the account price, per ordered unit")
    net_price: MoneyText | None = Field(None, description="manual net price per ordered unit, as the last stage")
    discount: Annotated[str, Field(max_length=40)] | None = Field(None, description="manual discount such as `3%`")
    attributes: dict[str, AttributeBody] = {}


class OrderBody(BaseModel):
    """An order to be priced."""

    model_config = ConfigDict(extra="forbid", strict=True)

    account: Id
    date: DateText
    lines: Annotated[list[LineBody], Field(max_length=MOST_LINES)]
    attributes: dict[str, AttributeBody] = {}
    codes: list[Annotated[str, Field(max_length=200)]] = []
    totals: dict[str, Annotated[str, Field(max_length=60)]] = Field({}, description="what a former quote gave back")
    days: dict[str, DateText] = Field({}, description="other governing dates: delivery, invoice")


def _refuse_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise OrderErrors([OrderProblem("R0520", key[:80], "the key stands twice", "keep one of them")])
        found[key] = value
    return found


def order_from_json(text: str | bytes) -> Order:
    """The order of a JSON body. Raises OrderErrors with every slip."""
    if len(text) > MOST_BYTES:
        raise OrderErrors([OrderProblem("R0521", "order", f"the order is larger than {MOST_BYTES // 1_000_000} MB")])
    try:
        body = json.loads(text, object_pairs_hook=_refuse_doubles, parse_int=_bounded_int)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise OrderErrors(
            [OrderProblem("R0522", "order", f"this is no JSON: {error}", "check quotes and commas")]
        ) from None
    except RecursionError:
        raise OrderErrors([OrderProblem("R0522", "order", "this JSON nests too deeply")]) from None
    try:
        checked = OrderBody.model_validate(body)
    except ValidationError as error:
        raise OrderErrors(_problem(one) for one in error.errors(include_url=False)) from None
    lines = [Line(**line.model_dump()) for line in checked.lines]
    fields = checked.model_dump(exclude={"lines", "codes"})
    return Order(lines=lines, codes=tuple(checked.codes), **fields)


def _bounded_int(text: str) -> int:
    if len(text) > 30:
        raise OrderErrors([OrderProblem("R0511", "order", f"the number `{text[:20]}…` has too many digits")])
    return int(text)


def _problem(error: Any) -> OrderProblem:
    where = ""
    for part in error["loc"]:
        where += f"[{part}]" if isinstance(part, int) else f".{part}" if where else str(part)
    match error["type"]:
        case "string_type":
            return OrderProblem(
                "R0510",
                where,
                f"`{str(error['input'])[:40]}` is no text",
                'numbers are written as text, so that they stay exact: "60 carton"',
            )
        case "missing":
            return OrderProblem("R0523", where, "this field is missing")
        case "extra_forbidden":
            return OrderProblem("R0524", where, "there is no such field")
        case _:
            return OrderProblem("R0525", where or "order", str(error["msg"]))


def order_to_dict(order: Order) -> dict[str, object]:
    """Plain data that `order_from_json` reads back."""
    lines = []
    for line in order.lines:
        quantity = line.quantity if isinstance(line.quantity, str) else f"{line.quantity[0]} {line.quantity[1]}"
        body: dict[str, object] = {"item": line.item, "quantity": quantity}
        for name in ("price", "net_price", "discount"):
            if (value := getattr(line, name)) is not None:
                body[name] = value
        if line.attributes:
            body["attributes"] = {name: str(value) for name, value in line.attributes.items()}
        lines.append(body)
    out: dict[str, object] = {"account": order.account, "date": str(order.date), "lines": lines}
    if order.attributes:
        out["attributes"] = {name: str(value) for name, value in order.attributes.items()}
    if order.codes:
        out["codes"] = list(order.codes)
    if order.totals:
        out["totals"] = {key: str(value) for key, value in order.totals.items()}
    if order.days:
        out["days"] = {name: str(day) for name, day in order.days.items()}
    return out
