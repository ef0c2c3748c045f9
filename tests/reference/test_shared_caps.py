"""Caps that several rules share (4.5 c, d, f), on numbers worked by hand; both evaluators are asked."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from rebates.compile import compile_rules
from rebates.model.folder import load_rules
from rebates.model.orders import OrderIn
from rebates.syntax.diagnostics import Report
from tests.generated.world import World
from tests.reference.test_combination import line, nets, outcome, why

F = Fraction
SUM = "waterfall { stage s sum }\n"
TWO = SUM + "discount a { stage s  rate 10% }\ndiscount b { stage s  rate 5% }\n"
PAID = "paid by t.a, t.b per account per year [ACME, 2026]"


def took(found: object, rule: str) -> Fraction:
    return sum((d.amount for d in found.decisions if d.rule == f"t.{rule}"), F(0))  # type: ignore[attr-defined]


def test_the_cut_is_spread_over_the_rules_by_their_exact_amounts() -> None:
    # 20.00 and 10.00 together are held to 10: 6.67 and 3.33, each spread over two lines of the same amount
    found = outcome(TWO + "cap EUR 10 per order across discount a, discount b", line("100", "1"), line("100", "1"))
    assert [took(found, "a"), took(found, "b")] == [F("6.67"), F("3.33")]
    assert sum(nets(found)) == 190


def test_what_fits_is_left_as_it_is() -> None:
    found = outcome(TWO + "cap EUR 30 per order across discount a, discount b", line("100", "1"), line("100", "1"))
    assert nets(found) == [85, 85]


def test_rules_that_are_not_named_are_not_touched() -> None:
    body = TWO + "discount c { stage s  rate 2% }\ncap EUR 6 per order across discount a, discount b"
    found = outcome(body, line("100", "1"))
    assert [took(found, "a"), took(found, "b"), took(found, "c")] == [4, 2, 2]


def test_rounded_amounts_are_together_never_more_than_the_cap() -> None:
    # 0.05 over equal amounts: 0.025 each would round up to 0.06 together
    body = SUM + (
        "discount a { stage s  rate 10% }\ndiscount b { stage s  rate 10% }\n"
        "cap EUR 0.05 per order across discount a, discount b"
    )
    found = outcome(body, line("10", "1"))
    assert [took(found, "a"), took(found, "b")] == [F("0.03"), F("0.02")]  # the first at a tie


def test_in_order_fills_them_as_listed() -> None:
    body = TWO + "cap EUR 11 per order across discount b, discount a, in order"
    found = outcome(body, line("100", "1"))
    assert [took(found, "b"), took(found, "a")] == [5, 6]
    body = TWO + "cap EUR 5 per order across discount b, discount a, in order"
    found = outcome(body, line("100", "1"))
    assert [took(found, "b"), took(found, "a")] == [5, 0]
    assert why(found, "a") == ("used up", "cap across b, a")


def test_all_or_nothing_gives_nothing_to_what_does_not_fit() -> None:
    body = TWO + "cap EUR 14 per order across discount a, discount b, all or nothing"
    found = outcome(body, line("100", "1"))
    assert nets(found) == [100]  # neither fits whole while the other takes its own
    assert why(found, "a") == why(found, "b") == ("used up", "cap across a, b")


def test_in_order_all_or_nothing_tries_the_next_with_what_is_left() -> None:
    body = TWO + (
        "discount c { stage s  rate 2% }\n"
        "cap EUR 12 per order across discount a, discount b, discount c, in order, all or nothing"
    )
    found = outcome(body, line("100", "1"))
    assert [took(found, "a"), took(found, "b"), took(found, "c")] == [10, 0, 2]
    assert why(found, "b") == ("used up", "cap across a, b, c")


def test_per_line_each_line_by_itself() -> None:
    body = TWO + "cap EUR 6 per line across discount a, discount b"
    found = outcome(body, line("100", "1"), line("20", "1"))
    assert nets(found) == [94, 17]  # 15 is held to 6; 3 fits


def test_a_narrow_cap_goes_before_a_wide_one() -> None:
    # per line: 15 and 15 are held to 6 and 6 (a 4, b 2 each); per order 12 to 9: a 6, b 3
    body = TWO + ("cap EUR 9 per order across discount a, discount b\ncap EUR 6 per line across discount a, discount b")
    found = outcome(body, line("100", "1"), line("100", "1"))
    assert [took(found, "a"), took(found, "b")] == [6, 3]


def test_a_rule_that_decides_on_the_order_keeps_what_lies_outside_the_cap() -> None:
    # EUR 10 per order: 5 on each line; on each line with 5 % of b, 5 + 5 is held to 4: a 2, b 2
    body = SUM + (
        "discount a { stage s  rate EUR 10 per order }\ndiscount b { stage s  rate 5% }\n"
        "cap EUR 4 per item across discount a, discount b"
    )
    found = outcome(body, line("100", "1"), line("100", "1", "NUTS"))
    assert [took(found, "a"), took(found, "b")] == [4, 4]
    assert nets(found) == [96, 96]


def test_what_was_paid_comes_in_and_goes_out_under_one_key() -> None:
    body = TWO + "cap EUR 20 per account per year across discount a, discount b"
    first = outcome(body, line("100", "1"))
    assert nets(first) == [85]
    assert first.totals[PAID] == 15
    then = outcome(body, line("100", "1"), totals=first.totals)
    # 5 are left of 20: 10 and 5 share them as 3.33 and 1.67
    assert [took(then, "a"), took(then, "b")] == [F("3.33"), F("1.67")]
    assert then.totals[PAID] == 20
    last = outcome(body, line("100", "1"), totals=then.totals)
    assert nets(last) == [100]
    assert why(last, "a") == ("used up", "cap across a, b")


def test_a_return_gives_back_what_it_takes_back() -> None:
    body = TWO + "cap EUR 20 per account per year across discount a, discount b"
    found = outcome(body, line("-40", "1"), totals={PAID: F(9)})
    assert nets(found) == [-34]
    assert found.totals[PAID] == 3


def test_a_cap_over_charges() -> None:
    body = (
        "charge freight { rate EUR 12 per order }\ncharge pallet { rate EUR 6 per order }\n"
        "cap EUR 9 per order across charge freight, charge pallet"
    )
    found = outcome(body, line("100", "1"))
    assert {one.rule: one.amount for one in found.charges} == {"t.freight": 6, "t.pallet": 3}
    assert found.invoice_value == 109


def test_a_surcharge_neither_counts_nor_is_cut() -> None:
    body = SUM + (
        "discount a { stage s  rate 10% }\ndiscount up { stage s  rate surcharge 4% }\n"
        "cap EUR 8 per order across discount a, discount up"
    )
    found = outcome(body, line("100", "1"))
    assert [took(found, "a"), took(found, "up")] == [8, -4]


def test_an_exclusive_stands_alone_before_the_cap_is_kept_to() -> None:
    body = SUM + (
        "discount a { stage s  rate 10% }\ndiscount b { stage s  exclusive  rate 5% }\n"
        "cap EUR 4 per order across discount a, discount b"
    )
    found = outcome(body, line("100", "1"))
    assert [took(found, "a"), took(found, "b")] == [0, 4]
    assert why(found, "a") == ("excluded", "t.b")


def test_round_once_shares_exactly() -> None:
    body = "round once\n" + TWO + "cap EUR 10 per order across discount a, discount b"
    found = outcome(body, line("100", "1"))
    assert nets(found) == [90]


def test_a_cap_can_be_a_measure() -> None:
    body = TWO + "measure sales = net value per order\ncap 6% of sales across discount a, discount b"
    found = outcome(body, line("50", "1"))
    assert [took(found, "a"), took(found, "b")] == [2, 1]


def test_an_amendment_ends_a_rule_of_the_cap() -> None:
    body = TWO + (
        'cap EUR 3 per order across discount a, discount b\namend from 2026-06-01 "Without b" { remove discount b }'
    )
    assert nets(outcome(body, line("100", "1"))) == [97]
    found = outcome(body, line("100", "1"), day=date(2026, 7, 1))
    assert [took(found, "a"), took(found, "b")] == [3, 0]


@pytest.mark.parametrize(("cap", "net"), [("EUR 10", 90), ("EUR 9.99", 100)])
def test_one_rule_all_or_nothing(cap: str, net: int) -> None:
    body = SUM + f"discount a {{ stage s  rate 10%  cap {cap} per order, all or nothing }}"
    found = outcome(body, line("60", "1"), line("40", "1"))
    assert sum(nets(found)) == net
    assert why(found, "a") == (("taken", None) if net == 90 else ("used up", None))


def test_one_rule_all_or_nothing_over_orders() -> None:
    body = SUM + "discount a { stage s  rate 10%  cap EUR 25 per account per year, all or nothing }"
    key = "paid by t.a per account per year [ACME, 2026]"
    assert nets(outcome(body, line("100", "1"), totals={key: F(15)})) == [90]
    found = outcome(body, line("100", "1"), totals={key: F("15.01")})
    assert nets(found) == [100]
    assert found.totals[key] == F("15.01")


def test_generated_code_leaves_a_line_with_a_shared_cap_to_the_runtime() -> None:
    # the second rule alone would be local; its share of the cap is not
    text = (
        'agreement t "T" {\n accounts all, each\n valid 2026-01-01 to 2026-12-31\n currency EUR\n'
        f"{TWO}cap EUR 10 per order across discount a, discount b\n}}"
    )
    rules = load_rules({"t.rebates": text}, World(), Report())
    assert rules is not None
    priced = compile_rules(rules).price(OrderIn("ACME", date(2026, 3, 10), (line("100", "1"),)))
    assert priced.net_values == [9000]
    listed = OrderIn(
        "ACME", date(2026, 3, 10), (line("100"), line("100"))
    )  # no price by hand: what generated code takes
    compiled = compile_rules(rules)
    gross = sum(compiled.price(listed).gross_values)
    assert sum(compiled.price(listed).net_values) == gross - 1000
