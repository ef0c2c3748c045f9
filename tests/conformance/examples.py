"""Examples of rule files on both evaluators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from rebates import Book, load
from rebates.model import nodes as m
from rebates.model.history import Posted
from rebates.model.orders import AttributeText
from rebates.model.settlement import Due
from rebates.reference.settle import settle, window_rows
from rebates.tools import settled
from rebates.tools.examples import run_examples


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
    yield from faults_in(load(file))


def faults_in(book: Book) -> Iterator[str]:
    """What the examples of a book came to, where that is not what they expect."""
    for result in run_examples(book):
        wrong = [f"{each.text}: {each.got}" for each in result.checks if not each.ok]
        if wrong or result.error:
            yield f"{result.title}: {result.error or wrong}"


def by_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the reference answer what examples settle."""
    monkeypatch.setattr(settled, "earned", judged)
    monkeypatch.setattr(settled, "settle", settle)
