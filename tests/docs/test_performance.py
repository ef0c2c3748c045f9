"""The page on performance states the limits and the sizes of what is remembered as they are in the code."""

from __future__ import annotations

import re

from rebates.compile import cells, compiled, goods, planned, python, remembered
from rebates.engine import orders, quick, side_by_side
from rebates.model import folder, master, moving, read_tables, table_values, together, work
from rebates.model import goods as bundles
from rebates.syntax import build_expr, kept, lalr, parser, tokens
from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")


def numbers(row: str) -> list[int]:
    """The numbers of the row of a table that begins with these words, in its second column."""
    [line] = [line for line in PAGE.splitlines() if line.startswith(f"| {row}")]
    return [int(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", line.split("|")[2])]


def test_what_is_remembered_is_bounded_as_stated() -> None:
    assert numbers("line plans of accounts, generated code") == [2, compiled.PLANS]
    assert numbers("what holds for an account and orders of a kind") == [remembered.BOOKS, remembered.MOST_INTERVALS]
    assert numbers("plans of lines for the runtime") == [compiled.PLANS, planned.MOST_INTERVALS]
    assert numbers("templates of lines") == [compiled.PLANS]
    assert numbers("what constant rules come to") == [cells.MOST_SHARED]
    assert numbers("accounts on a day, runtime") == [compiled.CONTEXTS, compiled.LINES]
    assert numbers("agreements in force together") == [compiled.TERMS]
    assert numbers("shapes of generated code") == [python._SHAPES.maxsize]
    assert numbers("numbers, constants and cells") == [cells.KEPT_ONCE]
    assert numbers("texts of quantities; of amounts; of days") == [
        quick.QUANTITIES,
        orders._parsed_money.cache_parameters()["maxsize"],
        quick.DAYS,
    ]
    assert numbers("unit conversions") == [master.MOST_FACTORS]
    assert numbers("lexemes of rule texts") == [lalr.MAX_LEXEMES, tokens._known.cache_parameters()["maxsize"]]


def test_what_is_refused_is_stated() -> None:
    assert numbers("a text") == [parser.MAX_CHARACTERS]
    assert numbers("brackets in each other; operators in a row") == [parser.MAX_NESTING, build_expr.MAX_CHAIN]
    assert numbers("digits of a number") == [tokens.WHOLE_DIGITS, tokens.DECIMAL_DIGITS]
    assert numbers("rules of a `best` stage") == [together.MOST_GROUPS]
    assert numbers("parts of a bundle") == [bundles.MOST_PARTS]
    assert numbers("ways in which an order can fill a bundle") == [goods.BUDGET]
    assert numbers("amendments × rules of an agreement") == [work.MOST_READ]
    assert numbers("a moving window") == [moving._MOST["days"], moving._MOST["months"]]
    assert numbers("how far a table is read before a day") == [table_values.MOST_BEFORE]
    assert numbers("a table") == [read_tables.MOST_ROWS, read_tables.MOST_BYTES // 1_000_000_000]
    assert folder.MOST_AGREEMENTS * 30 > parser.MAX_CHARACTERS  # the shortest agreement is longer than that


def test_what_is_kept_and_how_many_read_are_as_stated() -> None:
    assert f"At\nmost {kept.MOST_FILES} files and {kept.MOST_BYTES // 1_000_000_000} GB stay" in PAGE
    assert f"Folders of more than {side_by_side.WORTH_DIVIDING / 1_000_000:g} million characters" in PAGE
    assert (side_by_side.MOST_PROCESSES, "four at most" in PAGE) == (4, True)
