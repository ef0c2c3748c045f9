"""Terms that an order breaks, at and around each bound (calculation 78 to 80). COLA: 24 in the carton, 8.4 kg."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from rebates.model.orders import LineIn
from rebates.model.outcome import Outcome
from tests.reference.test_rules import line, outcome

F = Fraction


def breaks(terms: str, *lines: LineIn, body: str = "", **more: object) -> list[tuple[str, int | None, object]]:
    found: Outcome = outcome(f"{body}\nterms {{ {terms} }}", *lines, **more)  # type: ignore[arg-type]
    return [(one.code, one.line, one.allowed) for one in found.terms.breaks]


def test_79_a_line_is_a_whole_number_of_a_sales_unit() -> None:
    assert breaks("sales units carton", line("48")) == []
    assert breaks("sales units carton", line("49")) == [("R0560", 0, 72)]
    assert breaks("sales units carton", line("2.5", unit="carton")) == [("R0560", 0, 3)]
    # the nearer of 24 and 30
    assert breaks("sales units carton, 10 piece", line("21")) == [("R0560", 0, 24)]
    assert breaks("sales units carton, 10 piece", line("25")) == [("R0560", 0, 30)]


def test_78_the_closest_term_of_a_word_speaks() -> None:
    terms = 'sales units carton  sales units 10 piece of "COLA"  sales units 7 piece under "DRINK"'
    assert breaks(terms, line("20"), line("14", item="LIME"), line("60", item="NUTS")) == []
    assert breaks(terms, line("14")) == [("R0560", 0, 20)]


def test_79_a_return_breaks_nothing() -> None:
    assert breaks("sales units carton  minimum order 5 carton", line("-7")) == []


def test_79_a_minimum_of_the_order() -> None:
    assert breaks("minimum order 2 carton", line("24"), line("24")) == []
    assert breaks("minimum order 2 carton", line("24"), line("23")) == [("R0561", None, 2)]
    assert breaks("minimum order 2 carton", line("47")) == [("R0561", 0, 48)]
    # with a sales unit of 30 pieces the next allowed quantity above 48 is 60
    assert breaks("minimum order 2 carton  sales units 30 piece", line("30")) == [("R0561", 0, 60)]


def test_79_a_minimum_in_money_is_of_the_net_value() -> None:
    half = "discount d { rate 50% }"
    assert breaks("minimum order EUR 50", line("1", "100"), body=half) == []
    assert breaks("minimum order EUR 50", line("1", "99"), body=half) == [("R0561", 0, 50)]


def test_79_a_minimum_of_each_item_and_of_some_items_alone() -> None:
    lines = (line("24"), line("24"), line("23", item="LIME"))
    assert breaks("minimum order 1 carton per item", *lines) == [("R0561", 2, 24)]
    assert breaks('minimum order 3 carton of "LIME"', line("1")) == []


MONDAY, TUESDAY, THURSDAY = date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 12)


def test_80_lead_times_and_delivery_days() -> None:
    terms = "lead time 2 days"
    assert breaks(terms, line("1")) == []
    assert breaks(terms, line("1"), days={"delivery": THURSDAY}) == []
    assert breaks(terms, line("1"), days={"delivery": date(2026, 3, 11)}) == [("R0562", 0, THURSDAY)]
    # Thursday is not delivered: the next is Monday the 16th
    weekly = f"{terms}  delivery days monday"
    assert breaks(weekly, line("1"), days={"delivery": date(2026, 3, 11)}) == [
        ("R0562", 0, date(2026, 3, 16)),
        ("R0563", None, date(2026, 3, 16)),
    ]
    assert breaks(weekly, line("1"), days={"delivery": date(2026, 3, 17)}) == [("R0563", None, date(2026, 3, 23))]


def test_80_the_earliest_delivery_of_all_lines() -> None:
    body = 'terms { lead time 2 days  lead time 5 days of "LIME"  delivery days tuesday, friday }'
    assert outcome(body, line("1")).terms.earliest == date(2026, 3, 13)  # Thursday the 12th, then Friday
    assert outcome(body, line("1"), line("1", item="LIME")).terms.earliest == date(2026, 3, 17)  # Sunday, then Tuesday


def test_80_the_window_of_delivery() -> None:
    for minute, code in ((479, ["R0564"]), (480, []), (720, []), (721, ["R0564"])):
        found = breaks(
            "delivery window 8:00 to 12:00", line("1"), days={"delivery": THURSDAY}, times={"delivery": F(minute)}
        )
        assert [one[0] for one in found] == code


def test_73_terms_are_amended() -> None:
    body = (
        "terms { minimum order 2 carton  lead time 1 days }\n"
        'amend from 2026-07-01 "Review" { terms { minimum order 3 carton  remove lead time } }'
    )
    before, after = (outcome(body, line("48"), day=day) for day in (date(2026, 6, 30), date(2026, 7, 1)))
    assert ([one.code for one in before.terms.breaks], before.terms.earliest) == ([], date(2026, 7, 1))
    assert ([one.code for one in after.terms.breaks], after.terms.earliest) == (["R0561"], None)


def test_78_a_private_labels_surcharge_is_a_charge() -> None:
    body = (
        'items fizzy where brand is "Fizz"\nterms { private label fizzy surcharge EUR 0.10 per piece }\n'
        'amend from 2026-07-01 "Review" { terms { private label fizzy surcharge EUR 0.20 per piece } }'
    )
    for day, charged in ((date(2026, 6, 30), F("2.4")), (date(2026, 7, 1), F("4.8"))):
        found = outcome(body, line("24", "1"), line("10", "1", item="NUTS"), day=day)
        assert [(charge.rule, charge.amount) for charge in found.charges] == [("t.private_label_fizzy", charged)]
