"""Units that hold for all items, quantities as text, and chains of conversions (1.2)."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebates.model.conversions import convert, first_conflict
from rebates.model.exact import ExactError
from rebates.model.units import ALL_GLOBAL_UNITS, global_factor, quantity_from_text


@pytest.mark.parametrize(
    ("unit", "other", "factor"),
    [
        ("dozen", "piece", "12"),
        ("gross", "dozen", "12"),
        ("lb", "kg", "0.45359237"),
        ("lb", "oz", "16"),
        ("t", "g", "1000000"),
        ("gal", "l", "3.785411784"),
        ("gal", "ml", "3785.411784"),
        ("hl", "l", "100"),
        ("m3", "hl", "10"),
        ("foot", "inch", "12"),
        ("km", "cm", "100000"),
        ("MWh", "kWh", "1000"),
        ("GB", "MB", "1000"),
    ],
)
def test_global_conversions_are_exact(unit: str, other: str, factor: str) -> None:
    assert global_factor(unit, other) == F(factor)
    assert global_factor(other, unit) == 1 / F(factor)


def test_there_is_no_silent_factor_of_one() -> None:
    assert global_factor("kg", "l") is None
    assert global_factor("piece", "kg") is None
    assert global_factor("carton", "piece") is None
    assert global_factor("carton", "carton") == 1


@given(st.sampled_from(sorted(ALL_GLOBAL_UNITS)), st.sampled_from(sorted(ALL_GLOBAL_UNITS)))
def test_there_and_back_is_one(unit: str, other: str) -> None:
    there, back = global_factor(unit, other), global_factor(other, unit)
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert there * back == 1


def test_a_quantity_is_a_number_and_a_unit() -> None:
    assert quantity_from_text("60 carton") == (F(60), "carton")
    assert quantity_from_text("1_250.5 kg") == (F("1250.5"), "kg")
    assert quantity_from_text("-2 m3") == (F(-2), "m3")


@pytest.mark.parametrize(
    "text",
    ["", "60", "carton", "60carton", "60  carton", " 60 carton", "60 carton ", "60 carton\n", "1e3 kg", "6_0 kg",
     "60 2kg", "60 full carton", "６０ kg", "60 kg;", "1 " + "x" * 41, "9" * 50 + " kg", "1" + "_000" * 5000 + " kg"],
)  # fmt: skip
def test_other_texts_are_no_quantity(text: str) -> None:
    with pytest.raises(ExactError):
        quantity_from_text(text)


COLA = [("carton", "piece", F(24)), ("pallet", "carton", F(80)), ("carton", "kg", F("8.4"))]


@pytest.mark.parametrize(
    ("unit", "goal", "factor"),
    [
        ("carton", "piece", F(24)),
        ("pallet", "piece", F(1920)),
        ("piece", "pallet", F(1, 1920)),
        ("kg", "piece", F(24) / F("8.4")),
        ("g", "piece", F(24) / F(8400)),
        ("lb", "piece", F("0.45359237") * 24 / F("8.4")),
        ("dozen", "carton", F(1, 2)),
        ("pallet", "t", F("0.672")),
    ],
)
def test_conversions_chain_both_ways(unit: str, goal: str, factor: F) -> None:
    assert convert(unit, goal, COLA, ()) == factor


def test_units_that_nothing_joins_do_not_convert() -> None:
    assert convert("l", "piece", COLA, ()) is None
    assert convert("box", "piece", COLA, ()) is None


def test_what_an_item_says_of_itself_goes_before_what_holds_for_all() -> None:
    general = [("pallet", "piece", F(1000)), ("carton", "piece", F(12)), ("box", "carton", F(2))]
    assert convert("pallet", "piece", COLA, general) == 1920  # a longer chain, of the item alone
    assert convert("box", "piece", COLA, general) == 48
    assert convert("carton", "piece", (), general) == 12


def test_conversions_that_contradict_each_other_are_found() -> None:
    assert first_conflict(COLA) is None
    assert first_conflict([*COLA, ("pallet", "piece", F(1920))]) is None
    assert first_conflict([*COLA, ("pallet", "piece", F(1900))]) == 3
    assert first_conflict([*COLA, ("carton", "g", F(8400))]) is None
    assert first_conflict([*COLA, ("carton", "g", F(8500))]) == 3
    assert first_conflict([("lb", "kg", F(1, 2))]) == 0  # the global conversions exist once
    assert first_conflict([("carton", "carton", F(2))]) == 0
