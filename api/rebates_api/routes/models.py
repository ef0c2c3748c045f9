"""What goes in and out, for the OpenAPI and for those bodies that are not on the hot path. Unknown fields are refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from rebates.engine.boundary import (
    AttributeBody,
    Id,
    MoneyText,
    OrderBody,
    PercentText,
    QuantityText,
)
from rebates.engine.document import (
    ClassDocument,
    GuardDocument,
    OfferDocument,
    TermValueDocument,
)
from rebates.engine.pocket_document import PocketDocument

AMOUNT = r"^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,12})?$"


class Body(BaseModel):
    """What a caller sends."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Told(BaseModel):
    """What the service answers."""


class MoneyBody(Body):
    """An amount; its digits are text, so that they stay exact."""

    amount: Annotated[str, Field(pattern=AMOUNT, examples=["96000", "12.34"])]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["IDR"])]


class QuantityBody(Body):
    """A quantity; negative for a return."""

    number: Annotated[str, Field(pattern=AMOUNT, examples=["60"])]
    unit: Annotated[str, Field(min_length=1, max_length=60, examples=["carton"])]


class OrderLine(Body):
    """One ordered line."""

    item: Id
    quantity: Annotated[QuantityBody | QuantityText, Field(examples=["60 carton"])]
    price: Annotated[
        MoneyBody | MoneyText | None, Field(description="takes the place of the account price, per ordered unit")
    ] = None
    net_price: Annotated[
        MoneyBody | MoneyText | None, Field(description="manual net price per ordered unit, as the last stage")
    ] = None
    discount: PercentText | None = None
    attributes: dict[str, AttributeBody] = {}


class OrderRequest(OrderBody):
    """An order to be priced."""

    lines: Annotated[list[OrderLine], Field(max_length=5_000)]  # type: ignore[assignment] # the same, and objects


ORDER_SAMPLE = {
    "account": "NUSANTARA",
    "date": "2026-03-10",
    "lines": [{"item": "COLA-330", "quantity": "60 carton"}],
}


class Money(Told):
    amount: str
    currency: str


class Discount(Told):
    """What a rule took off a line. `rule` and `amended` are told to managers."""

    title: str
    amount: Money
    terms: str
    rule: str | None = None
    amended: list[str] | None = None


class QuoteLine(Told):
    """A line; what follows the invoice value is told with an explanation."""

    item: str
    quantity: str
    list_value: Money | None
    gross_value: Money
    net_value: Money
    invoice_value: Money
    list_price: Money | None = None
    gross_price: Money | None = None
    net_price: Money | None = None
    price_rule: str | None = None
    price_reference: str | None = None
    price_valid_to: str | None = None
    discounts: list[Discount] | None = None
    charges: list[Discount] | None = None


class Free(Told):
    title: str
    item: str
    quantity: str
    list_value: Money
    net_value: Money
    rule: str | None = None


class Charge(Told):
    title: str
    amount: Money
    before: Money
    rule: str | None = None


class Term(Told):
    """A term as it stands in the agreement."""

    term: str
    text: str
    values: list[TermValueDocument]
    agreement: str | None = None
    place: str | None = None


class Break(Told):
    """A term that the order breaks; it cannot be placed so."""

    code: str
    term: str
    line: int | None
    message: str
    allowed: str | None
    place: str | None = None


class Decision(Told):
    decision: Literal["approve", "refuse"]
    until: str | None = Field(description="the last day of the approved price")
    role: str | None = Field(None, description="told to managers, as the reason is")
    reason: str | None = None


class Approval(Told):
    """A quote that needs an approval is kept under this id, with its numbers."""

    id: str
    state: Literal["waiting", "approved", "refused", "lapsed"]
    until: str | None
    decisions: list[Decision]
    roles: list[str] | None = Field(None, description="who must approve; told to managers")


class QuoteAnswer(Told):
    """A priced order under one version of the rules; how much it says is decided by `explain` and by the key."""

    version: str = Field(description="hash of all that can change a number; `?rules=` replays it")
    currency: str
    status: Literal["priced", "needs approval", "not placeable", "rejected"]
    net_value: Money
    cash_rounding: Money
    total: Money
    lines: list[QuoteLine]
    free: list[Free]
    totals: dict[str, str] = Field(description="send them with the next order that is placed")
    approval: Approval | None = None
    charges: list[Charge] | None = None
    terms: list[Term] | None = None
    breaks: list[Break] | None = None
    earliest_delivery: str | None = None
    order: dict[str, object] | None = Field(None, description="the order as it was asked")
    explanation: dict[str, object] | None = Field(None, description="the waterfall in words")
    approvals: list[str] | None = Field(None, description="told to managers, as what follows")
    offers: list[OfferDocument] | None = None
    guards: list[GuardDocument] | None = None
    classes: list[ClassDocument] | None = None
    warnings: list[str] | None = None
    pocket: PocketDocument | None = None


class Finding(Told):
    """One thing that is wrong, with the JSON Pointer of the field or the name of the parameter."""

    code: str
    detail: str
    pointer: str | None = None
    parameter: str | None = None
    help: str = ""
    file: str | None = None
    line: int | None = None
    column: int | None = None


class ProblemAnswer(Told):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[Finding]
    request_id: str


class BatchAnswer(Told):
    """One line of the answer to a batch: the quote of an order, or what is wrong with it."""

    index: int = Field(description="the place of the order, from 0")
    quote: QuoteAnswer | None = None
    problem: ProblemAnswer | None = None


class ApprovalBody(Body):
    """A decision on a quote."""

    decision: Literal["approve", "refuse"]
    reason: Annotated[str, Field(min_length=1, max_length=1_000)]
    until: Annotated[str | None, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="the last day of the price")] = None
    role: Annotated[str | None, Field(description="the role that decides, where the key has several")] = None


DECISION_SAMPLE = {"decision": "approve", "reason": "launch in Java", "until": "2099-12-31"}


class PriceRow(Told):
    item: str
    unit: str
    list_price: Money | None
    price: Money = Field(description="of the account, before what depends on the quantity")
    net_price: Money = Field(description="of an order of one unit")
    valid_to: str | None = Field(description="the last day of the rule or row that gives the price")
    reference: str | None


class PriceList(Told):
    account: str
    date: str
    version: str
    prices: list[PriceRow]
    next: str | None = Field(description="the cursor of the next page")


class TermsAnswer(Told):
    account: str
    date: str
    version: str
    terms: list[Term]


class AgreementAnswer(Told):
    name: str | None = Field(None, description="told to managers")
    title: str
    valid_from: str
    valid_to: str
    currency: str
    owner: str | None
    amendments: list[str]


class AgreementsAnswer(Told):
    account: str
    date: str
    version: str
    agreements: list[AgreementAnswer]


class CheckBody(Body):
    """Rule texts and tables by file name; nothing of it is kept."""

    files: Annotated[
        dict[str, str],
        Field(description="names end in `.rebates` or `.csv`", min_length=1, max_length=200),
    ]
    examples: Annotated[bool, Field(description="whether the examples are run too")] = True


CHECK_SAMPLE = {"files": {"offer.rebates": 'agreement offer "Offer" {\n}\n'}}


class Diagnostic(Told):
    code: str
    severity: Literal["error", "warning", "note"]
    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    help: str
    edits: list[dict[str, object]]


class ExampleResult(Told):
    agreement: str
    title: str
    holds: bool
    failed: list[str]


class CheckAnswer(Told):
    holds: bool = Field(description="no error among the findings, and every example holds")
    version: str | None
    findings: list[Diagnostic]
    examples: list[ExampleResult]


class RulesVersion(Told):
    version: str
    since: str


class RulesAnswer(Told):
    version: str
    since: str
    agreements: int
    problem: str | None = Field(description="why the files are not in force")
    workers: dict[str, str] = Field(description="the version that each worker serves")
    kept: list[RulesVersion] = Field(description="versions that can be replayed, the newest first")


class SourceFile(Told):
    name: str
    text: str


class VersionAnswer(Told):
    version: str
    since: str
    files: list[SourceFile]


class HealthAnswer(Told):
    status: Literal["ok"]


class ReadyAnswer(Told):
    status: Literal["ready"]
    version: str
    rules: Literal["as the files are", "the last good ones; the files are broken"]
    reason: str | None
    store: Literal["there", "away"]
    ledger: Literal["there", "away", "none"]
    settled: bool | None = Field(description="whether all workers serve the same version; null while the store is away")


class CodeAnswer(Told):
    code: str
    title: str
    why: str
    mend: str
