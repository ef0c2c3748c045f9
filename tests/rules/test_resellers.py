"""The resellers of AdventureWorks, settled, against the same agreements in SQL: integers alone, to the cent."""

from __future__ import annotations

import importlib.util
import io
import sys
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from rich.console import Console

from rebates import Fact, load
from rebates.ledger.journal import trial_balance

RULES = Path(__file__).parents[2] / "rules"
SALES = RULES / "adventureworks" / "aw_reseller_sales.parquet"
RESELLERS = RULES / "resellers" / "aw_reseller.csv"

# amounts are in ten-thousandths of a dollar, rates in ten-thousandths: a product is in 1e-8, a cent is a million of it
SOURCES = f"""
create view sales as
  select ResellerKey as reseller, year(OrderDate) as y, quarter(OrderDate) as q, cast(SalesAmount * 10000 as bigint) as net
  from '{SALES}';
create view resellers as
  select ResellerKey as reseller, BusinessType as kind, cast(AnnualRevenue as bigint) as target
  from read_csv('{RESELLERS}');
create view quarters as
  select reseller, kind, y, q, sum(net) as net from sales join resellers using (reseller) group by all;
create view years as
  select reseller, kind, target, y, sum(net) as net from sales join resellers using (reseller) group by all;
create view grown as
  select a.*, b.net as before from years a left join years b on b.reseller = a.reseller and b.y = a.y - 1;
"""


def tiers(amount: str, rows: Sequence[tuple[int, int]]) -> str:
    """The rate in ten-thousandths from so many dollars on."""
    return (
        "case "
        + " ".join(f"when {amount} >= {row * 10_000} then {rate}" for row, rate in reversed(rows))
        + " else 0 end"
    )


VOLUME = f"""
select kind, sum((net * rate + 500000) // 1000000) from (
  select kind, net, case
    when kind = 'Value Added Reseller' then {tiers("net", [(5_000, 100), (15_000, 150), (40_000, 200)])}
    when kind = 'Specialty Bike Shop' then {tiers("net", [(2_500, 100), (10_000, 200)])}
    when y * 10 + q >= 20123 then {tiers("net", [(20_000, 150), (50_000, 250), (100_000, 350)])}
    else {tiers("net", [(25_000, 100), (50_000, 200), (100_000, 300)])} end as rate
  from quarters) group by kind
"""
SIGNED = VOLUME.replace(">= 20123", ">= 99999")  # without the amendment
GROWTH = """
select kind, sum(least((net * rate + 500000) // 1000000, 500000)) from (
  select kind, net, case
    when before is null or before <= 0 or net <= before then 0
    when kind = 'Value Added Reseller' then if((net - before) * 100 > 20 * before, 100, 50)
    when kind = 'Specialty Bike Shop' then if((net - before) * 100 > 25 * before, 200, 100)
    when (net - before) * 100 > 30 * before then 150
    when (net - before) * 100 > 10 * before then 100
    else 50 end as rate
  from grown) group by kind
"""
TARGET = """
select kind, sum(if(net * rate < 5000000000, 0, (net * rate + 500000) // 1000000)) from (
  select kind, net, case
    when kind = 'Value Added Reseller' then case
      when net >= target * 10000 then 50 when net * 2 >= target * 10000 then 25 else 0 end
    when kind = 'Specialty Bike Shop' then case
      when net * 2 >= target * 10000 then 100 when net * 4 >= target * 10000 then 50 else 0 end
    else case when net >= target * 10000 then 100 when net * 5 >= target * 4 * 10000 then 50
      when net * 2 >= target * 10000 then 25 else 0 end end as rate
  from years) group by kind
"""
SPEC = importlib.util.spec_from_file_location("reseller_demo", RULES / "resellers" / "demo.py")
assert SPEC is not None
assert SPEC.loader is not None
demo = importlib.util.module_from_spec(SPEC)
sys.modules[SPEC.name] = demo  # its dataclasses look their module up
SPEC.loader.exec_module(demo)
AGREEMENTS = {"Value Added Reseller": "value_added", "Specialty Bike Shop": "specialty", "Warehouse": "warehouses"}


def facts() -> list[Fact]:
    """Every order line of a reseller as a sale."""
    columns = [
        "SalesOrderNumber", "SalesOrderLineNumber", "ResellerKey", "ProductKey", "OrderQuantity", "OrderDate", "SalesAmount"
    ]  # fmt: skip
    rows = zip(*(column.to_pylist() for column in pq.read_table(SALES, columns=columns).columns), strict=True)
    return [
        Fact(
            f"{order}/{line}", str(reseller), day, item=str(product), quantity=int(quantity), unit="piece",
            currency="USD", net=net, order=order,
        )
        for order, line, reseller, product, quantity, day, net in rows
    ]  # fmt: skip


def by_sql(where: str = "", amended: bool = True) -> dict[tuple[str, str], Fraction]:
    """What every agreement and rule comes to, of all resellers or of some."""
    sql = duckdb.connect()
    sql.execute(SOURCES.replace(f"from '{SALES}'", f"from '{SALES}' {where}"))
    return {
        (AGREEMENTS[kind], rule): Fraction(cents, 100)
        for rule, query in (("volume", VOLUME if amended else SIGNED), ("growth_bonus", GROWTH), ("target", TARGET))
        for kind, cents in sql.execute(query).fetchall()
    }


def test_four_years_of_635_resellers_agree_with_sql() -> None:
    settlement = load(RULES / "resellers").settle(facts(), period="2010-12-29..2013-12-31")
    ours: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for due in settlement.dues:
        ours[due.agreement, due.rule.rpartition(".")[2]] += Fraction(due.due)
    theirs = by_sql()
    assert dict(ours) == theirs == demo.PUBLISHED
    assert theirs["warehouses", "volume"] == Fraction("711566.10")  # with the levels that were amended from mid-2012


def test_the_demo_on_some_resellers_agrees_with_sql(tmp_path: Path) -> None:
    """Imported, settled year by year, amended afterwards, proved: together what SQL has with the amendment at once."""
    lines = demo.sales()
    some = {"118", "12", "1", "2", "3", "5", "200"}
    facts = lines.filter(pc.is_in(lines["account"], pa.array(sorted(some))))
    said = io.StringIO()
    told = demo.run(facts, tmp_path, Console(file=said, width=200))
    assert told.facts == len(facts) > 400
    where = f"where ResellerKey in ({', '.join(sorted(some))})"
    theirs = by_sql(where)
    assert {key: total for key, total in told.totals.items() if total} == {key: x for key, x in theirs.items() if x}
    some_more = theirs["warehouses", "volume"] - by_sql(where, amended=False)["warehouses", "volume"]
    assert {key: delta for key, delta in told.deltas.items() if delta} == {("warehouses", "volume"): some_more}
    assert some_more > 0
    assert not sum(trial_balance(told.entries).values())
    assert -trial_balance(told.entries)["Accounts payable", "USD"] == sum(theirs.values())
    assert told.proof.holds
    assert (told.proof.facts, told.proof.runs) == (len(facts), 5)
    for shown in ("facts imported", "2013  USD", "statement", "Trial balance", "settlements proved"):
        assert shown in said.getvalue()
