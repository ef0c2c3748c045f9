"""Which sales the rules of an agreement cannot tell apart, so that they add up to one row before anything is worked out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from rebates.compile.settle.scaling import of_sale
from rebates.model import windows
from rebates.model.calendar import MONTHS
from rebates.model.nodes import (
    PERIODS,
    Agreement,
    And,
    Attribute,
    AttributeValue,
    Class,
    Condition,
    EveryNth,
    InClass,
    InSet,
    InTable,
    ItemPrice,
    Limit,
    Not,
    OneOf,
    Or,
    Package,
    Paid,
    PerKey,
    PricePiece,
    PriceTable,
    RateTable,
    Scope,
    TableValue,
    Total,
    Under,
)
from rebates.model.rebates import Rebate
from rebates.model.windows import Window
from rebates.plan.facts import Facts
from rebates.plan.reads import nodes_in

_DAY = timedelta(days=1)
_CADENCES = {"weekly": "week", "monthly": "month", "quarterly": "quarter", "half-yearly": "half", "yearly": "year"}
_CUT = (*MONTHS, "week", "season")
_SUMMED = ("quantity", "list", "gross", "net", "invoice", "cost")


class Likeness:
    """What the rules read of sales: tests, attributes, units, amounts, and days on which anything begins or ends."""

    def __init__(
        self, agreement: Agreement, facts: Facts, extra_days: Iterable[date] = (), by_day: bool = False
    ) -> None:
        self.agreement, self.facts = agreement, facts
        self.apart = False  # every sale stands by itself
        self.tests: list[Condition] = []
        self.attributes: list[Attribute] = []
        self.units: list[str] = []
        self.measures: set[str] = {"net"}
        self.items = False  # single items are told apart
        self._by_day = by_day
        self._kinds: set[str] = set()
        self._days: set[date] = {agreement.first, agreement.last + _DAY, *(day + _DAY for day in extra_days)}
        for rule in agreement.rebates:
            self._rule(rule)
        if agreement.who.kind == "group":
            self._members()
        self.cuts = sorted(self._days)
        self._places: dict[object, int] = {}

    # --- how days are told apart

    def bucket(self, day: date) -> int:
        """Days with one number are alike to every window."""
        if self._by_day:
            return day.toordinal()
        agreement = self.agreement
        term = (agreement.first, agreement.last)
        key: list[object] = [bisect_right(self.cuts, day)]
        for kind in sorted(self._kinds):
            key.append(windows.bounds(kind, day, agreement.calendar, term)[0])  # type: ignore[arg-type]
        return self._places.setdefault(tuple(key), len(self._places))

    def _members(self) -> None:
        table = self.facts.master.tables.get("memberships")
        for row in table.rows() if table is not None else ():
            self._days.update(
                day for day in (row.first, None if row.last is None else row.last + _DAY) if day is not None
            )

    # --- what rules read

    def _rule(self, rule: Rebate) -> None:
        for day in (rule.first, rule.since):
            if day is not None:
                self._days.add(day)
        for day in (rule.last, rule.until, *rule.settle.dates):
            if day is not None and day < date.max:
                self._days.add(day + _DAY)
        if rule.window in _CUT:
            self._kinds.add(rule.window)
        for every in (rule.settle.every, rule.settle.true_up):
            if every in _CADENCES:
                self._kinds.add(_CADENCES[every])
        if rule.dated_by != "invoice" or rule.window == "claim" or rule.pro_rata is not None:
            self.apart = True
        for node in nodes_in(rule):
            self._node(node)
            if rule.settle.separate and isinstance(node, Total) and isinstance(node.window, Window):
                self._by_day = True  # what is moved back begins and ends on days of the settlement periods, moved back
        if rule.scope is Scope.GROUP:
            self._members()
        self.tests += [gate.condition for gate in rule.when]

    def _node(self, node: object) -> None:
        match node:
            case Total():
                self._total(node)
            case Package() if node.unit is not None:
                self._unit(node.unit)
            case Limit():
                self.apart = self.apart or node.whole_transaction
                if node.unit is not None:
                    self._unit(node.unit)
            case AttributeValue() if of_sale(node.attribute):
                self.apart = True
            case RateTable() | PerKey():
                for key in node.keys if isinstance(node, RateTable) else (node.key,):
                    if isinstance(key, Attribute):
                        if of_sale(key):
                            self.attributes.append(key)
                    elif key in PERIODS:
                        self._kinds.add(str(key))
                    elif key not in ("group", "account"):
                        self.apart = True
                if isinstance(node, RateTable) and node.table is not None:
                    self.apart = True  # its rows have days
            case ItemPrice() | PricePiece() | PriceTable() | TableValue() | Paid() | InClass() | Class() | EveryNth():
                self.apart = True

    def _total(self, total: Total) -> None:
        if total.what not in _SUMMED or total.with_tax or (total.scope.within_order and total.scope is not Scope.KEY):
            self.apart = True
        self.measures.add(total.what)
        if total.unit is not None:
            self._unit(total.unit)
        if total.where is not None:
            self.tests.append(total.where)
        if total.scope is Scope.GROUP:
            self._members()
        window = total.window
        if not isinstance(window, Window):
            if window in _CUT:
                self._kinds.add(str(window))
        elif window.kind == "dates":
            first, last = windows.bounds(
                window, self.agreement.first, self.agreement.calendar, (self.agreement.first, self.agreement.last)
            )
            self._days |= {first, last + _DAY if last < date.max else last}
        elif window.kind == "season":
            self._kinds.add("season")
        elif not window.plain or window.back % MONTHS[window.kind]:
            self._by_day = True
        else:
            self._kinds.add(window.kind)

    def _unit(self, unit: str) -> None:
        self.measures.add("quantity")
        if unit not in self.units:
            self.units.append(unit)

    # --- a test that a sale alone settles, whenever it was

    def static(self) -> list[Condition] | None:
        """The single tests on attributes of sales; None where one of them needs every sale by itself."""
        found: list[Condition] = []
        for test in self.tests:
            for leaf in _leaves(test):
                if isinstance(leaf, Paid | InClass | EveryNth) or (
                    isinstance(leaf, InTable) and of_sale(leaf.attribute)
                ):
                    return None
                if isinstance(leaf, OneOf | Under) and of_sale(leaf.attribute) and leaf not in found:
                    found.append(leaf)
        return found


def _leaves(condition: Condition) -> Iterator[Condition]:
    """The single tests of a condition; what a comparison reads is looked at where its nodes are."""
    match condition:
        case And() | Or():
            for part in condition.parts:
                yield from _leaves(part)
        case Not():
            yield from _leaves(condition.part)
        case InSet():
            yield from _leaves(condition.where)
        case _:
            yield condition
