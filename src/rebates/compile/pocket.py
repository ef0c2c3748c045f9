"""What rebates an order is expected to earn, and what is left of its lines (section 15).

Everything that is posted is the order; two calculations are made of it, one with the order and one without, and what the
order brings of before counts in the totals of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from rebates.compile.settle.at import At
from rebates.compile.settle.dues import digits_of, rounded
from rebates.compile.settle.earned import Earned
from rebates.compile.settle.earning import Calculation
from rebates.compile.settle.in_hand import InHand, knows_base
from rebates.compile.settle.on_order import OnOrder, on_order
from rebates.compile.settle.settle import calculation_of
from rebates.compile.settle.values import number
from rebates.compile.settle.windows import Stretch
from rebates.model.calendar import MONTHS, months_before
from rebates.model.exact import spread
from rebates.model.history import Posted
from rebates.model.nodes import Agreement, InClass, MeasureRef, PerKey, RuleSet, Total
from rebates.model.orders import AttributeText, OrderIn
from rebates.model.outcome import LineOut, OrderError
from rebates.model.pocket import ExpectedOut, PocketOut
from rebates.model.rebates import Rebate
from rebates.plan.nodes import Missing
from rebates.plan.reads import nodes_in

ZERO = Fraction(0)
_SHIFTS = {f" last {window}": months for window, months in MONTHS.items()}


def pocket(
    rules: RuleSet, order: OrderIn, agreements: Sequence[Agreement], currency: str, lines: Sequence[LineOut]
) -> PocketOut:
    """What is left of the lines of a priced order; `agreements` are those in force, most specific first."""
    expected: list[ExpectedOut] = []
    totals: dict[str, Fraction] = {}
    for each in agreements:
        if each.rebates:
            in_hand = InHand(order)
            try:
                counter = _counter(rules, each, order, currency, lines, in_hand)
                expected += counter.expected()
                totals |= counter.totals
            finally:
                del in_hand.on_order  # the counter holds it, too: it would outlive its last use
    values = [line.invoice_value for line in lines]
    for out in expected:
        if out.pays != "money":
            continue
        for place, part in enumerate(out.parts):
            values[place] += part if out.kind == "charge" else -part
    missing = sorted(totals.keys() - order.totals.keys())
    return PocketOut(tuple(expected), tuple(values), totals, tuple(missing))


def _counter(
    rules: RuleSet, agreement: Agreement, order: OrderIn, currency: str, lines: Sequence[LineOut], in_hand: InHand
) -> _Counter:
    invoiced = order.days.get("invoice", order.day)
    facts = list(_facts(rules, order, invoiced))
    posted = [_sale(order, place, line, currency, invoiced) for place, line in enumerate(lines)]
    for id_ in dict.fromkeys(rule.id for rule in agreement.rebates if rule.window == "claim"):
        posted += [
            Posted(f"claim {id_} {each.id}", "claim", order.account, invoiced, of=each.id, name=id_, value="order")
            for each in posted[: len(lines)]
            if each.kind == "sale"
        ]
    given: dict[str, AttributeText] = dict(order.given)
    given |= {f"account.{name}": value for name, value in order.account_attributes.items()}
    after, before = (calculation_of(rules, agreement, given, None, in_hand=in_hand) for _ in range(2))
    after.reading.take([*facts, *posted])
    before.reading.take(facts)
    counter = _Counter(after, before, order, invoiced, lines)
    in_hand.on_order = counter.exact
    counter.part_given()
    return counter


def _sale(order: OrderIn, place: int, line: LineOut, currency: str, day: date) -> Posted:
    """A line as it would be posted with its invoice; a returned one stands for itself."""
    ordered = order.lines[place]
    subjects: dict[str, Mapping[str, AttributeText]] = {
        "line": ordered.attributes, "order": order.attributes, "account": order.account_attributes,
    }  # fmt: skip
    return Posted(
        f"line {place:06}",
        "sale" if ordered.quantity > 0 else "return",
        order.account,
        day,
        ordered.item,
        ordered.quantity,
        ordered.unit,
        currency,
        net=line.net_value,
        gross=line.gross_value,
        list=line.list_value,
        invoice_value=line.invoice_value,
        cost=line.cost,
        order="order",
        invoice="order",
        days={"order": order.day, **order.days},
        attributes={f"{subject}.{name}": value for subject, all_ in subjects.items() for name, value in all_.items()},
    )


def _facts(rules: RuleSet, order: OrderIn, day: date) -> Iterator[Posted]:
    """The facts that the order brings, as posted on its day, those of an earlier window so much earlier."""
    for name, value in order.facts.items():
        words = next((words for words in _SHIFTS if name.endswith(words) and name not in rules.facts), "")
        on = months_before(day, _SHIFTS[words]) if words else day
        yield Posted(f"fact {name}", "fact", order.account, on, name=name.removesuffix(words), value=value)


@dataclass
class _Counter:
    """One agreement: the order with what was before it, and what was before it alone."""

    after: Calculation
    before: Calculation
    order: OrderIn
    invoiced: date
    lines: Sequence[LineOut]
    totals: dict[str, Fraction] = field(default_factory=dict)
    _found: dict[str, ExpectedOut] = field(default_factory=dict)

    def expected(self) -> list[ExpectedOut]:
        """Every rule that has a window on its day of the order."""
        rules = sorted(self.after.versions, key=lambda id_: (self.after.versions[id_][0].place, id_))
        return [self._of(id_) for id_ in rules if self._stretch(self.after, id_) is not None]

    def exact(self, id_: str) -> Fraction:
        """What a rule is expected to pay on the order, before rounding."""
        return ZERO if self._stretch(self.after, id_) is None else self._of(id_).exact

    # --- where a rule stands

    def _day(self, id_: str) -> date:
        assert self.after.in_hand is not None
        return self.after.in_hand.day(self.after.versions[id_][0])

    def _stretch(self, calculation: Calculation, id_: str) -> Stretch | None:
        found = calculation.stretches_of(id_, self._earner(id_) or "")
        return found[-1] if found and not found[-1].gone else None

    def _earner(self, id_: str) -> str | None:
        assert self.after.in_hand is not None
        return self.after.in_hand.earner(self.after.versions[id_][0].scope, self.after)

    def _at(self, calculation: Calculation, stretch: Stretch, earner: str) -> At:
        day = self._day(stretch.id)
        return At(calculation, stretch, earner, day, max(day, self.invoiced), expecting=True)

    def part_given(self) -> None:
        """A measure that an example gives is that after the order; before it is less what the order adds (21)."""
        given = dict(self.after.given)
        for id_ in self.after.versions:
            stretch, earner = self._stretch(self.after, id_), self._earner(id_)
            if stretch is None or earner is None:
                continue
            for node in nodes_in(stretch.rule):
                if not isinstance(node, MeasureRef):
                    continue
                name = f"{self.after.agreement.name}.{node.name}"
                stated = self.after.given.get(name)
                if not isinstance(stated, Fraction):
                    continue
                both = [self._at(each, stretch, earner).but(reading="computed") for each in (self.after, self.before)]
                try:
                    found = [number(node.value, each) for each in both]
                except OrderError:  # an item without a conversion: the rule says so itself
                    continue
                if isinstance(found[0], Fraction) and isinstance(found[1], Fraction):
                    given[name] = stated - (found[0] - found[1])
        self.before.given = given

    # --- what it pays

    def _of(self, id_: str) -> ExpectedOut:
        known = self._found.get(id_)
        if known is None:
            try:
                known = self._work_out(id_)
            except OrderError as error:  # what settling would refuse is not known here
                known = self._unknown(id_, error.code)
            self._found[id_] = known
        return known

    def _unknown(self, id_: str, detail: str) -> ExpectedOut:
        stretch = self._stretch(self.after, id_)
        assert stretch is not None
        rule, parts = stretch.rule, (ZERO,) * len(self.lines)
        return ExpectedOut(
            id_, rule.kind, rule.pays, "unknown", None, None, None, ZERO, ZERO, parts, None, None, (), None, detail,
            rule.since,
        )  # fmt: skip

    def _work_out(self, id_: str) -> ExpectedOut:
        earner, stretch = self._earner(id_), self._stretch(self.after, id_)
        assert stretch is not None
        if earner is None:
            return self._unknown(id_, "order.end_customer")
        rule = stretch.rule
        at = self._at(self.after, stretch, earner)
        self._note(rule, at)
        earned = self.after.final(at)
        earlier = self._stretch(self.before, id_)
        accrued = ZERO
        if earlier is not None:
            accrued = self.before.final(self._at(self.before, earlier, earner)).amount
        gain = earned.amount - accrued
        paid = on_order(at, self._at(self.before, stretch, earner)) or OnOrder()
        exact = self._held(gain if paid.is_amount else paid.amount, earned, gain)
        amount = rounded(exact, rule, self.after)
        told = knows_base(rule, self.after)
        pays = earned.status in ("due", "nothing")
        status = earned.status
        if pays:
            status = "due" if exact else "nothing"
        return ExpectedOut(
            id_,
            rule.kind,
            rule.pays,
            status,
            paid.base,
            earned.measure,
            earned.tier,
            exact,
            amount,
            self._divided(amount, paid, rule),
            accrued if told else None,
            gain - exact if told else None,
            paid.cuts if pays else (),
            None if pays else earned.clause,
            earned.detail,
            rule.since,
        )

    def _held(self, exact: Fraction, earned: Earned, gain: Fraction) -> Fraction:
        """Nothing where the rule earns nothing; where a limit, a cap or a fund cuts it, at most what the order adds."""
        if earned.status not in ("due", "nothing"):
            return ZERO
        if earned.allowed < 1 or earned.amount < earned.free:
            return min(exact, max(gain, ZERO))
        return exact

    def _divided(self, amount: Fraction, paid: OnOrder, rule: Rebate) -> tuple[Fraction, ...]:
        """The lines' parts by what is paid on each; where that is nothing by their net values."""
        if not amount:
            return (ZERO,) * len(self.lines)
        weights = [ZERO] * len(self.lines)
        for row, weight in paid.weights:
            weights[int(row.sale.removeprefix("line "))] = weight
        if not sum(weights, ZERO):
            sold = [line.quantity > 0 for line in self.order.lines]
            weights = [line.net_value if sale else ZERO for line, sale in zip(self.lines, sold, strict=True)]
        return tuple(spread(amount, weights, digits_of(rule, self.after)))

    def _note(self, rule: Rebate, at: At) -> None:
        """The totals that a rule reads, after the order."""
        assert self.after.in_hand is not None
        for total in _totals(rule, self.after.agreement):
            key = self.after.in_hand.key(total, at)
            if key is None or key in self.totals:
                continue
            found = number(total, at)
            if not isinstance(found, Missing):
                self.totals[key] = found


def _totals(rule: Rebate, agreement: Agreement) -> list[Total]:
    """The totals of a rule; those of its filters, its classes and of single keys are no totals of the order."""
    key = f"totals of {rule.id} {rule.since}"
    found = agreement.noted.get(key)
    if found is None:
        found = agreement.noted[key] = _found_totals(rule)
    assert isinstance(found, list)
    return found


def _found_totals(rule: Rebate) -> list[Total]:
    inside: set[int] = set()
    for node in nodes_in(rule):
        if isinstance(node, InClass | PerKey):
            inside |= {id(each) for each in nodes_in(node)}
        elif isinstance(node, Total) and node.where is not None:
            inside |= {id(each) for each in nodes_in(node.where)}
    return [node for node in nodes_in(rule) if isinstance(node, Total) and id(node) not in inside]
