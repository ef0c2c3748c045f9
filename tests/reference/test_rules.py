"""One test for each rule of the calculation that bears on an order; the numbers are worked by hand in the comments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import pytest

from rebates.model.folder import load_rules
from rebates.model.orders import LineIn, OrderIn
from rebates.model.outcome import OrderError, Outcome
from rebates.reference import price
from rebates.syntax.diagnostics import Report
from tests.generated.world import World

F = Fraction


def outcome(
    body: str,
    *lines: LineIn,
    totals: Mapping[str, Fraction] | None = None,
    day: date = date(2026, 3, 10),
    **more: object,
) -> Outcome:
    """An order by ACME under an agreement of this body."""
    text = f'agreement t "T" {{\n accounts all, each\n valid 2026-01-01 to 2026-12-31\n currency EUR\n{body}\n}}\n'
    report = Report()
    rules = load_rules({"t.rebates": text}, World(), report)
    assert rules is not None, [d.message for d in report.diagnostics]
    return price(rules, OrderIn("ACME", day, lines, totals=totals or {}, **more))  # type: ignore[arg-type]


def line(quantity: str, at: str | None = None, item: str = "COLA", unit: str = "piece", **attributes: str) -> LineIn:
    return LineIn(item, F(quantity), unit, None if at is None else F(at), attributes=attributes)


def nets(found: Outcome) -> list[Fraction]:
    return [one.net_value for one in found.lines]


def test_1_3_thresholds_compare_exactly_across_units() -> None:
    body = "discount d { tiers retroactive on quantity in carton per line { from 2 carton 10% } }"
    assert nets(outcome(body, line("47", "1"))) == [47]  # 47/24 of a carton is less than 2
    assert nets(outcome(body, line("48", "1"))) == [F("43.2")]


def test_1_3_a_price_follows_the_unit_unrounded() -> None:
    # 1.49 a piece, 24 pieces in the carton
    assert outcome("", line("1", unit="carton")).lines[0].gross_price == F("35.76")


def test_1_4_a_missing_conversion_is_an_error_that_names_the_units() -> None:
    with pytest.raises(OrderError, match="hour") as error:
        outcome("", line("1", unit="hour"))
    assert error.value.code == "R0505"


def test_2_2_the_next_step_starts_from_the_rounded_amount() -> None:
    # 9.99 less 5% is 9.4905, printed 9.49; less 5% of that is 9.0155, printed 9.02; 9.99 × 0.9025 = 9.0160 by chance alike
    body = "waterfall { stage s sequence }\n discount a { stage s rate 5% }\n discount b { stage s rate 5% }"
    steps = outcome(body, line("1", "9.99")).lines[0].steps[0]
    assert [amount for _, amount in steps.parts] == [F("0.50"), F("0.47")]


@pytest.mark.parametrize(
    ("word", "expected"), [("", "0.13"), ("half even", "0.12"), ("round down", "0.12"), ("round up", "0.13")]
)
def test_2_2_b_rounding_modes(word: str, expected: str) -> None:
    assert outcome(word, line("1", "0.125")).lines[0].gross_value == F(expected)


def test_2_3_the_net_is_rounded_and_the_discount_is_what_is_left() -> None:
    # 10% off 1.05: net 0.945, printed 0.95, so the discount is 0.10; where the discount rounds it is 0.11
    assert nets(outcome("discount d { rate 10% }", line("1", "1.05"))) == [F("0.95")]
    assert nets(outcome("discount rounds\n discount d { rate 10% }", line("1", "1.05"))) == [F("0.94")]


def test_2_4_an_order_amount_goes_by_largest_remainder_ties_to_the_earlier_line() -> None:
    found = outcome("discount d { rate EUR 0.05 per order }", line("1", "1"), line("1", "1"), line("1", "1"))
    assert nets(found) == [F("0.98"), F("0.98"), F("0.99")]


def test_2_5_remainder_to_the_last_line() -> None:
    body = "remainder to last line\n discount d { rate EUR 0.05 per order }"
    assert nets(outcome(body, line("1", "1"), line("1", "1"), line("1", "1"))) == [F("0.99"), F("0.99"), F("0.97")]


def test_2_9_sales_and_returns_are_priced_apart() -> None:
    body = "discount d { tiers retroactive on quantity in piece per order { from 10 piece 10% } }"
    # 9 sold and 9 brought back: neither reaches 10
    assert nets(outcome(body, line("9", "1"), line("-9", "1"))) == [9, -9]


def test_3_2_b_ways_to_combine() -> None:
    rules = "discount a { stage s priority 2 rate 10% }\n discount b { stage s priority 1 rate 5% }"
    expected = {"best": "90", "sum": "85", "sequence": "85.50", "first": "95"}
    for combine, net in expected.items():
        assert nets(outcome(f"waterfall {{ stage s {combine} }}\n{rules}", line("1", "100"))) == [F(net)]


def test_3_3_the_most_specific_price_wins_and_a_promotion_replaces_it_where_lower() -> None:
    base = 'price everybody { rate price EUR 1.20 per piece }\n price cola { when item.id is "COLA" rate price EUR 1.40 per piece }'
    assert outcome(base, line("1")).lines[0].gross_price == F("1.40")
    lower = f"{base}\n price promo {{ rate price EUR 1.30 per piece promotional }}"
    assert outcome(lower, line("1")).lines[0].gross_price == F("1.30")
    higher = f"{base}\n price promo {{ rate price EUR 1.45 per piece promotional }}"
    assert outcome(higher, line("1")).lines[0].gross_price == F("1.40")


def test_3_4_conditions_of_a_stage_read_the_amounts_as_it_began() -> None:
    body = (
        "waterfall { stage s sequence }\n measure worth = net value per order\n"
        "discount a { stage s rate 50% }\n discount b { stage s when worth >= EUR 100 rate 10% }"
    )
    assert nets(outcome(body, line("1", "100"))) == [45]  # b still sees 100


def test_3_5_exclusive_stands_alone_even_where_the_other_is_better() -> None:
    body = "discount a { rate 20% }\n discount b { rate 5% exclusive }"
    assert nets(outcome(body, line("1", "100"))) == [95]


def test_3_6_a_discount_stops_at_zero_and_a_minimum_price_keeps_it_up() -> None:
    assert nets(outcome("discount d { rate EUR 5 per piece }", line("2", "3"))) == [0]
    assert nets(outcome("discount d { rate 50% not below EUR 2 per piece }", line("2", "3"))) == [4]


def test_3_10_best_takes_the_set_that_is_best_together() -> None:
    # 30 off the two lines together, or 20% of the first (20) and 15% of the second (15): 35 is more
    body = (
        'discount together { rate EUR 30 per order }\n discount first { when item.id is "COLA" rate 20% }\n'
        'discount second { when item.id is "LIME" rate 15% }'
    )
    assert nets(outcome(body, line("1", "100"), line("1", "100", item="LIME"))) == [80, 85]


TIERS = "{ from 0 piece 1%  from 10 piece 5%  from 20 piece 10% }"


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("retroactive", "27"),  # 10% of 30
        ("incremental", "28.40"),  # 1% of 10, 5% of 10, 10% of 10
    ],
)
def test_4_2_tier_modes(mode: str, expected: str) -> None:
    body = f"discount d {{ tiers {mode} on quantity in piece per line {TIERS} }}"
    assert nets(outcome(body, line("30", "1"))) == [F(expected)]


def test_4_2_c_lump_sums() -> None:
    rows = "on quantity in piece per order { from 10 piece EUR 1  from 20 piece EUR 3 }"
    assert nets(outcome(f"discount d {{ tiers lump sum {rows} }}", line("20", "1"))) == [17]
    assert nets(outcome(f"discount d {{ tiers lump sum every tier {rows} }}", line("20", "1"))) == [16]


def test_4_2_d_interpolated_between_the_rows() -> None:
    body = "discount d { tiers interpolated on quantity in piece per line { from 10 piece 2%  from 20 piece 6% } }"
    assert nets(outcome(body, line("15", "10"))) == [144]  # 4% of 150
    assert nets(outcome(body, line("40", "10"))) == [376]  # the last row, 6%


def test_4_4_d_packages_full_and_started_over_the_order() -> None:
    full = "discount d { rate EUR 1 per full 10 piece }"
    assert outcome(full, line("15", "1"), line("15", "1")).net_value == 27  # 30 pieces are 3 packages
    per_line = "discount d { rate EUR 1 per full 10 piece per line }"
    assert outcome(per_line, line("15", "1"), line("15", "1")).net_value == 28
    assert outcome("charge c { rate EUR 1 per started 10 piece }", line("15", "1")).invoice_value == 17


def test_4_5_limit_cap_floor_and_minimum_payout() -> None:
    assert nets(outcome("discount d { rate 50% limit 3 piece per line, in order }", line("10", "1"))) == [F("8.50")]
    assert outcome("discount d { rate 50% cap EUR 2 per order }", line("10", "1")).net_value == 8
    assert outcome("discount d { rate 1% floor EUR 2 per order }", line("10", "1")).net_value == 8
    assert outcome("discount d { rate 1% pays from EUR 2 }", line("10", "1")).net_value == 10


def test_5_3_a_quotient_without_a_baseline_has_no_value() -> None:
    body = (
        "measure grown = net value per order / net value per account per year before this order\n"
        "discount d { tiers retroactive on grown { without baseline 1%  from 50% 10% } }"
    )
    assert nets(outcome(body, line("1", "100"))) == [99]
    key = "net value per account per year [ACME, 2026]"
    assert nets(outcome(body, line("1", "100"), totals={key: F(100)})) == [90]


def test_5_4_a_a_discount_never_re_rates_an_earlier_order() -> None:
    body = "discount d { tiers %s on gross value per account per year { from EUR 0 0%%  from EUR 1_000 20%% } }"
    before = {"gross value per account per year [ACME, 2026]": F(500)}
    # 500 before and 600 now: all of this order at 20%, or only the 100 above 1,000
    assert nets(outcome(body % "retroactive", line("1", "600"), totals=before)) == [480]
    assert nets(outcome(body % "incremental", line("1", "600"), totals=before)) == [580]


def test_5_4_b_totals_go_in_and_come_out() -> None:
    body = "discount d { tiers retroactive on net value per account per month { from EUR 1_000 5% } }"
    found = outcome(body, line("1", "600"), totals={"net value per account per month [ACME, 2026-03]": F(500)})
    assert found.totals == {"net value per account per month [ACME, 2026-03]": 1070}  # 500 and 570, the final net


def test_7_1_a_test_on_an_unknown_attribute_holds_neither_way() -> None:
    body = 'attribute line.colour text\n discount d { when line.colour is%s "red" rate 10%% }'
    for word in ("", " not"):
        found = outcome(body % word, line("1", "100"))
        assert nets(found) == [100]
        assert (found.decisions[0].because, found.decisions[0].detail) == ("unknown", "line.colour")


def test_7_3_guards_look_at_the_finished_waterfall() -> None:
    body = 'discount d { rate 10% }\n guard discount <= 5% otherwise approval by "director"'
    (guard,) = outcome(body, line("10")).guards
    assert (guard.value, guard.bound, guard.holds) == (F("1.49") / F("14.90"), F("0.05"), False)


def test_7_4_the_most_specific_agreement_speaks_alone_in_a_stage() -> None:
    frame = " valid 2026-01-01 to 2026-12-31\n currency EUR\n"
    text = (
        f'agreement wide "W" {{\n accounts all, each\n{frame} discount w {{ rate 20% }}\n}}\n'
        f'agreement own "O" {{\n accounts ACME\n{frame} discount o {{ rate 5% }}\n}}\n'
    )
    report = Report()
    rules = load_rules({"t.rebates": text}, World(), report)
    assert rules is not None
    found = price(rules, OrderIn("ACME", date(2026, 3, 10), (line("1", "100"),)))
    assert nets(found) == [95]
    assert next(d for d in found.decisions if d.rule == "wide.w").because == "outranked"
