"""The limits of a rule: caps, floors, minimum payouts, limits in units or money, lowest prices (4.5, 3.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal, TypeVar

from rebates.model import nodes as m
from rebates.model.expressions import Typing, check_currency, check_unit, describe, dimension, scope_and_window, typed
from rebates.model.reads import pieces
from rebates.model.rewards import measure_scope
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Label

Clause = TypeVar("Clause", bound=s.Node)


def only(rule: s.Rule, kind: type[Clause], typing: Typing) -> Clause | None:
    """The one clause of a kind; a second is an error that shows both."""
    found = [clause for clause in rule.clauses if isinstance(clause, kind)]
    if not found:
        return None
    for other in found[1:]:
        first_span, span = found[0].span, other.span
        typing.names.report.error(
            "R0301",
            span,
            "this clause stands twice in the rule",
            "keep one of them",
            labels=(Label(first_span, "the first"),),
        )
    return found[0]


def bounds(
    rule: s.Rule, id: str, worth: m.Worth | None, typing: Typing
) -> tuple[tuple[m.Bound, ...], tuple[m.Bound, ...], m.Bound | None]:
    caps = tuple(b for c in rule.clauses if isinstance(c, s.CapClause) for b in [_bound(c, id, worth, typing)] if b)
    floors = tuple(b for c in rule.clauses if isinstance(c, s.FloorClause) for b in [_bound(c, id, worth, typing)] if b)
    least = only(rule, s.PaysFromClause, typing)
    pays_from = _bound(least, id, worth, typing) if least else None
    check_floors(caps, floors, typing)
    check_floors(caps, [pays_from] if pays_from else [], typing, "the minimum payout lies above the cap")
    return caps, floors, pays_from


def check_floors(
    caps: Sequence[m.Bound], floors: Sequence[m.Bound], typing: Typing, says: str = "the floor lies above the cap"
) -> None:
    """Reports a floor, or a minimum payout, above a cap of the same reach."""
    for cap in caps:
        for floor in floors:
            same = cap.on == floor.on and cap.scope == floor.scope and cap.window == floor.window
            if same and isinstance(cap.value, m.Constant) and isinstance(floor.value, m.Constant):
                assert isinstance(cap.value.value, Fraction) and isinstance(floor.value.value, Fraction)
                if floor.value.value > cap.value.value:
                    typing.names.report.error(
                        "R0313",
                        floor.span,
                        says,
                        "swap them or mend one",
                        labels=(Label(cap.span, "the cap"),),
                    )


def bound_value(
    clause: s.CapClause | s.FloorClause | s.PaysFromClause, worth: m.Worth | None, typing: Typing
) -> tuple[m.Expr, Literal["amount", "rate"]] | None:
    """What a bound is, and whether it bounds the amount or the rate; None where an error was reported."""
    value = typed(clause.value, typing)
    if value is None:
        return None
    dim = dimension(value)
    if dim not in (m.MONEY, m.NUMBER) or (dim == m.NUMBER and isinstance(clause, s.PaysFromClause)):
        typing.error(
            "R0214",
            clause.span,
            f"this bound is {describe(dim)}",
            "write an amount of money, or a percent for the rate",
        )
        return None
    on: Literal["amount", "rate"] = "rate" if dim == m.NUMBER else "amount"
    if on == "rate" and worth is not None and not any(isinstance(piece, m.PercentPiece) for piece in pieces(worth)):
        typing.error(
            "R0314", clause.span, "a percent bounds a rate, and this rule has none", "write an amount of money"
        )
        return None
    if isinstance(clause, s.CapClause) and clause.all_or_nothing and on == "rate":
        typing.error(
            "R0379",
            clause.span,
            "`all or nothing` is said of an amount, this caps a rate",
            "leave `all or nothing` out",
        )
        return None
    return value, on


def _bound(
    clause: s.CapClause | s.FloorClause | s.PaysFromClause, id: str, worth: m.Worth | None, typing: Typing
) -> m.Bound | None:
    found = bound_value(clause, worth, typing)
    if found is None:
        return None
    value, on = found
    per = () if isinstance(clause, s.PaysFromClause) else clause.per
    scope, window = scope_and_window(per, clause.span, typing)
    if isinstance(clause, s.CapClause) and clause.for_all_accounts:
        scope = m.Scope.ALL
    if scope is not None and not scope.within_order and window is None:
        typing.error(
            "R0224", clause.span, f"a bound per {scope.value} needs a window", "add `per year`, `per month` or `ever`"
        )
        return None
    key = None
    if window is not None and scope is not None:
        if not isinstance(clause, s.CapClause) or on == "rate":
            typing.error(
                "R0315", clause.span, "only a cap on the amount can reach over several orders", "write it `per order`"
            )
            return None
        key = key_of(f"paid by {id}", scope, window)
    whole = isinstance(clause, s.CapClause) and clause.all_or_nothing
    return m.Bound(value, on, scope or _default_scope(worth), window, key, whole, span=clause.span)  # type: ignore[arg-type]


def _default_scope(worth: m.Worth | None) -> m.Scope:
    """Of a bound without `per`: the tier measure's scope, else the order (4.5 c)."""
    if isinstance(worth, m.Tiers):
        scope = measure_scope(worth.measure)
        return scope if scope.within_order else m.Scope.ORDER
    return m.Scope.ORDER


def key_of(what: str, scope: m.Scope, window: str) -> str:
    """The canonical text of what is counted beyond an order."""
    whose = "in all" if scope is m.Scope.ALL else f"per {scope.value}"
    return f"{what} {whose} {'ever' if window == 'ever' else f'per {window}'}"


def limit_of(
    rule: s.Rule, id: str, worth: m.Worth | None, typing: Typing, *, everywhere: bool = False
) -> m.Limit | None:
    """The limit on units or base; `everywhere`: its scope and window are looked at elsewhere."""
    found = [c for c in rule.clauses if isinstance(c, s.LimitClause) and c.per != ("per bundle",)]
    clause = only(replace(rule, clauses=tuple(found)), s.LimitClause, typing)
    if clause is None:
        return None
    scope, window = scope_and_window(clause.per, clause.span, typing)
    if scope is None:
        scope = _default_scope(worth)
    if not scope.within_order and window is None and not everywhere:
        typing.error("R0224", clause.span, f"a limit per {scope.value} needs a window", "add `per year` or `per month`")
        return None
    quantity = unit = money = None
    if isinstance(clause.value, s.Quantity):
        quantity, unit = clause.value.number.value, clause.value.unit
        if unit != "bundle":  # counts sets (8.2)
            check_unit(unit, clause.span, typing)
    else:
        check_currency(clause.value, typing)
        money = clause.value.number.value
    key = None
    if window is not None:
        key = key_of(f"used by {id}", scope, window)
    takes = clause.takes or "in order"
    return m.Limit(quantity, unit, money, scope, takes, clause.whole_transaction, window, key, span=clause.span)  # type: ignore[arg-type]


def not_below_of(rule: s.Rule, typing: Typing) -> m.NotBelow | None:
    clause = only(rule, s.NotBelowClause, typing)
    if clause is None:
        return None
    if rule.kind == "charge":
        typing.error("R0303", clause.span, "`not below` keeps a price up; a charge lowers none", "leave it out")
        return None
    value = typed(clause.value, typing)
    if value is None:
        return None
    if dimension(value) not in (m.PRICE, m.MONEY):
        typing.error(
            "R0214",
            clause.span,
            f"a lowest price is a price, this is {describe(dimension(value))}",
            "write `not below EUR 4 per piece`",
        )
        return None
    return m.NotBelow(value, clause.to_other_lines, span=clause.span)
