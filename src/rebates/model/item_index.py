"""The items of the master data by their values and families, so that a rule need not be held against each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from rebates.model import nodes as m
from rebates.model.master import Item, Master


def value_of(attribute: m.Attribute, item: Item) -> object:
    """What the master data say of an item; None of what is no attribute of it, or not said."""
    if attribute.subject != "item":
        return None
    match attribute.name:
        case "id":
            return item.id
        case "family":
            return item.family
        case name:
            return item.attributes.get(name, attribute.default)


class ItemIndex:
    """Made when it is first asked; what the master data do not say of an item is filed under None."""

    def __init__(self, master: Master) -> None:
        self._master = master
        self._by_value: dict[tuple[str, object], dict[object, list[Item]]] = {}

    def narrowed(self, tests: Sequence[m.Condition]) -> Iterator[Item]:
        """Items among which are all that no test refuses: those of the test that leaves the fewest."""
        fewest: list[list[Item]] | None = None
        for test in tests:
            left = self._left(test)
            if left is not None and (fewest is None or sum(map(len, left)) < sum(map(len, fewest))):
                fewest = left
        if fewest is None:
            yield from self._master.items.values()
        else:
            for items in fewest:
                yield from items

    def _left(self, test: m.Condition) -> list[list[Item]] | None:
        """What a test leaves, in parts; None for one that is not looked up."""
        match test:
            case m.OneOf(attribute=attribute, values=values, negated=False) if attribute.subject == "item":
                by_value = self._values(attribute)
                return [by_value[value] for value in (*dict.fromkeys(values), None) if value in by_value]
            case m.Under(attribute=attribute, ancestor=ancestor) if attribute.path == "item.family":
                return [self._families[family] for family in (ancestor, None) if family in self._families]
            case _:
                return None

    @cached_property
    def _families(self) -> dict[str | None, list[Item]]:
        found: dict[str | None, list[Item]] = {}
        for item in self._master.items.values():
            for family in (None,) if item.family is None else self._master.family_path(item.family):
                found.setdefault(family, []).append(item)
        return found

    def _values(self, attribute: m.Attribute) -> dict[object, list[Item]]:
        key = attribute.path, attribute.default
        found = self._by_value.get(key)
        if found is None:
            found = self._by_value[key] = {}
            for item in self._master.items.values():
                found.setdefault(value_of(attribute, item), []).append(item)
        return found
