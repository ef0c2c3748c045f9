"""What differs between two versions of the rules, with the smallest order or value that shows it; amounts worked by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rebates import load
from rebates.cli.app import app
from rebates.tools.differences import Difference, differences

TABLES = {
    "items.csv": "id,base_unit\nCOLA,piece\nNUTS,piece\n",
    "units.csv": "item,unit,factor,of\n,carton,10,piece\n",
    "list_prices.csv": "item,unit,price\nCOLA,piece,100\nNUTS,piece,50\n",
}
HEAD = 'agreement a "A" {\n  accounts all, each\n  valid 2026-01-01 to 2026-12-31\n  currency EUR\n'
YEAR = "measure sales = net value per account per year  "


def written(folder: Path, body: str, tables: dict[str, str] | None = None) -> Path:
    folder.mkdir()
    for name, text in (TABLES | (tables or {})).items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "a.rebates").write_text(f"{HEAD}  {body}\n}}\n", encoding="utf-8")
    return folder


def between(folder: Path, old: str, new: str, tables: dict[str, str] | None = None) -> list[Difference]:
    return list(differences(load(written(folder / "old", old)), load(written(folder / "new", new, tables))))


def tiers(rows: str, unit: str = "piece") -> str:
    return f'discount d {{ accept cliff "x"  tiers retroactive on quantity in {unit} per order {{ {rows} }} }}'


# what was, what is, the smallest order that shows it, where it differs, and the totals before and after
SHOWN = [
    # 9 × 100 at 5 and at 6 %; from 20 on both give 8 %
    (
        tiers("from 9 piece 5%  from 20 piece 8%"),
        tiers("from 9 piece 6%  from 20 piece 8%"),
        ("9 piece of COLA", "from 9 to 19 piece", "EUR 855.00", "EUR 846.00"),
    ),
    # a threshold that moves: 8 pieces have nothing and then 5 %
    (
        tiers("from 9 piece 5%"),
        tiers("from 8 piece 5%"),
        ("8 piece of COLA", "at 8 piece", "EUR 800.00", "EUR 760.00"),
    ),
    # in cartons, which are ten pieces: 2 × 10 × 100 × 5 %
    (
        "price p { rate price EUR 100 per piece }",
        "price p { rate price EUR 100 per piece }  " + tiers("from 2 carton 5%", "carton"),
        ("2 carton of COLA", "from 2 carton on", "EUR 2000.00", "EUR 1900.00"),
    ),
    # a cap is reached at 5 % of 10 × 100 = 50: 11 pieces would take 55
    (
        "discount d { rate 5%  cap EUR 50 per order }",
        "discount d { rate 5%  cap EUR 60 per order }",
        ("11 piece of COLA", "from 11 piece on", "EUR 1050.00", "EUR 1045.00"),
    ),
    # a package of four
    (
        "discount d { rate EUR 3 per full 4 piece }",
        "discount d { rate EUR 2 per full 4 piece }",
        ("4 piece of COLA", "from 4 piece on", "EUR 397.00", "EUR 398.00"),
    ),
    # a condition's bound
    (
        "measure m = quantity in piece per order  discount d { when m >= 7 piece  rate 5% }",
        "measure m = quantity in piece per order  discount d { when m >= 6 piece  rate 5% }",
        ("6 piece of COLA", "at 6 piece", "EUR 600.00", "EUR 570.00"),
    ),
    # only for nuts
    (
        'discount d { when item.id is "NUTS"  rate 5% }',
        'discount d { when item.id is "NUTS"  rate 4% }',
        ("1 piece of NUTS", "from 1 piece on", "EUR 47.50", "EUR 48.00"),
    ),
    # a rule that is left out
    ("discount d { rate 5% }  discount e { rate 2% }", "discount e { rate 2% }", ("1 piece of COLA", "from 1 piece on", "EUR 95.00", "EUR 98.00")),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "shown"), SHOWN, ids=[row[2][0] + " " + row[2][1] for row in SHOWN])
def test_the_smallest_order_shows_what_a_rule_does_now(
    tmp_path: Path, old: str, new: str, shown: tuple[str, str, str, str]
) -> None:
    found = [one for one in between(tmp_path, old, new) if one.part == "a: discount d"]
    (one,) = found
    smallest, where, before, after = shown
    assert one.smallest.startswith(f"{smallest} for ")
    assert one.where == where
    assert (one.before.split(",")[0].replace("_", ""), one.after.split(",")[0].replace("_", "")) == (before, after)


def test_the_same_rules_laid_out_and_ordered_otherwise_are_the_same(tmp_path: Path) -> None:
    first, second = "discount d { rate 5% }", "discount e {   rate 3%   # beaten\n }"
    assert between(tmp_path, f"{first} {second}", f"{second}\n\n{first}") == []


def test_a_rule_that_begins_later_is_looked_at_on_its_first_day(tmp_path: Path) -> None:
    (one,) = between(
        tmp_path,
        "discount d { rate 5%  valid 2026-06-01 to 2026-06-30 }",
        "discount d { rate 5%  valid 2026-07-01 to 2026-07-31 }",
    )
    # from June to July: on the first day of July the old one is over, and the new one has begun
    assert one.smallest.endswith("on 2026-07-01")
    assert (one.before.split(",")[0], one.after.split(",")[0]) == ("EUR 100.00", "EUR 95.00")


def test_a_list_price_is_shown_by_its_item(tmp_path: Path) -> None:
    prices = {"list_prices.csv": TABLES["list_prices.csv"].replace(",50", ",60")}
    (one,) = between(tmp_path, "discount d { rate 5% }", "discount d { rate 5% }", prices)
    assert one.part == "a: table list_prices"
    assert one.smallest.startswith("1 piece of NUTS")
    assert (one.before.split(",")[0], one.after.split(",")[0]) == ("EUR 47.50", "EUR 57.00")


def test_without_an_items_table_what_has_a_list_price_is_ordered(tmp_path: Path) -> None:
    for name, rate in (("old", 5), ("new", 6)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "list_prices.csv").write_text("item,unit,price\nCOLA,carton,10\nNUTS,piece,50\n", encoding="utf-8")
        (folder / "a.rebates").write_text(f"{HEAD}{tiers(f'from 9 carton {rate}%', 'carton')} }}", encoding="utf-8")
    (one,) = differences(load(tmp_path / "old"), load(tmp_path / "new"))
    # 9 × 10 less 5 and 6 %
    assert (one.smallest.split(" for ")[0], one.where) == ("9 carton of COLA", "from 9 carton on")
    assert (one.before.split(",")[0], one.after.split(",")[0]) == ("EUR 85.50", "EUR 84.60")


def test_a_guard_is_shown_where_it_refuses(tmp_path: Path) -> None:
    rule = tiers("from 9 piece 20%")
    guard = "guard discount <= RATE otherwise reject"
    (one,) = between(tmp_path, f"{rule} {guard.replace('RATE', '25%')}", f"{rule} {guard.replace('RATE', '15%')}")
    assert one.part == "a: guards"
    assert one.smallest.startswith("9 piece of COLA")
    assert (one.before.split("\n")[0], one.after.split("\n")[0]) == ("EUR 720.00, priced", "EUR 720.00, rejected")


@pytest.mark.parametrize(
    ("old", "new", "smallest", "before", "after"),
    [
        # 3 % and 4 % of 2,000
        ("tiers retroactive on sales { from EUR 1_000 2%  from EUR 2_000 3% }", "tiers retroactive on sales { from EUR 1_000 2%  from EUR 2_000 4% }", "sales EUR 2_000", "EUR 60.00", "EUR 80.00"),
        # the threshold moves down: 1 % of 900
        ("tiers retroactive on sales { from EUR 1_000 1% }", "tiers retroactive on sales { from EUR 900 1% }", "sales EUR 900", "nothing", "EUR 9.00"),
        ("when sales >= EUR 500  rate 1%", "when sales >= EUR 400  rate 1%", "sales EUR 400", "nothing", "EUR 4.00"),
    ],
)  # fmt: skip
def test_what_is_settled_is_shown_by_the_smallest_value(
    tmp_path: Path, old: str, new: str, smallest: str, before: str, after: str
) -> None:
    rebate = 'rebate r {{ accept cliff "x"  base sales  {}  settle yearly }}'
    (one,) = between(tmp_path, YEAR + rebate.format(old), YEAR + rebate.format(new))
    assert one.part == "a: rebate r"
    assert one.smallest == smallest
    assert (one.before.split("\n")[0], one.after.split("\n")[0]) == (before, after)


def test_what_no_order_shows_is_said_with_how_many_were_tried(tmp_path: Path) -> None:
    # nobody has goods worth more than the list says, so that the floor is never reached
    (one,) = between(tmp_path, "discount d { rate 0% }", "discount d { rate 0%  cap EUR 5 per order }")
    assert one.smallest == ""
    assert one.tried > 0


def test_the_command_tells_by_its_exit_code(tmp_path: Path) -> None:
    old = written(tmp_path / "old", "discount d { rate 5% }")
    new = written(tmp_path / "new", "discount d { rate 4% }")
    run = CliRunner()
    same = run.invoke(app, ["diff", str(old), str(old)])
    assert (same.exit_code, same.output) == (0, "the same\n")
    told = run.invoke(app, ["diff", str(old), str(new)])
    assert told.exit_code == 3
    assert "before: EUR 95.00" in told.output
    assert "after:  EUR 96.00" in told.output
    assert told.output.endswith("1 part not the same, 1 shown by an order or a value\n")
    (one,) = json.loads(run.invoke(app, ["diff", str(old), str(new), "--json"]).output)
    assert one["part"] == "a: discount d"
    (new / "a.rebates").write_text("agreement", encoding="utf-8")
    assert run.invoke(app, ["diff", str(old), str(new)]).exit_code == 1
    assert run.invoke(app, ["diff", str(old), str(tmp_path / "none")]).exit_code == 2
