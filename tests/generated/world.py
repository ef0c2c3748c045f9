"""The master data and tables that every rule set made by chance stands on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tests.generated import seldom
from tests.generated.areas import AREAS

TABLES: dict[str, list[dict[str, object]]] = {
    "accounts": [
        {"id": "ACME", "parent": "", "class": "gold"},
        {"id": "ACME-NORTH", "parent": "ACME", "class": "gold"},
        {"id": "SOLO", "parent": "", "class": "blue"},
    ],
    "memberships": [
        {"group": "BUYERS", "account": "ACME", "valid_from": "2026-01-01", "valid_to": "2026-08-31"},
        {"group": "BUYERS", "account": "SOLO", "valid_from": "2026-01-01", "valid_to": ""},
        {"group": "CLUB", "account": "SOLO", "valid_from": "2026-04-01", "valid_to": ""},
    ],
    "families": [
        {"id": "DRINK", "parent": ""},
        {"id": "DRINK/SODA", "parent": "DRINK"},
        {"id": "SNACK", "parent": ""},
    ],
    "items": [
        {"id": "COLA", "base_unit": "piece", "family": "DRINK/SODA", "brand": "Fizz", "vat": "19%"},
        {"id": "LIME", "base_unit": "piece", "family": "DRINK/SODA", "brand": "Fizz"},
        {"id": "JUICE", "base_unit": "piece", "family": "DRINK", "brand": "Sun"},
        {"id": "NUTS", "base_unit": "piece", "family": "SNACK", "brand": "Nut", "vat": "10%"},
        {"id": "CHIPS", "base_unit": "piece", "family": "SNACK", "brand": ""},
    ],
    "units": [
        {"item": item, "unit": unit, "factor": factor, "of": of}
        for item, carton, kilos in (
            ("COLA", "24", "8.4"),
            ("LIME", "24", "8.4"),
            ("JUICE", "12", "12.6"),
            ("NUTS", "60", "3.3"),
            ("CHIPS", "40", "3.4"),
        )
        for unit, factor, of in (("carton", carton, "piece"), ("carton", kilos, "kg"))
    ],
    "list_prices": [
        {"item": "COLA", "unit": "piece", "price": "1.49", "valid_from": "2026-01-01", "valid_to": "2026-06-30"},
        {"item": "COLA", "unit": "piece", "price": "1.55", "valid_from": "2026-07-01", "valid_to": ""},
        {"item": "LIME", "unit": "carton", "price": "31.99", "valid_from": "2026-01-01", "valid_to": ""},
        {"item": "JUICE", "unit": "piece", "price": "2.19", "valid_from": "2026-01-01", "valid_to": ""},
        {"item": "JUICE", "unit": "carton", "price": "24.9", "valid_from": "2026-01-01", "valid_to": ""},
        {"item": "NUTS", "unit": "piece", "price": "0.333", "valid_from": "2026-01-01", "valid_to": ""},
        {"item": "CHIPS", "unit": "piece", "price": "1.2", "valid_from": "2026-01-01", "valid_to": ""},
    ],
    "costs": [
        {"item": "COLA", "unit": "piece", "cost": "0.91", "valid_from": "2026-01-01", "valid_to": ""},
        {"item": "LIME", "unit": "piece", "cost": "0.95", "valid_from": "2026-01-01", "valid_to": ""},
        {"item": "JUICE", "unit": "carton", "cost": "18.35", "valid_from": "2026-01-01", "valid_to": ""},
        {"item": "NUTS", "unit": "piece", "cost": "0.21", "valid_from": "2026-01-01", "valid_to": ""},
        {"item": "CHIPS", "unit": "piece", "cost": "0.8", "valid_from": "2026-01-01", "valid_to": ""},
    ],
    "account_prices": [
        {
            "account": "ACME",
            "item": "COLA",
            "unit": "piece",
            "price": "1.31",
            "valid_from": "2026-01-01",
            "valid_to": "",
        },
        {
            "account": "ACME",
            "item": "NUTS",
            "unit": "carton",
            "price": "17.77",
            "valid_from": "2026-01-01",
            "valid_to": "2026-05-31",
        },
        {
            "account": "SOLO",
            "item": "JUICE",
            "unit": "carton",
            "price": "23.456",
            "valid_from": "2026-03-01",
            "valid_to": "",
        },
    ],
    "group_prices": [
        {"group": "BUYERS", "item": "COLA", "price": "1.28"},
        {"group": "CLUB", "item": "COLA", "price": "1.27"},
        {"group": "BUYERS", "item": "LIME", "price": "1.19"},
    ],
    "season_days": [
        {"season": "cold", "first": "2025-12-01", "last": "2026-03-20"},
        {"season": "warm", "first": "2026-05-01", "last": "2026-09-30"},
    ],
    "offered": [{"item": "COLA"}, {"item": "JUICE"}],
    "cheap": [{"item": "COLA", "weight": "0.35"}],
}

for _area in AREAS:
    TABLES |= _area.tables
TABLES |= seldom.TABLES


class World:
    """Hands the tables over by the documented protocol."""

    def rows(self, name: str) -> Iterable[Mapping[str, object]] | None:
        return TABLES.get(name)
