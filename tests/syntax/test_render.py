"""How findings look: drawn for a person (the goldens were written by hand), in one line, as data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import pytest

from rebates.syntax.diagnostics import Applicability, Diagnostic, Edit, Label
from rebates.syntax.render import render, summary
from rebates.syntax.render_json import as_dict
from rebates.syntax.source import Source, Span
from tests.syntax.sarif_form import slips

GOLDEN = Path(__file__).parent / "golden"

RULE = Source(
    "nusantara_2026.rebates",
    'discount volume "Volume" {\n'
    "  tiers retroactive on quantity in carton per line {\n"
    "    from  50 carton 3%\n"
    "    from 200 carton 5.5\n"
    "  }\n"
    "}\n",
)


def at(source: Source, word: str, nth: int = 0) -> Span:
    start = -1
    for _ in range(nth + 1):
        start = source.text.index(word, start + 1)
    return Span(source, start, start + len(word))


def percent_sign() -> Diagnostic:
    span = at(RULE, "5.5")
    labels = (Label(at(RULE, "tiers retroactive"), "these tiers pay a percent or an amount"),)
    edits: tuple[Edit, ...] = (Edit(span, "5.5%", "asks"),)
    return Diagnostic("R0112", "error", span, "a rate needs its percent sign", "write `5.5%`", labels, edits)


def in_text(text: str, word: str, **more: object) -> Diagnostic:
    return Diagnostic("R0014", "error", at(Source("x", text), word), "not a sign", **more)  # type: ignore[arg-type]


def two_files() -> Diagnostic:
    first = Source("a.rebates", "# of the desk\nmeasure sales = 1\n")
    second = Source("b.rebates", "measure sales = 2\n")
    label = Label(at(first, "sales"), "`sales` is declared here too")
    return Diagnostic(
        "R0210", "error", at(second, "sales"), "measure `sales` is declared twice", "rename one", (label,)
    )


def one_line_two_places() -> Diagnostic:
    source = Source("a.rebates", "cap EUR 5 per order floor EUR 9 per order\n")
    label = Label(at(source, "cap EUR 5 per order"), "the cap")
    return Diagnostic(
        "R0313", "error", at(source, "floor EUR 9 per order"), "the floor lies above the cap", "", (label,)
    )


def over_lines() -> Diagnostic:
    span = Span.cover(at(RULE, "tiers"), at(RULE, "}"))
    return Diagnostic("R0350", "note", span, "buying more costs less")


def end_of_file() -> Diagnostic:
    source = Source("a.rebates", "agreement a {\n")
    span = Span(source, len(source.text), len(source.text))
    return Diagnostic("R0106", "error", span, "the block that opens here is not closed", "add `}`")


def no_text() -> Diagnostic:
    return Diagnostic("R0701", "error", Span(Source("rules/x", ""), 0, 0), "there is no file or folder `rules/x`")


def tabs_and_wide_letters() -> Diagnostic:
    return in_text('\titems s where brand is "可乐" ?\n', "?")


DRAWN = {
    "percent_sign": percent_sign,
    "two_files": two_files,
    "one_line_two_places": one_line_two_places,
    "over_lines": over_lines,
    "end_of_file": end_of_file,
    "no_text": no_text,
    "tabs_and_wide_letters": tabs_and_wide_letters,
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_finding_is_drawn_as_in_its_golden(name: str) -> None:
    assert render([DRAWN[name]()], "text") == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_every_golden_is_compared() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(DRAWN)


def lines_under(diagnostic: Diagnostic) -> list[tuple[str, str]]:
    """Each drawn line of source with the line of marks below it, both after the bar."""
    rows = [line.split(" |", 1)[1][1:] for line in render([diagnostic], "text").splitlines() if " |" in line]
    return list(zip(rows[1::2], rows[2::2], strict=True))


def test_a_long_line_is_cut_around_its_place() -> None:
    ((shown, under),) = lines_under(in_text("a" * 500 + "?" + "b" * 500, "?"))
    assert shown == "…" + "a" * 53 + "?" + "b" * 106 + "…"  # 160 columns, a third of them before the place
    assert under == " " * 54 + "^"


def test_a_line_of_160_columns_is_not_cut() -> None:
    assert lines_under(in_text("a" * 159 + "?", "?")) == [("a" * 159 + "?", " " * 159 + "^")]
    ((shown, _),) = lines_under(in_text("a" * 160 + "?", "?"))
    assert shown == "…" + "a" * 53 + "?"


def test_wide_letters_are_cut_by_columns() -> None:
    ((shown, under),) = lines_under(in_text("可" * 100 + "?" + "乐" * 100, "?"))
    assert shown == "…" + "可" * 26 + "?" + "乐" * 53 + "…"  # 52 columns, one, and 106 of 107
    assert under == " " * 53 + "^"


def test_places_far_apart_on_a_long_line_are_shown_apart() -> None:
    source = Source("x", "!" + "a" * 400 + "?")
    found = Diagnostic("R0014", "error", at(source, "?"), "not a sign", "", (Label(at(source, "!"), "nor this"),))
    assert lines_under(found) == [
        ("…" + "a" * 53 + "?", " " * 54 + "^"),
        ("!" + "a" * 159 + "…", "- nor this"),
    ]


@pytest.mark.parametrize(
    ("text", "under"),
    [
        ("é = ?", "    ^"),  # a letter and the mark on it, one column
        ("กุ = ?", "    ^"),  # a vowel below its letter
        ("กั = ?", "    ^"),  # a vowel above: no combining class, and no column
        ("可 = ?", "     ^"),
        ("ｆ = ?", "     ^"),
        ("\u202e = ?", "    ^"),  # drawn as a sign of its own
    ],
)  # fmt: skip
def test_marks_stand_under_their_place(text: str, under: str) -> None:
    assert lines_under(in_text(text, "?"))[0][1] == under


def test_control_characters_never_reach_the_terminal() -> None:
    source = Source("evil\x1b[2J\n.rebates", "a\x1b[31m = \u202e?")
    label = Label(at(source, "a"), "here\x1b[0m")
    found = Diagnostic("R0014", "error", at(source, "?"), "not\x07 a sign", "remove\r it", (label,))
    for drawn in (render([found], "text"), render([found], "short")):
        assert all(character.isprintable() or character == "\n" for character in drawn)
    assert len(render([found], "short").splitlines()) == 1


def test_colour_changes_nothing_but_colour() -> None:
    import re

    plain, colored = render([percent_sign()], "text"), render([percent_sign()], "text", color=True)
    assert colored.startswith("\x1b[1;31merror R0112\x1b[0m: ")
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == plain


def test_the_summary_counts_what_there_is() -> None:
    found = [percent_sign(), two_files(), over_lines()]
    assert summary(found) == "2 errors, 1 note"
    assert summary(found, not_shown=1) == "2 errors and 1 more that is not shown, 1 note"
    assert summary([over_lines(), over_lines()]) == "2 notes"
    assert render(found, "text").splitlines()[-1] == "2 errors, 1 note"
    assert render([], "text") == ""


def test_short_is_one_line_each() -> None:
    assert render([percent_sign(), over_lines()], "short").splitlines() == [
        "nusantara_2026.rebates:4:21: error R0112: a rate needs its percent sign (write `5.5%`)",
        "nusantara_2026.rebates:2:3: note R0350: buying more costs less",
    ]


def test_json_gives_every_field() -> None:
    place = {"file": "nusantara_2026.rebates", "line": 4, "column": 21, "end_line": 4, "end_column": 24}
    label_place = {**place, "line": 2, "column": 3, "end_line": 2, "end_column": 20}
    (found,) = json.loads(render([percent_sign()], "json"))
    assert found == {
        "code": "R0112",
        "severity": "error",
        **place,
        "message": "a rate needs its percent sign",
        "help": "write `5.5%`",
        "sample": "",
        "witness": "",
        "example": "",
        "labels": [{**label_place, "text": "these tiers pay a percent or an amount"}],
        "edits": [{**place, "replacement": "5.5%", "applicability": "asks"}],
    }
    assert as_dict(percent_sign()) == found
    assert json.loads(render([], "json")) == []


@pytest.mark.parametrize("applicability", ["safe", "asks", "shown"])
def test_json_says_how_far_an_edit_can_be_trusted(applicability: Applicability) -> None:
    span = at(RULE, "5.5")
    found = Diagnostic("R0112", "error", span, "m", edits=(Edit(span, "5.5%", applicability),))
    assert json.loads(render([found], "json"))[0]["edits"][0]["applicability"] == applicability


def test_github_escapes_what_means_something_to_it() -> None:
    source = Source("a,b:c%.rebates", "x\n")
    found = Diagnostic("R0014", "error", Span(source, 0, 1), "50% off:\nno, thanks", "remove it")
    assert render([found], "github") == (
        "::error file=a%2Cb%3Ac%25.rebates,line=1,col=1,endColumn=2,title=R0014::50%25 off:%0Ano, thanks (remove it)"
    )
    assert render([over_lines()], "github") == (
        "::notice file=nusantara_2026.rebates,line=2,col=3,endLine=5,title=R0350::buying more costs less"
    )


def test_sarif_has_rules_results_and_both_places() -> None:
    document = json.loads(render([percent_sign(), two_files()], "sarif", version="0.1.0"))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("rebates", "0.1.0")
    assert [(rule["id"], rule["name"]) for rule in driver["rules"]] == [
        ("R0112", "percent-sign"),
        ("R0210", "declared-twice"),
    ]
    first, second = run["results"]
    assert (first["ruleId"], first["level"]) == ("R0112", "error")
    assert first["message"]["text"] == "a rate needs its percent sign; write `5.5%`"
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "nusantara_2026.rebates"
    assert place["region"] == {"startLine": 4, "startColumn": 21, "endLine": 4, "endColumn": 24}
    related = second["relatedLocations"][0]
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "a.rebates"
    assert related["message"]["text"] == "`sales` is declared here too"


def test_sarif_names_a_file_by_a_valid_address() -> None:
    found = Diagnostic("R0014", "error", Span(Source("my rules/é.rebates", "x"), 0, 1), "not a sign")
    (run,) = json.loads(render([found], "sarif"))["runs"]
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "my%20rules/%C3%A9.rebates"
    assert "version" not in run["tool"]["driver"]


def test_sarif_is_what_the_standard_requires() -> None:
    drawn = [make() for make in DRAWN.values()]
    document = json.loads(render(drawn, "sarif", version="0.1.0"))
    assert list(slips(document)) == []
    assert len(document["runs"][0]["results"]) == len(drawn)
    assert list(slips(json.loads(render([], "sarif")))) == []


def test_the_form_of_sarif_finds_what_is_not_as_required() -> None:
    document = json.loads(render([percent_sign()], "sarif"))
    (run,) = document["runs"]
    del run["tool"]["driver"]["name"]
    (result,) = run["results"]
    result["level"] = "fatal"
    result["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    result["fixes"][0]["artifactChanges"][0]["replacement"] = []
    assert list(slips(document)) == [
        "$.runs[0].tool.driver lacks name",
        "$.runs[0].results[0].level is 'fatal'",
        "$.runs[0].results[0].locations[0].physicalLocation.region.startLine is 0",
        "$.runs[0].results[0].fixes[0].artifactChanges[0] has replacement",
    ]


def test_the_fix_of_sarif_is_the_edit() -> None:
    (run,) = json.loads(render([percent_sign()], "sarif"))["runs"]
    (fix,) = run["results"][0]["fixes"]
    assert fix["description"]["text"] == "write `5.5%` (changes what is meant: look at it first)"
    (change,) = fix["artifactChanges"]
    assert change == {
        "artifactLocation": {"uri": "nusantara_2026.rebates"},
        "replacements": [
            {
                "deletedRegion": {"startLine": 4, "startColumn": 21, "endLine": 4, "endColumn": 24},
                "insertedContent": {"text": "5.5%"},
            }
        ],
    }


@pytest.mark.parametrize("format", ["short", "github"])
def test_a_finding_in_one_line_is_as_in_its_golden(format: Literal["short", "github"]) -> None:
    drawn = render([make() for make in DRAWN.values()], format)
    assert drawn + "\n" == (GOLDEN / f"all.{format}").read_text(encoding="utf-8")
