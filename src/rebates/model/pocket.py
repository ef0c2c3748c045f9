"""What of an order's invoice value is left once the rebates that it is expected to earn are taken off (section 15).

Both evaluators answer with these, and are compared on them. Amounts are of the order's currency in major units, exact where
it is said; of a returned line they have the sign of the return.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from rebates.model.settlement import Cut, Status


@dataclass(frozen=True, slots=True)
class ExpectedOut:
    """One rule that is settled over time, as far as the order has to do with it.

    `amount` is rounded, a rebate's and a charge's alike positive; `parts` are its shares by line and add up to it. `accrued` is
    what the rule has earned before the order by what was brought, `beside` what it earns on top of both: catch-up on earlier
    sales, lump sums. Both are exact, and None where nothing that was brought tells them.
    """

    rule: str
    kind: Literal["rebate", "charge"]
    pays: Literal["money", "points", "goods"]  # only money leaves the pocket
    status: Status
    base: Fraction | None  # of the order alone
    measure: Fraction | None  # after the order
    tier: int | None
    exact: Fraction
    amount: Fraction
    parts: tuple[Fraction, ...]
    accrued: Fraction | None
    beside: Fraction | None
    cuts: tuple[Cut, ...] = ()  # what was paid on which part of the base
    clause: int | None = None
    detail: str | None = None
    since: date | None = None  # of the version of the rule that its window is judged by


@dataclass(frozen=True, slots=True)
class PocketOut:
    """`values` are the lines' pocket values; `totals` those beyond the order that the rules read, after it, by their keys."""

    expected: tuple[ExpectedOut, ...]  # by agreement, most specific first, then the rule's place
    values: tuple[Fraction, ...]
    totals: Mapping[str, Fraction]
    missing: tuple[str, ...]  # keys of totals that the order does not bring, taken as zero
