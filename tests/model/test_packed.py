"""Tables in arrays say what tables of rows say; what is not plain or not sound is left to the reader of rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rebates.model import pack_parquet, read_tables
from rebates.model.packed import PackedTable
from rebates.model.read_tables import read_table
from rebates.model.tables import Column, Table, TableSchema
from rebates.syntax.diagnostics import Report
from rebates.syntax.source import Source, Span

SCHEMA = TableSchema(
    "prices",
    (
        Column("account", "key"),
        Column("item", "key"),
        Column("unit", "key", may_be_empty=True),
        Column("price", kind="money"),
        Column("note", required=False, may_be_empty=True),
        Column("from", "dates", "date", required=False),
        Column("to", "dates", "date", required=False),
    ),
)
ROWS: list[tuple[Any, ...]] = [
    ("B", "x", "carton", Decimal("12.50"), "a", date(2026, 1, 1), date(2026, 6, 30)),
    ("A", "y", "piece", Decimal("0.01"), None, None, None),
    ("B", "x", "carton", Decimal("13.00"), "b", date(2026, 7, 1), None),
    (" A ", "x", None, Decimal("-7.25"), " ", None, date(2026, 3, 1)),
    ("C", "y", "piece", Decimal("1234567.89"), "a", date(2025, 1, 1), None),
    ("B", "w", "piece", None, "", None, None),
]


def written(folder: Path, rows: list[tuple[Any, ...]], price: Any = None) -> None:
    columns = list(zip(*rows, strict=True))
    types = [
        pa.string(),
        pa.string(),
        pa.string(),
        price or pa.decimal128(12, 2),
        pa.string(),
        pa.date32(),
        pa.date32(),
    ]
    names = [column.name for column in SCHEMA.columns]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    pq.write_table(pa.table(arrays, names), folder / "prices.parquet", row_group_size=4)


def read(folder: Path, report: Report | None = None, schema: TableSchema = SCHEMA) -> Table:
    found = read_table(schema, folder, "prices.parquet", "EUR", report or Report(), Span(Source("x", ""), 0, 0))
    assert found is not None
    return found


@pytest.mark.parametrize("bits", [63, 0], ids=["keys with their places", "keys too wide for places"])
def test_arrays_say_what_rows_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bits: int) -> None:
    monkeypatch.setattr(pack_parquet, "BITS", bits)
    written(tmp_path, ROWS)
    packed = read(tmp_path)
    monkeypatch.setattr(read_tables, "packed_table", lambda *_: None)
    plain = read(tmp_path)
    assert isinstance(packed, PackedTable)
    assert not isinstance(plain, PackedTable)
    assert len(packed) == len(plain) == 6
    assert list(packed.rows()) == list(plain.rows())
    assert [packed.row(number) for number in range(1, 10)] == [plain.row(number) for number in range(1, 10)]
    assert set(packed.values("unit")) == set(plain.values("unit")) == {"carton", "piece", None}
    keys = [(a, i, u) for a in ("A", "B", "C", "D", None) for i in ("w", "x", "y") for u in ("carton", "piece", None)]
    for key in keys:
        assert list(packed.find(key)) == list(plain.find(key))
        for day in (None, date(2026, 3, 1), date(2026, 3, 2), date(2026, 6, 30), date(2026, 7, 1)):
            assert packed.lookup(key, day) == plain.lookup(key, day)


def test_a_row_knows_its_place_and_its_exact_amount(tmp_path: Path) -> None:
    written(tmp_path, ROWS)
    row = read(tmp_path).lookup(("B", "x", "carton"), date(2026, 7, 2))
    assert row is not None
    assert (row.file, row.number, row.cells["price"]) == ("prices.parquet", 4, Fraction(13))


@pytest.mark.parametrize(
    ("rows", "price", "code"),
    [
        ([("A", "x", "piece", Decimal(1), None, None, None), ("A", "x", "piece", Decimal(2), None, None, None)], None, "R0405"),
        ([("A", "x", "piece", Decimal(1), None, date(2026, 1, 1), date(2026, 2, 1)),
          ("A", "x", "piece", Decimal(2), None, date(2026, 2, 1), None)], None, "R0405"),
        ([(None, "x", "piece", Decimal(1), None, None, None)], None, "R0406"),
        ([("A", " ", "piece", Decimal(1), None, None, None)], None, "R0406"),
        ([("A", "x", "piece", Decimal(1), None, date(2026, 2, 2), date(2026, 2, 1))], None, "R0407"),
        ([("A", "x", "piece", 10**19, None, None, None)], pa.decimal128(38, 2), "R0404"),
    ],
)  # fmt: skip
def test_slips_are_told_by_the_reader_of_rows(tmp_path: Path, rows: Any, price: Any, code: str) -> None:
    written(tmp_path, rows, price)
    report = Report()
    read(tmp_path, report)
    assert [d.code for d in report.diagnostics] == [code]


def test_days_that_do_not_touch_are_no_repetition(tmp_path: Path) -> None:
    written(tmp_path, [ROWS[2], ROWS[0]])  # the later days first
    table = read(tmp_path)
    assert isinstance(table, PackedTable)
    assert [row.number for row in table.find(("B", "x", "carton"))] == [2, 3]


def test_doubles_and_whole_numbers(tmp_path: Path) -> None:
    """Doubles are left to the reader of rows, which sees the decimals that a person sees; whole numbers are plain."""
    written(tmp_path, [("A", "x", "piece", 0.1, None, None, None)], pa.float64())
    double = read(tmp_path)
    written(tmp_path, [("A", "x", "piece", 7, None, None, None)], pa.int32())
    whole = read(tmp_path)
    assert [isinstance(table, PackedTable) for table in (double, whole)] == [False, True]
    assert [next(table.rows()).cells["price"] for table in (double, whole)] == [Fraction(1, 10), Fraction(7)]
