"""Terms: which speak for an order, and which it breaks (7.2, 7.4; calculation 78 to 80)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from rebates.model import nodes as m
from rebates.model.calendar import WEEKDAYS
from rebates.model.outcome import BreakOut, LineOut, TermsOut
from rebates.reference.arithmetic import ZERO
from rebates.reference.context import Line, Part, View, in_unit, unit_factor
from rebates.reference.values import truth

Spoken = list[tuple[m.Agreement, m.Term]]


def judge(sales: Part, finished: dict[int, LineOut]) -> TermsOut:
    """The terms of an order; only what is sold can break one."""
    spoken = speaking(sales.agreements)
    stated = tuple(term.id for _, term in spoken)
    if not sales.lines:
        return TermsOut(stated)
    breaks = [*_units(sales, spoken), *_minimums(sales, finished, spoken)]
    earliest = _earliest(sales, spoken)
    breaks += _delivery(sales, spoken)
    dated = any(term.word in ("lead time", "delivery days") for _, term in spoken)
    return TermsOut(stated, tuple(breaks), earliest if dated else None)


def speaking(agreements: tuple[m.Agreement, ...]) -> Spoken:
    """Of each word the terms of the first agreement that states it, and of those joined to it by `adds to` (78)."""
    speaker: dict[str, m.Agreement] = {}
    for agreement in agreements:
        for term in agreement.terms:
            speaker.setdefault(term.word, agreement)

    def joined(a: m.Agreement, b: m.Agreement) -> bool:
        return a.name == b.name or a.name in b.adds_to or b.name in a.adds_to

    return [(a, term) for a in agreements for term in a.terms if joined(a, speaker[term.word])]


def _about(sales: Part, agreement: m.Agreement, term: m.Term) -> list[Line]:
    """The lines that a term is about."""
    if term.where is None:
        return sales.lines
    view = View(sales, {}, {}, None, agreement)
    return [line for line in sales.lines if truth(term.where, view, line) is True]


def _closest(sales: Part, spoken: Spoken, word: str, line: Line) -> m.Term | None:
    """The most specific term of a word about a line, among equals the first (78)."""
    found = [term for agreement, term in spoken if term.word == word and line in _about(sales, agreement, term)]
    return max(found, key=lambda term: term.rank, default=None)  # max keeps the first


def _next_quantity(sales: Part, spoken: Spoken, line: Line, quantity: Fraction) -> Fraction:
    """The least quantity from this one on, in the ordered unit, that is a whole number of a sales unit (79)."""
    term = _closest(sales, spoken, "sales units", line)
    if term is None:
        return quantity
    item, day = line.given.item, sales.order.day
    known = [v for v in term.values if sales.rules.master.factor(item, str(v.dimension.unit), day, line.base_unit)]
    steps = [
        value.value * unit_factor(sales, line, str(value.dimension.unit)) / line.factor
        for value in known or term.values  # a unit that the item does not have is passed over
        if isinstance(value.value, Fraction)
    ]
    return min(ceil(quantity / step) * step for step in steps)


def _units(sales: Part, spoken: Spoken) -> Iterator[BreakOut]:
    for line in sales.lines:
        term = _closest(sales, spoken, "sales units", line)
        if term is None:
            continue
        allowed = _next_quantity(sales, spoken, line, line.quantity)
        if allowed != line.quantity:
            yield BreakOut(term.id, line.index, "R0560", allowed)


def _minimums(sales: Part, finished: dict[int, LineOut], spoken: Spoken) -> Iterator[BreakOut]:
    for agreement, term in spoken:
        if term.word != "minimum order":
            continue
        lines = _about(sales, agreement, term)
        groups = [lines] if lines else []
        if term.scope is m.Scope.ITEM:
            items = dict.fromkeys(line.given.item for line in lines)
            groups = [[line for line in lines if line.given.item == item] for item in items]
        [least] = term.values
        assert isinstance(least.value, Fraction)
        for group in groups:
            unit = least.dimension.unit
            if unit is None:
                have = sum((finished[line.index].net_value for line in group), ZERO)
            else:
                have = sum((in_unit(sales, line, unit) for line in group), ZERO)
            if have >= least.value:
                continue
            if unit is None or len(group) > 1:
                index = group[0].index if len(group) == 1 else None
                yield BreakOut(term.id, index, "R0561", least.value)
                continue
            [line] = group
            wanted = least.value * unit_factor(sales, line, unit) / line.factor
            yield BreakOut(term.id, line.index, "R0561", _next_quantity(sales, spoken, line, wanted))


def _delivers(day: date, spoken: Spoken) -> bool:
    stated = [term for _, term in spoken if term.word == "delivery days"]
    return not stated or any(value.value == WEEKDAYS[day.weekday()] for term in stated for value in term.values)


def _on_delivery_day(day: date, spoken: Spoken) -> date:
    """The first day from this one on on which is delivered."""
    while not _delivers(day, spoken):
        day += timedelta(days=1)
    return day


def _lead(sales: Part, spoken: Spoken, line: Line) -> tuple[m.Term | None, int]:
    term = _closest(sales, spoken, "lead time", line)
    if term is None:
        return None, 0
    assert isinstance(term.values[0].value, Fraction)
    return term, int(term.values[0].value)


def _earliest(sales: Part, spoken: Spoken) -> date:
    days = max(_lead(sales, spoken, line)[1] for line in sales.lines)
    return _on_delivery_day(sales.order.day + timedelta(days=days), spoken)


def _delivery(sales: Part, spoken: Spoken) -> Iterator[BreakOut]:
    wanted = sales.order.days.get("delivery")
    if wanted is not None:
        for line in sales.lines:
            term, days = _lead(sales, spoken, line)
            first = sales.order.day + timedelta(days=days)
            if term is not None and wanted < first:
                yield BreakOut(term.id, line.index, "R0562", _on_delivery_day(first, spoken))
        if not _delivers(wanted, spoken):
            [term, *_] = [term for _, term in spoken if term.word == "delivery days"]
            after = max(wanted, _earliest(sales, spoken))
            yield BreakOut(term.id, None, "R0563", _on_delivery_day(after, spoken))
    time = sales.order.times.get("delivery")
    for _, term in spoken:
        if term.word == "delivery window" and time is not None:
            first_time, last_time = (value.value for value in term.values)
            assert isinstance(first_time, Fraction) and isinstance(last_time, Fraction)
            if not first_time <= time <= last_time:
                yield BreakOut(term.id, None, "R0564", None)
