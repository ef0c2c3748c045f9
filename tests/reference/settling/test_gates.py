"""Clauses over time: paid, claimed, posted by a day, throughout, a rule paid; and what failing does (97)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.history import Posted
from rebates.model.rebates import Failing
from rebates.model.settlement import Due
from tests.reference.settling.deals import (
    AT,
    amount,
    amounts,
    by,
    claim,
    constant,
    day,
    dues,
    fact,
    flat,
    gate,
    lump,
    measure,
    minus,
    money,
    paid,
    percent,
    rebate,
    rules_of,
    sale,
    settled,
    told,
    with_rebates,
)

F = Fraction
SALES = "measure sales = net value per account per year"


def when(
    condition: m.Condition, failing: Failing, *posted: object, last: str = "2027-3-31", cadence: str = "yearly"
) -> list[Due]:
    """10 % of 1,000, sold in February, under one clause."""
    rules = rules_of(SALES + "\nfact audit text latest\nfact consent text latest")
    deal = rebate("r", flat(percent("10")), measure(rules, "sales"), settled(cadence), when=(gate(condition, failing),))
    return dues(with_rebates(rules, deal), [sale("a", "2-1", "1000"), *posted], last=last)  # type: ignore[list-item]


def test_a_claim_in_time_releases_what_was_held() -> None:
    claimed = m.Claimed(by(event="year end", count=60), span=AT)
    found = when(claimed, "holds", claim("c", "r", "2027-02-10"))
    # on 31 December the claim may still come; in the period's end it has
    assert [told(due, "day", "status", "total", "due") for due in found] == [
        (day("12-31"), "held", 100, 0),
        (day("2027-03-31"), "due", 100, 100),
    ]


def test_a_claim_that_never_comes_earns_nothing_once_its_deadline_has_passed() -> None:
    claimed = m.Claimed(by(event="year end", count=60), span=AT)
    assert [told(due, "status", "due") for due in when(claimed, "holds")] == [("held", 0)]
    claimed = m.Claimed(by(day=day("9-10")), span=AT)
    [due] = when(claimed, "holds", claim("c", "r", "9-11"))
    assert told(due, "status", "clause", "earned", "total") == ("not claimed", 0, 0, 0)
    [due] = when(claimed, "holds", claim("c", "r", "9-10"))
    assert told(due, "status", "due") == ("due", 100)


def test_every_sale_of_the_base_must_be_paid_in_time() -> None:
    in_time = m.Paid(by(day=day("6-8")), span=AT)
    assert amounts(when(in_time, "forfeits", paid("p", "a", "6-1"))) == [100]
    [due] = when(in_time, "forfeits", paid("p", "a", "6-10"))
    assert told(due, "status", "due") == ("forfeited", 0)
    # the second sale is not paid
    [due] = when(in_time, "forfeits", paid("p", "a", "6-1"), sale("b", "3-1", "500"))
    assert told(due, "status", "due") == ("forfeited", 0)


def test_what_was_given_is_taken_back_or_stays() -> None:
    # quarterly: 100 in March, the clause fails in May
    fine = m.OneOf(rules_of("fact audit text latest").facts["audit"].attribute, ("passed",), False, span=AT)
    posted = (fact("f", "audit", "1-5", "passed"), fact("g", "audit", "5-5", "failed"))
    for failing, comes_back in (("takes back", -100), ("forfeits", 0), ("not earned", -100)):
        found = when(fine, failing, *posted, last="12-31", cadence="quarterly")  # type: ignore[arg-type]
        assert amounts(found) == [100, comes_back, 0, 0]


def test_c01_only_sales_paid_within_terms_count() -> None:
    # 30 days: a is paid on the 30th, b on the 31st day after its invoice
    rules = rules_of("terms {\n payment 30 days\n}\n" + SALES)
    sales = measure(rules, "sales")
    assert isinstance(sales.value, m.Total)

    counted = replace(sales.value, where=m.Paid(by(terms=True), span=AT))
    deal = rebate("r", flat(percent("2")), counted)
    posted = [sale("a", "2-1", "700"), sale("b", "2-1", "500"), paid("p", "a", "3-3"), paid("q", "b", "3-4")]
    [due] = dues(with_rebates(rules, deal), posted)
    assert told(due, "base", "due", "posted") == (700, 14, ("a",))


def test_posted_by_a_day() -> None:
    fact_ = rules_of("fact consent text latest").facts["consent"].attribute
    consent = m.PostedBy(fact_, by(day=day("6-30")), span=AT)
    assert amounts(when(consent, "holds", fact("f", "consent", "6-30", "yes"))) == [100]
    [due] = when(consent, "holds", fact("f", "consent", "7-1", "yes"))
    assert told(due, "status", "total") == ("condition", 0)


def test_throughout_a_window() -> None:
    audit = rules_of("fact audit text latest").facts["audit"].attribute
    passed = m.Throughout(m.OneOf(audit, ("passed",), False, span=AT), "year", span=AT)
    assert amounts(when(passed, "not earned", fact("f", "audit", "2025-12-1", "passed"))) == [100]
    # nothing is known of the first day
    [due] = when(passed, "not earned", fact("f", "audit", "1-2", "passed"))
    assert told(due, "status", "total") == ("unknown", 0)
    failed_once = (
        fact("f", "audit", "1-1", "passed"),
        fact("g", "audit", "5-1", "failed"),
        fact("h", "audit", "6-1", "passed"),
    )
    [due] = when(passed, "not earned", *failed_once)
    assert told(due, "status", "total") == ("condition", 0)


def test_a_fact_that_nobody_posted_is_unknown() -> None:
    audit = rules_of("fact audit text latest").facts["audit"].attribute
    [due] = when(m.OneOf(audit, ("passed",), False, span=AT), "not earned")
    assert told(due, "status", "detail", "clause") == ("unknown", "fact audit", 0)


def test_c33_a_fallback_rate_where_a_clause_fails() -> None:
    rules = rules_of(SALES + "\nfact formulary text latest")
    free = m.OneOf(rules.facts["formulary"].attribute, ("unrestricted",), False, span=AT)
    deal = rebate("r", flat(percent("15")), measure(rules, "sales"), when=(gate(free, otherwise=percent("1")),))
    made = with_rebates(rules, deal)
    sold = sale("a", "2-1", "600000")
    assert amounts(dues(made, [sold, fact("f", "formulary", "1-5", "unrestricted")])) == [90000]
    assert amounts(dues(made, [sold, fact("f", "formulary", "1-5", "restricted")])) == [6000]


def test_c41_a_shortfall_is_owed_and_holds_the_credits_until_it_is_paid() -> None:
    rules = rules_of(SALES)
    sales = measure(rules, "sales")
    short = rebate("short", amount(minus(money("3000000"), sales)), None, kind="charge")
    open_ = m.RulePaid("t.short", span=AT)
    credits = rebate("credits", flat(percent("1")), sales, when=(gate(open_, "holds"),))
    made = with_rebates(rules, short, credits)
    sold = sale("a", "2-1", "2800000")
    assert [told(due, "rule", "status", "total", "due") for due in dues(made, [sold])] == [
        ("t.short", "due", 200000, 200000),
        ("t.credits", "held", 28000, 0),
    ]

    pay = Posted("p", "payment", "ACME", day("2027-1-20"), name="short", net=F(200000))
    found = dues(made, [sold, pay], first="2027-1-1", last="2027-1-31")
    assert [told(due, "rule", "status", "due") for due in found] == [("t.credits", "due", 28000)]


def test_c22_an_early_payment_ladder() -> None:
    rules = rules_of(SALES)
    rows = (
        m.Case(percent("3"), m.Paid(by(day=day("3-31")), span=AT), span=AT),
        m.Case(percent("2"), m.Paid(by(day=day("4-30")), span=AT), span=AT),
    )
    made = with_rebates(rules, rebate("r", m.Cases(False, rows, span=AT), measure(rules, "sales")))
    sold = sale("a", "2-1", "10000")
    assert amounts(dues(made, [sold, paid("p", "a", "4-15")])) == [200]
    assert amounts(dues(made, [sold, paid("p", "a", "3-31")])) == [300]
    [due] = dues(made, [sold, paid("p", "a", "5-1")])
    assert told(due, "status", "due") == ("no tier", 0)


def test_x5_each_milestone_that_is_met_pays() -> None:
    body = "measure units = quantity in piece per account per year\nmeasure april = units over 2026-01-01 to 2026-04-30\nmeasure august = units over 2026-01-01 to 2026-08-31"
    rules = rules_of(body)

    def reaches(name: str, least: str) -> m.Condition:
        limit = constant(least, m.Dimension("quantity", "piece"))
        return m.Compare(">=", measure(rules, name), limit, span=AT)

    rows = (
        m.Case(lump("1000"), reaches("april", "300"), span=AT),
        m.Case(lump("1000"), reaches("august", "700"), span=AT),
        m.Case(lump("3000"), reaches("units", "1200"), span=AT),
    )
    on = settled("on dates", dates=(day("4-30"), day("8-31"), day("12-31")))
    made = with_rebates(rules, rebate("r", m.Cases(True, rows, span=AT), None, on))
    sold = [
        sale("a", "3-1", "1", quantity="310"),
        sale("b", "7-1", "1", quantity="340"),
        sale("c", "11-1", "1", quantity="600"),
    ]
    assert amounts(dues(made, sold)) == [1000, 0, 3000]
