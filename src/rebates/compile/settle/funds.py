"""Funds that rules draw from: what opens them, what rolls over, what is left (102)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from rebates.compile.settle.values import number
from rebates.compile.settle.windows import DAY, Stretch, window_of
from rebates.model.rebates import Fund
from rebates.plan.nodes import Missing

if TYPE_CHECKING:
    from rebates.compile.settle.at import At

ZERO = Fraction(0)


def draw(id_: str, amount: Fraction, at: At) -> Fraction:
    """As much of an amount as the fund has left for the earner, after what was drawn before."""
    fund = next(each for each in at.agreement.funds if each.id == id_)
    first, _ = window_of(at.agreement, fund.window, min(at.stretch.last, at.agreement.last))
    left = _there(fund, first, at)
    mine = at.stretch.last, at.rule.id
    for asked in _asked(fund, first, at, mine):
        left -= min(asked, left)
    return min(amount, max(left, ZERO))


def _asked(fund: Fund, first: date, at: At, mine: tuple[date, str] | None) -> Iterator[Fraction]:
    """What the fund's rules would draw in one of its windows, in the order in which they draw; of those before `mine`."""
    from rebates.compile.settle.at import At as Place
    from rebates.compile.settle.bounds import shared

    calculation = at.calculation
    turns: list[tuple[date, str, At]] = []
    for id_, versions in calculation.versions.items():
        rule = versions[0]
        if rule.fund != fund.id or (
            rule.scope is not at.rule.scope and at.earner not in calculation.earners(rule, at.now)
        ):
            continue
        for stretch in calculation.stretches_of(id_, at.earner):
            inside = window_of(at.agreement, fund.window, min(stretch.last, at.agreement.last))[0] == first
            turn = stretch.last, id_
            begun = stretch.first <= at.to and (stretch.claim is None or stretch.claim.day <= at.to)  # (92b)
            if not inside or not begun or (mine is not None and turn >= mine):
                continue
            there = Place(calculation, stretch, at.earner, min(at.to, stretch.last), at.now, expecting=at.expecting)
            turns.append((*turn, there))
    for *_, there in sorted(turns, key=lambda each: each[:2]):
        earned = calculation.staged(there).amount
        yield max(shared(earned, there), ZERO) if earned else ZERO


def _there(fund: Fund, first: date, at: At) -> Fraction:
    """What is in a fund as its window begins."""
    _, last = window_of(at.agreement, fund.window, first)
    there = at.but(stretch=Stretch(at.rule, first, last), to=min(at.now, last), row=None, only=None, key=None)
    opening = number(fund.opening, there)
    found = ZERO if isinstance(opening, Missing) else opening
    if fund.rolls_over and first > at.agreement.first:
        before, _ = window_of(at.agreement, fund.window, first - DAY)
        rest = _there(fund, before, at)
        for asked in _asked(fund, before, at, None):
            rest -= min(asked, rest)
        most = None if fund.up_to is None else number(fund.up_to, there)
        found += rest if most is None or isinstance(most, Missing) else min(rest, most)
    return found
