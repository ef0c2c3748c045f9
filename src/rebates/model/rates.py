"""Rate tables in the text: `rates by`, `rates first`, `rates every` and fallback rates (4.2 e, 4.4 a)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from rebates.model import nodes as m
from rebates.model.conditions import typed_condition
from rebates.model.exact import decimal_text
from rebates.model.expressions import Typing, alike, describe, dimension, typed
from rebates.model.rewards import constant_value, measure_scope, mode_fits, typed_reward
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Label
from rebates.syntax.source import Span

Head = str | int | tuple[bool, Fraction]  # an attribute's value, a year, or the bound of a measure: above, threshold
KeyAxis = m.Attribute | str
Axis = KeyAxis | m.Expr
SLICED = ("incremental", "interpolated", "lump sum every tier")


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell of a rate table with the heads of its axes; `reward` None is `refused`."""

    keys: tuple[str | Fraction | date, ...]
    bounds: tuple[tuple[bool, Fraction], ...]
    reward: m.Reward | None
    span: Span


def model_rates(rule: s.Rule, clause: s.RatesClause, typing: Typing) -> m.RateTable | None:
    """The model of a rate table in the text."""
    axes = typed_axes(clause, typing)
    if axes is None:
        return None
    scope = reward_scope(axes)
    heads = [_plain_head(cell, axes[-1], typing) for cell in _head_row(clause)] if len(axes) > 1 else []
    if None in heads:
        return None
    rows = clause.rows[1:] if len(axes) > 1 else clause.rows
    before = typing.names.report.error_count
    entries: list[Entry] = []
    for row in rows:
        entries += _entries(row, axes, heads, rule.kind, scope, typing, clause.rows[0].span)
    if not rows:
        typing.error("R0386", clause.span, "this rate table has no row", 'add a row such as `"gold" 2%`')
    if typing.names.report.error_count > before:
        return None
    keys = tuple(axis for axis in axes if is_key(axis))
    measures = measures_of(axes)
    made: list[m.RateRow] = []
    for own, cells in grouped(entries):
        worth = settled(cells, measures, clause.mode, typing)
        if worth is False:
            return None
        made.append(m.RateRow(own, worth, span=cells[0].span))
    return m.RateTable(keys, measures, tuple(made), None, True, filed(made), span=clause.span)  # type: ignore[arg-type]


def grouped(entries: Sequence[Entry]) -> Iterator[tuple[tuple[str | Fraction | date, ...], list[Entry]]]:
    """The entries by their keys, in the order of the first."""
    found: dict[tuple[str | Fraction | date, ...], list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.keys, []).append(entry)
    yield from found.items()


def filed(rows: Sequence[m.RateRow]) -> dict[tuple[object, ...], list[int]]:
    """The places of the rows by their keys."""
    found: dict[tuple[object, ...], list[int]] = {}
    for place, row in enumerate(rows):
        found.setdefault(row.keys, []).append(place)
    return found


def is_key(axis: Axis) -> bool:
    """Whether an axis is known of a line: an attribute or the agreement year; else it is a measure."""
    return isinstance(axis, m.Attribute | str)


def measures_of(axes: Sequence[Axis]) -> tuple[m.Expr, ...]:
    """The axes that are measures, in their order."""
    return tuple(axis for axis in axes if not isinstance(axis, m.Attribute | str))


# --- axes


def typed_axes(clause: s.RatesClause, typing: Typing) -> list[Axis] | None:
    """The axes: attributes, measures, the agreement year. None and errors where one is none of these."""
    axes: list[Axis] = []
    measures = 0
    before, failed = typing.names.report.error_count, False
    for axis in clause.axes:
        made = _axis(axis, typing)
        if made is None:
            failed = True
            continue
        if made in axes:
            typing.error("R0380", axis.span, f"`{axis.span.text}` is an axis twice", "keep one of them")
        measures += not is_key(made)
        axes.append(made)
    if failed or typing.names.report.error_count > before:
        return None
    if measures and clause.mode is None:
        typing.error(
            "R0380",
            clause.span,
            "an axis of this rate table is a measure, and the mode of its tiers is not said",
            "write `rates retroactive by …`",
        )
    if clause.mode is not None and not measures:
        typing.error(
            "R0380",
            clause.span,
            f"`{clause.mode}` belongs to a measure, and no axis of this rate table is one",
            "leave the mode out, or name a measure as an axis",
        )
    if clause.mode in SLICED and measures > 1:
        typing.error(
            "R0346",
            clause.span,
            f"`{clause.mode}` goes along one measure, and this rate table has {measures}",
            "write `retroactive`, which picks one row of each measure",
        )
    return axes if typing.names.report.error_count == before else None


def _axis(axis: s.Expr | s.AgreementYear, typing: Typing) -> Axis | None:
    if isinstance(axis, s.AgreementYear):
        return "agreement year"
    if isinstance(axis, s.Path):
        attribute = typing.names.attribute(axis)
        if attribute is None:
            return None
        if attribute.dimension == m.TEXT:
            return attribute
        if attribute.dimension.kind in ("date", "time"):
            typing.error(
                "R0380",
                axis.span,
                f"`{attribute.path}` is {describe(attribute.dimension)}: rows of a rate table are texts or tiers",
                "choose a text or something that can be measured",
            )
            return None
    made = typed(axis, typing)
    if made is not None and dimension(made).kind in ("text", "date", "time"):
        typing.error("R0380", axis.span, f"this axis is {describe(dimension(made))}", "name a measure or an attribute")
        return None
    return made


def reward_scope(axes: Sequence[Axis]) -> m.Scope:
    """Where fixed sums and packages count: the scope of the last measure, else the order."""
    measures = measures_of(axes)
    return measure_scope(measures[-1]) if measures else m.Scope.ORDER


# --- rows


def _head_row(clause: s.RatesClause) -> tuple[s.GridCell, ...]:
    return clause.rows[0].cells if clause.rows else ()


_WORTHS = ("reward", "nothing", "refused")


def _plain_head(cell: s.GridCell, axis: Axis, typing: Typing) -> Head | None:
    """What a head says on its axis."""
    value = cell.value
    if axis == "agreement year":
        if cell.kind == "year" and isinstance(value, s.Number) and value.value >= 1 and value.value.denominator == 1:
            return int(value.value)
        _wrong_head(cell, "a year of the agreement", "`year 1`", typing)
        return None
    if isinstance(axis, m.Attribute):
        if isinstance(value, s.Text) and cell.kind == "text":
            return value.value
        _wrong_head(cell, f"a value of `{axis.path}`", "it in quotes", typing)
        return None
    if isinstance(axis, str) or cell.kind not in ("from", "above") or value is None or isinstance(value, s.Text):
        _wrong_head(cell, "a tier of its measure", "`from` and a threshold", typing)
        return None
    made = typed(value, typing)
    threshold = constant_value(alike(axis, made, value.span, typing)) if made is not None else None
    return (cell.kind == "above", threshold) if threshold is not None else None


def _wrong_head(cell: s.GridCell, what: str, form: str, typing: Typing) -> None:
    typing.error("R0386", cell.span, f"`{cell.span.text}` stands where {what} should", f"write {form}")


def _entries(
    row: s.GridRow,
    axes: Sequence[Axis],
    heads: Sequence[Head | None],
    kind: str,
    scope: m.Scope,
    typing: Typing,
    top: Span,
) -> Iterator[Entry]:
    """The cells of a row with their heads."""
    before = max(1, len(axes) - 1)
    own, cells = row.cells[:before], row.cells[before:]
    wanted = len(heads) if len(axes) > 1 else 1
    if any(cell.kind in _WORTHS for cell in own) or any(cell.kind not in _WORTHS for cell in cells):
        typing.error(
            "R0386",
            row.span,
            f"a row of this rate table begins with {before} head{'s' if before > 1 else ''}, and has no other",
            "the last axis stands in the first line, the others before each row",
        )
        return
    if len(cells) != wanted:
        typing.names.report.error(
            "R0386",
            row.span,
            f"this row has {len(cells)} cell{'s' if len(cells) != 1 else ''}, the first line names {wanted}",
            "write one cell for each column; `nothing` where nothing is paid",
            labels=(Label(top, "the first line"),) if len(axes) > 1 else (),
        )
        return
    mine = [_plain_head(cell, axis, typing) for cell, axis in zip(own, axes, strict=False)]
    if None in mine:
        return
    for place, cell in enumerate(cells):
        coordinates = [*mine, heads[place]] if len(axes) > 1 else mine
        reward: m.Reward | None = None
        if cell.kind == "nothing" and kind != "price":
            reward = m.Reward((), span=cell.span)
        elif cell.reward is not None:
            reward = typed_reward(cell.reward, kind, scope, typing)
            if reward is None:
                return
        yield Entry(
            tuple(Fraction(x) if isinstance(x, int) else x for x in coordinates if isinstance(x, str | int)),
            tuple(x for x in coordinates if isinstance(x, tuple)),
            reward,
            cell.span,
        )


# --- what the cells of one row of keys come to


Settled = m.Flat | m.Tiers | m.Levels | None


def settled(
    cells: Sequence[Entry], measures: Sequence[m.Expr], mode: m.TierMode | None, typing: Typing
) -> Settled | Literal[False]:
    """The worth of lines with these keys; None is `refused`, False after an error."""
    if not measures:
        if len(cells) > 1:
            return _doubled(cells[1].span, cells[0].span, typing)
        reward = cells[0].reward
        return m.Flat(reward, span=cells[0].span) if reward is not None else None
    assert mode is not None
    measure, rest = measures[0], measures[1:]
    levels: dict[tuple[bool, Fraction], list[Entry]] = {}
    for cell in cells:
        levels.setdefault(cell.bounds[0], []).append(cell)
    bounds = list(levels)
    for last, bound in pairwise(bounds):
        if (bound[1], bound[0]) < (last[1], last[0]):
            typing.names.report.error(
                "R0385",
                levels[bound][0].span,
                f"the threshold {_shown(bound[1])} stands after {_shown(last[1])}",
                "write the tiers from the lowest threshold to the highest",
                labels=(Label(levels[last][0].span, "the tier before"),),
            )
            return False
    if rest:
        inner = {
            bound: settled([Entry(c.keys, c.bounds[1:], c.reward, c.span) for c in inside], rest, mode, typing)
            for bound, inside in levels.items()
        }
        if any(worth is False for worth in inner.values()):
            return False
        rows = tuple(m.Level(*bound, inner[bound], span=levels[bound][0].span) for bound in bounds)  # type: ignore[arg-type]
        return m.Levels(measure, rows, span=cells[0].span)
    for inside in levels.values():
        if len(inside) > 1:
            return _doubled(inside[1].span, inside[0].span, typing)
    refused = {bound for bound, inside in levels.items() if inside[0].reward is None}
    tiers = m.Tiers(
        mode,
        measure,
        tuple(
            m.Tier(*bound, inside[0].reward or m.Reward((), span=inside[0].span), span=inside[0].span)
            for bound, inside in levels.items()
        ),
        None,
        None,
        False,
        span=cells[0].span,
    )
    if not mode_fits(tiers, typing):
        return False
    if not refused:
        return tiers
    if len(refused) == len(levels):
        return None
    if mode in SLICED:
        typing.error(
            "R0346",
            cells[0].span,
            f"`{mode}` pays every tier passed, so none can be `refused`",
            "write `nothing`, or `retroactive`",
        )
        return False
    return m.Levels(
        measure,
        tuple(m.Level(*bound, None if bound in refused else tiers, span=levels[bound][0].span) for bound in bounds),
        span=cells[0].span,
    )


def _doubled(second: Span, first: Span, typing: Typing) -> Literal[False]:
    typing.names.report.error(
        "R0382",
        second,
        "this rate table says twice what is paid here",
        "keep one of them",
        labels=(Label(first, "the first"),),
    )
    return False


def _shown(value: Fraction) -> str:
    return decimal_text(value)


# --- rows of conditions


def model_cases(rule: s.Rule, clause: s.CasesClause, typing: Typing) -> m.Cases | None:
    """The model of `rates first` and `rates every`."""
    rows: list[m.Case] = []
    before = typing.names.report.error_count
    for row in clause.rows:
        if row.condition is None and (clause.every or row is not clause.rows[-1]):
            what = "`rates every` has no `otherwise`" if clause.every else "`otherwise` stands last in `rates first`"
            typing.error("R0389", row.span, what, "leave it out, or give the row a condition")
        condition = typed_condition(row.condition, typing) if row.condition is not None else None
        reward = (
            typed_reward(row.reward, rule.kind, m.Scope.ORDER, typing)
            if row.reward is not None
            else m.Reward((), span=row.span)
        )
        if reward is not None:
            rows.append(m.Case(reward, condition, span=row.span))
    if not clause.rows:
        typing.error("R0347", clause.span, "these rates have no row", "add a row such as `3% when …`")
    if typing.names.report.error_count > before:
        return None
    return m.Cases(clause.every, tuple(rows), span=clause.span)
