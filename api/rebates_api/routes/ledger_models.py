"""What goes in and out where there is a ledger: facts, accruals, settlements, statements."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, RootModel

from rebates_api.routes.models import AMOUNT, Body, Money, Told

DAY = r"^\d{4}-\d{2}-\d{2}$"
MOST_FACTS = 10_000

Text = Annotated[str, Field(min_length=1, max_length=200)]
Number = Annotated[str, Field(pattern=AMOUNT, description="a decimal as text, so that it stays exact")]
Value = Annotated[str, Field(max_length=200)]
Day = Annotated[str, Field(pattern=DAY)]


class FactBody(Body):
    """One thing that happened. Amounts are in the currency that stands beside them."""

    id: Annotated[
        str,
        Field(
            min_length=1,
            max_length=200,
            description="the source's own; the same fact posted again is left alone, for ever",
        ),
    ]
    account: Text
    date: Annotated[str, Field(pattern=DAY, description="of the invoice, or the day on which it happened")]
    kind: Literal["sale", "return", "correction", "payment", "claim", "fact", "approval"] = "sale"
    item: Text | None = None
    quantity: Number | None = None
    unit: Text | None = None
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    net: Number | None = None
    gross: Number | None = None
    list: Number | None = None
    invoice_value: Number | None = None
    cost: Number | None = None
    of: (
        Annotated[str, Field(min_length=1, max_length=200, description="the sale that is returned, corrected, paid")]
        | None
    ) = None
    name: (
        Annotated[
            str, Field(min_length=1, max_length=200, description="of a rule that is claimed, or of a declared fact")
        ]
        | None
    ) = None
    value: Annotated[str, Field(max_length=200)] | None = None
    order: Text | None = None
    invoice: Text | None = None
    days: dict[str, Day] = Field({}, description="other governing dates: `order`, `delivery`")
    attributes: dict[str, Value] = Field({}, description="by path, such as `line.channel`")
    known: (
        Annotated[str, Field(max_length=40, description="the moment at which it became known; by default now")] | None
    ) = None


class FactsBody(RootModel[FactBody | Annotated[list[FactBody], Field(min_length=1, max_length=MOST_FACTS)]]):
    """One fact, or up to 10,000, of which all are posted or none."""


FACT_SAMPLE = {
    "id": "INV-7/1",
    "account": "NUSANTARA",
    "date": "2026-03-10",
    "item": "COLA-330",
    "quantity": "60",
    "unit": "carton",
    "currency": "IDR",
    "net": "5587200",
}


class FactsAnswer(Told):
    added: int
    before: int = Field(description="posted before with the same content, and left alone")
    dry_run: bool
    version: str = Field(description="of the rules that checked them")


class WindowAnswer(Told):
    first: str
    last: str


class NextTier(Told):
    threshold: str
    missing: str
    worth: Money


class DueAnswer(Told):
    """One rule and window. What follows `pay_by` is told to managers."""

    title: str
    kind: Literal["rebate", "charge"]
    window: WindowAnswer
    day: str
    status: str
    measure: str | None
    tier: int | None = Field(description="the tier reached, from 1")
    earned: Money
    next: NextTier | None
    pay_by: str | None
    rule: str | None = None
    earner: str | None = None
    payee: str | None = None
    base: str | None = None
    exact: str | None = Field(None, description="what was earned before rounding")
    detail: str | None = None
    interim: bool | None = None


class AccrualRow(DueAnswer):
    settled: Money
    booked: Money | None = Field(None, description="what stands accrued in the books; told to managers")


class AccrualsAnswer(Told):
    date: str
    version: str
    accruals: list[AccrualRow]
    next: str | None = Field(description="the cursor of the next page")


class SettleBody(Body):
    """The period that is settled: what falls due in it."""

    period: Annotated[
        str, Field(max_length=40, examples=["2026-Q2"], description="2026, 2026-H1, 2026-Q2, 2026-05 or D..D")
    ]
    interim: Annotated[bool, Field(description="settle a period that is not over")] = False


class SettledRow(DueAnswer):
    paid: Money = Field(description="in earlier settlements of the window")
    due: Money


class SettlementAnswer(Told):
    agreement: str
    due: Money
    dues: list[SettledRow]


class EntryLineAnswer(Told):
    account: str
    debit: str | None
    credit: str | None
    party: str | None


class EntryAnswer(Told):
    id: str
    day: str
    kind: str
    rule: str
    earner: str
    payee: str
    amount: Money
    concerns: str | None = Field(description="the day it would have had, were its period still open")
    lines: list[EntryLineAnswer]


class SettlementsAnswer(Told):
    run: int | None = Field(description="its number in the ledger; null for a dry run")
    dry_run: bool
    first: str
    last: str
    version: str
    settlements: list[SettlementAnswer]
    entries: list[EntryAnswer]


class MonthNet(Told):
    month: str
    net: Money


class StatementFact(Told):
    id: str
    date: str
    kind: str
    account: str
    item: str | None = None
    quantity: str | None = None
    unit: str | None = None
    currency: str | None = None
    net: str | None = None
    of: str | None = None
    name: str | None = None
    value: str | None = None


class StatementRowAnswer(DueAnswer):
    agreement: str
    text: str = Field(description="the rule as it was signed")
    paid: Money
    due: Money
    months: list[MonthNet]
    facts: list[StatementFact]
    place: str | None = None


class StatementAnswer(Told):
    account: str
    first: str
    last: str
    as_of: str
    version: str
    due: list[Money]
    rows: list[StatementRowAnswer]
    runs: list[int] | None = Field(None, description="told to managers")
