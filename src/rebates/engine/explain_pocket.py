"""The end of the waterfall in words: what rebates an order is expected to earn, pocket value, pocket margin.

The customer's view has the customer's own rebates, and neither the pocket nor what others are paid.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rebates.engine.pocket import Expected, margin, rebate_of, terms_of_expected
from rebates.engine.wording import amendment_text, amount_text, price_text
from rebates.model import nodes as m
from rebates.model.exact import Rounding, grouped, round_to
from rebates.model.pocket import ExpectedOut
from rebates.model.rebates import Rebate
from rebates.plan.reads import nodes_in

if TYPE_CHECKING:
    from rebates.engine.explain import Entry
    from rebates.engine.quote import Quote

ZERO = Fraction(0)


def taken_on(quote: Quote, index: int | None, manager: bool) -> Iterator[Entry]:
    """What each rule is expected to take off a line, or off the order; then what is left."""
    from rebates.engine.explain import Entry

    if not quote.earns_rebates:
        return
    digits, out = quote.priced.digits, quote.priced.pocket
    for each in out.expected:
        amount = each.amount if index is None else each.parts[index]
        rule = rebate_of(quote, each)
        if each.pays != "money" or not amount or not (manager or _is_own(rule)):
            continue
        signed = -amount if each.kind == "rebate" else amount
        yield Entry(
            f"{rule.title}, expected", amount_text(signed, digits), _how(quote, rule, each, manager), _place(rule), rule.name
        )  # fmt: skip
    if not manager:
        return
    if index is None:
        yield Entry("pocket value", amount_text(Fraction(quote.pocket.value.amount), digits))
        return
    line = quote.given.lines[index]
    price = round_to(out.values[index] / line.quantity, digits + 2, Rounding.HALF_UP)
    yield Entry("pocket value", amount_text(out.values[index], digits), f"{price_text(price, digits)} per {line.unit}")


def margin_of(quote: Quote, index: int | None) -> Iterator[Entry]:
    """The pocket margin, for the manager, where there is a cost."""
    from rebates.engine.explain import Entry

    if not quote.earns_rebates:
        return
    found = quote.pocket.margin
    if index is not None:
        found = margin(quote.priced.pocket.values[index], [quote.priced.lines[index].cost])
    if found is not None:
        yield Entry("pocket margin", f"{grouped(round_to(found * 100, 2, Rounding.HALF_UP), 2)}%")


def told(quote: Quote) -> Iterator[str]:
    """Every rule that is settled: what it pays on this order, what it has earned before, or why it pays nothing."""
    if not quote.earns_rebates:
        return
    for each in quote.pocket.expected:
        yield f"{each.kind} {each.rule}: {_sentence(each)}  [{each.place}]"
    for key in quote.pocket.missing:
        yield f"not brought, taken as zero: {key}"


def plain(quote: Quote) -> dict[str, Any] | None:
    """The same as data."""
    from rebates.engine.pocket_document import pocket_document

    return pocket_document(quote)


def _sentence(each: Expected) -> str:
    if each.because:
        return f"nothing, {each.because}"
    on = "" if each.base is None else f" on {each.base}"
    by = f" by `{each.terms}`" if each.terms else ""
    by += f", measure {each.measure}" if each.measure is not None else ""
    more = [f"{each.accrued} accrued before"] if each.accrued is not None else []
    more += [f"{each.beside} beside"] if each.beside is not None else []
    return f"{each.amount} {each.unit} expected{on}{by}" + (f"; {', '.join(more)}" if more else "")


def _how(quote: Quote, rule: Rebate, out: ExpectedOut, manager: bool) -> str:
    terms = terms_of_expected(rule, out)
    if out.measure is None or not isinstance(rule.worth, m.Tiers):
        return terms
    unit = getattr(getattr(rule.worth.measure, "dimension", None), "unit", None)
    return f"{terms} ({price_text(out.measure, quote.priced.digits)}{f' {unit}' if unit else ''})"


def _place(rule: Rebate) -> str:
    return ", ".join([f"{rule.span.source.name}:{rule.span.line}", *map(amendment_text, rule.amended)])


def _is_own(rule: Rebate) -> bool:
    """Whether a customer may be told: it is paid to the account, by totals of its own, and says nothing of the cost."""
    if rule.payees is not None or rule.scope not in (m.Scope.ACCOUNT, m.Scope.TREE):
        return False
    return not any(
        (isinstance(node, m.ItemPrice) and node.kind == "cost")
        or (isinstance(node, m.Total) and (node.what == "cost" or node.scope in (m.Scope.GROUP, m.Scope.ALL)))
        for node in nodes_in(rule)
    )
