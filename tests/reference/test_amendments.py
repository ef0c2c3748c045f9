"""The version of the governing day, with numbers worked by hand (calculation 73 to 75)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from tests.reference.test_rules import line, nets, outcome

F = Fraction
BODY = (
    "discount d { rate 10%  cap EUR 5 per order }\n"
    'amend from 2026-07-01 "Review" { discount d { rate 20% } }\n'
    'amend from 2026-09-01 "Later" { discount d { remove cap } }'
)


def test_73_a_version_holds_from_its_day_until_the_day_before_the_next() -> None:
    # of 100: 10% is 10, capped at 5; 20% is 20, capped at 5; then 20 without a cap; of 20 the rates show: 2, 4, 4
    days = [date(2026, 6, 30), date(2026, 7, 1), date(2026, 8, 31), date(2026, 9, 1)]
    assert [nets(outcome(BODY, line("1", "100"), day=day)) for day in days] == [[95], [95], [95], [80]]
    assert [nets(outcome(BODY, line("1", "20"), day=day)) for day in days] == [[18], [16], [16], [16]]


def test_73_the_governing_day_of_the_rule_chooses() -> None:
    body = 'discount d { dated by delivery  rate 10% }\namend from 2026-07-01 "Review" { discount d { rate 20% } }'
    june = date(2026, 6, 25)
    assert nets(outcome(body, line("1", "100"), day=june)) == [90]
    assert nets(outcome(body, line("1", "100"), day=june, days={"delivery": date(2026, 7, 2)})) == [80]


def test_74_before_it_begins_and_after_it_ends_a_rule_is_refused_by_its_dates() -> None:
    body = 'discount d { rate 10% }\namend from 2026-07-01 "Review" { remove discount d  discount e "E" { rate 30% } }'
    before, after = (outcome(body, line("1", "100"), day=day) for day in (date(2026, 6, 30), date(2026, 7, 1)))
    assert [(d.rule, d.because) for d in before.decisions] == [("t.d", "taken"), ("t.e", "dates")]
    assert [(d.rule, d.because) for d in after.decisions] == [("t.d", "dates"), ("t.e", "taken")]


def test_75_a_total_is_kept_for_a_version_to_come() -> None:
    body = (
        "discount d { rate 10% }\n"
        'amend from 2026-07-01 "Review" { discount d { when net value per account per year >= EUR 150 } }'
    )
    first = outcome(body, line("1", "100"), day=date(2026, 6, 30))
    assert first.totals == {"net value per account per year [ACME, 2026]": F(90)}
    # 90 before and 50 now are 140, 90 and 60 are 150; the discount takes 10% from there on
    for price, net in (("50", 50), ("60", 54)):
        found = outcome(body, line("1", price), day=date(2026, 7, 1), totals=first.totals)
        assert nets(found) == [net]
