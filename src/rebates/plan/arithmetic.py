"""What two values come to: sums, products, quotients, days between, comparisons. What is missing stays missing (5.3)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from rebates.model.nodes import Arithmetic
from rebates.model.orders import AttributeText
from rebates.plan.conditions import totals_in
from rebates.plan.nodes import Missing

NOTHING = Missing()


def reckoned(expr: Arithmetic, left: Fraction | Missing, right: Fraction | Missing) -> Fraction | Missing:
    """The two sides put together; a quotient by zero, or by a total below it, has no value (10)."""
    if isinstance(left, Missing):
        return left
    if isinstance(right, Missing):
        return right
    match expr.op:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return NOTHING if right == 0 or (right < 0 and totals_in(expr.right)) else left / right


def days_between(start: AttributeText | Missing, end: AttributeText | Missing) -> Fraction | Missing:
    """The difference of two dates in days (76a)."""
    if isinstance(start, Missing):
        return start
    if isinstance(end, Missing):
        return end
    assert isinstance(start, date)
    assert isinstance(end, date)
    return Fraction((end - start).days)


def compared(op: str, left: AttributeText, right: AttributeText) -> bool:
    """A comparison of two values of one kind."""
    if op == "=":
        return left == right
    if isinstance(left, date) and isinstance(right, date):
        sign = (left > right) - (left < right)
    else:
        assert isinstance(left, Fraction)
        assert isinstance(right, Fraction)
        sign = (left > right) - (left < right)
    match op:
        case "<":
            return sign < 0
        case "<=":
            return sign <= 0
        case ">":
            return sign > 0
        case _:
            return sign >= 0
