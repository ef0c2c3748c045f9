"""`rebates calendar`: which day asks for what."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rebates.cli import complete
from rebates.cli.ledgers import LedgerOption, RulesOption, settings, the_book, the_ledger, the_period
from rebates.cli.output import ERRORS, tell_order, write_bytes


class Form(StrEnum):
    """How it is written."""

    text = "text"
    json = "json"
    csv = "csv"
    ics = "ics"


def calendar(
    period: Annotated[str, typer.Option(help="2026, 2026-Q2, 2026-05 or D..D.")],
    rules: RulesOption = "",
    ledger: LedgerOption = "",
    account: Annotated[str, typer.Option(help="What concerns one account.", autocompletion=complete.accounts)] = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write; by default standard output.")
    ] = None,
    format: Annotated[Form, typer.Option(help="How it is written.")] = Form.text,
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
) -> None:
    """List the days to keep in mind: reviews, last days of windows, settlements, deadlines of claims, facts and payments, expiries, amendments, ends of validity. With a ledger also what is due of what was settled, and the days through which books are closed.

    rebates calendar --rules rules/nusantara --period 2026 --format ics -o nusantara.ics
    """
    from rebates import OrderErrors
    from rebates.engine.agenda import occasions
    from rebates.tools import agenda_forms as forms

    first, last = the_period(period)
    book = the_book(rules)
    named = ledger or settings().get("ledger", "")
    try:
        if ledger or (named and ("://" in named or Path(named).is_file())):
            with the_ledger(named) as opened:
                from rebates.ledger.agenda import agenda_of

                found = agenda_of(opened, book, first, last, account or None)
        else:
            found = occasions(book, first, last, account or None)
    except OrderErrors as errors:
        tell_order(errors)
        raise typer.Exit(ERRORS) from None
    match Form.json if as_json else format:
        case Form.text:
            content = (forms.as_text(found) + "\n").encode()
        case Form.json:
            content = (forms.as_json(found) + "\n").encode()
        case Form.csv:
            content = forms.as_csv(found)
        case Form.ics:
            content = forms.as_ics(found)
    write_bytes(content, output)
