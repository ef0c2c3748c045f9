"""The pocket of a quote: what rebates the order is expected to earn, and what is left of it once they are paid (section 15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from rebates.engine.wording import amendment_text
from rebates.model import nodes as m
from rebates.model.exact import Rounding, decimal_text, round_to
from rebates.model.money import Money
from rebates.model.pocket import ExpectedOut
from rebates.model.rebates import Rebate

if TYPE_CHECKING:
    from rebates.engine.quote import Quote, Taken

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Expected:
    """One rule that is settled over time, as far as the order has to do with it.

    `amount` is what it is expected to pay on this order, of points and goods their number. `accrued` is what it has earned
    before the order by the totals that the order brings, `beside` what it earns on top of both: catch-up on earlier sales,
    lump sums. Both are None where nothing that was brought tells them. `because` says why it pays nothing.
    """

    rule: str
    title: str
    agreement: str
    kind: Literal["rebate", "charge"]
    unit: str  # the currency, `point`, or the unit of the goods
    amount: str
    base: str | None  # of this order
    measure: str | None  # with this order
    terms: str  # the row or rate as written
    accrued: str | None
    beside: str | None
    status: str
    because: str
    place: str


@dataclass(frozen=True, slots=True)
class Pocket:
    """`value` is the order's invoice value less what is expected; `margin` what is left above cost, as a ratio of it.

    `totals` are those that the rules read, after this order: they go into the next one beside the quote's own. `missing` are
    the keys that this order did not bring, and that counted as zero.
    """

    expected: tuple[Expected, ...]
    value: Money
    margin: Fraction | None
    totals: Mapping[str, str]
    missing: tuple[str, ...]


def pocket(quote: Quote) -> Pocket:
    """The pocket of a quote."""
    from rebates.engine.orders import total_text

    priced = quote.priced
    out = priced.pocket
    sign = {"rebate": -1, "charge": 1}
    paid = sum((sign[each.kind] * each.amount for each in out.expected if each.pays == "money"), ZERO)
    sold = [index for index, line in enumerate(quote.given.lines) if line.quantity > 0]
    left = sum((out.values[index] for index in sold), ZERO) + sum((each.net_value for each in priced.free), ZERO)
    costs = [priced.lines[index].cost for index in sold] + [each.cost for each in priced.free]
    return Pocket(
        tuple(_expected(quote, each) for each in out.expected),
        quote.money(priced.invoice_value + paid),
        margin(left, costs),
        {key: total_text(value) for key, value in sorted(out.totals.items())},
        out.missing,
    )


def margin(value: Fraction, costs: Sequence[Fraction | None]) -> Fraction | None:
    """(value − cost) ÷ value; None without a cost, or at a value of zero or less (124)."""
    known = [cost for cost in costs if cost is not None]
    if len(known) < len(costs) or value <= 0:
        return None
    return (value - sum(known, ZERO)) / value


def rebate_of(quote: Quote, out: ExpectedOut) -> Rebate:
    """The rule in the version that its window is judged by."""
    return next(
        each
        for agreement in quote.priced.book.terms.agreements
        for each in agreement.rebates
        if each.id == out.rule and each.since == out.since
    )


def line_rebates(quote: Quote, index: int) -> tuple[Taken, ...]:
    """What of a line's invoice value each rule is expected to take."""
    from rebates.engine.quote import Taken

    found = []
    for out in quote.priced.pocket.expected:
        if out.pays == "money" and out.parts[index]:
            rule = rebate_of(quote, out)
            part = out.parts[index] if out.kind == "rebate" else -out.parts[index]
            amended = tuple(map(amendment_text, rule.amended))
            found.append(Taken(rule.name, rule.title, quote.money(part), terms_of_expected(rule, out), amended))
    return tuple(found)


def terms_of_expected(rule: Rebate, out: ExpectedOut) -> str:
    """The row or rate by which it is expected: the expected rate if one is stated."""
    from rebates.engine.settled_words import terms_of
    from rebates.engine.wording import words

    if rule.accrue is not None:
        return f"expected {words(rule.accrue.span.text)}"
    return terms_of(rule, out.tier)


def _expected(quote: Quote, out: ExpectedOut) -> Expected:
    from rebates.engine.settled_words import because

    rule = rebate_of(quote, out)
    unit = quote.currency
    if out.pays != "money":
        unit = "point" if rule.goods is None else rule.goods[1]

    def shown(value: Fraction | None) -> str | None:
        """To the digits of amounts; what does not end is rounded to them."""
        digits = quote.priced.digits if out.pays == "money" else 0
        return None if value is None else decimal_text(round_to(value, digits, Rounding.HALF_UP), digits)

    return Expected(
        rule=rule.name,
        title=rule.title,
        agreement=rule.agreement,
        kind=out.kind,
        unit=unit,
        amount=shown(out.amount) or "0",
        base=_number(quote, out.base, is_money(rule.base)),
        measure=_number(quote, out.measure, isinstance(rule.worth, m.Tiers) and is_money(rule.worth.measure)),
        terms=terms_of_expected(rule, out),
        accrued=shown(out.accrued),
        beside=shown(out.beside),
        status=out.status,
        because=because(rule, out),
        place=f"{rule.span.source.name}:{rule.span.line}",
    )


def is_money(expr: m.Expr | None) -> bool:
    """Whether an expression is an amount of money."""
    from rebates.model.expressions import dimension

    return expr is not None and dimension(expr).kind == "money"


def _number(quote: Quote, value: Fraction | None, money: bool) -> str | None:
    if value is None:
        return None
    digits = quote.priced.digits
    shown = round_to(value, digits if money else 4, Rounding.HALF_UP)
    return decimal_text(shown, digits) if money else decimal_text(shown)
