"""The results of a quote by a key that the caller gives: a tax code, a cost centre, a delivery (2.7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rebates.model.money import Money

if TYPE_CHECKING:
    from rebates.engine.quote import Quote

CASH_ROUNDING = "cash rounding"


@dataclass(frozen=True, slots=True)
class Group:
    """The lines with one value of the key; their parts of all charges are in `charges`. `key` None: it is not known."""

    key: str | None
    lines: tuple[int, ...]  # counted from 1; none for the cash rounding
    net_value: Money
    charges: Money
    total: Money


def grouped(quote: Quote, path: str) -> tuple[Group, ...]:
    """The quote by an attribute of the item, the line, the order or the account, by first line.

    The totals add up to the quote's, to the last digit: a charge of the order is spread over its lines, and the cash
    rounding, if there is any, is a group of its own. Raises ValueError for a path that names none of the four.
    """
    subject, _, name = path.partition(".")
    if subject not in ("item", "line", "order", "account") or not name:
        raise ValueError(f"`{path}` is no attribute such as `item.tax_code`")
    found: dict[str | None, list[int]] = {}
    for index in range(len(quote.given.lines)):
        found.setdefault(_key(quote, index, subject, name), []).append(index)
    priced = quote.priced
    groups = []
    for key, lines in found.items():
        net, invoice = (sum(values[index] for index in lines) for values in (priced.net_values, priced.invoice_values))
        groups.append(
            Group(
                key,
                tuple(index + 1 for index in lines),
                quote.scaled(net),
                quote.scaled(invoice - net),
                quote.scaled(invoice),
            )
        )
    if priced.cash_rounding:
        groups.append(Group(CASH_ROUNDING, (), quote.scaled(0), quote.scaled(0), quote.money(priced.cash_rounding)))
    return tuple(groups)


def _key(quote: Quote, index: int, subject: str, name: str) -> str | None:
    given, master = quote.given, quote.book.rules.master
    line = given.lines[index]
    value: object = None
    match subject:
        case "item":
            item = master.item(line.item)
            own = {"id": line.item, "family": item.family if item is not None else None}
            value = own.get(name) or (item.attributes.get(name) if item is not None else None)
        case "line":
            value = line.unit if name == "unit" else line.attributes.get(name)
        case "order":
            value = given.day if name == "date" else given.attributes.get(name)
        case _:
            account = master.account(given.account)
            value = given.account if name == "id" else given.account_attributes.get(name)
            value = value or (account.attributes.get(name) if account is not None else None)
    if value is None:
        declared = quote.book.rules.attributes.get(f"{subject}.{name}")
        value = declared.default if declared is not None else None
    return None if value is None else str(value)
