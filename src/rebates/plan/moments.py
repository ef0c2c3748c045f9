"""What the dates of an order say of themselves (76); the rest of its attributes comes from the caller."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from rebates.model.calendar import WEEKDAYS
from rebates.model.orders import OrderIn
from rebates.plan.facts import AttributeText


def _delivery_weekday(order: OrderIn) -> AttributeText | None:
    day = order.days.get("delivery")
    return None if day is None else WEEKDAYS[day.weekday()]


_READ: Mapping[str, Callable[[OrderIn], AttributeText | None]] = MappingProxyType(
    {
        "date": lambda order: order.day,
        "weekday": lambda order: WEEKDAYS[order.day.weekday()],
        "time": lambda order: order.times.get("order"),
        "delivery_date": lambda order: order.days.get("delivery"),
        "delivery_weekday": _delivery_weekday,
        "delivery_time": lambda order: order.times.get("delivery"),
        "invoice_date": lambda order: order.days.get("invoice"),
    }
)
TIMES = MappingProxyType({"time": "order", "delivery_time": "delivery"})  # by the date whose hour they are
BUILT_IN = frozenset(_READ)


def read_order(order: OrderIn, name: str) -> AttributeText | None:
    """The value of an attribute of the order; None if nobody says."""
    read = _READ.get(name)
    return order.attributes.get(name) if read is None else read(order)
