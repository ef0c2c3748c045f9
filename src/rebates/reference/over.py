"""What a rule reads over time: totals and facts up to a day, and conditions on what came later (91, 97)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from rebates.model import nodes as m
from rebates.model.calendar import MONTHS, months_before
from rebates.model.orders import AttributeText, OrderIn
from rebates.model.windows import Window as Moved
from rebates.model.windows import WindowKind, bounds, there
from rebates.reference.arithmetic import ZERO
from rebates.reference.context import Line, Part, View, attribute, total_key
from rebates.reference.facts import Facts
from rebates.reference.gates import judge as judge_gate
from rebates.reference.history import Entry, as_sold, customer
from rebates.reference.money_of import tax_factor
from rebates.reference.prices import as_price
from rebates.reference.values import is_nobodys, number, truth
from rebates.reference.windows import Window

if TYPE_CHECKING:
    from rebates.reference.earned import Judge


@dataclass(frozen=True, eq=False)
class Over:
    """Where a rule stands: its window, whose it is, up to which day it counts, and what has happened by now.

    With an `entry` it stands at one sale, for a filter or for what is worked out sale by sale.
    """

    judge: Judge
    window: Window
    earner: str
    upto: date  # totals count governing days up to it
    now: date  # what happened later is not there
    keep: tuple[Callable[[Entry], bool], ...] = ()  # a key's sales (91c), or one sale (5.1 c)
    lost: frozenset[str] = frozenset()  # sales that other rules took out of the base (94)
    period: tuple[date, date] | None = None  # read in the place of a wider window
    account: str | None = None  # of a key, or of a member whose share is weighed
    weighed: bool = False  # it is such a member
    claim: str | None = None
    entry: Entry | None = None
    hopeful: bool = False  # what is open is taken as kept
    counted: Callable[[], list[Entry]] | None = field(default=None)  # the sales of the base, for a `when`
    known: bool = False  # totals count what the order in hand brings of before (121)
    fresh: bool = False  # the base of the order in hand alone (122)

    @property
    def day(self) -> date:
        """The governing day: of the sale, else the one it is worked out for."""
        if self.entry is None:
            return self.upto
        return self.governing(self.entry)

    def governing(self, entry: Entry) -> date:
        rule = self.window.rule
        moved = rule.returns == "when posted" and entry.posted.kind != "sale"
        return entry.governing(rule.dated_by, moved)

    # --- views

    def view(self) -> View:
        """What expressions of the rule are read with."""
        judge = self.judge
        own = self.window.rule.scope is m.Scope.END_CUSTOMER
        order = OrderIn(
            account=self.account or self.earner,
            day=self.upto,
            lines=(),
            attributes={"end_customer": self.earner} if own else {},
            given=judge.numbers,
            account_attributes=judge.given_attributes("account"),
            facts=Facts(self),
            totals=judge.order.totals if judge.order is not None else {},
        )
        part = Part(judge.rules, order, (judge.agreement,), judge.money, [], False)
        return View(part, {}, {}, None, judge.agreement, over=self)

    def of_sale(self, entry: Entry) -> View:
        """What a sale's filter is read with: its order as it was sold."""
        over = replace(self, entry=entry, hopeful=self.hopeful or self.judge.order is not None)
        sold = as_sold(entry, self.judge.agreement)
        order = replace(sold.part.order, facts=Facts(self))  # those of the rule (91d); of a class they are the sale's
        if self.judge.order is not None:
            order = replace(order, totals=self.judge.order.totals)
        return replace(sold, part=replace(sold.part, order=order), over=over)

    # --- totals

    def knows(self, expr: m.Total, view: View) -> bool:
        """Totals within an order are those of the sale's lines; all others are read here (91b)."""
        if view.judging and self.judge.order is not None:
            return False  # of an order in hand classes are judged by what it brings (86)
        if view.judging or not expr.scope.within_order or expr.scope in (m.Scope.CLAIM, m.Scope.INVOICE):
            return True
        return self.entry is None or bool(self.keep)

    def total(self, expr: m.Total, view: View, line: Line | None) -> Fraction | None:
        """A sum of postings (91)."""
        day = view.part.order.day if view.judging else self.upto
        if not expr.scope.within_order and not there(expr.window, day, self.judge.agreement.calendar):
            return None
        theirs = self.window.rule.scope is m.Scope.END_CUSTOMER
        if not view.judging and not theirs and is_nobodys(expr, view):
            return None
        if view.judging:
            assert self.entry is not None or expr.scope is not m.Scope.PRODUCT
            found = self._before(expr, view)
        elif self.entry is not None and not self.keep and expr.scope in (m.Scope.INVOICE, m.Scope.CLAIM):
            found = self._beside(expr, self.entry)
        else:
            found = self.entries(expr)
        summed = self.sum(expr, found)
        if summed is not None and (key := self.key(expr)) is not None:
            summed += view.part.order.totals.get(key, ZERO)
        return Fraction(floor(summed)) if expr.full and summed is not None else summed

    def key(self, expr: m.Total) -> str | None:
        """The key under which an order in hand brings what was before; None where there is none, or it does not count (121)."""
        rule = self.window.rule
        wider = rule.scope not in (m.Scope.ACCOUNT, m.Scope.TREE) and expr.scope in (m.Scope.ACCOUNT, m.Scope.TREE)
        if not self.known or rule.settle.separate or wider or expr.key is None or expr.window is None:
            return None
        return total_key(self.view().part, self.judge.agreement, expr.key, expr.scope, expr.window, self.upto)

    def entries(self, expr: m.Total) -> list[Entry]:
        """The postings that a total counts, by day and id; between two seasons none (81b)."""
        if not there(expr.window, self.upto, self.judge.agreement.calendar):
            return []
        first, last = self._days(expr)
        return [
            entry
            for entry in self._whose(expr)
            if entry.posted.day <= self.now
            and first <= self.governing(entry) <= last
            and self._of(expr, entry)
            and all(keeps(entry) for keeps in self.keep)
            and self._passes(expr, entry)
        ]

    def _passes(self, expr: m.Total, entry: Entry) -> bool:
        """Whether a posting passes the filter, by what has happened: what is open does not hold there (97a)."""
        if expr.where is None:
            return True
        return truth(expr.where, replace(self, hopeful=False).of_sale(entry), entry.line) is True

    def _whose(self, expr: m.Total) -> Sequence[Entry]:
        """The postings to look at: of an account's own total those of the account, else all."""
        scope, history = self.window.rule.scope, self.judge.history
        if expr.scope is m.Scope.ACCOUNT and (self.account is not None or scope is m.Scope.ACCOUNT):
            return history.of_accounts.get(self.account or self.earner, ())
        return history.entries

    def _days(self, expr: m.Total) -> tuple[date, date]:
        agreement, window = self.judge.agreement, expr.window
        term = (agreement.first, agreement.last)
        if expr.scope is m.Scope.CLAIM:
            return date.min, date.max
        if window is None:
            first = self.window.first if self.period is None else max(self.window.first, self.period[0])
            return first, min(self.window.last, self.upto)
        if isinstance(window, Moved):
            first, last = bounds(window, self.upto, agreement.calendar, term)
            if self.period is not None and window.kind in MONTHS and not window.same_days:
                after = months_before(self.period[1] + timedelta(days=1), window.back)
                moved = months_before(self.period[0], window.back), after - timedelta(days=1)
                first, last = moved if first < moved[0] or last > moved[1] else (first, last)
            return first, min(last, self.upto)
        first, last = bounds(window, self.upto, agreement.calendar, term)
        if window != "ever":
            first, last = max(first, agreement.first), min(last, agreement.last)
            if self.window.whole[0] <= first and last <= self.window.whole[1]:  # cut as the rule's window is (100)
                first, last = max(first, self.window.first), min(last, self.window.last)
            if self.period is not None:
                first, last = max(first, self.period[0]), min(last, self.period[1])
        return first, min(last, self.upto)

    def _of(self, expr: m.Total, entry: Entry) -> bool:
        """Whether a posting is of the accounts that the scope means."""
        judge, account = self.judge, self.account or self.earner
        wide = self.account is None and self.window.rule.scope in (m.Scope.GROUP, m.Scope.ALL)
        match expr.scope:
            case m.Scope.TREE if judge.agreement.who.kind in ("account", "account and subsidiaries"):
                return judge.in_tree(entry.account, judge.head(account))
            case m.Scope.ACCOUNT | m.Scope.TREE if wide:
                return judge.counts(self.window.rule.scope, entry, self.governing(entry))
            case m.Scope.ACCOUNT:
                if self.window.rule.scope is m.Scope.END_CUSTOMER and self.account is None:
                    return customer(entry) == self.earner
                theirs = not self.weighed and self.window.rule.scope in (m.Scope.GROUP, m.Scope.END_CUSTOMER)
                return entry.account == account and (
                    not theirs or judge.of_earner(self.window.rule.scope, self.earner, entry, self.governing(entry))
                )
            case m.Scope.TREE:
                return judge.in_tree(entry.account, judge.head(account))
            case m.Scope.GROUP:
                return judge.counts(m.Scope.GROUP, entry, self.governing(entry))
            case m.Scope.END_CUSTOMER:
                return customer(entry) is not None and customer(entry) == self.earner
            case m.Scope.CLAIM:
                return entry.sale.id in judge.claimed_sales(
                    self.window.rule.id, self.claim or self.window.claim, self.now
                )
            case m.Scope.ALL | m.Scope.PRODUCT:
                return True
            case _:  # of a key, without `per`
                return judge.of_earner(self.window.rule.scope, self.earner, entry, self.governing(entry))

    def sum(self, expr: m.Total, found: list[Entry]) -> Fraction | None:
        """What the postings come to."""
        match expr.what:
            case "lines" | "orders" | "deliveries" | "invoices" | "days" | "distinct":
                return self._count(expr, found)
            case _:
                parts = [self.contribution(expr, entry) for entry in found]
                known = [part for part in parts if part is not None]
                return sum(known, ZERO) if len(known) == len(parts) else None

    def contribution(self, expr: m.Total, entry: Entry) -> Fraction | None:
        """What one posting adds, signed."""
        match expr.what:
            case "quantity":
                assert expr.unit is not None
                return entry.quantity_in(expr.unit)
            case "at table":
                assert expr.priced is not None
                price = as_price(expr.priced, None, self.of_sale(entry), entry.line)
                return None if price is None else price * entry.quantity_in(entry.line.given.unit)
            case "lines" | "orders" | "deliveries" | "invoices" | "days" | "distinct":
                return ZERO
            case what:
                found = entry.amount(what)
                if found is not None and expr.with_tax:
                    found *= tax_factor(entry.part, self.judge.agreement, entry.line)
                return found

    def _count(self, expr: m.Total, found: list[Entry]) -> Fraction:
        """Of sales of which something is left (91a)."""
        left: dict[str, Fraction] = {}
        sales: dict[str, Entry] = {}
        for entry in found:
            sales.setdefault(entry.sale.id, entry)
            left[entry.sale.id] = left.get(entry.sale.id, ZERO) + entry.quantity_in(entry.line.given.unit)
        there = [entry for id, entry in sales.items() if left[id] > 0]
        orders = [(entry.account, entry.sale.order or entry.sale.id, entry.sale.order is None) for entry in there]
        match expr.what:
            case "lines":
                return Fraction(len(there))
            case "orders":
                return Fraction(len(set(orders)))
            case "invoices":
                return Fraction(len({_invoice(entry) for entry in there}))
            case "days":
                return Fraction(len({self.governing(entry) for entry in there}))
            case "deliveries":
                sent = [entry.line.given.attributes.get("delivery") for entry in there]
                return Fraction(len(set(zip(orders, sent, strict=True))))
            case _:
                assert expr.distinct is not None
                values = {attribute(entry.part, entry.line, expr.distinct) for entry in there}
                return Fraction(len(values - {None}))

    def _beside(self, expr: m.Total, at: Entry) -> list[Entry]:
        """The sales of the invoice, or of the claims, of a sale, as they were sold."""
        judge = self.judge
        out = []
        for entry in judge.history.entries:
            if entry.posted is not entry.sale or (entry.quantity < 0) != (
                at.sale.quantity is not None and at.sale.quantity < 0
            ):
                continue
            if expr.scope is m.Scope.INVOICE:
                same = (
                    entry.sale.invoice == at.sale.invoice
                    if at.sale.invoice is not None
                    else entry.sale.id == at.sale.id
                )
                beside = same and entry.account == at.account
            else:
                numbers = judge.claims_of(self.window.rule.id, at.sale.id)
                beside = bool(numbers & judge.claims_of(self.window.rule.id, entry.sale.id))
            if beside and self._passes(expr, entry):
                out.append(entry)
        return out

    def _before(self, expr: m.Total, view: View) -> list[Entry]:
        """What a class is judged by: the days before the order day (90)."""
        agreement, day = self.judge.agreement, view.part.order.day
        assert expr.window is not None
        first, last = bounds(expr.window, day, agreement.calendar, (agreement.first, agreement.last))
        at = self.entry
        account = at.account if at is not None else self.account or self.earner
        out = []
        for entry in self.judge.history.entries:
            if entry.posted.day > self.now or not first <= entry.order_day <= last or entry.order_day >= day:
                continue
            match expr.scope:
                case m.Scope.ACCOUNT:
                    same = entry.account == account
                case m.Scope.TREE:
                    same = self.judge.in_tree(entry.account, self.judge.head(account))
                case m.Scope.GROUP:
                    same = self.judge.counts(m.Scope.GROUP, entry, entry.order_day)
                case m.Scope.END_CUSTOMER:
                    mine = view.part.order.attributes.get("end_customer")
                    same = mine is not None and customer(entry) == mine
                case m.Scope.PRODUCT:
                    assert at is not None
                    same = entry.line.given.item == at.line.given.item
                case _:
                    same = True
            if same and self._passes(expr, entry):
                out.append(entry)
        return out

    def own_facts(self) -> Mapping[str, AttributeText]:
        """What a class reads of facts: those of the sale's account, if it stands at one (90)."""
        return Facts(self)

    def given_number(self, name: str) -> Fraction | None:
        """What an example says of a number such as the agreement year (93h)."""
        found = self.judge.given.get(name)
        return found if isinstance(found, Fraction) else None

    # --- values per key (91c)

    def per_key(self, expr: m.PerKey) -> Fraction | None:
        """The value of each key's sales, put together; keys without a value are left out."""
        found: list[Fraction] = []
        for over in self.keyed(expr):
            view = over.view()
            if isinstance(expr.value, m.Condition):
                found += [Fraction(1)] if truth(expr.value, view, None) is True else []
            else:
                one = number(expr.value, view, None)
                found += [] if one is None else [one]
        match expr.how:
            case "sum" | "number":
                return sum(found, ZERO)
            case _ if not found:
                return None
            case "average":
                return sum(found, ZERO) / len(found)
            case "greater":
                return max(found)
            case "lesser":
                return min(found)

    def keyed(self, expr: m.PerKey) -> list[Over]:
        """Where the value of each key is read: the keys of the sales in the rule's window."""
        inside = [
            entry
            for entry in self.judge.history.entries
            if entry.posted.day <= self.now
            and self.window.first <= self.governing(entry) <= min(self.window.last, self.upto)
            and self.judge.of_earner(self.window.rule.scope, self.earner, entry, self.governing(entry))
            and all(keeps(entry) for keeps in self.keep)
        ]
        keys = {key for entry in inside for key in self._keys(expr, entry)}
        return [replace(self._of_key(expr, key), hopeful=False) for key in sorted(keys, key=str)]

    def _keys(self, expr: m.PerKey, entry: Entry) -> list[AttributeText]:
        match expr.key:
            case "account":
                return [entry.account]
            case "invoice":
                return [str(_invoice(entry))]
            case "claim":
                return sorted(self.judge.claims_of(self.window.rule.id, entry.sale.id))
            case "order":
                return [f"{entry.account} {entry.sale.order or entry.sale.id}"]
            case m.Attribute():
                value = attribute(entry.part, entry.line, expr.key)
                return [] if value is None else [value]
            case period:
                return [] if (days := self._period_of(period, entry)) is None else [days[0]]

    def _period_of(self, period: WindowKind, entry: Entry) -> tuple[date, date] | None:
        """The first and last day of the window around the governing day of a sale."""
        agreement, day = self.judge.agreement, self.governing(entry)
        if not there(period, day, agreement.calendar):
            return None
        return bounds(period, day, agreement.calendar, (agreement.first, agreement.last))

    def _of_key(self, expr: m.PerKey, key: AttributeText) -> Over:
        keeps: Callable[[Entry], bool] = lambda entry: key in self._keys(expr, entry)  # noqa: E731
        match expr.key:
            case "account":
                return replace(self, account=str(key), keep=(*self.keep, keeps), known=False)
            case "claim":
                return replace(self, claim=str(key), keep=(*self.keep, keeps), known=False)
            case m.Attribute() | "order" | "invoice":
                return replace(self, keep=(*self.keep, keeps), known=False)
            case period:
                assert isinstance(key, date)
                agreement = self.judge.agreement
                first, last = bounds(period, key, agreement.calendar, (agreement.first, agreement.last))
                # it stands for wider windows, so that last year's is that month of last year
                whole, upto = (first, last), min(last, self.upto)
                if self.window.rule.settle.separate:  # the part of it that lies in the period (92)
                    whole = max(first, self.window.first), min(last, self.window.last)
                return replace(self, upto=upto, period=whole, known=False)

    # --- conditions and rules

    def holds(self, condition: m.Condition, view: View) -> bool | None:
        """A condition on what came later (97)."""
        return judge_gate(condition, self, view)

    def earned(self, id: str) -> Fraction | None:
        """What another rule earns in this one's window (95)."""
        if self.fresh:
            return self.judge.on_order(id)
        given = self.judge.given.get(f"rule {id}")
        return given if isinstance(given, Fraction) else self.judge.earned_by(id, self)


def _invoice(entry: Entry) -> tuple[str, str | None, str | None]:
    """Whose invoice a sale is on; one that names none stands alone."""
    sale = entry.sale
    return entry.account, sale.invoice, None if sale.invoice is not None else sale.id
