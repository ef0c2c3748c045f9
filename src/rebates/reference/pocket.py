"""What rebates an order is expected to earn, and what is left of its lines (section 15)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.calendar import months_before
from rebates.model.exact import Remainder
from rebates.model.history import Posted
from rebates.model.orders import AttributeText, OrderIn
from rebates.model.outcome import LineOut, OrderError
from rebates.model.pocket import ExpectedOut, PocketOut
from rebates.model.rebates import Rebate
from rebates.model.settlement import Cut
from rebates.reference.arithmetic import ZERO, Money, rounded
from rebates.reference.earned import Judge, Result
from rebates.reference.earned import read as judge_of
from rebates.reference.facts import shift_months
from rebates.reference.history import Entry, known
from rebates.reference.in_hand import knows_base
from rebates.reference.over import Over
from rebates.reference.values import number
from rebates.reference.windows import Window
from rebates.reference.worth import Missing, Paying, base_of, surcharges


def pocket(
    rules: m.RuleSet, order: OrderIn, agreements: Sequence[str], currency: str, lines: Sequence[LineOut]
) -> PocketOut:
    """What is left of the lines of a priced order; `agreements` are those in force, `lines` as they were priced."""
    by_name = {agreement.name: agreement for agreement in rules.agreements}
    found: list[ExpectedOut] = []
    totals: dict[str, Fraction] = {}
    counters = [_counter(rules, by_name[name], order, currency, lines) for name in agreements if by_name[name].rebates]
    for counter in counters:
        found += counter.expected()
        totals |= counter.totals
    values = [line.invoice_value for line in lines]
    for one in found:
        if one.pays == "money":
            sign = -1 if one.kind == "rebate" else 1
            values = [value + sign * part for value, part in zip(values, one.parts, strict=True)]
    missing = tuple(sorted(key for key in totals if key not in order.totals))
    return PocketOut(tuple(found), tuple(values), totals, missing)


# --- what is posted of an order (120)


def _counter(
    rules: m.RuleSet, agreement: m.Agreement, order: OrderIn, currency: str, lines: Sequence[LineOut]
) -> Counter:
    day = order.days.get("invoice", order.day)
    facts = [_fact(rules, order, name, day) for name in order.facts]
    sold = [_posted(order, index, line, currency, day) for index, line in enumerate(lines)]
    claimed = sorted({rule.id for rule in agreement.rebates if rule.window == "claim"})
    sold += [
        Posted(f"claim {id} {one.id}", "claim", order.account, day, of=one.id, name=id, value="order")
        for id in claimed
        for one in list(sold)
        if one.kind == "sale"
    ]
    given = {**order.given, **{f"account.{name}": value for name, value in order.account_attributes.items()}}
    bare = {name: one for name, one in given.items() if not isinstance(one, Fraction) or ".class " in name}

    def judge(posted: list[Posted], stated: Mapping[str, AttributeText]) -> Judge:
        made = judge_of(rules, agreement, known([*facts, *posted], None), stated, True)
        made.order = order
        return made

    sold_net = [one.net_value if asked.quantity > 0 else ZERO for one, asked in zip(lines, order.lines, strict=True)]
    return Counter(judge(sold, given), judge([], given), judge(sold, bare), judge([], bare), day, sold_net)


def _posted(order: OrderIn, index: int, line: LineOut, currency: str, day: date) -> Posted:
    """A line as it would be posted, once it is invoiced."""
    given = order.lines[index]
    attributes = {f"line.{name}": value for name, value in given.attributes.items()}
    attributes |= {f"order.{name}": value for name, value in order.attributes.items()}
    attributes |= {f"account.{name}": value for name, value in order.account_attributes.items()}
    return Posted(
        id=f"line {index:06}", kind="sale" if given.quantity > 0 else "return", account=order.account, day=day,
        item=given.item, quantity=given.quantity, unit=given.unit, currency=currency,
        net=line.net_value, gross=line.gross_value, list=line.list_value, invoice_value=line.invoice_value,
        cost=line.cost, order="order", invoice="order", days={"order": order.day, **order.days}, attributes=attributes,
    )  # fmt: skip


def _fact(rules: m.RuleSet, order: OrderIn, name: str, day: date) -> Posted:
    """A fact that the order brings, as posted on its day or so much earlier."""
    plain = max((one for one in rules.facts if name == one or name.startswith(f"{one} ")), key=len, default=name)
    shift = name.removeprefix(plain).strip()
    on = months_before(day, shift_months(shift)) if shift else day
    return Posted(f"fact {name}", "fact", order.account, on, name=plain, value=order.facts[name])


# --- what rules make of it


@dataclass(frozen=True)
class Fresh:
    """What is paid on the order's base; an amount has none and pays what it `grows` by."""

    base: Fraction | None = None
    amount: Fraction = ZERO
    cuts: tuple[Cut, ...] = ()
    entries: tuple[Entry, ...] = ()
    grows: bool = False


@dataclass
class Counter:
    """One agreement: the order with what was before it, and what was before; both also without the measures an example gives."""

    judge: Judge
    before: Judge
    plain: Judge
    plain_before: Judge
    day: date
    net: Sequence[Fraction]
    totals: dict[str, Fraction] = field(default_factory=dict)
    _known: dict[str, ExpectedOut] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for judge in (self.judge, self.plain):
            judge.on_order = self._exact
        self.judge.plain, self.before.plain = self.plain, self.plain_before

    def expected(self) -> Iterator[ExpectedOut]:
        """Every rule that has a window on the order's day."""
        places = [(id, *found) for id in self.judge.ids() if (found := self._window(self.judge, id)) is not None]
        self._part_given(places)
        for id, window, day in places:
            yield self._of(id, window, day)

    def _of(self, id: str, window: Window, day: date) -> ExpectedOut:
        if id not in self._known:
            try:
                self._known[id] = self._one(id, window, day)
            except OrderError as error:  # what settling would refuse is not known here
                self._known[id] = self._unknown(id, window.rule, error.code)
        return self._known[id]

    def _exact(self, id: str) -> Fraction:
        """What another rule is expected to pay on the order, as a value in a base."""
        found = self._window(self.judge, id)
        return ZERO if found is None else self._of(id, *found).exact

    def _window(self, judge: Judge, id: str) -> tuple[Window, date] | None:
        """The window in which the rule's governing day lies, and that day."""
        day = judge.day_of_order(id)
        found = [window for window in judge.windows(id, day) if window.stands]
        return (found[-1], day) if found else None

    def _over(self, judge: Judge, window: Window, day: date) -> Over | None:
        earner = judge.earner_of_order(window.rule.scope)
        return None if earner is None else judge.stands(window, earner, day, max(day, self.day))[0]

    def _part_given(self, places: list[tuple[str, Window, date]]) -> None:
        """A measure that an example gives is what it is after the order; before it is that less what the order adds (21)."""
        given = dict(self.before.given)
        for _, window, day in places:
            earner = self.judge.earner_of_order(window.rule.scope)
            for ref in _measures(window.rule) if earner is not None else ():
                name = f"{self.judge.agreement.name}.{ref.name}"
                stated = self.judge.given.get(name)
                if not isinstance(stated, Fraction) or earner is None:
                    continue
                now = max(day, self.day)
                both = [_read(judge, window, earner, day, now) for judge in (self.plain, self.plain_before)]
                try:
                    after, before = [number(ref.value, one.view(), None) for one in both]
                except OrderError:  # an item without a conversion: the rule says so itself
                    continue
                if after is not None and before is not None:
                    given[name] = stated - (after - before)
        self.before.given = given

    def _unknown(self, id: str, rule: Rebate, detail: str) -> ExpectedOut:
        nothing = tuple(ZERO for _ in self.net)
        return ExpectedOut(
            id,
            rule.kind,
            rule.pays,
            "unknown",
            None,
            None,
            None,
            ZERO,
            ZERO,
            nothing,
            None,
            None,
            detail=detail,
            since=rule.since,
        )

    def _one(self, id: str, window: Window, day: date) -> ExpectedOut:
        judge, rule = self.judge, window.rule
        earner = judge.earner_of_order(rule.scope)
        if earner is None:
            return self._unknown(id, rule, "order.end_customer")
        now = max(day, self.day)
        self._note(rule, _read(judge, window, earner, day, now))
        result = judge.final(window, earner, day, now)
        there = self._window(self.before, id)
        earlier = Result() if there is None else self.before.final(there[0], earner, day, now)
        gain = result.amount - earlier.amount
        fresh = self._fresh(window, earner, day, now, None)
        exact = gain if fresh.grows else fresh.amount
        if result.status is not None:
            exact = ZERO
        elif result.limited or result.amount < result.free:
            exact = min(exact, max(gain, ZERO))
        money = Money(replace(judge.money.words, remainder=Remainder.LARGEST_REMAINDER), judge.money.digits)
        if rule.pays != "money":
            money = replace(money, digits=0)
            amount = Fraction(abs(exact).numerator // abs(exact).denominator) * (-1 if exact < 0 else 1)
        else:
            amount = rounded(exact, money.unit, money.words.mode)
        told = knows_base(judge, rule)
        return ExpectedOut(
            rule=id, kind=rule.kind, pays=rule.pays,
            status=result.status or ("due" if exact else "nothing"),
            base=fresh.base, measure=result.measure, tier=result.tier, exact=exact, amount=amount,
            parts=tuple(self._parts(money, amount, fresh, window, earner, day, now)),
            accrued=earlier.amount if told else None, beside=gain - exact if told else None,
            cuts=() if result.status is not None else fresh.cuts,
            clause=result.clause if result.status is not None and result.held is None else None, detail=result.detail, since=rule.since,
        )  # fmt: skip

    def _parts(
        self, money: Money, amount: Fraction, fresh: Fresh, window: Window, earner: str, day: date, now: date
    ) -> list[Fraction]:
        """The lines' shares: by what is paid on each alone, else by their net values (124)."""
        weights = [ZERO for _ in self.net]
        if not amount:
            return weights
        for entry in fresh.entries:
            weights[int(entry.posted.id.removeprefix("line "))] = self._fresh(window, earner, day, now, entry).amount
        return money.spread(amount, weights if sum(weights, ZERO) else self.net)

    def _fresh(self, window: Window, earner: str, day: date, now: date, only: Entry | None) -> Fresh:
        """What the rule pays on the base of the order alone, or of one line of it (122)."""
        rule = window.rule
        over, base_over = self.judge.stands(window, earner, day, now)
        before = self._over(self.before, window, day)
        try:
            stopped, base_over, reward = self.judge.gated(rule, over, base_over)
            if stopped is not None and stopped.status is not None:
                return Fresh()
            worth: m.Worth = m.Flat(reward, span=reward.span) if reward is not None else rule.worth
            if rule.accrue is not None:
                worth = m.Flat(rule.accrue, span=rule.accrue.span)
            if isinstance(worth, m.Amount):
                return Fresh(grows=True)
            if rule.base is None:
                return Fresh()
            sold: Callable[[Entry], bool] = lambda entry: (  # noqa: E731
                entry.posted.kind == "sale" and (only is None or entry.posted.id == only.posted.id)
            )
            alone = replace(base_over, judge=self.plain, known=False, fresh=True, keep=(*base_over.keep, sold))
            base = base_of(rule.base, alone)
            prorated = self.judge.prorated(rule, over, window)
            paid = Paying(over, base, rule.kind == "charge", prorated, before=before).worth(worth, False)
        except Missing:
            return Fresh()
        amount = paid.amount if paid.status is None else ZERO
        if amount < 0 and not surcharges(worth):
            amount = ZERO
        for bound in (*rule.caps, *rule.floors):
            value = number(bound.value, over.view(), None) if bound.on == "rate" else None
            if value is not None:
                most = value * base.value
                amount = min(amount, most) if bound in rule.caps else max(amount, most)
        return Fresh(base.value, amount, tuple(paid.cuts), tuple(base.counted))

    def _note(self, rule: Rebate, over: Over) -> None:
        """The totals that the rule reads, after the order."""
        for total in _totals(rule):
            key = over.key(total)
            if key is not None and key not in self.totals:
                found = number(total, over.view(), None)
                if found is not None:
                    self.totals[key] = found


def _read(judge: Judge, window: Window, earner: str, day: date, now: date) -> Over:
    """Where totals are read, whatever else becomes of the rule."""
    return Over(judge, window, earner, day, now, hopeful=True, known=True)


def _measures(node: object) -> Iterator[m.MeasureRef]:
    """Every measure that a rule reads."""
    if isinstance(node, m.MeasureRef):
        yield node
    yield from (one for part in _inside(node) for one in _measures(part))


def _totals(node: object) -> Iterator[m.Total]:
    """Every total that a rule reads, those of its filters and classes left out."""
    if isinstance(node, m.Total):
        yield node
        return
    if isinstance(node, m.InClass | m.PerKey):
        return
    yield from (one for part in _inside(node) for one in _totals(part))


def _inside(node: object) -> Iterator[object]:
    if isinstance(node, tuple):
        yield from node
    elif is_dataclass(node) and not isinstance(node, type):
        yield from (getattr(node, each.name) for each in fields(node) if each.name != "span")
