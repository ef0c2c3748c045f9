"""The worth a rule has on one line: its fallback rate, its row of conditions, its row of a rate table (56 to 62).

A chooser looks rows up by the line's keys; it never goes through a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from rebates.compile.rewards import enters
from rebates.compile.state import Line, Reader, Settled, View
from rebates.compile.values import holds, number
from rebates.model.calendar import number_in
from rebates.model.nodes import (
    Amount,
    Attribute,
    Cases,
    Flat,
    Level,
    Levels,
    PriceTable,
    RateTable,
    Reward,
    Tier,
    Tiers,
    Worth,
)
from rebates.model.outcome import OrderError
from rebates.plan.nodes import Here, Missing

NOT_LISTED = "not listed"
PLAIN = (Flat, Tiers, Amount, PriceTable)


@dataclass(frozen=True, slots=True)
class Choice:
    """A line's worth, and the way to it: rows of the table and of its measures, rows of conditions, or -1 and a clause."""

    worth: Flat | Tiers | Amount | PriceTable
    way: tuple[int, ...]


def is_choosing(here: Here) -> bool:
    """Whether the rule has not the same worth on every line."""
    rule = here.rule
    return not isinstance(rule.worth, PLAIN) or any(when.otherwise is not None for when in rule.when)


def choice(at: Reader) -> Choice | Settled:
    """The worth of the reader's rule on its line, or why there is none: not listed, no tier, no baseline."""
    assert isinstance(at.here, Here)
    rule = at.here.rule
    for clause, when in enumerate(rule.when):
        if when.otherwise is not None and holds(when.condition, at) is not True:
            return Choice(Flat(when.otherwise, span=when.otherwise.span), (-1, clause))
    worth: Worth = rule.worth
    way: tuple[int, ...] = ()
    if isinstance(worth, Cases):
        return _cases(worth, at)
    if isinstance(worth, RateTable):
        place = _place(worth, at)
        row = None if place is None else worth.rows[place].worth
        if place is None or row is None:
            return Settled(NOT_LISTED)
        worth, way = row, (place,)
    while isinstance(worth, Levels):
        measure = number(worth.measure, at)
        if isinstance(measure, Missing):
            return Settled("no baseline")
        level = _level(worth.rows, measure)
        if level is None:
            return Settled("no tier")
        next_worth = worth.rows[level].worth
        if next_worth is None:
            return Settled(NOT_LISTED)
        worth, way = next_worth, (*way, level)
    assert isinstance(worth, PLAIN)
    return Choice(worth, way)


def chosen_here(here: Here, found: Choice) -> Here:
    """The rule as it is on lines of this choice."""
    return here if found.worth is here.rule.worth else replace(here, rule=replace(here.rule, worth=found.worth))


def by_choice(
    view: View,
    here: Here,
    lines: Sequence[Line],
    places: Sequence[int],
    own: dict[int, Here],
    refused: dict[int, Settled],
) -> list[tuple[Here, list[int]]]:
    """The places cut by what the rule is worth there: rows of a rate table are decided apart (61).

    Notes in `own` the rule as it is on each line, in `refused` why it is worth nothing there.
    """
    if not is_choosing(here):
        return [(here, list(places))]
    cut: dict[tuple[int, ...], tuple[Here, list[int]]] = {}
    for place in places:
        found = choice(Reader(view, here, lines[place]))
        if isinstance(found, Settled):
            refused[place] = found
            continue
        if found.way not in cut:
            cut[found.way] = chosen_here(here, found), []
        own[place], inside = cut[found.way]
        inside.append(place)
    return list(cut.values())


def _cases(cases: Cases, at: Reader) -> Choice | Settled:
    places: list[int] = []
    for place, case in enumerate(cases.rows):
        if case.when is None or holds(case.when, at) is True:
            places.append(place)
            if not cases.every:
                break
    if not places:
        return Settled(NOT_LISTED)
    rewards = [cases.rows[place].reward for place in places]
    pieces = tuple(piece for reward in rewards for piece in reward.pieces)
    return Choice(Flat(Reward(pieces, span=rewards[0].span), span=cases.span), tuple(places))


def _level(levels: tuple[Level, ...], measure: Fraction) -> int | None:
    found: int | None = None
    for place, level in enumerate(levels):
        if enters(Tier(level.above, level.threshold, Reward((), span=level.span), span=level.span), measure):
            found = place
    return found


def _place(table: RateTable, at: Reader) -> int | None:
    """The row of the line's keys on the governing day; of families the nearest (58 to 60)."""
    part, line = at.view.part, at.line
    day = part.book.governing(at.here)
    values = _values(table, at, line)
    if values is None:
        return None
    for keys in values:
        places = {
            place
            for one in _by_group(table, keys, at)
            for place in table.by_key.get(one, ())
            if (row := table.rows[place]) and (row.first is None or row.first <= day) and not _over(row.last, day)
        }
        if len(places) > 1:
            raise OrderError(
                "R0533",
                f"two rows of the table of `{_name(at)}` are for groups of account `{part.book.account.id}`",
                f"lines[{line.index}].item",
                "keep one of them, or take the account out of a group",
            )
        if places:
            return places.pop()
    if not table.strict:
        return None
    said = ", ".join(
        f"{key.path if isinstance(key, Attribute) else key} `{value}`"
        for key, value in zip(table.keys, values[0], strict=True)
    )
    raise OrderError(
        "R0532",
        f"the rate table of `{_name(at)}` has no row for {said}",
        f"lines[{line.index}].item",
        "add the row; write `nothing` or `refused` where nothing is paid",
    )


def _over(last: object, day: object) -> bool:
    return last is not None and last < day  # type: ignore[operator]


def _name(at: Reader) -> str:
    assert isinstance(at.here, Here)
    return at.here.rule.name


def _values(table: RateTable, at: Reader, line: Line) -> list[tuple[object, ...]] | None:
    """The line's keys, again with each family above its own; None where an attribute is unknown."""
    part = at.view.part
    own: list[object] = []
    family_at = -1
    for place, key in enumerate(table.keys):
        if isinstance(key, Attribute):
            value = part.attribute(key, line)
            if isinstance(value, Missing):
                return None
            if (key.subject, key.name) == ("item", "family"):
                family_at = place
            own.append(value)
        elif key == "unit":
            own.append(line.plan.unit)
        elif key == "group":
            own.append("")
        else:
            own.append(_agreement_year(at))
    if family_at < 0:
        return [tuple(own)]
    path = part.book.facts.master.family_path(str(own[family_at]))
    return [(*own[:family_at], family, *own[family_at + 1 :]) for family in path]


def _by_group(table: RateTable, keys: tuple[object, ...], at: Reader) -> Iterator[tuple[object, ...]]:
    if "group" not in table.keys:
        yield keys
        return
    place = table.keys.index("group")
    for group in at.view.part.book.account.groups:
        yield (*keys[:place], group, *keys[place + 1 :])


def _agreement_year(at: Reader) -> Fraction:
    """The year of the agreement that the governing day lies in (59)."""
    assert isinstance(at.here, Here)
    return Fraction(number_in(at.here.agreement.first, at.view.part.book.governing(at.here), "year"))
