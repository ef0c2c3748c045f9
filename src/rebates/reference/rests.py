"""When a window that is over stays as it is, whatever day it is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from rebates.model import nodes as m
from rebates.model.history import Posted
from rebates.model.rebates import Form, Rebate, Settle
from rebates.model.windows import Window
from rebates.syntax.source import Span

PLAIN = (
    Rebate, Settle, Form, m.Deadline, m.Tiers, m.Tier, m.Flat, m.Reward, m.PercentPiece, m.UnitPiece, m.Package, m.SumPiece,
    m.Bound, m.Constant, m.Dimension, m.MeasureRef, m.Arithmetic, m.Rounded, m.Total, m.AttributeValue, m.Attribute,
    m.OneOf, m.And, m.Or, m.Not, m.Amendment,
)  # fmt: skip
APART = ("when", "stage", "shared_caps", "in_lieu_of", "not_with", "alone", "fund", "payees", "accrue")


def rests(agreement: m.Agreement, posted: tuple[Posted, ...]) -> bool:
    """Whether nothing that comes after a window can change it: only sales are posted, each counts on its own day, and no rule
    of the agreement has a clause, depends on another rule or on who else earns, or reads beyond the day up to which it counts.

    Said of little, so that it is sure: what it is not said of is worked out again for every day.
    """
    return all(one.kind == "sale" and not one.days for one in posted) and all(
        rule.dated_by == "invoice"
        and not any(getattr(rule, name) for name in APART)
        and all(cap.scope is rule.scope for cap in rule.caps)
        and all(map(_plain, _within(rule)))
        for rule in agreement.rebates
    )


def _plain(node: object) -> bool:
    if isinstance(node, Window):
        return node.past
    if isinstance(node, m.AttributeValue):
        return node.attribute.subject == "account"
    return isinstance(node, PLAIN)


def _within(node: object) -> Iterator[object]:
    """The nodes of a rule, those of its text aside."""
    if isinstance(node, tuple):
        for part in node:
            yield from _within(part)
    elif is_dataclass(node) and not isinstance(node, type | Span):
        yield node
        for field in fields(node):
            yield from _within(getattr(node, field.name))
