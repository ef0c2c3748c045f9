"""Thresholds that no whole number of an item's units meets exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import islice
from math import ceil

from rebates.model import nodes as m
from rebates.model.ground import Ground, Told
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
    tests = [*ground.conjuncts(rule), *([total.where] if total.where is not None else [])]
    items = ground.met(tests)
    by_factor = items.factors.get(total.unit)
    if by_factor is None:
        by_factor = items.factors[total.unit] = _by_factor(items, total.unit, ground)
    for row in worth.rows:
        top, below = row.threshold.numerator, row.threshold.denominator
        for factor, item in by_factor.items():
            if top * factor.numerator % (below * factor.denominator):  # a fraction of its base units
                whole = row.threshold * factor
                message = f"no whole number of {item.base_unit} of `{item.id}` meets this threshold: {ceil(whole)} {item.base_unit} is the first beyond it"
                help = 'write a threshold that can be ordered, or accept it with `accept uneven "why"`'
                yield Told(row.span, message, help)
                break


def _by_factor(items: Iterable[Item], unit: str, ground: Ground) -> dict[Fraction, Item]:
    """The first item of each number of base units that the unit is, among those that are counted."""
    found: dict[Fraction, Item] = {}
    for item in islice((item for item in items if is_counted(item.base_unit)), MOST_ITEMS):
        factor = ground.master.factor(item.id, unit, ground.agreement.first)
        if factor is not None:
            found.setdefault(factor, item)
    return found
