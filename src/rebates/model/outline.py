"""What a folder must know of an agreement's text beside its model: found once, without walking through its rules again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rebates.model.agreements import stages_of
from rebates.model.own_calendar import names_seasons
from rebates.syntax import nodes as s


@dataclass(frozen=True, slots=True)
class Outline:
    """Members of an agreement that others ask for, and the names of its rules."""

    attributes: tuple[s.Attribute, ...]
    tables: tuple[s.Table, ...]
    waterfalls: tuple[s.Waterfall, ...]
    adds_to: tuple[s.Setting, ...]
    exchange: bool  # it names exchange rates
    tax: bool  # it says where the tax rate of an item stands
    seasons: bool  # it names its seasons
    amended: bool
    charge_stages: Mapping[str, s.Rule]  # the stages that its charges name, each with such a charge
    ids: Mapping[str, Mapping[str, str]]  # of its rules, by kind and name


def outline(agreement: s.Agreement) -> Outline:
    """The outline of an agreement."""
    members = agreement.members
    ids: dict[str, dict[str, str]] = {"charge": {}, "price": {}, "discount": {}}
    for member in members:
        if isinstance(member, s.Rule) and member.kind in ids:
            ids[member.kind][member.name] = f"{agreement.name}.{member.name}"
    return Outline(
        tuple(x for x in members if isinstance(x, s.Attribute)),
        tuple(x for x in members if isinstance(x, s.Table)),
        tuple(x for x in members if isinstance(x, s.Waterfall)),
        tuple(x for x in members if isinstance(x, s.Setting) and x.word == "adds to"),
        any(isinstance(x, s.ExchangeRates) for x in members),
        any(isinstance(x, s.TaxRate) for x in members),
        names_seasons(agreement),
        any(isinstance(x, s.Amendment) for x in members),
        stages_of(agreement, "charge"),
        ids,
    )
