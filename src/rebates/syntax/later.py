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
        "rebate": "`rebate` rules",
        "remove rebate": "`rebate` rules",
        "fund": "`fund` rules",
        ", cut at the": "the window of an amendment (`cut at the date`; it comes with rebates)",
        ", from the next": "the window of an amendment (`from the next window`; it comes with rebates)",
        "retroactively from": "amendments of what was settled (`retroactively from`; they come with rebates)",
        "settle": "settlement",
        "returns": "settlement",
        "pay to": "settlement",
        "accrue": "settlement",
        "pro rata": "pro rata thresholds",
        "draw from": "funds",
        "opening": "funds",
        "expires": "expiry",
        "per claim": "totals `per claim`",
        "per invoice": "totals `per invoice`",
        "per season": "seasons",
        "# point": "points",
        "# points": "points",
        "number of": "this count (`number of …`)",
        "value at": "`value at` a table",
        "pocket value": "pocket values (they come with rebates)",
        "pocket margin": "the pocket margin (it comes with rebates)",
        "pocket price": "pocket prices (they come with rebates)",
        "paid": "conditions on payment",
        "claimed": "conditions on claims",
        ", carried forward": "`carried forward`",
        ", for all accounts": "`for all accounts`",
        ", in order": "`in order` here",
        ", whole transaction": "`whole transaction` here",
        "otherwise holds": "what a failing condition does (`otherwise holds`)",
        "otherwise forfeits": "what a failing condition does (`otherwise forfeits`)",
        "otherwise takes back": "what a failing condition does (`otherwise takes back`)",
        "restated": "restated baselines",
        "expect error": "expected errors",
    }
)
# single words that may have been read as a name just before the word that does not fit
_READ_AS_NAME = frozenset(("paid", "claimed", "fund", "rebate"))

# words that open a statement of their own; skipping a broken one stops there
STATEMENT_WORDS = frozenset("rebate fund remove settle returns pay accrue draw expires".split())


def match_later(tokens: Sequence[Token], place: int) -> tuple[int, int, str] | None:
    """The construct to come that makes the token at `place` not fit: its first and last token, and its name."""
    for start in (place, place - 1, place - 2):
        if start < 0:
            continue
        words, owners = _words(tokens, start)
        for length in (4, 3, 2, 1):
            name = _HERE.get(" ".join(words[:length])) if len(words) >= length else None
            if name is None or (start + owners[length - 1] < place and not _was_name(words, length, start, place)):
                continue
            if start < place and any(token.opens_line for token in tokens[start + 1 : place + 1]):
                continue
            return start, start + owners[length - 1], name
    return None


def _was_name(words: Sequence[str], length: int, start: int, place: int) -> bool:
    return length == 1 and start >= place - 2 and words[0] in _READ_AS_NAME


def _words(tokens: Sequence[Token], start: int) -> tuple[list[str], list[int]]:
    """The next words as patterns write them, and which token (counted from `start`) each belongs to."""
    words: list[str] = []
    owners: list[int] = []
    for offset, token in enumerate(tokens[start : start + 4]):
        for word in token.text.split() or [""]:
            words.append("#" if token.kind in ("NUMBER", "DATE") else word.lower())
            owners.append(offset)
    return words, owners
