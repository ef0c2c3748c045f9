"""Which rules can meet an account and an item, found without looking at the others.

A rule is filed under one test on the account and one on the item that it cannot do without (`account.id is "A"`,
`item.family under "B"`), or under none. Rules in files that do not fit need not be looked at: they do not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rebates.model.nodes import And, Attribute, Condition, InSet, OneOf, Under
from rebates.plan.conditions import Known
from rebates.plan.facts import AttributeText, Facts, ItemFacts
from rebates.plan.nodes import Here

Test = tuple[str, Attribute, object]  # "is" or "under", of what, the value
ANY: tuple[()] = ()
Files = tuple[int, ...]  # files are numbered, as numbers are looked up fastest


class RuleIndex:
    """The numbers of rules by the tests they cannot do without."""

    __slots__ = ("_account", "_account_numbers", "_files", "_item", "_item_numbers", "filed")

    def __init__(self, rules: Sequence[Here]) -> None:
        self._account: dict[tuple[str, str, object], Attribute] = {}
        self._item: dict[tuple[str, str, object], Attribute] = {}
        self._files: list[dict[int, list[int]]] = []  # by file of the account and of the item
        self._account_numbers: dict[object, int] = {}
        self._item_numbers: dict[object, int] = {}
        filed: set[int] = set()
        for here in rules:
            tests = [each for when in here.rule.when if when.otherwise is None for each in _needed(when.condition)]
            accounts, items = _sharpest(tests, "account"), _sharpest(tests, "item")
            if accounts and accounts[0][1].name == "id":
                filed.add(here.number)
            for kind, attribute, _ in accounts:
                self._account[kind, attribute.name, attribute.default] = attribute
            for kind, attribute, _ in items:
                self._item[kind, attribute.name, attribute.default] = attribute
            for account in [_file(test) for test in accounts] or [ANY]:
                place = self._account_numbers.setdefault(account, len(self._account_numbers))
                if place == len(self._files):
                    self._files.append({})
                files = self._files[place]
                for item in [_file(test) for test in items] or [ANY]:
                    number = self._item_numbers.setdefault(item, len(self._item_numbers))
                    files.setdefault(number, []).append(here.number)
        self.filed = frozenset(filed)  # under the id of accounts

    def candidates(self, known: Known) -> list[int]:
        """The numbers of the rules that can hold, ascending."""
        assert known.item is not None
        return list(self.numbers(self.account_files(known), self.item_files(known.facts, known.item)))

    def account_files(self, known: Known) -> Files:
        """The files that an account belongs to."""
        names = (ANY, *_values(self._account, known.account.read, known.facts))
        return tuple(self._account_numbers[name] for name in names if name in self._account_numbers)

    def item_files(self, facts: Facts, item: ItemFacts) -> Files:
        """The files that an item belongs to."""
        names = (ANY, *_values(self._item, item.read, facts))
        return tuple(self._item_numbers[name] for name in names if name in self._item_numbers)

    def numbers(self, accounts: Files, items: Files) -> tuple[int, ...]:
        """The numbers of the rules in these files, ascending."""
        found: list[int] = []
        for account in accounts:
            files = self._files[account]
            for item in items:
                if item in files:
                    found += files[item]
        if len(found) > 1:
            return tuple(sorted(set(found)))
        return tuple(found)


def _file(test: Test) -> object:
    kind, attribute, value = test
    return kind, attribute.name, attribute.default, value


def _needed(condition: Condition) -> Iterator[list[Test]]:
    """Tests of which one must hold, for each part that cannot be done without."""
    match condition:
        case And():
            for part in condition.parts:
                yield from _needed(part)
        case InSet():
            yield from _needed(condition.where)
        case OneOf() if not condition.negated:
            yield [("is", condition.attribute, value) for value in condition.values]
        case Under() if condition.attribute.path == "item.family":
            yield [("under", condition.attribute, condition.ancestor)]


def _sharpest(tests: Sequence[list[Test]], subject: str) -> list[Test]:
    """The part that keeps most out: of an id, else of one value, else the shortest list."""
    fitting = [each for each in tests if each and each[0][1].subject == subject]
    return min(fitting, key=lambda each: (each[0][1].name != "id", each[0][0] == "under", len(each)), default=[])


def _values(
    attributes: dict[tuple[str, str, object], Attribute],
    read: Callable[[Attribute], AttributeText | None],
    facts: Facts,
) -> Iterator[object]:
    """The files that this account or item belongs to."""
    for (kind, name, default), attribute in attributes.items():
        value = read(attribute)
        if value is None:
            value = attribute.default
        if value is None:
            continue
        if kind == "is":
            yield kind, name, default, value
        else:
            assert isinstance(value, str)
            for family in facts.master.family_path(value):
                yield kind, name, default, family
