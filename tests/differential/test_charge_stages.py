"""Charges in stages of every kind: both evaluators say the same of their base, their order and of charges on charges (30, 30a, 30b)."""

from __future__ import annotations

from functools import partial

import pytest

from rebates import Line, Order, load, reference
from tests.generated.compare import outcome

WORTHS = (
    "rate 10%",
    "rate EUR 3 per order",
    "rate EUR 0.10 per piece",
    "rate 5%  cap EUR 4 per order",
    "rate 2%  floor EUR 6 per order",
    "rate EUR 7 per order  spread by quantity",
    "tiers retroactive on net value per order { from EUR 100 2%  from EUR 200 3% }",
    "amount 10% of charge c0 + 10% of charge c1",
)
ORDERS = (("3 piece", "EUR 41.17"), ("7 piece", "EUR 12.99"), ("1 piece", "EUR 80.01"))


@pytest.mark.parametrize("late", ["sum", "sequence"])
@pytest.mark.parametrize("combine", ["best", "sum", "sequence", "first"])
@pytest.mark.parametrize("turned", [False, True])
def test_both_evaluators_agree(combine: str, late: str, turned: bool) -> None:
    stages = ("late", "fees") if turned else ("fees", "late")
    charges = "\n".join(
        f"  charge c{n} {{ stage {stages[n in (3, 4)]}  priority {(len(WORTHS) - n) if turned else 1 + n % 3}  {worth} }}"
        for n, worth in enumerate(WORTHS)
    )
    book = load(
        {
            "charges.rebates": f'agreement a "A" {{\n  accounts all, each  valid 2026-01-01 to 2026-12-31  currency EUR\n'
            f"  waterfall {{ stage off sum  stage fees {combine}  stage late {late} }}\n"
            f"  discount d {{ stage off  rate 3% }}\n{charges}\n}}\n"
        }
    )
    lines = [Line(f"I{n}", quantity, price) for n, (quantity, price) in enumerate(ORDERS)]
    for count in (1, 2, 3):
        given = book.quote(Order("ACME", "2026-03-02", lines[:count])).given
        assert outcome(partial(reference.price, book.rules), given) == outcome(book.compiled.outcome, given)
