"""What is done to a price as it is made: bounds, then endings or price points (3.11; calculation 64, 65)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor

from rebates.model import nodes as m
from rebates.model.outcome import OrderError
from rebates.reference.context import Line, View, unit_factor
from rebates.reference.money_of import tax_factor


@dataclass(frozen=True)
class Bounds:
    """The lowest and highest price that a rule may give, per ordered unit; None where there is none."""

    low: Fraction | None
    high: Fraction | None

    def keep(self, price: Fraction) -> Fraction:
        if self.high is not None:
            price = min(price, self.high)
        return price if self.low is None else max(price, self.low)


def check(bounds: Bounds, line: Line, rule: m.Rule) -> None:
    """A price cannot keep bounds that cross: an error, unless the caller gives the price."""
    if bounds.low is None or bounds.high is None or bounds.low <= bounds.high or line.given.price is not None:
        return
    raise OrderError(
        "R0556",
        f"the lowest price of `{rule.name}` for item `{line.given.item}` lies above the highest",
        f"lines[{line.index}].item",
        "mend `not below` or `not above`, or the cost and list price they stand on; or give the line a price",
    )


def finished(rule: m.Rule, price: Fraction, unit: str | None, bounds: Bounds, view: View, line: Line) -> Fraction:
    """The price as the rule gives it: within its bounds and with its ending, made per `unit`, else per ordered unit."""
    kept = bounds.keep(price)
    if rule.ending is None or kept <= 0:
        return kept
    # so many of the price's unit are in one ordered unit
    units = Fraction(1) if unit is None else line.factor / unit_factor(view.part, line, unit)
    if rule.ending.with_tax:  # what ends so is the price with tax
        units /= tax_factor(view.part, view.agreement, line)
    near = [
        candidate * units
        for candidate in candidates(rule.ending, kept / units)
        if bounds.keep(candidate * units) == candidate * units
    ]
    return min(near, key=lambda one: (abs(one - kept), -one), default=kept)


def candidates(ending: m.Ending, price: Fraction) -> list[Fraction]:
    """Admissible prices around a price: of endings those of its step and the steps beside it; all price points."""
    if ending.every is None:
        return list(ending.values)
    step = floor(price / ending.every)
    found = [(step + move) * ending.every + value for move in (-1, 0, 1) for value in ending.values]
    return [one for one in found if one > 0]
