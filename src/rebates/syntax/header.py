"""Finds how a block whose first line is broken can be read all the same, so that it hides nothing inside its braces."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

from rebates.syntax.repair import acceptable
from rebates.syntax.tables import END, ERROR, Tables
from rebates.syntax.tokens import Token

# words that may be missing before a `{`, and stacks that are looked at to find them
_MOST_WORDS: Final = 4
_MOST_STACKS: Final = 400
# tokens of the block that are tried, and how many of them must fit where the word of the statement itself is unknown
_TRIED: Final = 12
_CONVINCING: Final = 3


def find_header(
    tables: Tables, tokens: Sequence[Token], place: int, states: Sequence[int]
) -> tuple[int, tuple[str, ...]] | None:
    """The place of the `{` on the line of the token at `place`, and the terminals that are missing before it.

    Of several ways the one in which most of the block can be read, then the shortest.
    """
    brace = place
    while tokens[brace].text != "{":
        brace += 1
        if brace >= len(tokens) or tokens[brace].opens_line or tokens[brace].text == "}":
            return None
    afresh = tokens[place].opens_line
    least = _CONVINCING if afresh else 1
    best: tuple[int, int, tuple[str, ...]] | None = None
    for missing in _ways(tables, states, afresh):
        stack = list(states)
        for symbol in missing:
            stack = tables.after(stack, tables.numbers[symbol])
        read = _reads(tables, tokens, brace, stack)
        if read >= least and (best is None or (-read, len(missing)) < best[:2]):
            best = (-read, len(missing), missing)
    return (brace, best[2]) if best is not None else None


def _ways(tables: Tables, states: Sequence[int], afresh: bool) -> list[tuple[str, ...]]:
    """What can stand between here and a `{` without another statement beginning, the shortest first."""
    brace, error = tables.numbers["LBRACE"], tables.numbers[ERROR]
    todo: deque[tuple[list[int], tuple[str, ...]]] = deque([(list(states), ())])
    seen = {tuple(states)}
    found: list[tuple[str, ...]] = []
    while todo and len(seen) < _MOST_STACKS:
        stack, missing = todo.popleft()
        may_end = tables.can_shift(stack, error)
        if tables.can_shift(stack, brace) and not (may_end and not missing and afresh):
            found.append(missing)
        if len(missing) == _MOST_WORDS or (may_end and (missing or not afresh)):
            continue
        for symbol in acceptable(tables, stack):
            if symbol in ("LBRACE", "RBRACE", END):
                continue
            after = tables.after(stack, tables.numbers[symbol])
            if tuple(after) not in seen:
                seen.add(tuple(after))
                todo.append((after, (*missing, symbol)))
    return found


def _reads(tables: Tables, tokens: Sequence[Token], brace: int, states: list[int]) -> int:
    """How many tokens from the `{` on fit; all that are tried where the block closes before."""
    stack = states
    for count, token in enumerate(tokens[brace : brace + _TRIED]):
        if token.text == "}" and count:
            return _TRIED
        shifted = tables.fitting(stack, token.terminals)
        if shifted is None:
            return count
        stack = tables.after(stack, shifted)
    return _TRIED
