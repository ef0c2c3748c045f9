"""The pocket of a quote: what is left once the rebates of an order are paid (section 15)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction as F

import pytest

import rebates
from rebates import Line, Order, Quote
from rebates.tools.examples import run_examples

YEAR = "net value per account per year [ACME, 2026]"
DEAL = """
agreement deal "A deal" {
  accounts all, each
  valid    2026-01-01 to 2026-12-31
  currency EUR
  attribute order.end_customer text
  fact audit text latest
  measure sales = net value of items per account per year
  guard pocket margin >= 40% otherwise approval by "director"
  guard pocket margin per line >= 36% otherwise reject
  charge freight "Freight" { rate EUR 5 per order }
  rebate volume "Volume" {
    accept cliff "agreed"
    tiers  retroactive on sales { from EUR 0 1%  from EUR 1_000 2% }
    settle yearly
  }
  rebate audited "Audited" { when fact audit is "passed"  base sales  rate 1% }
  rebate office "For the office" { base sales  rate 0.5%  pay to "BISTRO" 100% }
  rebate points "Points" { base sales  rate 1 point per EUR 10 }
  EXAMPLES
}
"""
COSTS: list[dict[str, object]] = [
    {"item": "COLA", "unit": "piece", "cost": "15", "currency": "EUR"},
    {"item": "NUTS", "unit": "piece", "cost": "6", "currency": "EUR"},
]


def quoted(**more: object) -> Quote:
    lines = [Line("COLA", "10 piece", "EUR 24"), Line("NUTS", "5 piece", "EUR 12")]
    book = rebates.load({"a.rebates": DEAL.replace("EXAMPLES", "")}, tables=Costs())
    return book.quote(Order("ACME", "2026-03-02", lines, totals={YEAR: "900"}, **more))  # type: ignore[arg-type]


class Costs:
    """Master data of a test."""

    def rows(self, name: str) -> list[dict[str, object]] | None:
        items: list[dict[str, object]] = [{"id": "COLA", "base_unit": "piece"}, {"id": "NUTS", "base_unit": "piece"}]
        return {"items": items, "costs": COSTS}.get(name)


def test_a_quote_goes_down_to_the_pocket() -> None:
    quote = quoted()
    cola, nuts = quote.lines
    # 2% and 0.5% of 300, divided 4 to 1; freight of 5 likewise
    assert [(t.rule, t.amount.amount, t.terms) for t in cola.rebates] == [
        ("volume", Decimal("4.80"), "from EUR 1_000 2%"),
        ("office", Decimal("1.20"), "0.5%"),
    ]
    assert (str(cola.pocket_value), str(cola.pocket_price)) == ("EUR 238.00", "EUR 23.8000")
    assert (str(nuts.pocket_value), str(nuts.pocket_price)) == ("EUR 59.50", "EUR 11.9000")
    assert (cola.pocket_margin, nuts.pocket_margin) == (F(88, 238), F(295, 595))
    assert (str(quote.total), str(quote.pocket.value), quote.pocket.margin) == (
        "EUR 305.00",
        "EUR 297.50",
        F(1175, 2975),
    )


def test_each_rule_is_told_with_what_it_had_before_and_why_it_pays_nothing() -> None:
    told = {each.rule: each for each in quoted().pocket.expected}
    volume = told["volume"]
    assert (volume.amount, volume.base, volume.measure, volume.accrued, volume.beside) == (
        "6.00",
        "300.00",
        "1200.00",
        "9.00",
        "9.00",
    )
    assert (told["audited"].amount, told["audited"].status) == ("0.00", "unknown")
    assert "`fact audit` is not known" in told["audited"].because
    assert (told["points"].amount, told["points"].unit) == ("30", "point")


def test_totals_go_on_and_what_is_missing_is_named() -> None:
    quote = quoted()
    assert dict(quote.pocket.totals) == {YEAR: "1200"}
    assert quote.pocket.missing == ()
    bare = rebates.load({"a.rebates": DEAL.replace("EXAMPLES", "")}).quote(
        Order("ACME", "2026-03-02", [Line("COLA", "10 piece", "EUR 24")])
    )
    assert bare.pocket.missing == (YEAR,)


def test_guards_watch_the_pocket_margin_of_the_order_and_of_each_line() -> None:
    quote = quoted()
    assert [(g.watches, g.line, g.value, g.holds) for g in quote.guards] == [
        ("pocket margin", None, F(1175, 2975), False),  # 39.5%
        ("pocket margin", 0, F(88, 238), True),
        ("pocket margin", 1, F(295, 595), True),
    ]
    assert (quote.status, quote.approvals) == ("needs approval", ("director",))


def test_without_a_cost_the_guard_cannot_be_judged_and_fails() -> None:
    book = rebates.load({"a.rebates": DEAL.replace("EXAMPLES", "")})
    quote = book.quote(Order("ACME", "2026-03-02", [Line("COLA", "10 piece", "EUR 24")]))
    assert quote.status == "rejected"
    assert quote.pocket.margin is None
    assert "the guard on pocket margin could not be judged: a cost is missing" in quote.warnings


def test_the_explanation_goes_on_to_the_pocket() -> None:
    text = str(quoted().explain())
    for line in (
        "Volume, expected                               -4.80  from EUR 1_000 2% (1_200)  [a.rebates:12]",
        "pocket value                                  238.00  23.8 per piece",
        "pocket margin                                 36.97%",
        "rebate volume: 6.00 EUR expected on 300.00 by `from EUR 1_000 2%`, measure 1200.00; 9.00 accrued before, 9.00 beside",
        "rebate audited: nothing, `fact audit is \"passed\"` is not known",
    ):  # fmt: skip
        assert line in text, text


def test_the_customer_sees_what_is_his_and_no_margin() -> None:
    explanation = quoted().explain("customer")
    text = str(explanation)
    assert "Volume, expected" in text
    assert not [word for word in ("pocket", "margin", "office", "cost") if word in text.lower()]
    assert "pocket" not in explanation.to_dict()


def test_the_data_has_a_pocket_where_there_are_rebates() -> None:
    data = quoted().to_dict()["pocket"]
    assert isinstance(data, dict)
    assert (data["value"], data["lines"][0]["price"], data["lines"][0]["rebates"]) == (
        "297.50",
        "23.8000",
        {"volume": "4.80", "office": "1.20"},
    )
    plain = rebates.load({"a.rebates": DEAL.partition("  guard")[0] + "}"})
    assert plain.quote(Order("ACME", "2026-03-02", [Line("COLA", "1 piece", "EUR 24")])).to_dict()["pocket"] is None


@pytest.mark.parametrize(
    ("expected", "holds"),
    [
        ("order pocket value EUR 297.50", True),
        ("order pocket value EUR 297.51", False),
        ("line 1 pocket price EUR 23.80", True),
        ("line 2 pocket value EUR 59.50", True),
        ("line 1 pocket margin 50%", False),
        ("line 1 pocket margin EUR 5", False),
        ("line 1 pocket price 5%", False),
    ],
)
def test_an_example_expects_them(expected: str, holds: bool) -> None:
    example = f'example "x" {{ order on 2026-03-02 {{ 10 piece of "COLA" at EUR 24  5 piece of "NUTS" at EUR 12 }} given sales EUR 1_200 expect {expected} }}'
    [result] = run_examples(rebates.load({"a.rebates": DEAL.replace("EXAMPLES", example)}, tables=Costs()))
    assert [check.ok for check in result.checks] == [holds]
