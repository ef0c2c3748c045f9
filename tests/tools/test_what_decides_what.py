"""What is found without running an order by chance, row by row: each finding, the method that decides it, and how grave it is.

The rows are those of the page on how findings are made: a row is a kind of finding, its case the smallest text that shows it.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from rebates import load, reference
from rebates.model.orders import LineIn, OrderIn
from rebates.model.outcome import Outcome
from rebates.tools.proofs import prove
from tests.generated.compare import outcome
from tests.model.bad_texts import SAME, two
from tests.model.checking import agreement, check, discount, rules

PIECES = "quantity in piece per order"
SALES = "measure sales = net value of items per account per year\n  "


def tiers(rows: str, mode: str = "retroactive", measure: str = PIECES, more: str = "", before: str = "") -> str:
    return discount(f"tiers {mode} on {measure} {{ {rows} }} {more}", before)


def rebate(clauses: str) -> str:
    return agreement(f"{SALES}rebate r {{ base sales  {clauses}  settle yearly }}")


# fmt: off
ROWS = [
    # thresholds are sorted and compared as exact fractions
    ("tier with an upper end, so a gap or overlap", tiers("from 5 to 10 piece 1%  from 12 piece 2%"), "R0109", "error"),
    ("tiers descend", tiers("from 10 piece 1%  from 5 piece 2%"), "R0324", "error"),
    ("a threshold twice", tiers("from 5 piece 1%  from 5 piece 2%"), "R0325", "error"),
    ("a threshold twice, in two units", tiers("from 24 piece 1%  from 2 dozen 2%"), "R0325", "error"),
    ("rows of rates overlap", discount(f"rates every {{ 1% when {PIECES} >= 50  2% when {PIECES} >= 200 }}"), "R0388", "warning"),
    ("rows of rates leave a hole", discount(f"rates first {{ 1% when {PIECES} < 50  2% when {PIECES} > 50 }}"), "R0349", "note"),
    ("a threshold no whole number of units meets", tiers("from 10.5 piece 1%", "incremental"), "R0628", "note"),
    # intervals, trees and values are intersected
    ("scope empty: conditions exclude each other", discount('when brand is "Fizz" and brand is "Nut" rate 5%'), "R0620", "warning"),
    ("scope empty: two branches of a tree", discount('when item.family under "DRINK" and item.family under "SNACK" rate 5%'), "R0620", "warning"),
    ("scope empty: no item is so", discount('when brand is "Fizz" and item.family under "SNACK" rate 5%'), "R0620", "warning"),
    ("scope empty: no number is in both bounds", discount(f"when {PIECES} >= 9 and {PIECES} < 5 rate 5%"), "R0620", "warning"),
    ("dates outside validity", discount("valid 2027-01-01 to 2027-12-31 rate 5%"), "R0334", "warning"),
    ("tier above the most of a capped measure", tiers("from 50 piece 1%  from 200 piece 2%", "incremental", "m", before=f"measure m = lesser of ({PIECES}, 100 piece)"), "R0620", "warning"),
    ("condition above the most of a capped measure", discount("when m > 100 piece rate 5%", f"measure m = lesser of ({PIECES}, 100 piece)"), "R0620", "warning"),
    ("rebate's tier above the most of a capped measure", agreement(f"{SALES}measure m = lesser of (sales, EUR 100)  rebate r {{ base sales  tiers incremental on m {{ from EUR 0 1%  from EUR 200 2% }}  settle yearly }}"), "R0620", "warning"),
    ("bundle with a part that nothing is", discount('bundle { 2 piece of "COLA"  1 piece of gone }  rate 5%', 'items gone where brand is "Fizz" and item.family under "SNACK"'), "R0620", "warning"),
    ("more different items asked for than there are", discount("when m >= 9 rate 5%", "measure m = number of distinct item.id per order"), "R0620", "warning"),
    ("a tier of more different items than there are", tiers("from 2 1%  from 9 2%", measure="m", before="measure m = number of distinct item.id per order"), "R0620", "warning"),
    # two functions are compared at the thresholds of both
    ("masked in `best`", agreement("discount d { rate 5% }  discount e { rate 3% }"), "R0621", "warning"),
    ("masked in `best`, by tiers", agreement(f"discount d {{ tiers retroactive on {PIECES} {{ from 5 piece 5% }} }}  discount e {{ tiers retroactive on {PIECES} {{ from 9 piece 4% }} }}"), "R0621", "warning"),
    ("masked in `first`", agreement("waterfall { stage s first }  discount d { rate 1%  priority 1 }  discount e { rate 9%  priority 2 }"), "R0621", "warning"),
    ("masked by `exclusive`", agreement("waterfall { stage s sum }  discount d { rate 1%  exclusive }  discount e { rate 9% }"), "R0621", "warning"),
    # closed form, at each threshold
    ("cliff", tiers("from 20 piece 20%"), "R0350", "note"),
    ("cliff of a rebate", rebate("tiers retroactive on sales { from EUR 100 1% }"), "R0350", "note"),
    ("payout falls while sales rise", tiers("from 5 piece 5%  from 9 piece 3%"), "R0623", "warning"),
    ("payout of a rebate falls while sales rise", rebate('tiers retroactive on sales { from EUR 0 5%  from EUR 900 3% }'), "R0623", "warning"),
    # the first value at which the cap is reached
    ("cap makes upper tiers moot", tiers("from 5 piece EUR 5  from 9 piece EUR 9", "lump sum", more="cap EUR 5 per order"), "R0622", "warning"),
    ("cap of a rebate makes upper tiers moot", rebate('tiers incremental on sales { from EUR 0 1%  from EUR 200 3% }  cap EUR 2'), "R0622", "warning"),
    # constants
    ("floor above the cap", discount("rate 5%  floor EUR 50 per order  cap EUR 20 per order"), "R0313", "error"),
    ("minimum payout above the maximum", discount("rate 5%  pays from EUR 50  cap EUR 20 per order"), "R0313", "error"),
    ("guarantee above the cap", rebate("rate 5%  floor EUR 50  cap EUR 20"), "R0313", "error"),
    ("more than the whole", discount("rate 550%"), "R0627", "warning"),
    # graphs
    ("circular measures", agreement("measure a = b + 1  measure b = a + 1"), "R0213", "error"),
    ("bonus on bonus in a circle", agreement("rebate a { base rebate b  rate 5%  settle yearly }  rebate b { base rebate a  rate 5%  settle yearly }"), "R0370", "error"),
    # classes of the text
    ("order dependence: amounts and percents in a sequence", agreement("waterfall { stage s sequence }  discount d { rate 5% }  discount e { rate EUR 5 per order }"), "R0624", "note"),
    ("order dependence: a line written as two", tiers("from 5 piece 5%", "incremental", "quantity in piece per line"), "R0352", "note"),
    # scopes by day
    ("ambiguous agreements", two("price p { rate price EUR 1 per piece }", "price q { rate price EUR 2 per piece }", accounts=SAME), "R0341", "error"),
]
# fmt: on


@pytest.mark.parametrize(("text", "code", "severity"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_each_kind_of_finding_is_found_by_its_method(text: str | dict[str, str], code: str, severity: str) -> None:
    _, report = check(text)
    assert [(one.code, one.severity) for one in report.diagnostics] == [(code, severity)]


GROWTH = f"{SALES}measure growth = (sales - sales last year) / sales last year\n  "


@pytest.mark.parametrize(
    ("answer", "reason", "amount"),
    # a quotient by nothing has no value (5.3): what is paid then is said by a row, and without one nothing is
    [("", "no baseline", Fraction(0)), ("without baseline 2%", "taken", Fraction("0.20"))],
)
def test_a_baseline_of_nothing_has_its_answer(answer: str, reason: str, amount: Fraction) -> None:
    made = rules(discount(f"tiers retroactive on growth {{ {answer}  from 5% 3% }}", GROWTH))
    order = OrderIn("ACME", date(2026, 3, 10), (LineIn("COLA", Fraction(1), "piece", price=Fraction(10)),))
    priced = outcome(lambda given: reference.price(made, given), order)
    assert isinstance(priced, Outcome)
    (decision,) = priced.decisions
    assert (decision.because, decision.amount) == (reason, amount)


TABLES = {
    "items.csv": "id,base_unit\nCOLA,piece\nNUTS,piece\n",
    "list_prices.csv": "item,unit,price\nCOLA,piece,100\nNUTS,piece,50\n",
    "costs.csv": "item,unit,cost\nCOLA,piece,80\nNUTS,piece,20\n",
}


def proved(folder: Path, body: str) -> tuple[list[str], list[str]]:
    """The codes found, and what is said to be proved."""
    for name, text in TABLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "a.rebates").write_text(agreement(body), encoding="utf-8")
    proofs = prove(load(folder))
    return [one.code for one in proofs.findings], list(proofs.proved)


@pytest.mark.parametrize(
    ("guard", "broken"),
    # cola costs 80: at 100 less 20 % nothing is left; nuts cost 20 of 50
    [("invoice margin >= 10%", True), ("net price per line >= list price * 85%", True), ("discount <= 20%", False)],
)
def test_a_guard_is_tried_at_every_threshold(tmp_path: Path, guard: str, broken: bool) -> None:
    body = f"discount d {{ tiers retroactive on {PIECES} {{ from 5 piece 20% }} }}  guard {guard} otherwise reject"
    codes, said = proved(tmp_path, body)
    assert codes == (["R0625"] if broken else [])
    # corners of one line alone are looked at, and that is said
    assert said[-1].startswith(
        f"a: {0 if broken else 1} of 1 guards hold for one-line orders of 2 items with a list price, at and around every threshold"
    )


NUTS = 'measure n = quantity in piece of items where item.id is "NUTS" per order  '


@pytest.mark.parametrize(
    ("rate", "codes"),
    [
        # with four nuts 100 + 4 × 50 = 300, with five 350 less 60 of the cola: 290
        ("60%", ["R0629"]),
        # 350 less 50 is 300: no less
        ("50%", []),
    ],
)
def test_a_mix_that_costs_less_with_more_is_shown_at_its_corner(tmp_path: Path, rate: str, codes: list[str]) -> None:
    body = f'{NUTS}discount d {{ when item.id is "COLA" and n >= 5 piece  rate {rate} }}'
    found, said = proved(tmp_path, body)
    assert found == codes
    assert said[-1].startswith(f"a: 1 rule looks at other items than it pays on: for {1 - len(codes)} of them no more")
    assert "nothing is proved" in said[-1]
    shown = [one for one in prove(load(tmp_path)).findings if one.code == "R0629"]
    for one in shown:
        assert (
            one.message
            == "1 piece of `COLA` with 5 piece of `NUTS` cost EUR 290.00, and EUR 300.00 with 4 piece of `NUTS`"
        )
        assert '{ 1 piece of "COLA"  5 piece of "NUTS" }' in one.example
        assert "expect order net value EUR 290" in one.example


def test_a_bundle_that_is_cheaper_than_a_part_of_it_is_shown(tmp_path: Path) -> None:
    # two nuts alone are 100; with a cola the three are 90
    body = 'discount d { bundle { 2 piece of "NUTS"  1 piece of "COLA" }  rate price EUR 90 per bundle }'
    assert proved(tmp_path, body)[0] == ["R0629"]
    assert proved(tmp_path, body.replace("90", "110"))[0] == []


def test_a_guard_that_two_items_break_together_is_shown(tmp_path: Path) -> None:
    # cola is at 75 below its cost of 80, once five nuts are bought with it; no order of one line comes to that
    body = f'{NUTS}discount d {{ when item.id is "COLA" and n >= 5 piece  rate 25% }}  guard net price per line >= cost otherwise reject'
    found, _ = proved(tmp_path, body)
    assert found == ["R0625"]
    (one,) = prove(load(tmp_path)).findings
    assert one.message == "1 piece of `COLA` with 5 piece of `NUTS` together break this guard on the net price"


def test_a_budget_is_said_with_what_uses_it_up_at_the_earliest(tmp_path: Path) -> None:
    # 600 of a thousand at the most: at 6 % of 10,000
    _, said = proved(
        tmp_path,
        f"discount d {{ tiers incremental on {PIECES} {{ from 5 piece 3%  from 9 piece 6% }}  cap EUR 600 per account per year }}",
    )
    assert said[-1] == (
        "a: discount d: its `cap EUR 600 per account per year` lasts for EUR 10_000 at least of what it is paid on,"
        " at the highest rate of 6%"
    )


def test_percents_in_a_sequence_are_exact_at_the_bound(tmp_path: Path) -> None:
    # 100 × 0.9 × 0.9 = 81 against a cost of 80: 1/81 is left, 1.23 %
    body = "waterfall { stage s sequence }  discount d { rate 10% }  discount e { rate 10% }  guard invoice margin >= RATE otherwise reject"
    assert proved(tmp_path, body.replace("RATE", "1.23%"))[0] == []
    assert proved(tmp_path, body.replace("RATE", "1.24%"))[0] == ["R0625"]


def test_what_was_proved_is_said_with_its_domain(tmp_path: Path) -> None:
    codes, said = proved(
        tmp_path, f"discount d {{ tiers incremental on {PIECES} {{ from 5 piece 5%  from 9 piece 9% }} }}"
    )
    assert codes == []
    assert said == [
        "a: 1 rule with tiers: no gap, no overlap, thresholds ascend",
        "a: 1 rule: none contradicts itself over 2 items",
    ]
