"""The columns of facts: what each holds, for people, and as JSON Schema for programs."""

from __future__ import annotations

from rebates.engine.facts import AMOUNTS, KINDS, MOST_TEXT

COLUMNS = {
    "id": "the source's own id, for ever the same and never used again: `INV-2026-0041/1`",
    "account": "the account it is about; of a `fact` perhaps the name of a group or end customer, or `all`",
    "date": "the day of the invoice, or on which it happened: `2026-03-10`",
    "kind": "sale (if empty), return, correction, payment, claim, fact or approval",
    "item": "the item sold",
    "quantity": "how much, in `unit`; of a return or correction the difference",
    "unit": "a unit that the item converts from",
    "currency": "that of the agreement, by ISO 4217",
    "net": "the net value, without tax; of a return or correction the difference",
    "gross": "after the account price; net if empty",
    "list": "at list price; gross if empty",
    "invoice_value": "with charges; net if empty",
    "cost": "what it cost; margins need it",
    "of": "the id of the sale that is returned, corrected or paid",
    "name": "of a fact its declared name; of a claim or payment the rule",
    "value": "of a fact its value; of a claim its number; of an approval the hash of the quote",
    "order": "sales with one order id are one order; each alone if empty",
    "invoice": "sales with one invoice id are one invoice",
    "days.order": "the order date, where rules are dated by it",
    "days.delivery": "the day of delivery, where rules are dated by it",
    "line.NAME, order.NAME, account.NAME": "attributes that agreements read, such as `line.channel`",
    "known": "when it became known, with zone; when it is posted, if empty",
}

_NUMBER = r"^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,12})?$"


def facts_schema() -> dict[str, object]:
    """The JSON Schema (draft 2020-12) of one fact: a line of a JSON Lines file, or a row by its headings."""
    text: dict[str, object] = {"type": "string", "minLength": 1, "maxLength": MOST_TEXT}
    day: dict[str, object] = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
    number: dict[str, object] = {"anyOf": [{"type": "string", "pattern": _NUMBER}, {"type": "integer"}]}
    plain: dict[str, object] = {"anyOf": [{"type": "string", "maxLength": MOST_TEXT}, {"type": "integer"}]}
    properties: dict[str, object] = {}
    for name, words in COLUMNS.items():
        if "NAME" in name:
            continue
        kind: dict[str, object]
        match name:
            case "kind":
                kind = {"enum": list(KINDS), "default": "sale"}
            case "quantity":
                kind = number
            case "value":
                kind = plain
            case "date" | "days.order" | "days.delivery":
                kind = day
            case "known":
                kind = {"type": "string", "format": "date-time"}
            case _:
                kind = number if name in AMOUNTS else text
        properties[name] = {**kind, "description": words}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Fact",
        "description": "What was sold, returned, corrected, paid, claimed or found out.",
        "type": "object",
        "properties": properties,
        "patternProperties": {r"^(line|order|account|approval)\.[a-z_]+$": plain},
        "required": ["id", "account", "date"],
        "additionalProperties": False,
    }
