"""What would take too long is refused by both evaluators alike, and the refusal names the rule (40)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from rebates.compile import compile_rules
from rebates.model.folder import load_rules
from rebates.model.orders import LineIn, OrderIn
from rebates.model.outcome import OrderError
from rebates.reference import price
from rebates.syntax.diagnostics import Report

TEXT = """
agreement deals "Deals" {
  accounts all, each
  valid 2026-01-01 to 2026-12-31
  currency EUR
  waterfall { stage deals sum }
  discount lunch "Lunch" {
    stage deals
    bundle { 1 piece one of ("A", "B")  1 piece one of ("C", "D")  1 piece one of ("E", "F") }
    rate 10%
  }
}
"""


class Tables:
    def rows(self, name: str) -> list[dict[str, str]] | None:
        if name == "items":
            return [{"id": item, "base_unit": "piece"} for item in "ABCDEF"]
        return [{"item": item, "unit": "piece", "price": "1"} for item in "ABCDEF"] if name == "list_prices" else None


def order_of(*pieces: int) -> OrderIn:
    lines = tuple(LineIn(item, Fraction(count), "piece") for item, count in zip("ABCDEF", pieces, strict=True))
    return OrderIn("X", date(2026, 5, 4), lines)


def test_no_more_ways_to_fill_a_bundle_are_looked_at_than_is_stated() -> None:
    report = Report()
    rules = load_rules({"deals.rebates": TEXT}, Tables(), report)
    assert rules is not None, report.diagnostics
    compiled = compile_rules(rules)
    # of 16 sets each part is chosen from two kinds in 17 ways: 17 x 17 x 17 = 4,913 of the 5,000 that are looked at
    most = order_of(8, 8, 8, 8, 8, 8)
    assert [line.net_value for line in compiled.price(most).lines] == [Fraction(72, 10)] * 6  # 8.00 less 10%
    # of 17 sets in 18 ways: 5,832
    over = order_of(9, 8, 9, 8, 9, 8)
    for evaluate in (compiled.price, lambda order: price(rules, order)):
        with pytest.raises(OrderError, match="rule `lunch` would have to look at more than 5000 ways") as refused:
            evaluate(over)
        assert refused.value.code == "R0540"
