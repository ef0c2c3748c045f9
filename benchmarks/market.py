"""A made-up market of a stated number of rules: the same rules as rule text and as plain data for the baseline.

Account price or list price in cents a carton; then `best` of percent tiers by cartons, `sum` of cents per full pallet,
`sequence` of loyalty percents by class: 60, 30 and 10 % of the rules, 30 % of them dated. Families and accounts grow with
the rules, so that the number of rules that meet a line stays the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

CARTONS_PER_PALLET = 40
CLASSES = ("gold", "silver", "bronze")


@dataclass(frozen=True)
class Deal:
    """One rule as plain data. `who` and `what` are (kind, value), kind "all" for everybody and everything."""

    name: str
    kind: str  # "volume", "pallet", "loyalty"
    who: tuple[str, str]  # "account", "class" or "all"
    what: tuple[str, str]  # "item", "family" or "all"
    first: date | None
    last: date | None
    tiers: tuple[tuple[int, int], ...]  # cartons, permille; for a pallet ((1, cents),); for loyalty ((0, permille),)
    priority: int


@dataclass(frozen=True)
class Market:
    deals: tuple[Deal, ...]
    accounts: dict[str, str]  # id -> class
    items: dict[str, tuple[str, int, int]]  # id -> family, pieces in a carton, list price in cents a carton
    prices: dict[tuple[str, str], int]  # account, item -> cents a carton

    def text(self) -> str:
        """The rules as rule text, one agreement for all accounts."""
        out = [
            'agreement market "A made-up market" {',
            "  accounts  all, each",
            "  valid     2026-01-01 to 2026-12-31",
            "  currency  EUR",
            "  waterfall { stage volume best  stage pallet sum  stage loyalty sequence }",
            '  table account_prices from "account_prices.csv" { account, item, unit key  price money }',
            "  price account_price { from table account_prices }",
        ]
        out += [_rule_text(deal) for deal in self.deals]
        return "\n".join([*out, "}", ""])

    def rows(self, name: str) -> Iterable[Mapping[str, object]] | None:
        """The tables, handed over by the protocol of the library."""
        match name:
            case "accounts":
                return [{"id": a, "parent": "", "class": c} for a, c in self.accounts.items()]
            case "items":
                return [{"id": i, "base_unit": "piece", "family": f} for i, (f, _, _) in self.items.items()]
            case "units":
                cartons = [
                    {"item": i, "unit": "carton", "factor": str(n), "of": "piece"}
                    for i, (_, n, _) in self.items.items()
                ]
                return cartons + [
                    {"item": i, "unit": "pallet", "factor": str(CARTONS_PER_PALLET), "of": "carton"} for i in self.items
                ]
            case "list_prices":
                return [{"item": i, "unit": "carton", "price": _cents(p)} for i, (_, _, p) in self.items.items()]
            case "account_prices":
                return [
                    {"account": a, "item": i, "unit": "carton", "price": _cents(p)} for (a, i), p in self.prices.items()
                ]
        return None


def _cents(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


def _percent(permille: int) -> str:
    return f"{permille // 10}.{permille % 10}%"


def _rule_text(deal: Deal) -> str:
    tests = []
    if deal.who[0] != "all":
        tests.append(f'account.{"id" if deal.who[0] == "account" else "class"} is "{deal.who[1]}"')
    if deal.what[0] != "all":
        tests.append(f'item.{"id" if deal.what[0] == "item" else "family"} is "{deal.what[1]}"')
    clauses = [f"    stage {deal.kind}", f"    priority {deal.priority}"]
    if tests:
        clauses.append(f"    when {' and '.join(tests)}")
    if deal.first is not None:
        clauses.append(f"    valid {deal.first} to {deal.last}")
    if deal.kind == "volume":
        clauses.append('    accept cliff "made up"')
        rows = "  ".join(f"from {cartons} carton {_percent(permille)}" for cartons, permille in deal.tiers)
        clauses.append(f"    tiers retroactive on quantity in carton per line {{ {rows} }}")
    elif deal.kind == "pallet":
        clauses.append(f"    rate EUR {_cents(deal.tiers[0][1])} per full pallet per line")
    else:
        clauses.append(f"    rate {_percent(deal.tiers[0][1])}")
    body = "\n".join(clauses)
    return f"  discount {deal.name} {{\n{body}\n  }}"


def make(rules: int, seed: int = 7) -> Market:
    """A market of so many rules."""
    random = Random(seed)
    families = [f"F{n}" for n in range(max(5, rules // 8))]
    items = {
        f"I{n}": (families[n % len(families)], random.choice((6, 10, 12, 18, 24)), random.randrange(500, 9_000))
        for n in range(len(families) * 4)
    }
    accounts = {f"A{n}": random.choice(CLASSES) for n in range(max(20, rules // 4))}
    names = list(items)
    prices = {
        (account, item): random.randrange(400, 8_000)
        for account in accounts
        for item in random.sample(names, min(6, len(names)))
    }
    deals = tuple(_deal(n, random, list(accounts), families, names) for n in range(rules))
    return Market(deals, accounts, items, prices)


def _deal(n: int, random: Random, accounts: list[str], families: list[str], items: list[str]) -> Deal:
    kind = random.choices(("volume", "pallet", "loyalty"), (60, 30, 10))[0]
    scope = random.randrange(100)
    if scope < 58:
        who, what = ("account", random.choice(accounts)), ("family", random.choice(families))
    elif scope < 75:
        who, what = ("class", random.choice(CLASSES)), ("item", random.choice(items))
    else:
        who, what = ("all", ""), random.choice((("item", random.choice(items)), ("family", random.choice(families))))
    first = last = None
    if random.randrange(100) < 30:
        month = random.randrange(1, 10)
        first, last = date(2026, month, 1), date(2026, month + 3, 15)
    match kind:
        case "volume":
            steps = sorted(random.sample((5, 10, 20, 50, 100, 200), 3))
            rates = sorted(random.sample(range(5, 120, 5), 3))
            tiers = tuple(zip(steps, rates, strict=True))
        case "pallet":
            tiers = ((1, random.randrange(50, 900)),)
        case _:
            tiers = ((0, random.randrange(5, 40)),)
    return Deal(f"r{n}", kind, who, what, first, last, tiers, n + 1)
