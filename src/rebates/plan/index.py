"""Which rules can meet an account and an item, found without looking at the others.

A rule is filed under one test on the account and one on the item that it cannot do without (`account.id is "A"`,
`item.family under "B"`), or under none. Rules in files that do not fit need not be looked at: they do not hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rebates.model.nodes import And, Attribute, Condition, InSet, OneOf, Under
from rebates.plan.conditions import Known
from rebates.plan.nodes import Here, Missing

Test = tuple[str, Attribute, object]  # "is" or "under", of what, the value
ANY: tuple[()] = ()


class RuleIndex:
    """The numbers of rules by the tests they cannot do without."""

    __slots__ = ("_account", "_files", "_item")

    def __init__(self, rules: Sequence[Here]) -> None:
        self._account: dict[tuple[str, str, object], Attribute] = {}
        self._item: dict[tuple[str, str, object], Attribute] = {}
        self._files: dict[tuple[object, object], list[int]] = {}
        for here in rules:
            tests = [each for when in here.rule.when for each in _needed(when.condition)]
            accounts, items = _sharpest(tests, "account"), _sharpest(tests, "item")
            for kind, attribute, _ in accounts:
                self._account[kind, attribute.name, attribute.default] = attribute
            for kind, attribute, _ in items:
                self._item[kind, attribute.name, attribute.default] = attribute
            for account in [_file(test) for test in accounts] or [ANY]:
                for item in [_file(test) for test in items] or [ANY]:
                    self._files.setdefault((account, item), []).append(here.number)

    def candidates(self, known: Known) -> list[int]:
        """The numbers of the rules that can hold, ascending."""
        files = self._files
        items = [ANY, *_values(self._item, known)]
        found: set[int] = set()
        for account in (ANY, *_values(self._account, known)):
            for item in items:
                found.update(files.get((account, item), ()))
        return sorted(found)


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


def _values(attributes: dict[tuple[str, str, object], Attribute], known: Known) -> Iterator[object]:
    """The files that this account or item belongs to."""
    for (kind, name, default), attribute in attributes.items():
        value = known.read(attribute)
        if isinstance(value, Missing):
            continue
        if kind == "is":
            yield kind, name, default, value
        else:
            assert isinstance(value, str)
            for family in known.facts.master.family_path(value):
                yield kind, name, default, family
