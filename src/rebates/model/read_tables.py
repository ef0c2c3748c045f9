"""Reads tables from CSV, Parquet and XLSX files inside the rule folder."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rebates.model.cells import exact_cell
from rebates.model.pack_parquet import packed_table
from rebates.model.tables import Place, RawRow, Slips, Table, TableSchema, place_in_row, typed_table
from rebates.syntax.diagnostics import Report
from rebates.syntax.source import Source, Span

MOST_BYTES = 2_000_000_000  # of a file, and of what a packed one unpacks to
MOST_ROWS = 50_000_000
# a packed file that unpacks to more than so many times its own size, and to more than so many bytes, is no table
MOST_TIMES = 100
SMALL_BYTES = 100_000_000
MANY_ROWS = 300_000  # a packed file of more rows than that, and than bytes, is no table: keys differ from row to row
_BATCH = 10_000  # rows of a Parquet file at a time
MOST_HEADING = 100_000  # characters
SUFFIXES = (".csv", ".parquet", ".xlsx")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file's headings and rows, and where its cells stand if it is a text."""

    headings: Sequence[str]
    rows: Iterator[RawRow]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class File:
    """The file that a table is read from, and where it is named."""

    path: Path
    name: str
    report: Report
    span: Span

    def error(self, code: str, message: str, help: str) -> None:
        self.report.error(code, self.span, message, help)

    def unreadable(self, error: Exception, kind: str = "") -> None:
        """Tells why the file cannot be read; `kind` is what it should be."""
        why = (error.strerror if isinstance(error, OSError) else None) or " ".join(str(error).split())[:120]
        said = f"is no readable {kind} file" if kind else "cannot be read"
        self.error(
            "R0413",
            f"`{self.name}` {said}: {why}",
            "write the file again" if kind else "check the file and its permissions",
        )

    def headings_fit(self, headings: Sequence[str]) -> bool:
        """Whether there are headings, none of them twice; blank ones have no column."""
        named = [heading for heading in headings if heading]
        if not named:
            self.error("R0416", f"`{self.name}` is empty", "give it a heading and rows")
        for heading in dict.fromkeys(name for name in named if named.count(name) > 1):
            self.error("R0403", f"`{self.name}` has two columns `{heading}`", "rename or remove one of them")
        return bool(named) and len(set(named)) == len(named)


def confined(folder: Path, name: str) -> Path | None:
    """The path of a table's file, or None where it would leave the folder: `..`, an absolute path or a link."""
    if Path(name).is_absolute() or ".." in Path(name).parts or "\0" in name or "\\" in name:
        return None
    path = folder / name
    try:
        return path if path.resolve().is_relative_to(folder.resolve()) else None
    except (OSError, RuntimeError):  # links in a circle
        return None


def read_table(
    schema: TableSchema, folder: Path, name: str, currency: str | None, report: Report, span: Span
) -> Table | None:
    """The table of a file. Every slip is reported; None where the file cannot be read at all."""
    path = confined(folder, name)
    if path is None:
        report.error("R0410", span, f"`{name}` leads out of the rule folder", "keep tables beside the rule files")
        return None
    file = File(path, name, report, span)
    if path.suffix not in SUFFIXES:
        file.error("R0411", f"`{name}` is no CSV, Parquet or XLSX file", "save the table as CSV")
        return None
    if not path.is_file():
        there = sorted(p.name for p in folder.glob("*") if p.suffix in SUFFIXES and p.is_file())
        beside = f"; there are {', '.join(there[:8])}" if there else ""
        file.error("R0412", f"there is no file `{name}`", f"put it beside the rule file{beside}")
        return None
    try:
        if path.stat().st_size > MOST_BYTES:
            _too_large(file)
            return None
        match path.suffix:
            case ".csv":
                sheet = _csv_sheet(file, schema.name)
            case ".parquet":
                found = _parquet_sheet(file, schema)
                if isinstance(found, Table):
                    return found
                sheet = found
            case _:
                sheet = _xlsx_sheet(file)
    except OSError as error:
        file.unreadable(error)
        return None
    if sheet is None:
        return None
    return typed_table(schema, sheet.rows, currency, report, name, sheet.headings, sheet.place)


def _too_large(file: File) -> None:
    file.error(
        "R0413",
        f"`{file.name}` cannot be read: it is too large",
        f"at most {MOST_ROWS:_} rows and {MOST_BYTES // 10**9} GB",
    )


def _is_bomb(file: File, unpacked: int) -> bool:
    """Whether what a packed file unpacks to is out of all proportion to it."""
    return unpacked > max(SMALL_BYTES, MOST_TIMES * file.path.stat().st_size)


def _most_rows(file: File) -> int:
    """How many rows a packed file may hold, whatever it says itself."""
    return min(MOST_ROWS, max(MANY_ROWS, file.path.stat().st_size))


# --- CSV


class CsvText:
    """The text of a CSV file, to place its cells for messages. Let go of once read, and read again if still asked."""

    def __init__(self, path: Path, name: str, text: str) -> None:
        self.path, self.name = path, name
        head, _, _ = text.partition("\n")
        self.delimiter = ";" if head.count(";") > head.count(",") else ","
        self.headings = [cell.strip() for cell in next(_reader(text[:MOST_HEADING], self.delimiter), [])]
        self._source: Source | None = Source(name, text)

    @property
    def source(self) -> Source:
        if self._source is None:
            self._source = Source(self.name, self.path.read_text(encoding="utf-8-sig", errors="replace"))
        return self._source

    def let_go(self) -> None:
        self._source = None

    def place(self, line: int, heading: str) -> Span:
        """The cell under a heading of the row that begins in a line; the whole line for a cell that is not there."""
        source = self.source
        starts = source.line_starts()
        at = starts[min(line, len(starts)) - 1]
        whole = Span(source, at, at + len(source.line_text(min(line, len(starts)))))
        if heading not in self.headings:
            return whole
        for _ in range(self.headings.index(heading)):
            at = self._end(source.text, at) + 1
        end = self._end(source.text, at)
        return Span(source, at, end) if end > at else whole

    def _end(self, text: str, at: int) -> int:
        """Where the cell that begins at an offset ends; inside quotes separators and line ends belong to it."""
        if text.startswith('"', at):
            at = text.find('"', at + 1)
            while text.startswith('"', at + 1):
                at = text.find('"', at + 2)
        ends = (text.find(sign, at) for sign in (self.delimiter, "\r", "\n"))
        return min((end for end in ends if end >= 0), default=len(text))


def _csv_sheet(file: File, table: str) -> Sheet | None:
    raw = file.path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        file.error("R0414", f"`{file.name}` is not UTF-8: line {line} has other bytes", "save the file as CSV UTF-8")
        return None
    for code, sign, called in (("R0418", "\0", "a NUL character"), ("R0419", "\ufeff", "a byte order mark")):
        if sign in text:
            line = text[: text.index(sign)].count("\n") + 1
            file.error(
                code, f"`{file.name}` has {called} in line {line}", "remove it, or save the table anew as CSV UTF-8"
            )
            return None
    try:
        content = CsvText(file.path, file.name, text)
    except csv.Error as error:
        file.unreadable(error, "CSV")
        return None
    if not file.headings_fit(content.headings):
        return None
    return Sheet(
        [heading for heading in content.headings if heading],
        _csv_rows(content, Slips(file.report, table)),
        content.place,
    )


def _reader(text: str, delimiter: str) -> Any:
    # only a newline ends a line: a bare carriage return is an error that is told, not a row
    return csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter, strict=True)


def _csv_rows(content: CsvText, slips: Slips) -> Iterator[RawRow]:
    headings = content.headings
    reader = _reader(content.source.text, content.delimiter)
    line = 1
    try:
        for cells in reader:
            start, line = line, reader.line_num + 1
            if start == 1 or not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(headings):
                slips.add(
                    "R0415",
                    partial(content.place, start, ""),
                    f"row {start} has {len(cells)} cell{'s'[: len(cells) != 1]}, the heading has {len(headings)}",
                    f'put quotes around a value that holds the separator: `"a{content.delimiter}b"`'
                    if len(cells) > len(headings)
                    else f"write every separator, also beside an empty cell: `a{content.delimiter}{content.delimiter}b`",
                )
                continue
            values = {heading: cell for heading, cell in zip(headings, cells, strict=True) if heading}
            yield RawRow(start, values, partial(content.place, start))
    except csv.Error as error:
        slips.add(
            "R0415",
            partial(content.place, line, ""),
            f"row {line} cannot be read: {error}",
            "check its quotes and line ends",
        )
    slips.close()
    content.let_go()


# --- typed files


def _parquet_sheet(file: File, schema: TableSchema) -> Sheet | Table | None:
    """The rows of a file; or, if all of it is plain and sound, the table as a whole."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        file.error("R0417", f"reading `{file.name}` needs pyarrow", "run: pip install 'rebates[parquet]'")
        return None
    try:
        content = pq.ParquetFile(file.path)
        headings = [str(heading) for heading in content.schema_arrow.names]
    except (pa.ArrowException, ValueError) as error:
        file.unreadable(error, "Parquet")
        return None
    if content.metadata.num_rows > _most_rows(file) or _is_bomb(file, _said_size(content.metadata)):
        _too_large(file)
        return None
    if not file.headings_fit(headings):
        return None
    try:
        packed = packed_table(schema, file.name, file.path, partial(_is_bomb, file))
    except (pa.ArrowException, ValueError, OverflowError) as error:
        file.unreadable(error, "Parquet")
        return None
    if packed is not None:
        return packed
    used = {column.source_name for column in schema.columns} | {heading for heading, _ in schema.where}
    columns = headings if schema.open else [heading for heading in headings if heading in used]
    errors = (pa.ArrowException, ValueError, OverflowError, OSError)
    return Sheet(headings, _parquet_rows(file, content, columns, errors))


def _said_size(metadata: Any) -> int:
    """How many bytes of cells a Parquet file says that it holds: one page of it is unpacked at once, be it of gigabytes."""
    return sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))


def _parquet_rows(
    file: File, content: Any, columns: list[str], errors: tuple[type[Exception], ...]
) -> Iterator[RawRow]:
    number = 1
    try:
        unpacked = 0  # counted as it comes, too: the file's own words about its size may be wrong
        for batch in content.iter_batches(batch_size=_BATCH, columns=columns):
            unpacked += batch.nbytes
            if _is_bomb(file, unpacked) or number + len(batch) > _most_rows(file) + 1:
                _too_large(file)
                return
            for row in zip(*map(_cells, batch.columns), strict=True):
                number += 1
                values = {heading: exact_cell(value) for heading, value in zip(columns, row, strict=True)}
                yield RawRow(number, values, partial(place_in_row, file.name, number, values))
    except errors as error:
        file.unreadable(error, "Parquet")


def _cells(column: Any) -> list[Any]:
    """The values of a column; texts that a file keeps once stay one."""
    if not hasattr(column, "dictionary"):
        return column.to_pylist()  # type: ignore[no-any-return]  # of pyarrow
    words = column.dictionary.to_pylist()
    return [None if place is None else words[place] for place in column.indices.to_pylist()]


def _xlsx_sheet(file: File) -> Sheet | None:
    """The first sheet of a workbook; formulas count by the values saved with them."""
    try:
        import openpyxl
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError:
        file.error("R0417", f"reading `{file.name}` needs openpyxl", "run: pip install 'rebates[xlsx]'")
        return None
    from xml.etree.ElementTree import ParseError
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(file.path) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
            if unpacked > MOST_BYTES or _is_bomb(file, unpacked):
                _too_large(file)
                return None
        book = openpyxl.load_workbook(file.path, read_only=True, data_only=True)
        try:
            if not book.worksheets:
                raise ValueError("it has no sheet")
            first = book.worksheets[0]
            first.reset_dimensions()  # some programs write a wrong size, and rows beyond it would be lost
            lines = [[exact_cell(cell) for cell in line] for line in first.iter_rows(values_only=True)]
        finally:
            book.close()
    except (InvalidFileException, BadZipFile, ParseError, KeyError, ValueError, TypeError, IndexError) as error:
        file.unreadable(error, "XLSX")
        return None
    headings = [str(cell).strip() if cell is not None else "" for cell in (lines[0] if lines else ())]
    if not file.headings_fit(headings):
        return None
    return Sheet([heading for heading in headings if heading], _xlsx_rows(file, headings, lines))


def _xlsx_rows(file: File, headings: list[str], lines: list[list[object]]) -> Iterator[RawRow]:
    slips = Slips(file.report, file.name)
    for number, line in enumerate(lines[1:], start=2):
        if all(cell is None for cell in line):
            continue
        cells = dict(zip(headings, line, strict=False))
        values = {heading: cells.get(heading) for heading in headings if heading}
        place = partial(place_in_row, file.name, number, values)
        if any(cell is not None for cell in line[len(headings) :]):
            message = f"row {number} has {len(line)} cells, the heading has {len(headings)}"
            slips.add(
                "R0415", partial(place, ""), message, "give every column a heading, or clear the cells beside the table"
            )
            continue
        yield RawRow(number, values, place)
    slips.close()
