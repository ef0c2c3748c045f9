"""What a rule decides together: its groups of lines, and what each line may give (calculation 18, 19, 23)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.outcome import Decision
from rebates.reference.arithmetic import ZERO
from rebates.reference.context import Line, View
from rebates.reference.values import lines_of


@dataclass(frozen=True)
class Given:
    """Goods that a rule adds to the order."""

    item: str
    quantity: Fraction
    unit: str
    list_value: Fraction
    net_value: Fraction
    cost: Fraction | None
    line: Line  # as a line of its own, for weights


@dataclass(frozen=True)
class Group:
    """Lines that a rule decides on together; a line-decided rule has one for each line."""

    lines: tuple[Line, ...]
    amount: Fraction  # exact, before stops; negative is a surcharge
    weights: dict[int, Fraction]
    marks: dict[int, tuple[int | None, Fraction | None]]  # tier and measure of each line
    lined_base: dict[int, Fraction]  # each line's base, which a bound on the rate is a share of
    single: bool  # decided on the line: rounded with the line's step, not spread
    gift: Given | None = None  # goods that are added; the amount is what they are worth


@dataclass(frozen=True)
class Alone:
    """A rule by itself: its groups, and a decision for every line it does nothing on."""

    rule: m.Rule
    groups: tuple[Group, ...]
    decisions: tuple[Decision, ...]
    spends: dict[int, Fraction] = field(default_factory=dict)  # share of each line that is used up where it takes
    used: dict[int, Fraction] = field(default_factory=dict)  # of its limit on goods, by line


@dataclass(frozen=True)
class Use:
    """How much of a line the rule may use after its limit, and its base."""

    line: Line
    base: Fraction
    share: Fraction  # of its units, after the limit
    chosen: Fraction = Fraction(1)  # of its units, those that the rule's goods are; the base is of these


Amounts = dict[int, Fraction]


def partition(scope: m.Scope, lines: list[Line], view: View) -> list[list[Line]]:
    """The lines by scope, in the order of their first line."""
    out: list[list[Line]] = []
    rest = list(lines)
    while rest:
        same = {line.index for line in lines_of(scope, view, rest[0])}
        out.append([line for line in rest if line.index in same])
        rest = [line for line in rest if line.index not in same]
    return out


# --- stops


Split = Callable[[Fraction, list[Fraction]], list[Fraction]]


def shares(group: Group, running: Amounts, lowest: Amounts, moves: bool, split: Split) -> Amounts:
    """The group's amount on its lines, none below zero or its minimum price (3.6, calculation 23).

    What zero stops goes to the other lines by the same weights until nothing moves; what a minimum price stops is lost,
    or moves too where `moves` says so. `running` is the most that each line can give, `lowest` the most down to its
    minimum price. `split` divides exactly or in whole units.
    """
    lines = [line.index for line in group.lines]
    parts = dict(zip(lines, split(group.amount, [group.weights[index] for index in lines]), strict=True))
    if group.amount <= 0:
        return parts
    most = lowest if moves else running
    while True:
        excess = sum((max(parts[index] - most[index], ZERO) for index in lines), ZERO)
        parts = {index: min(part, most[index]) for index, part in parts.items()}
        free = [index for index in lines if parts[index] < most[index] and group.weights[index]]
        if not excess or not free:
            break
        for index, more in zip(free, split(excess, [group.weights[index] for index in free]), strict=True):
            parts[index] += more
    return {index: min(part, lowest[index]) for index, part in parts.items()}


def split_exactly(amount: Fraction, weights: list[Fraction]) -> list[Fraction]:
    whole = sum(weights, ZERO)
    if whole == 0:
        return [amount / len(weights)] * len(weights)
    return [amount * weight / whole for weight in weights]
