"""Units that exist once for all items (1.2), and quantities read from text."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from rebates.model.exact import ExactError, parse_number

ONE = Fraction(1)

# unit -> (what it is made of, exact factor)
GLOBAL_UNITS: dict[str, tuple[str, Fraction]] = {
    "dozen": ("piece", Fraction(12)),
    "gross": ("piece", Fraction(144)),
    "mg": ("kg", Fraction(1, 1_000_000)),
    "g": ("kg", Fraction(1, 1000)),
    "t": ("kg", Fraction(1000)),
    "lb": ("kg", Fraction("0.45359237")),
    "oz": ("kg", Fraction("0.028349523125")),
    "ml": ("l", Fraction(1, 1000)),
    "cl": ("l", Fraction(1, 100)),
    "hl": ("l", Fraction(100)),
    "m3": ("l", Fraction(1000)),
    "gal": ("l", Fraction("3.785411784")),
    "mm": ("m", Fraction(1, 1000)),
    "cm": ("m", Fraction(1, 100)),
    "km": ("m", Fraction(1000)),
    "inch": ("m", Fraction("0.0254")),
    "foot": ("m", Fraction("0.3048")),
    "kWh": ("Wh", Fraction(1000)),
    "MWh": ("Wh", Fraction(1_000_000)),
    "MB": ("B", Fraction(1_000_000)),
    "GB": ("B", Fraction(1_000_000_000)),
    "TB": ("B", Fraction(1_000_000_000_000)),
}

ALL_GLOBAL_UNITS = frozenset(GLOBAL_UNITS) | {base for base, _ in GLOBAL_UNITS.values()}

_QUANTITY = re.compile(r"(-?[0-9_.]{1,40})[ ]([^\W\d]\w{0,39})", re.ASCII)


def is_weight_or_volume(unit: str | None) -> bool:
    """Whether a unit measures weight or volume: what free goods count in (5.1 a)."""
    return GLOBAL_UNITS.get(unit or "", (unit, ONE))[0] in ("kg", "l")


def global_factor(unit: str, other: str) -> Fraction | None:
    """How many `other` one `unit` is, by the conversions that hold for every item; None if there is none."""
    if unit == other:
        return Fraction(1)
    kind, factor = GLOBAL_UNITS.get(unit, (unit, Fraction(1)))
    other_kind, other_factor = GLOBAL_UNITS.get(other, (other, Fraction(1)))
    return factor / other_factor if kind == other_kind else None


def quantity_from_text(text: str) -> tuple[Fraction, str]:
    """`60 carton` as number and unit. Raises ExactError."""
    number, unit = quantity_parts(text)
    return parse_number(number), unit


def quantity_parts(text: str) -> tuple[str, str]:
    """`60 carton` as the texts of its number and its unit. Raises ExactError."""
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise ExactError(f"`{text[:40]}` is not a quantity such as `60 carton`")
    return match[1], match[2]


@lru_cache(1_000)
def is_counted(unit: str) -> bool:
    """Whether a unit is counted in whole numbers, not weighed or measured."""
    return not any(global_factor(unit, measured) is not None for measured in ("kg", "l", "m", "Wh", "B"))
