"""What is told by the form of an expression alone: whether two are one, whether it falls as totals grow (93j, 103)."""

from __future__ import annotations

from rebates.model import nodes as m
from rebates.model.rebates import Rebate


def same(base: m.Expr, measure: m.Expr) -> bool:
    """Whether the base is the measure, by whatever name."""
    while isinstance(base, m.MeasureRef):
        if isinstance(measure, m.MeasureRef) and measure.name == base.name:
            return True
        base = base.value
    while isinstance(measure, m.MeasureRef):
        measure = measure.value
    return base == measure


def falls(rule: Rebate) -> bool:
    """Whether an amount is a difference to a total: it falls as that grows (103)."""
    return isinstance(rule.worth, m.Amount) and _negative(rule.worth.value, 1)


def _negative(expr: m.Expr, sign: int) -> bool:
    match expr:
        case m.Total():
            return sign < 0
        case m.MeasureRef(value=value) | m.Rounded(value=value):
            return _negative(value, sign)
        case m.Arithmetic(op="-", left=left, right=right):
            return _negative(left, sign) or _negative(right, -sign)
        case m.Arithmetic(left=left, right=right):
            return _negative(left, sign) or _negative(right, sign)
        case m.Extreme(parts=parts):
            return any(_negative(part, sign) for part in parts)
        case m.Fallback(value=value, otherwise=otherwise):
            return _negative(value, sign) or _negative(otherwise, sign)
        case _:
            return False
