"""The journal as CSV, JSON and Parquet: one row a line, amounts as exact decimals."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence

from rebates.ledger.exports.rows import COLUMNS, rows_of
from rebates.ledger.journal import Entry
from rebates.tools.spreadsheets import sheet


def as_csv(entries: Sequence[Entry]) -> bytes:
    """CSV."""
    return sheet(COLUMNS, rows_of(entries))


def as_json(entries: Sequence[Entry]) -> bytes:
    """A JSON list of lines; amounts are texts."""
    return (json.dumps(rows_of(entries), ensure_ascii=False, indent=1) + "\n").encode()


def as_parquet(entries: Sequence[Entry]) -> bytes:
    """Parquet, all columns texts, so that no digit is lost."""
    import pyarrow as pa
    from pyarrow import parquet

    rows = rows_of(entries)
    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    out = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows, schema=schema), out)
    return out.getvalue()
