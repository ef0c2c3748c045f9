"""Totals beyond the order, after it (5.4 b; calculation 34)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.outcome import LineOut
from rebates.model.units import is_weight_or_volume
from rebates.reference.arithmetic import ZERO
from rebates.reference.codes import used as uses_of
from rebates.reference.context import Line, Part, View, counts_order, in_unit, total_key
from rebates.reference.values import contribution, in_season, is_nobodys

Taken = dict[str, dict[int, Fraction]]


def totals_after(
    sales: Part,
    sold: dict[int, LineOut],
    sold_taken: Taken,
    back: Part,
    returned: dict[int, LineOut],
    returned_taken: Taken,
) -> dict[str, Fraction]:
    """What every total that a rule in force reads comes to after this order, and what capped rules have paid."""
    out: dict[str, Fraction] = {}
    for agreement in sales.agreements:
        standing = {rule.id: rule for rule in agreement.rules}
        signed = next(one for one in sales.rules.agreements if one.name == agreement.name)
        for rule in [*signed.rules, None]:  # every version: an amendment finds its totals whole (75)
            view_sales = _view(sales, sold, rule, agreement)
            view_back = _view(back, returned, rule, agreement)
            for total in _totals(rule, agreement):
                out |= _after(total, Both(sales, sold, view_sales), Both(back, returned, view_back))
            if rule is None:
                continue
            for cap in rule.caps:
                if cap.key is not None and cap.window is not None:
                    key = total_key(sales, agreement, cap.key, cap.scope, cap.window, view_sales.day())
                    paid = sum(sold_taken.get(rule.id, {}).values(), ZERO) - sum(
                        returned_taken.get(rule.id, {}).values(), ZERO
                    )
                    out[key] = sales.order.totals.get(key, ZERO) + paid
            for shared in rule.led:
                if shared.key is not None and shared.window is not None:
                    key = total_key(sales, agreement, shared.key, shared.scope, shared.window, view_sales.day())
                    both = [sum(sold_taken.get(id, {}).values(), ZERO) for id in shared.rules]
                    both += [-sum(returned_taken.get(id, {}).values(), ZERO) for id in shared.rules]
                    out[key] = sales.order.totals.get(key, ZERO) + sum(both, ZERO)
            for key, more in uses_of(standing[rule.id], rule.uses, view_sales):
                out[key] = sales.order.totals.get(key, ZERO) + more
            if rule is not standing[rule.id]:
                continue
            if rule.limit is not None and rule.limit.key is not None and rule.limit.window is not None:
                limit = rule.limit
                assert limit.key is not None and limit.window is not None
                key = total_key(sales, agreement, limit.key, limit.scope, limit.window, view_sales.day())
                if rule.sets is not None or rule.gift is not None:
                    used = sales.used.get(rule.id, ZERO) - back.used.get(rule.id, ZERO)
                    out[key] = sales.order.totals.get(key, ZERO) + used
                    continue
                used = _used(limit, sales, sold, sold_taken.get(rule.id, {})) - _used(
                    limit, back, returned, returned_taken.get(rule.id, {})
                )
                out[key] = sales.order.totals.get(key, ZERO) + used
    return out


@dataclass(frozen=True)
class Both:
    """A part, its finished lines and how they are read."""

    part: Part
    lines: dict[int, LineOut]
    view: View

    def of(self, item: str | None) -> list[Line]:
        return [line for line in self.part.lines if item in (None, line.given.item)]


def _after(total: m.Total, sales: Both, back: Both, item: str | None = None) -> dict[str, Fraction]:
    """A total beyond the order, after it, by its key; of one item only its lines count."""
    assert total.key is not None and total.window is not None
    view, agreement = sales.view, sales.view.agreement
    if is_nobodys(total, view) or not in_season(total, view):
        return {}
    key = total_key(sales.part, agreement, total.key, total.scope, total.window, view.day(), item)
    found = sales.part.order.totals.get(key, ZERO)
    if counts_order(agreement, total.window, view.day()):
        passing = [line for line in sales.of(item) if _passes(total, view, line)]
        if total.what == "orders":
            found += 1 if passing else 0
        elif total.what == "deliveries":
            found += len({line.given.attributes.get("delivery") for line in passing})
        else:
            for part, sign in ((sales, 1), (back, -1)):
                for line in part.of(item):
                    found += sign * contribution(total, part.view, line, _final(part.lines[line.index]))
            if total.what == "quantity" and is_weight_or_volume(total.unit):  # free goods count (5.1 a)
                gifts = [gift for gift in sales.part.added if item in (None, gift.given.item)]
                found += sum((contribution(total, view, gift, {}) for gift in gifts), ZERO)
    return {key: found}


def class_totals_after(
    of: m.Class,
    agreement: m.Agreement,
    items: list[str],
    sales: Part,
    sold: dict[int, LineOut],
    back: Part,
    returned: dict[int, LineOut],
) -> dict[str, Fraction]:
    """The totals that a class stands on, after this order; those of items for each item of the order (calculation 87)."""
    out: dict[str, Fraction] = {}
    both = (
        Both(sales, sold, _view(sales, sold, None, agreement)),
        Both(back, returned, _view(back, returned, None, agreement)),
    )
    for total in in_condition(of.where):
        for item in items if total.scope is m.Scope.PRODUCT else [None]:
            out |= _after(total, *both, item)
    return out


def _used(limit: m.Limit, part: Part, lines: dict[int, LineOut], taken: dict[int, Fraction]) -> Fraction:
    """Units, or base, of the lines the rule took something on, as far as the limit goes."""
    whole = ZERO
    for line in part.lines:
        if taken.get(line.index):
            whole += in_unit(part, line, limit.unit) if limit.unit is not None else lines[line.index].gross_value
    most = limit.quantity if limit.quantity is not None else limit.money
    assert most is not None
    return min(whole, most)


def _view(part: Part, lines: dict[int, LineOut], rule: m.Rule | None, agreement: m.Agreement) -> View:
    net = {index: line.net_value for index, line in lines.items()}
    charges = {index: line.invoice_value - line.net_value for index, line in lines.items()}
    return View(part, net, charges, rule, agreement)


def _passes(total: m.Total, view: View, line: Line) -> bool:
    from rebates.reference.values import truth

    return total.where is None or truth(total.where, view, line) is True


def _final(out: LineOut) -> dict[str, Fraction]:
    return {
        "list": out.gross_value if out.list_value is None else out.list_value,
        "gross": out.gross_value,
        "net": out.net_value,
        "invoice": out.invoice_value,
    }


def _totals(rule: m.Rule | None, agreement: m.Agreement) -> Iterator[m.Total]:
    """Every total beyond the order that a rule, or a guard of the agreement, reads."""
    if rule is None:
        for guard in agreement.guards:
            yield from _in_expr(guard.bound)
        return
    rewards: list[m.Reward] = []
    for when in rule.when:
        yield from in_condition(when.condition)
        rewards += [when.otherwise] if when.otherwise is not None else []
    if rule.base.where is not None:
        yield from in_condition(rule.base.where)
    exprs: list[m.Expr] = [bound.value for bound in (*rule.caps, *rule.floors)]
    exprs += [cap.value for cap in rule.led]
    exprs += [rule.pays_from.value] if rule.pays_from else []
    exprs += [rule.not_below.value] if rule.not_below else []
    exprs += [rule.base.value] if rule.base.value is not None else []
    worths: list[m.Worth | None] = [rule.worth]
    while worths:
        match worths.pop():
            case m.Amount(value=value):
                exprs.append(value)
            case m.Tiers(measure=measure, rows=rows, below=below, without_baseline=without):
                exprs.append(measure)
                rewards += [row.reward for row in rows]
                rewards += ([below.reward] if below else []) + ([without] if without else [])
            case m.Flat(reward=reward):
                rewards.append(reward)
            case m.Cases(rows=cases):
                rewards += [case.reward for case in cases]
                for case in cases:
                    yield from in_condition(case.when) if case.when is not None else ()
            case m.Levels(measure=measure, rows=levels):
                exprs.append(measure)
                worths += [level.worth for level in levels]
            case m.RateTable(measures=measures, rows=tuple() as keyed):
                exprs += measures
                worths += [row.worth for row in keyed]
            case m.RateTable(measures=measures):  # of a file: its cells are constants
                exprs += measures
    for reward in rewards:
        for piece in reward.pieces:
            match piece:
                case m.PercentPiece(rate=rate, of=of):
                    exprs += [rate] if of is None else [rate, of]
                case m.SumPiece(amount=amount) | m.UnitPiece(amount=amount):
                    exprs.append(amount)
                case m.PricePiece(value=price):
                    exprs.append(price)
    for expr in exprs:
        yield from _in_expr(expr)


def _in_expr(expr: m.Expr) -> Iterator[m.Total]:
    match expr:
        case m.Total(scope=scope, where=where):
            if not scope.within_order:
                yield expr
            if where is not None:
                yield from in_condition(where)
        case m.MeasureRef(value=inner) | m.Rounded(value=inner):
            yield from _in_expr(inner)
        case m.Arithmetic(left=left, right=right):
            yield from _in_expr(left)
            yield from _in_expr(right)
        case m.Extreme(parts=parts):
            for part in parts:
                yield from _in_expr(part)
        case m.Fallback(value=inner, otherwise=otherwise):
            yield from _in_expr(inner)
            yield from _in_expr(otherwise)
        case m.PerKey(value=inner):
            yield from in_condition(inner) if isinstance(inner, m.Condition) else _in_expr(inner)


def in_condition(condition: m.Condition) -> Iterator[m.Total]:
    match condition:
        case m.And(parts=parts) | m.Or(parts=parts):
            for part in parts:
                yield from in_condition(part)
        case m.Not(part=part):
            yield from in_condition(part)
        case m.Compare(left=left, right=right):
            yield from _in_expr(left)
            yield from _in_expr(right)
        case m.EveryNth(before=before):
            yield from _in_expr(before)
        case m.InSet(where=where):
            yield from in_condition(where)
