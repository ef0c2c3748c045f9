"""Statements in the wrong block are told where they belong; the block is read on, and nothing else is reported."""

import pytest

from tests.syntax.test_recovery import findings

TEXT = """agreement a "A" {
  accounts X
  {in_agreement}
  discount d "D" {
    {in_rule}
    rate 5%
  }
  example "e" {
    order on 2026-01-02 { 5 carton of "A" }
    {in_example}
    expect line 1 net price EUR 2
  }
}
"""


def written(**lines: str) -> str:
    text = TEXT
    for place in ("in_agreement", "in_rule", "in_example"):
        text = text.replace(f"{{{place}}}", lines.get(place, "# nothing"))
    return text


@pytest.mark.parametrize(
    ("place", "line", "number", "belongs"),
    [
        ("in_agreement", "rate 5%", 3, "a rule"),
        ("in_agreement", "tiers retroactive on x { from 10 carton 5% }", 3, "a rule"),
        ("in_agreement", "stage volume best", 3, "a rule"),
        ("in_agreement", "payment 30 days", 3, "`terms { … }`"),
        ("in_agreement", "expect line 1 net price EUR 2", 3, "an example"),
        ("in_rule", "currency EUR", 5, "an agreement"),
        ("in_rule", "measure m = net value per order", 5, "an agreement"),
        ("in_rule", 'discount e "E" { rate 2% }', 5, "an agreement"),
        ("in_rule", "opening EUR 100 per year", 5, "a fund"),
        ("in_rule", "expect line 1 net price EUR 2", 5, "an example"),
        ("in_example", "rate 5%", 10, "a rule"),
        ("in_example", "currency EUR", 10, "an agreement"),
    ],
)
def test_a_statement_in_the_wrong_block_is_told_where_it_belongs(
    place: str, line: str, number: int, belongs: str
) -> None:
    (found,) = findings(written(**{place: line}))[1]
    assert (found.code, found.span.line) == ("R0100", number)
    assert found.message == f"`{line.split()[0]}` belongs in {belongs}, not here"


def test_several_in_a_row_are_one_finding_that_shows_each() -> None:
    (found,) = findings(written(in_agreement="rate 5%\n  settle yearly\n  limit 3 piece per order"))[1]
    assert [found.span.line, *(label.span.line for label in found.labels)] == [3, 4, 5, 1]


def test_slips_in_several_blocks_are_all_told() -> None:
    text = written(in_agreement="rate 5%", in_rule="currency EUR", in_example="settle yearly")
    assert [found.span.line for found in findings(text)[1]] == [3, 5, 10]


def test_a_word_of_the_language_as_a_name_is_told_once_however_often_it_is_used() -> None:
    text = written(in_agreement="measure ever = net value per account per year", in_rule="when ever >= EUR 100")
    (found,) = findings(text)[1]
    assert (found.code, found.span.line) == ("R0111", 3)
    assert "`ever_total`" in found.help


@pytest.mark.parametrize(
    ("row", "right"),
    [
        ("otherwise 1%", "1% otherwise"),
        ('when order.channel is "web" 5%', '5% when order.channel is "web"'),
        (
            'when order.channel is "web" 2% plus EUR 1 per carton',
            '2% plus EUR 1 per carton when order.channel is "web"',
        ),
    ],
)
def test_a_row_of_rates_that_begins_with_its_condition_is_turned(row: str, right: str) -> None:
    before = 'agreement a "A" {\n  discount d "D" {\n    rates first {\n      3% when net value per order >= EUR 100\n'
    (found,) = findings(f"{before}      {row}\n    }}\n    limit 3 piece per order\n  }}\n}}\n")[1]
    assert (found.code, found.span.line, found.edits[0].replacement) == ("R0100", 5, right)


ORDERED = """agreement a "A" {
  example "e" {
    given account.kind "trade"
    expect line 1 net price EUR 2  # as agreed
    expect pass
    order on 2026-01-02 {
      5 carton of "A"
    }  # the first one
    expect line 1 net value EUR 10
  }
}
"""


def test_an_order_behind_what_is_expected_of_it_is_told_once_and_moved_by_its_edit() -> None:
    _, (found,) = findings(ORDERED)
    assert (found.code, found.span.line, found.span.text) == ("R0108", 6, "order")
    assert found.message == "an order stands before what is expected of it"
    (edit,) = found.edits
    mended = ORDERED[: edit.span.start] + edit.replacement + ORDERED[edit.span.end :]
    assert not findings(mended)[1]
    lines = [line.strip() for line in mended.splitlines()]
    assert lines[3:8] == [
        "order on 2026-01-02 {",
        '5 carton of "A"',
        "}",
        "expect line 1 net price EUR 2  # as agreed",
        "expect pass  # the first one",
    ]


def test_an_order_between_sales_belongs_elsewhere() -> None:
    text = ORDERED.replace("expect pass", 'sale on 2026-01-02 { 5 carton of "A" }')
    assert {found.code for found in findings(text)[1]} == {"R0100", "R0108"}
