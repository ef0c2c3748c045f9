"""`rebates close`: no entry lands in a closed period."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from rebates.cli.ledgers import LedgerOption, the_ledger, the_period
from rebates.cli.output import DataFormat


def close(
    period: Annotated[str, typer.Argument(help="2026, 2026-Q2, 2026-05 or D..D; all before it is closed too.")],
    ledger: LedgerOption = "",
    format: Annotated[DataFormat, typer.Option(help="How the result is printed.")] = DataFormat.text,
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
) -> None:
    """Close the books up to the end of a period. A late fact is still taken: it books in the first open period and names the one it concerns.

    rebates close 2026-Q1 --ledger rebates.db
    """
    _, last = the_period(period)
    with the_ledger(ledger) as opened:
        opened.close_period(last)
    typer.echo(
        json.dumps({"closed_through": str(last)}) if as_json or format is DataFormat.json else f"closed through {last}"
    )
