"""What rules sum: a sale, return or correction, or many of them that no rule can tell apart.

Amounts and quantities are whole numbers of a millionth, so that sums are sums of integers; what does not end there is an
exact fraction and stays one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import overload

from rebates.model.history import Posted
from rebates.model.orders import AttributeText

SCALE = 1_000_000
Scaled = int | Fraction


class _Multiples(dict[int, Scaled]):
    """By a denominator, what a numerator is multiplied with to be in units of the scale."""

    def __missing__(self, denominator: int) -> Scaled:
        whole, rest = divmod(SCALE, denominator)
        found = self[denominator] = Fraction(SCALE, denominator) if rest else whole
        return found


MULTIPLES = _Multiples()


def scaled(value: Fraction) -> Scaled:
    """The value in units of the scale."""
    numerator, denominator = value.as_integer_ratio()
    return numerator * MULTIPLES[denominator]


def unscaled(value: Scaled) -> Fraction:
    """The value that such a sum stands for."""
    return Fraction(value) / SCALE if isinstance(value, Fraction) else Fraction(value, SCALE)


class Row:
    """One posting, read with the sale it belongs to, or several that are alike in all that rules read.

    `quantities` are by the factors of the requested units: postings of the same conversions add up to one number.
    """

    __slots__ = (
        "account", "attributes", "cost", "day", "days", "gross", "invoice", "invoice_id", "item", "list", "net", "order",
        "own_day", "own_days", "posted", "quantities", "quantity", "sale", "uncosted", "unit",
    )  # fmt: skip

    account: str
    item: str
    unit: str
    attributes: Mapping[str, AttributeText]
    day: date  # of the sale
    days: Mapping[str, date]
    own_day: date  # of the posting itself
    own_days: Mapping[str, date]
    order: str | None
    invoice_id: str | None
    sale: str  # id of the sale, or of a posting that names none
    posted: list[Posted]

    def __init__(self, posted: Posted, sale: Posted) -> None:
        self.account, self.item, self.unit = sale.account, sale.item or "", posted.unit or sale.unit or ""
        self.attributes, self.day, self.days = sale.attributes, sale.day, sale.days
        self.own_day, self.own_days = posted.day, posted.days
        self.order, self.invoice_id, self.sale = sale.order, sale.invoice, sale.id
        self.posted = []
        self.quantity: Scaled = 0  # in `unit`; of a single posting
        self.quantities: dict[int, Scaled] = {}  # by number of the conversions
        self.net: Scaled = 0
        self.gross: Scaled = 0
        self.list: Scaled = 0
        self.invoice: Scaled = 0
        self.cost: Scaled = 0
        self.uncosted = False

    def add(self, posted: Posted) -> None:
        """Counts a posting in."""
        self.posted.append(posted)
        if posted.quantity is not None:
            self.quantity += scaled(posted.quantity)
        if posted.net is not None:
            net = scaled(posted.net)
            gross = net if posted.gross is None else scaled(posted.gross)
            self.net += net
            self.gross += gross
            self.list += gross if posted.list is None else scaled(posted.list)
            self.invoice += net if posted.invoice_value is None else scaled(posted.invoice_value)
            if posted.cost is not None:
                self.cost += scaled(posted.cost)
            else:
                self.uncosted = True

    def governed(self, by: str, own: bool) -> date:
        """The day that governs it for a rule that is `dated by` this; with `own` that of the posting itself."""
        if by == "invoice":
            return self.own_day if own else self.day
        return (self.own_days if own else self.days).get(by, self.own_day if own else self.day)

    @property
    def order_day(self) -> date:
        return self.days.get("order", self.day)

    @property
    def order_key(self) -> tuple[str, str]:
        """What sales of one order have in common; a sale without an order stands alone."""
        return ("", self.sale) if self.order is None else ("order", self.order)


class Ids(Sequence[str]):
    """The ids of the postings in rows, in the order of their days and ids; sorted when somebody looks."""

    __slots__ = ("_ids", "_rows")

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows: Iterable[Row] | None = tuple(rows)
        self._ids: tuple[str, ...] = ()

    def _all(self) -> tuple[str, ...]:
        if self._rows is not None:
            found = sorted((posted.day, posted.id) for row in self._rows for posted in row.posted)
            self._ids, self._rows = tuple(id for _, id in found), None
        return self._ids

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        return self._all()[at]

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return repr(self._all())
