"""Who is paid instead of the earner (96)."""

from __future__ import annotations

from rebates.model import nodes as m
from rebates.model.bounds import only
from rebates.model.expressions import Typing, describe, dimension, typed
from rebates.model.reads import scopes
from rebates.model.rebates import Payees
from rebates.model.settling import shares_of
from rebates.syntax import nodes as s

_SEVERAL = (m.Scope.TREE, m.Scope.GROUP, m.Scope.ALL)


def payees_of(rule: s.Rule, who: m.Who, scope: m.Scope, typing: Typing) -> Payees | None:
    """The payees that a rule names; None where it names none, or an error was reported."""
    named, members = only(rule, s.PayToClause, typing), only(rule, s.PayToMembersClause, typing)
    if named is not None and members is not None:
        typing.error("R0658", members.span, "it is said twice who is paid", "keep one `pay to`")
        return None
    if named is not None:
        master = typing.names.master
        for share in named.shares:
            if master.has_accounts and share.account.value not in master.accounts:
                typing.names.unknown("R0201", "account", share.account.value, share.account.span, master.accounts)
        shares = shares_of(named.shares, "payee", typing)
        return Payees(tuple(sorted(shares)), span=named.span) if shares else None
    if members is None:
        return None
    if scope not in _SEVERAL:
        typing.error(
            "R0658",
            members.span,
            f"`{rule.name}` is earned {scope.words}: there are no members to share it",
            "let its base be a total `per group`, `per account and subsidiaries` or `in all`",
        )
        return None
    by = typed(members.by, typing)
    if by is None:
        return None
    found = scopes(by)
    if dimension(by).kind not in ("money", "quantity", "number") or m.Scope.ACCOUNT not in found:
        typing.error(
            "R0658",
            members.by.span,
            f"members share by a total of each, this is {describe(dimension(by))} of no account"
            if dimension(by).kind in ("money", "quantity", "number")
            else f"members share by a total of each, this is {describe(dimension(by))}",
            "write a measure `per account`",
        )
        return None
    return Payees((), by, span=members.span)
