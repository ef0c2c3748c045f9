"""The same measurements under pytest-benchmark."""

from __future__ import annotations

from typing import Any

import pytest

import rebates
from benchmarks import market
from benchmarks.baseline import Pricer
from benchmarks.quotes import asked_orders
from rebates import Line, Order


@pytest.mark.parametrize("lines", [1, 100])
@pytest.mark.parametrize("rules", [20, 1_000])
def test_engine(benchmark: Any, rules: int, lines: int) -> None:
    made = market.make(rules)
    book = rebates.load({"market.rebates": made.text()}, tables=made)
    orders = [Order(a, d, [Line(i, f"{q} piece") for i, q in some]) for a, d, some in asked_orders(made, lines, 20)]
    benchmark(lambda: [book.quote(order) for order in orders])


@pytest.mark.parametrize("lines", [1, 100])
@pytest.mark.parametrize("rules", [20, 1_000])
def test_hand_written(benchmark: Any, rules: int, lines: int) -> None:
    made = market.make(rules)
    pricer = Pricer(made)
    asked = asked_orders(made, lines, 20)
    benchmark(lambda: [pricer.price(*one) for one in asked])
