"""Settling over time: every expected amount is worked by hand from section 14 of the calculation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from rebates.compile.settle import HistoryErrors, Running, accrued, earned, settle
from rebates.model.history import Posted
from rebates.model.nodes import (
    MONEY,
    NUMBER,
    Amount,
    Arithmetic,
    Attribute,
    Case,
    Cases,
    Claimed,
    Deadline,
    Dimension,
    Earned,
    Limit,
    Paid,
    RuleSet,
    Scope,
    SharedCap,
)
from rebates.model.rebates import Fund, Gate, Payees, Settle
from rebates.model.settlement import Due, Settled
from rebates.model.windows import Window
from tests.compile.settle.making import (
    SPAN,
    back,
    bound,
    channel,
    compare,
    day,
    deal,
    f,
    flat,
    lump,
    measure,
    money,
    net,
    per,
    percent,
    pieces,
    ratio,
    rebate,
    sale,
    tiers,
)

QUARTERS = [
    sale("q1", "A", "2026-02-10", 50_000),
    sale("q2", "A", "2026-05-10", 75_000),
    sale("q3", "A", "2026-08-10", 100_000),
    sale("q4", "A", "2026-11-10", 75_000),
]


def rows(
    rules: RuleSet, posted: list[Posted], first: str = "2026-01-01", last: str = "2026-12-31", **more: Any
) -> list[Due]:
    [found] = settle(rules, "deal", posted, day(first), day(last), **more)
    return list(found.dues)


def paid(dues: list[Due]) -> list[tuple[str, Fraction]]:
    return [(str(due.day), due.due) for due in dues]


def due(*of: Any) -> list[Fraction]:
    return [each.due for each in of]


def one(worth: Any, base: Any, posted: list[Posted], **more: Any) -> Due:
    """The one due of a rule settled yearly."""
    [found] = rows(deal(rebate("it", worth, base, **more)), posted)
    return found


# --- cadence and delta: law 6.4, 98, 99


def test_a_year_settled_by_quarters_ends_with_the_same_amount_and_pays_differences() -> None:
    rules = deal(rebate("volume", tiers("retroactive", net(), (100_000, percent("5"))), net(), "quarterly"))
    assert paid(rows(rules, QUARTERS)) == [
        ("2026-03-31", f(0)), ("2026-06-30", f(6_250)), ("2026-09-30", f(5_000)), ("2026-12-31", f(3_750)),
    ]  # fmt: skip


def test_separate_periods_are_judged_alone() -> None:
    settled = Settle("quarterly", separate=True, span=SPAN)
    rules = deal(rebate("volume", tiers("retroactive", net(), (100_000, percent("5"))), net(), settle=settled))
    assert due(*rows(rules, QUARTERS)) == [f(0), f(0), f(5_000), f(0)]


def test_a_second_run_pays_nothing_and_a_late_sale_only_the_difference() -> None:
    rules = deal(rebate("volume", flat(percent("2")), net("quarter"), "quarterly", window="quarter"))
    first = rows(rules, QUARTERS[:1], last="2026-03-31")
    assert due(*first) == [f(1_000)]
    before = [Settled(each.rule, each.earner, each.payee, each.first, each.day, each.due) for each in first]
    assert due(*rows(rules, QUARTERS[:1], last="2026-03-31", settled=before)) == [f(0)]
    late = [*QUARTERS[:1], sale("late", "A", "2026-03-30", 500)]
    found = rows(rules, late, "2026-04-01", "2026-06-30", settled=before)
    assert [(str(each.first), each.due) for each in found] == [("2026-01-01", f(10)), ("2026-04-01", f(0))]


def test_a_return_counts_in_the_window_of_its_sale_and_is_taken_back_when_it_is_posted() -> None:
    rules = deal(rebate("volume", flat(percent("2")), net("quarter"), "quarterly", window="quarter"))
    posted = [*QUARTERS[:1], back("r", "q1", "A", "2026-04-20", -10_000)]
    found = rows(rules, posted, last="2026-06-30")
    assert [(str(each.first), str(each.day), each.due) for each in found] == [
        ("2026-01-01", "2026-03-31", f(1_000)),
        ("2026-01-01", "2026-06-30", f(-200)),
        ("2026-04-01", "2026-06-30", f(0)),
    ]


def test_what_is_returned_can_be_set_against_later_dues_only() -> None:
    rules = deal(
        rebate("volume", flat(percent("2")), net("quarter"), "quarterly", window="quarter", returns="carry forward")
    )
    posted = [*QUARTERS[:1], back("r", "q1", "A", "2026-04-20", -10_000), sale("q3", "A", "2026-08-10", 4_000),
              sale("q4", "A", "2026-11-10", 50_000)]  # fmt: skip
    found = [each for each in rows(rules, posted) if each.due]
    # −200 waits in June; September has 80 to set it against, December the other 120 of 1,000
    assert [(str(each.day), str(each.first), each.due) for each in found] == [
        ("2026-03-31", "2026-01-01", f(1_000)),
        ("2026-09-30", "2026-01-01", f(-80)),
        ("2026-12-31", "2026-01-01", f(-120)),
        ("2026-09-30", "2026-07-01", f(80)),
        ("2026-12-31", "2026-10-01", f(1_000)),
    ]


def test_a_return_when_posted_counts_on_its_own_day() -> None:
    rules = deal(
        rebate("volume", flat(percent("2")), net("quarter"), "quarterly", window="quarter", returns="when posted")
    )
    posted = [*QUARTERS[:2], back("r", "q1", "A", "2026-04-20", -10_000)]
    assert due(*rows(rules, posted, last="2026-06-30")) == [f(1_000), f(1_300)]


def test_what_became_known_later_is_not_there_as_of_an_earlier_moment() -> None:
    from datetime import UTC, datetime

    rules = deal(rebate("volume", flat(percent("2")), net(), "yearly"))
    late = replace(QUARTERS[1], known=datetime(2027, 2, 1, tzinfo=UTC))
    assert due(*rows(rules, [QUARTERS[0], late], as_of=datetime(2027, 1, 15, tzinfo=UTC))) == [f(1_000)]
    assert due(*rows(rules, [QUARTERS[0], late])) == [f(2_500)]


# --- worths: law 93b to 93e


@pytest.mark.parametrize(
    ("mode", "amount"),
    # 300,000 over 0, 100,000 and 200,000 at 1, 2 and 3 per cent
    [("retroactive", 9_000), ("incremental", 6_000), ("lump sum", 9_000), ("lump sum every tier", 18_000)],
)
def test_modes_of_tiers(mode: str, amount: int) -> None:
    rows_ = ((0, percent("1")), (100_000, percent("2")), (200_000, percent("3")))
    found = one(tiers(mode, net(), *rows_), net(), QUARTERS)
    assert (found.total, found.tier, found.measure, found.base) == (f(amount), 2, f(300_000), f(300_000))


def test_interpolated_tiers_are_linear_between_their_rows() -> None:
    found = one(tiers("interpolated", net(), (200_000, percent("1")), (400_000, percent("3"))), net(), QUARTERS)
    assert found.total == f(6_000)  # 2 % at 300,000


def test_fixed_sums_of_slices_are_paid_when_they_are_entered() -> None:
    found = one(tiers("incremental", net(), (0, lump(10)), (300_000, lump(20)), (300_001, lump(40))), net(), QUARTERS)
    assert found.total == f(30)


def test_amounts_per_unit_and_per_full_package() -> None:
    posted = [sale("s", "A", "2026-03-01", 1_000, 100), sale("t", "A", "2026-04-01", 1_000, 59)]
    assert one(flat(per("0.5", "piece")), pieces(), posted).total == f("79.5")
    assert one(flat(per("3", "piece", "full", 80)), pieces(), posted).total == f(3)
    assert one(flat(per("3", "piece", "started", 80)), net(), posted).total == f(6)  # of a base in money its quantity


def test_the_next_tier_says_what_is_missing_and_what_it_would_be_worth() -> None:
    found = one(tiers("retroactive", net(), (100_000, percent("2")), (400_000, percent("3"))), net(), QUARTERS)
    assert found.next is not None
    # 3 % of 400,000 less 2 % of 300,000
    assert (found.next.threshold, found.next.missing, found.next.worth) == (f(400_000), f(100_000), f(6_000))


def test_below_the_first_row_there_is_no_tier() -> None:
    found = one(tiers("retroactive", net(), (400_000, percent("3"))), net(), QUARTERS)
    assert (found.status, found.total, found.measure) == ("no tier", f(0), f(300_000))


def test_growth_over_last_year_with_base_and_measure_apart() -> None:
    last = net(Window("year", back=12))
    growth = Arithmetic("-", Arithmetic("/", net(), last, NUMBER, span=SPAN), ratio("1"), NUMBER, span=SPAN)
    table = tiers("retroactive", growth, ("0.10", percent("2")), ("0.15", percent("3")), above=True)
    posted = [sale("old", "A", "2025-06-01", 2_000_000), sale("new", "A", "2026-06-01", 2_350_000)]
    found = one(table, net(), posted)
    assert (found.total, found.measure) == (f(70_500), f("0.175"))  # 4.3
    assert one(table, net(), posted[1:]).status == "no baseline"


def test_rows_of_conditions() -> None:
    cases = Cases(
        True,
        (
            Case(lump(1_000), compare(net(Window("dates", first=day("2026-01-01"), last=day("2026-04-30"))), ">=", money(50_000)), span=SPAN),
            Case(lump(1_000), compare(net(Window("dates", first=day("2026-01-01"), last=day("2026-08-31"))), ">=", money(300_000)), span=SPAN),
            Case(lump(3_000), compare(net(), ">=", money(300_000)), span=SPAN),
        ),
        span=SPAN,
    )  # fmt: skip
    assert one(cases, net(), QUARTERS).total == f(4_000)


def test_an_amount_is_not_below_zero() -> None:
    shortfall = Arithmetic("-", money(310_000), net(), MONEY, span=SPAN)
    assert one(Amount(shortfall, span=SPAN), None, QUARTERS, kind="charge").total == f(10_000)
    more = [*QUARTERS, sale("x", "A", "2026-12-01", 20_000)]
    assert one(Amount(shortfall, span=SPAN), None, more, kind="charge").status == "nothing"


# --- limits: law 93f, 93g


def test_floor_cap_and_minimum_payout() -> None:
    rate = flat(percent("1"))  # 3,000
    assert one(rate, net(), QUARTERS, caps=(bound(money(2_000)),)).total == f(2_000)
    assert one(rate, net(), QUARTERS, floors=(bound(money(4_000)),)).total == f(4_000)
    found = one(rate, net(), QUARTERS, pays_from=bound(money(3_001)))
    assert (found.status, found.total) == ("pays from", f(0))


def test_a_cap_of_a_wider_window_leaves_what_earlier_windows_left() -> None:
    rules = deal(
        rebate("monthly", flat(percent("10")), net("month"), "monthly", window="month",
               caps=(bound(money(10_000), window="year"),))
    )  # fmt: skip
    found = {str(each.day): each.due for each in rows(rules, QUARTERS) if each.due}
    assert found == {"2026-02-28": f(5_000), "2026-05-31": f(5_000)}


def test_a_limit_cuts_the_highest_slices() -> None:
    limit = Limit(None, None, f(150_000), Scope.ACCOUNT, "in order", False, span=SPAN)
    found = one(tiers("incremental", net(), (0, percent("1")), (100_000, percent("2"))), net(), QUARTERS, limit=limit)
    assert (found.total, found.base) == (f(2_000), f(300_000))


def test_rules_share_a_cap_in_proportion() -> None:
    cap = SharedCap(("deal.a", "deal.b"), money(6_000), Scope.ACCOUNT, 0, span=SPAN)
    rules = deal(
        rebate("a", flat(percent("1")), net(), place=1, shared_caps=(cap,)),
        rebate("b", flat(percent("3")), net(), place=2, shared_caps=(cap,)),
    )
    assert due(*rows(rules, QUARTERS)) == [f(1_500), f(4_500)]


# --- who earns: law 91, 92a, 96


def test_each_account_earns_by_itself_and_in_all_counts_everybody() -> None:
    posted = [*QUARTERS, sale("b", "B", "2026-03-03", 100_000)]
    rules = deal(
        rebate("own", tiers("retroactive", net(scope=Scope.ALL), (400_000, percent("1"))), net()),
    )
    assert [(each.earner, each.due) for each in rows(rules, posted)] == [("A", f(3_000)), ("B", f(1_000))]


def test_all_accounts_together_are_paid_in_proportion_by_largest_remainder() -> None:
    posted = [sale("a", "A", "2026-03-03", 100), sale("b", "B", "2026-03-03", 100), sale("c", "C", "2026-03-03", 100)]
    pay = Payees(by=net(), span=SPAN)
    rules = deal(rebate("pool", flat(lump("100")), net(scope=Scope.ALL), scope=Scope.ALL, payees=pay))
    assert [(each.payee, each.due) for each in rows(rules, posted)] == [
        ("A", f("33.34")),
        ("B", f("33.33")),
        ("C", f("33.33")),
    ]


# --- one rule and another: law 94, 95, 102


def test_a_bonus_on_another_rule_and_a_guarantee_net_of_it() -> None:
    amount = Arithmetic("-", money(10_000), Earned("deal.volume", span=SPAN), MONEY, span=SPAN)
    rules = deal(
        rebate("volume", flat(percent("1")), net("quarter"), "quarterly", window="quarter", place=1),
        rebate("kicker", flat(percent("20")), Earned("deal.volume", span=SPAN), place=2),
        rebate("guarantee", Amount(amount, span=SPAN), None, place=3),
    )
    found = {(each.rule, str(each.day)): each.due for each in rows(rules, QUARTERS)}
    assert found["deal.kicker", "2026-12-31"] == f(600)
    assert found["deal.guarantee", "2026-12-31"] == f(7_000)


def test_programmes_leave_the_better_one() -> None:
    rules = deal(
        rebate("small", flat(percent("1")), net(), place=1, alone=True),
        rebate("large", flat(percent("2")), net(), place=2, alone=True),
    )
    assert [(each.status, each.due, each.detail) for each in rows(rules, QUARTERS)] == [
        ("beaten", f(0), "deal.large"), ("due", f(6_000), None),
    ]  # fmt: skip


def test_in_lieu_of_takes_the_sales_out_of_the_other_base() -> None:
    web = net(where=channel("web"))
    rules = deal(
        rebate("general", flat(percent("1")), net(), place=1),
        rebate("web", flat(percent("5")), web, place=2, in_lieu_of=("deal.general",)),
    )
    posted = [sale("a", "A", "2026-03-03", 100, attributes={"line.channel": "web"}), sale("b", "A", "2026-03-03", 300)]
    assert due(*rows(rules, posted)) == [f(3), f(5)]


def test_a_fund_pays_what_is_left() -> None:
    fund = Fund("deal.fund pot", "pot", "Pot", "deal", money(1_500), "term", False, span=SPAN)
    rules = deal(
        rebate("volume", flat(percent("2")), net("quarter"), "quarterly", window="quarter", fund="deal.fund pot"),
        funds=(fund,),
    )
    assert due(*rows(rules, QUARTERS)) == [f(1_000), f(500), f(0), f(0)]


# --- conditions: law 97


def test_a_condition_over_totals_decides_whether_anything_is_earned() -> None:
    gate = Gate(compare(net(), ">=", money(300_001)), span=SPAN)
    found = one(flat(percent("1")), net(), QUARTERS, when=(gate,))
    assert (found.status, found.clause, found.total) == ("condition", 0, f(0))


def test_a_condition_on_the_line_is_judged_sale_by_sale() -> None:
    posted = [sale("a", "A", "2026-03-03", 100, attributes={"line.channel": "web"}), sale("b", "A", "2026-03-03", 300)]
    assert one(flat(percent("10")), net(), posted, when=(Gate(channel("web"), span=SPAN),)).total == f(10)


def test_a_fallback_pays_another_rate() -> None:
    gate = Gate(compare(net(), ">=", money(1_000_000)), otherwise=percent("1"), span=SPAN)
    assert one(flat(percent("3")), net(), QUARTERS, when=(gate,)).total == f(3_000)


def test_what_is_not_paid_in_time_is_held_and_then_fails() -> None:
    by = Deadline(event="invoice date", count=30, span=SPAN)
    rules = deal(
        rebate("volume", flat(percent("2")), net("quarter"), "quarterly", window="quarter",
               when=(Gate(Paid(by, span=SPAN), "holds", span=SPAN),))
    )  # fmt: skip
    bought = sale("s", "A", "2026-03-20", 1_000)
    pays = Posted("p", "payment", "A", day("2026-04-10"), of="s")
    found = rows(rules, [bought, pays], last="2026-06-30")
    assert [(each.status, str(each.first), str(each.day), each.due) for each in found] == [
        ("held", "2026-01-01", "2026-03-31", f(0)),
        ("due", "2026-01-01", "2026-06-30", f(20)),
        ("nothing", "2026-04-01", "2026-06-30", f(0)),
    ]
    late = rows(rules, [bought, replace(pays, day=day("2026-04-20"))], last="2026-06-30")
    assert [(each.status, each.due) for each in late] == [("held", f(0)), ("nothing", f(0))]


def test_a_claim_by_its_deadline() -> None:
    by = Deadline(event="year end", count=60, span=SPAN)
    when = (Gate(Claimed(by, span=SPAN), "holds", span=SPAN),)
    claim = Posted("c", "claim", "A", day("2026-12-15"), name="it", value="C-1")
    assert one(flat(percent("1")), net(), [*QUARTERS, claim], when=when).total == f(3_000)
    waiting = one(flat(percent("1")), net(), QUARTERS, when=when)
    assert (waiting.status, waiting.total, waiting.due) == ("held", f(3_000), f(0))


def test_takes_back_returns_what_was_settled_and_forfeits_leaves_it() -> None:
    gate = compare(net("quarter"), ">=", money(75_000))
    half = [sale("a", "A", "2026-02-01", 80_000)]
    ways: tuple[tuple[Any, Fraction], ...] = (("takes back", f(-800)), ("forfeits", f(0)), ("not earned", f(-800)))
    for failing, expected in ways:
        rules = deal(rebate("it", flat(percent("1")), net(), "quarterly", when=(Gate(gate, failing, span=SPAN),)))
        assert due(*rows(rules, half, last="2026-06-30")) == [f(800), expected]


# --- facts, examples, accruals: law 91d, 93h, 103


def test_a_fact_that_is_not_posted_waits_and_accrues_as_expected() -> None:
    from rebates.model.nodes import AttributeValue, Fact

    spent = Attribute("fact", "spent", Dimension("money"), span=SPAN)
    base = AttributeValue(spent, span=SPAN)
    facts = {"spent": Fact(spent, "summed", f(400), span=SPAN)}
    rules = deal(rebate("coop", flat(percent("50")), base), facts=facts)
    sold = [sale("s", "A", "2026-03-01", 100)]
    [found] = rows(rules, sold)
    assert (found.status, found.detail, found.due) == ("waits", "fact spent", f(0))
    [[accrual]] = [each.dues for each in accrued(rules, None, sold, day("2026-06-30"))]
    assert accrual.total == f(200)
    posted = [Posted(n, "fact", "A", day("2026-05-01"), name="spent", value=f(v)) for n, v in (("x", 100), ("y", 50))]
    assert due(*rows(rules, [*sold, *posted])) == [f(75)]


def test_an_example_gives_measures() -> None:
    sales = measure("sales", net())
    rules = deal(
        rebate("volume", tiers("incremental", sales, (1_000_000, percent("1")), (2_000_000, percent("2"))), sales)
    )
    [found] = earned(rules, "deal", given={"sales": f(3_000_000)})
    assert found.total == f(30_000)


def test_the_expected_rate_accrues_until_the_tier_is_settled() -> None:
    rules = deal(rebate("volume", tiers("retroactive", net(), (500_000, percent("5"))), net(), accrue=percent("3")))
    [[found]] = [each.dues for each in accrued(rules, None, QUARTERS, day("2026-06-30"))]
    assert found.total == f(3_750)


def test_running_sums_give_what_settling_gives_whatever_the_order() -> None:
    rules = deal(
        rebate("volume", tiers("retroactive", net(), (0, percent("1")), (200_000, percent("2"))), net(), place=1),
        rebate("web", flat(percent("3")), net("quarter", where=channel("web")), window="quarter", place=2),
    )
    posted = [*QUARTERS, sale("w", "A", "2026-05-01", 100, attributes={"line.channel": "web"}),
              back("r", "q3", "A", "2026-08-20", -40_000), sale("b", "B", "2026-05-01", 7)]  # fmt: skip
    running = Running(rules, rules.agreements[0])
    for each in posted:
        running.post([each])
    for on in ("2026-03-31", "2026-08-15", "2026-12-31"):
        [whole] = accrued(rules, "deal", list(reversed(posted)), day(on))
        assert running.accruals(day(on)) == whole.dues
        assert running.accruals(day(on), "B") == tuple(each for each in whole.dues if each.earner == "B")


# --- bad postings: law 89b


def test_every_bad_posting_is_told() -> None:
    rules = deal(rebate("volume", flat(percent("2")), net()))
    posted = [
        QUARTERS[0],
        replace(QUARTERS[0], net=f(1)),
        sale("usd", "A", "2026-01-01", 1, currency="USD"),
        back("r", "nowhere", "A", "2026-01-02", -1),
    ]
    with pytest.raises(HistoryErrors) as found:
        rows(rules, posted)
    assert [(each.code, each.where) for each in found.value.problems] == [
        ("R0801", "q1"),
        ("R0802", "r"),
        ("R0803", "usd"),
    ]


def test_the_same_posting_twice_is_one() -> None:
    rules = deal(rebate("volume", flat(percent("2")), net()))
    again = replace(QUARTERS[0])
    later = replace(QUARTERS[0], known=datetime(2026, 3, 1, tzinfo=UTC))
    for twice in (QUARTERS[0], again, later):
        assert due(*rows(rules, [QUARTERS[0], twice])) == [f(1_000)]
