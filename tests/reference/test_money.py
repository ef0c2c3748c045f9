"""Other currencies and prices that include tax (calculation 69, 70); the numbers are worked by hand in the comments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

import pytest

from rebates.compile import compile_rules
from rebates.model.folder import load_rules
from rebates.model.orders import LineIn, OrderIn
from rebates.model.outcome import OrderError, Outcome
from rebates.reference import price
from rebates.syntax.diagnostics import Report

F = Fraction
BOTH = pytest.mark.parametrize("evaluate", ["reference", "compiled"])

TABLES: dict[str, list[dict[str, object]]] = {
    "items": [
        {"id": "TEA", "base_unit": "piece", "vat": "7%"},
        {"id": "CUP", "base_unit": "piece", "vat": "19%"},
        {"id": "GIFT", "base_unit": "piece", "vat": ""},
    ],
    "units": [{"item": "TEA", "unit": "box", "factor": "10"}],
    "list_prices": [
        {"item": "TEA", "unit": "box", "currency": "USD", "price": "50"},
        {"item": "CUP", "unit": "piece", "currency": "USD", "price": "9"},
        {"item": "CUP", "unit": "piece", "currency": "EUR", "price": "8"},
        {"item": "GIFT", "unit": "piece", "currency": "CHF", "price": "2"},
    ],
    "costs": [{"item": "TEA", "currency": "USD", "cost": "2"}, {"item": "CUP", "currency": "EUR", "cost": "4"}],
    "exchange_rates": [
        {
            "from": "USD",
            "to": "EUR",
            "rate": "0.9",
            "source": "ECB",
            "valid_from": "2026-01-01",
            "valid_to": "2026-02-28",
        },
        {
            "from": "USD",
            "to": "EUR",
            "rate": "0.92",
            "source": "ECB",
            "valid_from": "2026-03-01",
            "valid_to": "2026-06-30",
        },
        {"from": "EUR", "to": "CHF", "rate": "0.8", "valid_from": "2026-01-01", "valid_to": "2026-12-31"},
    ],
    "shelf": [{"item": "TEA", "price": "5.35"}, {"item": "CUP", "price": "11.90"}],
    "export": [
        {"item": "TEA", "currency": "USD", "price": "4"},
        {"item": "TEA", "currency": "CHF", "price": "3"},
        {"item": "CUP", "currency": "EUR", "price": "7"},
        {"item": "CUP", "currency": "USD", "price": "6"},
    ],
}
DECLARED = """\
table shelf from "shelf.csv" { item key  price money including tax }
table export from "export.csv" { item, currency key  price money }
"""
RATES = "exchange rates from table exchange_rates"
TAX = "attribute item.vat percent  tax rate item.vat"


class Tables:
    def rows(self, name: str) -> Iterable[Mapping[str, object]] | None:
        return TABLES.get(name)


def outcome(evaluate: str, body: str, *lines: LineIn, day: date = date(2026, 3, 10)) -> Outcome:
    text = f'agreement t "T" {{\n accounts all, each\n valid 2026-01-01 to 2026-12-31\n currency EUR\n{body}\n}}\n'
    report = Report()
    rules = load_rules({"t.rebates": DECLARED + text}, Tables(), report)
    assert rules is not None, [d.message for d in report.diagnostics]
    order = OrderIn("ACME", day, lines)
    return price(rules, order) if evaluate == "reference" else compile_rules(rules).outcome(order)


def line(item: str, quantity: str = "1", unit: str = "piece", at: str | None = None) -> LineIn:
    return LineIn(item, F(quantity), unit, None if at is None else F(at))


def gross(evaluate: str, body: str, *lines: LineIn, day: date = date(2026, 3, 10)) -> Fraction:
    return outcome(evaluate, body, *lines, day=day).lines[0].gross_price


@BOTH
def test_a_list_price_and_a_cost_in_another_currency(evaluate: str) -> None:
    found = outcome(evaluate, RATES, line("TEA", "3", "box")).lines[0]
    assert (found.list_price, found.list_value) == (F(46), F(138))  # 50 × 0.92
    assert found.cost == F("55.2")  # 2 × 0.92 a piece, 30 of them


@BOTH
def test_a_price_in_the_own_currency_goes_before_others(evaluate: str) -> None:
    assert gross(evaluate, RATES, line("CUP")) == 8
    # without exchange rates the row in dollars does not exist
    assert gross(evaluate, "", line("CUP")) == 8
    with pytest.raises(OrderError) as error:
        outcome(evaluate, "", line("TEA"))
    assert error.value.code == "R0504"


@BOTH
def test_the_rate_of_the_day_the_inverse_and_a_moment(evaluate: str) -> None:
    assert gross(evaluate, RATES, line("TEA", unit="box"), day=date(2026, 2, 28)) == 45
    assert gross(evaluate, RATES, line("TEA", unit="box"), day=date(2026, 3, 1)) == 46
    assert gross(evaluate, f"{RATES} at quarter start", line("TEA", unit="box")) == 45
    assert gross(evaluate, RATES, line("GIFT")) == F("2.5")  # 1 EUR is 0.8 CHF


@BOTH
def test_a_rate_that_is_missing_on_the_day_is_an_error(evaluate: str) -> None:
    with pytest.raises(OrderError) as error:
        outcome(evaluate, RATES, line("CUP"), line("TEA"), day=date(2026, 7, 1))
    assert (error.value.code, error.value.where) == ("R0555", "date")


@BOTH
def test_amounts_of_the_text_in_another_currency(evaluate: str) -> None:
    assert gross(evaluate, f"{RATES} price p {{ rate price USD 5 per piece }}", line("TEA", "2", "box")) == 46
    found = outcome(evaluate, f"{RATES} discount d {{ rate USD 1 per piece }}", line("CUP", "10"))
    assert found.net_value == F("70.80")  # 10 × 0.92 off 80
    low = f"{RATES} price p {{ rate price EUR 1 per piece  not below USD 2 per piece }}"
    assert gross(evaluate, low, line("CUP")) == F("1.84")


@BOTH
def test_a_price_table_in_several_currencies(evaluate: str) -> None:
    body = f"{RATES} price p {{ from table export }}"
    assert gross(evaluate, body, line("CUP")) == 7  # the own currency, though 6 dollars are less
    assert gross(evaluate, body, line("TEA")) == F("3.68")  # 4 dollars; 3 francs are 3.75
    assert gross(evaluate, f"{RATES} price p {{ rate price 50% of table export }}", line("TEA")) == F("1.84")
    # without exchange rates only what is in euro
    assert gross(evaluate, "price p { from table export }", line("CUP")) == 7


@BOTH
def test_a_price_that_includes_tax(evaluate: str) -> None:
    body = f"{TAX} {RATES} price p {{ from table shelf }}"
    assert gross(evaluate, body, line("TEA")) == 5  # 5.35 / 1.07
    assert gross(evaluate, body, line("CUP")) == 10  # 11.90 / 1.19
    assert gross(evaluate, f"{TAX} price p {{ rate price 90% of table shelf }}", line("CUP")) == 9


@BOTH
def test_a_value_with_tax_in_a_tier(evaluate: str) -> None:
    body = f"{TAX} discount d {{ tiers retroactive on net value including tax per order {{ from EUR 226 10% }} }}"
    # 107 and 119 are 226 with tax, 200 without
    found = outcome(evaluate, body, line("TEA", at="100"), line("CUP", at="100"))
    assert found.net_value == 180
    assert outcome(evaluate, body, line("CUP", at="189.90")).net_value == F("189.90")  # 225.981


@BOTH
def test_an_ending_on_the_price_with_tax(evaluate: str) -> None:
    # 4 with 19% tax is 4.76: 4.99 is nearer than 4.49, without tax 4.1933
    body = f"{TAX} price p {{ rate price 100% of cost  ending 0.49, 0.99, including tax }}"
    assert gross(evaluate, body, line("CUP")) == F("4.99") / F("1.19")


@BOTH
def test_an_item_without_a_tax_rate_is_an_error(evaluate: str) -> None:
    body = f"{TAX} discount d {{ tiers retroactive on net value including tax per order {{ from EUR 1 10% }} }}"
    with pytest.raises(OrderError) as error:
        outcome(evaluate, body, line("CUP", at="1"), line("GIFT", at="1"))
    assert (error.value.code, error.value.where) == ("R0558", "lines[1].item")


def test_the_checker_tells_rows_of_items_without_a_tax_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLES, "shelf", [{"item": "GIFT", "price": "3"}])
    text = f'agreement t "T" {{\n accounts all, each\n valid 2026-01-01 to 2026-12-31\n currency EUR\n{TAX}\n price p {{ from table shelf }}\n}}\n'
    report = Report()
    assert load_rules({"t.rebates": DECLARED + text}, Tables(), report) is None
    assert [(found.code, found.span.text) for found in report.diagnostics] == [("R0426", "item=GIFT")]
