"""Every mistake is reported once, at its place, with a mend; the rest of the file is read all the same."""

from __future__ import annotations

import random

import pytest

from rebates.syntax import nodes as n
from rebates.syntax.diagnostics import Diagnostic, Report
from rebates.syntax.expected import SAMPLES
from rebates.syntax.lalr import load_tables
from rebates.syntax.mistakes import MISTAKES
from rebates.syntax.parser import parse
from rebates.syntax.source import Source
from rebates.syntax.tokens import split
from tests.syntax.samples import ALL

TEXT = """\
agreement dealer "Dealer 2026" {
  accounts  NUSANTARA and subsidiaries, together
  valid     2026-01-01 to 2026-12-31
  currency  IDR
  items     own_label where brand is "NusaFresh"
  measure order_value = net value per order

  discount carton_volume "Carton volume" {
    stage   volume
    when    item.family under "BEVERAGE" and order.channel is not "marketplace"
    tiers   retroactive on quantity in carton per line {
      from  50 carton  3%
      from 200 carton  5.5%
      from 500 carton  7%
    }
    cap     IDR 1_000_000 per order
  }

  discount pallet_drop "Full pallets" {
    rate    IDR 150_000 per full pallet
  }

  guard discount <= 25% otherwise reject

  example "sixty cartons" {
    order on 2026-03-10 { 60 carton of "COLA-330" }
    expect line 1 carton_volume 3%
  }
}
"""


def findings(text: str) -> tuple[n.File, tuple[Diagnostic, ...]]:
    report = Report()
    tree = parse(Source("x", text), report)
    return tree, report.diagnostics


def members(tree: n.File) -> list[n.Member]:
    return [member for part in tree.declarations if isinstance(part, n.Agreement) for member in part.members]


def mended(text: str, found: tuple[Diagnostic, ...]) -> str:
    """The text after every edit."""
    for edit in sorted((edit for finding in found for edit in finding.edits), key=lambda edit: -edit.span.start):
        text = text[: edit.span.start] + edit.replacement + text[edit.span.end :]
    return text


# what is right, what is written, the code, and the first edit
SLIPS = [
    ("1_000_000", "1,000,000", "R0025", "1_000_000"),
    ("1_000_000", "1.000.000", "R0024", "1_000_000"),
    ("1_000_000", "1_000_00", "R0011", "100_000"),
    ("1_000_000", "1M", "R0031", "1_000_000"),
    ("1_000_000", "1e6", "R0048", "1_000_000"),
    ("5.5%", "55e-1%", "R0048", "5.5%"),
    (" 50 carton", " \uff15\uff10 carton", "R0049", "50"),
    ("1_000_000", "1 million", "R0031", "1_000_000"),
    ("IDR 1_000_000", "1_000_000 IDR", "R0028", "IDR 1_000_000"),
    ("IDR 150_000", "150_000 IDR  # once", "R0028", "IDR 150_000"),
    ("IDR 1_000_000", "IDR1_000_000", "R0033", "IDR 1_000_000"),
    ("IDR 1_000_000", "Rp 1_000_000", "R0034", "IDR 1_000_000"),
    ("IDR 1_000_000", "IDR 10,50", "R0027", "IDR 10.50"),
    (" 50 carton", " 5O carton", "R0029", "50"),
    (" 50 carton", " 50carton", "R0038", "50 carton"),
    ("200 carton  5", "200-499 carton  5", "R0032", "200"),
    ("5.5%", "5,5%", "R0026", "5.5%"),
    ("5.5%", "5,5", "R0055", "5.5%"),
    ("IDR 150_000", "IDR 150 000", "R0054", "IDR 150_000"),
    ("5.5%", "5.5 percent", "R0030", "5.5%"),
    ("5.5%", "%5.5", "R0037", "5.5%"),
    ("5.5%", "5.5", "R0112", "5.5%"),
    ("IDR 150_000", "150_000", "R0113", "IDR 150_000"),
    ("IDR 150_000", "idr 150_000", "R0101", "IDR"),
    ("2026-12-31", "31 December 2026", "R0021", "2026-12-31"),
    ("2026-12-31", "Dec 31, 2026", "R0022", "2026-12-31"),
    ("2026-12-31", "31.12.2026", "R0023", "2026-12-31"),
    ("2026-12-31", "2026-02-30", "R0013", "2026-02-28"),
    ("2026-12-31", "2026-12-3", "R0046", "2026-12-03"),
    ("pallet_drop", "pallet-2nd", "R0047", "pallet_2nd"),
    ('"BEVERAGE"', "“BEVERAGE”", "R0040", '"BEVERAGE"'),
    ('"BEVERAGE"', "'BEVERAGE'", "R0041", '"BEVERAGE"'),
    ('"Full pallets" {', '"Full pallets {', "R0042", '"Full pallets" {'),
    ('"BEVERAGE"', '"BEVERAGE', "R0042", '"BEVERAGE"'),
    ("order on", 'order for "SOLO on', "R0042", '"SOLO"'),
    ('"sixty cartons" {', '"sixty cartons {  # of one', "R0042", '"sixty cartons" {  # of one'),
    ('"Full pallets" {', '"Full pallets" {{', "R0104", ""),
    ("2026-12-31", "22026-12-31", "R0046", "2026-12-31"),
    ('"BEVERAGE"', '""BEVERAGE""', "R0050", '"BEVERAGE"'),
    ('"BEVERAGE"', '"BEVERAG"E', "R0051", '"BEVERAGE"'),
    ("2026-12-31", "2026-12-31T00:00", "R0052", "2026-12-31"),
    ("IDR 150_000", "IRD 150_000", "R0105", "IDR"),
    ('is "NusaFresh"', '== "NusaFresh"', "R0053", 'is "NusaFresh"'),
    ("and order", "&& order", "R0036", "and"),
    ('is not "m', '!= "m', "R0036", "is not"),
    ("<= 25%", "=< 25%", "R0036", "<="),
    ("rate    IDR 150_000 per full pallet", "rate5%", "R0103", "rate 5%"),
    ("from 200 carton", "from200 carton", "R0103", "from 200"),
    ("retroactive", "retroactiv", "R0101", "retroactive"),
    ("tiers", "teirs", "R0101", "tiers"),
    ("quantity in", "quantty in", "R0101", "quantity"),
    ("net value", "net valu", "R0101", "net value"),
    ("discount pallet", "Discount pallet", "R0101", "discount"),
    ("retroactive", "slab", "R0102", "retroactive"),
    ("when    item", "if      item", "R0102", "when"),
    ("IDR 150_000 per full pallet", "-5%", "R0102", "surcharge"),
    (", together", " together", "R0103", ", "),
    ("retroactive on", "on", "R0103", None),
    ('is "NusaFresh"', "is Nusa-Fresh", "R0114", '"Nusa-Fresh"'),
    ("pallet_drop", "pallet-drop", "R0110", "pallet_drop"),
    ("pallet_drop", "Pallet_Drop", "R0110", "pallet_drop"),
    ("measure order_value", "measure quantity", "R0111", "quantity_total"),
    ("from 500 carton", "up to 500 carton", "R0109", None),
    ("from 200 carton", "from 200 to 499 carton", "R0109", None),
    ("from 200 carton", "from 200 carton - 499 carton", "R0109", None),
    ("IDR 1_000_000 per order", "IDR 1_000_000/order", "R0057", "per order"),
    ('"BEVERAGE"', "« BEVERAGE »", "R0050", '"BEVERAGE"'),
    ("item.family", "items.family", "R0058", "item.family"),
    ("currency  IDR", "cu rrency  IDR", "R0101", "currency"),
    ("net value", "Net Value", "R0101", "net value"),
    ("Carton volume", "Carton\n    volume", "R0059", '"Carton volume"'),
    ("2026-12-31", "31-12-2026", "R0023", "2026-12-31"),
    (", together", "， together", "R0036", ","),
    ("5.5%", "5.5％", "R0030", "5.5%"),
    ('"Dealer 2026" {', "{", "R0103", None),
    ('example "sixty cartons" {', "example {", "R0103", None),
    ("IDR 150_000 per", "150_000 $ per", "R0028", "USD 150_000"),
    ("currency  IDR", "currency  €", "R0034", "EUR"),
    ("currency  IDR", "currency  Rupiah", "R0102", "IDR"),
    ("2026-01-01 to 2026-12-31", "2026", "R0100", "valid 2026-01-01 to 2026-12-31"),
    ("2026-01-01 to 2026-12-31", "Q1 2026", "R0100", "valid 2026-01-01 to 2026-03-31"),
    ("2026-01-01 to 2026-12-31", "from 2026-01-01 until 2026-12-31", "R0100", "valid 2026-01-01 to 2026-12-31"),
    ("2026-01-01 to 2026-12-31", "from 2026-01-01", "R0100", None),
    ('pallet_drop "Full pallets" {', 'pallet_drop { "Full pallets"', "R0100", '"Full pallets" {'),
    ("net value per order", "net-value per order", "R0101", "net value"),
    ("quantity in carton per line", '"order_value"', "R0105", "order_value"),
    ("discount pallet_drop", "pallet_drop discount", "R0100", "discount pallet_drop"),
    ('pallet_drop "Full', 'pallet_drop - "Full', "R0104", ""),
    ("per order\n", 'of all items where item.family is "X" per order\n', "R0104", ""),
    ("2026-12-31", "2026-12-31 inclusive", "R0104", ""),
    ("from 200 carton  5.5%", "5.5% from 200 carton", "R0100", "from 200 carton 5.5%"),
    ("cap     IDR", "cap of  IDR", "R0104", ""),
    ("cap     IDR", "no more than IDR", "R0102", "cap"),
    ("from 200 carton  5.5%", "from 200 carton  5.5% off", "R0104", ""),
    ("from 200 carton  5.5%", "from 200 carton -> 5.5%", "R0036", ""),
    ("when    item", "only if item", "R0102", "when"),
    ("net value per order", "net sales per order", "R0102", "net value"),
    ("net value per order", "turnover per order", "R0102", "net value"),
    ("order_value = net", "order_value - net", "R0105", "="),
    ("net value per order", "net value pro order", "R0102", "per order"),
    ("2026-01-01 to 2026-12-31", "2026-01-01 sampai 2026-12-31", "R0102", "to"),
    ("<= 25%", "at most 25%", "R0102", "<="),
    ("from 200 carton", "200 to 499 carton", "R0109", None),
    ("from 200 carton", "200+ carton", "R0115", "from 200 carton"),
    ("from 200 carton", "200 carton and above", "R0115", "from 200 carton"),
    ("from 200 carton", "from 200 carton or more", "R0115", "from 200 carton"),
    ("from 200 carton", ">= 200 carton", "R0102", "from"),
    ("from 200 carton", "200 carton", "R0103", "from"),
    ("rate    IDR 150_000 per full pallet", "5%", "R0103", "rate"),
    ('order on 2026-03-10 { 60 carton of "COLA-330" }', "", "R0108", None),
]


@pytest.mark.parametrize(
    ("right", "wrong", "code", "edit"), SLIPS, ids=[wrong or "no order" for _, wrong, _, _ in SLIPS]
)
def test_a_slip_is_one_finding_on_its_line(right: str, wrong: str, code: str, edit: str | None) -> None:
    assert TEXT.count(right) >= 1
    place = TEXT.index(right)
    _, found = findings(TEXT.replace(right, wrong, 1))
    assert [finding.code for finding in found] == [code]
    (finding,) = found
    assert finding.span.line in (TEXT.count("\n", 0, place) + 1, TEXT.count("\n", 0, place) + 1 + (not wrong))
    assert [e.replacement.strip() for e in finding.edits[:1]] == ([] if edit is None else [edit.strip()])


@pytest.mark.parametrize(
    ("right", "wrong", "code", "edit"), [slip for slip in SLIPS if slip[3] is not None], ids=lambda value: str(value)
)
def test_the_edit_of_a_slip_mends_the_text(right: str, wrong: str, code: str, edit: str) -> None:
    text = TEXT.replace(right, wrong, 1)
    _, found = findings(text)
    assert findings(mended(text, found))[1] == ()


def test_a_semicolon_is_a_comma_in_a_list_and_nothing_at_the_end_of_a_statement() -> None:
    for right, wrong, meant in (
        (", together", "; together", ","),
        ("rate    IDR 150_000 per full pallet", "rate IDR 5;", ""),
    ):
        text = TEXT.replace(right, wrong)
        (finding,) = findings(text)[1]
        assert (finding.code, [edit.replacement for edit in finding.edits]) == ("R0036", [meant])
        assert findings(mended(text, (finding,)))[1] == ()


def test_a_block_may_be_closed_in_words() -> None:
    text = TEXT.replace('pallet_drop "Full pallets" {', 'pallet_drop "Full pallets" begin').replace(
        "pallet\n  }", "pallet\n  end"
    )
    begin, end = findings(text)[1]
    assert [(one.code, one.edits[0].replacement) for one in (begin, end)] == [("R0102", "{"), ("R0102", "}")]


def test_a_colon_in_what_is_worked_out_divides() -> None:
    text = TEXT.replace("net value per order", "net value per order : list value per order")
    (finding,) = findings(text)[1]
    assert (finding.code, [edit.replacement for edit in finding.edits]) == ("R0036", ["/"])
    assert findings(mended(text, (finding,)))[1] == ()


def test_a_line_without_its_end_does_not_take_the_next_one_along_that_belongs_elsewhere() -> None:
    text = TEXT.replace("    order on", "    given order_value\n    rate 2%\n    order on")
    given, rate = findings(text)[1]
    assert (given.code, given.span.text) == ("R0100", "order_value")
    assert (rate.code, rate.span.text) == ("R0100", "rate")
    assert "belongs in a rule" in rate.message


def test_every_slip_has_a_code_and_a_test_of_its_own() -> None:
    codes = {mistake.code for mistake in MISTAKES}
    assert len(codes) == len({(mistake.code, mistake.what) for mistake in MISTAKES})
    tested = {code for _, _, code, _ in SLIPS} | {"R0020", "R0035", "R0039", "R0043", "R0044", "R0045"}
    assert codes <= tested


def test_two_statements_that_a_word_joins_are_told_to_be_two() -> None:
    text = TEXT.replace("    order on", '    given order.channel "web" and order.kind "rush"\n    order on')
    (finding,) = findings(text)[1]
    assert (finding.code, finding.span.text) == ("R0105", "and")
    assert findings(mended(text, (finding,)))[1] == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("// a comment\nmeasure m = 1", "R0020"),
        ("measure größe = 1", "R0035"),
        ("measure m = 1.2.3", "R0039"),
        ("measure m\x00 = 1", "R0043"),
        ('items s where a is "x\u202ey"', "R0044"),
        ("measure m = 1 # one\x00", "R0045"),
        ("measure m = 1234567890123456789", "R0012"),
        ("measure m = 1 ?", "R0014"),
    ],
)
def test_rarer_slips(text: str, code: str) -> None:
    assert [finding.code for finding in findings(text)[1]] == [code]


# --- constructs to come -----------------------------------------------------------------------------------------------

LATER = [
    "cap EUR 500 per order across discount d, discount e, whole transaction",
    "cap EUR 500 per order across discount d, discount e, in order, whole transaction",
]


@pytest.mark.parametrize("text", LATER)
def test_a_construct_to_come_is_named_once_and_skipped(text: str) -> None:
    tree, found = findings(f'agreement a "A" {{\n  {text}\n  measure last_one = 1\n}}\nmeasure outside = 2\n')
    assert [finding.code for finding in found] == ["R0120"]
    assert [type(member) for member in members(tree)] == [n.Broken, n.Measure]
    assert isinstance(tree.declarations[-1], n.Measure)


def test_what_could_not_be_read_declares_its_name() -> None:
    tree, found = findings('agreement a "A" {\n  measure bonus = )\n  items audits where )\n}')
    assert len(found) == 2
    assert [member.name for member in members(tree) if isinstance(member, n.Broken)] == ["bonus", "audits"]


def test_words_of_the_language_stay_free_as_names() -> None:
    assert (
        findings(
            'agreement a "A" {\n  discount opening "Opening" { stage terms  rate 1% }\n  rebate due { base returns  rate 1%  settle yearly }\n}'
        )[1]
        == ()
    )


# --- several, and blocks ----------------------------------------------------------------------------------------------


def test_all_findings_of_a_file_come_at_once() -> None:
    text = (
        TEXT.replace("5.5%", "5.5").replace("retroactive", "retroactiv").replace("otherwise reject", "otherwise rejct")
    )
    tree, found = findings(text)
    assert [(finding.code, finding.span.line) for finding in found] == [("R0101", 11), ("R0112", 13), ("R0101", 23)]
    assert [type(member) for member in members(tree)].count(n.Broken) == 0


def test_a_rule_is_read_on_without_the_clause_that_is_broken() -> None:
    tree, found = findings(TEXT.replace("stage   volume", "stage   5 5 volume"))
    assert len(found) == 1
    (rule,) = (m for m in members(tree) if isinstance(m, n.Rule) and m.name == "carton_volume")
    assert [type(clause).__name__ for clause in rule.clauses] == ["WhenClause", "TiersClause", "CapClause"]
    assert tree.incomplete == (rule.span,)


def test_a_block_whose_first_line_is_broken_hides_nothing_inside_it() -> None:
    broken = TEXT.replace('discount carton_volume "Carton volume"', 'discount carton_volume ("Carton")')
    tree, found = findings(broken.replace("from 200 carton", "frmo 200 carton"))
    assert [one.code for one in found] == ["R0100", "R0101"]
    assert "carton_volume" in [m.name for m in members(tree) if isinstance(m, n.Rule)]
    _, found = findings(
        TEXT.replace("tiers   retroactive on", "tiers by").replace("from 200 carton", "frmo 200 carton")
    )
    assert [one.code for one in found] == ["R0100", "R0101"]
    _, found = findings(TEXT.replace("discount carton_volume", "rebating carton_volume").replace("200 carton", "200 5"))
    assert len(found) == 2


def test_after_a_broken_line_reading_begins_at_a_misspelt_word_too() -> None:
    _, found = findings(TEXT.replace("stage   volume", "stage   5 5 volume\n    prioritty 2"))
    assert [one.code for one in found] == ["R0100", "R0101"]


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [
        ("per full pallet\n  }", "per full pallet", 19),  # the opener
        ('"Full pallets" {', '"Full pallets"', 19),
        ("per full pallet\n", "per full pallet }\n", 20),
        ("3%\n  }\n}", "3%\n  }\n", 1),
    ],
)
def test_a_lost_brace_is_one_finding(right: str, wrong: str, line: int) -> None:
    _, found = findings(TEXT.replace(right, wrong))
    assert [finding.span.line for finding in found] == [line]


@pytest.mark.parametrize("sign", ["", "("])
@pytest.mark.parametrize("place", [at for at, c in enumerate(TEXT) if c == "{" and TEXT[at + 1] == "\n"])
def test_an_opening_brace_that_is_lost_or_round_is_named_on_its_line_and_mended(place: int, sign: str) -> None:
    text = TEXT[:place] + sign + TEXT[place + 1 :]
    _, found = findings(text)
    assert [finding.span.line for finding in found] == [TEXT.count("\n", 0, place) + 1]
    assert findings(mended(text, found))[1] == ()


@pytest.mark.parametrize("after", ["x", "from", "rate"])
def test_a_hyphen_after_any_word_is_a_message(after: str) -> None:
    # what a hyphen joins is put in as one name only where a name fits
    lexemes = split(TEXT)
    for place, lexeme in enumerate(lexemes):
        if lexeme.isidentifier():
            text = "".join([*lexemes[: place + 1], "-", after, *lexemes[place + 1 :]])
            tree, found = findings(text)
            assert isinstance(tree, n.File)
            assert found, text


def test_a_hyphen_that_ends_the_text_is_a_message() -> None:
    text = 'agreement a "A" {\n  charge shortfall "S" {\n    amount  USD 1_000_000 \n contributing\n    settle  monthly\n  }\n}-'
    tree, found = findings(text)
    assert isinstance(tree, n.File)
    assert [finding.code for finding in found] == ["R0100", "R0104"]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("accounts where class is gold, each", "account.class"),
        ('accounts where class is "gold", each', "account.class"),
        ('items s where table is "x"', "item.table"),
        ('discount d { when price is "x"  rate 5% }', "order.price"),
        ('discount d { when not table in ("x", "y")  rate 5% }', "order.table"),
    ],
)
def test_a_word_of_the_language_is_no_attribute_without_its_owner(text: str, path: str) -> None:
    text = f'agreement a "A" {{\n  {text}\n}}\n'
    (finding,) = findings(text)[1]
    assert (finding.code, finding.span.line) == ("R0111", 2)
    assert path in finding.help
    assert findings(mended(text, (finding,)))[1] == ()


@pytest.mark.parametrize("word", ["remove18", "rate5", "from200", "zzz5"])
def test_a_number_glued_to_any_word_anywhere_is_a_message(word: str) -> None:
    lexemes = split(TEXT)
    for place in range(1, len(lexemes), 11):
        for end in ("", "%"):
            tree, found = findings("".join([*lexemes[:place], f" {word}{end} ", *lexemes[place:]]))
            assert isinstance(tree, n.File)
            assert found or lexemes[place - 1].startswith(("#", '"'))


def test_a_rule_outside_of_any_agreement_is_told_so() -> None:
    (found,) = findings("discount d { rate 5% }\nmeasure m = 1")[1]
    assert found.code == "R0100"
    assert found.message == "`discount` stands outside of any agreement"


@pytest.mark.parametrize("blank", [" ", "\n    "])
def test_tiers_without_what_they_measure_are_told_however_the_lines_are_broken(blank: str) -> None:
    text = f'agreement a "A" {{{blank}discount d {{{blank}tiers incremental {{{blank}from 10 carton 5%{blank}}} }} }}'
    tree, found = findings(text)
    assert [one.code for one in found] == ["R0100"]
    (rule,) = members(tree)
    assert not (isinstance(rule, n.Rule) and rule.clauses)  # nothing is built of what was made up


@pytest.mark.parametrize("end", ["", "}", "\n}"])
def test_a_phrase_in_one_word_at_the_end_of_the_text_is_a_message(end: str) -> None:
    tree, found = findings(f'agreement a "A" {{\nmeasure m = 5%%\nmeasure g = net value after stage s perdelivery{end}')
    assert isinstance(tree, n.File)
    assert found


def test_a_bullet_after_a_broken_row_is_named_too() -> None:
    text = TEXT.replace("from  50 carton  3%", "from carton  3%").replace("from 200", "* from 200")
    _, found = findings(text)
    assert [finding.span.line for finding in found] == [12, 13]


def test_odd_indentation_is_no_error() -> None:
    assert findings(TEXT.replace("\n  ", "\n        ").replace("\n        }", "\n}"))[1] == ()


@pytest.mark.parametrize("word", SAMPLES)
def test_the_samples_of_messages_parse(word: str) -> None:
    sample = SAMPLES[word]
    frames = [
        "{}",
        'agreement a "A" {{ {} }}',
        'agreement a "A" {{ discount d {{ {} }} }}',
        'agreement a "A" {{ discount d {{ tiers retroactive on m {{ {} }} }} }}',
        'agreement a "A" {{ example "e" {{ order on 2026-01-01 {{ }} {} }} }}',
        'agreement a "A" {{ example "e" {{ {} }} }}',
        'agreement a "A" {{ example "e" {{ {} expect rebate r EUR 5 }} }}',
        'agreement a "A" {{ fund f {{ {} }} }}',
        "waterfall {{ {} }}",
    ]
    assert sample.startswith(word)
    assert any(not findings(frame.format(sample))[1] for frame in frames)


# --- limits and hostile texts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "{" * 10_000,
        "measure m = " + "(" * 100 + "1" + ")" * 100,
        "measure m = 1" + " + 1" * 1_000,
        "items s where " + "not " * 5_000 + "a is b",
        "measure m = " + "1% of " * 5_000 + "a",
        "measure m = " + "b + (" * 30 + "a" + (")" + " + a" * 20) * 30,
    ],
)
def test_what_nests_too_deeply_is_refused(text: str) -> None:
    tree, found = findings(text)
    assert [finding.code for finding in found] == ["R0002"]
    assert isinstance(tree.declarations[0], n.Broken)


def test_a_file_of_more_than_five_megabytes_is_refused() -> None:
    tree, (found,) = findings("#" * 5_000_001)
    assert (found.code, found.span.line, found.span.column) == ("R0001", 1, 1)
    assert len(found.span.source.text) == len(tree.span.source.text) == 1_000  # of the rest no line is counted


def test_fifty_findings_are_enough() -> None:
    tree, found = findings("measure m = 1\n" + "measure 5 = 5 5\n" * 100)
    assert len(found) == 50
    assert isinstance(tree.declarations[0], n.Measure)


def test_a_byte_order_mark_and_line_ends_of_other_systems_are_blanks() -> None:
    assert findings("\ufeff" + TEXT.replace("\n", "\r\n"))[1] == ()


def test_can_shift_agrees_with_shifting() -> None:
    tables = load_tables()
    states = [tables.start]
    for terminal in ("MEASURE", "NAME", "EQUAL", "NAME"):
        assert tables.can_shift(states, tables.numbers[terminal])
        states = tables.after(states, tables.numbers[terminal])
    assert not tables.can_shift(states, tables.numbers["RPAR"])
    assert tables.can_shift(states, tables.end)


@pytest.mark.parametrize("seed", range(40))
def test_random_edits_never_crash_and_never_flood(seed: int) -> None:
    chance = random.Random(seed)
    lexemes = split(TEXT)
    words = [word for text in ALL.values() for word in split(text) if not word.isspace()]
    edits = chance.randint(1, 3)
    for _ in range(edits):
        place = chance.randrange(len(lexemes))
        match chance.randrange(3):
            case 0:
                del lexemes[place]
            case 1:
                lexemes.insert(place, f" {chance.choice(words)} ")
            case 2:
                lexemes[place] = chance.choice(words)
    tree, found = findings("".join(lexemes))
    assert isinstance(tree, n.File)
    assert len(found) <= edits + 2


def test_a_sign_that_was_taken_out_at_the_beginning_of_a_line_opens_none() -> None:
    assert findings(';agreement a A" {\n    settle  yearly, s payment\n')[1]


@pytest.mark.parametrize(
    "text", ['"' + "a" * 300_000, '"' + "a " * 150_000, '"a, ' * 75_000, '"a on 2026-' * 30_000], ids=len
)
def test_a_long_line_of_open_texts_is_read_in_time_that_grows_with_it(text: str) -> None:
    """Were the end of the line looked for again at each letter, this would take hours."""
    assert findings(text)[1]
