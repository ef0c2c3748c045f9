"""What a caller asks: an order of lines, resolved to exact numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

AttributeText = str | Fraction | date


@dataclass(frozen=True, slots=True)
class LineIn:
    """One ordered line. `quantity` is in `unit`, negative for a return that names no sale (2.9).

    Manual prices, if any, by the caller (3.7): `price` takes the place of the account price, per ordered unit;
    `net_price` per ordered unit and `discount` (a ratio of the running amount) come as the last stage of all.
    """

    item: str
    quantity: Fraction
    unit: str
    price: Fraction | None = None
    net_price: Fraction | None = None
    discount: Fraction | None = None
    attributes: Mapping[str, AttributeText] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OrderIn:
    """An order as the evaluators take it. `day` is the order date in the agreement's zone.

    `days` holds the other governing dates if known: "delivery", "invoice" (5.6); a missing one is the order day.
    `times` holds the hours of those dates ("order", "delivery"), in minutes since midnight of the agreement's zone; a
    plain date has none.
    `totals` is what came before, by the keys a former quote gave back (5.4 b). `given` replaces the value of named
    measures ("agreement.measure", "agreement.sales last year") and, as "agreement.class NAME", makes a member; it is for
    examples only. `facts` are what was posted, by the fact's name, "racks last year" of an earlier window (84). `account_attributes` overlays the account's own.
    """

    account: str
    day: date
    lines: tuple[LineIn, ...]
    days: Mapping[str, date] = field(default_factory=dict)
    attributes: Mapping[str, AttributeText] = field(default_factory=dict)
    codes: frozenset[str] = frozenset()
    totals: Mapping[str, Fraction] = field(default_factory=dict)
    given: Mapping[str, Fraction] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)  # of goods given by choice: rule name, item
    account_attributes: Mapping[str, AttributeText] = field(default_factory=dict)
    times: Mapping[str, Fraction] = field(default_factory=dict)
    facts: Mapping[str, AttributeText] = field(default_factory=dict)
