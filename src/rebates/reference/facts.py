"""Facts as they stand for a rule, or before a sale (91d)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from rebates.model import nodes as m
from rebates.model.calendar import months_before
from rebates.model.history import Posted
from rebates.model.orders import AttributeText
from rebates.reference.arithmetic import ZERO

if TYPE_CHECKING:
    from rebates.reference.over import Over

DAY = timedelta(days=1)
_LENGTHS = {"month": 1, "quarter": 3, "half": 6, "halves": 6, "year": 12}


class Facts(Mapping[str, AttributeText]):
    """By name: `racks`, or of an earlier window `racks last year`."""

    def __init__(self, over: Over) -> None:
        self._over = over

    def __getitem__(self, name: str) -> AttributeText:
        found = fact(self._over, name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._over.judge.rules.facts)

    def __len__(self) -> int:
        return len(self._over.judge.rules.facts)


def fact(over: Over, name: str) -> AttributeText | None:
    """What was posted of a fact in the rule's window, or the expectation where an accrual has nothing better."""
    judge = over.judge
    given = judge.given.get(f"fact {name}")
    if given is not None:
        return given
    plain = max((one for one in judge.rules.facts if name == one or name.startswith(f"{one} ")), key=len, default=None)
    if plain is None:
        return None
    shift = name.removeprefix(plain).strip()
    if judge.order is not None:  # an order in hand brings its facts (84)
        return judge.order.facts.get(name, judge.rules.facts[plain].expected)
    first, last = over.window.first, min(over.window.last, over.upto)
    if over.entry is not None:
        first, last = date.min, date.fromordinal(over.entry.order_day.toordinal() - 1)
    if shift:
        if "season" in shift:
            return _of_season(over, plain, int(shift.split()[0]) if shift.endswith("ago") else 1)
        months = shift_months(shift)
        if shift.startswith("same"):
            last = months_before(last, months)
        else:
            last = months_before(over.window.last + DAY, months) - DAY
        first = months_before(first, months)
    return _within(over, plain, first, last)


def _of_season(over: Over, name: str, back: int) -> AttributeText | None:
    """What was posted in the season so many before that of the window's first day."""
    season = over.judge.agreement.calendar.season(over.window.first, back)
    return None if season is None else _within(over, name, season.first, season.last)


def _within(over: Over, name: str, first: date, last: date) -> AttributeText | None:
    """What the postings of some days come to; of a latest fact the last one up to the last day."""
    declared = over.judge.rules.facts[name]
    found = [one for one in postings(over, name) if one.day <= last]
    if declared.how != "latest":
        found = [one for one in found if one.day >= first]
    values = [one.value for one in found if one.value is not None]
    if not values:
        return declared.expected if over.judge.accruing else None
    match declared.how:
        case "summed":
            numbers = [value for value in values if isinstance(value, Fraction)]
            return sum(numbers, ZERO)
        case "greatest":
            return max(values)
        case _:
            return values[-1]


def shift_months(shift: str) -> int:
    """`last year`, `same period last year`, `2 quarters ago`, in months."""
    words = shift.split()
    count = int(words[0]) if words[-1] == "ago" else 1
    unit = words[-2] if words[-1] == "ago" else words[-1]
    return count * (_LENGTHS.get(unit) or _LENGTHS[unit.removesuffix("s")])


def postings(over: Over, name: str) -> list[Posted]:
    """Everything posted of a fact by now, for whom the rule stands, by day and id."""
    return [
        one
        for one in over.judge.history.facts
        if one.name == name and one.day <= over.now and is_whose(over, one.account, one.day)
    ]


def is_whose(over: Over, account: str, day: date) -> bool:
    """Whether something posted for an account is the earner's (91d)."""
    judge = over.judge
    if over.entry is not None:
        return account in (over.entry.account, over.entry.part.order.attributes.get("end_customer"))
    if over.account is not None:
        return account == over.account
    if account == over.earner:
        return True
    match over.window.rule.scope:
        case m.Scope.TREE:
            return judge.in_tree(account, over.earner)
        case m.Scope.GROUP:
            return over.earner in judge.rules.master.groups(account, day)
        case m.Scope.ALL:
            master = judge.rules.master
            return not master.has_accounts or master.account(account) is not None
        case _:
            return False
