"""Where two versions of a rule that is settled come to different amounts: the smallest value of its measure, without sales given.

Each version is worked out for the thresholds of both, the least step below and above them, and two round values; every
further measure that it reads by name is given one value throughout.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from rebates.compile.settle import HistoryErrors, earned
from rebates.engine.book import Book
from rebates.engine.settle import due_of
from rebates.engine.settled_words import explained_due
from rebates.model import nodes as m
from rebates.model.exact import ExactError, grouped
from rebates.model.outcome import OrderError
from rebates.model.reach import interval
from rebates.model.rebates import Rebate
from rebates.tools.settled_witness import said_value, step_of
from rebates.tools.witness import rows_compared

_ROUND: Final = (Fraction(1_000), Fraction(1_000_000))
_FURTHER: Final = Fraction(1_000)

# the smallest, where, before, after, and how many were tried
Found = tuple[str, str, str, str, int]


def compared(
    old_book: Book,
    old: m.Agreement | None,
    was: Sequence[Rebate],
    new_book: Book,
    new: m.Agreement | None,
    now: Sequence[Rebate],
) -> Found:
    """What tells two versions apart; nothing where a version has the rule not, or none of its measures has a name."""
    sides = [
        (book, agreement, rules[0])
        for book, agreement, rules in ((old_book, old, was), (new_book, new, now))
        if agreement is not None and rules
    ]
    measures = {measure.name: measure for _, _, rule in sides for measure in _measures(rule)}
    main = next(iter(measures.values()), None)
    if main is None:
        return "", "", "", "", 0
    step = step_of(sides[0][1], main)
    bends = [bend for _, _, rule in sides for bend in _bends(rule)]
    points = {
        point for of, points in bends if isinstance(of, m.MeasureRef) and of.name == main.name for point in points
    }
    values = sorted(
        {value for point in (*points, *_ROUND) for value in (point - step, point, point + step) if value > 0}
    )
    further = {name: _FURTHER for name in measures if name != main.name}
    told: list[tuple[str, str, str]] = []
    for value in values:
        before = _come_to(old_book, old, was, further | {main.name: value})
        after = _come_to(new_book, new, now, further | {main.name: value})
        if before.split("\n")[0] != after.split("\n")[0]:
            given = said_value(main.dimension, value, sides[0][1].currency) or str(value)
            told.append((f"{main.name} {given}", before, after))
    if not told:
        return "", "", "", "", len(values)
    beside = f", with 1_000 of {' and '.join(further)}" if further else ""
    where = f"{len(told)} of {len(values)} values at and around the thresholds{beside}"
    return told[0][0], where, told[0][1], told[0][2], len(values)


def _come_to(book: Book, agreement: m.Agreement | None, rules: Sequence[Rebate], given: dict[str, Fraction]) -> str:
    """What a version comes to for given measures: the amount, and below it how."""
    if agreement is None or not rules:
        return "no such rule"
    named = {f"{agreement.name}.{name}": value for name, value in given.items() if name in agreement.measures}
    try:
        dues = [due for due in earned(book.rules, agreement.name, (), named) if due.rule == rules[0].id]
        if not dues:
            return "nothing"
        lines = [line for due in dues for line in explained_due(due_of(agreement, due))]
        total = sum((due.total for due in dues), Fraction(0))
        return "\n".join([f"{agreement.currency} {grouped(total, agreement.digits)}" if total else "nothing", *lines])
    except (HistoryErrors, OrderError, ExactError) as error:
        return f"cannot be worked out: {error}"


def _measures(rule: Rebate) -> Iterator[m.MeasureRef]:
    """The measures that a rule reads by name, the one that decides first: of the tiers, the rows, what is asked, the base."""
    yield from (one for one in (*(measure for measure, _ in _bends(rule)), rule.base) if isinstance(one, m.MeasureRef))


def _bends(rule: Rebate) -> Iterator[tuple[m.Expr, list[Fraction]]]:
    """What the tiers, rows and conditions of a rule compare with numbers, and the numbers."""
    worth = rule.worth
    if isinstance(worth, m.Tiers):
        yield worth.measure, [row.threshold for row in worth.rows]
    elif isinstance(worth, m.Cases):
        yield from rows_compared(worth)
    for gate in rule.when:
        for test in gate.condition.parts if isinstance(gate.condition, m.And) else (gate.condition,):
            found = interval(test) if isinstance(test, m.Compare) else None
            if found is not None:
                yield found[0], [bound for bound, _ in found[1:] if bound is not None]
