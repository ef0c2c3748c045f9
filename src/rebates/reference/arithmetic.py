"""Rounding and spreading, written out (2.2 to 2.5, 2.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from rebates.model import nodes as m
from rebates.model.exact import Remainder
from rebates.model.exact import Rounding as Mode

ZERO = Fraction(0)


def rounded(value: Fraction, unit: Fraction, mode: Mode) -> Fraction:
    """The multiple of `unit` that the mode chooses; the magnitude is rounded, then the sign put back (2.8)."""
    magnitude = abs(value) / unit
    whole = floor(magnitude)
    rest = magnitude - whole
    half = Fraction(1, 2)
    if mode is Mode.UP:
        up = rest > 0
    elif mode is Mode.DOWN:
        up = False
    elif mode is Mode.HALF_EVEN:
        up = rest > half or (rest == half and whole % 2 == 1)
    else:
        up = rest >= half
    result = (whole + (1 if up else 0)) * unit
    return -result if value < 0 else result


@dataclass(frozen=True)
class Money:
    """How amounts of an order are rounded: the agreement's words with the currency's digits filled in."""

    words: m.Rounding
    digits: int

    @property
    def unit(self) -> Fraction:
        return Fraction(1, 10**self.digits)

    def amount(self, value: Fraction) -> Fraction:
        """A line or order amount (2.2, 2.5 `round to 2 digits, then to 0.50`)."""
        result = rounded(value, self.unit, self.words.mode)
        if self.words.then_step is not None:
            result = rounded(result, self.words.then_step, self.words.mode)
        return result

    def price(self, value: Fraction) -> Fraction:
        """A unit price where prices round first (2.3)."""
        digits = self.digits if self.words.price_digits is None else self.words.price_digits
        return rounded(value, Fraction(1, 10**digits), self.words.mode)

    def spread(self, total: Fraction, weights: Sequence[Fraction]) -> list[Fraction]:
        """A rounded amount over lines: whole units each, the rest by largest remainder or to the stated line (2.4, 2.5)."""
        whole = sum(weights, ZERO)
        size = len(weights)
        if whole == 0:
            weights, whole = [Fraction(1)] * size, Fraction(size)
        sign = -1 if total < 0 else 1
        shares = [abs(total) * weight / whole / self.unit for weight in weights]
        parts = [floor(share) for share in shares]
        left = abs(total) / self.unit - sum(parts)
        # an amount that a step of 0.05 or a finer one made may leave part of a unit: it goes with the first unit
        units, crumb = floor(left), left - floor(left)
        extra = [ZERO] * size
        match self.words.remainder:
            case Remainder.LARGEST_REMAINDER:
                order = sorted(range(size), key=lambda i: (-(shares[i] - parts[i]), i))
                for index in order[:units]:
                    extra[index] += 1
                extra[order[0]] += crumb
            case Remainder.FIRST:
                extra[next(i for i in range(size) if weights[i])] += left
            case Remainder.LAST:
                extra[next(i for i in reversed(range(size)) if weights[i])] += left
            case Remainder.LARGEST:
                extra[min(range(size), key=lambda i: (-shares[i], i))] += left
        return [sign * (part + more) * self.unit for part, more in zip(parts, extra, strict=True)]

    def divide(self, total: Fraction, exact: Sequence[Fraction]) -> list[Fraction]:
        """A rounded total over the rules that made it: each exact part rounded down, missing units to the largest rests.

        Where a coarse step or a rounded unit price moved the total by more than a unit for each part, the parts are
        scaled to it first.
        """
        parts = list(exact)
        whole = sum(parts, ZERO)
        floors = [floor(part / self.unit) for part in parts]
        left = total / self.unit - sum(floors)
        if whole and not 0 <= left < len(parts):
            parts = [part * total / whole for part in parts]
            floors = [floor(part / self.unit) for part in parts]
            left = total / self.unit - sum(floors)
        each, more = divmod(left, len(parts))
        order = sorted(range(len(parts)), key=lambda i: (floors[i] - parts[i] / self.unit, i))
        extra = [Fraction(each)] * len(parts)
        for position, index in enumerate(order):
            if position < more:
                extra[index] += 1
        return [(part + one) * self.unit for part, one in zip(floors, extra, strict=True)]
