"""What a rule is worth on a line: fallback rates, rows of conditions, rate tables (calculation 56 to 62)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.outcome import Because, OrderError
from rebates.reference.context import Line, View, attribute
from rebates.reference.values import agreement_number, number, truth

Key = str | Fraction | date


@dataclass(frozen=True)
class Chosen:
    """The worth of a rule on a line, and the way to it: rows of the table, of its measures, of conditions."""

    way: tuple[int, ...]
    worth: m.Flat | m.Tiers | m.Amount | m.PriceTable


def chosen(rule: m.Rule, view: View, line: Line) -> Chosen | Because:
    """What the rule is worth on a line its conditions let in, or why it is worth nothing there (56)."""
    for clause, when in enumerate(rule.when):
        if when.otherwise is not None and truth(when.condition, view, line) is not True:
            return Chosen((-1, clause), m.Flat(when.otherwise, span=when.otherwise.span))
    way: list[int] = []
    worth: m.Worth | None = rule.worth
    while True:
        match worth:
            case None:
                return "not listed"
            case m.Flat() | m.Tiers() | m.Amount() | m.PriceTable():
                return Chosen(tuple(way), worth)
            case m.Cases():
                return _cases(worth, view, line)
            case m.Levels(measure=measure, rows=levels):
                value = number(measure, view, line)
                if value is None:
                    return "no baseline"
                reached = [
                    place
                    for place, row in enumerate(levels)
                    if value > row.threshold or (value == row.threshold and not row.above)
                ]
                if not reached:
                    return "no tier"
                way.append(reached[-1])
                worth = levels[reached[-1]].worth
            case m.RateTable(rows=rows):
                row = row_of(worth, view, line)
                if row is None:
                    return "not listed"
                way.append(row)
                worth = rows[row].worth


def _cases(cases: m.Cases, view: View, line: Line) -> Chosen | Because:
    """`first` takes the first row that holds, `every` adds them up (57)."""
    holding = [place for place, row in enumerate(cases.rows) if row.when is None or truth(row.when, view, line) is True]
    if not holding:
        return "not listed"
    way = holding if cases.every else holding[:1]
    pieces = tuple(piece for place in way for piece in cases.rows[place].reward.pieces)
    return Chosen(tuple(way), m.Flat(m.Reward(pieces, span=cases.rows[way[0]].reward.span), span=cases.span))


def row_of(table: m.RateTable, view: View, line: Line | None) -> int | None:
    """The row of the line's keys on the governing day; the nearest family that has one (58, 60)."""
    day = view.day()
    for keys in _keys(table.keys, view, line):
        if None in keys:
            return None
        found = sorted(
            place
            for place in {place for one in _each_group(table, keys, view) for place in table.by_key.get(one, ())}
            if holds_on(table.rows[place], day)
        )
        if len(found) > 1:
            raise OrderError(
                "R0533",
                f"{view.rule.name if view.rule else 'a rule'}: two rows are for groups of account `{view.part.order.account}`",
                "" if line is None else f"lines[{line.index}].item",
                "keep one of them, or take the account out of a group",
            )
        if found:
            return found[0]
    if not table.strict:
        return None
    said = ", ".join(
        f"{key.path if isinstance(key, m.Attribute) else key} `{value}`"
        for key, value in zip(table.keys, next(_keys(table.keys, view, line)), strict=True)
    )
    raise OrderError(
        "R0532",
        f"the rate table of `{view.rule.name if view.rule else ''}` has no row for {said}",
        "" if line is None else f"lines[{line.index}].item",
        "add the row; write `nothing` or `refused` where nothing is paid",
    )


def holds_on(row: m.RateRow, day: date) -> bool:
    """Whether a row stands on a day."""
    return (row.first is None or row.first <= day) and (row.last is None or day <= row.last)


def _each_group(table: m.RateTable, keys: tuple[Key | None, ...], view: View) -> Iterator[tuple[Key | None, ...]]:
    if "group" not in table.keys:
        yield keys
        return
    place = table.keys.index("group")
    for group in sorted(view.part.rules.master.groups(view.part.order.account, view.part.order.day)):
        yield (*keys[:place], group, *keys[place + 1 :])


def _keys(wanted: tuple[m.RateKey, ...], view: View, line: Line | None) -> Iterator[tuple[Key | None, ...]]:
    """The line's values for the keys; again for every family above its own."""
    families: tuple[str | None, ...] = (None,)
    own: list[Key | None] = []
    place_of_family: int | None = None
    for place, key in enumerate(wanted):
        match key:
            case "unit":
                assert line is not None
                own.append(line.given.unit)
            case "group":
                own.append("")
            case "agreement year":
                own.append(agreement_number(view, "year"))
            case m.Attribute():
                value = attribute(view.part, line, key)
                own.append(value)
                if key.path == "item.family" and value is not None:
                    place_of_family, families = place, view.part.rules.master.family_path(str(value))
    for family in families:
        if place_of_family is not None:
            own[place_of_family] = family
        yield tuple(own)
