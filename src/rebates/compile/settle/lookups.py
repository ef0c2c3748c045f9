"""The values that rules read: attributes, facts, classes, tables, exchange rates, taxes (91d, 93h)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from rebates.compile.settle.at import At
from rebates.compile.settle.history import Said, said_of
from rebates.compile.settle.rows import Row
from rebates.model.calendar import MONTHS, WEEKDAYS, months_before, number_in
from rebates.model.currencies import rate_on
from rebates.model.moments import moment_day
from rebates.model.nodes import (
    Attribute,
    Class,
    Condition,
    Scope,
    TableValue,
)
from rebates.model.orders import AttributeText
from rebates.model.outcome import NoData
from rebates.plan.facts import AccountFacts, ItemFacts
from rebates.plan.nodes import Missing, Verdict
from rebates.plan.reads import nodes_in

if TYPE_CHECKING:
    pass

from rebates.compile.settle.knowledge import Knowledge

ZERO = Fraction(0)
_DAY = timedelta(days=1)
_SHIFTED = re.compile(r"(.+?) (same period last|last|[1-9]\d*) (month|quarter|half|year|season)s?(?: ago)?")


class Lookups(Knowledge):
    """A calculation's answers about single values."""

    def account(self, id: str) -> AccountFacts | None:
        key = "account", id
        if key not in self.noted:
            self.noted[key] = self.facts.account(id, self.agreement.first, {})
        return self.noted[key]  # type: ignore[return-value]

    def item(self, row: Row) -> ItemFacts | None:
        key = "item", row.item, row.unit
        if key not in self.noted:
            self.noted[key] = self.facts.item(row.item, row.unit)
        return self.noted[key]  # type: ignore[return-value]

    def attribute(self, attribute: Attribute, at: At) -> AttributeText | Missing:
        """The attribute's value, its default, or why there is none (7.1)."""
        if attribute.subject == "fact":
            return self.fact(attribute, at)
        path, row = attribute.path, at.row
        found: AttributeText | None = self.given.get(path)
        if found is None and row is not None:
            found = row.attributes.get(path)
        if found is None:
            match attribute.subject:
                case "account":
                    known = self.account(row.account if row is not None else at.earner)
                    found = None if known is None else known.read(attribute)
                case "item" if row is not None:
                    item = self.item(row)
                    found = None if item is None else item.read(attribute)
                case "order" if row is not None:
                    found = _of_order(attribute.name, row)
                case "line" if row is not None:
                    found = row.unit if attribute.name == "unit" else None
        if found is None:
            found = attribute.default
        return Missing(path) if found is None else found

    def said(self, name: str, at: At) -> list[Said]:
        """What was posted of a fact for the earner and its accounts, by day, then id (91d)."""
        scope = at.rule.scope
        if at.row is not None and scope is Scope.ACCOUNT:
            return said_of(self.history, name, (at.row.account,))
        accounts = {at.earner, *self.accounts_of(scope, at.earner)}
        return said_of(self.history, name, accounts, lambda account, day: self.belongs(account, day, scope, at.earner))

    def fact(self, attribute: Attribute, at: At) -> AttributeText | Missing:
        """What was posted of a fact in the rule's window, by the fact's own way (91d)."""
        name = attribute.name
        moved = None if name in self.rules.facts else _SHIFTED.fullmatch(name)
        if moved is not None:
            name = moved[1]
        declared = self.rules.facts.get(name)
        stated = self.given.get(attribute.path, self.given.get(attribute.name))
        if stated is not None:
            return stated
        if self.in_hand is not None:  # an order brings its facts (84)
            told = self.in_hand.order.facts.get(attribute.name)
            told = told if told is not None or declared is None else declared.expected
            told = attribute.default if told is None else told
            return Missing(attribute.path) if told is None else told
        first, last = at.stretch.first, min(at.to, at.stretch.last)
        if moved is not None:
            span = self._moved(moved[2], moved[3], at)
            if span is None:
                return Missing(attribute.path) if attribute.default is None else attribute.default
            first, last = span
        said = self.said(name, at)
        how = "latest" if declared is None else declared.how
        if how == "latest":
            until = [each for each in said if each.day <= last]
            if until:
                return until[-1].value
        else:
            values = [each.value for each in said if first <= each.day <= last]
            if values:
                return max(values) if how == "greatest" else sum(values, ZERO)
        if at.expecting and declared is not None and declared.expected is not None:
            return declared.expected
        return Missing(attribute.path) if attribute.default is None else attribute.default

    def _moved(self, count: str, window: str, at: At) -> tuple[date, date] | None:
        """The days of the rule's window so many windows earlier; None where there is no such season."""
        whole, days = at.stretch, int(count) if count.isdecimal() else 1
        if window == "season":
            season = self.agreement.calendar.season(whole.first, days)
            return None if season is None else (season.first, season.last)
        back = days * MONTHS[window]
        first = months_before(whole.first, back)
        if count.startswith("same"):
            return first, months_before(min(at.to, whole.last), back)
        return first, months_before(whole.last + _DAY, back) - _DAY

    def facts_in(self, condition: Condition) -> list[Attribute]:
        return [node for node in nodes_in(condition) if isinstance(node, Attribute) and node.subject == "fact"]

    def member(self, of: Class, at: At) -> Verdict:
        """Whether the earner, item or end customer is a member: by the totals of the days before (86, 90)."""
        from rebates.compile.settle.values import holds

        if f"{self.agreement.name}.class {of.name}" in self.given or f"class {of.name}" in self.given:
            return True
        day = at.to if at.row is None else at.row.order_day
        return holds(of.where, at.but(to=day - _DAY, anchor=day, judging=True, only=None, key=None))

    def convert(self, row: Row, unit: str) -> Fraction:
        """How many of a unit one unit of a sale is."""
        found = self.facts.convert(row.item, row.unit, unit, row.day)
        if found is None:
            raise NoData("R0505", f"no conversion of `{row.item}` from `{row.unit}` to `{unit}`", row.sale, "add a row to the table `units`")  # fmt: skip
        return found

    def exchanged(self, value: Fraction, currency: str, at: At) -> Fraction:
        """An amount in the agreement's currency, by the rate of the day."""
        exchange = self.agreement.exchange
        if currency == self.agreement.currency or exchange is None:
            return value
        day = at.to if at.row is None else at.row.order_day
        if exchange.at is not None:
            day = moment_day(exchange.at, day, day, {}, self.agreement)
        table = self.facts.tables.get(exchange.table) or self.facts.master.tables[exchange.table]
        rate = rate_on(table, currency, self.agreement.currency, day)
        if rate is None:
            raise NoData(
                "R0555",
                f"no rate from {currency} to {self.agreement.currency} holds on {day.isoformat()}",
                "date",
                f"add a row from {currency} to {self.agreement.currency} to the table `{exchange.table}`",
            )
        return value * rate.value

    def table_value(self, expr: TableValue, at: At) -> AttributeText | Missing:
        """The value of a table on the governing day, or as its moment says (67)."""
        stated = self.given.get(f"table {expr.table}")
        if stated is not None:
            return stated
        row = at.row
        day = at.to if row is None else at.governed(row)
        if expr.at is not None:
            days = {} if row is None else {**row.days, "invoice": row.day}
            day = moment_day(expr.at, day, day if row is None else row.order_day, days, self.agreement)
        values: list[AttributeText] = []
        for key in expr.keys:
            if isinstance(key, Attribute):
                found = self.attribute(key, at)
                if isinstance(found, Missing):
                    return found
                values.append(found)
        account = at.earner if row is None else row.account
        unit = "" if row is None else row.unit
        fits = self.facts.table_value(
            expr, tuple(values), "" if row is None else row.item, unit, self.facts.master.groups(account, day), day, day
        )
        if fits is None:
            return Missing(price=expr.dimension.kind == "price")
        own = [each for each in fits if each.currency in (None, self.agreement.currency)] or fits
        amounts = [
            (self.exchanged(each.value, each.currency or self.agreement.currency, at), each.unit) for each in own
        ]
        tax = self.taxed(at) if expr.with_tax else Fraction(1)
        if expr.dimension.kind != "price" or row is None:
            return min(amount for amount, _ in amounts) / tax
        item = self.item(row)
        base = row.unit if item is None else item.base_unit
        _, price = min(
            ((each or base) != row.unit, amount * self.convert(row, each or base)) for amount, each in amounts
        )
        return price / tax

    def price_at(self, expr: TableValue, at: At) -> Fraction | Missing:
        """A price of a table, per unit of the sale."""
        try:
            found = self.table_value(expr, at)
        except NoData:
            return Missing(price=True)
        assert isinstance(found, Fraction | Missing)
        return found

    def taxed(self, at: At) -> Fraction:
        """1 and the tax rate of the sale's item."""
        assert self.agreement.tax is not None
        rate = self.attribute(self.agreement.tax, at)
        if not isinstance(rate, Fraction):
            path = self.agreement.tax.path
            raise NoData(
                "R0558", f"an item has no tax rate: `{path}` is not known", "item", "write it into the table `items`"
            )
        return 1 + rate

    def agreement_number(self, day: date, kind: str) -> Fraction:
        """The number of the agreement's month, quarter, half or year in which a day lies (59)."""
        stated = self.given.get(f"agreement {kind}")
        return stated if isinstance(stated, Fraction) else Fraction(number_in(self.agreement.first, day, kind))

    def given_amount(self, rule: str) -> Fraction | None:
        """What an example says that a rule earns."""
        if not self.given:
            return None
        one = self.versions[rule][0] if rule in self.versions else None
        names = [rule] if one is None else [rule, f"{one.agreement}.{one.kind} {one.name}", f"{one.kind} {one.name}"]
        found = next((self.given[name] for name in names if name in self.given), None)
        return found if isinstance(found, Fraction) else None


def _of_order(name: str, row: Row) -> AttributeText | None:
    """What the dates of a sale's order say of themselves (76)."""
    match name:
        case "date":
            return row.order_day
        case "weekday":
            return WEEKDAYS[row.order_day.weekday()]
        case "invoice_date":
            return row.day
        case "delivery_date":
            return row.days.get("delivery")
        case "delivery_weekday":
            day = row.days.get("delivery")
            return None if day is None else WEEKDAYS[day.weekday()]
        case _:
            return None
