"""`rebates plot`: what a rule is worth at every quantity, drawn; and how a picture is written to a file."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rebates.cli import complete
from rebates.cli.output import ERRORS, bad_use, load_book, tell_order

if TYPE_CHECKING:
    from rebates.engine.orders import Order
    from rebates.tools.pictures import Picture


class Theme(StrEnum):
    """The paper that a picture is drawn on."""

    light = "light"
    dark = "dark"


Plot = Annotated[
    Path | None, typer.Option("--plot", help="Write a picture to this file: .svg, .png, .json (Vega-Lite) or .txt.")
]
ThemeOption = Annotated[Theme, typer.Option(help="The colours of the picture.")]


def plot(
    rules: Annotated[Path, typer.Argument(help="A rule file or folder.")],
    rule: Annotated[
        str, typer.Argument(help="The name of a rule, such as carton_volume.", autocompletion=complete.rules)
    ],
    order: Annotated[
        Path | None,
        typer.Option("--order", help="An order as JSON, whose quantity is varied; else an example of the rules."),
    ] = None,
    line: Annotated[int, typer.Option(min=1, help="The line of that order.")] = 1,
    orders: Annotated[
        Path | None, typer.Option("--orders", help="Real orders, one JSON a line: drawn as ticks below the curve.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Write .svg, .png, .json or .txt instead of text.")
    ] = None,
    theme: ThemeOption = Theme.light,
) -> None:
    """Draw what a rule is worth over the quantity of a line: its effective rate, its cliffs and dead zones.

    rebates plot rules/nusantara carton_volume --plot tiers.svg
    """
    from rebates import OrderErrors
    from rebates.tools.pictures import PictureError, curve, quantities, tier_picture

    book = load_book(rules)
    try:
        given = _orders(order)[0] if order is not None else None
        real: list[Fraction] = []
        if orders is not None:
            found = curve(book, rule, given, line - 1)
            real = quantities(book, _orders(orders), found.item, found.unit)
        made = tier_picture(book, rule, given, line - 1, real)
    except PictureError as error:
        raise bad_use(str(error)) from None
    except OrderErrors as errors:
        tell_order(errors)
        raise typer.Exit(ERRORS) from None
    if plot is None:
        typer.echo(made.text)
    else:
        write_picture(made, plot, theme)


def write_picture(picture: Picture, path: Path, theme: Theme) -> None:
    """Writes the file and says so on standard error; what stops it is bad use."""
    from rebates.tools.pictures import PictureError

    try:
        picture.save(path, theme.value)
    except PictureError as error:
        raise bad_use(str(error)) from None
    except OSError as error:
        raise bad_use(f"`{path}` cannot be written: {error.strerror}") from None
    typer.echo(f"wrote {path}", err=True)


def _orders(path: Path) -> list[Order]:
    """The orders of a file, one JSON a line or one in all."""
    from rebates import Order

    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise bad_use(f"`{path}` cannot be read: {error}") from None
    rows = [row for row in text.splitlines() if row.strip()]
    one = len(rows) > 1 and not rows[0].rstrip().endswith("}")
    return [Order.from_json(row) for row in ([text] if one else rows)]
