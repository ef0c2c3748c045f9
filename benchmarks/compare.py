"""Measures the engine side by side with a named baseline in one run, interleaved, the best of several.

    python -m benchmarks.compare [--json FILE] [--only NAME]

`ratio` is ours ÷ baseline where lower is better. The baseline is the hand-written pricer of `baseline.py`, from integer
quantities in base units; the engine goes from `Order` to a `Quote` whose explanation can be read later. Totals must be
equal, or the row fails.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

import rebates
from benchmarks import market
from benchmarks.baseline import Pricer
from rebates import Book, Line, Order

ROUNDS = 9


@dataclass(frozen=True)
class Row:
    """One measurement. `unit` is nanoseconds a line; `holds` says whether the target is reached."""

    name: str
    unit: str
    better: str
    ours: float
    baseline: float | None
    ratio: float
    target: float
    aim: float
    holds: bool


Asked = tuple[str, date, list[tuple[str, int]]]


def asked_orders(made: market.Market, lines: int, count: int, seed: int = 3) -> list[Asked]:
    """Orders of whole pieces over twenty days, by few accounts, so that plans are met again."""
    random = Random(seed)
    accounts = random.sample(list(made.accounts), min(20, len(made.accounts)))
    items = list(made.items)
    return [
        (
            random.choice(accounts),
            date(2026, 5, 1) + timedelta(days=random.randrange(20)),
            [(random.choice(items[:400]), random.choice((1, 24, 60, 144, 480, 960, 2_400))) for _ in range(lines)],
        )
        for _ in range(count)
    ]


def _best(runs: list[Callable[[], object]]) -> list[float]:
    """The best time of each, run in turn."""
    best = [float("inf")] * len(runs)
    for _ in range(ROUNDS):
        for index, run in enumerate(runs):
            started = time.perf_counter_ns()
            run()
            best[index] = min(best[index], time.perf_counter_ns() - started)
    return best


def quote_rows(rules: int, lines: int, target: float, aim: float) -> Row:
    """Pricing orders of so many lines under so many rules."""
    made = market.make(rules)
    book: Book = rebates.load({"market.rebates": made.text()}, tables=made)
    pricer = Pricer(made)
    asked = asked_orders(made, lines, 2_000 // lines)
    orders = [
        Order(account, day, [Line(item, f"{pieces} piece") for item, pieces in some]) for account, day, some in asked
    ]
    for (account, day, some), order in zip(asked, orders, strict=True):
        expected = [net for net, _ in pricer.price(account, day, some)]
        found = book.quote(order).priced.net_values
        if expected != found:
            sys.exit(f"{rules} rules: totals differ for {order}: {expected} against {found}")
    ours, base = _best(
        [
            lambda: [book.quote(order) for order in orders],
            lambda: [pricer.price(account, day, some) for account, day, some in asked],
        ]
    )
    count = len(orders) * lines
    ratio = ours / base
    name = f"{lines} line{'s' if lines > 1 else ''}, {rules:,} rules, over hand-written"
    return Row(name, "ns per line", "lower", ours / count, base / count, ratio, target, aim, ratio <= target)


ROWS: tuple[tuple[str, Callable[[], Row]], ...] = (
    ("1 line, 20 rules", lambda: quote_rows(20, 1, 1.2, 0.5)),
    ("100 lines, 20 rules", lambda: quote_rows(20, 100, 1.0, 0.4)),
    ("1 line, 1,000 rules", lambda: quote_rows(1_000, 1, 1.2, 0.5)),
    ("100 lines, 1,000 rules", lambda: quote_rows(1_000, 100, 1.0, 0.4)),
)


def main() -> None:
    """Runs the rows and prints them; exit code 0 whatever the ratios: these are measurements, no tests."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", metavar="FILE", help="write the rows as JSON, - for standard output")
    parser.add_argument("--only", default="", help="only rows whose name holds this text")
    chosen = parser.parse_args()
    rows = []
    for name, measure in ROWS:
        if chosen.only in name:
            row = measure()
            rows.append(row)
            verdict = "reached" if row.holds else "not reached"
            print(
                f"{row.name:<44} {row.ratio:6.2f}x   {row.ours:8.0f} against {row.baseline or 0:6.0f} {row.unit}   target {row.target}x {verdict}, aim {row.aim}x"
            )
    if chosen.json:
        text = json.dumps([asdict(row) for row in rows], indent=2)
        if chosen.json == "-":
            print(text)
        else:
            Path(chosen.json).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
