"""What a typed expression measures."""

from __future__ import annotations

from rebates.model import nodes as m


def dimension(expr: m.Expr) -> m.Dimension:
    """The dimension of a typed expression."""
    match expr:
        case m.AttributeValue(attribute=attribute):
            return attribute.dimension
        case m.ItemPrice():
            return m.PRICE
        case m.ChargeAmount():
            return m.MONEY
        case m.DaysBetween():
            return m.NUMBER
        case _:
            return expr.dimension
