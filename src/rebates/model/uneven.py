"""Thresholds that no whole number of an item's units meets exactly."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from math import ceil

from rebates.model import nodes as m
from rebates.model.ground import Ground, Told, verdict
from rebates.model.master import Item
from rebates.model.units import is_counted

MOST_ITEMS = 50  # that are looked at


def uneven(rule: m.Rule, ground: Ground) -> Iterator[Told]:
    """A threshold that lies between two whole numbers of base units of an item that the rule covers."""
    worth = rule.worth
    if not isinstance(worth, m.Tiers):
        return
    total = worth.measure.value if isinstance(worth.measure, m.MeasureRef) else worth.measure
    if not isinstance(total, m.Total) or total.what != "quantity" or total.full:
        return
    if total.unit is None or not is_counted(total.unit):
        return
    items = list(islice(_covered(rule, total, ground), MOST_ITEMS))
    for row in worth.rows:
        for item in items:
            factor = ground.master.factor(item.id, total.unit, ground.agreement.first)
            whole = row.threshold * factor if factor is not None else row.threshold
            if factor is not None and whole.denominator != 1:
                message = f"no whole number of {item.base_unit} of `{item.id}` meets this threshold: {ceil(whole)} {item.base_unit} is the first beyond it"
                help = 'write a threshold that can be ordered, or accept it with `accept uneven "why"`'
                yield Told(row.span, message, help)
                break


def _covered(rule: m.Rule, total: m.Total, ground: Ground) -> Iterator[Item]:
    tests = [*ground.conjuncts(rule), *([total.where] if total.where is not None else [])]
    for item in ground.master.items.values():
        if is_counted(item.base_unit) and not any(verdict(test, item, ground) is False for test in tests):
            yield item
