"""What a rule earns for an earner in a window, up to a day (93 to 95): the heart of settling."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from rebates.compile.settle import bounds, funds, later
from rebates.compile.settle.at import At
from rebates.compile.settle.earned import Earned
from rebates.compile.settle.in_hand import knows_base
from rebates.compile.settle.lookups import Lookups
from rebates.compile.settle.plain import Plain, plain_of
from rebates.compile.settle.rows import Row
from rebates.compile.settle.scaling import falls, judged_by_sale, reads_row
from rebates.compile.settle.totals import ZERO, counted
from rebates.compile.settle.values import holds, in_key, keyed, number
from rebates.compile.settle.worth import Basis, NoWorth, Paid, flat, worth_of
from rebates.model.nodes import (
    Amount,
    Arithmetic,
    Claimed,
    Condition,
    Expr,
    Extreme,
    Fallback,
    MeasureRef,
    PerKey,
    Reward,
    Rounded,
    Total,
)
from rebates.model.rebates import Rebate
from rebates.model.settlement import Status
from rebates.plan.conditions import totals_in
from rebates.plan.nodes import Missing
from rebates.plan.reads import nodes_in

NONE: frozenset[int] = frozenset()


class Stopped(Exception):
    """A clause that does not hold ends the matter."""

    def __init__(self, earned: Earned) -> None:
        super().__init__(earned.status)
        self.earned = earned


class Calculation(Lookups):
    """One agreement over one history; what is worked out once is kept."""

    def earn(self, at: At) -> Earned:
        """What the rule earns alone: its conditions, base, worth and limits."""
        key = at.stretch.rule.id, at.stretch.first, at.stretch.claim and at.stretch.claim.number, at.earner, at.to, at.now, at.expecting  # fmt: skip
        found = self.earnings.get(key)
        if found is None:
            try:
                found = self._earn(at)
            except Stopped as stop:
                found = stop.earned
            if at.rule.carried_forward and not found.amount and found.status != "pays from":
                found.waiting = bounds.waiting(at)  # a window that earns nothing passes it on
            self.earnings[key] = found
        assert isinstance(found, Earned)
        return found

    def plain(self, rule: Rebate) -> Plain | None:
        """The rule as a plain one; None if it is not, or if other rules or an order have a say in it."""
        found = self.plains.get(id(rule))
        if found is None:
            alone = self.in_hand is None and not self.given and not self.displacing(rule.id)
            found = self.plains[id(rule)] = rule, plain_of(rule) if alone else None
        return found[1]

    def _earn(self, at: At) -> Earned:
        if not self.earned_in(at):
            return Earned("nothing")
        plain = self.plain(at.rule)
        if plain is not None and (known := plain.earned(at)) is not None:
            return known
        rule = at.rule
        if at.stretch.gone:
            return Earned("nothing")
        held, otherwise = self.gates(at)
        rows = self.base_rows(at)
        try:
            base = self._base(at, rows)
        except NoWorth as none:
            why, detail = _why(none)
            return Earned(why, detail=detail, held=held)
        on = Basis(at, base, rows)
        status: Status = "due"
        detail = None
        try:
            if base is not None and rule.limit is not None:
                on.allowed = bounds.let_in(rule.limit, on)
            if at.expecting and rule.accrue is not None:
                paid = flat(rule.accrue, on)
            elif otherwise is not None:
                paid = flat(otherwise, on)
            elif at.expecting and at.to < at.stretch.last and self._falls(at):
                paid = Paid()
            else:
                paid = worth_of(rule.worth, on)
        except NoWorth as none:
            paid = Paid(measure=none.measure, next=none.next)
            status, detail = _why(none)
            if status != "no tier":
                return Earned(status, detail=detail, held=held)
        amount = paid.amount if paid.surcharge else max(paid.amount, ZERO)
        waiting = ZERO
        free = amount
        if status == "due":
            free = bounds.at_rates(amount, on)
            amount, short, waiting = bounds.bounded(free, on)
            status = short if short is not None else "due" if amount else "nothing"
        return Earned(
            status,
            amount,
            paid.measure,
            base,
            paid.tier,
            tuple(paid.cuts),
            detail=detail,
            next=paid.next,
            rows=rows,
            held=held,
            waiting=waiting,
            allowed=on.allowed,
            free=free,
        )

    def _falls(self, at: At) -> bool:
        worth = at.rule.worth
        return at.rule.kind == "charge" and isinstance(worth, Amount) and falls(worth.value)

    # --- the conditions, law 97 ---

    def gates(self, at: At) -> tuple[int | None, Reward | None]:
        """The clause that holds the payout, if any, and the reward that stands in for the rule's worth."""
        held: int | None = None
        otherwise: Reward | None = None
        for number_, gate in enumerate(at.rule.when):
            condition = gate.condition
            by_sale = judged_by_sale(condition)
            verdict: bool | Missing = number_ not in self._missed(at) if by_sale else holds(condition, at)
            if verdict is True:
                continue
            if not by_sale and later.is_open(condition, at):
                held = number_ if held is None else held
            elif gate.otherwise is not None:
                otherwise = otherwise or gate.otherwise
            elif gate.failing == "holds" and (by_sale or not later.is_final(condition)):
                held = number_ if held is None else held
            else:
                raise Stopped(_failed(gate.failing, number_, verdict, condition))
        return held, otherwise

    def _missed(self, at: At) -> frozenset[int]:
        """The clauses, judged sale by sale, that hold for none of those that the base sums till then."""
        self.base_rows(at)
        return self.missed.get(_place("base", at), NONE)

    # --- the base (93a)

    def counted_rows(self, at: At) -> Sequence[Row]:
        """The sales that the totals of the base sum, before anything is taken out."""
        key = _place("counted", at)
        found = self.rows_found.get(key)
        if found is None:
            found = self.rows_found[key] = self._counted(at.rule.base, at.plain())
        return found

    def _counted(self, base: Expr | None, at: At) -> Sequence[Row]:
        if base is not None and self._has_keys(base):
            return self._counted_by_key(base, at)
        totals = [] if base is None else self.totals_of(base)
        if len(totals) == 1 and not totals[0].scope.within_order:
            return counted(totals[0], at)
        found: dict[int, Row] = {}
        for total in totals:
            if total.scope.within_order and total.scope.value not in ("claim", "key"):
                rows: Sequence[Row] = [
                    row for row in self.own_rows(at) if total in self.totals_of(base) and self._in(total, row, at)
                ]
            else:
                rows = counted(total, at)
            for row in rows:
                found.setdefault(id(row), row)
        if not totals and base is not None and reads_row(base):
            return self.own_rows(at)
        return list(found.values())

    def _has_keys(self, base: Expr) -> bool:
        key = "keys", id(base)
        found = self.noted.get(key)
        if found is None:
            found = self.noted[key] = any(isinstance(node, PerKey) for node in nodes_in(base))
        return bool(found)

    def _counted_by_key(self, base: Expr, at: At) -> Sequence[Row]:
        """The same where a part of the base is a value per key: its totals count for each key (91c)."""
        found: dict[int, Row] = {}
        for total, where in _read(base, at):
            if total.scope.within_order and total.scope.value not in ("claim", "key"):
                inside = self.own_rows(at) if where.key is None else where.key
                rows: Sequence[Row] = [row for row in inside if self._in(total, row, at)]
            else:
                rows = counted(total, where)
            for row in rows:
                found.setdefault(id(row), row)
        return list(found.values())

    def _in(self, total: Total, row: Row, at: At) -> bool:
        return total.where is None or self.passes(total.where, row, at)

    def base_rows(self, at: At) -> Sequence[Row]:
        """The sales that the base sums: in the rule's days, of conditions that are judged by sale, not another's."""
        key = _place("base", at)
        found = self.rows_found.get(key)
        if found is None:
            found, missed = self._base_rows(at.plain())
            self.rows_found[key] = found
            if missed:
                self.missed[key] = missed
        return found

    def _base_rows(self, at: At) -> tuple[Sequence[Row], frozenset[int]]:
        """The same, and the clauses that hold for none of the sales that those before it leave."""
        rule, rows = at.rule, self.counted_rows(at)
        if rule.first is not None or rule.last is not None:
            first, last = rule.first or date.min, rule.last or date.max
            rows = [row for row in rows if first <= at.governed(row) <= last]
        lost = self._lost(at)
        if lost:
            rows = [row for row in rows if row.sale not in lost]
        missed: set[int] = set()
        for number_, gate in enumerate(rule.when):
            if not judged_by_sale(gate.condition):
                continue
            left = [row for row in rows if holds(gate.condition, at.of(row)) is True]
            if rows and not left:
                missed.add(number_)
                if gate.otherwise is not None:
                    continue  # its reward is paid on all of them
            rows = left
        return rows, frozenset(missed)

    def _lost(self, at: At) -> set[str]:
        """The sales that another rule has taken out (94)."""
        lost: set[str] = set()
        for id_ in dict.fromkeys((*self.displacing(at.rule.id), *at.rule.not_with)):
            for other in self.overlapping(id_, at):
                if id_ not in at.rule.not_with and at.rule.id not in other.rule.in_lieu_of:
                    continue  # the version that judges this window of it does not take them
                earned = self.earn(other)
                if earned.amount:
                    lost.update(row.sale for row in earned.rows)
        return lost

    def _base(self, at: At, rows: Sequence[Row]) -> Fraction | None:
        base = at.rule.base
        if base is None:
            return None
        if self.in_hand is not None and not knows_base(at.rule, self):
            at = at.but(brought=False, reading="computed")  # it is that of the order alone (123)
        found: Fraction | Missing
        if reads_row(base):
            parts = [number(base, at.of(row).among((row,))) for row in rows]
            missing = next((part for part in parts if isinstance(part, Missing)), None)
            found = (
                missing if missing is not None else sum((part for part in parts if isinstance(part, Fraction)), ZERO)
            )
        elif rows is not self.counted_rows(at):
            found = number(base, at.among(rows))
        else:
            found = number(base, at)
        if isinstance(found, Missing):
            raise NoWorth("no baseline", found)
        return max(found, ZERO)

    # --- a rule as a value (95)

    def earned_by(self, rule: str, at: At) -> Fraction | Missing:
        """What another rule earns for the same earner in the window of the rule that names it."""
        if at.reading == "order" and self.in_hand is not None:
            return self.in_hand.on_order(rule)
        given = self.given_amount(rule)
        if given is not None:
            return given
        return sum((self.final(other).amount for other in self.others_at(rule, at, within=True)), ZERO)

    # --- together with other rules (94, 93g)

    def final(self, at: At) -> Earned:
        """What the rule earns among the others: stages, programmes, caps that several share."""
        if self.plain(at.rule) is not None:
            return self.earn(at)
        key = "final", at.stretch.rule.id, at.stretch.first, at.stretch.claim and at.stretch.claim.number, at.earner, at.to, at.now, at.expecting  # fmt: skip
        found = self.earnings.get(key)
        if found is None:
            found = self.earnings[key] = self._final(at)
        assert isinstance(found, Earned)
        return found

    def _final(self, at: At) -> Earned:
        earned = self.staged(at)
        if not earned.amount:
            return earned
        amount = self.from_fund(bounds.shared(earned.amount, at), at)
        return (
            earned if amount == earned.amount else replace(earned, amount=amount, status="due" if amount else "nothing")
        )

    def from_fund(self, amount: Fraction, at: At) -> Fraction:
        """As much of an amount as the fund of the rule has (102)."""
        return amount if at.rule.fund is None else funds.draw(at.rule.fund, amount, at)

    def staged(self, at: At) -> Earned:
        """What it earns in its stage, and as a programme; before shared caps."""
        earned = self.earn(at)
        if not earned.amount:
            return earned
        rule = at.rule
        how = self.combine.get(rule.stage or "", "sum")
        if rule.stage is not None and how in ("best", "first"):
            better = self._better(at, earned, how, lambda other: other.stage == rule.stage)
            if better is not None:
                return _beaten(earned, better)
        if rule.alone:
            better = self._better(at, earned, "best", lambda other: other.alone and other.kind == rule.kind)
            if better is not None:
                return _beaten(earned, better)
        return earned

    def _better(self, at: At, earned: Earned, how: str, rivals: Callable[[Rebate], bool]) -> str | None:
        """The id of the rule that stands instead, if one does: of those that are rivals in the window of the day."""
        rule = at.rule

        def rank(amount: Fraction, one: Rebate) -> tuple[object, ...]:
            order = (one.priority if one.priority is not None else 10**9, one.name)
            if how == "first":
                return (one.priority if one.priority is not None else 10**9, one.place)
            return (amount if one.kind == "charge" else -amount, *order)

        own, best = rank(earned.amount, rule), None
        for id_ in self.versions:
            others = [other for other in self.others_at(id_, at) if id_ != rule.id and rivals(other.rule)]
            amount = sum((self.earn(other).amount for other in others), ZERO)
            if amount and (theirs := rank(amount, others[0].rule)) < own and (best is None or theirs < best[0]):
                best = theirs, id_
        return None if best is None else best[1]


def _beaten(earned: Earned, by: str) -> Earned:
    """What is told of a rule that another one stands instead of."""
    return Earned("beaten", measure=earned.measure, base=earned.base, tier=earned.tier, detail=by, rows=earned.rows)


def _read(expr: Expr, at: At) -> Iterator[tuple[Total, At]]:
    """Every total of a base and where it is read: in a value per key once for each key."""
    match expr:
        case MeasureRef() | Rounded():
            yield from _read(expr.value, at)
        case Arithmetic():
            yield from (*_read(expr.left, at), *_read(expr.right, at))
        case Fallback():
            yield from (*_read(expr.value, at), *_read(expr.otherwise, at))
        case Extreme():
            for part in expr.parts:
                yield from _read(part, at)
        case PerKey():
            for one, rows in keyed(expr.key, at).items():
                for total in totals_in(expr):
                    yield total, in_key(expr.key, one, rows, at)
        case _:
            for total in totals_in(expr):
                yield total, at


def _place(what: str, at: At) -> object:
    """Under which a rule's sales are kept."""
    claim = at.stretch.claim and at.stretch.claim.number
    return what, at.rule.id, at.stretch.first, claim, at.earner, at.to, at.now


def _why(none: NoWorth) -> tuple[Status, str | None]:
    missing = none.missing
    if missing is not None and missing.path.startswith("fact "):
        return "waits", missing.path
    if missing is not None and missing.path:
        return "unknown", missing.path
    return none.status, None  # type: ignore[return-value]  # one of the statuses


def _failed(failing: str, clause: int, verdict: bool | Missing, condition: Condition) -> Earned:
    if failing == "forfeits":
        return Earned("forfeited", clause=clause)
    if failing == "takes back":
        return Earned("taken back", clause=clause)
    if isinstance(condition, Claimed):
        return Earned("not claimed", clause=clause)
    if isinstance(verdict, Missing):
        return Earned("unknown", clause=clause, detail=verdict.path or None)
    return Earned("condition", clause=clause)
