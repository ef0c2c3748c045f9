"""Runs the examples of an agreement: an order and what it must come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from rebates.engine.book import Book
from rebates.engine.orders import OrderErrors
from rebates.engine.quote import Quote
from rebates.model import nodes as m
from rebates.model.exact import ExactError, Rounding, decimal_text, grouped, round_to
from rebates.model.orders import OrderIn
from rebates.model.outcome import LineOut, Outcome
from rebates.syntax import nodes as s
from rebates.syntax.source import Span
from rebates.tools.orders import ExampleOrder

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation of an example: what it says and what came out. `token` is the value's place in the text."""

    text: str
    ok: bool
    got: str
    span: Span
    token: Span | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """An example that was run; `error` is an order that could not be priced."""

    agreement: str
    title: str
    span: Span
    checks: tuple[Check, ...]
    quote: Quote | None = field(default=None, repr=False)
    error: str = ""

    @property
    def ok(self) -> bool:
        return not self.error and all(check.ok for check in self.checks)


def run_examples(book: Book, only: str = "") -> Iterator[Result]:
    """Runs every example whose title holds `only`."""
    for agreement in book.rules.agreements:
        for example in agreement.examples:
            if only.casefold() in example.title.casefold():
                yield _run(book, agreement, example)


def _run(book: Book, agreement: m.Agreement, example: m.Example) -> Result:
    node = example.syntax
    assert isinstance(node, s.Example)
    try:
        order, given = ExampleOrder(book, agreement, node).read()
        quote = book.price(order, given)
        outcome = quote.outcome
    except OrderErrors as errors:
        return Result(agreement.name, example.title, node.span, (), None, str(errors))
    checks = tuple(_check(expect, agreement, quote, outcome, given) for expect in node.expects)
    return Result(agreement.name, example.title, node.span, checks, quote)


# --- what is expected


def _check(expect: s.Expect, agreement: m.Agreement, quote: Quote, outcome: Outcome, given: OrderIn) -> Check:
    match expect:
        case s.ExpectOutcome(word=word, role=role):
            return _outcome(expect, word, role, quote)
        case s.ExpectAmount():
            return _amount(expect, quote, outcome, given)
        case s.ExpectRule():
            return _rule(expect, agreement, quote, outcome)


def _words(span: Span) -> str:
    return " ".join(span.text.split())


def _outcome(expect: s.ExpectOutcome, word: str, role: str | None, quote: Quote) -> Check:
    got = {"priced": "pass", "rejected": "reject"}.get(quote.status, f"approval by {', '.join(quote.approvals)}")
    if word == "approval":
        ok = quote.status == "needs approval" and (role is None or role in quote.approvals)
    else:
        ok = got == word
    return Check(_words(expect.span), ok, got, expect.span)


def _amount(expect: s.ExpectAmount, quote: Quote, outcome: Outcome, given: OrderIn) -> Check:
    lines = outcome.lines if expect.line is None else (outcome.lines[expect.line - 1],)
    wanted, exact = _expected(expect.value)
    if exact is None:
        listed = [line.list_value for line in lines]
        known = sum((value for value in listed if value is not None), ZERO)
        net = sum((line.net_value for line in lines), ZERO)
        invoice = sum((line.invoice_value for line in lines), ZERO)
        costs = [line.cost for line in lines]
        share: Fraction | None = None
        if expect.what == "discount" and known and None not in listed:
            share = (known - net) / known
        elif expect.what == "invoice margin" and invoice and None not in costs:
            share = (invoice - sum((cost for cost in costs if cost is not None), ZERO)) / invoice
        got = "unknown" if share is None else _percent(share)
        return Check(_words(expect.span), share == wanted, got, expect.span, expect.value.span)
    found = _value(expect, lines, given, expect.line)
    got = "unknown" if found is None else _money(quote, found)
    return Check(_words(expect.span), found == wanted, got, expect.span, expect.value.span)


def _expected(value: s.Money | s.Percent) -> tuple[Fraction, str | None]:
    """The value, and the currency of an amount."""
    return (value.points / 100, None) if isinstance(value, s.Percent) else (value.number.value, value.currency)


def _value(expect: s.ExpectAmount, outs: tuple[LineOut, ...], given: OrderIn, number: int | None) -> Fraction | None:
    if expect.what.endswith("price"):
        out = outs[0]
        quantity = given.lines[(number or 1) - 1].quantity
        return {"list price": out.list_price, "gross price": out.gross_price}.get(expect.what, out.net_value / quantity)
    values: list[Fraction | None]
    match expect.what:
        case "list value":
            values = [out.list_value for out in outs]
        case "gross value":
            values = [out.gross_value for out in outs]
        case "net value":
            values = [out.net_value for out in outs]
        case "discount":
            values = [None if out.list_value is None else out.list_value - out.net_value for out in outs]
        case _:
            values = [out.invoice_value for out in outs]
    known = [value for value in values if value is not None]
    return sum(known, ZERO) if len(known) == len(values) else None


def _rule(expect: s.ExpectRule, agreement: m.Agreement, quote: Quote, outcome: Outcome) -> Check:
    rule = next(rule for rule in agreement.rules if rule.name == expect.rule)
    indexes = range(len(outcome.lines)) if expect.line is None else (expect.line - 1,)
    taken = ZERO
    ratios = True
    for index in indexes:
        decision = quote.decision(rule.id, index)
        if decision is None or decision.because != "taken":
            continue
        taken += decision.amount
        if isinstance(expect.value, s.Percent):
            ratios = ratios and _is_percent(rule, outcome, index, decision.amount, expect.value.points / 100, quote)
    if rule.kind == "charge" and expect.line is None:
        taken = sum((charge.after for charge in outcome.charges if charge.rule == rule.id), ZERO)
    token = expect.value.span if expect.value is not None else None
    got = _got(rule, outcome, quote, expect, taken, indexes)
    if expect.value is None:
        return Check(_words(expect.span), taken == 0, got, expect.span)
    wanted, currency = _expected(expect.value)
    if currency is not None:
        return Check(_words(expect.span), taken == wanted, got, expect.span, token)
    return Check(_words(expect.span), taken != 0 and ratios, got, expect.span, token)


def _base(rule: m.Rule, outcome: Outcome, index: int) -> Fraction | None:
    """The amount of the line as the rule's stage began."""
    for step in outcome.lines[index].steps:
        if any(part == rule.id for part, _ in step.parts):
            return step.before
    return outcome.lines[index].net_value if rule.kind == "charge" else None


def _is_percent(rule: m.Rule, outcome: Outcome, index: int, amount: Fraction, ratio: Fraction, quote: Quote) -> bool:
    """Whether an amount is that percent of the line, after rounding either the discount or the net."""
    base = _base(rule, outcome, index)
    if base is None:
        return False
    digits = quote.priced.digits
    net = base - round_to(base - base * ratio, digits, Rounding.HALF_UP)
    return amount in (net, round_to(base * ratio, digits, Rounding.HALF_UP))


def _got(
    rule: m.Rule,
    outcome: Outcome,
    quote: Quote,
    expect: s.ExpectRule,
    taken: Fraction,
    indexes: range | tuple[int, ...],
) -> str:
    if not isinstance(expect.value, s.Percent):
        return _money(quote, taken) if taken else "nothing"
    first = next((index for index in indexes if _base(rule, outcome, index)), None)
    base = _base(rule, outcome, first) if first is not None else None
    decision = quote.decision(rule.id, first) if first is not None else None
    return _percent(decision.amount / base) if base and decision is not None and taken else "nothing"


def _percent(ratio: Fraction) -> str:
    try:
        return f"{decimal_text(ratio * 100)}%"
    except ExactError:
        return f"about {decimal_text(round_to(ratio * 100, 4, Rounding.HALF_UP))}%"


def _money(quote: Quote, value: Fraction) -> str:
    try:
        text = grouped(value)
    except ExactError:
        text = grouped(round_to(value, quote.priced.digits + 2, Rounding.HALF_UP))
    _, _, decimals = text.partition(".")
    if decimals and len(decimals) < quote.priced.digits:
        text = grouped(value, quote.priced.digits)
    return f"{quote.currency} {text}"
