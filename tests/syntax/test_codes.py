"""Every code of reading: a text that gives it and nothing else, and the same text mended."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rebates.syntax import findings, mistakes
from rebates.syntax.diagnostics import Report
from rebates.syntax.parser import parse
from rebates.syntax.source import Source

FRAME = ('agreement a "A" { accounts all, each  ', " }")

CODES = [
    ("R0011", "measure m = 1_00_0", "measure m = 1_000"),
    ("R0012", "measure m = 1234567890123456789", "measure m = 123_456_789_012_345_678"),
    (
        "R0013",
        'agreement a "A" { accounts all, each  valid 2026-02-30 to 2026-12-31 }',
        'agreement a "A" { accounts all, each  valid 2026-02-28 to 2026-12-31 }',
    ),
    ("R0014", "measure m = 1 ?", "measure m = 1"),
    ("R0050", 'agreement a ""A"" { accounts all, each }', 'agreement a "A" { accounts all, each }'),
    ("R0051", 'agreement a "Agreemen"t { accounts all, each }', 'agreement a "Agreement" { accounts all, each }'),
    (
        "R0052",
        'agreement a "A" { accounts all, each  valid 2026-01-01T00:00 to 2026-12-31 }',
        'agreement a "A" { accounts all, each  valid 2026-01-01 to 2026-12-31 }',
    ),
    (
        "R0053",
        'agreement a "A" { accounts all, each  items s where brand == "x" }',
        'agreement a "A" { accounts all, each  items s where brand is "x" }',
    ),
    (
        "R0054",
        'agreement a "A" { accounts all, each  discount d { rate EUR 1 000 per order } }',
        'agreement a "A" { accounts all, each  discount d { rate EUR 1_000 per order } }',
    ),
    (
        "R0055",
        'agreement a "A" { accounts all, each  discount d { rate 5,5 } }',
        'agreement a "A" { accounts all, each  discount d { rate 5.5% } }',
    ),
    (
        "R0056",
        'agreement a "A" { accounts all, each  discount d { rate EUR 25.000 per order } }',
        'agreement a "A" { accounts all, each  discount d { rate EUR 25_000 per order } }',
    ),
    (
        "R0057",
        'agreement a "A" { accounts all, each  discount d { rate EUR 25/order } }',
        'agreement a "A" { accounts all, each  discount d { rate EUR 25 per order } }',
    ),
    ("R0058", 'items s where items.brand is "x"', 'items s where item.brand is "x"'),
    (
        "R0059",
        'agreement a "Dealers\n2026" { accounts all, each }',
        'agreement a "Dealers 2026" { accounts all, each }',
    ),
    ("R0020", "// note\nmeasure m = 1", "# note\nmeasure m = 1"),
    (
        "R0021",
        'agreement a "A" { accounts all, each  valid 1 Jan 2026 to 2026-12-31 }',
        'agreement a "A" { accounts all, each  valid 2026-01-01 to 2026-12-31 }',
    ),
    (
        "R0022",
        'agreement a "A" { accounts all, each  valid Jan 1, 2026 to 2026-12-31 }',
        'agreement a "A" { accounts all, each  valid 2026-01-01 to 2026-12-31 }',
    ),
    (
        "R0023",
        'agreement a "A" { accounts all, each  valid 1/2/2026 to 2026-12-31 }',
        'agreement a "A" { accounts all, each  valid 2026-02-01 to 2026-12-31 }',
    ),
    ("R0024", "measure m = EUR 1.000.000", "measure m = EUR 1_000_000"),
    ("R0025", "measure m = EUR 1,000,000", "measure m = EUR 1_000_000"),
    (
        "R0026",
        'agreement a "A" { accounts all, each  discount d { rate 5,5% } }',
        'agreement a "A" { accounts all, each  discount d { rate 5.5% } }',
    ),
    (
        "R0027",
        'agreement a "A" { accounts all, each  discount d { rate EUR 5,50 per order } }',
        'agreement a "A" { accounts all, each  discount d { rate EUR 5.50 per order } }',
    ),
    ("R0028", "measure m = 5 EUR", "measure m = EUR 5"),
    ("R0029", "measure m = 5O", "measure m = 50"),
    (
        "R0030",
        'agreement a "A" { accounts all, each  discount d { rate 5 percent } }',
        'agreement a "A" { accounts all, each  discount d { rate 5% } }',
    ),
    ("R0031", "measure m = EUR 25M", "measure m = EUR 25_000_000"),
    (
        "R0032",
        'agreement a "A" { accounts all, each  discount d { tiers retroactive on m { from 200-499 5%  from 500 7% } } }',
        'agreement a "A" { accounts all, each  discount d { tiers retroactive on m { from 200 5%  from 500 7% } } }',
    ),
    ("R0033", "measure m = EUR5", "measure m = EUR 5"),
    ("R0034", "measure m = $5", "measure m = USD 5"),
    ("R0035", "measure größe = 1", "measure groesse = 1"),
    ("R0036", 'items s where a is "x" && b is "y"', 'items s where a is "x" and b is "y"'),
    (
        "R0037",
        'agreement a "A" { accounts all, each  discount d { rate %5 } }',
        'agreement a "A" { accounts all, each  discount d { rate 5% } }',
    ),
    (
        "R0038",
        'agreement a "A" { accounts all, each  discount d { limit 3piece per order } }',
        'agreement a "A" { accounts all, each  discount d { limit 3 piece per order } }',
    ),
    ("R0039", "measure m = 1.2.3", "measure m = 1.23"),
    ("R0040", "items s where a is “x”", 'items s where a is "x"'),
    ("R0041", "items s where a is 'x'", 'items s where a is "x"'),
    ("R0042", 'items s where a is "x', 'items s where a is "x"'),
    ("R0043", "measure m\x00 = 1", "measure m = 1"),
    ("R0044", 'items s where a is "x\u202ey"', 'items s where a is "xy"'),
    ("R0045", "measure m = 1 # one\u202e", "measure m = 1 # one"),
    ("R0046", "year starts 2026-7-1".join(FRAME), "year starts 2026-07-01".join(FRAME)),
    ("R0048", "measure m = EUR 25e6", "measure m = EUR 25_000_000"),
    ("R0049", "measure m = \uff15", "measure m = 5"),
    ("R0047", "measure top-10_items = 1", "measure top_10_items = 1"),
    (
        "R0100",
        'agreement a "A" { accounts all, each  discount d { stage 5 5 volume } }',
        'agreement a "A" { accounts all, each  discount d { stage volume } }',
    ),
    (
        "R0101",
        'agreement a "A" { accounts all, each  discount d { raet 5% } }',
        'agreement a "A" { accounts all, each  discount d { rate 5% } }',
    ),
    (
        "R0102",
        'agreement a "A" { accounts all, each  discount d { tiers slab on m { from 5 5% } } }',
        'agreement a "A" { accounts all, each  discount d { tiers retroactive on m { from 5 5% } } }',
    ),
    ("R0103", 'agreement a "A" { accounts all each }', 'agreement a "A" { accounts all, each }'),
    (
        "R0104",
        'agreement a "A" { accounts all, each  discount d { rate 5%, } }',
        'agreement a "A" { accounts all, each  discount d { rate 5% } }',
    ),
    (
        "R0105",
        'agreement a "A" {\n  accounts all, each\n  discount d ( code "SPRING" }\n}',
        'agreement a "A" {\n  accounts all, each\n  discount d { code "SPRING" }\n}',
    ),
    ("R0106", 'agreement a "A" {\n  accounts all, each\n', 'agreement a "A" {\n  accounts all, each\n}\n'),
    (
        "R0107",
        'agreement a "A" {\n  discount d {\n    rate 5% }\n    stage s\n  }\n}\n',
        'agreement a "A" {\n  discount d {\n    rate 5%\n    stage s\n  }\n}\n',
    ),
    (
        "R0108",
        'agreement a "A" { accounts all, each  example "e" { expect pass } }',
        'agreement a "A" { accounts all, each  example "e" { order on 2026-03-10 { 1 carton of "A" } expect pass } }',
    ),
    (
        "R0109",
        'agreement a "A" { accounts all, each  discount d { tiers retroactive on m { up to 500 7% } } }',
        'agreement a "A" { accounts all, each  discount d { tiers retroactive on m { from 0 7%  from 500 0% } } }',
    ),
    ("R0110", "measure Sales = 1", "measure sales = 1"),
    ("R0111", "measure quantity = 1", "measure quantity_total = 1"),
    (
        "R0112",
        'agreement a "A" { accounts all, each  discount d { rate 5 } }',
        'agreement a "A" { accounts all, each  discount d { rate 5% } }',
    ),
    (
        "R0113",
        'agreement a "A" { accounts all, each  example "e" { order on 2026-03-10 { 1 carton of "A" at 96_000 } } }',
        'agreement a "A" { accounts all, each  example "e" { order on 2026-03-10 { 1 carton of "A" at IDR 96_000 } } }',
    ),
    (
        "R0115",
        'agreement a "A" { accounts all, each  discount d { tiers retroactive on m { 50+ 7% } } }',
        'agreement a "A" { accounts all, each  discount d { tiers retroactive on m { from 50 7% } } }',
    ),
    ("R0114", "items s where a is e-check", 'items s where a is "e-check"'),
    (
        "R0120",
        'agreement a "A" { accounts all, each  discount d { rate 5%  cap EUR 5 per order, in order } }',
        'agreement a "A" { accounts all, each  discount d { rate 5%  cap EUR 5 per order } }',
    ),
    (
        "R0121",
        'agreement a "A" { accounts all, each  measure m = pocket value per order }',
        'agreement a "A" { accounts all, each  measure m = net value per order }',
    ),
]


def codes(text: str) -> list[str]:
    report = Report()
    parse(Source("x", text), report)
    return [finding.code for finding in report.diagnostics]


@pytest.mark.parametrize(("code", "wrong", "right"), CODES, ids=[code for code, _, _ in CODES])
def test_a_code_has_a_wrong_and_a_right_text(code: str, wrong: str, right: str) -> None:
    assert codes(wrong) == [code]
    assert codes(right) == []


def test_every_code_is_shown() -> None:
    texts = [Path(str(module.__file__)).read_text(encoding="utf-8") for module in (findings, mistakes)]
    raised = {code for text in texts for code in re.findall(r"R\d{4}", text)}
    assert raised == {code for code, _, _ in CODES} | {"R0001", "R0002"}  # those two in test_recovery.py
