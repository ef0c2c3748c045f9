"""The verbs, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from rebates import __version__
from rebates.cli.bring import bring
from rebates.cli.calendar import calendar
from rebates.cli.check import check
from rebates.cli.close import close
from rebates.cli.diff import diff
from rebates.cli.fmt import fmt
from rebates.cli.help import help
from rebates.cli.history import history
from rebates.cli.journal import journal
from rebates.cli.keys import keys
from rebates.cli.new import new
from rebates.cli.plot import plot
from rebates.cli.post import post
from rebates.cli.quote import explain, quote
from rebates.cli.schema import schema
from rebates.cli.serve import serve
from rebates.cli.settle import accrue, settle
from rebates.cli.statement import statement
from rebates.cli.test import test
from rebates.cli.verify import verify

app = typer.Typer(
    name="rebates",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="""Prices and rebates from the text of commercial agreements, exact and explained.

    Write agreements in .rebates files with their tables beside them, then:

      rebates new acme                a first agreement, by questions

      rebates check rules/            every finding, with its place

      rebates test rules/             the examples in the files

      rebates quote rules/ --account NUSANTARA --on 2026-03-10 "60 carton COLA-330"

      rebates explain rules/ --account NUSANTARA --on 2026-03-10 "60 carton COLA-330"

      rebates plot rules/ carton_volume

      rebates import sales.csv --rules rules/nusantara --ledger rebates.db

      rebates help                    how to do each of these, by task
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


app.command()(new)
app.command()(check)
app.command()(fmt)
app.command()(test)
app.command()(diff)
app.command()(quote)
app.command()(explain)
app.command()(plot)
app.command()(post)
app.command("import")(bring)
app.command()(accrue)
app.command()(settle)
app.command()(close)
app.command()(statement)
app.command()(calendar)
app.command()(journal)
app.command()(verify)
app.command()(history)
app.command()(schema)
app.command()(serve)
app.add_typer(keys, name="keys")
app.command()(help)
