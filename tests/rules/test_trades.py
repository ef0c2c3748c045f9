"""Agreements of many trades: each is checked without a finding, and its examples hold on both evaluators."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from rebates import check, load, reference
from rebates.syntax import nodes as s
from rebates.tools.orders import example_order
from tests.conformance.examples import by_the_reference, faults
from tests.generated.compare import outcome

RULES = Path(__file__).parents[2] / "rules" / "trades"
FILES = [pytest.param(file, id=file.stem) for file in sorted(RULES.glob("*.rebates"))]


@pytest.mark.parametrize("file", FILES)
def test_it_is_checked_without_a_finding(file: Path) -> None:
    assert [finding.message for finding in check(file)] == []


@pytest.mark.parametrize("file", FILES)
def test_its_examples_hold(file: Path) -> None:
    assert list(faults(file)) == []


@pytest.mark.parametrize("file", FILES)
def test_they_hold_by_the_reference(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_the_reference(monkeypatch)
    assert list(faults(file)) == []
    book = load(file)
    for agreement in book.rules.agreements:
        assert agreement.examples
        for example in agreement.examples:
            if isinstance(example.syntax, s.Example):
                _, given = example_order(book, agreement, example.syntax)
                assert outcome(partial(reference.price, book.rules), given) == outcome(book.compiled.outcome, given)
