"""Chains of unit conversions: exact ratios between units, joined where they meet (1.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from heapq import heappop, heappush
from itertools import count

from rebates.model.units import global_factor

Ratio = tuple[str, str, Fraction]  # one of the first is so many of the second


def convert(unit: str, goal: str, own: Sequence[Ratio], general: Sequence[Ratio]) -> Fraction | None:
    """How many `goal` one `unit` is; None where no chain leads there.

    Of several chains the one with the fewest conversions for all items counts, then the shortest: what an item says of
    itself goes first.
    """
    links: dict[str, list[tuple[int, str, Fraction]]] = {}
    for weight, ratios in ((0, own), (1, general)):
        for left, right, factor in ratios:
            links.setdefault(left, []).append((weight, right, factor))
            links.setdefault(right, []).append((weight, left, 1 / factor))
    ends = {*links, goal}
    places = count()  # keeps the order of the rows among equals
    ahead = [(0, 0, next(places), unit, Fraction(1))]
    done = set()
    while ahead:
        general_used, steps, _, at, amount = heappop(ahead)
        if at == goal:
            return amount
        if at in done:
            continue
        done.add(at)
        for weight, other, factor in links.get(at, ()):
            heappush(ahead, (general_used + weight, steps + 1, next(places), other, amount * factor))
        for other in sorted(ends - done):
            bridge = global_factor(at, other)
            if bridge is not None:
                heappush(ahead, (general_used, steps + 1, next(places), other, amount * bridge))
    return None


def first_conflict(ratios: Iterable[Ratio]) -> int | None:
    """The place of the first ratio that contradicts those before it and the global conversions; None if all agree."""
    agreed: list[Ratio] = []
    for place, (left, right, factor) in enumerate(ratios):
        before = convert(left, right, agreed, ())
        if before is not None and before != factor:
            return place
        agreed.append((left, right, factor))
    return None
