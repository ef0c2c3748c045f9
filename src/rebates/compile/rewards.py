"""What one rule's reward comes to on a line or a group of lines, before limits on the amount (semantics 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

from rebates.compile.amounts import ZERO
from rebates.compile.state import Line, Reader, View
from rebates.compile.values import number, units
from rebates.model.nodes import (
    NUMBER,
    Arithmetic,
    Constant,
    Dimension,
    Expr,
    Package,
    PercentPiece,
    Piece,
    PricePiece,
    Reward,
    Scope,
    SumPiece,
    Tier,
    Tiers,
    UnitPiece,
)
from rebates.plan.conditions import reads_beyond
from rebates.plan.expressions import kind_of
from rebates.plan.nodes import Here, Missing


class NoValue(Exception):
    """A reward needs something that is not there; `place` is the line that lacks it."""

    def __init__(self, missing: Missing, place: int) -> None:
        super().__init__(missing)
        self.missing, self.place = missing, place


@dataclass(frozen=True, slots=True)
class Reached:
    """Where a measure stands in a table: the last row reached (-1 `below`, -2 `without baseline`, None none)."""

    row: int | None
    measure: Fraction | None
    before: Fraction | None  # beyond an order: the measure without the order in hand


def reach(tiers: Tiers, at: Reader) -> Reached:
    """The row that the measure reaches (4.1)."""
    measure = number(tiers.measure, at)
    if isinstance(measure, Missing):
        return Reached(None if tiers.without_baseline is None else -2, None, None)
    before: Fraction | None = None
    if reads_beyond(tiers.measure):
        found = number(tiers.measure, Reader(at.view, at.here, at.line, before=True))
        before = ZERO if isinstance(found, Missing) else found
    row = row_at(tiers, measure)
    if row is None and tiers.below is not None and measure < tiers.below.threshold:
        row = -1
    return Reached(row, measure, before)


def row_at(tiers: Tiers, measure: Fraction) -> int | None:
    """The last row whose bound the measure meets."""
    reached: int | None = None
    for index, tier in enumerate(tiers.rows):
        if enters(tier, measure):
            reached = index
    return reached


def enters(tier: Tier, measure: Fraction) -> bool:
    """`from t` takes t in, `above t` does not (4.1)."""
    return measure > tier.threshold if tier.above else measure >= tier.threshold


@dataclass(frozen=True, slots=True)
class Slice:
    """A row's share of the base (4.2 b)."""

    row: int
    share: Fraction


def slices(tiers: Tiers, low: Fraction, high: Fraction, allowed: Fraction) -> list[Slice]:
    """The rows' shares of the way from `low` to `high`; of it only the lowest part `allowed` earns (4.5 a)."""
    length = high - low
    if length <= 0:
        return []
    top = low + allowed * length
    found: list[Slice] = []
    for index, tier in enumerate(tiers.rows):
        end = tiers.rows[index + 1].threshold if index + 1 < len(tiers.rows) else top
        begin, end = max(tier.threshold, low), min(end, top)
        if end > begin:
            found.append(Slice(index, (end - begin) / length))
    return found


@dataclass(slots=True)
class Basis:
    """What a reward is paid on: the lines together, for each its base and the share of it that a limit lets in."""

    here: Here
    view: View
    lines: Sequence[Line]
    bases: Sequence[Fraction]  # money
    shares: Sequence[Fraction]  # 0 to 1, by the rule's limit
    running: Sequence[Fraction]  # by place in the part
    discount: bool
    together: bool  # decided on the lines together
    whole: Fraction | None = None  # an arithmetic base: its money
    quantity: Fraction | None = None  # an arithmetic base: its quantity
    chosen: Sequence[Fraction] = ()  # of each line, the share that the rule's goods are; the bases are of it; () is all
    sets: int = 0  # bundles that were made

    def at(self, line: Line, before: bool = False) -> Reader:
        return Reader(self.view, self.here, line, before)

    def base(self) -> Fraction:
        """The money the reward is paid on."""
        if self.whole is not None:
            return self.whole
        return sum((base * share for base, share in zip(self.bases, self.shares, strict=True)), ZERO)

    def allowed(self) -> Fraction:
        """The part of the base that a limit lets in."""
        if all(share == 1 for share in self.shares):
            return Fraction(1)
        weights = (
            self.bases
            if any(self.bases)
            else [line.quantity * self.part(place) for place, line in enumerate(self.lines)]
        )
        total = sum(weights, ZERO)
        if not total:
            return Fraction(1)
        return sum((weight * share for weight, share in zip(weights, self.shares, strict=True)), ZERO) / total

    def part(self, place: int) -> Fraction:
        """The share of a line that the rule is about."""
        return self.chosen[place] if self.chosen else Fraction(1)

    def unlimited(self) -> Basis:
        """The same without the limit: slices cut it themselves."""
        return Basis(
            self.here, self.view, self.lines, self.bases, [Fraction(1)] * len(self.lines), self.running, self.discount,
            self.together, self.whole, self.quantity, self.chosen, self.sets,
        )  # fmt: skip

    def parts(self, scope: Scope) -> list[list[int]]:
        """The basis cut by a scope: places in `lines`."""
        return partition(scope, self.lines)


def partition(scope: Scope, lines: Sequence[Line]) -> list[list[int]]:
    """Lines by what they share in a scope, in their order; beyond an order they are all together."""
    if scope in (Scope.LINE, Scope.ITEM, Scope.DELIVERY):
        found: dict[object, list[int]] = {}
        for place, line in enumerate(lines):
            key: object
            if scope is Scope.LINE:
                key = place
            elif scope is Scope.ITEM:
                key = line.given.item
            else:
                key = line.given.attributes.get("delivery")
            found.setdefault(key, []).append(place)
        return list(found.values())
    return [list(range(len(lines)))] if lines else []


def paid(reward: Reward, on: Basis, share: Fraction) -> Fraction:
    """All but fixed sums, on a share of the basis."""
    return sum((_piece(piece, on, share) for piece in reward.pieces), ZERO)


def fixed(reward: Reward, on: Basis) -> Fraction:
    """The fixed sums, once per scope that has a line (4.4 c)."""
    result = ZERO
    for piece in reward.pieces:
        if isinstance(piece, SumPiece):
            for places in on.parts(piece.scope):
                result += known(piece.amount, on, on.lines[places[0]])
    return result


def known(expr: Expr, on: Basis, line: Line, per: str | None = None) -> Fraction:
    """The value of an expression of a reward; NoValue where there is none."""
    found = number(expr, on.at(line), per)
    if isinstance(found, Missing):
        raise NoValue(found, line.place)
    return found


def _piece(piece: Piece, on: Basis, share: Fraction) -> Fraction:
    match piece:
        case PercentPiece():
            return _percent(piece, on, share)
        case SumPiece():
            return ZERO
        case UnitPiece():
            return _per_unit(piece, on, share)
        case PricePiece():
            return _unit_price(piece, on, share)
        case _:
            assert_never(piece)


def _percent(piece: PercentPiece, on: Basis, share: Fraction) -> Fraction:
    first = on.lines[0]
    if piece.of is not None and kind_of(piece.of) != "price":
        return known(piece.rate, on, first) * known(piece.of, on, first) * share * on.allowed()
    if piece.of is None and on.whole is not None:
        return known(piece.rate, on, first) * on.whole * share * on.allowed()
    result = ZERO
    for place, line in enumerate(on.lines):
        base = on.bases[place] if piece.of is None else known(piece.of, on, line) * line.quantity * on.part(place)
        result += known(piece.rate, on, line) * base * share * on.shares[place]
    return result * on.sets if piece.per_bundle else result


def _quantity(package: Package, on: Basis, place: int) -> Fraction:
    """What a package counts on one line: units, or the money of its base."""
    if package.unit is None:
        return on.bases[place]
    return on.lines[place].quantity * units(on.lines[place], package.unit) * on.part(place)


def _per_unit(piece: UnitPiece, on: Basis, share: Fraction) -> Fraction:
    package, first = piece.package, on.lines[0]
    if package.unit == "bundle":
        return known(piece.amount, on, first) * on.sets * share / package.size
    whole = on.quantity if on.quantity is not None else (on.whole if package.unit is None else None)
    if whole is not None:
        return known(piece.amount, on, first) * _count(package, whole * share * on.allowed())
    if package.kind == "each":
        result = ZERO
        for place, line in enumerate(on.lines):
            part = share * on.shares[place]
            amount = known(piece.amount, on, line) * _quantity(package, on, place) * part / package.size
            result += _within_price(amount, on, place, part) if package.unit is not None else amount
        return result
    result = ZERO
    for places in on.parts(package.scope):
        counted = sum((_quantity(package, on, place) * on.shares[place] for place in places), ZERO) * share
        packages = _count(package, counted)
        result += known(piece.amount, on, on.lines[places[0]]) * packages
    return result


def _within_price(amount: Fraction, on: Basis, place: int, part: Fraction) -> Fraction:
    """An amount per unit stops at the running price of its units (3.6)."""
    if on.together or not on.discount:
        return amount
    return min(amount, max(ZERO, on.running[on.lines[place].place]) * part * on.part(place))


def _count(package: Package, counted: Fraction) -> Fraction:
    packages = counted / package.size
    match package.kind:
        case "each":
            return packages
        case "full":
            return Fraction(packages.numerator // packages.denominator)
        case "started":
            return Fraction(-(-packages.numerator // packages.denominator))


def _unit_price(piece: PricePiece, on: Basis, share: Fraction) -> Fraction:
    """In a discount what the running amount is above the price; in a charge the price itself."""
    result = ZERO
    if piece.unit == "bundle":
        covered = zip(on.lines, on.shares, strict=True)
        whole = sum((on.running[e.place] * on.part(n) * s for n, (e, s) in enumerate(covered)), ZERO)
        return max(ZERO, whole - known(piece.value, on, on.lines[0]) * on.sets) * share
    for place, line in enumerate(on.lines):
        price = price_per_ordered(piece, on.at(line))
        if isinstance(price, Missing):
            raise NoValue(price, line.place)
        part = share * on.shares[place] * on.part(place)
        if on.discount:
            result += part * max(ZERO, on.running[line.place] - price * line.quantity)
        else:
            result += part * price * line.quantity
    return result


def price_per_ordered(piece: PricePiece, at: Reader) -> Fraction | Missing:
    """A stated unit price, per ordered unit of the line, converted exactly (1.3)."""
    line = at.line
    if kind_of(piece.value) == "price":
        if piece.unit is None:
            return number(piece.value, at)
        found = number(piece.value, at, piece.unit)
        return found if isinstance(found, Missing) else found * units(line, piece.unit)
    found = number(piece.value, at)
    return found if isinstance(found, Missing) else found * units(line, piece.unit or line.plan.item.base_unit)


def interpolated(tiers: Tiers, row: int, measure: Fraction) -> Reward:
    """The reward between two rows, linear and exact; the last row holds, or its slope continues (4.2 d)."""
    rows = tiers.rows
    if row + 1 < len(rows):
        low, high = rows[row], rows[row + 1]
    elif tiers.continues and len(rows) > 1:
        low, high = rows[row - 1], rows[row]
    else:
        return rows[row].reward
    way = (measure - low.threshold) / (high.threshold - low.threshold)
    return Reward(
        tuple(_between(a, b, way) for a, b in zip(low.reward.pieces, high.reward.pieces, strict=True)), span=low.span
    )


def _between(low: Piece, high: Piece, way: Fraction) -> Piece:
    match low, high:
        case PercentPiece(), PercentPiece():
            return PercentPiece(_blend(low.rate, high.rate, way), low.of, low.per_bundle, span=low.span)
        case SumPiece(), SumPiece():
            return SumPiece(_blend(low.amount, high.amount, way), low.scope, span=low.span)
        case UnitPiece(), UnitPiece():
            return UnitPiece(_blend(low.amount, high.amount, way), low.package, span=low.span)
        case PricePiece(), PricePiece():
            return PricePiece(_blend(low.value, high.value, way), low.unit, span=low.span)
        case _:
            raise AssertionError("the checker lets rows of one kind be interpolated only")


def _blend(low: Expr, high: Expr, way: Fraction) -> Expr:
    """`low × (1 − way) + high × way`, as an expression."""
    span, dimension = low.span, Dimension(kind_of(low), None)

    def times(expr: Expr, factor: Fraction) -> Expr:
        return Arithmetic("*", expr, Constant(factor, NUMBER, span=span), dimension, span=span)

    return Arithmetic("+", times(low, 1 - way), times(high, way), dimension, span=span)
