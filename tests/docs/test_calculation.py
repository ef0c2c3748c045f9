"""Every numbered rule of the calculation has a worked example, and the examples hold on both evaluators."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

import rebates
from docs.calculation_page import PAGE, Worked, numbers, with_worked, worked
from rebates import reference
from rebates.syntax import nodes as s
from rebates.tools.orders import example_order
from tests.conformance.examples import by_the_reference, faults_in
from tests.docs.pages import LANGUAGE, as_file, blocks, blocks_in, fits, run_python
from tests.generated.compare import outcome

EXAMPLES = list(worked())
RULES = numbers(PAGE.read_text("utf-8"))
TABLES = {block.title: block.text for block in blocks(LANGUAGE / "index.md") if block.language == "csv"}


@pytest.mark.parametrize("one", EXAMPLES, ids=lambda one: f"{one.rule}-{one.where}")
def test_an_example_holds_on_both_evaluators(one: Worked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = list(blocks_in(one.text))
    for title, text in TABLES.items() | {(block.title, block.text) for block in shown if block.title}:
        (tmp_path / title).write_text(text, "utf-8")
    names: dict[str, object] = {name: getattr(rebates, name) for name in rebates.__all__}
    printed = ""
    for block in shown:
        if block.language.startswith("rebates"):
            (tmp_path / "worked.rebates").write_text(as_file(block.text), "utf-8")
        if block.language == "rebates":
            names["book"] = book = rebates.load(tmp_path)
            assert list(faults_in(book)) == []
            by_both(book, monkeypatch)
        elif block.language == "rebates-wrong":
            with pytest.raises(rebates.RuleErrors) as refused:
                rebates.load(tmp_path)
            printed = f"{refused.value.diagnostics[0].code}: {refused.value.diagnostics[0].message}"
        elif block.language == "python":
            wrong, printed = run_python(block, one.where, tmp_path, names)
            assert wrong == []
        elif block.printed:
            assert fits(block.text.rstrip(), printed.strip("\n")), printed
    assert any(block.printed or "expect " in block.text or "assert " in block.text for block in shown)


def by_both(book: rebates.Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """The orders of the examples come to the same by the reference, decisions and all, and so does what is settled."""
    examples = [(agreement, example) for agreement in book.rules.agreements for example in agreement.examples]
    for agreement, example in examples:
        if isinstance(example.syntax, s.Example):
            _, given = example_order(book, agreement, example.syntax)
            assert outcome(partial(reference.price, book.rules), given) == outcome(book.compiled.outcome, given)
    if any(isinstance(example.syntax, s.SettledExample) for _, example in examples):
        with monkeypatch.context() as patched:
            by_the_reference(patched)
            assert list(faults_in(book)) == []


def test_every_rule_has_an_example() -> None:
    shown = {one.rule for one in EXAMPLES}
    assert sorted(set(RULES) - shown) == []
    assert sorted(shown - set(RULES)) == []


def test_examples_stand_beneath_their_rules() -> None:
    page = with_worked(PAGE.read_text("utf-8"))
    assert page.count("??? example") == len(EXAMPLES)
    for rule in RULES:
        assert f'<span id="rule-{rule}"></span>' in page
