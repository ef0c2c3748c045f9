"""Typed tables: rows with keys and dates, checked when they load, read by (keys, day).

A program hands tables over by one protocol, `TableSource`; files are read by `read_tables`. Either way every slip of a
table is reported in one run, with its row, its column, the value and what was expected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal, Protocol

from rebates.model.calendar import parse_date
from rebates.model.exact import ExactError, parse_number, to_fraction
from rebates.model.money import is_currency, money_from_text
from rebates.syntax.diagnostics import Report
from rebates.syntax.source import Source, Span
from rebates.syntax.suggest import nearest

Cell = str | Fraction | date | None
Kind = Literal["text", "number", "percent", "money", "date", "quantity"]
MOST_SLIPS = 50


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


class Table:
    """A loaded table. Never changes."""

    __slots__ = ("_index", "_rows", "schema")

    def __init__(self, schema: TableSchema, rows: Sequence[Row]) -> None:
        self.schema = schema
        self._rows = tuple(rows)
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

    def lookup(self, keys: tuple[Cell, ...], day: date | None) -> Row | None:
        """The row of these keys in force on a day; without a day, the first of these keys."""
        for row in self._index.get(keys, ()):
            if row.holds(day):
                return row
        return None

    def find(self, keys: tuple[Cell, ...]) -> Sequence[Row]:
        """All rows of these keys, whatever their dates."""
        return self._index.get(keys, ())

    def contains(self, value: Cell, day: date | None = None) -> bool:
        """Whether the only key has the value, on a day."""
        return self.lookup((value,), day) is not None


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row before it is typed; `spans` places a cell for messages."""

    number: int
    values: Mapping[str, object]
    source: Source
    spans: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def span(self, heading: str) -> Span:
        start, end = self.spans.get(heading, (0, len(self.source.text)))
        return Span(self.source, start, end)


class Slips:
    """The slips of one table: reported up to a number, counted beyond it."""

    def __init__(self, report: Report, table: str) -> None:
        self.report, self.table, self.count = report, table, 0
        self._last: Span | None = None

    def add(self, code: str, span: Span, message: str, help: str) -> None:
        self.count += 1
        self._last = span
        if self.count <= MOST_SLIPS:
            self.report.error(code, span, message, help)

    def close(self) -> None:
        if self.count > MOST_SLIPS and self._last is not None:
            more = self.count - MOST_SLIPS
            self.report.error(
                "R0490", self._last, f"table `{self.table}` has {more} more slips", "mend those above and check again"
            )


def raw_rows(name: str, rows: Iterable[Mapping[str, object]]) -> Iterator[RawRow]:
    """Rows handed over by a program, each with a line of text to point at."""
    for number, values in enumerate(rows, start=2):
        text, spans = "", {}
        for heading, value in values.items():
            text += ", " if text else ""
            start = len(text)
            text += f"{heading}={value}"
            spans[heading] = (start, len(text))
        yield RawRow(number, values, Source(f"{name} row {number}", text), spans)


def typed_table(
    schema: TableSchema, rows: Iterable[RawRow], currency: str | None, report: Report, file: str
) -> Table:
    """Types every cell, checks keys and dates. A table always comes back, of the rows that are sound."""
    slips = Slips(report, schema.name)
    sound: list[Row] = []
    seen: dict[tuple[Cell, ...], list[Row]] = {}
    names = tuple(column.name for column in schema.keys)
    checked = False
    for raw in rows:
        if not checked:
            checked = True
            if not _headings_fit(schema, raw, slips):
                break
        if not all(_plain(raw.values.get(column)) == value for column, value in schema.where):
            continue
        row = _typed_row(schema, raw, currency, slips, file)
        if row is None:
            continue
        keys = tuple(row.cells[name] for name in names)
        if schema.unique and names:
            for other in seen.get(keys, ()):
                if _overlap(row, other):
                    shown = ", ".join(f"{name} `{value}`" for name, value in zip(names, keys, strict=True))
                    slips.add(
                        "R0405",
                        raw.span(schema.keys[0].source_name),
                        f"row {row.number} repeats the key of row {other.number}: {shown}",
                        "keep one of them, or give them dates that do not overlap",
                    )
                    break
            seen.setdefault(keys, []).append(row)
        sound.append(row)
    slips.close()
    return Table(schema, sound)


def _plain(value: object) -> str:
    return "" if value is None else str(value).strip()


def _overlap(a: Row, b: Row) -> bool:
    return (a.first is None or b.last is None or a.first <= b.last) and (
        b.first is None or a.last is None or b.first <= a.last
    )


def _headings_fit(schema: TableSchema, raw: RawRow, slips: Slips) -> bool:
    present = set(raw.values)
    wanted = [(column.source_name, column.required) for column in schema.columns]
    wanted += [(heading, True) for heading, _ in schema.where]
    fits = True
    for heading, required in wanted:
        if required and heading not in present:
            near = nearest(heading, sorted(present))
            help = f"did you mean `{near[0]}`?" if near else f"its columns are {', '.join(sorted(present))}"
            slips.add(
                "R0402",
                schema.span or raw.span(heading),
                f"table `{schema.name}` has no column `{heading}`",
                help,
            )
            fits = False
    return fits


def _typed_row(
    schema: TableSchema, raw: RawRow, currency: str | None, slips: Slips, file: str
) -> Row | None:
    cells: dict[str, Cell] = {}
    days: list[date | None] = []
    sound = True
    for column in schema.columns:
        heading = column.source_name
        value = raw.values.get(heading)
        empty = value is None or (isinstance(value, str) and not value.strip())
        if column.role == "dates":
            typed, expected = (None, "") if empty else _typed("date", None, value, currency)
            days.append(typed if isinstance(typed, date) else None)
        elif empty:
            typed, expected = None, ""
            if column.role == "key" and not column.may_be_empty:
                expected = "a value: a key cannot be empty"
        else:
            kind = "text" if column.role == "key" and column.kind == "text" else column.kind
            typed, expected = _typed(kind, column.unit, value, currency)
        if expected:
            shown = _plain(value)
            slips.add(
                "R0404" if not empty else "R0406",
                raw.span(heading),
                f"row {raw.number}, column `{heading}` of table `{schema.name}`: `{shown[:40]}` is not {expected}"
                if not empty
                else f"row {raw.number}, column `{heading}` of table `{schema.name}` is empty",
                f"expected {expected}",
            )
            sound = False
        if column.role != "dates":
            cells[column.name] = typed
    first, last = (days + [None, None])[:2]
    if first is not None and last is not None and last < first:
        slips.add(
            "R0407",
            raw.span(next(c.source_name for c in schema.columns if c.role == "dates")),
            f"row {raw.number} of table `{schema.name}` ends on {last}, before it begins on {first}",
            "swap the two dates",
        )
        sound = False
    if schema.open:
        known = {column.source_name for column in schema.columns}
        for heading, value in raw.values.items():
            if heading not in known and _plain(value):
                cells[heading] = _plain(value)
    return Row(file, raw.number, cells, first, last) if sound else None


def _typed(kind: Kind, unit: str | None, value: object, currency: str | None) -> tuple[Cell, str]:
    """The typed value and "", or None and what was expected."""
    text = value.strip() if isinstance(value, str) else value
    try:
        match kind:
            case "text":
                if isinstance(text, float):
                    return None, "a text (a float is not exact)"
                return str(text), ""
            case "date":
                if isinstance(text, datetime):
                    return text.date(), ""
                if isinstance(text, date):
                    return text, ""
                return parse_date(str(text)), ""
            case "percent":
                if isinstance(text, str):
                    if not text.endswith("%"):
                        return None, "a percent such as `5.5%`"
                    return parse_number(text[:-1].rstrip()) / 100, ""
                return to_fraction(text, "the value"), ""
            case "money":
                if isinstance(text, str) and text[:3].isalpha() and is_currency(text[:3].upper()):
                    code, amount = money_from_text(text)
                    if currency is not None and code != currency:
                        return None, f"an amount in {currency}"
                    return amount, ""
                return to_fraction(text, "the value"), ""
            case "quantity":
                if isinstance(text, str) and text.endswith(f" {unit}"):
                    text = text[: -len(str(unit)) - 1]
                return to_fraction(text, "the value"), ""
            case _:
                return to_fraction(text, "the value"), ""
    except (ExactError, ValueError):
        expected = {
            "date": "a date such as `2026-03-31`",
            "percent": "a percent such as `5.5%`",
            "money": "an amount such as `96000` or `96_000.50`",
            "quantity": f"a number of {unit}",
            "number": "a number such as `12.5`",
        }
        exact = " (a float is not exact; hand over a Decimal or a text)" if isinstance(value, float) else ""
        return None, expected.get(kind, "a text") + exact


def exact_cell(value: object) -> object:
    """A cell of a typed file (Parquet, XLSX). A double whose shortest text has at most 12 decimals counts as that text.

    Many real files store decimals as doubles; this is the only place where one is read, and what it becomes is the number
    a person sees in the file.
    """
    if isinstance(value, float):
        text = repr(value)
        if text.endswith(".0"):
            text = text[:-2]
        try:
            return Decimal(text) if len(text.partition(".")[2]) <= 12 and "e" not in text and "n" not in text else value
        except ArithmeticError:
            return value
    return value
