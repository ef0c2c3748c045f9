"""What the grammar has and the model does not know yet: refused by name where it stands, never read and ignored.

The statement that holds it becomes `Broken`, as if it could not be read. A construct leaves `_CONSTRUCTS` with the change
that gives it a meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace

from rebates.syntax import findings
from rebates.syntax import nodes as n
from rebates.syntax.diagnostics import Report

# one of these words stands in every text that holds one of the constructs
_WORDS = re.compile(
    r"\b(?:rebate|fund|funded|settle|returns|paid|claimed|by\s+\d+|throughout|points?|give|accrue|draw|pro|pay"
    r"|retroactively|cut|next|carried|all\s+accounts|value\s+at|claim|invoice|pocket|holds|forfeits|takes|example)\b"
)

_NODES: dict[type[n.Node], str] = {
    n.Paid: "conditions on payment",
    n.Claimed: "conditions on claims",
    n.PostedBy: "`fact … by`",
    n.Throughout: "`throughout`",
    n.RulePaid: "`is paid` of a rule",
    n.PointsReward: "points",
    n.GoodsReward: "a reward in goods",
    n.SettleClause: "settlement",
    n.ReturnsClause: "settlement",
    n.PayToClause: "settlement",
    n.PayToMembersClause: "settlement",
    n.FundedByClause: "several funders",
    n.AccrueClause: "settlement",
    n.DrawClause: "funds",
    n.ProRataClause: "pro rata thresholds",
    n.Fund: "`fund` rules",
    n.RemoveFund: "`fund` rules",
    n.SettledExample: "examples of what is settled",
    n.GivenDay: "examples of what is settled",
    n.GivenRule: "examples of what is settled",
    n.GivenTable: "examples of what is settled",
    n.GivenYear: "examples of what is settled",
    n.ExpectEarned: "examples of what is settled",
}

_BEYOND = frozenset(("claim", "invoice"))


def refused(tree: n.File, report: Report) -> n.File:
    """The tree without what is not built; every such statement is reported (R0120) and stands as `Broken`."""
    if not _WORDS.search(tree.span.source.text):
        return tree
    return replace(tree, declarations=tuple(_sound(each, report) for each in tree.declarations))  # type: ignore[misc]


def _sound(statement: n.Node, report: Report) -> n.Node:
    """The statement, or what stands in its place."""
    found: tuple[str, n.Node] | None = None
    if isinstance(statement, n.Agreement):
        return replace(statement, members=tuple(_sound(x, report) for x in statement.members))  # type: ignore[misc]
    if isinstance(statement, n.Amendment):
        statement = replace(statement, members=tuple(_sound(x, report) for x in statement.members))  # type: ignore[misc]
        construct = _construct(statement)
        found = (construct, statement) if construct is not None else None
    elif isinstance(statement, n.SettledExample) and not any(isinstance(x, n.ExpectEarned) for x in statement.steps):
        return n.Broken(span=statement.span)  # reported by the parser
    else:
        found = next(((name, node) for node in _walk(statement) if (name := _construct(node)) is not None), None)
    if found is None:
        return statement
    report.add(findings.not_built(found[1].span, found[0]))
    word = statement.span.text.split(maxsplit=1)[0]
    return n.Broken(getattr(statement, "name", None), word, span=statement.span)


def _walk(node: n.Node) -> Iterator[n.Node]:
    todo = [node]
    while todo:
        node = todo.pop()
        yield node
        for field in fields(node):
            value = getattr(node, field.name)
            parts = value if isinstance(value, tuple) else (value,)
            todo.extend(part for part in reversed(parts) if isinstance(part, n.Node))


def _construct(node: n.Node) -> str | None:
    """What a node is, if it is not built."""
    match node:
        case (
            n.Rule(kind="rebate")
            | n.RuleName(kind="rebate")
            | n.RemoveRule(kind="rebate")
            | n.ExpectRule(kind="rebate")
        ):
            return "`rebate` rules"
        case n.ChargeAmount(kind="rebate"):
            return "`rebate` rules"
        case n.WhenClause(failing=str(word)):
            return f"what a failing condition does (`otherwise {word}`)"
        case n.PaysFromClause(carried_forward=True):
            return "`carried forward`"
        case n.CapClause(for_all_accounts=True) | n.SharedCap(for_all_accounts=True):
            return "`for all accounts`"
        case n.Total(kind="value at"):
            return "`value at` a table"
        case n.Total(per=per) | n.CapClause(per=per) | n.FloorClause(per=per) | n.SharedCap(per=per) if _BEYOND & set(
            per
        ):
            return "totals `per claim` and `per invoice`"
        case n.LimitClause(per=per) | n.Uses(per=per) | n.NthOrder(per=per) if _BEYOND & set(per):
            return "totals `per claim` and `per invoice`"
        case n.Term(per="per claim" | "per invoice"):
            return "totals `per claim` and `per invoice`"
        case n.Guard(watches="pocket margin") | n.RemoveGuard(watches="pocket margin"):
            return "the pocket margin"
        case n.ExpectAmount(what="pocket price" | "pocket value" | "pocket margin"):
            return "the pocket price"
        case n.Moment(event="claim date"):
            return "the date of a claim"
        case n.Amendment(retroactive=True):
            return "amendments of what was settled (`retroactively from`)"
        case n.Amendment(window=str(word)):
            return f"the window of an amendment (`{word}`)"
        case _:
            return _NODES.get(type(node))
