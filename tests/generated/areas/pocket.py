"""Rebates that an order is expected to earn, and guards on the pocket margin (3.1, 7.3)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

from rebates.model.orders import OrderIn
from tests.generated.areas import Area

if TYPE_CHECKING:
    from tests.generated.rules import Writer

FEATURES = {
    "guard pocket margin": ("7.3", "3.1"),
    "expected rebate": ("3.1", "6.3"),
    "expected by sale": ("3.1", "2.4"),
    "expected before": ("3.1", "5.4b"),
}

SALES = "net value of items per account per"
CARTONS = "quantity in carton of items per account per"


def members(writer: Writer) -> list[str]:
    """Now and then a rebate or two and a guard that watches what they leave."""
    if not writer.chance(18):
        return []
    out = []
    for _ in range(writer.random.randrange(1, 3)):
        window = writer.pick(("quarter", "year"))
        if writer.chance(35):
            clauses = writer.use("expected by sale", _by_sale(writer, window))
        else:
            clauses = _by_total(writer, window)
        kind = "charge" if writer.chance(15) else "rebate"
        more = writer.pick(("", "", "cap EUR 9", "pays from EUR 3", "dated by delivery"))
        if clauses.startswith(f"base {SALES}") and "amount" not in clauses:
            more = writer.pick((more, "limit EUR 150", "accrue 1.5%"))
        test = writer.pick(("", "", "when paid within 30 days of invoice date", 'when order.channel is "web"'))
        name = writer.name(kind[0] + "b")
        body = "\n    ".join(clause for clause in (clauses, more, test) if clause)
        out.append(
            writer.use("expected rebate", f'  {kind} {name} "Later" {{\n    {body}\n    settle {window}ly\n  }}')
        )
    if writer.chance(70):
        line = writer.pick(("", " per line"))
        action = writer.pick(("reject", 'approval by "director"'))
        out.append(writer.use("guard pocket margin", f"  guard pocket margin{line} >= 10% otherwise {action}"))
    return out


def _by_sale(writer: Writer, window: str) -> str:
    base = f"base {SALES} {window}\n    "
    return base + writer.pick(
        (
            'rates by item.family {\n      "DRINK" 2%\n      "SNACK" 3.5%\n    }',
            'when item.brand is "Fizz"\n    rate 2.5%',
            "rate EUR 0.10 per piece",
        )
    )


def _by_total(writer: Writer, window: str) -> str:
    mode = writer.pick(("retroactive", "incremental"))
    rows = "{ from EUR 20 1.25%  from EUR 400 3% }"
    return writer.pick(
        (
            f"base {SALES} {window}\n    rate 2%",
            f"base {SALES} {window}\n    rate 2.5%\n    floor 1%\n    cap 2%",
            f"base {SALES} {window}\n    tiers {mode} on {SALES} {window} {rows}",
            f"base {SALES} {window}\n    tiers interpolated on {SALES} {window} {{ from EUR 20 1%  from EUR 400 3% }}",
            f"tiers {mode} on {CARTONS} {window} {{ from 1 carton EUR 0.30 per carton  from 6 carton EUR 0.70 per carton }}",
            f"tiers lump sum on {SALES} {window} {{ from EUR 20 EUR 5  from EUR 400 EUR 12 }}",
            f"base {CARTONS} {window}\n    rate EUR 2 per full 3 carton",
            f"amount 3% of (greater of (EUR 0, {SALES} {window} - EUR 100))",
        )
    )


def order(random: Random, given: OrderIn, features: set[str]) -> OrderIn:
    """What the account had bought before, by the names of the totals of rebates."""
    if random.randrange(3):
        return given
    features.add("expected before")
    quarter = f"{given.day.year}-Q{(given.day.month + 2) // 3}"
    before = {}
    for what in ("net value", "quantity in carton"):
        for window, name in (("quarter", quarter), ("year", str(given.day.year))):
            if random.randrange(2):
                before[f"{what} per account per {window} [{given.account}, {name}]"] = Fraction(
                    random.randrange(6000), 10
                )
    return replace(given, totals={**before, **given.totals})


AREA = Area(name="pocket", features=FEATURES, members=members, order=order)
