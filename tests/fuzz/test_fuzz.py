"""Texts that nobody would write, bounded by their number; `make long` tries a million."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.fuzz import TooSlow, run, try_text, watched

SIGNS = st.sampled_from(
    [*'{}()",%=<>+-*/#_.\n\t 0a', "from", "tiers", "rate", "EUR", "5%", "discount", "\u202e", "\0", "é"]
)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_comes_in_messages_come_out(seed: int) -> None:
    done = run(250, seed, shared=True)
    assert done.inputs == 250
    assert done.right > 0
    assert done.checked > done.sound > 0


@settings(max_examples=300, deadline=None, database=None)
@given(st.lists(SIGNS, max_size=60).map("".join))
def test_so_do_signs_in_any_order(text: str) -> None:
    with watched():
        try_text(text)


@settings(max_examples=200, deadline=None, database=None)
@given(st.binary(max_size=200))
def test_so_do_bytes(raw: bytes) -> None:
    with watched():
        try_text(raw.decode("utf-8", "replace"))


def _never_ends() -> None:
    with watched(1):
        while True:
            pass


def test_the_watchdog_bites() -> None:
    with pytest.raises(TooSlow):
        _never_ends()


def test_a_text_depends_on_its_seed_and_number_alone() -> None:
    """So a run that was stopped goes on by `--first`, and one input is tried again alone."""
    whole = run(40, 3, shared=True)
    parts = [run(25, 3, shared=True), run(15, 3, first=25, shared=True)]
    assert sum(part.right for part in parts) == whole.right
    assert parts[0].codes + parts[1].codes == whole.codes
    assert parts[0].by_kind + parts[1].by_kind == whole.by_kind
