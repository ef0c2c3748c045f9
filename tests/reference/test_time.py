"""Weekdays, hours, nth orders and days between dates (calculation 76 and 77)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from tests.reference.test_rules import line, nets, outcome

F = Fraction
TUESDAY, SUNDAY = date(2026, 3, 10), date(2026, 3, 15)
LUNCH = "discount d { when order.time >= 12:00 and order.time < 14:00  rate 10% }"
MINUTES = {719: 100, 720: 90, 839: 90, 840: 100}  # 11:59, 12:00, 13:59, 14:00


def test_76_weekdays_are_those_of_the_dates() -> None:
    body = "discount d { when order.weekday in (saturday, sunday)  rate 10% }"
    assert nets(outcome(body, line("1", "100"), day=TUESDAY)) == [100]
    assert nets(outcome(body, line("1", "100"), day=SUNDAY)) == [90]
    body = "discount d { when order.delivery_weekday is sunday  rate 10% }"
    assert nets(outcome(body, line("1", "100"), day=TUESDAY, days={"delivery": SUNDAY})) == [90]
    assert outcome(body, line("1", "100"), day=SUNDAY).decisions[0].detail == "order.delivery_weekday"


@pytest.mark.parametrize("minute", MINUTES)
def test_76_times_hold_to_the_minute(minute: int) -> None:
    assert nets(outcome(LUNCH, line("1", "100"), times={"order": F(minute)})) == [MINUTES[minute]]


def test_76_seconds_count() -> None:
    assert nets(outcome(LUNCH, line("1", "100"), times={"order": 840 - F(1, 60)})) == [90]  # 13:59:59


def test_76_a_plain_date_has_no_hour() -> None:
    found = outcome(LUNCH, line("1", "100"))
    assert (found.decisions[0].because, found.decisions[0].detail) == ("unknown", "order.time")


def test_76_a_days_between_dates() -> None:
    body = "discount d { when days from order.date to order.delivery_date >= 14  rate 10% }"
    for day, net in ((23, 100), (24, 90)):  # 10 March and 13, 14 days
        assert nets(outcome(body, line("1", "100"), days={"delivery": date(2026, 3, day)})) == [net]
    assert outcome(body, line("1", "100")).decisions[0].detail == "order.delivery_date"


KEY = "number of orders per account per year [ACME, 2026]"


@pytest.mark.parametrize(("words", "before"), [("first order", [0]), ("3rd order", [2]), ("every 3rd order", [2, 5])])
def test_77_the_nth_order(words: str, before: list[int]) -> None:
    body = f"discount d {{ when {words} per account per year  rate 10% }}"
    for number in range(7):
        found = outcome(body, line("1", "100"), totals={KEY: F(number)})
        assert nets(found) == [90 if number in before else 100]
        assert found.totals == {KEY: number + 1}
