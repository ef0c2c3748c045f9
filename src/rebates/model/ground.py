"""What findings about a rule look at beside the rule: its agreement, master data and tables; and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.item_index import ItemIndex, value_of
from rebates.model.master import Item, Master
from rebates.model.tables import Table
from rebates.syntax.diagnostics import Label
from rebates.syntax.source import Span


class Rivals:
    """Rules by one of the tests that must hold for them: what lacks that test they do not cover."""

    __slots__ = ("_by_test", "_others")

    def __init__(self) -> None:
        self._by_test: dict[m.Condition, list[tuple[int, m.Rule]]] = {}
        self._others: list[tuple[int, m.Rule]] = []

    def add(self, place: int, rule: m.Rule, tests: Sequence[m.Condition]) -> None:
        """Files a rule; `place` is its place among the rules of its agreement."""
        try:
            filed = self._by_test.setdefault(tests[0], []) if tests else self._others
        except TypeError:  # a test with something in it that has no hash
            filed = self._others
        filed.append((place, rule))

    def of(self, rule: m.Rule, tests: Sequence[m.Condition]) -> list[m.Rule]:
        """Those that may cover a rule with these tests, in the order of the text."""
        found = dict(self._others)
        for test in tests:
            with suppress(TypeError):
                found.update(self._by_test.get(test, ()))
        return [found[place] for place in sorted(found) if found[place].id != rule.id]


class Found:
    """Items that are looked for as far as someone asks, and then are there for the next."""

    __slots__ = ("_more", "_there", "factors")

    def __init__(self, items: Iterator[Item]) -> None:
        self._more, self._there = items, list[Item]()
        self.factors: dict[str, Mapping[Fraction, Item]] = {}  # how many base units a unit is, with an item of each

    def __iter__(self) -> Iterator[Item]:
        place = 0
        while True:
            if place == len(self._there):
                one = next(self._more, None)
                if one is None:
                    return
                self._there.append(one)
            yield self._there[place]
            place += 1


def _is_of_others(test: m.Condition) -> bool:
    """Whether a test asks what no item decides."""
    return isinstance(test, m.OneOf) and test.attribute.subject != "item"


@dataclass(frozen=True, slots=True)
class Ground:
    agreement: m.Agreement
    master: Master
    tables: Mapping[str, Table]
    items: ItemIndex
    _tests: dict[int, list[m.Condition]] = field(default_factory=dict, compare=False, repr=False)
    _met: dict[tuple[m.Condition, ...], Found] = field(default_factory=dict, compare=False, repr=False)
    _rivals: dict[tuple[str, str, Callable[[m.Rule], bool]], Rivals] = field(
        default_factory=dict, compare=False, repr=False
    )

    def conjuncts(self, rule: m.Rule) -> list[m.Condition]:
        """What must all hold for a rule of the agreement to apply to a line; found once."""
        found = self._tests.get(id(rule))
        if found is None:
            found = self._tests[id(rule)] = conjuncts(rule)
        return found

    def met(self, tests: Sequence[m.Condition]) -> Found:
        """The items that none of the tests refuses; those of the same tests are looked for once."""
        of_items = tuple(test for test in tests if not _is_of_others(test))
        try:
            found = self._met.get(of_items)
        except TypeError:  # a test with something in it that has no hash
            return Found(self._left_by(of_items))
        if found is None:
            found = self._met[of_items] = Found(self._left_by(of_items))
        return found

    def _left_by(self, tests: Sequence[m.Condition]) -> Iterator[Item]:
        for item in self.items.narrowed(tests):
            if not any(verdict(test, item, self) is False for test in tests):
                yield item

    def rivals(self, kind: str, stage: str, may: Callable[[m.Rule], bool]) -> Rivals:
        """The rules of a kind and stage that may do something to another, by a test that they cannot do without."""
        found = self._rivals.get((kind, stage, may))
        if found is None:
            found = self._rivals[kind, stage, may] = Rivals()
            for place, rule in enumerate(self.agreement.rules):
                if rule.kind == kind and rule.stage == stage and may(rule):
                    found.add(place, rule, self.conjuncts(rule))
        return found


@dataclass(frozen=True, slots=True)
class Told:
    """A finding about a rule: where, what, how to mend it, and other places that have to do with it."""

    span: Span
    message: str
    help: str
    labels: tuple[Label, ...] = ()


def conjuncts(rule: m.Rule) -> list[m.Condition]:
    """What must all hold for a rule to apply to a line."""
    todo: list[m.Condition] = [when.condition for when in rule.when]
    if rule.base.where is not None:
        todo.append(rule.base.where)
    return parts_of(todo)


def parts_of(todo: list[m.Condition]) -> list[m.Condition]:
    """The single tests of conditions that must all hold."""
    found: list[m.Condition] = []
    while todo:
        one = todo.pop(0)
        if isinstance(one, m.And):
            todo = [*one.parts, *todo]
        elif isinstance(one, m.InSet):
            todo = [one.where, *todo]
        else:
            found.append(one)
    return found


def plain_rate(reward: m.Reward) -> Fraction | None:
    """The rate of a reward that is one constant percent of the base."""
    match reward.pieces:
        case (m.PercentPiece(rate=m.Constant(value=Fraction() as value), of=None),):
            return value
        case _:
            return None


def rates(rule: m.Rule) -> list[tuple[Fraction | None, bool, Fraction]] | None:
    """A rule of plain percents as steps: from which measure (None: always), whether above it, at which rate."""
    worth = rule.worth
    if isinstance(worth, m.Flat):
        flat = plain_rate(worth.reward)
        return None if flat is None else [(None, False, flat)]
    if not isinstance(worth, m.Tiers) or worth.mode != "retroactive" or worth.below or worth.without_baseline:
        return None
    steps: list[tuple[Fraction | None, bool, Fraction]] = []
    for row in worth.rows:
        rate = plain_rate(row.reward)
        if rate is None:
            return None
        steps.append((row.threshold, row.above, rate))
    return steps


def bounded(rule: m.Rule) -> bool:
    """Whether something beside its worth decides what a rule takes."""
    return bool(rule.caps or rule.floors or rule.pays_from or rule.limit or rule.not_below or rule.base.value)


def verdict(condition: m.Condition, item: Item, ground: Ground) -> bool | None:
    """What a condition is for an item of the master data; None where more must be known (7.1)."""
    match condition:
        case m.And(parts=parts) | m.Or(parts=parts):
            found = {verdict(part, item, ground) for part in parts}
            decides = isinstance(condition, m.Or)
            return decides if decides in found else (None if None in found else not decides)
        case m.Not(part=part):
            inner = verdict(part, item, ground)
            return None if inner is None else not inner
        case m.InSet(where=where):
            return verdict(where, item, ground)
        case m.OneOf(attribute=attribute, values=values, negated=negated):
            value = value_of(attribute, item)
            return None if value is None else (value in values) != negated
        case m.Under(attribute=attribute, ancestor=ancestor) if attribute.path == "item.family":
            return None if item.family is None else ancestor in ground.master.family_path(item.family)
        case m.InTable(attribute=attribute, table=table, negated=negated) if table in ground.tables:
            value = value_of(attribute, item)
            if value is None:
                return None
            key = ground.tables[table].schema.keys[0].name
            listed = any(row.cells[key] == value for row in ground.tables[table].rows())
            return None if listed else negated  # a row may hold on some days only
        case _:
            return None


def others_in_stage(rule: m.Rule, ground: Ground) -> Iterator[m.Rule]:
    """The other rules of a rule's kind and stage in its agreement."""
    for other in ground.agreement.rules:
        if other.id != rule.id and other.kind == rule.kind and other.stage == rule.stage:
            yield other
