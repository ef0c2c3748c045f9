"""Pricing: from `Order` to a `Quote` whose explanation can be read later, over the hand-written pricers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache, partial
from random import Random

import rebates
from benchmarks import market
from benchmarks.baseline import Pricer, Remembering
from benchmarks.measure import Measurement, Unequal, interleaved
from rebates import Book, Line, Order

Asked = tuple[str, date, list[tuple[str, int]]]
QUANTITIES = (1, 24, 60, 144, 480, 960, 2_400)
LINES = 2_000  # priced in one round


def asked_orders(made: market.Market, lines: int, count: int, seed: int = 3, accounts: int = 20) -> list[Asked]:
    """Orders of whole pieces over twenty days, by few accounts, so that plans are met again."""
    random = Random(seed)
    few = random.sample(list(made.accounts), min(accounts, len(made.accounts)))
    items = list(made.items)[:400]
    return [
        (
            random.choice(few),
            date(2026, 5, 1) + timedelta(days=random.randrange(20)),
            [(random.choice(items), random.choice(QUANTITIES)) for _ in range(lines)],
        )
        for _ in range(count)
    ]


def orders_of(asked: list[Asked]) -> list[Order]:
    return [Order(account, day, [Line(i, f"{pieces} piece") for i, pieces in lines]) for account, day, lines in asked]


@cache
def market_of(rules: int) -> market.Market:
    return market.make(rules)


@cache
def book_of(rules: int) -> Book:
    made = market_of(rules)
    return rebates.load({"market.rebates": made.text()}, tables=made)


def must_agree(book: Book, pricer: Pricer, asked: list[Asked], orders: list[Order], priced: int = 400) -> None:
    """Every net value of both; and of some lines the rules that took something, read from the explanation's trace."""
    for number, ((account, day, lines), order) in enumerate(zip(asked, orders, strict=True)):
        expected = pricer.price(account, day, lines)
        quote = book.quote(order)
        if [net for net, _ in expected] != quote.priced.net_values:
            raise Unequal(f"totals differ for {account}, {day}, {order.lines[:3]}: {expected[:3]}")
        if number * len(lines) < priced:
            said = [sorted(taken.rule for taken in line.discounts) for line in quote.lines]
            wanted = [sorted(names) for _, names in expected]
            for line, mine, theirs, (net, _) in zip(order.lines, said, wanted, expected, strict=True):
                if mine != theirs and net:  # what is left of nothing, no rule takes
                    raise Unequal(f"rules differ for {account}, {day}, {line}: {theirs} against {mine}")


def warm(rules: int, lines: int, baseline: type[Pricer]) -> tuple[float, float]:
    """Per line, with plans that have been met before."""
    made, book = market_of(rules), book_of(rules)
    pricer = baseline(made)
    asked = asked_orders(made, lines, LINES // lines)
    orders = orders_of(asked)
    must_agree(book, pricer, asked, orders)
    ours, base = interleaved(
        lambda: [book.quote(order) for order in orders],
        lambda: [pricer.price(account, day, some) for account, day, some in asked],
    )
    return ours / LINES, base / LINES


def cold(rules: int, lines: int) -> tuple[float, float]:
    """Per line, every order new: what is remembered of accounts and their lines is forgotten before each."""
    made, book = market_of(rules), book_of(rules)
    pricer = Pricer(made)
    count = LINES // 2
    asked = asked_orders(made, lines, count // lines, seed=5, accounts=10_000)
    orders = orders_of(asked)
    must_agree(book, pricer, asked, orders)
    forget = book.compiled.remembered.forget

    def ours() -> None:
        for order in orders:
            forget()
            book.quote(order)

    best, base = interleaved(ours, lambda: [pricer.price(account, day, some) for account, day, some in asked])
    return best / count, base / count


def growing(many: int, few: int) -> tuple[float, float]:
    """Per line under many rules, over that under few; families and accounts grow with the rules."""
    runs: list[Callable[[], object]] = []
    for rules in (many, few):
        book = book_of(rules)
        orders = orders_of(asked_orders(market_of(rules), 100, LINES // 100))
        runs.append(partial(_quote_all, book, orders))
        runs[-1]()
    ours, base = interleaved(*runs)
    return ours / LINES, base / LINES


def _quote_all(book: Book, orders: list[Order]) -> None:
    for order in orders:
        book.quote(order)


def _sizes() -> list[Measurement]:
    found = []
    for lines, name, targets in (
        (1, "1 line", ((1.2, 0.5), (2.5, 1.2))),
        (100, "100 lines", ((1.0, 0.4), (2.0, 1.0))),
    ):
        for rules in (20, 1_000, 20_000):
            for (target, aim), (base, said) in zip(
                targets, ((Pricer, "hand-written"), (Remembering, "remembering")), strict=True
            ):
                found.append(
                    Measurement(
                        f"{name}, {rules:,} rules, over {said}",
                        "ns per line",
                        target,
                        aim,
                        partial(warm, rules, lines, base),
                    )
                )
    return found


ROWS = [
    *_sizes(),
    *(
        Measurement(
            f"every order new, {name}, {rules:,} rules, over hand-written",
            "ns per line",
            3.0,
            1.5,
            partial(cold, rules, lines),
        )
        for lines, name in ((1, "1 line"), (100, "100 lines"))
        for rules in (1_000, 20_000)
    ),
    Measurement("20,000 rules over 20, 100 lines", "ns per line", 1.8, 1.2, lambda: growing(20_000, 20)),
]
