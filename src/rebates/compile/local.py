"""Which rules generated code can take, and what it needs to know of them: worked out once for a rule, whatever the line.

A rule is *local* if, its conditions apart, it decides on the line and reads only static data and the line's own quantity. It
is *constant* if of these only unit conversions tell one line from another; what such rules come to is then shared by all
lines with the same rules and conversions.
"""

from __future__ import annotations

from dataclasses import dataclass

from rebates.compile.familiar import all_familiar
from rebates.model.nodes import (
    Arithmetic,
    AttributeValue,
    Constant,
    Expr,
    Extreme,
    Fallback,
    Flat,
    ItemPrice,
    MeasureRef,
    PercentPiece,
    PricePiece,
    PriceTable,
    Reward,
    Rounded,
    Rule,
    Scope,
    SumPiece,
    Tiers,
    Total,
    UnitPiece,
)


class NotLocal(Exception):
    """The line needs the runtime; caught where a cell is made."""


@dataclass(frozen=True, slots=True)
class Local:
    """What generated code knows of a rule that it can take."""

    constant: bool
    units: frozenset[str]  # that its measure, packages and prices are in


def local(rule: Rule) -> Local | None:
    """None for a rule that the runtime has to judge."""
    found = _Walk()
    try:
        if not all_familiar(rule):
            return None
        found.rule(rule)
    except NotLocal:
        return None
    return Local(found.constant, frozenset(found.units))


def own_quantity(expr: Expr) -> Total | None:
    """The measure, if it is the line's own quantity and nothing else."""
    if isinstance(expr, MeasureRef):
        return own_quantity(expr.value)
    if isinstance(expr, Total) and expr.what == "quantity" and expr.scope is Scope.LINE and expr.where is None:
        return expr
    return None


class _Walk:
    """Goes through a rule and refuses what depends on anything but static data and the line's own quantity."""

    def __init__(self) -> None:
        self.constant = True
        self.units: set[str] = set()

    def rule(self, rule: Rule) -> None:
        if rule.kind not in ("price", "discount") or rule.limit is not None or rule.exclusive:
            raise NotLocal
        if rule.sets is not None or rule.gift is not None or rule.unused:
            raise NotLocal
        bounds = (*rule.caps, *rule.floors, *(() if rule.pays_from is None else (rule.pays_from,)))
        if rule.decides is not Scope.LINE:
            raise NotLocal
        if any(bound.scope is not Scope.LINE or bound.on not in ("amount", "rate") for bound in bounds):
            raise NotLocal
        base = rule.base
        if base.what not in ("running", "list", "gross", "quantity") or base.value is not None:
            raise NotLocal
        if rule.not_below is not None and rule.not_below.to_other_lines:
            raise NotLocal
        for bound in bounds:
            self.static(bound.value)
        if rule.not_below is not None:
            self.static(rule.not_below.value)
        self.worth(rule)

    def worth(self, rule: Rule) -> None:
        match rule.worth:
            case Flat(reward):
                self.reward(reward)
            case PriceTable():
                self.constant = False
            case Tiers() as tiers:
                measure = own_quantity(tiers.measure)
                if measure is None:
                    self.static(tiers.measure)
                else:
                    if tiers.mode in ("incremental", "interpolated") and (measure.full or rule.kind == "price"):
                        raise NotLocal
                    assert measure.unit is not None
                    self.units.add(measure.unit)
                for tier in (*tiers.rows, *(() if tiers.below is None else (tiers.below,))):
                    self.reward(tier.reward)
                if tiers.without_baseline is not None:
                    self.reward(tiers.without_baseline)
            case _:
                raise NotLocal

    def reward(self, reward: Reward) -> None:
        for piece in reward.pieces:
            match piece:
                case PercentPiece():
                    self.static(piece.rate)
                    if piece.of is not None:
                        self.static(piece.of)
                case UnitPiece():
                    if piece.package.unit is None or piece.package.kind not in ("each", "full", "started"):
                        raise NotLocal
                    self.units.add(piece.package.unit)
                    self.static(piece.amount)
                case PricePiece():
                    if piece.unit is not None:
                        self.units.add(piece.unit)
                    self.static(piece.value)
                case SumPiece():
                    self.static(piece.amount)
                case _:
                    raise NotLocal

    def static(self, expr: Expr) -> None:
        """Refuses what depends on quantities or amounts."""
        match expr:
            case Constant():
                if expr.unit is not None:
                    self.units.add(expr.unit)
            case AttributeValue():
                self.constant = False
            case ItemPrice():
                self.constant = False
                if expr.kind == "net":
                    raise NotLocal
            case MeasureRef():
                self.static(expr.value)
            case Arithmetic():
                self.static(expr.left)
                self.static(expr.right)
            case Extreme():
                for part in expr.parts:
                    self.static(part)
            case Rounded():
                self.static(expr.value)
            case Fallback():
                self.static(expr.value)
                self.static(expr.otherwise)
            case _:
                raise NotLocal


def must_be_static(expr: Expr) -> None:
    """Refuses what depends on quantities or amounts. Raises NotLocal."""
    _Walk().static(expr)
