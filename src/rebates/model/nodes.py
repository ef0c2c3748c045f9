"""What the words mean: names resolved, units and types checked, every number an exact fraction.

Both evaluators (the reference and the plan) read these nodes and nothing else. A rule set that holds one of these trees
has passed every check; evaluators assert, they do not diagnose. Amounts are in major units of the currency (EUR 12.34 is
1234/100), percents are plain ratios (5.5 % is 55/1000), prices are per base unit of the item unless a node says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, overload

from rebates.model.calendar import Calendar
from rebates.model.exact import Remainder
from rebates.model.exact import Rounding as RoundingMode
from rebates.model.master import Master
from rebates.model.money import minor_digits
from rebates.model.tables import Table
from rebates.model.windows import Window, WindowKind
from rebates.syntax.source import Span

if TYPE_CHECKING:
    from rebates.model.rebates import Fund, Rebate


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Anything that a number in a result can be traced back to: the place in the text that made it."""

    span: Span = field(compare=False, repr=False)


# --- dimensions -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a value measures.

    `number` (also percents and ratios), `money`, `price` (money per base unit of the line's item), `quantity` (in `unit`,
    which for a total is the unit it was asked in), `date`, `time` (of day, in minutes since midnight), `text`.
    """

    kind: Literal["number", "money", "price", "quantity", "date", "time", "text"]
    unit: str | None = None


NUMBER = Dimension("number")
MONEY = Dimension("money")
PRICE = Dimension("price")
DATE = Dimension("date")
TIME = Dimension("time")
TEXT = Dimension("text")


# --- attributes -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    """An attribute of the account, the item, the order or the line, or a fact that was posted.

    `default` stands in where the caller or the master data say nothing; without one the attribute is unknown and a test
    on it is neither true nor false (7.1). Built in: `account.id`, `item.id`, `item.family`, `line.unit`, and what the
    order's own dates say (`names.MOMENTS`).
    """

    subject: Literal["account", "item", "order", "line", "fact"]
    name: str
    dimension: Dimension
    default: str | Fraction | date | None = None

    @property
    def path(self) -> str:
        return f"fact {self.name}" if self.subject == "fact" else f"{self.subject}.{self.name}"


# --- conditions: Kleene's three values, true, false and unknown; only true holds (7.1) ---------------------------------


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
    """Both sides of one dimension (quantities of one unit); unknown if either side is."""

    op: Literal["<", "<=", "=", ">=", ">"]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class OneOf(Node):
    """`is`, `is not`, `in (…)`, `not in (…)`."""

    attribute: Attribute
    values: tuple[str | Fraction | date, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Under(Node):
    """The family (or account) is the ancestor or lies below it."""

    attribute: Attribute  # `item.family`, or any text attribute: then `A/B` lies under `A`
    ancestor: str


@dataclass(frozen=True, slots=True)
class InTable(Node):
    """Some row of the table, of the governing date, has the attribute as its only key."""

    attribute: Attribute
    table: str
    negated: bool


@dataclass(frozen=True, slots=True)
class InSet(Node):
    """The line belongs to a named item set."""

    name: str
    where: Condition


@dataclass(frozen=True, slots=True)
class EveryNth(Node):
    """`every 10th order …`: the orders before this one, and this one, are a multiple of the number."""

    before: Total  # the number of orders before this one
    number: int


@dataclass(frozen=True, slots=True)
class Class(Node):
    """A class of accounts, items or end customers: who meets `where` is a member.

    Membership is judged on the order day, on what is known before the order: its totals are those that the order brings,
    and one that it does not bring is unknown.
    """

    name: str
    title: str
    subject: Literal["accounts", "items", "end customers"]
    where: Condition


@dataclass(frozen=True, slots=True)
class InClass(Node):
    """The account, the line's item or the order's end customer is a member."""

    of: Class


@dataclass(frozen=True, slots=True)
class Deadline(Node):
    """`within 30 days of quarter end`, `by 2026-12-31`, `at order date`, `within terms` (one form for all, 6.7).

    `event` is `order date`, `invoice date`, `claim date` …, a window with `start` or `end`, or
    `settlement`; it stands wherever neither `day` nor `terms` does. The last day counts.
    """

    day: date | None = None
    event: str | None = None
    count: int = 0
    unit: str = "day"  # or week, month, year
    terms: bool = False  # by the payment term of the agreement


@dataclass(frozen=True, slots=True)
class Paid(Node):
    """The transaction was paid by then; as a `when`, all transactions of the base were."""

    by: Deadline


@dataclass(frozen=True, slots=True)
class Claimed(Node):
    """The rule was claimed for the window by then."""

    by: Deadline


@dataclass(frozen=True, slots=True)
class PostedBy(Node):
    """`fact registration by 2026-01-31`: it was posted by then, whatever its value."""

    fact: Attribute
    by: Deadline


@dataclass(frozen=True, slots=True)
class Throughout(Node):
    """The test held from the first day of the window to its last: at the start, and at every posting within."""

    test: Condition  # on one fact
    window: WindowKind


@dataclass(frozen=True, slots=True)
class RulePaid(Node):
    """`charge shortfall is paid`: all that the rule has settled so far has been paid."""

    rule: str  # id of a rebate or a settled charge


Condition = (
    And | Or | Not | Compare | OneOf | Under | InTable | InSet | EveryNth | InClass
    | Paid | Claimed | PostedBy | Throughout | RulePaid
)  # fmt: skip
OVER_TIME = (Paid, Claimed, PostedBy, Throughout, RulePaid)  # judged in settlements alone; an order knows none of them


# --- expressions ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """A number, ratio, amount, price (already per base unit when `unit` is None, else per that unit) or quantity."""

    value: Fraction | date
    dimension: Dimension
    unit: str | None = None  # of a price `IDR 150 per piece`: the unit it is per


@dataclass(frozen=True, slots=True)
class Exchanged(Node):
    """A stated amount or price in another currency than the agreement's, by its exchange rates (2.1)."""

    value: Fraction
    currency: str
    dimension: Dimension  # money or price
    unit: str | None = None  # of a price: the unit it is per


@dataclass(frozen=True, slots=True)
class AttributeValue(Node):
    attribute: Attribute


@dataclass(frozen=True, slots=True)
class ItemPrice(Node):
    """The list, gross or net unit price, or the cost, of the line's item, per base unit.

    `gross` and `net` are as the stage of the rule began (3.4); a price that is rounded (2.6) is taken rounded.
    """

    kind: Literal["list", "gross", "net", "cost"]


_WITHIN_ORDER = frozenset({"line", "item", "delivery", "invoice", "claim", "order", "key"})


class Scope(Enum):
    """Whose transactions a total sums, or where a rule decides (3.9, 5.1)."""

    LINE = "line"
    ITEM = "item"  # the lines of one item in the order
    INVOICE = "invoice"  # the sales of one invoice; of an order its own lines
    CLAIM = "claim"  # the sales that one claim is for
    DELIVERY = "delivery"  # the lines of the order with one value of `line.delivery`
    ORDER = "order"
    KEY = "key"  # the lines of one key of a PerKey
    PRODUCT = "item to date"  # an item in the orders of all accounts: of classes of items
    END_CUSTOMER = "end customer"  # of the order: its attribute `order.end_customer`
    ACCOUNT = "account"
    TREE = "account and subsidiaries"
    GROUP = "group"
    ALL = "in all"

    @property
    def within_order(self) -> bool:
        return self._value_ in _WITHIN_ORDER

    @property
    def words(self) -> str:
        """As totals write it: `per account`, `in all`."""
        return self.value if self is Scope.ALL else f"per {'item' if self is Scope.PRODUCT else self.value}"


@dataclass(frozen=True, slots=True)
class Total(Node):
    """A sum over transactions: what × filter × scope × window (5.1).

    Within an order (`scope.within_order`, window None) it sums the lines of this order. Beyond it, the total is what
    `Order.totals` brings for `key` plus, unless `before`, the whole order in hand (5.4); the window that counts is the
    one the governing day falls in, and its name is part of the key the quote gives back.
    Amounts are as they stood when the rule's stage began, `after_stage` as that stage left them (3.4).
    """

    what: Literal[
        "quantity", "list", "gross", "net", "invoice", "cost", "lines", "orders", "deliveries", "invoices", "days",
        "distinct", "at table",
    ]  # fmt: skip
    dimension: Dimension
    scope: Scope
    window: WindowKind | Window | None = None
    unit: str | None = None  # of a quantity
    full: bool = False  # whole units of the sum (1.3)
    distinct: Attribute | None = None
    where: Condition | None = None  # the filter: named set and `where` joined
    before: bool = False
    after_stage: str | None = None
    key: str | None = None  # beyond an order: canonical text, the same in every rule that means the same total
    with_tax: bool = False  # each line's amount × (1 + the tax rate of its item)
    priced: TableValue | None = None  # of "at table": quantity × this price of the line, of rebates alone (91)


@dataclass(frozen=True, slots=True)
class MeasureRef(Node):
    """A measure by its name; `given` in an example replaces its value."""

    name: str
    value: Expr
    dimension: Dimension


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """Exact; a quotient by zero or by a negative divisor that is a total has no value (5.3: no baseline)."""

    op: Literal["+", "-", "*", "/"]
    left: Expr
    right: Expr
    dimension: Dimension


@dataclass(frozen=True, slots=True)
class Extreme(Node):
    which: Literal["greater", "lesser", "average"]
    parts: tuple[Expr, ...]
    dimension: Dimension


@dataclass(frozen=True, slots=True)
class Rounded(Node):
    value: Expr
    mode: RoundingMode
    digits: int | None  # decimals; None rounds to whole units of the value's unit
    dimension: Dimension


@dataclass(frozen=True, slots=True)
class Fallback(Node):
    """`(a otherwise b)`: b where a has no value."""

    value: Expr
    otherwise: Expr
    dimension: Dimension


PERIODS = ("week", "month", "quarter", "half", "season", "year")
KeyWord = Literal["account", "invoice", "claim", "order", "week", "month", "quarter", "half", "season", "year"]


@dataclass(frozen=True, slots=True)
class PerKey(Node):
    """The lines of the order cut by an attribute, `value` worked out for each part, and those values put together.

    `number` counts the parts for which the condition holds; others leave out parts without a value. In a rebate the parts
    may also be accounts, invoices, claims, orders, windows of the calendar, or cut by an attribute of the order (91c).
    """

    how: Literal["sum", "average", "greater", "lesser", "number"]
    value: Expr | Condition
    key: Attribute | KeyWord
    dimension: Dimension


@dataclass(frozen=True, slots=True)
class ChargeAmount(Node):
    """What a charge of this order comes to, so far; or what a discount earns, alone, as its stage began (2.6, 54)."""

    rule: str  # id of the charge or discount
    kind: Literal["charge", "discount"] = "charge"


@dataclass(frozen=True, slots=True)
class DaysBetween(Node):
    """`days from A to B`: the difference of two dates, negative where B lies before A; unknown where one of them is (5.2 c)."""

    start: Constant | AttributeValue | Moment
    end: Constant | AttributeValue | Moment


@dataclass(frozen=True, slots=True)
class AgreementWindow(Node):
    """`agreement month`: which of them since the agreement began the governing day lies in, from 1 (59)."""

    kind: Literal["month", "quarter", "half", "year"]
    dimension: Dimension = NUMBER


@dataclass(frozen=True, slots=True)
class RulePrice(Node):
    """The price that a price rule gives the line, whatever becomes of it; no value where it gives none."""

    rule: str  # id of the price rule
    dimension: Dimension = PRICE


@dataclass(frozen=True, slots=True)
class Moment(Node):
    """A day, or so many units before an event of the order or an end of the window that the governing day falls in (5.6).

    `event` is `order date`, `delivery date`, `invoice date` or a window with `start` or `end`: `quarter start`.
    """

    day: date | None
    event: str | None
    count: int = 0
    unit: str = "day"


@dataclass(frozen=True, slots=True)
class Earned(Node):
    """What a settled rule earns in the window of the rule that names it: after its limits, before rounding (2.6)."""

    rule: str  # id
    dimension: Dimension = MONEY


TableKey = Attribute | Literal["unit", "group", "currency", "week", "month", "quarter", "half", "year"]


@dataclass(frozen=True, slots=True)
class TableValue(Node):
    """The one value of the row that fits the line, the account and the day of `at`, else the governing day.

    `keys` are as those of a price table; a window's word means the name of the calendar window of that day (`2026-03`).
    Money of a table with the item or a unit among its keys is a price, per base unit or per the unit of its row.
    """

    table: str
    keys: tuple[TableKey, ...]
    column: str
    dimension: Dimension
    at: Moment | None
    with_tax: bool = False  # the column's money includes the tax of the item


Expr = (
    Constant
    | Exchanged
    | AttributeValue
    | DaysBetween
    | AgreementWindow
    | ItemPrice
    | Total
    | MeasureRef
    | Arithmetic
    | Extreme
    | Rounded
    | Fallback
    | PerKey
    | ChargeAmount
    | RulePrice
    | TableValue
    | Earned
)


# --- rewards ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Package(Node):
    """Counts units of the base: exact (`each`), whole ones (`full`) or begun ones (`started`) (4.4 b, d)."""

    kind: Literal["each", "full", "started"]
    size: Fraction  # of `unit`; of the currency where unit is None
    unit: str | None
    scope: Scope  # where full and started packages are counted: the measure's scope, else ORDER, LINE if `per line`


@dataclass(frozen=True, slots=True)
class PercentPiece(Node):
    """A share of the base; signed: a surcharge is negative in a discount, positive in a charge."""

    rate: Expr  # a number; a Constant unless worked out
    of: Expr | None = None  # of this price or amount instead of the base
    per_bundle: bool = False  # the rate counts once for every bundle


@dataclass(frozen=True, slots=True)
class SumPiece(Node):
    """A fixed sum for the scope, paid when its tier is entered (4.4 c)."""

    amount: Expr  # money
    scope: Scope


@dataclass(frozen=True, slots=True)
class UnitPiece(Node):
    """An amount per unit or package of the base's quantity (or, per money package, of the base's amount)."""

    amount: Expr  # money
    package: Package


@dataclass(frozen=True, slots=True)
class PricePiece(Node):
    """A fixed unit price; `unit` None means per base unit."""

    value: Expr  # price; a bare money constant is a price per `unit`
    unit: str | None


Piece = PercentPiece | SumPiece | UnitPiece | PricePiece


@dataclass(frozen=True, slots=True)
class Reward(Node):
    pieces: tuple[Piece, ...]  # none: `nothing`


TierMode = Literal["retroactive", "incremental", "lump sum", "lump sum every tier", "interpolated"]


@dataclass(frozen=True, slots=True)
class Tier(Node):
    """A row; it reaches up to the next row's bound (4.1). Threshold in the measure's dimension and unit."""

    above: bool  # False: `from`, the threshold itself is in
    threshold: Fraction
    reward: Reward


@dataclass(frozen=True, slots=True)
class Tiers(Node):
    mode: TierMode
    measure: Expr
    rows: tuple[Tier, ...]  # ascending
    below: Tier | None  # the row `below X`: every smaller value, also negative ones; X equals or precedes the first row
    without_baseline: Reward | None
    continues: bool


@dataclass(frozen=True, slots=True)
class Flat(Node):
    """`rate`: one reward on the whole base."""

    reward: Reward


@dataclass(frozen=True, slots=True)
class Amount(Node):
    """`amount`: the amount itself; below zero it is zero (4.4 e)."""

    value: Expr


@dataclass(frozen=True, slots=True)
class PriceTable(Node):
    """`from table`: the row that matches line, account and date; the most specific of its key columns wins elsewhere.

    `keys` gives, for each key column in the table's order, where its value comes from: an attribute, or the word "unit"
    (the ordered unit; a row in another unit is converted, 1.3), "group" (each group the account belongs to) or a window
    (its calendar name on the order day).
    """

    table: str
    keys: tuple[TableKey, ...]
    column: str  # the money (or percent) column that is the reward
    with_tax: bool = False  # the column's money includes the tax of the item


# --- rate tables: what a rule is worth, chosen for each line -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Case(Node):
    """A row of `rates first` or `rates every`; without a condition it is the `otherwise` of `rates first`."""

    reward: Reward
    when: Condition | None


@dataclass(frozen=True, slots=True)
class Cases(Node):
    """`rates first`: the first row whose condition holds; `rates every`: each of them, added up (4.2 e)."""

    every: bool
    rows: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Level(Node):
    """A row of a rate table that a measure reaches; None is `refused`."""

    above: bool
    threshold: Fraction
    worth: Flat | Tiers | Levels | None


@dataclass(frozen=True, slots=True)
class Levels(Node):
    """An axis of a rate table that is a measure and not its last: the reached row says what goes on (4.4 a)."""

    measure: Expr
    rows: tuple[Level, ...]  # ascending


@dataclass(frozen=True, slots=True)
class RateRow(Node):
    """What lines with these keys are worth on these days; None is `refused`. `row` is its place in a file."""

    keys: tuple[str | Fraction | date, ...]
    worth: Flat | Tiers | Levels | None
    first: date | None = None
    last: date | None = None
    row: tuple[str, int] | None = None


RateKey = Attribute | Literal["unit", "group", "agreement year"]


class RateRows(Sequence[RateRow]):
    """The rows of a table from a file: constants alone, so that nobody needs to walk through them."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Sequence[RateRow]) -> None:
        self._rows = tuple(rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RateRows) and self._rows == other._rows

    def __hash__(self) -> int:
        return hash(len(self._rows))

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> RateRow: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[RateRow]: ...
    def __getitem__(self, at: int | slice) -> RateRow | Sequence[RateRow]:
        return self._rows[at]


@dataclass(frozen=True, slots=True)
class RateTable(Node):
    """`rates by`, tiers and rates from a table: each line has the row of its keys (4.4 a, 5.6).

    `by_key` gives the places of the rows of each tuple of keys. Where no row is met, a `strict` table makes an order error
    and another covers the line not.
    """

    keys: tuple[RateKey, ...]
    measures: tuple[Expr, ...]  # those that its rows stand on
    rows: tuple[RateRow, ...] | RateRows
    table: str | None
    strict: bool
    by_key: Mapping[tuple[object, ...], Sequence[int]] = field(compare=False, repr=False)


Worth = Flat | Tiers | Amount | PriceTable | Cases | Levels | RateTable


# --- amendments -------------------------------------------------------------------------------------------------------


Takeover = Literal["whole", "next window", "cut"]
"""What becomes of a window in which an amendment of a rebate begins (100): it is judged whole by the version of its last day,
it stays with the version before, or it is cut in two."""


@dataclass(frozen=True, slots=True)
class Amendment(Node):
    """A change of the agreement that was signed later, and the day it holds from (6.6 a)."""

    title: str
    day: date
    takeover: Takeover = "whole"
    retroactive: bool = False  # what was settled from that day on is worked out anew


# --- rules ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Base(Node):
    """What a reward is paid on (principle 3; 3.9).

    `running`: the stage's own base (running amount or list value) of each line the rule covers.
    `charge`: the amount of a charge. Others: that value of the lines that pass `where`.
    `scope` LINE lets a percent decide on each line, ORDER on the order (then spread).
    """

    what: Literal["running", "list", "gross", "net", "invoice", "quantity", "charge"]
    scope: Scope
    where: Condition | None = None
    unit: str | None = None
    charge: str | None = None  # id of the charge
    value: Expr | None = None  # a worked-out base (`order.usage`, `greater of (…)`): money, or with `unit` a quantity


@dataclass(frozen=True, slots=True)
class Bound(Node):
    """A cap, a floor or a minimum payout: on the amount (`value` money) or on the rate (`value` number)."""

    value: Expr
    on: Literal["amount", "rate"]
    scope: Scope
    window: WindowKind | None = None  # beyond an order: what the rule has paid comes with the totals (5.4 b)
    key: str | None = None
    all_or_nothing: bool = False  # of a cap: what does not fit whole gets nothing (4.5 f)


@dataclass(frozen=True, slots=True)
class SharedCap(Node):
    """A cap on what several rules of one stage take together (4.5 d)."""

    rules: tuple[str, ...]  # their ids, as listed; the first one's day is the cap's
    value: Expr  # money
    scope: Scope
    number: int  # its place among those of the agreement
    in_order: bool = False  # filled as listed, not cut in proportion
    all_or_nothing: bool = False
    window: WindowKind | None = None  # beyond an order: what they have paid comes with the totals (5.4 b)
    key: str | None = None

    @property
    def words(self) -> str:
        """As decisions name it."""
        return f"cap across {', '.join(id.rpartition('.')[2] for id in self.rules)}"


@dataclass(frozen=True, slots=True)
class Limit(Node):
    """At most so many units, or so much of the base, per scope; the rest of the base earns nothing (4.5)."""

    quantity: Fraction | None
    unit: str | None
    money: Fraction | None
    scope: Scope
    takes: Literal["dearest", "cheapest", "in order"]
    whole_transaction: bool
    window: WindowKind | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Uses(Node):
    """At most so many orders of a window take something by the rule; with `per_code` by one code of it (50, 51)."""

    most: int
    per_code: bool
    scope: Scope  # whose orders; beyond an order
    window: WindowKind
    key: str


@dataclass(frozen=True, slots=True)
class BundlePart(Node):
    """So many units of some goods in every set. `kinds` has one condition, or several of which a set takes one (one of).

    Without a kind the goods are one item at a time: every item that the rule covers makes sets of its own.
    """

    quantity: Fraction
    unit: str
    kinds: tuple[Condition, ...]
    given: bool  # the rule's worth is paid on it; else it only has to be there


@dataclass(frozen=True, slots=True)
class Sets(Node):
    """The units that belong together: a bundle, or what is bought and what is got (8.1, 8.2).

    `pick` narrows what is given: so many of each set, its cheapest or dearest units; with two parts it says which units
    the given part takes. `partial`: an unfinished set gives what it has beyond its bought units.
    """

    parts: tuple[BundlePart, ...]
    pick: Literal["cheapest", "dearest"] = "dearest"
    of_each: Fraction | None = None  # of the one part's unit; None: all of the given parts
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Gift(Node):
    """Goods counted by what is ordered: `every 10 carton give 1 carton` (8.1).

    `where` None counts every item by itself and gives the item itself. `inclusive` takes them from what is ordered; all
    others are added to the order.
    """

    every: Fraction
    unit: str
    where: Condition | None
    give: Fraction
    give_unit: str
    item: str | None  # None: the item itself, or what the order chooses
    choices: frozenset[str] | None  # by choice: the items that may be chosen
    counting: Literal["full", "pro rata down", "pro rata up", "multiples"]
    inclusive: bool


@dataclass(frozen=True, slots=True)
class NotBelow(Node):
    """An item's minimum unit price; what it stops is lost, or moves to other lines (3.6)."""

    value: Expr  # price
    to_other_lines: bool


@dataclass(frozen=True, slots=True)
class NotAbove(Node):
    """The highest unit price that a price rule may give."""

    value: Expr  # price


@dataclass(frozen=True, slots=True)
class Ending(Node):
    """What prices end with, or the price points there are (3.11): the nearest is taken, the higher at a tie.

    With `every` the values are repeated in each step of it, from zero on; without, they are all there are.
    """

    values: tuple[Fraction, ...]  # ascending
    every: Fraction | None
    with_tax: bool = False  # of the price with the tax of the item on it


@dataclass(frozen=True, slots=True)
class When(Node):
    """One `when` clause; all of a rule's must hold, but for one with a fallback rate, which is paid where it does not."""

    condition: Condition
    otherwise: Reward | None = None


@dataclass(frozen=True, slots=True)
class Rule(Node):
    id: str  # "agreement.rule"
    kind: Literal["price", "discount", "charge"]  # free goods are discounts that say by what they are counted
    name: str
    title: str
    agreement: str
    stage: str  # "" for prices
    place: int  # place in the text over the whole rule set: later ties
    priority: int | None
    first: date | None  # `valid`, both days in
    last: date | None
    dated_by: Literal["order", "delivery", "invoice"]
    when: tuple[When, ...]
    codes: tuple[str, ...]  # empty: needs none of these
    worth: Worth
    base: Base
    decides: Scope  # 3.9: LINE: on each line; else on the lines of that scope together, then spread
    spread: Literal["amount", "quantity"] = "amount"
    caps: tuple[Bound, ...] = ()
    floors: tuple[Bound, ...] = ()
    pays_from: Bound | None = None
    limit: Limit | None = None
    shared_caps: tuple[SharedCap, ...] = ()  # that name the rule among others
    not_below: NotBelow | None = None
    not_above: NotAbove | None = None  # of prices
    ending: Ending | None = None  # of prices
    reference: str | None = None  # of prices: by which authorisation they are given
    code_table: str | None = None  # its only key is a code that the order must carry
    uses: tuple[Uses, ...] = ()
    exclusive: bool = False  # in its stage
    alone_in: tuple[str, ...] = ()  # `exclusive among …`: these stages, its own among them; then not `exclusive`
    by_priority: bool = False  # of exclusives the priority decides, before what they take (3.5 c)
    waits_for: tuple[str, ...] = ()  # ids of rules of its stage that are worked out before it (47a, 54)
    yields_to: tuple[str, ...] = ()  # ids of rules of its stage or an earlier one it gives way to (3.5 d)
    not_on: frozenset[Literal["discounted lines", "promotional prices"]] = frozenset()
    sets: Sets | None = None
    gift: Gift | None = None
    unused: bool = False  # takes only units that no rule before it has used up (4.5 e)
    promotional: bool = False
    account_price_only: bool = False
    best: bool = False  # of prices: the lowest among all that apply, not the most specific
    only_per: str | None = None
    specificity: tuple[int, int] = (0, 0)  # of prices and `first`: account rank, item rank (3.3)
    accepts: tuple[tuple[str, str], ...] = ()  # finding, reason
    # versions of one rule share its id and place; `first` and `last` lie within the days of the version
    since: date | None = None
    until: date | None = None
    amended: tuple[Amendment, ...] = ()  # the amendments whose clauses the version holds, by day
    ended: Amendment | None = None  # the amendment that removes the rule after `until`

    @property
    def led(self) -> tuple[SharedCap, ...]:
        """The shared caps that name the rule first: they are read with it."""
        return tuple(cap for cap in self.shared_caps if cap.rules[0] == self.id)


@dataclass(frozen=True, slots=True)
class Stage(Node):
    """A stage of the waterfall. `discounts` (best) and `charges` (sum) exist without being declared (3.2)."""

    name: str
    combine: Literal["best", "sum", "sequence", "first"]
    base: Literal["running", "list", "charges"]
    last: bool
    kind: Literal["discount", "charge", "on charges", "rebate"] = "discount"  # what it holds; rebates last


@dataclass(frozen=True, slots=True)
class Rounding:
    """Where and how amounts are rounded (2.2 to 2.5)."""

    digits: int | None = None  # of every line amount; None: the currency's minor unit
    mode: RoundingMode = RoundingMode.HALF_UP
    price_first: bool = False  # the unit price per ordered unit is rounded, then × quantity
    price_digits: int | None = None  # of that unit price; None: `digits`
    discount_rounds: bool = False
    round_once: bool = False
    remainder: Remainder = Remainder.LARGEST_REMAINDER
    carry_difference: bool = False
    then_step: Fraction | None = None  # `round to 2 digits, then to 0.50`: a second rounding of each line amount
    order_step: Fraction | None = None  # cash rounding of the order's amount


@dataclass(frozen=True, slots=True)
class Exchange(Node):
    """The table of an agreement's exchange rates, and the moment they are read at; without one the order day (2.1)."""

    table: str
    at: Moment | None


@dataclass(frozen=True, slots=True)
class Guard(Node):
    """Looks at the finished waterfall (7.3)."""

    id: str  # "agreement.guard 1"
    agreement: str
    watches: Literal["discount", "invoice margin", "pocket margin", "net price"]
    per_line: bool
    op: Literal["<", "<=", "=", ">=", ">"]
    bound: Expr  # number, or a price for `net price`
    role: str | None  # None rejects
    since: date | None = None  # the order days for which it holds, both in
    until: date | None = None
    amended: Amendment | None = None


@dataclass(frozen=True, slots=True)
class TermValue(Node):
    """One value of a term, typed; a quantity of days is in the unit `day`."""

    value: str | Fraction | date
    dimension: Dimension


@dataclass(frozen=True, slots=True)
class Term(Node):
    """A term that is returned with a quote, and checked where an order can break it (7.2)."""

    id: str  # "agreement.term 1"
    agreement: str
    word: str  # `minimum order`, `payment`, …, `term returns_quota`
    values: tuple[TermValue, ...]
    where: Condition | None  # the lines it is about; None: all
    scope: Scope  # of a minimum: of the order, of each item
    since: date | None = None  # the order days for which it holds, both in
    until: date | None = None
    amended: Amendment | None = None

    @property
    def rank(self) -> int:
        """How specific: an item 3, a family 2, a set 1, all 0."""
        match self.where:
            case OneOf():
                return 3
            case Under():
                return 2
            case _:
                return 0 if self.where is None else 1


@dataclass(frozen=True, slots=True)
class Who(Node):
    kind: Literal["account", "account and subsidiaries", "group", "where", "all"]
    name: str | None
    where: Condition | None
    together: bool

    @property
    def rank(self) -> int:
        """How specific: account 4, its tree 3, group 2, condition 1, all 0 (7.4)."""
        return {"account": 4, "account and subsidiaries": 3, "group": 2, "where": 1, "all": 0}[self.kind]


@dataclass(frozen=True, slots=True)
class Example(Node):
    """An order and what it must come to; `order` and `expects` are read by the example runner."""

    agreement: str
    title: str
    syntax: object  # syntax.nodes.Example: the runner edits numbers at its spans


@dataclass(frozen=True, slots=True)
class Agreement(Node):
    name: str
    title: str
    who: Who
    first: date
    last: date
    currency: str
    zone: str
    calendar: Calendar
    owner: str | None
    review: str | None
    adds_to: tuple[str, ...]
    stages: tuple[Stage, ...]  # in the order they run: discounts, those marked `last`, charges, on charges, of rebates
    rounding: Rounding
    rules: tuple[Rule, ...]  # every version of every rule
    guards: tuple[Guard, ...]
    examples: tuple[Example, ...]
    amendments: tuple[Amendment, ...] = ()  # by day
    terms: tuple[Term, ...] = ()  # every version of every term
    rebates: tuple[Rebate, ...] = ()  # every version of every rule that is settled
    funds: tuple[Fund, ...] = ()
    best_among: tuple[tuple[str, ...], ...] = ()  # stages of which one takes on a line (3.5 f), in the order they run
    measures: Mapping[str, MeasureRef] = field(compare=False, repr=False, kw_only=True)
    exchange: Exchange | None = field(default=None, kw_only=True)
    tax: Attribute | None = field(default=None, kw_only=True)  # the tax rate of an item (2.7)
    classes: Mapping[str, Class] = field(default_factory=dict, compare=False, repr=False, kw_only=True)
    # what an evaluator worked out once of it; a copy with other rules begins anew
    noted: dict[str, object] = field(default_factory=dict, compare=False, repr=False, init=False)

    @property
    def digits(self) -> int:
        """Decimals of its amounts: as it says, else those of the currency's minor unit (2.2)."""
        stated = self.rounding.digits
        return minor_digits(self.currency) if stated is None else stated


@dataclass(frozen=True, slots=True)
class Fact(Node):
    """What is posted with a date; how its postings of one window come together, and what is expected until there is one."""

    attribute: Attribute
    how: Literal["summed", "latest", "greatest"]
    expected: str | Fraction | date | None


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Everything that can change a number: agreements, tables and master data, with a hash of them all."""

    agreements: tuple[Agreement, ...]
    tables: Mapping[str, Table]
    master: Master
    version: str  # sha-256 over every source text and table file, in a canonical order
    attributes: Mapping[str, Attribute] = field(
        default_factory=dict
    )  # declared ones by path, for typing what callers say
    facts: Mapping[str, Fact] = field(default_factory=dict)  # by name
