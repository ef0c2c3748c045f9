"""What is due when: late postings, returns, corrections, knowledge, carrying forward, payees and pools (89, 96, 98, 99)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from rebates.model import nodes as m
from rebates.model.outcome import OrderError
from rebates.model.settlement import Settled
from rebates.reference import accrued
from tests.reference.settling.deals import (
    AT,
    amount,
    amounts,
    back,
    bound,
    by,
    day,
    dues,
    flat,
    gate,
    measure,
    minus,
    money,
    payees,
    percent,
    rebate,
    rules_of,
    sale,
    settled,
    tiers,
    told,
    with_rebates,
)

F = Fraction
SALES = "measure sales = net value per account per year"


def ten_percent(cadence: str = "quarterly", window: str = "quarter", **more: object) -> m.RuleSet:
    rules = rules_of(f"measure sales = net value per account per {window}")
    deal = rebate("r", flat(percent("10")), measure(rules, "sales"), settled(cadence), window=window, **more)
    return with_rebates(rules, deal)


def test_a_return_comes_back_in_the_quarter_in_which_it_happened() -> None:
    posted = [sale("a", "3-1", "1000", quantity="10"), back("b", "a", "5-5", "-300", quantity="-3")]
    found = dues(ten_percent(), posted)
    assert [told(due, "first", "day", "total", "before", "due", "interim") for due in found] == [
        (day("1-1"), day("3-31"), 100, 0, 100, False),
        (day("1-1"), day("6-30"), 70, 100, -30, False),
        (day("4-1"), day("6-30"), 0, 0, 0, False),
        (day("7-1"), day("9-30"), 0, 0, 0, False),
        (day("10-1"), day("12-31"), 0, 0, 0, False),
    ]


def test_returns_when_posted_count_by_their_own_days() -> None:
    posted = [sale("a", "3-1", "1000"), back("b", "a", "5-5", "-300"), sale("c", "6-1", "500")]
    assert amounts(dues(ten_percent(returns="when posted"), posted)) == [100, 20, 0, 0]


def test_a_late_invoice_is_due_at_the_next_settlement() -> None:
    rules = ten_percent()
    late = replace(sale("l", "3-15", "200"), known=datetime(2026, 4, 20, tzinfo=UTC))
    posted = [sale("a", "3-1", "1000"), late]
    then = datetime(2026, 4, 1, tzinfo=UTC)
    first = dues(rules, posted, last="3-31", as_of=then)
    assert amounts(first) == [100]
    booked = [Settled(due.rule, due.earner, due.payee, due.first, due.day, due.due) for due in first]
    found = dues(rules, posted, first="4-1", last="6-30", settled=booked)
    assert [told(due, "first", "total", "before", "due") for due in found] == [
        (day("1-1"), 120, 100, 20),
        (day("4-1"), 0, 0, 0),
    ]
    # what was said then can be said again
    assert dues(rules, posted, last="3-31", as_of=then) == first
    # a second run pays nothing
    booked += [Settled(due.rule, due.earner, due.payee, due.first, due.day, due.due) for due in found]
    assert set(amounts(dues(rules, posted, first="4-1", last="6-30", settled=booked))) == {0}


def test_a_correction_changes_its_sale() -> None:
    posted = [sale("a", "3-1", "1000")]
    posted.append(replace(back("c", "a", "3-20", "-50", quantity="0"), kind="correction"))
    assert amounts(dues(ten_percent(), posted, last="3-31")) == [95]


def test_what_returns_take_back_is_carried_forward() -> None:
    # Q1 100; in Q2 100 come back and 60 are earned; in Q3 80
    posted = [
        sale("a", "3-1", "1000"), back("b", "a", "5-5", "-1000"), sale("c", "6-1", "600"), sale("d", "8-1", "800"),
    ]  # fmt: skip
    found = dues(ten_percent(returns="carry forward"), posted)
    by_day: dict[object, Fraction] = {}
    for due in found:
        by_day[due.day] = by_day.get(due.day, F(0)) + due.due
    assert list(by_day.values()) == [100, 0, 40, 0]
    kept = [due for due in found if due.status == "held"]
    assert [told(due, "day", "due") for due in kept] == [(day("6-30"), -60)]


def test_monthly_windows_settled_once_a_year() -> None:
    found = dues(ten_percent("yearly", "month"), [sale("a", "3-1", "1000"), sale("b", "5-1", "10")])
    assert {due.day for due in found} == {day("12-31")}
    assert sorted(due.due for due in found if due.due) == [1, 100]


def test_what_does_not_fit_is_refused() -> None:
    rules = ten_percent()
    cases = (
        ("R0801", [sale("a", "3-1", "1"), sale("a", "3-1", "2")]),
        ("R0802", [back("b", "a", "5-5", "-1")]),
        ("R0803", [replace(sale("a", "3-1", "1"), currency="USD")]),
        ("R0502", [sale("a", "3-1", "1", "NOBODY")]),
        ("R0503", [sale("a", "3-1", "1", item="NOTHING")]),
        ("R0505", [sale("a", "3-1", "1", unit="hour")]),
    )
    for code, posted in cases:
        with pytest.raises(OrderError) as error:
            dues(rules, posted)
        assert error.value.code == code
    # the same thing twice is one
    assert amounts(dues(rules, [sale("a", "3-1", "1000")] * 2, last="3-31")) == [100]


def test_x2_a_pool_is_shared_exactly() -> None:
    # 10 % of the group's 3,000, at most 100.00, by what each bought: 10,000 and 2,000
    rules = rules_of(
        "measure pool = net value per group per year\nmeasure own = net value per account per year",
        accounts='group "BUYERS", together',
    )
    deal = rebate(
        "pool", flat(percent("10")), measure(rules, "pool"), scope=m.Scope.GROUP,
        caps=(bound(money("100"), scope=m.Scope.GROUP),), payees=payees(by=measure(rules, "own")),
    )  # fmt: skip
    posted = [sale("a", "3-1", "1000"), sale("b", "3-1", "2000", "SOLO"), sale("c", "10-1", "9000")]
    found = dues(with_rebates(rules, deal), posted)
    # ACME left on 31 August: its sale of October is not the group's, though its own measure counts it
    assert [told(due, "earner", "payee", "due") for due in found] == [
        ("BUYERS", "ACME", F("83.33")),
        ("BUYERS", "SOLO", F("16.67")),
    ]
    assert [due.earned for due in found] == [F(250, 3), F(50, 3)]


def test_named_payees_by_their_shares() -> None:
    rules = rules_of(SALES)
    shares = payees(accounts=(("HEAD", F(2, 3)), ("BRANCH", F(1, 3))))
    made = with_rebates(rules, rebate("r", flat(percent("10")), measure(rules, "sales"), payees=shares))
    found = dues(made, [sale("a", "3-1", "1000")])
    assert [told(due, "payee", "due") for due in found] == [("BRANCH", F("33.33")), ("HEAD", F("66.67"))]


def test_days_of_payment_and_expiry() -> None:
    rules = rules_of(SALES)
    how = settled(
        "quarterly", pay_by=by(event="quarter end", count=30), expires=by(event="year end", count=12, unit="month")
    )
    made = with_rebates(rules, rebate("r", flat(percent("10")), measure(rules, "sales"), how))
    found = dues(made, [sale("a", "3-1", "1000")], last="6-30")
    assert [told(due, "day", "interim", "pay_by", "expires") for due in found] == [
        (day("3-31"), True, day("4-30"), day("2027-12-31")),
        (day("6-30"), True, day("7-30"), day("2027-12-31")),
    ]


def test_103_accrual_at_the_expected_rate_and_what_is_open() -> None:
    # IFRS-3 in spirit: the rate that is expected, on what was sold so far
    rules = rules_of(SALES)
    sales = measure(rules, "sales")
    worth = tiers("retroactive", sales, ("100000", percent("5")))
    claimed = m.Claimed(by(event="year end", count=60), span=AT)

    made = with_rebates(rules, rebate("r", worth, sales, accrue=percent("4"), when=(gate(claimed, "holds"),)))
    posted = [sale("a", "3-1", "50000")]
    [found] = accrued(made, "t", posted, day("4-30"))
    assert [told(due, "total", "day") for due in found.dues] == [(2000, day("4-30"))]


def test_103_a_shortfall_accrues_nothing_before_its_window_ends() -> None:

    rules = rules_of(SALES)
    made = with_rebates(rules, rebate("r", amount(minus(money("100"), measure(rules, "sales"))), None, kind="charge"))
    posted = [sale("a", "3-1", "40")]
    for at, expected in (("6-30", 0), ("12-31", 60)):
        [found] = accrued(made, "t", posted, day(at))
        assert [due.total for due in found.dues] == [expected]
