"""The attributes that every order, line, account and item has, without being declared."""

from __future__ import annotations

from collections.abc import Mapping

from rebates.model import nodes as m
from rebates.syntax.source import Source, Span

SUBJECTS = ("item", "line", "order", "account")
NOWHERE = Span(Source("", ""), 0, 0)

# what the dates of an order say of themselves; a caller does not give them as attributes
MOMENTS: Mapping[str, m.Dimension] = {
    "date": m.DATE,
    "weekday": m.TEXT,
    "time": m.TIME,
    "delivery_date": m.DATE,
    "delivery_weekday": m.TEXT,
    "delivery_time": m.TIME,
    "invoice_date": m.DATE,
}

BUILT_IN: Mapping[str, m.Attribute] = {
    path: m.Attribute(subject, name, dimension, span=NOWHERE)  # type: ignore[arg-type]
    for path, subject, name, dimension in (
        ("account.id", "account", "id", m.TEXT),
        ("item.id", "item", "id", m.TEXT),
        ("item.family", "item", "family", m.TEXT),
        ("line.unit", "line", "unit", m.TEXT),
        ("line.delivery", "line", "delivery", m.TEXT),
        ("line.programme", "line", "programme", m.TEXT),
        ("order.programme", "order", "programme", m.TEXT),
        *((f"order.{name}", "order", name, dimension) for name, dimension in MOMENTS.items()),
        ("order.end_customer", "order", "end_customer", m.TEXT),
    )
}
