"""Names for the shell: what can stand in a place of a command, read from the rules that the command names.

Completion must never print or fail: broken or missing rules offer nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from rebates.cli.ledgers import read_settings

if TYPE_CHECKING:
    from rebates.engine.book import Book

MOST = 200  # names offered at once


def accounts(context: typer.Context, incomplete: str) -> list[str]:
    """Accounts of the master data, and those that agreements name."""
    book = _book(context)
    if book is None:
        return []
    named = [a.who.name for a in book.rules.agreements if a.who.kind.startswith("account") and a.who.name]
    return _starting([*book.rules.master.accounts, *named], incomplete)


def rules(context: typer.Context, incomplete: str) -> list[str]:
    """The names of rules."""
    book = _book(context)
    found = [] if book is None else [rule.name for a in book.rules.agreements for rule in a.rules]
    return _starting(found, incomplete)


def codes(context: typer.Context, incomplete: str) -> list[str]:
    """Codes that rules ask for."""
    book = _book(context)
    found = [] if book is None else [code for a in book.rules.agreements for rule in a.rules for code in rule.codes]
    return _starting(found, incomplete)


def attributes(context: typer.Context, incomplete: str) -> list[str]:
    """Declared attributes of orders and lines, each with its sign of equality."""
    book = _book(context)
    found = (
        [] if book is None else [f"{path}=" for path in book.rules.attributes if path.startswith(("order.", "line."))]
    )
    return _starting(found, incomplete)


def lines(context: typer.Context, incomplete: str) -> list[str]:
    """An order line whose quantity and unit are there: the articles."""
    book = _book(context)
    words = incomplete.split(" ")
    if book is None or len(words) < 3:
        return []
    head = " ".join(words[:2])
    return [f"{head} {item}" for item in _starting(book.rules.master.offered, words[2])]


def help_topics(context: typer.Context, incomplete: str) -> list[str]:
    """Tasks and codes that `rebates help` explains."""
    from rebates.cli.topics import TOPICS
    from rebates.syntax.catalogue import ENTRIES

    return _starting([*TOPICS, *ENTRIES], incomplete)


def _starting(names: Iterable[str], incomplete: str) -> list[str]:
    return sorted({name for name in names if name.startswith(incomplete)})[:MOST]


def _book(context: typer.Context) -> Book | None:
    from rebates import RuleErrors, load

    # an option still without its value leaves what was read so far in `args`
    named = (context.params.get("rules"), context.params.get("path"), *context.args)
    path = next((each for each in named if each and Path(str(each)).exists()), None)
    path = path or _of_settings()
    if path is None:
        return None
    try:
        return load(Path(path))
    except (RuleErrors, OSError):
        return None


def _of_settings() -> str | None:
    """The rules that `rebates.toml` of the current folder names."""
    try:
        found = read_settings().get("rules")
    except ValueError:
        return None
    return found if found and Path(found).exists() else None
