"""Rounding and spreading of amounts: exact in, exact out, the last digit settled (2.2 to 2.5).

The magnitude is rounded, then the sign is put back (2.8); parts of a spread amount add up exactly (2.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rebates.model.exact import round_to, round_to_step, spread
from rebates.model.nodes import Rounding

ZERO = Fraction(0)


class Rounder:
    """How the amounts of one rule set are rounded: `digits` of a line amount, then perhaps a coarser step (2.5)."""

    __slots__ = ("digits", "mode", "price_digits", "scale", "step", "terms")

    def __init__(self, terms: Rounding, digits: int) -> None:
        self.terms = terms
        self.digits = digits
        self.scale = 10**digits
        self.mode = terms.mode
        self.step = terms.then_step
        self.price_digits = digits if terms.price_digits is None else terms.price_digits

    def line(self, value: Fraction) -> Fraction:
        """A line amount."""
        result = round_to(value, self.digits, self.mode)
        return result if self.step is None else self.to_step(result, self.step)

    def price(self, value: Fraction) -> Fraction:
        """A unit price, where prices round first."""
        return round_to(value, self.price_digits, self.mode)

    def to_step(self, value: Fraction, step: Fraction) -> Fraction:
        """A multiple of the step."""
        return round_to_step(value, step, self.mode)

    def whole(self, value: Fraction) -> Fraction:
        """Down to a whole number of units of the digits."""
        return Fraction(value.numerator * self.scale // value.denominator, self.scale)

    def spread(self, amount: Fraction, shares: Sequence[Fraction]) -> list[Fraction]:
        """A rounded amount over lines in proportion to their exact shares (which may add up to a little more or less)."""
        sign = -1 if amount < 0 else 1
        taking = [place for place, share in enumerate(shares) if share]
        parts = [ZERO] * len(shares)
        if taking:
            weights = [sign * shares[place] for place in taking]
            for place, part in zip(taking, spread(amount, weights, self.digits, self.terms.remainder), strict=True):
                parts[place] = part
        return parts

    def divide(self, amount: Fraction, exact: Sequence[Fraction]) -> list[Fraction]:
        """Each part down to the digits, the missing units to the largest remainders, the earlier one at a tie."""
        scale = self.scale
        scaled = [part * scale for part in exact]
        floors = [part.numerator // part.denominator for part in scaled]
        missing = amount * scale - sum(floors)
        total = sum(scaled, ZERO)
        if total and not 0 <= missing < len(floors):
            # the step came to something else than its parts (prices round first, a coarser step): parts in proportion
            scaled = [part * amount * scale / total for part in scaled]
            floors = [part.numerator // part.denominator for part in scaled]
            missing = amount * scale - sum(floors)
        assert missing.denominator == 1
        each, more = divmod(missing.numerator, len(floors))
        order = sorted(range(len(floors)), key=lambda place: (floors[place] - scaled[place], place))
        for rank, place in enumerate(order):
            floors[place] += each + (1 if rank < more else 0)
        return [Fraction(part, scale) for part in floors]


def shared(amount: Fraction, weights: Sequence[Fraction], evenly: bool) -> list[Fraction]:
    """An amount in exact proportion to weights; where all are zero evenly, or not at all (2.4)."""
    total = sum(weights, ZERO)
    if total:
        return [amount * weight / total for weight in weights]
    return [amount / len(weights) if evenly else ZERO for _ in weights]


def stopped(
    amount: Fraction,
    weights: Sequence[Fraction],
    room: Sequence[Fraction],
    above_lowest: Sequence[Fraction],
    move: bool,
) -> list[Fraction]:
    """An amount spread by weights where no line gives more than its room, nor than it has above its minimum (3.6).

    What the room stops goes to the other lines by the same weights; what a minimum stops is lost, unless it may `move`.
    """
    bounds = above_lowest if move else room
    shares = [ZERO] * len(weights)
    open_lines = [place for place, weight in enumerate(weights) if weight > 0]
    rest = amount
    while open_lines and rest:
        total = sum((weights[place] for place in open_lines), ZERO)
        full = {place for place in open_lines if rest * weights[place] / total > bounds[place]}
        if not full:
            for place in open_lines:
                shares[place] = rest * weights[place] / total
            break
        for place in full:
            shares[place] = bounds[place]
        rest -= sum((bounds[place] for place in full), ZERO)
        open_lines = [place for place in open_lines if place not in full]
    return [min(share, each) for share, each in zip(shares, above_lowest, strict=True)]
