"""What a quote gives back of its prices: references, exchange rates, values by tax code (2.1, 2.7, 6.8)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import rebates
from rebates import Line, Order

BOOK = rebates.load(Path(__file__).resolve().parents[2] / "rules" / "distributor")


def test_the_reference_of_a_deviated_price_and_its_last_day() -> None:
    quote = BOOK.quote(Order("MERIDIAN", "2026-04-01", [Line("BOLT-M8", "1000 piece"), Line("GUIDE", "1 piece")]))
    deviated, shelf = quote.lines
    assert (deviated.price_reference, deviated.price_valid_to) == ("MC-2201, list 2026-1", date(2026, 4, 30))
    assert (shelf.price_reference, shelf.price_valid_to) == (None, None)
    line = quote.to_dict()["lines"][0]  # type: ignore[index]
    assert (line["price_reference"], line["price_valid_to"]) == ("MC-2201, list 2026-1", "2026-04-30")
    assert "MC-2201, list 2026-1 until 2026-04-30" in str(quote.explain("customer"))


def test_rate_date_and_source_stand_in_the_explanation() -> None:
    quote = BOOK.quote(Order("HARBOUR", "2026-03-31", [Line("PUMP-40", "1 piece")]))
    told = str(quote.explain())
    assert "USD 1 = EUR 0.92 on 2026-01-01, ECB reference rate  [exchange_rates.csv row 2]" in told
    assert "exchange rate" not in str(BOOK.quote(Order("HARBOUR", "2026-03-31", [Line("GUIDE", "1 piece")])).explain())


def test_values_by_tax_code_add_up_with_the_charges() -> None:
    lines = [Line("BOLT-M8", "1000 piece"), Line("GUIDE", "2 piece"), Line("SEAL-12", "7 piece")]
    quote = BOOK.quote(Order("HARBOUR", "2026-03-10", lines))
    groups = quote.grouped("item.tax_code")
    assert [(group.key, group.lines) for group in groups] == [("S", (1, 3)), ("R", (2,))]
    assert sum((group.total.amount for group in groups), Decimal(0)) == quote.total.amount
    assert sum((group.net_value.amount for group in groups), Decimal(0)) == quote.net_value.amount
    assert [group.key for group in quote.grouped("line.cost_centre")] == [None]
    with pytest.raises(ValueError, match="tax_code"):
        quote.grouped("tax_code")


def test_what_early_payment_is_worth() -> None:
    quote = BOOK.quote(Order("HARBOUR", "2026-03-31", [Line("PUMP-40", "1 piece")]))
    (offer,) = quote.offers
    # 2% of 406.27 is 8.13
    assert (offer.rule, offer.when, str(offer.worth)) == ("early_payment", "order.payment_days <= 10", "EUR 8.13")
    assert "Two per cent within ten days: worth EUR 8.13 if `order.payment_days <= 10`" in str(
        quote.explain("customer")
    )
    assert quote.to_dict()["offers"] == [
        {
            "rule": "early_payment",
            "title": "Two per cent within ten days",
            "when": "order.payment_days <= 10",
            "worth": {"amount": "8.13", "currency": "EUR"},
        }
    ]
    known = Order("HARBOUR", "2026-03-31", [Line("PUMP-40", "1 piece")], attributes={"payment_days": 10})
    assert BOOK.quote(known).offers == ()
