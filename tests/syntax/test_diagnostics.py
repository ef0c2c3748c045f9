"""Places in a text, and what a report keeps of what it is told."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

from rebates.syntax.catalogue import ENTRIES
from rebates.syntax.diagnostics import MOST_PER_FILE, Diagnostic, Report, RuleErrors
from rebates.syntax.source import Source, Span, line_column
from tests.messages import assert_diagnostic

TEXT = "rate 5\n\ncap €9 per order\n"
SOURCE = Source("a.rebates", TEXT)


def span(word: str, source: Source = SOURCE) -> Span:
    start = source.text.index(word)
    return Span(source, start, start + len(word))


@pytest.mark.parametrize(
    ("offset", "place"),
    [(0, (1, 1)), (5, (1, 6)), (6, (1, 7)), (7, (2, 1)), (8, (3, 1)), (13, (3, 6)), (24, (3, 17)), (25, (4, 1))],
)
def test_lines_and_columns_count_from_one_in_code_points(offset: int, place: tuple[int, int]) -> None:
    assert line_column(SOURCE, offset) == place


def test_a_line_is_given_without_its_end() -> None:
    source = Source("a", "one\r\ntwo\n")
    assert [source.line_text(line) for line in (1, 2, 3)] == ["one", "two", ""]


def test_the_line_index_is_the_same_from_many_threads() -> None:
    source = Source("a", "x\n" * 5_000)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: line_column(source, 9_999), range(64))) == {(5_000, 2)}
    assert len(source.line_starts()) == 5_001


def test_a_source_is_known_by_its_name() -> None:
    assert Source("a", "one") == Source("a", "two") != Source("b", "one")
    assert hash(Source("a", "one")) == hash(Source("a", "two"))


def test_a_span_has_its_text_and_covers_another() -> None:
    first, second = span("5"), span("per")
    assert first.text == "5"
    assert Span.cover(first, second) == Span.cover(second, first)
    assert Span.cover(first, second).text == "5\n\ncap €9 per"


def test_a_report_sorts_by_file_and_place() -> None:
    report, other = Report(), Source("B.rebates", TEXT)
    report.error("R0112", span("9"), "third")
    report.warning("R0351", span("5"), "second")
    report.note("R0350", span("cap", other), "first")  # capitals sort before small letters
    assert [diagnostic.message for diagnostic in report.diagnostics] == ["first", "second", "third"]


def test_one_code_is_told_once_at_a_place() -> None:
    report = Report()
    report.error("R0112", span("5"), "a rate needs its percent sign")
    report.error("R0112", span("5"), "a rate needs its percent sign")
    report.error("R0112", span("5"), "said in other words")
    report.error("R0113", span("5"), "an amount needs its currency")
    assert [diagnostic.code for diagnostic in report.diagnostics] == ["R0112", "R0113"]
    assert_diagnostic(report.diagnostics, code="R0112", underlined="5", contains="percent sign")


def test_after_fifty_errors_a_file_is_only_counted() -> None:
    report, long, short = Report(), Source("long", "x" * 60), Source("short", "x")
    for at in range(53):
        report.error("R0100", Span(long, at, at + 1), "does not fit")
    report.error("R0100", Span(short, 0, 1), "does not fit")
    report.warning("R0351", Span(long, 59, 60), "signs off nothing")
    assert (
        len([d for d in report.diagnostics if d.span.source == long and d.severity == "error"]) == MOST_PER_FILE == 50
    )
    assert (report.not_shown, report.error_count) == (3, 54)
    assert {"short", "long"} == {d.span.source.name for d in report.diagnostics}
    assert_diagnostic(report.diagnostics, code="R0351", contains="signs off")


def test_only_errors_are_errors() -> None:
    report = Report()
    report.warning("R0351", span("5"), "signs off nothing")
    assert not report.has_errors
    report.error("R0112", span("5"), "a rate needs its percent sign")
    assert report.has_errors


def test_a_code_must_be_in_the_catalogue_with_its_severity() -> None:
    report = Report()
    with pytest.raises(AssertionError, match="R0199 is not in the catalogue"):
        report.error("R0199", span("5"), "nobody wrote its page")
    with pytest.raises(AssertionError, match="R0350 is a finding of severity note"):
        report.error("R0350", span("5"), "a cliff is no error")
    assert ENTRIES["R0350"].severity == "note"


def test_rule_errors_carry_every_finding_and_read_as_text() -> None:
    found = Diagnostic("R0112", "error", span("5"), "a rate needs its percent sign", "write `5%`")
    errors = RuleErrors((found,), not_shown=2)
    assert errors.diagnostics == (found,)
    assert str(errors).splitlines()[0] == "error R0112: a rate needs its percent sign"
    assert str(errors).splitlines()[-1] == "1 error and 2 more that are not shown"
    again = pickle.loads(pickle.dumps(errors))
    assert (again.diagnostics, again.not_shown) == ((found,), 2)


def test_the_helper_tells_what_was_reported_instead() -> None:
    found = Diagnostic("R0112", "error", span("5"), "a rate needs its percent sign")
    with pytest.raises(AssertionError, match="R0112 `5`: a rate needs"):
        assert_diagnostic([found], code="R0112", underlined="cap")
