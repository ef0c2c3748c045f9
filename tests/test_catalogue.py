"""The catalogue of codes: complete, well said, and its samples do what they say.

Samples of orders (R05xx) are parts of an order and are not run here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

import rebates
from rebates.model.folder import load_rules
from rebates.syntax.catalogue import ENTRIES, assemble
from rebates.syntax.catalogue.entry import Entry
from rebates.syntax.diagnostics import Report
from tests.generated.world import World

ROOT = Path(rebates.__file__).parent
IN_TEXTS = {f"R04{number}" for number in range(30, 70)}  # amendments, time and terms; windows, facts and classes
IN_RULES = [
    e for e in ENTRIES.values() if e.wrong and (e.code[:3] in ("R00", "R01", "R02", "R03", "R06") or e.code in IN_TEXTS)
]
IN_TABLES = [e for e in ENTRIES.values() if e.wrong and e.code[:3] == "R04" and e.code not in IN_TEXTS]


# what a table of rates says, well and badly; `sheet` is declared by the samples with one of these files
SHEETS: Mapping[str, list[dict[str, object]]] = {
    "good_rates": [{"item": "COLA", "rate": "5%"}],
    "bad_rates": [{"item": "COLA", "rate": "5"}],
    "good_steps": [{"item": "COLA", "steps": "10", "rate": "5%"}],
    "bad_steps": [{"item": "COLA", "steps": "ten", "rate": "5%"}],
}


class Tables(World):
    """The world of the generated rule sets, and a table whose key is an attribute."""

    def rows(self, name: str) -> Iterable[Mapping[str, object]] | None:
        if name == "by_region":
            return [{"region": "N", "item": "COLA", "price": "1"}]
        if name in SHEETS:
            return SHEETS[name]
        return super().rows(name)


def contexts(sample: str) -> Iterator[str]:
    """The places in which a sample can stand: a file, an agreement (that may say its own validity), a discount."""
    waterfall = "" if "waterfall" in sample else "waterfall { stage s best }\n"
    stage = "" if "stage " in sample else "stage s\n"
    accounts, valid, rest = "accounts ACME\n", "valid 2026-01-01 to 2026-12-31\n", "currency EUR\n"
    rest += waterfall + "attribute order.channel text\n"
    yield sample
    for frame in (accounts + valid, accounts, valid):
        yield f'agreement a "A" {{\n{frame}{rest}{sample}\n}}\n'
    yield f'agreement a "A" {{\n{accounts}{valid}{rest}discount x "X" {{\n{stage}{sample}\n}}\n}}\n'


def codes(text: str) -> set[str]:
    report = Report()
    load_rules({"a.rebates": text}, Tables(), report)
    return {found.code for found in report.diagnostics}


@pytest.mark.parametrize("entry", IN_RULES, ids=lambda entry: entry.code)
def test_the_wrong_sample_gives_its_code_alone_and_the_right_one_nothing(entry: Entry) -> None:
    # a sample may be worth a note of another kind, such as tiers that look at each line by itself
    notes = {other.code for other in ENTRIES.values() if other.severity == "note"}
    told = [
        (codes(right) - notes, codes(wrong) - (notes - {entry.code}))
        for right, wrong in zip(contexts(entry.right), contexts(entry.wrong), strict=True)
    ]
    assert (set(), {entry.code}) in told


@pytest.mark.parametrize("entry", IN_TABLES, ids=lambda entry: entry.code)
def test_so_do_the_samples_of_tables(entry: Entry, tmp_path: Path) -> None:
    assert _codes_of_table(entry.wrong, tmp_path) == {entry.code}
    assert _codes_of_table(entry.right, tmp_path) == set()


def _codes_of_table(sample: str, folder: Path) -> set[str]:
    files = {
        "accounts.csv": "id,parent\nACME,\n",
        "items.csv": "id,base_unit\nCOLA,piece\n",
        "list_prices.csv": "item,unit,price\nCOLA,piece,1.49\n",
        "units.csv": "item,unit,factor\nCOLA,carton,24\n",
        "prices.csv": "item,price\nCOLA,1.49\n",
        "prices.ods": "",
    }
    declared = ""
    match sample.split("\n", 1)[0].split(","):
        case ["id", "parent"]:
            files["accounts.csv"] = sample
        case ["item", "unit", "factor", *_]:
            files["units.csv"] = sample
        case ["item", "unit", *_]:
            files["list_prices.csv"] = sample
        case ["from", "to", *_]:
            files["exchange_rates.csv"] = sample
        case ["item", "price", *_]:
            files["prices.csv"] = sample
            declared = 'table prices from "prices.csv" { item key  price money }'
        case _:
            declared = sample
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    agreement = 'agreement a "A" {\n  accounts all, each\n  valid 2026-01-01 to 2026-12-31\n  currency EUR\n}\n'
    (folder / "a.rebates").write_text(f"{agreement}{declared}\n", encoding="utf-8")
    report = Report()
    load_rules(folder, None, report)
    return {found.code for found in report.diagnostics}


def test_every_code_that_is_raised_has_its_entry_and_no_other() -> None:
    texts = [path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py") if path.parent.name != "catalogue"]
    assert {code for text in texts for code in re.findall(r'"(R\d{4})"', text)} == set(ENTRIES)


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=lambda entry: entry.code)
def test_an_entry_says_what_why_and_how_to_mend(entry: Entry) -> None:
    assert re.fullmatch(r"R\d{4}", entry.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entry.name)
    for said in (entry.title, entry.why, entry.mend):
        assert said
        assert said == said.strip()
        assert not said[0].isupper() or said.startswith("R0")
        assert not said.endswith(".")
        assert "\n" not in said
        assert said.count("`") % 2 == 0
    assert bool(entry.wrong) == bool(entry.right)
    assert not entry.wrong or entry.wrong != entry.right


def test_a_code_or_name_is_used_once_and_stands_in_its_module() -> None:
    one = ENTRIES["R0112"]
    assert list(assemble([("R01", [one])])) == ["R0112"]
    for other in (replace(one, name="other"), replace(one, code="R0199"), replace(one, code="R0299", name="other")):
        with pytest.raises(AssertionError):
            assemble([("R01", [one, other])])
