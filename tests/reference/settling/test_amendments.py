"""What an amendment does to the window it cuts (100)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from rebates.model import nodes as m
from rebates.model.settlement import Due, Settled
from tests.reference.settling.deals import (
    AT,
    amounts,
    day,
    dues,
    flat,
    measure,
    percent,
    rebate,
    rules_of,
    sale,
    settled,
    told,
    with_rebates,
)

F = Fraction
POSTED = [sale("a", "3-1", "1000"), sale("b", "9-1", "2000")]
MID = m.Amendment("Mid-year review", day("7-1"), span=AT)


def amended(takeover: Any) -> list[Due]:
    """10 % a year; 20 % from July on."""
    rules = rules_of("measure sales = net value per account per year")
    old = rebate("r", flat(percent("10")), measure(rules, "sales"), settled("half-yearly"), until=day("6-30"))
    new = replace(old, worth=flat(percent("20")), since=day("7-1"), until=None, takeover=takeover, amended=(MID,))
    made = with_rebates(rules, old, new)
    [agreement] = made.agreements
    same_place = tuple(replace(each, place=0) for each in agreement.rebates)
    return dues(replace(made, agreements=(replace(agreement, rebates=same_place),)), POSTED)


def test_a_window_is_judged_whole_by_the_version_of_its_last_day() -> None:
    found = amended("whole")
    # 20 % of 1,000, then of 3,000
    assert amounts(found) == [200, 400]
    assert {told(due, "first", "last") for due in found} == {(day("1-1"), day("12-31"))}


def test_from_the_next_window() -> None:
    assert amounts(amended("next window")) == [100, 200]


def test_cut_at_the_date() -> None:
    found = amended("cut")
    assert [told(due, "first", "last", "due") for due in found] == [
        (day("1-1"), day("6-30"), 100),
        (day("7-1"), day("12-31"), 400),
    ]


def removed(ending: Any) -> list[Fraction]:
    rules = rules_of("measure sales = net value per account per year")
    rule = rebate(
        "r", flat(percent("10")), measure(rules, "sales"), settled("half-yearly"),
        until=day("6-30"), ended=MID, ending=ending,
    )  # fmt: skip
    return amounts(dues(with_rebates(rules, rule), POSTED))


def test_a_rule_that_is_removed() -> None:
    assert removed("whole") == []
    assert removed("cut") == [100]
    assert removed("next window") == [100, 200]


def test_an_amendment_retroactively_gives_the_difference_of_a_settled_window() -> None:
    rules = rules_of("measure sales = net value per account per half")
    rule = rebate("r", flat(percent("12")), measure(rules, "sales"), settled("half-yearly"), window="half")
    booked = [Settled("t.r", "ACME", "ACME", day("1-1"), day("6-30"), F(100))]  # as it was signed before, at 10 %
    found = dues(with_rebates(rules, rule), POSTED, first="7-1", settled=booked)
    assert [told(due, "first", "due") for due in found] == [(day("1-1"), 20), (day("7-1"), 240)]
