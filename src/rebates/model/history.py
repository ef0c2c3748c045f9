"""What happened, as it is posted: sales, returns, corrections, payments, claims and declared facts (6.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal

from rebates.model.orders import AttributeText

PostedKind = Literal["sale", "return", "correction", "payment", "claim", "fact"]
_NOTHING: Mapping[str, Any] = {}  # one for all postings that have none


def _nothing() -> Mapping[str, Any]:
    return _NOTHING


@dataclass(frozen=True, slots=True)
class Posted:
    """One thing that happened, never changed afterwards.

    `id` is the source's own. `day` governs unless a rule is dated by another: of a sale it is the invoice date, in the zone
    of the agreement; `days` holds the others if known (`order`, `delivery`, or a name of the caller's). `known` is when it
    was posted; None is before everything.

    A sale has `item`, `quantity` in `unit` and amounts in `currency`: `net`, and if known `list`, `gross`, `invoice` (without
    them: list as gross, gross and invoice as net) and `cost`. A return and a correction have the same as signed
    differences to the sale `of` they name: a return of two pieces has quantity -2 and a net below zero. Without `of` a return
    stands for itself. A payment says that the sale `of` was paid in full on `day`. A claim names the rule it is for in `name`,
    its number in `value` and, if it is for single sales, one of them in `of`. A fact has the declared `name` and a `value`.

    `order`, `invoice` say which sales belong together; without one a sale stands alone. `attributes` go by path:
    `line.channel`, `order.end_customer`, `account.class` (over the master's own).
    """

    id: str
    kind: PostedKind
    account: str
    day: date
    item: str | None = None
    quantity: Fraction | None = None
    unit: str | None = None
    currency: str | None = None
    net: Fraction | None = None
    gross: Fraction | None = None
    list: Fraction | None = None
    invoice_value: Fraction | None = None
    cost: Fraction | None = None
    of: str | None = None
    name: str | None = None
    value: AttributeText | None = None
    order: str | None = None
    invoice: str | None = None
    days: Mapping[str, date] = field(default_factory=_nothing)
    attributes: Mapping[str, AttributeText] = field(default_factory=_nothing)
    known: datetime | None = None
