"""Examples: their order is read as strictly as any, and only what they write is compared, exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from rebates import RuleErrors, load
from rebates.tools.examples import Result, run_examples
from rebates.tools.update import FileChanged, updates, write

ROOT = Path(__file__).resolve().parents[2]

AGREEMENT = """\
agreement shop "A small shop" {
  accounts  ACME
  valid     2026-01-01 to 2026-12-31
  currency  EUR
  waterfall {
    stage volume sequence
    stage last   sequence
  }
  attribute order.weight quantity in kg
  attribute order.urgent text default "no"
  attribute order.count  number
  attribute line.zone    text default "south"
  measure size = quantity in piece per line
  measure worth = net value per order

  discount volume "Volume" {
    stage  volume
    accept cliff "a sample"
    tiers  retroactive on size {
      from  10 piece 3%
      from 200 piece 5%
    }
  }
  discount heavy "Heavy" {
    stage volume
    when  order.weight >= 2 kg
    rate  10%
  }
  discount big "Big orders" {
    stage volume
    when  worth >= EUR 500
    rate  1%
  }
  discount north "Northern zone" {
    stage volume
    when  line.zone is "north"
    rate  2%
  }
  discount capped "At most one euro" {
    stage last
    code  "HALF"
    rate  50%
    cap   EUR 1 per order
  }
  price special "For three and more" {
    when order.count >= 3
    rate price EUR 4 per piece
  }
  charge freight "Freight" {
    when order.urgent is "yes"
    rate EUR 7
  }
  guard discount <= 40% otherwise approval by "sales director"
  guard discount <= 60% otherwise reject

"""

TWELVE = 'order on 2026-03-10 { 12 piece of "MUG" }'  # list price EUR 5.00: EUR 60.00, less 3% is EUR 58.20


class Shop:
    """Two items in memory."""

    def rows(self, table: str) -> Iterable[Mapping[str, object]] | None:
        tables: dict[str, list[Mapping[str, object]]] = {
            "items": [{"id": "MUG", "base_unit": "piece"}, {"id": "CUP", "base_unit": "piece"}],
            "list_prices": [{"item": "MUG", "price": "5.00"}, {"item": "CUP", "price": "1.01"}],
        }
        return tables.get(table)


def run(*statements: str) -> Result:
    """The result of one example."""
    text = AGREEMENT + '  example "e" {\n' + "".join(f"    {one}\n" for one in statements) + "  }\n}\n"
    (result,) = run_examples(load({"shop.rebates": text}, tables=Shop()))
    return result


def got(*statements: str) -> tuple[bool, str]:
    """Whether the only expectation holds, and what came out."""
    result = run(*statements)
    assert not result.error, result.error
    (check,) = result.checks
    return check.ok, check.got


@pytest.mark.parametrize(
    "folder",
    sorted(
        path.parent for path in (ROOT / "rules").glob("*/*.rebates") if path.parent.name not in ("contracts", "trades")
    ),
    ids=lambda p: p.name,
)
def test_every_example_of_the_sample_rules_holds(folder: Path) -> None:
    results = list(run_examples(load(folder)))
    assert results
    assert [result.title for result in results if not result.ok] == []


def test_only_examples_whose_title_holds_the_text_are_run() -> None:
    book = load(ROOT / "rules" / "nusantara")
    assert [result.title for result in run_examples(book, "SIXTY")] == ["sixty cartons of cola earn three percent"]


@pytest.mark.parametrize(
    "expect",
    [
        "line 1 list price EUR 5",
        "line 1 gross price EUR 5.00",
        "line 1 net price EUR 4.85",
        "line 1 list value EUR 60",
        "line 1 net value EUR 58.20",
        "order net value EUR 58.20",
        "order discount EUR 1.80",
        "order discount 3%",
        "line 1 volume 3%",
        "line 1 volume EUR 1.80",
        "line 1 discount volume EUR 1.80",
        "volume EUR 1.80",
        "line 1 heavy nothing",
        "line 1 heavy 0%",
        "charge freight nothing",
        "pass",
    ],
)
def test_what_came_out_holds(expect: str) -> None:
    assert got(TWELVE, f"expect {expect}")[0]


@pytest.mark.parametrize(
    ("expect", "shown"),
    [
        ("line 1 net price EUR 4.84", "EUR 4.85"),
        ("line 1 volume 5%", "3%"),
        ("line 1 volume nothing", "EUR 1.80"),
        ("line 1 heavy 10%", "nothing"),
        ("line 1 net value 3%", "an amount, no percent"),
        ("order invoice margin EUR 3", "a percent, no amount"),
        ("order invoice margin 3%", "unknown"),  # nobody gave a cost
        ('approval by "sales director"', "pass"),
        ("reject", "pass"),
    ],
)
def test_what_did_not_come_out_fails(expect: str, shown: str) -> None:
    assert got(TWELVE, f"expect {expect}") == (False, shown)


def test_a_percent_is_that_of_the_row_even_where_the_amount_was_rounded_or_capped() -> None:
    cups = (
        'order on 2026-03-10 with code "HALF" { 11 piece of "CUP" }'  # 11.11, less 3% is 0.3333: 0.33; then at most 1
    )
    assert got(cups, "expect line 1 volume 3%") == (True, "3%")
    assert got(cups, "expect line 1 volume EUR 0.33") == (True, "EUR 0.33")
    assert got(cups, "expect line 1 capped 50%") == (True, "50%")
    assert got(cups, "expect line 1 capped EUR 1") == (True, "EUR 1")
    assert got(cups, "expect line 1 capped 10%") == (False, "50%")


def test_a_rule_without_a_line_is_the_sum_over_the_lines() -> None:
    two = 'order on 2026-03-10 { 12 piece of "MUG"\n 200 piece of "MUG" }'  # 3% of 60.00 and 5% of 1,000.00
    assert got(two, "expect volume EUR 51.80") == (True, "EUR 51.80")
    assert not got(two, "expect volume 3%")[0]  # the second line has 5%
    assert got("given order.count 3", two, "expect special EUR 4")[1] == "a price is of one line: name the line"
    assert got("given order.count 3", two, "expect line 2 price special EUR 4") == (True, "EUR 4")


def test_a_charge_and_the_invoice_value() -> None:
    urgent = ('given order.urgent "yes"', TWELVE)
    assert got(*urgent, "expect charge freight EUR 7") == (True, "EUR 7")
    assert got(*urgent, "expect order invoice value EUR 65.20") == (True, "EUR 65.20")
    assert got(*urgent, "expect order net value EUR 58.20") == (True, "EUR 58.20")


def test_a_unit_price_is_compared_with_all_its_decimals() -> None:
    seven = 'order on 2026-03-10 with code "HALF" { 7 piece of "MUG" }'  # (35.00 - 1.00) / 7 does not end
    assert got(seven, "expect line 1 net price EUR 4.8571") == (False, "about EUR 4.8571")


def test_verdicts_of_guards() -> None:
    half = 'order on 2026-03-10 { 1 piece of "MUG" at EUR 2.50 }'  # half of the list price
    assert got(half, 'expect approval by "sales director"') == (True, "approval by sales director")
    assert got(half, 'expect approval by "nobody"') == (False, "approval by sales director")
    assert got(half, "expect pass") == (False, "approval by sales director")
    third = 'order on 2026-03-10 { 1 piece of "MUG" at EUR 1.50 }'
    assert got(third, "expect reject") == (True, "reject")


# --- what is given


def test_given_quantities_are_turned_into_the_declared_unit() -> None:
    assert got("given order.weight 500 g", TWELVE, "expect line 1 heavy nothing")[0]
    assert got("given order.weight 2500 g", TWELVE, "expect line 1 heavy 10%")[0]
    assert got("given size 20 dozen", TWELVE, "expect line 1 volume 5%")[0]
    assert got("given worth EUR 500", TWELVE, "expect line 1 big 1%")[0]


def test_what_is_given_of_lines_holds_for_all_but_those_that_say_otherwise() -> None:
    given = 'given line.zone "north"'
    two = 'order on 2026-03-10 { 5 piece of "MUG"\n 5 piece of "MUG" with line.zone "west" }'
    assert got(given, two, "expect line 1 north 2%")[0]
    assert got(given, two, "expect line 2 north nothing")[0]
    assert got(two, "expect line 1 north nothing")[0]


def test_the_right_number_in_the_money_of_another_agreement_does_not_hold() -> None:
    later = """agreement later "Abroad" {
  accounts  ACME
  valid     2027-01-01 to 2027-12-31
  currency  USD
}
"""
    example = (
        'example "e" {\n order on 2027-03-10 { 1 piece of "MUG" at EUR 5 }\n expect line 1 net value EUR 5\n}\n}\n'
    )
    (result,) = run_examples(load({"shop.rebates": AGREEMENT + example + later}, tables=Shop()))
    assert [check.got for check in result.checks] == ["USD 5"]
    assert not result.ok


@pytest.mark.parametrize(
    "statement",
    [
        'given order.count "many"',
        "given order.weight 3",
        "given order.weight 3 piece",
        'given size "x"',
        "given size EUR 200",
        "given size 3 kg",
        "given worth 500",
        "given worth USD 500",
        'given item.family "MUGS"',
        "expect line 1 net value USD 58.20",  # the right number of the wrong money
        "expect line 1 volume USD 1.80",
        "expect line 1 price volume 3%",
        "expect order net price EUR 4.85",
    ],
)
def test_what_does_not_fit_is_told_where_the_rules_are_read(statement: str) -> None:
    """Nothing of an example is silently taken for something else."""
    given, expect = (statement, "expect pass") if statement.startswith("given") else ("", statement)
    with pytest.raises(RuleErrors) as told:
        run(given, TWELVE, expect)
    (error,) = [finding for finding in told.value.diagnostics if finding.severity == "error"]
    assert error.span.text in statement


def test_a_manual_price_in_other_money_is_told_where_the_rules_are_read() -> None:
    with pytest.raises(RuleErrors, match="USD"):
        run('order on 2026-03-10 { 12 piece of "MUG" at USD 5 }', "expect pass")


def test_a_number_given_to_a_text_is_its_text() -> None:
    assert got("given order.urgent 3", TWELVE, "expect charge freight nothing")[0]


def test_an_order_that_cannot_be_priced_fails_the_example() -> None:
    late = run('order on 2027-03-10 { 12 piece of "MUG" }', "expect pass")
    assert not late.ok
    assert late.quote is None
    assert "no agreement is in force" in late.error


# --- --update


def shop(folder: Path, *expects: str, end: str = "\n") -> Path:
    """A rule file with an example that is to be rewritten; `end` ends its lines."""
    lines = "".join(f"    expect {one}   # kept\n" for one in expects)
    text = AGREEMENT + f'  example "é" {{\n    {TWELVE}\n{lines}  }}\n}}\n'
    file = folder / "shop.rebates"
    file.write_bytes(text.replace("\n", end).encode())
    return file


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_update_changes_the_value_and_no_other_byte(tmp_path: Path, end: str, mark: bytes) -> None:
    file = shop(tmp_path, "line 1 net value EUR 1.00", "line 1 volume 7%", "pass", end=end)
    file.write_bytes(mark + file.read_bytes())
    before = file.read_bytes()
    results = list(run_examples(load(tmp_path, tables=Shop())))
    assert write(tmp_path, updates(results)) == [file]
    assert file.read_bytes() == before.replace(b"EUR 1.00 ", b"EUR 58.20 ").replace(b"7%", b"3%")
    assert all(result.ok for result in run_examples(load(tmp_path, tables=Shop())))


def test_update_leaves_what_has_no_value_that_would_hold(tmp_path: Path) -> None:
    shop(tmp_path, "reject", "line 1 heavy 10%", "line 1 net value 3%", "line 1 volume nothing")
    assert updates(run_examples(load(tmp_path, tables=Shop()))) == []


def test_update_writes_nothing_into_a_file_that_has_changed_meanwhile(tmp_path: Path) -> None:
    file = shop(tmp_path, "line 1 net value EUR 1.00")
    checks = updates(run_examples(load(tmp_path, tables=Shop())))
    changed = b"# a line before\n" + file.read_bytes()
    file.write_bytes(changed)
    with pytest.raises(FileChanged, match="has changed since it was tested"):
        write(tmp_path, checks)
    assert file.read_bytes() == changed
