"""Hours, weekdays, nth orders and days between dates: what does not fit."""

from __future__ import annotations

import pytest

from rebates.model import nodes as m
from tests.model.checking import agreement, discount, found, rules


@pytest.mark.parametrize(
    ("text", "code", "underlined"),
    [
        (discount("when order.weekday is Monday rate 5%"), "R0441", "Monday"),
        (discount("when order.delivery_weekday in (monday, munday) rate 5%"), "R0441", "munday"),
        (discount("when order.time >= 25:00 rate 5%"), "R0442", "25:00"),
        (discount("when order.time >= 12:60 rate 5%"), "R0442", "12:60"),
        (discount("when order.time < 24:01 rate 5%"), "R0442", "24:01"),
        (discount("when every 0th order per account ever rate 5%"), "R0443", "every 0th order per account ever"),
        (discount("when days from order.date to item.brand > 3 rate 5%"), "R0444", "item.brand"),
        (discount("when days from order.time to order.date > 3 rate 5%"), "R0444", "order.time"),
        (discount("when order.time > 14 rate 5%"), "R0214", "14"),
        (discount("when order.time + 14:00 > 15:00 rate 5%"), "R0214", "order.time + 14:00"),
        (discount("when first order per account rate 5%"), "R0224", "first order per account"),
        (discount("when first order per order rate 5%"), "R0226", "first order per order"),
        (
            agreement('example "e" { given order.time 14:00 order for "ACME" on 2026-03-10 { 1 carton of "COLA" } }'),
            "R0605",
            "order.time",
        ),
        (
            agreement('example "e" { order for "ACME" on 2026-03-10 at 24:30 { 1 carton of "COLA" } }'),
            "R0442",
            "24:30",
        ),
    ],
)
def test_what_does_not_fit_is_told_at_its_place(text: str, code: str, underlined: str) -> None:
    assert found(text) == [(code, underlined)]


def test_the_end_of_the_day_is_a_time() -> None:
    assert found(discount("when order.time < 24:00 rate 5%")) == []


def test_the_first_order_has_none_before_it() -> None:
    [rule] = rules(discount("when 10th order per account per year rate 5%")).agreements[0].rules
    condition = rule.when[0].condition
    assert isinstance(condition, m.Compare)
    assert isinstance(condition.left, m.Total)
    assert condition.left.key == "number of orders per account per year"
    assert condition.left.before
    assert isinstance(condition.right, m.Constant)
    assert condition.right.value == 9
