"""Who and what a settlement stands on: accounts, earners, claims and windows of one agreement (91, 92)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.history import Posted
from rebates.model.orders import AttributeText, OrderIn
from rebates.model.rebates import Rebate
from rebates.reference.arithmetic import Money
from rebates.reference.context import OverTime
from rebates.reference.evaluate import matches
from rebates.reference.history import Entry, History, customer
from rebates.reference.windows import Window, all_days, claim_number, over_on, versions, windows


@dataclass(eq=False)
class Standing:
    """One agreement, and what was posted for it."""

    rules: m.RuleSet
    agreement: m.Agreement
    history: History
    given: Mapping[str, AttributeText]  # of examples (93h)
    accruing: bool = False
    example: bool = False  # whose accounts are those that the agreement is for (93h)
    order: OrderIn | None = None  # the order in hand, of which all that is posted is made (120)
    _windows: dict[object, list[Window]] = field(default_factory=dict)

    def before(self, window: Window, account: str, upto: date) -> OverTime | None:
        """What classes that choose accounts are judged by."""
        return None

    @property
    def numbers(self) -> dict[str, Fraction]:
        """What is given of measures."""
        return {name: value for name, value in self.given.items() if isinstance(value, Fraction)}

    @property
    def money(self) -> Money:
        return Money(self.agreement.rounding, self.agreement.digits)

    def given_attributes(self, subject: str) -> dict[str, AttributeText]:
        start = f"{subject}."
        return {k.removeprefix(start): v for k, v in self.given.items() if k.startswith(start)}

    # --- accounts

    def head(self, account: str) -> str:
        """The head of the agreement's tree, of the account where it names none (91)."""
        who = self.agreement.who
        if who.kind in ("account", "account and subsidiaries"):
            return str(who.name)
        above = self.rules.master.ancestors(account)
        return above[-1] if above else account

    def in_tree(self, account: str, head: str) -> bool:
        return account == head or head in self.rules.master.ancestors(account)

    def counts(self, scope: m.Scope, entry: Entry, day: date) -> bool:
        """Whether a posting is the group's (on its governing day), or anybody's."""
        if scope is m.Scope.GROUP:
            return str(self.agreement.who.name) in self.rules.master.groups(entry.account, day)
        return True

    def of_earner(self, scope: m.Scope, earner: str, entry: Entry, day: date) -> bool:
        match scope:
            case m.Scope.ACCOUNT:
                return entry.account == earner
            case m.Scope.TREE:
                return self.in_tree(entry.account, earner)
            case m.Scope.END_CUSTOMER:
                return customer(entry) == earner
            case _:
                return self.counts(scope, entry, day)

    def is_for(self, account: str, window: Window, upto: date) -> bool:
        """Whether the agreement is for the account on some day of the window (92a)."""
        who, master = self.agreement.who, self.rules.master
        if who.kind == "group":
            return bool(self.membership(account, window.first, window.last))
        if who.kind == "where" and self.example:
            return True
        if who.kind == "where":
            order = OrderIn(account, upto, (), account_attributes=self.given_attributes("account"), given=self.numbers)
            return matches(self.rules, order, self.agreement, self.before(window, account, upto))
        if who.kind == "all":
            return True
        return account == who.name or (
            who.kind == "account and subsidiaries" and str(who.name) in master.ancestors(account)
        )

    def membership(self, account: str, first: date, last: date) -> tuple[date, date] | None:
        """The account's first and last day in the agreement's group within some days."""
        table = self.rules.master.tables.get("memberships")
        spans = [
            (max(row.first or date.min, first), min(row.last or date.max, last))
            for row in (table.rows() if table is not None else ())
            if row.cells["account"] == account and row.cells["group"] == self.agreement.who.name
        ]
        spans = [span for span in spans if span[0] <= span[1]]
        return (min(span[0] for span in spans), max(span[1] for span in spans)) if spans else None

    def accounts(self, window: Window, upto: date) -> list[str]:
        """Every account that the agreement is for and that has something posted up to a day, by id."""
        found = {account for account, first in self.history.began.items() if first <= upto}
        if self.rules.master.has_accounts:
            found |= {
                one.account
                for one in self.history.facts
                if one.day <= upto and self.rules.master.account(one.account) is not None
            }
        else:
            found |= {
                one.account
                for one in self.history.facts
                if one.day <= upto and one.account not in ("all", self.agreement.who.name)
            }
            if self.agreement.who.kind in ("account", "account and subsidiaries"):
                found |= {one.account for one in self.history.facts if one.day <= upto}
        return sorted(account for account in found if self.is_for(account, window, upto))

    def earners(self, window: Window, upto: date, now: date) -> list[str]:
        """Whose the window is (92a)."""
        rule, who = window.rule, self.agreement.who
        if self.order is not None:
            mine = self.earner_of_order(rule.scope)
            return [] if mine is None else [mine]
        if window.claim is not None:
            whose = str(window.earner)
            if rule.scope is m.Scope.END_CUSTOMER:
                sold = any(customer(e) == whose and e.posted.day <= now for e in self.history.entries)
                return [whose] if sold else []
            alone = rule.scope is m.Scope.ACCOUNT
            return [whose] if not alone or self.is_for(whose, window, now) else []
        accounts = self.accounts(window, now)
        match rule.scope:
            case m.Scope.ACCOUNT:
                if not accounts and self.given and who.kind in ("account", "account and subsidiaries"):
                    return [str(who.name)]
                return accounts or (["account"] if self.given and not self.history.posted else [])
            case m.Scope.END_CUSTOMER:
                return sorted(
                    {
                        str(c)
                        for e in self.history.entries
                        if e.posted.day <= now and e.account in accounts and (c := customer(e)) is not None
                    }
                )
            case m.Scope.TREE if who.kind not in ("account", "account and subsidiaries"):
                return sorted({self.head(account) for account in accounts})
            case _:
                return [self.earner_of(rule.scope, "")]

    def earns_in(self, window: Window, earner: str) -> bool:
        """Whether somebody earns in a window, who may be asked for it by another window, a fund or a rule (92a)."""
        given = self.given or self.example or self.order is not None
        alone = window.rule.scope is m.Scope.ACCOUNT and self.agreement.who.kind == "group"
        return window.stands and (not alone or bool(given) or self.is_for(earner, window, window.last))

    def earner_of_order(self, scope: m.Scope) -> str | None:
        """Whose an order in hand is; None of an end customer that it does not name (120)."""
        assert self.order is not None
        if scope is not m.Scope.END_CUSTOMER:
            return self.earner_of(scope, self.order.account)
        named = self.order.attributes.get("end_customer")
        return None if named is None else str(named)

    def day_of_order(self, id: str) -> date:
        """The day of an order in hand that governs a rule: the invoice date unless it is dated by another (120)."""
        assert self.order is not None
        invoiced = self.order.days.get("invoice", self.order.day)
        by = self.version(id).dated_by
        if by == "invoice":
            return invoiced
        return self.order.days.get(by, self.order.day if by == "order" else invoiced)

    def earner_of(self, scope: m.Scope, account: str) -> str:
        match scope:
            case m.Scope.TREE:
                return self.head(account)
            case m.Scope.GROUP:
                return str(self.agreement.who.name)
            case m.Scope.ALL:
                return "all"
            case _:
                return account

    def is_of(self, id: str, earners: set[str], account: str, day: date) -> bool:
        """Whether what an account did on a day is that of earners of a rule: theirs, or of their accounts."""
        if account in earners:
            return True
        match self.version(id).scope:
            case m.Scope.TREE:
                return any(self.in_tree(account, head) for head in earners)
            case m.Scope.GROUP:
                return not earners.isdisjoint(self.rules.master.groups(account, day))
            case m.Scope.ALL:
                return bool(earners)
            case _:
                return False

    # --- claims and terms

    def is_claim_of(self, claim: Posted, id: str) -> bool:
        return claim.name in (id, id.rpartition(".")[2])

    def claimants(self, scope: m.Scope, claim: Posted) -> set[str]:
        """The earner whose claim it is; of end customers each to whom went what it names, or what its account has sold (92b)."""
        account = claim.account
        match scope:
            case m.Scope.ACCOUNT:
                return {account}
            case m.Scope.TREE:
                head = self.head(account)
                return {head} if self.in_tree(account, head) else set()
            case m.Scope.GROUP:
                group = str(self.agreement.who.name)
                return {group} if group in self.rules.master.groups(account, claim.day) else set()
            case m.Scope.ALL:
                return {"all"}
            case _:
                sold = [one for one in self.history.entries if one.posted is one.sale and one.account == account]
                meant = [
                    one for one in sold if claim.of == one.sale.id or (claim.of is None and one.sale.day <= claim.day)
                ]
                named = (one.part.order.attributes.get("end_customer") for one in meant)
                return {str(customer) for customer in named if customer is not None}

    def claims(self, id: str) -> list[Posted]:
        return [one for one in self.history.claims if self.is_claim_of(one, id)]

    def claims_of(self, id: str, sale: str) -> set[str]:
        """The numbers of the claims that name a sale."""
        return {claim_number(one) for one in self.claims(id) if one.of == sale}

    def claim_of(self, id: str, posted: Posted, earner: str, now: date) -> tuple[date, set[str]]:
        """The first day of the earner's claim of which it is a posting, and the sales that it names by now (92b)."""
        scope = self.version(id).scope
        one = [
            each
            for each in self.claims(id)
            if each.day <= now
            and claim_number(each) == claim_number(posted)
            and (each is posted or earner in self.claimants(scope, each))
        ]
        return min(each.day for each in one), {each.of for each in one if each.of is not None}

    def claimed_sales(self, id: str, number: str | None, now: date) -> set[str]:
        """The sales of the claim in hand; of every claim where none is."""
        return {
            one.of
            for one in self.claims(id)
            if one.of is not None and one.day <= now and number in (None, claim_number(one))
        }

    def payment_days(self) -> int:
        """The days of the agreement's term `payment`."""
        for term in self.agreement.terms:
            if term.word == "payment":
                for value in term.values:
                    if value.dimension.unit == "day" and isinstance(value.value, Fraction):
                        return int(value.value)
        return 0

    # --- windows

    def version(self, id: str) -> Rebate:
        return versions(self.agreement, id)[0]

    def ids(self) -> list[str]:
        """The rules that are settled, by their place in the text."""
        return list(dict.fromkeys(rule.id for rule in sorted(self.agreement.rebates, key=lambda rule: rule.place)))

    def windows(self, id: str, upto: date) -> list[Window]:
        key = (id, upto)
        if key not in self._windows:
            claims: dict[str, list[Posted]] = {}
            for claim in self.claims(id):
                for whose in self.claimants(self.version(id).scope, claim) if claim.day <= upto else ():
                    claims.setdefault(whose, []).append(claim)
            found = windows(self.agreement, id, upto, claims)
            if self.order is not None:  # what earlier windows came to is not known (121)
                day = self.day_of_order(id)
                found = [one for one in found if one.first <= day <= one.last]
            self._windows[key] = found
        return self._windows[key]

    def every_window(self, id: str) -> list[Window]:
        return self.windows(id, date.max)

    def windows_of(self, id: str, upto: date, earner: str) -> list[Window]:
        """Those of an earner: of claims only its own."""
        return [one for one in self.windows(id, upto) if one.earner in (None, earner)]

    def days(self, id: str, earner: str | None = None) -> list[date]:
        """The settlement days of a rule, of claims those of everybody or of one earner."""
        found = self.every_window(id) if earner is None else self.windows_of(id, date.max, earner)
        return all_days(self.agreement, versions(self.agreement, id), found)

    def upto(self, window: Window, day: date) -> date:
        return min(day, over_on(window, self.days(window.rule.id)))
