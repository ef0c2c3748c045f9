"""Other ways to price the same rules, over ours: zen-engine, and a chain of conditions generated from the rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from benchmarks.chain import chain_of
from benchmarks.measure import Measurement, interleaved
from benchmarks.quotes import asked_orders, book_of, market_of, orders_of
from benchmarks.zen import Zen

RULES, COUNT = 1_000, 300


def zen_over_ours(batch: bool) -> tuple[float, float]:
    """Per line: zen-engine's single calls over our orders of one line, its batch over our orders of a hundred."""
    made, book = market_of(RULES), book_of(RULES)
    lines = 100 if batch else 1
    asked = asked_orders(made, lines, COUNT // lines)
    orders = orders_of(asked)
    zen = Zen(made)
    contexts = [zen.context(account, day, item, n) for account, day, some in asked for item, n in some]
    ours, theirs = interleaved(
        lambda: [book.quote(order) for order in orders],
        (lambda: zen.batch(contexts)) if batch else (lambda: [zen.single(context) for context in contexts]),
    )
    return ours / COUNT, theirs / COUNT


def chain_over_ours() -> tuple[float, float]:
    """Per line of orders of a hundred lines."""
    made, book = market_of(RULES), book_of(RULES)
    asked = asked_orders(made, 100, COUNT // 100)
    orders = orders_of(asked)
    matches: Callable[[str, date, str, int], object] = chain_of(made)
    ours, theirs = interleaved(
        lambda: [book.quote(order) for order in orders],
        lambda: [matches(account, day, item, n) for account, day, some in asked for item, n in some],
    )
    return ours / COUNT, theirs / COUNT


ROWS = [
    Measurement(
        "zen-engine batch over ours, per line, 1,000 rules", "ns per line", 8, 25, lambda: zen_over_ours(True), "higher"
    ),
    Measurement(
        "zen-engine single call over ours, 1,000 rules", "ns per line", 50, 150, lambda: zen_over_ours(False), "higher"
    ),
    Measurement("generated if-chain over ours, per line, 1,000 rules", "ns per line", 5, 25, chain_over_ours, "higher"),
]
