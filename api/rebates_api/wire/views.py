"""A quote as its caller may see it.

A manager sees the library's own document, and the explanation. A customer sees what is listed here and nothing else: no cost,
margin, guard, rule name, place, class, warning or role; terms of a rule only where they speak neither of cost nor of others.
"""

from __future__ import annotations

from typing import Any, Literal

from rebates import Money, Quote
from rebates.engine.explain import is_told_to_customers
from rebates.engine.quote import Taken

Explain = Literal["none", "customer", "full"]


def numbers(quote: Quote) -> dict[str, Any]:
    """The amounts alone."""
    return {
        "version": quote.version,
        "currency": quote.currency,
        "status": quote.status,
        "net_value": money(quote.net_value),
        "cash_rounding": money(quote.money(quote.priced.cash_rounding)),
        "total": money(quote.total),
        "lines": [
            {
                "item": line.item,
                "quantity": line.quantity,
                "list_value": money(line.list_value),
                "gross_value": money(line.gross_value),
                "net_value": money(line.net_value),
                "invoice_value": money(line.invoice_value),
            }
            for line in quote.lines
        ],
        "free": [_free(each) for each in quote.free] if quote.priced.adds_goods else [],
        "totals": dict(quote.totals),
    }


def customer(quote: Quote) -> dict[str, Any]:
    """What a customer may know, with the waterfall in words."""
    found = numbers(quote)
    for line, body in zip(quote.lines, found["lines"], strict=True):
        valid_to = line.price_valid_to
        body |= {
            "list_price": money(line.list_price),
            "gross_price": money(line.gross_price),
            "net_price": money(line.net_price),
            "price_reference": line.price_reference,
            "price_valid_to": None if valid_to is None else valid_to.isoformat(),
            "discounts": [_taken(quote, each) for each in line.discounts],
            "charges": [_taken(quote, each) for each in line.charges],
        }
    earliest = quote.earliest_delivery
    explanation = quote.explain("customer").to_dict()
    for unsaid in ("confirmed", "breaks", "terms", "total", "currency"):  # told beside it
        explanation.pop(unsaid)
    return found | {
        "charges": [
            {"title": each.title, "amount": money(each.amount), "before": money(each.before)} for each in quote.charges
        ],
        "terms": [
            {
                "term": each.word,
                "text": each.text,
                "values": [{"kind": kind, "value": value} for kind, value in each.values],
            }
            for each in quote.terms
        ],
        "breaks": [
            {
                "code": each.code,
                "term": each.word,
                "line": None if each.line is None else each.line + 1,
                "message": each.message,
                "allowed": each.allowed,
            }
            for each in quote.breaks
        ],
        "earliest_delivery": None if earliest is None else earliest.isoformat(),
        "order": quote.to_order(),
        "explanation": explanation,
    }


def full(quote: Quote) -> dict[str, Any]:
    """The library's document, and its explanation."""
    return quote.to_dict() | {"explanation": quote.explain("manager").to_dict()}


def document(quote: Quote, explain: Explain) -> dict[str, Any]:
    """The answer for a way of explaining."""
    if explain == "none":
        return numbers(quote)
    return full(quote) if explain == "full" else customer(quote)


def _taken(quote: Quote, taken: Taken) -> dict[str, Any]:
    rule = next((each for each in quote.rules.values() if each.name == taken.rule), None)
    told = rule is None or is_told_to_customers(rule.worth)
    return {"title": taken.title, "amount": money(taken.amount), "terms": taken.terms if told else ""}


def _free(free: Any) -> dict[str, Any]:
    return {
        "title": free.title,
        "item": free.item,
        "quantity": free.quantity,
        "list_value": money(free.list_value),
        "net_value": money(free.net_value),
    }


def money(value: Money | None) -> dict[str, str] | None:
    """An amount as the service writes it."""
    return None if value is None else {"amount": f"{value.amount:f}", "currency": value.currency}
