"""Rules kept between starts: the same answers, never those of other files, and nothing but data is ever made of them."""

from __future__ import annotations

import os
import pickle
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from random import Random
from typing import Any

import pytest

import rebates
from rebates import Line, Order
from rebates.engine import book as books
from rebates.model import loader, stored_parts
from rebates.model.nodes import Agreement
from rebates.model.stored import StoredAgreement, read_stored, stored
from rebates.model.texts import read_texts
from rebates.reference import price
from rebates.syntax import kept
from rebates.syntax.diagnostics import Report
from rebates.syntax.source import Source

RULES = Path(__file__).parents[2] / "rules"
TEXT = """
table prices from "prices.csv" { account, item key  price money  valid_from, valid_to dates }
agreement deal "A deal" {
  accounts all, each
  valid 2026-01-01 to 2026-12-31
  currency EUR
  price contract { from table prices }
  discount volume { tiers retroactive on quantity in piece per line { from 10 piece 3%  from 50 piece 5% } }
  discount more "It's a 'deal'" { when account.class is "gold"  rate 1% }
}
"""
PRICES = "account,item,price,valid_from,valid_to\nACME,COLA,1.50,2026-01-01,\nSOLO,COLA,1.60,2026-01-01,2026-06-30\n"
ORDERS = [
    Order(a, d, [Line("COLA", f"{n} piece")])
    for a in ("ACME", "SOLO")
    for d in ("2026-03-01", "2026-06-30")
    for n in (5, 70)
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A rule folder; whatever is loaded is worth keeping."""
    monkeypatch.setenv("REBATES_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(books, "WORTH_KEEPING", 0)
    top = tmp_path / "rules"
    top.mkdir()
    (top / "deal.rebates").write_text(TEXT, encoding="utf-8")
    (top / "prices.csv").write_text(PRICES, encoding="utf-8")
    (top / "accounts.csv").write_text("id,parent,class\nACME,,gold\nSOLO,,blue\n", encoding="utf-8")
    return top


def is_kept(book: rebates.Book) -> bool:
    return all(type(each) is StoredAgreement for each in book.rules.agreements)


def told(book: rebates.Book) -> list[str]:
    return [text for order in ORDERS for text in (book.quote(order).to_json(), str(book.quote(order).explain()))]


def test_the_same_answers(folder: Path) -> None:
    first, again = rebates.load(folder), rebates.load(folder)
    assert not is_kept(first)
    assert is_kept(again)
    assert again.version == first.version
    assert again.warnings == first.warnings
    assert told(again) == told(first)
    for order in ORDERS:
        quote = again.quote(order)
        assert price(again.rules, quote.given).lines == quote.outcome.lines
    assert again.reload() is again


@pytest.mark.parametrize(
    "sample",
    sorted(
        each for each in RULES.iterdir() if list(each.glob("*.rebates")) and each.name not in ("contracts", "trades")
    ),
    ids=lambda path: path.name,
)
def test_every_sample_comes_back_whole(sample: Path, tmp_path: Path) -> None:
    book = rebates.load(sample)
    texts = read_texts(sample, Report())
    found = read_stored(stored(book.rules, book.warnings, texts), texts)
    assert found is not None
    assert found.warnings() == book.warnings
    assert found.rules.version == book.version
    for one, other in zip(found.rules.agreements, book.rules.agreements, strict=True):
        assert {each.name: getattr(one, each.name) for each in fields(Agreement)} == {
            each.name: getattr(other, each.name) for each in fields(Agreement)
        }
    assert dict(found.rules.attributes) == dict(book.rules.attributes)
    assert {name: list(table.rows()) for name, table in found.rules.tables.items()} == {
        name: list(table.rows()) for name, table in book.rules.tables.items()
    }


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("deal.rebates", TEXT.replace("3%", "4%")),
        ("prices.csv", PRICES.replace("1.50", "1.40")),
        ("accounts.csv", "id,parent,class\nACME,,blue\nSOLO,,blue\n"),
        ("items.csv", "id,base_unit\nCOLA,piece\n"),
        ("more.rebates", "waterfall { stage one best }\n"),
    ],
)
def test_other_files_are_read_anew(folder: Path, file: str, content: str) -> None:
    before = rebates.load(folder)
    stat = (folder / "deal.rebates").stat()
    (folder / file).write_text(content, encoding="utf-8")
    os.utime(folder / file, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # the hash decides, not the clock
    after = rebates.load(folder)
    assert not is_kept(after)
    assert after.version != before.version
    assert is_kept(rebates.load(folder))


def test_a_copy_at_another_place_has_places_of_its_own(folder: Path, tmp_path: Path) -> None:
    rebates.load(folder)
    shutil.copytree(folder, tmp_path / "copy")
    assert told(rebates.load(tmp_path / "copy")) == told(rebates.load(folder))


def test_a_program_that_hands_tables_over_keeps_nothing(folder: Path) -> None:
    class Tables:
        def rows(self, name: str) -> None:
            return None

    rebates.load(folder, tables=Tables())
    assert not list(Path(os.environ["REBATES_CACHE"]).glob("rules-*"))


def test_what_is_quickly_checked_is_not_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "WORTH_KEEPING", 10**15)
    rebates.load(folder)
    assert not list(Path(os.environ["REBATES_CACHE"]).glob("rules-*"))


def test_damage_means_checking_again(folder: Path) -> None:
    expected = told(rebates.load(folder))
    [file] = Path(os.environ["REBATES_CACHE"]).glob("rules-*")
    whole = file.read_bytes()
    random = Random(7)
    for _ in range(20):
        at = random.randrange(len(whole))
        file.write_bytes(random.choice((whole[:at], whole[:at] + bytes([whole[at] ^ 8]) + whole[at + 1 :])))
        book = rebates.load(folder)
        assert not is_kept(book)
        assert told(book) == expected
    assert is_kept(rebates.load(folder))


class Evil:
    """What someone would like to have run."""

    def __init__(self, call: object, *arguments: object) -> None:
        self.call, self.arguments = call, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call, self.arguments


@pytest.mark.parametrize(
    "evil",
    [
        Evil(os.system, "true"),
        Evil(eval, "1"),
        Evil(rebates.load, "x"),
        Evil(read_texts, "x", None),
        Evil(getattr, 1, "real"),
    ],
    ids=["command", "code", "the engine", "a function of the model", "an attribute"],
)
def test_nothing_is_called_but_nodes(evil: Evil, folder: Path) -> None:
    """Even where the bytes are those of an enemy who could write the file."""
    head = pickle.dumps(evil)
    assert read_stored(len(head).to_bytes(8, "big") + head, read_texts(folder, Report())) is None


def test_bytes_made_by_chance_are_no_rules(folder: Path) -> None:
    book = rebates.load(folder)
    texts = read_texts(folder, Report())
    whole = stored(book.rules, book.warnings, texts)
    random = Random(3)
    with at_most_more(2**30):  # a length in the bytes may ask for any memory: who keeps them sees that they are whole
        for _ in range(300):
            at = random.randrange(8, 8 + int.from_bytes(whole[:8], "big"))
            read_stored(
                whole[:at] + bytes([random.randrange(256)]) + whole[at + 1 :], texts
            )  # something or None, no other end


@contextmanager
def at_most_more(size: int) -> Iterator[None]:
    """Lets this process take only so many bytes more."""
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (taken + size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def test_many_threads_load_and_quote_at_once(folder: Path) -> None:
    expected = told(rebates.load(folder))
    book = rebates.load(folder)
    assert is_kept(book)
    with ThreadPoolExecutor(6) as pool:
        assert all(
            each == expected for each in pool.map(lambda n: told(book if n % 2 else rebates.load(folder)), range(12))
        )


def test_two_processes_worth_of_writers(folder: Path) -> None:
    """Whoever writes last leaves a whole file."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: rebates.load(folder), range(8)))
    assert is_kept(rebates.load(folder))
    assert kept.folder() is not None


def test_a_reload_is_kept_when_someone_says_so(folder: Path) -> None:
    book = rebates.load(folder)
    text = folder / "deal.rebates"
    text.write_text(TEXT.replace("rate 1%", "rate 2%"), encoding="utf-8")
    fresh = book.reload()
    fresh.keep()
    again = rebates.load(folder)
    assert is_kept(again)
    assert again.version == fresh.version != book.version


def test_the_first_reload_after_a_start_reads_one_changed_file_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "accounts.csv").write_text(
        "id,parent,class\nACME,,gold\nSOLO,,blue\nX0,,\nX1,,\nX2,,\n", encoding="utf-8"
    )
    agreement = TEXT[TEXT.index("agreement") :]
    for number in range(3):
        text = agreement.replace("agreement deal", f"agreement deal_{number}").replace("all, each", f"X{number}")
        (folder / f"deal_{number}.rebates").write_text(text, encoding="utf-8")
    rebates.load(folder)
    book = rebates.load(folder)
    assert is_kept(book)
    read: list[str] = []
    for module in (loader, stored_parts):
        parse = module.parse

        def noted(source: Source, report: Report, parse: Any = parse) -> object:
            read.append(source.name)
            return parse(source, report)

        monkeypatch.setattr(module, "parse", noted)
    changed = folder / "deal_1.rebates"
    changed.write_text(changed.read_text(encoding="utf-8").replace("rate 1%", "rate 2%"), encoding="utf-8")
    fresh = book.reload()
    assert read == ["deal_1.rebates"]
    assert str(book.quote(ORDERS[0]).total) == str(fresh.quote(ORDERS[0]).total)
    fresh.keep()  # those that were not read go on as they were kept
    again = rebates.load(folder)
    assert is_kept(again)
    monkeypatch.setenv("REBATES_CACHE", "off")
    cold = rebates.load(folder)
    assert cold.version == again.version == fresh.version
    assert cold.warnings == again.warnings == fresh.warnings
    assert told(cold) == told(again) == told(fresh)


def test_a_start_that_finds_its_rules_reads_no_text(folder: Path) -> None:
    rebates.load(folder)
    code = (
        "import sys, rebates\n"
        f"book = rebates.load({str(folder)!r})\n"
        "order = rebates.Order('ACME', '2026-03-01', [rebates.Line('COLA', '5 piece')])\n"
        "print(book.quote(order).total, 'rebates.syntax.nodes' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    # five at 1.50, and one percent for a gold account: 7.425
    assert done.stdout.split("\n")[0] == "EUR 7.43 False"
