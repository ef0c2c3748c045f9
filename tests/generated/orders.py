"""Random orders over the world, from a seed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random

from rebates.model.orders import LineIn, OrderIn
from tests.generated.areas import AREAS

ITEMS = ("COLA", "LIME", "JUICE", "NUTS", "CHIPS")
QUANTITIES = ("1", "2", "3", "5", "7", "12", "24", "30", "31", "59", "60", "100", "0.5", "2.75")


def make(seed: int) -> tuple[OrderIn, set[str]]:
    """The order of a seed, and the features it uses."""
    random = Random(f"order {seed}")
    features: set[str] = set()
    lines = []
    for _ in range(random.choice((1, 1, 2, 2, 3, 4, 6))):
        unit = random.choice(("piece", "piece", "carton", "kg"))
        if unit != "piece":
            features.add("converted unit")
        quantity = Fraction(random.choice(QUANTITIES))
        if random.randrange(12) == 0:
            quantity = -quantity
            features.add("return")
        line = LineIn(random.choice(ITEMS), quantity, unit)
        if random.randrange(8) == 0:
            line = replace(line, price=Fraction(random.choice(("1.05", "0.8", "30"))))
            features.add("manual price")
        manual = random.randrange(30)
        if manual == 0:
            line = replace(line, net_price=Fraction("1.01"))
            features.add("manual net price")
        elif manual == 1:
            line = replace(line, discount=Fraction(3, 100))
            features.add("manual discount")
        attributes = {}
        if random.randrange(2):
            attributes["colour"] = random.choice(("red", "green"))
        if random.randrange(3) == 0:
            attributes["delivery"] = random.choice(("A", "B"))
        lines.append(replace(line, attributes=attributes))
    day = date(2026, 1, 1) + timedelta(days=random.randrange(365))
    days = {"delivery": day + timedelta(days=random.randrange(20))} if random.randrange(3) == 0 else {}
    order_attributes = {"channel": random.choice(("web", "shop"))} if random.randrange(4) else {}
    codes = frozenset({random.choice(("SPRING", "FAIR", "OTHER"))}) if random.randrange(3) == 0 else frozenset[str]()
    order = OrderIn(
        account=random.choice(("ACME", "ACME-NORTH", "SOLO")),
        day=day,
        lines=tuple(lines),
        days=days,
        attributes=order_attributes,
        codes=codes,
    )
    for area in AREAS:
        if area.order is not None:
            order = area.order(random, order, features)
    return order, features
