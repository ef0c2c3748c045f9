"""`rebates verify`: proof that the ledger holds what was written."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from rebates.cli.ledgers import LedgerOption, the_ledger
from rebates.cli.output import ERRORS, FINE, DataFormat, plural


def verify(
    ledger: LedgerOption = "",
    head: Annotated[str, typer.Option(help="The hash that an earlier run printed, kept outside of the ledger.")] = "",
    format: Annotated[DataFormat, typer.Option(help="How the result is printed.")] = DataFormat.text,
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
) -> None:
    """Check every row against the chain of hashes, the journal against its balance, and work every accrual and settlement out again with the reference evaluator, from the text and facts it was made with. A change of a single bit is found.

    rebates verify --ledger rebates.db

    Exit code 0: all is as it was written; 1: something is not.
    """
    from rebates.ledger.reckoned import prove

    with the_ledger(ledger) as opened:
        proof = prove(opened, head or None)
    if as_json or format is DataFormat.json:
        typer.echo(
            json.dumps(
                {
                    "holds": proof.holds,
                    "facts": proof.facts,
                    "runs": proof.runs,
                    "entries": proof.entries,
                    "head": proof.head,
                    "findings": list(proof.findings),
                },
                indent=2,
            )
        )
    else:
        for finding in proof.findings:
            typer.echo(f"R0835 {finding}")
        told = "all is as it was written" if proof.holds else "the ledger was changed"
        entries = "1 entry" if proof.entries == 1 else f"{proof.entries} entries"
        typer.echo(f"{plural(proof.facts, 'fact')}, {plural(proof.runs, 'run')}, {entries}: {told}")
        typer.echo(f"head {proof.head}")
    raise typer.Exit(FINE if proof.holds else ERRORS)
