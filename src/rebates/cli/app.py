"""The verbs, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from rebates import __version__
from rebates.cli.check import check
from rebates.cli.fmt import fmt
from rebates.cli.help import help
from rebates.cli.quote import explain, quote
from rebates.cli.schema import schema
from rebates.cli.test import test

app = typer.Typer(
    name="rebates",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="""Prices from the text of commercial agreements, exact and explained.

    Write agreements in .rebates files with their tables beside them, then:

      rebates check rules/            every finding, with its place

      rebates test rules/             the examples in the files

      rebates quote rules/ --account NUSANTARA --on 2026-03-10 "60 carton COLA-330"

      rebates explain rules/ --account NUSANTARA --on 2026-03-10 "60 carton COLA-330"
    """,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"rebates {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


app.command()(check)
app.command()(fmt)
app.command()(test)
app.command()(quote)
app.command()(explain)
app.command()(schema)
app.command()(help)
