"""What a rule is worth on its base: rates, tiers, amounts and rate tables (93b to 93e)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import assert_never

from rebates.compile.rewards import enters, interpolated, row_at, slices
from rebates.compile.settle import rates
from rebates.compile.settle.at import At
from rebates.compile.settle.rows import Row, unscaled
from rebates.compile.settle.scaling import reads_row
from rebates.compile.settle.totals import ZERO, quantity
from rebates.compile.settle.values import holds, number
from rebates.model.nodes import (
    Amount,
    Cases,
    Constant,
    Expr,
    Flat,
    ItemPrice,
    Levels,
    Package,
    PercentPiece,
    Piece,
    PricePiece,
    PriceTable,
    RateTable,
    Reward,
    SumPiece,
    Tiers,
    Total,
    UnitPiece,
    Worth,
)
from rebates.model.settlement import Cut, Next
from rebates.model.units import global_factor
from rebates.plan.conditions import measure_unit
from rebates.plan.expressions import kind_of
from rebates.plan.nodes import Missing

ONE = Fraction(1)


class NoWorth(Exception):
    """The rule is worth nothing, and why."""

    def __init__(
        self,
        status: str,
        missing: Missing | None = None,
        measure: Fraction | None = None,
        next: Next | None = None,
    ) -> None:
        super().__init__(status)
        self.status, self.missing, self.measure, self.next = status, missing, measure, next


@dataclass(slots=True)
class Basis:
    """What is paid on: the amount of the base, the sales it sums, and the part of it that a limit lets in."""

    at: At
    base: Fraction | None  # not below zero
    rows: Sequence[Row]  # that the base sums
    allowed: Fraction = ONE
    before: At | None = None  # of an order in hand: what was before it, and only what is paid on the base counts (122)
    grown: bool = False  # by sales that are still to come: what is paid sale by sale is not known

    @property
    def amount(self) -> Fraction:
        return ZERO if self.base is None else self.base

    def part_of(self, row: Row) -> Fraction:
        """A sale's signed part of the base."""
        self.told()
        expr = self.at.rule.base
        assert expr is not None
        at = self.at if self.before is None else self.at.but(reading="order")
        if self.at.calculation.in_hand is not None and self.before is None:
            at = at.but(reading="computed")
        found = number(expr, at.of(row).among((row,)))
        return ZERO if isinstance(found, Missing) else found

    def units(self, unit: str) -> Fraction:
        """Its quantity in a unit."""
        expr = self.at.rule.base
        own = measure_unit(expr) if expr is not None and kind_of(expr) == "quantity" else None
        if own == unit:
            return self.amount
        if self.grown and own is not None and (factor := global_factor(own, unit)) is not None:
            return self.amount * factor
        return quantity(self.told(), unit, self.at)

    def told(self) -> Sequence[Row]:
        """The sales that it sums. NoWorth where those that are still to come would have to be known."""
        if self.grown:
            raise NoWorth("no baseline")
        return self.rows

    def cut(self, rows: Sequence[Row], base: Fraction) -> Basis:
        """The same for some of its sales."""
        return Basis(self.at, base, rows, self.allowed, self.before)

    def whole(self, more: Fraction = ZERO) -> Basis:
        """The same without its limit; with so much more of what is still to be sold."""
        base = self.base if not more or self.base is None else self.base + more
        return Basis(self.at, base, self.rows, grown=more != 0)


@dataclass(slots=True)
class Paid:
    """What was paid on a basis, before bounds."""

    amount: Fraction = ZERO
    cuts: list[Cut] = field(default_factory=list)
    tier: int | None = None
    measure: Fraction | None = None
    next: Next | None = None
    surcharge: bool = False  # a rate of it is below zero, so that it may be

    def join(self, other: Paid) -> None:
        self.amount += other.amount
        self.cuts += other.cuts
        self.surcharge = self.surcharge or other.surcharge
        if other.tier is not None or other.measure is not None:
            self.tier, self.measure = other.tier, other.measure


def worth_of(worth: Worth, on: Basis) -> Paid:
    """What the worth comes to on its base. Raises NoWorth where it comes to none."""
    match worth:
        case Flat():
            return flat(worth.reward, on)
        case Tiers():
            return tiered(worth, on)
        case Amount():
            found = known(worth.value, on.at)
            return Paid(max(found, ZERO))
        case Cases():
            return _cases(worth, on)
        case RateTable() | PriceTable():
            return rates.by_rows(worth, on)
        case Levels():
            return rates.level(worth, on)
        case _:
            assert_never(worth)


def flat(reward: Reward, on: Basis) -> Paid:
    """One reward on the whole base."""
    amount = pays(reward, on, on.allowed, ONE)
    if on.before is None and any(isinstance(piece, SumPiece) for piece in reward.pieces):
        amount += fixed(reward, on)
    cut = Cut(on.amount if on.allowed is ONE else on.amount * on.allowed, rate_of(reward, on.at), amount)
    return Paid(amount, [cut], surcharge=is_surcharge(reward))


def _cases(cases: Cases, on: Basis) -> Paid:
    found, some = Paid(), False
    for place, case in enumerate(cases.rows):
        if case.when is None or holds(case.when, on.at) is True:
            some = True
            one = flat(case.reward, on)
            one.cuts = [replace(cut, tier=place) for cut in one.cuts]
            found.join(one)
            found.tier = None if cases.every else place
            if not cases.every:
                break
    if not some:
        raise NoWorth("no tier")
    return found


# --- tiers ------------------------------------------------------------------------------------------------------------


def tiered(tiers: Tiers, on: Basis) -> Paid:
    """The reward of the tiers on their measure."""
    measure = number(tiers.measure, on.at)
    if isinstance(measure, Missing):
        if tiers.without_baseline is not None and not measure.path:
            paid = flat(tiers.without_baseline, on)
            paid.tier = -2
            paid.cuts = [replace(cut, tier=-2) for cut in paid.cuts]
            return paid
        raise NoWorth("no baseline", measure)
    tiers = on.at.calculation.cut_tiers(tiers, on.at)
    row = row_at(tiers, measure)
    if row is not None:
        paid = _in_row(tiers, on, measure, row)
        paid.tier, paid.measure, paid.next = row, measure, _next(tiers, on, measure, row, paid.amount)
        return paid
    if tiers.below is None or measure >= tiers.below.threshold:
        raise NoWorth("no tier", measure=measure, next=_next(tiers, on, measure, None, ZERO))
    paid = _below(tiers, on)
    paid.tier, paid.measure, paid.next = -1, measure, _next(tiers, on, measure, -1, paid.amount)
    paid.cuts = [replace(cut, tier=-1) for cut in paid.cuts]
    return paid


def _below(tiers: Tiers, on: Basis) -> Paid:
    assert tiers.below is not None
    return flat(tiers.below.reward, on)


def _in_row(tiers: Tiers, on: Basis, measure: Fraction, row: int) -> Paid:
    """What the tiers pay with this row reached."""
    if on.before is not None and tiers.mode.startswith("lump sum"):
        return Paid()
    match tiers.mode:
        case "retroactive" | "lump sum":
            paid = flat(tiers.rows[row].reward, on)
            paid.cuts = [_in_tier(cut, row) for cut in paid.cuts]
            return paid
        case "lump sum every tier":
            paid = Paid()
            for place in range(row + 1):
                one = flat(tiers.rows[place].reward, on)
                one.cuts = [replace(cut, tier=place) for cut in one.cuts]
                paid.join(one)
            return paid
        case "interpolated":
            paid = flat(interpolated(tiers, row, measure), on)
            paid.cuts = [replace(cut, tier=row) for cut in paid.cuts]
            return paid
        case _:
            return _incremental(tiers, on, measure, row)


def _in_tier(cut: Cut, tier: int) -> Cut:
    return Cut(cut.base, cut.rate, cut.amount, tier, cut.row)


def _incremental(tiers: Tiers, on: Basis, measure: Fraction, row: int) -> Paid:
    shares = {each.row: each.share for each in slices(tiers, _start(tiers, on, measure), measure, on.allowed)}
    paid = Paid()
    for place in range(row + 1):
        reward, share = tiers.rows[place].reward, shares.get(place, ZERO)
        sums = fixed(reward, on) if on.before is None else ZERO
        amount = (pays(reward, on, share) if share else ZERO) + sums
        paid.surcharge = paid.surcharge or is_surcharge(reward)
        paid.amount += amount
        paid.cuts.append(Cut(on.amount * share, rate_of(reward, on.at), amount, tier=place))
    return paid


def _start(tiers: Tiers, on: Basis, measure: Fraction) -> Fraction:
    """Where slices begin: at zero; of an order in hand at the measure before it, where the order moves that (122)."""
    before = ZERO if on.before is None else number(tiers.measure, on.before)
    return ZERO if isinstance(before, Missing) or before == measure else before


def _next(tiers: Tiers, on: Basis, measure: Fraction, row: int | None, now: Fraction) -> Next | None:
    """The lowest row that is not entered, and what it would be worth more than the row that is, on the whole base (93j)."""
    if on.before is not None:
        return None
    place = next((n for n, tier in enumerate(tiers.rows) if not enters(tier, measure)), None)
    if place is None:
        return None
    threshold = tiers.rows[place].threshold
    missing = threshold - measure
    more = missing if on.at.calculation.same(on.at.rule.base, tiers.measure) else ZERO
    try:
        if on.allowed != 1 and row is not None:
            now = _in_row(tiers, on.whole(), measure, row).amount if row >= 0 else _below(tiers, on.whole()).amount
        then = _in_row(tiers, on.whole(more), threshold, place).amount
    except NoWorth:
        return None
    return Next(threshold, missing, then - now)


# --- pieces -----------------------------------------------------------------------------------------------------------


def known(expr: Expr, at: At) -> Fraction:
    """The value of an expression; NoWorth where there is none."""
    found = number(expr, at)
    if isinstance(found, Missing):
        raise NoWorth("no baseline", found)
    return found


def pays(reward: Reward, on: Basis, share: Fraction, of: Fraction | None = None) -> Fraction:
    """All but fixed sums, on a share of the base; a percent `of` something else on this share of that."""
    if len(reward.pieces) == 1:
        return _piece(reward.pieces[0], on, share, of)
    return sum((_piece(piece, on, share, of) for piece in reward.pieces), ZERO)


def fixed(reward: Reward, on: Basis) -> Fraction:
    """The fixed sums of a reward."""
    sums = (piece.amount for piece in reward.pieces if isinstance(piece, SumPiece))
    return sum((known(amount, on.at) * on.at.calculation.pro_rata(on.at) for amount in sums), ZERO)


def _piece(piece: Piece, on: Basis, share: Fraction, of: Fraction | None) -> Fraction:
    match piece:
        case PercentPiece():
            return _percent(piece, on, share, share if of is None else of)
        case SumPiece():
            return ZERO
        case UnitPiece():
            if reads_row(piece.amount) and piece.package.unit is not None:
                each = (
                    known(piece.amount, on.at.of(row)) * quantity((row,), piece.package.unit, on.at)
                    for row in on.told()
                )
                return sum(each, ZERO) / piece.package.size * share
            counted = on.amount if piece.package.unit is None else on.units(piece.package.unit)
            return known(piece.amount, on.at) * packages(piece.package, counted * share)
        case PricePiece():
            cost = sum((_price(piece, on.at.of(row)) for row in on.told()), ZERO)
            if on.at.rule.kind == "charge":
                return max(ZERO, cost) * share
            if on.amount == 0:
                return ZERO
            base = on.at.rule.base
            counts = base is not None and kind_of(base) == "quantity"
            worth = sum((unscaled(row.net) for row in on.told()), ZERO) if counts else on.amount
            return max(ZERO, worth - cost) * share
        case _:
            assert_never(piece)


def _percent(piece: PercentPiece, on: Basis, share: Fraction, of: Fraction) -> Fraction:
    if piece.of is not None:
        if kind_of(piece.of) != "price":
            if on.before is not None:
                return ZERO
            return known(piece.rate, on.at) * known(piece.of, on.at) * of
        return sum((known(piece.rate, _row_at(piece.rate, on, row)) * _worth_of_price(piece.of, on, row) for row in on.told()), ZERO) * share  # fmt: skip
    if reads_row(piece.rate):
        return sum((known(piece.rate, on.at.of(row)) * on.part_of(row) for row in on.told()), ZERO) * share
    paid = known(piece.rate, on.at) * on.amount
    return paid if share is ONE else paid * share


def _row_at(expr: Expr, on: Basis, row: Row) -> At:
    return on.at.of(row) if reads_row(expr) else on.at


def _worth_of_price(of: Expr, on: Basis, row: Row) -> Fraction:
    """A price × the quantity of a sale."""
    if isinstance(of, ItemPrice):
        if of.kind == "cost" and row.uncosted:
            raise NoWorth("no baseline", Missing(price=True))
        amounts = {"list": row.list, "gross": row.gross, "net": row.net, "cost": row.cost}
        return unscaled(amounts[of.kind])
    return known(of, on.at.of(row)) * unscaled(row.quantity)


def _price(piece: PricePiece, at: At) -> Fraction:
    """What the units of a sale are at a stated price."""
    row = at.row
    assert row is not None
    found = known(piece.value, at)
    if kind_of(piece.value) == "price":
        return found * unscaled(row.quantity)  # per unit of the sale
    item = at.calculation.item(row)
    unit = piece.unit or (row.unit if item is None else item.base_unit)
    return found * quantity((row,), unit, at)


def packages(package: Package, counted: Fraction) -> Fraction:
    """How many of a package are in what is counted."""
    found = counted / package.size
    match package.kind:
        case "each":
            return found
        case "full":
            return Fraction(found.numerator // found.denominator)
        case "started":
            return Fraction(-(-found.numerator // found.denominator))


def rate_of(reward: Reward, at: At) -> Fraction | None:
    """The one ratio, or amount per unit, that a reward is."""
    if len(reward.pieces) != 1:
        return None
    piece = reward.pieces[0]
    match piece:
        case PercentPiece() if piece.of is None and not reads_row(piece.rate):
            found = number(piece.rate, at)
        case UnitPiece() if not reads_row(piece.amount):
            found = number(piece.amount, at)
        case _:
            return None
    return None if isinstance(found, Missing) else found


def is_surcharge(reward: Reward) -> bool:
    """Whether a stated rate of it is below zero."""
    for piece in reward.pieces:
        stated = (
            piece.rate
            if isinstance(piece, PercentPiece)
            else piece.amount
            if isinstance(piece, UnitPiece | SumPiece)
            else None
        )
        if isinstance(stated, Constant) and isinstance(stated.value, Fraction) and stated.value < 0:
            return True
    return False


def rewards_in(worth: Worth) -> Iterable[Reward]:
    """The rewards that a plain worth can pay."""
    match worth:
        case Flat():
            yield worth.reward
        case Tiers():
            yield from (tier.reward for tier in worth.rows)
        case Cases():
            yield from (case.reward for case in worth.rows)


__all__ = ["Basis", "NoWorth", "Paid", "Total", "flat", "packages", "rewards_in", "tiered", "worth_of"]
