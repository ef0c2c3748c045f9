"""What more of a line would reach: found and valued by quoting the larger quantity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from rebates.compile import Priced
from rebates.engine.wording import words
from rebates.model import nodes as m
from rebates.model.chosen import chosen_worth
from rebates.model.exact import Rounding, decimal_text, round_to
from rebates.model.money import Money
from rebates.model.outcome import Decision

if TYPE_CHECKING:
    from rebates.engine.quote import Quote

MOST = Fraction(10**12)  # nobody orders more
TRIES = 4  # steps towards a threshold on a measure that does not grow evenly
CANDIDATES = 6  # rules whose next tier is looked at, nearest first


@dataclass(frozen=True, slots=True)
class NextTier:
    """How much more reaches the next tier of a rule, and what the order then saves against today's net prices."""

    rule: str
    more: str
    terms: str
    saves: Money
    id: str  # agreement and rule

    def __str__(self) -> str:
        return f"{self.more} more reach `{self.terms}` ({self.rule}), worth {self.saves}"


def next_tier(quote: Quote, index: int) -> NextTier | None:
    """The nearest tier that more of this line reaches and that is worth something, or None."""
    line = quote.given.lines[index]
    if line.quantity <= 0:
        return None
    today = {rule.id: (rule, decision) for rule, decision in _open(quote, index)}
    if not today:
        return None
    doubled = _more(quote, index, 2 * line.quantity)
    found = []
    for id, (rule, decision) in today.items():
        row = _row_after(rule, decision)
        assert row is not None
        step = _measure(doubled, id, index)
        assert decision.measure is not None
        if step is None or step <= decision.measure:
            continue  # more of this line does not move the measure
        wanted = _whole(line.quantity * (1 + (row.threshold - decision.measure) / (step - decision.measure)), row.above)
        found.append((max(wanted, _whole(line.quantity, True)), rule.id))
    for wanted, id in sorted(found)[:CANDIDATES]:
        rule, decision = today[id]
        reached = _reached(quote, index, wanted, rule, decision)
        if reached is not None and (better := _worth(quote, index, *reached, rule)) is not None:
            return better
    return None


def _open(quote: Quote, index: int) -> Iterator[tuple[m.Rule, Decision]]:
    """The rules of prices and discounts that looked at a tier of this line and have one beyond it."""
    for decision in quote.decisions_on(index):
        rule = quote.rules[decision.rule]
        if rule.kind == "charge" or decision.because not in ("taken", "nothing", "no tier", "beaten"):
            continue
        if _row_after(rule, decision) is not None:
            yield rule, decision


def _row_after(rule: m.Rule, decision: Decision) -> m.Tier | None:
    worth = chosen_worth(rule, decision.chosen)
    if not isinstance(worth, m.Tiers) or decision.measure is None:
        return None
    measure = decision.measure
    rows = (row for row in worth.rows if row.threshold > measure or (row.above and row.threshold == measure))
    return next(rows, None)


def _more(quote: Quote, index: int, quantity: Fraction) -> Priced:
    lines = (replace(line, quantity=quantity) if i == index else line for i, line in enumerate(quote.given.lines))
    return quote.book.compiled.price(replace(quote.given, lines=tuple(lines)))


def _measure(priced: Priced, rule: str, index: int) -> Fraction | None:
    return next((x.measure for x in priced.outcome.decisions if x.line == index and x.rule == rule), None)


def _whole(quantity: Fraction, above: bool) -> Fraction:
    """The quantity in whole units; beyond it where it must be above."""
    whole = ceil(quantity)
    return Fraction(whole + 1 if above and whole == quantity else whole)


def _reached(
    quote: Quote, index: int, wanted: Fraction, rule: m.Rule, decision: Decision
) -> tuple[Fraction, Priced, m.Tier] | None:
    """The least whole quantity that reaches the row, from a first guess; None where a few steps do not get there."""
    row = _row_after(rule, decision)
    assert row is not None
    least = quote.given.lines[index].quantity  # does not reach it
    for _ in range(TRIES):
        if wanted > MOST:
            return None
        priced = _more(quote, index, wanted)
        measure = _measure(priced, rule.id, index)
        if measure is None or measure <= 0:
            return None
        if _reaches(measure, row):
            most, priced = _least(quote, index, least, (wanted, priced), rule.id, row)
            return most, priced, row
        least = wanted
        wanted = max(_whole(wanted * row.threshold / measure, row.above), wanted + 1)
    return None


def _reaches(measure: Fraction | None, row: m.Tier) -> bool:
    return measure is not None and (measure > row.threshold or (measure == row.threshold and not row.above))


def _least(
    quote: Quote, index: int, least: Fraction, found: tuple[Fraction, Priced], rule: str, row: m.Tier
) -> tuple[Fraction, Priced]:
    """The least whole quantity above `least` that still reaches the row: a measure may grow in steps (`in full case`)."""
    tried = found[0] - 1  # where the measure grows evenly this is the only step
    while tried > least:
        priced = _more(quote, index, tried)
        if _reaches(_measure(priced, rule, index), row):
            found = tried, priced
        else:
            least = tried
        tried = Fraction((least + found[0]) // 2)
    return found


def _worth(quote: Quote, index: int, wanted: Fraction, priced: Priced, row: m.Tier, rule: m.Rule) -> NextTier | None:
    """Today's net prices for the larger order, less what it would cost."""
    scale, quantity = 10**quote.priced.digits, quote.given.lines[index].quantity
    own = Fraction(quote.priced.net_values[index])
    today = quote.priced.net_value - own + own / quantity * wanted
    saves = round_to((today - priced.net_value) / scale, quote.priced.digits, Rounding.HALF_UP)
    if saves <= 0:
        return None
    more = f"{decimal_text(wanted - quantity)} {quote.given.lines[index].unit}"
    return NextTier(rule.name, more, words(row.span.text), quote.money(saves), rule.id)
