"""The pocket of a quote as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from rebates.model.exact import ExactError, Rounding, decimal_text, round_to

if TYPE_CHECKING:
    from fractions import Fraction

    from rebates.engine.quote import Quote
    from rebates.model.money import Money


class ExpectedDocument(BaseModel):
    """What one rule that is settled over time is expected to pay on this order, or to ask."""

    model_config = ConfigDict(extra="forbid")

    rule: str
    title: str
    agreement: str
    kind: Literal["rebate", "charge"]
    unit: str = Field(description="the currency, `point`, or the unit of goods; only money leaves the pocket")
    amount: str
    base: str | None = Field(description="of this order alone")
    measure: str | None = Field(description="with this order")
    terms: str
    accrued: str | None = Field(description="earned before this order; null where the totals do not tell")
    beside: str | None = Field(description="catch-up on earlier sales, lump sums")
    status: str
    because: str = Field(description="why it pays nothing")
    place: str


class PocketLineDocument(BaseModel):
    """A line after the rebates it is expected to earn."""

    model_config = ConfigDict(extra="forbid")

    rebates: dict[str, str] = Field(description="by rule; what a settled charge asks is below zero")
    value: str
    price: str
    margin: str | None = Field(description="a ratio; null without a cost, or at zero or less")


class PocketDocument(BaseModel):
    """What is left of the order once its rebates are paid, in its currency."""

    model_config = ConfigDict(extra="forbid")

    value: str
    margin: str | None
    expected: list[ExpectedDocument]
    lines: list[PocketLineDocument]
    totals: dict[str, str] = Field(description="that the rules read; send them with the next order")
    missing: list[str] = Field(description="keys of totals that were not sent; they counted as zero")


def pocket_document(quote: Quote) -> dict[str, Any] | None:
    """The plain data of a quote's pocket; None where no agreement in force settles anything."""
    if not quote.earns_rebates:
        return None
    pocket = quote.pocket
    return {
        "value": _amount(pocket.value),
        "margin": _ratio(pocket.margin),
        "expected": [{name: getattr(each, name) for name in ExpectedDocument.model_fields} for each in pocket.expected],
        "lines": [
            {
                "rebates": {taken.rule: _amount(taken.amount) for taken in line.rebates},
                "value": _amount(line.pocket_value),
                "price": _amount(line.pocket_price),
                "margin": _ratio(line.pocket_margin),
            }
            for line in quote.lines
        ],
        "totals": dict(pocket.totals),
        "missing": list(pocket.missing),
    }


def _amount(money: Money) -> str:
    return f"{money.amount:f}"


def _ratio(value: Fraction | None) -> str | None:
    if value is None:
        return None
    try:
        return decimal_text(value)
    except ExactError:
        return decimal_text(round_to(value, 12, Rounding.HALF_UP))
