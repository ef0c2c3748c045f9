"""`rebates journal`: the entries, on the screen or for bookkeeping."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rebates.cli.ledgers import LedgerOption, the_ledger, the_period
from rebates.cli.output import amount_in


class Form(StrEnum):
    """Who reads it."""

    text = "text"
    csv = "csv"
    json = "json"
    parquet = "parquet"
    beancount = "beancount"
    hledger = "hledger"
    netsuite = "netsuite"
    sap = "sap"
    xero = "xero"
    erpnext = "erpnext"


def journal(
    ledger: LedgerOption = "",
    period: Annotated[str, typer.Option(help="Only entries of 2026, 2026-Q2, 2026-05 or D..D.")] = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write; by default standard output.")
    ] = None,
    format: Annotated[Form, typer.Option(help="How it is written.")] = Form.text,
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
) -> None:
    """Write the journal: balanced entries of what was accrued, released, settled and clawed back, and the trial balance.

    rebates journal --ledger rebates.db --period 2026-Q2 --format beancount -o q2.beancount
    """
    from rebates.ledger.exports import written
    from rebates.ledger.journal import trial_balance
    from rebates.ledger.runs import entries_of
    from rebates.model.exact import parse_number

    form = Form.json if as_json else format
    days = the_period(period) if period else None
    with the_ledger(ledger) as opened:
        with opened.store.reading() as connection:
            entries = entries_of(connection)
        if days is not None:
            entries = [entry for entry in entries if days[0] <= entry.day <= days[1]]
        if form is not Form.text:
            content = written(entries, form.value)
            if output is not None:
                output.write_bytes(content)
            else:
                sys.stdout.buffer.write(content)
                sys.stdout.flush()
            return
    for entry in entries:
        typer.echo(f"{entry.day}  {entry.id}  {entry.text}")
        for line in entry.lines:
            side, amount = ("debit", line.debit) if line.debit else ("credit", line.credit)
            text = amount_in(parse_number(amount or "0"), entry.currency)
            typer.echo(f"    {side:<6} {line.account:<20} {line.party or '':<16} {text}")
    typer.echo("1 entry" if len(entries) == 1 else f"{len(entries)} entries")
    for (account, currency), balance in trial_balance(entries).items():
        typer.echo(f"  {account:<20} {amount_in(balance, currency)}")
