"""An agreement whose first lines are broken: the names in its examples are looked up all the same, and nothing is made up."""

from __future__ import annotations

import pytest

from tests.model.checking import found

FRAME = """agreement a "A" {
  accounts ACME, each
  valid 2026-01-01 to 2026-12-31
  currency EUR
  discount d { rate 5% }
  measure sales = net value per account per year
  rebate r { base sales  rate 2%  settle yearly }
  example "an order" {
    order on 2026-03-10 { 60 carton of "COLA" }
    expect discount d EUR 90
  }
  example "a year" {
    sale "S1" on 2026-03-10 { 60 carton of "COLA" at EUR 24 }
    settle on 2026-12-31
    expect rebate r EUR 28.80
  }
}
"""
BROKEN = [
    ("accounts ACME, each", "accounts ) %"),
    ("valid 2026-01-01 to 2026-12-31", "valid ) %"),
    ("currency EUR", "currency ) %"),
]


@pytest.mark.parametrize(("right", "broken"), BROKEN, ids=[right.split()[0] for right, _ in BROKEN])
def test_a_broken_frame_is_the_only_finding(right: str, broken: str) -> None:
    assert [code for code, _ in found(FRAME)] == []
    assert [text for _, text in found(FRAME.replace(right, broken))] == [")"]


@pytest.mark.parametrize(("right", "broken"), BROKEN, ids=[right.split()[0] for right, _ in BROKEN])
def test_names_in_examples_are_looked_up_though_the_frame_is_broken(right: str, broken: str) -> None:
    text = (
        FRAME.replace(right, broken)
        .replace('60 carton of "COLA" }', '60 carton of "COLLA" }')
        .replace("expect discount d", "expect discount dd")
        .replace("expect rebate r", "expect rebate rr")
    )
    assert sorted(found(text)[1:]) == [("R0202", '"COLLA"'), ("R0234", "dd"), ("R0234", "rr")]


@pytest.mark.parametrize("line", ["  accounts ACME, each\n", "  valid 2026-01-01 to 2026-12-31\n", "  currency EUR\n"])
def test_a_missing_line_hides_no_mistake_in_an_example(line: str) -> None:
    text = FRAME.replace(line, "").replace('60 carton of "COLA" }', '60 carton of "COLLA" }')
    assert ("R0202", '"COLLA"') in found(text)
    assert len(found(text)) == 2


def test_an_agreement_that_is_declared_twice_is_told_once() -> None:
    twice = (
        'agreement a "A" { accounts all, each  valid 2026-01-01 to 2026-12-31  currency EUR  discount d { rate 5% } }'
    )
    assert found({"a.rebates": twice, "b.rebates": twice}) == [("R0210", "a")]


STAGE = """agreement a "A" {
  accounts ACME, each
  valid 2026-01-01 to 2026-12-31
  currency EUR
  waterfall { stage a sum  stage b best }
  discount x { stage c  rate 5% }
  discount y { stage b  when discount x >= EUR 5  rate 2% }
  discount z { stage a  rate 1% }
  charge fee { rate EUR 5 }
  cap EUR 5 per order across discount x, discount z
  amend from 2026-07-01 "Review" { charge fee { rate EUR 6 } }
}
"""


def test_a_rule_that_is_broken_is_broken_in_every_version_of_the_agreement() -> None:
    """What was told of the text as signed is not told again, and does not make it right."""
    assert [code for code, _ in found(STAGE)] == ["R0206"]
    assert [code for code, _ in found(STAGE.replace("stage c", "stage a"))] == []


def test_a_class_whose_members_cannot_be_read_is_told_once() -> None:
    text = """class k "K" for consumers {
  measure m = net value per account over last 12 months
  when m >= EUR 5
}
agreement a "A" {
  accounts all, each
  valid 2026-01-01 to 2026-12-31
  currency EUR
  discount d { when class k  rate 5% }
}
"""
    assert len(found(text)) == 1
    assert len(found(text.replace("consumers {", "{"))) == 1


def test_days_the_wrong_way_round_are_told_once() -> None:
    """What begins within them is not said to begin too late."""
    text = """agreement a "A" {
  accounts ACME, each
  valid 2026-12-31 to 2026-01-01
  currency EUR
  discount d { rate 5%  valid 2026-03-01 to 2026-03-31 }
  amend from 2026-07-01 "Raised" { discount d { rate 6% } }
}
"""
    assert found(text) == [("R0302", "valid 2026-12-31 to 2026-01-01")]


def test_an_attribute_whose_type_is_wrong_makes_no_other_name_known() -> None:
    text = """attribute account.kind 7
agreement a "A" {
  accounts ACME, each
  valid 2026-01-01 to 2026-12-31
  currency EUR
  discount d { when account.kind is "dealer"  rate 5% }
  discount e { when account.knid is "dealer"  rate 5% }
}
"""
    assert [code for code, _ in found(text)] == ["R0100", "R0208"]


def test_a_story_is_judged_without_the_sale_that_cannot_be_read() -> None:
    text = """agreement a "A" {
  accounts ACME, each
  valid 2026-01-01 to 2026-12-31
  currency EUR
  rebate r { base net value per account per year  rate 5%  settle yearly }
  example "e" {
    sale for "ACME" on March { 1 piece of "A" at EUR 100 }
    settle on 2026-12-31
    expect rebate rr EUR 5
  }
}
"""
    assert [code for code, _ in found(text)][1:] == ["R0234"]


def test_a_line_that_lacks_its_end_does_not_take_the_next_one_along() -> None:
    text = """attribute account.kind
attribute account.region text
agreement a "A" {
  accounts ACME, each
  valid 2026-01-01 to 2026-12-31
  currency EUR
  discount d { when account.region is "north"  rate 5% }
}
"""
    assert found(text) == [("R0100", "account.kind")]
