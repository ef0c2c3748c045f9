"""What expressions come to and whether conditions hold, over what was posted (91 to 97)."""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never

from rebates.compile.settle import later
from rebates.compile.settle.at import At
from rebates.compile.settle.rows import Row, unscaled
from rebates.compile.settle.totals import ZERO, total
from rebates.model import windows
from rebates.model.exact import round_to
from rebates.model.moments import moment_day
from rebates.model.nodes import (
    OVER_TIME,
    PERIODS,
    AgreementWindow,
    And,
    Arithmetic,
    Attribute,
    AttributeValue,
    ChargeAmount,
    Compare,
    Condition,
    Constant,
    DaysBetween,
    Earned,
    EveryNth,
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
    PerKey,
    Rounded,
    RulePrice,
    TableValue,
    Total,
    Under,
)
from rebates.model.orders import AttributeText
from rebates.model.outcome import NoData
from rebates.plan.arithmetic import NOTHING, compared, days_between, reckoned
from rebates.plan.nodes import Missing, Verdict

Value = AttributeText | Missing


def holds(condition: Condition, at: At) -> Verdict:
    """True, false or unknown; the first unknown read from the left gives its name."""
    match condition:
        case And() | Or():
            neutral = isinstance(condition, And)
            unknown: Missing | None = None
            for part in condition.parts:
                verdict = holds(part, at)
                if isinstance(verdict, Missing):
                    unknown = unknown or verdict
                elif verdict != neutral:
                    return verdict
            return neutral if unknown is None else unknown
        case Not():
            verdict = holds(condition.part, at)
            return verdict if isinstance(verdict, Missing) else not verdict
        case OneOf():
            found = at.calculation.attribute(condition.attribute, at)
            return found if isinstance(found, Missing) else (found in condition.values) != condition.negated
        case Under():
            found = at.calculation.attribute(condition.attribute, at)
            if isinstance(found, Missing):
                return found
            return at.calculation.facts.is_under(condition.attribute, found, condition.ancestor)
        case InTable():
            found = at.calculation.attribute(condition.attribute, at)
            if isinstance(found, Missing):
                return found
            day = at.to if at.row is None else at.governed(at.row)
            return at.calculation.facts.in_table(condition.table, found, day) != condition.negated
        case InSet():
            return holds(condition.where, at)
        case EveryNth():
            before = value(condition.before, at)
            if isinstance(before, Missing):
                return before
            assert isinstance(before, Fraction)
            return not (before + 1) % condition.number
        case InClass():
            return at.calculation.member(condition.of, at)
        case Compare():
            left, right = _tested(condition.left, at), _tested(condition.right, at)
            if isinstance(left, Missing):
                return left
            return right if isinstance(right, Missing) else compared(condition.op, left, right)
        case _:
            assert isinstance(condition, OVER_TIME)
            return later.holds(condition, at)


def _tested(expr: Expr, at: At) -> Value:
    try:
        return value(expr, at)
    except NoData:
        return NOTHING


def number(expr: Expr, at: At) -> Fraction | Missing:
    """The value of an expression that is a number of some dimension."""
    found = value(expr, at)
    assert isinstance(found, Fraction | Missing)
    return found


def value(expr: Expr, at: At) -> Value:
    """What the expression comes to; a price is per unit of the sale that is looked at."""
    match expr:
        case Total():
            return total(expr, at)
        case MeasureRef():
            given = at.calculation.given
            if given and at.reading == "given":
                name = f"{at.agreement.name}.{expr.name}"
                stated = given.get(name, given.get(expr.name))
                if stated is not None:
                    return stated
            return value(expr.value, at)
        case Constant():
            if expr.dimension.kind != "price":
                return expr.value
            assert isinstance(expr.value, Fraction)
            return expr.value * per_unit(at, expr.unit)
        case Exchanged():
            amount = at.calculation.exchanged(expr.value, expr.currency, at)
            return amount if expr.dimension.kind != "price" else amount * per_unit(at, expr.unit)
        case AttributeValue():
            return at.calculation.attribute(expr.attribute, at)
        case ItemPrice():
            return _item_price(expr, at)
        case Arithmetic():
            return _arithmetic(expr, at)
        case Extreme():
            known: list[Fraction] = []
            for part in expr.parts:
                found = number(part, at)
                if isinstance(found, Missing):
                    return found
                known.append(found)
            return put_together(expr.which, known)
        case Rounded():
            inner = number(expr.value, at)
            return inner if isinstance(inner, Missing) else round_to(inner, expr.digits or 0, expr.mode)
        case Fallback():
            first = _tested(expr.value, at)
            if not isinstance(first, Missing):
                return first
            other = value(expr.otherwise, at)
            return first if isinstance(other, Missing) else other
        case PerKey():
            return _per_key(expr, at)
        case Earned():
            return at.calculation.earned_by(expr.rule, at)
        case AgreementWindow():
            return at.calculation.agreement_number(at.to if at.row is None else at.governed(at.row), expr.kind)
        case DaysBetween():
            return days_between(_day(expr.start, at), _day(expr.end, at))
        case TableValue():
            return at.calculation.table_value(expr, at)
        case ChargeAmount() | RulePrice():
            return NOTHING  # of an order alone
        case _:
            assert_never(expr)


def put_together(how: str, values: list[Fraction]) -> Fraction:
    match how:
        case "greater":
            return max(values)
        case "lesser":
            return min(values)
        case "average":
            return sum(values, ZERO) / len(values)
        case _:
            return sum(values, ZERO)


def per_unit(at: At, unit: str | None) -> Fraction:
    """How many of a unit (None: the item's base unit) are in one unit of the sale."""
    row = at.row
    assert row is not None
    item = at.calculation.item(row)
    wanted = unit or (row.unit if item is None else item.base_unit)
    return at.calculation.convert(row, wanted)


def _item_price(expr: ItemPrice, at: At) -> Fraction | Missing:
    """What one unit of the sale was: its amount ÷ its quantity."""
    row = at.row
    assert row is not None
    if not row.quantity or (expr.kind == "cost" and row.uncosted):
        return Missing(price=True)
    amounts = {"list": row.list, "gross": row.gross, "net": row.net, "cost": row.cost}
    return unscaled(amounts[expr.kind]) / unscaled(row.quantity)


def _arithmetic(expr: Arithmetic, at: At) -> Fraction | Missing:
    left, right = _operand(expr.left, expr, at), _operand(expr.right, expr, at)
    return reckoned(expr, left, right)


def _operand(expr: Expr, within: Arithmetic, at: At) -> Fraction | Missing:
    """A side of a sum; a bare amount beside a price is a price per base unit (9)."""
    bare = isinstance(expr, Constant) and expr.dimension.kind == "money"
    if bare and within.dimension.kind == "price" and within.op in "+-":
        assert isinstance(expr, Constant)
        assert isinstance(expr.value, Fraction)
        return expr.value * per_unit(at, expr.unit)
    return number(expr, at)


def _day(part: Constant | AttributeValue | Moment, at: At) -> AttributeText | Missing:
    """A date as it stands, as an attribute says it, or an end of the window that is judged."""
    if not isinstance(part, Moment):
        return value(part, at)
    inside = at.to if at.row is None else at.governed(at.row)
    return moment_day(part, inside, inside, {}, at.agreement)


def _per_key(expr: PerKey, at: At) -> Fraction | Missing:
    """The values of the keys that have one, put together (85, 91c)."""
    found: list[Fraction] = []
    for part, rows in keyed(expr.key, at).items():
        within = in_key(expr.key, part, rows, at)
        if expr.how == "number":
            found.append(Fraction(holds(expr.value, within) is True))  # type: ignore[arg-type]  # a condition
            continue
        one = number(expr.value, within)  # type: ignore[arg-type]  # no condition
        if not isinstance(one, Missing):
            found.append(one)
    if not found and expr.how not in ("sum", "number"):
        return NOTHING
    return put_together(expr.how, found)


def keyed(key: Attribute | str, at: At) -> dict[object, list[Row]]:
    """The sales of the rule's window and earner by a key; those whose key is unknown are left out."""
    found: dict[object, list[Row]] = {}
    rows = at.calculation.own_rows(at)
    if at.only is not None:
        among = {id(row) for row in at.only}
        rows = [row for row in rows if id(row) in among]
    if key == "claim":
        for number, sales in at.calculation.sales_by_claim(at).items():
            inside = [row for row in rows if row.sale in sales]
            if inside:
                found[number] = inside
        return found
    for row in rows:
        part = _key_of(key, row, at)
        if part is not None:
            found.setdefault(part, []).append(row)
    return found


def _key_of(key: Attribute | str, row: Row, at: At) -> object | None:
    """The key of a sale; None where it has none."""
    match key:
        case "account":
            return row.account
        case "invoice":
            return row.account, row.invoice_id or ("", row.sale)
        case "order":
            return row.account, row.order_key
        case str():
            day, calendar = at.governed(row), at.agreement.calendar
            if not windows.there(key, day, calendar):  # type: ignore[arg-type]  # one of the periods
                return None
            return windows.bounds(key, day, calendar, (at.agreement.first, at.agreement.last))  # type: ignore[arg-type]
        case _:
            part = at.calculation.attribute(key, at.of(row))
            return None if isinstance(part, Missing) else part


def in_key(key: Attribute | str, part: object, rows: list[Row], at: At) -> At:
    """Where the value of a key is worked out: of its sales alone, those of earlier windows too."""
    within = at.in_key(rows)
    if key in PERIODS:
        assert isinstance(part, tuple)
        return within.but(period=part, to=min(part[1], at.to))
    if key == "claim":
        sales = {row.sale for row in rows}
        return within.but(alike=lambda row: row.sale in sales)
    return within.but(
        alike=lambda row: _key_of(key, row, at) == part,
        account=rows[0].account if key == "account" else None,
    )
