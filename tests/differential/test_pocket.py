"""What an order is expected to earn in rebates, worked by hand (section 15); both evaluators say the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from rebates import reference
from rebates.compile.pocket import pocket
from rebates.model.folder import load_rules
from rebates.model.nodes import RuleSet
from rebates.model.orders import LineIn, OrderIn
from rebates.model.pocket import ExpectedOut, PocketOut
from rebates.syntax.diagnostics import Report
from tests.generated.world import World

F = Fraction
DAY = date(2026, 3, 2)
YEAR = "net value per account per year [SOLO, 2026]"
COLA = LineIn("COLA", F(10), "piece", price=F(24))
NUTS = LineIn("NUTS", F(5), "piece", price=F(12))


def rules(body: str, accounts: str = "all, each") -> RuleSet:
    text = f"""agreement t "T" {{
  accounts {accounts}
  valid 2026-01-01 to 2026-12-31
  currency EUR
  measure sales = net value of items per account per year
{body}
}}
"""
    report = Report()
    found = load_rules({"t.rebates": text}, World(), report)
    assert found is not None, [(d.message, d.help) for d in report.diagnostics]
    return found


def asked(found: RuleSet, order: OrderIn) -> PocketOut:
    """The pocket of an order, of which both evaluators have the same idea."""
    priced = reference.price(found, order)
    expected = reference.pocket(found, order, priced.agreements, priced.currency, priced.lines)
    in_force = [each for name in priced.agreements for each in found.agreements if each.name == name]
    assert pocket(found, order, in_force, priced.currency, priced.lines) == expected
    return expected


def only(body: str, order: OrderIn, accounts: str = "all, each") -> ExpectedOut:
    [found] = asked(rules(body, accounts), order).expected
    return found


def say(*values: object) -> tuple[object, ...]:
    return values


def an_order(*lines: LineIn, before: str = "0", **more: object) -> OrderIn:
    """300 EUR of cola and nuts by SOLO, which before had sales for `before`."""
    totals = {YEAR: F(before)} if F(before) else {}
    return replace(OrderIn("SOLO", DAY, lines or (COLA, NUTS), totals=totals), **more)  # type: ignore[arg-type]


def rebate(*clauses: str) -> str:
    return 'rebate r "R" {\n' + "\n".join(clauses) + "\nsettle yearly\n}"


RETROACTIVE = "tiers retroactive on sales { from EUR 0 1%  from EUR 1_000 2% }"
INCREMENTAL = "tiers incremental on sales { from EUR 0 1%  from EUR 1_000 2% }"


def test_122_the_rate_that_is_reached_with_the_order_is_paid_on_the_order() -> None:
    found = asked(rules(rebate(RETROACTIVE)), an_order(before="900"))
    [one] = found.expected
    assert say(one.base, one.measure, one.tier, one.amount) == (300, 1200, 1, 6)
    assert say(*one.parts) == (F("4.80"), F("1.20"))
    assert say(one.accrued, one.beside) == (9, 9)  # 1% of 900; 2% of 1,200 is 24
    assert say(*found.values) == (F("235.20"), F("58.80"))
    assert found.totals == {YEAR: 1200}
    assert found.missing == ()


def test_121_what_is_not_brought_is_nothing_and_told() -> None:
    found = asked(rules(rebate(RETROACTIVE)), an_order())
    assert say(found.expected[0].tier, found.expected[0].amount) == (0, 3)
    assert found.missing == (YEAR,)


def test_122_slices_begin_where_the_account_stands() -> None:
    one = only(rebate(INCREMENTAL), an_order(before="900"))
    assert one.amount == 5  # 100 at 1%, 200 at 2%
    assert say(one.accrued, one.beside) == (9, 0)


@pytest.mark.parametrize(("before", "beside"), [("500", "0"), ("900", "25"), ("1000", "0")])
def test_123_a_lump_sum_stands_beside(before: str, beside: str) -> None:
    one = only(rebate("tiers lump sum on sales { from EUR 1_000 EUR 25 }"), an_order(before=before))
    assert say(one.amount, one.beside) == (0, F(beside))


@pytest.mark.parametrize(("before", "amount"), [("900", "5"), ("1000", "0"), ("600", "15")])
def test_122a_a_cap_leaves_what_is_left_of_it(before: str, amount: str) -> None:
    one = only(rebate("base sales", "rate 5%", "cap EUR 50"), an_order(before=before))
    assert one.amount == F(amount)


def test_122a_a_limit_leaves_what_is_left_of_it() -> None:
    one = only(rebate("base sales", "rate 5%", "limit EUR 1_000"), an_order(before="900"))
    assert say(one.amount, one.accrued, one.beside) == (5, 45, 0)


def test_122_the_expected_rate_goes_before_the_tiers() -> None:
    one = only(rebate("base sales", RETROACTIVE, "accrue 1.8%"), an_order(before="900"))
    assert one.amount == F("5.40")


def test_122a_what_does_not_hold_says_why() -> None:
    body = "fact audit text latest\n" + rebate("base sales", "rate 1%", 'when fact audit is "passed"')
    assert say(only(body, an_order()).status, only(body, an_order()).detail) == ("unknown", "fact audit")
    assert only(body, an_order(facts={"audit": "failed"})).status == "condition"
    assert only(body, an_order(facts={"audit": "passed"})).amount == 3


def test_120_what_is_still_open_counts_as_kept() -> None:
    body = "terms { payment 30 days }\n" + rebate(
        "base sales", "rate 1%", "when paid within terms", "when claimed by 2027-01-31"
    )
    assert only(body, an_order()).amount == 3


def test_122a_below_the_minimum_payout_nothing_is_expected() -> None:
    body = rebate("base sales", "rate 1%", "pays from EUR 10")
    assert say(only(body, an_order(before="600")).status, only(body, an_order(before="600")).amount) == ("pays from", 0)
    assert only(body, an_order(before="700")).amount == 3


def test_124_a_table_by_sale_gives_each_line_its_own() -> None:
    body = rebate("base sales", 'rates by item.family { "DRINK/SODA" 2%  "SNACK" 5% }')
    one = only(body, an_order())
    assert one.amount == F("7.80")  # 2% of 240, 5% of 60
    assert say(*one.parts) == (F("4.80"), 3)
    assert say(one.accrued, one.beside) == (None, None)


def test_124_cents_that_are_left_go_to_the_largest_remainders() -> None:
    lines = tuple(replace(COLA, quantity=F(1), price=F(price)) for price in ("10", "10", "10"))
    one = only(rebate("base sales", "rate 3.333%"), an_order(*lines))
    assert say(one.amount, one.parts) == (1, (F("0.34"), F("0.33"), F("0.33")))


def test_124_points_stand_beside_what_leaves_the_pocket() -> None:
    found = asked(rules(rebate("base sales", "rate 1 point per EUR 7")), an_order())
    assert say(found.expected[0].pays, found.expected[0].amount) == ("points", 42)
    assert say(*found.values) == (240, 60)


def test_124_a_charge_that_is_settled_raises_the_pocket() -> None:
    body = 'charge c "C" {\nbase sales\nrate 2%\nsettle yearly\n}'
    found = asked(rules(body), an_order())
    assert found.expected[0].amount == 6
    assert say(*found.values) == (F("244.80"), F("61.20"))


def test_120_a_rebate_on_claim_finds_the_order_claimed() -> None:
    body = 'rebate r "R" {\nbase net value of items per claim\nrate 4%\nsettle on claim\n}'
    one = only(body, an_order())
    assert say(one.amount, one.accrued, one.beside) == (12, 0, 0)


def test_120_the_earner_is_the_tree_or_the_end_customer() -> None:
    tree = 'rebate r "R" {\nbase net value of items per account and subsidiaries per year\nrate 1%\ncap EUR 4\nsettle yearly\n}'
    key = "net value per account and subsidiaries per year [ACME, 2026]"
    one = only(tree, an_order(account="ACME-NORTH", totals={key: F(250)}), "ACME and subsidiaries, together")
    assert say(one.accrued, one.amount) == (F("2.50"), F("1.50"))
    customer = 'rebate r "R" {\nbase net value of items per end customer per year\nrate 1%\nsettle yearly\n}'
    assert say(only(customer, an_order()).status, only(customer, an_order()).detail) == (
        "unknown",
        "order.end_customer",
    )
    assert only(customer, an_order(attributes={"end_customer": "E1"})).amount == 3


def test_122b_a_given_measure_is_that_after_the_order() -> None:
    one = only(rebate(INCREMENTAL), an_order(given={"t.sales": F(1100)}))
    assert say(one.measure, one.amount, one.accrued) == (1100, 4, 8)  # from 800: 200 at 1%, 100 at 2%


def test_122_a_bonus_on_a_rebate_is_on_what_that_pays_on_the_order() -> None:
    body = rebate(RETROACTIVE) + '\nrebate more "More" {\nbase rebate r\nrate 10%\nsettle yearly\n}'
    first, bonus = asked(rules(body), an_order(before="900")).expected
    assert say(first.amount, bonus.base, bonus.amount) == (6, 6, F("0.60"))
    assert (bonus.accrued, bonus.beside) == (F("0.90"), F("0.90"))


def test_94_the_better_of_two_is_expected() -> None:
    body = """waterfall { stage bonus best }
rebate a "A" {\nstage bonus\nbase sales\nrate 1%\nsettle yearly\n}
rebate b "B" {\nstage bonus\nbase sales\nrate 2%\nsettle yearly\n}"""
    first, second = asked(rules(body), an_order()).expected
    assert say(first.status, first.detail, first.amount, second.amount) == ("beaten", "t.b", 0, 6)


def test_122_an_amount_pays_what_it_grows_by() -> None:
    body = rebate("amount 5% of (greater of (EUR 0, sales - EUR 1_000))")
    one = only(body, an_order(before="900"))
    assert say(one.amount, one.parts) == (10, (8, 2))


def test_120_returned_lines_move_the_measure_and_get_nothing() -> None:
    back = LineIn("NUTS", F(-5), "piece", price=F(12))
    one = only(rebate(RETROACTIVE), an_order(COLA, back, before="900"))
    assert say(one.measure, one.base, one.amount) == (1080, 240, F("4.80"))
    assert say(*one.parts) == (F("4.80"), 0)
    assert say(one.accrued, one.beside) == (9, F("7.80"))  # 2% of 1,080 is 21.60


def test_93c_growth_is_measured_against_what_was_brought() -> None:
    body = "measure growth = sales / (sales last year) - 1\n" + rebate(
        "base sales", "tiers retroactive on growth { from 10% 2%  from 50% 4% }"
    )
    last = {YEAR: F(900), "net value per account per year [SOLO, 2025]": F(1000)}
    assert only(body, an_order(totals=last)).amount == 6  # 1,200 on 1,000 is 20%
    assert only(body, an_order(before="900")).status == "no baseline"


def test_121_classes_are_judged_by_what_is_brought() -> None:
    body = "class loyal for accounts { when sales >= EUR 500 }\n" + rebate("base sales", "rate 1%", "when class loyal")
    assert say(only(body, an_order()).status, only(body, an_order(before="100")).status) == ("condition", "condition")
    assert only(body, an_order(before="600")).amount == 3
