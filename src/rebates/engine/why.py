"""Why a rule did nothing on a line, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rebates.engine.wording import price_text, words
from rebates.model import nodes as m
from rebates.model.chosen import chosen_worth
from rebates.model.outcome import Decision

if TYPE_CHECKING:
    from rebates.engine.quote import Quote


def why_not(quote: Quote, decision: Decision) -> str:
    """The reason of a decision that took nothing."""
    rule = quote.rules[decision.rule]
    other = quote.rules.get(decision.detail or "")
    by = f"`{other.name}`" if other is not None else f"`{decision.detail}`"
    match decision.because:
        case "taken" | "nothing":
            return "it comes to nothing here"
        case "dates":
            return _dates(rule)
        case "code":
            if rule.code_table is not None:
                return f"the order carries no code of table `{rule.code_table}`"
            return f"the order does not carry the code {' or '.join(f'`{code}`' for code in rule.codes)}"
        case "another's code":
            return f"the code `{decision.detail}` is another account's"
        case "code expired":
            return f"the code `{decision.detail}` is not valid on this day"
        case "no uses left":
            return f"the code `{decision.detail}` is used up" if decision.detail else "its uses have run out"
        case "condition" | "unknown":
            assert decision.clause is not None
            clause = words(rule.when[decision.clause].span.text)
            lacking = f": {decision.detail} is not known" if decision.because == "unknown" and decision.detail else ""
            return f"`{clause}` does not hold{lacking}"
        case "not listed":
            return _not_listed(rule)
        case "given":
            return "its goods come beside the lines"
        case "no set":
            return "too little was ordered for a full set" if rule.gift is None else "too little was ordered for a gift"
        case "no choice":
            return "the order does not say which goods it wants"
        case "base":
            return "it is only per another unit" if rule.only_per is not None else "the line is not in its base"
        case "no tier":
            return _no_tier(quote, rule, decision)
        case "no baseline":
            return "its measure has no value"
        case "pays from":
            bound = f" of `{words(rule.pays_from.span.text)}`" if rule.pays_from is not None else ""
            return f"it comes to less than its minimum payout{bound}"
        case "used up":
            return f"the {decision.detail} has run out" if decision.detail else "its limit has run out"
        case "beaten":
            return _beaten(quote, rule, by, other)
        case "excluded":
            return f"{by} is exclusive and stands alone"
        case "discounted":
            return "the line is discounted already"
        case "promotional":
            return "the line is at a promotional price"
        case "yields":
            return f"it gives way to {by}"
        case "outranked":
            return f"{by} is more specific" if decision.detail != "manual" else "the caller gave a price"
        case "no price":
            return "a price, a cost or another value that it needs is missing"


def _dates(rule: m.Rule) -> str:
    if rule.ended is not None and rule.last == rule.until:
        return f'ended by the amendment "{rule.ended.title}" from {rule.ended.day} on'
    if rule.since is not None and rule.first == rule.since and rule.amended:
        return f'begins with the amendment "{rule.amended[0].title}" on {rule.since}'
    match rule.first, rule.last:
        case None, None:
            return "not valid on this day"
        case first, None:
            return f"valid from {first}"
        case None, last:
            return f"valid until {last}"
        case first, last:
            return f"valid {first} to {last}"


def _not_listed(rule: m.Rule) -> str:
    match rule.worth:
        case m.Cases():
            return "none of its rows holds"
        case m.RateTable(strict=True) | m.Levels():
            return "its rate table refuses this line"
        case _:
            return "its table has no row for this line"


def _no_tier(quote: Quote, rule: m.Rule, decision: Decision) -> str:
    worth = chosen_worth(rule, decision.chosen) if decision.chosen else rule.worth
    if not isinstance(worth, m.Tiers) or decision.measure is None:
        return "no tier is reached"
    unit = getattr(getattr(worth.measure, "dimension", None), "unit", None)
    measure = price_text(decision.measure, quote.priced.digits) + (f" {unit}" if unit else "")
    return f"{measure} is below `{words(worth.rows[0].span.text)}`"


def _beaten(quote: Quote, rule: m.Rule, by: str, other: m.Rule | None) -> str:
    if rule.kind == "price":
        return f"{by} is lower" if other is not None else "the price before it is lower"
    stages = {stage.name: stage.combine for a in quote.book.rules.agreements for stage in a.stages}
    if stages.get(rule.stage) == "first":
        return f"{by} comes first"
    return f"{by} is better"
