"""Prices, costs and rates that cannot be: below zero, or more than the whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path

import pytest

from rebates import reference
from rebates.compile import compile_rules
from rebates.model.folder import load_rules
from rebates.model.orders import LineIn, OrderIn
from rebates.model.outcome import Outcome
from rebates.syntax.diagnostics import Report
from tests.generated.compare import outcome
from tests.model.checking import TABLES, agreement, check, discount, example, price, rules
from tests.model.test_tables import parquet


@pytest.mark.parametrize(("table", "column"), [("list_prices", "price"), ("costs", "cost")])
def test_no_price_and_no_cost_is_below_zero(table: str, column: str) -> None:
    rows: list[dict[str, object]] = [
        {"item": "COLA", "unit": "piece", column: "3"},
        {"item": "NUTS", "unit": "piece", column: "-3"},
    ]
    _, report = check(discount("rate 5%"), {**TABLES, table: rows})
    (slip,) = report.diagnostics
    assert (slip.code, slip.span.text) == ("R0404", f"{column}=-3")
    assert slip.message == f"row 3, column `{column}` of table `{table}`: `-3` is not an amount of zero or more"


def test_every_price_below_zero_of_a_price_table_is_told(tmp_path: Path) -> None:
    parquet(tmp_path, {"item": ["COLA", "NUTS", "TEA"], "price": [Decimal("-1.50"), Decimal("2.00"), Decimal("-0.01")]})
    text = price("from table shelf", 'table shelf from "prices.parquet" { item key  price money }')
    (tmp_path / "a.rebates").write_text(text, encoding="utf-8")
    report = Report()
    load_rules(tmp_path, None, report)
    assert [(slip.code, slip.message.partition(" is ")[0]) for slip in report.diagnostics] == [
        ("R0404", "row 2, column `price` of table `shelf`: `-1.5`"),
        ("R0404", "row 4, column `price` of table `shelf`: `-0.01`"),
    ]


@pytest.mark.parametrize("kind", ["percent", "reward"])
def test_a_rate_below_zero_is_told_by_its_row(kind: str) -> None:
    rows: list[dict[str, object]] = [{"item": "COLA", "rate": "5%"}, {"item": "NUTS", "rate": "-5%"}]
    declared = f'table sheet from "sheet" {{ item key  rate {kind} }}'
    _, report = check(discount("from table sheet", declared), {**TABLES, "sheet": rows})
    assert [(slip.code, slip.message) for slip in report.diagnostics] == [
        ("R0383", "row 3, column `rate` of table `sheet`: `-5%` is no rate")
    ]


def test_a_rate_above_the_whole_is_told_by_its_row() -> None:
    rows: list[dict[str, object]] = [{"item": "COLA", "rate": "5%"}, {"item": "NUTS", "rate": "550%"}]
    declared = 'table sheet from "sheet" { item key  rate reward }'
    _, report = check(discount("from table sheet", declared), {**TABLES, "sheet": rows})
    assert [(one.code, one.severity, one.span.source.name) for one in report.diagnostics] == [
        ("R0627", "warning", "sheet row 3")
    ]


@pytest.mark.parametrize(
    "text",
    [
        discount("tiers retroactive on quantity in carton per order { from -5 carton 1% }"),
        discount("tiers retroactive on quantity in carton per order { from 5 carton -1% }"),
        discount("rate -5%"),
        discount("rate EUR -5 per carton"),
        discount("rate EUR 1 per full 0 carton"),
        discount("rate EUR 1 per full -2 carton"),
        discount("rate 5%  limit -1 carton per order"),
        discount("rate 5%  cap EUR -1 per order"),
        discount("rate 5%  pays from EUR -1"),
        price("rate price EUR -5 per piece"),
        agreement('free f { buy 0 piece of "COLA" get 1 piece of "COLA" }'),
        agreement('free f { buy -1 piece of "COLA" get 1 piece of "COLA" }'),
        example('order on 2026-03-10 { 1 carton of "COLA" at EUR -10 }  expect line 1 d nothing'),
    ],
)
def test_what_is_below_zero_in_a_text_and_makes_no_sense_is_an_error(text: str) -> None:
    _, report = check(text)
    assert report.has_errors


def test_an_order_of_nothing_but_returns_is_the_sale_mirrored() -> None:
    """A line of negative quantity is a return that names no sale (4): it makes sense, and is no error."""
    made = rules(discount("rate 5%"), {**TABLES, "list_prices": [{"item": "COLA", "unit": "piece", "price": "100"}]})
    for quantity, net in ((3, 285), (-3, -285)):
        order = OrderIn("ACME", date(2026, 3, 10), (LineIn("COLA", Fraction(quantity), "piece"),))
        for evaluate in (partial(reference.price, made), compile_rules(made).outcome):
            answer = outcome(evaluate, order)
            assert isinstance(answer, Outcome)
            assert [line.net_value for line in answer.lines] == [net]


def test_a_line_of_no_quantity_is_an_error_of_both_evaluators() -> None:
    made = rules(discount("rate 5%"))
    order = OrderIn("ACME", date(2026, 3, 10), (LineIn("COLA", Fraction(0), "piece", price=Fraction(1)),))
    for evaluate in (partial(reference.price, made), compile_rules(made).outcome):
        assert outcome(evaluate, order) == ("R0506", "lines[0].quantity")
