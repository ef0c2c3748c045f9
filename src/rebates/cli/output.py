"""What the verbs share: formats, findings on the screen, exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rebates.engine.book import Book
    from rebates.engine.orders import OrderErrors
    from rebates.syntax.diagnostics import Diagnostic

FINE, ERRORS, BAD_USE = 0, 1, 2


class FindingFormat(StrEnum):
    """How findings are printed."""

    text = "text"
    short = "short"
    json = "json"
    github = "github"
    sarif = "sarif"


class DataFormat(StrEnum):
    """How results are printed."""

    text = "text"
    json = "json"


def colored(stream: object) -> bool:
    """Whether to use colour: on a terminal, unless NO_COLOR is set."""
    return bool(getattr(stream, "isatty", lambda: False)()) and "NO_COLOR" not in os.environ


def rendered(diagnostics: Sequence[Diagnostic], format: FindingFormat, color: bool = False) -> str:
    from rebates import __version__
    from rebates.syntax.render import render

    return render(diagnostics, format.value, color, __version__)


def load_book(path: Path) -> Book:
    """The book, or its errors on the screen and exit code 1."""
    from rebates import RuleErrors, load

    need(path)
    try:
        return load(path)
    except RuleErrors as errors:
        typer.echo(rendered(errors.diagnostics, FindingFormat.text, colored(sys.stderr)), err=True)
        raise typer.Exit(ERRORS) from None


def need(path: Path) -> None:
    """A path that is not there is bad use."""
    if not path.exists():
        typer.echo(f"there is no file or folder `{path}`", err=True)
        raise typer.Exit(BAD_USE)


def tell_order(errors: OrderErrors) -> None:
    """Prints every problem of an order."""
    for problem in errors.problems:
        typer.echo(f"order: {problem}", err=True)
