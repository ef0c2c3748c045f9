"""Rule sets on which the evaluators once differed, found by the fuzzer; each is decided by the calculation page."""

from __future__ import annotations

from functools import partial

import pytest

from rebates import reference
from rebates.compile import compile_rules
from tests.fuzz.fuzz import ORDER
from tests.generated.compare import outcome
from tests.model.checking import agreement, price, rules


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        # no agreement on the day: section 7 names the account
        (agreement("discount d { rate 5% }", valid="2026-07-01 to 2026-12-31"), ("R0501", "account")),
        # no list price, so no list value while prices are made (8): the condition is unknown, and no price is left
        (price("when m < EUR 91  rate price EUR 1 per piece", "measure m = list value per order"), ("R0504", "lines[0].item")),
    ],
)  # fmt: skip
def test_both_refuse_at_the_same_place(text: str, answer: tuple[str, str]) -> None:
    made = rules(text)
    assert outcome(partial(reference.price, made), ORDER) == answer
    assert outcome(compile_rules(made).outcome, ORDER) == answer
