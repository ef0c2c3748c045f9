"""The agreement's own calendar: where its years and weeks start, and its seasons (5.2)."""

from __future__ import annotations

from collections.abc import Sequence

from rebates.model.calendar import WEEKDAYS, Calendar, Season
from rebates.model.names import Names
from rebates.model.tables import Table
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Label
from rebates.syntax.source import Span

LONGEST = 366

_Found = tuple[Season, Span, str]  # with its place, and how messages begin


def names_seasons(agreement: s.Agreement) -> bool:
    """Whether the agreement says what a season is, or says it in a statement that could not be read."""
    return any(isinstance(x, s.Seasons) or (isinstance(x, s.Broken) and x.word == "seasons") for x in agreement.members)


def calendar_of(
    year: s.YearStarts | None, week: s.WeekStarts | None, seasons: s.Seasons | None, names: Names
) -> Calendar:
    """The calendar of these settings; what is wrong with one is reported."""
    starts = 0
    if week is not None:
        if week.weekday in WEEKDAYS:
            starts = WEEKDAYS.index(week.weekday)
        else:
            names.unknown("R0441", "weekday", week.weekday, week.span, WEEKDAYS)
    return Calendar(
        year.day if year is not None else None, starts, _seasons(seasons, names) if seasons is not None else ()
    )


def _seasons(stated: s.Seasons, names: Names) -> tuple[Season, ...]:
    found: list[_Found] = []
    if stated.table is None:
        for season in stated.seasons:
            if isinstance(season, s.Season):
                name = season.name.value if isinstance(season.name, s.Text) else season.name.name
                found.append((Season(name, season.first, season.last), season.span, f"season `{name}`"))
        if not found and not stated.seasons:
            names.report.error(
                "R0354", stated.span, "no season is named", "write its name, first and last day, as `spring 2026-02-01 to 2026-07-31`"
            )  # fmt: skip
    else:
        table = names.tables.get(stated.table)
        if table is None:
            names.unknown("R0204", "table", stated.table, stated.span, names.tables)
            return ()
        found = _of_table(table, stated, names)
    return _in_turn(found, names)


def _of_table(table: Table, stated: s.Seasons, names: Names) -> list[_Found]:
    keys = table.schema.keys
    if len(keys) != 1:
        names.report.error(
            "R0354",
            stated.span,
            f"table `{table.name}` names seasons by {len(keys)} keys",
            "declare `season key` and two columns of `dates`",
        )
        return []
    found = []
    for row in table.rows():
        name = str(row.cells[keys[0].name])
        if row.first is None or row.last is None:
            names.report.error(
                "R0354",
                stated.span,
                f"season `{name}` in row {row.number} of `{row.file}` has no {'first' if row.first is None else 'last'} day",
                "give both days; a table of seasons has two columns of `dates`",
            )
            continue
        found.append((Season(name, row.first, row.last), stated.span, f"season `{name}` in row {row.number} of `{row.file}`"))  # fmt: skip
    return found


def _in_turn(found: Sequence[_Found], names: Names) -> tuple[Season, ...]:
    """The seasons by day; one that ends before it begins, is too long, named twice or overlaps another is reported."""
    turn: list[_Found] = []
    for each in sorted(found, key=lambda one: (one[0].first, one[0].last)):
        season, span, words = each
        same = next((other for other in turn if other[0].name == season.name), None)
        if season.last < season.first:
            _wrong(span, f"{words} ends on {season.last}, before it begins on {season.first}", "swap the two dates", names)  # fmt: skip
        elif (season.last - season.first).days >= LONGEST:
            _wrong(span, f"{words} is longer than a year", "write shorter seasons, or measure `per term` or over the dates", names)  # fmt: skip
        elif same is not None:
            _wrong(span, f"{words} is named twice", "give every season a name of its own, such as `spring_2027`", names, same)  # fmt: skip
        elif turn and season.first <= turn[-1][0].last:
            _wrong(span, f"{words} begins on {season.first}, before season `{turn[-1][0].name}` ends on {turn[-1][0].last}", "let a season begin after the one before it has ended", names, turn[-1])  # fmt: skip
        else:
            turn.append(each)
    return tuple(season for season, _, _ in turn)


def _wrong(span: Span, message: str, help: str, names: Names, other: _Found | None = None) -> None:
    labels = (Label(other[1], f"season `{other[0].name}`"),) if other is not None and other[1] != span else ()
    names.report.error("R0354", span, message, help, labels=labels)
