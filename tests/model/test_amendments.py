"""Amendments: what each refuses, and the versions that an agreement comes to."""

from __future__ import annotations

from datetime import date

import pytest

from rebates.model import nodes as m
from tests.model.checking import agreement, check, found, rules

D = "discount d { rate 5%  cap EUR 5 per order }"
MAY, JULY = date(2026, 5, 1), date(2026, 7, 1)


def amended(change: str, before: str = D, day: str = "2026-07-01", more: str = "") -> str:
    return agreement(f'{before}\n  amend from {day} "Review" {{ {change} }}\n  {more}')


@pytest.mark.parametrize(
    ("text", "code", "underlined"),
    [
        (amended("discount dd { rate 6% }"), "R0430", "dd"),
        (amended("charge d { rate 6% }"), "R0430", "d"),
        (amended("remove discount dd"), "R0430", "dd"),
        (amended("remove charge d"), "R0430", "d"),
        (
            amended("remove discount d", more='amend from 2026-08-01 "Back" { discount d { rate 1% } }'),
            "R0430",
            "d",
        ),
        (
            amended("discount d { rate 6% }", more='amend from 2026-07-01 "Too" { discount d { tiers incremental on net value per order { from EUR 5 1% } } }'),
            "R0431",
            "tiers incremental on net value per order { from EUR 5 1% }",
        ),
        (
            amended("discount d { rate 6% }", more='amend from 2026-07-01 "Too" { remove discount d }'),
            "R0431",
            "remove discount d",
        ),
        (
            amended("guard discount <= 5% otherwise reject", more='amend from 2026-07-01 "Too" { guard discount <= 6% otherwise reject }'),
            "R0431",
            "guard discount <= 6% otherwise reject",
        ),
        (amended("measure m = 2", "measure m = 1", more='amend from 2026-07-01 "Too" { measure m = 3 }'), "R0431", "m"),
        (amended('discount d "Again" { rate 6% }'), "R0432", "d"),
        (amended("discount d { remove floor }"), "R0433", "remove floor"),
        (amended("discount d { remove cap  cap EUR 6 per order }"), "R0433", "remove cap"),
        (amended("remove guard discount"), "R0433", "remove guard discount"),
        (amended("remove cap across discount d"), "R0433", "remove cap across discount d"),
        (amended("discount d { rate 6% }", day="2025-12-31"), "R0434", "2025-12-31"),
        (amended("discount d { rate 6% }", day="2026-01-01"), "R0434", "2026-01-01"),
        (amended("discount d { rate 6% }", day="2027-01-01"), "R0434", "2027-01-01"),
        (agreement("discount d { rate 5%  remove cap }"), "R0435", "remove cap"),
        (amended("discount d { dated by delivery }"), "R0436", "dated by delivery"),
        (amended("measure m = 2", "measure m = net value per order"), "R0437", "m"),
        (amended("remove charge c", "charge c { rate 1% } charge e { amount 5% of charge c }"), "R0211", "c"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_at_its_place(text: str, code: str, underlined: str) -> None:
    assert found(text) == [(code, underlined)]


def test_the_nearest_name_is_offered() -> None:
    _, report = check(amended("discount dd { rate 6% }", "discount d_long { rate 5% }".replace("d_long", "ddd")))
    assert report.diagnostics[0].help == "did you mean `ddd`?"


def versions(text: str) -> list[tuple[str, date | None, date | None, tuple[str, ...]]]:
    [one] = rules(text).agreements
    return [(rule.name, rule.since, rule.until, tuple(a.title for a in rule.amended)) for rule in one.rules]


def test_an_amended_rule_has_a_version_for_each_stretch_of_days() -> None:
    text = amended(
        "discount d { rate 6% }", day="2026-05-01", more='amend from 2026-07-01 "Later" { discount d { remove cap } }'
    )
    assert versions(text) == [
        ("d", None, date(2026, 4, 30), ()),
        ("d", MAY, date(2026, 6, 30), ("Review",)),
        ("d", JULY, None, ("Review", "Later")),
    ]
    [one] = rules(text).agreements
    first, second, third = one.rules
    assert [len(rule.caps) for rule in one.rules] == [1, 1, 0]
    assert isinstance(second.worth, m.Flat)
    assert second.worth == third.worth != first.worth
    assert (first.last, second.first, second.last) == (date(2026, 4, 30), MAY, date(2026, 6, 30))


def test_a_later_amendment_of_a_clause_takes_the_place_of_the_earlier_one() -> None:
    # in whatever order they stand
    text = amended("discount d { rate 7% }", more='amend from 2026-05-01 "Earlier" { discount d { rate 6% } }')
    assert versions(text)[1:] == [("d", MAY, date(2026, 6, 30), ("Earlier",)), ("d", JULY, None, ("Review",))]


def test_a_rule_that_ends_and_a_rule_that_begins() -> None:
    text = amended('remove discount d  discount e "New" { rate 1% }')
    [one] = rules(text).agreements
    assert versions(text) == [("d", None, date(2026, 6, 30), ()), ("e", JULY, None, ("Review",))]
    assert one.rules[0].ended == one.amendments[0]
    assert [rule.place for rule in one.rules] == [0, 1]


def test_an_amended_measure_changes_the_rules_that_read_it_alone() -> None:
    text = amended(
        "measure big = net value per order",
        "measure big = list value per order\n discount d { when big > EUR 5  rate 5% }\n discount e { rate 1% }",
    )
    assert versions(text) == [
        ("d", None, date(2026, 6, 30), ()),
        ("d", JULY, None, ("Review",)),
        ("e", None, None, ()),
    ]


def test_a_guard_takes_the_place_of_those_on_the_same_thing() -> None:
    text = amended(
        "guard discount per line <= 30% otherwise reject",
        'guard discount <= 20% otherwise reject\n guard discount <= 10% otherwise approval by "director"\n'
        " guard invoice margin >= 5% otherwise reject",
    )
    [one] = rules(text).agreements
    assert [(guard.id, guard.since, guard.until) for guard in one.guards] == [
        ("a.guard 1", None, date(2026, 6, 30)),
        ("a.guard 2", None, date(2026, 6, 30)),
        ("a.guard 3", None, None),
        ("a.guard 4", JULY, None),
    ]


def test_the_window_of_an_amendment_is_of_rebates() -> None:
    _, report = check(
        agreement(f'{D}\n  amend from 2026-07-01, cut at the date "Review" {{ discount d {{ rate 6% }} }}')
    )
    assert [one.code for one in report.diagnostics] == ["R0673"]
    assert "cut at the date" in report.diagnostics[0].message


def test_an_example_may_expect_a_rule_that_an_amendment_adds() -> None:
    late = 'amend from 2026-07-01 "Mid" { discount extra "Extra" { rate 7% } }\n'
    said = 'example "late" { order on 2026-08-10 { 1 piece of "COLA" }  expect line 1 extra 7% }'
    assert found(agreement("discount d { rate 5% }\n" + late + said)) == []
    assert found(agreement("discount d { rate 5% }\n" + late + said.replace("extra", "extar"))) == [("R0234", "extar")]


def test_a_rule_that_an_amendment_adds_without_a_title_is_told_so() -> None:
    _, report = check(agreement('discount d { rate 5% } amend from 2026-07-01 "Mid" { discount extra { rate 7% } }'))
    (one,) = report.diagnostics
    assert one.code == "R0430"
    assert '`discount extra "What it is for" { … }`' in one.help


def test_a_shared_cap_beside_an_amendment_waits_for_a_stage_that_is_there() -> None:
    # found by the fuzzer: the rule as amended has no stage, and its cap looked for one
    text = agreement(
        "waterfall { stage a sum }  discount x { stage b  rate 5% }  discount y { rate 1% }"
        '  cap EUR 5 per order across discount x  amend from 2026-07-01 "Review" { discount y { rate 2% } }'
    )
    _, report = check(text)
    assert [one.code for one in report.diagnostics] == ["R0206"]
