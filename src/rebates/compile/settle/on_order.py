"""What a rule pays on the order in hand: on its base alone, at the rates that are reached with it (122)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from rebates.compile.settle.at import At
from rebates.compile.settle.bounds import at_rates
from rebates.compile.settle.earning import Stopped
from rebates.compile.settle.in_hand import pays_evenly
from rebates.compile.settle.rows import Row
from rebates.compile.settle.scaling import reads_row
from rebates.compile.settle.totals import ZERO
from rebates.compile.settle.values import number
from rebates.compile.settle.worth import Basis, NoWorth, Paid, worth_of
from rebates.model.nodes import Amount, Flat, Worth
from rebates.model.settlement import Cut
from rebates.plan.nodes import Missing


@dataclass(frozen=True, slots=True)
class OnOrder:
    """What is paid on a base; an amount (93e) has none of its own: it is worth what it grows by."""

    base: Fraction | None = None
    amount: Fraction = ZERO
    cuts: tuple[Cut, ...] = ()
    is_amount: bool = False
    weights: tuple[tuple[Row, Fraction], ...] = ()  # by which lines have it


def on_order(at: At, before: At) -> OnOrder | None:
    """Of all lines that are sold; None where the rule pays nothing."""
    calculation, rule = at.calculation, at.rule
    try:
        _, otherwise = calculation.gates(at)
    except Stopped:
        return None
    worth: Worth = rule.worth
    if rule.accrue is not None or otherwise is not None:
        reward = rule.accrue or otherwise
        assert reward is not None
        worth = Flat(reward, span=reward.span)
    if isinstance(worth, Amount):
        return OnOrder(is_amount=True)
    if rule.base is None:
        return OnOrder()
    rows = [row for row in calculation.base_rows(at) if row.posted[0].kind == "sale"]
    try:
        base, paid = _paid(worth, at, before, rows)
        if len(rows) == 1:
            alone = [paid.amount]
        elif pays_evenly(worth, rule):
            alone = [_base(at, [row]) for row in rows]
        else:
            alone = [_bounded(at, *_paid(worth, at, before, [row])) for row in rows]
    except NoWorth:
        return None
    return OnOrder(base, _bounded(at, base, paid), tuple(paid.cuts), weights=tuple(zip(rows, alone, strict=True)))


def _paid(worth: Worth, at: At, before: At, rows: Sequence[Row]) -> tuple[Fraction, Paid]:
    base = _base(at, rows)
    try:
        paid = worth_of(worth, Basis(at, base, rows, before=before))
    except NoWorth as none:
        if none.status != "no tier":
            raise
        paid = Paid()
    return base, paid


def _base(at: At, rows: Sequence[Row]) -> Fraction:
    """What the totals of the base count of these lines, without what is given or was before."""
    expr = at.rule.base
    assert expr is not None
    alone = at.but(brought=False, reading="order")
    if reads_row(expr):
        found = [number(expr, alone.of(row).among((row,))) for row in rows]
    else:
        found = [number(expr, alone.among(rows))]
    missing = next((each for each in found if isinstance(each, Missing)), None)
    if missing is not None:
        raise NoWorth("no baseline", missing)
    return max(sum((each for each in found if isinstance(each, Fraction)), ZERO), ZERO)


def _bounded(at: At, base: Fraction, paid: Paid) -> Fraction:
    """Not below zero but for a surcharge, and within bounds on the rate."""
    amount = paid.amount if paid.surcharge else max(paid.amount, ZERO)
    return at_rates(amount, Basis(at, base, ()))
