"""What the verbs of the ledger refuse: a message with its code, exit code 1, and a ledger in which nothing has changed."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.cli.test_commands import rebates
from tests.ledger.test_facts import SALE
from tests.ledger.test_journal import FILES
from tests.ledger.test_settling import RULES

FIRST = {**SALE, "id": "INV-1", "date": "2025-02-15", "net": "120000"}
OTHER = {**FIRST, "id": "INV-2"}


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rules, settings, and a ledger with one sale and its settlement."""
    folder = tmp_path_factory.mktemp("begun")
    (folder / "rules").mkdir()
    for name, text in {**FILES, "acme.rebates": RULES}.items():
        (folder / "rules" / name).write_text(text, encoding="utf-8")
    (folder / "rebates.toml").write_text('rules = "rules"\nledger = "ledger.db"\n', encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        assert rebates("post", json.dumps(FIRST)).exit_code == 0
        assert rebates("settle", "2025-Q1").exit_code == 0
    return folder


@pytest.fixture
def folder(begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, in which the command runs."""
    shutil.copytree(begun, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def kept() -> list[list[tuple[object, ...]]]:
    """Every row of every table."""
    with sqlite3.connect("ledger.db") as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = [connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in sorted(tables)]
    connection.close()
    return found


def refused(code: str, *words: object, says: str = "") -> None:
    """The verb ends with exit code 1 and this code, in one line each without a trace, and leaves the ledger as it was."""
    before = kept()
    done = rebates(*words)
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert (done.exit_code, done.stdout) == (1, ""), done.output
    assert code in done.stderr
    assert says in done.stderr
    assert kept() == before


def as_csv(rows: list[dict[str, object]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


BAD = {
    "same id, other content": ("R0801", {**FIRST, "net": "120001"}, "INV-1"),
    "return of an unknown fact": (
        "R0802",
        {**OTHER, "kind": "return", "of": "INV-99", "quantity": "-1", "net": "-1"},
        "INV-99",
    ),
    "unknown currency": ("R0803", {**OTHER, "currency": "USD"}, "USD"),
    "unknown unit": ("R0505", {**OTHER, "unit": "pallet"}, "pallet"),
    "date in no window": ("R0814", {**OTHER, "date": "2027-01-01"}, "2027-01-01"),
    "quantity as float": ("R0804", {**OTHER, "quantity": 1.5}, "quantity"),
}


@pytest.mark.parametrize(("code", "bad", "says"), BAD.values(), ids=list(BAD))
@pytest.mark.parametrize("way", ["post", "csv", "parquet"])
def test_a_bad_fact_is_told_and_nothing_of_its_batch_is_posted(
    folder: Path, way: str, code: str, bad: dict[str, object], says: str
) -> None:
    good = {**FIRST, "id": "GOOD"}
    if way == "post":
        refused(code, "post", json.dumps(good), json.dumps(bad), says=says)
    elif way == "csv" and bad["quantity"] == 1.5:
        Path("f.csv").write_text(as_csv([{**bad, "quantity": "1.5e0"}]), encoding="utf-8")  # as programs print floats
        refused(code, "import", "f.csv", says=says)
    elif way == "csv":
        Path("f.csv").write_text(as_csv([{"kind": "sale", "of": "", **good}, bad]), encoding="utf-8")
        refused(code, "import", "f.csv", says=says)
    else:
        rows = (
            [bad]
            if bad["quantity"] == 1.5
            else [{"kind": "sale", "of": None, **good}, {"kind": "sale", "of": None, **bad}]
        )
        parquet.write_table(pa.Table.from_pylist(rows), "f.parquet")
        refused(code, "import", "f.parquet", says=says)


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("part", [4, 2, 1.01])
def test_a_file_that_is_cut_off_is_not_taken_for_a_whole_one(folder: Path, form: str, part: float) -> None:
    rows = [{**FIRST, "id": f"NEW-{number}"} for number in range(200)]
    file = Path(f"f.{form}")
    if form == "csv":
        file.write_text(as_csv(rows), encoding="utf-8")
    else:
        parquet.write_table(pa.Table.from_pylist(rows), file)
    whole = file.read_bytes()
    cut = whole[: int(len(whole) / part)]
    assert not cut.endswith(b"\n")
    file.write_bytes(cut)
    refused("R0809", "import", file)
    file.write_bytes(whole)
    assert rebates("import", file).output == "200 facts imported, 0 there before\n"


def test_an_open_period_is_settled_as_interim_only(folder: Path) -> None:
    refused("R0833", "settle", "2199", says="interim")
    assert rebates("settle", "2199", "--interim").exit_code == 0


def test_two_amendments_of_one_clause_from_one_day_settle_nothing(folder: Path) -> None:
    change = 'amend from 2025-07-01 "{}" {{ rebate volume {{ settle monthly, as payment }} }}\n'
    text = RULES.rstrip().removesuffix("}") + change.format("Letter") + change.format("Other letter") + "}\n"
    (folder / "rules" / "acme.rebates").write_text(text, encoding="utf-8")
    before = kept()
    for words in (["settle", "2025-Q2"], ["accrue", "2025-06-30"], ["post", json.dumps(OTHER)]):
        done = rebates(*words)
        assert (done.exit_code, done.stdout) == (1, "")
        assert "R0431" in done.stderr
        assert "Other letter" in done.stderr
        assert kept() == before


def test_what_was_known_before_the_books_were_closed_cannot_be_posted_after(folder: Path) -> None:
    assert rebates("close", "2025").exit_code == 0
    refused("R0832", "post", json.dumps({**OTHER, "known": "2025-03-01T00:00:00Z"}), says="leave `known` out")
    refused("R0839", "close", "2025-Q4")
    assert rebates("post", json.dumps(OTHER)).exit_code == 0  # late, and known only now


@pytest.mark.parametrize(
    "words",
    [
        ["post", json.dumps(OTHER)],
        ["settle", "2025-Q1"],
        ["accrue", "2025-03-31"],
        ["close", "2025"],
        ["statement", "ACME", "--period", "2025-Q1"],
        ["journal"],
        ["history"],
        ["verify"],
    ],
    ids=lambda words: words[0],
)
def test_a_ledger_of_a_newer_version_is_left_alone(folder: Path, words: list[str]) -> None:
    with sqlite3.connect("ledger.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'm9999'")
    connection.close()
    refused("R0830", *words, says="newer version")


def test_an_account_with_no_agreement_has_no_statement(folder: Path) -> None:
    refused("R0834", "statement", "NOBODY", "--period", "2025-Q1", says="NOBODY")
