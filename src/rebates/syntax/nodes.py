"""What the author wrote: one frozen class per construct of the grammar.

Names are still text and amounts still literals; nothing is resolved or typed here. The span of a node is outside
equality, so that two texts that say the same compare equal wherever they were written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from rebates.syntax.calendar_nodes import (
    Season as Season,
)
from rebates.syntax.calendar_nodes import (
    Seasons as Seasons,
)
from rebates.syntax.calendar_nodes import (
    WeekStarts as WeekStarts,
)
from rebates.syntax.calendar_nodes import (
    YearStarts as YearStarts,
)
from rebates.syntax.node import Node as Node
from rebates.syntax.settle_nodes import (
    AccrueClause as AccrueClause,
)
from rebates.syntax.settle_nodes import (
    Cadence as Cadence,
)
from rebates.syntax.settle_nodes import (
    Claimed as Claimed,
)
from rebates.syntax.settle_nodes import (
    Deadline as Deadline,
)
from rebates.syntax.settle_nodes import (
    DrawClause as DrawClause,
)
from rebates.syntax.settle_nodes import (
    ExpectEarned as ExpectEarned,
)
from rebates.syntax.settle_nodes import (
    Expires as Expires,
)
from rebates.syntax.settle_nodes import (
    Failing as Failing,
)
from rebates.syntax.settle_nodes import (
    Form as Form,
)
from rebates.syntax.settle_nodes import (
    Fund as Fund,
)
from rebates.syntax.settle_nodes import (
    FundedByClause as FundedByClause,
)
from rebates.syntax.settle_nodes import (
    GivenDay as GivenDay,
)
from rebates.syntax.settle_nodes import (
    GivenOverTime as GivenOverTime,
)
from rebates.syntax.settle_nodes import (
    GivenRule as GivenRule,
)
from rebates.syntax.settle_nodes import (
    GivenTable as GivenTable,
)
from rebates.syntax.settle_nodes import (
    GivenYear as GivenYear,
)
from rebates.syntax.settle_nodes import (
    GoodsReward as GoodsReward,
)
from rebates.syntax.settle_nodes import (
    OpeningClause as OpeningClause,
)
from rebates.syntax.settle_nodes import (
    Paid as Paid,
)
from rebates.syntax.settle_nodes import (
    PaidAs as PaidAs,
)
from rebates.syntax.settle_nodes import (
    PayBy as PayBy,
)
from rebates.syntax.settle_nodes import (
    PayToClause as PayToClause,
)
from rebates.syntax.settle_nodes import (
    PayToMembersClause as PayToMembersClause,
)
from rebates.syntax.settle_nodes import (
    PointsReward as PointsReward,
)
from rebates.syntax.settle_nodes import (
    Posted as Posted,
)
from rebates.syntax.settle_nodes import (
    PostedBy as PostedBy,
)
from rebates.syntax.settle_nodes import (
    PostedClaim as PostedClaim,
)
from rebates.syntax.settle_nodes import (
    PostedFact as PostedFact,
)
from rebates.syntax.settle_nodes import (
    PostedPayment as PostedPayment,
)
from rebates.syntax.settle_nodes import (
    PostedSale as PostedSale,
)
from rebates.syntax.settle_nodes import (
    ProRataClause as ProRataClause,
)
from rebates.syntax.settle_nodes import (
    RemoveFund as RemoveFund,
)
from rebates.syntax.settle_nodes import (
    ReturnsClause as ReturnsClause,
)
from rebates.syntax.settle_nodes import (
    RulePaid as RulePaid,
)
from rebates.syntax.settle_nodes import (
    SettleClause as SettleClause,
)
from rebates.syntax.settle_nodes import (
    SettledExample as SettledExample,
)
from rebates.syntax.settle_nodes import (
    SettleOption as SettleOption,
)
from rebates.syntax.settle_nodes import (
    SettleStep as SettleStep,
)
from rebates.syntax.settle_nodes import (
    SettleWord as SettleWord,
)
from rebates.syntax.settle_nodes import (
    Share as Share,
)
from rebates.syntax.settle_nodes import (
    Throughout as Throughout,
)
from rebates.syntax.settle_nodes import (
    TrueUp as TrueUp,
)
from rebates.syntax.settle_nodes import (
    UnusedClause as UnusedClause,
)
from rebates.syntax.settle_nodes import (
    When as When,
)
from rebates.syntax.source import Span

# --- literals: exact values, with the number of decimals as written (the formatter keeps them) -----------------------


@dataclass(frozen=True, slots=True)
class Number(Node):
    value: Fraction
    digits: int  # decimals as written


@dataclass(frozen=True, slots=True)
class Quantity(Node):
    """`50 carton`."""

    number: Number
    unit: str


@dataclass(frozen=True, slots=True)
class Percent(Node):
    """`5.5%`; `points` is 5.5."""

    points: Fraction
    digits: int


@dataclass(frozen=True, slots=True)
class Money(Node):
    """`IDR 96_000`."""

    currency: str
    number: Number


@dataclass(frozen=True, slots=True)
class Date(Node):
    value: date


@dataclass(frozen=True, slots=True)
class TimeOfDay(Node):
    """`14:30`, as written: it may be none."""

    hour: int
    minute: int


@dataclass(frozen=True, slots=True)
class Text(Node):
    value: str


Literal_ = Number | Quantity | Percent | Money | Date | TimeOfDay | Text


# --- expressions ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name that stands for a measure (or, as a unit or a word, for itself)."""

    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    """An attribute: `order.channel`, or inside a filter a bare `brand`."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MoneyPer(Node):
    """`IDR 150 per piece` inside an expression: a price."""

    money: Money
    unit: str


ItemPriceKind = Literal["list price", "gross price", "net price", "cost"]


@dataclass(frozen=True, slots=True)
class ItemPrice(Node):
    """`list price`, `gross price`, `net price` or `cost` of the line's item, per unit."""

    kind: ItemPriceKind


TotalKind = Literal[
    "quantity",
    "list value",
    "gross value",
    "net value",
    "invoice value",
    "cost value",
    "number of",
    "number of distinct",
    "value at",
]


@dataclass(frozen=True, slots=True)
class Shift(Node):
    """`last year`, `2 years ago`, `same period last year`: an earlier window of the same length."""

    words: str
    months: int
    same_days: bool = False  # `same period`: its days up to that of the order, a year before
    seasons: int = 0  # `last season`, `2 seasons ago`: by so many seasons, and by no months


@dataclass(frozen=True, slots=True)
class Over(Node):
    """`over last 12 months`, or `over 2026-01-01 to 2026-04-30` with both days in."""

    count: int | None
    period: Literal["days", "months"] | None
    first: date | None = None
    last: date | None = None

    @property
    def words(self) -> str:
        return f"over {self.first} to {self.last}" if self.period is None else f"over last {self.count} {self.period}"


@dataclass(frozen=True, slots=True)
class Window(Node):
    """What moves or replaces the window of a total; one of the two at least."""

    over: Over | None
    shift: Shift | None

    @property
    def words(self) -> str:
        return " ".join(part.words for part in (self.over, self.shift) if part is not None)


@dataclass(frozen=True, slots=True)
class Total(Node):
    """`net value of own_label where … per account per year before this order`."""

    kind: TotalKind
    unit: str | None = None  # of a quantity: `quantity in [full] UNIT`
    full: bool = False  # `in full carton`: whole ones of the sum
    counted: Name | None = None  # of `number of orders`
    distinct: Path | None = None  # of `number of distinct ATTRIBUTE`
    of: str | None = None  # None (nothing written), "items", or the name of an item set
    where: Condition | None = None
    per: tuple[str, ...] = ()  # scopes and windows as written: "line", "order", "account and subsidiaries", "year", …
    before: bool = False  # `before this order`
    after_stage: str | None = None  # `net value after stage volume`
    window: Window | None = None  # `over last 12 months`, `last year`
    with_tax: bool = False  # `net value including tax`
    table: str | None = None  # of `value at TABLE`
    at: Moment | None = None  # `value at prices as of 2026-07-01`


@dataclass(frozen=True, slots=True)
class Windowed(Node):
    """`sales last year`: a measure, all its totals over another window."""

    name: str
    window: Window


@dataclass(frozen=True, slots=True)
class Fact(Node):
    """`fact planogram_audit`, `fact racks last year`: what was posted."""

    name: str
    shift: Shift | None


@dataclass(frozen=True, slots=True)
class PerKey(Node):
    """`sum of (lesser of (net value, EUR 100) for each item)`, `number of (net value >= EUR 5 for each family)`."""

    how: Literal["sum", "average", "greater", "lesser", "number"]
    value: Expr | Condition  # a condition only for `number`
    key: Path


@dataclass(frozen=True, slots=True)
class Binary(Node):
    op: Literal["+", "-", "*", "/"]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class PercentOf(Node):
    """`60% of list price`."""

    percent: Percent
    of: Expr


@dataclass(frozen=True, slots=True)
class Extreme(Node):
    """`greater of (a, b)`, `lesser of (a, b)`, `average of (a, b)`."""

    which: Literal["greater", "lesser", "average"]
    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Rounded(Node):
    """`(x rounded to 2 digits)`, `(x rounded up to whole GB)`; direction None means half up."""

    value: Expr
    direction: Literal["up", "down"] | None
    digits: int | None  # exactly one of digits and unit
    unit: str | None


@dataclass(frozen=True, slots=True)
class Otherwise(Node):
    """`(a otherwise b)`: b where a has no data or no baseline."""

    value: Expr
    fallback: Expr


@dataclass(frozen=True, slots=True)
class ChargeAmount(Node):
    """`charge freight`, `discount volume`, `rebate volume`: what a rule comes to, as a base or a value."""

    name: str
    kind: Literal["charge", "discount", "rebate"] = "charge"


@dataclass(frozen=True, slots=True)
class DaysBetween(Node):
    """`days from order.date to order.delivery_date`, `days from quarter start to quarter end`."""

    start: Date | Path | Fact | Moment
    end: Date | Path | Fact | Moment


@dataclass(frozen=True, slots=True)
class AgreementWindow(Node):
    """`agreement month`."""

    window: Name


@dataclass(frozen=True, slots=True)
class RulePrice(Node):
    """`price contract_price`: the price that another price rule gives the line."""

    name: str


@dataclass(frozen=True, slots=True)
class Moment(Node):
    """When a table is read: a day, or `count` `unit`s before an event (`1 month before quarter start`)."""

    day: date | None
    event: str | None
    count: int = 0
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class TableValue(Node):
    """`table ppi at 1 month before quarter start`: the one value of the row that fits line, account and day."""

    table: str
    at: Moment | None


Expr = (
    Number
    | Quantity
    | Percent
    | Money
    | MoneyPer
    | Date
    | TimeOfDay
    | DaysBetween
    | AgreementWindow
    | Name
    | Path
    | ItemPrice
    | Total
    | Windowed
    | Fact
    | PerKey
    | Binary
    | PercentOf
    | Extreme
    | Rounded
    | Otherwise
    | ChargeAmount
    | RulePrice
    | TableValue
)


# --- conditions -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class And(Node):
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    part: Condition


@dataclass(frozen=True, slots=True)
class Compare(Node):
    op: Literal["<", "<=", "=", ">=", ">"]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Is(Node):
    """`order.channel is not "web"`; the value is a text, a bare word, a number or a date."""

    attribute: Path | Fact
    value: Text | Number | Date
    negated: bool


@dataclass(frozen=True, slots=True)
class In(Node):
    """`brand not in ("A", "B")`."""

    attribute: Path | Fact
    values: tuple[Text | Number | Date, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Under(Node):
    """`item.family under "BEVERAGE"`: itself or below it in the hierarchy."""

    attribute: Path | Fact
    ancestor: Text


@dataclass(frozen=True, slots=True)
class InTable(Node):
    """`item.number in table offer_2`: some row of the table has it as its key."""

    attribute: Path | Fact
    table: str
    negated: bool


@dataclass(frozen=True, slots=True)
class InSet(Node):
    """`in own_label`: the line belongs to a named item set."""

    name: str


@dataclass(frozen=True, slots=True)
class NthOrder(Node):
    """`first order per account ever`, `10th order …`, `every 10th order per account per year`."""

    number: int
    every: bool
    per: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InClass(Node):
    """`class key_account`: the account (item, end customer) is a member."""

    name: str


Condition = (
    And
    | Or
    | Not
    | Compare
    | Is
    | In
    | Under
    | InTable
    | InSet
    | NthOrder
    | InClass
    | Paid
    | Claimed
    | PostedBy
    | Throughout
    | RulePaid
)


# --- rewards and tiers ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Package(Node):
    """What an amount is paid for: `per carton`, `per full pallet`, `per started 10 piece`, `per started EUR 100`."""

    kind: Literal["each", "full", "started"]  # each: exact in that unit (4.4 b)
    size: Number | None  # None is one
    of: str | Money  # a unit, or a money amount of the base
    per_line: bool = False  # `per full pallet per line` (4.4 d)


@dataclass(frozen=True, slots=True)
class PercentReward(Node):
    percent: Percent
    surcharge: bool
    of: Expr | None = None  # `50% of list price`, else of the base
    per_bundle: bool = False  # once for every bundle: five bundles at 5% are 25%


@dataclass(frozen=True, slots=True)
class MoneyReward(Node):
    """A fixed sum (package None), or an amount per package."""

    money: Money
    surcharge: bool
    package: Package | None
    per: Literal["line", "order", "delivery"] | None = None  # a fixed sum's scope when written


@dataclass(frozen=True, slots=True)
class PriceReward(Node):
    """`price EUR 0.62 per piece`, `price (60% of list price)`: a fixed unit price."""

    value: Expr
    unit: str | None


@dataclass(frozen=True, slots=True)
class ComputedReward(Node):
    """`(fact declared_rate)`, `(30% of (postage / pieces)) per piece`: a rate, or an amount per package, worked out."""

    value: Expr
    package: Package | None = None


Piece = PercentReward | MoneyReward | PriceReward | ComputedReward | PointsReward | GoodsReward


@dataclass(frozen=True, slots=True)
class Reward(Node):
    """One piece, or several joined by `plus` (4.4)."""

    pieces: tuple[Piece, ...]


TierMode = Literal["retroactive", "incremental", "lump sum", "lump sum every tier", "interpolated"]


@dataclass(frozen=True, slots=True)
class TierRow(Node):
    bound: Literal["from", "above", "below", "without baseline", "continues"]
    threshold: Number | Quantity | Percent | Money | None
    reward: Reward | None  # None only for `continues`


# --- clauses of a rule ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StageClause(Node):
    name: str


@dataclass(frozen=True, slots=True)
class PriorityClause(Node):
    value: int


@dataclass(frozen=True, slots=True)
class ValidClause(Node):
    """`valid 2026-01-01 to 2026-12-31`, both days in; of a rule or an agreement."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class DatedClause(Node):
    """`dated by delivery`."""

    by: str


@dataclass(frozen=True, slots=True)
class WhenClause(Node):
    """`when COND`, and what failing does: a rate that is then paid (`otherwise 1%`), or `otherwise holds`."""

    condition: Condition
    otherwise: Reward | None = None
    failing: Failing | None = None


@dataclass(frozen=True, slots=True)
class CodeClause(Node):
    """`code "SPRING26"`: the order carries one of these codes."""

    codes: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class CodeTableClause(Node):
    """`code from table batch_7`: the order carries a code of the table."""

    table: str


@dataclass(frozen=True, slots=True)
class Uses(Node):
    """`1 per account`, `500 in all`, `1 per code per account`."""

    most: int
    per_code: bool
    per: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UsesClause(Node):
    """`uses 1 per account, 500 in all`."""

    uses: tuple[Uses, ...]


@dataclass(frozen=True, slots=True)
class BaseClause(Node):
    value: Expr


@dataclass(frozen=True, slots=True)
class RateClause(Node):
    reward: Reward


@dataclass(frozen=True, slots=True)
class AmountClause(Node):
    value: Expr


@dataclass(frozen=True, slots=True)
class TiersClause(Node):
    """Tiers in the text, or those of a table."""

    mode: TierMode
    measure: Expr
    rows: tuple[TierRow, ...]
    table: str | None = None


@dataclass(frozen=True, slots=True)
class AgreementYear(Node):
    """`agreement year`, an axis of a rate table."""


@dataclass(frozen=True, slots=True)
class GridCell(Node):
    """A head of a row or column, or what a rule is worth there: a reward, `nothing` or `refused`."""

    kind: Literal["text", "year", "from", "above", "reward", "nothing", "refused"]
    value: Text | Number | Quantity | Percent | Money | None = None
    reward: Reward | None = None


@dataclass(frozen=True, slots=True)
class GridRow(Node):
    """The cells of one line of a rate table."""

    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class RatesClause(Node):
    """`rates by A and B { … }`: the last axis stands in the first line, the others before each row."""

    mode: TierMode | None
    axes: tuple[Expr | AgreementYear, ...]
    rows: tuple[GridRow, ...]
    table: str | None


@dataclass(frozen=True, slots=True)
class CaseRow(Node):
    """`3% when …`; without a condition `1% otherwise`; without a reward `nothing when …`."""

    reward: Reward | None
    condition: Condition | None


@dataclass(frozen=True, slots=True)
class CasesClause(Node):
    """`rates first { … }`, `rates every { … }`."""

    every: bool
    rows: tuple[CaseRow, ...]


@dataclass(frozen=True, slots=True)
class FromTableClause(Node):
    table: str


@dataclass(frozen=True, slots=True)
class SpreadClause(Node):
    by: Literal["amount", "quantity"]


@dataclass(frozen=True, slots=True)
class FlagClause(Node):
    """A clause of words alone."""

    word: Literal["promotional", "account price only", "best", "unused units"]


@dataclass(frozen=True, slots=True)
class ExclusiveClause(Node):
    """`exclusive`, `exclusive among stages a, b by priority`, `exclusive among all`."""

    among: tuple[str, ...] | Literal["all"] = ()  # other stages than its own
    by_priority: bool = False


@dataclass(frozen=True, slots=True)
class RuleName(Node):
    """`discount volume`: a rule by its kind and name."""

    kind: RuleKind
    name: str


@dataclass(frozen=True, slots=True)
class NotWithClause(Node):
    """`not with discount volume, "CO-OP"`: gives way to rules, and to programmes outside the file."""

    avoided: tuple[RuleName | Text, ...]


@dataclass(frozen=True, slots=True)
class InLieuOfClause(Node):
    """`in lieu of discount volume`: takes the place of rules of its stage."""

    rules: tuple[RuleName, ...]


@dataclass(frozen=True, slots=True)
class NotOnClause(Node):
    """A clause of words alone, on what came before the rule's stage."""

    word: Literal["not on discounted lines", "not on promotional prices"]


@dataclass(frozen=True, slots=True)
class OnlyPerClause(Node):
    """`only per carton`: a price for that unit alone, never converted (1.3)."""

    unit: str


@dataclass(frozen=True, slots=True)
class CapClause(Node):
    """`cap EUR 100 per order`, `cap 16%`, `cap EUR 5_000 per year, for all accounts, all or nothing`."""

    value: Expr
    per: tuple[str, ...]
    all_or_nothing: bool = False
    for_all_accounts: bool = False


@dataclass(frozen=True, slots=True)
class FloorClause(Node):
    value: Expr
    per: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaysFromClause(Node):
    """`pays from IDR 25_000_000, carried forward`: less is lost, or waits for more."""

    value: Expr
    carried_forward: bool = False


@dataclass(frozen=True, slots=True)
class NotBelowClause(Node):
    """`not below EUR 4 per piece, to other lines`: lower bound of the resulting unit price."""

    value: Expr
    to_other_lines: bool


@dataclass(frozen=True, slots=True)
class NotAboveClause(Node):
    """`not above 110% of list price`: upper bound of the price a rule gives."""

    value: Expr


@dataclass(frozen=True, slots=True)
class EndingClause(Node):
    """`ending 0.49, 0.99`, `ending 0.09, every 0.10, including tax`, `price points 4.99, 9.99` (3.11)."""

    word: Literal["ending", "price points"]
    values: tuple[Number, ...]
    every: Number | None
    with_tax: bool


@dataclass(frozen=True, slots=True)
class ReferenceClause(Node):
    """`reference "MC-4711"`: by which authorisation the price is given (6.8)."""

    text: Text


@dataclass(frozen=True, slots=True)
class LimitClause(Node):
    """`limit 3 piece per order, dearest`, `limit EUR 10_000 per order`, `limit 1 cup per bundle, cheapest`."""

    value: Quantity | Money
    per: tuple[str, ...]
    takes: Literal["dearest", "cheapest", "in order"] | None
    whole_transaction: bool = False


GoodsOption = Literal[
    "inclusive",
    "exclusive",
    "cheapest",
    "dearest",
    "pro rata",
    "pro rata rounded up",
    "pro rata rounded down",
    "only at full multiples",
    "partial sets",
    "by choice",
]


@dataclass(frozen=True, slots=True)
class Goods(Node):
    """An item by its id, or a named item set."""

    item: str | None
    set: str | None


@dataclass(frozen=True, slots=True)
class GiveClause(Node):
    """`every 10 carton give 1 carton, exclusive` (gives to what is ordered), `buy 2 piece of snacks get 1 piece, cheapest`."""

    word: Literal["every", "buy"]
    ordered: Quantity
    of: Goods | None
    given: Quantity
    given_of: Goods | None
    options: tuple[GoodsOption, ...]


@dataclass(frozen=True, slots=True)
class BundlePart(Node):
    """`2 pack of "TEA-1"`, `1 loaf one of ("BREAD-1", "BREAD-2")`, `4 cup any of (yoghurt, "QUARK-1")`."""

    quantity: Quantity
    goods: tuple[Goods, ...]
    one_kind: bool


@dataclass(frozen=True, slots=True)
class BundleClause(Node):
    """`bundle { … }`: what belongs together; the rule's worth is paid on it."""

    parts: tuple[BundlePart, ...]


@dataclass(frozen=True, slots=True)
class AcceptClause(Node):
    """`accept cliff "agreed with the buyer"`."""

    finding: str
    reason: Text


@dataclass(frozen=True, slots=True)
class RemoveClause(Node):
    """`remove cap`, in an amended rule: the clauses of that word go."""

    word: str


Clause = (
    StageClause
    | PriorityClause
    | ValidClause
    | DatedClause
    | WhenClause
    | CodeClause
    | CodeTableClause
    | UsesClause
    | BaseClause
    | RateClause
    | AmountClause
    | TiersClause
    | FromTableClause
    | RatesClause
    | CasesClause
    | SpreadClause
    | FlagClause
    | ExclusiveClause
    | NotWithClause
    | InLieuOfClause
    | NotOnClause
    | OnlyPerClause
    | CapClause
    | FloorClause
    | PaysFromClause
    | NotBelowClause
    | NotAboveClause
    | EndingClause
    | ReferenceClause
    | LimitClause
    | GiveClause
    | BundleClause
    | AcceptClause
    | RemoveClause
    | SettleClause
    | ReturnsClause
    | PayToClause
    | PayToMembersClause
    | FundedByClause
    | AccrueClause
    | DrawClause
    | ProRataClause
)


# --- members of an agreement ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Accounts(Node):
    """Who the agreement is for."""

    kind: Literal["account", "account and subsidiaries", "group", "where", "all"]
    name: str | None
    where: Condition | None
    counted: Literal["each", "together"] | None


@dataclass(frozen=True, slots=True)
class Setting(Node):
    """`currency IDR`, `time zone "…"`, `owner "…"`, `review quarterly`, `adds to NAME`."""

    word: Literal["currency", "time zone", "owner", "review", "adds to"]
    value: str


@dataclass(frozen=True, slots=True)
class ExchangeRates(Node):
    """`exchange rates from table exchange_rates at month start`."""

    table: str
    at: Moment | None


@dataclass(frozen=True, slots=True)
class TaxRate(Node):
    """`tax rate item.vat`: the attribute that holds the tax rate of an item."""

    path: Path


@dataclass(frozen=True, slots=True)
class Rounding(Node):
    """A rounding word of semantics 2.2 to 2.5.

    `digits 4` · `price rounds first [to 4 digits]` · `discount rounds` · `round once` · `half even` · `round up` ·
    `round down` · `remainder to first|last|largest line` · `carry the difference` · `round to 2 digits, then to 0.50` ·
    `round order to CHF 0.05`
    """

    word: Literal[
        "digits",
        "price rounds first",
        "discount rounds",
        "round once",
        "half even",
        "round up",
        "round down",
        "remainder to first line",
        "remainder to last line",
        "remainder to largest line",
        "carry the difference",
        "round to",
        "round order to",
    ]
    digits: int | None = None
    step: Number | Money | None = None


@dataclass(frozen=True, slots=True)
class ItemSet(Node):
    name: str
    where: Condition
    name_span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Measure(Node):
    name: str
    value: Expr
    name_span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class ValueType(Node):
    """`money`, `number`, `percent`, `text`, `date`, `quantity in kg`."""

    kind: Literal["money", "number", "percent", "text", "date", "quantity"]
    unit: str | None = None
    with_tax: bool = False  # of money: `money including tax`


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    """`attribute order.channel text default "direct"`."""

    path: Path
    type: ValueType
    default: Text | Number | Date | Percent | Quantity | Money | None


@dataclass(frozen=True, slots=True)
class FactDeclaration(Node):
    """`fact approved_advertising money summed`, `fact racks number latest expected 2`."""

    name: str
    type: ValueType
    how: Literal["summed", "latest", "greatest"]
    expected: Text | Number | Date | Percent | Quantity | Money | None
    name_span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Class(Node):
    """`class key_account "Key account" for accounts { when … }`; all its `when` must hold."""

    name: str
    title: str | None
    subject: Literal["accounts", "items", "end customers"]
    members: tuple[Measure | WhenClause | Broken, ...]
    name_span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class ColumnName(Node):
    name: str
    source: str | None  # the heading in the file, where it differs


@dataclass(frozen=True, slots=True)
class Column(Node):
    """`valid_from, valid_to dates`, `number "ProductNumber" key`, `price money`."""

    names: tuple[ColumnName, ...]
    type: Literal["key", "dates", "threshold", "reward"] | ValueType


@dataclass(frozen=True, slots=True)
class Table(Node):
    """`table contract_prices from "contract_prices.csv" where column is value { … }`; of a file or an agreement."""

    name: str
    source: Text
    where: tuple[tuple[str, Text | Number | Date], ...]
    columns: tuple[Column, ...]
    name_span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Stage(Node):
    name: str
    combine: Literal["best", "sum", "sequence", "first"]
    on: Literal["list", "charges"] | None
    last: bool
    name_span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class SharedCap(Node):
    """`cap EUR 5_000 per account per year across discount a, discount b, in order, all or nothing`."""

    value: Expr
    per: tuple[str, ...]
    rules: tuple[RuleName, ...]
    in_order: bool = False
    all_or_nothing: bool = False
    for_all_accounts: bool = False


@dataclass(frozen=True, slots=True)
class RemoveSharedCap(Node):
    """`remove cap across rebate a, rebate b`, in an amendment."""

    rules: tuple[RuleName, ...]


@dataclass(frozen=True, slots=True)
class BestAmong(Node):
    """`best among stages a, b`: on a line one of the stages takes, the best."""

    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waterfall(Node):
    stages: tuple[Stage, ...]
    best_among: tuple[BestAmong, ...] = ()


RuleKind = Literal["price", "discount", "charge", "free goods", "rebate"]


@dataclass(frozen=True, slots=True)
class Rule(Node):
    kind: RuleKind
    name: str
    title: str | None
    clauses: tuple[Clause, ...]
    name_span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Outcome(Node):
    """What a guard does when it fails: rejects, or asks for an approval by a role."""

    role: str | None  # None rejects


Watched = Literal["discount", "invoice margin", "pocket margin", "net price"]


@dataclass(frozen=True, slots=True)
class Guard(Node):
    """`guard invoice margin per line >= 5% otherwise reject`."""

    watches: Watched
    per_line: bool
    op: Literal["<", "<=", "=", ">=", ">"]
    bound: Expr
    otherwise: Outcome


@dataclass(frozen=True, slots=True)
class Broken(Node):
    """A statement that could not be read; a diagnostic says why.

    `name` is what it was about to declare, if seen; `word` the keyword it starts with, None where that is none.
    """

    name: str | None = None
    word: str | None = None


# --- terms ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Subject(Node):
    """What a term is about: an item, a named item set, or a family."""

    kind: Literal["item", "set", "family"]
    name: Text


@dataclass(frozen=True, slots=True)
class Term(Node):
    """A term by its word: `minimum order`, `payment`, …, `term returns_quota` for a value that the author names.

    `values` are as written: of `sales units` quantities, of `delivery days` words, of `payment` days, then pairs of a
    percent and days.
    """

    word: str
    values: tuple[Literal_, ...]
    of: Subject | None = None
    per: str | None = None
    surcharge: Reward | None = None


@dataclass(frozen=True, slots=True)
class RemoveTerm(Node):
    word: str


@dataclass(frozen=True, slots=True)
class Terms(Node):
    """`terms { … }`"""

    terms: tuple[Term | RemoveTerm | Broken, ...]


# --- amendments -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RemoveRule(Node):
    """`remove discount launch`: the rule ends the day before the amendment."""

    kind: RuleKind
    name: str


@dataclass(frozen=True, slots=True)
class RemoveGuard(Node):
    """`remove guard discount`: every guard on that ends."""

    watches: Watched


Amended = (
    Rule
    | Fund
    | Guard
    | Terms
    | SharedCap
    | Measure
    | ItemSet
    | RemoveRule
    | RemoveFund
    | RemoveGuard
    | RemoveSharedCap
    | Broken
)


@dataclass(frozen=True, slots=True)
class Amendment(Node):
    """`amend from 2026-07-01 "Mid-year review" { … }`: only what changes, from that day on.

    `amend retroactively from 2026-04-01, cut at the date "…" { … }` says what becomes of what was settled.
    """

    day: Date
    title: str
    members: tuple[Amended, ...]
    retroactive: bool = False
    window: Literal["cut at the date", "from the next window"] | None = None


# --- examples ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Given(Node):
    """`given order.payment "card"`, `given sales EUR 20_000` (a measure's value, whatever the order says).

    Also `given sales last year EUR 20_000`, `given fact audit "passed"` and, without a value, `given class key_account`.
    """

    target: Path | Name | Windowed | Fact | InClass
    value: Literal_ | None


@dataclass(frozen=True, slots=True)
class OrderLine(Node):
    quantity: Quantity
    item: Text
    price: Money | None  # `at IDR 96_000`: a manual price per ordered unit (3.7)
    attributes: tuple[tuple[Path, Literal_], ...] = ()  # `with line.zone "north"`


@dataclass(frozen=True, slots=True)
class OrderBlock(Node):
    """`order for "NUSANTARA" on 2026-03-10 with code "SPRING26" { … }`."""

    account: Text | None
    day: Date
    codes: tuple[Text, ...]
    lines: tuple[OrderLine, ...]
    time: TimeOfDay | None = None


AmountWord = Literal[
    "list price",
    "gross price",
    "net price",
    "list value",
    "gross value",
    "net value",
    "invoice value",
    "discount",
    "invoice margin",
    "pocket price",
    "pocket value",
    "pocket margin",
]


@dataclass(frozen=True, slots=True)
class ExpectAmount(Node):
    """`expect line 1 net price IDR 93_120`, `expect order net value EUR 176.40`; line None is the order."""

    line: int | None
    what: AmountWord
    value: Money | Percent


@dataclass(frozen=True, slots=True)
class ExpectRule(Node):
    """`expect line 1 carton_volume 3%`, `expect charge freight EUR 12`, `expect discount volume nothing`."""

    line: int | None
    kind: RuleKind | None  # None where only the name is written
    rule: str
    value: Money | Percent | None  # None: `nothing`


@dataclass(frozen=True, slots=True)
class ExpectOutcome(Node):
    """`expect reject`, `expect approval by "sales director"`, `expect pass`."""

    word: Literal["reject", "approval", "pass"]
    role: str | None


@dataclass(frozen=True, slots=True)
class ExpectBreak(Node):
    """`expect line 1 breaks sales units`, `expect order breaks minimum order`; line None is the order."""

    line: int | None
    word: str


@dataclass(frozen=True, slots=True)
class ExpectFree(Node):
    """`expect free 8 piece of "A-1"`: goods added to the order."""

    quantity: Quantity
    item: Text


Expect = ExpectAmount | ExpectRule | ExpectOutcome | ExpectBreak | ExpectFree


@dataclass(frozen=True, slots=True)
class Example(Node):
    """An order, what is given besides, and what is then expected."""

    title: Text
    given: tuple[Given, ...]
    order: OrderBlock
    expects: tuple[Expect, ...]
    over_time: tuple[GivenOverTime | ExpectEarned, ...] = ()  # what only a settlement answers: wrong beside an order


# --- the file ---------------------------------------------------------------------------------------------------------


Member = (
    Accounts
    | ValidClause
    | Setting
    | YearStarts
    | WeekStarts
    | Seasons
    | ExchangeRates
    | TaxRate
    | Rounding
    | ItemSet
    | Measure
    | SharedCap
    | Attribute
    | FactDeclaration
    | Class
    | Table
    | Waterfall
    | Rule
    | Fund
    | Guard
    | Terms
    | Amendment
    | Example
    | SettledExample
    | Broken
)


@dataclass(frozen=True, slots=True)
class Agreement(Node):
    name: str
    title: str
    members: tuple[Member, ...]
    name_span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class File(Node):
    """One `.rebates` file: agreements, and what is declared for the whole folder.

    `incomplete` are the places of blocks that are read without a statement of theirs that could not be read.
    """

    declarations: tuple[
        Agreement | Table | Attribute | FactDeclaration | Class | ItemSet | Measure | Waterfall | Rounding | Broken, ...
    ]
    incomplete: tuple[Span, ...] = field(default=(), compare=False, repr=False, kw_only=True)
