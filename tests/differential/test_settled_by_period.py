"""Rules with `separate`: what their short periods share with the windows of the calendar, by both evaluators."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from types import ModuleType

import pytest

from rebates import reference
from rebates.compile import settle as compiled
from rebates.model.history import Posted
from rebates.model.settlement import Due
from tests.generated.settled import accepted

EVALUATORS = pytest.mark.parametrize("evaluator", [reference, compiled], ids=["reference", "compiled"])


def due(evaluator: ModuleType, rule: str, first: str, last: str, *posted: Posted, valid: str = "2026-01-01") -> Due:
    """The one row of a rule on sales per account and quarter, settled monthly, each month by itself."""
    rules = accepted(
        f"""agreement t "T" {{
  accounts "ACME", each
  valid {valid} to 2026-12-31
  currency EUR
  fact audit text latest
  measure sold = net value of items per account per quarter
  rebate r {{ {rule}  settle monthly, separate }}
}}
"""
    )
    assert rules is not None
    [settled] = evaluator.settle(rules, "t", posted, date.fromisoformat(first), date.fromisoformat(last))
    [row] = settled.dues
    assert isinstance(row, Due)
    return row


def sale(day: str, net: int) -> Posted:
    return Posted("s", "sale", "ACME", date.fromisoformat(day), net=Fraction(net), quantity=Fraction(1), unit="piece", item="COLA", currency="EUR")  # fmt: skip


@EVALUATORS
def test_throughout_a_quarter_is_asked_of_the_quarter_though_a_month_is_judged(evaluator: ModuleType) -> None:
    passed = Posted("f", "fact", "ACME", date(2026, 4, 20), name="audit", value="passed")
    row = due(evaluator, 'base sold rate 1% when fact audit is "passed" throughout the quarter', "2026-05-01", "2026-05-31", sale("2026-05-05", 500), passed)  # fmt: skip
    assert row.status == "unknown"
    assert row.due == 0  # of the first of April nothing is known (97)


@EVALUATORS
def test_half_a_month_has_half_of_the_thresholds(evaluator: ModuleType) -> None:
    rule = "tiers lump sum on sold { from EUR 50 EUR 10 } pro rata by day"
    row = due(evaluator, rule, "2026-02-15", "2026-02-28", sale("2026-02-20", 30), valid="2026-02-15")
    assert row.due == 5  # 14 of 28 days: EUR 25 are asked and reached, EUR 5 are paid (101)
