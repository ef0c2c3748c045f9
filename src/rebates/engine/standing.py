"""What stands between an account and its supplier on a day, without an order: agreements, terms, the price list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rebates.engine.orders import Line, Order, OrderErrors, OrderProblem
from rebates.engine.terms import QuoteTerm, stated_term
from rebates.engine.wording import amendment_text
from rebates.model.money import Money
from rebates.model.orders import OrderIn
from rebates.model.outcome import OrderError

if TYPE_CHECKING:
    from rebates.engine.book import Book
    from rebates.plan.nodes import Terms


@dataclass(frozen=True, slots=True)
class Standing:
    """An agreement in force; `amendments` are those that hold by then, with their day and place."""

    name: str
    title: str
    first: date
    last: date
    currency: str
    owner: str | None
    amendments: tuple[tuple[str, date, str], ...]  # title, day, and both with the place


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """The price of an item for an account on a day, per unit; `net_price` is that of an order of one unit."""

    item: str
    unit: str
    list_price: Money | None
    price: Money
    net_price: Money
    valid_to: date | None
    reference: str | None


def agreements_on(book: Book, account: str, day: date) -> tuple[Standing, ...]:
    """The agreements in force, the most specific first. Raises OrderErrors where there is none."""
    return tuple(
        Standing(
            each.name,
            each.title,
            each.first,
            each.last,
            each.currency,
            each.owner,
            tuple((a.title, a.day, amendment_text(a)) for a in each.amendments if a.day <= day),
        )
        for each in _terms(book, account, day).agreements
    )


def terms_on(book: Book, account: str, day: date) -> tuple[QuoteTerm, ...]:
    """The terms as signed, in the version that holds on the day. Raises OrderErrors where no agreement is in force."""
    terms = _terms(book, account, day)
    found = []
    for agreement in terms.agreements:
        for term in agreement.terms:
            if (term.since is None or term.since <= day) and (term.until is None or day <= term.until):
                found.append(stated_term(term, terms.currency))
    return tuple(found)


def prices_on(book: Book, account: str, day: date, after: str = "") -> Iterator[ListedPrice]:
    """The prices of the items beyond `after`, by item; those without a price on the day are left out."""
    master = book.rules.master
    for id in sorted(item for item in master.offered if item > after):
        item = master.offered[id]
        try:
            quote = book.quote(Order(account, day, [Line(id, f"1 {item.base_unit}")]))
        except OrderErrors as errors:
            if {each.code for each in errors.problems} <= {"R0504", "R0505"}:
                continue
            raise
        (line,) = quote.lines
        yield ListedPrice(
            id,
            item.base_unit,
            line.list_price,
            line.gross_price,
            line.net_price,
            line.price_valid_to,
            line.price_reference,
        )


def _terms(book: Book, account: str, day: date) -> Terms:
    try:
        return book.compiled.priced(OrderIn(account, day, ()), ()).book.terms
    except OrderError as error:
        raise OrderErrors([OrderProblem(error.code, error.where, error.message, error.help)]) from None
