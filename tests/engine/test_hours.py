"""Hours of an order: an instant in the agreement's zone, told where it is missing, kept for a replay."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

import rebates
from rebates import Line, Order, OrderErrors, Quote

TEXT = """
agreement night "Night rates" {
  accounts  all, each
  valid     2026-01-01 to 2026-12-31
  currency  EUR
  time zone "Asia/Jakarta"
  discount night "At night" {
    when  order.time >= 22:00
    rate  10%
  }
}
"""
BOOK = rebates.load({"night.rebates": TEXT})


def quote(when: object) -> Quote:
    return BOOK.quote(Order("A", when, [Line("I", "1 piece", price="EUR 100")]))  # type: ignore[arg-type]


def test_the_hour_is_that_of_the_agreements_zone() -> None:
    # 15:00 UTC is 22:00 in Jakarta, a minute earlier is not
    assert str(quote("2026-03-10T15:00+00:00").total) == "EUR 90.00"
    assert str(quote("2026-03-10T14:59+00:00").total) == "EUR 100.00"
    assert str(quote("2026-03-10T23:30+07:00").total) == "EUR 90.00"
    assert str(quote(datetime(2026, 3, 10, 23, 30, tzinfo=timezone(timedelta(hours=7)))).total) == "EUR 90.00"


def test_a_plain_date_has_no_hour_and_says_so() -> None:
    found = quote("2026-03-10")
    assert str(found.total) == "EUR 100.00"
    assert found.warnings == ("`order.time` is not known, so `night` does not apply",)


def test_a_quote_prices_again_to_the_same_bytes() -> None:
    found = quote("2026-03-10T15:00+00:00")
    assert json.loads(found.to_json())["order"]["date"] == "2026-03-10T15:00+00:00"
    assert BOOK.replay(found.to_json()).to_json() == found.to_json()


def test_what_the_dates_say_is_no_attribute() -> None:
    with pytest.raises(OrderErrors) as errors:
        BOOK.quote(Order("A", "2026-03-10", [Line("I", "1 piece", price="EUR 1")], attributes={"time": "22:00"}))
    assert [(one.code, one.where) for one in errors.value.problems] == [("R0569", "attributes.time")]
