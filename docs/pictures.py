"""Draws the pictures of the pages again: python docs/pictures.py. They are looked at before they are committed."""

from __future__ import annotations

from pathlib import Path

import rebates
from rebates import Line, Order
from rebates.tools.pictures import Picture, tier_picture, waterfall_picture

DOCS = Path(__file__).resolve().parent
RULES = DOCS.parent / "rules"


def pictures() -> dict[str, Picture]:
    """Each picture by its name."""
    book = rebates.load(RULES / "nusantara")
    lines = [Line("COLA-330", "220 carton"), Line("YUZU-330", "30 carton"), Line("NUTS-50", "12 carton")]
    order = Order("NUSANTARA", "2026-03-10", lines)
    return {"volume": tier_picture(book, "carton_volume"), "waterfall": waterfall_picture(book.quote(order))}


def main() -> None:
    """Writes every picture in light and dark."""
    (DOCS / "images").mkdir(exist_ok=True)
    for name, picture in pictures().items():
        picture.save(DOCS / "images" / f"{name}-light.svg", "light")
        picture.save(DOCS / "images" / f"{name}-dark.svg", "dark")


if __name__ == "__main__":
    main()
