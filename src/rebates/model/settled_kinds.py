"""Which rules of a text are settled over time, and which clauses only they have (14)."""

from __future__ import annotations

from collections.abc import Iterable

from rebates.syntax import nodes as s

OVER_TIME = (
    s.SettleClause, s.ReturnsClause, s.PayToClause, s.PayToMembersClause, s.FundedByClause, s.AccrueClause,
    s.DrawClause, s.ProRataClause,
)  # fmt: skip


def is_settled(rule: s.Rule) -> bool:
    """A rebate always is; a charge is where it says how."""
    return rule.kind == "rebate" or (
        rule.kind == "charge" and any(isinstance(clause, s.SettleClause) for clause in rule.clauses)
    )


def settled_ids(rules: Iterable[s.Node], agreement: str) -> dict[tuple[str, str], str]:
    """The ids of the settled rules of an agreement, by kind and name."""
    return {
        (rule.kind, rule.name): f"{agreement}.{rule.name}"
        for rule in rules
        if isinstance(rule, s.Rule) and is_settled(rule)
    }
