"""`rebates history`: what happened, and when it became known."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from rebates.cli import complete
from rebates.cli.ledgers import LedgerOption, the_ledger, the_moment
from rebates.cli.output import DataFormat, plural


def history(
    account: Annotated[
        str, typer.Argument(help="Whose facts; without one all.", autocompletion=complete.accounts)
    ] = "",
    ledger: LedgerOption = "",
    as_of: Annotated[str, typer.Option(help="What was known then: 2026-03-31T18:00+07:00.")] = "",
    fact: Annotated[str, typer.Option(help="One fact by its id, and what names it.")] = "",
    format: Annotated[DataFormat, typer.Option(help="How the result is printed.")] = DataFormat.text,
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
) -> None:
    """List facts by day, with the moment at which each became known.

    rebates history NUSANTARA --ledger rebates.db
    """
    from rebates.engine.facts import body_of

    moment = the_moment(as_of)
    with the_ledger(ledger) as opened:
        facts = opened.history(account or None, moment)
    if fact:
        facts = [each for each in facts if fact in (each.id, each.of)]
    if as_json or format is DataFormat.json:
        typer.echo(
            json.dumps(
                [{**json.loads(body_of(each)), "known": each.known} for each in facts], indent=2, ensure_ascii=False
            )
        )
        return
    for each in facts:
        what = " ".join(
            str(x)
            for x in (each.quantity, each.unit, each.item, each.currency, each.net, each.name, each.value)
            if x is not None
        )
        named = f" of {each.of}" if each.of else ""
        typer.echo(f"{each.date}  {each.id}  {each.account}  {each.kind}{named}  {what}  known {str(each.known)[:16]}Z")
    typer.echo(plural(len(facts), "fact"))
