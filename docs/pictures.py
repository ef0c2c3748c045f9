"""Draws the pictures of the pages again: python docs/pictures.py. They are looked at before they are committed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import rebates
from rebates import Fact, Ledger, Line, Order
from rebates.ledger.statements.shown import picture_of
from rebates.tools.pictures import Picture, tier_picture, waterfall_picture

DOCS = Path(__file__).resolve().parent
RULES = DOCS.parent / "rules"


def pictures() -> dict[str, Picture]:
    """Each picture by its name."""
    book = rebates.load(RULES / "nusantara")
    lines = [Line("COLA-330", "220 carton"), Line("YUZU-330", "30 carton"), Line("NUTS-50", "12 carton")]
    order = Order("NUSANTARA", "2026-03-10", lines)
    return {
        "volume": tier_picture(book, "carton_volume"),
        "waterfall": waterfall_picture(book.quote(order)),
        "statement": statement_picture(),
    }


def statement_picture() -> Picture:
    """What a reseller bought in a quarter against the tiers of its volume rebate, as the readme settles it."""
    sold = [_sale("INV-1/1", "2012-07-10", 9, "9_000"), _sale("INV-2/1", "2012-09-03", 6, "6_500")]
    book = rebates.load(RULES / "resellers")
    with tempfile.TemporaryDirectory() as folder, Ledger.open(f"{folder}/ledger.db") as ledger:
        ledger.post(book, sold)
        ledger.settle(book, "2012-Q3")
        return picture_of(ledger.statement("1", "2012-Q3"))


def _sale(id: str, day: str, quantity: int, net: str) -> Fact:
    return Fact(id, "1", day, item="BIKE", unit="piece", currency="USD", quantity=quantity, net=net)


def main() -> None:
    """Writes every picture in light and dark."""
    (DOCS / "images").mkdir(exist_ok=True)
    for name, picture in pictures().items():
        picture.save(DOCS / "images" / f"{name}-light.svg", "light")
        picture.save(DOCS / "images" / f"{name}-dark.svg", "dark")


if __name__ == "__main__":
    main()
