"""`rebates statement`: what one would send to the account."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rebates.cli import complete
from rebates.cli.ledgers import LedgerOption, the_ledger, the_moment, the_period
from rebates.cli.output import bad_use, write_bytes
from rebates.cli.plot import Plot, Theme, ThemeOption, write_picture

if TYPE_CHECKING:
    from rebates.ledger.statements.statement import Statement


class Form(StrEnum):
    """How it is written."""

    text = "text"
    json = "json"
    html = "html"
    pdf = "pdf"
    xlsx = "xlsx"


class Language(StrEnum):
    """In which language."""

    en = "en"
    id = "id"


class View(StrEnum):
    """Who reads it."""

    customer = "customer"
    manager = "manager"


def statement(
    account: Annotated[str, typer.Argument(help="Whose statement.", autocompletion=complete.accounts)],
    period: Annotated[str, typer.Option(help="2026, 2026-Q2, 2026-05 or D..D.")],
    ledger: LedgerOption = "",
    as_of: Annotated[str, typer.Option(help="As it was known then: 2026-07-31T18:00+07:00.")] = "",
    explain: Annotated[bool, typer.Option("--explain", help="With rule line, slices and transactions.")] = False,
    language: Annotated[Language, typer.Option(help="en or id.")] = Language.en,
    view: Annotated[
        View | None,
        typer.Option(
            help="The customer's view names no file, version, run or cost; by default that of html, pdf and xlsx. The manager's is that of text and json."
        ),
    ] = None,
    plot: Plot = None,
    theme: ThemeOption = Theme.light,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write; by default standard output.")
    ] = None,
    format: Annotated[Form, typer.Option(help="How it is written.")] = Form.text,
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
) -> None:
    """State what settlements of a period said of an account: measure by month, tier, distance to the next, rate, earned, paid, due, transactions, the rule as signed.

    rebates statement NUSANTARA --period 2026-Q2 --ledger rebates.db --format pdf -o nusantara_q2.pdf
    """
    from rebates.ledger.statements import forms
    from rebates.ledger.statements.statement import statement_of

    first, last = the_period(period)
    moment = the_moment(as_of)
    with the_ledger(ledger) as opened:
        made = statement_of(opened, account, first, last, moment)
    if plot is not None:
        _draw(made, language, plot, theme)
    form = Form.json if as_json else format
    shown = view or (View.manager if form in (Form.text, Form.json) else View.customer)
    match form:
        case Form.text:
            content = (forms.as_text(made, language.value, explain, shown.value) + "\n").encode()
        case Form.json:
            content = (forms.as_json(made, shown.value) + "\n").encode()
        case Form.html:
            content = forms.as_html(made, language.value, shown.value).encode()
        case Form.xlsx:
            content = forms.as_xlsx(made, language.value, shown.value)
        case Form.pdf:
            content = _pdf(made, language, shown)
    write_bytes(content, output)


def _draw(made: Statement, language: Language, plot: Path, theme: Theme) -> None:
    """Writes the picture of the measures against their tiers."""
    from rebates.ledger.statements.shown import picture_of
    from rebates.tools.pictures import PictureError

    try:
        picture = picture_of(made, language.value)
    except PictureError as error:
        raise bad_use(str(error)) from None
    write_picture(picture, plot, theme)


def _pdf(made: Statement, language: Language, view: View) -> bytes:
    from rebates.ledger.errors import LedgerError
    from rebates.ledger.statements.pdf import as_pdf

    try:
        return as_pdf(made, language.value, view.value)
    except LedgerError as error:
        raise bad_use(str(error)) from None
