"""Exact numbers: read from text within stated bounds, rounded by name, spread to the last unit.

No binary float becomes a number here (1.1). Bounds are checked on the text, before any number is made, so that no short
text can ask for a long calculation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import lru_cache

MOST_BEFORE_POINT = 18
MOST_AFTER_POINT = 12

_NUMBER = re.compile(r"(-?)(\d{1,18}|\d{1,3}(?:_\d{3}){1,5})(?:\.(\d{1,12}))?", re.ASCII)


class ExactError(ValueError):
    """A value that is no exact number within the bounds; the message says what was expected."""


class Rounding(Enum):
    """How a magnitude is rounded; the sign is put back afterwards (2.2 b, 2.8)."""

    HALF_UP = "half up"
    HALF_EVEN = "half even"
    UP = "up"
    DOWN = "down"


class Remainder(Enum):
    """Where the units go that an exact spread leaves over (2.4, 2.5)."""

    LARGEST_REMAINDER = "largest remainder"
    FIRST = "first line"
    LAST = "last line"
    LARGEST = "largest line"


def parse_decimal(text: str) -> tuple[int, int]:
    """A number's scaled integer and its decimals: "12.50" is (1250, 2).

    ASCII digits, an optional leading minus, `_` only between groups of three, at most 18 digits before the point and 12
    after it. Raises ExactError.
    """
    match = _NUMBER.fullmatch(text)
    if match is None:
        shown = text if len(text) <= 40 else text[:40] + "…"
        raise ExactError(f"`{shown}` is not a number such as 1250, 1_250 or 0.375 (at most 18 digits, 12 decimals)")
    sign, whole, decimals = match.groups()
    digits = whole.replace("_", "")
    if len(digits) > MOST_BEFORE_POINT:
        raise ExactError(f"`{text}` has more than {MOST_BEFORE_POINT} digits before the point")
    value = int(digits + (decimals or ""))
    return (-value if sign else value), len(decimals or "")


def parse_number(text: str) -> Fraction:
    """The exact value of a number's text; the form is that of `parse_decimal`."""
    value, digits = parse_decimal(text)
    return Fraction(value, 10**digits)


def to_fraction(value: object, field: str) -> Fraction:
    """An exact number handed over by a program: int, decimal text, Decimal or Fraction. Floats are refused (1.1)."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal | Fraction):
        kind = type(value).__name__
        raise ExactError(f"{field} is a {kind}; give an exact number: an int, a Decimal or a text such as `12.50`")
    if isinstance(value, str):
        try:
            return parse_number(value)
        except ExactError as error:
            raise ExactError(f"{field}: {error}") from None
    if isinstance(value, Decimal):
        parts = value.as_tuple()
        exponent = parts.exponent
        if not isinstance(exponent, int):
            raise ExactError(f"{field} is {value}, which is no number")
        if exponent < -MOST_AFTER_POINT or len(parts.digits) + exponent > MOST_BEFORE_POINT:
            raise ExactError(f"{field} has too many digits (at most 18 before the point and 12 after it)")
        return Fraction(value)
    if abs(value) >= 10**MOST_BEFORE_POINT:
        raise ExactError(f"{field} has more than {MOST_BEFORE_POINT} digits before the point")
    return Fraction(value)


def _round_magnitude(numerator: int, denominator: int, mode: Rounding) -> int:
    whole, rest = divmod(numerator, denominator)
    match mode:
        case Rounding.HALF_UP:
            up = 2 * rest >= denominator
        case Rounding.HALF_EVEN:
            up = 2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1)
        case Rounding.UP:
            up = rest > 0
        case Rounding.DOWN:
            up = False
    return whole + up


def round_to_step(value: Fraction, step: Fraction, mode: Rounding) -> Fraction:
    """The multiple of `step` that the mode chooses, by magnitude, with the sign put back."""
    scaled = abs(value) / step
    rounded = _round_magnitude(scaled.numerator, scaled.denominator, mode) * step
    return -rounded if value < 0 else rounded


def round_to(value: Fraction, digits: int, mode: Rounding = Rounding.HALF_UP) -> Fraction:
    """Rounded to decimals; negative digits round to tens, hundreds."""
    if digits < 0:
        return round_to_step(value, Fraction(10**-digits), mode)
    numerator, denominator = value.as_integer_ratio()
    rounded = _round_magnitude(abs(numerator) * 10**digits, denominator, mode)
    return Fraction(-rounded if numerator < 0 else rounded, 10**digits)


def spread(
    total: Fraction,
    weights: Sequence[Fraction],
    digits: int,
    remainder: Remainder = Remainder.LARGEST_REMAINDER,
) -> list[Fraction]:
    """Parts of `total` in proportion to weights, in units of the digits; they add up exactly (2.4).

    Units left over go to the largest remainders, ties to the earlier; or to a stated line (2.5). Weights that sum to
    zero spread evenly. The magnitude is spread and the sign put back, so a credit mirrors its sale (2.8). Raises
    ExactError where the total is not rounded to the digits.
    """
    if not weights:
        return []
    scale = Fraction(10) ** digits
    units = abs(total) * scale
    if units.denominator != 1:
        raise ExactError(f"a total that is spread to {digits} decimals is rounded to them first")
    whole = sum(weights, Fraction(0))
    shares = [units * weight / whole for weight in weights] if whole else [units / len(weights)] * len(weights)
    parts = [share.numerator // share.denominator for share in shares]
    left = units.numerator - sum(parts)
    match remainder:
        case Remainder.LARGEST_REMAINDER:
            for index in sorted(range(len(parts)), key=lambda i: (parts[i] - shares[i], i))[:left]:
                parts[index] += 1
        case Remainder.FIRST:
            parts[0] += left
        case Remainder.LAST:
            parts[-1] += left
        case Remainder.LARGEST:
            parts[max(range(len(weights)), key=lambda i: (weights[i], -i))] += left
    sign = -1 if total < 0 else 1
    return [sign * part / scale for part in parts]


def decimal_text(value: Fraction, digits: int | None = None) -> str:
    """Plain decimal text; without digits, as many as the value needs; negative digits show none.

    Raises ExactError where the value does not end, or needs more digits: nothing is rounded here.
    """
    numerator, denominator = value.as_integer_ratio()
    digits = _digits_of(denominator) if digits is None else max(digits, 0)
    scaled, rest = divmod(numerator * 10**digits, denominator)
    if rest:
        raise ExactError(f"the value needs more than {digits} decimals")
    sign = "-" if scaled < 0 else ""
    text = str(abs(scaled)).rjust(digits + 1, "0")
    return sign + (f"{text[:-digits]}.{text[-digits:]}" if digits else text)


@lru_cache(10_000)
def _digits_of(denominator: int) -> int:
    """How many decimals a value with this denominator needs. Raises ExactError where they do not end."""
    digits, rest = 0, denominator
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest //= prime
            count += 1
        digits = max(digits, count)
    if rest != 1:
        raise ExactError("the value has no finite decimal form")
    return digits


def grouped(value: Fraction, digits: int | None = None) -> str:
    """Decimal text with `_` between groups of three, as the language writes it."""
    text = decimal_text(value, digits)
    sign, text = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, decimals = text.partition(".")
    return sign + f"{int(whole):_}" + (f".{decimals}" if decimals else "")
