"""What a calculation asks the history, the master data and the rules: who earns, whose sales."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from rebates.compile.settle.alike import Likeness
from rebates.compile.settle.at import At
from rebates.compile.settle.history import Claim, History, Reading
from rebates.compile.settle.in_hand import InHand
from rebates.compile.settle.proration import cut_tiers, share_of
from rebates.compile.settle.rows import Ids, Row
from rebates.compile.settle.windows import Stretch, claim_stretches, stretches
from rebates.model.nodes import (
    Agreement,
    Claimed,
    Condition,
    Expr,
    InClass,
    MeasureRef,
    Paid,
    PerKey,
    RulePaid,
    RuleSet,
    Scope,
    Tiers,
    Total,
)
from rebates.model.orders import AttributeText
from rebates.model.rebates import Rebate
from rebates.model.settlement import Settled
from rebates.plan.conditions import totals_in
from rebates.plan.facts import Facts
from rebates.plan.nodes import Missing
from rebates.plan.reads import nodes_in

if TYPE_CHECKING:
    from rebates.compile.settle.dues import Account
    from rebates.compile.settle.earning import Calculation
    from rebates.compile.settle.plain import Plain

ZERO = Fraction(0)
_DAY = timedelta(days=1)


@dataclass
class Knowledge:
    """One agreement and what was posted. `given` replaces measures, classes, rules' amounts, tables and attributes."""

    rules: RuleSet
    agreement: Agreement
    facts: Facts
    likeness: Likeness
    reading: Reading
    given: Mapping[str, AttributeText] = field(default_factory=dict)
    settled: Sequence[Settled] | None = None
    totals: dict[object, Fraction | Missing] = field(default_factory=dict)
    spans: dict[object, tuple[date, date]] = field(default_factory=dict)
    earnings: dict[object, object] = field(default_factory=dict)
    earning: dict[Scope, list[str]] = field(default_factory=dict)  # who earns, by scope
    rows_found: dict[object, Sequence[Row]] = field(default_factory=dict)
    missed: dict[object, frozenset[int]] = field(default_factory=dict)  # clauses that hold for none of these rows
    begins: dict[tuple[Scope, str], date] = field(default_factory=dict)  # earners' first days
    first_days: dict[bool, list[date]] = field(
        default_factory=dict
    )  # of accounts, and of end customers where any earns
    # by rule, and where it goes by claims earner: the first day that is worked out, with the last of the period
    opening: dict[tuple[str, str], tuple[date, date]] = field(default_factory=dict)
    began: date = date.min  # the first day of the period, where the caller says what was settled before
    accounts_kept: dict[tuple[str, str], Account] = field(default_factory=dict)
    noted: dict[object, object] = field(default_factory=dict)  # what the rules alone decide
    plains: dict[int, tuple[Rebate, Plain | None]] = field(default_factory=dict)  # by the rule's identity
    passed: dict[tuple[int, int], bool] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    versions: dict[str, list[Rebate]] = field(default_factory=dict)
    combine: dict[str, str] = field(default_factory=dict)
    payment_days: int | None = None
    in_hand: InHand | None = None
    example: bool = False  # whose accounts the agreement is for, whoever they are (93h)
    since: date = date.min  # the first day of the period that is settled

    def __post_init__(self) -> None:
        self.units = {unit: place for place, unit in enumerate(self.likeness.units)}
        for rule in self.agreement.rebates:
            self.versions.setdefault(rule.id, []).append(rule)
        for versions in self.versions.values():
            versions.sort(key=lambda rule: rule.since or date.min)
        self.combine = {stage.name: stage.combine for stage in self.agreement.stages}
        if not self.likeness.apart and self.likeness.static() is not None:
            self.static_tests = {id(test) for test in self.likeness.tests}
        for term in self.agreement.terms:
            if term.word == "payment" and term.where is None and term.values:
                stated = term.values[0].value
                self.payment_days = int(stated) if isinstance(stated, Fraction) else None

    static_tests: set[int] = field(default_factory=set)

    @property
    def history(self) -> History:
        return self.reading.history

    def forget(self) -> None:
        """After a posting: what was worked out from the history is worked out anew."""
        for kept in (
            self.totals,
            self.earnings,
            self.rows_found,
            self.missed,
            self.passed,
            self.earning,
            self.begins,
            self.first_days,
            self.accounts_kept,
        ):
            kept.clear()

    def _self(self) -> Calculation:
        return self  # type: ignore[return-value]  # the one class that is made

    def ids(self, rows: Sequence[Row]) -> Ids:
        """The ids of what was posted in these rows."""
        return Ids(rows)

    def changed(self, after: date, until: date) -> bool:
        """Whether something was posted on days in between that changes windows before."""
        history, (moves, keeps) = self.history, self._reads_later
        days = chain(history.late, history.moved if moves else (), history.kept if keeps else ())
        return any(after < day <= until for day in days)

    @cached_property
    def _reads_later(self) -> tuple[bool, bool]:
        """Whether rules go by other days of a sale, and whether they read that it was paid or claimed afterwards."""
        rules = self.agreement.rebates
        nodes = list(nodes_in(rules))
        moves = any(rule.dated_by != "invoice" for rule in rules) or any(isinstance(node, InClass) for node in nodes)
        keeps = any(
            isinstance(node, Paid | Claimed | RulePaid) or (isinstance(node, PerKey) and node.key == "claim")
            for node in nodes
        )
        return moves, keeps

    # --- windows and rules

    def stretches_of(self, rule: str, earner: str) -> Sequence[Stretch]:
        """The windows of a rule; those of claims are the earner's own."""
        versions = self.versions[rule]
        by_claim = versions[0].window == "claim"
        key = "stretches", rule, earner if by_claim else ""
        found = self.noted.get(key) if not by_claim else None
        if found is None:
            if by_claim:
                found = tuple(claim_stretches(self.agreement, versions, self.claims(rule, earner)))
            else:
                found = self.noted[key] = tuple(stretches(self.agreement, versions))
        if self.in_hand is not None:  # what earlier windows came to is not known (121)
            day = self.in_hand.day(versions[0])
            return [each for each in found if each.first <= day <= each.last]  # type: ignore[attr-defined]
        return found  # type: ignore[return-value]

    def displacing(self, rule: str) -> tuple[str, ...]:
        """The rules that in one of their versions take the sales of their base away from this one."""
        return tuple(
            id_ for id_, versions in self.versions.items() if any(rule in version.in_lieu_of for version in versions)
        )

    def others_at(self, rule: str, at: At, within: bool = False) -> list[At]:
        """Where another rule stands for the same earner: its window of the day, or all `within` the window in hand."""
        if rule not in self.versions:
            return []
        other = self.versions[rule][0]
        found: list[At] = []
        for earner in self.earners_like(other, at):
            for stretch in self.stretches_of(rule, earner):
                inside = at.stretch.first <= stretch.first <= at.to if within else False
                if not inside and not stretch.first <= at.to <= stretch.last:
                    continue
                if stretch.claim is not None and stretch.claim.day > at.to:
                    continue
                to = min(at.to, stretch.last)
                found.append(At(self._self(), stretch, earner, to, at.now, expecting=at.expecting))
        return found

    def overlapping(self, rule: str, at: At) -> list[At]:
        """Another rule for every earner, in its windows that overlap the one in hand."""
        if rule not in self.versions:
            return []
        return [
            At(self._self(), stretch, earner, min(at.now, stretch.last), at.now, expecting=at.expecting)
            for earner in self.earners(self.versions[rule][0], at.now)
            for stretch in self.stretches_of(rule, earner)
            if stretch.first <= min(at.stretch.last, at.now) and at.stretch.first <= stretch.last
        ]

    def earners_like(self, other: Rebate, at: At) -> list[str]:
        """The earners of another rule that the earner in hand is, or is made up of."""
        order = list(Scope)
        if other.scope is at.rule.scope:
            return [at.earner]
        if order.index(other.scope) > order.index(at.rule.scope):
            return [self.whose(other.scope, at.earner)]
        inside = set(self.accounts_of(at.rule.scope, at.earner))
        return [each for each in self.earners(other, at.now) if other.scope is not Scope.ACCOUNT or each in inside]

    def every_earner(self, at: At) -> list[At]:
        """The same rule and window of every earner."""
        found = [at.but(earner=earner, row=None, only=None, key=None) for earner in self.earners(at.rule, at.now)]
        if at.stretch.claim is None:
            return [one for one in found if self.earns_in(one.earner, at.stretch, at.now)]
        return [  # windows of claims are each earner's own
            one.but(stretch=stretch, to=at.to)
            for one in found
            for stretch in self.stretches_of(at.rule.id, one.earner)
            if stretch.claim is not None and stretch.first <= at.to <= stretch.last and stretch.claim.day <= at.to
        ]

    # --- who earns (92a)

    def earners(self, rule: Rebate, day: date) -> list[str]:
        """Everybody who earns by the rule, by id, of those that anything was posted for up to a day."""
        if self.in_hand is not None:
            mine = self.in_hand.earner(rule.scope, self)
            return [] if mine is None else [mine]
        found = self.earning.get(rule.scope)
        if found is None:
            found = self.earning[rule.scope] = self._earners(rule.scope)
        return [earner for earner in found if self.begins_on(rule.scope, earner) <= day]

    def joined(self, after: date, until: date) -> bool:
        """Whether an account or an end customer became an earner, or a member, in between (92a)."""
        customers = self.earning.get(Scope.END_CUSTOMER)
        days = self.first_days.get(customers is not None)
        if days is None:
            begun = (self.begins_on(Scope.END_CUSTOMER, each) for each in customers or ())
            days = self.first_days[customers is not None] = sorted({*self.history.accounts.values(), *begun})
        place = bisect_right(days, after)
        return place < len(days) and days[place] <= until

    def begins_on(self, scope: Scope, earner: str) -> date:
        """The first day on which somebody is an earner: that of what was posted for its accounts; nobody's before."""
        if scope is Scope.ACCOUNT:
            return self.history.accounts.get(earner, date.max)  # a rule may ask for one for whom nothing was posted
        who = self.agreement.who
        named = who.kind in ("account", "account and subsidiaries")
        if scope in (Scope.ALL, Scope.GROUP) or (scope is Scope.TREE and named):
            return date.min
        found = self.begins.get((scope, earner))
        if found is None:
            if scope is Scope.TREE:
                days = (self.history.accounts.get(each, date.max) for each in self.accounts_of(scope, earner))
                found = self.begins[scope, earner] = min(days, default=date.max)
            else:
                self._note_customers()
                found = self.begins[scope, earner]
        return found

    def _note_customers(self) -> None:
        """The first day of every end customer, found at once."""
        for rows in self.history.rows.values():
            for row in rows:
                key = Scope.END_CUSTOMER, str(row.attributes.get("order.end_customer"))
                self.begins[key] = min(row.own_day, self.begins.get(key, row.own_day))

    def _earners(self, scope: Scope) -> list[str]:
        agreement, who = self.agreement, self.agreement.who
        if scope is Scope.ALL:
            return ["all"]
        if scope is Scope.TREE and who.kind in ("account", "account and subsidiaries") and who.name is not None:
            return [who.name]
        if scope is Scope.GROUP and who.kind == "group" and who.name is not None:
            return [who.name]
        members = [
            account
            for account in sorted(self.history.accounts)
            if who.kind == "where" or self.is_for(account, agreement.first, agreement.last)
        ]
        if scope is Scope.TREE:
            return sorted({self.whose(Scope.TREE, account) for account in members})
        if scope is Scope.END_CUSTOMER:
            named = {
                str(customer)
                for account in members
                for row in self.history.rows.get(account, ())
                if (customer := row.attributes.get("order.end_customer")) is not None
            }
            return sorted(named)
        return members

    def earns_in(self, earner: str, stretch: Stretch, now: date) -> bool:
        """Whether the agreement is for an account on some day of the window; one for `accounts where`, on the day itself."""
        if stretch.rule.scope is not Scope.ACCOUNT:
            return True
        if self.agreement.who.kind == "where":
            return self.is_for(earner, now, now)
        return self.agreement.who.kind != "group" or self.is_for(earner, stretch.first, stretch.last)

    def earned_in(self, at: At) -> bool:
        """Whether somebody earns in a window, who may be asked for it by another window, a fund or a rule (92a)."""
        alone = at.rule.scope is Scope.ACCOUNT and self.agreement.who.kind == "group" and not self.given
        return not alone or self.is_for(at.earner, at.stretch.first, at.stretch.last)

    def is_for(self, account: str, first: date, last: date) -> bool:
        who = self.agreement.who
        if self.example:
            return True
        match who.kind:
            case "account":
                return account == who.name
            case "account and subsidiaries":
                return account == who.name or who.name in self.facts.master.ancestors(account)
            case "group":
                return any(a <= last and first <= b for a, b in self.memberships(account, who.name or ""))
            case "where":
                assert who.where is not None
                from rebates.compile.settle.values import holds

                stretch = Stretch(self.agreement.rebates[0], first, last)
                return holds(who.where, At(self._self(), stretch, account, last, last)) is True
            case _:
                return True

    def memberships(self, account: str, group: str) -> list[tuple[date, date]]:
        """The stretches of days on which an account is in a group."""
        key = "memberships"
        index = self.noted.get(key)
        if index is None:
            made: dict[tuple[str, str], list[tuple[date, date]]] = {}
            table = self.facts.master.tables.get("memberships")
            for row in table.rows() if table is not None else ():
                pair = str(row.cells["account"]), str(row.cells["group"])
                made.setdefault(pair, []).append((row.first or date.min, row.last or date.max))
            index = self.noted[key] = made
        return index.get((account, group), [])  # type: ignore[attr-defined, no-any-return]

    def whose(self, scope: Scope, earner: str) -> str:
        """Who a wider scope means for an earner."""
        who = self.agreement.who
        match scope:
            case Scope.TREE:
                if who.kind in ("account", "account and subsidiaries") and who.name is not None:
                    return who.name
                return (earner, *self.facts.master.ancestors(earner))[-1]
            case Scope.GROUP:
                return who.name if who.kind == "group" and who.name is not None else earner
            case Scope.ALL:
                return "all"
            case _:
                return earner

    def whose_row(self, scope: Scope, row: Row) -> str:
        """Who a scope means for a sale."""
        match scope:
            case Scope.PRODUCT:
                return row.item
            case Scope.END_CUSTOMER:
                return str(row.attributes.get("order.end_customer", ""))
            case _:
                return self.whose(scope, row.account)

    def accounts_of(self, scope: Scope, earner: str) -> list[str]:
        """The accounts that an earner is made up of, of those that anything was posted for."""
        everybody = sorted(self.history.accounts)
        match scope:
            case Scope.TREE:
                ancestors = self.facts.master.ancestors
                return [each for each in everybody if each == earner or earner in ancestors(each)]
            case Scope.GROUP:
                return [each for each in everybody if each == earner or self.memberships(each, earner)]
            case Scope.ALL:
                return everybody
            case _:
                return [earner]

    def belongs(self, account: str, day: date, scope: Scope, earner: str) -> bool:
        """Whether what an account posts on a day is the earner's: a member of a group is one on that day."""
        if scope is not Scope.GROUP or account == earner:
            return True
        return any(first <= day <= last for first, last in self.memberships(account, earner))

    # --- whose sales

    def rows_of(self, scope: Scope, who: str, rule: Rebate) -> Sequence[Row]:
        """All sales of a scope."""
        rows = self.history.rows
        if scope is Scope.ACCOUNT and who:
            return rows.get(who, ())
        own = rule.returns == "when posted"
        key = "scope", scope, who, rule.dated_by, own
        found = self.rows_found.get(key)
        if found is None:
            found = self.rows_found[key] = list(self._rows_of(scope, who, rule.dated_by, own))
        return found

    def _rows_of(self, scope: Scope, who: str, by: str, own: bool) -> Iterator[Row]:
        rows = self.history.rows
        for account in sorted(rows):
            match scope:
                case Scope.TREE:
                    if account == who or who in self.facts.master.ancestors(account):
                        yield from rows[account]
                case Scope.GROUP:
                    spans = self.memberships(account, who)
                    if account == who and not spans:
                        yield from rows[account]
                    for row in rows[account] if spans else ():
                        day = row.governed(by, own)
                        if any(first <= day <= last for first, last in spans):
                            yield row
                case Scope.END_CUSTOMER:
                    yield from (row for row in rows[account] if row.attributes.get("order.end_customer") == who)
                case Scope.PRODUCT:
                    yield from (row for row in rows[account] if row.item == who)
                case _:
                    yield from rows[account]

    def own_rows(self, at: At) -> Sequence[Row]:
        """The sales of the rule's window and earner."""
        rows = self.rows_of(at.rule.scope, at.earner, at.rule)
        last = min(at.to, at.stretch.last)
        return [row for row in rows if at.stretch.first <= at.governed(row) <= last and row.own_day <= at.now]

    def _index(self, name: str) -> dict[object, list[Row]]:
        """All sales by order or invoice."""
        found = self.rows_found.get(name)
        if found is None:
            made: dict[object, list[Row]] = {}
            for rows in self.history.rows.values():
                for row in rows:
                    if row.posted[0].kind == "sale" or row.sale == row.posted[0].id:
                        key = row.order_key if name == "orders" else row.invoice_id or ("", row.sale)
                        made.setdefault((row.account, key, row.posted[0].kind == "sale"), []).append(row)
            found = self.rows_found[name] = made  # type: ignore[assignment]
        return found  # type: ignore[return-value]

    def order_of(self, row: Row) -> Sequence[Row]:
        """The sales of a sale's order."""
        return self._index("orders").get((row.account, row.order_key, _is_sold(row)), ())

    def invoice_of(self, row: Row) -> Sequence[Row]:
        return self._index("invoices").get((row.account, row.invoice_id or ("", row.sale), _is_sold(row)), ())

    def passes(self, where: Condition, row: Row, at: At) -> bool:
        """Whether a sale passes a filter."""
        from rebates.compile.settle.values import holds

        if id(where) not in self.static_tests:
            return holds(where, at.but(row=row, only=None, key=None, hoping=False)) is True
        key = id(where), id(row)
        found = self.passed.get(key)
        if found is None:
            found = self.passed[key] = holds(where, at.but(row=row, only=None, key=None, hoping=False)) is True
        return found

    # --- claims and payments

    def claims(self, rule: str, earner: str) -> list[Claim]:
        """The claims of a rule by an earner and its accounts, by day."""
        versions = self.versions[rule]
        name, scope = versions[0].name, versions[0].scope
        if not self.history.claims:
            return []
        found: dict[str, Claim] = {}
        if scope is Scope.END_CUSTOMER:
            return self._claims_about(earner, versions[0])
        for account in {earner, *self.accounts_of(scope, earner)}:
            for key in (name, rule):
                for number, claim in self.history.claims.get((key, account), {}).items():
                    for day, sale in claim.postings:
                        if self.belongs(account, day, scope, earner):
                            found.setdefault(number, Claim(number)).add(day, sale)
        return sorted(found.values(), key=lambda each: (each.day, each.number))

    def _claims_about(self, customer: str, rule: Rebate) -> list[Claim]:
        """Claims that name a sale to an end customer, or none, by an account that had sold to it by then (92b)."""
        sold: dict[str, str] = {}  # sales to it, with their accounts
        since: dict[str, date] = {}
        for row in self.rows_of(Scope.END_CUSTOMER, customer, rule):
            if row.posted[0].kind == "sale":
                sold |= dict.fromkeys((each.id for each in row.posted if each.kind == "sale"), row.account)
                since[row.account] = min(row.own_day, since.get(row.account, row.own_day))
        found: dict[str, Claim] = {}
        for account, key in ((account, key) for account in since for key in (rule.name, rule.id)):
            for number, claim in self.history.claims.get((key, account), {}).items():
                for day, sale in claim.postings:
                    if since[account] <= day if sale is None else sale in sold:
                        found.setdefault(number, Claim(number)).add(day, sale)
        return sorted(found.values(), key=lambda each: (each.day, each.number))

    def claimed(self, at: At) -> Sequence[Row]:
        """The sales that the claim in hand names, with their returns."""
        claim = at.stretch.claim
        if claim is None:
            return ()
        rows, named = self.rows_of(at.rule.scope, at.earner, at.rule), claim.named(at.now)
        return [row for row in rows if row.sale in named and at.governed(row) <= at.to and row.own_day <= at.now]

    def sales_by_claim(self, at: At) -> dict[str, set[str]]:
        return {
            claim.number: claim.named(at.now) for claim in self.claims(at.rule.id, at.earner) if claim.day <= at.now
        }

    def paid_on(self, row: Row) -> date | None:
        """The day on which a sale was paid; in an example one day for all."""
        stated = self.given.get("paid")
        return stated if isinstance(stated, date) else self.history.paid.get(row.sale)

    def is_paid(self, rule: str, at: At) -> bool:
        """Whether payments that name a rule cover all that it has settled (97)."""
        from rebates.compile.settle.dues import settled_until

        if rule not in self.versions or self.in_hand is not None:  # of an order in hand it counts as kept (120)
            return True
        name = self.versions[rule][0].name
        scope, payments = self.versions[rule][0].scope, set()
        for earner in self.earners_like(self.versions[rule][0], at):
            for account in {earner, *self.accounts_of(scope, earner)}:
                payments |= {
                    each
                    for key in (name, rule)
                    for each in self.history.payments.get((key, account), ())
                    if each[0] <= at.now and self.belongs(account, each[0], scope, earner)
                }
        paid = ZERO
        for day, _, amount in sorted(payments, key=lambda each: each[:2]):
            if amount is None:  # all that was due by its day
                paid = max(paid, settled_until(self._self(), rule, at.but(now=day)))
            else:
                paid += amount
        return paid >= settled_until(self._self(), rule, at)

    # --- tiers and windows that are cut

    def pro_rata(self, at: At) -> Fraction:
        """The share of a window that thresholds and lump sums are cut to (101)."""
        if at.rule.pro_rata is None:
            return Fraction(1)
        return share_of(self, at)

    def cut_tiers(self, tiers: Tiers, at: At) -> Tiers:
        return tiers if at.rule.pro_rata is None else cut_tiers(tiers, self.pro_rata(at))

    def same(self, base: Expr | None, measure: Expr) -> bool:
        """Whether a rule is paid on what its tiers measure."""
        key = "same", id(base), id(measure)
        found = self.noted.get(key)
        if found is None:
            found = self.noted[key] = _opened(base) == _opened(measure)
        return bool(found)

    def totals_of(self, base: Expr | None) -> list[Total]:
        """The totals that a base sums."""
        key = "totals", id(base)
        found = self.noted.get(key)
        if found is None:
            found = self.noted[key] = [] if base is None else totals_in(base)
        return found  # type: ignore[return-value]


def _opened(expr: Expr | None) -> Expr | None:
    """What a measure stands for."""
    while isinstance(expr, MeasureRef):
        expr = expr.value
    return expr


def _is_sold(row: Row) -> bool:
    """Whether it is a sale, or is read with one."""
    return row.posted[0].kind == "sale" or row.sale != row.posted[0].id
