"""Where an expression of a rebate is read: for a rule and earner, in a window, up to a day; perhaps of one sale."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from rebates.compile.settle.rows import Row
from rebates.compile.settle.windows import Stretch
from rebates.model.nodes import Agreement
from rebates.model.rebates import Rebate

if TYPE_CHECKING:
    from rebates.compile.settle.earning import Calculation


class At(Struct, frozen=True):
    """`to` is the last day that counts, `now` the day it is worked out for: after the window's end they differ.

    `row` is the sale that is looked at, `only` the rows that totals sum instead of all, `key` the rows of the key in hand.
    `expecting` lets a fact that is not posted have the value that is expected of it.
    """

    calculation: Calculation
    stretch: Stretch
    earner: str
    to: date
    now: date
    row: Row | None = None
    only: Sequence[Row] | None = None
    key: Sequence[Row] | None = None
    alike: Callable[[Row], bool] | None = None  # whether a sale is of the key in hand, whenever it was
    account: str | None = None  # whose key is in hand, where it is an account
    expecting: bool = False
    anchor: date | None = None  # the day that places windows, where it is not `to`
    period: tuple[date, date] | None = None  # the month in hand, which stands in place of wider windows
    judging: bool = False  # a class, by the sale that is looked at
    # of an order in hand: totals count what was before; measures as they are given, as they come out, or of the order alone
    brought: bool = True
    reading: Literal["given", "computed", "order"] = "given"
    hoping: bool = False  # what is open is taken as kept

    @property
    def agreement(self) -> Agreement:
        return self.calculation.agreement

    @property
    def rule(self) -> Rebate:
        return self.stretch.rule

    def governed(self, row: Row) -> date:
        """The day of a row that places it in windows of the rule."""
        rule = self.stretch.rule
        return row.governed(rule.dated_by, rule.returns == "when posted")

    def but(self, **changes: Any) -> At:
        """The same but for what is named."""
        return replace(self, **changes)

    def of(self, row: Row) -> At:
        """The same, of one sale."""
        return replace(self, row=row)

    def among(self, rows: Iterable[Row]) -> At:
        """The same where nothing but these rows counts."""
        return replace(self, only=tuple(rows), brought=False)

    def plain(self) -> At:
        """The same of no single sale, and of all of them."""
        if self.row is None and self.only is None and self.key is None:
            return self
        return replace(self, row=None, only=None, key=None)

    def in_key(self, rows: Sequence[Row]) -> At:
        """The same for the rows of a key."""
        return replace(self, key=rows, row=rows[0], brought=False, hoping=False)
