"""Reading what an order says as text, over `Decimal` of the same numbers."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from benchmarks.measure import Measurement, interleaved
from rebates.engine.orders import money_of, quantity_of

COUNT = 5_000


def over_decimal() -> tuple[float, float]:
    """Per line: a quantity and a price as text. A few hundred texts come again and again, as in orders."""
    random = Random(11)
    quantities = [f"{random.choice((1, 6, 12, 24, 60, 144, 2.5, 480))} carton" for _ in range(COUNT)]
    prices = [f"EUR {random.randrange(500):d}.{random.choice((0, 25, 50, 95)):02d}" for _ in range(COUNT)]
    numbers = [(q.split()[0], p.split()[1]) for q, p in zip(quantities, prices, strict=True)]

    def ours() -> None:
        for quantity, price in zip(quantities, prices, strict=True):
            quantity_of(quantity)
            money_of(price)

    def decimals() -> None:
        for quantity, price in numbers:
            Decimal(quantity)
            Decimal(price)

    best, base = interleaved(ours, decimals)
    return best / COUNT, base / COUNT


ROWS = [Measurement("quantities and prices given as text, over Decimal(text)", "ns per line", 2, 0.8, over_decimal)]
