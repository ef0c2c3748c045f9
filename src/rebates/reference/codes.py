"""Codes of an order and uses that are left (calculation 50, 51)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rebates.model import nodes as m
from rebates.model.outcome import Because
from rebates.reference.arithmetic import ZERO
from rebates.reference.context import View, total_key

# reasons against a rule, from the code that came least far to the one that came furthest
CODES: tuple[Because, ...] = ("code", "another's code", "code expired", "no uses left")


@dataclass(frozen=True)
class Standing:
    """What the codes of an order are to a rule: the code it is used by, or why there is none."""

    code: str | None = None
    refused: Because | None = None
    detail: str | None = None


def standing(rule: m.Rule, view: View) -> Standing:
    """Whether the rule may be used for the order: by which code, and whether uses are left."""
    found = Standing()
    if rule.codes or rule.code_table is not None:
        found = _by_code(rule, view)
        if found.refused is not None:
            return found
    if any(not _left(uses, None, view) for uses in rule.uses if not uses.per_code):
        return Standing(found.code, "no uses left", None)
    return found


def _by_code(rule: m.Rule, view: View) -> Standing:
    refused = Standing(None, "code", None)
    for code in sorted(view.part.order.codes):
        why = _why_not(rule, code, view)
        if why is None and all(_left(uses, code, view) for uses in rule.uses if uses.per_code):
            return Standing(code)
        why = why or "no uses left"
        assert refused.refused is not None
        if CODES.index(why) > CODES.index(refused.refused):
            refused = Standing(None, why, code)
    return refused


def _why_not(rule: m.Rule, code: str, view: View) -> Because | None:
    """Why a code is none for this rule, account and day; uses are not looked at."""
    if code in rule.codes:
        return None
    if rule.code_table is None:
        return "code"
    rows = view.part.rules.tables[rule.code_table].find((code,))
    if not rows:
        return "code"
    mine = [row for row in rows if row.cells.get("account") in (None, "", view.part.order.account)]
    if not mine:
        return "another's code"
    return None if any(row.holds(view.day()) for row in mine) else "code expired"


def _left(uses: m.Uses, code: str | None, view: View) -> bool:
    """A return looks at no uses: its goods were bought with the code."""
    return view.part.returns or view.part.order.totals.get(_key(uses, code, view), ZERO) < uses.most


def _key(uses: m.Uses, code: str | None, view: View) -> str:
    key = total_key(view.part, view.agreement, uses.key, uses.scope, uses.window, view.day())
    if not uses.per_code:
        return key
    head, _, whose = key.rpartition(" [")
    if uses.scope is m.Scope.ALL:
        whose = whose.removeprefix("all, ")
    return f"{head} [{code}, {whose}"


def used(rule: m.Rule, counts: tuple[m.Uses, ...], view: View) -> Iterator[tuple[str, int]]:
    """The counts of uses, with what this order adds: 1 where the rule took something on a sale."""
    found = standing(rule, view)
    more = 1 if any(id == rule.id for id, _ in view.part.took) else 0
    for uses in counts:
        if not uses.per_code:
            yield _key(uses, None, view), more
        elif found.code is not None:
            yield _key(uses, found.code, view), more
