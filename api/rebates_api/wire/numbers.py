"""The answer to `explain=none` where there is nothing to tell but amounts, written straight into JSON.

Such an order is priced by generated code and its amounts are put between texts that are the same for every order of its
account on its day. No quote is made, no dictionary, and no answer is kept.
"""

from __future__ import annotations

from functools import lru_cache

from rebates import Book
from rebates.engine.plain import PlainTerms, plain_terms
from rebates.model.calendar import parse_date
from rebates.model.outcome import OrderError
from rebates_api.wire.orders import PlainOrder

MOST = 50_000  # accounts on a day; then they are forgotten, and made anew as they come
MOST_DIGITS = 3  # the endings of amounts with more decimals are too many to be written beforehand
TAIL = '],"free":[],"totals":{},"approval":null}'


@lru_cache
def endings(terms: PlainTerms) -> tuple[str, ...]:
    """How an amount ends, by its smallest units beyond the whole ones."""
    end = f'","currency":"{terms.currency}"}}'
    return tuple(f".{part:0{terms.digits}}{end}" for part in range(10**terms.digits)) if terms.digits else (end,)


class Form:
    """What stands around the amounts of an account on a day, by one version of the rules."""

    __slots__ = ("_ends", "_head", "_rounding")

    def __init__(self, version: str, terms: PlainTerms) -> None:
        self._ends = endings(terms)
        self._head = f'{{"version":"{version}","currency":"{terms.currency}","status":"priced","net_value":'
        self._rounding = f',"cash_rounding":{self.money(0)},"total":'

    def money(self, value: int) -> str:
        """So many of the smallest units, none of them below zero."""
        whole, rest = divmod(value, len(self._ends))
        return f'{{"amount":"{whole}{self._ends[rest]}'

    def answer(self, book: Book, order: PlainOrder) -> bytes | None:
        """The whole answer; None where the order cannot be priced or written the shortest way."""
        quick = book.quick
        priced = quick.plain(order.account, order.date, order.lines)
        if priced is None:
            return None
        ends, known = self._ends, quick.quantities.known
        scale = len(ends)
        lines: list[str] = []
        total = 0
        for line, (listed, gross, net) in zip(order.lines, priced, strict=True):
            if net < 0 or gross < 0:
                return None
            total += net
            try:
                quantity = known[line.quantity][3]
            except KeyError:  # forgotten since it was priced
                quantity = quick.quantities.read(line.quantity)[3]
            # as `money` does, without a call: most of the time goes here
            lists = grosses = nets = f'{{"amount":"{gross // scale}{ends[gross % scale]}'
            if net != gross:
                nets = f'{{"amount":"{net // scale}{ends[net % scale]}'
            if listed is None:
                lists = "null"
            elif listed != gross:
                if listed < 0:
                    return None
                lists = self.money(listed)
            lines.append(
                f'{{"item":"{line.item}","quantity":"{quantity}","list_value":{lists},'
                f'"gross_value":{grosses},"net_value":{nets},"invoice_value":{nets}}}'
            )
        totals = self.money(total)
        lines[0] = f'{self._head}{totals}{self._rounding}{totals},"lines":[{lines[0]}'
        lines[-1] += TAIL  # so that the whole is put together once
        return ",".join(lines).encode()


class Numbers:
    """The forms of the accounts that were asked for."""

    def __init__(self) -> None:
        self._forms: dict[tuple[str, str, str], Form | None] = {}  # None: there is more to tell

    def answer(self, book: Book, order: PlainOrder) -> bytes | None:
        """The answer, or None where it has to be made another way, which also says what is wrong with an order."""
        key = book.version, order.account, order.date
        form = self._forms.get(key)
        if form is None and (key in self._forms or (form := self._form(book, key)) is None):
            return None
        return form.answer(book, order)

    def _form(self, book: Book, key: tuple[str, str, str]) -> Form | None:
        version, account, day = key
        try:
            terms = plain_terms(book, account, parse_date(day))
        except (OrderError, ValueError):
            return None
        if len(self._forms) >= MOST:
            self._forms = {}
        form = None if terms is None or terms.digits > MOST_DIGITS else Form(version, terms)
        self._forms[key] = form
        return form
