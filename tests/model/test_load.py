"""Where a rule set comes from: texts, a file, a folder; tables beside it or handed over; its version."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from rebates.model import nodes as m
from rebates.model.folder import load_rules
from rebates.syntax.diagnostics import Report
from tests.model.checking import TABLES, Tables, agreement, check, discount, rules

PRICES = 'table contract from "contract.csv" { account, item, unit key  price money }'
CONTRACT = "account,item,unit,price\nACME,COLA,carton,29.90\n"


def load(path: Path, source: Tables | None = None) -> tuple[m.RuleSet | None, list[str]]:
    report = Report()
    made = load_rules(path, source, report)
    return made, [one.code for one in report.diagnostics]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deals").mkdir()
    text = agreement(f"{PRICES}  price p {{ from table contract }}", accounts="ACME")
    (tmp_path / "deals" / "acme.rebates").write_text(text)
    (tmp_path / "shared.rebates").write_text('attribute order.channel text\nitems fizzy where brand is "Fizz"\n')
    (tmp_path / "contract.csv").write_text(CONTRACT)
    (tmp_path / "items.csv").write_text("id,base_unit,family,brand\nCOLA,piece,DRINK,Fizz\n")
    (tmp_path / "units.csv").write_text("item,unit,factor\nCOLA,carton,24\n")
    (tmp_path / "accounts.csv").write_text("id,parent\nACME,\n")
    return tmp_path


def test_a_folder_is_read_with_all_below_it(folder: Path) -> None:
    made, codes = load(folder)
    assert codes == []
    assert made is not None
    assert [one.name for one in made.agreements] == ["a"]
    assert set(made.tables) == {"contract"}
    assert set(made.attributes) == {"order.channel"}
    assert made.master.items["COLA"].attributes == {"brand": "Fizz"}


def test_one_file_is_read_with_the_tables_beside_it(folder: Path) -> None:
    (folder / "one.rebates").write_text(discount('when brand is "Fizz"  rate 5%'))
    made, codes = load(folder / "one.rebates")
    assert codes == []
    assert made is not None
    assert [one.name for one in made.agreements] == ["a"]


def test_what_the_program_hands_over_goes_first(folder: Path) -> None:
    handed = Tables({"contract": [{"account": "ACME", "item": "COLA", "unit": "carton", "price": "31"}]})
    made, codes = load(folder, handed)
    assert codes == []
    assert made is not None
    (row,) = made.tables["contract"].rows()
    assert row.cells["price"] == 31


def test_a_master_table_may_be_declared_with_its_own_headings(tmp_path: Path) -> None:
    (tmp_path / "product.csv").write_text("ProductKey,Line,Colour\nB-1,Bikes,red\n")
    (tmp_path / "a.rebates").write_text(
        'table items from "product.csv" { id "ProductKey" key  family "Line", colour "Colour" text }\n'
        + discount('when item.id is "B-1" and item.family is "Bikes" and colour is "red"  rate 5%')
    )
    made, codes = load(tmp_path)
    assert codes == []
    assert made is not None
    assert made.master.items["B-1"].family == "Bikes"


def _accounts(size: str) -> dict[str, list[dict[str, object]]]:
    return {"accounts": [{"id": "ACME", "parent": "", "size": size}]}


def test_a_column_of_master_data_is_read_as_its_attribute_says() -> None:
    text = agreement("attribute account.size number  discount d { when account.size > 10  rate 5% }")
    assert rules(text, _accounts("12.5")).master.accounts["ACME"].attributes == {"size": Fraction("12.5")}
    made, report = check(text, _accounts("big"))
    assert made is None
    assert [(one.code, one.span.text) for one in report.diagnostics] == [("R0404", "size=big")]


def test_without_an_attribute_a_column_is_text() -> None:
    text = agreement('discount d { when account.size is "12.5"  rate 5% }')
    assert rules(text, _accounts("12.5")).master.accounts["ACME"].attributes == {"size": "12.5"}


def test_a_declared_column_gives_its_attribute_the_type() -> None:
    table = 'table accounts from "a.csv" { id, parent key  size number }\n'
    made = rules(table + agreement("discount d { when account.size > 10  rate 5% }"), _accounts("12.5"))
    assert made.master.accounts["ACME"].attributes == {"size": Fraction("12.5")}
    _, report = check(table + agreement("attribute account.size text"), _accounts("12.5"))
    assert [(one.code, one.span.text) for one in report.diagnostics] == [("R0214", "attribute account.size text")]


def test_a_fault_gives_no_rule_set_and_says_its_file(folder: Path) -> None:
    (folder / "bad.rebates").write_text(discount("rate 5%  stage nowhere").replace("agreement a", "agreement b"))
    report = Report()
    assert load_rules(folder, None, report) is None
    assert [(one.code, one.span.source.name) for one in report.diagnostics] == [("R0206", "bad.rebates")]


def test_warnings_and_notes_give_a_rule_set() -> None:
    made, report = check(discount('accept cliff "agreed"  rate 5%'))
    assert made is not None
    assert [one.severity for one in report.diagnostics] == ["warning"]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: path / "nowhere", "R0701"),
        (lambda path: path, "R0703"),
    ],
)
def test_what_is_not_there(tmp_path: Path, make: object, code: str) -> None:
    assert callable(make)
    assert load(make(tmp_path)) == (None, [code])


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.rebates").write_bytes(b"# caf\xe9\n")
    assert load(tmp_path) == (None, ["R0704"])


def test_texts_need_their_tables_handed_over() -> None:
    made, report = check(agreement(f"{PRICES}  price p {{ from table contract }}"), {})
    assert made is None
    assert [one.code for one in report.diagnostics] == ["R0412"]


# --- the version


def test_the_version_is_the_same_for_the_same_content(folder: Path) -> None:
    first, second = load(folder)[0], load(folder)[0]
    assert first is not None
    assert second is not None
    assert first.version == second.version
    assert len(first.version) == 64


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("shared.rebates", "# another word\n"),
        ("contract.csv", CONTRACT.replace("29.90", "29.91")),
        ("contract.csv", CONTRACT + "ACME,COLA,piece,1\n"),
        ("units.csv", "item,unit,factor\nCOLA,carton,30\n"),
        ("costs.csv", "item,unit,cost\nCOLA,piece,0.90\n"),
        ("more.rebates", "# nothing\n"),
    ],
)
def test_the_version_changes_with_every_text_and_table(folder: Path, file: str, text: str) -> None:
    before = load(folder)[0]
    (folder / file).write_text(text)
    after = load(folder)[0]
    assert before is not None
    assert after is not None
    assert before.version != after.version


def test_the_name_of_a_file_belongs_to_the_version(folder: Path) -> None:
    before = load(folder)[0]
    (folder / "shared.rebates").rename(folder / "other.rebates")
    after = load(folder)[0]
    assert before is not None
    assert after is not None
    assert before.version != after.version


def test_rows_handed_over_belong_to_the_version_by_value() -> None:
    text = agreement('table offered from "o.csv" { item key }')
    same = rules(text, {**TABLES, "offered": [{"item": "COLA"}]}).version
    assert rules(text).version == same
    assert rules(text, {**TABLES, "offered": [{"item": "NUTS"}]}).version != same


def test_cells_cannot_be_moved_into_each_other() -> None:
    text = agreement('table offered from "o.csv" { item key  a, b text }')
    one = rules(text, {**TABLES, "offered": [{"item": "COLA", "a": 'x";b="y', "b": "z"}]}).version
    two = rules(text, {**TABLES, "offered": [{"item": "COLA", "a": "x", "b": 'y";b="z'}]}).version
    assert one != two
