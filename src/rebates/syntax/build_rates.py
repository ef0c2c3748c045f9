"""From the alternatives of the grammar to nodes: rate tables and tiers of tables (see `build.py`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import cast

from rebates.syntax import nodes as n
from rebates.syntax.leaves import Word
from rebates.syntax.source import Span

Threshold = n.Number | n.Quantity | n.Percent | n.Money
Axis = n.Expr | n.AgreementYear


def tiers_from_table(at: Span, mode: n.TierMode, measure: n.Expr, table: Word) -> n.TiersClause:
    return n.TiersClause(mode, measure, (), table.text, span=at)


def agreement_year(at: Span) -> n.AgreementYear:
    return n.AgreementYear(span=at)


def rates_by(at: Span, mode: n.TierMode | None, *parts: Axis | n.GridCell) -> n.RatesClause:
    axes = tuple(part for part in parts if not isinstance(part, n.GridCell))
    cells = tuple(part for part in parts if isinstance(part, n.GridCell))
    return n.RatesClause(mode, axes, _rows(cells, len(axes) == 1), None, span=at)


def rates_from_table(at: Span, mode: n.TierMode | None, *parts: Axis | Word) -> n.RatesClause:
    *axes, table = parts
    return n.RatesClause(mode, cast("tuple[Axis, ...]", tuple(axes)), (), cast("Word", table).text, span=at)


def _rows(cells: tuple[n.GridCell, ...], in_pairs: bool) -> tuple[n.GridRow, ...]:
    """The cells by line; with one axis every head begins a row, so that several may stand on one line."""
    rows: list[list[n.GridCell]] = []
    line = 0
    for cell in cells:
        begins = cell.kind not in ("reward", "nothing", "refused") if in_pairs else cell.span.line != line
        if begins or not rows:
            rows.append([])
        rows[-1].append(cell)
        line = cell.span.line
    return tuple(n.GridRow(tuple(row), span=row[0].span.cover(row[-1].span)) for row in rows)


def text_head(at: Span, value: n.Text) -> n.GridCell:
    return n.GridCell("text", value, span=at)


def from_head(at: Span, value: Threshold) -> n.GridCell:
    return n.GridCell("from", value, span=at)


def above_head(at: Span, value: Threshold) -> n.GridCell:
    return n.GridCell("above", value, span=at)


def year_head(at: Span, value: n.Number) -> n.GridCell:
    return n.GridCell("year", value, span=at)


def reward_cell(at: Span, reward: n.Reward) -> n.GridCell:
    return n.GridCell("reward", None, reward, span=at)


def nothing_cell(at: Span) -> n.GridCell:
    return n.GridCell("nothing", span=at)


def refused_cell(at: Span) -> n.GridCell:
    return n.GridCell("refused", span=at)


def rates_first(at: Span, *rows: n.CaseRow) -> n.CasesClause:
    return n.CasesClause(False, rows, span=at)


def rates_every(at: Span, *rows: n.CaseRow) -> n.CasesClause:
    return n.CasesClause(True, rows, span=at)


def case_when(at: Span, reward: n.Reward, condition: n.Condition) -> n.CaseRow:
    return n.CaseRow(reward, condition, span=at)


def nothing_when(at: Span, condition: n.Condition) -> n.CaseRow:
    return n.CaseRow(None, condition, span=at)


def case_otherwise(at: Span, reward: n.Reward) -> n.CaseRow:
    return n.CaseRow(reward, None, span=at)


_HERE = (
    tiers_from_table, agreement_year, rates_by, rates_from_table, text_head, from_head, above_head, year_head,
    reward_cell, nothing_cell, refused_cell, rates_first, rates_every, case_when, nothing_when, case_otherwise,
)  # fmt: skip

BUILDERS: Mapping[str, Callable[..., object]] = MappingProxyType({function.__name__: function for function in _HERE})
