"""Other currencies and prices that include tax."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from tests.generated.areas import Area

if TYPE_CHECKING:
    from tests.generated.rules import Writer

FEATURES = {
    "exchange rates": ("2.1",),
    "exchange rates at a moment": ("2.1", "5.6"),
    "price in another currency": ("2.1",),
    "amount in another currency": ("2.1",),
    "price table in currencies": ("2.1", "3.3"),
    "tax rate": ("2.7",),
    "price table with tax": ("2.7",),
    "value with tax": ("2.7",),
    "price reference": ("6.8",),
}


def _drawn(writer: Writer, what: str) -> int:
    """A draw that is the same in every agreement of a rule set: those in force together have one tax and one table of rates."""
    return Random(f"{what} {writer.seed}").randrange(100)


def _rates(writer: Writer) -> bool:
    return _drawn(writer, "rates") < (70 if writer.dense else 30)


def has_tax(writer: Writer) -> bool:
    return _drawn(writer, "tax") < (70 if writer.dense else 30)


def _before(writer: Writer) -> list[str]:
    return [
        'table export_prices from "export_prices.csv" { item, unit, currency key  price money }',
        'table shop_prices from "shop_prices.csv" { item key  price money including tax }',
    ]


def _members(writer: Writer) -> list[str]:
    out = []
    if _rates(writer):
        at = ""
        if _drawn(writer, "moment") < 40:
            at = writer.use("exchange rates at a moment", " at month start")
        out.append(writer.use("exchange rates", f"  exchange rates from table exchange_rates{at}"))
    if has_tax(writer):
        out.append("  attribute item.vat percent default 7%")
        out.append(writer.use("tax rate", "  tax rate item.vat"))
    return out


def _worths(writer: Writer, kind: str) -> list[str]:
    found: list[str] = []
    if kind != "price":
        return found
    if _rates(writer):
        found += [
            "rate "
            + writer.use(
                "price in another currency", writer.pick(("price USD 1.55 per piece", "price CHF 31 per carton"))
            ),
            writer.use("price table in currencies", "from table export_prices"),
            "rate " + writer.use("price table in currencies", "price (98% of table export_prices)"),
        ]
    if has_tax(writer):
        found += [
            writer.use("price table with tax", "from table shop_prices"),
            "rate " + writer.use("price table with tax", "price 97% of table shop_prices"),
        ]
    return found


def _clauses(writer: Writer, kind: str) -> list[str]:
    out = []
    if kind == "price" and writer.chance(10):
        out.append(writer.use("price reference", 'reference "MC-4711"'))
    return out


def _measures(writer: Writer) -> list[tuple[str, str]]:
    if not has_tax(writer):
        return []
    scope = writer.pick(("order", "item", "account per month"))
    return [(writer.use("value with tax", f"net value including tax per {scope}"), "EUR")]


def _rewards(writer: Writer, kind: str) -> list[str]:
    if kind == "price" or not _rates(writer):
        return []
    return [
        writer.use(
            "amount in another currency",
            writer.pick(("USD 0.05 per piece", "CHF 2 per order", "USD 1 per full carton")),
        )
    ]


AREA = Area(
    name="money",
    features=FEATURES,
    before=_before,
    members=_members,
    clauses=_clauses,
    measures=_measures,
    rewards=_rewards,
    worths=_worths,
    tables={
        "exchange_rates": [
            {"from": "USD", "to": "EUR", "rate": "0.92", "valid_from": "2026-01-01", "valid_to": "2026-06-30"},
            {"from": "USD", "to": "EUR", "rate": "0.905", "valid_from": "2026-07-01", "valid_to": "2026-11-20"},
            # no rate of the dollar after 20 November
            {"from": "EUR", "to": "CHF", "rate": "0.95", "valid_from": "2026-01-01", "valid_to": ""},
        ],
        "export_prices": [
            {"item": "COLA", "unit": "piece", "currency": "USD", "price": "1.60"},
            {"item": "COLA", "unit": "carton", "currency": "EUR", "price": "34.80"},
            {"item": "LIME", "unit": "piece", "currency": "USD", "price": "1.50"},
            {"item": "LIME", "unit": "piece", "currency": "CHF", "price": "1.20"},
            {"item": "NUTS", "unit": "carton", "currency": "CHF", "price": "19"},
        ],
        "shop_prices": [
            {"item": "COLA", "price": "1.79"},
            {"item": "NUTS", "price": "0.39"},
            {"item": "CHIPS", "price": "1.39"},
        ],
    },
)
