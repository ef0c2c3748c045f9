"""What the rules say of facts before they are taken: accounts, items, units, currencies, days, declared names.

Every slip is told; nothing that is posted later can mend one of these, so that a fact that was taken can always be reckoned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import lru_cache

from rebates.engine.facts import Fact, FactProblem, Note, typed
from rebates.model.calendar import months_before, parse_date
from rebates.model.nodes import Agreement, RuleSet
from rebates.model.windows import Window

MOVES = ("sale", "return", "correction")


class FactChecks:
    """The checks of one rule set; what was asked before is remembered."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self._reach = {agreement.name: _reach_back(agreement) for agreement in rules.agreements}
        self._names = {rule.name: rule.id for agreement in rules.agreements for rule in agreement.rebates} | {
            rule.id: rule.id for agreement in rules.agreements for rule in agreement.rebates
        }
        self.agreements_of = lru_cache(100_000)(self._agreements_of)
        self._unit = lru_cache(100_000)(self._has_unit)
        self._spans = lru_cache(100_000)(self._spans_of)
        self._sold_in = lru_cache(100_000)(self._is_sold_in)

    def is_sound_sale(self, fact: Fact) -> bool:
        """Whether nothing can be wrong with a sale, by what was found before; `problems` has to look at every other fact."""
        if fact.kind != "sale" or fact.attributes:
            return False
        day = str(fact.date)
        for first, last in self._spans(fact.account, fact.currency):
            if first <= day <= last:
                return self._sold_in(fact.item, fact.unit)
        return False

    def _spans_of(self, account: str, currency: str | None) -> tuple[tuple[str, str], ...]:
        """The days on which agreements in a currency are for an account, whatever groups it is in."""
        if self.rules.master.account(account) is None:
            return ()
        return tuple(
            (self._reach[agreement.name].isoformat(), agreement.last.isoformat())
            for agreement in self.rules.agreements
            if agreement.currency == currency
            and agreement.who.kind != "group"
            and self._is_for(agreement, account, agreement.first)
        )

    def _is_sold_in(self, item: str, unit: str) -> bool:
        """Whether an item is known and has a unit on every day."""
        master = self.rules.master
        known = not master.has_items or master.item(item) is not None
        return known and not master.has_dated_units(item) and master.factor(item, unit, date.max) is not None

    def problems(self, fact: Fact, where: str, sales: Mapping[str, Fact] | None = None) -> list[FactProblem]:
        """What is wrong with a fact in its one form. `sales` are those a return may name; None: that is asked elsewhere."""
        found: list[FactProblem] = []

        def note(code: str, field: str, message: str, help: str = "") -> None:
            found.append(FactProblem(code, f"{where}{field}", message, help))

        master = self.rules.master
        if fact.kind == "approval":
            return found
        if fact.kind != "fact" and master.account(fact.account) is None:  # facts are of groups and end customers, too
            note("R0502", "account", f"account `{fact.account}` is not in the table `accounts`", "add it to the table")
            return found
        day = parse_date(str(fact.date))
        if fact.kind in MOVES:
            self._check_move(fact, day, note)
        elif fact.kind == "fact":
            declared = self.rules.facts.get(fact.name or "")
            if declared is None:
                known_facts = ", ".join(sorted(self.rules.facts)) or "none"
                note("R0811", "name", f"no agreement declares a fact `{fact.name}`", f"known: {known_facts}")
            else:
                typed(declared.attribute, fact.value, f"{where}value", "R0810", found)
        elif fact.name is not None and fact.name not in self._names:
            note("R0813", "name", f"there is no rule `{fact.name}`", "name a rebate of an agreement")
        for path, value in fact.attributes.items():
            typed(self.rules.attributes.get(path), value, f"{where}{path}", "R0812", found)
        if sales is not None and fact.of is not None and fact.of not in sales:
            found.append(no_sale(fact, where))
        return found

    def _check_move(self, fact: Fact, day: date, note: Note) -> None:
        master = self.rules.master
        if fact.item is not None and master.has_items and master.item(fact.item) is None:
            note("R0503", "item", f"item `{fact.item}` is not in the table `items`", "add the item to the table")
        elif fact.item is not None and fact.unit is not None and not self._unit(fact.item, fact.unit, day):
            note(
                "R0505",
                "unit",
                f"item `{fact.item}` has no conversion from {fact.unit}",
                f"add a row to the table `units`: {fact.item},{fact.unit},…",
            )
        if fact.of is not None and fact.kind != "sale":
            return  # it counts where its sale does
        agreements = self.agreements_of(fact.account, day)
        if not agreements:
            note("R0814", "date", f"{day} lies in no window of an agreement with `{fact.account}`", "check the date")
        elif fact.currency is not None and fact.currency not in {agreement.currency for agreement in agreements}:
            known = " or ".join(sorted({agreement.currency for agreement in agreements}))
            note("R0803", "currency", f"`{fact.currency}` is not the currency of the agreement", f"it is in {known}")

    def _has_unit(self, item: str, unit: str, day: date) -> bool:
        return self.rules.master.factor(item, unit, day) is not None

    def _agreements_of(self, account: str, day: date) -> tuple[Agreement, ...]:
        """The agreements for an account that read what happened on a day, be it as a baseline."""
        return tuple(
            agreement
            for agreement in self.rules.agreements
            if self._reach[agreement.name] <= day <= agreement.last and self._is_for(agreement, account, day)
        )

    def _is_for(self, agreement: Agreement, account: str, day: date) -> bool:
        who, master = agreement.who, self.rules.master
        match who.kind:
            case "account":
                return account == who.name
            case "account and subsidiaries":
                return who.name in (account, *master.ancestors(account))
            case "group":
                return who.name in master.groups(account, max(day, agreement.first))
            case _:
                return True  # who fulfils a condition is found when it is reckoned


def no_sale(fact: Fact, where: str) -> FactProblem:
    """The problem of a fact whose sale was never posted."""
    return FactProblem("R0802", f"{where}of", f"there is no sale `{fact.of}`", "post the sale first, or with it")


def _reach_back(agreement: Agreement) -> date:
    """The earliest day that any window of the agreement reads."""
    earliest = agreement.first
    for window in _windows(
        (agreement.rebates, agreement.rules, agreement.funds, dict(agreement.measures), agreement.classes)
    ):
        if window == "ever":
            return date.min
        if isinstance(window, Window):
            if window.kind == "season":
                earliest = min([earliest, *(season.first for season in agreement.calendar.seasons)])
                continue
            first = agreement.first if window.first is None else min(window.first, agreement.first)
            months = window.back + (window.count if window.kind == "months" else 0)
            first = months_before(months_before(first, months), 12)  # a year that began before the agreement
            if window.kind == "days":
                first = date.fromordinal(max(first.toordinal() - window.count, 1))
            earliest = min(earliest, first)
    return earliest


def _windows(start: object) -> Iterable[object]:
    """Every window in nodes."""
    waiting, seen = [start], set[int]()
    while waiting:
        node = waiting.pop()
        if isinstance(node, Window):
            yield node
        elif isinstance(node, Mapping):
            waiting += node.values()
        elif isinstance(node, tuple | list):
            waiting += node
        elif is_dataclass(node) and not isinstance(node, type) and id(node) not in seen:
            seen.add(id(node))
            for field in fields(node):
                value = getattr(node, field.name)
                if field.name == "window" and isinstance(value, str):
                    yield value
                elif field.name != "span":
                    waiting.append(value)
