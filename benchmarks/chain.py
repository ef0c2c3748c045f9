"""The rules of a market as a chain of conditions: what a generator without an index writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from benchmarks.market import Deal, Market


def chain_of(market: Market) -> Callable[[str, date, str, int], list[tuple[int, str]]]:
    """A function that collects the rates and names of the rules that match a line; the waterfall is left out in its favour."""
    lines = ["def match(account, klass, item, family, cartons, day):", "    found = []"]
    for deal in market.deals:
        lines.append(f"    if {_test(deal)}:")
        least = 40 if deal.kind == "pallet" else 0
        tiers = deal.tiers if deal.kind == "volume" else ((least, deal.tiers[0][1]),)
        for number, (cartons, rate) in enumerate(reversed(tiers)):
            word = "if" if number == 0 else "elif"
            lines.append(f"        {word} cartons >= {cartons}: found.append(({rate}, {deal.name!r}))")
    names: dict[str, Callable[..., list[tuple[int, str]]]] = {}
    exec("\n".join([*lines, "    return found"]), names)
    match, accounts, items = names["match"], market.accounts, market.items

    def priced(account: str, day: date, item: str, pieces: int) -> list[tuple[int, str]]:
        family, per_carton, _ = items[item]
        return match(account, accounts[account], item, family, pieces // per_carton, day.toordinal())

    return priced


def _test(deal: Deal) -> str:
    tests = []
    if deal.who[0] != "all":
        tests.append(f"{'account' if deal.who[0] == 'account' else 'klass'} == {deal.who[1]!r}")
    if deal.what[0] != "all":
        tests.append(f"{deal.what[0]} == {deal.what[1]!r}")
    if deal.first is not None and deal.last is not None:
        tests.append(f"{deal.first.toordinal()} <= day <= {deal.last.toordinal()}")
    return " and ".join(tests) or "True"
