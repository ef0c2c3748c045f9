"""Tiers: which rows a measure reaches, and the share of the base that each pays on (4.1, 4.2, 5.4 a)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from rebates.model import nodes as m
from rebates.reference.arithmetic import ZERO

ONE = Fraction(1)


@dataclass(frozen=True)
class Paid:
    """A row's reward and how it is paid: on which share of the base, and whether its fixed sums are due."""

    reward: m.Reward
    share: Fraction
    sums: bool
    low: Fraction  # the slice of the measure, for packages to date
    high: Fraction


@dataclass(frozen=True)
class Reached:
    """What a measure reaches: the rows that pay now and, to date, those that had paid before."""

    tier: int | None  # index of the reached row; -1 the row `below`, -2 `without baseline`
    now: tuple[Paid, ...]
    before: tuple[Paid, ...] = ()


def reached_index(tiers: m.Tiers, measure: Fraction) -> int | None:
    """The last row whose bound the measure has passed: `from t` at t itself, `above t` beyond it (4.1)."""
    found = None
    for index, row in enumerate(tiers.rows):
        if measure > row.threshold or (measure == row.threshold and not row.above):
            found = index
    return found


def reach(
    tiers: m.Tiers, before: Fraction, after: Fraction, to_date: bool, at_reached_row: bool, allowed: Fraction
) -> Reached | None:
    """What the measure reaches when it goes from `before` to `after`; None where it reaches no row.

    `to_date` is a measure beyond the order; else `before` is 0. `at_reached_row` (returns) pays the reached row on the
    whole base in every mode. `allowed` is the share of the base that a limit leaves: it cuts the highest slices (4.5 a).
    """
    index = reached_index(tiers, after)
    if index is None:
        if tiers.below is not None and after < tiers.below.threshold:
            return Reached(-1, (Paid(tiers.below.reward, ONE, True, ZERO, after),))
        return None
    if at_reached_row or tiers.mode in ("retroactive", "lump sum"):
        now: tuple[Paid, ...] = (Paid(_row_reward(tiers, index, after), ONE, True, ZERO, after),)
        return Reached(index, now, _held_before(tiers, before, to_date))
    if tiers.mode == "lump sum every tier":
        now = tuple(Paid(row.reward, ONE, True, ZERO, after) for row in tiers.rows[: index + 1])
        return Reached(index, now, _held_before(tiers, before, to_date))
    if tiers.mode == "interpolated":
        return Reached(
            index,
            (Paid(_row_reward(tiers, index, after), ONE, True, ZERO, after),),
            _held_before(tiers, before, to_date),
        )
    return Reached(index, _slices(tiers, before, after, to_date, allowed))


def _held_before(tiers: m.Tiers, before: Fraction, to_date: bool) -> tuple[Paid, ...]:
    """What the same table had paid at the total before this order."""
    if not to_date or before == 0:
        return ()
    index = reached_index(tiers, before)
    if index is None:
        return ()
    if tiers.mode == "lump sum every tier":
        return tuple(Paid(row.reward, ONE, True, ZERO, before) for row in tiers.rows[: index + 1])
    return (Paid(_row_reward(tiers, index, before), ONE, True, ZERO, before),)


def _slices(tiers: m.Tiers, before: Fraction, after: Fraction, to_date: bool, allowed: Fraction) -> tuple[Paid, ...]:
    """Each row's slice of the measure and its share of the whole length (4.2 b); sums of rows entered now (4.4 c)."""
    length = after - before
    top = before + length * allowed
    paid = []
    entered_before = reached_index(tiers, before) if to_date and before != 0 else None
    entered = reached_index(tiers, after)
    assert entered is not None
    for index, row in enumerate(tiers.rows[: entered + 1]):
        ends = tiers.rows[index + 1].threshold if index + 1 < len(tiers.rows) else top
        low, high = max(row.threshold, before), min(ends, top)
        size = max(high - low, ZERO)
        sums = entered_before is None or index > entered_before
        share = size / length if length > 0 else ZERO
        paid.append(Paid(row.reward, share, sums, low, low + size))
    return tuple(paid)


def _row_reward(tiers: m.Tiers, index: int, measure: Fraction) -> m.Reward:
    """The reached row's reward; interpolated, the one in between (4.2 d)."""
    rows = tiers.rows
    if tiers.mode != "interpolated":
        return rows[index].reward
    last = len(rows) - 1
    if index == last and not tiers.continues:
        return rows[last].reward
    left = index if index < last else last - 1
    low, high = rows[left], rows[left + 1]
    share = (measure - low.threshold) / (high.threshold - low.threshold)
    a, b = low.reward.pieces[0], high.reward.pieces[0]
    match a, b:
        case m.PercentPiece(rate=x), m.PercentPiece(rate=y):
            piece: m.Piece = m.PercentPiece(_between(x, y, share), a.of, a.per_bundle, span=a.span)
        case m.SumPiece(amount=x), m.SumPiece(amount=y):
            piece = m.SumPiece(_between(x, y, share), a.scope, span=a.span)
        case m.UnitPiece(amount=x), m.UnitPiece(amount=y):
            piece = m.UnitPiece(_between(x, y, share), a.package, span=a.span)
        case m.PricePiece(value=x), m.PricePiece(value=y):
            piece = m.PricePiece(_between(x, y, share), a.unit, span=a.span)
        case _:
            raise AssertionError("the checker admits one kind of piece in interpolated tiers")
    return m.Reward((piece,), span=low.reward.span)


def _between(low: m.Expr, high: m.Expr, share: Fraction) -> m.Expr:
    """low + (high − low) × share, as an expression of the same dimension."""
    prices = m.RulePrice | m.TableValue | m.Exchanged
    dimension = low.dimension if isinstance(low, m.Constant | m.Arithmetic | prices) else m.NUMBER
    step = m.Arithmetic("-", high, low, dimension, span=low.span)
    part = m.Arithmetic("*", m.Constant(share, m.NUMBER, span=low.span), step, dimension, span=low.span)
    return m.Arithmetic("+", low, part, dimension, span=low.span)
