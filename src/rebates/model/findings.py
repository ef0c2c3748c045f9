"""Warnings and notes that need no solver: what is allowed, yet worth seeing."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

from rebates.model import nodes as m
from rebates.model.exact import ExactError, decimal_text
from rebates.syntax.diagnostics import Report


def find(agreements: Sequence[m.Agreement], report: Report) -> None:
    """All findings of a rule set. What the text accepts is silent; an acceptance that nothing needs is told."""
    for agreement in agreements:
        for rule in agreement.rules:
            accepted = {finding for finding, _ in rule.accepts}
            needed = set()
            if _cliff(rule, report if "cliff" not in accepted else None):
                needed.add("cliff")
            for finding in sorted(accepted - needed):
                known = "nothing in this rule needs it" if finding == "cliff" else "no finding has that name"
                report.warning("R0351", rule.span, f"`accept {finding}` signs off nothing: {known}", "leave it out")


def _cliff(rule: m.Rule, report: Report | None) -> bool:
    """Retroactive percents that rise: just below a threshold buying more costs less (authoring: a dead zone)."""
    worth = rule.worth
    if rule.kind != "discount" or not isinstance(worth, m.Tiers) or worth.mode != "retroactive":
        return False
    rates = [_rate(row.reward) for row in worth.rows]
    found = False
    previous = Fraction(0)
    for row, rate in zip(worth.rows, rates, strict=True):
        if rate is None:
            return found
        if rate > previous and row.threshold > 0 and rate < 1:
            found = True
            if report is not None:
                _tell(row, previous, rate, worth, report)
        previous = rate
    return found


def _rate(reward: m.Reward) -> Fraction | None:
    match reward.pieces:
        case (m.PercentPiece(rate=m.Constant(value=Fraction() as value), of=None),):
            return value
        case _:
            return None


def _tell(row: m.Tier, before: Fraction, rate: Fraction, worth: m.Tiers, report: Report) -> None:
    """The dead zone is (T·(1−r₂)/(1−r₁), T): amounts in it cost more than the threshold."""
    from rebates.model.expressions import dimension

    edge = row.threshold * (1 - rate) / (1 - before)
    unit = dimension(worth.measure).unit
    word = f" {unit}" if unit else ""
    if unit is not None and row.threshold.denominator == 1:
        low, high = floor(edge) + 1, ceil(row.threshold) - 1
        if low > high:
            return
        zone = f"{low} to {high}{word}" if low < high else f"{low}{word}"
        verb = "cost" if low < high else "costs"
    else:
        zone, verb = f"more than {_short(edge)} and less than {_short(row.threshold)}{word}", "cost"
    report.note(
        "R0350",
        row.span,
        f"{zone} {verb} more than {_short(row.threshold)}{word}",
        'customers will order more and return it; accept it with `accept cliff "why"`, or use `incremental`',
    )


def _short(value: Fraction) -> str:
    try:
        return decimal_text(value)
    except ExactError:
        return decimal_text(Fraction(round(value * 100), 100))
