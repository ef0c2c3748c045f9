"""No regular expression of the source takes a time that grows out of proportion to the text, whoever wrote it.

A watchdog of processor seconds bites: at what is quadratic where whole texts are split, at what doubles with every
letter in the other patterns, whose texts are short. Nothing is timed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rebates.syntax.mistakes import MISTAKES
from rebates.syntax.tokens import split
from tests.fuzz.fuzz import TooSlow, watched

ROOT = Path(__file__).parents[2]
LONG, SHORT = 30_000, 1_000
PIECES = (
    "a", "a-", "a-1", "a-a1-", "0", "000,", "1,000,", "1.000.", "0_", "é", "aé", '"', '"a', "“", "'", "1 ", "1 Jan ", "%", " ",
    "\t", "1-", "1/", "1e", "O1", "EUR ", "1 EUR ", "$ ", "Rp ", "a.", "per ", "net ", "12:", "#", "2026-", "2026-01-01T", "\x00",
    '"\x00', "1 years ", "{", "[1]", " of ", "A at ABC ", "lines[1].",
)  # fmt: skip
ENDS = ("", "!", '"')


def _long(piece: str, length: int, end: str) -> str:
    return piece * (length // len(piece)) + end


@pytest.mark.parametrize("piece", PIECES, ids=repr)
def test_a_long_text_is_split_in_time(piece: str) -> None:
    for end in ENDS:
        text = _long(piece, LONG, end)
        with watched(2):
            assert "".join(split(text)) == text


def _patterns() -> Iterator[tuple[str, int]]:
    """Every regular expression that is written as one text in the source."""
    for path in sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "api").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
            ):
                yield node.args[0].value, re.ASCII
    for mistake in MISTAKES:
        yield mistake.pattern, re.ASCII


PATTERNS = sorted(set(_patterns()))


def test_the_source_has_patterns() -> None:
    assert len(PATTERNS) > 60


@pytest.mark.parametrize(("pattern", "flags"), PATTERNS, ids=[str(number) for number in range(len(PATTERNS))])
def test_a_pattern_is_matched_in_time(pattern: str, flags: int) -> None:
    compiled = re.compile(pattern, flags)
    for piece in PIECES:
        for end in ENDS[:2]:
            with watched(2):
                compiled.fullmatch(_long(piece, SHORT, end))


def test_the_watchdog_would_bite() -> None:
    with pytest.raises(TooSlow), watched(1):
        re.compile(r"(a+)+$").match("a" * 40 + "!")
