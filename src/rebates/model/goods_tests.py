"""What a line must be for a rule to count or give it: the tests of its goods."""

from __future__ import annotations

from collections.abc import Iterator

from rebates.model import nodes as m


def goods_conditions(rule: m.Rule) -> Iterator[m.Condition]:
    """The tests of its goods."""
    if rule.sets is not None:
        for part in rule.sets.parts:
            yield from part.kinds
    if rule.gift is not None and rule.gift.where is not None:
        yield rule.gift.where


def goods_where(rule: m.Rule) -> m.Condition | None:
    """The test that a line is of the rule's goods; None where every line is."""
    found = tuple(goods_conditions(rule))
    return None if not found else found[0] if len(found) == 1 else m.Or(found, span=rule.span)
