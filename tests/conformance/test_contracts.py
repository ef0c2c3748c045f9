"""The clauses of real agreements, each as a rule file that is checked and whose examples hold on both evaluators."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from rebates.cli.app import app
from tests.conformance.contracts import WORDS, clauses, constructs, file_of, said


@pytest.mark.parametrize("clause", clauses())
def test_a_clause_is_checked_and_its_examples_hold(clause: str) -> None:
    runner = CliRunner()
    checked = runner.invoke(app, ["check", str(file_of(clause)), "--format", "short"])
    assert checked.exit_code == 0, checked.output
    assert "warning" not in checked.output, checked.output
    tested = runner.invoke(app, ["test", str(file_of(clause))])
    assert tested.exit_code == 0, tested.output
    assert re.search(r"\d+ examples?: all hold|1 example holds", tested.output), tested.output


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
