"""The names under which totals to date come in and go out (5.4 b)."""

from __future__ import annotations

from rebates.model.calendar import window_key
from rebates.model.nodes import Scope, WindowKind
from rebates.plan.nodes import Book, GuardHere, Here


def total_key(book: Book, here: Here | GuardHere, key: str, scope: Scope, window: WindowKind | None) -> str:
    """`net value per account per year [NUSANTARA, 2026]`: the total, whose it is, and the window of the governing day."""
    agreement = here.agreement
    name = window_key(window or "ever", book.governing(here), agreement.year_starts, (agreement.first, agreement.last))
    return f"{key} [{_whose(book, here, scope)}, {name}]"


def _whose(book: Book, here: Here | GuardHere, scope: Scope) -> str:
    who = here.agreement.who
    match scope:
        case Scope.TREE:
            return who.name if who.kind == "account and subsidiaries" and who.name is not None else book.account.topmost
        case Scope.GROUP:
            return who.name if who.kind == "group" and who.name is not None else book.account.id
        case Scope.ALL:
            return "all"
        case _:
            return book.account.id
