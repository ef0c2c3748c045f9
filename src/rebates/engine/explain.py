"""The explanation of a quote: the waterfall in words, and why every other rule did nothing. Two views of one trace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from rebates.engine.quote import terms, words
from rebates.model import nodes as m
from rebates.model.exact import ExactError, Rounding, grouped, round_to
from rebates.model.outcome import Decision

if TYPE_CHECKING:
    from rebates.engine.quote import Quote, View

LABEL, AMOUNT = 34, 18


class Explanation:
    """Why a quote is what it is. `str()` for people, `to_dict()` and `to_json()` for programs."""

    def __init__(self, quote: Quote, view: View) -> None:
        self.quote, self.view = quote, view

    def __str__(self) -> str:
        return "\n".join(self._text())

    def to_json(self) -> str:
        """Canonical JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def to_dict(self) -> dict[str, object]:
        """The waterfall of each line: steps with their rule, place and terms; for the manager also what did not apply."""
        quote, manager = self.quote, self.view == "manager"
        lines = []
        for index, line in enumerate(quote.lines):
            body: dict[str, object] = {
                "item": line.item,
                "quantity": line.quantity,
                "steps": [
                    {"label": label, "amount": amount, "terms": note, "place": place}
                    if manager
                    else {"label": label, "amount": amount, "terms": note}
                    for label, amount, note, place in self._steps(index)
                ],
            }
            if manager:
                body["not_applied"] = [
                    {
                        "rule": quote.rules[d.rule].name,
                        "because": d.because,
                        "words": self.why_not(d),
                        "place": self._place(quote.rules[d.rule]),
                    }
                    for d in self._silent(index)
                ]
            lines.append(body)
        out: dict[str, object] = {
            "lines": lines,
            "charges": [{"label": a, "amount": b} for a, b, _, _ in self._charges()],
            "total": str(quote.total),
        }
        if manager:
            out |= {
                "version": quote.version,
                "agreements": list(quote.outcome.agreements),
                "status": quote.status,
                "guards": list(self._guards()),
            }
        return out

    # --- text

    def _text(self) -> Iterator[str]:
        quote, manager = self.quote, self.view == "manager"
        head = f"{quote.given.account}, {quote.given.day}"
        yield f"{head}, agreements {', '.join(quote.outcome.agreements)}" if manager else head
        for index, line in enumerate(quote.lines):
            yield ""
            yield f"line {index + 1}: {line.quantity} {line.item}"
            for label, amount, note, place in self._steps(index):
                end = f"  {note}" if note else ""
                end += f"  [{place}]" if manager and place else ""
                yield f"  {label:<{LABEL}}{amount:>{AMOUNT}}{end}".rstrip()
            if manager:
                for decision in self._silent(index):
                    rule = quote.rules[decision.rule]
                    yield f"  not {rule.name}: {self.why_not(decision)}  [{self._place(rule)}]"
            if line.next_tier is not None:
                yield f"  next: {line.next_tier}"
        yield ""
        for label, amount, note, place in self._charges():
            end = f"  {note}" + (f"  [{place}]" if manager and place else "")
            yield f"{label:<{LABEL + 2}}{amount:>{AMOUNT}}{end}".rstrip()
        yield f"{'total ' + quote.currency:<{LABEL + 2}}{self._amount(Fraction(quote.total.amount)):>{AMOUNT}}"
        if manager:
            yield from (f"  {guard}" for guard in self._guards())
            yield from (f"  note: {warning}" for warning in quote.warnings)
            yield f"rules {quote.version[:12]}"
        elif quote.status != "priced":
            yield "this price needs to be confirmed"

    def _amount(self, value: Fraction) -> str:
        return grouped(value, self.quote.priced.digits)

    def _price(self, value: Fraction) -> str:
        try:
            return grouped(value)
        except ExactError:
            return grouped(round_to(value, self.quote.priced.digits + 2, Rounding.HALF_UP))

    def _steps(self, index: int) -> Iterator[tuple[str, str, str, str]]:
        """Label, amount, terms and place of each step of a line."""
        quote, out = self.quote, self.quote.outcome.lines[index]
        unit = quote.given.lines[index].unit
        if out.list_value is not None and out.list_price is not None:
            yield "list value", self._amount(out.list_value), f"{self._price(out.list_price)} per {unit}", ""
        if out.price_rule is not None:
            rule = quote.rules.get(out.price_rule)
            label = rule.title if rule is not None else "price given by the caller"
            place = self._place(rule) if rule is not None else ""
            if out.price_row is not None:
                place += f", {out.price_row[0]} row {out.price_row[1]}"
            yield label, self._amount(out.gross_value), f"{self._price(out.gross_price)} per {unit}", place
        for step in out.steps:
            for id, amount in step.parts:
                rule = quote.rules.get(id)
                decision = quote.decision(id, index)
                if rule is None:
                    yield "given by the caller", self._amount(-amount), "", ""
                    continue
                yield rule.title, self._amount(-amount), self._how(rule, decision), self._place(rule, decision)
        yield (
            "net value",
            self._amount(out.net_value),
            f"{self._price(round_to(out.net_value / quote.given.lines[index].quantity, quote.priced.digits + 2, Rounding.HALF_UP))} per {unit}",
            "",
        )
        for id, amount in out.charges:
            yield f"part of {quote.rules[id].title}", self._amount(amount), "", ""

    def _charges(self) -> Iterator[tuple[str, str, str, str]]:
        quote = self.quote
        for charge in quote.outcome.charges:
            rule = quote.rules[charge.rule]
            note = "" if charge.after == charge.amount else f"{self._amount(charge.amount)} before discounts on it"
            decision = next((d for d in quote.outcome.decisions if d.rule == charge.rule), None)
            how = "; ".join(part for part in (self._how(rule, decision), note) if part)
            yield rule.title, self._amount(charge.after), how, self._place(rule, decision)
        if quote.outcome.cash_rounding:
            yield "cash rounding", self._amount(quote.outcome.cash_rounding), "", ""

    def _how(self, rule: m.Rule, decision: Decision | None) -> str:
        """The row or rate, and the measure that reached it."""
        if decision is None:
            return ""
        text = terms(rule, decision.tier)
        if decision.measure is not None and isinstance(rule.worth, m.Tiers):
            unit = getattr(getattr(rule.worth.measure, "dimension", None), "unit", None)
            text += f" ({self._price(decision.measure)}{f' {unit}' if unit else ''})"
        return text

    def _place(self, rule: m.Rule, decision: Decision | None = None) -> str:
        """File and line of the row that paid, else of the rule."""
        span = rule.span
        if (
            decision is not None
            and decision.tier is not None
            and decision.tier >= 0
            and isinstance(rule.worth, m.Tiers)
        ):
            span = rule.worth.rows[decision.tier].span
        return f"{span.source.name}:{span.line}"

    def _silent(self, index: int) -> Iterator[Decision]:
        for decision in self.quote.outcome.decisions:
            if decision.line == index and decision.because != "taken":
                yield decision

    def why_not(self, decision: Decision) -> str:
        """Why a rule did nothing on a line, in words."""
        rule = self.quote.rules[decision.rule]
        other = self.quote.rules.get(decision.detail or "")
        by = f"`{other.name}`" if other is not None else f"`{decision.detail}`"
        match decision.because:
            case "nothing":
                return "it comes to nothing here"
            case "dates":
                return f"valid {rule.first} to {rule.last}" if rule.first else "not valid on this day"
            case "code":
                return "the order does not carry its code"
            case "condition" | "unknown":
                assert decision.clause is not None
                clause = words(rule.when[decision.clause].span.text)
                lacking = (
                    f": {decision.detail} is not known" if decision.because == "unknown" and decision.detail else ""
                )
                return f"`{clause}` does not hold{lacking}"
            case "not listed":
                return "its table has no row for this line"
            case "base":
                return "the line is not in its base"
            case "no tier":
                measure = self._price(decision.measure) if decision.measure is not None else "nothing"
                first = words(rule.worth.rows[0].span.text) if isinstance(rule.worth, m.Tiers) else ""
                return f"{measure} is below `{first}`"
            case "no baseline":
                return "its measure has no value"
            case "pays from":
                return "less than its minimum payout"
            case "used up":
                return "its limit has run out"
            case "beaten":
                return f"{by} is better" if other is not None else "the price before it is lower"
            case "excluded":
                return f"{by} stands alone"
            case "outranked":
                return f"{by} is more specific" if decision.detail != "manual" else "the caller gave a price"
            case _:
                return "a price or cost that it needs is missing"

    def _guards(self) -> Iterator[str]:
        for guard in self.quote.guards:
            where = "" if guard.line is None else f" of line {guard.line + 1}"
            verdict = (
                "holds" if guard.holds else (f"needs approval by {guard.role}" if guard.role else "rejects the order")
            )
            if guard.watches == "net price":
                shown = (
                    "unknown"
                    if guard.value is None
                    else self._price(round_to(guard.value, self.quote.priced.digits + 2, Rounding.HALF_UP))
                )
                bound = "unknown" if guard.bound is None else self._price(guard.bound)
            else:
                shown = (
                    "unknown"
                    if guard.value is None
                    else f"{grouped(round_to(guard.value * 100, 2, Rounding.HALF_UP), 2)}%"
                )
                bound = "unknown" if guard.bound is None else f"{self._price(guard.bound * 100)}%"
            yield f"guard {guard.watches}{where}: {shown} against {bound}, {verdict}"
