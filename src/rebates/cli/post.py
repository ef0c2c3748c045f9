"""`rebates post`: facts from a program, one or a few at a time."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from rebates.cli.ledgers import LedgerOption, RulesOption, the_book, the_ledger
from rebates.cli.output import DataFormat, bad_use, plural


def post(
    facts: Annotated[list[str], typer.Argument(help="Facts as JSON objects, or - for JSON Lines on standard input.")],
    rules: RulesOption = "",
    ledger: LedgerOption = "",
    format: Annotated[DataFormat, typer.Option(help="How the result is printed.")] = DataFormat.text,
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
) -> None:
    """Post facts to the ledger, all or none. The same fact posted twice counts once.

    rebates post --rules rules/nusantara --ledger rebates.db '{"id": "INV-7/1", "account": "NUSANTARA", "date": "2026-03-10", "item": "COLA-330", "quantity": 60, "unit": "carton", "currency": "IDR", "net": "5587200"}'

    Exit code 0: posted, or there already; 1: refused, and nothing was posted; 2: bad use.
    """
    read = list(_read(facts))
    book = the_book(rules)
    with the_ledger(ledger, made=True) as opened:
        done = opened.post(book, read)
    if as_json or format is DataFormat.json:
        typer.echo(json.dumps({"added": done.added, "before": done.before}))
    else:
        typer.echo(f"{plural(done.added, 'fact')} posted, {done.before} there before")


def _read(texts: list[str]) -> Iterator[dict[str, object]]:
    for text in texts:
        for line in sys.stdin if text == "-" else [text]:
            if not line.strip():
                continue
            try:
                found = json.loads(line)
            except (ValueError, RecursionError):
                raise bad_use(f"`{line.strip()[:60]}` is no JSON") from None
            if not isinstance(found, dict):
                raise bad_use(f"`{line.strip()[:60]}` is no object with the columns of a fact")
            yield found
