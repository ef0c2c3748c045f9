"""What is remembered is told apart by value, though hashes are equal; and what it saves is not done again."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from rebates.compile import Compiled, compile_rules
from rebates.model.orders import LineIn, OrderIn
from rebates.plan.index import RuleIndex
from rebates.reference import price
from tests.differential.test_agreement import loaded
from tests.differential.test_remembered import LINES, amounts

DAY = date(2026, 5, 4)
DEEP = """
  attribute line.depth number
  attribute order.weight number
  waterfall { stage one sum }
  discount deep { stage one  when line.depth >= 2  rate 5% }
  discount heavy { stage one  when order.weight >= 2  rate 3% }
"""
MODULUS = 2**61 - 1  # numbers that differ by it have one hash


@pytest.mark.parametrize("plans", [50_000, 1], ids=["roomy", "evicting"])
def test_numbers_of_one_hash(plans: int) -> None:
    rules = loaded(DEEP)
    compiled = Compiled(rules, plans)
    numbers = [Fraction(1 + MODULUS * times) for times in range(3)]
    assert len(set(map(hash, numbers))) == 1
    orders = [
        OrderIn("ACME", DAY, (LineIn("COLA", Fraction(4), "carton", attributes={"depth": depth}),), attributes=said)
        for depth in numbers
        for said in ({}, *({"weight": weight} for weight in numbers))
    ]
    expected = [[line.net_value for line in price(rules, order).lines] for order in orders]
    assert len({tuple(values) for values in expected}) == 4
    for _ in range(2):
        assert [amounts(compiled, order) for order in orders] == expected
        assert [amounts(compiled, order) for order in reversed(orders)] == expected[::-1]


def test_rules_are_put_in_order_once_for_a_kind_of_account_and_of_item(monkeypatch: pytest.MonkeyPatch) -> None:
    """So the work for a new line does not grow with the number of rules that name its account."""
    rules = loaded("".join(f'discount r{n} {{ when account.id is "ACME"  rate {n}% }} ' for n in range(1, 40)))
    compiled, done = compile_rules(rules), list[object]()
    plain = RuleIndex.numbers

    def counted(index: RuleIndex, *files: tuple[int, ...]) -> tuple[int, ...]:
        done.append(files)
        return plain(index, *files)

    monkeypatch.setattr(RuleIndex, "numbers", counted)
    orders = [OrderIn("ACME", DAY, (LineIn(item, Fraction(number), unit),)) for item, number, unit in LINES]
    expected = [[line.net_value for line in price(rules, order).lines] for order in orders]
    assert [amounts(compiled, order) for order in orders] == expected
    done.clear()
    for _ in range(2):
        compiled.remembered.forget()
        assert [amounts(compiled, order) for order in orders] == expected
    assert not done
