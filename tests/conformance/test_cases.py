"""Every case of the table on every evaluator."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from rebates import reference
from rebates.compile import compile_rules
from rebates.model.nodes import RuleSet
from rebates.model.orders import OrderIn
from rebates.model.outcome import Outcome
from tests.conformance.cases import Case, cases, found, order_of, rules_of, settled, sources

Evaluator = Callable[[RuleSet, OrderIn], Outcome]

EVALUATORS: dict[str, Evaluator] = {
    "reference": reference.price,
    "compiled": lambda rules, order: compile_rules(rules).outcome(order),
}


@pytest.mark.parametrize("evaluator", EVALUATORS)
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_case(case: Case, evaluator: str) -> None:
    rules = rules_of(case)
    totals: dict[str, Fraction] = {}
    for body in case.orders:
        order = order_of(case, body, totals, rules)
        outcome = EVALUATORS[evaluator](rules, order)
        for what, expected in body["expect"].items():
            assert found(outcome, what, order) == Fraction(expected), f"{case.name}: {what}, {outcome.decisions}"
        totals = {**totals, **outcome.totals}


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_the_table_repeats_its_source(case: Case) -> None:
    """The words of the source stand in the table unchanged."""
    source = sources()[case.id]
    if isinstance(source, str):
        assert case.says == source or str(case.says) in source, case.id
    else:
        assert case.says == source, case.id


def test_every_case_is_said() -> None:
    said = {case.id for case in cases()}
    assert said | set(settled()) == set(sources())
    assert not said & set(settled())
