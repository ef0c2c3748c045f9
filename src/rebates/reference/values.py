"""Conditions and expressions: exact values, or None where there is no value (5.3, 7.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import floor

from rebates.model import nodes as m
from rebates.model.calendar import number_in
from rebates.model.moments import moment_day
from rebates.model.orders import AttributeText
from rebates.model.outcome import NoData
from rebates.model.units import is_weight_or_volume
from rebates.model.windows import there
from rebates.reference.arithmetic import ZERO, rounded
from rebates.reference.context import Line, View, attribute, counts_order, in_unit, total_key, unit_factor
from rebates.reference.money_of import exchanged, tax_factor
from rebates.reference.table_values import table_value, unknown_key

Value = Fraction | date | str | None


# --- conditions: True, False, or None for unknown


def truth(condition: m.Condition, view: View, line: Line | None) -> bool | None:
    """Kleene's three values (calculation 5)."""
    match condition:
        case m.And(parts=parts):
            found = [truth(part, view, line) for part in parts]
            return False if False in found else (None if None in found else True)
        case m.Or(parts=parts):
            found = [truth(part, view, line) for part in parts]
            return True if True in found else (None if None in found else False)
        case m.Not(part=part):
            inner = truth(part, view, line)
            return None if inner is None else not inner
        case m.InSet(where=where):
            return truth(where, view, line)
        case m.InClass(of=of):
            return member(of, view, line)
        case m.Compare():
            return _compare(condition, view, line)
        case m.EveryNth(before=before, number=every):
            orders = total(before, view, line)
            return None if orders is None else (orders + 1) % every == 0
        case m.OneOf(attribute=wanted, values=values, negated=negated):
            value = attribute(view.part, line, wanted)
            return None if value is None else (value in values) != negated
        case m.Under(attribute=wanted, ancestor=ancestor):
            value = attribute(view.part, line, wanted)
            if value is None:
                return None
            if wanted.path == "item.family":
                return view.part.rules.master.is_under(str(value), ancestor)
            return value == ancestor or str(value).startswith(f"{ancestor}/")
        case m.InTable(attribute=wanted, table=table, negated=negated):
            value = attribute(view.part, line, wanted)
            if value is None:
                return None
            return view.part.rules.tables[table].contains(value, view.day()) != negated
        case m.Paid() | m.Claimed() | m.PostedBy() | m.Throughout() | m.RulePaid():
            # an order knows nothing of what is posted later
            return None if view.over is None else view.over.holds(condition, view)


def tested(expr: m.Expr, view: View, line: Line | None) -> Value:
    """The value of a side of a comparison; a table that lacks the day leaves it unknown."""
    try:
        return value(expr, view, line)
    except NoData:
        return None


def member(of: m.Class, view: View, line: Line | None) -> bool | None:
    """Whether the account, the line's item or the end customer is a member, on what is known before the order (86)."""
    if f"{view.agreement.name}.class {of.name}" in view.part.order.given:
        return True
    return truth(of.where, judged(view), line)


def judged(view: View) -> View:
    """What a class reads: the order day, totals as the order brings them, and facts of the sale that it is judged for (90)."""
    if view.over is not None and not view.judging:
        view = replace(view, part=replace(view.part, order=replace(view.part.order, facts=view.over.own_facts())))
    return replace(view, judging=True, key=())


def _compare(condition: m.Compare, view: View, line: Line | None) -> bool | None:
    left, right = tested(condition.left, view, line), tested(condition.right, view, line)
    if left is None or right is None:
        return None
    assert not isinstance(left, str) and not isinstance(right, str)
    if isinstance(left, date) or isinstance(right, date):
        assert isinstance(left, date) and isinstance(right, date)
        difference = Fraction((left - right).days)
    else:
        difference = left - right
    match condition.op:
        case "<":
            return difference < 0
        case "<=":
            return difference <= 0
        case "=":
            return difference == 0
        case ">=":
            return difference >= 0
        case ">":
            return difference > 0


def first_unknown(condition: m.Condition, view: View, line: Line | None) -> str:
    """The path of the first unknown attribute, left to right; empty where a value is missing otherwise."""
    match condition:
        case m.And(parts=parts) | m.Or(parts=parts):
            for part in parts:
                if truth(part, view, line) is None:
                    return first_unknown(part, view, line)
            return ""
        case m.Not(part=part):
            return first_unknown(part, view, line)
        case m.InSet(where=where):
            return first_unknown(where, view, line)
        case m.InClass(of=of):
            return first_unknown(of.where, judged(view), line)
        case m.Compare(left=left, right=right):
            for side in (left, right):
                if tested(side, view, line) is None:
                    return unknown_in(side, view, line)
            return ""
        case m.OneOf(attribute=wanted) | m.Under(attribute=wanted) | m.InTable(attribute=wanted):
            return wanted.path
        case m.EveryNth(before=before):
            return unknown_in(before, view, line)
        case m.Throughout(test=test):
            return first_unknown(
                test, replace(view, part=replace(view.part, order=replace(view.part.order, facts={}))), line
            )
        case m.Paid() | m.Claimed() | m.PostedBy() | m.RulePaid():
            return ""


def unknown_in(expr: m.Expr, view: View, line: Line | None) -> str:
    match expr:
        case m.AttributeValue(attribute=wanted):
            return wanted.path if attribute(view.part, line, wanted) is None else ""
        case m.Total() if is_nobodys(expr, view):
            return "order.end_customer"
        case m.Total() if not in_season(expr, view):
            return "season"
        case m.Total() if view.judging and total(expr, view, line) is None:
            return _key(expr, view, line)
        case m.MeasureRef(value=inner) | m.Rounded(value=inner) | m.Fallback(value=inner):
            return unknown_in(inner, view, line)
        case m.DaysBetween(start=start, end=end):
            unknown = [unknown_in(part, view, line) for part in (start, end) if not isinstance(part, m.Moment)]
            return next(filter(None, unknown), "")
        case m.Arithmetic(left=left, right=right):
            return unknown_in(left, view, line) or unknown_in(right, view, line)
        case m.Extreme(parts=parts):
            return next((found for part in parts if (found := unknown_in(part, view, line))), "")
        case m.TableValue():
            return unknown_key(expr, view, line)
        case _:
            return ""


# --- expressions


def number(expr: m.Expr, view: View, line: Line | None) -> Fraction | None:
    """The value of an expression that is no date and no text."""
    found = value(expr, view, line)
    assert found is None or isinstance(found, Fraction)
    return found


def value(expr: m.Expr, view: View, line: Line | None, per: str | None = None) -> Value:
    """The value of an expression for a line. Prices are per the ordered unit, or per `per` (calculation 9)."""
    match expr:
        case m.Constant(value=constant, dimension=dimension, unit=unit):
            if dimension == m.PRICE and unit is not None:
                assert line is not None and isinstance(constant, Fraction)
                return constant * _units(view, line, per) / unit_factor(view.part, line, unit)
            return constant
        case m.Exchanged(value=stated, currency=currency, unit=unit):
            amount = exchanged(view.part, view.agreement, stated, currency)
            if unit is None:
                return amount
            assert line is not None
            return amount * _units(view, line, per) / unit_factor(view.part, line, unit)
        case m.AttributeValue(attribute=wanted):
            return attribute(view.part, line, wanted)
        case m.ItemPrice(kind=kind):
            assert line is not None
            return _item_price(kind, view, line, per)
        case m.Total():
            return total(expr, view, line)
        case m.MeasureRef(name=name, value=inner):
            given = view.part.order.given.get(f"{view.agreement.name}.{name}")
            if given is None:
                return value(inner, view, line, per)
            if view.hand or view.judging:
                return given
            with_order, without = value(inner, replace(view, hand=True), line), value(inner, view, line)
            assert isinstance(with_order, Fraction | None) and isinstance(without, Fraction | None)
            return given - ((with_order or ZERO) - (without or ZERO))
        case m.Arithmetic(op=op, left=left, right=right):
            return _arithmetic(op, value(left, view, line, per), value(right, view, line, per), right)
        case m.Extreme(which=which, parts=parts):
            found = [value(part, view, line, per) for part in parts]
            numbers = [one for one in found if isinstance(one, Fraction)]
            if len(numbers) != len(parts):
                return None
            if which == "average":
                return sum(numbers, ZERO) / len(numbers)
            return max(numbers) if which == "greater" else min(numbers)
        case m.Rounded(value=inner, mode=mode, digits=digits):
            exact = value(inner, view, line, per)
            if exact is None:
                return None
            assert isinstance(exact, Fraction)
            return rounded(exact, Fraction(1, 10 ** (digits or 0)), mode)
        case m.Fallback(value=inner, otherwise=otherwise):
            try:
                found_value = value(inner, view, line, per)
            except NoData:
                found_value = None
            return value(otherwise, view, line, per) if found_value is None else found_value
        case m.AgreementWindow(kind=kind):
            return agreement_number(view, kind)
        case m.DaysBetween(start=start, end=end):
            first, last = _day(start, view, line), _day(end, view, line)
            if first is None or last is None:
                return None
            assert isinstance(first, date) and isinstance(last, date)
            return Fraction((last - first).days)
        case m.PerKey():
            return per_key(expr, view) if view.over is None else view.over.per_key(expr)
        case m.ChargeAmount(rule=rule):
            return view.charge_amounts.get(rule, ZERO)
        case m.RulePrice(rule=rule):
            from rebates.reference.prices import price_by_rule

            assert line is not None
            price = price_by_rule(rule, view, line)
            return None if price is None else price * _units(view, line, per) / line.factor
        case m.TableValue():
            return table_value(expr, view, line, per)
        case m.Earned():
            return None if view.over is None else view.over.earned(expr.rule)  # an order settles nothing


def _units(view: View, line: Line, per: str | None) -> Fraction:
    return line.factor if per is None else unit_factor(view.part, line, per)


def _item_price(kind: str, view: View, line: Line, per: str | None) -> Fraction | None:
    match kind:
        case "list":
            price = line.list_price
        case "gross":
            price = line.gross_price
        case "net":
            price = view.net[line.index] / line.quantity
        case _:
            price = line.cost
    return None if price is None else price * _units(view, line, per) / line.factor


def _arithmetic(op: str, left: Value, right: Value, divisor: m.Expr) -> Fraction | None:
    if left is None or right is None:
        return None
    assert isinstance(left, Fraction) and isinstance(right, Fraction)
    match op:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            if right == 0 or (right < 0 and _reads_total(divisor)):
                return None
            return left / right


def _reads_total(expr: m.Expr) -> bool:
    match expr:
        case m.Total():
            return True
        case m.MeasureRef(value=inner) | m.Rounded(value=inner):
            return _reads_total(inner)
        case m.Arithmetic(left=left, right=right):
            return _reads_total(left) or _reads_total(right)
        case m.Extreme(parts=parts):
            return any(_reads_total(part) for part in parts)
        case m.Fallback(value=inner, otherwise=otherwise):
            return _reads_total(inner) or _reads_total(otherwise)
        case m.PerKey(value=inner):
            return not isinstance(inner, m.Condition) and _reads_total(inner)
        case _:
            return False


def agreement_number(view: View, kind: str) -> Fraction:
    """Which month, quarter, half or year of the agreement the governing day lies in, unless an example says it (59)."""
    stated = view.over.given_number(f"agreement {kind}") if view.over is not None else None
    return Fraction(number_in(view.agreement.first, view.day(), kind)) if stated is None else stated


def _day(part: m.Constant | m.AttributeValue | m.Moment, view: View, line: Line | None) -> object:
    """A date: stated, of an attribute, or the first or last day of a window around the governing day (76a)."""
    if isinstance(part, m.Moment):
        return moment_day(part, view.day(), view.part.order.day, {}, view.agreement)
    return value(part, view, line)


# --- values per key (calculation 85)


def per_key(expr: m.PerKey, view: View) -> Fraction | None:
    """The value of each key's lines, put together; keys without a value are left out."""
    assert isinstance(expr.key, m.Attribute)  # the others are of rebates
    keys: dict[AttributeText, list[Line]] = {}
    for line in view.part.lines:
        key = attribute(view.part, line, expr.key)
        if key is not None:
            keys.setdefault(key, []).append(line)
    found: list[Fraction] = []
    for lines in keys.values():
        within = replace(view, key=tuple(lines))
        if isinstance(expr.value, m.Condition):
            found += [Fraction(1)] if truth(expr.value, within, lines[0]) is True else []
        else:
            one = number(expr.value, within, lines[0])
            found += [] if one is None else [one]
    match expr.how:
        case "sum" | "number":
            return sum(found, ZERO)
        case _ if not found:
            return None
        case "average":
            return sum(found, ZERO) / len(found)
        case "greater":
            return max(found)
        case "lesser":
            return min(found)


# --- totals


def lines_of(scope: m.Scope, view: View, line: Line | None) -> list[Line]:
    """The lines of the part that a scope means, seen from a line."""
    lines = view.part.lines
    match scope:
        case m.Scope.LINE:
            assert line is not None
            return [line]
        case m.Scope.ITEM:
            assert line is not None
            return [other for other in lines if other.given.item == line.given.item]
        case m.Scope.DELIVERY:
            assert line is not None
            mine = line.given.attributes.get("delivery")
            return [other for other in lines if other.given.attributes.get("delivery") == mine]
        case m.Scope.KEY:
            return list(view.key)
        case _:
            return lines


def total(expr: m.Total, view: View, line: Line | None) -> Fraction | None:
    """A sum over transactions (5.1), within the order or to date (5.4); in a class only what the order brings (86)."""
    found: Fraction | None
    if view.over is not None and view.over.knows(expr, view):
        return view.over.total(expr, view, line)
    if expr.scope.within_order:
        found = _sum(expr, view, lines_of(expr.scope, view, line), line)
    elif is_nobodys(expr, view) or not in_season(expr, view):
        found = None
    elif view.judging:
        found = view.part.order.totals.get(_key(expr, view, line))
    else:
        found = view.part.order.totals.get(_key(expr, view, line), ZERO)
        assert expr.window is not None
        if found is not None and not expr.before and counts_order(view.agreement, expr.window, view.day()):
            found -= _returned(expr, view)
            if view.hand and not view.part.returns:
                hand = _sum(expr, view, view.part.lines, line)
                found = None if hand is None else found + hand
    if found is None:
        return None
    return Fraction(floor(found)) if expr.full else found


def is_nobodys(expr: m.Total, view: View) -> bool:
    """A total of an end customer, and the order names none."""
    return expr.scope is m.Scope.END_CUSTOMER and "end_customer" not in view.part.order.attributes


def in_season(expr: m.Total, view: View) -> bool:
    """Whether the governing day has the season that a total is of (81b)."""
    return there(expr.window, view.day(), view.agreement.calendar)


def _key(expr: m.Total, view: View, line: Line | None) -> str:
    assert expr.key is not None and expr.window is not None
    item = line.given.item if line is not None and expr.scope is m.Scope.PRODUCT else None
    return total_key(view.part, view.agreement, expr.key, expr.scope, expr.window, view.day(), item)


def _sum(expr: m.Total, view: View, lines: list[Line], line: Line | None) -> Fraction | None:
    if view.rule is not None and view.rule.kind == "charge":
        lines = lines + _gifts(expr, view, line)
    passing = [line for line in lines if expr.where is None or truth(expr.where, view, line) is True]
    match expr.what:
        case "quantity":
            assert expr.unit is not None
            return sum((in_unit(view.part, line, expr.unit) for line in passing), ZERO)
        case "lines":
            return Fraction(len(passing))
        case "orders":
            return Fraction(1 if passing else 0)
        case "distinct":
            assert expr.distinct is not None
            values = {attribute(view.part, line, expr.distinct) for line in passing}
            return Fraction(len(values - {None}))
        case "deliveries":
            return Fraction(len({line.given.attributes.get("delivery") for line in passing}))
        case "cost":
            costs = [line.cost for line in passing]
            if None in costs:
                return None
            return sum(((line.cost or ZERO) * line.quantity for line in passing), ZERO)
        case _:
            amounts = [amount(expr, view, line) for line in passing]
            if None in amounts:
                return None
            return sum(
                ((one or ZERO) * _tax(expr, view, line) for one, line in zip(amounts, passing, strict=True)), ZERO
            )


def _tax(expr: m.Total, view: View, line: Line) -> Fraction:
    """What an amount without tax is multiplied by in a value that includes it (calculation 70)."""
    return tax_factor(view.part, view.agreement, line) if expr.with_tax else Fraction(1)


def _gifts(expr: m.Total, view: View, line: Line | None) -> list[Line]:
    """Free goods count in weight and volume, and only where the order's lines are counted together (5.1 a)."""
    if expr.what != "quantity" or not is_weight_or_volume(expr.unit):
        return []
    match expr.scope:
        case m.Scope.LINE | m.Scope.DELIVERY:
            return []
        case m.Scope.ITEM:
            return [gift for gift in view.part.added if line is not None and gift.given.item == line.given.item]
        case _:
            return list(view.part.added)


def amount(expr: m.Total, view: View, line: Line) -> Fraction | None:
    """A line's value as a total reads it; none of a line without list price while its price is being made (8)."""
    match expr.what:
        case "list" if line.list_value is None and view.rule is not None and view.rule.kind == "price":
            return None
        case "list":
            return line.gross_value if line.list_value is None else line.list_value
        case "gross":
            return line.gross_value
        case "invoice":
            return view.net[line.index] + view.charges.get(line.index, ZERO)
        case _:
            if expr.after_stage is not None:
                return view.part.after.get(expr.after_stage, view.net)[line.index]
            return view.net[line.index]


def _returned(expr: m.Total, view: View) -> Fraction:
    """What the returns of this order take off a total to date (2.9)."""
    if view.part.returns:
        return ZERO
    found = ZERO
    for line, final in view.part.returned:
        found += contribution(expr, view, line, final)
    return found


def contribution(expr: m.Total, view: View, line: Line, final: dict[str, Fraction]) -> Fraction:
    """What a finished line adds to a total beyond the order, as a magnitude (calculation 34)."""
    if expr.where is not None and truth(expr.where, view, line) is not True:
        return ZERO
    match expr.what:
        case "quantity":
            assert expr.unit is not None
            return in_unit(view.part, line, expr.unit)
        case "lines":
            return Fraction(1)
        case "orders" | "distinct" | "deliveries":
            return ZERO
        case "cost":
            return (line.cost or ZERO) * line.quantity
        case what:
            return final[what] * _tax(expr, view, line)
