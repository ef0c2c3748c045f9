"""Tiers over windows: cumulative and separate settlement, growth, lump sums, what is told with it (93, 99); published numbers."""

from __future__ import annotations

from fractions import Fraction

from rebates.model.history import Posted
from tests.reference.settling.deals import (
    amounts,
    at_least,
    bound,
    constant,
    dues,
    fact_lump,
    flat,
    gate,
    lump,
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
QUARTERS = [
    sale("a", "2-1", "50000"),
    sale("b", "5-1", "75000"),
    sale("c", "8-1", "100000"),
    sale("d", "11-1", "75000"),
]
SALES = "measure sales = net value per account per year"


def five_percent_from_100k(**settling: bool) -> list[Fraction]:
    rules = rules_of(SALES)
    sales = measure(rules, "sales")
    worth = tiers("retroactive", sales, ("100000", percent("5")))
    made = with_rebates(rules, rebate("r", worth, sales, settled("quarterly", **settling)))
    return amounts(dues(made, QUARTERS))


def test_6_4_and_p18_cumulative() -> None:
    assert five_percent_from_100k() == [0, 6250, 5000, 3750]


def test_6_4_and_p19_separate() -> None:
    assert five_percent_from_100k(separate=True) == [0, 0, 5000, 0]


def growth(mode: str, on_growth: bool) -> Fraction:
    """Semantics 4.3: baseline 2,000,000, sales 2,350,000, above 10/15/20 % of growth 2/3/4 %."""
    rules = rules_of(SALES + "\nmeasure more = sales / sales last year - 1\nmeasure gained = sales - sales last year")
    rows = (("0.10", percent("2")), ("0.15", percent("3")), ("0.20", percent("4")))
    worth = tiers(mode, measure(rules, "more"), *rows, above=True)
    made = with_rebates(rules, rebate("r", worth, measure(rules, "gained" if on_growth else "sales")))
    [due] = dues(made, [sale("old", "2025-06-01", "2000000"), sale("new", "6-1", "2350000")])
    return due.due


def test_4_3_growth_and_p43_p44_p45() -> None:
    assert growth("retroactive", on_growth=False) == 70500
    assert growth("retroactive", on_growth=True) == 10500
    assert growth("incremental", on_growth=True) == 3500


def test_p01_incremental() -> None:
    # 1,000 × 10 % + 1,000 × 25 %
    rules = rules_of(SALES)
    sales = measure(rules, "sales")
    worth = tiers("incremental", sales, ("0", percent("10")), ("1000", percent("25")), ("2500", percent("0")))
    [due] = dues(with_rebates(rules, rebate("r", worth, sales)), [sale("a", "2-1", "2000")])
    assert due.due == 350
    assert [told(cut, "base", "rate", "amount", "tier") for cut in due.cuts] == [
        (1000, F("0.1"), 100, 0),
        (1000, F("0.25"), 250, 1),
    ]
    assert told(due, "tier", "measure", "base") == (1, 2000, 2000)
    assert due.next is not None
    # 500 more would be paid 25 %: 125
    assert [due.next.threshold, due.next.missing, due.next.worth] == [2500, 500, 125]


def test_p17_scale_over_a_quarter_settled_monthly() -> None:
    # Oct 3,000 below 5,000; Nov 7,000 × 2 % = 140; 27,000 × 4 % = 1,080 less 140
    rules = rules_of("measure sales = net value per account per quarter")
    sales = measure(rules, "sales")
    worth = tiers("retroactive", sales, ("5000", percent("2")), ("20000", percent("4")))
    made = with_rebates(rules, rebate("r", worth, sales, settled("monthly"), window="quarter"))
    posted = [sale("o", "10-5", "3000"), sale("n", "11-5", "4000"), sale("d", "12-5", "20000")]
    assert amounts(dues(made, posted, first="10-1")) == [0, 140, 940]


def test_p10_the_level_is_chosen_on_the_sum() -> None:
    rules = rules_of(SALES)
    sales = measure(rules, "sales")
    worth = tiers("retroactive", sales, ("50", percent("10")), ("100", percent("15")))
    posted = [sale("a", "2-1", "40"), sale("b", "2-1", "60", item="LIME"), sale("c", "2-1", "25", item="NUTS")]
    [due] = dues(with_rebates(rules, rebate("r", worth, sales)), posted)
    assert due.due == F("18.75")
    assert due.posted == ("a", "b", "c")


def test_p11_quantity_chooses_money_is_paid() -> None:
    # 600 × 20.00 × 5 %
    rules = rules_of(
        "measure units = quantity in piece per account per month\nmeasure sales = net value per account per month"
    )
    worth = tiers("retroactive", measure(rules, "units"), ("500", percent("5")))
    made = with_rebates(rules, rebate("r", worth, measure(rules, "sales"), settled("monthly"), window="month"))
    assert amounts(dues(made, [sale("a", "1-9", "12000", quantity="600")], last="1-31")) == [600]


def lump_on_units(quantity: str) -> Fraction:
    rules = rules_of("measure units = quantity in piece per account per year")
    worth = tiers(
        "lump sum", measure(rules, "units"), ("0", lump("10000")), ("500000", lump("20000")), ("750000", lump("30000"))
    )
    [due] = dues(with_rebates(rules, rebate("r", worth, None)), [sale("a", "2-1", "1", quantity=quantity)])
    return due.due


def test_p47_lump_sums() -> None:
    assert [lump_on_units(each) for each in ("499999", "500000", "750000")] == [10000, 20000, 30000]


def test_p48_a_single_target_is_met_or_not() -> None:
    rules = rules_of(SALES)
    worth = tiers("lump sum", measure(rules, "sales"), ("100000", lump("1000")))
    made = with_rebates(rules, rebate("r", worth, None))
    found = dues(made, [sale("a", "2-1", "110000"), sale("b", "2-1", "90000", "SOLO")])
    assert [told(due, "earner", "due", "status") for due in found] == [("ACME", 1000, "due"), ("SOLO", 0, "no tier")]


def test_a_lump_sum_is_paid_once_in_its_window() -> None:
    rules = rules_of(SALES)
    worth = tiers("lump sum", measure(rules, "sales"), ("100", lump("1000")))
    made = with_rebates(rules, rebate("r", worth, None, settled("quarterly")))
    assert amounts(dues(made, [sale("a", "2-1", "110"), sale("b", "8-1", "500")])) == [1000, 0, 0, 0]


def test_c39_every_milestone_over_the_term() -> None:
    # 13.3 million at 100 million, and again at 200 million
    rules = rules_of("measure sales = net value per account per term\nfact actual_funding money summed")
    row = fact_lump(rules, "actual_funding")
    worth = tiers("lump sum every tier", measure(rules, "sales"), ("100000000", row), ("200000000", row))
    made = with_rebates(rules, rebate("r", worth, None, settled("quarterly"), window="term", kind="charge"))
    posted = [
        Posted("f", "fact", "ACME", sale("x", "1-2", "0").day, name="actual_funding", value=F(13_300_000)),
        sale("a", "2-1", "110000000"),
        sale("b", "8-1", "100000000"),
    ]
    assert amounts(dues(made, posted)) == [13_300_000, 0, 13_300_000, 0]


def test_c27_an_amount_per_unit_inside_growth() -> None:

    rules = rules_of(
        "measure volume = quantity in piece per account per year\nmeasure growth = volume - volume last year"
    )
    growth = measure(rules, "growth")
    low, high = per_unit("5", "piece"), per_unit("15", "piece")
    worth = tiers("retroactive", growth, ("0", low), ("100000", high))

    def pays(before: str) -> Fraction:
        posted = [sale("o", "2025-03-03", "1", quantity=before), sale("n", "3-3", "1", quantity="1100000")]
        [due] = dues(with_rebates(rules, rebate("r", worth, growth)), posted)
        return due.due

    assert pays("1000001") == 499_995
    assert pays("1000000") == 1_500_000


def test_c26_a_gate_above_the_baseline_pays_back_to_it() -> None:
    # (5,000,000 − 4,315,000) × 3 % = 20,550; 4,962,100 is short of 115 %

    rules = rules_of(SALES + "\nmeasure wanted = 115% of EUR 4_315_000")
    sales = measure(rules, "sales")
    made = with_rebates(
        rules,
        rebate(
            "growth",
            flat(percent("3")),
            minus(sales, money("4315000")),
            when=(gate(at_least(sales, measure(rules, "wanted"))), gate(at_least(sales, money("4962000")))),
        ),
    )
    assert amounts(dues(made, [sale("a", "2-1", "5000000")])) == [20550]
    [due] = dues(made, [sale("a", "2-1", "4962100")])
    assert told(due, "due", "status", "clause") == (0, "condition", 0)


def test_p29_nothing_below_and_no_more_than_a_cap() -> None:
    # 5 % of the 20 pieces above 100, worth 10 each; at most 1,000

    rules = rules_of(SALES + "\nmeasure units = quantity in piece per account per year")
    worth = tiers("incremental", measure(rules, "units"), ("100", percent("5")))
    made = with_rebates(rules, rebate("r", worth, measure(rules, "sales"), caps=(bound(money("1000")),)))
    assert amounts(dues(made, [sale("a", "2-1", "1200", quantity="120")])) == [10]
    assert amounts(dues(made, [sale("a", "2-1", "1200000", quantity="120")])) == [1000]


def test_c55_interpolated() -> None:
    # 86 % lies half way between 82 % and 90 %: 47.5 % of 100,000
    rules = rules_of(
        "measure reached = fact ebitda / fact target\nfact ebitda money latest\nfact target money latest\n" + SALES
    )
    rows = (("0.80", percent("0")), ("0.82", percent("32.5")), ("0.90", percent("62.5")), ("1", percent("100")))
    worth = tiers("interpolated", measure(rules, "reached"), *rows)
    made = with_rebates(rules, rebate("r", worth, measure(rules, "sales")))
    on = sale("x", "1-2", "0").day
    facts = [
        Posted("e", "fact", "ACME", on, name="ebitda", value=F(86)),
        Posted("t", "fact", "ACME", on, name="target", value=F(100)),
    ]
    [due] = dues(made, [sale("a", "2-1", "100000"), *facts])
    assert due.due == 47500
    [due] = dues(made, [sale("a", "2-1", "100000"), facts[0]])
    assert told(due, "due", "status", "detail") == (0, "waits", "fact target")


def test_a_constant_is_a_measure_too() -> None:
    rules = rules_of(SALES)
    made = with_rebates(
        rules, rebate("r", tiers("retroactive", constant("3"), ("3", percent("5"))), measure(rules, "sales"))
    )
    assert amounts(dues(made, [sale("spd", "2-1", "100000")])) == [5000]  # SPD-1: 5 % of 100,000
