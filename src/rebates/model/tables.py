"""Typed tables: rows with keys and dates, checked when they load, read by (keys, day).

A program hands tables over by one protocol, `TableSource`; files are read by `read_tables`. Either way every slip of a
table is reported in one run, with its row, its column, the value and what was expected.
"""

from __future__ import annotations

import re
from bisect import bisect, bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Literal, Protocol

from rebates.model.cells import Cell, Kind, is_empty, shown, split_currency, text_of, typed_cell
from rebates.model.money import is_currency
from rebates.syntax.diagnostics import Report
from rebates.syntax.source import Source, Span
from rebates.syntax.suggest import nearest

MOST_SLIPS = 50
NOT_BELOW_ZERO = "an amount of zero or more"
DECIMAL_COMMA = re.compile(r"-?\d+,\d{1,2}")  # as many spreadsheets write it; three digits might be thousands

Place = Callable[[int, str], Span]  # where the cell of a row number and a heading stands


class TableSource(Protocol):
    """How a program hands tables over: rows by the table's name, or None for a table it does not have.

    A row maps column names to text, int, Decimal, Fraction, date or None. Floats are refused: they are not exact.
    """

    def rows(self, name: str) -> Iterable[Mapping[str, object]] | None: ...


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its heading where that differs, and what it is for."""

    name: str
    role: Literal["key", "dates", "value", "threshold", "reward"] = "value"
    kind: Kind = "text"
    unit: str | None = None
    heading: str | None = None
    required: bool = True
    may_be_empty: bool = False
    with_tax: bool = False  # of money: each amount includes the tax of the row's item (2.7)
    from_zero: bool = False  # of money: a price, which is never below zero
    span: Span | None = field(default=None, compare=False, repr=False)  # where it is declared

    @property
    def source_name(self) -> str:
        return self.heading or self.name


@dataclass(frozen=True, slots=True)
class TableSchema:
    """What a table must look like. `where` keeps only the rows whose columns have these values."""

    name: str
    columns: tuple[Column, ...]
    where: tuple[tuple[str, str], ...] = ()
    span: Span | None = field(default=None, compare=False)
    open: bool = False  # other columns are kept as text (master data: attributes)
    unique: bool = True

    @property
    def keys(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.role == "key")

    def heading(self, name: str) -> str:
        """The heading of a column, by its name."""
        return next((column.source_name for column in self.columns if column.name == name), name)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by column name, the days it holds, and where it stands."""

    file: str
    number: int  # counted from 1 with the heading
    cells: Mapping[str, Cell]
    first: date | None = None
    last: date | None = None

    def holds(self, day: date | None) -> bool:
        """Whether the row is in force on a day; both its days are in."""
        if day is None:
            return True
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def overlaps(self, other: Row) -> bool:
        """Whether there is a day on which both are in force."""
        first, last = self.first or date.min, self.last or date.max
        return first <= (other.last or date.max) and (other.first or date.min) <= last


class Table:
    """A loaded table. Never changes."""

    __slots__ = ("_index", "_place", "_rows", "dated", "schema")

    dated: bool  # whether any row begins or ends

    def __init__(self, schema: TableSchema, rows: Sequence[Row], place: Place | None = None) -> None:
        self.schema = schema
        self._rows = tuple(rows)
        self._place = place
        self.dated = any(row.first is not None or row.last is not None for row in self._rows)
        names = tuple(column.name for column in schema.keys)
        index: dict[tuple[Cell, ...], list[Row]] = {}
        for row in self._rows:
            index.setdefault(tuple(row.cells[name] for name in names), []).append(row)
        self._index = index

    @property
    def name(self) -> str:
        return self.schema.name

    def rows(self) -> Iterator[Row]:
        """All rows, in the order of the file."""
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, number: int) -> Row | None:
        """The row of a number; rows stand in the order of their numbers."""
        place = bisect_left(self._rows, number, key=lambda row: row.number)
        found = self._rows[place] if place < len(self._rows) else None
        return found if found is not None and found.number == number else None

    def values(self, column: str) -> Iterable[Cell]:
        """The different values of a column."""
        return {row.cells[column] for row in self._rows}

    def lookup(self, keys: tuple[Cell, ...], day: date | None) -> Row | None:
        """The row of these keys in force on a day; without a day, the first of these keys."""
        for row in self._index.get(keys, ()):
            if row.holds(day):
                return row
        return None

    def value(self, keys: tuple[Cell, ...], day: date | None, column: str) -> Cell:
        """A cell of the row of these keys in force on a day; None without a row."""
        row = self.lookup(keys, day)
        return None if row is None else row.cells[column]

    def find(self, keys: tuple[Cell, ...]) -> Sequence[Row]:
        """All rows of these keys, whatever their dates."""
        return self._index.get(keys, ())

    def contains(self, value: Cell, day: date | None = None) -> bool:
        """Whether the only key has the value, on a day."""
        return self.lookup((value,), day) is not None

    def below_zero(self, column: str) -> Iterator[Row]:
        """The rows whose amount is below zero."""
        return (row for row in self.rows() if isinstance(amount := row.cells[column], Fraction) and amount < 0)

    def place(self, row: Row, column: str) -> Span:
        """Where a cell stands, for messages: in the file if that is a text, else in a line that shows the row."""
        heading = self.schema.heading(column)
        if self._place is not None:
            return self._place(row.number, heading)
        cells = {self.schema.heading(n): text_of(v) or v for n, v in row.cells.items() if v is not None}
        return place_in_row(row.file, row.number, cells, heading)


def place_in_row(file: str, number: int, values: Mapping[str, object], heading: str) -> Span:
    """A place in a line of text that shows a row which has none of its own; the whole line for a cell it lacks."""
    text, found = "", None
    for name, value in values.items():
        text += ", " if text else ""
        if name == heading:
            found = len(text), len(text) + len(f"{name}={value}")
        text += f"{name}={value}"
    start, end = found or (0, len(text))
    return Span(Source(f"{file} row {number}", text), start, end)


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row before it is typed; `place` says where the cell under a heading stands, worked out only for messages."""

    number: int
    values: Mapping[str, object]
    place: Callable[[str], Span]


class Slips:
    """The slips of one table: reported up to a number, counted beyond it."""

    def __init__(self, report: Report, table: str) -> None:
        self.report, self.table, self.count = report, table, 0
        self._last: Span | None = None

    @property
    def are_shown(self) -> bool:
        """Whether one more slip is reported, not only counted."""
        return self.count < MOST_SLIPS

    def add(self, code: str, place: Callable[[], Span], message: str, help: str) -> None:
        self.count += 1
        if self.count <= MOST_SLIPS:
            self._last = place()
            self.report.error(code, self._last, message, help)

    def close(self) -> None:
        """Says how many more there are: a note, as a file shows no more errors by then."""
        if self.count > MOST_SLIPS and self._last is not None:
            more = self.count - MOST_SLIPS
            slips = "slip" if more == 1 else "slips"
            self.report.note(
                "R0490",
                self._last,
                f"and {more} more {slips} in table `{self.table}`",
                "mend those above and check again",
            )


def raw_rows(name: str, rows: Iterable[Mapping[str, object]]) -> Iterator[RawRow]:
    """Rows handed over by a program, counted as those of a file with a heading."""
    for number, values in enumerate(rows, start=2):
        yield RawRow(number, values, partial(place_in_row, name, number, values))


class _Held:
    """The days that each key is taken, to find a row that repeats one."""

    def __init__(self) -> None:
        self._taken: dict[tuple[Cell, ...], list[tuple[date, date, int]]] = {}

    def clash(self, keys: tuple[Cell, ...], row: Row) -> int | None:
        """The number of an earlier row of these keys that shares a day; without one, the row takes its days."""
        taken = self._taken.setdefault(keys, [])
        new = (row.first or date.min, row.last or date.max, row.number)
        at = bisect(taken, new)
        for first, last, number in taken[
            max(at - 1, 0) : at + 1
        ]:  # those taken share no day: only neighbours can clash
            if first <= new[1] and new[0] <= last:
                return number
        insort(taken, new)
        return None


def typed_table(
    schema: TableSchema,
    rows: Iterable[RawRow],
    currency: str | None,
    report: Report,
    file: str,
    headings: Sequence[str] | None = None,
    place: Place | None = None,
) -> Table:
    """Types every cell, checks keys and dates. A table always comes back, of the rows that are sound.

    Amounts are in `currency`, if given; a `currency` column or a cell such as `EUR 12.50` may say so again, not otherwise
    (2.1). Without it the column or the cell gives the currency of the row. `headings` are those of a file; a program's
    rows show theirs.
    """
    slips = Slips(report, schema.name)
    sound: list[Row] = []
    held = _Held()
    names = tuple(column.name for column in schema.keys)
    fits = (
        None
        if headings is None
        else _headings_fit(schema, headings, slips, lambda: _heading_place(schema, file, place))
    )
    for raw in rows if fits is not False else ():
        if fits is None:
            fits = _headings_fit(schema, tuple(raw.values), slips, partial(raw.place, ""))
            if not fits:
                break
        if any(text_of(raw.values.get(column)) != value for column, value in schema.where):
            continue
        row = _typed_row(schema, raw, currency, slips, file)
        if row is None:
            continue
        if schema.unique and names:
            keys = tuple(row.cells[name] for name in names)
            other = held.clash(keys, row)
            if other is not None:
                said = ", ".join(f"{name} `{key}`" for name, key in zip(names, keys, strict=True) if key is not None)
                slips.add(
                    "R0405",
                    partial(raw.place, schema.keys[0].source_name),
                    f"row {row.number} repeats the key of row {other}: {said}",
                    "keep one of them, or give them dates that do not overlap",
                )
        sound.append(row)
    slips.close()
    return Table(schema, sound, place)


def _heading_place(schema: TableSchema, file: str, place: Place | None) -> Span:
    if schema.span is not None:
        return schema.span
    return place(1, "") if place is not None else Span(Source(file, ""), 0, 0)


def _at(span: Span) -> Span:
    return span


def _headings_fit(schema: TableSchema, present: Sequence[str], slips: Slips, place: Callable[[], Span]) -> bool:
    wanted = [column.source_name for column in schema.columns if column.required]
    missing = [heading for heading in [*wanted, *(heading for heading, _ in schema.where)] if heading not in present]
    spans = {column.source_name: column.span for column in schema.columns}
    for heading in dict.fromkeys(missing):
        span = spans.get(heading) or schema.span
        near = nearest(heading, sorted(present))
        slips.add(
            "R0402",
            place if span is None else partial(_at, span),
            f"table `{schema.name}` has no column `{heading}`",
            f"did you mean `{near[0]}`?" if near else f"its columns are {', '.join(sorted(present)) or 'none'}",
        )
    return not missing


def _typed_row(schema: TableSchema, raw: RawRow, currency: str | None, slips: Slips, file: str) -> Row | None:
    cells: dict[str, Cell] = {}
    days: list[date | None] = []
    before = slips.count
    has_money = any(column.kind == "money" for column in schema.columns)
    of_row = _currency_of_row(schema, raw, currency, slips)
    for column in schema.columns:
        heading = column.source_name
        value = raw.values.get(heading)
        if is_empty(value):
            if column.role == "key" and not column.may_be_empty:
                where = f"row {raw.number}, column `{heading}` of table `{schema.name}` is empty"
                slips.add("R0406", partial(raw.place, heading), where, "a key has a value in every row")
            typed: Cell = None
        else:
            code, plain = split_currency(value) if column.kind == "money" else (None, value)
            typed, expected = typed_cell("date" if column.role == "dates" else column.kind, column.unit, plain)
            if code is not None and code != of_row:
                if of_row is None and any(other.name == "currency" for other in schema.columns):
                    of_row = code
                else:
                    expected = (
                        f"an amount in {of_row}" if of_row else "an amount without currency, as the table has none"
                    )
            if column.from_zero and isinstance(typed, Fraction) and typed < 0:
                expected = NOT_BELOW_ZERO
            if expected:
                _wrong(schema, raw, heading, expected, slips)
        if column.role == "dates":
            days.append(typed if isinstance(typed, date) else None)
        else:
            cells[column.name] = typed
    if has_money and cells.get("currency", "") is None:
        cells["currency"] = of_row
    first, last = ([*days, None, None])[:2]
    if first is not None and last is not None and last < first:
        slips.add(
            "R0407",
            partial(raw.place, next(c.source_name for c in schema.columns if c.role == "dates")),
            f"row {raw.number} of table `{schema.name}` ends on {last}, before it begins on {first}",
            "swap the two dates",
        )
    if schema.open:
        _keep_attributes(schema, raw, cells, slips)
    return Row(file, raw.number, cells, first, last) if slips.count == before else None


def _currency_of_row(schema: TableSchema, raw: RawRow, currency: str | None, slips: Slips) -> str | None:
    """The currency of a row's amounts: the given one, which its `currency` column may repeat, else that column's."""
    heading = schema.heading("currency")
    columns = schema.columns
    if not any(column.kind == "money" for column in columns) or not any(
        column.name == "currency" for column in columns
    ):
        return currency
    stated = text_of(raw.values.get(heading))
    if not stated:
        return currency
    if not is_currency(stated):
        _wrong(schema, raw, heading, "a currency such as `EUR`", slips)
    elif currency is not None and stated != currency:
        _wrong(schema, raw, heading, f"{currency}, the currency of the agreement", slips)
    return currency or stated


def _wrong(schema: TableSchema, raw: RawRow, heading: str, expected: str, slips: Slips) -> None:
    value = raw.values.get(heading)
    if isinstance(value, float):
        help = "a float is not exact: store or hand over a decimal or a text"
    elif expected.startswith(("an amount", "a number")) and DECIMAL_COMMA.fullmatch(str(value).strip()):
        help = f"the decimals stand after a point: write `{str(value).strip().replace(',', '.')}`"
    else:
        help = f"write {expected}"
    slips.add(
        "R0404",
        partial(raw.place, heading),
        f"row {raw.number}, column `{heading}` of table `{schema.name}`: `{shown(value)}` is not {expected}",
        help,
    )


def _keep_attributes(schema: TableSchema, raw: RawRow, cells: dict[str, Cell], slips: Slips) -> None:
    known = {column.source_name for column in schema.columns}
    for heading, value in raw.values.items():
        if heading in known or is_empty(value):
            continue
        text = text_of(value)
        if text is None:
            _wrong(schema, raw, heading, "a text", slips)
        else:
            cells[heading] = text
