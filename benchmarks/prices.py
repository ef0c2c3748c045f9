"""Account prices: tables of a thousand, a million and ten million rows from Parquet."""

from __future__ import annotations

import tempfile
from datetime import date
from functools import cache, partial
from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import rebates
from benchmarks.measure import Measurement, in_its_own_process, interleaved
from rebates import Book, Line, Order

ACCOUNTS, ITEMS = 100_000, 20_000
MANY, FEW = 10_000_000, 1_000
LINES = 2_000
RULES = """
agreement prices "Prices by account" {
  accounts all, each
  valid 2026-01-01 to 2026-12-31
  currency EUR
  table account_prices from "account_prices.parquet" { account, item, unit key  price money }
  price own { from table account_prices }
  discount volume {
    accept cliff "made up"
    tiers retroactive on quantity in carton per line { from 5 carton 1.5%  from 20 carton 3%  from 100 carton 4.5% }
  }
}
"""
LOAD = """
import json, time
import pyarrow.parquet, numpy, rebates, rebates.engine.book
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096
before, began, used = resident(), time.perf_counter(), time.process_time()
book = rebates.load({folder!r})
print(json.dumps({{"seconds": min(time.perf_counter() - began, time.process_time() - used), "growth": resident() - before}}))
"""


@cache
def folder_of(rows: int) -> tempfile.TemporaryDirectory[str]:
    """A rule folder with a table of so many rows, in no order."""
    folder = tempfile.TemporaryDirectory(prefix="rebates-bench-")
    (Path(folder.name) / "prices.rebates").write_text(RULES, encoding="utf-8")
    made = np.random.default_rng(1)
    accounts, items = min(ACCOUNTS, max(10, rows // 10)), min(ITEMS, max(200, rows // 50))
    whole = np.unique(made.integers(0, accounts * items, int(rows * 1.2)))
    made.shuffle(whole)
    whole = whole[:rows]

    def words(prefix: str, codes: np.ndarray, count: int) -> pa.Array:
        texts = pa.array([f"{prefix}{number}" for number in range(count)])
        return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), texts).cast(pa.string())

    cents = pa.array(made.integers(400, 8_000, len(whole))).cast(pa.decimal128(20, 0))
    table = pa.table(
        {
            "account": words("A", whole // items, accounts),
            "item": words("I", whole % items, items),
            "unit": pa.array(["carton"] * len(whole)),
            "price": pa.compute.divide(cents.cast(pa.decimal128(20, 2)), pa.scalar(100, pa.decimal128(3, 0))).cast(
                pa.decimal128(20, 2), safe=False
            ),
        }
    )
    pq.write_table(table, Path(folder.name) / "account_prices.parquet", row_group_size=500_000)
    return folder


@cache
def book_of(rows: int) -> Book:
    return rebates.load(folder_of(rows).name)


def orders_of(rows: int, lines: int, seed: int) -> list[Order]:
    """Orders of 300 accounts, for items that they have a price for."""
    random = Random(seed)
    by_account: dict[str, list[str]] = {}
    table = book_of(rows).rules.tables["account_prices"]
    texts = pq.read_table(Path(folder_of(rows).name) / "account_prices.parquet", columns=["account", "item"]).slice(
        0, 400_000
    )
    for account, item in zip(texts["account"].to_pylist(), texts["item"].to_pylist(), strict=True):
        by_account.setdefault(account, []).append(item)
    assert len(table) == rows
    few = sorted(by_account)[:300] if rows == FEW else random.sample(sorted(by_account), 300)
    day = date(2026, 5, 4)
    return [
        Order(
            account,
            day,
            [
                Line(random.choice(by_account[account]), f"{random.choice((1, 6, 30, 120))} carton")
                for _ in range(lines)
            ],
        )
        for account in (random.choice(few) for _ in range(LINES // lines))
    ]


def many_over_few(lines: int, new: bool) -> tuple[float, float]:
    """Per line with ten million prices, and with a thousand; with lines met before, or each of them new."""
    runs = []
    for rows in (MANY, FEW):
        book, orders = book_of(rows), orders_of(rows, lines, 7)
        runs.append(partial(_quote_all, book, orders, new))
        runs[-1]()
    ours, base = interleaved(*runs)
    return ours / LINES, base / LINES


def _quote_all(book: Book, orders: list[Order], new: bool) -> None:
    for order in orders:
        if new:
            book.compiled.remembered.forget()
        book.quote(order)


@cache
def _loaded() -> dict[str, float]:
    return in_its_own_process(LOAD.format(folder=folder_of(MANY).name))


ROWS = [
    Measurement(
        "10,000,000 account prices from Parquet: growth of memory",
        "GiB",
        0.5,
        0.2,
        lambda: (_loaded()["growth"] / 2**30, None),
    ),
    Measurement("10,000,000 account prices from Parquet: time", "s", 8, 3, lambda: (_loaded()["seconds"], None)),
    Measurement(
        "10,000,000 account prices over 1,000, warm", "ns per line", 1.5, 1.2, partial(many_over_few, 100, False)
    ),
    Measurement(
        "10,000,000 account prices over 1,000, every line new",
        "ns per line",
        2.5,
        1.6,
        partial(many_over_few, 100, True),
    ),
]
