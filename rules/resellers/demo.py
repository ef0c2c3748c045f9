"""Settles four years of the resellers of AdventureWorks in a ledger, amends an agreement afterwards, and proves the books."""

from __future__ import annotations

import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

import rebates
from rebates import Book, Ledger
from rebates.ledger.journal import Entry, trial_balance
from rebates.ledger.runs import Run
from rebates.ledger.statements.forms import as_text
from rebates.ledger.verify import Proof
from rebates.model.exact import grouped

HERE = Path(__file__).parent
SALES = HERE.parent / "adventureworks" / "aw_reseller_sales.parquet"
FIRST, LAST = date(2010, 12, 29), date(2013, 12, 31)
PERIODS = ((FIRST, date(2010, 12, 31)), *((date(year, 1, 1), date(year, 12, 31)) for year in (2011, 2012, 2013)))
AMENDMENT = "  amend retroactively from 2012-07-01"
SHOWN = "118"  # a warehouse whose volume rebate the amendment changes

# what four years come to, amendment and all; tests/rules compares them with SQL
PUBLISHED = {
    ("specialty", "growth_bonus"): Fraction("26223.26"),
    ("specialty", "target"): Fraction("22787.61"),
    ("specialty", "volume"): Fraction("96641.51"),
    ("value_added", "growth_bonus"): Fraction("125226.68"),
    ("value_added", "target"): Fraction("168797.49"),
    ("value_added", "volume"): Fraction("622835.98"),
    ("warehouses", "growth_bonus"): Fraction("143763.35"),
    ("warehouses", "target"): Fraction("144611.81"),
    ("warehouses", "volume"): Fraction("711566.10"),
}


@dataclass
class Told:
    """What the demo came to: dues by agreement and rule before the amendment and by it, the journal, and the proof."""

    facts: int = 0
    before: dict[tuple[str, str], Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    deltas: dict[tuple[str, str], Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    entries: list[Entry] = field(default_factory=list)
    proof: Proof | None = None

    @property
    def totals(self) -> dict[tuple[str, str], Fraction]:
        """All of it together."""
        return {key: self.before[key] + self.deltas.get(key, 0) for key in self.before}


def sales() -> pa.Table:
    """The published order lines as facts: an id of order and line, reseller, day, item, quantity, net value."""
    lines = parquet.read_table(SALES)
    numbers = lines["SalesOrderLineNumber"].cast(pa.string())
    return pa.table(
        {
            "id": pc.binary_join_element_wise(lines["SalesOrderNumber"], numbers, "/"),
            "account": lines["ResellerKey"].cast(pa.string()),
            "date": lines["OrderDate"],
            "item": lines["ProductKey"].cast(pa.string()),
            "quantity": lines["OrderQuantity"],
            "unit": pa.array(["piece"] * len(lines)),
            "currency": pa.array(["USD"] * len(lines)),
            "net": lines["SalesAmount"],
            "order": lines["SalesOrderNumber"],
        }
    )


def as_first_signed(folder: Path) -> Book:
    """The agreements without the amendment, which was signed after everything had been settled."""
    before, amended, after = (HERE / "resellers.rebates").read_text("utf-8").partition(AMENDMENT)
    _, _, rest = after.partition("\n  }\n")
    assert amended
    (folder / "resellers.rebates").write_text(before + rest.lstrip("\n"), encoding="utf-8")
    (folder / "aw_reseller.csv").write_bytes((HERE / "aw_reseller.csv").read_bytes())
    return rebates.load(folder)


def add(to: dict[tuple[str, str], Fraction], run: Run) -> Fraction:
    """Adds the dues of a run by agreement and rule; their sum."""
    whole = Fraction(0)
    for one in run.settlements:
        for due in one.dues:
            to[one.agreement, due.rule.rpartition(".")[2]] += due.due
            whole += due.due
    return whole


@contextmanager
def bar(title: str, total: int, console: Console) -> Iterator[tuple[Progress, TaskID]]:
    """A progress bar that stays."""
    columns = (TextColumn(f"  {title:<22}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as shown:
        yield shown, shown.add_task(title, total=total)


def run(facts: pa.Table, folder: Path, console: Console, shown: str = SHOWN) -> Told:
    """The whole of it on some facts, in a ledger in a folder."""
    told = Told()
    (folder / "rules").mkdir()
    signed, amended = as_first_signed(folder / "rules"), rebates.load(HERE)
    with Ledger.open(str(folder / "ledger.db")) as ledger:
        with bar("facts imported", len(facts), console) as (progress, task):
            done = ledger.bring(
                signed,
                facts,
                rejects=folder / "rejects.jsonl",
                progress=lambda rows: progress.update(task, completed=rows),
            )
        told.facts = done.added
        dues = []
        with bar("years settled", len(PERIODS), console) as (progress, task):
            for first, last in PERIODS:
                made, _ = ledger.settle(signed, (first, last))
                dues.append((last.year, add(told.before, made)))
                progress.advance(task)
        for year, whole_year in dues:
            console.print(f"    {year}  USD {grouped(whole_year):>14}")

        console.print(
            "\nThe warehouses' levels are amended, retroactively from mid-2012; settled again, the differences are due:"
        )
        made, entries = ledger.settle(amended, (LAST, LAST))
        add(told.deltas, made)
        by_window: dict[tuple[str, date], list[Fraction]] = defaultdict(list)
        for one in made.settlements:
            for due in one.dues:
                if due.due:
                    by_window[due.rule, due.first].append(due.due)
        for (rule, begun), amounts in sorted(by_window.items()):
            whole = grouped(sum(amounts, Fraction(0)))
            console.print(f"    {rule} of the quarter from {begun}: USD {whole:>10} to {len(amounts)} resellers")
        console.print(f"  {len(entries)} entries; those of before stand as they were")

        console.print(f"\nThe statement of reseller {shown} for the last day of 2013, differences and all:\n")
        console.print(as_text(ledger.statement(shown, (LAST, LAST))), markup=False)

        told.entries = ledger.journal()
        console.print("\nTrial balance:")
        for (account, currency), balance in trial_balance(told.entries).items():
            console.print(f"    {account:<20} {currency} {grouped(balance):>16}")

        console.print("\nEvery row is checked, and every settlement worked out again by the reference evaluator:")
        with bar("settlements proved", len(PERIODS) + 1, console) as (progress, task):
            told.proof = ledger.verify(progress=lambda runs: progress.update(task, completed=runs))
            progress.update(task, completed=len(PERIODS) + 1)
        for finding in told.proof.findings:
            console.print(f"  {finding}")
    return told


def main() -> None:
    console = Console(highlight=False, soft_wrap=True)
    started = time.perf_counter()
    console.print("AdventureWorks: four years of 635 resellers in a ledger, by the agreements of rules/resellers")
    with tempfile.TemporaryDirectory() as name:
        told = run(sales(), Path(name), console)
    console.print("\nFour years, with the amendment:")
    for (agreement, rule), total in sorted(told.totals.items()):
        agrees = "as SQL has it" if total == PUBLISHED[agreement, rule] else f"SQL has {PUBLISHED[agreement, rule]}"
        console.print(f"    {agreement:<12} {rule:<13} USD {grouped(total):>12}  {agrees}")
    console.print(f"  in {time.perf_counter() - started:.0f} s")
    if told.totals != PUBLISHED or told.proof is None or not told.proof.holds:
        sys.exit("these numbers differ from what was worked out in SQL, or the proof fails")


if __name__ == "__main__":
    main()
