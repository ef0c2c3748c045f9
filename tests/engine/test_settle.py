"""`Book.settle`: from facts to an exact, explained settlement."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction

import pytest

from rebates import Book, Fact, FactErrors
from rebates.engine.periods import period_of
from rebates.model.rebates import Form, Settle
from rebates.model.settlement import Settled
from tests.compile.settle.making import SPAN, deal, f, flat, net, percent, rebate, tiers


def book_of(*rebates: object) -> Book:
    return Book(deal(*rebates), (), {}, None, None)  # type: ignore[arg-type]  # rebates


def sold(id: str, account: str, on: str, amount: str) -> Fact:
    return Fact(id, account, on, item="COLA", quantity=1, unit="piece", currency="EUR", net=amount)


FACTS = [
    sold("a", "ACME", "2026-02-10", "600.50"),
    sold("b", "ACME", "2026-05-10", "600"),
    sold("c", "BOB", "2026-05-11", "10"),
]
VOLUME = rebate(
    "volume",
    tiers("retroactive", net(), (0, percent("1")), (1_000, percent("2")), (2_000, percent("3"))),
    net(),
    "quarterly",
)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-H2", "2026-07-01", "2026-12-31"),
        ("2026-Q1", "2026-01-01", "2026-03-31"),
        ("2028-02", "2028-02-01", "2028-02-29"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2026-01-15..2026-02-14", "2026-01-15", "2026-02-14"),
    ],
)
def test_periods(text: str, first: str, last: str) -> None:
    assert period_of(text) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "text", ["", "26", "2026-13", "2026-Q5", "2026-03-01..2026-02-01", "2026-3", "0000", "2026-02-30..2026-03-01"]
)
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(FactErrors) as found:
        book_of(VOLUME).settle(FACTS, period=text)
    assert [problem.code for problem in found.value.problems] == ["R0820"]


def test_a_settlement_says_total_before_and_due() -> None:
    settlement = book_of(VOLUME).settle(FACTS, period="2026-Q2", account="ACME")
    [due] = settlement.dues
    # 1 % of 600.50 is 6.005, settled in March as 6.01; 2 % of 1,200.50 is 24.01
    assert (due.total, due.before, due.due, due.currency, due.place) == (
        "24.01",
        "6.01",
        "18.00",
        "EUR",
        "deal.rebates:1",
    )
    assert due.next is not None
    assert (due.next.missing, due.next.worth) == ("799.5", "35.99")  # 60 less 24.01
    assert due.posted == ("a", "b")
    assert settlement.total("ACME") == f(18)


def test_the_explanation_names_the_rule_the_base_and_what_is_missing() -> None:
    text = book_of(VOLUME).settle(FACTS, period="2026-Q2", account="ACME").explain()
    for words in (
        "volume  [deal.volume, deal.rebates:1]",
        "measure EUR 1_200.5",
        "base EUR 1_200.5, of 2 postings",
        "EUR 1_200.5 at 2% is EUR 24.01",
        "total EUR 24.01, settled before EUR 6.01, due EUR 18.00",
        "next tier from EUR 2_000: EUR 799.5 missing, worth EUR 35.99 more",
    ):
        assert words in text


def test_its_json_is_the_same_for_the_same_facts_in_any_order() -> None:
    book = book_of(VOLUME)
    first = book.settle(FACTS, period="2026").to_json()
    assert first == book.settle(list(reversed(FACTS)), period="2026").to_json()
    assert json.loads(first)["dues"][0]["window"] == ["2026-01-01", "2026-12-31"]


def test_a_second_settlement_pays_nothing_and_a_late_fact_the_difference() -> None:
    book = book_of(VOLUME)
    first = book.settle(FACTS, period="2026-Q2")
    before = [Settled("deal.volume", "ACME", "ACME", date(2026, 1, 1), date(2026, 3, 31), f("6.01"))]
    before += [Settled("deal.volume", d.earner, d.payee, d.window[0], d.day, Fraction(d.due)) for d in first.dues]
    assert {due.due for due in book.settle(FACTS, period="2026-Q2", settled=before).dues} == {"0.00"}
    late = book.settle([*FACTS, sold("late", "ACME", "2026-06-30", "100")], period="2026-Q2", settled=before)
    assert [due.due for due in late.dues] == ["2.00", "0.00"]


def test_forms_of_payment_add_up() -> None:
    forms = (
        Form("credit note", f("0.6"), span=SPAN),
        Form("goods", f("0.4"), "SAMPLES", span=SPAN),
    )
    split = Settle("yearly", forms=forms, span=SPAN)
    [due] = book_of(rebate("it", flat(percent("1")), net(), settle=split)).settle(FACTS[:2], period="2026").dues
    # 12.01 (1 % of 1,200.50, half up): 7.206 and 4.804
    assert [(part.form, part.amount, part.use) for part in due.forms] == [
        ("credit note", "7.21", None),
        ("goods", "4.80", "SAMPLES"),
    ]
    points = Settle("yearly", forms=(Form("points", None, None, f(1), f(5), span=SPAN),), span=SPAN)
    [due] = book_of(rebate("it", flat(percent("1")), net(), settle=points)).settle(FACTS[:2], period="2026").dues
    assert [(part.amount, part.unit) for part in due.forms] == [("2", "point")]


def test_an_open_period_is_settled_only_as_interim() -> None:
    book = book_of(VOLUME)
    with pytest.raises(FactErrors) as found:
        book.settle(FACTS, period="2026", as_of="2026-07-15")
    assert [problem.code for problem in found.value.problems] == ["R0821"]
    found_dues = book.settle(FACTS, period="2026", as_of="2026-07-15", interim=True).dues
    assert [str(due.day) for due in found_dues if due.payee == "ACME"] == ["2026-03-31", "2026-06-30"]


def test_every_problem_of_the_facts_is_told() -> None:
    usd = Fact("usd", "ACME", "2026-02-10", item="COLA", quantity=1, unit="piece", currency="USD", net="1")
    lost = Fact("r", "ACME", "2026-02-10", kind="return", of="x", quantity=-1, net="-1")
    with pytest.raises(FactErrors) as found:
        book_of(VOLUME).settle([*FACTS, usd, lost], period="2026")
    assert {problem.code for problem in found.value.problems} == {"R0802", "R0803"}
    with pytest.raises(FactErrors) as moment:
        book_of(VOLUME).settle(FACTS, period="2026", as_of="2027-01-01T00:00")
    assert [problem.code for problem in moment.value.problems] == ["R0822"]
