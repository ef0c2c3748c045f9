"""Formatting changes how a text looks, never what it says; twice is once."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebates.syntax.diagnostics import Report
from rebates.syntax.format import format_file
from rebates.syntax.parser import parse
from rebates.syntax.source import Source
from rebates.syntax.tokens import split
from tests.syntax.samples import ALL

TEXTS = {
    path.stem: path.read_text(encoding="utf-8") for path in (Path(__file__).parents[2] / "rules").rglob("*.rebates")
}
TEXTS |= ALL


def formatted(text: str) -> str:
    return format_file(Source("x", text))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_formatted_text_says_the_same_and_stays_as_it_is(text: str) -> None:
    report = Report()
    once = formatted(text)
    assert parse(Source("x", once), report) == parse(Source("x", text), report)
    assert not report.diagnostics
    assert formatted(once) == once


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(sorted(ALL)), st.integers(0, 10**9))
def test_layout_does_not_matter(name: str, seed: int) -> None:
    chance = random.Random(seed)
    text = "".join(
        chance.choice((" ", "  ", "\n", "\n\n\n", "\t", " # a comment\n", "\r\n")) if lexeme.isspace() else lexeme
        for lexeme in split(ALL[name])
    )
    report = Report()
    assert parse(Source("x", text), report) == parse(Source("x", ALL[name]), report)
    assert not report.diagnostics
    once = formatted(text)
    assert parse(Source("x", once), report) == parse(Source("x", text), report)
    assert formatted(once) == once
    assert once.count("# a comment") == text.count("# a comment")


def test_an_amount_may_stand_on_the_line_after_its_currency_and_a_comment() -> None:
    """`EUR 0 EUR 10` in a row of sums: the 0 is not followed by its currency."""
    text = 'agreement a "A" {\n  discount d {\n    tiers lump sum on m { from EUR 0 EUR 10 }\n  }\n}\n'
    report = Report()
    broken = text.replace("EUR 10", "EUR # of a hundred\n# and more\n10")
    assert parse(Source("x", broken), report) == parse(Source("x", text), report)
    assert not report.diagnostics


def test_a_statement_a_line_two_blanks_a_level() -> None:
    assert formatted('agreement a "A"\n{ accounts all , each\n discount d{rate 5 %   stage s} }') == (
        'agreement a "A" {\n  accounts all, each\n  discount d { rate 5%  stage s }\n}\n'
    )


def test_neighbouring_statements_are_aligned() -> None:
    text = """\
agreement a "A" {
  valid     2026-01-01 to 2026-12-31
  currency  EUR
  items   soy     where brand is x
  measure amounts = 1

  discount d {
    stage  s
    # the tiers
    tiers  retroactive on quantity in carton per line {
      from      5 carton  3%
      above 1_000 carton  5%
    }
    cap    16%
  }
}
"""
    assert formatted(text.replace("  ", " ")) == text


def test_digits_are_grouped_by_threes() -> None:
    assert formatted("measure m = 1000000.50 + 0012") == "measure m = 1_000_000.50 + 12\n"


def test_comments_and_single_blank_lines_stay_in_place() -> None:
    text = "# first\n\n\n\nmeasure m = 1   # one\n  # own line\nmeasure n = 2\n"
    assert formatted(text) == "# first\n\nmeasure m = 1  # one\n# own line\nmeasure n = 2\n"


def test_a_break_inside_a_statement_stays() -> None:
    assert formatted('items s where brand is "A"\n or brand is "B"\n') == (
        'items s where brand is "A"\n    or brand is "B"\n'
    )


def test_a_block_that_outgrows_its_line_is_opened() -> None:
    row = "from 1 piece 1%  from 2_000_000 piece 2%  from 3_000_000 piece 3%"
    opened = formatted(
        f'agreement a "A" {{\n discount d {{ tiers retroactive on quantity in piece per order {{ {row} }} }} }}'
    )
    assert max(map(len, opened.splitlines())) <= 100
    assert "\n      from         1 piece  1%\n" in opened


def test_a_text_with_errors_comes_back_as_it_is() -> None:
    assert formatted("measure  = 5") == "measure  = 5"


def test_nothing_stays_nothing() -> None:
    assert formatted("\n\n") == ""
