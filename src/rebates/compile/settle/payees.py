"""Who is paid, and which share (96)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from rebates.compile.settle.at import At
from rebates.compile.settle.values import number
from rebates.compile.settle.windows import Stretch
from rebates.model.nodes import Scope
from rebates.model.rebates import Rebate
from rebates.plan.nodes import Missing

ZERO, ONE = Fraction(0), Fraction(1)


def payees_of(rule: Rebate, at: At) -> list[tuple[str, Fraction]]:
    """Those who are paid, by id, with shares that add up to one."""
    pays = rule.payees
    if pays is None:
        return [(at.earner, ONE)]
    if pays.by is None:
        return sorted(pays.accounts)
    began = at.calculation.history.accounts
    members = [
        account
        for account in at.calculation.accounts_of(rule.scope, at.earner)
        if began[account] <= at.now and _takes_part(rule, account, at)
    ]
    if not members:
        return [(at.earner, ONE)]
    stretch: Stretch = replace(at.stretch, rule=replace(rule, scope=Scope.ACCOUNT))
    weights: list[Fraction] = []
    for account in members:
        found = number(pays.by, at.but(stretch=stretch, earner=account))
        weights.append(ZERO if isinstance(found, Missing) else max(found, ZERO))
    whole = sum(weights, ZERO)
    if not whole:
        return [(account, Fraction(1, len(members))) for account in members]
    return [(account, weight / whole) for account, weight in zip(members, weights, strict=True)]


def _takes_part(rule: Rebate, account: str, at: At) -> bool:
    """Whether an account is a member in the window; the head of a tree is one if anything was posted for it."""
    if rule.scope is Scope.GROUP:
        spans = at.calculation.memberships(account, at.earner)
        return any(first <= at.stretch.last and at.stretch.first <= last for first, last in spans)
    return at.calculation.is_for(account, at.stretch.first, at.stretch.last)
