"""What the author wrote of rebates over time: settlement, deadlines, payees, funds, and what an example posts.

`nodes.py` exports all of these; code that reads them says `nodes.SettleClause`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

from rebates.syntax.node import Node
from rebates.syntax.source import Span

if TYPE_CHECKING:
    from rebates.syntax.nodes import (
        Broken,
        Compare,
        Date,
        Expect,
        Expr,
        Fact,
        Given,
        Goods,
        Is,
        Literal_,
        Money,
        Number,
        OrderLine,
        Package,
        Path,
        Percent,
        Quantity,
        Reward,
        RuleName,
        Text,
    )

# --- deadlines and the conditions over time ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deadline(Node):
    """`within 30 days of quarter end`, `by 2026-12-31`, `at order date`, `within terms`, `within 12 months`.

    `day` is of `by`; `count`, `unit` and `event` of `within` (event None: of the settlement); `event` alone of `at`.
    """

    word: Literal["within", "by", "at", "within terms"]
    day: date | None = None
    count: int | None = None
    unit: str | None = None  # as written: `day`, `days`, `month` …
    event: str | None = None  # `quarter end`, `invoice date`, …: one phrase


@dataclass(frozen=True, slots=True)
class Paid(Node):
    """`paid within 45 days of invoice date`."""

    by: Deadline


@dataclass(frozen=True, slots=True)
class Claimed(Node):
    """`claimed by 2026-09-10`."""

    by: Deadline


@dataclass(frozen=True, slots=True)
class PostedBy(Node):
    """`fact registration by 2026-01-31`."""

    fact: Fact
    by: Deadline


@dataclass(frozen=True, slots=True)
class Throughout(Node):
    """`fact formulary is "unrestricted" throughout the quarter`, `fact score >= 95% throughout the year`."""

    test: Is | Compare  # on a fact
    window: str  # "week", "month", "quarter", "half", "year", "term"


@dataclass(frozen=True, slots=True)
class RulePaid(Node):
    """`charge shortfall is paid`, `rebate advance is not paid`."""

    rule: RuleName
    negated: bool


# --- rewards ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PointsReward(Node):
    """`1 point per started EUR 100`, `500 points`."""

    points: Number
    package: Package | None


@dataclass(frozen=True, slots=True)
class GoodsReward(Node):
    """`give 5 carton of "COLA-330"`: a reward in quantity."""

    quantity: Quantity
    of: Goods | None


# --- clauses ----------------------------------------------------------------------------------------------------------

Cadence = Literal["weekly", "monthly", "quarterly", "half-yearly", "yearly", "once", "on claim", "on dates"]
Failing = Literal["holds", "forfeits", "takes back"]


@dataclass(frozen=True, slots=True)
class When(Node):
    """How often: `quarterly`, `once`, `on claim`, `on 2026-04-30 and 2026-08-31`."""

    word: Cadence
    dates: tuple[Date, ...] = ()  # of "on dates"


@dataclass(frozen=True, slots=True)
class SettleWord(Node):
    """An option of words alone."""

    word: Literal["on account", "set off overdue", "separate", "cumulative", "plus tax"]


@dataclass(frozen=True, slots=True)
class TrueUp(Node):
    """`true up yearly`: when interim payments are adjusted."""

    at: When


@dataclass(frozen=True, slots=True)
class Form(Node):
    """`credit note for "advertising"`, `60% payment`, `1 point per IDR 10_000`, `goods "SAMPLES"`, `code`."""

    kind: Literal["credit note", "payment", "points", "goods", "code"]
    share: Percent | None = None
    use: Text | None = None  # `for "…"`; of goods the item
    points: Number | None = None
    package: Package | None = None  # of points


@dataclass(frozen=True, slots=True)
class PaidAs(Node):
    """`as credit note or goods "gift card"`, `as 60% credit note and 40% payment`."""

    forms: tuple[Form, ...]
    joined: Literal["and", "or"] | None  # None: one form


@dataclass(frozen=True, slots=True)
class PayBy(Node):
    """`within 30 days of quarter end`, `by 2026-08-31`: when it is paid."""

    by: Deadline


@dataclass(frozen=True, slots=True)
class Expires(Node):
    """`expires within 12 months of year end`: until when what was paid can be used."""

    by: Deadline


SettleOption = SettleWord | TrueUp | PaidAs | PayBy | Expires


@dataclass(frozen=True, slots=True)
class SettleClause(Node):
    """`settle quarterly, on account, true up yearly, as credit note`; the options as written."""

    at: When
    options: tuple[SettleOption, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnsClause(Node):
    """`returns claw back`."""

    how: Literal["claw back", "carry forward", "when posted"]


@dataclass(frozen=True, slots=True)
class Share(Node):
    """`"HEAD OFFICE" 60%`; percent None where it is the only one."""

    account: Text
    percent: Percent | None


@dataclass(frozen=True, slots=True)
class PayToClause(Node):
    """`pay to "A" 60%, "B" 40%`."""

    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class PayToMembersClause(Node):
    """`pay to members in proportion to member_growth`."""

    by: Expr


@dataclass(frozen=True, slots=True)
class FundedByClause(Node):
    """`funded by "BRAND" 60%, "DISTRIBUTOR" 40%`: who bears it."""

    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class AccrueClause(Node):
    """`accrue 2%`: the rate that is expected."""

    reward: Reward


@dataclass(frozen=True, slots=True)
class DrawClause(Node):
    """`draw from fund marketing`."""

    fund: str


@dataclass(frozen=True, slots=True)
class ProRataClause(Node):
    """`pro rata by month`, `pro rata by day`: thresholds and lump sums of a part period."""

    by: str  # as written


# --- funds ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpeningClause(Node):
    """`opening USD 40_000 per year`."""

    value: Expr
    per: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnusedClause(Node):
    """`unused lapses`, `unused rolls over up to USD 10_000`."""

    rolls_over: bool
    up_to: Expr | None = None


@dataclass(frozen=True, slots=True)
class Fund(Node):
    """`fund marketing "Yearly allowance" { opening EUR 5_000 per year  unused lapses }`."""

    name: str
    title: str | None
    members: tuple[OpeningClause | UnusedClause | Broken, ...]  # as written; one of each is right
    name_span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class RemoveFund(Node):
    """`remove fund marketing`, in an amendment."""

    name: str


# --- examples ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GivenDay(Node):
    """`given paid 2026-04-15`, `given claimed 2026-09-01`: everything was, on that day."""

    word: Literal["paid", "claimed"]
    day: Date


@dataclass(frozen=True, slots=True)
class GivenRule(Node):
    """`given rebate volume EUR 500`: what the rule earned, whatever its text says."""

    rule: RuleName
    value: Money | Number | Quantity  # a number is points, a quantity goods


@dataclass(frozen=True, slots=True)
class GivenTable(Node):
    """`given table contract_prices USD 9.50`: its one value, whatever the row."""

    table: str
    value: Literal_


@dataclass(frozen=True, slots=True)
class GivenYear(Node):
    """`given agreement year 2`."""

    year: int


GivenOverTime = GivenDay | GivenRule | GivenTable | GivenYear


@dataclass(frozen=True, slots=True)
class PostedSale(Node):
    """`sale "S1" for "A" on 2026-02-03 { 60 carton of "COLA" at EUR 96 }`, `return of "S1" on 2026-04-01 { … }`.

    Quantities are as written, above zero also of a return; the price is net, per unit.
    """

    word: Literal["sale", "return"]
    id: Text | None  # of a sale
    of: Text | None  # of a return: the sale
    day: Date
    account: Text | None
    attributes: tuple[tuple[Path, Literal_], ...]
    lines: tuple[OrderLine, ...]


@dataclass(frozen=True, slots=True)
class PostedPayment(Node):
    """`payment of "S1" on 2026-03-05`, `payment of charge shortfall for "A" on 2026-03-05`."""

    of: Text | RuleName
    day: Date
    account: Text | None


@dataclass(frozen=True, slots=True)
class PostedClaim(Node):
    """`claim of rebate coop for "A" on 2026-03-05`, `claim of rebate coop with "S1", "S2" on 2026-03-05`."""

    rule: RuleName
    sales: tuple[Text, ...]
    day: Date
    account: Text | None


@dataclass(frozen=True, slots=True)
class PostedFact(Node):
    """`fact audit "passed" for "A" on 2026-03-05`."""

    name: str
    value: Literal_
    day: Date
    account: Text | None


Posted = PostedSale | PostedPayment | PostedClaim | PostedFact


@dataclass(frozen=True, slots=True)
class SettleStep(Node):
    """`settle on 2026-03-31`: what is expected after it is of that settlement."""

    day: Date


@dataclass(frozen=True, slots=True)
class ExpectEarned(Node):
    """`expect rebate volume EUR 30_000`, `expect rebate pool to "A" EUR 60_000`, `expect charge fee due EUR 57.60`.

    What the window comes to, of this payee where one is named; with `due` what the settlement before it pays.
    """

    rule: RuleName
    to: Text | None
    due: bool
    value: Money | Number | Quantity | None  # None: `nothing`; a number is points, a quantity goods


@dataclass(frozen=True, slots=True)
class SettledExample(Node):
    """What is given, what is posted and settled, and what is then expected; the steps as written.

    Without anything posted only what is given counts, for one window that is over.
    """

    title: Text
    given: tuple[Given, ...]
    over_time: tuple[GivenOverTime, ...]
    steps: tuple[
        Posted | SettleStep | ExpectEarned | Expect, ...
    ]  # the last are what only an order answers: wrong here
