"""The names under which totals to date come in and go out (5.4 b)."""

from __future__ import annotations

from datetime import date

from rebates.model import windows
from rebates.model.nodes import Agreement, Scope
from rebates.model.windows import Window, WindowKind
from rebates.plan.facts import AccountFacts
from rebates.plan.nodes import Book, GuardHere, Here


def total_key(book: Book, here: Here | GuardHere, key: str, scope: Scope, window: WindowKind | Window | None) -> str:
    """`net value per account per year [NUSANTARA, 2026]`: the total, whose it is, and the window of the governing day."""
    whose = whose_total(book.account, here.agreement, scope, str(book.attributes.get("end_customer", "unknown")))
    return keyed(key, whose, window, here.agreement, book.governing(here))


def keyed(key: str, whose: str, window: WindowKind | Window | None, agreement: Agreement, day: date) -> str:
    """The key of a total that belongs to somebody."""
    term = (agreement.first, agreement.last)
    return f"{key} [{whose}, {windows.name(window or 'ever', day, agreement.calendar, term)}]"


def counts_order(agreement: Agreement, window: WindowKind | Window | None, day: date) -> bool:
    """Whether what happens on the day counts in the window (81)."""
    return windows.counts(window or "ever", day, agreement.calendar, (agreement.first, agreement.last))


def whose_total(account: AccountFacts, agreement: Agreement, scope: Scope, customer: str = "", item: str = "") -> str:
    who = agreement.who
    match scope:
        case Scope.TREE:
            return who.name if who.kind == "account and subsidiaries" and who.name is not None else account.topmost
        case Scope.GROUP:
            return who.name if who.kind == "group" and who.name is not None else account.id
        case Scope.ALL:
            return "all"
        case Scope.END_CUSTOMER:
            return customer
        case Scope.PRODUCT:
            return item
        case _:
            return account.id
