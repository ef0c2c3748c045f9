"""What the author wrote of the agreement's own calendar: where years and weeks start, and its seasons.

`nodes.py` exports all of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rebates.syntax.node import Node

if TYPE_CHECKING:
    from rebates.syntax.nodes import Broken, Name, Text


@dataclass(frozen=True, slots=True)
class YearStarts(Node):
    day: date


@dataclass(frozen=True, slots=True)
class WeekStarts(Node):
    """`week starts sunday`."""

    weekday: str


@dataclass(frozen=True, slots=True)
class Season(Node):
    """`spring_2026  2026-02-01 to 2026-07-31`, in a list of seasons."""

    name: Name | Text
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Seasons(Node):
    """`seasons { … }`, or `seasons from table crop_years`."""

    seasons: tuple[Season | Broken, ...]
    table: str | None = None
