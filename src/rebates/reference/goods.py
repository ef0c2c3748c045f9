"""Which units a rule over goods is paid on, and what it adds to the order (8.1, 8.2; calculation 36 to 44).

A choice of units fits if, for every group of parts of a bundle, there is enough of what can go nowhere else. That one
test says how many sets can be made, and how much more of a line may be taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from math import floor

from rebates.model import nodes as m
from rebates.model.orders import LineIn
from rebates.model.outcome import OrderError
from rebates.reference.arithmetic import ZERO
from rebates.reference.context import Line, View, in_unit, total_key, unit_factor
from rebates.reference.groups import Amounts, Given
from rebates.reference.prices import as_price, list_price
from rebates.reference.tiers import ONE, reach
from rebates.reference.values import number, truth

BUDGET = 5_000  # ways to fill a bundle that may be looked at


@dataclass(frozen=True)
class Chosen:
    """By line, as shares of the line: what the rule is paid on, and what its sets use up; and how many sets."""

    paid: Amounts
    spent: Amounts
    sets: int


@dataclass(frozen=True)
class Slot:
    """A part of the bundle for a number of sets: the lines that can serve it, and how much of them it needs."""

    lines: frozenset[int]
    need: Fraction
    given: bool


def is_goods(rule: m.Rule, view: View, line: Line) -> bool:
    """Whether the line is of the goods that the rule counts."""
    if rule.sets is not None:
        kinds = [kind for part in rule.sets.parts for kind in part.kinds]
        return not kinds or any(truth(kind, view, line) is True for kind in kinds)
    if rule.gift is not None and rule.gift.where is not None:
        return truth(rule.gift.where, view, line) is True
    return True


def left(rule: m.Rule, view: View, line: Line) -> Fraction:
    """The share of a line that rules before this one have not used up."""
    return ONE - view.part.spent.get(line.index, ZERO) if rule.unused else ONE


def choose(rule: m.Rule, view: View, running: Amounts, lines: list[Line]) -> Chosen | None:
    """The units of these lines that the rule takes together; None where no set can be made."""
    if rule.sets is not None:
        part = rule.sets.parts[0]
        if len(rule.sets.parts) == 1 and len(part.kinds) < 2 and rule.sets.of_each is not None:
            return _in_a_row(rule, rule.sets, part, view, running, lines)
        return _bundles(rule, rule.sets, view, running, lines)
    if rule.gift is not None and rule.gift.inclusive:
        return _inclusive(rule, rule.gift, view, running, lines)
    return Chosen({line.index: left(rule, view, line) for line in lines}, {}, 0)


def most_sets(rule: m.Rule, view: View) -> Fraction | None:
    """How many bundles, or units of a gift, the rule's limit leaves; None where it has none."""
    limit = rule.limit
    if limit is None or limit.quantity is None:
        return None
    most = limit.quantity
    if limit.key is not None and limit.window is not None:
        key = total_key(view.part, view.agreement, limit.key, limit.scope, limit.window, view.day())
        most -= view.part.order.totals.get(key, ZERO)
    return max(most, ZERO)


# --- sets in a row: so many of each set, cheapest or dearest


def _in_a_row(
    rule: m.Rule, sets: m.Sets, part: m.BundlePart, view: View, running: Amounts, lines: list[Line]
) -> Chosen | None:
    """Units dearest first, sets filled from the top; of each the cheapest, or of all the dearest (calculation 38)."""
    assert sets.of_each is not None
    amounts = {line.index: in_unit(view.part, line, part.unit) * left(rule, view, line) for line in lines}
    worth = {line.index: running[line.index] / in_unit(view.part, line, part.unit) for line in lines}
    size, given = part.quantity, min(sets.of_each, part.quantity)
    whole = sum(amounts.values(), ZERO)
    count = floor(whole / size)
    limited = False
    if rule.limit is not None and rule.limit.unit == "bundle":
        most = floor(most_sets(rule, view) or ZERO)
        limited, count = most <= count, min(count, most)
    unfinished = max(whole - count * size - (size - given), ZERO) if sets.partial and not limited else ZERO
    end = whole if unfinished else count * size

    def given_up_to(place: Fraction) -> Fraction:
        """Of the units up to a place in the row, how many are given."""
        if sets.pick == "dearest":
            return min(place, count * given + unfinished)
        full = floor(place / size)
        return full * given + max(place - full * size - (size - given), ZERO)

    if given_up_to(end) == 0:
        return None
    paid: Amounts = {}
    spent: Amounts = {}
    start = ZERO
    for line in sorted(lines, key=lambda line: (-worth[line.index], line.index)):
        stop = min(start + amounts[line.index], end)
        whole_line = in_unit(view.part, line, part.unit)
        spent[line.index] = max(stop - start, ZERO) / whole_line
        paid[line.index] = (given_up_to(max(stop, start)) - given_up_to(start)) / whole_line if stop > start else ZERO
        start += amounts[line.index]
    return Chosen(paid, spent, count)


# --- bundles


def _bundles(rule: m.Rule, sets: m.Sets, view: View, running: Amounts, lines: list[Line]) -> Chosen | None:
    """As many sets as can be made, of the units that are worth most (calculation 39, 40)."""
    serving = [
        [frozenset(line.index for line in lines if truth(kind, view, line) is True) for kind in part.kinds]
        or [frozenset(line.index for line in lines)]
        for part in sets.parts
    ]
    units = _units(sets, serving, lines)
    whole = {line.index: in_unit(view.part, line, units[line.index]) for line in lines if line.index in units}
    amounts = {line.index: whole[line.index] * left(rule, view, line) for line in lines if line.index in units}
    worth = {index: running[index] / whole[index] for index in amounts}
    price = bundle_price(rule, view, lines)
    most = most_sets(rule, view) if rule.limit is not None and rule.limit.unit == "bundle" else None

    def fits(count: int) -> list[list[Slot]]:
        return [slots for slots in _fillings(sets, serving, count) if _enough(slots, amounts)]

    top = _upper(sets, serving, amounts)
    if most is not None:
        top = min(top, floor(most))
    if _ways(serving, top) * (top if price is not None and _several(sets) else 1) > BUDGET:
        raise _over(rule)
    low, high = 0, top  # the most sets that can be made
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    if low == 0:
        return None
    found: tuple[dict[int, Fraction], list[Slot], int] | None = None
    if price is not None and not _several(sets):
        found = _priced(low, price, fits, amounts, worth, sets)
    else:
        best: tuple[Fraction, int] | None = None
        for count in [low] if price is None else range(1, low + 1):
            for slots in fits(count):
                taken = _take(slots, amounts, worth, sets.pick)
                value = sum((taken[index] * worth[index] for index in taken), ZERO) - (price or ZERO) * count
                if (best is None or (value, -count) > best) and (price is None or value > 0):
                    best, found = (value, -count), (taken, slots, count)
    if found is None:
        return None
    taken, slots, count = found
    spent = {index: amount / whole[index] for index, amount in taken.items()}
    for index, amount in _others(slots, taken, amounts, worth).items():
        spent[index] = spent.get(index, ZERO) + amount / whole[index]
    paid = {line.index: taken.get(line.index, ZERO) / whole.get(line.index, ONE) for line in lines}
    return Chosen(paid, spent, count)


def _several(sets: m.Sets) -> bool:
    return any(len(part.kinds) > 1 for part in sets.parts)


def _priced(
    most: int,
    price: Fraction,
    fits: Callable[[int], list[list[Slot]]],
    amounts: Amounts,
    worth: Amounts,
    sets: m.Sets,
) -> tuple[dict[int, Fraction], list[Slot], int] | None:
    """The sets that take something: each further one is worth less, so the last that is dearer than its price is sought."""

    def value(count: int) -> tuple[Fraction, dict[int, Fraction], list[Slot]]:
        if count == 0:
            return ZERO, {}, []
        (slots,) = fits(count)
        taken = _take(slots, amounts, worth, sets.pick)
        return sum((taken[index] * worth[index] for index in taken), ZERO), taken, slots

    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        gains = value(middle)[0] - value(middle - 1)[0] > price
        low, high = (middle, high) if gains else (low, middle - 1)
    if low == 0:
        return None
    _, taken, slots = value(low)
    return taken, slots, low


def bundle_price(rule: m.Rule, view: View, lines: list[Line]) -> Fraction | None:
    """The fixed price of one set, where the reward that is reached has one."""
    match rule.worth:
        case m.Flat(reward=reward):
            pieces = reward.pieces
        case m.Tiers() as tiers:
            measure = number(tiers.measure, view, lines[0])
            reached = None if measure is None else reach(tiers, ZERO, measure, False, True, ONE)
            if reached is None:
                return None
            pieces = tuple(piece for paid in reached.now for piece in paid.reward.pieces)
        case _:
            return None
    prices = [piece.value for piece in pieces if isinstance(piece, m.PricePiece) and piece.unit == "bundle"]
    return number(prices[0], view, lines[0]) if prices else None


def _units(sets: m.Sets, serving: list[list[frozenset[int]]], lines: list[Line]) -> dict[int, str]:
    """The unit in which each line serves its parts."""
    out: dict[int, str] = {}
    for part, kinds in zip(sets.parts, serving, strict=True):
        for index in frozenset().union(*kinds):
            if out.setdefault(index, part.unit) != part.unit:
                line = next(line for line in lines if line.index == index)
                raise OrderError(
                    "R0541",
                    f"item `{line.given.item}` is in two parts of a bundle, counted in {out[index]} and in {part.unit}",
                    f"lines[{index}].item",
                    "count both parts in one unit, or keep the item out of one of them",
                )
    return out


def _upper(sets: m.Sets, serving: list[list[frozenset[int]]], amounts: Amounts) -> int:
    """No more sets than this can be made: of no part are there goods for more."""
    return min(
        floor(sum((amounts[index] for index in frozenset().union(*kinds)), ZERO) / part.quantity)
        for part, kinds in zip(sets.parts, serving, strict=True)
    )


def _fillings(sets: m.Sets, serving: list[list[frozenset[int]]], count: int) -> Iterator[list[Slot]]:
    """Every way in which so many sets divide over the kinds of their parts."""
    for way in product(*(list(_divided(count, len(kinds))) for kinds in serving)):
        yield [
            Slot(kinds[number], part.quantity * share, part.given)
            for part, kinds, shares in zip(sets.parts, serving, way, strict=True)
            for number, share in enumerate(shares)
            if share
        ]


def _ways(serving: list[list[frozenset[int]]], count: int) -> int:
    """How many ways there are (calculation 40)."""
    ways = 1
    for kinds in serving:
        for place in range(1, len(kinds)):
            ways = ways * (count + place) // place
    return ways


def _over(rule: m.Rule) -> OrderError:
    return OrderError(
        "R0540",
        f"rule `{rule.name}` would have to look at more than {BUDGET} ways to fill its bundle",
        "lines",
        "order less at a time, or let the rule name fewer kinds in `one of`",
    )


def _divided(count: int, kinds: int) -> Iterator[tuple[int, ...]]:
    """The ways to divide a count over kinds, the first kind taking most first."""
    if kinds == 1:
        yield (count,)
        return
    for first in range(count, -1, -1):
        for rest in _divided(count - first, kinds - 1):
            yield (first, *rest)


def _enough(slots: list[Slot], amounts: Amounts) -> bool:
    """Every group of parts finds what it needs on the lines that can serve one of them."""
    return all(
        _supply(some, amounts) >= sum((slot.need for slot in some), ZERO)
        for size in range(1, len(slots) + 1)
        for some in combinations(slots, size)
    )


def _supply(slots: tuple[Slot, ...], amounts: Amounts) -> Fraction:
    lines = frozenset().union(*(slot.lines for slot in slots))
    return sum((amounts[index] for index in lines), ZERO)


def _take(slots: list[Slot], amounts: Amounts, worth: Amounts, pick: str) -> dict[int, Fraction]:
    """The units of the given parts, the dearest (or cheapest) first, as long as every part can still be filled."""
    given = [slot for slot in slots if slot.given]
    others = [slot for slot in slots if not slot.given]
    sign = -1 if pick == "dearest" else 1
    taken: dict[int, Fraction] = {}
    able = frozenset().union(*(slot.lines for slot in given))
    for index in sorted(able, key=lambda index: (sign * worth[index], index)):
        most = amounts[index]
        for size in range(1, len(given) + 1):
            for some in combinations(given, size):
                rest = [slot for slot in given if not any(slot is one for one in some)]  # two parts can be alike
                if not any(index in slot.lines for slot in rest):
                    inside = sum(
                        (amount for other, amount in taken.items() if not any(other in slot.lines for slot in rest)),
                        ZERO,
                    )
                    most = min(most, sum((slot.need for slot in some), ZERO) - inside)
        for size in range(1, len(others) + 1):
            for some in combinations(others, size):
                if any(index in slot.lines for slot in some):
                    used = sum(
                        (amount for other, amount in taken.items() if any(other in slot.lines for slot in some)), ZERO
                    )
                    most = min(most, _supply(some, amounts) - used - sum((slot.need for slot in some), ZERO))
        taken[index] = max(most, ZERO)
    return taken


def _others(slots: list[Slot], taken: dict[int, Fraction], amounts: Amounts, worth: Amounts) -> dict[int, Fraction]:
    """The units that only have to be there: the cheapest that are left."""
    out: dict[int, Fraction] = {}
    for slot in slots:
        need = ZERO if slot.given else slot.need
        for index in sorted(slot.lines, key=lambda index: (worth[index], -index)):
            use = min(need, amounts[index] - taken.get(index, ZERO) - out.get(index, ZERO))
            out[index] = out.get(index, ZERO) + use
            need -= use
    return out


# --- gifts


def counted(gift: m.Gift, ordered: Fraction) -> Fraction:
    """How many units are given for what was ordered (calculation 41)."""
    match gift.counting:
        case "full":
            return floor(ordered / gift.every) * gift.give
        case "multiples":
            return ordered / gift.every * gift.give if (ordered / gift.every).denominator == 1 else ZERO
        case "pro rata down":
            return Fraction(floor(ordered * gift.give / gift.every))
        case "pro rata up":
            return Fraction(-floor(-ordered * gift.give / gift.every))


def _ordered(rule: m.Rule, gift: m.Gift, view: View, lines: list[Line]) -> Fraction:
    return sum((in_unit(view.part, line, gift.unit) * left(rule, view, line) for line in lines), ZERO)


def _inclusive(rule: m.Rule, gift: m.Gift, view: View, running: Amounts, lines: list[Line]) -> Chosen | None:
    """Of what is ordered, the dearest units (calculation 42)."""
    need = counted(gift, _ordered(rule, gift, view, lines))
    most = most_sets(rule, view)
    if most is not None:
        need = min(need, _in(view, lines[0], most, str(rule.limit.unit if rule.limit else ""), gift.unit))
    if need == 0:
        return None
    paid: Amounts = {line.index: ZERO for line in lines}
    spent: Amounts = {}
    for line in lines:
        spent[line.index] = left(rule, view, line)
    worth = {line.index: running[line.index] / in_unit(view.part, line, gift.unit) for line in lines}
    for line in sorted(lines, key=lambda line: (-worth[line.index], line.index)):
        whole = in_unit(view.part, line, gift.unit)
        use = min(need, whole * left(rule, view, line))
        paid[line.index] = use / whole
        need -= use
    return Chosen(paid, spent, 0)


def _in(view: View, line: Line, amount: Fraction, unit: str, wanted: str) -> Fraction:
    return amount * unit_factor(view.part, line, unit) / unit_factor(view.part, line, wanted)


def gift_item(rule: m.Rule, gift: m.Gift, view: View, lines: list[Line]) -> str | None:
    """What is given: the stated item, the item itself, or what the order chooses; None where it did not choose."""
    if gift.choices is None:
        return gift.item if gift.item is not None else lines[0].given.item
    chosen = view.part.order.choices.get(rule.name)
    if chosen is not None and chosen not in gift.choices:
        raise OrderError(
            "R0543",
            f"`{chosen}` is not among the goods that `{rule.name}` gives",
            f"choices.{rule.name}",
            f"choose one of {', '.join(sorted(gift.choices)[:8])}",
        )
    return chosen


def give(rule: m.Rule, gift: m.Gift, view: View, lines: list[Line], used: Fraction) -> Given | str:
    """What is added for these lines, or why nothing is. `used` is what the limit gave to other items already."""
    if view.part.returns:
        return "nothing"
    quantity = counted(gift, _ordered(rule, gift, view, lines))
    item = gift_item(rule, gift, view, lines)
    if quantity == 0:
        return "no set"
    if item is None:
        return "no choice"
    line = _line(view, item, quantity, gift.give_unit)
    most = most_sets(rule, view)
    if most is not None and rule.limit is not None and rule.limit.unit is not None:
        room = _in(view, line, max(most - used, ZERO), rule.limit.unit, gift.give_unit)
        quantity = min(quantity, room)
        if quantity == 0:
            return "used up"
        line = _line(view, item, quantity, gift.give_unit)
    list_price(view.part, line)
    if line.list_price is None:
        return "no price"
    worth = view.part.money.amount(line.list_price * quantity)
    assert isinstance(rule.worth, m.Flat)
    (piece,) = rule.worth.reward.pieces
    if isinstance(piece, m.PercentPiece):
        off = number(piece.rate, view, lines[0])
        if off is None:
            return "no baseline"
        net = worth * (1 - off)
    else:
        assert isinstance(piece, m.PricePiece)
        each = as_price(piece.value, piece.unit, view, line)
        if each is None:
            return "no price"
        net = min(each * quantity, worth)
    net = max(view.part.money.amount(net), ZERO)
    cost = None if line.cost is None else line.cost * quantity
    return Given(item, quantity, gift.give_unit, worth, net, cost, line)


def _line(view: View, item: str, quantity: Fraction, unit: str) -> Line:
    """Goods as a line of their own; it has no place in the order."""
    known = view.part.rules.master.item(item)
    base = known.base_unit if known is not None else unit
    factor = view.part.rules.master.factor(item, unit, view.part.order.day, base)
    if factor is None:
        raise OrderError(
            "R0505",
            f"item `{item}` has no conversion from {unit} to {base}",
            "lines",
            f"add a row to the table `units`: {item},{unit},…",
        )
    return Line(-1, LineIn(item, quantity, unit), quantity, known, base, factor)
