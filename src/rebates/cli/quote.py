"""`rebates quote` and `rebates explain`: the price of an order, and why."""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rebates.cli.output import BAD_USE, ERRORS, DataFormat, load_book, tell_order

if TYPE_CHECKING:
    from rebates.engine.orders import Order
    from rebates.engine.quote import Quote

_LINE = re.compile(r"(?P<quantity>\S+ \S+)(?: of)? \"?(?P<item>[^\"]+?)\"?(?: at (?P<price>[A-Z]{3} \S+))?")

Rules = Annotated[Path, typer.Argument(help="A rule file or folder.")]
Lines = Annotated[
    list[str] | None, typer.Argument(help='Order lines: "60 carton COLA-330", or "60 carton COLA-330 at IDR 96_000".')
]
OrderFile = Annotated[str, typer.Option("--order", help="An order as JSON: a file, or - for standard input.")]
Account = Annotated[str, typer.Option(help="The account that orders.")]
On = Annotated[str, typer.Option(help="The order date, such as 2026-03-10.")]
Attributes = Annotated[
    list[str] | None, typer.Option("--attribute", help="order.channel=web; line.zone=north holds for every line.")
]
Codes = Annotated[list[str] | None, typer.Option("--code", help="A code that the order carries.")]
Output = Annotated[DataFormat, typer.Option("--format", help="How the result is printed.")]
Json = Annotated[bool, typer.Option("--json", help="Short for --format json.")]


class View(StrEnum):
    """Whose explanation it is."""

    manager = "manager"
    customer = "customer"


def quote(
    rules: Rules,
    lines: Lines = None,
    order: OrderFile = "",
    account: Account = "",
    on: On = "",
    attribute: Attributes = None,
    code: Codes = None,
    format: Output = DataFormat.text,
    json: Json = False,
) -> None:
    """Price an order, given as JSON or line by line.

    rebates quote rules/nusantara --account NUSANTARA --on 2026-03-10 "60 carton COLA-330" "2 pallet YUZU-330"

    Exit code 0: priced, also where an approval is needed; 1: a guard rejects it, or it cannot be priced; 2: bad use.
    """
    made = _quote(rules, lines or [], order, account, on, attribute or [], code or [])
    if json or format is DataFormat.json:
        typer.echo(made.to_json())
    else:
        typer.echo(_table(made))
    raise typer.Exit(ERRORS if made.status == "rejected" else 0)


def explain(
    rules: Rules,
    lines: Lines = None,
    order: OrderFile = "",
    account: Account = "",
    on: On = "",
    attribute: Attributes = None,
    code: Codes = None,
    view: Annotated[View, typer.Option(help="The customer's view has no cost, margin or guard.")] = View.manager,
    format: Output = DataFormat.text,
    json: Json = False,
) -> None:
    """Explain a price: every step with its rule and place, and why every other rule did nothing.

    rebates explain rules/nusantara --account NUSANTARA --on 2026-03-10 "60 carton COLA-330"
    """
    made = _quote(rules, lines or [], order, account, on, attribute or [], code or [])
    explanation = made.explain(view.value)
    typer.echo(explanation.to_json() if json or format is DataFormat.json else str(explanation))
    raise typer.Exit(ERRORS if made.status == "rejected" else 0)


def _bad(message: str) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(BAD_USE)


def _quote(
    rules: Path, lines: list[str], order: str, account: str, on: str, attributes: list[str], codes: list[str]
) -> Quote:
    from rebates import OrderErrors

    book = load_book(rules)
    try:
        return book.quote(_order(lines, order, account, on, attributes, codes))
    except OrderErrors as errors:
        tell_order(errors)
        raise typer.Exit(ERRORS) from None


def _order(lines: list[str], order: str, account: str, on: str, attributes: list[str], codes: list[str]) -> Order:
    from rebates import Line, Order

    if order:
        if lines or account or on:
            raise _bad("give --order, or account, date and lines, not both")
        try:
            text = sys.stdin.buffer.read() if order == "-" else Path(order).read_bytes()
        except OSError as error:
            raise _bad(f"`{order}` cannot be read: {error.strerror}") from None
        return Order.from_json(text)
    if not (lines and account and on):
        raise _bad('an order needs --account, --on and at least one line such as "60 carton COLA-330"; or --order FILE')
    of_order: dict[str, object] = {}
    of_lines: dict[str, object] = {}
    for pair in attributes:
        path, equals, value = pair.partition("=")
        subject, _, name = path.partition(".")
        if not equals or subject not in ("order", "line") or not name:
            raise _bad(f"`{pair}` is no attribute such as order.channel=web")
        (of_order if subject == "order" else of_lines)[name] = value
    made = []
    for text in lines:
        match = _LINE.fullmatch(" ".join(text.split()))
        if match is None:
            raise _bad(f"`{text}` is no order line such as `60 carton COLA-330`")
        made.append(Line(match["item"], match["quantity"], match["price"], attributes=of_lines))
    return Order(account, on, made, attributes=of_order, codes=tuple(codes))


def _table(quote: Quote) -> str:
    """The quote for people: a line each, charges, total, and what to know."""
    rows = [("", "list", "price", "net price", "net value")]
    for line in quote.lines:
        listed = f"{line.list_price.amount:,f}" if line.list_price is not None else "-"
        rows.append(
            (
                f"{line.quantity} {line.item}",
                listed,
                f"{line.gross_price.amount:,f}",
                f"{line.net_price.amount:,f}",
                f"{line.net_value.amount:,f}",
            )
        )
    for charge in quote.charges:
        rows.append((charge.title, "", "", "", f"{charge.amount.amount:,f}"))
    rows.append((f"total {quote.currency}", "", "", "", f"{quote.total.amount:,f}"))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    out = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    for number, line in enumerate(quote.lines, start=1):
        for taken in line.discounts:
            out.append(f"  line {number}: {taken.title} {taken.terms}: {taken.amount}")
        if line.next_tier is not None:
            out.append(f"  line {number}: {line.next_tier}")
    if quote.status != "priced":
        who = f" by {', '.join(quote.approvals)}" if quote.status == "needs approval" else ""
        out.append(f"{quote.status}{who}")
    out += [f"note: {warning}" for warning in quote.warnings]
    return "\n".join(out)
