"""What a stage's rules stand on, and what one of them would take there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from rebates.compile.amounts import ZERO
from rebates.compile.goods import Added
from rebates.compile.rewards import Reached
from rebates.compile.state import Line, Part, Settled, View
from rebates.plan.nodes import Here, StagePlan


@dataclass(slots=True)
class Cell:
    """Lines that a rule decides on together, what it takes there, and each line's exact part of it."""

    places: list[int]  # in the part
    amount: Fraction
    shares: list[Fraction]
    group: bool
    weights: list[Fraction] = field(default_factory=list)
    gift: Added | None = None

    def each(self) -> Iterator[tuple[int, Fraction]]:
        """Every place with its part."""
        return zip(self.places, self.shares, strict=True)


@dataclass(slots=True)
class Take:
    """What a rule would take, alone; `refused` says of the other lines why not."""

    here: Here
    refused: dict[int, Settled]
    reached: dict[int, Reached]
    cells: list[Cell]
    used: dict[int, Fraction]  # units or money that the rule's limit lets it use, by place
    spent: dict[int, Fraction] = field(default_factory=dict)  # share of each line that is used up where it takes
    goods_used: dict[int, Fraction] = field(default_factory=dict)  # of its limit on goods
    own: dict[int, Here] = field(default_factory=dict)  # by place: the rule with the worth it has there

    def on(self, place: int) -> Fraction:
        return next((c.shares[c.places.index(place)] for c in self.cells if place in c.places), ZERO)

    def total(self) -> Fraction:
        return sum((sum(cell.shares, ZERO) for cell in self.cells), ZERO)


@dataclass(slots=True)
class Stand:
    """The ground a stage's rules stand on: its plan, the view of its beginning, and the running amounts of now."""

    part: Part
    stage: StagePlan
    view: View
    running: list[Fraction]  # by place: net, net with this stage's charges, or what is left of a charge
    shift: list[Fraction]  # by place: what earlier charge stages added beside `running`

    @property
    def discount(self) -> bool:
        return self.stage.kind != "charge"

    def base(self, line: Line) -> Fraction:
        """The stage's own base on a line (17)."""
        if self.stage.base == "list":
            return line.gross_value if line.list_value is None else line.list_value
        return self.running[line.place]
