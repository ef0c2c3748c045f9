"""What one would send: complete by 6.10, in the reader's language, without the supplier's internals, in every form.

The year of `test_settling`: 50, 75, 100 and 75 thousand; 5 % of all from 100,000. By September 225,000 came to 11,250, of which
6,250 were settled in June; 175,000 are missing to 400,000, where 6 % are 24,000, 12,750 more.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pypdf
import pytest

from tests.cli.test_commands import rebates
from tests.ledger.test_facts import SALE
from tests.ledger.test_settling import RULES, folder, settled_year

__all__ = ["folder"]  # a fixture

NAME = "Ławka 中文 #panic() & <b>"


@pytest.fixture
def settled(folder: Path) -> Path:
    """The year settled, under a name that every form has to write."""
    text = RULES.replace("Acme <b>2025</b>", NAME).replace(
        "    base    sales", "    # what we never tell\n    base    sales"
    )
    text = text.replace("as credit note", "as credit note, within 30 days of quarter end")
    (folder / "rules" / "acme.rebates").write_text(text, encoding="utf-8")
    lines = (folder / "sales.csv").read_text(encoding="utf-8").splitlines()
    costs = [f"{line},{cost}" for line, cost in zip(lines, ("cost", "41370", "41370", "41370", "41370"), strict=True)]
    (folder / "sales.csv").write_text("\n".join(costs) + "\n", encoding="utf-8")
    settled_year(folder)
    return folder


def stated(*words: str) -> str:
    done = rebates("statement", "ACME", "--period", "2025-Q3", *words)
    assert done.exit_code == 0, done.output
    return done.output


SAID = {
    "en": (
        "Rebate statement", "1 July 2025 – 30 September 2025", "€225,000.00", "1 (from €100,000.00: 5%)", "€11,250.00",
        "€6,250.00", "€5,000.00", "€400,000.00", "€175,000.00", "€12,750.00", "30 October 2025", "July 2025", "€100,000.00",
    ),
    "id": (
        "Pernyataan rabat", "1 Juli 2025 – 30 September 2025", "€225.000,00", "1 (mulai €100.000,00: 5%)", "€11.250,00",
        "€6.250,00", "€5.000,00", "€400.000,00", "€175.000,00", "€12.750,00", "30 Oktober 2025", "Juli 2025", "€100.000,00",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "id"])
def test_every_form_says_all_of_it_in_the_language(settled: Path, language: str) -> None:
    text = stated("--explain", "--language", language)
    page = stated("--format", "html", "--language", language)
    stated("--format", "xlsx", "--language", language, "-o", "s.xlsx")
    book = openpyxl.load_workbook("s.xlsx")
    cells = " | ".join(str(cell.value) for sheet in book for row in sheet for cell in row)
    stated("--format", "pdf", "--language", language, "-o", "s.pdf")
    pages = "\n".join(each.extract_text() for each in pypdf.PdfReader("s.pdf").pages)
    for form in (text, page, cells, pages):
        assert [said for said in SAID[language] if said not in form] == []
        assert "INV-7" in form  # the transactions
        assert "from EUR 400_000" in form  # the rule as signed


def test_a_customer_reads_nothing_of_the_suppliers(settled: Path) -> None:
    stated("--format", "pdf", "-o", "s.pdf")
    pages = "\n".join(each.extract_text() for each in pypdf.PdfReader("s.pdf").pages)
    version = json.loads(stated("--json"))["version"][:12]
    for form in (
        stated("--format", "html"),
        pages,
        stated("--json", "--view", "customer"),
        stated("--explain", "--view", "customer"),
    ):
        assert "INV-7" in form
        assert [inside for inside in ("never tell", "acme.rebates", "41370", version) if inside in form] == []
    told = stated("--json")
    assert all(inside in told for inside in ("never tell", "acme.rebates", '"cost": "41370"', version))
    assert "never tell" in stated("--format", "html", "--view", "manager")


def test_the_page_draws_the_measure_against_its_tiers(settled: Path) -> None:
    page = stated("--format", "html")
    assert page.count("<svg") == 2  # in light and dark
    assert (
        "<desc>=Volume rebate, 1 January 2025 – 31 December 2025. from €100,000.00: 5%; from €400,000.00: 6%." in page
    )
    assert "€175,000.00 to the next tier, worth €12,750.00 more" in page
    assert "&lt;b&gt;" in page
    assert "<b>2025" not in page
    text = stated()
    assert "  from €400,000.00  6%  " + "█" * 16 + "░" * 14 in text  # 225 of 400 is 16.9 of 30
    stated("--plot", "p.svg")
    assert (settled / "p.svg").read_text(encoding="utf-8").startswith("<svg")
    assert rebates("statement", "ACME", "--period", "2025-Q3", "--plot", "p.gif").exit_code == 2


def test_a_pdf_has_its_name_its_fonts_and_the_same_bytes(settled: Path) -> None:
    stated("--format", "pdf", "-o", "s.pdf")
    file = (settled / "s.pdf").read_bytes()
    read = pypdf.PdfReader(io.BytesIO(file))
    assert read.metadata is not None
    assert read.metadata.title == "Rebate statement ACME"
    text = "\n".join(page.extract_text() for page in read.pages)
    assert NAME in text
    assert "Measure to date, EUR" in text  # the picture's axis: it is drawn in lines and text
    fonts = [font.get_object() for page in read.pages for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    below = [kind.get_object()["/FontDescriptor"].get_object() for font in fonts for kind in font["/DescendantFonts"]]
    assert all("/FontFile2" in each or "/FontFile3" in each for each in below)
    assert any("NotoSansCJK" in each["/FontName"] for each in below)
    stated("--format", "pdf", "-o", "again.pdf")
    assert (settled / "again.pdf").read_bytes() == file


def test_months_are_of_the_measure_in_its_unit(folder: Path) -> None:
    text = RULES.replace("net value per account", "quantity in piece per account").replace("EUR 100_000", "2_000 piece")
    (folder / "rules" / "acme.rebates").write_text(
        text.replace("EUR 400_000", "9_000 piece").replace("5%", "EUR 1 per piece").replace("6%", "EUR 2 per piece"),
        encoding="utf-8",
    )
    rebates("import", "sales.csv")
    assert "EUR 2_880.00 due" in rebates("settle", "2025-Q2").output  # two sales of 60 cartons of 24
    said = rebates("statement", "ACME", "--period", "2025-Q2").output
    for words in ("2,880 piece", "1 (from 2,000 piece: EUR 1 per piece)", "€1.00 / piece", "6,120 piece", "€2,880.00"):
        assert words in said
    data = json.loads(rebates("statement", "ACME", "--period", "2025-Q2", "--json").output)
    assert (data["rows"][0]["months"], data["rows"][0]["months_unit"]) == (
        {"2025-01": "1440", "2025-04": "1440"},
        "piece",
    )


def test_a_part_of_the_base_and_the_terms_as_amended_are_shown(folder: Path) -> None:
    later = "rebate volume { tiers incremental on sales { from EUR 100_000 4% } }"
    text = RULES.rstrip().removesuffix("}") + f'  amend retroactively from 2025-02-01 "Less" {{ {later} }}\n}}\n'
    (folder / "rules" / "acme.rebates").write_text(text, encoding="utf-8")
    rebates("import", "sales.csv")
    rebates("settle", "2025-Q3")
    said = stated("--explain")
    # 4% of what 225,000 are above 100,000
    for words in ("€125,000.00 × 4%", "€5,000.00", 'amend retroactively from 2025-02-01 "Less"', "from EUR 100_000 4%"):
        assert words in said


def test_what_comes_back_has_no_day_to_pay_by(settled: Path) -> None:
    back = {
        **SALE,
        "id": "CN-1",
        "kind": "return",
        "of": "INV-10",
        "date": "2025-12-20",
        "quantity": "-10",
        "net": "-10000",
    }
    rebates("post", json.dumps(back))
    rebates("settle", "2025-Q4")
    (row,) = json.loads(rebates("statement", "ACME", "--period", "2025-Q4", "--json").output)["rows"]
    assert (row["due"], row["pay_by"]) == ("3250", None)


def test_a_statement_without_tiers_has_nothing_to_draw(folder: Path) -> None:
    text = RULES[: RULES.index("    accept")] + "    rate 1%\n    settle quarterly\n  }\n}\n"
    (folder / "rules" / "acme.rebates").write_text(text, encoding="utf-8")
    rebates("import", "sales.csv")
    rebates("settle", "2025-Q1")
    assert "€500.00" in rebates("statement", "ACME", "--period", "2025-Q1").output
    done = rebates("statement", "ACME", "--period", "2025-Q1", "--plot", "p.svg")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "nothing to draw" in done.stderr
