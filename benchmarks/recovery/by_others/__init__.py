"""Kinds of mistake by people who had not seen the recovery; each set was measured before it was looked at."""

from __future__ import annotations

from benchmarks.recovery.by_others import (
    eighteenth,
    eighth,
    eleventh,
    fifteenth,
    fifth,
    first,
    fourteenth,
    fourth,
    ninth,
    second,
    seventeenth,
    seventh,
    sixteenth,
    sixth,
    tenth,
    third,
    thirteenth,
    twelfth,
)
from benchmarks.recovery.kind import Kind

BY_OTHERS: tuple[Kind, ...] = tuple(
    kind
    for each in (
        first,
        second,
        third,
        fourth,
        fifth,
        sixth,
        seventh,
        eighth,
        ninth,
        tenth,
        eleventh,
        twelfth,
        thirteenth,
        fourteenth,
        fifteenth,
        sixteenth,
        seventeenth,
        eighteenth,
    )
    for kind in each.KINDS
)
