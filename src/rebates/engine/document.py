"""A quote as plain data, and the JSON Schemas of order and quote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from rebates.engine.boundary import OrderBody
from rebates.engine.pocket_document import PocketDocument, pocket_document
from rebates.model.exact import ExactError, Rounding, decimal_text, round_to

if TYPE_CHECKING:
    from fractions import Fraction

    from rebates.engine.quote import Quote, Taken
    from rebates.model.money import Money


class MoneyDocument(BaseModel):
    """An exact amount as text, and its currency."""

    model_config = ConfigDict(extra="forbid")

    amount: str
    currency: str


class TakenDocument(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rule: str
    title: str
    amount: MoneyDocument
    terms: str
    amended: list[str] = Field(description="the amendments whose clauses the rule holds")


class LineDocument(BaseModel):
    model_config = ConfigDict(extra="forbid")

    item: str
    quantity: str
    list_price: MoneyDocument | None
    gross_price: MoneyDocument
    price_rule: str | None
    price_reference: str | None
    price_valid_to: str | None = Field(description="the last day of the rule or row that gave the price")
    net_price: MoneyDocument
    list_value: MoneyDocument | None
    gross_value: MoneyDocument
    net_value: MoneyDocument
    invoice_value: MoneyDocument
    discounts: list[TakenDocument]
    charges: list[TakenDocument]


class ChargeDocument(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rule: str
    title: str
    amount: MoneyDocument
    before: MoneyDocument


class OfferDocument(BaseModel):
    """What a rule is worth that waits for an attribute of the order, such as the days to payment."""

    model_config = ConfigDict(extra="forbid")

    rule: str
    title: str
    when: str
    worth: MoneyDocument


class FreeDocument(BaseModel):
    """Goods that a rule adds; not among the lines."""

    model_config = ConfigDict(extra="forbid")

    rule: str
    title: str
    item: str
    quantity: str
    list_value: MoneyDocument
    net_value: MoneyDocument = Field(description="zero unless there is a token price")


class GuardDocument(BaseModel):
    model_config = ConfigDict(extra="forbid")

    guard: str
    watches: Literal["discount", "invoice margin", "pocket margin", "net price"]
    line: int | None = Field(description="counted from 1; null for the order")
    value: str | None
    bound: str | None
    holds: bool
    role: str | None


class TermValueDocument(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["number", "money", "price", "quantity", "date", "time", "text"]
    value: str


class TermDocument(BaseModel):
    model_config = ConfigDict(extra="forbid")

    term: str
    text: str
    values: list[TermValueDocument]
    agreement: str
    place: str


class BreakDocument(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: str
    term: str
    line: int | None = Field(description="counted from 1; null for the order")
    message: str
    allowed: str | None = Field(description="the next allowed quantity, amount or date")
    place: str


class TestDocument(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str = Field(description="a comparison as the class writes it")
    left: str | None
    right: str | None


class ClassDocument(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    name: str = Field(alias="class")
    title: str
    of: str = Field(description="the account, the item or the end customer")
    member: bool | None = Field(description="null where something is not known")
    unknown: str
    tests: list[TestDocument]


class QuoteDocument(BaseModel):
    """A priced order; `order` is what was asked and prices again to the same bytes under the same version."""

    model_config = ConfigDict(extra="forbid")

    version: str = Field(description="hash of all that can change a number")
    currency: str
    status: Literal["priced", "needs approval", "not placeable", "rejected"]
    approvals: list[str]
    net_value: MoneyDocument
    cash_rounding: MoneyDocument
    total: MoneyDocument
    lines: list[LineDocument]
    free: list[FreeDocument]
    charges: list[ChargeDocument]
    offers: list[OfferDocument]
    guards: list[GuardDocument]
    terms: list[TermDocument]
    breaks: list[BreakDocument] = Field(description="terms that the order breaks; it cannot be placed so")
    earliest_delivery: str | None
    classes: list[ClassDocument]
    warnings: list[str]
    pocket: PocketDocument | None = Field(description="null where no agreement in force settles anything")
    totals: dict[str, str]
    order: OrderBody


def _money(money: Money | None) -> dict[str, str] | None:
    return None if money is None else {"amount": f"{money.amount:f}", "currency": money.currency}


def _number(value: Fraction | None) -> str | None:
    if value is None:
        return None
    try:
        return decimal_text(value)
    except ExactError:
        return decimal_text(round_to(value, 12, Rounding.HALF_UP))


def quote_document(quote: Quote) -> dict[str, object]:
    """The plain data of a quote, as `QuoteDocument` describes it."""
    return {
        "version": quote.version,
        "currency": quote.currency,
        "status": quote.status,
        "approvals": list(quote.approvals),
        "net_value": _money(quote.net_value),
        "cash_rounding": _money(quote.money(quote.priced.cash_rounding)),
        "total": _money(quote.total),
        "lines": [
            {
                "item": line.item,
                "quantity": line.quantity,
                "list_price": _money(line.list_price),
                "gross_price": _money(line.gross_price),
                "price_rule": line.price_rule,
                "price_reference": line.price_reference,
                "price_valid_to": None if line.price_valid_to is None else line.price_valid_to.isoformat(),
                "net_price": _money(line.net_price),
                "list_value": _money(line.list_value),
                "gross_value": _money(line.gross_value),
                "net_value": _money(line.net_value),
                "invoice_value": _money(line.invoice_value),
                "discounts": [_taken(taken) for taken in line.discounts],
                "charges": [_taken(taken) for taken in line.charges],
            }
            for line in quote.lines
        ],
        "free": [
            {
                "rule": each.rule,
                "title": each.title,
                "item": each.item,
                "quantity": each.quantity,
                "list_value": _money(each.list_value),
                "net_value": _money(each.net_value),
            }
            for each in quote.free
        ],
        "charges": [
            {"rule": c.rule, "title": c.title, "amount": _money(c.amount), "before": _money(c.before)}
            for c in quote.charges
        ],
        "offers": [
            {"rule": offer.rule, "title": offer.title, "when": offer.when, "worth": _money(offer.worth)}
            for offer in quote.offers
        ],
        "guards": [
            {
                "guard": guard.name,
                "watches": guard.watches,
                "line": None if guard.line is None else guard.line + 1,
                "value": _number(guard.value),
                "bound": _number(guard.bound),
                "holds": guard.holds,
                "role": guard.role,
            }
            for guard in quote.guards
        ],
        "terms": [
            {
                "term": term.word,
                "text": term.text,
                "values": [{"kind": kind, "value": value} for kind, value in term.values],
                "agreement": term.agreement,
                "place": term.place,
            }
            for term in quote.terms
        ],
        "breaks": [
            {
                "code": found.code,
                "term": found.word,
                "line": None if found.line is None else found.line + 1,
                "message": found.message,
                "allowed": found.allowed,
                "place": found.place,
            }
            for found in quote.breaks
        ],
        "earliest_delivery": None if quote.earliest_delivery is None else quote.earliest_delivery.isoformat(),
        "warnings": list(quote.warnings),
        "classes": [verdict.to_dict() for verdict in quote.classes],
        "pocket": pocket_document(quote),
        "totals": dict(quote.totals),
        "order": order_of_quote(quote),
    }


def order_of_quote(quote: Quote) -> dict[str, object]:
    """The order as asked; its date is the day, or the instant where a rule reads the hour."""
    order = quote.order.to_dict()
    return order if "order" in quote.given.times else order | {"date": quote.given.day.isoformat()}


def _taken(taken: Taken) -> dict[str, object]:
    return {
        "rule": taken.rule,
        "title": taken.title,
        "amount": _money(taken.amount),
        "terms": taken.terms,
        "amended": list(taken.amended),
    }


def order_schema() -> dict[str, object]:
    """The JSON Schema (draft 2020-12) of an order."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **OrderBody.model_json_schema()}


def quote_schema() -> dict[str, object]:
    """The JSON Schema (draft 2020-12) of a quote."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **QuoteDocument.model_json_schema()}
