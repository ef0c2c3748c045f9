"""What an example expects, held against what came out: only what is written is compared, and amounts exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from rebates.engine.quote import Quote
from rebates.model import nodes as m
from rebates.model.chosen import chosen_worth
from rebates.model.exact import ExactError, Rounding, decimal_text, grouped, round_to
from rebates.model.outcome import LineOut
from rebates.syntax import nodes as s
from rebates.syntax.source import Span

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation of an example: what it says and what came out.

    `token` is the value's place in the text; `rewrite` the text that would hold there, empty where there is none.
    """

    text: str
    ok: bool
    got: str
    span: Span
    token: Span | None = None
    rewrite: str = ""


class Expectations:
    """Judges the expectations of one example by its quote."""

    def __init__(self, agreement: m.Agreement, quote: Quote) -> None:
        self.agreement, self.quote, self.outcome = agreement, quote, quote.outcome

    def check(self, expect: s.Expect) -> Check:
        """Whether an expectation holds."""
        match expect:
            case s.ExpectOutcome():
                return self._verdict(expect)
            case s.ExpectAmount():
                return self._amount(expect)
            case s.ExpectFree():
                return self._free(expect)
            case s.ExpectRule():
                return self._rule(expect)
            case s.ExpectBreak():
                return self._break(expect)

    def _verdict(self, expect: s.ExpectOutcome) -> Check:
        quote = self.quote
        got = {"priced": "pass", "rejected": "reject"}.get(quote.status, f"approval by {', '.join(quote.approvals)}")
        if expect.word == "approval":
            ok = quote.status == "needs approval" and (expect.role is None or expect.role in quote.approvals)
        else:
            ok = got == expect.word
        return Check(words_of(expect.span), ok, got, expect.span)

    def _break(self, expect: s.ExpectBreak) -> Check:
        here = [found for found in self.quote.breaks if (None if found.line is None else found.line + 1) == expect.line]
        got = "; ".join(map(str, self.quote.breaks)) or "no break"
        return Check(words_of(expect.span), any(found.word == expect.word for found in here), got, expect.span)

    def _free(self, expect: s.ExpectFree) -> Check:
        """Goods that were added, of one item and unit, whatever rule gave them; zero says that there are none."""
        wanted, unit = expect.quantity.number.value, expect.quantity.unit
        found = [each for each in self.outcome.free if each.item == expect.item.value]
        got = ", ".join(f"{decimal_text(each.quantity)} {each.unit}" for each in found) or "nothing"
        ok = sum((each.quantity for each in found), ZERO) == wanted and all(each.unit == unit for each in found)
        return Check(words_of(expect.span), ok, f"{got} of {expect.item.value}" if found else got, expect.span)

    # --- amounts

    def _amount(self, expect: s.ExpectAmount) -> Check:
        lines = self.outcome.lines if expect.line is None else (self.outcome.lines[expect.line - 1],)
        percent = isinstance(expect.value, s.Percent)
        if percent and expect.what not in ("discount", "invoice margin", "pocket margin"):
            return self._cannot(expect, "an amount, no percent")
        if not percent and expect.what in ("invoice margin", "pocket margin"):
            return self._cannot(expect, "a percent, no amount")
        found: Fraction | None
        if expect.what.startswith("pocket"):
            found = self._pocket(expect)
        else:
            found = self._share(expect.what, lines) if percent else self._value(expect, lines)
        return self._compared(expect, expect.value, found)

    def _share(self, what: str, lines: Sequence[LineOut]) -> Fraction | None:
        """The discount as guards see it, (list − net) ÷ list, or the invoice margin (7.3)."""
        if what == "discount":
            whole, less = _sum([line.list_value for line in lines]), _sum([line.net_value for line in lines])
        else:
            whole, less = _sum([line.invoice_value for line in lines]), _sum([line.cost for line in lines])
        return None if not whole or less is None else (whole - less) / whole

    def _value(self, expect: s.ExpectAmount, lines: Sequence[LineOut]) -> Fraction | None:
        match expect.what:
            case "list price":
                return lines[0].list_price
            case "gross price":
                return lines[0].gross_price
            case "net price":
                assert expect.line is not None
                return lines[0].net_value / self.quote.given.lines[expect.line - 1].quantity
            case "list value":
                return _sum([line.list_value for line in lines])
            case "gross value":
                return _sum([line.gross_value for line in lines])
            case "net value":
                return self.outcome.net_value if expect.line is None else lines[0].net_value
            case "discount":
                listed, net = _sum([line.list_value for line in lines]), _sum([line.net_value for line in lines])
                return None if listed is None or net is None else listed - net
            case _:  # of the order with its cash rounding, as it is to be paid (2.2 b)
                return self.outcome.invoice_value if expect.line is None else lines[0].invoice_value

    def _pocket(self, expect: s.ExpectAmount) -> Fraction | None:
        """What is left once expected rebates are paid (124)."""
        pocket, quote = self.quote.priced.pocket, self.quote
        if expect.line is None:
            return quote.pocket.margin if expect.what == "pocket margin" else Fraction(quote.pocket.value.amount)
        value = pocket.values[expect.line - 1]
        match expect.what:
            case "pocket price":
                return value / quote.given.lines[expect.line - 1].quantity
            case "pocket margin":
                return quote.lines[expect.line - 1].pocket_margin
            case _:
                return value

    # --- rules

    def _rule(self, expect: s.ExpectRule) -> Check:
        named = next(rule for rule in self.agreement.rules if rule.name == expect.rule)
        rule = self.quote.rules.get(named.id, named)
        if rule.kind == "price" and expect.line is None and len(self.outcome.lines) > 1:
            return self._cannot(expect, "a price is of one line: name the line")
        indexes = range(len(self.outcome.lines)) if expect.line is None else (expect.line - 1,)
        taken = self._taken(rule, indexes)
        if rule.kind == "charge" and expect.line is None:
            amount = sum((charge.after for charge in self.outcome.charges if charge.rule == rule.id), ZERO)
        else:
            amount = sum(taken.values(), ZERO)
        if expect.value is None:
            return Check(
                words_of(expect.span), amount == 0, self._money(amount)[0] if amount else "nothing", expect.span
            )
        if isinstance(expect.value, s.Percent) and rule.kind == "price":
            return self._cannot(expect, "a price, no percent")
        if not amount:
            zero = not _number(expect.value) and self._is_own(expect.value)
            return Check(words_of(expect.span), zero, "nothing", expect.span, expect.value.span)
        if isinstance(expect.value, s.Percent):
            return self._percent_of_rule(expect, expect.value, rule, taken)
        return self._compared(expect, expect.value, amount)

    def _taken(self, rule: m.Rule, indexes: Sequence[int]) -> dict[int, Fraction]:
        """What the rule took, by line."""
        decisions = {index: self.quote.decision(rule.id, index) for index in indexes}
        return {index: d.amount for index, d in decisions.items() if d is not None and d.because == "taken"}

    def _percent_of_rule(
        self, expect: s.ExpectRule, value: s.Percent, rule: m.Rule, taken: dict[int, Fraction]
    ) -> Check:
        """A percent holds where the rule's reached row says so, or where it comes to the same rounded amount."""
        paid = {index: amount for index, amount in taken.items() if amount}
        stated = {self._stated(rule, index) for index in paid}
        ratio = next(iter(stated)) if len(stated) == 1 else None
        if ratio is None:
            index, amount = next(iter(paid.items()))
            base = self._base(rule, index)
            ratio = amount / base if base else None
        got, exact = ("unknown", False) if ratio is None else _percent(ratio)
        ok = self._is_percent(rule, paid, _number(value))
        holds = exact and ratio is not None and self._is_percent(rule, paid, ratio)
        return Check(words_of(expect.span), ok, got, expect.span, value.span, got if holds else "")

    def _is_percent(self, rule: m.Rule, paid: dict[int, Fraction], ratio: Fraction) -> bool:
        digits = self.quote.priced.digits
        for index, amount in paid.items():
            if self._stated(rule, index) == ratio:
                continue
            base = self._base(rule, index)
            if base is None:
                return False
            of_net = base - round_to(base - base * ratio, digits, Rounding.HALF_UP)
            if amount not in (of_net, round_to(base * ratio, digits, Rounding.HALF_UP)):
                return False
        return bool(paid)

    def _stated(self, rule: m.Rule, index: int) -> Fraction | None:
        """The percent of the rate, or of the reached row of tiers that pay on the whole base."""
        reward: m.Reward | None = None
        decision = self.quote.decision(rule.id, index)
        tier = decision.tier if decision is not None else None
        match chosen_worth(rule, decision.chosen) if decision is not None else rule.worth:
            case m.Flat(reward=reward):
                pass
            case m.Tiers(mode="retroactive", rows=rows, below=below, without_baseline=without) if tier is not None:
                reward = (
                    rows[tier].reward if tier >= 0 else below.reward if tier == -1 and below is not None else without
                )
        match reward:
            case m.Reward(pieces=(m.PercentPiece(rate=m.Constant(value=Fraction() as ratio)),)):
                return ratio
        return None

    def _base(self, rule: m.Rule, index: int) -> Fraction | None:
        """The line's running amount that the rule met."""
        line = self.outcome.lines[index]
        if rule.kind == "charge":
            return line.net_value
        stage = next((stage for stage in self.agreement.stages if stage.name == rule.stage), None)
        for step in line.steps:
            earlier = ZERO
            for part, amount in step.parts:
                if part == rule.id:
                    if stage is not None and stage.base == "list":
                        return line.list_value
                    return step.before - earlier if stage is not None and stage.combine == "sequence" else step.before
                earlier += amount
        return None

    # --- answers

    def _cannot(self, expect: s.ExpectAmount | s.ExpectRule, got: str) -> Check:
        return Check(
            words_of(expect.span), False, got, expect.span, expect.value.span if expect.value is not None else None
        )

    def _compared(
        self, expect: s.ExpectAmount | s.ExpectRule, value: s.Money | s.Percent, found: Fraction | None
    ) -> Check:
        """An exact value against the one that is written, currency and all."""
        text = words_of(expect.span)
        if found is None:
            return Check(text, False, "unknown", expect.span, value.span)
        got, exact = _percent(found) if isinstance(value, s.Percent) else self._money(found)
        ok = found == _number(value) and self._is_own(value)
        return Check(text, ok, got, expect.span, value.span, got if exact else "")

    def _is_own(self, value: s.Money | s.Percent) -> bool:
        """Another agreement, in another currency, may be the one that priced the order."""
        return isinstance(value, s.Percent) or value.currency == self.quote.currency

    def _money(self, value: Fraction) -> tuple[str, bool]:
        """An amount as the language writes it, and whether that is all of it."""
        digits, exact = self.quote.priced.digits, True
        try:
            text = grouped(value)
        except ExactError:
            text, exact = grouped(round_to(value, digits + 2, Rounding.HALF_UP)), False
        if 0 < len(text.partition(".")[2]) < digits:
            text = grouped(value, digits)
        return f"{self.quote.currency} {text}" if exact else f"about {self.quote.currency} {text}", exact


def _number(value: s.Money | s.Percent) -> Fraction:
    """What is written, a percent as a ratio."""
    return value.points / 100 if isinstance(value, s.Percent) else value.number.value


def _percent(ratio: Fraction) -> tuple[str, bool]:
    """A percent as the language writes it, and whether that is all of it."""
    try:
        return f"{grouped(ratio * 100)}%", True
    except ExactError:
        return f"about {grouped(round_to(ratio * 100, 4, Rounding.HALF_UP))}%", False


def _sum(values: Sequence[Fraction | None]) -> Fraction | None:
    """The sum, unless a part is missing."""
    known = [value for value in values if value is not None]
    return sum(known, ZERO) if len(known) == len(values) else None


def words_of(span: Span) -> str:
    """The text at a place, on one line."""
    return " ".join(span.text.split())
