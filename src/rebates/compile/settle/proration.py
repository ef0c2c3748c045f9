"""Thresholds and lump sums of a window that is cut short (101)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from rebates.compile.settle.windows import kind_of_window
from rebates.model import windows
from rebates.model.nodes import Expr, Fallback, MeasureRef, Rounded, Scope, Tiers, Total
from rebates.plan.expressions import kind_of

if TYPE_CHECKING:
    from rebates.compile.settle.at import At
    from rebates.compile.settle.knowledge import Knowledge


def share_of(knowledge: Knowledge, at: At) -> Fraction:
    """The share of the window's months or days that are in."""
    agreement, stretch, rule = at.agreement, at.stretch, at.rule
    if stretch.claim is not None or rule.window == "claim":
        return Fraction(1)
    term = (agreement.first, agreement.last)
    kind = stretch.kind if stretch.kind is not None and not rule.settle.separate else kind_of_window(rule)
    first, last = windows.bounds(kind, stretch.first, agreement.calendar, term)
    begin, end = stretch.first, stretch.last
    if rule.scope is Scope.ACCOUNT and agreement.who.kind == "group":
        spans = [
            (max(begin, a), min(end, b))
            for a, b in knowledge.memberships(at.earner, agreement.who.name or "")
            if a <= end and begin <= b
        ]
        if spans:
            begin, end = min(a for a, _ in spans), max(b for _, b in spans)
    if rule.pro_rata == "day":
        return Fraction((end - begin).days + 1, (last - first).days + 1)
    return Fraction(_months(begin, end), _months(first, last))


def _months(first: date, last: date) -> int:
    """The months that have a day in."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


def cut_tiers(tiers: Tiers, share: Fraction) -> Tiers:
    """The same tiers with their thresholds cut; those of a ratio stay as they are."""
    if share == 1 or not _is_amount(tiers.measure):
        return tiers
    rows = tuple(replace(row, threshold=row.threshold * share) for row in tiers.rows)
    below = None if tiers.below is None else replace(tiers.below, threshold=tiers.below.threshold * share)
    return replace(tiers, rows=rows, below=below)


def _is_amount(measure: Expr) -> bool:
    match measure:
        case Total():
            return True
        case MeasureRef() | Rounded() | Fallback():
            return _is_amount(measure.value)
        case _:
            return kind_of(measure) in ("money", "quantity")
