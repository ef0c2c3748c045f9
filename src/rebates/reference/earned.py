"""What a rule earns in a window to a day: clauses, base, worth, limits, then what rules of one window do to each other (93 to 95)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property

from rebates.model import nodes as m
from rebates.model.history import Posted
from rebates.model.orders import AttributeText
from rebates.model.rebates import Gate, Rebate
from rebates.model.settlement import Cut, Next, Status
from rebates.model.windows import bounds
from rebates.reference import history as read_history
from rebates.reference.arithmetic import ZERO
from rebates.reference.context import Line, View
from rebates.reference.gates import is_open
from rebates.reference.history import Entry
from rebates.reference.in_hand import judged_by_sale, knows_base
from rebates.reference.over import Over
from rebates.reference.rests import rests
from rebates.reference.shapes import falls, same
from rebates.reference.standing import Standing
from rebates.reference.values import first_unknown, number, truth
from rebates.reference.windows import KINDS, Window, takes
from rebates.reference.worth import Base, Missing, Paying, base_of, counted, needed, surcharges

ONE = Fraction(1)
WIDE = (m.Scope.END_CUSTOMER, m.Scope.ACCOUNT, m.Scope.TREE, m.Scope.GROUP, m.Scope.ALL)
CALENDAR = ("week", "month", "quarter", "half", "season", "year", "term", "ever")


Part = Callable[[Window, str, date], Fraction]  # of a rule's window, an earner, up to a day


@dataclass
class Result:
    """What a rule earns for an earner in a window, and why."""

    amount: Fraction = ZERO
    status: Status | None = None  # why it earns nothing
    held: int | None = None  # the clause that holds the payout
    measure: Fraction | None = None
    base: Fraction | None = None
    tier: int | None = None
    cuts: tuple[Cut, ...] = ()
    clause: int | None = None
    detail: str | None = None
    next: Next | None = None
    counted: tuple[Entry, ...] = ()
    paid_on: Fraction = ZERO  # the base after its limit
    waiting: Fraction = ZERO  # below the minimum payout, carried forward (99b)
    free: Fraction = ZERO  # before caps and funds
    limited: bool = False  # a limit cut the base


def why_nothing(status: Status, clause: int | None = None, detail: str | None = None) -> Result:
    return Result(status=status, clause=clause, detail=detail)


@dataclass(eq=False)
class Judge(Standing):
    """One agreement and what was posted, worked out as often as asked, each once."""

    paid: Callable[[str, Over], bool] = lambda id, over: True  # whether what a rule has settled was paid
    on_order: Callable[[str], Fraction] = lambda id: ZERO  # what a rule pays on the order in hand
    plain: Judge | None = None  # the same without measures that an example gives
    _own: dict[object, Result] = field(default_factory=dict)
    _after: dict[object, Result] = field(default_factory=dict)
    _final: dict[object, Result] = field(default_factory=dict)
    _caps: dict[object, Fraction] = field(default_factory=dict)

    @cached_property
    def rests(self) -> bool:
        """Whether a window that is over stays as it is, so that it is worked out once."""
        return rests(self.agreement, self.history.posted)

    def is_paid(self, id: str, over: Over) -> bool:
        """`RULE is paid`."""
        return self.paid(id, over)

    def before(self, window: Window, account: str, upto: date) -> Over:
        """What classes that choose accounts are judged by."""
        return Over(self, window, account, upto, upto)

    # --- what a rule earns by itself

    def own(self, window: Window, earner: str, upto: date, now: date) -> Result:
        """After its own limits, alone."""
        key = (window.rule.id, window.first, window.claim, earner, upto, now)
        if key not in self._own:
            found = self._earn(window, earner, upto, now) if self.earns_in(window, earner) else Result()
            if window.rule.carried_forward and found.amount == 0 and found.status != "pays from":
                found.waiting = self._waiting(
                    Over(self, window, earner, upto, now)
                )  # one that earns nothing passes it on
            self._own[key] = found
        return self._own[key]

    def _earn(self, window: Window, earner: str, upto: date, now: date) -> Result:
        rule = window.rule
        over, base_over = self.stands(window, earner, upto, now)
        held: int | None = None
        try:
            found, base_over, reward = self.gated(rule, over, base_over)
            if found is not None and found.status is not None:
                return found
            held = found.held if found is not None else None
            worth: m.Worth = m.Flat(reward, span=reward.span) if reward is not None else rule.worth
            if self.accruing and rule.accrue is not None:
                worth = m.Flat(rule.accrue, span=rule.accrue.span)
            out = self._paid(rule, worth, over, base_over, window)
        except Missing as missing:
            out = why_nothing(missing.status, detail=missing.detail)
        out.held = held
        return out

    def stands(self, window: Window, earner: str, upto: date, now: date) -> tuple[Over, Over]:
        """Where a rule stands, and where its base does: without sales outside `valid`, and without those it has lost."""
        rule = window.rule
        period = (window.first, window.last) if rule.settle.separate else None
        ordering = self.order is not None
        over = Over(self, window, earner, upto, now, period=period, hopeful=self.accruing, known=ordering)
        lost = self._lost(window, earner, upto, now)
        base_over = replace(over, keep=(self._valid(over),), lost=lost)
        if ordering and not knows_base(self, rule):  # it is that of the order alone (123)
            base_over = replace(base_over, judge=self.plain or self, known=False)
        base_over = replace(base_over, keep=(*base_over.keep, lambda entry: entry.sale.id not in base_over.lost))
        return replace(over, counted=lambda: counted(rule.base, base_over)), base_over

    def _valid(self, over: Over) -> Callable[[Entry], bool]:
        rule = over.window.rule
        return lambda entry: (rule.first or date.min) <= over.governing(entry) <= (rule.last or date.max)

    def _lost(self, window: Window, earner: str, upto: date, now: date) -> frozenset[str]:
        """Sales that this base loses to rules in its place, and to rules it stands back for (94)."""
        rule = window.rule
        out: set[str] = set()
        for id in self.ids():
            for other in self.windows(id, now):
                if other.last < window.first or other.first > window.last or not takes(other.rule, rule):
                    continue
                for who in self.earners(other, self.upto(other, now), now):
                    result = self.own(other, who, self.upto(other, now), now)
                    if result.amount != 0:
                        out |= {entry.sale.id for entry in result.counted}
        return frozenset(out)

    def _given_lost(self, window: Window, earner: str, upto: date, now: date) -> Fraction:
        """In an example that gives the base: the other's base, as a number (94)."""
        rule = window.rule
        out = ZERO
        for id in self.ids():
            for other in self.windows(id, upto):
                if other.first <= upto <= other.last and takes(other.rule, rule):
                    result = self.own(other, earner, self.upto(other, upto), now)
                    if result.amount != 0 and not result.counted:
                        out += result.base or ZERO
        return out

    # --- clauses

    def gated(self, rule: Rebate, over: Over, base_over: Over) -> tuple[Result | None, Over, m.Reward | None]:
        """The first clause that fails, or that holds the payout; the base with its sales; the reward that stands in."""
        reward: m.Reward | None = None
        held: int | None = None
        base_over, missed = self._sifted(rule, base_over)
        over = replace(over, counted=lambda: counted(rule.base, base_over))
        for place, gate in enumerate(rule.when):
            view = over.view()
            if judged_by_sale(gate.condition):
                if place not in missed:
                    continue
                if gate.otherwise is not None:
                    reward = reward or gate.otherwise
                elif gate.failing == "holds":
                    held = place if held is None else held
                else:
                    return self._failed(gate, place, view), base_over, None
                continue
            sure = truth(gate.condition, replace(over, hopeful=False).view(), None)
            if sure is True:
                continue
            if is_open(gate.condition, over):
                held = place if held is None else held
                continue
            if gate.otherwise is not None:
                reward = reward or gate.otherwise
            elif gate.failing == "holds" and not _final(gate.condition):
                held = place if held is None else held
            else:
                return self._failed(gate, place, view), base_over, None
        return (Result(held=held) if held is not None else None), base_over, reward

    def _sifted(self, rule: Rebate, over: Over) -> tuple[Over, set[int]]:
        """The base with the sales of clauses that are judged by sale, one after the other; those that hold for none."""
        missed: set[int] = set()
        for place, gate in enumerate(rule.when):
            if not judged_by_sale(gate.condition):
                continue
            narrowed = self._per_sale(gate, over)
            if counted(rule.base, over) and not counted(rule.base, narrowed):
                missed.add(place)
                if gate.otherwise is not None:
                    continue  # it is paid on all of them
            over = narrowed
        return over, missed

    def _per_sale(self, gate: Gate, over: Over) -> Over:
        """By what has happened: what is open does not hold for a sale."""
        over = replace(over, hopeful=False)
        holds: Callable[[Entry], bool] = lambda entry: truth(gate.condition, over.of_sale(entry), entry.line) is True  # noqa: E731
        return replace(over, keep=(*over.keep, holds))

    def _failed(self, gate: Gate, place: int, view: View) -> Result:
        if gate.failing in ("forfeits", "takes back"):
            return why_nothing("forfeited" if gate.failing == "forfeits" else "taken back", place)
        if isinstance(gate.condition, m.Claimed):
            return why_nothing("not claimed", place)
        if not judged_by_sale(gate.condition) and truth(gate.condition, view, None) is None:
            return why_nothing("unknown", place, first_unknown(gate.condition, view, None) or None)
        return why_nothing("condition", place)

    # --- base, worth, limits

    def _paid(self, rule: Rebate, worth: m.Worth, over: Over, base_over: Over, window: Window) -> Result:
        base = Base(ZERO, None, {})
        if rule.base is not None:
            base = base_of(rule.base, base_over)
            if not base.counted and self.given and self.order is None:
                lost = self._given_lost(window, over.earner, over.upto, over.now)
                base = replace(base, value=max(base.value - lost, ZERO))
        self._limit(rule, base, over, base_over)
        paying = Paying(
            replace(over, hopeful=self.accruing), base, rule.kind == "charge", self.prorated(rule, over, window)
        )
        measure_is_base = isinstance(worth, m.Tiers) and rule.base is not None and same(rule.base, worth.measure)
        found = paying.worth(worth, measure_is_base)
        told = None if rule.base is None else base.value
        out = Result(
            measure=found.measure, base=told, tier=found.tier, cuts=tuple(found.cuts), next=found.next,
            counted=tuple(base.counted), paid_on=base.paid_on,
        )  # fmt: skip
        out.limited = base.share < 1
        if found.status is not None:
            out.status = found.status
            return out
        amount = found.amount
        if amount < 0 and not surcharges(worth):
            amount = ZERO
        return self._bounded(rule, out, amount, base if rule.base is not None else None, over, window)

    def _limit(self, rule: Rebate, base: Base, over: Over, base_over: Over) -> None:
        """At most so much of the base; what earlier windows of the limit used counts first."""
        limit = rule.limit
        if limit is None or base.value == 0:
            return
        most = limit.quantity if limit.quantity is not None else limit.money
        assert most is not None
        whole = base.value
        if limit.unit is not None and limit.unit != base.unit:
            whole = Paying(over, base, False)._count(base, limit.unit)
        ratio = whole / base.value
        for earlier in self._earlier(over, limit.window):
            if earlier.amount != 0:  # else it used none of it
                most -= earlier.paid_on * ratio
        if whole > 0:
            base.share = min(max(most, ZERO) / whole, ONE)

    def _earlier(self, over: Over, window: object) -> list[Result]:
        """What the rule came to in earlier windows of a wider one."""
        if window is None:
            return []
        first = self._start(window, over.upto)
        out = []
        for other in self.windows_of(over.window.rule.id, over.upto, over.earner):
            if first <= other.first < over.window.first:
                end = self.upto(other, over.now)
                out.append(self.final(other, over.earner, end, over.now))
        return out

    def _start(self, window: object, day: date) -> date:
        agreement = self.agreement
        first = bounds(window, day, agreement.calendar, (agreement.first, agreement.last))[0]  # type: ignore[arg-type]
        return max(first, agreement.first)

    def _bounded(
        self, rule: Rebate, out: Result, amount: Fraction, base: Base | None, over: Over, window: Window
    ) -> Result:
        """Bounds on the rate, floors, caps, the least that is paid out (93f)."""
        view = over.view()
        rates = [b for b in (*rule.caps, *rule.floors) if b.on == "rate"]
        for bound in rates:
            value = number(bound.value, view, None)
            if value is not None and base is not None:
                most = value * base.paid_on
                amount = min(amount, most) if bound in rule.caps else max(amount, most)
        out.free = amount
        for bound in rule.floors:
            value = number(bound.value, view, None) if bound.on == "amount" else None
            if value is not None and (base.value if base is not None else amount) != 0:
                before = sum((r.amount for r in self._earlier(over, bound.window)), ZERO)
                amount = max(amount, value - before)
        for bound in rule.caps:
            if bound.on != "amount" or WIDE.index(bound.scope) > WIDE.index(rule.scope):
                continue
            value = number(bound.value, view, None)
            if value is not None:
                before = sum((r.amount for r in self._earlier(over, bound.window)), ZERO)
                amount = min(amount, max(value - before, ZERO))
        if rule.pays_from is not None:
            amount += self._waiting(over) if rule.carried_forward else ZERO
            least = number(rule.pays_from.value, view, None)
            before = sum((r.amount for r in self._earlier(over, rule.pays_from.window)), ZERO)
            if least is not None and abs(amount + before) < least:
                out.status = "pays from" if amount else None
                out.waiting = amount if rule.carried_forward else ZERO
                amount = ZERO
        out.amount = amount
        return out

    def _waiting(self, over: Over) -> Fraction:
        """What the window before left below the minimum payout (99b)."""
        before = [
            w for w in self.windows_of(over.window.rule.id, over.upto, over.earner) if w.first < over.window.first
        ]
        if not before:
            return ZERO
        return self.own(before[-1], over.earner, self.upto(before[-1], over.now), over.now).waiting

    def prorated(self, rule: Rebate, over: Over, window: Window) -> Fraction:
        """The share of its months or days that a window cut by `valid` or by membership has (101)."""
        if rule.pro_rata is None or window.claim is not None:
            return ONE
        first, last = max(window.first, self.agreement.first), min(window.last, self.agreement.last)
        if self.agreement.who.kind == "group" and rule.scope is m.Scope.ACCOUNT:
            span = self.membership(over.earner, first, last)
            first, last = span if span is not None else (first, last)
        low, high = window.whole
        if rule.settle.separate and rule.settle.every in KINDS:  # the calendar window of which the period is a part
            term = (self.agreement.first, self.agreement.last)
            low, high = bounds(KINDS[rule.settle.every], window.first, self.agreement.calendar, term)  # type: ignore[arg-type]
        if rule.pro_rata == "day":
            return Fraction((last - first).days + 1, (high - low).days + 1)
        return Fraction(_months(first, last), _months(low, high))

    # --- what rules of one window do to each other

    def after(self, window: Window, earner: str, upto: date, now: date) -> Result:
        """After stages and programmes."""
        key = (window.rule.id, window.first, window.claim, earner, upto, now)
        if key not in self._after:
            self._after[key] = self._compared(window, earner, upto, now)
        return self._after[key]

    def _compared(self, window: Window, earner: str, upto: date, now: date) -> Result:
        own, rule = self.own(window, earner, upto, now), window.rule
        if own.amount == 0:
            return own
        winner: str | None = None
        if rule.stage is not None:
            stage = next((s for s in self.agreement.stages if s.name == rule.stage), None)
            if stage is not None and stage.combine in ("best", "first"):
                rivals = []
                for id in self.ids():
                    other = self._window_at(id, earner, upto)
                    if other is not None and other.rule.stage == rule.stage:
                        amount = self.own(other, earner, self.upto(other, upto), now).amount
                        rivals.append((other.rule, amount))
                able = [(r, amount) for r, amount in rivals if amount != 0]
                if stage.combine == "best":
                    sign = -1 if rule.kind == "charge" else 1
                    able.sort(
                        key=lambda one: (-sign * one[1], one[0].priority is None, one[0].priority or 0, one[0].name)
                    )
                else:
                    able.sort(key=lambda one: (one[0].priority is None, one[0].priority or 0, one[0].place))
                winner = able[0][0].id
        if winner in (None, rule.id) and rule.alone:
            programmes = []
            for id in self.ids():
                other = self._window_at(id, earner, upto)
                if other is not None and other.rule.alone and other.rule.kind == rule.kind:
                    result = self.own(other, earner, self.upto(other, upto), now)
                    if result.amount != 0:
                        programmes.append((other.rule, result.amount))
            sign = -1 if rule.kind == "charge" else 1
            programmes.sort(
                key=lambda one: (-sign * one[1], one[0].priority is None, one[0].priority or 0, one[0].name)
            )
            winner = programmes[0][0].id
        if winner not in (None, rule.id):
            return replace(
                own,
                amount=ZERO,
                status="beaten",
                detail=winner,
                cuts=(),
                next=None,
                waiting=ZERO,
                held=None,
                clause=None,
            )
        return own

    def _window_at(self, id: str, earner: str, upto: date) -> Window | None:
        """The rule's window in which the day lies, or the last one that ended in this one."""
        found = [w for w in self.windows_of(id, upto, earner) if w.first <= upto <= w.last]
        return found[-1] if found else None

    def final(self, window: Window, earner: str, upto: date, now: date) -> Result:
        """After shared caps and funds: what it earns, exact."""
        key = (window.rule.id, window.first, window.claim, earner, upto, now)
        if key not in self._final:
            found = self.after(window, earner, upto, now)
            if found.amount != 0 and window.stands:
                amount = self._capped(window, earner, upto, now)
                left_open = self.accruing and upto < window.last and window.rule.accrue is None
                if left_open and window.rule.kind == "charge" and falls(window.rule):
                    amount = ZERO
                amount = self._drawn(window, earner, upto, now, amount)
                found = replace(found, amount=amount)
            self._final[key] = found
        return self._final[key]

    def _capped(
        self, window: Window, earner: str, upto: date, now: date, own: int | None = None, before: int | None = None
    ) -> Fraction:
        """Within its first `own` caps over all earners, else all of them and the shared caps `before` one, else all (93g)."""
        key = (window.rule.id, window.first, window.claim, earner, upto, now, own, before)
        if key not in self._caps:
            self._caps[key] = self._cap(window, earner, upto, now, own, before)
        return self._caps[key]

    def _cap(self, window: Window, earner: str, upto: date, now: date, own: int | None, before: int | None) -> Fraction:
        rule, amount = window.rule, self.after(window, earner, upto, now).amount
        wide = [
            bound for bound in rule.caps if bound.on == "amount" and WIDE.index(bound.scope) > WIDE.index(rule.scope)
        ]
        at = (window, earner, upto, now)
        for place, bound in enumerate(wide[:own]):
            part: Part = lambda other, who, end, place=place: self._capped(other, who, end, now, place)  # type: ignore[misc]  # noqa: E731
            amount = self._spread((rule.id,), bound.value, bound.window, bound.scope, False, at, amount, part)
        if own is not None:
            return amount
        for cap in sorted(rule.shared_caps, key=lambda one: one.number):
            if before is None or cap.number < before:
                part = lambda other, who, end, n=cap.number: self._capped(other, who, end, now, None, n)  # type: ignore[misc]  # noqa: E731
                amount = self._spread(
                    cap.rules, cap.value, cap.window, cap.scope, cap.in_order, at, amount, part, cap.all_or_nothing
                )
        return amount

    def _spread(
        self, ids: tuple[str, ...], value: m.Expr, kind: object, scope: m.Scope, in_order: bool,
        at: tuple[Window, str, date, date], amount: Fraction, part_of: Part, whole: bool = False,
    ) -> Fraction:  # fmt: skip
        """One rule's part of what a cap leaves to all that it names, in its window; `part_of` is what one has before it."""
        window, earner, upto, now = at
        if amount <= 0:
            return amount
        led = self._window_at(ids[0], earner, upto)
        leader = led if led is not None else window
        over = Over(self, leader, earner, upto, now, hopeful=self.accruing)
        most = number(value, over.view(), None)
        if most is None:
            return amount
        kinds = [w for w in (self.version(id).window for id in ids) if w in CALENDAR]
        span = kind if kind is not None else (max(kinds, key=CALENDAR.index) if kinds else "term")
        first = self._start(span, upto) if kind is not None or len(ids) > 1 else window.first
        now_parts: list[tuple[str, str, Fraction]] = []
        for id in ids:
            for other in self.windows(id, upto):
                if other.first < first and other.last < upto:
                    continue
                whose = (
                    [earner] if WIDE.index(scope) <= WIDE.index(other.rule.scope) else self.earners(other, upto, now)
                )
                for who in whose if other.earner is None else [one for one in whose if one == other.earner]:
                    end = self.upto(other, upto)
                    if other.first <= upto <= other.last:
                        part = max(part_of(other, who, end), ZERO)
                        now_parts.append((id, who, part))
                    else:
                        most -= self.final(other, who, self.upto(other, now), now).amount
        most = max(most, ZERO)
        total = sum((part for _, _, part in now_parts), ZERO)
        if total <= most:
            return amount
        if not in_order:
            return ZERO if whole else amount * most / total
        for id, who, part in now_parts:
            got = part if part <= most else (ZERO if whole else most)
            if (id, who) == (window.rule.id, earner):
                return got
            most -= got
        return amount

    # --- funds

    def _drawn(self, window: Window, earner: str, upto: date, now: date, amount: Fraction) -> Fraction:
        if window.rule.fund is None:
            return amount
        fund = next(f for f in self.agreement.funds if f.id == window.rule.fund)
        left = self._balance(fund.id, window, earner, upto, now, (window.last, window.rule.id))
        return min(amount, max(left, ZERO))

    def _balance(
        self, id: str, window: Window, earner: str, upto: date, now: date, before: tuple[date, str]
    ) -> Fraction:
        """What is in the fund before a draw: what opened it, and rolled over, less the draws of earlier days and ids."""
        fund = next(f for f in self.agreement.funds if f.id == id)
        first = self._start(fund.window, min(window.last, self.agreement.last))
        left = needed(fund.opening, Over(self, window, earner, upto, now, hopeful=self.accruing).view())
        if fund.rolls_over and first > self.agreement.first:
            day = date.fromordinal(first.toordinal() - 1)
            end = Window(window.rule, self._start(fund.window, day), day, (first, day))
            rest = max(self._balance(id, end, earner, day, now, (day, "\uffff")), ZERO)
            if fund.up_to is not None:
                most = needed(fund.up_to, Over(self, window, earner, upto, now).view())
                rest = min(rest, most)
            left += rest
        for rule in self.ids():
            for other in self.windows_of(rule, min(upto, now), earner):
                same = other.rule.scope is window.rule.scope
                if (
                    other.rule.fund == id
                    and first <= other.last
                    and (other.last, rule) < before
                    and other.last <= window.last
                    and (same or earner in self.earners(other, min(upto, now), now))
                ):
                    left -= self.final(other, earner, self.upto(other, min(upto, now)), now).amount
        return left

    # --- a rule as a value

    def earned_by(self, id: str, over: Over) -> Fraction | None:
        """What another rule earns in this one's window."""
        found = ZERO
        own = over.window
        for other in self.windows(id, over.upto):
            inside = own.first <= other.first and other.last <= own.last
            around = other.first <= over.upto <= other.last
            if not (inside or around):
                continue
            for who in self._whose(other, over):
                if other.earner not in (None, who):
                    continue
                found += self.final(other, who, self.upto(other, over.upto), over.now).amount
        return found

    def owing(self, id: str, over: Over) -> set[str]:
        """The earners of another rule that are the earner's."""
        return {who for other in self.windows(id, over.now) for who in self._whose(other, over)}

    def _whose(self, other: Window, over: Over) -> list[str]:
        mine, theirs = over.window.rule.scope, other.rule.scope
        if mine is theirs:
            return [over.earner]
        if WIDE.index(theirs) > WIDE.index(mine):
            return [self.earner_of(theirs, over.earner)]
        found = self.earners(other, over.upto, over.now)
        if mine is m.Scope.TREE:
            return [who for who in found if self.in_tree(who, over.earner)]
        return found


def _final(condition: m.Condition) -> bool:
    """Whether what fails now has failed for good: its deadline has passed."""
    match condition:
        case m.Paid() | m.Claimed() | m.PostedBy():
            return True
        case m.And(parts=parts) | m.Or(parts=parts):
            return all(_final(part) for part in parts)
        case _:
            return False


def _months(first: date, last: date) -> int:
    """Calendar months of which a day lies in it."""
    return last.year * 12 + last.month - first.year * 12 - first.month + 1


def read(
    rules: m.RuleSet,
    agreement: m.Agreement,
    posted: Sequence[Posted],
    given: Mapping[str, AttributeText],
    accruing: bool,
    read_before: dict[str, Line] | None = None,
) -> Judge:
    """A judge of an agreement over what was posted."""
    numbers = {name: value for name, value in given.items() if isinstance(value, Fraction)}
    history = read_history.read(rules, agreement, posted, numbers, {} if read_before is None else read_before)
    return Judge(rules, agreement, history, given, accruing)
