"""Who is paid what an earner has earned, exact and rounded (96)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from rebates.reference.arithmetic import ZERO, Money
from rebates.reference.earned import Judge
from rebates.reference.over import Over
from rebates.reference.values import number
from rebates.reference.windows import Window


def shares(judge: Judge, over: Over) -> dict[str, Fraction]:
    """The payees by id, and the share of each."""
    payees = over.window.rule.payees
    if payees is None:
        return {over.earner: Fraction(1)}
    if payees.accounts:
        return dict(sorted(payees.accounts))
    assert payees.by is not None
    members = judge.accounts(over.window, over.now)
    if not members:
        return {over.earner: Fraction(1)}
    measured = {
        who: max(number(payees.by, replace(over, account=who, weighed=True).view(), None) or ZERO, ZERO)
        for who in members
    }
    whole = sum(measured.values(), ZERO)
    if whole == 0:
        return {who: Fraction(1, len(members)) for who in members}
    return {who: one / whole for who, one in measured.items()}


def rounded(money: Money, window: Window, amount: Fraction) -> Fraction:
    """The amount of a window as it is settled: in money by its digits, points and goods in whole ones (2.2, 99a)."""
    if window.rule.pays != "money":
        whole = abs(amount).numerator // abs(amount).denominator
        return Fraction(-whole if amount < 0 else whole)
    return money.amount(amount)


def divided(money: Money, window: Window, total: Fraction, parts: dict[str, Fraction]) -> dict[str, Fraction]:
    """A rounded total over the payees, by largest remainder, ties to the earlier by id (2.4)."""
    if len(parts) == 1:
        return dict.fromkeys(parts, total)
    digits = money.digits if window.rule.pays == "money" else 0
    unit = Fraction(1, 10**digits)
    sign = -1 if total < 0 else 1
    exact = {who: abs(total) * share / unit for who, share in parts.items()}
    floors = {who: part.numerator // part.denominator for who, part in exact.items()}
    left = abs(total) / unit - sum(floors.values())
    order = sorted(parts, key=lambda who: (floors[who] - exact[who], who))
    extra = dict.fromkeys(parts, ZERO)
    whole = left.numerator // left.denominator
    for who in order[:whole]:
        extra[who] += 1
    if order:
        extra[order[0]] += left - whole  # a step finer or coarser than the digits leaves part of a unit
    return {who: sign * (floors[who] + extra[who]) * unit for who in parts}
