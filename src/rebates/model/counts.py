"""What a `number of …` counts: things of every order by name, or the distinct values of an attribute (91a)."""

from __future__ import annotations

from rebates.model import nodes as m
from rebates.model.expressions import Typing
from rebates.syntax import nodes as s

_COUNTS = ("lines", "orders", "deliveries", "invoices", "days")
_DISTINCT = {"items": ("item", "id"), "accounts": ("account", "id")}  # are numbers of distinct values


def what_is_counted(expr: s.Total, typing: Typing) -> tuple[str, m.Attribute | None]:
    """The `what` of the total, and of distinct values their attribute; "distinct" and None where an error was reported."""
    counted = expr.counted.name if expr.counted is not None else ""
    path = s.Path(_DISTINCT[counted], span=expr.span) if counted in _DISTINCT else expr.distinct
    if path is not None:
        return "distinct", typing.names.attribute(path)
    if counted in _COUNTS:
        return counted, None
    assert expr.counted is not None
    typing.names.unknown(
        "R0235",
        "thing to count",
        counted,
        expr.counted.span,
        (*_COUNTS, *_DISTINCT),
        f"write `number of distinct {counted}` for the values of an attribute, `quantity in {counted}` for units",
    )
    return "distinct", None
