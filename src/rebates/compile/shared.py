"""Caps that several rules of a stage share: what is left of their takes (4.5 d; 52, 53)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from rebates.compile.amounts import ZERO
from rebates.compile.rewards import partition
from rebates.compile.stand import Cell, Stand, Take
from rebates.compile.state import Reader, Settled
from rebates.compile.takes import ONE, leave
from rebates.compile.values import number
from rebates.model.nodes import Scope, SharedCap
from rebates.plan.nodes import Here, Missing
from rebates.plan.totals import total_key

_WIDTH = {Scope.LINE: 0, Scope.ITEM: 1, Scope.DELIVERY: 1, Scope.ORDER: 2}
Got = dict[str, dict[int, Fraction]]  # by rule and place: what it would take there, where that is above zero


def keep_shared_caps(stand: Stand, takes: Mapping[str, tuple[Take, list[Cell]]]) -> None:
    """Cuts the takes, given by rule with the cells that stand, to the shared caps of the stage."""
    caps = [(here, cap) for here, cap in stand.part.book.terms.shared_caps if here.rule.stage == stand.stage.name]
    for leader, cap in sorted(caps, key=lambda pair: (_WIDTH.get(pair[1].scope, 3), pair[1].number)):
        got: Got = {}
        for id in cap.rules:
            if id in takes:
                take, _ = takes[id]
                standing = {place for cell in takes[id][1] for place in cell.places}
                mine = {p: share for cell in take.cells for p, share in cell.each() if share > 0 and p in standing}
                got[id] = mine
        places = sorted({place for mine in got.values() for place in mine})
        lines = [stand.part.lines[place] for place in places]
        for cell in partition(cap.scope, lines):
            _keep(stand, leader, cap, [places[each] for each in cell], got, takes)


def _keep(
    stand: Stand,
    leader: Here,
    cap: SharedCap,
    places: list[int],
    got: Got,
    takes: Mapping[str, tuple[Take, list[Cell]]],
) -> None:
    part = stand.part
    most = number(cap.value, Reader(stand.view, leader, part.lines[places[0]]))
    if isinstance(most, Missing):
        return
    if not cap.scope.within_order:
        most -= part.order.totals.get(total_key(part.book, leader, cap.key or "", cap.scope, cap.window), ZERO)
    most = max(most, ZERO)
    amounts = {id: sum((mine.get(place, ZERO) for place in places), ZERO) for id, mine in got.items()}
    amounts = {id: amount for id, amount in amounts.items() if amount}
    if sum(amounts.values(), ZERO) <= most:
        return
    exact = cap.scope is Scope.LINE or part.rounder.terms.round_once
    for id, amount in _left(stand, cap, most, amounts, exact).items():
        _cut(cap, takes[id][0], [place for place in places if place in got[id]], amount, got[id])


def _left(
    stand: Stand, cap: SharedCap, most: Fraction, amounts: dict[str, Fraction], exact: bool
) -> dict[str, Fraction]:
    """What each rule keeps; in whole units unless `exact`, so that together they keep to the cap."""
    rounder = stand.part.rounder
    if not exact:
        most = rounder.line(most)
    if not cap.in_order:
        if cap.all_or_nothing:
            return dict.fromkeys(amounts, ZERO)
        total = sum(amounts.values(), ZERO)
        parts = [amount * most / total for amount in amounts.values()]
        return dict(zip(amounts, parts if exact else rounder.divide(most, parts), strict=True))
    kept: dict[str, Fraction] = {}
    for id, amount in amounts.items():
        whole = amount if exact else rounder.line(amount)
        if whole > most:
            whole = ZERO if cap.all_or_nothing else most
        kept[id] = whole
        most -= whole
    return kept


def _cut(cap: SharedCap, take: Take, places: list[int], amount: Fraction, got: Mapping[int, Fraction]) -> None:
    """Another amount on these lines, spread by what each would have got."""
    group = cap.scope is not Scope.LINE or any(cell.group for cell in take.cells if places[0] in cell.places)
    leave(take, places)
    if not amount:
        for place in places:
            take.refused[place] = Settled("used up", None, cap.words)
        return
    whole = sum((got[place] for place in places), ZERO)
    shares = [amount * got[place] / whole for place in places]
    take.cells.append(Cell(list(places), amount, shares, group, list(shares) if group else [ONE]))
