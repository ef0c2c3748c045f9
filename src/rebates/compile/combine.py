"""A stage: what its rules would take, who stands aside for whom, and what is taken (17 to 28)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rebates.compile.amounts import ZERO, Rounder, shared
from rebates.compile.best import Candidate, Rank, best
from rebates.compile.goods import ONE
from rebates.compile.shared import keep_shared_caps
from rebates.compile.stand import Cell, Stand, Take
from rebates.compile.state import Part, Reader, Settled, View
from rebates.compile.takes import covered, spread_shares, stopped_shares, taken_alone
from rebates.model.outcome import NoData, OrderError
from rebates.plan.nodes import Here, StagePlan

Parts = dict[int, list[tuple[Here, Fraction]]]  # by place: what each rule took, in order


def run_stage(
    part: Part,
    stage: StagePlan,
    view: View,
    running: list[Fraction],
    rules: Sequence[Here],
    shift: list[Fraction] | None = None,
) -> Parts:
    """Runs the rules on the running amounts, which it changes; every rule's decision on every line is noted."""
    if not rules:
        return {}
    return _Run(Stand(part, stage, view, running, shift or [ZERO] * len(running)), rules).run()


def rank(here: Here) -> Rank:
    """Priority, then name."""
    rule = here.rule
    return (1, 0, rule.name, rule.place) if rule.priority is None else (0, rule.priority, rule.name, rule.place)


def in_turn(stage: StagePlan, rules: Sequence[Here]) -> list[Here]:
    """The order in which rules take (3.2 b, c)."""
    match stage.combine:
        case "sequence" | "sum":
            return sorted(rules, key=lambda here: (rank(here)[:2], here.rule.place))
        case "first":
            return sorted(rules, key=lambda here: (rank(here)[:2], _broad(here.rule.specificity), rank(here)[2:]))
        case _:
            return list(rules)


def in_waiting_order(rules: Sequence[Here]) -> list[Here]:
    """By place, but each after those of these rules that it gives way to (47)."""
    ordered: list[Here] = []
    left = list(rules)
    while left:
        waiting = {here.rule.id for here in left}
        # versions of different days may wait for each other (73): then the place decides
        here = next((each for each in left if waiting.isdisjoint(each.rule.waits_for)), left[0])
        left.remove(here)
        ordered.append(here)
    return ordered


def _broad(specificity: tuple[int, int]) -> tuple[int, int]:
    return -specificity[0], -specificity[1]


class _Run:
    """One stage on one part."""

    def __init__(self, stand: Stand, rules: Sequence[Here]) -> None:
        self.stand, self.rules = stand, rules
        # what is left of a charge is a rounded amount in any case
        self.once = stand.part.rounder.terms.round_once and stand.stage.kind != "on charges"
        self.places = [line.place for line in stand.part.lines]
        self.reasons: dict[tuple[int, int], Settled] = {}  # by rule and place: not covered
        self.dropped: dict[tuple[int, int], tuple[str, str | None]] = {}  # outranked, kept out, giving way: by whom
        self.excluded: dict[tuple[int, int], str] = {}
        self.beaten: dict[tuple[int, int], str] = {}
        self.takes: dict[int, Take] = {}
        self.priority_first = False  # among exclusives
        self.parts: Parts = {}
        self.given: set[tuple[int, int]] = set()  # by rule and place: free goods were added for the line

    def run(self) -> Parts:
        self._qualify()
        self._agreements()
        self._kept_out()
        for here in in_waiting_order(self.rules):
            take = self.takes[here.number] = self._alone(here)
            self._make_way(here, take)
            if self.stand.stage.kind == "charge":
                self.stand.part.earned[here.rule.id] = take.total()
            elif self.stand.stage.kind == "discount":
                self.stand.part.gave[here.rule.id] = take.total()
        self._exclusives()
        match self.stand.stage.combine:
            case "best":
                self._best()
            case "sum":
                self._sum()
            case "sequence":
                self._sequence()
            case "first":
                self._first()
        self._decide()
        return self.parts

    # --- who may take part

    def _qualify(self) -> None:
        for line in self.stand.part.lines:
            for here in self.rules:
                why = covered(here, Reader(self.stand.view, here, line))
                if why is not None:
                    self.reasons[here.number, line.place] = why

    def _agreements(self) -> None:
        """On each line the first agreement with a rule for it speaks, with those it adds to (7.4, 24)."""
        book = self.stand.part.book
        if len({here.agreement.name for here in self.rules}) < 2:
            return
        for place in self.places:
            present = {here.agreement.name for here in self.rules if (here.number, place) not in self.reasons}
            speaker = next((each.name for each in book.terms.agreements if each.name in present), None)
            if speaker is None:
                continue
            for here in self.rules:
                if here.agreement.name not in book.terms.partners[speaker]:
                    self.dropped[here.number, place] = ("outranked", speaker)

    def _kept_out(self) -> None:
        """Whom a settlement across stages keeps out, and who gives way to what earlier stages did (46, 47, 49)."""
        part = self.stand.part
        for here in self.rules:
            for place in self.places:
                why = part.kept_out.get((here.number, place))
                if why is None:
                    why = next((("yields", id) for id in here.rule.yields_to if (id, place) in part.took), None)
                if why is not None:
                    self.dropped.setdefault((here.number, place), why)

    def _make_way(self, here: Here, take: Take) -> None:
        """Rules that yield to this one have no part on the lines where it would take something (47)."""
        yielding = [other for other in self.rules if here.rule.id in other.rule.yields_to]
        if yielding:
            lines = [p for cell in take.cells for p, share in zip(cell.places, cell.shares, strict=True) if share]
            for other in yielding:
                for place in lines:
                    self.dropped.setdefault((other.number, place), ("yields", here.rule.id))

    def _covered(self, here: Here) -> list[int]:
        number = here.number
        return [
            place
            for place in self.places
            if (number, place) not in self.reasons
            and (number, place) not in self.dropped
            and (number, place) not in self.excluded
        ]

    def _alone(self, here: Here) -> Take:
        """The rule on the lines it speaks on; where it is outranked, why it would take nothing there anyway (6, 24)."""
        number, covered = here.number, self._covered(here)
        take = taken_alone(self.stand, here, covered)
        dropped = [
            place for place in self.places if (number, place) in self.dropped and (number, place) not in self.reasons
        ]
        if dropped and self.stand.part.considered is None:
            try:
                everywhere = taken_alone(self.stand, here, sorted(covered + dropped))
            except (NoData, OrderError):  # it is only looked at for its reason: what it lacks is no fault of the order
                return take
            for place in dropped:
                if place in everywhere.refused:
                    take.refused[place] = everywhere.refused[place]
                if place in everywhere.reached:
                    take.reached[place] = everywhere.reached[place]
        return take

    # --- exclusive rules

    def _gain(self, amount: Fraction) -> Fraction:
        return amount if self.stand.discount else -amount

    def _exclusives(self) -> None:
        """Who stands alone keeps all others out, line by line or for the part (3.5, 25)."""
        alone = [here for here in self.rules if here.rule.exclusive and any(self._takes(here))]
        if not alone:
            return
        self.priority_first = any(here.rule.by_priority for here in alone)
        groups = any(cell.group for take in self.takes.values() for cell in take.cells)
        if not groups and self.stand.stage.by_line:
            for place in self.places:
                here_alone = [here for here in alone if self.takes[here.number].on(place)]
                if here_alone:
                    self.priority_first = any(here.rule.by_priority for here in here_alone)
                    self._exclude(
                        min(here_alone, key=lambda here: self._order(here, self.takes[here.number].on(place))), [place]
                    )
            return
        self._exclude(min(alone, key=lambda here: self._order(here, self.takes[here.number].total())), self.places)

    def _takes(self, here: Here) -> list[Fraction]:
        return [share for cell in self.takes[here.number].cells for share in cell.shares]

    def _order(self, here: Here, amount: Fraction) -> tuple[object, ...]:
        """Who stands: the better for the customer, then priority and name; or priority first (3.5 c)."""
        gain = -self._gain(amount)
        return (rank(here)[:2], gain, rank(here)) if self.priority_first else (gain, rank(here))

    def _exclude(self, winner: Here, places: Sequence[int]) -> None:
        for here in self.rules:
            if here is not winner:
                for place in places:
                    self.excluded[here.number, place] = winner.rule.id

    def _standing(self, take: Take) -> list[Cell]:
        """The cells of a take that no exclusive keeps out."""
        number = take.here.number
        return [cell for cell in take.cells if not any((number, place) in self.excluded for place in cell.places)]

    # --- ways to combine

    def _best(self) -> None:
        lines: dict[int, Candidate] = {}
        groups: list[Candidate] = []
        cells: dict[Candidate, tuple[Here, Cell]] = {}
        for here in self.rules:
            for cell in self._standing(self.takes[here.number]):
                gain = self._gain(sum(cell.shares, ZERO))
                if not gain:
                    continue
                candidate = Candidate(here.number, frozenset(cell.places), gain, rank(here))
                cells[candidate] = (here, cell)
                if cell.group:
                    groups.append(candidate)
                    continue
                [place] = cell.places
                known = lines.get(place)
                if known is None or (-gain, candidate.rank) < (-known.gain, known.rank):
                    lines[place] = candidate
        holders = best(lines, groups)
        for candidate, (here, cell) in cells.items():
            if all(holders.get(place) is candidate for place in cell.places):
                continue
            for place in cell.places:
                holder = holders.get(place) or next(holders[each] for each in sorted(cell.places) if each in holders)
                self.beaten[here.number, place] = cells[holder][0].rule.id
        chosen = [pair for candidate, pair in cells.items() if candidate in set(holders.values())]
        self._apply_lines([pair for pair in chosen if not pair[1].group])
        for here, cell in chosen:
            if cell.group:
                self._apply_group(here, cell)

    def _sum(self) -> None:
        takes = [self.takes[here.number] for here in self.rules]
        keep_shared_caps(self.stand, {take.here.rule.id: (take, self._standing(take)) for take in takes})
        rules = in_turn(self.stand.stage, self.rules)
        standing = [(here, cell) for here in rules for cell in self._standing(self.takes[here.number])]
        self._apply_lines([pair for pair in standing if not pair[1].group])
        for here, cell in standing:
            if cell.group:
                self._apply_group(here, cell)

    def _sequence(self) -> None:
        for here in in_turn(self.stand.stage, self.rules):
            self._in_turn(here, self._covered(here))

    def _first(self) -> None:
        closed: dict[int, str] = {}
        for here in in_turn(self.stand.stage, self.rules):
            covered = self._covered(here)
            for place in covered:
                if place in closed:
                    self.beaten[here.number, place] = closed[place]
            take = self._in_turn(here, [place for place in covered if place not in closed])
            for cell in take.cells:
                for place, share in zip(cell.places, cell.shares, strict=True):
                    if share:
                        closed[place] = here.rule.id

    def _in_turn(self, here: Here, places: Sequence[int]) -> Take:
        """The rule on what the ones before it left."""
        alone = self.takes[here.number]
        take = taken_alone(self.stand, here, places) if places else Take(here, {}, {}, [], {})
        inside = set(places)
        for place, why in alone.refused.items():
            if place not in inside:
                take.refused[place] = why
        take.reached |= {place: row for place, row in alone.reached.items() if place not in inside}
        self.takes[here.number] = take
        self._apply_lines([(here, cell) for cell in take.cells if not cell.group])
        for cell in take.cells:
            if cell.group:
                self._apply_group(here, cell)
        return take

    # --- taking

    def _apply_lines(self, pairs: Sequence[tuple[Here, Cell]]) -> None:
        """One rounding pass: on each line all takes in one step (26, 27)."""
        by_place: dict[int, list[tuple[Here, Fraction]]] = {}
        for here, cell in pairs:
            if cell.shares[0]:
                by_place.setdefault(cell.places[0], []).append((here, cell.shares[0]))
        carried = ZERO
        for place in sorted(by_place):
            carried = self._apply_line(place, by_place[place], carried)

    def _apply_line(self, place: int, takes: list[tuple[Here, Fraction]], carried: Fraction) -> Fraction:
        stand = self.stand
        rounder, discount = stand.part.rounder, stand.discount
        terms = rounder.terms
        before = stand.running[place]
        amounts = [amount for _, amount in takes]
        total = sum(amounts, ZERO)
        if discount and total > before:
            amounts = [amount * before / total for amount in amounts]
            total = before
        exact = before - total if discount else before + total
        if self.once:
            after = exact
        elif terms.discount_rounds:
            part = rounder.line(total + carried)
            if discount and total > 0:
                part = min(part, before)  # rounding stops at zero like everything else (3.6)
            carried = total + carried - part if terms.carry_difference else ZERO
            after = before - part if discount else before + part
        elif terms.price_first and stand.stage.kind != "on charges":
            quantity = stand.part.lines[place].quantity
            after = rounder.line(rounder.price(exact / quantity) * quantity)
        else:
            after = rounder.line(exact + carried)
            if discount and exact >= 0:
                after = max(after, ZERO)
            carried = exact + carried - after if terms.carry_difference else ZERO
        stand.running[place] = after
        step = self._shown_step(place, before, after)
        step = step if discount else -step
        split = [step] if len(amounts) == 1 else rounder.divide(step, amounts)
        for (here, _), amount in zip(takes, split, strict=True):
            self.parts.setdefault(place, []).append((here, amount))
            self._spend(here, [place])
        return carried

    def _apply_group(self, here: Here, cell: Cell) -> None:
        """The group's amount is rounded, then spread over its lines (2.4)."""
        stand = self.stand
        sign = 1 if stand.discount else -1
        once = self.once
        if cell.gift is not None:
            stand.part.added.append(cell.gift)
            self.given.update((here.number, place) for place in cell.places)
            self._spend(here, cell.places)
            return
        if once:
            stops = stand.discount and cell.amount > 0
            shares = (
                stopped_shares(stand, here, cell, cell.amount)
                if stops
                else shared(cell.amount, cell.weights, not stand.discount)
            )
        else:
            shares = spread_shares(stand, here, cell)
        for place, share in zip(cell.places, shares, strict=True):
            before = stand.running[place]
            after = before - sign * share
            stand.running[place] = after
            part = sign * self._shown_step(place, before, after)
            if part:
                self.parts.setdefault(place, []).append((here, part))
        if any(shares):
            self._spend(here, cell.places)

    def _spend(self, here: Here, places: Sequence[int]) -> None:
        """Notes the units that are used up, for rules that take unused units alone, and what goods' limits let through."""
        part, take = self.stand.part, self.takes[here.number]
        for place in places:
            part.spent[place] = min(ONE, part.spent.get(place, ZERO) + take.spent.get(place, ZERO))
            if place in take.goods_used:
                key = (place, here.number)
                part.used[key] = part.used.get(key, ZERO) + take.goods_used[place]

    def _shown_step(self, place: int, before: Fraction, after: Fraction) -> Fraction:
        """What the printed running amount lost."""
        if not self.once:
            return before - after
        rounder, shift = self.stand.part.rounder, self.stand.shift[place]
        return rounder.line(before + shift) - rounder.line(after + shift)

    # --- decisions

    def _decide(self) -> None:
        part = self.stand.part
        for place in self.places:
            got: dict[int, Fraction] = {}
            for here, amount in self.parts.get(place, ()):
                got[here.number] = got.get(here.number, ZERO) + amount
            for here in self.rules:
                number = here.number
                settled = self._settled(number, place, got.get(number, ZERO))
                part.decisions[place, number] = settled
                if settled.because == "taken":
                    part.took.add((here.rule.id, place))
                take = self.takes[number]
                reached = take.reached.get(place)
                if reached is not None:
                    settled.tier, settled.measure = reached.row, reached.measure
                if settled.amount:
                    part.paid[place, number] = settled.amount
                    if place in take.used and self._is_plain(here):
                        part.used[place, number] = take.used[place]

    def _is_plain(self, here: Here) -> bool:
        return here.rule.sets is None and here.rule.gift is None

    def _settled(self, number: int, place: int, amount: Fraction) -> Settled:
        key = (number, place)
        if key in self.reasons:
            return self.reasons[key]
        take = self.takes[number]
        if key in self.dropped:
            because, detail = self.dropped[key]
            return take.refused.get(place) or Settled(because, None, detail)
        if place in take.refused:
            return take.refused[place]
        if key in self.given:
            return Settled("given")
        if key in self.excluded:
            return Settled("excluded", None, self.excluded[key])
        if key in self.beaten:
            return Settled("beaten", None, self.beaten[key])
        settled = Settled("taken" if amount else "nothing")
        settled.amount = amount
        return settled


class Solo(_Run):
    """One rule of the stage by itself, where its agreement speaks."""

    def take(self, here: Here) -> Take:
        self._qualify()
        self._agreements()
        self._kept_out()
        return self._alone(here)


def shown(rounder: Rounder, amount: Fraction) -> Fraction:
    """A running amount as it is printed: rounded, also where it is carried exact (`round once`)."""
    return rounder.line(amount) if rounder.terms.round_once else amount
