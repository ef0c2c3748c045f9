"""How prices are made: endings and price points, bounds, prices on prices, values of tables at a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.generated.areas import Area
from tests.generated.areas.money import has_tax

if TYPE_CHECKING:
    from tests.generated.rules import Writer

FEATURES = {
    "price ending": ("3.11",),
    "price ending every": ("3.11",),
    "price points": ("3.11",),
    "ending with tax": ("2.7", "3.11"),
    "price not above": ("3.6",),
    "price of a price": ("3.3", "2.6"),
    "cost plus": ("3.3",),
    "indexed price": ("5.6", "2.6"),
    "table price": ("3.3", "5.6"),
    "table in a condition": ("5.6", "7.1"),
    "table in a measure": ("5.6",),
    "table in a reward": ("5.6", "5.3"),
}

MOMENTS = (
    "",
    " at 2026-01-31",
    " at order date",
    " at 1 month before quarter start",
    " at 30 days before delivery date",
    " at month end",
)


def _before(writer: Writer) -> list[str]:
    return [
        'table ppi from "ppi.csv" { index number  valid_from, valid_to dates }',
        'table ppi_by_month from "ppi_by_month.csv" { month key  index number }',
        'table base_list from "base_list.csv" { item, unit key  price money  valid_from, valid_to dates }',
        'table family_rates from "family_rates.csv" { family key  rate percent }',
    ]


def _index(writer: Writer) -> str:
    at = writer.pick(MOMENTS)
    if writer.chance(50):
        return f"table ppi{at}"
    return f"(table ppi_by_month{at} otherwise 100)"


def _worths(writer: Writer, kind: str) -> list[str]:
    if kind != "price":
        return []
    found = [
        "rate " + writer.use("cost plus", writer.pick(("price 118% of cost", "price (cost / (1 - 18%)) per carton"))),
        "rate "
        + writer.use("indexed price", f"price (EUR 1.30 per piece * {_index(writer)} / table ppi at 2026-01-31)"),
        "rate " + writer.use("table price", f"price {writer.pick(('95%', '112%'))} of table base_list"),
        "tiers incremental on quantity in piece per line { from 0 piece price 95% of table base_list  above 23 piece price EUR 1.05 }",
    ]
    earlier = [name for name in writer.rules if name.startswith("price ")]
    if earlier:
        other = earlier[writer.random.randrange(len(earlier))]
        found += 2 * [
            "rate "
            + writer.use(
                "price of a price",
                writer.pick((f"price 90% of {other}", f"price (97% of {other} otherwise 99% of list price)")),
            )
        ]
    return found


def _clauses(writer: Writer, kind: str) -> list[str]:
    if kind != "price":
        return []
    out = []
    if writer.chance(15):
        high = writer.pick(("EUR 1.60 per piece", "110% of list price", "cost / (1 - 40%)"))
        out.append(writer.use("price not above", f"not above {high}"))
    if writer.chance(25):
        endings = writer.pick(("0.49, 0.99", "0, 0.5", "0.95", "4.99, 9.99"))
        steps = writer.pick(("0.09, every 0.10", "0.2, 0.7, every 1", "0, every 0.25"))
        points = writer.pick(("0.99, 1.29, 1.49, 19.90, 29.90", "1, 2"))
        options = [
            ("price ending", f"ending {endings}"),
            ("price ending every", f"ending {steps}"),
            ("price points", f"price points {points}"),
        ]
        if has_tax(writer):
            options += 2 * [
                (
                    "ending with tax",
                    writer.pick((f"ending {endings}, including tax", f"price points {points}, including tax")),
                )
            ]
        out.append(writer.choose(options))
    return out


def _conditions(writer: Writer) -> list[str]:
    test = writer.pick(("table ppi at order date >= 103", "table family_rates < 3%", "list price > table base_list"))
    return [writer.use("table in a condition", test)]


def _measures(writer: Writer) -> list[tuple[str, str]]:
    return [(writer.use("table in a measure", f"(net value per order * 100 / {_index(writer)})"), "EUR")]


def _rewards(writer: Writer, kind: str) -> list[str]:
    if kind == "price":
        return []
    return [writer.use("table in a reward", "(table family_rates otherwise 1.5%)")]


AREA = Area(
    name="prices",
    features=FEATURES,
    before=_before,
    clauses=_clauses,
    conditions=_conditions,
    measures=_measures,
    rewards=_rewards,
    worths=_worths,
    tables={
        "ppi": [
            {"index": "101.3", "valid_from": "2025-09-01", "valid_to": "2025-12-31"},
            {"index": "102.7", "valid_from": "2026-01-01", "valid_to": "2026-03-31"},
            {"index": "103.1", "valid_from": "2026-04-01", "valid_to": "2026-08-31"},
            # September is not published
            {"index": "99.4", "valid_from": "2026-10-01", "valid_to": "2027-12-31"},
        ],
        "ppi_by_month": [
            {"month": f"2026-{month:02d}", "index": f"{100 + month}.{month % 3}"} for month in range(1, 9)
        ],
        "base_list": [
            {"item": "COLA", "unit": "piece", "price": "1.42", "valid_from": "2026-01-01", "valid_to": "2026-10-31"},
            {"item": "COLA", "unit": "carton", "price": "33", "valid_from": "2026-01-01", "valid_to": ""},
            {"item": "LIME", "unit": "carton", "price": "30.1", "valid_from": "2025-01-01", "valid_to": ""},
            {"item": "NUTS", "unit": "piece", "price": "0.3", "valid_from": "2025-01-01", "valid_to": ""},
            {"item": "CHIPS", "unit": "piece", "price": "1.1", "valid_from": "2026-02-01", "valid_to": ""},
        ],
        "family_rates": [{"family": "DRINK/SODA", "rate": "2%"}, {"family": "SNACK", "rate": "4.5%"}],
    },
)
