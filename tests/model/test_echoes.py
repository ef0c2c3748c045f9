"""One slip, one message: what only repeats a slip is not told beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rebates.cli.app import app
from tests.model.checking import agreement, check, discount

TERMS = """
terms {
  lead time 2 days
  minimum order EUR 100
}
discount d { rate 5% }
example "one" {
  order on 2026-03-10 { 1 piece of "COLA" }
  expect line 1 breaks lead time
  expect order breaks minimum order
}
"""


def told(text: str) -> list[str]:
    return [one.code for one in check(text)[1].diagnostics if one.severity == "error"]


def test_a_broken_term_makes_no_term_unknown() -> None:
    assert told(agreement(TERMS)) == []
    assert told(agreement(TERMS.replace("2 days", "days"))) == ["R0103"]


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("price trade {", "price {", "R0103"),
        ("measure m =", "measure m = =", "R0104"),
    ],
)
def test_a_name_that_a_broken_declaration_would_declare_is_not_unknown(right: str, wrong: str, code: str) -> None:
    text = agreement("measure m = net value per order\\nprice trade { rate price 90% of list price }\\n".replace("\\n", "\n")
                     + "price key { rate price 95% of price trade }\ncharge c { when m > EUR 5  rate 5% }")  # fmt: skip
    assert told(text) == []
    assert told(text.replace(right, wrong)) == [code]


@pytest.mark.parametrize(("day", "code"), [("2026-14-31", "R0013"), ("2026-120-1", "R0046")])
def test_a_day_that_is_none_is_not_said_to_come_too_early(day: str, code: str) -> None:
    assert told(discount(f"rate 5%  valid {day} to 2026-06-30")) == [code]


def test_rows_are_not_measured_by_a_first_line_that_was_misread() -> None:
    table = 'rates by item.family and account.region {\n  "N" "S"\n  "A" 1% 2%\n  "B" 1% 2%\n}'
    told_of = told(discount(table.replace('"S"', '""S""'), "attribute account.region text"))
    assert "R0386" not in told_of
    assert told_of


TABLES = {
    "items.csv": "id,base_unit,brand\nCOLA,piece,Fizz\n",
    "list_prices.csv": "item,unit,price\nCOLA,piece,100\n",
    "accounts.csv": "id,parent\nACME,\n",
}
FILE = """\
table items from "items.csv" {
  id         key
  base_unit  text
  brand      text
}
agreement a "A" {
  accounts ACME
  valid 2026-01-01 to 2026-12-31
  currency EUR
  discount d { when brand is "Fizz"  rate 5% }
  example "one" {
    order on 2026-03-10 { 1 piece of "COLA" }
    expect line 1 d 5%
  }
}
"""


@pytest.mark.parametrize(
    ("right", "wrong", "code", "line"),
    [
        ("", "", None, 0),
        ("table items", "items", "R0100", 1),
        ("id         key", 'id "no"    key', "R0402", 1),
        ("base_unit  text", "base_unit  tetx", "R0101", 3),
        ('"items.csv"', '"itmes.csv"', "R0412", 1),
    ],
)
def test_a_table_that_cannot_be_read_makes_nothing_unknown(
    tmp_path: Path, right: str, wrong: str, code: str | None, line: int
) -> None:
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "a.rebates").write_text(FILE.replace(right, wrong, 1), encoding="utf-8")
    done = CliRunner().invoke(app, ["check", str(tmp_path), "--json"])
    found = [(one["code"], one["line"]) for one in json.loads(done.output) if one["severity"] == "error"]
    assert found == ([(code, line)] if code else [])


def test_a_name_in_two_words_is_told_once() -> None:
    text = agreement(
        'discount loyal club "Club" { rate 5% }\nexample "one" {\n  order on 2026-03-10 { 1 piece of "COLA" }\n'
        "  expect line 1 loyal_club 5%\n}"
    )
    assert told(text.replace("loyal club", "loyal_club")) == []
    assert told(text) == ["R0104"]


SETS = """
items own where item.brand is "NUSA"
measure m = net value of own per order
discount d { tiers retroactive on m { from EUR 0 5% } }
"""


def test_an_item_set_misspelt_where_it_is_used_is_told_beside_a_slip_in_its_declaration() -> None:
    assert told(agreement(SETS)) == []
    text = agreement(SETS.replace("of own", "of ownn").replace("own where", "own"))
    assert told(text) == ["R0103", "R0209"]


def test_tiers_that_descend_are_told_beside_a_measure_that_could_not_be_read() -> None:
    text = agreement(SETS.replace("per order", "per oder of").replace("EUR 0 5%", "EUR 10 5%  from EUR 5 6%"))
    assert told(text)[1:] == ["R0324"]


SETTLED = """
measure s = net value per account per year
rebate r { base s  rate 5%  settle yearly }
example "one" {
  sale on 2026-03-10 { 1 piece of "COLA" at USD 5 }
  settle on 2026-12-31
  expect rebate r EUR 1
}
"""


def test_what_is_posted_is_judged_beside_an_expectation_that_could_not_be_read() -> None:
    assert told(agreement(SETTLED)) == ["R0212"]
    assert told(agreement(SETTLED.replace("r EUR 1", "r"))) == ["R0212", "R0103"]


def test_of_two_declarations_of_one_name_the_first_holds() -> None:
    """What uses the name fits it: only the second declaration is told."""
    text = """
attribute order.channel text default "shop"
attribute order.channel number
fact share percent latest
fact share money latest
measure m = net value per order
measure m = quantity in piece per order
discount d { when order.channel is "web" and m > EUR 5  rate 5% }
rebate r { base net value per account per year  rate 5%  when fact share > 5%  settle yearly }
"""
    assert told(agreement(text)) == ["R0210", "R0210", "R0210"]


def test_a_fact_that_is_a_measure_is_told_beside_that_measure_which_could_not_be_read() -> None:
    text = agreement("""
measure sales = = net value per account per year
rebate r { base fact sales  rate 5%  settle yearly }
""")
    assert told(text) == ["R0104", "R0454"]
    assert told(text.replace("= =", "=")) == ["R0454"]


def test_a_text_that_is_summed_is_told_where_it_is_declared() -> None:
    text = agreement("""
fact audit text summed
rebate r { base net value per account per year  rate 5%  when fact audit is "passed" throughout the quarter  settle yearly }
""")
    assert told(text) == ["R0456"]


def test_a_rebate_on_itself_is_told_whatever_else_is_wrong_in_it() -> None:
    text = agreement("""
measure s = net value per account per year
rebate r { base rebate r  when s > 5  rate 5%  settle yearly }
""")
    assert sorted(told(text)) == ["R0214", "R0370"]


def test_a_statement_in_the_wrong_block_hides_nothing_of_that_block() -> None:
    text = agreement("""
rebate r {
  base rebate r
  accounts all
  rate 5%
  settle yearly
}
""")
    assert told(text) == ["R0370", "R0100"]


def test_a_line_that_is_no_statement_hides_no_unknown_name() -> None:
    text = agreement("""
measure s = net value per account per year
Page 4 of 11
rebate r { base s  rate 5%  settle yearly }
example "one" {
  given sales EUR 5
  expect rebate r EUR 1
}
""")
    assert told(text) == ["R0100", "R0207"]


def test_a_measure_that_could_not_be_read_is_no_text_either() -> None:
    text = agreement("""
measure s = yearly net value per account
rebate r { base s  rate 5%  settle yearly }
example "one" {
  given s "EUR 5"
  expect rebate r EUR 1
}
""")
    assert sorted(told(text)) == ["R0103", "R0214"]


def test_a_broken_base_hides_no_unknown_fund_and_no_wrong_funder() -> None:
    right = (
        "measure m = net value per account per year\n"
        "fund pot { opening EUR 100 per year unused lapses }\n"
        'rebate r { base m  rate 5%  draw from fund pot  pro rata by month  funded by "A" 60%, "B" 40%  settle yearly }'
    )
    wrong = right.replace("from fund pot", "from fund pots").replace("by month", "by week").replace("60%", "70%")
    alone = told(agreement(wrong))
    assert told(agreement(right)) == []
    assert len(alone) == 3
    assert told(agreement(wrong.replace("net value", "net valu"))) == ["R0101", *alone]


def test_what_is_wrong_with_an_example_hides_nothing_that_its_agreement_lacks() -> None:
    right = agreement('discount d { rate 5% }\nexample "e" { order on 2026-03-10 { 1 piece of "COLA" }  expect pass }')
    lacking = right.replace("valid", "# valid")
    assert told(right) == []
    assert told(lacking) == ["R0333"]
    assert told(lacking.replace('example "e"', 'example 1 "e"')) == ["R0333", "R0104"]
    assert told(lacking.replace('example "e" {', 'example "e" } {')) == ["R0333", "R0104"]


def test_a_number_before_the_title_of_an_example_hides_nothing_in_it() -> None:
    right = agreement(
        'discount d { rate 5% }\nexample "e" { order on 2026-03-10 { 1 piece of "COLA" }\n  expect line 1 e 5% }'
    )
    assert told(right) == ["R0234"]
    assert told(right.replace('example "e"', 'example 7 "e"')) == ["R0104", "R0234"]


@pytest.mark.parametrize(
    "broken", ["measure m (EUR) = net value per order", "Signed: the head of sales", "measure m = 5 5"]
)
def test_a_statement_behind_the_head_hides_not_that_the_agreement_lacks_one_of_it(broken: str) -> None:
    right = agreement("measure n = net value per order\n" + broken)
    assert "R0332" not in told(right)
    assert told(right.replace("accounts", "# accounts")) == ["R0332", *told(right)]


@pytest.mark.parametrize("wrong", ["account: ACME and others", "for whom: ACME"])
def test_a_first_line_that_cannot_be_read_may_be_what_the_agreement_lacks(wrong: str) -> None:
    right = agreement("discount d { rate 5% }")
    assert "R0332" not in told(right.replace("accounts all, each", wrong, 1))
