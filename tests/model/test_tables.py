"""Tables: what is read from a program, CSV, Parquet and XLSX, and what is told of a table that is not sound."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction as F
from pathlib import Path

import pytest

from rebates.model import master_checks, read_tables, tables
from rebates.model.cells import Kind
from rebates.model.read_tables import read_table
from rebates.model.tables import Column, Table, TableSchema, raw_rows, typed_table
from rebates.syntax.diagnostics import Diagnostic, Report
from rebates.syntax.source import Source, Span

HERE = Span(Source("deal.rebates", 'table prices from "prices.csv"'), 18, 30)
DATES = (Column("valid_from", "dates", "date", required=False), Column("valid_to", "dates", "date", required=False))
PRICES = TableSchema("prices", (Column("item", "key"), Column("price", "reward", "money"), *DATES))


def handed(
    rows: Iterable[Mapping[str, object]], schema: TableSchema = PRICES, currency: str | None = "EUR"
) -> tuple[Table, Report]:
    report = Report()
    return typed_table(schema, raw_rows(schema.name, rows), currency, report, schema.name), report


def written(
    folder: Path, content: str | bytes, schema: TableSchema = PRICES, name: str = "prices.csv"
) -> tuple[Table | None, Report]:
    raw = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes(raw)
    return read(folder, name, schema)


def read(folder: Path, name: str = "prices.csv", schema: TableSchema = PRICES) -> tuple[Table | None, Report]:
    report = Report()
    return read_table(schema, folder, name, "EUR", report, HERE), report


def told(report: Report) -> list[tuple[str, str, str]]:
    """Code, underlined text and message of every finding."""
    return [(found.code, found.span.text, found.message) for found in report.diagnostics]


def one(report: Report) -> Diagnostic:
    (found,) = report.diagnostics
    return found


# --- what a table is


def test_rows_are_found_by_key_and_day() -> None:
    table, report = handed(
        [
            {"item": "COLA", "price": "1.50", "valid_from": "2026-01-01", "valid_to": "2026-06-30"},
            {"item": "COLA", "price": "1.60", "valid_from": "2026-07-01", "valid_to": ""},
            {"item": "NUTS", "price": "0.333", "valid_from": "", "valid_to": "2026-06-30"},
        ]
    )
    assert not report.diagnostics
    days = {
        day: table.lookup(("COLA",), date.fromisoformat(day))
        for day in ("2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01")
    }
    prices = {day: row.cells["price"] if row else None for day, row in days.items()}
    assert prices == {"2025-12-31": None, "2026-01-01": F("1.5"), "2026-06-30": F("1.5"), "2026-07-01": F("1.6")}
    assert table.contains("NUTS", date(1999, 1, 1))
    assert not table.contains("NUTS", date(2026, 7, 1))
    assert not table.contains("CHIPS")
    assert [(row.file, row.number) for row in table.rows()] == [("prices", 2), ("prices", 3), ("prices", 4)]
    assert len(table.find(("COLA",))) == 2
    assert len(table) == 3


@pytest.mark.parametrize(
    ("kind", "unit", "value", "cell"),
    [
        ("text", None, "  Fizz ", "Fizz"),
        ("text", None, 1001, "1001"),
        ("text", None, Decimal("1E+3"), "1000"),
        ("text", None, date(2026, 3, 1), "2026-03-01"),
        ("text", None, True, "true"),
        ("number", None, "1_250.5", F("1250.5")),
        ("number", None, Decimal("0.1"), F(1, 10)),
        ("number", None, F(1, 3), F(1, 3)),
        ("percent", None, "5.5%", F("0.055")),
        ("percent", None, "5.5 %", F("0.055")),
        ("percent", None, Decimal("0.055"), F("0.055")),
        ("money", None, "96_000", F(96000)),
        ("money", None, "EUR 12.50", F("12.5")),
        ("date", None, "2026-03-31", date(2026, 3, 31)),
        ("date", None, datetime(2026, 3, 31), date(2026, 3, 31)),
        ("quantity", "carton", "60 carton", F(60)),
        ("quantity", "carton", 60, F(60)),
        ("money", None, "", None),
        ("number", None, None, None),
    ],
)
def test_cells_are_typed(kind: Kind, unit: str | None, value: object, cell: object) -> None:
    table, report = handed(
        [{"id": "a", "x": value}], TableSchema("t", (Column("id", "key"), Column("x", "value", kind, unit)))
    )
    assert not report.diagnostics
    assert next(table.rows()).cells["x"] == cell


@pytest.mark.parametrize(
    ("kind", "unit", "value", "expected"),
    [
        ("number", None, "1,500", "a number such as `12.5`"),
        ("number", None, "1e3", "a number such as `12.5`"),
        ("number", None, True, "a number such as `12.5`"),
        ("percent", None, "5.5", "a percent such as `5.5%`"),
        ("percent", None, "5,5%", "a percent such as `5.5%`"),
        ("money", None, "€ 5", "an amount such as `96000` or `96_000.50`"),
        ("money", None, "USD 5", "an amount in EUR"),
        ("date", None, "31.03.2026", "a date such as `2026-03-31`"),
        ("date", None, "2026-02-30", "a date such as `2026-03-31`"),
        ("quantity", "carton", "60 pallet", "a number of carton"),
        ("text", None, b"x", "a text"),
    ],
)
def test_a_cell_of_another_type_is_told(kind: Kind, unit: str | None, value: object, expected: str) -> None:
    _, report = handed(
        [{"id": "a", "x": value}], TableSchema("t", (Column("id", "key"), Column("x", "value", kind, unit)))
    )
    found = one(report)
    assert (found.code, found.span.text) == ("R0404", f"x={value}")
    assert found.message == f"row 2, column `x` of table `t`: `{value}` is not {expected}"
    assert found.help == f"write {expected}"


@pytest.mark.parametrize(("kind", "value", "right"), [("number", "1,5", "1.5"), ("money", "-24,00", "-24.00")])
def test_decimals_after_a_comma_are_mended(kind: Kind, value: str, right: str) -> None:
    _, report = handed([{"id": "a", "x": value}], TableSchema("t", (Column("id", "key"), Column("x", "value", kind))))
    assert one(report).help == f"the decimals stand after a point: write `{right}`"


@pytest.mark.parametrize("kind", ["text", "number", "percent", "money", "date", "quantity"])
def test_a_float_is_refused_by_table_row_and_column(kind: Kind) -> None:
    columns = (Column("id", "key"), Column("x", "value", kind, "kg" if kind == "quantity" else None))
    _, report = handed([{"id": "a", "x": 0.5}], TableSchema("t", columns))
    assert one(report).message.startswith("row 2, column `x` of table `t`: `0.5` is not ")
    assert one(report).help == "a float is not exact: store or hand over a decimal or a text"


def test_a_float_among_attributes_is_refused_as_well() -> None:
    _, report = handed([{"id": "a", "score": 0.5}], TableSchema("accounts", (Column("id", "key"),), open=True))
    assert one(report).message == "row 2, column `score` of table `accounts`: `0.5` is not a text"


def test_open_columns_are_kept_as_text() -> None:
    schema = TableSchema("items", (Column("id", "key"),), open=True)
    table, report = handed([{"id": "a", "brand": " Fizz ", "stars": 3, "note": ""}], schema)
    assert not report.diagnostics
    assert next(table.rows()).cells == {"id": "a", "brand": "Fizz", "stars": "3"}


# --- currencies are not mixed, as 2.1 has it

LISTED = TableSchema(
    "listed",
    (
        Column("item", "key"),
        Column("currency", "key", required=False, may_be_empty=True),
        Column("price", "value", "money"),
    ),
)


def test_the_column_or_the_cell_gives_the_currency_of_a_row() -> None:
    rows = [
        {"item": "A", "currency": "USD", "price": "5"},
        {"item": "A", "currency": "", "price": "EUR 4"},
        {"item": "A", "price": "3"},
    ]
    table, report = handed(rows, LISTED, currency=None)
    assert not report.diagnostics
    assert [(row.cells["currency"], row.cells["price"]) for row in table.rows()] == [
        ("USD", F(5)),
        ("EUR", F(4)),
        (None, F(3)),
    ]
    assert table.lookup(("A", "EUR"), None) is not None


@pytest.mark.parametrize(
    ("stated", "price", "currency", "message"),
    [
        ("USD", "EUR 5", None, "row 2, column `price` of table `listed`: `EUR 5` is not an amount in USD"),
        (
            "USD",
            "5",
            "EUR",
            "row 2, column `currency` of table `listed`: `USD` is not EUR, the currency of the agreement",
        ),
        ("euro", "5", None, "row 2, column `currency` of table `listed`: `euro` is not a currency such as `EUR`"),
    ],
)
def test_two_currencies_are_never_mixed(stated: str, price: str, currency: str | None, message: str) -> None:
    _, report = handed([{"item": "A", "currency": stated, "price": price}], LISTED, currency)
    assert one(report).message == message


def test_a_table_without_a_currency_takes_plain_amounts() -> None:
    _, report = handed([{"item": "A", "price": "EUR 5"}], PRICES, currency=None)
    assert "is not an amount without currency" in one(report).message


# --- CSV

GOOD = "item,price,valid_from,valid_to\nCOLA,1.50,2026-01-01,\nNUTS,0.333,,\n"


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace(",", ";").encode(),
        GOOD.rstrip("\n").encode(),
        GOOD.replace("COLA", '"COLA"').encode(),
        GOOD.replace("\nNUTS", "\n\nNUTS").encode(),
        GOOD.replace("\n", ",\n").encode(),
    ],
    ids=[
        "plain",
        "mark at the start",
        "windows",
        "semicolons",
        "no last line end",
        "quotes",
        "empty line",
        "empty column",
    ],
)
def test_a_csv_file_is_read(tmp_path: Path, content: bytes) -> None:
    table, report = written(tmp_path, content)
    assert not report.diagnostics
    assert table is not None
    assert {row.cells["item"]: row.cells["price"] for row in table.rows()} == {"COLA": F("1.5"), "NUTS": F("0.333")}


def test_a_quoted_cell_holds_separators_and_lines(tmp_path: Path) -> None:
    table, report = written(tmp_path, 'item,price\n"A, ""B""\nC",5\nD,x\n')
    assert told(report) == [
        ("R0404", "x", "row 4, column `price` of table `prices`: `x` is not an amount such as `96000` or `96_000.50`")
    ]
    assert table is not None
    assert [row.cells["item"] for row in table.rows()] == ['A, "B"\nC']


def test_a_slip_is_shown_at_its_cell(tmp_path: Path) -> None:
    _, report = written(tmp_path, 'item,price,valid_from,valid_to\n"5,5",5,2026-01-01,\nB,5,2026-01-01,5\n')
    found = one(report)
    assert (found.code, found.span.text, found.span.line, found.span.column) == ("R0404", "5", 3, 16)
    assert found.span.source.name == "prices.csv"


def test_a_slip_behind_quotes_is_shown_at_its_cell(tmp_path: Path) -> None:
    _, report = written(tmp_path, 'item,price\n"A ""x"", b",x\n')
    found = one(report)
    assert (found.span.text, found.span.line, found.span.column) == (
        "x",
        2,
        14,
    )  # behind 12 letters in quotes and a comma


def test_every_slip_of_a_table_is_told_in_one_run(tmp_path: Path) -> None:
    content = """item,price,valid_from,valid_to
COLA,1.50,2026-01-01,2026-06-30
COLA,x,,
,1,,
NUTS,1,2026-05-01,2026-04-30
COLA,1.60,2026-06-30,
CHIPS,1,,,
CHIPS,1,2026-02-30,
"""
    _, report = written(tmp_path, content)
    assert told(report) == [
        ("R0404", "x", "row 3, column `price` of table `prices`: `x` is not an amount such as `96000` or `96_000.50`"),
        ("R0406", ",1,,", "row 4, column `item` of table `prices` is empty"),
        ("R0407", "2026-05-01", "row 5 of table `prices` ends on 2026-04-30, before it begins on 2026-05-01"),
        ("R0405", "COLA", "row 6 repeats the key of row 2: item `COLA`"),
        ("R0415", "CHIPS,1,,,", "row 7 has 5 cells, the heading has 4"),
        (
            "R0404",
            "2026-02-30",
            "row 8, column `valid_from` of table `prices`: `2026-02-30` is not a date such as `2026-03-31`",
        ),
    ]


def test_after_fifty_slips_the_rest_is_counted(tmp_path: Path) -> None:
    _, report = written(tmp_path, "item,price\n" + "".join(f"I{n},x\n" for n in range(62)))
    errors = [found for found in report.diagnostics if found.severity == "error"]
    notes = [(found.code, found.message) for found in report.diagnostics if found.severity == "note"]
    assert len(errors) == 50
    assert notes == [("R0490", "and 12 more slips in table `prices`")]


def test_a_missing_column_is_told_with_the_nearest(tmp_path: Path) -> None:
    for rows in ("COLA,5\n", ""):
        _, report = written(tmp_path, "item,prise\n" + rows)
        assert told(report) == [("R0402", "item,prise", "table `prices` has no column `price`")]
        assert one(report).help == "did you mean `prise`?"


def test_a_missing_column_is_shown_where_the_table_is_declared(tmp_path: Path) -> None:
    schema = TableSchema(
        "prices", (*PRICES.columns, Column("brand", heading="Brand Name")), (("region", "north"),), HERE
    )
    _, report = written(tmp_path, "item,price\nCOLA,5\n", schema)
    assert told(report)[0] == ("R0402", HERE.text, "table `prices` has no column `Brand Name`")


def test_where_keeps_rows(tmp_path: Path) -> None:
    schema = TableSchema("prices", PRICES.columns, (("region", "north"),))
    table, report = written(tmp_path, "item,price,region\nCOLA,5,north\nCOLA,6,south\nNUTS,bad,south\n", schema)
    assert not report.diagnostics
    assert table is not None
    assert [row.number for row in table.rows()] == [2]


def test_rows_of_one_key_may_not_share_a_day() -> None:
    days = [
        ("2026-03-01", "2026-03-31"),
        ("2026-01-01", "2026-01-31"),
        ("2026-02-01", "2026-02-28"),
        ("", "2025-12-31"),
    ]
    rows = [{"item": "A", "price": 1, "valid_from": first, "valid_to": last} for first, last in days]
    assert not handed(rows)[1].diagnostics
    for first, last, other in (("2026-02-28", "2026-02-28", 4), ("2020-01-01", "2020-01-01", 5), ("2026-03-31", "", 2)):
        _, report = handed([*rows, {"item": "A", "price": 1, "valid_from": first, "valid_to": last}])
        assert one(report).message == f"row 6 repeats the key of row {other}: item `A`"


def test_a_row_that_reaches_into_a_later_one_shares_its_first_day() -> None:
    may = {"item": "A", "price": 1, "valid_from": "2026-05-01", "valid_to": "2026-05-31"}
    before = {"item": "A", "price": 1, "valid_from": "2026-04-01", "valid_to": "2026-04-30"}
    assert not handed([may, before])[1].diagnostics
    _, report = handed([may, {**before, "valid_to": "2026-05-01"}])
    assert one(report).message == "row 3 repeats the key of row 2: item `A`"


# --- files that cannot be read


@pytest.mark.parametrize(
    ("code", "content", "message"),
    [
        ("R0414", "item,price\nCOLA,5\nBÉ,5\n".encode("latin-1"), "`prices.csv` is not UTF-8: line 3 has other bytes"),
        ("R0414", "item,price\nCOLA,5\n".encode("utf-16"), "`prices.csv` is not UTF-8: line 1 has other bytes"),
        ("R0418", b"item,price\nCO\0LA,5\n", "`prices.csv` has a NUL character in line 2"),
        ("R0419", b"item,price\n\xef\xbb\xbfCOLA,5\n", "`prices.csv` has a byte order mark in line 2"),
        ("R0416", b"", "`prices.csv` is empty"),
        ("R0416", b"\n\n", "`prices.csv` is empty"),
        ("R0403", b"item,price,price\nCOLA,5,6\n", "`prices.csv` has two columns `price`"),
    ],
)
def test_a_file_that_is_no_table_is_told(tmp_path: Path, code: str, content: bytes, message: str) -> None:
    table, report = written(tmp_path, content)
    assert table is None
    assert told(report) == [(code, HERE.text, message)]


@pytest.mark.parametrize(
    "content", ['item,price\nA,1\n"B,2\nC,3\n', 'item,price\nA,1\n"B"x,2\nC,3\n', "item,price\nA,1\nB\rC,3\n"]
)
def test_a_quote_or_line_end_that_swallows_rows_is_told(tmp_path: Path, content: str) -> None:
    _, report = written(tmp_path, content)
    assert one(report).code == "R0415"
    assert one(report).message.startswith("row 3 cannot be read: ")


@pytest.mark.parametrize("name", ["../prices.csv", "a/../../prices.csv", "/etc/passwd", "..\\prices.csv", "x\0.csv"])
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "prices.csv").write_text(GOOD)
    table, report = read(tmp_path / "rules", name)
    assert table is None
    assert one(report).code == "R0410"


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (tmp_path / "prices.csv").write_text(GOOD)
    (rules / "prices.csv").symlink_to(tmp_path / "prices.csv")
    (rules / "inside").symlink_to(tmp_path)
    (rules / "circle.csv").symlink_to(rules / "circle.csv")
    for name in ("prices.csv", "inside/prices.csv"):
        table, report = read(rules, name)
        assert table is None
        assert one(report).code == "R0410"
    assert read(rules, "circle.csv")[0] is None
    (rules / "real.csv").write_text(GOOD)
    (rules / "linked.csv").symlink_to(rules / "real.csv")
    assert read(rules, "linked.csv")[0] is not None


def test_a_file_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "list_prices.csv").write_text(GOOD)
    _, report = read(tmp_path)
    assert told(report) == [("R0412", HERE.text, "there is no file `prices.csv`")]
    assert one(report).help == "put it beside the rule file; there are list_prices.csv"
    assert one(read(tmp_path, "prices.xls")[1]).code == "R0411"


def test_a_file_without_permission_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "prices.csv").write_text(GOOD)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert told(read(tmp_path)[1]) == [("R0413", HERE.text, "`prices.csv` cannot be read: Permission denied")]


def test_a_file_too_large_to_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_tables, "MOST_BYTES", 10)
    _, report = written(tmp_path, GOOD)
    assert told(report) == [("R0413", HERE.text, "`prices.csv` cannot be read: it is too large")]


# --- Parquet and XLSX


def parquet(folder: Path, columns: Mapping[str, object]) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.table(columns), folder / "prices.parquet")


def xlsx(folder: Path, rows: Iterable[Iterable[object]]) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(folder / "prices.xlsx")
    book.close()


def test_a_parquet_file_is_read(tmp_path: Path) -> None:
    columns = {
        "item": ["COLA", "NUTS", "CHIPS"],
        "price": [Decimal("1.50"), Decimal("0.33"), None],
        "valid_from": [date(2026, 1, 1), None, None],
    }
    parquet(tmp_path, columns)
    table, report = read(tmp_path, "prices.parquet")
    assert not report.diagnostics
    assert table is not None
    found = [(row.number, row.cells["item"], row.cells["price"], row.first) for row in table.rows()]
    assert found == [(2, "COLA", F("1.5"), date(2026, 1, 1)), (3, "NUTS", F("0.33"), None), (4, "CHIPS", None, None)]


def test_a_double_counts_as_the_number_it_shows(tmp_path: Path) -> None:
    parquet(tmp_path, {"item": ["A", "B", "C", "D", "E"], "price": [0.1, 96000.0, 1e-5, float("nan"), -0.05]})
    table, report = read(tmp_path, "prices.parquet")
    assert not report.diagnostics
    assert table is not None
    assert [row.cells["price"] for row in table.rows()] == [F(1, 10), F(96000), F(1, 100_000), None, F(-1, 20)]


@pytest.mark.parametrize("value", [0.1 + 0.2, 1e-13, 2.0**53, 1e22, float("inf")])
def test_a_double_that_shows_no_short_number_is_refused(tmp_path: Path, value: float) -> None:
    parquet(tmp_path, {"item": ["A", "B"], "price": [1.5, value]})
    _, report = read(tmp_path, "prices.parquet")
    found = one(report)
    assert found.code == "R0404"
    assert (found.span.source.name, found.span.text) == ("prices.parquet row 3", f"price={value}")
    assert found.span.source.text == f"item=B, price={value}"


def test_a_parquet_file_with_a_day_beyond_the_calendar_is_told(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    parquet(tmp_path, {"item": ["A"], "price": [1], "valid_to": pa.array([10_000_000], pa.date32())})
    assert one(read(tmp_path, "prices.parquet")[1]).code == "R0413"


def test_an_xlsx_file_is_read(tmp_path: Path) -> None:
    heading = ["item", "price", "valid_from", None]
    xlsx(tmp_path, [heading, [1001, 1.5, datetime(2026, 1, 1)], [None], ["NUTS", "0.333"], ["CHIPS", 2]])
    table, report = read(tmp_path, "prices.xlsx")
    assert not report.diagnostics
    assert table is not None
    found = [(row.number, row.cells["item"], row.cells["price"], row.first) for row in table.rows()]
    assert found == [(2, "1001", F("1.5"), date(2026, 1, 1)), (4, "NUTS", F("0.333"), None), (5, "CHIPS", F(2), None)]


def test_a_file_that_unpacks_out_of_all_proportion_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_tables, "SMALL_BYTES", 1_000_000)  # of a hundred, so that the bombs of the test are small
    pa = pytest.importorskip("pyarrow")
    parquet(
        tmp_path, {"item": pa.array(["x" * 1_000] * 20_000), "price": ["1"] * 20_000}
    )  # a text where an amount is due: row by row
    assert (tmp_path / "prices.parquet").stat().st_size < 100_000
    assert [found.code for found in read(tmp_path, "prices.parquet")[1].diagnostics if found.code == "R0413"] == [
        "R0413"
    ]
    from zipfile import ZIP_DEFLATED, ZipFile

    xlsx(tmp_path, [["item", "price"], ["COLA", 1]])
    with ZipFile(tmp_path / "prices.xlsx", "a", ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/image1.png", b"0" * 3_000_000)
    assert one(read(tmp_path, "prices.xlsx")[1]).code == "R0413"


def test_one_cell_of_gigabytes_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_tables, "SMALL_BYTES", 1_000_000)  # of a hundred
    monkeypatch.setattr(read_tables, "_parquet_rows", lambda *_: pytest.fail("its cells are asked for"))
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    cells = pa.table({"item": ["x" * 20_000_000], "price": [1]})
    pq.write_table(cells, tmp_path / "prices.parquet", compression="zstd", write_statistics=False)
    assert (tmp_path / "prices.parquet").stat().st_size < 100_000
    assert one(read(tmp_path, "prices.parquet")[1]).code == "R0413"


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_every_slip_of_a_thousand_rows_is_told_by_row_column_and_value(tmp_path: Path, form: str) -> None:
    rows = [[f"I{number}", str(number)] for number in range(1000)]
    wrong = {17: "abc", 400: "12,5", 700: "1e5", 999: "EUR"}
    for at, value in wrong.items():
        rows[at][1] = value
    rows[500] = rows[499]  # a key that stands twice
    match form:
        case "csv":
            lines = [["item", "price"], *rows]
            (tmp_path / "prices.csv").write_text("".join(f'{a},"{b}"\n' for a, b in lines), encoding="utf-8")
        case "parquet":
            parquet(tmp_path, {"item": [a for a, _ in rows], "price": [b for _, b in rows]})
        case _:
            xlsx(tmp_path, [["item", "price"], *rows])
    _, report = read(tmp_path, f"prices.{form}")
    said = [found.message for found in report.diagnostics]
    assert len(said) == len(wrong) + 1
    for at, value in wrong.items():
        start = f"row {at + 2}, column `price` of table `prices`: `{value}` is not an amount"
        (slip,) = (found for found in report.diagnostics if found.message.startswith(start))
        assert slip.help or "such as" in slip.message  # what was expected
    assert any("row 502 repeats the key of row 501" in message for message in said)


def test_slips_of_an_xlsx_file_show_their_row(tmp_path: Path) -> None:
    xlsx(tmp_path, [["item", "price"], [None, None], ["COLA", "x"], ["NUTS", 1, "more"]])
    _, report = read(tmp_path, "prices.xlsx")
    assert [(found.code, found.span.source.name, found.span.text) for found in report.diagnostics] == [
        ("R0404", "prices.xlsx row 3", "price=x"),
        ("R0415", "prices.xlsx row 4", "item=NUTS, price=1"),
    ]


@pytest.mark.parametrize("name", ["prices.parquet", "prices.xlsx"])
def test_a_damaged_file_is_told(tmp_path: Path, name: str) -> None:
    pytest.importorskip("pyarrow" if name.endswith("parquet") else "openpyxl")
    for content in (b"", b"PAR1 nothing PAR1", b"PK\x03\x04 nothing"):
        table, report = written(tmp_path, content, name=name)
        assert table is None
        assert [found.code for found in report.diagnostics] == ["R0413"]


@pytest.mark.parametrize(("module", "name"), [("pyarrow", "prices.parquet"), ("openpyxl", "prices.xlsx")])
def test_a_missing_extra_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, name: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    _, report = written(tmp_path, b"x", name=name)
    assert (one(report).code, one(report).help) == ("R0417", f"run: pip install 'rebates[{name[7:]}]'")


# --- the codes

MODULES = (tables, read_tables, master_checks)


def test_every_code_of_tables_and_master_data_is_shown_here() -> None:
    raised = {
        code
        for module in MODULES
        for code in re.findall(r"R\d{4}", Path(str(module.__file__)).read_text(encoding="utf-8"))
    }
    tests = [Path(__file__), Path(__file__).with_name("test_master.py")]
    shown = {code for file in tests for code in re.findall(r"\"(R04\d\d)\"", file.read_text(encoding="utf-8"))}
    assert raised == shown
