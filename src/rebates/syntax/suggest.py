"""The nearest known names to a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache


@lru_cache(maxsize=50_000)
def distance(a: str, b: str) -> int:
    """Insertions, deletions, replacements and swaps of neighbours that turn one word into the other."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        earlier, before, row = before, row, [i]
        for j, y in enumerate(b, start=1):
            cost = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]


def nearest(word: str, candidates: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """Known names within a third of the word's length (one step for short words), nearest first, whatever their case.

    A word of one letter is near nothing but itself. Own code, because difflib knows no swap of neighbours and a
    library would do no more: the lists are short and asked for only when there is an error.
    """
    small = word.casefold()[:60]
    most = max(1, len(small) // 3)
    near = []
    for name in set(candidates):
        other = name.casefold()[:60]
        if abs(len(other) - len(small)) <= most:
            steps = distance(small, other)
            if steps <= most and steps < len(small):
                near.append((steps, name))
    return tuple(name for _, name in sorted(near)[:limit])
