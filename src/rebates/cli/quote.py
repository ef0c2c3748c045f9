"""`rebates quote` and `rebates explain`: the price of an order, and why."""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rebates.cli import complete
from rebates.cli.output import ERRORS, FINE, DataFormat, bad_use, load_book, strictly, tell_order
from rebates.cli.plot import Plot, Theme, ThemeOption, write_picture

if TYPE_CHECKING:
    from rebates.engine.orders import Order
    from rebates.engine.quote import Quote

_LINE = re.compile(r"(?P<quantity>\S+ \S+)(?: of)? \"?(?P<item>[^\"]+?)\"?(?: at (?P<price>[A-Z]{3} \S+))?")

Rules = Annotated[Path, typer.Argument(help="A rule file or folder.")]
Lines = Annotated[
    list[str] | None,
    typer.Argument(
        help='Order lines: "60 carton COLA-330", or "60 carton COLA-330 at IDR 96_000".', autocompletion=complete.lines
    ),
]
OrderFile = Annotated[str, typer.Option("--order", help="An order as JSON: a file, or - for standard input.")]
Account = Annotated[str, typer.Option(help="The account that orders.", autocompletion=complete.accounts)]
On = Annotated[str, typer.Option(help="The order date, such as 2026-03-10.")]
Attributes = Annotated[
    list[str] | None,
    typer.Option(
        "--attribute",
        help="order.channel=web; line.zone=north holds for every line.",
        autocompletion=complete.attributes,
    ),
]
Codes = Annotated[
    list[str] | None, typer.Option("--code", help="A code that the order carries.", autocompletion=complete.codes)
]
Choices = Annotated[
    list[str] | None, typer.Option("--choice", help="Goods that a rule gives by choice, such as gift=MUG.")
]
Output = Annotated[DataFormat, typer.Option("--format", help="How the result is printed.")]
Json = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
Strict = Annotated[bool, typer.Option("--strict", help="Warnings of the rules and of the quote count as errors.")]


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
    choice: Choices = None,
    format: Output = DataFormat.text,
    json: Json = False,
    strict: Strict = False,
) -> None:
    """Price an order, given as JSON or line by line. A return is a negative line; put -- before it.

    rebates quote rules/nusantara --account NUSANTARA --on 2026-03-10 "60 carton COLA-330" "2 pallet YUZU-330"

    Exit code 0: priced, also where an approval is needed; 1: a guard rejects it, it breaks a term, or it cannot be priced; 2: bad use.
    """
    made = _quote(rules, lines or [], order, account, on, attribute or [], code or [], choice or [])
    if json or format is DataFormat.json:
        typer.echo(made.to_json())
    else:
        from rebates.cli.show import show

        show(made)
    raise typer.Exit(_verdict(made, strict))


def explain(
    rules: Rules,
    lines: Lines = None,
    order: OrderFile = "",
    account: Account = "",
    on: On = "",
    attribute: Attributes = None,
    code: Codes = None,
    choice: Choices = None,
    view: Annotated[View, typer.Option(help="The customer's view has no cost, margin or guard.")] = View.manager,
    plot: Plot = None,
    theme: ThemeOption = Theme.light,
    format: Output = DataFormat.text,
    json: Json = False,
    strict: Strict = False,
) -> None:
    """Explain a price: every step with its rule and place, and why every other rule did nothing.

    rebates explain rules/nusantara --account NUSANTARA --on 2026-03-10 "60 carton COLA-330" --plot waterfall.svg
    """
    made = _quote(rules, lines or [], order, account, on, attribute or [], code or [], choice or [])
    if plot is not None:
        from rebates.tools.pictures import waterfall_picture

        write_picture(waterfall_picture(made), plot, theme)
    explanation = made.explain(view.value)
    typer.echo(explanation.to_json() if json or format is DataFormat.json else str(explanation))
    raise typer.Exit(_verdict(made, strict))


def _verdict(made: Quote, strict: bool) -> int:
    """The exit code: a needed approval is fine, a rejection or a broken term is not."""
    if made.status in ("rejected", "not placeable") or (strict and made.warnings):
        return ERRORS
    return strictly(made.book) if strict else FINE


def _quote(
    rules: Path,
    lines: list[str],
    order: str,
    account: str,
    on: str,
    attributes: list[str],
    codes: list[str],
    choices: list[str],
) -> Quote:
    from rebates import OrderErrors

    book = load_book(rules)
    try:
        return book.quote(_order(lines, order, account, on, attributes, codes, choices))
    except OrderErrors as errors:
        tell_order(errors)
        raise typer.Exit(ERRORS) from None


def _order(
    lines: list[str], order: str, account: str, on: str, attributes: list[str], codes: list[str], choices: list[str]
) -> Order:
    from rebates import Line, Order

    if order:
        if lines or account or on or attributes or codes or choices:
            raise bad_use("give --order, or account, date, lines, attributes, codes and choices, not both")
        try:
            text = sys.stdin.buffer.read() if order == "-" else Path(order).read_bytes()
        except OSError as error:
            raise bad_use(f"`{order}` cannot be read: {error.strerror}") from None
        return Order.from_json(text)
    if not (lines and account and on):
        raise bad_use(
            'an order needs --account, --on and at least one line such as "60 carton COLA-330"; or --order FILE'
        )
    of_order: dict[str, object] = {}
    of_lines: dict[str, object] = {}
    for pair in attributes:
        path, equals, value = pair.partition("=")
        subject, _, name = path.partition(".")
        if not equals or subject not in ("order", "line") or not name:
            raise bad_use(f"`{pair}` is no attribute such as order.channel=web")
        (of_order if subject == "order" else of_lines)[name] = value
    chosen = {}
    for pair in choices:
        rule, equals, item = pair.partition("=")
        if not (rule and equals and item):
            raise bad_use(f"`{pair}` is no choice such as gift=MUG")
        chosen[rule] = item
    made = []
    for text in lines:
        match = _LINE.fullmatch(" ".join(text.split()))
        if match is None:
            raise bad_use(f"`{text}` is no order line such as `60 carton COLA-330`")
        made.append(Line(match["item"], match["quantity"], match["price"], attributes=of_lines))
    return Order(account, on, made, attributes=of_order, codes=tuple(codes), choices=chosen)
