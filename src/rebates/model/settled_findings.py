"""Findings about rules that are settled: tiers that a cap leaves nothing, tiers that fall, conditions that exclude each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from rebates.model import nodes as m
from rebates.model.case_findings import overlapping, with_hole
from rebates.model.expressions import dimension
from rebates.model.ground import Ground, Told, parts_of
from rebates.model.payouts import falling_tiers, moot_tiers
from rebates.model.reach import contradicting, unreached_tiers
from rebates.model.rebates import Rebate


def is_paid_on_its_measure(rule: Rebate) -> bool:
    """Whether a rebate in money is paid on the very total that its tiers measure, and on all of it."""
    if rule.kind != "rebate" or rule.pays != "money" or not isinstance(rule.worth, m.Tiers) or rule.base is None:
        return False
    measure, base = _plain(rule.worth.measure), _plain(rule.base)
    return (
        isinstance(measure, m.Total)
        and measure == base
        and rule.limit is None
        and measure.what in ("list", "gross", "net")
    )


def _plain(expr: m.Expr) -> m.Expr:
    return _plain(expr.value) if isinstance(expr, m.MeasureRef) else expr


def _moot(rule: Rebate, ground: Ground) -> Iterator[Told]:
    worth = rule.worth
    if isinstance(worth, m.Tiers) and rule.kind == "rebate" and len(worth.rows) > 1:
        own = is_paid_on_its_measure(rule) and dimension(worth.measure) == m.MONEY

        def same(cap: m.Bound) -> bool:
            return cap.scope is rule.scope

        yield from moot_tiers(worth, rule.caps, lambda cap: own and same(cap), same)


def _falling(rule: Rebate, ground: Ground) -> Iterator[Told]:
    if isinstance(rule.worth, m.Tiers) and rule.kind == "rebate":
        yield from falling_tiers(rule.worth)


def _unreached(rule: Rebate, ground: Ground) -> Iterator[Told]:
    """Two of its conditions exclude each other, so that nothing is ever earned; or a tier lies above all that its measure can be."""
    yield from unreached_tiers(rule.worth)
    parts = parts_of([gate.condition for gate in rule.when if gate.otherwise is None])
    told = contradicting(parts, f"nothing is ever earned by {rule.kind} `{rule.name}`", ground)
    if told is not None:
        yield told


OF_REBATES: Mapping[str, tuple[str, Callable[[Rebate, Ground], Iterator[Told]]]] = {
    "unreached": ("R0620", _unreached),
    "moot": ("R0622", _moot),
    "falling": ("R0623", _falling),
    "overlap": ("R0388", overlapping),
    "hole": ("R0349", with_hole),
}
