"""A first agreement: whatever is answered, the examples reckoned from the answers hold."""

from __future__ import annotations

from fractions import Fraction as F
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rebates
from rebates.syntax.format import format_file
from rebates.syntax.source import Source
from rebates.tools import first
from rebates.tools.examples import run_examples


def write(folder: Path, answers: first.Answers) -> Path:
    for name, text in first.files(answers).items():
        (folder / name).write_text(text, "utf-8")
    return folder


@st.composite
def tiers(draw: st.DrawFn) -> tuple[first.Tier, ...]:
    thresholds = sorted(draw(st.sets(st.integers(1, 5_000), min_size=1, max_size=4)))
    rates = sorted(draw(st.sets(st.integers(1, 9_999), min_size=len(thresholds), max_size=len(thresholds))))
    return tuple(first.Tier(t, F(r, 10_000)) for t, r in zip(thresholds, rates, strict=True))


@settings(max_examples=25, deadline=None)
@given(
    found=tiers(),
    mode=st.sampled_from(("retroactive", "incremental")),
    price=st.integers(1, 10**9).map(lambda n: F(n, 1000)),
    currency=st.sampled_from(("EUR", "JPY", "KWD")),
)
def test_every_first_agreement_holds(
    found: tuple[first.Tier, ...],
    mode: first.Mode,
    price: F,
    currency: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    answers = first.Answers("ACME", "Acme", 2026, currency, "X-1", "carton", price, mode, found, None, None)
    folder = write(tmp_path_factory.mktemp("first"), answers)
    book = rebates.load(folder)
    assert not [d for d in book.warnings if d.severity == "error"]
    results = list(run_examples(book))
    assert results
    assert [result.title for result in results if not result.ok] == []
    name = f"{first.name_of(answers)}.rebates"
    text = (folder / name).read_text("utf-8")
    assert format_file(Source(name, text)) == text


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (first.tiers, "50 3", "a quantity and a rate"),
        (first.tiers, "50 3%, 40 5%", "thresholds grow"),
        (first.tiers, "50 3%, 60 2%", "rates grow"),
        (first.currency, "EURO", "EUR or IDR"),
        (first.account_id, "a b", "customer id"),
        (first.unit, "Carton", "small letters"),
        (first.amount, "0", "such as 12.50"),
        (first.amount, "1e5", "such as 12.50"),
        (first.year, "26", "no year"),
        (first.percent, "120%", "percentage"),
        (first.mode, "slab", "retroactive"),
        (first.title, 'the "big" one', "without quotation marks"),
        (first.item_id, "a b", "article id"),
    ],
)
def test_an_answer_that_does_not_fit_says_what_would(read: object, text: str, words: str) -> None:
    assert callable(read)
    with pytest.raises(first.AnswerError, match=words):
        read(text)
