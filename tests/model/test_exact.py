"""Exact numbers (1.1), rounding (2.2 b, 2.8), spreading (2.4, 2.5), display; currencies (2.1)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebates.model.exact import (
    ExactError,
    Remainder,
    Rounding,
    decimal_text,
    grouped,
    parse_decimal,
    parse_number,
    round_to,
    round_to_step,
    spread,
    to_fraction,
)
from rebates.model.money import Money, currencies, is_currency, minor_digits, money_from_text


@pytest.mark.parametrize(
    ("text", "scaled", "digits"),
    [
        ("0", 0, 0),
        ("12.50", 1250, 2),
        ("-12.50", -1250, 2),
        ("1_250", 1250, 0),
        ("96_000.005", 96000005, 3),
        ("123456789012345678", 123456789012345678, 0),
        ("123_456_789_012_345_678", 123456789012345678, 0),
        ("0.123456789012", 123456789012, 12),
    ],
)
def test_a_number_is_read_as_it_is_written(text: str, scaled: int, digits: int) -> None:
    assert parse_decimal(text) == (scaled, digits)
    assert parse_number(text) == F(scaled, 10**digits)


@pytest.mark.parametrize(
    "text",
    [
        "", "-", ".", "1.", ".5", "+1", "--1", " 1", "1 ", "1\n", "1e3", "1E999999999", "0x10", "NaN", "inf", "1,5",
        "1_0", "1_00_000", "_100", "100_", "1__000", "1_000_0", "1.000_1", "1.2.3", "１２", "١", "1\u00a0000",
        "1234567890123456789", "1_234_567_890_123_456_789", "0.1234567890123", "9" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_plain_bounded_number_is_refused(text: str) -> None:
    with pytest.raises(ExactError) as refused:
        parse_number(text)
    assert len(str(refused.value)) < 200


def test_a_program_hands_over_exact_numbers_only() -> None:
    assert to_fraction(3, "quantity") == 3
    assert to_fraction("1_000.5", "quantity") == F(2001, 2)
    assert to_fraction(Decimal("0.10"), "quantity") == F(1, 10)
    assert to_fraction(F(1, 3), "quantity") == F(1, 3)
    for inexact in (0.1, 1.0, float("nan"), True, None, b"1", [1]):
        with pytest.raises(ExactError, match=r"^lines\[2\]\.quantity is a "):
            to_fraction(inexact, "lines[2].quantity")


@pytest.mark.parametrize(
    "value",
    [
        Decimal("NaN"), Decimal("-Infinity"), Decimal("1E+18"), Decimal("1E+999999"), Decimal("1E-13"), 10**18,
        F(10**18), -(10**18), "1e5",
    ],
)  # fmt: skip
def test_a_program_keeps_to_the_bounds(value: object) -> None:
    with pytest.raises(ExactError, match=r"^price"):
        to_fraction(value, "price")


def test_the_largest_numbers_are_taken() -> None:
    assert to_fraction(Decimal("999999999999999999.999999999999"), "x") == F(10**30 - 1, 10**12)
    assert to_fraction(Decimal("1E+17"), "x") == 10**17
    assert to_fraction(10**18 - 1, "x") == 10**18 - 1


@pytest.mark.parametrize(
    ("value", "half_up", "half_even", "up", "down"),
    [
        ("0.5", 1, 0, 1, 0),
        ("1.5", 2, 2, 2, 1),
        ("2.5", 3, 2, 3, 2),
        ("2.4", 2, 2, 3, 2),
        ("2.6", 3, 3, 3, 2),
        ("3", 3, 3, 3, 3),
        ("0", 0, 0, 0, 0),
    ],
)
def test_rounding_works_on_the_magnitude(value: str, half_up: int, half_even: int, up: int, down: int) -> None:
    for mode, expected in zip(Rounding, (half_up, half_even, up, down), strict=True):
        assert round_to(F(value), 0, mode) == expected
        assert round_to(-F(value), 0, mode) == -expected  # 2.8


def test_rounding_to_digits_and_steps() -> None:
    assert round_to(F("12.345"), 2) == F("12.35")
    assert round_to(F("12.345"), 2, Rounding.HALF_EVEN) == F("12.34")
    assert round_to(F("1250"), -2) == 1300
    assert round_to(F("-1250"), -2, Rounding.HALF_EVEN) == -1200
    assert round_to(F(1, 3), 4) == F("0.3333")
    assert round_to_step(F("10.025"), F("0.05"), Rounding.HALF_UP) == F("10.05")  # CHF 0.05
    assert round_to_step(F("10.024"), F("0.05"), Rounding.HALF_UP) == F("10.00")
    assert round_to_step(F("-10.51"), F("0.5"), Rounding.UP) == F("-11")


def parts(total: str, weights: str, digits: int = 2, remainder: Remainder = Remainder.LARGEST_REMAINDER) -> list[F]:
    return spread(F(total), [F(weight) for weight in weights.split()], digits, remainder)


def test_units_left_over_go_to_the_largest_remainders() -> None:
    assert parts("10", "1 1 1") == [F("3.34"), F("3.33"), F("3.33")]  # ties to the earlier
    assert parts("0.05", "1 2 4") == [F("0.01"), F("0.01"), F("0.03")]  # 0.71 1.43 2.86 cents: to the third, the first
    assert parts("100", "1 1 1", digits=-1) == [40, 30, 30]
    assert parts("7", "0 0 5", digits=0) == [0, 0, 7]


def test_units_left_over_go_to_a_stated_line() -> None:
    assert parts("10", "1 1 1", remainder=Remainder.FIRST) == [F("3.34"), F("3.33"), F("3.33")]
    assert parts("10", "1 1 1", remainder=Remainder.LAST) == [F("3.33"), F("3.33"), F("3.34")]
    assert parts("0.05", "1 4 2", remainder=Remainder.LARGEST) == [0, F("0.04"), F("0.01")]  # 0.71 2.86 1.43 cents
    assert parts("0.05", "3 3 1", remainder=Remainder.LARGEST) == [F("0.03"), F("0.02"), 0]  # 2.14 2.14 0.71 cents


def test_weights_of_zero_spread_evenly() -> None:
    assert parts("10", "0 0 0") == [F("3.34"), F("3.33"), F("3.33")]
    assert spread(F(5), [], 2) == []


def test_a_total_is_rounded_before_it_is_spread() -> None:
    with pytest.raises(ExactError, match="rounded"):
        parts("0.005", "1 1")


@given(
    st.integers(-(10**9), 10**9),
    st.lists(st.fractions(0, 1000), min_size=1, max_size=8),
    st.integers(-2, 4),
    st.sampled_from(Remainder),
)
def test_parts_add_up_and_mirror(units: int, weights: list[F], digits: int, remainder: Remainder) -> None:
    total = units / F(10) ** digits
    made = spread(total, weights, digits, remainder)
    assert sum(made, F(0)) == total
    assert spread(-total, weights, digits, remainder) == [-part for part in made]
    if remainder is Remainder.LARGEST_REMAINDER and sum(weights, F(0)):
        for part, weight in zip(made, weights, strict=True):
            assert abs(part - total * weight / sum(weights, F(0))) < 1 / F(10) ** digits


def test_decimal_text_is_exact() -> None:
    assert decimal_text(F("12.5")) == "12.5"
    assert decimal_text(F("12.5"), 2) == "12.50"
    assert decimal_text(F(-1, 8)) == "-0.125"
    assert decimal_text(F("0.007"), 4) == "0.0070"
    assert decimal_text(F(1200), -2) == "1200"
    with pytest.raises(ExactError):
        decimal_text(F(1, 3))
    with pytest.raises(ExactError):
        decimal_text(F("12.345"), 2)


def test_digits_are_grouped_by_threes() -> None:
    assert grouped(F(96000), 2) == "96_000.00"
    assert grouped(F("-1234567.5")) == "-1_234_567.5"
    assert grouped(F("-0.5")) == "-0.5"
    assert grouped(F(999)) == "999"


@given(st.integers(-(10**18) + 1, 10**18 - 1), st.integers(0, 12))
def test_what_is_shown_reads_back(scaled: int, digits: int) -> None:
    value = F(scaled, 10**digits)
    assert parse_number(decimal_text(value)) == value
    assert parse_number(grouped(value)) == value
    assert parse_number(grouped(value, digits)) == value


def test_minor_units_are_those_of_iso_4217() -> None:
    found = {code: minor_digits(code) for code in ("EUR", "USD", "JPY", "KWD", "IDR", "HUF", "CLF", "ISK")}
    assert found == {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3, "IDR": 2, "HUF": 2, "CLF": 4, "ISK": 0}
    assert {"CHF", "CNY", "INR"} <= set(currencies())


def test_what_has_no_minor_unit_is_no_money() -> None:
    for code in ("XAU", "XTS", "XXX", "eur", "EU", "EURO", ""):
        assert not is_currency(code)
        with pytest.raises(ExactError, match="no currency"):
            minor_digits(code)


def test_money_shows_its_digits() -> None:
    assert str(Money(Decimal("93120.00"), "IDR")) == "IDR 93_120.00"
    assert str(Money(Decimal(-5), "JPY")) == "JPY -5"
    assert str(Money(Decimal("1E+3"), "JPY")) == "JPY 1_000"


def test_money_is_read_with_its_currency() -> None:
    assert money_from_text("IDR 96_000") == ("IDR", F(96000))
    assert money_from_text("EUR 0.125") == ("EUR", F(1, 8))
    for text in ("96_000", "EUR", "EUR ", "EUR96", "EUR  5", "eur 5", "ABC 5", "EUR 5 ", "5 EUR", "EUR 1e3"):
        with pytest.raises(ExactError):
            money_from_text(text)
