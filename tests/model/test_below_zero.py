"""Prices, costs and rates that cannot be: below zero, or more than the whole."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from rebates.model.folder import load_rules
from rebates.syntax.diagnostics import Report
from tests.model.checking import TABLES, check, discount, price
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
