"""Reads tables from CSV, Parquet and XLSX files inside the rule folder."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from rebates.model.tables import RawRow, Slips, Table, TableSchema, exact_cell, raw_rows, typed_table
from rebates.syntax.diagnostics import Report
from rebates.syntax.source import Source, Span

MOST_CSV_BYTES = 2_000_000_000
SUFFIXES = (".csv", ".parquet", ".xlsx")


def confined(folder: Path, name: str) -> Path | None:
    """The path of a table's file, or None where it would leave the folder: `..`, an absolute path or a link."""
    if Path(name).is_absolute() or ".." in Path(name).parts or "\0" in name or "\\" in name:
        return None
    path = folder / name
    return path if path.resolve().is_relative_to(folder.resolve()) else None


def read_table(
    schema: TableSchema, folder: Path, name: str, currency: str | None, report: Report, span: Span
) -> Table | None:
    """The table of a file. Every slip is reported; None where the file cannot be read at all."""
    path = confined(folder, name)
    if path is None:
        report.error("R0410", span, f"`{name}` leads out of the rule folder", "keep tables beside the rule files")
        return None
    if path.suffix not in SUFFIXES:
        report.error("R0411", span, f"`{name}` is no CSV, Parquet or XLSX file", "save the table as CSV")
        return None
    if not path.is_file():
        there = sorted(p.name for p in folder.glob("*") if p.suffix in SUFFIXES)
        beside = f"; there are {', '.join(there[:8])}" if there else ""
        report.error("R0412", span, f"there is no file `{name}`", f"put it beside the rule file{beside}")
        return None
    try:
        match path.suffix:
            case ".csv":
                rows = _csv_rows(path, name, report, span)
            case ".parquet":
                rows = _parquet_rows(path, name, report, span)
            case _:
                rows = _xlsx_rows(path, name, report, span)
    except OSError as error:
        report.error("R0413", span, f"`{name}` cannot be read: {error.strerror}", "check the file and its permissions")
        return None
    if rows is None:
        return None
    return typed_table(schema, rows, currency, report, name)


def _csv_rows(path: Path, name: str, report: Report, span: Span) -> Iterator[RawRow] | None:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        report.error(
            "R0414", span, f"`{name}` is not UTF-8: line {line} has other bytes", "save the file as CSV UTF-8"
        )
        return None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        report.error("R0414", span, f"`{name}` has a NUL character in line {line}", "save the file as CSV UTF-8")
        return None
    return _csv_lines(Source(name, text), report, span)


def _csv_lines(source: Source, report: Report, span: Span) -> Iterator[RawRow]:
    head, _, _ = source.text.partition("\n")
    delimiter = ";" if head.count(";") > head.count(",") else ","
    reader = csv.reader(io.StringIO(source.text, newline=""), delimiter=delimiter)
    slips = Slips(report, source.name)
    headings: list[str] | None = None
    start_line = 1
    try:
        for cells in reader:
            line, start_line = start_line, reader.line_num + 1
            if headings is None:
                headings = [cell.strip() for cell in cells]
                continue
            if not any(cell.strip() for cell in cells):
                continue
            place = _line_span(source, line)
            if len(cells) != len(headings):
                slips.add(
                    "R0415",
                    place,
                    f"row {line} has {len(cells)} cells, the heading has {len(headings)}",
                    'put quotes around a value that holds the separator: "a,b"',
                )
                continue
            spans = _cell_spans(source, place, cells)
            values: dict[str, object] = dict(zip(headings, cells, strict=True))
            yield RawRow(line, values, source, dict(zip(headings, spans, strict=True)))
    except csv.Error as error:
        slips.add("R0415", _line_span(source, start_line), f"row {start_line} cannot be read: {error}", "check its quotes")
    if headings is None:
        report.error("R0416", span, f"`{source.name}` is empty", "give it a heading and rows")
    slips.close()


def _line_span(source: Source, line: int) -> Span:
    starts = source.line_starts()
    start = starts[min(line, len(starts)) - 1]
    return Span(source, start, start + len(source.line_text(min(line, len(starts)))))


def _cell_spans(source: Source, place: Span, cells: list[str]) -> list[tuple[int, int]]:
    """Where each cell stands in its line; a quoted cell is found by its text."""
    spans, at = [], place.start
    for cell in cells:
        found = source.text.find(cell, at, place.end) if cell else at
        start = found if found >= 0 else at
        spans.append((start, min(start + len(cell), place.end)))
        at = min(start + len(cell) + 1, place.end)
    return spans


def _parquet_rows(path: Path, name: str, report: Report, span: Span) -> Iterator[RawRow] | None:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        report.error("R0417", span, f"reading `{name}` needs pyarrow", "run: pip install 'rebates[parquet]'")
        return None
    try:
        table = pyarrow.parquet.read_table(path)
    except pyarrow.ArrowException as error:
        report.error("R0413", span, f"`{name}` is no readable Parquet file: {str(error)[:120]}", "write it again")
        return None
    rows = ({heading: exact_cell(value) for heading, value in row.items()} for row in table.to_pylist())
    return raw_rows(name, rows)


def _xlsx_rows(path: Path, name: str, report: Report, span: Span) -> Iterator[RawRow] | None:
    try:
        import openpyxl
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError:
        report.error("R0417", span, f"reading `{name}` needs openpyxl", "run: pip install 'rebates[xlsx]'")
        return None
    from zipfile import BadZipFile

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError) as error:
        report.error("R0413", span, f"`{name}` is no readable XLSX file: {str(error)[:120]}", "save it again")
        return None
    lines = book.worksheets[0].iter_rows(values_only=True)
    headings = [str(cell).strip() if cell is not None else "" for cell in next(lines, ())]
    rows = (
        {heading: exact_cell(cell) for heading, cell in zip(headings, line, strict=False) if heading}
        for line in lines
        if any(cell is not None for cell in line)
    )
    return raw_rows(name, rows)
