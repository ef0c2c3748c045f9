"""How prices are made (calculation 63 to 68); the numbers are worked by hand in the comments.

World: COLA costs 0.91 a piece, its list price is 1.49 until June; 24 pieces in the carton.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

import pytest

from rebates.compile import compile_rules
from rebates.model.folder import load_rules
from rebates.model.orders import LineIn, OrderIn
from rebates.model.outcome import OrderError, Outcome
from rebates.reference import price
from rebates.syntax.diagnostics import Report
from tests.generated.world import World

F = Fraction
BOTH = pytest.mark.parametrize("evaluate", ["reference", "compiled"])

TABLES: dict[str, list[dict[str, object]]] = {
    "ppi": [
        {"month": "2025-12", "index": "100"},
        {"month": "2026-01", "index": "102.5"},
        {"month": "2026-03", "index": "104"},
    ],
    "trade": [
        {"item": "COLA", "unit": "piece", "price": "1.20", "valid_from": "2026-01-01", "valid_to": "2026-05-31"},
        {"item": "COLA", "unit": "carton", "price": "28.00", "valid_from": "2026-01-01", "valid_to": "2026-12-31"},
        {"item": "LIME", "unit": "piece", "price": "1.10", "valid_from": "2026-01-01", "valid_to": "2026-12-31"},
    ],
}
DECLARED = """\
table ppi from "ppi.csv" { month key  index number }
table trade from "trade.csv" { item, unit key  price money  valid_from, valid_to dates }
"""


class Tables(World):
    def rows(self, name: str) -> Iterable[Mapping[str, object]] | None:
        return TABLES.get(name) or super().rows(name)


def outcome(evaluate: str, body: str, *lines: LineIn, day: date = date(2026, 3, 10), **more: object) -> Outcome:
    """An order by ACME under an agreement of this body."""
    text = f'agreement t "T" {{\n accounts all, each\n valid 2026-01-01 to 2026-12-31\n currency EUR\n{body}\n}}\n'
    report = Report()
    rules = load_rules({"t.rebates": DECLARED + text}, Tables(), report)
    assert rules is not None, [d.message for d in report.diagnostics]
    order = OrderIn("ACME", day, lines, **more)  # type: ignore[arg-type]
    return price(rules, order) if evaluate == "reference" else compile_rules(rules).outcome(order)


def line(quantity: str = "1", unit: str = "piece", item: str = "COLA", at: str | None = None) -> LineIn:
    return LineIn(item, F(quantity), unit, None if at is None else F(at))


def gross(evaluate: str, body: str, *lines: LineIn, **more: object) -> Fraction:
    return outcome(evaluate, body, *(lines or (line(),)), **more).lines[0].gross_price  # type: ignore[arg-type]


@BOTH
@pytest.mark.parametrize(
    ("stated", "ending", "expected"),
    [
        ("1.24", "0.49, 0.99", "1.49"),  # 0.25 to either side: the higher
        ("1.23", "0.49, 0.99", "0.99"),
        ("1.241", "0.49, 0.99", "1.49"),
        ("1.74", "0.49, 0.99", "1.99"),  # a tie: the higher
        ("0.10", "0.49, 0.99", "0.49"),  # nothing below the first ending
        ("7.30", "4.99, 9.99", "4.99"),  # repeated in steps of ten: 2.31 below, 2.69 above
        ("12.40", "4.99, 9.99", "9.99"),
        ("12.50", "4.99, 9.99", "14.99"),
        ("59.56", "0.09, every 0.10", "59.59"),
        ("1.05", "0, every 0.25", "1"),
        ("0.10", "0, every 0.25", "0.25"),  # never a price of nothing
    ],
)
def test_an_ending_takes_the_nearest_the_higher_at_a_tie(
    evaluate: str, stated: str, ending: str, expected: str
) -> None:
    assert gross(evaluate, f"price p {{ rate price EUR {stated} per piece  ending {ending} }}") == F(expected)


@BOTH
@pytest.mark.parametrize(
    ("stated", "expected"), [("0.20", "0.99"), ("1.24", "1.49"), ("1.23", "0.99"), ("80", "1.49"), ("0", "0")]
)
def test_price_points_are_all_there_are(evaluate: str, stated: str, expected: str) -> None:
    assert gross(evaluate, f"price p {{ rate price EUR {stated} per piece  price points 0.99, 1.49 }}") == F(expected)


@BOTH
def test_a_price_is_made_per_the_unit_it_is_stated_in(evaluate: str) -> None:
    # 118% of 0.91 is 1.0738 a piece, so 0.99; the carton of 24 follows
    assert gross(evaluate, "price p { rate price (118% of cost) per piece  ending 0.99 }", line("2", "carton")) == F(
        "23.76"
    )
    # without a unit it is made per ordered unit: 25.7712 the carton
    assert gross(evaluate, "price p { rate price 118% of cost  ending 0.99 }", line("2", "carton")) == F("25.99")


@BOTH
def test_bounds_come_first_and_an_ending_stays_within_them(evaluate: str) -> None:
    # cost / (1 - 12%) = 0.91 / 0.88 = 1.03409…: 0.99 lies below it, so 1.49
    low = "not below cost / (1 - 12%)"
    assert gross(evaluate, f"price p {{ rate price EUR 1 per piece  {low}  ending 0.99, 1.49 }}") == F("1.49")
    # no ending between 1.03 and 1.20: the bound itself
    assert gross(evaluate, f"price p {{ rate price EUR 1 per piece  {low}  not above EUR 1.20  ending 0.99 }}") == F(
        91, 88
    )
    assert gross(evaluate, "price p { rate price EUR 9 per piece  not above 110% of list price }") == F("1.639")


@BOTH
def test_bounds_that_cross_on_a_line_are_an_error_unless_the_caller_gives_the_price(evaluate: str) -> None:
    body = "price p { rate price EUR 1 per piece  not below EUR 1.60 per piece  not above list price }"
    with pytest.raises(OrderError) as error:
        outcome(evaluate, body, line("1", item="CHIPS"), line())
    assert (error.value.code, error.value.where) == ("R0556", "lines[0].item")
    assert gross(evaluate, body, line(at="1.30")) == F("1.30")


@BOTH
def test_each_slice_of_a_price_is_made_by_itself(evaluate: str) -> None:
    body = """price p { tiers incremental on quantity in piece per line {
      from 0 piece price EUR 1.20 per piece  above 10 piece price EUR 1.05 per piece }  ending 0.09, every 0.10 }"""
    # 10 at 1.19 and 10 at 1.09 (1.05 is 0.06 from 0.99 and 0.04 from 1.09): 22.80
    assert outcome(evaluate, body, line("20")).lines[0].gross_value == F("22.80")


@BOTH
def test_a_price_on_a_price(evaluate: str) -> None:
    trade = "price trade { from table trade }"
    assert gross(evaluate, f"{trade} price key {{ rate price 90% of price trade  best }}") == F("1.08")
    # trade gives JUICE no price, so key gives none; with a fallback it does
    assert gross(evaluate, f"{trade} price key {{ rate price 90% of price trade  best }}", line(item="JUICE")) == F(
        "2.19"
    )
    fallback = "price key { rate price (90% of price trade otherwise 95% of list price)  best }"
    assert gross(evaluate, f"{trade} {fallback}", line(item="JUICE")) == F("2.0805")
    # a promotion may stand on an account price that is not in force
    off = "price trade { valid 2026-06-01 to 2026-06-30  from table trade }"
    found = outcome(evaluate, f"{off} price key {{ rate price 90% of price trade }}", line())
    assert [d.because for d in found.decisions] == ["dates", "no price"]


@BOTH
def test_a_discount_may_read_a_price(evaluate: str) -> None:
    body = "price trade { from table trade  best } discount d { when net price > price trade  rate 5% }"
    assert [d.because for d in outcome(evaluate, body, line()).decisions] == ["taken", "condition"]
    # at 1.40 by hand it is above the trade price of 1.20
    assert outcome(evaluate, body, line("10", at="1.40")).lines[0].net_value == F("13.30")


@BOTH
@pytest.mark.parametrize(
    ("at", "day", "expected"),
    [
        ("at 2025-12-01", date(2026, 3, 10), "100"),
        ("at 1 month before quarter start", date(2026, 3, 10), "100"),  # December
        ("at quarter start", date(2026, 3, 10), "102.5"),  # January
        ("", date(2026, 3, 10), "104"),
        ("at 60 days before order date", date(2026, 3, 10), "102.5"),  # 9 January
        ("at 2 months before order date", date(2026, 3, 31), "102.5"),  # 31 January
        ("at 3 months before month end", date(2026, 4, 1), "102.5"),  # 30 April: 30 January
        ("at delivery date", date(2026, 2, 25), "104"),  # delivered in March
    ],
)
def test_an_indexed_price(evaluate: str, at: str, day: date, expected: str) -> None:
    body = f"price p {{ rate price (EUR 1 per piece * table ppi {at}) }}"
    assert gross(evaluate, body, day=day, days={"delivery": date(2026, 3, 2)}) == F(expected)


@BOTH
def test_an_index_that_is_not_published_is_an_error_and_otherwise_stands_in(evaluate: str) -> None:
    with pytest.raises(OrderError) as error:
        outcome(evaluate, "price p { rate price (EUR 1 per piece * table ppi) }", line(), day=date(2026, 2, 1))
    assert (error.value.code, error.value.where) == ("R0557", "date")
    body = "price p { rate price (EUR 1 per piece * (table ppi otherwise table ppi at 1 month before order date)) }"
    assert gross(evaluate, body, day=date(2026, 2, 1)) == F("102.5")
    # in a condition it is unknown
    when = "price p { when table ppi > 100  rate price EUR 1 per piece }"
    assert [d.because for d in outcome(evaluate, when, line(), day=date(2026, 2, 1)).decisions] == ["unknown"]


@BOTH
def test_a_price_of_a_table_in_the_ordered_unit_before_a_converted_one(evaluate: str) -> None:
    body = "price p { rate price 90% of table trade }"
    assert gross(evaluate, body, line("1", "carton")) == F("25.20")
    assert gross(evaluate, body, line()) == F("1.08")
    # in June only the carton's row holds: 28 / 24 a piece
    assert gross(evaluate, body, line(), day=date(2026, 6, 2)) == F("1.05")
    # an item that the table does not have: no price, and the list price stands
    assert gross(evaluate, body, line(item="NUTS")) == F("0.333")


@BOTH
def test_a_return_is_priced_like_a_sale(evaluate: str) -> None:
    found = outcome(evaluate, "price p { rate price 118% of cost  ending 0.99 }", line("-10"))
    assert (found.lines[0].gross_price, found.lines[0].net_value) == (F("0.99"), F("-9.90"))


@BOTH
def test_prices_that_round_first_are_read_rounded(evaluate: str) -> None:
    # 118% of 0.91 is 1.0738, printed 1.07; half of that is 0.535, printed 0.54
    body = "price rounds first  price a { rate price 118% of cost } price b { rate price 50% of price a  best }"
    assert gross(evaluate, body) == F("0.54")
