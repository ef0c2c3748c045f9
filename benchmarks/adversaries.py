"""Rules and orders made to be slow, over an ordinary case: warm with warm, cold with cold. Each has to stay within five times."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache, partial
from random import Random

import rebates
from benchmarks.measure import Measurement, interleaved
from rebates import Book, Line, Order

ITEMS = 2_000
LINES = 2_000
HEAD = 'agreement made "Made up" { accounts all, each valid 2026-01-01 to 2026-12-31 currency EUR '


class Tables:
    """Items of fifty families with a list price each."""

    def rows(self, name: str) -> Iterable[Mapping[str, object]] | None:
        numbers = range(ITEMS)
        match name:
            case "items":
                return [{"id": f"I{n}", "base_unit": "piece", "family": f"F{n % 50}"} for n in numbers]
            case "list_prices":
                return [{"item": f"I{n}", "unit": "piece", "price": str(3 + n % 17)} for n in numbers]
        return None


def ordinary() -> str:
    """Twenty rules, of which one meets a line, with three tiers each."""
    return "".join(_rule(n, f'item.family is "F{n}"', (5, 20, 100)) for n in range(20)) + _rule(20, "", (10, 50, 500))


def every_rule() -> str:
    """A thousand rules that all meet every line of one account."""
    return "".join(_rule(n, 'account.id is "A0"', (5, 20, 100 + n)) for n in range(1_000))


def deep() -> str:
    """Conditions of a hundred nested parts."""
    test = 'item.family is "F1"'
    for n in range(50):
        test = f'item.id is "I{n + 1_500}" or (item.family is not "F{n + 25}" and ({test}))' if n < 24 else test
    return "".join(_rule(n, test.replace('"F1"', f'"F{n}"'), (5, 20, 100)) for n in range(20))


def tiers() -> str:
    """A thousand tiers in every rule."""
    return "".join(_rule(n, f'item.family is "F{n}"', tuple(range(1, 2_000, 2))) for n in range(20))


def _rule(number: int, test: str, rows: tuple[int, ...]) -> str:
    when = f"when {test}" if test else ""
    steps = "  ".join(f"from {row} piece {(index % 89 + number % 7 + 1) / 10:.1f}%" for index, row in enumerate(rows))
    return f'\n  discount r{number} {{ {when}\n    accept cliff "made up"\n    tiers retroactive on quantity in piece per line {{ {steps} }} }}'


@cache
def book_of(text: Callable[[], str]) -> Book:
    return rebates.load({"made.rebates": HEAD + text() + "\n}"}, tables=Tables())


def orders_of(lines: int, items: int = 400) -> list[Order]:
    """Orders of items drawn at random; of all of them, none twice, where there are as many items as lines."""
    random = Random(13)
    if items == LINES:
        drawn = random.sample(range(ITEMS), LINES)
    else:
        drawn = [random.randrange(items) for _ in range(max(LINES, lines))]
    return [
        Order(
            "A0",
            date(2026, 5, 4),
            [Line(f"I{item}", f"{random.choice((1, 7, 30, 240))} piece") for item in drawn[first : first + lines]],
        )
        for first in range(0, len(drawn), lines)
    ]


def over_ordinary(text: Callable[[], str], lines: int, cold: bool, items: int) -> tuple[float, float]:
    """Per line, over the ordinary rules and orders of a hundred lines."""
    runs = []
    counts = []
    for rules, many, of in ((text, lines, items), (ordinary, 100, 400)):
        book, orders = book_of(rules), orders_of(many, of)
        counts.append(sum(len(order.lines) for order in orders))
        runs.append(partial(_quote_all, book, orders, cold))
        runs[-1]()
    ours, base = interleaved(*runs)
    return ours / counts[0], base / counts[1]


def _quote_all(book: Book, orders: list[Order], cold: bool) -> None:
    for order in orders:
        if cold:
            book.compiled.remembered.forget()
        book.quote(order)


def _row(name: str, text: Callable[[], str], lines: int = 100, cold: bool = False, items: int = 400) -> Measurement:
    said = f"adversary, {'cold' if cold else 'warm'}: {name}, over an ordinary line"
    return Measurement(said, "ns per line", 5, 2, partial(over_ordinary, text, lines, cold, items))


ROWS = [
    _row("one account with every rule of 1,000", every_rule),
    _row("one account with every rule of 1,000", every_rule, cold=True),
    _row("10,000 lines in an order", ordinary, lines=10_000),
    _row("10,000 lines in an order", ordinary, lines=10_000, cold=True),
    _row("conditions nested 48 deep", deep),
    _row("conditions nested 48 deep", deep, cold=True),
    _row("1,000 tiers in every rule", tiers),
    _row("1,000 tiers in every rule", tiers, cold=True),
    _row("no item twice", ordinary, items=LINES),
    _row("no item twice", ordinary, cold=True, items=LINES),
]
