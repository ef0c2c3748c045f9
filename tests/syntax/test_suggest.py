"""Did you mean: the nearest known names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebates.syntax.suggest import distance, nearest

WORDS = st.text("abcd", max_size=7)


@pytest.mark.parametrize(
    ("a", "b", "steps"),
    [("", "", 0), ("rate", "rate", 0), ("rate", "raet", 1), ("rate", "rat", 1), ("rate", "crate", 1), ("cola", "kola", 1), ("ca", "abc", 3), ("carton", "piece", 6)],
)  # fmt: skip
def test_a_step_is_a_letter_more_less_other_or_swapped(a: str, b: str, steps: int) -> None:
    assert distance(a, b) == distance(b, a) == steps


@pytest.mark.parametrize(
    ("word", "known", "near"),
    [
        ("volum", ["volume", "logistics"], ("volume",)),
        ("COLLA-330", ["COLA-330", "COLA-331", "YUZU-330"], ("COLA-330", "COLA-331")),  # one step, two steps
        ("nusantara", ["NUSANTARA"], ("NUSANTARA",)),
        ("pcs", ["piece", "carton"], ()),
        ("ab", ["ba", "abc", "b", "ac"], ("abc", "ac", "b")),  # all one step, by name; three at most
        ("x", ["y", "xy", "X"], ("X",)),  # every name of one letter would be one step away
        ("", ["a"], ()),
    ],
)
def test_near_is_a_third_of_the_word(word: str, known: list[str], near: tuple[str, ...]) -> None:
    assert nearest(word, known) == near


@given(WORDS, st.lists(WORDS))
def test_the_order_of_the_known_names_does_not_matter(word: str, known: list[str]) -> None:
    assert nearest(word, known) == nearest(word, reversed(known * 2))


@given(WORDS, WORDS)
def test_a_distance_is_the_same_both_ways_and_zero_for_the_same_word(a: str, b: str) -> None:
    assert distance(a, b) == distance(b, a)
    assert (distance(a, b) == 0) == (a == b)
