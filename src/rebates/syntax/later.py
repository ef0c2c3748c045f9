"""Words of constructs that are not built yet: known, refused by name, never parsed and ignored.

A pattern is a run of words; `#` stands for a number. It is looked for where the parser cannot go on, so that all these
words stay free as names.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from rebates.syntax.tokens import Token

# pattern: what it says. Tried at the first word that does not fit.
_HERE = MappingProxyType(
    {
        ", in order": "`in order` here",
        ", whole transaction": "`whole transaction` here",
        "expect error": "expected errors",
    }
)


def match_later(tokens: Sequence[Token], place: int) -> tuple[int, int, str] | None:
    """The construct to come that makes the token at `place` not fit: its first and last token, and its name."""
    for start in (place, place - 1, place - 2):
        if start < 0:
            continue
        words, owners = _words(tokens, start)
        for length in (4, 3, 2, 1):
            name = _HERE.get(" ".join(words[:length])) if len(words) >= length else None
            if name is None or start + owners[length - 1] < place:
                continue
            if start < place and any(token.opens_line for token in tokens[start + 1 : place + 1]):
                continue
            return start, start + owners[length - 1], name
    return None


def _words(tokens: Sequence[Token], start: int) -> tuple[list[str], list[int]]:
    """The next words as patterns write them, and which token (counted from `start`) each belongs to."""
    words: list[str] = []
    owners: list[int] = []
    for offset, token in enumerate(tokens[start : start + 4]):
        for word in token.text.split() or [""]:
            words.append("#" if token.kind in ("NUMBER", "DATE") else word.lower())
            owners.append(offset)
    return words, owners
