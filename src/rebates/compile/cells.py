"""Cells: the ranges of a line's quantity in which nothing but amounts changes, each with its generated function.

A line is *local* if every rule that could meet it decides on the line and reads only static data and the line's own
quantity. Its quantities then fall into ranges, cut by thresholds, in which prices, conditions and tiers are the same; what
they are is asked of the runtime itself, so that fast and full results cannot mean different things.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable
from fractions import Fraction
from functools import lru_cache, partial
from math import ceil, floor
from typing import TypeVar

from rebates.compile.amounts import Rounder
from rebates.compile.combine import in_turn
from rebates.compile.days import WatchedDay
from rebates.compile.familiar import is_familiar
from rebates.compile.local import NotLocal, local, must_be_static, own_quantity
from rebates.compile.prices import price_lines
from rebates.compile.python import Function, Generated, StageSteps, Step, Tails, Term, Waterfall, generated
from rebates.compile.rewards import Reached, enters, interpolated, price_per_ordered, reach
from rebates.compile.state import Line, Part, Reader, View, considered
from rebates.compile.takes import covered
from rebates.compile.values import number, units
from rebates.model.exact import Rounding as RoundingMode
from rebates.model.nodes import (
    And,
    Bound,
    Compare,
    Constant,
    Expr,
    Flat,
    InClass,
    InSet,
    Not,
    Or,
    PercentPiece,
    Piece,
    PricePiece,
    Reward,
    Tiers,
    Total,
    UnitPiece,
)
from rebates.model.orders import LineIn, OrderIn
from rebates.plan.expressions import kind_of
from rebates.plan.nodes import Book, Here, LinePlan, Missing, RulePlan, StagePlan

T = TypeVar("T")
V = TypeVar("V", bound=Hashable)
KEPT_ONCE = 50_000  # numbers, constants and cells
MOST_SHARED = 5_000  # parts remembered for agreements that are in force together
ZERO, ONE = Fraction(0), Fraction(1)


KINDS = ("discount", "charge", "on charges")
COMBINES = ("best", "sum", "sequence", "first")


Key = tuple[object, ...]
Cell = tuple[int, int, Function, tuple[int, ...]]
"""The ordinals of the days from and up to which it holds, its function and the function's constants."""

Ranges = tuple[list[int], list[Cell]]
"""Where the ranges of a line's quantity end, and their cells."""


def _left_to_the_runtime(quantity: int, constants: tuple[int, ...]) -> None:
    """Stands in for a function where the runtime has to price."""


NOT_MADE: Cell = (1, 0, _left_to_the_runtime, ())


@lru_cache(KEPT_ONCE)
def kept_once(value: V) -> V:
    """The first of values that are equal: of a large market finding a line is waiting for memory, the less there is the less."""
    return value


def cell_of(low: int, high: int, function: Function, constants: tuple[int, ...]) -> Cell:
    """A cell; its numbers, its constants and itself are those of the cells that are equal in them."""
    cell: Cell = kept_once((kept_once(low), kept_once(high), function, kept_once(tuple(map(kept_once, constants)))))
    return cell


def is_simple(book: Book) -> bool:
    """Whether lines of this book can be priced by generated code at all."""
    terms = book.terms.rounding
    plain = not (terms.price_first or terms.discount_rounds or terms.round_once or terms.carry_difference)
    plain = plain and terms.then_step is None and terms.mode is not RoundingMode.HALF_EVEN and not book.terms.totals
    if not plain or not all(stage.kind in KINDS and stage.combine in COMBINES for stage in book.terms.stages):
        return False
    return all(
        is_familiar(agreement) and is_familiar(agreement.rounding) and all(map(is_familiar, agreement.stages))
        for agreement in book.terms.agreements
    )


class FastLine:
    """A line's cuts and its cells, for the days on which its plan holds; a cell is made when it is first met.

    `watch` is the day that the plan was made for. Whoever makes a cell holds the lock of the rule set; readers need none,
    since a cell carries the days for which it was made.
    """

    __slots__ = ("cells", "cuts", "digits", "generated", "part", "plan", "watch")

    def __init__(
        self, plan: LinePlan | None, digits: int, cuts: list[int], watch: WatchedDay, part: Shared | None = None
    ) -> None:
        self.plan, self.digits, self.cuts, self.watch, self.part = plan, digits, cuts, watch, part
        self.cells: list[Cell] = [NOT_MADE] * (len(cuts) + 1)
        self.generated: dict[int, Generated] = {}

    def holds(self, day: int) -> bool:
        """Whether the plan is that of a day."""
        return self.watch.low <= day < self.watch.high

    def make(self, quantity: int, given: LineIn) -> None:
        """Makes the cell of a quantity."""
        place, made = bisect_right(self.cuts, quantity), None
        if self.plan is not None:
            try:
                made = _generated(self.plan, self.digits, self.watch, given, quantity, self.part, None)
                self.generated[place] = made
            except NotLocal:
                pass
        function, constants = (_left_to_the_runtime, ()) if made is None else (made.function, made.constants)
        self.cells[place] = cell_of(self.watch.low, self.watch.high, function, constants)

    def priced(self, gross: Fraction, quantity: int, given: LineIn) -> Generated | None:
        """The cell of a quantity at another price, per unit of the quantity's integer; None where the runtime has to price."""
        assert self.plan is not None
        try:
            return _generated(self.plan, self.digits, self.watch, given, quantity, self.part, gross)
        except NotLocal:
            return None


class Shared:
    """What constant rules come to on every line with the same conversions: their cuts and, by range, their stages."""

    __slots__ = ("cuts", "stages", "tails")

    def __init__(self, cuts: list[int]) -> None:
        self.cuts = cuts
        self.stages: list[tuple[StageSteps, ...] | None] = [None] * (len(cuts) + 1)
        self.tails: list[Tails] = [{} for _ in self.stages]


def fast_line(plan: LinePlan, digits: int, watch: WatchedDay) -> FastLine:
    """The line for quantities of so many decimals. One that is not local has a single cell, left to the runtime."""
    try:
        if not _once(plan, "simple", lambda: is_simple(plan.book)):
            raise NotLocal
        prices: list[RulePlan] = []
        others: list[RulePlan] = []
        units: set[str] = set()
        shared = True
        for rule in plan.active:
            about = _once(plan, rule.here.number, partial(local, rule.here.rule))
            if about is None:
                raise NotLocal
            if rule.here.rule.kind == "price":
                prices.append(rule)
            else:
                others.append(rule)
                units |= about.units
                shared = shared and about.constant and not rule.clauses and rule.base is True
        cuts: set[int] = set()
        for rule in prices:
            _cut_rule(rule, plan, digits, cuts)
        if not shared:
            for rule in others:
                _cut_rule(rule, plan, digits, cuts)
            return FastLine(plan, digits, sorted(cuts), watch)
        part = _shared(plan, others, digits, units)
        return FastLine(plan, digits, sorted(cuts.union(part.cuts)) if cuts else part.cuts, watch, part)
    except NotLocal:
        return FastLine(None, digits, [], watch)


def _once(plan: LinePlan, name: object, make: Callable[[], T]) -> T:
    """What is worked out once of rules that are in force together."""
    noted = plan.book.terms.noted
    if name not in noted:
        noted[name] = make()
    return noted[name]  # type: ignore[return-value]


def _shared(plan: LinePlan, rules: list[RulePlan], digits: int, units: set[str]) -> Shared:
    """The part that this line shares with others: those of the same rules, and of the same conversions for them."""
    key: list[object] = [digits]
    key += [rule.here.number for rule in rules]
    for unit in sorted({*units, plan.item.base_unit}):
        factor = plan.units(unit)
        if factor is None:
            raise NotLocal  # the runtime names the missing conversion
        key += [unit if unit != plan.item.base_unit else "", factor.numerator, factor.denominator]
    noted: dict[object, Shared] = _once(plan, "shared", dict)
    part = noted.get(tuple(key))
    if part is None:
        cuts: set[int] = set()
        for rule in rules:
            _cut_rule(rule, plan, digits, cuts)
        if len(noted) >= MOST_SHARED:
            noted.clear()
        part = noted[tuple(key)] = Shared(sorted(cuts))
    return part


# --- where the ranges end ---------------------------------------------------------------------------------------------


def _cut_rule(plan: RulePlan, line: LinePlan, digits: int, cuts: set[int]) -> None:
    for clause in plan.clauses:
        _cut_condition(clause.left, line, digits, cuts)
    _cut_condition(plan.base, line, digits, cuts)
    worth = plan.here.rule.worth
    if isinstance(worth, Tiers):
        measure = own_quantity(worth.measure)
        if measure is not None:
            for tier in (*worth.rows, *(() if worth.below is None else (worth.below,))):
                _cut(measure, tier.threshold, line, digits, cuts)


def _cut(measure: Total, threshold: Fraction, line: LinePlan, digits: int, cuts: set[int]) -> None:
    """Ends a range where the measure reaches the threshold, and where it passes it."""
    assert measure.unit is not None
    factor = line.units(measure.unit)
    if factor is None:
        raise NotLocal  # the runtime names the missing conversion
    reaches, passes = (Fraction(ceil(threshold)), Fraction(floor(threshold) + 1)) if measure.full else (threshold, None)
    scale = Fraction(10**digits) / factor
    cuts.add(ceil(reaches * scale))
    cuts.add(floor(threshold * scale) + 1 if passes is None else ceil(passes * scale))


def _cut_condition(condition: object, line: LinePlan, digits: int, cuts: set[int]) -> None:
    match condition:
        case And() | Or():
            for part in condition.parts:
                _cut_condition(part, line, digits, cuts)
        case Not():
            _cut_condition(condition.part, line, digits, cuts)
        case InSet():
            _cut_condition(condition.where, line, digits, cuts)
        case Compare():
            _cut_compare(condition, line, digits, cuts)
        case InClass():
            raise NotLocal  # it stands on totals, or an example gives it
        case _:
            return  # attributes of the order and the line are part of the plan's key


def _cut_compare(condition: Compare, line: LinePlan, digits: int, cuts: set[int]) -> None:
    for measured, other in ((condition.left, condition.right), (condition.right, condition.left)):
        measure = own_quantity(measured)
        if measure is not None and isinstance(other, Constant) and isinstance(other.value, Fraction):
            _cut(measure, other.value, line, digits, cuts)
            return
    must_be_static(condition.left)
    must_be_static(condition.right)


# --- a cell's waterfall -----------------------------------------------------------------------------------------------


def _generated(
    plan: LinePlan,
    digits: int,
    day: WatchedDay,
    given: LineIn,
    quantity: int,
    shared: Shared | None,
    gross: Fraction | None,
) -> Generated:
    """The function for the cell of the given line; what holds in it is asked of the runtime."""
    book = plan.book
    order = OrderIn(book.account.id, day, (given,), book.days, book.attributes, book.codes)
    rounder = Rounder(book.terms.rounding, book.terms.digits)
    part = Part(book, order, [Line(0, 0, plan, given)], False, rounder, considered([plan]))
    price_lines(part)
    [line] = part.lines
    scale = Fraction(10**book.terms.digits, 10**digits)
    listed = None if line.list_price is None else line.list_price * scale
    place = 0 if shared is None else bisect_right(shared.cuts, quantity)
    stages = None if shared is None else shared.stages[place]
    if stages is None:
        make = _Cell(part, line, scale)
        stages = tuple(make.stage(stage) for stage in book.terms.stages if stage.kind == "discount")
        if shared is not None:
            shared.stages[place] = stages
    if gross is None:
        gross = line.gross_price * scale
    waterfall = Waterfall(listed, gross, stages, book.terms.rounding.mode)
    return generated(waterfall, {} if shared is None else shared.tails[place])


class _Cell:
    """Makes the steps of one cell; amounts per unit of q, in units of the line's digits."""

    def __init__(self, part: Part, line: Line, scale: Fraction) -> None:
        self.part, self.line, self.scale = part, line, scale
        self.minor = Fraction(10**part.book.terms.digits)
        self.per_q = scale / self.minor  # ordered units in one of q
        self.view = View(part, [line.net], None)
        self.active = considered([line.plan])

    def stage(self, stage: StagePlan) -> StageSteps:
        covering = [here for here in self.active.get(stage.name, ()) if self._covers(here)]
        names = {here.agreement.name for here in covering}
        speaker = next((each.name for each in self.part.book.terms.agreements if each.name in names), None)
        if speaker is not None:
            partners = self.part.book.terms.partners[speaker]
            covering = [here for here in covering if here.agreement.name in partners]
        steps = [step for here in in_turn(stage, covering) if (step := self._step(here)) is not None]
        return StageSteps(stage.combine, "list" if stage.base == "list" else "running", tuple(steps))

    def _covers(self, here: Here) -> bool:
        return covered(here, Reader(self.view, here, self.line)) is None

    def _step(self, here: Here) -> Step | None:
        rule, at = here.rule, Reader(self.view, here, self.line)
        terms: list[Term] = []
        match rule.worth:
            case Flat(reward):
                terms = [self._term(piece, at) for piece in reward.pieces]
            case Tiers() as tiers:
                reached = reach(tiers, at)
                if reached.row is None:
                    return None
                terms = self._tiered(tiers, reached, at)
        lowest = None if rule.not_below is None else self._static(rule.not_below.value, at) * self.scale
        return Step(
            tuple(terms),
            "stage" if rule.base.what in ("running", "quantity") else rule.base.what,  # type: ignore[arg-type]
            rate_floors=self._bounds(rule.floors, "rate", at),
            rate_caps=self._bounds(rule.caps, "rate", at),
            floors=self._bounds(rule.floors, "amount", at),
            caps=self._bounds(rule.caps, "amount", at),
            pays_from=None if rule.pays_from is None else self._static(rule.pays_from.value, at) * self.minor,
            lowest=lowest,
            span=rule.span,
        )

    def _bounds(self, bounds: tuple[Bound, ...], on: str, at: Reader) -> tuple[Fraction, ...]:
        factor = self.minor if on == "amount" else ONE
        return tuple(self._static(bound.value, at) * factor for bound in bounds if bound.on == on)

    def _static(self, expr: Expr, at: Reader) -> Fraction:
        found = number(expr, at)
        if isinstance(found, Missing):
            raise NotLocal  # the runtime says what is not there
        return found

    # --- tiers

    def _tiered(self, tiers: Tiers, reached: Reached, at: Reader) -> list[Term]:
        row, measure = reached.row, reached.measure
        if row == -2:
            assert tiers.without_baseline is not None
            return [self._term(piece, at) for piece in tiers.without_baseline.pieces]
        if row == -1:
            assert tiers.below is not None
            return [self._term(piece, at) for piece in tiers.below.reward.pieces]
        assert row is not None
        assert measure is not None
        own = own_quantity(tiers.measure)
        match tiers.mode:
            case "retroactive" | "lump sum":
                return [self._term(piece, at) for piece in tiers.rows[row].reward.pieces]
            case "lump sum every tier":
                entered = [tier for tier in tiers.rows if enters(tier, measure)]
                return [self._term(piece, at) for tier in entered for piece in tier.reward.pieces]
            case "incremental" if own is not None:
                return [self._incremental(tiers, row, own, at)]
            case "interpolated" if own is None:
                return [self._term(piece, at) for piece in interpolated(tiers, row, measure).pieces]
            case "interpolated":
                assert own is not None
                return [self._interpolated(tiers, row, own, at)]
            case _:
                raise NotLocal

    def _measure_per_q(self, own: Total) -> Fraction:
        assert own.unit is not None
        return units(self.line, own.unit) * self.per_q

    def _incremental(self, tiers: Tiers, row: int, own: Total, at: Reader) -> Term:
        """Σ rate × slice ÷ measure, the last slice growing with the quantity: (slope × q + level) ÷ q (4.2 b)."""
        pieces = [_single(tier.reward) for tier in tiers.rows]
        per_q = self._measure_per_q(own)
        if tiers.rows[0].threshold < 0:
            raise NotLocal
        if all(isinstance(piece, PercentPiece) and piece.of is None for piece in pieces):
            rates = [self._static(piece.rate, at) for piece in pieces if isinstance(piece, PercentPiece)]
            level = _level(tiers, row, rates)
            return Term("share", slope=rates[row], level=level / per_q, per_q=1)
        if all(isinstance(piece, UnitPiece) and piece.package.kind == "each" for piece in pieces):
            rates = []
            for piece in pieces:
                assert isinstance(piece, UnitPiece)
                assert piece.package.unit is not None
                counted = (
                    units(self.line, piece.package.unit) * self.per_q / per_q
                )  # package units in one of the measure
                rates.append(self._static(piece.amount, at) / piece.package.size * counted * self.minor)
            return Term(
                "linear", slope=rates[row] * per_q, level=_level(tiers, row, rates), guard=max(rates[: row + 1]) * per_q
            )
        raise NotLocal

    def _interpolated(self, tiers: Tiers, row: int, own: Total, at: Reader) -> Term:
        """A rate that is linear in the quantity (4.2 d)."""
        rows = tiers.rows
        if row + 1 < len(rows):
            low, high = rows[row], rows[row + 1]
        elif tiers.continues and len(rows) > 1:
            low, high = rows[row - 1], rows[row]
        else:
            return self._term(_single(rows[row].reward), at)
        begin, end = _single(low.reward), _single(high.reward)
        if not (
            isinstance(begin, PercentPiece) and isinstance(end, PercentPiece) and begin.of is None and end.of is None
        ):
            raise NotLocal
        first, last = self._static(begin.rate, at), self._static(end.rate, at)
        slope = (last - first) / (high.threshold - low.threshold)
        return Term("share", slope=slope * self._measure_per_q(own), level=first - slope * low.threshold)

    # --- pieces

    def _term(self, piece: Piece, at: Reader) -> Term:
        match piece:
            case PercentPiece():
                rate = self._static(piece.rate, at)
                if piece.of is None:
                    return Term("share", level=rate)
                of = self._static(piece.of, at)
                if kind_of(piece.of) == "price":
                    return Term("linear", slope=rate * of * self.scale)
                return Term("linear", level=rate * of * self.minor)
            case UnitPiece():
                package = piece.package
                assert package.unit is not None
                amount = self._static(piece.amount, at) * self.minor
                count = units(self.line, package.unit) * self.per_q / package.size
                if package.kind == "each":
                    return Term("linear", slope=amount * count, stops=True)
                return Term("packages", level=amount, package=count, started=package.kind == "started")
            case PricePiece():
                price = price_per_ordered(piece, at)
                if isinstance(price, Missing):
                    raise NotLocal
                return Term("price", slope=price * self.scale)
            case _:
                return Term("linear", level=self._static(piece.amount, at) * self.minor)


def _single(reward: Reward) -> Piece:
    if len(reward.pieces) != 1:
        raise NotLocal
    return reward.pieces[0]


def _level(tiers: Tiers, row: int, rates: list[Fraction]) -> Fraction:
    """What full slices give beyond the last rate on the whole measure."""
    rows = tiers.rows
    full = sum((rates[k] * (rows[k + 1].threshold - rows[k].threshold) for k in range(row)), ZERO)
    return full - rates[row] * rows[row].threshold
