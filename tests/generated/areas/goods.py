"""Free goods, bundles, and units that rules use up (calculation 36 to 45)."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from rebates.model.orders import OrderIn
from tests.generated.areas import Area

if TYPE_CHECKING:
    from tests.generated.rules import Writer

FEATURES = {
    "gift full": ("8.1",),
    "gift pro rata": ("8.1",),
    "gift pro rata up": ("8.1",),
    "gift multiples": ("8.1",),
    "gift inclusive": ("8.1",),
    "gift exclusive": ("8.1", "5.1a"),
    "gift of another item": ("8.1", "5.1a"),
    "gift by choice": ("8.1",),
    "gift at a token price": ("8.1", "4.4"),
    "gift limited": ("8.1", "4.5e"),
    "gift limited to date": ("8.1", "5.4b"),
    "buy get one item": ("8.1",),
    "buy get a set": ("8.1", "8.2"),
    "buy get another": ("8.1", "8.2"),
    "buy get item by item": ("8.1",),
    "partial sets": ("8.1",),
    "dearest": ("8.2",),
    "bundle": ("8.2", "3.9"),
    "bundle one of": ("8.2",),
    "bundle any of": ("8.2",),
    "bundle overlapping": ("8.2",),
    "bundle percent": ("8.2",),
    "bundle percent of each": ("8.2",),
    "bundle amount": ("8.2",),
    "bundle price": ("8.2",),
    "bundle unit price": ("8.2",),
    "bundle tiers": ("8.2", "4.2"),
    "bundle limit": ("8.2", "4.5e"),
    "bundle limit to date": ("8.2", "5.4b"),
    "cheapest of each": ("8.2",),
    "dearest of each": ("8.2",),
    "unused units": ("4.5e",),
    "choice": ("8.1",),
}


def members(writer: Writer) -> list[str]:
    out = []
    stages = [name for name in writer.stages if not name.startswith("ch_")]
    for _ in range(writer.random.randrange(3) if writer.chance(25) else 0):
        clauses = [f"stage {writer.pick(stages)}"]
        if writer.chance(25):
            clauses.append(f"when {writer.condition()}")
        if writer.chance(15):
            clauses.append(writer.use("exclusive", "exclusive"))
        if writer.chance(30):
            clauses.append(writer.use("priority", f"priority {writer.random.randrange(1, 4)}"))
        if writer.chance(35):
            clauses.append(writer.use("unused units", "unused units"))
        kind, name = ("free goods", writer.name("f")) if writer.chance(60) else ("discount", writer.name("b"))
        if kind == "free goods":
            clauses += _gift(writer) if writer.chance(50) else _bought(writer)
        else:
            clauses += _bundle(writer)
        body = "\n    ".join(clauses)
        out.append(f'  {kind} {name} "Goods" {{\n    {body}\n  }}')
    return out


def _gift(writer: Writer) -> list[str]:
    every, give = writer.pick(("5", "10", "24")), writer.pick(("1", "2", "3"))
    counting = writer.choose(
        (
            ("gift full", ""),
            ("gift pro rata", ", pro rata"),
            ("gift pro rata up", ", pro rata rounded up"),
            ("gift multiples", ", only at full multiples"),
        )
    )
    of = writer.pick(("", ' of "COLA"', " of fizzy"))
    what = writer.random.randrange(4)
    clauses = []
    if what == 0 and of != " of fizzy":
        clauses.append(
            f"every {every} piece{of} give {give} piece{counting}, {writer.use('gift inclusive', 'inclusive')}"
        )
        return clauses
    if what == 1 and of != " of fizzy":
        clauses.append(
            f"every {every} piece{of} give {give} piece{counting}, {writer.use('gift exclusive', 'exclusive')}"
        )
    elif what == 2:
        clauses.append(
            f"every {every} piece{of} give {give} piece of fizzy{counting}, {writer.use('gift by choice', 'by choice')}"
        )
    else:
        clauses.append(
            f'every {every} piece{of} give {give} piece of "{writer.use("gift of another item", "NUTS")}"{counting}'
        )
    if writer.chance(30):
        clauses.append(f"rate {writer.use('gift at a token price', writer.pick(('price EUR 0.05 per piece', '50%')))}")
    if writer.chance(20):
        clauses.append(writer.use("gift limited", "limit 4 piece per order"))
    elif writer.chance(10):
        clauses.append(writer.use("gift limited to date", "limit 20 piece per account per year"))
    return clauses


def _bought(writer: Writer) -> list[str]:
    bought, got = writer.pick(("1", "2", "10")), writer.pick(("1", "2"))
    clauses = []
    match writer.random.randrange(4):
        case 0:
            partial = writer.use("partial sets", ", partial sets") if writer.chance(40) else ""
            clauses.append(writer.use("buy get one item", f'buy {bought} piece of "COLA" get {got} piece{partial}'))
        case 1:
            which = writer.choose((("buy get a set", "cheapest"), ("dearest", "dearest")))
            partial = writer.use("partial sets", ", partial sets") if writer.chance(40) else ""
            clauses.append(
                writer.use("buy get a set", f"buy {bought} piece of fizzy get {got} piece, {which}{partial}")
            )
        case 2:
            which = writer.choose((("buy get another", "cheapest"), ("dearest", "dearest")))
            clauses.append(
                f"buy {bought} piece of fizzy get {got} piece of {writer.pick(('thirst', 'fizzy'))}, {which}"
            )
            if "of thirst" not in clauses[-1]:
                clauses[-1] = f'buy {bought} piece of thirst get {got} piece of "COLA", {which}'
        case _:
            clauses.append(writer.use("buy get item by item", f"buy {bought} piece get {got} piece"))
    if writer.chance(30):
        clauses.append(f"rate {writer.percent()}")
    return clauses


def _bundle(writer: Writer) -> list[str]:
    clauses = []
    single = writer.chance(35)
    parts = []
    if single:
        parts.append(f"{writer.pick(('2', '3', '6'))} piece of fizzy")
    else:
        options = [
            ("bundle", '2 piece of "COLA"'),
            ("bundle any of", '3 piece any of ("NUTS", fizzy)'),
            ("bundle one of", '2 piece one of ("COLA", "LIME", "JUICE")'),
            ("bundle overlapping", "1 piece of thirst"),
            ("bundle", '1 piece of "CHIPS"'),
        ]
        for _ in range(writer.random.randrange(2, 4)):
            parts.append(writer.choose(options))
    clauses.append("bundle { " + "  ".join(parts) + " }")
    reward = writer.choose(
        (
            ("bundle percent", writer.percent()),
            ("bundle percent of each", f"{writer.percent()} per bundle"),
            ("bundle amount", f"{writer.money()} per bundle"),
            ("bundle price", f"price EUR {writer.pick(('1.50', '2.99', '6'))} per bundle"),
            ("bundle unit price", "price EUR 0.90 per piece"),
        )
    )
    if writer.chance(30):
        mode = writer.pick(("retroactive", "incremental")) if "price" not in reward else "retroactive"
        measure, unit = writer.pick(("net value per order", "quantity in piece per order")), ""
        first, second = ("EUR 0", "EUR 60") if "value" in measure else ("0 piece", "30 piece")
        clauses.append(
            writer.use(
                "bundle tiers", f"tiers {mode} on {measure} {{ from {first} {reward}  from {second} {reward}{unit} }}"
            )
        )
    else:
        clauses.append(f"rate {reward}")
    if single and writer.chance(60):
        which = writer.choose((("cheapest of each", "cheapest"), ("dearest of each", "dearest")))
        clauses.append(f"limit 1 piece per bundle, {which}")
    if writer.chance(20):
        clauses.append(writer.use("bundle limit", "limit 2 bundle per order"))
    elif writer.chance(10):
        clauses.append(writer.use("bundle limit to date", "limit 5 bundle per account per year"))
    return clauses


def clauses(writer: Writer, kind: str) -> list[str]:
    if kind == "discount" and writer.chance(4):
        return [writer.use("unused units", "unused units")]
    return []


def order(random: Random, order: OrderIn, features: set[str]) -> OrderIn:
    if random.randrange(4):
        return order
    features.add("choice")
    return replace(order, choices={f"f_{n}": random.choice(("COLA", "LIME")) for n in range(60)})


AREA = Area(
    name="goods",
    features=FEATURES,
    before=lambda writer: ['items thirst where item.family under "DRINK"'],
    members=members,
    clauses=clauses,
    order=order,
    aside="""\
  example "goods" {
    order for "SOLO" on 2027-02-01 { 1 piece of "COLA" at EUR 1.50 }
    expect free 0 piece of "NUTS"
  }
""",
)
