"""Caps, floors, minimum payouts and limits of rules that are settled (4.5, 93f)."""

from __future__ import annotations

from typing import Literal

from rebates.model import nodes as m
from rebates.model.bounds import bound_value, check_floors, limit_of, only
from rebates.model.expressions import Typing, dimension, scope_and_window
from rebates.model.windows import WindowKind
from rebates.syntax import nodes as s

RuleWindow = WindowKind | Literal["claim"]
WIDER: dict[str, int] = {
    kind: width
    for width, kind in enumerate(("claim", "week", "month", "quarter", "half", "season", "year", "term", "ever"))
}
_IN_SEASONS = ("claim", "week", "month", "season")
_Bounds = tuple[tuple[m.Bound, ...], tuple[m.Bound, ...], m.Bound | None, bool]


def settled_bounds(rule: s.Rule, worth: m.Worth, scope: m.Scope, window: RuleWindow, typing: Typing) -> _Bounds:
    """Caps, floors, the minimum payout, and whether what is below it waits for more."""
    caps: list[m.Bound] = []
    floors: list[m.Bound] = []
    for clause in rule.clauses:
        if not isinstance(clause, s.CapClause | s.FloorClause):
            continue
        made = _bound(clause, worth, scope, window, typing)
        if made is not None:
            (caps if isinstance(clause, s.CapClause) else floors).append(made)
    least = only(rule, s.PaysFromClause, typing)
    pays_from = _bound(least, worth, scope, window, typing) if least is not None else None
    check_floors(caps, floors, typing)
    check_floors(caps, [pays_from] if pays_from else [], typing, "the minimum payout lies above the cap")
    return tuple(caps), tuple(floors), pays_from, least is not None and least.carried_forward


def _bound(
    clause: s.CapClause | s.FloorClause | s.PaysFromClause,
    worth: m.Worth,
    scope: m.Scope,
    window: RuleWindow,
    typing: Typing,
) -> m.Bound | None:
    found = bound_value(clause, worth, typing)
    if found is None:
        return None
    value, on = found
    own_scope, own_window = scope, None
    if not isinstance(clause, s.PaysFromClause) and clause.per:
        own_scope, own_window = _reach(clause, clause.per, scope, window, typing)
    if isinstance(clause, s.CapClause) and clause.for_all_accounts:
        own_scope = m.Scope.ALL
    if own_scope is not scope and window == "claim":
        no_common_claim(clause, typing)
        return None
    wider = own_window is not None or own_scope is not scope
    if wider and (on == "rate" or not isinstance(clause, s.CapClause)):
        typing.error(
            "R0653",
            clause.span,
            "only a cap on the amount can reach over more than the rule's own window and account",
            "leave out `per …`",
        )
        return None
    whole = isinstance(clause, s.CapClause) and clause.all_or_nothing
    return m.Bound(value, on, own_scope, own_window, None, whole, span=clause.span)


def no_common_claim(clause: s.Node, typing: Typing) -> None:
    """Refuses a bound over all accounts of what is settled claim by claim: their claims have no window in common (92b)."""
    typing.error(
        "R0653",
        clause.span,
        "each account's claims have windows of their own, and this bounds all accounts together",
        "bound each account, or settle by the calendar and ask for the claim: `when claimed within 60 days of quarter end`",
    )


def reaches(kind: str, window: str) -> bool:
    """Whether a window of a bound holds those of the rule: a season holds no quarters and halves of the calendar."""
    return WIDER[kind] >= WIDER[window] and (kind != "season" or window in _IN_SEASONS)


def _reach(
    clause: s.Node, per: tuple[str, ...], scope: m.Scope, window: RuleWindow, typing: Typing
) -> tuple[m.Scope, WindowKind | None]:
    """The scope and window that a bound names: the rule's own, or wider ones."""
    named, kind = scope_and_window(per, clause.span, typing)
    says_scope = any(word not in WIDER for word in per)
    if named is not None and says_scope and named not in (scope, m.Scope.ALL):
        one = f"sum of (lesser of (…, …) for each {named.value})" if named.within_order else "a rule of its own"
        typing.error(
            "R0653",
            clause.span,
            f"the rule is earned {scope.words}, and this bounds it {named.words}",
            f"leave the scope out, write `in all` for all earners together, or make it {one}",
        )
        return scope, None
    reach = named if named is not None and says_scope else scope
    if kind is None or kind == window:
        return reach, None
    if not reaches(kind, window):
        typing.error(
            "R0653",
            clause.span,
            f"the rule is judged per {window} as a whole, and this bounds it per {kind}",
            f"bound it per {window} or longer, or measure its base per {kind}",
        )
        return reach, None
    return reach, kind  # type: ignore[return-value]  # one of the windows


def settled_limit(
    rule: s.Rule, base: m.Expr | None, scope: m.Scope, window: RuleWindow, typing: Typing
) -> m.Limit | None:
    """The limit on the base: it cuts its highest slices."""
    clause = next((c for c in rule.clauses if isinstance(c, s.LimitClause)), None)
    if clause is None:
        return None
    made = limit_of(rule, rule.name, None, typing, everywhere=True)
    if made is None:
        return None
    if clause.takes in ("dearest", "cheapest") or clause.whole_transaction:
        typing.error(
            "R0653",
            clause.span,
            "a limit of what is settled cuts the base as a whole, and picks no units of it",
            "write the amount or quantity alone",
        )
        return None
    wanted = dimension(base) if base is not None else None
    limited = m.MONEY if made.money is not None else m.Dimension("quantity", made.unit)
    if wanted is None or wanted != limited:
        what = "no base" if wanted is None else f"a base in {wanted.unit or 'money'}"
        typing.error(
            "R0653",
            clause.span,
            f"this limits {'money' if made.money is not None else f'a quantity in {made.unit}'}, and the rule has {what}",
            "write the limit in what the base is",
        )
        return None
    reach, kind = _reach(clause, clause.per, scope, window, typing) if clause.per else (scope, None)
    if reach is not scope and window == "claim":
        no_common_claim(clause, typing)
        return None
    return m.Limit(made.quantity, made.unit, made.money, reach, "in order", False, kind, None, span=clause.span)
