"""Every message mends: its edit, applied, leaves nothing to find; or its words contain a right sample."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import pytest

from rebates.model.folder import load_rules
from rebates.syntax.catalogue import ENTRIES
from rebates.syntax.catalogue.entry import Entry
from rebates.syntax.diagnostics import Diagnostic, Edit, Report
from rebates.syntax.render import render
from rebates.syntax.source import Source, Span
from tests.model.bad_texts import BAD, Bad
from tests.model.checking import check
from tests.test_catalogue import IN_RULES, IN_TABLES, Tables, contexts

NOTES = {code for code, entry in ENTRIES.items() if entry.severity == "note"}


def findings(text: str) -> tuple[Diagnostic, ...]:
    report = Report()
    load_rules({"a.rebates": text}, Tables(), report)
    return report.diagnostics


def mended(text: str, edits: Iterable[Edit]) -> str:
    for edit in sorted(set(edits), key=lambda edit: -edit.span.start):
        text = text[: edit.span.start] + edit.replacement + text[edit.span.end :]
    return text


def told(entry: Entry) -> tuple[str, list[Diagnostic]]:
    """The wrong sample in the place where it can stand, and its findings."""
    for right, wrong in zip(contexts(entry.right), contexts(entry.wrong), strict=True):
        found = [one for one in findings(wrong) if one.code not in NOTES - {entry.code}]
        if {one.code for one in found} == {entry.code} and not {one.code for one in findings(right)} - NOTES:
            return wrong, found
    raise AssertionError(f"{entry.code}: its wrong sample is found nowhere")


@pytest.mark.parametrize("entry", IN_RULES, ids=lambda entry: entry.code)
def test_the_message_of_a_sample_mends_it_or_shows_what_is_right(entry: Entry) -> None:
    text, found = told(entry)
    _check(text, found)


@pytest.mark.parametrize("bad", BAD, ids=[f"{bad.code}-{number}" for number, bad in enumerate(BAD)])
def test_the_message_of_every_golden_mistake_mends_it_or_shows_what_is_right(bad: Bad) -> None:
    _, report = check(bad.wrong)
    if isinstance(bad.wrong, str):
        _check_edits(bad.wrong, report.diagnostics, lambda text: check(text)[1].diagnostics)
    for one in report.diagnostics:
        _shows_what_is_right(one)


def _check(text: str, found: Sequence[Diagnostic]) -> None:
    _check_edits(text, found, findings)
    for one in found:
        _shows_what_is_right(one)


def _check_edits(text: str, found: Sequence[Diagnostic], again: object) -> None:
    edits = [edit for one in found for edit in one.edits[:1]]
    if edits and all(one.edits for one in found):
        assert callable(again)
        left = [one for one in again(mended(text, edits)) if one.code not in NOTES]
        assert not left, [(one.code, one.message) for one in left]


def _shows_what_is_right(one: Diagnostic) -> None:
    assert one.edits or "`" in one.help or one.sample, (one.code, one.message, one.help)
    if one.sample:
        assert f"right: {one.sample}" in render([one], "text")
        assert one.sample == json.loads(render([one], "json"))[0]["sample"]


def test_the_edits_of_json_can_be_applied_by_a_program() -> None:
    text = 'measure m = EUR 1,000\nitems s where a is "x" && b is "y"\n'
    found = json.loads(render(findings(text), "json"))
    lines = text.split("\n")
    for one in reversed(found):
        for edit in one["edits"]:
            assert edit["line"] == edit["end_line"]
            line = lines[edit["line"] - 1]
            lines[edit["line"] - 1] = line[: edit["column"] - 1] + edit["replacement"] + line[edit["end_column"] - 1 :]
    assert lines[0] == "measure m = EUR 1_000"
    assert " and " in lines[1]
    assert "&&" not in lines[1]


def test_the_fixes_of_sarif_can_be_applied_by_a_program() -> None:
    text = "measure m = EUR 1,000"
    (result,) = json.loads(render(findings(text), "sarif"))["runs"][0]["results"]
    (change,) = result["fixes"][0]["artifactChanges"]
    (replacement,) = change["replacements"]
    region = replacement["deletedRegion"]
    assert change["artifactLocation"] == {"uri": "a.rebates"}
    start, end = region["startColumn"] - 1, region["endColumn"] - 1
    assert text[:start] + replacement["insertedContent"]["text"] + text[end:] == "measure m = EUR 1_000"


@pytest.mark.parametrize("entry", IN_TABLES, ids=lambda entry: entry.code)
def test_a_table_has_a_right_sample(entry: Entry) -> None:
    assert entry.right


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=lambda entry: entry.code)
def test_a_code_with_a_right_sample_shows_it_where_it_has_no_edit(entry: Entry) -> None:
    span = Span(Source("x", "text"), 0, 4)
    bare = Diagnostic(entry.code, entry.severity, span, "wrong", "mend it")
    assert bare.sample == " ".join(entry.right.split())
