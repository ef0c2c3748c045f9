"""What the verbs share: formats, findings on the screen, exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

import typer

if TYPE_CHECKING:
    from fractions import Fraction

    from rebates.engine.book import Book
    from rebates.engine.orders import OrderErrors
    from rebates.syntax.diagnostics import Diagnostic

FINE, ERRORS, BAD_USE = 0, 1, 2
PATIENCE_S = 1  # what takes longer shows that it is at work

T = TypeVar("T")


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


def amount_in(value: Fraction, of: str) -> str:
    """`EUR 1_250.50`, with the decimals of the currency at least; `100 points`, where it is of none."""
    from rebates.model.exact import grouped
    from rebates.model.money import is_currency, shown_digits

    if not is_currency(of):
        return f"{grouped(value)} {of}"
    return f"{of} {grouped(value, shown_digits(value, of))}"


def colored(stream: object) -> bool:
    """Whether to use colour: on a terminal, unless NO_COLOR is set."""
    return bool(getattr(stream, "isatty", lambda: False)()) and "NO_COLOR" not in os.environ


def rendered(diagnostics: Sequence[Diagnostic], format: FindingFormat, color: bool = False, not_shown: int = 0) -> str:
    """Findings in a format."""
    from rebates import __version__
    from rebates.syntax.render import render

    return render(diagnostics, format.value, color, __version__, not_shown)


def placed(diagnostics: Sequence[Diagnostic], path: Path, format: FindingFormat) -> list[Diagnostic]:
    """Findings for programs that look files up themselves: their names as seen from here, not from the rule folder."""
    if format not in (FindingFormat.github, FindingFormat.sarif):
        return list(diagnostics)
    from dataclasses import replace

    from rebates.syntax.source import Source, Span

    folder = path if path.is_dir() else path.parent

    def from_here(span: Span) -> Span:
        return Span(Source((folder / span.source.name).as_posix(), span.source.text), span.start, span.end)

    return [
        replace(
            one,
            span=from_here(one.span),
            labels=tuple(replace(label, span=from_here(label.span)) for label in one.labels),
        )
        for one in diagnostics
    ]


@contextmanager
def waiting(words: str) -> Iterator[None]:
    """Shows on a terminal, on standard error, that something takes longer than a second."""
    if not sys.stderr.isatty():
        yield
        return
    from threading import Timer

    from rich.console import Console

    status = Console(stderr=True).status(words)
    timer = Timer(PATIENCE_S, status.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        status.stop()


def tracked(items: Iterable[T], count: int, words: str) -> Iterator[T]:
    """The items; on a terminal with a bar on standard error once they take longer than a second."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    task = bar.add_task(words, total=count)
    began = monotonic()
    try:
        for item in items:
            if not bar.live.is_started and monotonic() - began > PATIENCE_S:
                bar.start()
            yield item
            bar.advance(task)
    finally:
        bar.stop()


def plural(count: int, word: str) -> str:
    """`1 file`, `2 files`."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def load_book(path: Path) -> Book:
    """The book, or its errors on the screen and exit code 1."""
    from rebates import RuleErrors, load

    need(path)
    try:
        with waiting(f"reading {path}"):
            return load(path)
    except RuleErrors as errors:
        typer.echo(rendered(errors.diagnostics, FindingFormat.text, colored(sys.stderr), errors.not_shown), err=True)
        raise typer.Exit(ERRORS) from None


def need(path: Path) -> None:
    """A path that is not there is bad use."""
    if not path.exists():
        raise bad_use(f"there is no file or folder `{path}`")


def bad_use(message: str) -> typer.Exit:
    """Says what is wrong with the command; the exit is to be raised."""
    typer.echo(message, err=True)
    return typer.Exit(BAD_USE)


def write_bytes(content: bytes, path: Path | None) -> None:
    """To a file, or to standard output as they are; a file that cannot be written is bad use."""
    if path is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    try:
        path.write_bytes(content)
    except OSError as error:
        raise bad_use(f"`{path}` cannot be written: {error.strerror}") from None


def strictly(book: Book) -> int:
    """The exit code of a book's warnings where they count as errors; they are printed."""
    warnings = [d for d in book.warnings if d.severity == "warning"]
    if warnings:
        typer.echo(rendered(warnings, FindingFormat.text, colored(sys.stderr)), err=True)
    return ERRORS if warnings else FINE


def tell_order(errors: OrderErrors) -> None:
    """Prints every problem of an order."""
    for problem in errors.problems:
        typer.echo(f"order: {problem}", err=True)
