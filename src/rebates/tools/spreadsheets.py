"""Cells that no spreadsheet takes for formulas, and CSV files of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from rebates.model.exact import parse_number

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\0")


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula; a number stays a number."""
    if not text.startswith(DANGEROUS):
        return text
    try:
        parse_number(text)
    except ValueError:
        return f"'{text}"
    return text


def sheet(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """A CSV file by RFC 4180, every cell in quotes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([safe(row.get(name, "")) for name in columns] for row in rows)
    return out.getvalue().encode()
