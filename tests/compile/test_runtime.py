"""The runtime, number by number of docs/calculation.md; expected amounts worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from rebates.compile import compile_rules
from rebates.model.nodes import (
    MONEY,
    NUMBER,
    PRICE,
    Amount,
    And,
    Base,
    Bound,
    ChargeAmount,
    Compare,
    Condition,
    Constant,
    Guard,
    ItemPrice,
    Limit,
    Not,
    NotBelow,
    OneOf,
    PriceTable,
    Rounding,
    RuleSet,
    Scope,
    When,
)
from rebates.model.orders import OrderIn
from rebates.model.outcome import Decision, OrderError, Outcome
from tests.plan.building import (
    CHARGES,
    DISCOUNTS,
    SPAN,
    agreement,
    amount,
    attribute,
    each,
    flat,
    full,
    is_,
    line,
    lump,
    master,
    money,
    n,
    order,
    percent,
    price,
    quantity,
    rule,
    rule_set,
    stage,
    table,
    tiers,
    who,
)


def priced(rules: RuleSet, asked: OrderIn) -> Outcome:
    return compile_rules(rules).outcome(asked)


def deal(*rules: Any, **more: Any) -> RuleSet:
    return rule_set(agreement("deal", *rules, **more))


def nets(outcome: Outcome) -> list[str]:
    return [f"{float(each.net_value):.2f}" for each in outcome.lines]


def why(outcome: Outcome, name: str, index: int = 0) -> Decision:
    return next(each for each in outcome.decisions if each.rule == name and each.line == index)


def money_of(outcome: Outcome, name: str) -> list[Fraction]:
    return [each.amount for each in outcome.decisions if each.rule == name]


# --- a stage ----------------------------------------------------------------------------------------------------------


def test_sum_is_one_step_whose_parts_add_up() -> None:
    rules = [rule(name, flat(percent("33.335%"))) for name in "abc"]
    result = priced(deal(*rules, stages=(stage("discounts", "sum"), CHARGES)), order(line("0.1")))
    # 1.00 − 3 × 0.33335 = −0.00005, stopped at zero: each a third of 1.00, the missing cent to the first
    assert nets(result) == ["0.00"]
    assert result.lines[0].steps[0].parts == (("deal.a", n("0.34")), ("deal.b", n("0.33")), ("deal.c", n("0.33")))


def test_sequence_rounds_each_step() -> None:
    rules = [rule("b", flat(percent("5.5%"))), rule("a", flat(percent("10%")), priority=1)]
    result = priced(deal(*rules, stages=(stage("discounts", "sequence"), CHARGES)), order(line("0.333")))
    # 3.33 − 10 % = 2.997 → 3.00; 3.00 − 5.5 % = 2.835 → 2.84 (half up)
    assert nets(result) == ["2.84"]
    assert result.lines[0].steps[0].parts == (("deal.a", n("0.33")), ("deal.b", n("0.16")))


def test_first_closes_the_line() -> None:
    rules = [
        rule("later", flat(percent("10%")), priority=2),
        rule("packs", flat(full(5, "carton", 10)), priority=1),
    ]
    asked = deal(*rules, stages=(stage("discounts", "first"), CHARGES))
    result = priced(asked, order(line(10), line(9)))
    assert nets(result) == ["95.00", "81.00"]
    assert why(result, "deal.later", 0).because == "beaten"
    assert why(result, "deal.later", 0).detail == "deal.packs"
    assert why(result, "deal.packs", 1).because == "nothing"


def test_best_compares_a_group_with_the_lines_it_covers() -> None:
    rules = [
        rule("lines", flat(percent("4%"))),
        rule("order", flat(lump(9)), decides=Scope.ORDER),
    ]
    # 4 % of 100.00 and 200.00 are 12.00, more than 9.00 on both
    result = priced(deal(*rules), order(line(10), line(20)))
    assert nets(result) == ["96.00", "192.00"]
    assert why(result, "deal.order").because == "beaten"
    # of 50.00 and 100.00 they are 6.00: the order's 9.00 is spread 3.00 and 6.00
    result = priced(deal(*rules), order(line(5), line(10)))
    assert nets(result) == ["47.00", "94.00"]


def test_a_surcharge_does_not_vanish_for_want_of_a_rival() -> None:
    result = priced(deal(rule("small", flat(lump("-5")), decides=Scope.ORDER)), order(line(1)))
    assert nets(result) == ["15.00"]
    result = priced(deal(rule("small", flat(percent("-5%"))), rule("more", flat(percent("-4%")))), order(line(1)))
    assert nets(result) == ["10.40"]


def test_an_orders_amount_is_spread_by_largest_remainder() -> None:
    asked = deal(rule("freight", flat(lump(10)), kind="charge", decides=Scope.ORDER))
    result = priced(asked, order(line(1), line(1), line(1)))
    assert money_of(result, "deal.freight") == [n("3.34"), n("3.33"), n("3.33")]
    assert result.charges[0].amount == 10
    assert result.invoice_value == 40


def test_what_zero_stops_goes_to_the_other_lines() -> None:
    rules = [rule("units", flat(lump(12)), decides=Scope.ORDER, spread="quantity")]
    # 12.00 by 90 and 30 pieces of nuts at 0.01 … weights 1 carton of cola = 24 base units against 60 pieces of nuts
    cheap = [line(1), line(60, "piece", "NUTS", price=n("0.10"))]
    result = priced(deal(*rules), order(*cheap))
    # shares 24/84 × 12 = 3.43 and 60/84 × 12 = 8.57, stopped at 6.00: the rest, 6.00, falls on the cola
    assert nets(result) == ["4.00", "0.00"]


def test_not_below_loses_what_it_stops() -> None:
    lowest = NotBelow(Constant(n("9.80"), PRICE, "carton", span=SPAN), False, span=SPAN)
    result = priced(deal(rule("five", flat(percent("5%")), not_below=lowest)), order(line(10)))
    assert nets(result) == ["98.00"]


def test_exclusive_line_by_line() -> None:
    rules = [
        rule("alone", flat(percent("3%")), exclusive=True, when=(is_("item.family", "SNACK"),)),
        rule("other", flat(percent("10%"))),
    ]
    result = priced(
        deal(*rules, stages=(stage("discounts", "sum"), CHARGES)), order(line(10), line(1, "carton", "NUTS"))
    )
    # nuts: 19.98 − 3 % = 19.3806
    assert nets(result) == ["90.00", "19.38"]
    assert why(result, "deal.other", 1) == Decision("deal.other", 1, "excluded", detail="deal.alone")


def test_exclusive_for_the_order_where_a_rule_decides_on_it() -> None:
    rules = [
        rule("alone", flat(percent("3%")), exclusive=True, when=(is_("item.family", "SNACK"),)),
        rule("lump", flat(lump(50)), decides=Scope.ORDER),
    ]
    result = priced(deal(*rules), order(line(10), line(1, "carton", "NUTS")))
    assert nets(result) == ["100.00", "19.38"]
    assert why(result, "deal.lump", 0).because == "excluded"


# --- tiers ------------------------------------------------------------------------------------------------------------


def test_incremental_over_an_order_cuts_each_line_alike() -> None:
    asked = deal(
        rule("cut", tiers("incremental", quantity("carton", Scope.ORDER), (0, percent("1%")), (10, percent("4%"))))
    )
    # 40 cartons: 10 at 1 %, 30 at 4 % → 3.25 % of each line: 3.25 and 9.75
    result = priced(asked, order(line(10), line(30)))
    assert nets(result) == ["96.75", "290.25"]
    assert why(result, "deal.cut").tier == 1
    assert why(result, "deal.cut").measure == 40


def test_interpolated_holds_the_last_row_or_continues() -> None:
    rows = tiers("interpolated", quantity("carton"), (10, percent("1%")), (20, percent("3%")))
    assert nets(priced(deal(rule("i", rows)), order(line(15)))) == ["147.00"]
    assert nets(priced(deal(rule("i", rows)), order(line(30)))) == ["291.00"]
    assert nets(priced(deal(rule("i", replace(rows, continues=True))), order(line(30)))) == ["285.00"]


def test_bounds_in_and_out() -> None:
    rows = tiers("retroactive", quantity("carton"), ("above", 10, percent("1%")), (20, percent("2%")))
    result = priced(deal(rule("t", rows)), order(line(10), line("10.5"), line(20)))
    assert [why(result, "deal.t", place).because for place in range(3)] == ["no tier", "taken", "taken"]
    assert nets(result) == ["100.00", "103.95", "196.00"]


def to_date(what: str = "net", **more: Any) -> Any:
    return amount(what, Scope.ACCOUNT, window="year", key=f"{what} value per account per year", **more)


KEY = "net value per account per year [ACME, 2026]"


def test_a_total_to_date_counts_this_order_and_goes_out_with_final_amounts() -> None:
    asked = deal(rule("year", tiers("retroactive", to_date(), (1000, percent("10%")))))
    result = priced(asked, order(line(20), totals={KEY: n(800)}))
    # 800 + 200 reaches 1000: 10 % of this order only
    assert nets(result) == ["180.00"]
    assert result.totals == {KEY: n(980)}
    assert why(priced(asked, order(line(19), totals={KEY: n(800)})), "deal.year").because == "no tier"


def test_incremental_to_date_cuts_this_order() -> None:
    asked = deal(rule("year", tiers("incremental", to_date(), (0, percent("1%")), (1000, percent("10%")))))
    result = priced(asked, order(line(30), totals={KEY: n(800)}))
    # 200 at 1 %, 100 at 10 %
    assert nets(result) == ["288.00"]


def test_a_lump_sum_to_date_pays_what_it_grew_by() -> None:
    worth = tiers("lump sum", to_date(), (1000, lump(50, Scope.ACCOUNT)), (2000, lump(120, Scope.ACCOUNT)))
    asked = deal(rule("year", worth, decides=Scope.ACCOUNT))
    assert nets(priced(asked, order(line(100), totals={KEY: n(1500)}))) == ["930.00"]
    assert nets(priced(asked, order(line(10), totals={KEY: n(1500)}))) == ["100.00"]


# --- limits -----------------------------------------------------------------------------------------------------------


def test_a_cap_of_the_order_is_spread_by_what_each_line_would_have_got() -> None:
    cap = Bound(money(10), "amount", Scope.ORDER, span=SPAN)
    rows = tiers("retroactive", quantity("carton"), (1, percent("4%")), (20, percent("8%")))
    result = priced(deal(rule("c", rows, caps=(cap,))), order(line(10), line(20)))
    # 4.00 and 16.00, together 20.00, capped at 10.00: 2.00 and 8.00
    assert nets(result) == ["98.00", "192.00"]


def test_a_cap_beyond_the_order_leaves_what_was_not_paid() -> None:
    cap = Bound(money(10), "amount", Scope.ACCOUNT, "year", "cap of c", span=SPAN)
    asked = deal(rule("c", flat(percent("10%")), caps=(cap,)))
    result = priced(asked, order(line(10), totals={"cap of c [ACME, 2026]": n(7)}))
    assert nets(result) == ["97.00"]
    assert result.totals == {"cap of c [ACME, 2026]": n(10)}
    result = priced(asked, order(line(10), totals={"cap of c [ACME, 2026]": n(10)}))
    assert why(result, "deal.c").because == "used up"


def test_a_limit_in_units_takes_the_dearest() -> None:
    limit = Limit(n(30), "piece", None, Scope.ORDER, "dearest", False, span=SPAN)
    result = priced(
        deal(rule("l", flat(percent("10%")), limit=limit)), order(line(60, "piece", "NUTS"), line(24, "piece"))
    )
    # cola 0.41667 a piece: all 24 (10.00 → 1.00); nuts 19.98: 6 of 60 pieces, 0.1998
    assert nets(result) == ["19.78", "9.00"]


def test_a_limit_that_leaves_nothing_is_used_up() -> None:
    limit = Limit(n(10), "carton", None, Scope.ORDER, "in order", False, span=SPAN)
    result = priced(deal(rule("l", flat(percent("10%")), limit=limit)), order(line(10), line(5)))
    assert nets(result) == ["90.00", "50.00"]
    assert why(result, "deal.l", 1).because == "used up"


def test_less_than_the_minimum_payout_is_lost() -> None:
    edge = Bound(money(5), "amount", Scope.ORDER, span=SPAN)
    asked = deal(rule("p", flat(percent("1%")), pays_from=edge))
    assert why(priced(asked, order(line(49))), "deal.p").because == "pays from"
    assert nets(priced(asked, order(line(50)))) == ["495.00"]


# --- conditions -------------------------------------------------------------------------------------------------------


def test_unknown_is_neither_is_nor_is_not() -> None:
    channel = attribute("order.channel")
    conditions: list[Condition] = [
        OneOf(channel, ("web",), False, span=SPAN),
        OneOf(channel, ("web",), True, span=SPAN),
        Not(OneOf(channel, ("web",), False, span=SPAN), span=SPAN),
    ]
    for condition in conditions:
        asked = deal(rule("w", flat(percent("1%")), when=(When(condition, span=SPAN),)))
        assert why(priced(asked, order(line(1))), "deal.w") == Decision(
            "deal.w", 0, "unknown", clause=0, detail="order.channel"
        )


def test_a_false_part_decides_before_an_unknown_one() -> None:
    both = And(
        (OneOf(attribute("order.channel"), ("web",), False, span=SPAN), OneOf(attribute("item.id"), ("NUTS",), False, span=SPAN)),
        span=SPAN,
    )  # fmt: skip
    asked = deal(rule("w", flat(percent("1%")), when=(is_("account.id", "ACME"), When(both, span=SPAN))))
    assert why(priced(asked, order(line(1))), "deal.w") == Decision("deal.w", 0, "condition", clause=1)


def test_dates_codes_and_base_come_in_this_order() -> None:
    rules = [
        rule("dates", flat(percent("1%")), last=date(2026, 3, 9), codes=("X",)),
        rule("code", flat(percent("1%")), codes=("X",), when=(is_("item.id", "NUTS"),)),
        rule("base", flat(percent("1%")), base=Base("running", Scope.LINE, OneOf(attribute("item.id"), ("NUTS",), False, span=SPAN), span=SPAN)),
    ]  # fmt: skip
    result = priced(deal(*rules), order(line(1)))
    assert [each.because for each in result.decisions] == ["dates", "code", "base"]
    assert nets(priced(deal(*rules[1:2]), order(line(1, "carton", "NUTS"), codes=frozenset({"X"})))) == ["19.78"]


def test_a_total_of_the_order_opens_the_gate_for_every_line() -> None:
    gate = When(Compare(">=", amount("net"), money(100), span=SPAN), span=SPAN)
    asked = deal(rule("g", flat(percent("10%")), when=(gate,)))
    assert nets(priced(asked, order(line(4), line(6)))) == ["36.00", "54.00"]
    assert nets(priced(asked, order(line(4), line(5)))) == ["40.00", "50.00"]


# --- prices -----------------------------------------------------------------------------------------------------------

PRICES = table(
    "prices",
    ("account", "item", "unit"),
    "price",
    [{"account": "ACME", "item": "COLA", "unit": "piece", "price": "0.40"}],
)
ACCOUNT_PRICE = PriceTable("prices", (attribute("account.id"), attribute("item.id"), "unit"), "price", span=SPAN)


def test_the_most_specific_price_wins_and_is_converted_exactly() -> None:
    rules = [rule("account", ACCOUNT_PRICE, kind="price"), rule("cheap", flat(price(9, "carton")), kind="price")]
    result = priced(rule_set(agreement("deal", *rules), tables={"prices": PRICES}), order(line(10)))
    # 0.40 a piece is 9.60 a carton, dearer than 9.00 but for this account and item
    assert result.lines[0].gross_price == n("9.60")
    assert result.lines[0].price_row == ("prices.csv", 2)
    assert why(result, "deal.cheap") == Decision("deal.cheap", 0, "outranked", amount=n(9), detail="deal.account")


def test_a_promotional_price_replaces_a_higher_one() -> None:
    rules = [
        rule("account", ACCOUNT_PRICE, kind="price"),
        rule("promo", flat(price(9, "carton")), kind="price", promotional=True),
        rule("dear", flat(price("9.70", "carton")), kind="price", promotional=True),
    ]
    asked = rule_set(agreement("deal", *rules), tables={"prices": PRICES})
    result = priced(asked, order(line(10)))
    assert result.lines[0].price_rule == "deal.promo"
    assert why(result, "deal.account").because == why(result, "deal.dear").because == "beaten"
    closed = rule_set(
        agreement("deal", replace(rules[0], account_price_only=True), *rules[1:]), tables={"prices": PRICES}
    )
    result = priced(closed, order(line(10)))
    assert result.lines[0].price_rule == "deal.account"
    assert why(result, "deal.promo").because == "outranked"


def test_incremental_prices_average_over_the_slices() -> None:
    rows = tiers("incremental", quantity("carton"), (10, price(9, "carton")), (20, price(8, "carton")))
    result = priced(deal(rule("p", rows, kind="price")), order(line(40)))
    # 10 at the list price 10, 10 at 9, 20 at 8: 350 ÷ 40
    assert result.lines[0].gross_price == n("8.75")
    assert result.lines[0].gross_value == 350


def test_a_manual_price_takes_the_place_of_the_account_price() -> None:
    result = priced(
        deal(rule("p", flat(price(9, "carton")), kind="price"), rule("d", flat(percent("10%")))),
        order(line(10, price=n(8)), line(10, net_price=n("8.555")), line(10, discount=n("1.5%"))),
    )
    assert nets(result) == ["72.00", "85.55", "79.79"]
    assert result.lines[0].price_rule == "manual"
    assert why(result, "deal.p") == Decision("deal.p", 0, "outranked", amount=n(9), detail="manual")
    assert result.lines[2].steps[-1].parts == (("manual", n("1.21")),)  # 81.00 × 0.985 = 79.785


# --- agreements -------------------------------------------------------------------------------------------------------


def test_the_more_specific_agreement_speaks_alone_in_a_stage() -> None:
    everyone = agreement("everyone", rule("d", flat(percent("10%")), agreement="everyone"))
    own = agreement("own", rule("d", flat(percent("2%")), agreement="own"), who=who("account", "ACME"))
    result = priced(rule_set(everyone, own), order(line(10)))
    assert result.agreements == ("own", "everyone")
    assert nets(result) == ["98.00"]
    assert why(result, "everyone.d") == Decision("everyone.d", 0, "outranked", detail="own")
    joined = priced(rule_set(everyone, replace(own, adds_to=("everyone",))), order(line(10)))
    assert nets(joined) == ["90.00"]


def test_who_cannot_be_priced_is_told_so() -> None:
    known = master(accounts=[{"id": "SOLO", "parent": ""}])
    closed = agreement("own", who=who("account", "ACME"))
    for rules, asked, code in (
        (rule_set(closed), order(line(1), account="SOLO"), "R0501"),
        (rule_set(agreement("all"), master=known), order(line(1)), "R0502"),
        (deal(), order(line(1, "piece", "TEA")), "R0503"),
        (rule_set(agreement("all"), master=known), order(line(1), account="SOLO"), "R0504"),
        (deal(rule("r", tiers("retroactive", quantity("pallet"), (1, percent("1%"))))), order(line(1)), "R0505"),
        (deal(), order(line(0)), "R0506"),
        (deal(), order(), "R0507"),
        (rule_set(agreement("a"), agreement("b", currency="USD")), order(line(1)), "R0508"),
    ):
        with pytest.raises(OrderError) as error:
            priced(rules, asked)
        assert error.value.code == code


# --- returns ----------------------------------------------------------------------------------------------------------


def test_returns_are_priced_apart_and_mirrored() -> None:
    volume = rule("v", tiers("retroactive", quantity("carton", Scope.ORDER), (10, percent("10%"))))
    result = priced(deal(volume), order(line(9), line(-10), line(1)))
    # sales: 9 + 1 = 10 cartons; the return has 10 of its own
    assert nets(result) == ["81.00", "-90.00", "9.00"]
    assert why(result, "deal.v", 1).amount == n(-10)
    assert result.net_value == 0


def test_returns_leave_fixed_sums_out_and_lower_a_total() -> None:
    rules = [
        rule("v", tiers("retroactive", to_date(), (1000, percent("10%")))),
        rule("freight", flat(lump(5)), kind="charge", decides=Scope.ORDER),
    ]
    result = priced(deal(*rules), order(line(-20), line(10), totals={KEY: n(1000)}))
    # the return: tier reached before it, −180.00; the sale: 1000 − 180 + 100 < 1000
    assert nets(result) == ["-180.00", "100.00"]
    assert [each.invoice_value for each in result.lines] == [-180, 105]
    assert result.totals == {KEY: n(920)}


# --- charges, guards, rounding ----------------------------------------------------------------------------------------


def test_a_discount_on_freight() -> None:
    rules = [
        rule("freight", flat(lump(20)), kind="charge", decides=Scope.ORDER),
        rule("off", flat(percent("25%")), stage="freight_off", base=Base("charge", Scope.ORDER, charge="deal.freight", span=SPAN)),
    ]  # fmt: skip
    result = priced(
        deal(*rules, stages=(DISCOUNTS, CHARGES, stage("freight_off", "best", "charges"))), order(line(10), line(30))
    )
    assert (result.charges[0].amount, result.charges[0].after) == (n(20), n(15))
    assert [dict(each.charges)["deal.freight"] for each in result.lines] == [n("3.75"), n("11.25")]
    assert money_of(result, "deal.off") == [n("1.25"), n("3.75")]
    assert result.invoice_value == 415


def test_an_amount_below_zero_is_zero_and_charges_read_charges() -> None:
    rules = [
        rule("small", Amount(minus(money(150), amount("net")), span=SPAN), kind="charge", decides=Scope.ORDER),
        rule("fuel", Amount(times("10%", ChargeAmount("deal.small", span=SPAN)), span=SPAN), kind="charge", stage="fuel", decides=Scope.ORDER),
    ]  # fmt: skip
    asked = deal(*rules, stages=(DISCOUNTS, CHARGES, stage("fuel", "sum")))
    assert priced(asked, order(line(10))).invoice_value == 155
    assert priced(asked, order(line(20))).invoice_value == 200


def minus(left: Any, right: Any) -> Any:
    from rebates.model.nodes import Arithmetic

    return Arithmetic("-", left, right, MONEY, span=SPAN)


def times(rate: str, expr: Any) -> Any:
    from rebates.model.nodes import Arithmetic

    return Arithmetic("*", Constant(n(rate), NUMBER, span=SPAN), expr, MONEY, span=SPAN)


def test_guards_and_cash_rounding() -> None:
    guards = (
        Guard("deal.guard 1", "deal", "discount", False, "<=", Constant(n("5%"), NUMBER, span=SPAN), "director", span=SPAN),
        Guard("deal.guard 2", "deal", "invoice margin", True, ">=", Constant(n("30%"), NUMBER, span=SPAN), None, span=SPAN),
        Guard("deal.guard 3", "deal", "net price", True, ">=", ItemPrice("cost", span=SPAN), None, span=SPAN),
    )  # fmt: skip
    asked = deal(rule("d", flat(percent("10.1%"))), guards=guards, rounding=Rounding(order_step=Fraction(1, 20)))
    result = priced(asked, order(line("1.1"), line(60, "piece", "NUTS")))
    # 11.00 − 10.1 % = 9.889 → 9.89; 19.98 − 10.1 % = 17.96202 → 17.96; 27.85 needs no rounding
    assert nets(result) == ["9.89", "17.96"]
    assert result.cash_rounding == 0
    discount, cola, nuts, price_cola, price_nuts = result.guards
    assert discount.value == n("3.13") / n("30.98")
    assert not discount.holds
    assert cola.value == (n("9.89") - n("6.60")) / n("9.89")
    assert cola.holds
    assert (nuts.value, nuts.holds) == (None, False)
    assert (price_cola.value, price_cola.bound, price_cola.holds) == (n("9.89") / n("1.1"), n(6), True)
    assert (price_nuts.bound, price_nuts.holds) == (None, False)
    answer = compile_rules(asked).price(order(line("1.1")))
    assert answer.approvals == ["director"]
    assert not answer.rejected
    assert priced(asked, order(line("1.2"))).cash_rounding == n("0.01")  # 12.00 − 10.1 % = 10.788 → 10.79 → 10.80


def test_round_once_shows_differences_of_rounded_amounts() -> None:
    rules = [rule("a", flat(percent("0.4%"))), rule("b", flat(percent("0.4%")), stage="two")]
    asked = deal(*rules, stages=(DISCOUNTS, stage("two", "best"), CHARGES), rounding=Rounding(round_once=True))
    result = priced(asked, order(line("0.1")))
    # 1.00, exactly 0.996 and 0.992016: shown 1.00, 1.00, 0.99
    assert nets(result) == ["0.99"]
    assert [(each.stage, each.before, each.after) for each in result.lines[0].steps] == [("two", n(1), n("0.99"))]


def test_the_difference_is_carried_to_the_next_line() -> None:
    asked = deal(rule("a", flat(percent("50%"))), rounding=Rounding(carry_difference=True))
    result = priced(asked, order(*[line("0.001") for _ in range(4)]))
    # gross 0.01 each; half of it 0.005: up to 0.01, then −0.005 carried makes 0.00, and so on
    assert nets(result) == ["0.01", "0.00", "0.01", "0.00"]


def test_discount_rounds_and_price_rounds_first() -> None:
    half = deal(rule("a", flat(percent("50%"))), rounding=Rounding(discount_rounds=True))
    assert nets(priced(half, order(line("0.001")))) == ["0.00"]
    first = deal(rule("a", flat(percent("3.33%"))), rounding=Rounding(price_first=True))
    # 10.00 − 3.33 % = 9.667 → 9.67 × 30
    assert nets(priced(first, order(line(30)))) == ["290.10"]


def test_money_packages_count_the_base() -> None:
    from rebates.model.nodes import Package, UnitPiece

    per_100 = UnitPiece(money(3), Package("started", n(100), None, Scope.ORDER, span=SPAN), span=SPAN)
    asked = deal(rule("p", flat(per_100), decides=Scope.ORDER))
    assert nets(priced(asked, order(line(10), line("10.1")))) == ["95.52", "96.48"]  # 201.00: three begun, 9.00


def test_each_unit_stops_at_its_price() -> None:
    assert nets(priced(deal(rule("e", flat(each(11, "carton")))), order(line(3)))) == ["0.00"]
