"""The clauses of real agreements, each as a rule file that is checked and whose examples hold on both evaluators."""

from __future__ import annotations

import re

import pytest

from rebates import check, load
from tests.conformance.contracts import WORDS, clauses, constructs, file_of, said
from tests.conformance.examples import by_the_reference, faults


@pytest.mark.parametrize("clause", clauses())
def test_a_clause_is_checked_without_a_finding(clause: str) -> None:
    assert [finding.message for finding in check(file_of(clause))] == []


@pytest.mark.parametrize("clause", clauses())
def test_its_examples_hold(clause: str) -> None:
    file = file_of(clause)
    assert any(agreement.examples for agreement in load(file).rules.agreements)
    assert list(faults(file)) == []


@pytest.mark.parametrize("clause", clauses())
def test_its_examples_hold_by_the_reference(clause: str, monkeypatch: pytest.MonkeyPatch) -> None:
    by_the_reference(monkeypatch)
    assert list(faults(file_of(clause))) == []


@pytest.mark.parametrize("clause", clauses())
def test_a_clause_says_its_constructs(clause: str) -> None:
    text = said(clause)
    missing = [construct for construct in clauses()[clause] if not re.search(WORDS[construct], text)]
    assert not missing, [f"{construct}: {constructs()[construct]}" for construct in missing]


@pytest.mark.parametrize("clause", clauses())
def test_a_clause_says_what_its_text_leaves_open(clause: str) -> None:
    head = file_of(clause).read_text("utf-8").split("\nagreement ")[0]
    assert head.startswith(f"# {clause}")
    assert clause.startswith("X") or re.search(r"# (Left open|Nothing is left open)", head)


def test_every_construct_occurs() -> None:
    used = {construct for found in clauses().values() for construct in found}
    assert used == set(constructs()) == set(WORDS)
