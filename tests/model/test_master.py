"""Master data: accounts, memberships, items, units, families, list prices, costs, and what must hold between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction as F
from pathlib import Path

from rebates.model.master import SCHEMAS, Master, Price, load_master
from rebates.model.read_tables import read_table
from rebates.model.tables import raw_rows, typed_table
from rebates.syntax.diagnostics import Report
from rebates.syntax.source import Source, Span

Rows = Sequence[Mapping[str, object]]
DAY = date(2026, 3, 10)


def loaded(**tables: Rows) -> tuple[Master, Report]:
    report = Report()
    made = {
        name: typed_table(SCHEMAS[name], raw_rows(name, rows), None, report, f"{name}.csv")
        for name, rows in tables.items()
    }
    return load_master(made, report), report


def sound(**tables: Rows) -> Master:
    master, report = loaded(**tables)
    assert not report.diagnostics
    return master


def found(**tables: Rows) -> list[tuple[str, str]]:
    return [(each.code, each.message) for each in loaded(**tables)[1].diagnostics]


# --- accounts and groups, as 5.5 has them

ACCOUNTS = [
    {"id": "TOP", "parent": "", "class": "gold"},
    {"id": "NORTH", "parent": "TOP"},
    {"id": "STORE", "parent": "NORTH"},
    {"id": "SOLO"},
]


def test_accounts_have_parents_and_attributes() -> None:
    master = sound(accounts=ACCOUNTS)
    top = master.account("TOP")
    assert top is not None
    assert (top.parent, dict(top.attributes)) == (None, {"class": "gold"})
    assert master.ancestors("STORE") == ("NORTH", "TOP")
    assert master.ancestors("TOP") == ()
    assert master.account("OTHER") is None


def test_without_an_accounts_table_every_id_is_an_account() -> None:
    account = sound().account("ANY")
    assert account is not None
    assert (account.id, account.parent) == ("ANY", None)


def test_a_member_is_in_its_own_groups_of_the_day() -> None:
    master = sound(
        accounts=ACCOUNTS,
        memberships=[
            {"group": "BUYERS", "account": "STORE", "valid_from": "2026-01-01", "valid_to": "2026-03-31"},
            {"group": "CLUB", "account": "STORE", "valid_from": "2026-04-01", "valid_to": ""},
            {"group": "CHAIN", "account": "TOP"},
        ],
    )
    assert master.groups("STORE", date(2026, 3, 31)) == {"BUYERS"}
    assert master.groups("STORE", date(2026, 4, 1)) == {"CLUB"}
    assert master.groups("STORE", date(2025, 12, 31)) == frozenset()  # not those of TOP above it
    assert master.groups("TOP", DAY) == {"CHAIN"}
    assert master.group_names == {"BUYERS", "CLUB", "CHAIN"}


def test_parents_are_known_and_lie_in_no_circle() -> None:
    assert found(accounts=[{"id": "TOP", "parent": ""}, {"id": "A", "parent": "TPO"}]) == [
        ("R0420", "row 3 of table `accounts`: parent `TPO` is unknown")
    ]
    circle = [
        {"id": "A", "parent": "B"},
        {"id": "B", "parent": "C"},
        {"id": "C", "parent": "B"},
        {"id": "D", "parent": "D"},
    ]
    assert found(accounts=circle) == [
        ("R0422", "row 3 of table `accounts`: `B` lies above itself: `B` under `C` under `B`"),
        ("R0422", "row 5 of table `accounts`: `D` lies above itself: `D` under `D`"),
    ]


def test_a_chain_of_many_parents_is_no_trouble() -> None:
    rows = [{"id": f"A{n}", "parent": f"A{n + 1}" if n < 2999 else ""} for n in range(3000)]
    assert found(accounts=rows) == []


def test_an_account_stands_once() -> None:
    assert found(accounts=[{"id": "A", "parent": ""}, {"id": "A", "parent": ""}]) == [
        ("R0405", "row 3 repeats the key of row 2: id `A`")
    ]


def test_names_of_other_tables_are_known() -> None:
    items = [{"id": "COLA", "family": "DRINK"}, {"id": "NUTS", "family": "SNAKC"}]
    families = [{"id": "DRINK", "parent": ""}, {"id": "SNACK", "parent": ""}]
    _, report = loaded(
        accounts=[{"id": "A", "parent": ""}],
        memberships=[{"group": "G", "account": "OTHER"}],
        items=items,
        families=families,
        units=[{"item": "COAL", "unit": "carton", "factor": 24}, {"item": "", "unit": "box", "factor": 6}],
        list_prices=[{"item": "X", "price": 5}],
        costs=[{"item": "Y", "cost": 5}],
    )
    assert [(each.code, each.message, each.help) for each in report.diagnostics] == [
        ("R0420", "row 2 of table `costs`: item `Y` is unknown", "add a row for it to the table `items`"),
        ("R0420", "row 3 of table `items`: family `SNAKC` is unknown", "did you mean `SNACK`?"),
        ("R0420", "row 2 of table `list_prices`: item `X` is unknown", "add a row for it to the table `items`"),
        (
            "R0420",
            "row 2 of table `memberships`: account `OTHER` is unknown",
            "add a row for it to the table `accounts`",
        ),
        ("R0420", "row 2 of table `units`: item `COAL` is unknown", "did you mean `COLA`?"),
    ]


def test_a_slip_in_a_csv_file_is_shown_at_its_cell(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("id,parent,class\nTOP,,gold\nA,TPO,blue\n")
    report, here = Report(), Span(Source("deal.rebates", ""), 0, 0)
    table = read_table(SCHEMAS["accounts"], tmp_path, "accounts.csv", None, report, here)
    assert table is not None
    load_master({"accounts": table}, report)
    (slip,) = report.diagnostics
    assert (slip.span.source.name, slip.span.line, slip.span.column, slip.span.text) == ("accounts.csv", 3, 3, "TPO")


def test_many_unknown_names_are_counted() -> None:
    rows = [{"item": f"X{n}", "price": 1} for n in range(70)]
    _, report = loaded(items=[{"id": "COLA"}], list_prices=rows)
    assert len([each for each in report.diagnostics if each.severity == "error"]) == 50
    assert [each.message for each in report.diagnostics if each.severity == "note"] == [
        "and 20 more slips in table `list_prices`"
    ]


# --- items and families


def test_items_have_a_base_unit_a_family_and_attributes() -> None:
    master = sound(
        items=[{"id": "COLA", "base_unit": "kg", "family": "DRINK", "brand": "Fizz"}, {"id": "NUTS", "base_unit": ""}]
    )
    cola, nuts = master.item("COLA"), master.item("NUTS")
    assert cola is not None
    assert nuts is not None
    assert (cola.base_unit, cola.family, dict(cola.attributes)) == ("kg", "DRINK", {"brand": "Fizz"})
    assert (nuts.base_unit, nuts.family) == ("piece", None)
    assert master.item("CHIPS") is None


def test_families_lie_under_each_other_by_their_table() -> None:
    families = [{"id": "FOOD", "parent": ""}, {"id": "DRINK", "parent": "FOOD"}, {"id": "SODA", "parent": "DRINK"}]
    master = sound(families=families)
    assert master.family_path("SODA") == ("SODA", "DRINK", "FOOD")
    assert master.is_under("SODA", "FOOD")
    assert master.is_under("SODA", "SODA")
    assert not master.is_under("FOOD", "SODA")


def test_families_lie_under_each_other_by_their_names() -> None:
    master = sound(items=[{"id": "COLA", "family": "DRINK/SODA"}])
    assert master.family_path("DRINK/SODA/COLA") == ("DRINK/SODA/COLA", "DRINK/SODA", "DRINK")
    assert master.is_under("DRINK/SODA", "DRINK")
    assert not master.is_under("DRINKS", "DRINK")


# --- units, as 1.2 has them

ITEMS = [{"id": "COLA"}, {"id": "RICE", "base_unit": "kg"}, {"id": "NUTS"}]
UNITS = [
    {"item": "COLA", "unit": "carton", "factor": "24"},
    {"item": "COLA", "unit": "pallet", "factor": "80", "of": "carton"},
    {"item": "COLA", "unit": "carton", "factor": "8.4", "of": "kg"},
    {"item": "RICE", "unit": "bag", "factor": "25"},
    {"item": "", "unit": "carton", "factor": "12"},
    {"item": "", "unit": "crate", "factor": "2", "of": "carton"},
]


def test_factors_are_exact_and_chain() -> None:
    master = sound(items=ITEMS, units=UNITS)

    def factor(item: str, unit: str) -> F | None:
        return master.factor(item, unit, DAY)

    assert factor("COLA", "piece") == 1
    assert factor("COLA", "carton") == 24
    assert factor("COLA", "pallet") == 1920
    assert factor("COLA", "kg") == F(24 * 10, 84)
    assert factor("COLA", "lb") == F("0.45359237") * 24 / F("8.4")
    assert factor("COLA", "crate") == 48  # its own carton goes before that for all items
    assert factor("NUTS", "carton") == 12
    assert factor("NUTS", "crate") == 24
    assert factor("NUTS", "dozen") == 12
    assert factor("RICE", "g") == F(1, 1000)
    assert factor("RICE", "bag") == 25
    assert factor("NUTS", "kg") is None  # 1.4
    assert factor("COLA", "l") is None


def test_factors_are_those_of_the_day() -> None:
    units = [
        {"item": "COLA", "unit": "carton", "factor": 24, "valid_to": "2026-06-30", "valid_from": ""},
        {"item": "COLA", "unit": "carton", "factor": 20, "valid_from": "2026-07-01", "valid_to": ""},
    ]
    master = sound(items=ITEMS, units=units)
    assert master.factor("COLA", "carton", date(2026, 6, 30)) == 24
    assert master.factor("COLA", "carton", date(2026, 7, 1)) == 20


def test_without_an_items_table_the_ordered_unit_is_the_base() -> None:
    master = sound(units=UNITS)
    assert master.factor("COLA", "carton", DAY, "carton") == 1
    assert master.factor("COLA", "pallet", DAY, "carton") == 80
    assert master.factor("COLA", "piece", DAY, "carton") == F(1, 24)  # a row that does not say of what counts pieces


def test_a_factor_is_above_zero() -> None:
    units = [
        {"item": "COLA", "unit": unit, "factor": factor}
        for unit, factor in (("a", "0"), ("b", "-2"), ("c", ""), ("d", "0.5"))
    ]
    assert found(items=ITEMS, units=units) == [
        ("R0421", "row 2 of table `units`: a factor of 0 cannot be"),
        ("R0421", "row 3 of table `units`: a factor of -2 cannot be"),
        ("R0421", "row 4 of table `units`: the factor is missing"),
    ]


def test_an_exchange_rate_is_of_two_currencies_and_above_zero() -> None:
    rates = [
        {"from": "USD", "to": "EUR", "rate": "0.92"},
        {"from": "USA", "to": "EUR", "rate": "0.92"},
        {"from": "GBP", "to": "EUR", "rate": "0"},
        {"from": "CHF", "to": "EUR", "rate": ""},
    ]
    assert found(exchange_rates=rates) == [
        ("R0424", "row 3 of table `exchange_rates`: `USA` is no currency such as `EUR`"),
        ("R0425", "row 4 of table `exchange_rates`: a rate of 0 cannot be"),
        ("R0425", "row 5 of table `exchange_rates`: the rate is missing"),
    ]


def test_two_ways_to_a_unit_agree() -> None:
    third = {"item": "COLA", "unit": "pallet", "of": "piece"}
    assert found(items=ITEMS, units=[*UNITS, {**third, "factor": "1920"}]) == []
    assert found(items=ITEMS, units=[*UNITS, {**third, "factor": "1900"}]) == [
        ("R0423", "row 8 of table `units`: 1 pallet = 1900 piece contradicts other conversions")
    ]
    assert found(items=ITEMS, units=[{"item": "", "unit": "lb", "of": "kg", "factor": "0.5"}]) == [
        ("R0423", "row 2 of table `units`: 1 lb = 0.5 kg contradicts other conversions")
    ]


def test_conversions_of_different_days_do_not_contradict() -> None:
    units = [
        {"item": "COLA", "unit": "carton", "factor": 24, "valid_from": "", "valid_to": "2026-06-30"},
        {"item": "COLA", "unit": "pallet", "of": "carton", "factor": 80},
        {"item": "COLA", "unit": "carton", "factor": 20, "valid_from": "2026-07-01", "valid_to": ""},
        {"item": "COLA", "unit": "pallet", "of": "piece", "factor": 1600, "valid_from": "2026-07-01", "valid_to": ""},
    ]
    assert found(items=ITEMS, units=units) == []
    assert found(items=ITEMS, units=[*units[:3], {**units[3], "valid_from": "2026-06-01"}]) == [
        ("R0423", "row 5 of table `units`: 1 pallet = 1600 piece contradicts other conversions")
    ]


# --- list prices and costs, as 1.3 and 2.1 have them


def test_a_price_in_the_ordered_unit_goes_before_a_converted_one() -> None:
    prices = [{"item": "COLA", "unit": "piece", "price": "1.5"}, {"item": "COLA", "unit": "carton", "price": "34"}]
    master = sound(items=ITEMS, units=UNITS, list_prices=prices)

    def price(unit: str) -> tuple[F, str, int] | None:
        made = master.list_price("COLA", unit, DAY, "EUR")
        return (made.amount, made.unit, made.row.number) if made is not None else None

    assert price("carton") == (F(34), "carton", 3)
    assert price("piece") == (F("1.5"), "piece", 2)
    assert price("pallet") == (F("1.5"), "piece", 2)  # per its own unit; the earlier row


def test_a_price_without_a_unit_is_per_base_unit() -> None:
    master = sound(items=ITEMS, list_prices=[{"item": "RICE", "price": "3"}], costs=[{"item": "RICE", "cost": "2"}])
    price, cost = master.list_price("RICE", "g", DAY, "EUR"), master.cost("RICE", "t", DAY, "EUR")
    assert price is not None
    assert cost is not None
    assert (price.amount, price.unit) == (F(3), "kg")
    assert (cost.amount, cost.unit) == (F(2), "kg")
    assert master.list_price("NUTS", "piece", DAY, "EUR") is None


def test_prices_are_those_of_the_day_and_the_currency() -> None:
    rows = [
        {"item": "COLA", "price": "1", "valid_from": "2026-01-01", "valid_to": "2026-06-30", "currency": ""},
        {"item": "COLA", "price": "2", "valid_from": "2026-01-01", "valid_to": "", "currency": "USD"},
        {"item": "COLA", "price": "EUR 3", "valid_from": "2026-03-01", "valid_to": "", "currency": ""},
    ]
    master = sound(items=ITEMS, list_prices=rows)

    def amount(day: date, currency: str) -> F | None:
        price: Price | None = master.list_price("COLA", "piece", day, currency)
        return price.amount if price is not None else None

    assert amount(date(2026, 2, 1), "EUR") == 1
    assert amount(date(2026, 2, 1), "USD") == 2
    assert amount(DAY, "EUR") == 3  # a row that names the currency goes before one that leaves it to the agreement
    assert amount(date(2026, 7, 1), "EUR") == 3
    assert amount(date(2026, 7, 1), "JPY") is None


def test_an_item_has_one_price_for_a_unit_and_a_day() -> None:
    rows = [
        {"item": "COLA", "unit": "", "price": "1", "valid_from": "", "valid_to": "2026-06-30"},
        {"item": "COLA", "unit": "piece", "price": "2", "valid_from": "2026-07-01", "valid_to": ""},
    ]
    assert found(items=ITEMS, list_prices=rows) == []
    assert found(items=ITEMS, list_prices=[rows[0], {**rows[1], "valid_from": "2026-06-30"}]) == [
        ("R0405", "row 3 repeats the key of row 2: item `COLA` by its base unit")
    ]
