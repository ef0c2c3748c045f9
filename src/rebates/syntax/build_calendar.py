"""From the alternatives of the grammar to nodes: the agreement's own calendar (see `build.py`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from rebates.syntax import nodes as n
from rebates.syntax.leaves import Word
from rebates.syntax.source import Span


def year_starts(at: Span, day: n.Date) -> n.YearStarts:
    return n.YearStarts(day.value, span=at)


def week_starts(at: Span, day: Word) -> n.WeekStarts:
    return n.WeekStarts(day.text, span=at)


def season(at: Span, name: Word | n.Text, first: n.Date, last: n.Date) -> n.Season:
    named = name if isinstance(name, n.Text) else n.Name(name.text, span=name.span)
    return n.Season(named, first.value, last.value, span=at)


def seasons(at: Span, *found: n.Season | n.Broken) -> n.Seasons:
    return n.Seasons(found, span=at)


def seasons_from_table(at: Span, table: Word) -> n.Seasons:
    return n.Seasons((), table.text, span=at)


BUILDERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {function.__name__: function for function in (year_starts, week_starts, season, seasons, seasons_from_table)}
)
