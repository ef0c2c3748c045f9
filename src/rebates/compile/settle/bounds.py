"""Limits, bounds and shared caps of what a rule earns in a window (93f, 93g)."""

from __future__ import annotations

from fractions import Fraction

from rebates.compile.settle.at import At
from rebates.compile.settle.totals import ZERO
from rebates.compile.settle.values import number
from rebates.compile.settle.windows import kind_of_window, window_of
from rebates.compile.settle.worth import Basis
from rebates.model.nodes import Bound, Limit, Scope, SharedCap
from rebates.model.settlement import Status
from rebates.plan.nodes import Missing

ONE = Fraction(1)


def let_in(limit: Limit, on: Basis) -> Fraction:
    """The share of the base that a limit lets in."""
    most = limit.money if limit.quantity is None else limit.quantity
    assert most is not None
    used = sum((_used(limit, at) for at in earlier(limit.window, on.at)), ZERO)
    left = max(most - used, ZERO)
    counted = _counted(limit, on)
    if counted <= left or not counted:
        return ONE
    return left / counted


def _used(limit: Limit, at: At) -> Fraction:
    """What the rule was paid on in an earlier window; one in which it earned nothing used none of it."""
    if not at.calculation.final(at).amount:
        return ZERO
    earned = at.calculation.earn(at)
    return _counted(limit, Basis(at, earned.base or ZERO, earned.rows)) * earned.allowed


def _counted(limit: Limit, on: Basis) -> Fraction:
    return on.amount if limit.unit is None else on.units(limit.unit)


def earlier(window: str | None, at: At) -> list[At]:
    """The rule's windows before the one in hand, in a wider window of a bound."""
    if window is None or (at.stretch.claim is None and window == kind_of_window(at.rule)):
        return []
    first, _ = window_of(at.agreement, window, at.stretch.last)  # type: ignore[arg-type]
    return [
        At(at.calculation, stretch, at.earner, stretch.last, at.now, expecting=at.expecting)
        for stretch in at.calculation.stretches_of(at.rule.id, at.earner)
        if first <= stretch.first and stretch.last < at.stretch.last and stretch.first != at.stretch.first
    ]


def at_rates(amount: Fraction, on: Basis) -> Fraction:
    """The amount within bounds on the rate."""
    at, rule, base = on.at, on.at.rule, on.amount * on.allowed
    for bound in rule.caps if on.base is not None else ():
        if bound.on == "rate" and (rate := _value(bound, at)) is not None:
            amount = min(amount, rate * base)
    for bound in rule.floors if on.base is not None else ():
        if bound.on == "rate" and (rate := _value(bound, at)) is not None:
            amount = max(amount, rate * base)
    return amount


def bounded(amount: Fraction, on: Basis) -> tuple[Fraction, Status | None, Fraction]:
    """An amount that is within bounds on the rate, within the rule's others; why there is none, if they leave none; and what waits for the next window."""
    at, rule = on.at, on.at.rule
    if (amount != 0) if on.base is None else (on.base != 0):
        for bound in rule.floors:
            if bound.on == "amount" and (least := _value(bound, at)) is not None:
                amount = max(amount, least - _before(bound, at))
    for bound in rule.caps:
        if bound.on == "amount" and not _wide(bound, at) and (most := _value(bound, at)) is not None:
            left = max(most - _before(bound, at), ZERO)
            if amount > left:
                amount = ZERO if bound.all_or_nothing else left
    if rule.pays_from is not None:
        if rule.carried_forward:
            amount += waiting(at)
        least = _value(rule.pays_from, at)
        if least is not None and abs(amount) < least and amount:
            return ZERO, "pays from", amount if rule.carried_forward else ZERO
    return amount, None, ZERO


def _value(bound: Bound, at: At) -> Fraction | None:
    found = number(bound.value, at)
    return None if isinstance(found, Missing) else found


def _wide(bound: Bound, at: At) -> bool:
    """Whether it is over several earners: of a rule that earns for all together it is the rule's own (93f)."""
    return bound.scope is Scope.ALL and at.rule.scope is not Scope.ALL


def _before(bound: Bound, at: At) -> Fraction:
    """What the rule earned in earlier windows of the bound's own."""
    return sum((at.calculation.final(one).amount for one in earlier(bound.window, at)), ZERO)


def waiting(at: At) -> Fraction:
    """What the window before left below the minimum payout."""
    before = [one for one in at.calculation.stretches_of(at.rule.id, at.earner) if one.last < at.stretch.first]
    if not before:
        return ZERO
    last = before[-1]
    return at.calculation.earn(At(at.calculation, last, at.earner, last.last, at.now, expecting=at.expecting)).waiting


# --- over several earners, or several rules ---------------------------------------------------------------------------


def shared(amount: Fraction, at: At, before: int | None = None) -> Fraction:
    """What caps over all earners, and caps across rules (those `before` one), leave of an amount."""
    wide = [bound for bound in at.rule.caps if bound.on == "amount" and _wide(bound, at)]
    for place in range(len(wide)):
        amount = _over_all(wide[: place + 1], amount, at)
    for cap in sorted(at.rule.shared_caps, key=lambda each: each.number):
        if before is None or cap.number < before:
            amount = _across(cap, amount, at)
    return amount


def _over_all(caps: list[Bound], amount: Fraction, at: At) -> Fraction:
    """What the last of some caps over all earners leaves, in proportion to what those before it leave."""
    *others, cap = caps
    most = _value(cap, at)
    if most is None or amount <= 0:
        return amount
    calculation = at.calculation
    total = ZERO
    for one in calculation.every_earner(at):
        part = calculation.staged(one).amount
        for place in range(len(others)):
            part = _over_all(others[: place + 1], part, one)
        total += max(part, ZERO)
    past = [one for each in calculation.every_earner(at) for one in earlier(cap.window, each)]
    left = max(most - sum((calculation.final(one).amount for one in past), ZERO), ZERO)
    return amount if total <= left else amount * left / total


def _across(cap: SharedCap, amount: Fraction, at: At) -> Fraction:
    """Its part of a cap that several rules share."""
    calculation = at.calculation
    leads = calculation.others_at(cap.rules[0], at)
    most = number(cap.value, leads[0] if leads else at)
    if isinstance(most, Missing) or amount <= 0:
        return amount
    parts: list[tuple[str, str, Fraction]] = []
    used = ZERO
    for id_ in cap.rules:
        for one in _standing(cap, id_, at):
            if one.stretch.last >= at.to:
                parts.append((id_, one.earner, max(_before_cap(cap, one), ZERO)))
            else:
                used += calculation.final(one).amount
    left = max(most - used, ZERO)
    total = sum((part for *_, part in parts), ZERO)
    if total <= left:
        return amount
    if not cap.in_order:
        return ZERO if cap.all_or_nothing else amount * left / total
    for id_, earner, part in parts:
        gets = part if part <= left else ZERO if cap.all_or_nothing else left
        if (id_, earner) == (at.rule.id, at.earner):
            return gets
        left -= gets
    return amount


def _before_cap(cap: SharedCap, at: At) -> Fraction:
    """What a rule has before a shared cap bounds it."""
    stretch = at.stretch
    claim = stretch.claim and stretch.claim.number
    key = "before cap", cap.number, at.rule.id, stretch.first, claim, at.earner, at.to, at.now, at.expecting
    found = at.calculation.totals.get(key)
    if not isinstance(found, Fraction):
        amount = at.calculation.staged(at).amount
        found = at.calculation.totals[key] = shared(amount, at, cap.number) if amount else ZERO
    return found


def _standing(cap: SharedCap, rule: str, at: At) -> list[At]:
    """Where a rule stands that a shared cap bounds: its window of the day, and those that are over and began in the cap's."""
    calculation = at.calculation
    if rule not in calculation.versions:
        return []
    first = at.stretch.first if cap.window is None else window_of(at.agreement, cap.window, at.to)[0]
    other = calculation.versions[rule][0]
    everybody = calculation.earners(other, at.now) if cap.scope is Scope.ALL else calculation.earners_like(other, at)
    return [
        At(calculation, stretch, earner, min(at.to, stretch.last), at.now, expecting=at.expecting)
        for earner in everybody
        for stretch in calculation.stretches_of(rule, earner)
        if stretch.first <= at.to
        and (stretch.claim is None or stretch.claim.day <= at.to)
        and (first <= stretch.first or at.to <= stretch.last)
        and calculation.earns_in(earner, stretch, at.now)
    ]
