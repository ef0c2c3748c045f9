"""Plain rules: rates or tiers on a sum of sales and nothing else said. They are worked out in whole numbers.

As generated code does (`familiar.py`), this names all that it takes into account. A rule that says anything else, and a case
that is out of the way, is left to `earning.py`, which knows everything and comes to the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from rebates.compile.familiar import says_only
from rebates.compile.settle.at import At
from rebates.compile.settle.earned import ZERO, Earned
from rebates.compile.settle.rows import SCALE, Scaled, scaled, unscaled
from rebates.compile.settle.totals import counted, summed
from rebates.model.nodes import Constant, Expr, Flat, MeasureRef, Package, PercentPiece, Reward, Tiers, Total, UnitPiece
from rebates.model.rebates import Rebate
from rebates.model.settlement import Cut, Next
from rebates.model.windows import Window

_RULE = (
    "id kind name title agreement place scope window worth base settle priority returns pays goods funders payees reference "
    "accepts since until takeover amended ended ending"
)
_TOTAL = "what dimension scope window unit where key"
_TIERS = "mode measure rows below without_baseline continues"  # a sum always has a value
_SUMMED = ("net", "gross", "list", "invoice", "quantity")


@dataclass(frozen=True, slots=True)
class _Rate:
    """What each unit of the base pays: `up` ÷ `down` of the base in units of the scale."""

    stated: Fraction | None
    up: int
    down: int

    def on(self, base: Scaled) -> Fraction:
        return Fraction(base * self.up, self.down)


@dataclass(frozen=True, slots=True)
class _Step:
    threshold: Fraction
    least: Scaled
    above: bool
    rate: _Rate

    def holds(self, measure: Scaled) -> bool:
        return measure > self.least if self.above else measure >= self.least


@dataclass(frozen=True, slots=True)
class Plain:
    """A plain rule: `flat` is paid on the base, or the steps are, by a measure; None of that where it is the base itself."""

    base: Total
    flat: _Rate | None
    measure: Total | None
    steps: Sequence[_Step]
    by_slice: bool

    def earned(self, at: At) -> Earned | None:
        """What the rule earns in a window; None where that is to be worked out the long way."""
        if at.stretch.gone:
            return None
        rows = counted(self.base, at)
        sold = summed(self.base, at, rows)
        paid_on = max(0, sold)
        base = unscaled(paid_on)
        if self.flat is not None:
            amount = self.flat.on(paid_on)
            cut = Cut(base, self.flat.stated, amount)
            return Earned("due" if amount else "nothing", amount, None, base, None, (cut,), rows=rows, free=amount)
        if self.measure is not None:
            reached = summed(self.measure, at, counted(self.measure, at))
        elif sold < 0:
            return None
        else:
            reached = sold
        place = len(self.steps) - 1
        while place >= 0 and not self.steps[place].holds(reached):
            place -= 1
        cuts = self._cuts(place, paid_on, reached)
        amount = _whole(cuts)
        return Earned(
            "no tier" if place < 0 else "due" if amount else "nothing",
            amount,
            base if self.measure is None else unscaled(reached),
            base,
            None if place < 0 else place,
            cuts,
            next=self._next(place + 1, paid_on, reached, amount),
            rows=rows,
            free=amount if place >= 0 else ZERO,
        )

    def _cuts(self, place: int, base: Scaled, reached: Scaled) -> tuple[Cut, ...]:
        """What the steps up to one pay; before the first there are none."""
        if place < 0:
            return ()
        if not self.by_slice:
            rate = self.steps[place].rate
            return (Cut(unscaled(base), rate.stated, rate.on(base), place),)
        found = []
        for number, step in enumerate(self.steps[: place + 1]):
            end = reached if number == place else min(self.steps[number + 1].least, reached)
            part = max(end - max(step.least, 0), 0)
            found.append(Cut(unscaled(part), step.rate.stated, step.rate.on(part), number))
        return tuple(found)

    def _next(self, place: int, base: Scaled, reached: Scaled, now: Fraction) -> Next | None:
        """The step after the one that is reached, and what reaching it would be worth more (93j)."""
        if place == len(self.steps):
            return None
        step = self.steps[place]
        then = self._cuts(place, step.least if self.measure is None else base, step.least)
        return Next(step.threshold, unscaled(step.least - reached), _whole(then) - now)


def _whole(cuts: Sequence[Cut]) -> Fraction:
    return cuts[0].amount if len(cuts) == 1 else sum((cut.amount for cut in cuts), ZERO)


def plain_of(rule: Rebate) -> Plain | None:
    """The rule as a plain one; None if it is not."""
    base = _sum(rule.base)
    if base is None or not says_only(rule, _RULE) or rule.window == "claim" or rule.returns == "when posted":
        return None
    match rule.worth:
        case Flat():
            rate = _rate(rule.worth.reward, base)
            return None if rate is None else Plain(base, rate, None, (), False)
        case Tiers() as tiers if tiers.mode in ("retroactive", "incremental") and says_only(tiers, _TIERS):
            measure = _sum(tiers.measure)
            by_slice, same = tiers.mode == "incremental", measure == base
            if measure is None or tiers.below is not None or (by_slice and not same):
                return None
            steps: list[_Step] = []
            for row in tiers.rows:
                rate, least = _rate(row.reward, base), scaled(row.threshold)
                if rate is None or (steps and steps[-1].least >= least) or least < 0:
                    return None
                steps.append(_Step(row.threshold, least, row.above, rate))
            return Plain(base, None, None if same else measure, tuple(steps), by_slice)
    return None


def _sum(expr: Expr | None) -> Total | None:
    """The plain sum that an expression is: one that always has a value."""
    while isinstance(expr, MeasureRef):
        expr = expr.value
    if (
        not isinstance(expr, Total)
        or expr.what not in _SUMMED
        or expr.scope.within_order
        or not says_only(expr, _TOTAL)
    ):
        return None
    window = expr.window
    return None if window == "season" or (isinstance(window, Window) and window.kind == "season") else expr


def _rate(reward: Reward, base: Total) -> _Rate | None:
    """The one rate or amount per unit, not below zero, that a reward is."""
    if not reward.pieces:
        return _Rate(None, 0, 1)
    if len(reward.pieces) > 1:
        return None
    match reward.pieces[0]:
        case PercentPiece(rate=Constant(value=Fraction() as value)) as piece if says_only(piece, "rate"):
            each = value
        case UnitPiece(
            amount=Constant(value=Fraction() as value, dimension=of), package=Package(kind="each") as package
        ):
            if of.kind == "price" or package.unit not in (None, base.unit):
                return None
            each = value / package.size
        case _:
            return None
    up, down = each.as_integer_ratio()
    return None if up < 0 else _Rate(value, up, down * SCALE)
