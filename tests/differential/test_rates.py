"""Rate tables, rates of conditions, fallback rates and rate cards (calculation 56 to 62), both evaluators on numbers worked by hand."""

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
MARCH, JULY = date(2026, 3, 10), date(2026, 7, 1)


class Tables(World):
    """The world of the generated rule sets, with the tables of a test laid over it."""

    def __init__(self, own: Mapping[str, list[dict[str, object]]]) -> None:
        self.own = own

    def rows(self, name: str) -> Iterable[Mapping[str, object]] | None:
        return self.own.get(name) or super().rows(name)


def outcome(
    body: str,
    *lines: LineIn,
    day: date = MARCH,
    account: str = "ACME",
    tables: Mapping[str, list[dict[str, object]]] = {},
) -> Outcome:
    """The outcome on which both evaluators agree."""
    text = f'agreement t "T" {{\n accounts all, each\n valid 2025-06-15 to 2027-12-31\n currency EUR\n{body}\n}}\n'
    report = Report()
    rules = load_rules({"t.rebates": text}, Tables(tables), report)
    assert rules is not None, [d.message for d in report.diagnostics]
    order = OrderIn(account, day, lines)
    found = price(rules, order)
    assert compile_rules(rules).outcome(order) == found
    return found


def line(quantity: str, at: str | None = "1", item: str = "COLA", unit: str = "piece", **attributes: str) -> LineIn:
    return LineIn(item, F(quantity), unit, None if at is None else F(at), attributes=attributes)


def nets(found: Outcome) -> list[Fraction]:
    return [one.net_value for one in found.lines]


GRID = """
 measure pieces = quantity in piece per order
 discount d {
   rates retroactive by item.family and pieces {
            from 10 piece  above 100 piece
     "DRINK" 2%            EUR 5 plus 3%
     "SNACK" nothing       refused
   }
 }"""


@pytest.mark.parametrize(("quantity", "net"), [("9", "9"), ("10", "9.80"), ("100", "98"), ("101", "92.97")])
def test_58_tiers_of_a_row_hold_at_and_around_their_thresholds(quantity: str, net: str) -> None:
    assert nets(outcome(GRID, line(quantity))) == [F(net)]  # 101 − 5 − 3.03


def test_58_the_base_is_cut_by_the_rows_and_the_measure_stays_whole() -> None:
    found = outcome(GRID, line("60"), line("40", item="NUTS"), line("60", item="NUTS"))
    # 160 pieces: 5 + 3% of 60 on the drinks alone, snacks are refused
    assert nets(found) == [F("53.20"), 40, 60]
    assert [d.because for d in found.decisions] == ["taken", "not listed", "not listed"]


def test_58_nothing_stands_where_refused_does_not() -> None:
    found = outcome(GRID, line("50", item="NUTS"))
    assert found.decisions[0].because == "nothing"


def test_58_a_measure_before_the_last_only_chooses() -> None:
    body = """
 measure worth = net value per order
 measure pieces = quantity in piece per order
 discount d {
   rates retroactive by worth and pieces {
                 from 1 piece  from 10 piece
     from EUR 0  1%            2%
     from EUR 50 10%           20%
   }
 }"""
    assert nets(outcome(body, line("9", "1"))) == [F("8.91")]
    assert nets(outcome(body, line("9", "10"))) == [81]
    assert nets(outcome(body, line("10", "5"))) == [40]
    assert nets(outcome(body, line("10", "4.99"))) == [F("48.90")]  # 49.90 less 1.00


def test_59_years_of_the_agreement_begin_on_its_day() -> None:
    body = "discount d { rates by agreement year { year 1 10%  year 2 20%  year 3 30% } }"
    days = {date(2025, 6, 15): 90, date(2026, 6, 14): 90, date(2026, 6, 15): 80, date(2027, 12, 31): 70}
    for day, net in days.items():
        assert nets(outcome(body, line("1", "100"), day=day)) == [net]


def test_58_a_value_without_a_row_is_an_order_error_that_names_it() -> None:
    body = 'attribute line.zone text\n discount d { rates by line.zone { "north" 1% } }'
    with pytest.raises(OrderError, match=r"line\.zone `south`") as error:
        outcome(body, line("1", zone="south"))
    assert (error.value.code, error.value.where) == ("R0532", "lines[0].item")
    assert outcome(body, line("1")).decisions[0].because == "not listed"  # nobody said the zone


def test_57_the_first_row_that_holds_and_every_row_that_holds() -> None:
    rows = "10% when pieces >= 100 piece  5% when pieces >= 10 piece"
    measure = "measure pieces = quantity in piece per order\n"
    first, every = (f"{measure} discount d {{ rates {word} {{ {rows} }} }}" for word in ("first", "every"))
    assert nets(outcome(first, line("100"))) == [90]
    assert nets(outcome(every, line("100"))) == [85]
    assert nets(outcome(every, line("99"))) == [F("94.05")]
    found = outcome(first, line("9"))
    assert nets(found) == [9]
    assert found.decisions[0].because == "not listed"


def test_57_an_unknown_condition_does_not_hold() -> None:
    body = 'attribute order.paid text\n discount d { rates first { 9% when order.paid is not "late"  1% otherwise } }'
    assert nets(outcome(body, line("100"))) == [99]


def test_56a_the_fallback_is_paid_where_the_condition_does_not_hold() -> None:
    body = 'discount d { when item.family under "DRINK" otherwise 1%  rate 10%  cap EUR 5 per order }'
    assert nets(outcome(body, line("40"), line("100", item="NUTS"))) == [36, 99]
    assert sum(nets(outcome(body, line("100"), line("100", item="NUTS")))) == 195  # 11 capped at 5


CARD = """
 table card from "card.csv" { family, class key  steps threshold  rate reward  since, until dates }
 discount d { tiers retroactive on quantity in piece per line from table card }"""
CARD_ROWS: dict[str, list[dict[str, object]]] = {
    "card": [
        {"family": "DRINK", "class": "gold", "steps": "10", "rate": "1%", "since": "", "until": "2026-06-30"},
        {"family": "DRINK", "class": "gold", "steps": "above 20", "rate": "2%", "since": "", "until": "2026-06-30"},
        {
            "family": "DRINK",
            "class": "gold",
            "steps": "10",
            "rate": "EUR 0.50 per piece",
            "since": "2026-07-01",
            "until": "",
        },
        {"family": "DRINK/SODA", "class": "blue", "steps": "0", "rate": "7%", "since": "", "until": ""},
    ]
}


@pytest.mark.parametrize(
    ("quantity", "day", "net"),
    [("9", MARCH, "9"), ("20", MARCH, "19.80"), ("21", MARCH, "20.58"), ("20", JULY, "10")],
)
def test_62_a_rate_card_has_the_rows_of_the_day_and_the_nearest_family(quantity: str, day: date, net: str) -> None:
    assert nets(outcome(CARD, line(quantity), day=day, tables=CARD_ROWS)) == [F(net)]


def test_62_without_a_row_the_card_does_not_cover_the_line() -> None:
    assert nets(outcome(CARD, line("10"), account="SOLO", tables=CARD_ROWS)) == [F("9.30")]
    found = outcome(CARD, line("10", item="NUTS"), tables=CARD_ROWS)
    assert found.decisions[0].because == "not listed"


def test_60_rows_for_two_groups_of_the_account_are_an_order_error() -> None:
    body = 'table t from "t.csv" { group key  rate reward }\n discount d { from table t }'
    rows: list[dict[str, object]] = [{"group": "BUYERS", "rate": "5%"}, {"group": "CLUB", "rate": "6%"}]
    assert nets(outcome(body, line("100"), tables={"t": rows})) == [95]
    with pytest.raises(OrderError) as error:
        outcome(body, line("100"), account="SOLO", day=date(2026, 5, 1), tables={"t": rows})
    assert error.value.code == "R0533"


def test_62_all_slips_of_a_table_come_in_one_run() -> None:
    rows: list[dict[str, object]] = [
        {"item": "COLA", "steps": "10", "rate": "5"},
        {"item": "COLA", "steps": "5", "rate": "5%"},
        {"item": "NUTS", "steps": "ten", "rate": "5%"},
        {"item": "LIME", "steps": "1", "rate": "5%"},
        {"item": "LIME", "steps": "1", "rate": "6%"},
    ]
    text = """agreement t "T" { accounts all, each  valid 2026-01-01 to 2026-12-31  currency EUR
 table t from "t.csv" { item key  steps threshold  rate reward }
 discount d { tiers retroactive on quantity in piece per line from table t } }"""
    report = Report()
    load_rules({"t.rebates": text}, Tables({"t": rows}), report)
    found = {(one.code, one.message.split(":")[0]) for one in report.diagnostics}
    where = "row {}, column `{}` of table `t`"
    assert {
        ("R0385", where.format(3, "steps")),
        ("R0387", where.format(4, "steps")),
        ("R0382", where.format(6, "steps")),
    } <= found
