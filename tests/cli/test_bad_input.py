"""Whatever bytes arrive, the answer is a message with its place and exit code 1; nothing else is changed.

Every case goes through the command line in a process of its own only where memory or time is the question; the others
call the same function.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from typer.testing import CliRunner

import rebates
from rebates import Line, Order, OrderErrors
from rebates.cli.app import app
from rebates.model.exact import ExactError, parse_number

MEGABYTE = 1_000_000
MOST_MEMORY, MOST_SECONDS = 512 * MEGABYTE, 10

TABLES = {
    "accounts.csv": "id,parent\nACME,\n",
    "items.csv": "id,base_unit\nCOLA,piece\n",
    "list_prices.csv": "item,unit,price\nCOLA,piece,100\n",
}
HEAD = 'agreement a "A" {\n  accounts ACME\n  valid 2026-01-01 to 2026-12-31\n  currency EUR\n'
GOOD = HEAD + "  discount d { rate 5% }\n}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "rules"
    home.mkdir()
    for name, text in TABLES.items():
        (home / name).write_text(text, encoding="utf-8")
    (home / "a.rebates").write_text(GOOD, encoding="utf-8")
    return home


def state(folder: Path) -> dict[str, bytes]:
    """Every file with its bytes."""
    return {p.as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and os.access(p, os.R_OK)}


def check(folder: Path) -> list[tuple[str, str, int, int]]:
    """Code, file, line and column of every error, as the command says them; nothing in the folder may change."""
    before = state(folder)
    done = CliRunner().invoke(app, ["check", str(folder), "--json"])
    assert state(folder) == before
    assert done.exception is None or isinstance(done.exception, SystemExit)
    found = [one for one in json.loads(done.output) if one["severity"] == "error"]
    assert done.exit_code == (1 if found else 0)
    assert all(one["message"] and one["line"] >= 1 and one["column"] >= 1 and one["file"] for one in found)
    return [(one["code"], one["file"], one["line"], one["column"]) for one in found]


def checked(folder: Path, content: str | bytes) -> list[tuple[str, int]]:
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    (folder / "a.rebates").write_bytes(raw)
    return [(code, line) for code, _, line, _ in check(folder)]


# --- bytes of a rule file ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (GOOD.encode("latin-1").replace(b'"A"', b'"\xc4"'), [("R0704", 1)]),
        (GOOD.replace('"A"', '"A\0"'), [("R0044", 1)]),
        (GOOD.replace("rate", "\0rate"), [("R0043", 5)]),
        (GOOD.encode("utf-16"), [("R0704", 1)]),
        (b"\xff" * 100, [("R0704", 1)]),
        ("\ufeff" + GOOD, []),
        (GOOD.replace("\n", "\r\n"), []),
        (GOOD.replace("\n", "\r"), []),
        ("", []),
        (GOOD.replace("5%", "\uff15%"), [("R0049", 5)]),
        (GOOD.replace("5%", "1_0%"), [("R0011", 5)]),
        (GOOD.replace("5%", "9" * 400 + "%"), [("R0012", 5)]),
        (GOOD.replace("5%", "0." + "9" * 400 + "%"), [("R0012", 5)]),
        (GOOD.replace("5%", "1e10000000%"), [("R0048", 5)]),
        (GOOD.replace("5%", "EUR 1e10000000 per piece"), [("R0048", 5)]),
        (GOOD.replace("5%", "EUR NaN per piece"), [("R0105", 5)]),
        (GOOD.replace("rate 5%", "cap EUR Infinity per order rate 5%"), [("R0105", 5)]),
        (GOOD.replace("2026-12-31", "2025-12-31"), [("R0302", 3)]),
        (GOOD.replace("rate 5%", "amount " + "(" * 10_000 + "1" + ")" * 10_000), [("R0002", 5)]),
        (GOOD.replace("rate 5%", "amount EUR 1" + " + EUR 1" * 100_000), [("R0002", 5)]),
        (GOOD.replace('"A"', '"' + "A" * MEGABYTE + '"'), []),
        (GOOD + "# " + "x" * MEGABYTE, []),
        (GOOD + "x" * MEGABYTE, [("R0104", 7)]),
        ("#" * 6_000_000, [("R0001", 1)]),
    ],
    ids=lambda value: repr(value)[:30] if isinstance(value, str | bytes) else "",
)
def test_a_rule_file_of_bad_bytes_is_a_message(
    folder: Path, content: str | bytes, codes: list[tuple[str, int]]
) -> None:
    assert checked(folder, content) == codes


def test_a_file_that_cannot_be_read_is_a_message(folder: Path) -> None:
    (folder / "b.rebates").symlink_to(folder / "gone.rebates")
    (folder / "c.rebates").mkdir()
    assert check(folder) == []  # neither is a file
    loop = folder / "d.rebates"
    loop.symlink_to(loop)
    assert check(folder) == []


def test_a_file_without_permission_is_a_message(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes

    def refused(path: Path) -> bytes:
        if path.name == "a.rebates":
            raise PermissionError(13, "Permission denied")
        return read(path)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", refused)
        done = CliRunner().invoke(app, ["check", str(folder), "--json"])
    found = json.loads(done.output)
    assert done.exit_code == 1
    assert [(one["code"], one["file"]) for one in found] == [("R0702", "a.rebates")]
    assert "Permission denied" in found[0]["message"]


def test_two_definitions_of_one_name_in_two_files_show_both(folder: Path) -> None:
    (folder / "b.rebates").write_text("measure m = 1\n", encoding="utf-8")
    (folder / "c.rebates").write_text("# first\nmeasure m = 2\n", encoding="utf-8")
    assert [found[:3] for found in check(folder)] == [("R0210", "c.rebates", 2)]


# --- limits in a process with bounded memory --------------------------------------------------------------------------


def bounded() -> None:
    resource.setrlimit(
        resource.RLIMIT_AS, (MOST_MEMORY * 3, MOST_MEMORY * 3)
    )  # address space, of which most is never used


@pytest.mark.parametrize(
    ("name", "make", "code"),
    [
        ("a.rebates", lambda: GOOD + "# " + "x" * 100 + "\n" + ("#" + "y" * 99 + "\n") * 500_000, "R0001"),
        ("a.rebates", lambda: "{" * 4_000_000, "R0002"),
    ],
    ids=["50 MB", "braces"],
)
def test_a_huge_file_is_refused_in_bounded_time_and_memory(folder: Path, name: str, make: object, code: str) -> None:
    assert callable(make)
    (folder / name).write_text(make(), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "rebates", "check", str(folder), "--format", "short"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=bounded,
    )
    assert done.returncode == 1, done.stderr[-2000:]
    assert code in done.stdout
    assert "Traceback" not in done.stderr


# --- tables -----------------------------------------------------------------------------------------------------------


def table(folder: Path, name: str) -> list[str]:
    text = f'table prices from "{name}" {{ item key  price money }}\n'
    (folder / "a.rebates").write_text(GOOD + text, encoding="utf-8")
    return [code for code, *_ in check(folder)]


@pytest.mark.parametrize(
    "name", ["../prices.csv", "/etc/passwd", "sub/../../prices.csv", "..\\prices.csv", "link.csv", "sublink/prices.csv"]
)
def test_a_table_that_leads_out_of_the_folder_is_refused(folder: Path, name: str) -> None:
    outside = folder.parent / "prices.csv"
    outside.write_text("item,price\nCOLA,1\n", encoding="utf-8")
    (folder / "link.csv").symlink_to(outside)
    (folder / "sublink").symlink_to(folder.parent)
    assert table(folder, name) == ["R0410"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"item,price\nCOLA,1\x00\n", "R0418"),
        (b"item,price\nC\xd6LA,1\n", "R0414"),
        (b"", "R0416"),
        (b"item,price\nCOLA,1\nCOLA,2\n", "R0405"),
        (b"item,price\n,1\n", "R0406"),
        (b"item,price\nCOLA,NaN\n", "R0404"),
        (b"item,price\nCOLA,1e10000000\n", "R0404"),
        (b"item,price\nCOLA," + b"9" * 400 + b"\n", "R0404"),
        ("item,price\nCOLA,\uff11\n".encode(), "R0404"),
        (b"item,price\nCOLA,1_0\n", "R0404"),
        (b'item,price\nCOLA,"1,000,000"\n', "R0404"),
        (b"item,price\nCOLA,1,2,3\n", "R0415"),
    ],
)
def test_a_table_of_bad_bytes_is_a_message(folder: Path, content: bytes, code: str) -> None:
    (folder / "prices.csv").write_bytes(content)
    assert table(folder, "prices.csv") == [code]


def test_a_row_that_ends_before_it_begins_is_a_message(folder: Path) -> None:
    (folder / "prices.csv").write_text("item,price,from,to\nCOLA,1,2026-05-01,2026-04-30\n", encoding="utf-8")
    text = 'table prices from "prices.csv" { item key  price money  from, to dates }\n'
    (folder / "a.rebates").write_text(GOOD + text, encoding="utf-8")
    assert [(code, file, line) for code, file, line, _ in check(folder)] == [("R0407", "prices.csv", 2)]


def test_two_currencies_of_one_account_are_a_message(folder: Path) -> None:
    other = GOOD.replace("agreement a", "agreement b").replace("EUR", "USD")
    (folder / "b.rebates").write_text(other, encoding="utf-8")
    assert [code for code, *_ in check(folder)] == ["R0340", "R0341"]
    (folder / "b.rebates").unlink()
    assert checked(folder, GOOD.replace("rate 5%", "rate USD 5 per piece")) == [("R0212", 5)]


def test_every_slip_of_a_thousand_rows_is_in_one_report(folder: Path) -> None:
    rows = [f"I{number},{number}" for number in range(1000)]
    wrong = {17: "abc", 400: "12,5", 801: "", 999: "EUR"}
    for at, value in wrong.items():
        rows[at] = f'I{at},"{value}"'
    rows[500] = rows[499]  # a key that stands twice
    (folder / "prices.csv").write_text("item,price\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (folder / "a.rebates").write_text(
        GOOD + 'table prices from "prices.csv" { item key  price money }\n', encoding="utf-8"
    )
    done = CliRunner().invoke(app, ["check", str(folder), "--json"])
    found = {one["line"]: one for one in json.loads(done.output)}
    assert done.exit_code == 1
    for at in (17, 400, 999):
        one = found[at + 2]
        assert one["file"] == "prices.csv"
        assert one["message"].startswith(
            f"row {at + 2}, column `price` of table `prices`: `{wrong[at]}` is not an amount"
        )
        assert one["column"] > len(f"I{at}")
    assert found[502]["code"] == "R0405"
    assert "row 501" in found[502]["message"]


# --- orders -----------------------------------------------------------------------------------------------------------


def quote(folder: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["quote", str(folder), "--account", "ACME", "--on", "2026-03-10", *words])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.output + (done.stderr if done.stderr_bytes else "")


@pytest.mark.parametrize(
    "quantity", ["0", "NaN", "1e10000000", "9" * 400, "\uff11", "1_0", "Infinity", "1.5.2", "", "one", "0x10", "1e3"]
)
def test_a_quantity_that_is_none_is_a_message(folder: Path, quantity: str) -> None:
    code, said = quote(folder, f"{quantity} piece COLA")
    assert code in (1, 2)
    assert said.strip()
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"account": "ACNE"}, "R0502"),
        ({"date": "2027-01-01"}, "R0501"),
        ({"lines": [Line("COLLA", "1 piece")]}, "R0503"),
        ({"lines": [Line("COLA", "1 crate")]}, "R0505"),
        ({"lines": [Line("COLA", "0 piece")]}, "R0506"),
        ({"lines": []}, "R0507"),
    ],
)
def test_what_cannot_be_priced_is_a_typed_error(folder: Path, changed: dict[str, object], code: str) -> None:
    book = rebates.load(folder)
    given = {"account": "ACME", "date": "2026-03-10", "lines": [Line("COLA", "1 piece")]} | changed
    with pytest.raises(OrderErrors) as caught:
        book.quote(Order(**given))  # type: ignore[arg-type]
    assert [problem.code for problem in caught.value.problems] == [code]


@pytest.mark.parametrize(
    "price", [1.5, "1.5", "USD 1", "EUR NaN", "EUR 1e10000000", "EUR " + "9" * 400, "EUR -1_0", "EUR \uff11"]
)
def test_a_price_that_is_none_is_a_typed_error(folder: Path, price: object) -> None:
    book = rebates.load(folder)
    with pytest.raises(OrderErrors):
        book.quote(Order(account="ACME", date="2026-03-10", lines=[Line("COLA", "1 piece", price)]))  # type: ignore[arg-type]


@pytest.mark.parametrize("quantity", [1.5, True, Decimal("NaN"), Decimal("1e1000000"), Decimal("Infinity"), None, [1]])
def test_a_quantity_of_a_program_that_is_not_exact_is_a_typed_error(folder: Path, quantity: object) -> None:
    book = rebates.load(folder)
    with pytest.raises(OrderErrors):
        book.quote(Order(account="ACME", date="2026-03-10", lines=[Line("COLA", (quantity, "piece"))]))  # type: ignore[arg-type]


# --- numbers, as everywhere --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", " ", "1e5", "1E-5", "NaN", "nan", "inf", "-inf", "+1", "1.", ".5", "01.", "1_0", "1__000", "_1", "1_", "0x1", "\uff11", "١",
     "1\u00a0000", "1,5", "1.5.5", "--1", "9" * 19, "0." + "1" * 13, "1 000", "1\n", "1\x00"],
)  # fmt: skip
def test_what_is_no_number_is_refused_before_it_is_made(text: str) -> None:
    with pytest.raises(ExactError):
        parse_number(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("9" * 18, Fraction(10**18 - 1)), ("0." + "1" * 12, Fraction(111111111111, 10**12)), ("-5", Fraction(-5))],
)
def test_the_largest_numbers_are_read_exactly(text: str, value: Fraction) -> None:
    assert parse_number(text) == value
