"""When a budget can run out at the earliest: what must be sold until a cap over orders, or a fund, is used up at the highest rate.

No volume is assumed. Whether so much will be sold is for a history to say; who orders first gets what is there (5.4 b).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import floor

from rebates.model import nodes as m
from rebates.model.exact import ExactError, grouped
from rebates.model.ground import plain_rate
from rebates.model.reads import rewards
from rebates.model.rebates import Rebate


def budgets(agreement: m.Agreement) -> Iterator[str]:
    """Each budget of plain percents, with the least that can use it up, in words."""
    for rule in agreement.rules:
        for cap in rule.caps:
            if cap.window is not None and cap.on == "amount":
                yield from _said(agreement, f"{rule.kind} {rule.name}", f"its `{cap.span.text}`", cap.value, [rule])
    for fund in agreement.funds:
        drawing = [rule for rule in agreement.rebates if rule.fund == fund.id]
        if drawing:
            yield from _said(agreement, f"fund {fund.name}", "its opening", fund.opening, drawing)


def _said(
    agreement: m.Agreement, what: str, budget: str, value: m.Expr, rules: Sequence[m.Rule | Rebate]
) -> Iterator[str]:
    rates = [plain_rate(reward) for rule in rules for reward in rewards(rule.worth)]
    known = [rate for rate in rates if rate is not None]
    if not known or len(known) < len(rates) or max(known) <= 0:
        return
    if not isinstance(value, m.Constant) or not isinstance(value.value, Fraction):
        return
    most, least = max(known), value.value / max(known)
    try:
        paid = f"{agreement.currency} {grouped(Fraction(floor(least)))}"
        yield f"{what}: {budget} lasts for {paid} at least of what it is paid on, at the highest rate of {grouped(most * 100)}%"
    except ExactError:
        return
