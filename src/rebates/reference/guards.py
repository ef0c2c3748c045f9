"""Guards: the finished waterfall of the sales lines, against a bound (7.3; calculation 33)."""

from __future__ import annotations

from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.outcome import FreeOut, GuardOut, LineOut
from rebates.reference.arithmetic import ZERO
from rebates.reference.context import Line, Part, View
from rebates.reference.prices import as_price
from rebates.reference.values import number


def judge(
    part: Part, finished: dict[int, LineOut], free: tuple[FreeOut, ...], every: dict[int, LineOut]
) -> list[GuardOut]:
    """Every guard of every agreement in force, in text order; `every` has the returned lines too."""
    if not part.lines:
        return []
    out = []
    by_name = {agreement.name: agreement for agreement in part.agreements}
    pocketed: dict[int, Fraction] = {}
    if any(guard.watches == "pocket margin" for agreement in part.agreements for guard in agreement.guards):
        pocketed = _pocketed(part, every)
    for signed in part.rules.agreements:
        if signed.name not in by_name:
            continue
        agreement = by_name[signed.name]
        for guard in agreement.guards:
            view = View(part, {i: line.net_value for i, line in finished.items()}, {}, None, agreement)
            if guard.per_line:
                out += [_one(guard, view, [line], finished, line.index, (), pocketed) for line in part.lines]
            else:
                out.append(_one(guard, view, part.lines, finished, None, free, pocketed))
    return out


def _pocketed(part: Part, every: dict[int, LineOut]) -> dict[int, Fraction]:
    """The pocket values of all lines (124)."""
    from rebates.reference.pocket import pocket  # it needs this one's room

    names = [agreement.name for agreement in part.agreements]
    lines = [every[index] for index in range(len(every))]
    return dict(enumerate(pocket(part.rules, part.order, names, part.currency, lines).values))


def _one(
    guard: m.Guard,
    view: View,
    lines: list[Line],
    finished: dict[int, LineOut],
    index: int | None,
    free: tuple[FreeOut, ...],
    pocketed: dict[int, Fraction],
) -> GuardOut:
    outs = [finished[line.index] for line in lines]
    value: Fraction | None = None
    bound: Fraction | None
    worthless = False
    if guard.watches == "net price":
        line = lines[0]
        value = outs[0].net_value / line.quantity
        bound = as_price(guard.bound, None, view, line)
    else:
        bound = number(guard.bound, view, lines[0])
        if guard.watches == "discount":
            listed = [out.list_value for out in outs]
            known = [one for one in listed if one is not None]
            whole = sum(known, ZERO) + sum((gift.list_value for gift in free), ZERO)
            if len(known) == len(listed) and whole:
                net = sum((out.net_value for out in outs), ZERO) + sum((gift.net_value for gift in free), ZERO)
                value = (whole - net) / whole
        else:
            costs = [out.cost for out in outs] + [gift.cost for gift in free]
            known = [one for one in costs if one is not None]
            left = {line.index: out.invoice_value for line, out in zip(lines, outs, strict=True)}
            if guard.watches == "pocket margin":
                left = {line.index: pocketed[line.index] for line in lines}
            price = sum(left.values(), ZERO) + sum((gift.net_value for gift in free), ZERO)
            worthless = price <= 0
            if len(known) == len(costs) and not worthless:
                value = (price - sum(known, ZERO)) / price
    holds = value is not None and bound is not None and not worthless and _compare(guard.op, value, bound)
    return GuardOut(guard.id, index, value, bound, holds)


def _compare(op: str, value: Fraction, bound: Fraction) -> bool:
    match op:
        case "<":
            return value < bound
        case "<=":
            return value <= bound
        case "=":
            return value == bound
        case ">=":
            return value >= bound
        case _:
            return value > bound
