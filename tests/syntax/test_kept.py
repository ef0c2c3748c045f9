"""What is kept between starts: found again by this engine alone, and only where nobody else can have written it."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

from rebates.syntax import kept, lalr
from rebates.syntax.lalr import grammar_path, load_tables
from rebates.syntax.lark_tables import make_tables, ship_tables
from rebates.syntax.tables import Tables

KEY = "a" * 64


@cache
def of_the_grammar() -> Tables:
    return make_tables(grammar_path())


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REBATES_CACHE", str(tmp_path / "kept"))
    return tmp_path / "kept"


def test_what_is_written_is_read(top: Path) -> None:
    assert kept.read("book", KEY) is None
    kept.write("book", KEY, b"content")
    assert kept.read("book", KEY) == b"content"
    assert kept.read("tables", KEY) is None
    assert kept.read("book", "b" * 64) is None
    kept.write("book", KEY, b"other")
    assert kept.read("book", KEY) == b"other"


def test_every_damage_is_noticed(top: Path) -> None:
    kept.write("book", KEY, b"content of a book")
    [file] = top.iterdir()
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place])
        assert kept.read("book", KEY) is None
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert kept.read("book", KEY) is None
    file.write_bytes(whole + b" ")
    assert kept.read("book", KEY) is None


def test_a_file_under_another_name_is_foreign(top: Path) -> None:
    kept.write("book", KEY, b"content")
    (top / f"book-{KEY}").rename(top / f"book-{'b' * 64}")
    assert kept.read("book", "b" * 64) is None


def test_what_others_may_write_is_not_read(top: Path) -> None:
    kept.write("book", KEY, b"content")
    [file] = top.iterdir()
    if not hasattr(os, "getuid"):
        return
    assert not file.stat().st_mode & 0o077
    assert not top.stat().st_mode & 0o077
    for rights in (0o620, 0o602):
        file.chmod(rights)
        assert kept.read("book", KEY) is None
    file.chmod(0o600)
    top.chmod(0o777)
    assert kept.read("book", KEY) is None
    kept.write("book", "b" * 64, b"content")
    assert [each.name for each in top.iterdir()] == [file.name]
    top.chmod(0o700)
    aside = top.parent / "aside"
    file.rename(aside)
    file.symlink_to(aside)
    assert kept.read("book", KEY) is None


def test_it_can_be_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("REBATES_CACHE", "off")
    kept.write("book", KEY, b"content")
    assert kept.folder() is None
    assert kept.read("book", KEY) is None
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("REBATES_CACHE", str(tmp_path / "file" / "kept"))
    kept.write("book", KEY, b"content")
    assert kept.read("book", KEY) is None


def test_many_writers_leave_one_whole_file(top: Path) -> None:
    contents = [bytes([number]) * 100_000 for number in range(8)]

    def work(number: int) -> bool:
        kept.write("book", KEY, contents[number])
        return kept.read("book", KEY) in contents

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, [number % 8 for number in range(64)]))
    assert [each.name for each in top.iterdir()] == [f"book-{KEY}"]


def test_it_is_bounded(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_FILES", 5)
    for number in range(12):
        kept.write("book", f"{number:064}", b"content")
        os.utime(top / f"book-{number:064}", ns=(number, number))
    assert sorted(each.name for each in top.iterdir()) == [f"book-{number:064}" for number in range(7, 12)]
    monkeypatch.setattr(kept, "MOST_BYTES", 3 * (top / f"book-{11:064}").stat().st_size)
    kept.write("book", f"{12:064}", b"content")
    assert len(list(top.iterdir())) == 3


def test_the_tables_kept_are_those_of_the_grammar(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lalr, "shipped_tables", lambda: top / "none")  # as in a checkout whose grammar was just changed
    made = of_the_grammar()
    for _ in range(2):  # worked out, then kept
        load_tables.cache_clear()
        assert load_tables() == made
    [file] = top.iterdir()
    key = file.name.removeprefix("tables-")
    kept.write("tables", key, b"not tables")  # sound, yet no tables
    load_tables.cache_clear()
    assert load_tables() == made


def test_the_tables_shipped_are_those_of_the_grammar(
    top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "rebates.tables"
    monkeypatch.setattr(lalr, "shipped_tables", lambda: place)
    ship_tables(grammar_path(), place)
    load_tables.cache_clear()
    assert load_tables() == of_the_grammar()
    assert not top.exists()  # nothing was worked out, so nothing is kept
    place.write_bytes(b"another grammar" + place.read_bytes()[15:])  # those of a grammar that was changed since
    load_tables.cache_clear()
    assert load_tables() == of_the_grammar()
    assert len(list(top.iterdir())) == 1


def test_another_engine_has_other_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    one = kept.key_of("x")
    monkeypatch.setattr(kept, "engine", lambda: "another")
    assert kept.key_of("x") != one
