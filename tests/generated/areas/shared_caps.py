"""Caps that several rules share, and caps that pay in full or not at all (4.5 d, f)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from random import Random
from typing import TYPE_CHECKING

from rebates.model.orders import OrderIn
from tests.generated.areas import Area

if TYPE_CHECKING:
    from tests.generated.rules import Writer

FEATURES = {
    "cap all or nothing": ("4.5f",),
    "shared cap": ("4.5d", "2.4"),
    "shared cap in order": ("4.5d",),
    "shared cap all or nothing": ("4.5f",),
    "shared cap to date": ("4.5c", "4.5d", "5.4b"),
    "shared cap over charges": ("4.5d", "2.4"),
    "shared cap before": ("5.4b",),
}


def clauses(writer: Writer, kind: str) -> list[str]:
    if kind != "discount" or not writer.chance(10):
        return []
    how = writer.pick(("per line", "per order", "per item", "per delivery", "per month", "per account per year"))
    return [writer.use("cap all or nothing", f"cap {writer.pick(_SUMS)} {how}, all or nothing")]


_SUMS = ("EUR 0.33", "EUR 2.50", "EUR 7", "EUR 19.99", "EUR 100", "2% of order_value", "lesser of (EUR 9, order_value)")


def members(writer: Writer) -> list[str]:
    out = []
    for stage in sorted(writer.sums):
        rules = [rule for rule in writer.rules if writer.stage_of.get(rule) == stage and not rule.startswith("free")]
        if not rules or not writer.chance(45):
            continue
        named = writer.random.sample(rules, writer.random.randrange(1, len(rules) + 1))
        amount = writer.pick(_SUMS)
        how = writer.pick((" per order", " per line", " per item", " per delivery", ""))
        if " " in amount and "order_value" in amount and how == "":
            how = " per order"
        if writer.chance(35):
            how = writer.use(
                "shared cap to date", writer.pick((" per account per month", " per year", " in all per term"))
            )
        text = writer.use("shared cap", f"  cap {amount}{how} across {', '.join(named)}")
        if stage == "charges":
            writer.use("shared cap over charges", "")
        if writer.chance(40):
            text += writer.use("shared cap in order", ", in order")
        if writer.chance(30):
            text += writer.use("shared cap all or nothing", ", all or nothing")
        out.append(text)
    return out


def order(random: Random, given: OrderIn, features: set[str]) -> OrderIn:
    """What rules, alone or two together, were paid by former orders, for whatever rules there may be."""
    if random.randrange(3):
        return given
    features.add("shared cap before")
    windows = (
        f"per account per month [{given.account}, {given.day.year}-{given.day.month:02d}]",
        f"per account per year [{given.account}, {given.day.year}]",
        "in all per term [all, term]",
    )
    paid = {}
    for agreement in ("main", "special"):
        rules = sorted(f"{agreement}.{kind}_{n}" for kind in "dc" for n in range(1, 10))
        for named in [*((rule,) for rule in rules), *combinations(rules, 2)]:
            if random.randrange(2):
                key = f"paid by {', '.join(named)} {windows[random.randrange(3)]}"
                paid[key] = Fraction(random.randrange(4000), 100)
    return replace(given, totals={**given.totals, **paid})


AREA = Area(name="shared caps", features=FEATURES, clauses=clauses, members=members, order=order)
