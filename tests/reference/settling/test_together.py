"""Rules that bear on each other: stages, in lieu, programmes, rules as values, limits, shared caps, funds (93f to 95, 102)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from rebates.model import nodes as m
from rebates.model.rebates import Fund, Rebate
from rebates.reference import earned
from tests.reference.settling.deals import (
    AT,
    amount,
    amounts,
    bound,
    constant,
    dues,
    fact,
    flat,
    gate,
    measure,
    minus,
    money,
    per_unit,
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


def ten(name: str, sales: m.Expr, rate: str = "10", **more: Any) -> Rebate:
    return rebate(name, flat(percent(rate)), sales, **more)


def both(*rebates: Rebate, body: str = "", net: str = "1000") -> list[tuple[object, ...]]:
    """What rules come to on sales of 1,000, each with why."""
    made = with_rebates(rules_of(SALES + body), *rebates)
    return [told(due, "rule", "due", "status", "detail") for due in dues(made, [sale("a", "2-1", net)])]


def sales() -> m.MeasureRef:
    return measure(rules_of(SALES), "sales")


def test_c62_the_better_of_a_stage() -> None:
    stage = "\nwaterfall { stage incentive best }"
    found = both(
        ten("growth", sales(), "3", stage="incentive"), ten("milk", sales(), "5", stage="incentive"), body=stage
    )
    assert found == [("t.growth", 0, "beaten", "t.milk"), ("t.milk", 50, "due", None)]
    # a tie goes to the priority, then to the name
    found = both(ten("b", sales(), stage="incentive"), ten("a", sales(), stage="incentive"), body=stage)
    assert [row[:2] for row in found] == [("t.b", 0), ("t.a", 100)]
    found = both(ten("b", sales(), stage="incentive", priority=1), ten("a", sales(), stage="incentive"), body=stage)
    assert [row[:2] for row in found] == [("t.b", 100), ("t.a", 0)]


def test_the_first_of_a_stage_that_earns() -> None:
    stage = "\nwaterfall { stage s first }"
    none = rebate("none", tiers("retroactive", sales(), ("5000", percent("50"))), sales(), stage="s")
    found = both(none, ten("low", sales(), "1", stage="s"), ten("high", sales(), "9", stage="s"), body=stage)
    assert found == [("t.none", 0, "no tier", None), ("t.low", 10, "due", None), ("t.high", 0, "beaten", "t.low")]


def test_exclusive_among_all_the_better_programme() -> None:
    found = both(ten("x", sales(), "3", alone=True), ten("y", sales(), "4", alone=True), ten("z", sales(), "1"))
    assert found == [("t.x", 0, "beaten", "t.y"), ("t.y", 40, "due", None), ("t.z", 10, "due", None)]


def nbbo() -> tuple[m.RuleSet, list[Rebate]]:
    rules = rules_of(
        'measure shares = quantity in piece per account per year\nitems nyse where item.brand is "Fizz"\nmeasure listed = quantity in piece of nyse per account per year'
    )
    return rules, [
        rebate("nbbo", flat(per_unit("0.0002", "piece")), measure(rules, "shares")),
        rebate("listed", flat(per_unit("0.0004", "piece")), measure(rules, "listed"), in_lieu_of=("t.nbbo",)),
    ]


def test_c54_one_rate_in_lieu_of_another_on_its_own_shares() -> None:
    rules, rebates = nbbo()
    made = with_rebates(rules, *rebates)
    posted = [sale("a", "2-1", "1", quantity="10000000"), sale("b", "2-1", "1", item="NUTS", quantity="20000000")]
    assert amounts(dues(made, posted)) == [4000, 4000]
    # the example gives the measures: the base loses the other's as a number
    given = {"t.shares": F(30_000_000), "t.listed": F(10_000_000)}
    assert [earned(made, "t", f"t.{name}", given=given) for name in ("nbbo", "listed")] == [4000, 4000]


def test_not_with_loses_what_the_other_counts() -> None:
    rules, [nbbo_, listed] = nbbo()
    made = with_rebates(rules, replace(nbbo_, not_with=("t.listed",)), replace(listed, in_lieu_of=()))
    posted = [sale("a", "2-1", "1", quantity="10000000"), sale("b", "2-1", "1", item="NUTS", quantity="20000000")]
    assert [told(due, "due", "posted") for due in dues(made, posted)] == [(4000, ("b",)), (4000, ("a",))]


def test_x1_a_guarantee_on_other_rules() -> None:
    # 10,000 + 20,000; 20 % of it; eight times 500; 50,000 − (30,000 + 6,000 − 4,000)
    rules = rules_of(SALES + "\nfact late number summed")
    late = m.AttributeValue(rules.facts["late"].attribute, span=AT)
    volume = m.Earned("t.volume", span=AT)
    penalty = m.Arithmetic("*", late, money("500"), m.MONEY, span=AT)
    netted = minus(
        m.Arithmetic("+", volume, m.Earned("t.kicker", span=AT), m.MONEY, span=AT), m.Earned("t.penalty", span=AT)
    )
    made = with_rebates(
        rules,
        rebate("volume", tiers("incremental", measure(rules, "sales"), ("1000000", percent("1")), ("2000000", percent("2"))), measure(rules, "sales"), settled("quarterly")),
        rebate("penalty", amount(penalty), None, settled("quarterly"), kind="charge", window="quarter"),
        rebate("kicker", flat(percent("20")), volume),
        rebate("guarantee", amount(minus(money("50000"), netted)), None),
    )  # fmt: skip
    counts = (
        ("3-3", 3),
        ("6-3", 0),
        ("9-3", 0),
        ("11-3", 5),
    )  # zero is data; a quarter of which nobody says anything waits
    posted = [sale("a", "2-1", "3000000"), *(fact(on, "late", on, F(count)) for on, count in counts)]
    last = [told(due, "rule", "total") for due in dues(made, posted, first="12-31")]
    assert last == [("t.volume", 30000), ("t.penalty", 2500), ("t.kicker", 6000), ("t.guarantee", 18000)]


def test_c51_least_and_most() -> None:
    deal = ten("r", sales(), "2.5", caps=(bound(money("12000")),), pays_from=bound(money("200")))
    assert both(deal, net="7900") == [("t.r", 0, "pays from", None)]
    assert both(deal, net="100000")[0][1] == 2500
    assert both(deal, net="900000")[0][1] == 12000


def test_p40_a_limit_on_the_base() -> None:
    limit = m.Limit(None, None, F(100_000), m.Scope.ACCOUNT, "in order", False, span=AT)
    assert both(ten("r", sales(), "1", limit=limit), net="250000")[0][1] == 1000


def test_a_limit_cuts_the_highest_slices() -> None:
    # 100 at 10 %, 50 at 20 %: 150 of 300 are paid on
    limit = m.Limit(None, None, F(150), m.Scope.ACCOUNT, "in order", False, span=AT)
    worth = tiers("incremental", sales(), ("0", percent("10")), ("100", percent("20")))
    assert both(rebate("r", worth, sales(), limit=limit), net="300")[0][1] == 20


def test_bounds_on_the_rate_and_floors() -> None:
    deal = ten("r", sales(), "10", caps=(bound(constant("0.04"), "rate"),), floors=(bound(money("70")),))
    assert both(deal)[0][1] == 70  # 40, raised to 70
    assert both(deal, net="0")[0][1] == 0  # nothing was sold: nothing is guaranteed


def test_p06_a_guarantee_over_two_months_paid_at_the_beginning() -> None:
    # month 1: 10,000 guaranteed; royalties of 5,000 and 7,000 are 12,000 in the end: 2,000 above it
    rules = rules_of("measure sales = net value per account per month")
    deal = rebate(
        "r", flat(percent("10")), measure(rules, "sales"), settled("monthly"), window="month",
        floors=(bound(money("10000"), window="year"),),
    )  # fmt: skip
    made = with_rebates(rules, deal)
    posted = [sale("a", "1-5", "50000"), sale("b", "2-5", "70000")]
    assert amounts(dues(made, posted, last="1-31")) == [10000]
    # paid at the end, over both months: 12,000 are above the guarantee, nothing is topped up
    term = rules_of("measure sales = net value per account per term", valid="2026-01-01 to 2026-02-28")
    deal = ten("r", measure(term, "sales"), window="term", settle_=settled("once"), floors=(bound(money("10000")),))
    assert amounts(dues(with_rebates(term, deal), posted, last="2-28")) == [12000]


def test_a_cap_over_the_year_on_quarters() -> None:
    rules = rules_of("measure sales = net value per account per quarter")
    deal = rebate(
        "r", flat(percent("10")), measure(rules, "sales"), settled("quarterly"), window="quarter",
        caps=(bound(money("150"), window="year"),),
    )  # fmt: skip
    posted = [sale("a", "2-1", "1000"), sale("b", "5-1", "1000"), sale("c", "8-1", "1000")]
    assert amounts(dues(with_rebates(rules, deal), posted)) == [100, 50, 0, 0]


def shared(in_order: bool) -> m.SharedCap:
    return m.SharedCap(("t.x", "t.y"), money("100"), m.Scope.ACCOUNT, 0, in_order=in_order, span=AT)


def test_c06_one_cap_over_two_rules() -> None:
    for in_order, expected in ((False, [75, 25]), (True, [100, 0])):
        cap = shared(in_order)
        found = both(ten("x", sales(), "15", shared_caps=(cap,)), ten("y", sales(), "5", shared_caps=(cap,)))
        assert [row[1] for row in found] == expected


def test_a_cap_for_all_accounts_cuts_each_alike() -> None:
    rules = rules_of(SALES)
    deal = ten("r", measure(rules, "sales"), caps=(bound(money("100"), scope=m.Scope.ALL),))
    found = dues(with_rebates(rules, deal), [sale("a", "2-1", "3000"), sale("b", "2-1", "1000", "SOLO")])
    assert [told(due, "earner", "due") for due in found] == [("ACME", 75), ("SOLO", 25)]


def test_what_is_below_the_least_is_carried_forward() -> None:
    rules = rules_of("measure sales = net value per account per quarter")
    deal = rebate(
        "r", flat(percent("10")), measure(rules, "sales"), settled("quarterly"), window="quarter",
        pays_from=bound(money("50")), carried_forward=True,
    )  # fmt: skip
    posted = [sale("a", "2-1", "300"), sale("b", "5-1", "400"), sale("c", "8-1", "100")]
    assert amounts(dues(with_rebates(rules, deal), posted)) == [0, 70, 0, 0]


def test_x6_a_fund_is_drawn_down_and_rolls_over() -> None:
    rules = rules_of("measure sales = net value per account per quarter", valid="2025-01-01 to 2026-12-31")
    deal = rebate(
        "r", flat(percent("10")), measure(rules, "sales"), settled("quarterly"), window="quarter", fund="t.fund prepaid"
    )
    for up_to, last in ((None, 55), (money("10"), 50), (money("3"), 43)):
        fund = Fund("t.fund prepaid", "prepaid", "prepaid", "t", money("40"), "year", True, up_to, span=AT)
        made = with_rebates(rules, deal)
        made = replace(made, agreements=(replace(made.agreements[0], funds=(fund,)),))
        posted = [
            sale("a", "2025-02-01", "250"), sale("b", "2-1", "300"), sale("c", "5-1", "900"),
        ]  # fmt: skip
        # 2025: 25 of 40; 2026: 40 and what rolled over (15, 10 or 3), of which 30 are drawn first
        assert amounts(dues(made, posted))[:3] == [30, last - 30, 0]


def test_p57_a_claim_back_per_unit() -> None:
    # bought at 10, sold on at the agreed 8: 2 a unit
    rules = rules_of("measure units = quantity in piece per account per year")
    sold = [sale("a", "2-1", "1000", quantity="100")]
    assert amounts(
        dues(with_rebates(rules, rebate("r", flat(per_unit("2", "piece")), measure(rules, "units"))), sold)
    ) == [200]
    price = m.Reward((m.PricePiece(constant("8", m.MONEY), "piece", span=AT),), span=AT)
    assert amounts(dues(with_rebates(rules, rebate("r", flat(price), measure(rules, "units"))), sold)) == [200]


def test_p08_the_base_is_what_it_is_said_to_be() -> None:
    # 1,000 units sold at 3.00, bought at 2.00
    rules = rules_of(SALES + "\nmeasure costs = cost value per account per year")
    sold = replace(sale("a", "2-1", "3000", quantity="1000"), cost=F(2000))
    for name, base in (("costs", 2000), ("sales", 3000)):
        [due] = dues(with_rebates(rules, ten("r", measure(rules, name))), [sold])
        assert due.base == base


def test_c29_a_share_of_an_average_price() -> None:
    # 30 % of 1,800,000 / 6,000,000 on a million pieces over the baseline
    rules = rules_of(
        "measure pieces = quantity in piece per account per year\nmeasure postage = invoice value per account per year\nmeasure before = pieces over 2024-10-01 to 2025-09-30"
    )
    pieces, number = measure(rules, "pieces"), m.Dimension("quantity", "piece")
    floor = m.Constant(F(1_000_000), number, span=AT)
    baseline = m.Extreme("greater", (measure(rules, "before"), floor), number, span=AT)
    over = m.Arithmetic("-", pieces, baseline, number, span=AT)
    each = m.Arithmetic("/", measure(rules, "postage"), pieces, m.MONEY, span=AT)
    rate = m.Arithmetic("*", constant("0.3"), each, m.MONEY, span=AT)
    worth = flat(
        m.Reward((m.UnitPiece(rate, m.Package("each", F(1), "piece", m.Scope.ACCOUNT, span=AT), span=AT),), span=AT)
    )
    made = with_rebates(rules, rebate("r", worth, over, when=(gate(m.Compare(">", pieces, baseline, span=AT)),)))
    posted = [sale("old", "2025-03-01", "1", quantity="5000000"), sale("new", "3-1", "1800000", quantity="6000000")]
    assert amounts(dues(made, posted)) == [90000]


def test_p58_pro_rata_thresholds_of_a_part_year() -> None:
    # July to December: half of the thresholds of a year
    rules = rules_of(SALES, valid="2026-07-01 to 2026-12-31")
    worth = tiers("retroactive", measure(rules, "sales"), ("10000", percent("1")), ("20000", percent("2")))
    for pro_rata, expected in (("month", 200), (None, 100)):
        deal = rebate("r", worth, measure(rules, "sales"), pro_rata=pro_rata)
        assert amounts(dues(with_rebates(rules, deal), [sale("a", "8-1", "10000")])) == [expected]
