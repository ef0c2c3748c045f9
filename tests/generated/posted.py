"""What was posted, made by chance from a seed, for the agreements of `histories.py`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from random import Random

from rebates.model.history import Posted

ITEMS = ("COLA", "LIME", "NUTS", "CHIPS")
ACCOUNTS = ("ACME", "ACME-NORTH", "SOLO")
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
FEATURES = {
    "return": "89", "correction": "89", "lone return": "89", "late": "89", "payment": "97", "payment of a rule": "97",
    "claim": "97", "claim of a sale": "92b", "fact": "91d", "settled before": "99", "accrued": "103",
}  # fmt: skip


@dataclass(frozen=True)
class Made:
    """What was posted for an agreement, which period is settled, what is known of it, and what it holds."""

    posted: list[Posted]
    first: date
    last: date
    as_of: datetime | None
    before: date | None  # a settlement up to it was booked
    accrued: date | None  # an accrual to this day is compared, too
    features: frozenset[str]


def history(seed: int, number: int) -> Made:
    """One of the histories of a seed's agreement."""
    random = Random(f"history {seed} {number}")
    features: set[str] = set()
    posted = _sales(random, features)
    _others(random, features, posted)
    random.shuffle(posted)
    before = accrued = None
    if random.randrange(3):
        first, last = FIRST, random.choice((LAST, date(2026, 6, 30), date(2027, 2, 28)))
    else:
        first = FIRST + timedelta(random.randrange(300))
        last = first + timedelta(random.randrange(200))
        if random.randrange(2) == 0:
            features.add("settled before")
            before = first - timedelta(1)
    if random.randrange(3) == 0:
        features.add("accrued")
        accrued = FIRST + timedelta(random.randrange(400))
    as_of = datetime(2026, 7, 1, tzinfo=UTC) if "late" in features and random.randrange(2) else None
    return Made(posted, first, last, as_of, before, accrued, frozenset(features))


def _sales(random: Random, features: set[str]) -> list[Posted]:
    """Sales, some with a return, a correction or a payment."""
    posted: list[Posted] = []
    for number in range(random.choice((3, 6, 10))):
        day = date(2025, 7, 1) + timedelta(random.randrange(550))
        quantity = Fraction(random.choice(("1", "5", "24", "60", "0.5")))
        unit = random.choice(("piece", "piece", "carton"))
        attributes: dict[str, str | Fraction | date] = {}
        if random.randrange(3):
            attributes["line.colour"] = random.choice(("red", "green"))
        if random.randrange(3):
            attributes["order.end_customer"] = random.choice(("BAR", "CAFE"))
        if random.randrange(5) == 0:
            attributes["account.programme"] = "CLUB"
        known = None
        if random.randrange(5) == 0:
            known = datetime(2026, random.randrange(1, 12), 5, tzinfo=UTC)
            features.add("late")
        net = Fraction(random.randrange(1, 30_000), 100)
        gross = net + random.randrange(20) if random.randrange(2) else None
        sale = Posted(
            f"s{number}", "sale", random.choice(ACCOUNTS), day, random.choice(ITEMS), quantity, unit, "EUR", net,
            gross=gross, order=random.choice((None, "o1", "o2")), attributes=attributes, known=known,
            days={"order": day - timedelta(random.randrange(20))} if random.randrange(2) else {},
        )  # fmt: skip
        posted.append(sale)
        later = day + timedelta(random.randrange(120))
        if random.randrange(4) == 0:
            features.add("return")
            part = random.choice((Fraction(1), Fraction(1, 3)))
            posted.append(_change(f"b{number}", "return", sale, later, -quantity * part, -net * part))
        elif random.randrange(8) == 0:
            features.add("correction")
            posted.append(_change(f"c{number}", "correction", sale, later, Fraction(0), Fraction(-1)))
        if random.randrange(2) == 0:
            features.add("payment")
            posted.append(Posted(f"p{number}", "payment", sale.account, later, of=sale.id, known=known))
    if random.randrange(6) == 0:
        features.add("lone return")
        posted.append(
            Posted("x", "return", "ACME", date(2026, 6, 3), "COLA", Fraction(-2), "piece", "EUR", Fraction(-5))
        )
    return posted


def _change(id: str, kind: str, sale: Posted, day: date, quantity: Fraction, net: Fraction) -> Posted:
    return Posted(
        id, "return" if kind == "return" else "correction", sale.account, day, sale.item, quantity, sale.unit, "EUR",
        net, of=sale.id, known=sale.known,
    )  # fmt: skip


def _others(random: Random, features: set[str], posted: list[Posted]) -> None:
    """Facts, claims, payments of what rules have settled."""
    sales = [one for one in posted if one.kind == "sale" and one.known is None]
    for number in range(random.choice((0, 1, 3))):
        features.add("fact")
        day = date(2025, 12, 1) + timedelta(random.randrange(390))
        name, value = random.choice(
            (
                ("audit", "passed"),
                ("audit", "failed"),
                ("racks", Fraction(2)),
                ("agreed", Fraction(1 + number % 2, 100)),
                ("opened", date(2025, 12, 1) + timedelta(31 * number)),
                ("peak", Fraction(60 + 100 * number)),
            )
        )
        whose = random.choice(("ACME", "SOLO", "BUYERS", "all", "BAR"))
        posted.append(Posted(f"f{number}", "fact", whose, day, name=name, value=value))
    for number in range(random.choice((0, 0, 1, 2))):
        features.add("claim")
        day, of = FIRST + timedelta(random.randrange(400)), None
        account = random.choice(ACCOUNTS)
        if sales and random.randrange(3) == 0:
            features.add("claim of a sale")
            sale = random.choice(sales)
            of, account = sale.id, sale.account
        rule = f"r{random.choice((0, 0, 1, 2))}"
        posted.append(Posted(f"k{number}", "claim", account, day, of=of, name=rule, value=f"K{random.randrange(2)}"))
    if random.randrange(5) == 0:
        features.add("payment of a rule")
        net = random.choice((None, Fraction(10)))
        day = FIRST + timedelta(random.randrange(400))
        posted.append(Posted("pr", "payment", random.choice(ACCOUNTS), day, name=f"r{random.randrange(2)}", net=net))
