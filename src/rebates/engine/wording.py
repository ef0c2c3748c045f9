"""Pieces of rule text, and amounts, as explanations show them."""

from __future__ import annotations

import re
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.chosen import chosen_heads, chosen_worth
from rebates.model.exact import ExactError, Rounding, grouped, round_to

_TEXT_OR_COMMENT = re.compile(r'("[^"\n]*")|#[^\n]*')


def words(text: str) -> str:
    """A piece of rule text on one line, without its comments."""
    return " ".join(_TEXT_OR_COMMENT.sub(lambda found: found[1] or "", text).split())


def terms(rule: m.Rule, tier: int | None, chosen: tuple[int, ...] = ()) -> str:
    """The row, rate or amount of a rule as it stands in the text, in a rate table with the heads of its row."""
    heads = chosen_heads(rule, chosen)
    found = _terms(rule, chosen_worth(rule, chosen), tier, chosen)
    return f"{heads}: {found}" if heads and found else found or heads


def _terms(rule: m.Rule, worth: m.Worth, tier: int | None, chosen: tuple[int, ...]) -> str:
    match worth:
        case m.Tiers(rows=rows, below=below, without_baseline=without):
            if tier == -1 and below is not None:
                return words(below.span.text)
            if tier == -2 and without is not None:
                return f"without baseline {words(without.span.text)}"
            return words(rows[tier].span.text) if tier is not None and tier >= 0 else ""
        case m.Flat() if isinstance(rule.worth, m.Cases) and chosen and chosen[0] >= 0:
            return "; ".join(words(rule.worth.rows[place].span.text) for place in chosen)
        case m.Flat(reward=reward) if chosen and chosen[0] == -1:
            return f"{words(reward.span.text)}, as `{words(rule.when[chosen[1]].span.text)}` does not hold"
        case m.Flat(reward=reward):
            return words(reward.span.text)
        case _:
            return words(worth.span.text)


def amendment_text(amendment: m.Amendment) -> str:
    """An amendment by its title, day and place."""
    span = amendment.span
    return f'amended by "{amendment.title}" from {amendment.day} ({span.source.name}:{span.line})'


def amount_text(value: Fraction, digits: int) -> str:
    """A rounded amount."""
    return grouped(value, digits)


def price_text(value: Fraction, digits: int) -> str:
    """An exact value with all its decimals; one that does not end at two digits more than amounts have."""
    try:
        return grouped(value)
    except ExactError:
        return grouped(round_to(value, digits + 2, Rounding.HALF_UP))
