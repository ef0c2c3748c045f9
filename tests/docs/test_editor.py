"""The editor's grammar follows the keyword table, and its folder is whole."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from rebates.syntax.keywords import CURRENCIES, KEYWORDS, PHRASES
from rebates.tools.textmate import textmate

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "editors" / "vscode"
PATTERNS = [(str(p["name"]), str(p["match"])) for p in textmate()["patterns"]]  # type: ignore[attr-defined]


def scope(text: str) -> str:
    """What the grammar calls a word that stands alone: the first pattern that takes all of it."""
    return next((name for name, match in PATTERNS if re.fullmatch(match, text)), "")


def test_the_file_is_what_the_language_makes() -> None:
    found = json.loads((FOLDER / "syntaxes" / "rebates.tmLanguage.json").read_text("utf-8"))
    assert found == textmate(), "rebates schema textmate > docs/editors/vscode/syntaxes/rebates.tmLanguage.json"


@pytest.mark.parametrize("word", sorted({*KEYWORDS, *CURRENCIES, *(p for _, ps in PHRASES.values() for p in ps)}))
def test_every_word_has_a_colour(word: str) -> None:
    assert scope(word)


def test_names_and_blanks_have_none() -> None:
    assert scope("carton_volume") == ""
    assert scope("order_value") == ""


def test_the_folder_names_its_files() -> None:
    package = json.loads((FOLDER / "package.json").read_text("utf-8"))
    language, grammar = package["contributes"]["languages"][0], package["contributes"]["grammars"][0]
    assert (FOLDER / language["configuration"]).is_file()
    assert (FOLDER / grammar["path"]).is_file()
    assert language["extensions"] == [".rebates"]


def test_the_package_holds_what_it_needs() -> None:
    package = json.loads((FOLDER / "package.json").read_text("utf-8"))
    grammar = package["contributes"]["grammars"][0]
    needed = {package["contributes"]["languages"][0]["configuration"], grammar["path"], "./LICENSE"}
    assert all(any(f"{path}/".startswith(f"./{name}/") for name in package["files"]) for path in needed)
    licence = Path(__file__).resolve().parents[2] / "LICENSE"
    assert (FOLDER / "LICENSE").read_bytes() == licence.read_bytes()
