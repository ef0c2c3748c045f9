"""Facts: what is posted like a transaction, and how its postings of a window come together (5.1 e)."""

from __future__ import annotations

from rebates.model import nodes as m
from rebates.model.names import Names, dimension_of, enter, fits, literal_value
from rebates.syntax import nodes as s


def declare_fact(names: Names, node: s.FactDeclaration) -> None:
    """Enters a fact; its way must fit its type, and what is expected of it too."""
    kind, how = node.type.kind, node.how
    if (kind == "text" and node.how != "latest") or (kind == "date" and node.how == "summed"):
        what = "a text" if kind == "text" else "a date"
        names.report.error(
            "R0456", node.span, f"{what} cannot be {node.how}", f"write `fact {node.name} {kind} latest`"
        )
        how = "latest"
    dimension = dimension_of(kind, node.type.unit)
    if node.expected is not None:
        _check_expected(names, node, dimension)
    expected = literal_value(node.expected) if node.expected is not None else None
    attribute = m.Attribute("fact", node.name, dimension, span=node.span)
    enter(names, "fact", node.name, m.Fact(attribute, how, expected, span=node.span), names.facts)


def _check_expected(names: Names, node: s.FactDeclaration, dimension: m.Dimension) -> None:
    assert node.expected is not None
    match dimension.kind, node.expected:
        case "money", s.Money(currency=currency):
            sound = not names.currency or currency == names.currency
        case "quantity", s.Quantity(unit=unit):
            sound = unit == dimension.unit
        case (("money" | "quantity"), _):
            sound = False
        case _, (s.Money() | s.Quantity()):
            sound = False
        case _:
            sound = fits(literal_value(node.expected), dimension)
    if not sound:
        names.report.error(
            "R0456",
            node.expected.span,
            f"fact `{node.name}` is declared as {node.type.kind}, `{node.expected.span.text}` is not",
            "write what is expected in the type of the fact",
        )
