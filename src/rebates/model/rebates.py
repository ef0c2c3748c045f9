"""The nodes of rules that are settled over time: rebates, charges with a `settle` clause, funds (section 14).

A rebate says what an order's discount says, with the same conditions, measures, tiers and rewards; it is worked out on what
was posted in a window and delivered afterwards. All nodes are immutable, and a rule set that holds them has passed every check.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from rebates.model.nodes import (
    Amendment,
    Bound,
    Condition,
    Deadline,
    Expr,
    Limit,
    Node,
    Reward,
    Scope,
    SharedCap,
    Takeover,
    Worth,
)
from rebates.model.windows import WindowKind

Cadence = Literal["weekly", "monthly", "quarterly", "half-yearly", "yearly", "once", "on claim", "on dates"]
Failing = Literal["not earned", "holds", "forfeits", "takes back"]


@dataclass(frozen=True, slots=True)
class Gate(Node):
    """A `when` of a rebate and what failing does (6.7): a fallback reward, else not earned, held, forfeited, taken back."""

    condition: Condition
    failing: Failing = "not earned"
    otherwise: Reward | None = None


@dataclass(frozen=True, slots=True)
class Form(Node):
    """What a settlement is paid in. `share` is its part where several are paid (`60% credit note and 40% goods`)."""

    kind: Literal["credit note", "payment", "points", "goods", "code"]
    share: Fraction | None = None
    use: str | None = None  # `for "advertising"`; of goods the item
    points: Fraction | None = None  # so many points …
    per: Fraction | None = None  # … per so much money of the reward


@dataclass(frozen=True, slots=True)
class Settle(Node):
    """When and how it is paid (6.4, 6.5). `forms` all of `and`, or by `choice` one of `or`, the first unless told otherwise."""

    every: Cadence
    dates: tuple[date, ...] = ()  # of "on dates", ascending
    on_account: bool = False  # interim payments, adjusted at the true-up
    true_up: Cadence | None = None
    separate: bool = False  # every settlement period judged alone
    forms: tuple[Form, ...] = ()  # empty: a credit note
    choice: bool = False
    pay_by: Deadline | None = None
    expires: Deadline | None = None
    set_off: bool = False  # against what is overdue
    plus_tax: bool = False


@dataclass(frozen=True, slots=True)
class Payees(Node):
    """Who is paid: named accounts with their shares, or the members in proportion to a measure of each (96)."""

    accounts: tuple[tuple[str, Fraction], ...] = ()  # shares add up to one
    by: Expr | None = None  # a total per account: members in proportion to it


@dataclass(frozen=True, slots=True)
class Fund(Node):
    """A balance that rules draw from, per window: what opens it, and what becomes of the rest."""

    id: str  # "agreement.fund NAME"
    name: str
    title: str
    agreement: str
    opening: Expr  # money
    window: WindowKind  # `per year`; the term without one
    rolls_over: bool  # else the rest lapses
    up_to: Expr | None = None  # of what rolls over
    # versions of one fund share its id; a window has that of its first day
    since: date | None = None
    until: date | None = None
    amended: Amendment | None = None


@dataclass(frozen=True, slots=True)
class Rebate(Node):
    """A rule that is settled. `kind` says in which direction: a rebate is given, a charge is owed.

    `scope` is whose account earns: each account, or all that the base sums together. `window` is what is judged as one whole
    (92). `base` is money or a quantity, that of the tiers' measure filled in; None where nothing that it pays is paid on one.
    Bounds and limits have the rule's own scope (or ALL, over all earners), and `window` None where they have the rule's own.
    """

    id: str  # "agreement.rule"
    kind: Literal["rebate", "charge"]
    name: str
    title: str
    agreement: str
    place: int
    scope: Scope  # ACCOUNT, TREE, GROUP, ALL, END_CUSTOMER
    window: WindowKind | Literal["claim"]
    worth: Worth
    base: Expr | None
    settle: Settle
    priority: int | None = None
    first: date | None = None  # `valid`, both days in
    last: date | None = None
    dated_by: str = "invoice"
    when: tuple[Gate, ...] = ()
    stage: str | None = None  # rebates that name one are compared or added there (3.5 e)
    caps: tuple[Bound, ...] = ()
    floors: tuple[Bound, ...] = ()
    pays_from: Bound | None = None
    carried_forward: bool = False  # what is below `pays from` waits for more
    limit: Limit | None = None
    shared_caps: tuple[SharedCap, ...] = ()
    in_lieu_of: tuple[str, ...] = ()  # ids of rebates that lose the transactions of this base
    not_with: tuple[str, ...] = ()  # ids of rebates whose transactions this base loses
    alone: bool = False  # `exclusive among all`: an account earns in one such only
    returns: Literal["claw back", "carry forward", "when posted"] = "claw back"
    pays: Literal["money", "points", "goods"] = "money"  # what its amounts are (99a)
    goods: tuple[str | None, str] | None = None  # item and unit of what it gives; no item: what the earner chooses
    funders: tuple[tuple[str, Fraction], ...] = ()  # who bears it; shares add up to one
    payees: Payees | None = None
    accrue: Reward | None = None  # the expected rate
    fund: str | None = None  # id of the fund it draws from
    pro_rata: str | None = None  # unit by which thresholds and lump sums of a part period are cut: "month", "day"
    reference: str | None = None
    accepts: tuple[tuple[str, str], ...] = ()
    # versions of one rule share its id and place; `first` and `last` are those of the text, not cut by `since` and `until`
    since: date | None = None
    until: date | None = None
    takeover: Takeover = "whole"  # of the window in which `since` lies
    amended: tuple[Amendment, ...] = ()
    ended: Amendment | None = None  # the amendment that removes the rule after `until`
    ending: Takeover = "whole"  # then of the window in which `until` lies
