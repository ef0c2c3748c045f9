"""`rebates accrue` and `rebates settle`: what was earned, booked; what is due, settled."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import typer

from rebates.cli.ledgers import LedgerOption, RulesOption, the_book, the_ledger, the_period
from rebates.cli.output import DataFormat, amount_in

if TYPE_CHECKING:
    from rebates.model.settlement import Settlement

Output = Annotated[DataFormat, typer.Option(help="How the result is printed.")]
Json = Annotated[bool, typer.Option("--json", help="Short for --format json.")]


def accrue(
    on: Annotated[str, typer.Argument(help="The day up to which is accrued, such as 2026-03-31; a period's last day.")],
    rules: RulesOption = "",
    ledger: LedgerOption = "",
    format: Output = DataFormat.text,
    as_json: Json = False,
) -> None:
    """Accrue what has been earned by a day: book the difference to what stands accrued. Run it after each posting or once a day.

    rebates accrue 2026-03-31 --rules rules/nusantara --ledger rebates.db
    """
    from rebates.ledger.reckoned import accrue as accrued
    from rebates.model.exact import parse_number

    _, day = the_period(on)
    book = the_book(rules)
    with the_ledger(ledger) as opened:
        run, entries = accrued(opened, book, day)
    if as_json or format is DataFormat.json:
        typer.echo(run.result)
        return
    for entry in entries:
        amount = amount_in(parse_number(entry.amount), entry.currency)
        typer.echo(f"{entry.id}  {entry.kind:<10} {entry.rule} {entry.payee} {amount}")
    typer.echo("1 entry" if len(entries) == 1 else f"{len(entries)} entries")


def settle(
    period: Annotated[str, typer.Argument(help="2026, 2026-Q2, 2026-05 or D..D.")],
    rules: RulesOption = "",
    ledger: LedgerOption = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what it would come to; write nothing.")] = False,
    interim: Annotated[bool, typer.Option("--interim", help="Settle a period that is not over.")] = False,
    format: Output = DataFormat.text,
    as_json: Json = False,
) -> None:
    """Settle what falls due in a period, less what was settled before. A second run pays nothing; late facts, returns and amendments give the difference.

    rebates settle 2026-Q2 --rules rules/nusantara --ledger rebates.db
    """
    from rebates.ledger.reckoned import settle as settled
    from rebates.ledger.reckoned import would_settle
    from rebates.ledger.results import results_text

    first, last = the_period(period)
    book = the_book(rules)
    with the_ledger(ledger) as opened:
        if dry_run:
            settlements = would_settle(opened, book, first, last)
        else:
            run, _ = settled(opened, book, first, last, interim=interim)
            settlements = run.settlements
    if as_json or format is DataFormat.json:
        typer.echo(json.dumps(json.loads(results_text(settlements)), indent=2, ensure_ascii=False))
        return
    _tell(settlements)
    if dry_run:
        typer.echo("nothing was written")


def _tell(settlements: Sequence[Settlement]) -> None:
    count = 0
    for one in settlements:
        for due in one.dues:
            if not due.due and due.status == "due":
                continue
            count += 1
            window = f" for {due.first} to {due.last}" if due.last < due.day else ""
            why = "" if due.status == "due" else f"  {due.status}{f' ({due.detail})' if due.detail else ''}"
            of = one.currency if due.pays == "money" else due.pays
            total, before, now = (amount_in(amount, of) for amount in (due.total, due.before, due.due))
            typer.echo(f"{due.day}  {due.rule}{window}  {due.payee}  earned {total}  before {before}  due {now}{why}")
        money = (due.due if due.kind == "rebate" else -due.due for due in one.dues if due.pays == "money")
        typer.echo(f"{one.agreement}: {amount_in(sum(money, Fraction(0)), one.currency)} due")
    if not count:
        typer.echo("nothing is due")
