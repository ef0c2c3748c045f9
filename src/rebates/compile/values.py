"""What expressions come to and whether conditions hold, in exact fractions (5.3, 7.1)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import assert_never

from rebates.compile.amounts import ZERO
from rebates.compile.state import AttributeText, Line, Part, Reader, View
from rebates.model.calendar import number_in
from rebates.model.exact import round_to
from rebates.model.moments import moment_day
from rebates.model.nodes import (
    Agreement,
    AgreementWindow,
    And,
    Arithmetic,
    Attribute,
    AttributeValue,
    ChargeAmount,
    Claimed,
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
    Paid,
    PerKey,
    PostedBy,
    Rounded,
    RulePaid,
    RulePrice,
    Scope,
    TableValue,
    Throughout,
    Total,
    Under,
)
from rebates.model.outcome import NoData, OrderError
from rebates.model.units import is_weight_or_volume
from rebates.model.windows import there
from rebates.plan.arithmetic import NOTHING, compared, days_between, reckoned
from rebates.plan.classes import Judge
from rebates.plan.conditions import reads_beyond
from rebates.plan.money import in_own_currency, taxed_share
from rebates.plan.nodes import Book, Here, Missing, Verdict
from rebates.plan.totals import counts_order, total_key

Value = AttributeText | Missing
NO_PRICE = Missing(price=True)


def units(line: Line, unit: str) -> Fraction:
    """How many of `unit` are in one ordered unit of the line; R0505 without a conversion (1.4)."""
    found = line.plan.units(unit)
    if found is None:
        item, ordered = line.plan.item.id, line.plan.unit
        raise OrderError(
            "R0505",
            f"no conversion of `{item}` from `{ordered}` to `{unit}`",
            f"lines[{line.index}].quantity",
            f"add a row for `{item}` with unit `{unit}` to the table `units`, or keep the item out of the rule that asks for `{unit}` by a `when`",
        )
    return found


def holds(condition: Condition | Verdict, at: Reader) -> Verdict:
    """True, false or unknown; the first unknown read from the left gives its name (7.1)."""
    match condition:
        case bool() | Missing():
            return condition
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
            found = at.view.part.attribute(condition.attribute, at.line)
            return found if isinstance(found, Missing) else (found in condition.values) != condition.negated
        case Under():
            found = at.view.part.attribute(condition.attribute, at.line)
            if isinstance(found, Missing):
                return found
            return at.view.part.book.facts.is_under(condition.attribute, found, condition.ancestor)
        case InTable():
            found = at.view.part.attribute(condition.attribute, at.line)
            if isinstance(found, Missing):
                return found
            book = at.view.part.book
            return book.facts.in_table(condition.table, found, book.day) != condition.negated
        case InSet():
            return holds(condition.where, at)
        case EveryNth():
            before = total(condition.before, at)
            return before if isinstance(before, Missing) else not (before + 1) % condition.number
        case InClass():
            return Judge(at.line.plan.known, at.here.agreement, at.view.part.order).member(condition.of)
        case Compare():
            left, right = _tested(condition.left, at), _tested(condition.right, at)
            if isinstance(left, Missing):
                return left
            return right if isinstance(right, Missing) else compared(condition.op, left, right)
        case Paid() | Claimed() | PostedBy() | Throughout() | RulePaid():
            return NOTHING  # not known to an order
        case _:
            assert_never(condition)


def _tested(expr: Expr, at: Reader) -> Value:
    """A side of a comparison; unknown where a table lacks the day (67)."""
    try:
        return value(expr, at)
    except NoData:
        return NOTHING


def number(expr: Expr, at: Reader, per: str | None = None) -> Fraction | Missing:
    """The value of an expression that is a number of some dimension."""
    found = value(expr, at, per)
    assert isinstance(found, Fraction | Missing)
    return found


def value(expr: Expr, at: Reader, per: str | None = None) -> Value:
    """What the expression comes to; prices per ordered unit, or per `per` (9)."""
    match expr:
        case Constant():
            if expr.dimension.kind != "price":
                return expr.value
            assert isinstance(expr.value, Fraction)
            return expr.value * _units_per(at.line, expr.unit, per)
        case Exchanged():
            amount = in_own_currency(expr.value, expr.currency, at.here.agreement, at.view.part.book)
            return amount if expr.dimension.kind != "price" else amount * _units_per(at.line, expr.unit, per)
        case AttributeValue():
            return at.view.part.attribute(expr.attribute, at.line)
        case ItemPrice():
            return _item_price(expr, at, per)
        case Total():
            return total(expr, at)
        case MeasureRef():
            return _measure(expr, at, per)
        case Arithmetic():
            return _arithmetic(expr, at, per)
        case Extreme():
            found = [number(part, at, per) for part in expr.parts]
            known: list[Fraction] = []
            for each in found:
                if isinstance(each, Missing):
                    return each
                known.append(each)
            return _put_together(expr.which, known)
        case Rounded():
            inner = number(expr.value, at, per)
            return inner if isinstance(inner, Missing) else round_to(inner, expr.digits or 0, expr.mode)
        case Fallback():
            try:
                first = value(expr.value, at, per)
            except NoData:
                first = NOTHING
            if not isinstance(first, Missing):
                return first
            other = value(expr.otherwise, at, per)
            return first if isinstance(other, Missing) else other
        case PerKey():
            return _per_key(expr, at)
        case ChargeAmount():
            return (at.view.part.gave if expr.kind == "discount" else at.view.charges).get(expr.rule, ZERO)
        case AgreementWindow():
            return Fraction(number_in(at.here.agreement.first, at.view.part.book.governing(at.here), expr.kind))
        case DaysBetween():
            return days_between(_day(expr.start, at), _day(expr.end, at))
        case RulePrice():
            return _rule_price(expr, at, per)
        case TableValue():
            return _table_value(expr, at, per)
        case Earned():
            return NOTHING  # not known to an order
        case _:
            assert_never(expr)


def _put_together(how: str, values: list[Fraction]) -> Fraction:
    match how:
        case "greater":
            return max(values)
        case "lesser":
            return min(values)
        case "average":
            return sum(values, ZERO) / len(values)
        case _:
            return sum(values, ZERO)


def _day(part: Constant | AttributeValue | Moment, at: Reader) -> AttributeText | Missing:
    """A date as it stands, as an attribute says it, or an end of the window of the governing day."""
    if not isinstance(part, Moment):
        return value(part, at)
    order = at.view.part.order
    return moment_day(part, at.view.part.book.governing(at.here), order.day, order.days, at.here.agreement)


def _per_key(expr: PerKey, at: Reader) -> Fraction | Missing:
    """The values of the keys that have one, put together (85)."""
    assert isinstance(expr.key, Attribute)  # the others are of rebates
    keys: dict[AttributeText, list[Line]] = {}
    for line in at.view.part.lines:
        key = at.view.part.attribute(expr.key, line)
        if not isinstance(key, Missing):
            keys.setdefault(key, []).append(line)
    found: list[Fraction] = []
    for lines in keys.values():
        within = Reader(at.view, at.here, lines[0], at.before, lines)
        if expr.how == "number":
            found.append(Fraction(holds(expr.value, within) is True))  # type: ignore[arg-type]  # a condition
            continue
        one = number(expr.value, within)  # type: ignore[arg-type]  # no condition
        if not isinstance(one, Missing):
            found.append(one)
    if not found and expr.how not in ("sum", "number"):
        return NOTHING
    return _put_together(expr.how, found)


def _units_per(line: Line, unit: str | None, per: str | None) -> Fraction:
    """How many of `unit` (base units if None) are in one `per` (one ordered unit if None)."""
    unit = line.plan.item.base_unit if unit is None else unit
    return units(line, unit) if per is None else units(line, unit) / units(line, per)


def _item_price(expr: ItemPrice, at: Reader, per: str | None) -> Fraction | Missing:
    line = at.line
    price: Fraction | None
    match expr.kind:
        case "list":
            price = line.list_price
        case "gross":
            price = line.gross_price
        case "net":
            assert at.view.net is not None
            price = at.view.net[line.place] / line.quantity
        case "cost":
            price = line.plan.cost
    if price is None:
        return NO_PRICE
    return price if per is None else price / units(line, per)


def _rule_price(expr: RulePrice, at: Reader, per: str | None) -> Fraction | Missing:
    """What another price rule gives the line (66)."""
    from rebates.compile.prices import price_by_rule

    found = price_by_rule(expr.rule, at.view.part, at.line)
    if found is None:
        return NO_PRICE
    return found if per is None else found / units(at.line, per)


def _table_value(expr: TableValue, at: Reader, per: str | None) -> Fraction | Missing:
    """The value of the row that fits the line on the day it is read (67)."""
    part, line, book = at.view.part, at.line, at.view.part.book
    values: list[AttributeText] = []
    for key in expr.keys:
        if isinstance(key, Attribute):
            known = part.attribute(key, line)
            if isinstance(known, Missing):
                return known
            values.append(known)
    governing = book.governing(at.here)
    day = governing
    if expr.at is not None:
        day = moment_day(expr.at, governing, part.order.day, part.order.days, at.here.agreement)
    fits = book.facts.table_value(
        expr, tuple(values), line.plan.item.id, line.plan.unit, book.account.groups, day, book.day
    )
    if fits is not None:
        own = [row for row in fits if row.currency in (None, book.terms.currency)]
        fits = own or (fits if at.here.agreement.exchange is not None else None)
    if fits is None:
        return NO_PRICE if expr.dimension.kind == "price" else NOTHING
    amounts = [(in_own_currency(row.value, row.currency, at.here.agreement, book), row.unit) for row in fits]
    tax = taxed(at) if expr.with_tax else Fraction(1)
    if expr.dimension.kind != "price":
        return min(amount for amount, _ in amounts) / tax
    _, price = min(
        ((unit or line.plan.item.base_unit) != line.plan.unit, amount * _units_per(line, unit, None))
        for amount, unit in amounts
    )
    return (price if per is None else price / units(line, per)) / tax


def taxed(at: Reader) -> Fraction:
    """1 and the tax rate of the line's item (70)."""
    return taxed_share(at.here.agreement, at.line.plan.known, f"lines[{at.line.index}]")


def _measure(expr: MeasureRef, at: Reader, per: str | None) -> Value:
    given = at.view.part.order.given
    if not given:
        return value(expr.value, at, per)
    stated = given.get(f"{at.here.agreement.name}.{expr.name}", given.get(expr.name))
    if stated is None or not at.before or not reads_beyond(expr.value):
        return value(expr.value, at, per) if stated is None else stated
    before = number(expr.value, at, per)
    after = number(expr.value, Reader(at.view, at.here, at.line, key=at.key), per)
    if isinstance(before, Missing) or isinstance(after, Missing):
        return stated
    return stated - (after - before)


def _arithmetic(expr: Arithmetic, at: Reader, per: str | None) -> Fraction | Missing:
    left, right = _operand(expr.left, expr, at, per), _operand(expr.right, expr, at, per)
    return reckoned(expr, left, right)


def _operand(expr: Expr, within: Arithmetic, at: Reader, per: str | None) -> Fraction | Missing:
    """A side of a sum; a bare amount beside a price is a price per base unit (9)."""
    if (
        within.dimension.kind == "price"
        and within.op in "+-"
        and isinstance(expr, Constant)
        and expr.dimension.kind == "money"
    ):
        assert isinstance(expr.value, Fraction)
        return expr.value * _units_per(at.line, expr.unit, per)
    return number(expr, at, per)


# --- totals -----------------------------------------------------------------------------------------------------------


def total(expr: Total, at: Reader) -> Fraction | Missing:
    """A sum over this order's lines, or over what came before and this order (5.1, 5.4)."""
    part = at.view.part
    result: Fraction | Missing
    if expr.scope.within_order:
        whole = expr.scope is Scope.ORDER
        result = _of_order(expr, at) if whole else _sum(expr, at, _lines_of(expr.scope, part, at))
    elif is_nobodys(expr, part.book):
        return Missing("order.end_customer")
    elif not in_season(expr, at.here.agreement, part.book.governing(at.here)):
        return Missing("season")
    else:
        result = part.order.totals.get(total_key(part.book, at.here, expr.key or "", expr.scope, expr.window), ZERO)
        counts = counts_order(at.here.agreement, expr.window, part.book.governing(at.here))
        if counts and not part.returns and not expr.before:
            result += returned(expr, at)
            if not at.before:
                here = _of_order(expr, at)
                if isinstance(here, Missing):
                    return here
                result += here
    if expr.full and isinstance(result, Fraction):
        return Fraction(result.numerator // result.denominator)
    return result


def is_nobodys(expr: Total, book: Book) -> bool:
    """A total of an end customer, and the order names none."""
    return expr.scope is Scope.END_CUSTOMER and "end_customer" not in book.attributes


def in_season(expr: Total, agreement: Agreement, day: date) -> bool:
    """Whether the day has the season that a total is of."""
    return there(expr.window, day, agreement.calendar)


def _lines_of(scope: Scope, part: Part, at: Reader) -> list[Line]:
    """The lines in the scope of the reader's line; of itself without going through all others."""
    if scope is Scope.LINE:
        place = at.line.place
        own = part.lines[place : place + 1] if place >= 0 else []
        return own if own and own[0] is at.line else []
    return [line for line in part.lines if _same_scope(scope, line, at)]


def _same_scope(scope: Scope, line: Line, at: Reader) -> bool:
    match scope:
        case Scope.LINE:
            return line is at.line
        case Scope.ITEM:
            return line.given.item == at.line.given.item
        case Scope.DELIVERY:
            return line.given.attributes.get("delivery") == at.line.given.attributes.get("delivery")
        case Scope.KEY:
            return any(line is each for each in at.key)
        case _:
            return True


def _of_order(expr: Total, at: Reader) -> Fraction | Missing:
    """The total over all lines, worked out once for a view: a stage reads what stood when it began.

    Not while prices are made, nor where a charge asks for what others add meanwhile.
    """
    view = at.view
    charge = isinstance(at.here, Here) and at.here.rule.kind == "charge"
    if view.net is None or (charge and (expr.where is not None or is_weight_or_volume(expr.unit))):
        return _sum(expr, at, view.part.lines)
    key = id(expr), id(at.here), at.before
    found = view.sums.get(key)
    if found is None:
        found = view.sums[key] = _sum(expr, at, view.part.lines)
    return found


def _sum(expr: Total, at: Reader, lines: list[Line]) -> Fraction | Missing:
    """The total over these lines, amounts as the view holds them."""
    if expr.scope not in (Scope.LINE, Scope.DELIVERY) and isinstance(at.here, Here) and at.here.rule.kind == "charge":
        lines = lines + added_lines(expr, at)
    if expr.where is not None:
        lines = [line for line in lines if holds(expr.where, Reader(at.view, at.here, line, at.before)) is True]
    counted = _counted(expr, at.view.part, lines)
    if counted is not None:
        return counted
    result = ZERO
    for line in lines:
        amount = _amount(expr, at, line)
        if amount is None:
            return NO_PRICE
        result += amount * taxed(Reader(at.view, at.here, line)) if expr.with_tax else amount
    return result


def added_lines(expr: Total, at: Reader) -> list[Line]:
    """Free goods as lines: they count in weight and volume alone (5.1 a)."""
    if expr.what != "quantity" or not is_weight_or_volume(expr.unit):
        return []
    lines = [gift.line for gift in at.view.part.added]
    return [each for each in lines if expr.scope is not Scope.ITEM or each.given.item == at.line.given.item]


def _counted(expr: Total, part: Part, lines: list[Line]) -> Fraction | None:
    """Totals that do not sum amounts."""
    match expr.what:
        case "quantity":
            assert expr.unit is not None
            unit = expr.unit
            return sum((line.quantity * units(line, unit) for line in lines), ZERO)
        case "lines":
            return Fraction(len(lines))
        case "orders":
            return Fraction(1 if lines else 0)
        case "distinct":
            assert expr.distinct is not None
            found = {part.attribute(expr.distinct, line) for line in lines}
            return Fraction(sum(not isinstance(each, Missing) for each in found))
        case "deliveries":
            return Fraction(len({line.given.attributes.get("delivery") for line in lines}))
        case _:
            return None


def _amount(expr: Total, at: Reader, line: Line) -> Fraction | None:
    view = at.view
    if expr.after_stage is not None and expr.what == "net":
        assert view.net is not None
        return line.after.get(expr.after_stage, view.net[line.place])  # a stage tried on its own: unchanged (49)
    match expr.what:
        case "list":
            return line.list_value if line.list_value is not None or view.net is None else line.gross_value
        case "gross":
            return line.gross_value
        case "cost":
            return None if line.plan.cost is None else line.plan.cost * line.quantity
        case "invoice":
            assert view.invoice is not None
            return view.invoice[line.place]
        case _:
            assert view.net is not None
            return view.net[line.place]


def returned(expr: Total, at: Reader) -> Fraction:
    """What the returns of this order change in a total beyond it: their final amounts, negative (2.9)."""
    returns = at.view.part.earlier
    return ZERO if returns is None or expr.what in ("orders", "deliveries") else -final_sum(expr, at, returns)


def final_sum(expr: Total, at: Reader, part: Part, item: str | None = None) -> Fraction:
    """The total over a finished part, or over its lines of an item, amounts as finally made (3.4)."""
    lines = part.lines + added_lines(expr, Reader(final_view(part), at.here, at.line))
    lines = [line for line in lines if item in (None, line.given.item)]
    if expr.where is not None:
        lines = [line for line in lines if holds(expr.where, Reader(final_view(part), at.here, line)) is True]
    counted = _counted(expr, part, lines)
    if counted is not None:
        return counted
    match expr.what:
        case "list":
            amounts = [line.gross_value if line.list_value is None else line.list_value for line in lines]
        case "gross":
            amounts = [line.gross_value for line in lines]
        case "invoice":
            amounts = [line.invoice for line in lines]
        case "cost":
            amounts = [line.plan.cost * line.quantity for line in lines if line.plan.cost is not None]
        case _:
            amounts = [line.net_final for line in lines]
    if expr.with_tax:
        view = final_view(part)
        amounts = [amount * taxed(Reader(view, at.here, line)) for amount, line in zip(amounts, lines, strict=True)]
    return sum(amounts, ZERO)


def final_view(part: Part) -> View:
    """What guards and filters of finished totals see: the amounts as finally made."""
    return View(part, [line.net_final for line in part.lines], [line.invoice for line in part.lines])
