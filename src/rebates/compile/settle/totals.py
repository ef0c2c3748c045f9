"""Totals over what was posted: whose, in which window, through which filter (91)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from operator import attrgetter
from typing import TYPE_CHECKING

from rebates.compile.settle.history import quantity_of
from rebates.compile.settle.rows import Row, Scaled, scaled, unscaled
from rebates.compile.settle.windows import DAY, WIDTH, cadence, cut_by, kind_of_window, window_of
from rebates.model import windows
from rebates.model.calendar import months_before
from rebates.model.nodes import Scope, Total
from rebates.model.outcome import OrderError
from rebates.model.windows import Window, WindowKind
from rebates.plan.nodes import Missing

if TYPE_CHECKING:
    from rebates.compile.settle.at import At

ZERO = Fraction(0)


def total(expr: Total, at: At) -> Fraction | Missing:
    """The value of a total; missing where a cost, price or end customer is not known."""
    calculation = at.calculation
    if not expr.scope.within_order and not windows.there(expr.window, at.anchor or at.to, at.agreement.calendar):
        return Missing("season")
    if (
        expr.scope is Scope.END_CUSTOMER
        and at.stretch.rule.scope is not Scope.END_CUSTOMER
        and not at.judging
        and (at.row is None or "order.end_customer" not in at.row.attributes)
    ):
        return Missing("order.end_customer")
    if (
        expr.scope.within_order
        and at.key is None
        and at.row is not None
        and at.row.posted[0].kind != "sale"
        and at.row.sale == at.row.posted[0].id
    ):
        found_ = _sum(expr, at, counted(expr, at))  # a return by itself: with its magnitude (90a)
        return _whole(expr, found_ if isinstance(found_, Missing) else abs(found_))
    in_hand = calculation.in_hand
    if in_hand is not None and at.judging and not expr.scope.within_order:
        return _whole(expr, in_hand.judged(expr, at))
    if at.only is not None or at.key is not None or at.judging or expr.scope.within_order:
        return _whole(expr, _sum(expr, at, counted(expr, at)))
    first, last = span(expr.window, at)
    rule = at.stretch.rule
    own = rule.returns == "when posted"
    key = id(expr), whose(scope_of(expr, at), at), first, last, at.now, rule.dated_by, own, at.brought
    found = calculation.totals.get(key)
    if found is None:
        found = _sum(expr, at, counted(expr, at))
        if in_hand is not None and isinstance(found, Fraction):
            found += in_hand.brought(expr, at)
        found = calculation.totals[key] = _whole(expr, found)
    return found


def _whole(expr: Total, value: Fraction | Missing) -> Fraction | Missing:
    if expr.full and isinstance(value, Fraction):
        return Fraction(value.numerator // value.denominator)
    return value


def counted(expr: Total, at: At) -> list[Row]:
    """The rows that a total sums."""
    rows: Iterable[Row]
    if expr.scope.within_order:
        rows = _within_order(expr.scope, at)
    elif not windows.there(expr.window, at.anchor or at.to, at.agreement.calendar):
        return []  # between two seasons
    else:
        first, last = span(expr.window, at)
        scope = scope_of(expr, at)
        rows = at.calculation.rows_of(scope, whose(scope, at), at.stretch.rule)
        if at.account is not None and expr.scope is Scope.ACCOUNT:
            rows = _of_account(at.account, at)
        rule, now = at.stretch.rule, at.now
        if at.key is not None and at.alike is not None:
            rows = [row for row in rows if at.alike(row)]
        if at.only is not None:
            among = {id(row) for row in at.only}
            rows = [row for row in rows if id(row) in among]
        if at.judging:  # by order days (90)
            rows = [row for row in rows if first <= row.order_day <= last and row.own_day <= now]
        elif rule.dated_by == "invoice" and rule.returns != "when posted":
            rows = [row for row in rows if first <= row.day <= last and row.own_day <= now]
        else:
            rows = [row for row in rows if first <= at.governed(row) <= last and row.own_day <= now]
    if expr.where is None:
        return list(rows)
    return [row for row in rows if at.calculation.passes(expr.where, row, at)]


def _of_account(account: str, at: At) -> Iterable[Row]:
    """What the earner has of an account that is the key in hand: of a group what was bought as a member (91c)."""
    rule, calculation = at.stretch.rule, at.calculation
    rows = calculation.rows_of(Scope.ACCOUNT, account, rule)
    if rule.scope is Scope.END_CUSTOMER:
        return [row for row in rows if row.attributes.get("order.end_customer") == at.earner]
    if rule.scope is Scope.GROUP:
        return [row for row in rows if calculation.belongs(account, at.governed(row), rule.scope, at.earner)]
    return rows


def span(window: WindowKind | Window | None, at: At) -> tuple[date, date]:
    """The days that a total counts, of those up to the day it is worked out for."""
    agreement, stretch = at.agreement, at.stretch
    rule = stretch.rule  # a stretch may be made for the moment: it is known by what counts of it
    kept = (
        stretch.first,
        stretch.last,
        stretch.whole,
        stretch.claim is None,
        rule.window,
        rule.settle.every,
        rule.settle.separate,
    )
    key = id(window) if isinstance(window, Window) else window, at.to, at.anchor, at.period, at.judging, kept
    known = at.calculation.spans.get(key)
    if known is not None:
        return known
    term = (agreement.first, agreement.last)
    first, last = windows.bounds(window or "ever", at.anchor or at.to, agreement.calendar, term)
    if at.judging:
        pass  # over the windows around it, as an order brings them
    elif not isinstance(window, Window) and window not in (None, "ever"):
        first, last = cut_by(agreement, first, last)
        if _replaced(window, at):
            first, last = stretch.first, stretch.last
        elif _inside(first, last, at):
            first, last = max(first, stretch.first), min(last, stretch.last)
        if at.period is not None:
            first, last = max(first, at.period[0]), min(last, at.period[1])
    elif (
        isinstance(window, Window)
        and window.plain
        and window.kind != "season"
        and (period := _period(window, at)) is not None
    ):
        moved = months_before(period[0], window.back), months_before(period[1] + DAY, window.back) - DAY
        first, last = moved if first < moved[0] or last > moved[1] else (first, last)
    found = at.calculation.spans[key] = first, min(last, at.to)
    return found


def _period(window: Window, at: At) -> tuple[date, date] | None:
    """What stands in place of a wider window: the month in hand, with `separate` its part in the settlement period."""
    stretch, month = at.stretch, at.period
    every = cadence(stretch.rule.settle)
    if not stretch.rule.settle.separate or every is None or not stretch_holds(at):
        return month
    if month is None:
        return stretch.first, stretch.last
    return max(month[0], stretch.first), min(month[1], stretch.last)


def _replaced(window: WindowKind | None, at: At) -> bool:
    """Whether a settlement period by itself stands in the window's place."""
    rule = at.stretch.rule
    if at.stretch.claim is not None or not stretch_holds(at):
        return False
    if not rule.settle.separate:
        return False
    return WIDTH.index(window or "ever") >= WIDTH.index(cadence(rule.settle) or str(rule.window))


def _inside(first: date, last: date, at: At) -> bool:
    """Whether a window lies in the one that the rule is judged on, of which an amendment may have cut a part (100)."""
    if at.stretch.claim is not None or not stretch_holds(at):
        return False
    low, high = at.stretch.whole or window_of(at.agreement, kind_of_window(at.stretch.rule), at.stretch.first)
    return low <= first and last <= high


def stretch_holds(at: At) -> bool:
    """Whether the day lies in the rule's window; a class is judged before it."""
    return at.stretch.first <= at.to <= at.stretch.last


def scope_of(expr: Total, at: At) -> Scope:
    """The scope of a total; read for an end customer, `per account` is of what that customer bought, read for a group or
    for all it is of every account that counts, of a group those that are members on the day of the sale (91)."""
    rule, scope = at.stretch.rule, expr.scope
    if at.judging:
        return scope
    if scope is Scope.ACCOUNT and at.account is None and rule.scope in (Scope.END_CUSTOMER, Scope.GROUP, Scope.ALL):
        return rule.scope
    named = at.agreement.who.kind in ("account", "account and subsidiaries")
    if scope is Scope.TREE and not named and rule.scope in (Scope.GROUP, Scope.ALL):
        return rule.scope  # the trees of all of them
    return scope


def whose(scope: Scope, at: At) -> str:
    """Who a scope means for the earner in hand."""
    rule, calculation = at.stretch.rule, at.calculation
    if at.row is not None and at.judging:
        return calculation.whose_row(scope, at.row)
    if scope is rule.scope:
        return at.earner
    return calculation.whose(scope, at.earner)


def _within_order(scope: Scope, at: At) -> Sequence[Row]:
    match scope:
        case Scope.CLAIM:
            rows = at.calculation.claimed(at)
        case Scope.KEY:
            rows = at.key if at.key is not None else at.calculation.own_rows(at)
        case _:
            assert at.row is not None
            together = at.calculation.invoice_of(at.row) if scope is Scope.INVOICE else at.calculation.order_of(at.row)
            rows = [row for row in together if _same(scope, row, at.row)]
            if at.key is not None and scope in (Scope.ORDER, Scope.INVOICE):
                rows = at.key
    if at.only is not None and scope in (Scope.CLAIM, Scope.KEY):
        among = {id(row) for row in at.only}
        return [row for row in rows if id(row) in among]
    return rows


def _same(scope: Scope, row: Row, one: Row) -> bool:
    match scope:
        case Scope.LINE:
            return row.sale == one.sale
        case Scope.ITEM:
            return row.item == one.item
        case Scope.DELIVERY:
            return row.attributes.get("line.delivery") == one.attributes.get("line.delivery")
        case _:
            return True


def summed(expr: Total, at: At, rows: Sequence[Row]) -> Scaled:
    """The sum of an amount or a quantity of rows, in units of the scale."""
    if expr.what != "quantity":
        found: Scaled = sum(map(attrgetter(expr.what), rows))
        return found
    assert expr.unit is not None
    return _scaled_quantity(rows, expr.unit, at)


def _sum(expr: Total, at: At, rows: Sequence[Row]) -> Fraction | Missing:
    match expr.what:
        case "cost" if any(row.uncosted for row in rows):
            return Missing(price=True)
        case "net" | "gross" | "list" | "invoice" | "cost" | "quantity":
            taxed = expr.with_tax and expr.what != "quantity"
            return _taxed(expr, at, rows) if taxed else unscaled(summed(expr, at, rows))
        case "at table":
            assert expr.priced is not None
            found = ZERO
            for row in rows:
                price = at.calculation.price_at(expr.priced, at.of(row))
                if isinstance(price, Missing):
                    return price
                found += price * unscaled(row.quantity)
            return found
        case _:
            return _number(expr, at, rows)


def _taxed(expr: Total, at: At, rows: Sequence[Row]) -> Fraction | Missing:
    found = ZERO
    for row in rows:
        share = at.calculation.taxed(at.of(row))
        amount = {"net": row.net, "gross": row.gross, "list": row.list, "invoice": row.invoice, "cost": row.cost}
        found += unscaled(amount[expr.what]) * share
    return found


def quantity(rows: Iterable[Row], unit: str, at: At) -> Fraction:
    """The quantity of rows in a unit; R0505 where an item has no conversion."""
    return unscaled(_scaled_quantity(rows, unit, at))


def _scaled_quantity(rows: Iterable[Row], unit: str, at: At) -> Scaled:
    reading, sum_ = at.calculation.reading, 0
    place = at.calculation.units.get(unit)
    for row in rows:
        amount = None
        if place is not None and row.quantities:
            amount = quantity_of(row, place, reading.factors)
        elif place is None or row.quantity:
            factor = at.calculation.facts.convert(row.item, row.unit, unit, row.day)
            amount = None if factor is None else row.quantity * factor
        else:
            amount = 0
        if amount is None:
            raise OrderError(
                "R0505",
                f"no conversion of `{row.item}` from `{row.unit}` to `{unit}`",
                row.sale,
                f"add a row for `{row.item}` with unit `{unit}` to the table `units`",
            )
        sum_ += amount  # type: ignore[assignment]  # a fraction where a conversion does not end
    return sum_


def _number(expr: Total, at: At, rows: Sequence[Row]) -> Fraction:
    """Lines, orders, deliveries and distinct values of what is left after returns (91a)."""
    left: dict[str, Scaled] = {}
    sales: dict[str, Row] = {}
    for row in rows:
        left[row.sale] = left.get(row.sale, 0) + row.quantity
        sales.setdefault(row.sale, row)
    kept = [sales[id] for id, amount in left.items() if amount > 0]
    match expr.what:
        case "lines":
            return Fraction(len(kept))
        case "orders":
            return Fraction(len({(row.account, row.order_key) for row in kept}))
        case "invoices":
            return Fraction(len({(row.account, row.invoice_id or ("", row.sale)) for row in kept}))
        case "days":
            return Fraction(len({at.governed(row) for row in kept}))
        case "deliveries":
            return Fraction(len({(row.account, row.order_key, row.attributes.get("line.delivery")) for row in kept}))
        case _:
            assert expr.distinct is not None
            values = {at.calculation.attribute(expr.distinct, at.of(row)) for row in kept}
            return Fraction(sum(not isinstance(value, Missing) for value in values))


def by_sale(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows with those of the same sale."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.sale, []).append(row)
    yield from found.values()


__all__ = ["ZERO", "by_sale", "counted", "quantity", "scaled", "span", "total", "whose"]
