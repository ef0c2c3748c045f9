"""Bounds, endings and price points of a price that is being made (64, 65)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from fractions import Fraction

from rebates.compile.rewards import price_per_ordered
from rebates.compile.state import Reader
from rebates.compile.values import taxed, units
from rebates.model.nodes import Ending, Expr, PricePiece, Rule
from rebates.model.outcome import OrderError


class Form:
    """What the price of a rule must keep to on a line; bounds are per ordered unit."""

    __slots__ = ("ending", "high", "line", "low", "tax")

    def __init__(self, rule: Rule, at: Reader) -> None:
        self.line, self.ending = at.line, rule.ending
        self.tax = Fraction(1)
        if rule.ending is not None and rule.ending.with_tax:
            self.tax = taxed(at)
        self.low = None if rule.not_below is None else _bound(rule.not_below.value, at)
        self.high = None if rule.not_above is None else _bound(rule.not_above.value, at)
        crossed = self.low is not None and self.high is not None and self.low > self.high
        if crossed and at.line.given.price is None:
            raise OrderError(
                "R0556",
                f"`{rule.name}` finds no price for `{at.line.given.item}`: its lowest price is above its highest",
                f"lines[{at.line.index}].item",
                "mend `not below` or `not above`, or the cost and list price they stand on; or give the line a price",
            )

    def within(self, price: Fraction) -> Fraction:
        """The price, moved to the bound it passes; the lowest price goes first where both are passed."""
        if self.high is not None and price > self.high:
            price = self.high
        return self.low if self.low is not None and price < self.low else price

    def made(self, price: Fraction, unit: str | None) -> Fraction:
        """The price within its bounds and with its ending; `unit` is what it is stated per, None the ordered one."""
        price = self.within(price)
        if self.ending is None or price <= 0:
            return price
        scale = (Fraction(1) if unit is None else units(self.line, unit)) / self.tax
        below, above = _around(self.ending, price / scale)
        near = [
            each * scale
            for each in (above, below)  # the higher first: it is taken at a tie
            if each is not None and self.within(each * scale) == each * scale
        ]
        return min(near, key=lambda each: abs(each - price), default=price)


def _bound(expr: Expr, at: Reader) -> Fraction | None:
    """A bound per ordered unit; bare money is per base unit. One without a value binds nothing."""
    found = price_per_ordered(PricePiece(expr, None, span=expr.span), at)
    return found if isinstance(found, Fraction) else None


def _around(ending: Ending, price: Fraction) -> tuple[Fraction | None, Fraction | None]:
    """The nearest admissible prices at or below a price, and above it."""
    if ending.every is None:
        place = bisect_left(ending.values, price)
        here = place < len(ending.values) and ending.values[place] == price
        above = ending.values[place] if place < len(ending.values) else None
        return (above if here else ending.values[place - 1] if place else None), above
    below: Fraction | None = None
    for each in _ladder(ending, price):
        if each > price:
            return below, each
        below = each
    raise AssertionError("the ladder goes on beyond the price")


def _ladder(ending: Ending, price: Fraction) -> Iterator[Fraction]:
    """Admissible prices above zero, ascending, from one step below the price to one above it."""
    assert ending.every is not None
    first = price // ending.every - 1
    for step in range(first, first + 4):
        yield from (each for value in ending.values if (each := step * ending.every + value) > 0)
