"""Facts: read strictly from every source, into one form; every slip is told with its row and field."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import csv as arrow_csv
from pyarrow import parquet

import rebates
from rebates import Fact, FactErrors
from rebates.engine.fact_checks import FactChecks
from rebates.engine.fact_files import all_facts, read_facts
from rebates.engine.fact_schema import COLUMNS, facts_schema
from rebates.engine.facts import body_of, exact_text, fact_of, fact_of_body, posted_of
from rebates.model.exact import ExactError

SALE: dict[str, Any] = {
    "id": "INV-1/1",
    "account": "ACME",
    "date": "2026-03-10",
    "item": "COLA",
    "quantity": "60",
    "unit": "carton",
    "currency": "EUR",
    "net": "558.72",
}
RULES = {
    "acme.rebates": """
agreement acme "Acme" {
  accounts  ACME
  valid     2026-01-01 to 2026-12-31
  currency  EUR
  attribute line.weight number
  attribute order.channel text
  fact racks number summed
}
""",
}


class Tables:
    """An account, an item with a carton of 24."""

    def rows(self, name: str) -> object:
        return {
            "accounts": [{"id": "ACME", "parent": ""}],
            "items": [{"id": "COLA", "base_unit": "piece"}],
            "units": [{"item": "COLA", "unit": "carton", "factor": "24"}],
        }.get(name)


BOOK = rebates.load(RULES, tables=Tables())  # type: ignore[arg-type]


def taken(**changed: object) -> Fact:
    facts = all_facts([{k: v for k, v in {**SALE, **changed}.items() if v is not None}])
    return facts[0]


def read_and_checked(changed: dict[str, object]) -> None:
    (fact,) = all_facts([{**SALE, **changed}])
    problems = FactChecks(BOOK.rules).problems(fact, "facts[0].", {"INV-1/1": taken()})
    if problems:
        raise FactErrors(problems)


def told(**changed: object) -> list[tuple[str, str]]:
    """Codes and fields of what is wrong with a fact, by itself and by the rules."""
    with pytest.raises(FactErrors) as caught:
        read_and_checked(changed)
    for problem in caught.value.problems:
        assert problem.message[0] == problem.message[0].lower()
    return [(problem.code, problem.where.removeprefix("facts[0].")) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"quantity": 60.5}, "R0804", "quantity"),
        ({"net": "5,5"}, "R0804", "net"),
        ({"net": "1e1000000"}, "R0804", "net"),
        ({"net": Decimal("1e1000000")}, "R0804", "net"),
        ({"net": Decimal("NaN")}, "R0804", "net"),
        ({"net": True}, "R0804", "net"),
        ({"net": "９９"}, "R0804", "net"),
        ({"net": Fraction(1, 3)}, "R0804", "net"),
        ({"cost": "1 "}, "R0804", "cost"),
        ({"date": "2026-02-30"}, "R0805", "date"),
        ({"date": "1066-10-14"}, "R0805", "date"),
        ({"date": datetime(2026, 3, 10)}, "R0805", "date"),
        ({"known": "2026-03-10T09:00"}, "R0805", "known"),
        ({"kind": "refund"}, "R0806", "kind"),
        ({"nett": "1"}, "R0807", "nett"),
        ({"days.payment": "2026-01-01"}, "R0807", "days.payment"),
        ({"item.colour": "red"}, "R0807", "item.colour"),
        ({"kind": "fact", "name": "racks", "value": "3"}, "R0808", "quantity"),
        ({"id": ""}, "R0800", "id"),
        ({"net": None}, "R0800", "net"),
        ({"kind": "claim", "quantity": None, "net": None}, "R0800", "name"),
        ({"kind": "payment"}, "R0800", "of"),
        ({"kind": "return", "of": "INV-1/1", "quantity": None, "net": None}, "R0800", "net"),
        ({"kind": "return"}, "R0816", "quantity"),
        ({"id": "a\nb"}, "R0815", "id"),
        ({"id": "x" * 201}, "R0815", "id"),
        ({"id": 7}, "R0815", "id"),
        ({"account": "OTHER"}, "R0502", "account"),
        ({"item": "MILK"}, "R0503", "item"),
        ({"unit": "pallet"}, "R0505", "unit"),
        ({"currency": "USD"}, "R0803", "currency"),
        ({"date": "2027-01-01"}, "R0814", "date"),
        ({"kind": "return", "quantity": "-1", "net": "-1", "of": "INV-9/9"}, "R0802", "of"),
        ({"kind": "fact", "name": "shelves", "value": "3", "quantity": None, "net": None}, "R0811", "name"),
        ({"kind": "fact", "name": "racks", "value": "many", "quantity": None, "net": None}, "R0810", "value"),
        ({"kind": "claim", "name": "nothing", "quantity": None, "net": None}, "R0813", "name"),
        ({"line.weight": "heavy"}, "R0812", "line.weight"),
    ],
)
def test_a_slip_is_told_with_its_code_and_field(changed: dict[str, object], code: str, field: str) -> None:
    assert (code, field) in told(**changed)


def test_all_slips_of_all_facts_are_told_at_once() -> None:
    with pytest.raises(FactErrors) as caught:
        all_facts([{**SALE, "net": 1.5, "date": "soon"}, {**SALE, "id": "INV-1/2"}, {"id": "INV-1/3"}])
    assert [(problem.code, problem.where) for problem in caught.value.problems] == [
        ("R0804", "facts[0].net"),
        ("R0805", "facts[0].date"),
        ("R0800", "facts[2].account"),
        ("R0800", "facts[2].date"),
    ]


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("007.50", None),
        ("1_250.500", "1250.5"),
        ("-0", "0"),
        ("0.00", "0"),
        ("12.50", "12.5"),
        (Decimal("12.50"), "12.5"),
        (Fraction(25, 2), "12.5"),
        (-3, "-3"),
        ("999999999999999999.999999999999", "999999999999999999.999999999999"),
    ],
)
def test_a_number_has_one_form(given: object, text: str | None) -> None:
    assert exact_text(given) == (text if text is not None else "7.5")


def test_a_fact_has_the_same_bytes_whatever_it_was_given_as() -> None:
    one = taken(**{"line.channel": "web", "line.area": "north", "days.order": date(2026, 3, 1)})
    other = fact_of(
        Fact(
            "INV-1/1",
            "ACME",
            date(2026, 3, 10),
            item="COLA",
            quantity=60,
            unit="carton",
            currency="EUR",
            net=Decimal("558.720"),
            days={"order": "2026-03-01"},
            attributes={"line.area": "north", "line.channel": "web"},
            known=datetime(2026, 3, 11, tzinfo=UTC),
        ),
        "",
        [],
    )
    assert other is not None
    assert other.known == "2026-03-11T00:00:00.000000Z"
    assert body_of(one) == body_of(other)
    assert fact_of_body(body_of(one)) == one


def written(folder: Path, rows: list[dict[str, str]]) -> list[Any]:
    """The same rows in every form in which they can come."""
    names = list(rows[0])
    text = (
        "\n".join(",".join(row[name] for name in names) for row in [dict(zip(names, names, strict=True)), *rows]) + "\n"
    )
    (folder / "facts.csv").write_text(text, encoding="utf-8")
    (folder / "facts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    table = arrow_csv.read_csv(
        io.BytesIO(text.encode()),
        convert_options=arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )
    table = table.set_column(names.index("net"), "net", table.column("net").cast(pa.decimal128(18, 4)))
    table = table.set_column(names.index("date"), "date", table.column("date").cast(pa.date32()))
    parquet.write_table(table, folder / "facts.parquet")
    return [
        rows,
        folder / "facts.csv",
        str(folder / "facts.jsonl"),
        folder / "facts.parquet",
        table,
        pl.from_arrow(table),
    ]


def test_every_source_gives_the_same_facts(tmp_path: Path) -> None:
    rows = [{**SALE, "id": f"INV-{n}", "net": f"{n}.5", "order.channel": "web" if n % 2 else ""} for n in range(1, 40)]
    first, *others = [all_facts(source) for source in written(tmp_path, rows)]
    assert len(first) == 39
    assert first[0].net == "1.5"
    assert [fact.attributes for fact in first[:2]] == [{"order.channel": "web"}, {}]
    for other in others:
        assert other == first


def test_columns_may_be_named_by_the_caller_and_the_kind_given() -> None:
    table = pa.table(
        {"No": ["A"], "Who": ["ACME"], "Day": ["2026-01-02"], "What": ["racks"], "How many": [3], "Other": [1.5]}
    )
    columns = {"id": "No", "account": "Who", "date": "Day", "name": "What", "value": "How many"}
    (fact,) = all_facts(table, columns, "fact")
    assert (fact.kind, fact.value, fact.name) == ("fact", "3", "racks")
    with pytest.raises(FactErrors, match="there is no column `Amount`"):
        all_facts(table, {**columns, "net": "Amount"})


def test_a_float_column_is_refused_by_its_name() -> None:
    table = pa.table({**{name: [value] for name, value in SALE.items()}, "net": [1.5], "quantity": [2.0]})
    for source in (table, pl.from_arrow(table)):
        with pytest.raises(FactErrors) as caught:
            all_facts(source)
        assert [(problem.code, problem.where) for problem in caught.value.problems] == [
            ("R0804", "quantity"),
            ("R0804", "net"),
        ]


def test_rows_with_slips_leave_the_others_whole(tmp_path: Path) -> None:
    rows = [{**SALE, "id": f"INV-{n}", "net": "x" if n in (3, 7) else "1"} for n in range(1, 11)]
    written_to = tmp_path / "facts.csv"
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    written_to.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (batch,) = read_facts(written_to)
    assert len(batch.facts) == 8
    assert batch.rows == 10
    assert [problem.where for problem in batch.problems] == ["facts.csv row 4: net", "facts.csv row 8: net"]


HEADING = "id,account,date,item,quantity,unit,currency,net\n"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", HEADING + "1,ACME,2026-03-10,COLA,60,carton,EUR,5", "cut off"),
        ("a.csv", HEADING + "1,ACME,2026-03-10,COLA,60\n", "5 cells"),
        ("a.csv", HEADING + '1,ACME,2026-03-10,COLA,60,carton,EUR,"5\n', "cannot be read"),
        ("a.csv", HEADING.replace("net", "id"), "stands twice"),
        ("a.csv", "", "empty"),
        ("a.jsonl", '{"id": "1", "account": "ACME", "date": "2026-03', "cut off"),
        ("a.jsonl", '{"id": "1", "id": "2"}\n', "stands twice"),
        ("a.jsonl", "[" * 100_000 + "\n", "no JSON"),
        ("a.jsonl", '{"id": 1' + "0" * 100 + "}\n", "too many digits"),
        ("a.xml", "<a/>", "no CSV"),
        ("a.parquet", "PAR1 and then nothing", "Parquet"),
    ],
)
def test_a_file_that_cannot_be_read_to_its_end_is_refused(tmp_path: Path, name: str, content: str, said: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(FactErrors) as caught:
        all_facts(tmp_path / name)
    assert said in str(caught.value)
    assert [problem.code for problem in caught.value.problems] == ["R0809"]


def test_a_parquet_file_cut_off_in_the_middle_is_refused(tmp_path: Path) -> None:
    rows = [{**SALE, "id": f"INV-{n}"} for n in range(1000)]
    written(tmp_path, rows)
    whole = (tmp_path / "facts.parquet").read_bytes()
    (tmp_path / "facts.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FactErrors, match="R0809"):
        all_facts(tmp_path / "facts.parquet")


def test_what_a_return_leaves_unsaid_is_that_of_its_sale() -> None:
    facts = all_facts(
        [SALE, {"id": "R", "account": "ACME", "date": "2026-04-01", "kind": "return", "of": "INV-1/1", "net": "-5"}]
    )
    sale, returned = posted_of(facts, BOOK.rules)
    assert (sale.quantity, sale.net) == (Fraction(60), Fraction("558.72"))
    assert (returned.item, returned.unit, returned.quantity, returned.net) == (
        "COLA",
        "carton",
        Fraction(0),
        Fraction(-5),
    )


def test_declared_types_hold_and_approvals_are_left_out() -> None:
    approval = {
        "id": "A",
        "account": "ACME",
        "date": "2026-04-01",
        "kind": "approval",
        "value": "abc",
        "approval.by": "Sari",
    }
    facts = all_facts([{**SALE, "line.weight": "2.5"}, approval])
    assert not FactChecks(BOOK.rules).problems(facts[1], "")
    (sale,) = posted_of(facts, BOOK.rules)
    assert sale.attributes == {"line.weight": Fraction("2.5")}


def test_the_schema_has_every_column() -> None:
    properties = facts_schema()["properties"]
    assert isinstance(properties, dict)
    plain = set(Fact.__struct_fields__) - {"days", "attributes"}
    assert plain <= set(properties)
    assert plain <= set(COLUMNS)
    page = Path(__file__).resolve().parents[2] / "docs" / "reference" / "facts.md"
    for name, words in COLUMNS.items():
        assert f"| `{name}` | {words} |" in page.read_text(encoding="utf-8")


cells = st.one_of(
    st.none(),
    st.text(max_size=5),
    st.integers(-5, 5),
    st.decimals(-9, 9, places=2),
    st.dates(date(2026, 1, 1), date(2026, 2, 1)),
)


@given(
    st.lists(
        st.fixed_dictionaries(dict.fromkeys(("net", "date", "kind", "of", "line.zone"), cells)), min_size=1, max_size=4
    )
)
def test_column_by_column_and_row_by_row_agree(rows: list[dict[str, object]]) -> None:
    from rebates.engine.fact_files import _by_column

    whole = [{**SALE, "id": f"F{place}", **row} for place, row in enumerate(rows)]
    problems: list[rebates.FactProblem] = []
    one_by_one = [fact_of(row, "", problems) for row in whole]
    columns = {name: [row[name] for row in whole] for name in whole[0]}
    batch = _by_column(columns, [""] * len(whole))
    assert (batch is None) == bool(problems)
    if batch is not None:
        assert batch.facts == one_by_one


def test_a_fact_given_twice_counts_once_and_another_under_its_id_is_refused() -> None:
    assert len(posted_of(all_facts([SALE, {**SALE, "quantity": 60}]), BOOK.rules)) == 1
    with pytest.raises(FactErrors, match="R0801"):
        posted_of(all_facts([SALE, {**SALE, "net": "558.73"}]), BOOK.rules)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("10.50", "10.5"), ("-0.00", "0"), ("0.000000000001", "0.000000000001"), ("1E+2", "100"), ("-7.00", "-7")],
)
def test_a_decimal_is_kept_in_its_one_form(given: str, kept: str) -> None:
    assert exact_text(Decimal(given)) == kept


@pytest.mark.parametrize("given", ["0.0000000000001", "1.0000000000000", "1E+18", "NaN"])
def test_a_decimal_out_of_bounds_is_refused(given: str) -> None:
    with pytest.raises(ExactError):
        exact_text(Decimal(given))


@pytest.mark.parametrize(
    ("changed", "sound"),
    [
        ({}, True),
        ({"account": "NOBODY"}, False),
        ({"item": "UNKNOWN"}, False),
        ({"unit": "pallet"}, False),
        ({"currency": "USD"}, False),
        ({"date": "2027-05-01"}, False),
    ],
)
def test_a_sale_that_is_passed_at_a_glance_has_no_problem(changed: dict[str, str], sound: bool) -> None:
    checks = FactChecks(BOOK.rules)
    [fact] = all_facts([{**SALE, **changed}])
    assert checks.is_sound_sale(fact) is sound
    assert (checks.problems(fact, "") == []) is sound
