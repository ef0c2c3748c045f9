"""What an expression measures, read from its nodes."""

from __future__ import annotations

from typing import Literal

from rebates.model.nodes import AttributeValue, ChargeAmount, DaysBetween, Expr, ItemPrice

Kind = Literal["number", "money", "price", "quantity", "date", "time", "text"]


def kind_of(expr: Expr) -> Kind:
    """The kind of its dimension: `price`, `money`, `quantity`, `number`, `date` or `text`."""
    match expr:
        case AttributeValue():
            return expr.attribute.dimension.kind
        case ItemPrice():
            return "price"
        case ChargeAmount():
            return "money"
        case DaysBetween():
            return "number"
        case _:
            return expr.dimension.kind
