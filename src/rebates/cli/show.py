"""A quote for people: a table, the total, and what to know. Coloured on a terminal, plain text in a pipe."""

from __future__ import annotations

import sys
from fractions import Fraction
from typing import TYPE_CHECKING

import typer

from rebates.cli.output import colored
from rebates.model.exact import grouped

if TYPE_CHECKING:
    from rebates.engine.quote import Quote
    from rebates.model.money import Money

HEAD = ("", "list", "price", "net price", "net value")


def show(quote: Quote) -> None:
    """Prints a quote."""
    if colored(sys.stdout):
        _draw(quote)
    else:
        typer.echo("\n".join(_plain(quote)))
    for line in _notes(quote):
        typer.echo(line)


def _rows(quote: Quote) -> list[tuple[str, ...]]:
    """A line each, then the charges, the cash rounding and the total."""
    rows = []
    for line in quote.lines:
        prices = (line.list_price, line.gross_price, line.net_price, line.net_value)
        rows.append((f"{line.quantity} {line.item}", *map(_amount, prices)))
    for free in quote.free:
        rows.append((f"{free.quantity} {free.item}, free", "", "", "", _amount(free.net_value)))
    for charge in quote.charges:
        rows.append((charge.title, "", "", "", _amount(charge.amount)))
    if quote.priced.cash_rounding:
        rows.append(("cash rounding", "", "", "", _amount(quote.money(quote.priced.cash_rounding))))
    rows.append((f"total {quote.currency}", "", "", "", _amount(quote.total)))
    return rows


def _amount(money: Money | None) -> str:
    if money is None:
        return "-"
    digits = money.amount.as_tuple().exponent
    assert isinstance(digits, int)
    return grouped(Fraction(money.amount), max(0, -digits))


def _plain(quote: Quote) -> list[str]:
    rows = [HEAD, *_rows(quote)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return [
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _draw(quote: Quote) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    for column, word in enumerate(HEAD):
        table.add_column(word, justify="right" if column else "left", no_wrap=bool(column))
    *rows, total = _rows(quote)
    for row in rows:
        table.add_row(*map(Text, row))  # names are text, no markup
    table.add_section()
    table.add_row(*map(Text, total), style="bold")
    Console().print(table)


def _notes(quote: Quote) -> list[str]:
    """What each rule took, what comes next, who must approve, and warnings."""
    out = []
    for number, line in enumerate(quote.lines, start=1):
        for taken in line.discounts:
            terms = f" {taken.terms}" if taken.terms else ""
            out.append(f"  line {number}: {taken.title}{terms}: {taken.amount}")
        if line.next_tier is not None:
            out.append(f"  line {number}: {line.next_tier}")
    out += [f"  {found}" for found in quote.breaks]
    out += [f"  term: {term.text}" for term in quote.terms]
    if quote.earliest_delivery is not None:
        out.append(f"  earliest delivery: {quote.earliest_delivery}")
    by = f" by {', '.join(quote.approvals)}" if quote.status == "needs approval" else ""
    out.append(f"status: {quote.status}{by}")
    return out + [f"note: {warning}" for warning in quote.warnings]
