"""The reference of the language shows everything there is: each production, each word, each rule of the grammar."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import rebates
from rebates.syntax.keywords import KEYWORDS, PHRASES
from rebates.syntax.source import Source
from rebates.syntax.tokens import split
from rebates.tools.examples import run_examples
from tests.docs.pages import LANGUAGE, ROOT, Block, as_file, blocks
from tests.generated.compare import Productions, production_names

PAGES = sorted(LANGUAGE.glob("*.md"))
TABLES = [block for block in blocks(LANGUAGE / "index.md") if block.language == "csv"]
SAMPLES = [(page, block) for page in PAGES for block in blocks(page) if block.language == "rebates"]

NOT_SHOWN = {"start"}  # what a reader sees in no sample


def name(sample: tuple[Path, Block]) -> str:
    return f"{sample[0].stem}:{sample[1].line}"


@pytest.mark.parametrize("sample", SAMPLES, ids=name)
def test_a_sample_is_sound_and_its_examples_hold(sample: tuple[Path, Block], tmp_path: Path) -> None:
    page, block = sample
    tables = [*TABLES, *(other for other in blocks(page) if other.language == "csv" and other.line < block.line)]
    for table in tables:
        (tmp_path / table.title).write_text(table.text, "utf-8")
    (tmp_path / "sample.rebates").write_text(as_file(block.text), "utf-8")
    try:
        book = rebates.load(tmp_path)
    except rebates.RuleErrors as errors:
        raise AssertionError(str(errors)) from None
    wrong = [
        f"{result.title}: {result.error or [f'{check.text}: {check.got}' for check in result.checks if not check.ok]}"
        for result in run_examples(book)
        if not result.ok
    ]
    assert wrong == []


def test_every_production_is_in_a_sample() -> None:
    seen = Productions()
    for _, block in SAMPLES:
        seen.read(as_file(block.text))
    assert sorted(production_names() - set(seen.counts) - NOT_SHOWN) == []


def test_every_word_is_in_a_sample() -> None:
    texts = [as_file(block.text) for _, block in SAMPLES]
    seen = {" ".join(lexeme.split()) for text in texts for lexeme in split(text)}
    seen |= {word for phrase in seen for word in phrase.split()}  # `full` is one token, or part of a phrase
    phrases = {phrase for _, (_, phrases) in PHRASES.items() for phrase in phrases}
    assert sorted((set(KEYWORDS) | phrases) - seen) == []


def test_every_rule_of_the_grammar_is_shown() -> None:
    grammar = (ROOT / "grammar" / "rebates.lark").read_text("utf-8")
    rules = set(re.findall(r"^[?!]*([a-z_]+)(?:\{[^}]*\})?:", grammar, re.MULTILINE))
    pages = "".join(page.read_text("utf-8") for page in PAGES)
    shown = {rule.strip() for rules in re.findall(r"<!-- grammar: ([a-z_, ]+) -->", pages) for rule in rules.split(",")}
    assert sorted(rules - shown) == []
    assert sorted(shown - rules) == []


def test_sources_are_read() -> None:
    """A sample that the pages' runner would skip is no sample."""
    assert len(SAMPLES) > 30
    assert all(Source("sample", block.text).text for _, block in SAMPLES)
