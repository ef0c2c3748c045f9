"""Rules that keep others out (3.4, 3.5), on numbers worked by hand; both evaluators are asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from rebates.compile import compile_rules
from rebates.model.folder import load_rules
from rebates.model.orders import LineIn, OrderIn
from rebates.model.outcome import Outcome
from rebates.reference import price
from rebates.syntax.diagnostics import Report
from tests.differential.comparing import differences
from tests.generated.world import World

F = Fraction
TWO = "waterfall { stage a best  stage b best }\n"
SUM = "waterfall { stage s sum }\n"
OFF = "waterfall { stage s best  stage off sum on charges }\n"
ITEM_OR_ORDER = "waterfall { stage item best on list  stage order best on list  best among stages item, order }\n"
SUM_OR_BEST = "waterfall { stage a sum  stage b best  best among stages a, b }\n"
ONE_OF_TWO = "waterfall { stage a best  stage b best  best among stages a, b }\n"


def outcome(
    body: str,
    *lines: LineIn,
    totals: Mapping[str, Fraction] | None = None,
    day: date = date(2026, 3, 10),
    account: str = "ACME",
    others: str = "",
    **more: object,
) -> Outcome:
    """An order under an agreement of this body, priced alike by both evaluators."""
    text = (
        f'agreement t "T" {{\n accounts all, each\n valid 2026-01-01 to 2026-12-31\n currency EUR\n{body}\n}}\n{others}'
    )
    report = Report()
    rules = load_rules({"t.rebates": text}, World(), report)
    assert rules is not None, [d.message for d in report.diagnostics]
    order = OrderIn(account, day, lines, totals=totals or {}, **more)  # type: ignore[arg-type]
    found, other = price(rules, order), compile_rules(rules).outcome(order)
    assert differences(other, found) == []
    return found


def line(quantity: str, at: str | None = None, item: str = "COLA", unit: str = "piece", **attributes: str) -> LineIn:
    return LineIn(item, F(quantity), unit, None if at is None else F(at), attributes=attributes)


def nets(found: Outcome) -> list[Fraction]:
    return [one.net_value for one in found.lines]


def why(found: Outcome, rule: str, index: int = 0) -> tuple[str, str | None]:
    [one] = [d for d in found.decisions if d.rule == f"t.{rule}" and d.line == index]
    return one.because, one.detail


# --- exclusive among stages (3.5 a to c)


def test_an_exclusive_among_stages_stands_alone_line_by_line() -> None:
    body = TWO + (
        "discount volume { stage a  rate 10% }\n"
        'discount loyal { stage b  exclusive among stages a, b  when item.brand is "Fizz"  rate 4% }'
    )
    found = outcome(body, line("100", "1"), line("100", "1", "NUTS"))
    assert nets(found) == [96, 90]  # it takes something, so it excludes even the better
    assert why(found, "volume") == ("excluded", "t.loyal")
    assert why(found, "loyal", 1) == ("condition", None)


def test_who_would_take_nothing_excludes_nothing_and_is_not_tried_again() -> None:
    # alone, on the amounts before stage a, 200 is not below 190; after it 180 would be
    body = TWO + (
        "measure worth = net value per order\n"
        "discount volume { stage a  rate 10% }\n"
        "discount small { stage b  exclusive among all  when worth < EUR 190  rate 50% }"
    )
    found = outcome(body, line("200", "1"))
    assert nets(found) == [180]
    assert why(found, "small") == ("nothing", None)


def test_an_exclusive_of_the_order_stands_alone_for_the_order() -> None:
    body = TWO + (
        "discount volume { stage a  rate 10% }\n"
        'discount voucher { stage b  exclusive among all  when item.brand is "Fizz"  rate EUR 5 per order }'
    )
    found = outcome(body, line("100", "1"), line("100", "1", "NUTS"))
    assert nets(found) == [95, 100]
    assert why(found, "volume", 1) == ("excluded", "t.voucher")


def test_a_cap_over_the_order_makes_it_a_matter_of_the_order() -> None:
    body = TWO + (
        "discount volume { stage a  rate 10% }\n"
        'discount loyal { stage b  exclusive among all  when item.brand is "Fizz"  rate 4%  cap EUR 100 per order }'
    )
    assert nets(outcome(body, line("100", "1"), line("100", "1", "NUTS"))) == [96, 100]


def test_of_two_the_better_then_the_priority_and_by_priority_the_priority_first() -> None:
    rules = (
        "discount one {{ stage a  exclusive among all{0}  priority 1  rate 5% }}\n"
        "discount two {{ stage b  exclusive among all{0}  priority 2  rate 8% }}"
    )
    found = outcome(TWO + rules.format(""), line("100", "1"))
    assert nets(found) == [92]
    assert why(found, "one") == ("excluded", "t.two")
    assert nets(outcome(TWO + rules.format(" by priority"), line("100", "1"))) == [95]
    alike = rules.format("").replace("8%", "5%")
    assert why(outcome(TWO + alike, line("100", "1")), "two") == ("excluded", "t.one")


def test_exclusives_that_do_not_meet_stand_both() -> None:
    body = (
        "waterfall { stage a best  stage b best  stage c best  stage d best }\n"
        "discount one { stage a  exclusive among stages a, b  rate 5% }\n"
        "discount two { stage d  exclusive among stages c, d  rate 10% }\n"
        "discount b { stage b  rate 50% }\n"
        "discount c { stage c  rate 50% }"
    )
    assert nets(outcome(body, line("100", "1"))) == [F("85.5")]  # 100 - 5, then 10 % of 95


def test_an_exclusive_of_one_stage_by_priority() -> None:
    body = "discount a { priority 1  exclusive by priority  rate 5% }\ndiscount b { priority 2  exclusive  rate 8% }"
    assert nets(outcome(body, line("100", "1"))) == [95]


def test_returns_are_settled_by_themselves() -> None:
    body = TWO + "discount a { stage a  rate 10% }\ndiscount b { stage b  exclusive among all  rate 4% }"
    assert nets(outcome(body, line("-50", "1"), line("100", "1"))) == [-48, 96]


# --- not with, in lieu of (3.5 d)


def test_not_with_gives_way_where_both_would_apply() -> None:
    body = SUM + (
        'discount a { stage s  when item.brand is "Fizz"  rate 3% }\ndiscount b { stage s  not with discount a  rate 5% }'
    )
    found = outcome(body, line("100", "1"), line("100", "1", "NUTS"))
    assert nets(found) == [97, 95]
    assert why(found, "b") == ("yields", "t.a")
    assert why(found, "b", 1) == ("taken", None)


def test_not_with_a_rule_of_an_earlier_stage_looks_at_what_it_did() -> None:
    # a is beaten by the better c, so it did nothing and b need not give way
    body = TWO + (
        "discount a { stage a  rate 3% }\ndiscount c { stage a  rate 4% }\n"
        "discount b { stage b  not with discount a  rate 5% }"
    )
    assert nets(outcome(body, line("100", "1"))) == [F("91.2")]
    assert nets(outcome(body.replace("rate 4%", "rate 2%"), line("100", "1"))) == [97]


def test_in_lieu_of_removes_the_other() -> None:
    body = SUM + (
        'discount a { stage s  rate 5% }\ndiscount b { stage s  in lieu of discount a  when item.brand is "Fizz"  rate 3% }'
    )
    found = outcome(body, line("100", "1"), line("100", "1", "NUTS"))
    assert nets(found) == [97, 95]
    assert why(found, "a") == ("yields", "t.b")


def test_a_chain_is_worked_out_from_its_end() -> None:
    # c stands, so b gives way; b takes nothing, so a need not
    body = SUM + (
        "discount a { stage s  not with discount b  rate 1% }\n"
        "discount b { stage s  not with discount c  rate 2% }\n"
        "discount c { stage s  rate 4% }"
    )
    assert nets(outcome(body, line("100", "1"))) == [95]


def test_a_group_drops_the_lines_on_which_it_gives_way() -> None:
    body = SUM + (
        'discount a { stage s  when item.brand is "Fizz"  rate 3% }\n'
        "discount b { stage s  not with discount a  rate EUR 6 per order }"
    )
    assert nets(outcome(body, line("100", "1"), line("100", "1", "NUTS"))) == [97, 94]


def test_in_every_way_of_combining() -> None:
    for combine in ("best", "sum", "sequence", "first"):
        rules = "discount a { stage s  priority 1  not with discount b  rate 7% }\ndiscount b { stage s  priority 2  rate 3% }"
        body = SUM.replace("sum", combine) + rules
        found = outcome(body, line("100", "1"))
        assert nets(found) == [97], combine
        assert why(found, "a") == ("yields", "t.b")


def test_on_a_charge() -> None:
    body = OFF + (
        "discount goods { stage s  when order.channel is web  rate 5% }\nattribute order.channel text\n"
        "charge freight { rate EUR 10 per order }\n"
        "discount half { stage off  base charge freight  not with discount goods  rate 50% }\n"
        "discount fifth { stage off  base charge freight  not with discount half  rate 20% }"
    )
    found = outcome(body, line("100", "1"), attributes={"channel": "shop"})
    assert found.invoice_value == 105  # half of the freight; the fifth gives way
    assert why(found, "fifth") == ("yields", "t.half")
    found = outcome(body, line("100", "1"), attributes={"channel": "web"})
    assert found.invoice_value == 95 + 8  # half gives way to the discount on goods, so the fifth stays


def test_a_charge_gives_way_to_a_discount() -> None:
    body = "discount a { when order.channel is web  rate 5% }\nattribute order.channel text\n"
    body += "charge handling { not with discount a  rate EUR 10 per order }"
    assert outcome(body, line("100", "1"), attributes={"channel": "web"}).invoice_value == 95
    assert outcome(body, line("100", "1"), attributes={"channel": "shop"}).invoice_value == 110


def test_not_with_a_programme_outside_the_file() -> None:
    body = 'discount a { not with "CO-OP", "FLEET"  rate 5% }'
    found = outcome(body, line("100", "1", programme="CO-OP"), line("100", "1"), line("100", "1", programme="OTHER"))
    assert nets(found) == [100, 95, 95]
    assert why(found, "a") == ("condition", None)
    assert nets(outcome(body, line("100", "1"), attributes={"programme": "FLEET"})) == [100]


# --- what came before (3.4)


def test_not_on_discounted_lines() -> None:
    body = TWO + (
        'discount a { stage a  when item.brand is "Fizz"  rate 3% }\ndiscount b { stage b  not on discounted lines  rate 5% }'
    )
    found = outcome(body, line("100", "1"), line("100", "1", "NUTS"))
    assert nets(found) == [97, 95]
    assert why(found, "b") == ("discounted", None)


def test_a_surcharge_is_no_discount_and_what_took_nothing_did_nothing() -> None:
    body = TWO + (
        "discount a { stage a  rate surcharge 3% }\ndiscount b { stage b  not on discounted lines  rate 50% }"
    )
    assert nets(outcome(body, line("100", "1"))) == [F("51.5")]
    body = body.replace("surcharge 3%", "0.001%")  # 0.001 of 100 rounds to nothing
    assert nets(outcome(body, line("100", "1"))) == [50]


def test_not_on_promotional_prices() -> None:
    body = (
        'price promo { promotional  when item.id is "COLA"  rate price EUR 1 per piece }\n'
        "discount a { not on promotional prices  rate 50% }"
    )
    found = outcome(body, line("100"), line("100", item="CHIPS"))
    assert nets(found) == [100, 60]
    assert why(found, "a") == ("promotional", None)
    assert nets(outcome(body, line("100", "2"))) == [100]  # a manual price is no promotion


# --- best among stages (3.5 f)


def test_the_better_of_two_stages_on_each_line() -> None:
    body = ITEM_OR_ORDER + (
        'discount bulk { stage item  when item.brand is "Nut"  rate 12% }\n'
        "discount size { stage order  tiers retroactive on list value per order { above EUR 35 5%  from EUR 100 10% } }"
    )
    # list values 149.00 and 33.30: the order has 10 % on both lines, bulk 12 % on the nuts
    found = outcome(body, line("100"), line("100", item="NUTS"))
    assert nets(found) == [F("134.1"), F("29.3")]  # 149 - 14.90; 33.30 - 3.996
    assert why(found, "size", 1) == ("beaten", "stage item")
    assert why(found, "bulk") == ("condition", None)


def test_whole_stages_are_compared_not_their_rules() -> None:
    # two times 4 % in a sum are more than 7 %
    body = SUM_OR_BEST + (
        "discount a1 { stage a  rate 4% }\ndiscount a2 { stage a  rate 4% }\ndiscount b { stage b  rate 7% }"
    )
    found = outcome(body, line("100", "1"))
    assert nets(found) == [92]
    assert why(found, "b") == ("beaten", "stage a")


def test_for_the_order_where_a_rule_decides_on_it() -> None:
    # 7 of stage a against 10 of stage b, though a is better on the second line
    body = ONE_OF_TWO + (
        'discount a { stage a  when item.brand is "Nut"  rate 7% }\ndiscount b { stage b  rate EUR 10 per order }'
    )
    assert nets(outcome(body, line("100", "1"), line("100", "1", "NUTS"))) == [95, 95]
    assert nets(outcome(body.replace("7%", "11%"), line("100", "1"), line("100", "1", "NUTS"))) == [100, 89]


def test_a_stage_in_which_nothing_happens_keeps_nobody_out() -> None:
    body = "waterfall { stage a best  stage b best  best among stages a, b }\ndiscount b { stage b  rate 5% }"
    assert nets(outcome(body, line("100", "1"))) == [95]


def test_with_several_agreements_each_stage_speaks_as_it_does_alone() -> None:
    fall = "waterfall { stage a best  stage b best  best among stages a, b }\n"
    own = (
        f'agreement u "U" {{ accounts ACME  valid 2026-01-01 to 2026-12-31  currency EUR {fall}'
        " discount a { stage a  rate 6% } }\n"
    )
    body = fall + "discount x { stage a  rate 20% }\ndiscount y { stage b  rate 5% }"
    assert nets(outcome(body, line("100", "1"), others=own)) == [94]  # 20 % is outranked by the account's own 6 %


# --- discounts as values (2.6, calculation 54)


def test_a_discount_named_in_an_amount_is_what_it_earns() -> None:
    # a earns 3 % of 100 and tops up to 5
    body = SUM + (
        "discount a { stage s  rate 3% }\ndiscount top_up { stage s  amount greater of (EUR 5, discount a) - discount a }"
    )
    assert nets(outcome(body, line("100", "1"))) == [95]
    assert nets(outcome(body, line("200", "1"))) == [194]  # 6 are more than 5


def test_it_is_named_after_its_limits_and_before_what_its_stage_makes_of_it() -> None:
    # a would take 8, capped to 4; beaten by b it counts all the same
    body = TWO + (
        "discount a { stage a  rate 8%  cap EUR 4 per order }\ndiscount b { stage a  rate 6% }\n"
        "discount half { stage b  amount 50% of discount a }"
    )
    assert nets(outcome(body, line("100", "1"))) == [92]


def test_a_condition_on_a_discount_of_an_earlier_stage() -> None:
    body = TWO + "discount a { stage a  rate 3% }\ndiscount b { stage b  when discount a >= EUR 3  rate 10% }"
    assert nets(outcome(body, line("100", "1"))) == [F("87.3")]
    assert nets(outcome(body, line("99", "1"))) == [F("96.03")]


def test_a_charge_may_stand_on_a_discount() -> None:
    body = "discount a { rate 3% }\ncharge handling { amount 10% of discount a }"
    assert outcome(body, line("100", "1")).invoice_value == F("97.3")


def test_in_a_sequence_it_is_what_it_earns_as_the_stage_began() -> None:
    # b takes 10 of 100 first; a alone would take 10 of 100, not of 90
    body = SUM.replace("sum", "sequence") + (
        "discount a { stage s  priority 2  rate 10% }\ndiscount b { stage s  priority 1  rate 10% }\n"
        "discount c { stage s  priority 3  amount discount a }"
    )
    assert nets(outcome(body, line("100", "1"))) == [71]  # 100 - 10 - 9 - 10
