"""The calendar of a ledger: what the rules say, with what is due of what was settled, and the days of closed books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from rebates.engine.agenda import Kind, Occasion, occasions
from rebates.engine.book import Book
from rebates.engine.measured import payable_by
from rebates.ledger import tables as t
from rebates.ledger.ledger import Ledger
from rebates.ledger.runs import runs_of
from rebates.model.settlement import Due

Key = tuple[str, str, date, date]  # agreement, rule, first day of the window, settlement day


def agenda_of(ledger: Ledger, book: Book, first: date, last: date, account: str | None = None) -> list[Occasion]:
    """What falls on the days of a period: of settlements that were made payments and expiries with their payee and amount."""
    planned = occasions(book, first, last, account)
    with ledger.store.reading() as connection:
        settled = _settled(connection)
        closed = [date.fromisoformat(day) for day in connection.execute(sa.select(t.closing.c.through)).scalars()]
    found = [one for one in planned if not _is_known(one, settled)]
    for (agreement, rule, _, _), dues in settled.items():
        for currency, due in dues:
            if account in (None, due.payee, due.earner) and due.due > 0:
                found += _of_due(agreement, rule, currency, due, book)
    found += [Occasion(day, "books closed", "", "", f"books closed through {day}") for day in closed]
    return sorted((one for one in found if first <= one.day <= last), key=lambda one: one.order)


def _settled(connection: Connection) -> dict[Key, list[tuple[str, Due]]]:
    found: defaultdict[Key, list[tuple[str, Due]]] = defaultdict(list)
    for run in runs_of(connection):
        if run.kind != "settle":
            continue
        for one in run.settlements:
            for due in one.dues:
                rule = due.rule.removeprefix(f"{one.agreement}.")
                found[one.agreement, rule, due.first, due.day].append((one.currency, due))
    return found


def _is_known(one: Occasion, settled: dict[Key, list[tuple[str, Due]]]) -> bool:
    """Whether a ledger knows more of a planned payment or expiry: its payees and amounts, or that there is none."""
    if one.kind not in ("payable", "expiry") or one.first is None or one.settled_on is None:
        return False
    return (one.agreement, one.rule, one.first, one.settled_on) in settled


def _of_due(agreement: str, rule: str, currency: str, due: Due, book: Book) -> Iterable[Occasion]:
    title = next(
        (each.title for a in book.rules.agreements if a.name == agreement for each in a.rebates if each.name == rule),
        rule,
    )
    ways: tuple[tuple[Kind, date | None, str], ...] = (
        ("payable", payable_by(due), "payable by this day"),
        ("expiry", due.expires, "expires after this day"),
    )
    about = Occasion(due.day, "payable", agreement, rule, "", due.first, due.last, due.day, due.payee)
    for kind, day, text in ways:
        if day is not None:
            amount = Fraction(due.due)
            yield replace(about, day=day, kind=kind, text=f"{title}: {text}", amount=amount, currency=currency)
