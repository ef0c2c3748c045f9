"""Prices the published order lines of AdventureWorks from the rule text beside this file, and counts what agrees."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

import rebates
from rebates import Book, Line, Order, Quote

HERE = Path(__file__).parent
COLUMNS = [
    "ProductKey",
    "PromotionKey",
    "SalesOrderNumber",
    "OrderQuantity",
    "UnitPrice",
    "UnitPriceDiscountPct",
    "SalesAmount",
    "OrderDate",
]

Row = dict[str, Any]


@dataclass
class Count:
    """How the priced lines compare with what was published."""

    lines: int = 0
    agree: int = 0
    net: Decimal = Decimal(0)
    others: list[tuple[Row, Order]] = field(default_factory=list)


def orders(file: str, buyer: str, channel: str) -> Iterator[tuple[Order, list[Row]]]:
    """The orders of a file with their published lines."""
    table = parquet.read_table(HERE / file, columns=[*COLUMNS, buyer])
    together: dict[str, list[Row]] = {}
    for row in table.to_pylist():
        together.setdefault(row["SalesOrderNumber"], []).append(row)
    for rows in together.values():
        lines = [Line(str(row["ProductKey"]), f"{row['OrderQuantity']} piece") for row in rows]
        yield Order(str(rows[0][buyer]), rows[0]["OrderDate"], lines, attributes={"channel": channel}), rows


def percent(quote: Quote, index: int) -> Decimal:
    """The percentage that was taken off a line, as its rule states it."""
    taken = quote.lines[index].discounts
    return Decimal(taken[0].terms.rstrip("%")) / 100 if taken else Decimal(0)


def agrees(quote: Quote, index: int, row: Row) -> bool:
    """Unit price, percentage and amount to the fourth digit."""
    line = quote.lines[index]
    return bool(
        line.gross_price.amount == row["UnitPrice"]
        and line.net_value.amount == row["SalesAmount"]
        and percent(quote, index) == row["UnitPriceDiscountPct"]
    )


def price_all(book: Book, file: str, buyer: str, channel: str, title: str, console: Console) -> Count:
    """Prices every order of a file, with a progress bar."""
    count = Count()
    total = parquet.read_metadata(HERE / file).num_rows
    bar = Progress(
        TextColumn(f"  {title:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )
    with bar:
        task = bar.add_task(title, total=total)
        for order, rows in orders(file, buyer, channel):
            quote = book.quote(order)
            count.lines += len(rows)
            count.net += quote.net_value.amount
            for index, row in enumerate(rows):
                if agrees(quote, index, row):
                    count.agree += 1
                else:
                    count.others.append((row, order))
            bar.advance(task, len(rows))
    return count


def with_code(book: Book, others: list[tuple[Row, Order]]) -> int:
    """How many of the others agree once each carries the code of the promotion it was given."""
    agree = 0
    for row, order in others:
        line = Line(
            str(row["ProductKey"]), f"{row['OrderQuantity']} piece", attributes={"promotion": str(row["PromotionKey"])}
        )
        quote = book.quote(Order(order.account, order.date, [line], attributes=order.attributes))
        agree += agrees(quote, 0, row)
    return agree


def main() -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        "AdventureWorks: 121,253 published order lines, priced from rules/adventureworks/adventureworks.rebates"
    )
    book = rebates.load(HERE)
    started = time.perf_counter()
    resellers = price_all(book, "aw_reseller_sales.parquet", "ResellerKey", "reseller", "resellers", console)
    internet = price_all(book, "aw_internet_sales.parquet", "CustomerKey", "internet", "internet", console)
    seconds = time.perf_counter() - started
    console.print(
        f"  priced in {seconds:.1f} s, {seconds / (resellers.lines + internet.lines) * 1e6:.0f} microseconds a line, reading and comparing included"
    )

    console.print("\nWhen the offers alone decide, unit price, percentage and amount agree to the fourth digit on")
    console.print(f"  {resellers.agree:>7,} of {resellers.lines:,} reseller lines")
    console.print(f"  {internet.agree:>7,} of {internet.lines:,} internet lines")

    console.print(
        f"\nThe {len(resellers.others)} other reseller lines were given another promotion than the best, and nothing published says why:"
    )
    numbers = item_numbers()
    given = Counter(
        (best_offer(book, row, order), numbers[str(row["ProductKey"])], row["PromotionKey"])
        for row, order in resellers.others
    )
    for (offer, item, promotion), lines in sorted(given.items()):
        console.print(f"  {lines:>4} lines  {offer:<32} {item:<12} the source gave offer {promotion}")

    agree = resellers.agree + with_code(book, resellers.others)
    console.print(
        f"With the code of their promotion on those {len(resellers.others)} lines: {agree:,} of {resellers.lines:,} reseller lines agree"
    )

    published = sum(
        (
            row["SalesAmount"]
            for row in parquet.read_table(HERE / "aw_reseller_sales.parquet", columns=["SalesAmount"]).to_pylist()
        ),
        Decimal(0),
    )
    settled = (
        resellers.net
        - priced(book, resellers.others)
        + sum((row["SalesAmount"] for row, _ in resellers.others), Decimal(0))
    )
    console.print(f"\nResellers, net: {settled:,.4f}; published: {published:,.4f}")
    console.print(f"Consumers, net: {internet.net:,.4f}")

    console.print("\nOne quote, explained:\n")
    order = Order("676", "2012-03-30", [Line("213", "12 piece")], attributes={"channel": "reseller"})
    console.print(str(book.quote(order).explain()), markup=False)
    if agree != resellers.lines or internet.agree != internet.lines or settled != published:
        sys.exit("these numbers differ from what was published")


def item_numbers() -> dict[str, str]:
    """Product numbers by product key."""
    import csv

    with (HERE / "aw_product.csv").open(encoding="utf-8", newline="") as file:
        return {row["ProductKey"]: row["ProductAlternateKey"] for row in csv.DictReader(file)}


def best_offer(book: Book, row: Row, order: Order) -> str:
    """The offer that the rules find for a line."""
    line = Line(str(row["ProductKey"]), f"{row['OrderQuantity']} piece")
    taken = book.quote(Order(order.account, order.date, [line], attributes=order.attributes)).lines[0].discounts
    return taken[0].title if taken else "none"


def priced(book: Book, others: list[tuple[Row, Order]]) -> Decimal:
    """What the rules alone make of the other lines."""
    total = Decimal(0)
    for row, order in others:
        line = Line(str(row["ProductKey"]), f"{row['OrderQuantity']} piece")
        total += book.quote(Order(order.account, order.date, [line], attributes=order.attributes)).net_value.amount
    return total


if __name__ == "__main__":
    main()
