"""The answer to `explain=none` where there is nothing to tell but amounts, written straight into JSON.

The amounts of such an order's line depend on the rules, the account, the day, the item and the quantity, and on nothing else. So
a line is kept as it was written, and neither priced nor written again when it comes again.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.json import encode

from rebates import Book, Line, Order
from rebates.compile import Amounts
from rebates.engine.plain import PlainTerms, plain_terms
from rebates.model.calendar import parse_date
from rebates.model.exact import decimal_text
from rebates.model.outcome import OrderError
from rebates.model.units import quantity_from_text
from rebates_api.wire.orders import PlainOrder

MOST = 50_000  # lines that are kept; then they are forgotten, and written anew as they come

Asked = tuple[str, str]  # the item and the quantity, as they were given
Written = tuple[int, int, bytes]  # the net and the invoice value in the smallest unit, and the line


class _Heads(dict[Asked, str]):
    """The beginning of a line, which is the same for every account: its item, and its quantity as the quote writes it."""

    def __missing__(self, asked: Asked) -> str:
        if len(self) >= MOST:
            self.clear()
        item, quantity = asked
        number, unit = quantity_from_text(quantity)
        shown = encode(f"{decimal_text(number)} {unit}").decode()
        found = self[asked] = f'{{"item":{encode(item).decode()},"quantity":{shown},'
        return found


_heads = _Heads()


class Page:
    """The lines of an account on a day, by one version of the rules."""

    __slots__ = ("_amount", "_money", "_row", "_scale", "head", "lines", "tail")

    def __init__(self, version: str, terms: PlainTerms) -> None:
        self._scale = 10**terms.digits
        self._amount = f"%d.%0{terms.digits}d" if terms.digits else "%d"
        self._money = f'{{"amount":"%s","currency":"{terms.currency}"}}'
        names = ("list_value", "gross_value", "net_value", "invoice_value")
        self._row = ",".join(f'"{name}":%s' for name in names) + "}"
        self.head = f'{{"version":"{version}","currency":"{terms.currency}","status":"priced","net_value":'.encode()
        self.tail = b'],"free":[],"totals":{},"approval":null}'
        self.lines: dict[Asked, Written] = {}

    def money(self, value: int) -> str:
        """An amount of so many of the smallest units."""
        if value < 0:
            return self._money % ("-" + self._amount % (divmod(-value, self._scale) if self._scale > 1 else -value))
        return self._money % (self._amount % (divmod(value, self._scale) if self._scale > 1 else value))

    def add(self, asked: Asked, made: Amounts) -> None:
        """Writes a line."""
        listed, gross, net, invoice = made[0], made[1], made[2], made[-1]
        assert invoice is not None
        grosses, nets = self.money(gross), self.money(net)
        lists = grosses if listed == gross else "null" if listed is None else self.money(listed)
        invoices = nets if invoice == net else self.money(invoice)
        line = _heads[asked] + self._row % (lists, grosses, nets, invoices)
        self.lines[asked] = net, invoice, line.encode()

    def answer(self, order: PlainOrder) -> bytes:
        """The whole answer. Raises KeyError for a line that is not written yet."""
        lines = self.lines
        found = [lines[line.item, line.quantity] for line in order.lines]
        parts = (
            self.head,
            self.money(sum([line[0] for line in found])).encode(),
            b',"cash_rounding":',
            self.money(0).encode(),
            b',"total":',
            self.money(sum([line[1] for line in found])).encode(),
            b',"lines":[',
            b",".join([line[2] for line in found]),
            self.tail,
        )
        return b"".join(parts)


class Told(NamedTuple):
    """The answer, and how many of its lines were there already."""

    answer: bytes
    kept: int


class Numbers:
    """The pages that were written, bounded by their lines."""

    def __init__(self) -> None:
        self._pages: dict[tuple[str, str, str], Page | None] = {}  # None: there is more to tell
        self._held = 0

    def answer(self, book: Book, order: PlainOrder) -> Told | None:
        """The answer, or None where it has to be made another way, which also says what is wrong with an order."""
        key = book.version, order.account, order.date
        page = self._pages.get(key)
        if page is None and (key in self._pages or (page := self._page(book, key)) is None):
            return None
        there = len(order.lines)
        if not there:
            return None
        try:
            return Told(page.answer(order), there)
        except KeyError:
            new = {(line.item, line.quantity) for line in order.lines}.difference(page.lines)
        if not self._added(book, page, order, new):
            return None
        return Told(page.answer(order), there - len(new))

    def _page(self, book: Book, key: tuple[str, str, str]) -> Page | None:
        version, account, day = key
        try:
            terms = plain_terms(book, account, parse_date(day))
        except (OrderError, ValueError):
            return None
        self._make_room(1)
        page = self._pages[key] = None if terms is None else Page(version, terms)
        return page

    def _added(self, book: Book, page: Page, order: PlainOrder, new: set[Asked]) -> bool:
        """Writes what is new on the page; whether all of it could be priced the shortest way."""
        amounts = book.quick.amounts(Order(order.account, order.date, [Line(*asked) for asked in new]))
        if amounts is None:
            return False
        self._make_room(len(new))
        for asked, made in zip(new, amounts, strict=True):
            page.add(asked, made)
        return True

    def _make_room(self, lines: int) -> None:
        self._held += lines
        if self._held > MOST:
            self._pages, self._held = {}, lines
