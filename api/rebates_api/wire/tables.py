"""Price lists as tables: CSV that a spreadsheet cannot take for formulas, and Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from importlib.util import find_spec

from rebates.engine.standing import ListedPrice

COLUMNS = ("item", "unit", "currency", "list_price", "price", "net_price", "valid_to", "reference")
RISKY = ("=", "+", "-", "@", "\t", "\r", "\0")


def rows_of(prices: Sequence[ListedPrice]) -> list[tuple[str, ...]]:
    """The cells; amounts are exact texts."""
    return [
        (
            each.item,
            each.unit,
            each.price.currency,
            "" if each.list_price is None else f"{each.list_price.amount:f}",
            f"{each.price.amount:f}",
            f"{each.net_price.amount:f}",
            "" if each.valid_to is None else each.valid_to.isoformat(),
            each.reference or "",
        )
        for each in prices
    ]


def csv_of(prices: Sequence[ListedPrice]) -> bytes:
    """RFC 4180, every cell in quotes; a text that a spreadsheet would work out has an apostrophe before it."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for item, unit, *amounts, reference in rows_of(prices):
        writer.writerow([_harmless(item), _harmless(unit), *amounts, _harmless(reference)])
    return text.getvalue().encode()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(RISKY) else text


def can_parquet() -> bool:
    """Whether `rebates[parquet]` is installed."""
    return find_spec("pyarrow") is not None


def parquet_of(prices: Sequence[ListedPrice]) -> bytes:
    """Columns of texts; amounts are exact texts there too."""
    import pyarrow as pa
    import pyarrow.parquet as parquet

    columns = list(zip(*rows_of(prices), strict=True)) or [()] * len(COLUMNS)
    table = pa.table({name: pa.array(column, pa.string()) for name, column in zip(COLUMNS, columns, strict=True)})
    sink = io.BytesIO()
    parquet.write_table(table, sink, compression="zstd")
    return sink.getvalue()
