"""What a pricing manager types who writes her first agreement from a letter, in the habits of her country: each message says what
to type instead, and its edit makes the text right."""

from __future__ import annotations

import pytest

from rebates.syntax.diagnostics import Diagnostic, Report
from rebates.syntax.parser import parse
from rebates.syntax.source import Source

TEXT = """agreement acme "Acme" {
  accounts  all, each
  valid     2026-01-01 to 2026-12-31
  currency  IDR
  measure   sales = net value per account per year

  discount volume "Volume discount" {
    when   item.family is "SODA" and order.channel is "web"
    tiers  retroactive on quantity in carton per order {
      from  10 carton  3.5%
      above 50 carton  5%
    }
    cap    IDR 500_000 per order
  }
  discount web "On the web" {
    rate 2%
  }
  rebate bonus "Bonus" { base sales  rate 2%  settle quarterly }
}
"""

# what should be written, what is, the code of the message, and what it says to type
HABITS = [
    ("rate 2%", "rate 2,5", "R0055", "2.5%"),  # Prozent ohne Zeichen, mit Komma
    ("3.5%", "3,5", "R0055", "3.5%"),
    ("rate 2%", "rate 2 persen", "R0030", "2%"),
    ("rate 2%", "rate 2 Prozent", "R0030", "2%"),
    ("2026-12-31", "31 Desember 2026", "R0021", "2026-12-31"),
    ("2026-12-31", "31. Dezember 2026", "R0021", "2026-12-31"),
    ("2026-01-01", "1. März 2026", "R0021", "2026-03-01"),
    ("2026-12-31", "31/12/2026", "R0023", "2026-12-31"),
    ("IDR 500_000 per", "Rp 500.000 per", "R0034", "IDR 500_000"),
    ("IDR 500_000 per", "Rp1.500.000 per", "R0034", "IDR 1_500_000"),
    ("IDR 500_000 per", "Rp. 1.500.000,50 per", "R0034", "IDR 1_500_000.50"),
    ("IDR 500_000", "IDR 500 000", "R0054", "IDR 500_000"),
    ("IDR 500_000", "IDR 500\u00a0000", "R0054", "IDR 500_000"),
    ("per order\n  }", "order\n  }", "R0105", "per order"),
    ("carton per order", "carton order", "R0105", "per order"),
    ("from  10", "at least 10", "R0102", "from"),
    ("from  10", "min 10", "R0102", "from"),
    ("from  10", "ab 10", "R0102", "from"),
    ("above 50", "more than 50", "R0102", "above"),
    ("above 50", "lebih dari 50", "R0102", "above"),
    ("and order", "und order", "R0101", "and"),
    ("when ", "jika ", "R0102", "when"),
    ("discount web", "Rabatt web", "R0102", "discount"),  # no rebate, as near as the word looks
    ("discount web", "diskon web", "R0102", "discount"),
    ("cap ", "maksimal ", "R0102", "cap"),
    (" to 2026", " sampai 2026", "R0102", "to"),
    ("settle quarterly", "settle every quarter", "R0102", "quarterly"),
    ("settle quarterly", "paid quarterly", "R0102", "settle"),
]


def found(text: str) -> tuple[Diagnostic, ...]:
    report = Report()
    parse(Source("a.rebates", text), report)
    return report.diagnostics


def test_the_text_is_right() -> None:
    assert found(TEXT) == ()


@pytest.mark.parametrize(("right", "wrong", "code", "meant"), HABITS, ids=[row[1].strip() for row in HABITS])
def test_the_message_says_what_to_type(right: str, wrong: str, code: str, meant: str) -> None:
    assert TEXT.count(right) >= 1
    text = TEXT.replace(right, wrong, 1)
    (one,) = found(text)
    assert one.code == code
    assert f"`{meant}`" in one.help
    (edit,) = one.edits
    assert edit.replacement.strip() == meant
    mended = text[: edit.span.start] + edit.replacement + text[edit.span.end :]
    assert found(mended) == ()


@pytest.mark.parametrize("line", ["  Freight is not included.", "  - 5% on all orders"])
def test_a_remark_is_told_to_be_one(line: str) -> None:
    first, *_ = found(TEXT.replace("  measure", f"{line}\n  measure", 1))
    assert first.help.endswith("a remark starts with `#`")
