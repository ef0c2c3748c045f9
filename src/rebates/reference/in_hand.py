"""What the totals that an order brings tell of the base of a rule before it (123)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from rebates.model import nodes as m
from rebates.model.expressions import dimension
from rebates.model.rebates import Rebate
from rebates.reference.prices import is_price
from rebates.reference.standing import Standing
from rebates.reference.worth import reads_line


def knows_base(standing: Standing, rule: Rebate) -> bool:
    """Whether they tell it: totals do, what is cut or paid sale by sale does not."""
    return not (
        rule.first is not None
        or rule.last is not None
        or rule.not_with
        or any(rule.id in other.in_lieu_of for other in standing.agreement.rebates)
        or any(judged_by_sale(gate.condition) for gate in rule.when)
        or (rule.base is not None and reads_line(rule.base))
        or _pays_by_sale(rule)
    )


def judged_by_sale(condition: m.Condition) -> bool:
    """Whether a clause is judged for every sale: it tests the item, order or line, or a class (97)."""
    return reads_line(condition) or _has_class(condition)


def _has_class(condition: m.Condition) -> bool:
    match condition:
        case m.InClass():
            return True
        case m.And(parts=parts) | m.Or(parts=parts):
            return any(_has_class(part) for part in parts)
        case m.Not(part=part):
            return _has_class(part)
        case _:
            return False


def _pays_by_sale(rule: Rebate) -> bool:
    """Whether it is paid on single sales, so that a total alone does not say what it pays (123)."""
    units = [rule.limit.unit] if rule.limit is not None else []
    found = reads_line(rule.worth) or reads_line(rule.accrue) or any(reads_line(gate.otherwise) for gate in rule.when)
    for piece in _pieces((rule.worth, rule.accrue, tuple(gate.otherwise for gate in rule.when))):
        match piece:
            case m.PricePiece():
                found = True
            case m.PercentPiece(of=of):
                found = found or (of is not None and is_price(of))
            case m.UnitPiece(package=package):
                units.append(package.unit)
    own = dimension(rule.base).unit if rule.base is not None and dimension(rule.base).kind == "quantity" else None
    table = rule.worth
    if isinstance(table, m.RateTable):
        found = found or bool(table.keys) or any(row.first or row.last for row in table.rows)
    return found or any(unit not in (None, own) for unit in units)


def _pieces(node: object) -> Iterator[m.Piece]:
    match node:
        case m.Reward(pieces=pieces):
            yield from pieces
        case tuple():
            for part in node:
                yield from _pieces(part)
        case m.RateTable(rows=rows):
            for row in rows:
                yield from _pieces(row.worth)
        case m.PriceTable():
            return
        case _ if is_dataclass(node) and not isinstance(node, type):
            for each in fields(node):
                if each.name != "span":
                    yield from _pieces(getattr(node, each.name))
