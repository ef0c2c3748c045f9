"""What an expression reads of single sales, and how an amount changes as totals grow."""

from __future__ import annotations

from rebates.model.nodes import (
    And,
    Arithmetic,
    Attribute,
    AttributeValue,
    Compare,
    Condition,
    Constant,
    DaysBetween,
    Exchanged,
    Expr,
    Extreme,
    Fallback,
    InClass,
    InSet,
    InTable,
    ItemPrice,
    MeasureRef,
    Moment,
    Not,
    OneOf,
    Or,
    Rounded,
    TableValue,
    Total,
    Under,
)

_OF_SALES = ("item", "order", "line")


def of_sale(attribute: Attribute) -> bool:
    """Whether sales of one account can differ in it."""
    return attribute.subject in _OF_SALES


def reads_row(expr: Expr) -> bool:
    """Whether it has another value for each sale: it reads an attribute, price or table row of the item, order or line."""
    match expr:
        case AttributeValue():
            return of_sale(expr.attribute)
        case ItemPrice():
            return True
        case Constant() | Exchanged():
            return expr.dimension.kind == "price"
        case TableValue():
            return expr.dimension.kind == "price" or any(_key_of_sale(key) for key in expr.keys)
        case MeasureRef():
            return reads_row(expr.value)
        case Arithmetic():
            return reads_row(expr.left) or reads_row(expr.right)
        case Extreme():
            return any(reads_row(part) for part in expr.parts)
        case Rounded():
            return reads_row(expr.value)
        case Fallback():
            return reads_row(expr.value) or reads_row(expr.otherwise)
        case DaysBetween():
            return any(not isinstance(each, Moment) and reads_row(each) for each in (expr.start, expr.end))
        case Total():
            return expr.scope.within_order and expr.scope.value not in ("claim", "key")
        case _:
            return False


def _key_of_sale(key: object) -> bool:
    if isinstance(key, Attribute):
        return of_sale(key)
    return key == "unit"


def judged_by_sale(condition: Condition) -> bool:
    """Whether a `when` is judged for every sale: it tests what sales differ in, or a class (97)."""
    match condition:
        case And() | Or():
            return any(judged_by_sale(part) for part in condition.parts)
        case Not():
            return judged_by_sale(condition.part)
        case OneOf() | Under() | InTable():
            return of_sale(condition.attribute)
        case InSet() | InClass():
            return True
        case Compare():
            return reads_row(condition.left) or reads_row(condition.right)
        case _:
            return False


def falls(expr: Expr) -> bool:
    """Whether an amount gets less as a total grows (103)."""
    return _signs(expr, 1) == {-1} or -1 in _signs(expr, 1)


def _signs(expr: Expr, sign: int) -> set[int]:
    match expr:
        case Total():
            return {sign}
        case MeasureRef() | Rounded():
            return _signs(expr.value, sign)
        case Arithmetic():
            other = -sign if expr.op in "-/" else sign
            return _signs(expr.left, sign) | _signs(expr.right, other)
        case Extreme():
            return {found for part in expr.parts for found in _signs(part, sign)}
        case Fallback():
            return _signs(expr.value, sign) | _signs(expr.otherwise, sign)
        case _:
            return set()
