"""A book: loaded whole or not at all, the same for every thread, reloaded when its files changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

import rebates
from rebates import Book, Line, Order, OrderErrors, RuleErrors
from rebates.model import folder as folders
from tests.engine.conftest import RULES

ORDER = Order("KIOSK", "2026-03-10", [Line("LEMON", "60 case")])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RULES, tmp_path / "rules"))


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_agreements_in_force_most_specific_first(book: Book) -> None:
    assert book.agreements("KIOSK", "2026-03-10") == ("kiosk_2026", "general_2026")
    assert book.agreements("BISTRO", "2026-05-31") == ("general_2026",)
    assert book.agreements("BISTRO", "2026-06-01") == ("innkeepers_2026", "general_2026")


@pytest.mark.parametrize(
    ("account", "day", "code"),
    [("NOBODY", "2026-03-10", "R0502"), ("KIOSK", "2027-01-01", "R0501"), ("KIOSK", "soon", "R0512")],
)
def test_where_none_is_in_force_it_says_why(book: Book, account: str, day: str, code: str) -> None:
    with pytest.raises(OrderErrors) as caught:
        book.agreements(account, day)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_book_never_changes(book: Book) -> None:
    with pytest.raises(FrozenInstanceError):
        book.rules = None  # type: ignore[misc, assignment]
    with pytest.raises(AttributeError):
        book.quote(ORDER).order = ORDER  # type: ignore[misc]
    with pytest.raises(AttributeError):
        ORDER.account = "BISTRO"  # type: ignore[misc]


def test_many_threads_get_the_same_bytes() -> None:
    fresh = rebates.load(RULES)
    orders = [
        Order("KIOSK", "2026-03-10", [Line("LEMON", f"{n % 7 * 10 + 1} case")], codes=["HELLO"]) for n in range(200)
    ]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda order: fresh.quote(order).to_json(), orders))
    assert together == [fresh.quote(order).to_json() for order in orders]


def test_the_version_covers_text_and_tables(folder: Path) -> None:
    versions = {rebates.load(folder).version}
    change(folder / "drinks.rebates", "5%", "6%")
    versions.add(rebates.load(folder).version)
    change(folder / "agreed.csv", "9.00", "9.10")
    versions.add(rebates.load(folder).version)
    change(folder / "units.csv", "LEMON,case,12", "LEMON,case,10")
    versions.add(rebates.load(folder).version)
    assert len(versions) == 4


def test_reload_gives_a_new_book_and_leaves_the_old_one(folder: Path) -> None:
    old = rebates.load(folder)
    change(folder / "agreed.csv", "9.00", "9.10")
    new = old.reload()
    assert str(old.quote(ORDER).total) == "EUR 513.00"
    assert str(new.quote(ORDER).total) == "EUR 518.70"  # 60 x 9.10 = 546.00, less 5%
    assert new.version != old.version


def test_reload_of_broken_files_raises_and_leaves_the_old_book_in_force(folder: Path) -> None:
    old = rebates.load(folder)
    change(folder / "drinks.rebates", "5%", "5")
    with pytest.raises(RuleErrors) as caught:
        old.reload()
    assert {d.code for d in caught.value.diagnostics if d.severity == "error"} == {"R0112"}
    assert str(old.quote(ORDER).total) == "EUR 513.00"
    shutil.copy(RULES / "drinks.rebates", folder)
    assert old.reload() is old


def test_unchanged_files_are_not_read_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = rebates.load(folder)
    os.utime(folder / "agreed.csv", (0, 0))
    with monkeypatch.context() as patched:
        patched.setattr(folders, "load_rules", lambda *_: pytest.fail("read again"))
        assert old.reload() is old


@pytest.mark.parametrize("file", ["costs.csv", "drinks.rebates"])
def test_a_new_file_is_seen(folder: Path, file: str) -> None:
    """A table of master data that was not there, or another rule file."""
    (folder / "more.rebates").write_text('items drinks where family is "DRINK"\n', encoding="utf-8")
    (folder / file).unlink()
    old = rebates.load(folder)
    shutil.copy(RULES / file, folder)
    assert old.reload().version != old.version


def test_one_file_and_a_folder_with_that_file_price_alike(book: Book) -> None:
    alone = rebates.load(RULES / "drinks.rebates")
    assert alone.quote(ORDER).to_dict()["lines"] == book.quote(ORDER).to_dict()["lines"]
    assert alone.reload() is alone


class Prices:
    """Tables that a program hands over."""

    def __init__(self, price: str) -> None:
        self.price = price

    def rows(self, table: str) -> Iterable[Mapping[str, object]] | None:
        return [{"item": "TEA", "unit": "box", "price": self.price}] if table == "list_prices" else None


TEXTS = {
    "tea.rebates": 'agreement tea "Tea" { accounts all, each  valid 2026-01-01 to 2026-12-31  currency EUR '
    "discount all_year { rate 10% } }"
}


def test_texts_and_tables_may_come_from_the_program() -> None:
    tables = Prices("4.00")
    old = rebates.load(TEXTS, tables=tables)
    order = Order("ANYBODY", "2026-03-10", [Line("TEA", "3 box")])
    assert str(old.quote(order).total) == "EUR 10.80"
    assert old.reload() is old
    tables.price = "5.00"
    assert str(old.reload().quote(order).total) == "EUR 13.50"
    assert str(old.quote(order).total) == "EUR 10.80"


def test_loading_carries_every_diagnostic() -> None:
    with pytest.raises(RuleErrors) as caught:
        rebates.load({"a.rebates": TEXTS["tea.rebates"].replace("10%", "10").replace("all, each ", "all each\n")})
    assert sorted(d.code for d in caught.value.diagnostics) == ["R0103", "R0112"]
    assert "a.rebates:1:" in str(caught.value)


def test_rules_that_are_not_there() -> None:
    with pytest.raises(RuleErrors) as caught:
        rebates.load("no/such/folder")
    assert [d.code for d in caught.value.diagnostics] == ["R0701"]
    assert [d.code for d in rebates.check("no/such/folder")] == ["R0701"]


def test_warnings_stay_with_the_book() -> None:
    noted = rebates.load({"a.rebates": TEXTS["tea.rebates"].replace("rate 10%", 'accept cliff "why" rate 10%')})
    assert [(d.code, d.severity) for d in noted.warnings] == [("R0351", "warning")]
