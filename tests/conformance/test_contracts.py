"""The clauses of real agreements, each as a rule file that is checked and whose examples hold on both evaluators."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from rebates import check, load
from rebates.model import nodes as m
from rebates.model.history import Posted
from rebates.model.orders import AttributeText
from rebates.model.settlement import Due
from rebates.reference.settle import window_rows
from rebates.tools import settled
from rebates.tools.examples import run_examples
from tests.conformance.contracts import WORDS, clauses, constructs, file_of, said


def judged(
    rules: m.RuleSet,
    agreement: str,
    posted: Sequence[Posted] = (),
    given: Mapping[str, AttributeText] | None = None,
) -> tuple[Due, ...]:
    """What every rule comes to by the reference, in the window of an example."""
    [one] = [each for each in rules.agreements if each.name == agreement]
    ids = dict.fromkeys(rule.id for rule in one.rebates)
    return tuple(due for id in ids for due in window_rows(rules, agreement, id, given=given, posted=posted))


def faults(file: Path) -> Iterator[str]:
    """What the examples of a file came to, where that is not what they expect."""
    for result in run_examples(load(file)):
        wrong = [f"{each.text}: {each.got}" for each in result.checks if not each.ok]
        if wrong or result.error:
            yield f"{result.title}: {result.error or wrong}"


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
    monkeypatch.setattr(settled, "earned", judged)
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
