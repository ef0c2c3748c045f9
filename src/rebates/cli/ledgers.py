"""What the verbs of the ledger share: which rules and which ledger, defaults from `rebates.toml`, what is told of errors."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rebates.cli.output import ERRORS, bad_use, load_book

if TYPE_CHECKING:
    from rebates.engine.book import Book
    from rebates.ledger.ledger import Ledger

SETTINGS = "rebates.toml"
KNOWN = ("rules", "ledger")

RulesOption = Annotated[str, typer.Option("--rules", help="A rule file or folder; by default that of rebates.toml.")]
LedgerOption = Annotated[
    str,
    typer.Option("--ledger", help="An SQLite file or postgresql://host/database; by default that of rebates.toml."),
]


def settings() -> dict[str, str]:
    """What `rebates.toml` in the current folder says: `rules` and `ledger`."""
    try:
        return read_settings()
    except ValueError as error:
        raise bad_use(str(error)) from None


def read_settings() -> dict[str, str]:
    """The same. Raises ValueError with what is wrong with the file."""
    file = Path(SETTINGS)
    if not file.exists():
        return {}
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"`{SETTINGS}` cannot be read: {error}") from None
    for name, value in found.items():
        if name not in KNOWN or not isinstance(value, str):
            raise ValueError(f"`{SETTINGS}` says `{name}`; known are texts {', '.join(KNOWN)}")
    return found


def the_book(rules: str) -> Book:
    """The rules that are named, or those of the settings."""
    named = rules or settings().get("rules")
    if not named:
        raise bad_use(f"name the rules: --rules FOLDER, or `rules = …` in {SETTINGS}")
    return load_book(Path(named))


@contextmanager
def the_ledger(url: str, *, made: bool = False) -> Iterator[Ledger]:
    """The ledger that is named, or that of the settings; what it refuses is told, with exit code 1.

    A file that is not there is made only by verbs that bring something into it.
    """
    named = url or settings().get("ledger")
    if not named:
        raise bad_use(f"name the ledger: --ledger FILE, or `ledger = …` in {SETTINGS}")
    try:
        from rebates.engine.facts import MOST_SAID, FactErrors
        from rebates.ledger.errors import LedgerError
        from rebates.ledger.ledger import Ledger
    except ModuleNotFoundError as missing:
        raise bad_use(f"a ledger needs `{missing.name}`: pip install 'rebates[ledger]'") from None
    if not made and "://" not in named and not Path(named).is_file():
        raise bad_use(f"there is no ledger `{named}`; `rebates import` makes one")
    try:
        with Ledger.open(named) as ledger:
            yield ledger
    except LedgerError as error:
        typer.echo(f"ledger: {error}", err=True)
        raise typer.Exit(ERRORS) from None
    except FactErrors as errors:
        for problem in errors.problems[:MOST_SAID]:
            typer.echo(str(problem), err=True)
        if len(errors.problems) > MOST_SAID:
            typer.echo(f"and {len(errors.problems) - MOST_SAID} more", err=True)
        typer.echo("nothing was posted", err=True)
        raise typer.Exit(ERRORS) from None


def the_period(text: str) -> tuple[date, date]:
    """A period as written on the command line."""
    from rebates.ledger.ledger import days_of

    try:
        return days_of(text)
    except ValueError as error:
        raise bad_use(str(error)) from None


def the_moment(text: str) -> datetime | None:
    """A moment as written on the command line, with its zone; None where none is."""
    from rebates.engine.orders import instant

    try:
        moment = instant(text) if text else None
    except ValueError as error:
        raise bad_use(str(error)) from None
    if moment is not None and moment.utcoffset() is None:
        raise bad_use(f"`{text}` has no zone, such as 2026-03-31T18:00+07:00")
    return moment
