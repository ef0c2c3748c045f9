"""The best choice among rules that decide on lines and rules that decide on groups of lines (3.10, 26)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from rebates.compile.amounts import ZERO

Rank = tuple[int, int, str, int]  # priority or none, its number, name, place: smaller goes first at a tie


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A cell of a rule's take: the gain for the customer on its lines together."""

    rule: int
    places: frozenset[int]
    gain: Fraction
    rank: Rank


NOBODY: Rank = (2, 0, "", 0)


@dataclass(frozen=True, slots=True)
class Solution:
    gain: Fraction
    holders: dict[int, Candidate]

    def key(self, places: Sequence[int]) -> tuple[Fraction, list[Rank]]:
        held = self.holders
        return -self.gain, [held[place].rank if place in held else NOBODY for place in places]


def best(lines: dict[int, Candidate], groups: Sequence[Candidate]) -> dict[int, Candidate]:
    """Who holds each line: groups that do not overlap, and on the lines left each line's own best."""
    places = set(lines).union(*(group.places for group in groups)) if groups else set(lines)
    solution = _solve(frozenset(places), lines, tuple(groups), ())
    assert solution is not None
    return solution.holders


def _solve(
    places: frozenset[int], lines: dict[int, Candidate], groups: tuple[Candidate, ...], owed: tuple[frozenset[int], ...]
) -> Solution | None:
    """The best over these places; of each set in `owed` some line must be held. None if that cannot be."""
    gain, holders = ZERO, dict[int, Candidate]()
    for some, inside, due in _apart(places, groups, owed):
        found = _component(some, lines, inside, due)
        if found is None:
            return None
        gain += found.gain
        holders.update(found.holders)
    return Solution(gain, holders)


def _component(
    places: frozenset[int], lines: dict[int, Candidate], groups: tuple[Candidate, ...], owed: tuple[frozenset[int], ...]
) -> Solution | None:
    if not groups:
        held = {place: lines[place] for place in places if place in lines}
        if any(not any(place in held for place in due) for due in owed):
            return None
        return Solution(sum((each.gain for each in held.values()), ZERO), held)
    group = max(groups, key=lambda each: (len(each.places), each.gain))
    others = tuple(each for each in groups if each is not group)
    apart = tuple(each for each in others if not each.places & group.places)
    still_owed = tuple(due for due in owed if not due & group.places)
    rest = _solve(places - group.places, lines, apart, still_owed)
    found: list[Solution] = []
    if rest is not None:
        holders = {**rest.holders, **dict.fromkeys(group.places, group)}
        found.append(Solution(rest.gain + group.gain, holders))
    owes = () if any(place in lines for place in group.places) else (group.places,)
    without = _solve(places, lines, others, owed + owes)
    if without is not None:
        found.append(without)
    order = sorted(places)
    return min(found, key=lambda each: each.key(order)) if found else None


def _apart(
    places: frozenset[int], groups: tuple[Candidate, ...], owed: tuple[frozenset[int], ...]
) -> list[tuple[frozenset[int], tuple[Candidate, ...], tuple[frozenset[int], ...]]]:
    """Cut into parts that no group and no debt ties together."""
    head = {place: place for place in places}

    def top(place: int) -> int:
        while head[place] != place:
            head[place] = head[head[place]]
            place = head[place]
        return place

    for tied in [group.places for group in groups] + [due & places for due in owed]:
        first: int | None = None
        for place in tied:
            first = top(place) if first is None else first
            head[top(place)] = first
    parts: dict[int, set[int]] = {}
    for place in places:
        parts.setdefault(top(place), set()).add(place)
    if any(not due & places for due in owed):
        return [(places, groups, owed)]
    return [
        (
            frozenset(part),
            tuple(group for group in groups if group.places <= part),
            tuple(due for due in owed if due & places <= part),
        )
        for part in parts.values()
    ]
