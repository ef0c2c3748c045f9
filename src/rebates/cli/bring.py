"""`rebates import`: files of facts."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from rebates.cli.ledgers import LedgerOption, RulesOption, the_book, the_ledger
from rebates.cli.output import ERRORS, DataFormat, bad_use, need, plural


def bring(
    files: Annotated[
        list[Path], typer.Argument(help="CSV, JSON Lines or Parquet; `rebates schema facts` has the columns.")
    ],
    rules: RulesOption = "",
    ledger: LedgerOption = "",
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column", help="Which heading holds which field, such as net=SalesAmount; then only those are read."
        ),
    ] = None,
    kind: Annotated[str, typer.Option(help="The kind of all rows of a file without such a column.")] = "",
    rejects: Annotated[
        Path | None, typer.Option(help="Where refused rows go with their reasons; the others are then imported.")
    ] = None,
    format: Annotated[DataFormat, typer.Option(help="How the result is printed.")] = DataFormat.text,
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
) -> None:
    """Import files of facts into the ledger, which is made if it is not there. What is there already is left alone, so an import can be run again.

    rebates import sales_2026.csv --rules rules/nusantara --ledger rebates.db

    Without --rejects a file is imported whole or not at all. Exit code 0: all is there; 1: rows were refused; 2: bad use.
    """
    columns: dict[str, str] | None = None
    for pair in column or []:
        field, equals, heading = pair.partition("=")
        if not (field and equals and heading):
            raise bad_use(f"`{pair}` is no column such as net=SalesAmount")
        columns = {**(columns or {}), field: heading}
    for file in files:
        need(file)
    book = the_book(rules)
    added = before = refused = 0
    with the_ledger(ledger, made=True) as opened:
        for file in files:
            done = opened.bring(
                book,
                file,
                columns=columns,
                kind=kind or None,
                rejects=rejects,
                progress=lambda rows, file=file: _tell(file, rows),  # type: ignore[misc]
            )
            added, before, refused = added + done.added, before + done.before, refused + len(done.refused)
    if as_json or format is DataFormat.json:
        typer.echo(json.dumps({"added": added, "before": before, "refused": refused}))
    else:
        told = f", {refused} refused, see {rejects}" if refused else ""
        typer.echo(f"{plural(added, 'fact')} imported, {before} there before{told}")
    raise typer.Exit(ERRORS if refused else 0)


def _tell(file: Path, rows: int) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r{file.name}: {rows:,} rows", nl=False, err=True)
