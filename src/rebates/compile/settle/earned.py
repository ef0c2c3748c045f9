"""What a rule earns, exact, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from rebates.compile.settle.rows import Row
from rebates.model.settlement import Cut, Next, Status

ZERO = Fraction(0)


@dataclass(slots=True)
class Earned:
    """What a rule earns, exact, and why; `held` is the clause that keeps it from being paid."""

    status: Status
    amount: Fraction = ZERO
    measure: Fraction | None = None
    base: Fraction | None = None
    tier: int | None = None
    cuts: tuple[Cut, ...] = ()
    clause: int | None = None
    detail: str | None = None
    next: Next | None = None
    rows: Sequence[Row] = ()
    held: int | None = None
    waiting: Fraction = ZERO  # below `pays from`, carried forward
    allowed: Fraction = Fraction(1)  # the share of the base that a limit lets in
    free: Fraction = ZERO  # before caps and funds
