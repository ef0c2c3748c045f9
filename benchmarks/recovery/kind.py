"""A kind of mistake: where it can be made in a text, what it makes of it, and which lines may then be named."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slip:
    """One change of a text; a finding counts as right on any of `lines` (of the changed text, counted from 1)."""

    kind: str
    start: int
    end: int
    replacement: str
    lines: frozenset[int]


@dataclass(frozen=True, slots=True)
class Kind:
    """Every place of a text where a mistake can be made."""

    name: str
    slips: Callable[[str], Sequence[Slip]]


def line_of(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def code_of(text: str) -> str:
    """The text with its comments blanked, so that nothing is broken inside one."""
    quoted_or_comment = re.compile(r'"[^"\n]*"|#[^\n]*')
    return quoted_or_comment.sub(lambda m: m[0] if m[0][0] == '"' else " " * len(m[0]), text)


def bare_code_of(text: str) -> str:
    """The text with comments and quoted texts blanked."""
    return re.sub(r'"[^"\n]*"', lambda m: '"' + "\x01" * (len(m[0]) - 2) + '"', code_of(text))


def swap(name: str, pattern: str, replacement: str | Callable[[re.Match[str]], str], quoted: bool = False) -> Kind:
    """A mistake that a regular expression finds a place for; it is to be named on the line where the match begins."""

    def slips(text: str) -> list[Slip]:
        code = code_of(text) if quoted else bare_code_of(text)
        found = []
        for match in re.finditer(pattern, code, re.MULTILINE):
            new = replacement(match) if callable(replacement) else match.expand(replacement)
            if new != match[0] and "\x01" not in new:
                found.append(Slip(name, match.start(), match.end(), new, frozenset([line_of(text, match.start())])))
        return found

    return Kind(name, slips)


def raw(name: str, pattern: str, replacement: str) -> Kind:
    """A mistake whose place may be a comment."""

    def slips(text: str) -> list[Slip]:
        return [
            Slip(name, match.start(), match.end(), match.expand(replacement), frozenset([line_of(text, match.start())]))
            for match in re.finditer(pattern, text, re.MULTILINE)
        ]

    return Kind(name, slips)


def keyword_slip(name: str, change: Callable[[str], str]) -> Kind:
    """A keyword at the start of a line, misspelt: there it cannot be a name."""

    def slips(text: str) -> list[Slip]:
        found = []
        words = r"^(\s*)(stage|when|tiers|rate|priority|valid|currency|accounts|waterfall|guard|example|expect|discount|charge|measure|items|limit|cap)\b"
        for match in re.finditer(words, bare_code_of(text), re.MULTILINE):
            new = change(match[2])
            if new != match[2]:
                at = match.start(2)
                found.append(Slip(name, at, match.end(2), new, frozenset([line_of(text, at)])))
        return found

    return Kind(name, slips)


def block_slip(name: str, change: Callable[[str, int, int], tuple[int, int, str, tuple[int, ...]] | None]) -> Kind:
    """A mistake with the braces of a block of several lines; `change` gets where they stand.

    It gives the change, and the lines that may be named: the brace itself or the block that it belongs to.
    """

    def slips(text: str) -> list[Slip]:
        code, found, opened = bare_code_of(text), list[Slip](), list[int]()
        for at, sign in enumerate(code):
            if sign == "{":
                opened.append(at)
            elif sign == "}":
                start = opened.pop()
                if "\n" in code[start:at] and (made := change(text, start, at)) is not None:
                    first, last, new, lines = made
                    found.append(Slip(name, first, last, new, frozenset(lines)))
        return found

    return Kind(name, slips)
