"""Units that a rule takes together, and goods that it adds: bundles, `buy … get …`, free goods (36 to 44).

Which units fill a bundle is a flow: from lines, as much as each has, to the parts that each can serve, as much as each
needs. Lines are let in one by one, the dearest first; what the flow then grows by is what the line gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise, product
from math import comb, prod

from rebates.compile.amounts import ZERO
from rebates.compile.rewards import partition, price_per_ordered, reach
from rebates.compile.state import Line, Part, Reader, Settled, View
from rebates.compile.values import holds, number, units
from rebates.model.nodes import BundlePart, Flat, Gift, PercentPiece, PricePiece, Rule, Sets, Tiers
from rebates.model.outcome import OrderError
from rebates.plan.nodes import Here, Missing
from rebates.plan.totals import total_key

ONE = Fraction(1)
BUDGET = 5_000  # ways to fill a bundle that may be looked at
BUNDLE = "bundle"


@dataclass(slots=True)
class Picked:
    """By place, shares of a line: what the rule is paid on, what is used up; and the sets made of each line's group."""

    paid: dict[int, Fraction] = field(default_factory=dict)
    spent: dict[int, Fraction] = field(default_factory=dict)
    sets: dict[int, int] = field(default_factory=dict)
    first: set[int] = field(default_factory=set)  # the place that stands for its group's sets in totals
    refused: dict[int, Settled] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Added:
    """Goods that a rule adds to the order."""

    here: Here
    line: Line  # as a line of its own, for weights
    list_value: Fraction
    net_value: Fraction
    used: Fraction  # of the rule's limit

    @property
    def cost(self) -> Fraction | None:
        cost = self.line.plan.cost
        return None if cost is None else cost * self.line.quantity


def has_goods(rule: Rule) -> bool:
    """Whether the rule takes but some units of its lines."""
    return rule.sets is not None or rule.unused or (rule.gift is not None and rule.gift.inclusive)


def pick(part: Part, view: View, running: Sequence[Fraction], here: Here, lines: Sequence[Line]) -> Picked:
    """The units of these lines that the rule takes, group by group."""
    rule, picked = here.rule, Picked()
    for places in partition(rule.decides, lines):
        group = _Group(part, view, running, here, [lines[place] for place in places])
        if rule.sets is not None:
            made = group.sets(rule.sets)
        elif rule.gift is not None:
            made = group.inclusive(rule.gift)
        else:
            made = group.unused(picked)
        if not made:
            for line in group.lines:
                picked.refused.setdefault(line.place, Settled("no set"))
            continue
        picked.paid |= made.paid
        picked.spent |= made.spent
        picked.sets |= dict.fromkeys((line.place for line in group.lines), made.count)
        if (first := next((line.place for line in group.lines if made.paid.get(line.place)), None)) is not None:
            picked.first.add(first)
    return picked


@dataclass(slots=True)
class _Made:
    paid: dict[int, Fraction]
    spent: dict[int, Fraction]
    count: int = 0


class _Group:
    """Lines that are decided on together."""

    def __init__(self, part: Part, view: View, running: Sequence[Fraction], here: Here, lines: list[Line]) -> None:
        self.part, self.view, self.running, self.here, self.lines = part, view, running, here, lines

    def free(self, line: Line) -> Fraction:
        """The share of the line that is not used up."""
        return ONE - self.part.spent.get(line.place, ZERO) if self.here.rule.unused else ONE

    def unused(self, picked: Picked) -> _Made:
        paid = {line.place: self.free(line) for line in self.lines}
        picked.refused |= {place: Settled("used up") for place, share in paid.items() if not share}
        return _Made(paid, {})

    def limit(self) -> Fraction | None:
        return room(self.part, self.here)

    # --- inclusive gifts

    def inclusive(self, gift: Gift) -> _Made | None:
        whole = {line.place: line.quantity * units(line, gift.unit) for line in self.lines}
        need = gift_count(gift, sum((whole[line.place] * self.free(line) for line in self.lines), ZERO))
        most = self.limit()
        if most is not None:
            first = self.lines[0]
            unit = str(self.here.rule.limit.unit if self.here.rule.limit else gift.unit)
            need = min(need, most / units(first, unit) * units(first, gift.unit))
        if not need:
            return None
        made = _Made({}, {line.place: self.free(line) for line in self.lines})
        for line in self.dearest({line.place: whole[line.place] for line in self.lines}):
            given = min(need, whole[line.place] * self.free(line))
            made.paid[line.place] = given / whole[line.place]
            need -= given
        return made

    def dearest(self, whole: dict[int, Fraction]) -> list[Line]:
        """By running amount per unit, the dearest first; ties by place."""
        return sorted(
            (line for line in self.lines if line.place in whole),
            key=lambda line: (-self.running[line.place] / whole[line.place], line.place),
        )

    # --- sets

    def sets(self, sets: Sets) -> _Made | None:
        only = sets.parts[0]
        if sets.of_each is not None and len(sets.parts) == 1 and len(only.kinds) < 2:
            return self._row(sets, only, sets.of_each)
        return self._bundle(sets)

    def _row(self, sets: Sets, part: BundlePart, of_each: Fraction) -> _Made | None:
        """Units in a row, the dearest first, cut into sets."""
        whole = {line.place: line.quantity * units(line, part.unit) for line in self.lines}
        have = {line.place: whole[line.place] * self.free(line) for line in self.lines}
        total = sum(have.values(), ZERO)
        size, given = part.quantity, min(of_each, part.quantity)
        count = _floor(total / size)
        partial = sets.partial
        if (most := self._most_bundles()) is not None and most <= count:
            count, partial = most, False
        rest = total - count * size if partial else ZERO
        extra = max(ZERO, rest - (size - given))
        stretches: list[tuple[Fraction, Fraction]] = []
        if sets.pick == "dearest":
            stretches.append((ZERO, count * given + extra))
        used = count * size + (rest if extra else ZERO)
        made = _Made({line.place: ZERO for line in self.lines}, {line.place: ZERO for line in self.lines}, count)
        if not count * given + extra:
            return None
        at = ZERO
        for line in self.dearest(whole):
            begin, end = at, at + have[line.place]
            at = end
            if stretches:
                paid = sum((max(ZERO, min(end, b) - max(begin, a)) for a, b in stretches), ZERO)
            else:
                paid = _cheapest(min(end, used), size, given) - _cheapest(min(begin, used), size, given)
            made.paid[line.place] = paid / whole[line.place]
            made.spent[line.place] = max(ZERO, min(end, used) - begin) / whole[line.place]
        return made

    def _most_bundles(self) -> int | None:
        limit = self.here.rule.limit
        if limit is None or limit.unit != BUNDLE:
            return None
        most = self.limit()
        return None if most is None else _floor(most)

    def _bundle(self, sets: Sets) -> _Made | None:
        filling = _Filling(self, sets)
        price = self._price()
        count = filling.most(self._most_bundles(), price is not None)
        if not count:
            return None
        best: tuple[tuple[Fraction, int], _Flow, int] | None = None
        if price is not None and not filling.choices:
            count = filling.worthwhile(count, price)
            best = ((ZERO, 0), filling.filled(count, ((count,),) * len(sets.parts)), count) if count else None
        else:
            for sought in (count,) if price is None else range(1, count + 1):
                for way in filling.ways(sought):
                    flow = filling.filled(sought, way)
                    if not flow.full:
                        continue
                    value = flow.value - (price or ZERO) * sought
                    if (best is None or (value, -sought) > best[0]) and (price is None or value > 0):
                        best = ((value, -sought), flow, sought)
        if best is None:
            return None
        _, flow, count = best
        paid = {line.place: flow.given.get(line.place, ZERO) / filling.whole(line) for line in self.lines}
        spent = {
            line.place: (flow.given.get(line.place, ZERO) + flow.kept.get(line.place, ZERO)) / filling.whole(line)
            for line in self.lines
        }
        return _Made(paid, spent, count)

    def _price(self) -> Fraction | None:
        """The fixed price of a set in the row that is reached."""
        worth, first = self.here.rule.worth, self.lines[0]
        at = Reader(self.view, self.here, first)
        pieces: Sequence[object] = ()
        match worth:
            case Flat(reward):
                pieces = reward.pieces
            case Tiers():
                row = reach(worth, at).row
                if row == -2:
                    pieces = worth.without_baseline.pieces if worth.without_baseline is not None else ()
                elif row is not None:
                    tier = worth.below if row == -1 else worth.rows[row]
                    pieces = tier.reward.pieces if tier is not None else ()
        for piece in pieces:
            if isinstance(piece, PricePiece) and piece.unit == BUNDLE:
                found = number(piece.value, at)
                return None if isinstance(found, Missing) else found
        return None


def _cheapest(place: Fraction, size: Fraction, given: Fraction) -> Fraction:
    """Of the units before a place in the row, how many are among the last of their set."""
    full = _floor(place / size)
    return full * given + max(ZERO, place - full * size - (size - given))


def _floor(value: Fraction) -> int:
    return value.numerator // value.denominator


# --- filling bundles


@dataclass(slots=True)
class _Flow:
    """Units by place: given, and kept only to be there; whether every part is full; what the given ones are worth."""

    given: dict[int, Fraction]
    kept: dict[int, Fraction]
    full: bool
    value: Fraction


class _Filling:
    """The ways to fill a rule's bundle from a group's lines."""

    def __init__(self, group: _Group, sets: Sets) -> None:
        self.group, self.parts, self.sets = group, sets.parts, sets
        self.kinds: list[list[set[int]]] = []  # of each part, the places that serve each of its kinds
        self.unit: dict[int, str] = {}
        for part in sets.parts:
            conditions = part.kinds
            found = [
                {line.place for line in group.lines if holds(kind, Reader(group.view, group.here, line)) is True}
                for kind in conditions
            ]
            self.kinds.append(found or [{line.place for line in group.lines}])
            for line in group.lines:
                if any(line.place in kind for kind in self.kinds[-1]):
                    self._count_in(line, part.unit)
        self.choices = any(len(kinds) > 1 for kinds in self.kinds)
        self.have = {line.place: self.whole(line) * group.free(line) for line in group.lines if line.place in self.unit}
        self.each = {
            line.place: group.running[line.place] / self.whole(line) for line in group.lines if line.place in self.unit
        }

    def _count_in(self, line: Line, unit: str) -> None:
        if self.unit.setdefault(line.place, unit) != unit:
            raise OrderError(
                "R0541",
                f"item `{line.given.item}` is in two parts of a bundle, counted in {self.unit[line.place]} and in {unit}",
                f"lines[{line.index}].item",
                "count both parts in one unit, or keep the item out of one of them",
            )

    def whole(self, line: Line) -> Fraction:
        """All of the line in the unit in which it serves."""
        unit = self.unit.get(line.place)
        return ONE if unit is None else line.quantity * units(line, unit)

    def most(self, limit: int | None, priced: bool) -> int:
        """How many sets can be made. Raises OrderError (R0540) where that would take too long to find out."""
        top = min(
            _floor(sum((self.have[place] for place in set().union(*kinds)), ZERO) / part.quantity)
            for part, kinds in zip(self.parts, self.kinds, strict=True)
        )
        if limit is not None:
            top = min(top, limit)
        ways = prod(comb(top + len(kinds) - 1, len(kinds) - 1) for kinds in self.kinds)
        if ways * (top if priced and self.choices else 1) > BUDGET:
            raise OrderError(
                "R0540",
                f"rule `{self.group.here.rule.name}` would have to look at more than {BUDGET} ways to fill its bundle",
                "lines",
                "order less at a time, or let the rule name fewer kinds in `one of`",
            )
        low = 0
        while low < top:
            middle = (low + top + 1) // 2
            if any(self.filled(middle, way).full for way in self.ways(middle)):
                low = middle
            else:
                top = middle - 1
        return low

    def ways(self, count: int) -> Iterator[tuple[tuple[int, ...], ...]]:
        """How many sets take each kind of each part."""
        return product(*(list(_divisions(count, len(kinds))) for kinds in self.kinds))

    def worthwhile(self, most: int, price: Fraction) -> int:
        """The sets that take something; each further one is worth less than the one before."""
        low, high = 0, most
        while low < high:
            middle = (low + high + 1) // 2
            before = self._value(middle - 1) if middle > 1 else ZERO
            if self._value(middle) - before > price:
                low = middle
            else:
                high = middle - 1
        return low

    def _value(self, count: int) -> Fraction:
        return self.filled(count, ((count,),) * len(self.parts)).value

    def filled(self, count: int, way: tuple[tuple[int, ...], ...]) -> _Flow:
        """Lets the lines in one by one; the units that only have to be there are reserved first, from the cheapest."""
        sinks: list[tuple[set[int], Fraction, bool]] = []
        for number_of, (part, kinds) in enumerate(zip(self.parts, self.kinds, strict=True)):
            sinks += [
                (kind, part.quantity * share, part.given)
                for kind, share in zip(kinds, way[number_of], strict=True)
                if share
            ]
        given_sinks = [(kind, need) for kind, need, given in sinks if given]
        kept_sinks = [(kind, need) for kind, need, given in sinks if not given]
        sign = -1 if self.sets.pick == "dearest" else 1
        order = sorted(self.have, key=lambda place: (sign * self.each[place], place))
        flow = _Flow({}, {}, True, ZERO)
        network = _Network(given_sinks)
        for place in order:
            allowed = self.have[place]
            for kind, need in kept_sinks:
                if place in kind:
                    inside = sum((self.have[each] - flow.given.get(each, ZERO) for each in kind), ZERO)
                    allowed = min(allowed, inside - need)
            flow.given[place] = network.let_in(place, max(ZERO, allowed))
        flow.full = network.full
        for kind, need in kept_sinks:
            for place in sorted(kind, key=lambda place: (self.each[place], -place)):
                use = min(need, self.have[place] - flow.given.get(place, ZERO) - flow.kept.get(place, ZERO))
                flow.kept[place] = flow.kept.get(place, ZERO) + use
                need -= use
            flow.full = flow.full and need <= 0
        flow.value = sum((amount * self.each[place] for place, amount in flow.given.items()), ZERO)
        return flow


def _divisions(count: int, kinds: int) -> Iterator[tuple[int, ...]]:
    """The ways to divide a count over kinds, the first taking most first."""
    if kinds == 1:
        yield (count,)
        return
    for first in range(count, -1, -1):
        for rest in _divisions(count - first, kinds - 1):
            yield (first, *rest)


class _Network:
    """A flow from lines to sinks that grows line by line; what a line gave it keeps giving."""

    def __init__(self, sinks: list[tuple[set[int], Fraction]]) -> None:
        self.serves = [kind for kind, _ in sinks]
        self.room = [need for _, need in sinks]
        self.flows: list[dict[int, Fraction]] = [{} for _ in sinks]  # into each sink, by place

    @property
    def full(self) -> bool:
        return not any(self.room)

    def let_in(self, place: int, amount: Fraction) -> Fraction:
        """How much more flows when the line may give this much."""
        taken = ZERO
        while taken < amount:
            path = self._path(place)
            if path is None:
                break
            most = min(amount - taken, self.room[path[-1][1]])
            for (_, sink), (mover, _) in pairwise(path):
                most = min(most, self.flows[sink][mover])
            for (mover, sink), following in zip(path, [*path[1:], None], strict=True):
                self.flows[sink][mover] = self.flows[sink].get(mover, ZERO) + most
                if following is not None:
                    self.flows[sink][following[0]] -= most
            self.room[path[-1][1]] -= most
            taken += most
        return taken

    def _path(self, place: int) -> list[tuple[int, int]] | None:
        """Steps (line, sink): the line goes into the sink, out of which the next step's line moves to another; the last has room."""
        queue: list[list[tuple[int, int]]] = [[(place, sink)] for sink, kind in enumerate(self.serves) if place in kind]
        seen = {path[0][1] for path in queue}
        while queue:
            path = queue.pop(0)
            sink = path[-1][1]
            if self.room[sink]:
                return path
            for mover, amount in self.flows[sink].items():
                if amount:
                    for other, kind in enumerate(self.serves):
                        if mover in kind and other not in seen:
                            seen.add(other)
                            queue.append([*path, (mover, other)])
        return None


# --- goods that are added


def gift_count(gift: Gift, ordered: Fraction) -> Fraction:
    """How many units are given (41)."""
    times = ordered / gift.every
    match gift.counting:
        case "full":
            return _floor(times) * gift.give
        case "multiples":
            return times * gift.give if times.denominator == 1 else ZERO
        case "pro rata down":
            return Fraction(_floor(times * gift.give))
        case "pro rata up":
            return Fraction(-_floor(-times * gift.give))


def room(part: Part, here: Here) -> Fraction | None:
    """What is left of the rule's limit in units or bundles; None without one."""
    limit = here.rule.limit
    if limit is None or limit.quantity is None:
        return None
    most = limit.quantity
    if not limit.scope.within_order:
        key = total_key(part.book, here, limit.key or "", limit.scope, limit.window)
        most -= part.order.totals.get(key, ZERO)
    return max(ZERO, most)


def add(part: Part, view: View, here: Here, lines: list[Line], used: Fraction) -> Added | str:
    """What the rule adds for these lines together, or why it adds nothing; `used` of its limit is gone already."""
    rule = here.rule
    gift = rule.gift
    assert gift is not None
    if part.returns:
        return "nothing"
    ordered = sum(
        (
            line.quantity * units(line, gift.unit) * (ONE - part.spent.get(line.place, ZERO) if rule.unused else ONE)
            for line in lines
        ),
        ZERO,
    )
    quantity = gift_count(gift, ordered)
    item = _item(part, here, gift, lines)
    if not quantity:
        return "no set"
    if item is None:
        return "no choice"
    line = part.gift_line(item, quantity, gift.give_unit)
    most = room(part, here)
    gone = ZERO
    if most is not None and rule.limit is not None and rule.limit.unit is not None:
        each = units(line, rule.limit.unit)
        quantity = min(quantity, max(ZERO, most - used) / each)
        if not quantity:
            return "used up"
        line = part.gift_line(item, quantity, gift.give_unit)
        gone = quantity * each
    if line.plan.list_price is None:
        return "no price"
    rounder = part.rounder
    price = rounder.price(line.plan.list_price) if rounder.terms.price_first else line.plan.list_price
    listed = rounder.line(price * quantity)
    assert isinstance(rule.worth, Flat)
    [piece] = rule.worth.reward.pieces
    at = Reader(view, here, lines[0])
    if isinstance(piece, PercentPiece):
        rate = number(piece.rate, at)
        if isinstance(rate, Missing):
            return "no baseline"
        net = listed * (1 - rate)
    else:
        assert isinstance(piece, PricePiece)
        line.list_price, line.gross_price = price, price
        token = price_per_ordered(piece, Reader(view, here, line))
        if isinstance(token, Missing):
            return "no price"
        net = min(listed, token * quantity)
    return Added(here, line, listed, max(ZERO, rounder.line(net)), gone)


def _item(part: Part, here: Here, gift: Gift, lines: list[Line]) -> str | None:
    if gift.choices is None:
        return lines[0].given.item if gift.item is None else gift.item
    chosen = part.order.choices.get(here.rule.name)
    if chosen is not None and chosen not in gift.choices:
        raise OrderError(
            "R0543",
            f"`{chosen}` is not among the goods that `{here.rule.name}` gives",
            f"choices.{here.rule.name}",
            f"choose one of {', '.join(sorted(gift.choices)[:8])}",
        )
    return chosen
