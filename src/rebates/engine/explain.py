"""The explanation of a quote: the waterfall in words, and why every other rule did nothing. Two views of one trace.

The customer's view has no cost, margin, guard, priority, file or rule that did nothing, and no measure over others'
transactions: those of a group or of all accounts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from rebates.engine import explain_pocket
from rebates.engine.exchanged import rates_of
from rebates.engine.why import why_not
from rebates.engine.wording import amendment_text, amount_text, price_text, terms
from rebates.model import nodes as m
from rebates.model.chosen import chosen_worth
from rebates.model.exact import Rounding, grouped, round_to
from rebates.model.outcome import Decision, LineOut
from rebates.model.tables import Row
from rebates.plan.reads import nodes_in
from rebates.syntax.source import Span

if TYPE_CHECKING:
    from rebates.engine.offers import Offer
    from rebates.engine.quote import Quote, QuoteGuard, View

LABEL, AMOUNT = 34, 18
MOST_NEXT = 50  # lines of an order for which larger quantities are tried


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a waterfall: what, how much, by which terms, and the places that made it."""

    label: str
    amount: str
    terms: str = ""
    place: str = ""
    rule: str = ""

    def to_dict(self, manager: bool) -> dict[str, str]:
        body = {"label": self.label, "amount": self.amount, "terms": self.terms}
        return body | {"place": self.place, "rule": self.rule} if manager else body

    def text(self, manager: bool, width: int) -> str:
        end = f"  {self.terms}" if self.terms else ""
        end += f"  [{self.place}]" if manager and self.place else ""
        return f"{self.label:<{width}}{self.amount:>{AMOUNT}}{end}".rstrip()


class Explanation:
    """Why a quote is what it is. `str()` for people, `to_dict()` and `to_json()` for programs."""

    def __init__(self, quote: Quote, view: View) -> None:
        self.quote, self.view = quote, view
        self.manager = view == "manager"

    def __str__(self) -> str:
        return "\n".join(self._text())

    def to_json(self) -> str:
        """Canonical JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def to_dict(self) -> dict[str, object]:
        """The waterfall of each line and of the order; for the manager also rules that did nothing, and guards."""
        quote, manager = self.quote, self.manager
        out: dict[str, object] = {
            "account": quote.given.account,
            "day": quote.given.day.isoformat(),
            "currency": quote.currency,
            "lines": [self._line(index) for index in range(len(quote.lines))],
            "order": [entry.to_dict(manager) for entry in self._order()],
            "free": [entry.to_dict(manager) for entry in self._free()],
            "charges": [entry.to_dict(manager) for entry in self._charges()],
            "offers": [str(offer) for offer in self._offers()],
            "total": str(quote.total),
            "rebates": [entry.to_dict(manager) for entry in self._pocket()],
            "confirmed": quote.status == "priced",
            "breaks": [str(found) for found in quote.breaks],
            "terms": [term.text for term in quote.terms],
        }
        if manager:
            out |= {
                "version": quote.version,
                "agreements": list(quote.outcome.agreements),
                "amendments": [amendment_text(amendment) for amendment in self._amendments()],
                "status": quote.status,
                "guards": [{"text": text, "place": place, "holds": holds} for text, place, holds in self._guards()],
                "classes": [verdict.to_dict() | {"place": verdict.place} for verdict in quote.classes],
                "notes": list(quote.warnings),
                "pocket": explain_pocket.plain(quote),
            }
        return out

    def _line(self, index: int) -> dict[str, object]:
        line = self.quote.lines[index]
        following = self._next(index)
        body: dict[str, object] = {
            "item": line.item,
            "quantity": line.quantity,
            "steps": [entry.to_dict(self.manager) for entry in self._steps(index)],
            "next": str(following) if following else None,
        }
        if self.manager:
            body["not_applied"] = [
                {
                    "rule": self.quote.rules[decision.rule].name,
                    "because": decision.because,
                    "words": why_not(self.quote, decision),
                    "place": _place(self.quote.rules[decision.rule].span),
                }
                for decision in self._silent(index)
            ]
        return body

    # --- text

    def _text(self) -> Iterator[str]:
        quote, manager = self.quote, self.manager
        head = f"{quote.given.account}, {quote.given.day}"
        yield f"{head}, agreements {', '.join(quote.outcome.agreements)}" if manager else head
        if manager:
            yield from (f"  {amendment_text(amendment)}" for amendment in self._amendments())
        for index, line in enumerate(quote.lines):
            yield ""
            yield f"line {index + 1}: {line.quantity} {line.item}"
            yield from (f"  {entry.text(manager, LABEL)}" for entry in self._steps(index))
            if manager:
                for decision in self._silent(index):
                    rule = quote.rules[decision.rule]
                    yield f"  not {rule.name}: {why_not(quote, decision)}  [{_place(rule.span)}]"
            if (following := self._next(index)) is not None:
                yield f"  next: {following}"
        if len(quote.lines) > 1:
            yield ""
            yield "order"
            yield from (f"  {entry.text(manager, LABEL)}" for entry in self._order())
        yield ""
        yield from (entry.text(manager, LABEL + 2) for entry in self._free())
        yield from (entry.text(manager, LABEL + 2) for entry in self._charges())
        yield Entry(f"total {quote.currency}", self._amount(Fraction(quote.total.amount))).text(manager, LABEL + 2)
        if len(quote.lines) > 1:
            yield from (entry.text(manager, LABEL + 2) for entry in self._pocket())
        for offer in self._offers():
            yield f"  {offer}"
        if manager:
            yield from (f"  {text}  [{place}]" for text, place, _ in self._guards())
            yield from (f"  {verdict}  [{verdict.place}]" for verdict in quote.classes)
            yield from (f"  note: {warning}" for warning in quote.warnings)
            yield from (f"  {text}" for text in explain_pocket.told(quote))
            yield f"rules {quote.version[:12]}"
            yield from self._terms()
        else:
            yield from self._terms()
            if quote.status == "not placeable":
                yield "this order cannot be placed so"
            elif quote.status != "priced":
                yield "this price needs to be confirmed"

    def _terms(self) -> Iterator[str]:
        """What the order breaks, then the terms."""
        for found in self.quote.breaks:
            yield f"  {found}  [{found.place}]" if self.manager else f"  {found}"
        if self.quote.terms:
            yield "terms"
        for term in self.quote.terms:
            yield f"  {term.text}  [{term.place}]" if self.manager else f"  {term.text}"
        if self.quote.earliest_delivery is not None:
            yield f"  earliest delivery {self.quote.earliest_delivery}"

    def _amendments(self) -> Iterator[m.Amendment]:
        """The amendments of the agreements in force that hold on the order day."""
        for agreement in self.quote.priced.book.terms.agreements:
            yield from (a for a in agreement.amendments if a.day <= self.quote.given.day)

    def _amount(self, value: Fraction) -> str:
        return amount_text(value, self.quote.priced.digits)

    def _price(self, value: Fraction) -> str:
        return price_text(value, self.quote.priced.digits)

    # --- the waterfall

    def _steps(self, index: int) -> Iterator[Entry]:
        """The waterfall of a line."""
        quote, out, line = self.quote, self.quote.outcome.lines[index], self.quote.given.lines[index]
        if out.list_value is not None and out.list_price is not None:
            found = quote.book.rules.master.list_price(line.item, line.unit, quote.given.day, quote.currency, True)
            each = f"{self._price(out.list_price)} per {line.unit}"
            yield Entry("list value", self._amount(out.list_value), each, _row(found.row) if found else "")
        if out.price_rule is not None:
            yield self._gross(index, out)
        for used in rates_of(quote, index, self.manager):
            yield Entry("exchange rate", self._price(used.stated), used.words, _row(used.rate.row))
        for step in out.steps:
            for id, amount in step.parts:
                yield self._taken(id, -amount, index)
        net = round_to(out.net_value / line.quantity, quote.priced.digits + 2, Rounding.HALF_UP)
        yield Entry("net value", self._amount(out.net_value), f"{self._price(net)} per {line.unit}")
        for id, amount in out.charges:
            yield Entry(f"part of {quote.rules[id].title}", self._amount(amount), rule=quote.rules[id].name)
        yield from explain_pocket.taken_on(quote, index, self.manager)
        if self.manager and out.cost is not None:
            cost = quote.book.rules.master.cost(line.item, line.unit, quote.given.day, quote.currency, True)
            each = f"{self._price(out.cost / line.quantity)} per {line.unit}"
            yield Entry("cost", self._price(out.cost), each, _row(cost.row) if cost else "")
            yield from explain_pocket.margin_of(quote, index)

    def _gross(self, index: int, out: LineOut) -> Entry:
        """The value at the account price."""
        quote, unit = self.quote, self.quote.given.lines[index].unit
        rule = quote.rules.get(out.price_rule or "")
        each = f"{self._price(out.gross_price)} per {unit}"
        if rule is None:
            return Entry("price given by the caller", self._amount(out.gross_value), each)
        places = [_sources(rule, quote.decision(rule.id, index))]
        if out.price_row is not None:
            places.append(f"{out.price_row[0]} row {out.price_row[1]}")
        reference = quote.lines[index].price_reference
        if reference is not None:
            until = quote.lines[index].price_valid_to
            each += f", {reference}" + (f" until {until}" if until is not None else "")
        return Entry(rule.title, self._amount(out.gross_value), each, ", ".join(places), rule.name)

    def _taken(self, id: str, amount: Fraction, index: int) -> Entry:
        rule, decision = self.quote.rules.get(id), self.quote.decision(id, index)
        if rule is None:
            return Entry("given by the caller", self._amount(amount))
        place = _sources(rule, decision)
        return Entry(rule.title, self._amount(amount), self._how(rule, decision), place, rule.name)

    def _order(self) -> Iterator[Entry]:
        """The waterfall of the order: its lines added up."""
        quote, lines = self.quote, self.quote.outcome.lines
        listed = [line.list_value for line in lines if line.list_value is not None]
        if len(listed) == len(lines):
            yield Entry("list value", self._amount(sum(listed, Fraction(0))))
        yield Entry("gross value", self._amount(sum((line.gross_value for line in lines), Fraction(0))))
        taken: dict[str, Fraction] = {}
        for id, amount in (part for line in lines for step in line.steps for part in step.parts):
            taken[id] = taken.get(id, Fraction(0)) + amount
        places = {id: place for place, id in enumerate(quote.rules)}
        for id in sorted(taken, key=lambda id: places.get(id, len(places))):
            rule = quote.rules.get(id)
            label, name = (rule.title, rule.name) if rule is not None else ("given by the caller", "")
            yield Entry(label, self._amount(-taken[id]), "", _sources(rule) if rule is not None else "", name)
        yield Entry("net value", self._amount(quote.outcome.net_value))

    def _pocket(self) -> Iterator[Entry]:
        """From what is to be paid down to the pocket, of the order."""
        yield from explain_pocket.taken_on(self.quote, None, self.manager)
        if self.manager:
            yield from explain_pocket.margin_of(self.quote, None)

    def _free(self) -> Iterator[Entry]:
        """Goods that come beside the lines."""
        for out in self.quote.outcome.free:
            rule = self.quote.rules[out.rule]
            goods = f"{self._price(out.quantity)} {out.unit} {out.item}, listed at {self._amount(out.list_value)}"
            yield Entry(rule.title, self._amount(out.net_value), goods, _place(rule.span), rule.name)

    def _charges(self) -> Iterator[Entry]:
        quote = self.quote
        for charge in quote.outcome.charges:
            rule = quote.rules[charge.rule]
            note = "" if charge.after == charge.amount else f"{self._amount(charge.amount)} before discounts on it"
            decision = next(
                (d for d in quote.outcome.decisions if d.rule == charge.rule and d.because == "taken"), None
            )
            how = "; ".join(part for part in (self._how(rule, decision), note) if part)
            yield Entry(rule.title, self._amount(charge.after), how, _sources(rule, decision), rule.name)
        if quote.outcome.cash_rounding:
            yield Entry("cash rounding", self._amount(quote.outcome.cash_rounding))

    def _how(self, rule: m.Rule, decision: Decision | None) -> str:
        """The row or rate, and the measure that reached it."""
        if decision is None or not (self.manager or not _of_cost(rule.worth)):
            return ""
        text = terms(rule, decision.tier, decision.chosen)
        worth = chosen_worth(rule, decision.chosen)
        if decision.measure is not None and isinstance(worth, m.Tiers):
            if not self.manager and _of_others(rule.worth):
                return text
            unit = getattr(getattr(worth.measure, "dimension", None), "unit", None)
            text += f" ({self._price(decision.measure)}{f' {unit}' if unit else ''})"
        return text

    def _next(self, index: int) -> object | None:
        """The next tier worth reaching; for the customer only where it tells nothing of cost or others."""
        if len(self.quote.lines) > MOST_NEXT:
            return None
        following = self.quote.lines[index].next_tier
        if following is None or self.manager:
            return following
        worth = self.quote.rules[following.id].worth
        return None if _of_cost(worth) or _of_others(worth) else following

    def _offers(self) -> Iterator[Offer]:
        """What answers are worth; for the customer only where the rule tells nothing of cost or others."""
        for offer in self.quote.offers:
            worth = self.quote.rules[offer.id].worth
            if self.manager or not (_of_cost(worth) or _of_others(worth)):
                yield offer

    def _silent(self, index: int) -> Iterator[Decision]:
        return (decision for decision in self.quote.decisions_on(index) if decision.because not in ("taken", "given"))

    # --- guards

    def _guards(self) -> Iterator[tuple[str, str, bool]]:
        """Each guard's verdict in words, its place, and whether it holds."""
        nodes = {guard.id: guard for guard in self.quote.priced.book.terms.guards}
        for guard in self.quote.guards:
            where = "" if guard.line is None else f" of line {guard.line + 1}"
            verdict = (
                "holds" if guard.holds else (f"needs approval by {guard.role}" if guard.role else "rejects the order")
            )
            shown, bound = self._judged(guard, guard.value, 2), self._judged(guard, guard.bound, None)
            yield (
                f"guard {guard.watches}{where}: {shown} against {bound}, {verdict}",
                _guard_sources(nodes[guard.name]),
                guard.holds,
            )

    def _judged(self, guard: QuoteGuard, value: Fraction | None, digits: int | None) -> str:
        if value is None:
            return "unknown"
        if guard.watches == "net price":
            return self._price(round_to(value, self.quote.priced.digits + 2, Rounding.HALF_UP))
        if digits is None:
            return f"{self._price(value * 100)}%"
        return f"{grouped(round_to(value * 100, digits, Rounding.HALF_UP), digits)}%"


def _paid(rule: m.Rule, decision: Decision | None) -> Span:
    """The row that paid, else the rule."""
    worth = chosen_worth(rule, decision.chosen) if decision is not None else rule.worth
    if isinstance(rule.worth, m.Cases) and decision is not None and decision.chosen:
        return worth.span
    if isinstance(worth, m.Flat) and decision is not None and decision.chosen:
        return worth.reward.span
    if isinstance(worth, m.Tiers) and decision is not None and decision.tier is not None:
        if decision.tier >= 0:
            return worth.rows[decision.tier].span
        if decision.tier == -1 and worth.below is not None:
            return worth.below.span
    return rule.span


def _sources(rule: m.Rule, decision: Decision | None = None) -> str:
    """The place of the row that paid, or of the rule, and the amendments behind it."""
    place = _place(_paid(rule, decision) if decision is not None else rule.span)
    return ", ".join([place, *map(amendment_text, rule.amended)])


def _place(span: Span) -> str:
    if " row " in span.source.name:  # a row of a table shows itself as a line of text
        return span.source.name
    return f"{span.source.name}:{span.line}"


def _guard_sources(guard: m.Guard) -> str:
    place = _place(guard.span)
    return place if guard.amended is None else f"{place}, {amendment_text(guard.amended)}"


def _row(row: Row) -> str:
    return f"{row.file} row {row.number}"


def _of_cost(worth: m.Worth) -> bool:
    """Whether terms speak of the cost."""
    return any(isinstance(node, m.ItemPrice) and node.kind == "cost" for node in nodes_in(worth))


def _of_others(worth: m.Worth) -> bool:
    """Whether a total sums transactions of accounts beside the customer's own."""
    wide = (m.Scope.GROUP, m.Scope.ALL)
    return any(isinstance(node, m.Total) and node.scope in wide for node in nodes_in(worth))


def is_told_to_customers(worth: m.Worth) -> bool:
    """Whether terms may be told to the customer: they speak neither of the cost nor of others' transactions."""
    return not (_of_cost(worth) or _of_others(worth))
