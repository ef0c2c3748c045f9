"""What each part of the language adds to rule sets and orders made by chance.

A module here holds one `AREA`: its features (with the rules of the calculation they exercise), the pairs that can never
stand together, and functions that draw text for the places where a rule set can grow. `rules.py` asks every area at each
of those places, so a construct meets all others. To add an area: a module here, and its name in `AREAS` below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from rebates.model.orders import OrderIn

if TYPE_CHECKING:
    from tests.generated.rules import Writer

Draw = Callable[["Writer"], list[str]]


@dataclass(frozen=True, kw_only=True)
class Area:
    """Every hook may return nothing; all of them draw with the writer's `chance`, and note with `use` what they drew."""

    name: str
    features: Mapping[str, tuple[str, ...]]  # feature: the rules of the calculation
    apart: tuple[tuple[str, str], ...] = ()  # pairs that cannot stand in one rule set and order; say why beside each
    before: Draw | None = None  # declarations before the agreements: tables, classes, attributes
    members: Draw | None = None  # members of an agreement, at its end: rules of new kinds, shared limits, amendments
    stages: Draw | None = None  # lines of the waterfall block; `writer.stages` has the names of the stages so far
    clauses: Callable[[Writer, str], list[str]] | None = None  # of a rule; the kind is "discount", "charge" or "price"
    conditions: Draw | None = None  # tests that may stand in a `when`; one of them is taken
    measures: Callable[[Writer], list[tuple[str, str]]] | None = None  # expressions with the unit of their thresholds
    rewards: Callable[[Writer, str], list[str]] | None = None  # after `rate`, for a rule of that kind
    worths: Callable[[Writer, str], list[str]] | None = None  # whole worth clauses in place of `tiers` and `rate`
    whom: tuple[tuple[str, str], ...] = ()  # whom a second agreement may be for, each with its feature
    order: Callable[[Random, OrderIn, set[str]], OrderIn] | None = None  # changes an order; adds to its features
    aside: str = ""  # members of an agreement that changes no number: so that every alternative of the grammar occurs
    tables: Mapping[str, list[dict[str, object]]] = field(default_factory=dict)  # rows by the name of their file


def _areas() -> tuple[Area, ...]:
    from tests.generated.areas import (  # they need `Area`, which is made above
        amendments,
        classes,
        combination,
        goods,
        money,
        pocket,
        prices,
        rates,
        shared_caps,
        terms,
        time,
    )

    return (
        amendments.AREA,
        classes.AREA,
        combination.AREA,
        goods.AREA,
        money.AREA,
        pocket.AREA,
        prices.AREA,
        rates.AREA,
        shared_caps.AREA,
        terms.AREA,
        time.AREA,
    )


AREAS: tuple[Area, ...] = _areas()
