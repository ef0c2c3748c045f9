"""Thresholds and validities as they are written elsewhere: `10 to 49 carton`, `50+ carton`, `valid Q1 2026`."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rebates.syntax.foreign import FOREIGN
from rebates.syntax.tokens import Token

_BOUNDS: Final = ("from", "above")
_TO: Final = frozenset(("to", "-", *(word for word, meant in FOREIGN.items() if meant == "to")))
_JOINED: Final = frozenset(("and", "or"))
_ON: Final = frozenset("above beyond greater higher more onward onwards over plus up upward upwards".split())


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold from one token to another; `meant` is how it is written here, None where it has an upper end."""

    first: int
    last: int
    meant: str | None = None


def threshold(tokens: Sequence[Token], place: int) -> Threshold | None:
    """What begins at `place`, if it has an end that a tier does not have or says in words that it has none."""
    up = tokens[place].text == "up"  # never the last token, which has no text
    if tokens[place + up].text in _TO:
        at = place + up + 1
        return Threshold(place, at - 1) if _is_number(tokens[at]) else None
    at = place + (tokens[place].text in _BOUNDS)
    if not _is_number(tokens[at]):
        return None
    bound = tokens[place].text if at > place else "from"
    said, unit, goes_on = tokens[at].text, "", False
    while True:
        at += 1
        token, following = tokens[at], tokens[at + 1 : at + 2]
        if token.text in _TO and following and _is_number(following[0]):
            return Threshold(at, at)
        if token.text in _JOINED and following and following[0].text in _ON:
            at += 1
        elif token.text != "+" and token.text not in _ON:
            if unit or token.kind != "WORD" or token.opens_line or token.text in _JOINED:
                break
            unit = f" {token.text}"
            continue
        goes_on = True
    return Threshold(place, at - 1, f"{bound} {said}{unit}") if goes_on else None


def _is_number(token: Token) -> bool:
    return "NUMBER" in token.terminals


_PERIOD: Final = re.compile(r"(?:Q([1-4]) )?([12]\d{3})")


def validity(tokens: Sequence[Token], place: int) -> tuple[int, str | None] | None:
    """The last token of the validity that begins at `place`, and how it is written here if it says both days; None if it is none."""
    last = place
    while not tokens[last + 1].opens_line and tokens[last + 1].text not in ("{", "}"):
        last += 1
    said = tokens[place + 1 : last + 1]
    days = [token.text for token in said if "DATE" in token.terminals]
    period = _PERIOD.fullmatch(" ".join(token.text for token in said))
    if period is None:
        meant = f"valid {days[0]} to {days[1]}" if len(days) == 2 else None  # the first and the last
        return (last, meant) if days else None
    quarter, year = period[1], int(period[2])
    first, final = (3 * int(quarter) - 2, 3 * int(quarter)) if quarter else (1, 12)
    return last, f"valid {year}-{first:02}-01 to {year}-{final:02}-{monthrange(year, final)[1]}"
