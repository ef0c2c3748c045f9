"""How the settled rules of an agreement stand to each other: stages, in lieu of, not with, shared caps (94, 95)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rebates.model import nodes as m
from rebates.model.expressions import Typing, describe, dimension, settled_rule, typed
from rebates.model.reads import reads
from rebates.model.rebates import Rebate
from rebates.model.settled_bounds import WIDER, no_common_claim, reaches
from rebates.model.settled_kinds import is_settled
from rebates.model.settled_reads import rule_reads
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Label
from rebates.syntax.source import Span


def settled_together(
    agreement: s.Agreement, signed: s.Agreement, rules: tuple[Rebate, ...], stages: Sequence[m.Stage], typing: Typing
) -> tuple[Rebate, ...]:
    """The rules with those that they are in lieu of and not with, and with the caps they share. Reports what does not fit.

    `signed` is the whole text: a cap may name a rule that an amendment adds or takes away.
    """
    trees = {rule.name: rule for rule in agreement.members if isinstance(rule, s.Rule) and is_settled(rule)}
    by_id = {rule.id: rule for rule in rules}
    made: list[Rebate] = []
    for rule in rules:
        lieu = _named(trees[rule.name], s.InLieuOfClause, typing)
        avoided = _named(trees[rule.name], s.NotWithClause, typing)
        for id, span in (*lieu.items(), *avoided.items()):
            if by_id.get(id) is not None and by_id[id].window != rule.window:
                typing.error(
                    "R0664",
                    span,
                    f"`{rule.name}` is judged per {rule.window}, `{by_id[id].name}` per {by_id[id].window}",
                    "rules that keep each other's sales out have one window",
                )
        made.append(replace(rule, in_lieu_of=tuple(lieu), not_with=tuple(avoided)))
    made = _with_shared_caps(agreement, signed, made, typing)
    for rule in made:
        _check_values(rule, by_id, typing)
    _check_stages(made, stages, typing)
    return tuple(made)


def _named(tree: s.Rule, kind: type[s.InLieuOfClause | s.NotWithClause], typing: Typing) -> dict[str, Span]:
    """The settled rules that a clause names, by id."""
    found: dict[str, Span] = {}
    for clause in tree.clauses:
        if not isinstance(clause, kind):
            continue
        for name in clause.rules if isinstance(clause, s.InLieuOfClause) else clause.avoided:
            if not isinstance(name, s.RuleName):
                continue
            if name.kind not in ("rebate", "charge") or (
                name.kind == "charge" and (name.kind, name.name) not in typing.settled and name.name in typing.charges
            ):
                typing.error(
                    "R0666",
                    name.span,
                    f"{name.kind} `{name.name}` is of an order, `{tree.name}` is settled afterwards",
                    "name rebates, or charges that are settled",
                )
                continue
            id = settled_rule(name.kind, name.name, name.span, typing)
            if id is not None:
                found.setdefault(id, name.span)
    return found


def _check_values(rule: Rebate, by_id: Mapping[str, Rebate], typing: Typing) -> None:
    """A rule as a value is an amount of money."""
    for read in rule_reads(rule):
        if isinstance(read.expr, m.Earned):
            named = by_id.get(read.expr.rule)
            if named is not None and named.pays != "money":
                typing.error(
                    "R0660",
                    read.at,
                    f"`{named.name}` earns {named.pays}, no amount of money",
                    "name a rule that pays money",
                )


# --- stages


def _check_stages(rules: Sequence[Rebate], stages: Sequence[m.Stage], typing: Typing) -> None:
    """Rules of one stage are compared, or added, for one earner and window."""
    by_name = {stage.name: stage for stage in stages}
    first: dict[str, Rebate] = {}
    for rule in rules:
        if rule.stage is None:
            continue
        stage = by_name.get(rule.stage)
        if stage is not None and stage.combine == "sequence":
            typing.error(
                "R0664",
                rule.span,
                f"stage `{stage.name}` combines by `sequence`, and rebates follow no order",
                "let the stage combine by `best`, `first` or `sum`",
            )
        other = first.setdefault(rule.stage, rule)
        if (other.window, other.scope, other.kind, other.pays) != (rule.window, rule.scope, rule.kind, rule.pays):
            mine, theirs = _how(rule), _how(other)
            typing.names.report.error(
                "R0664",
                rule.span,
                f"`{rule.name}` is earned {mine}, `{other.name}` of the same stage {theirs}",
                "rules of one stage have one window and one earner; give them stages of their own",
                labels=(Label(other.span, f"`{other.name}`"),),
            )


def _how(rule: Rebate) -> str:
    return f"{rule.scope.words} and {rule.window}, in {rule.pays}"


# --- shared caps


def _with_shared_caps(agreement: s.Agreement, signed: s.Agreement, rules: list[Rebate], typing: Typing) -> list[Rebate]:
    from rebates.model.amendments import all_rules

    caps = [member for member in agreement.members if isinstance(member, s.SharedCap)]
    known = {rule.name: rule for rule in all_rules(signed)}
    by_name = {rule.name: rule for rule in rules}
    found: dict[str, list[m.SharedCap]] = {}
    for number, cap in enumerate(caps):
        settled = [name for name in cap.rules if name.name in known and is_settled(known[name.name])]
        if not settled or any(known[name.name].kind != name.kind for name in settled):
            continue  # told where the rules of orders are looked at
        if len(settled) < len(cap.rules):
            continue
        named = [by_name[name.name] for name in settled if name.name in by_name]
        made = _cap(cap, number, named, typing) if named else None
        for rule in named if made is not None else ():
            assert made is not None
            found.setdefault(rule.id, []).append(made)
    return [replace(rule, shared_caps=tuple(found.get(rule.id, ()))) for rule in rules]


def _cap(cap: s.SharedCap, number: int, named: Sequence[Rebate], typing: Typing) -> m.SharedCap | None:
    """The cap: over the window that it names, else the widest of its rules; for each earner, or for all accounts."""
    from rebates.model.expressions import scope_and_window

    value = typed(cap.value, typing)
    if value is None:
        return None
    if dimension(value) != m.MONEY:
        typing.error(
            "R0379",
            cap.span,
            f"a cap across rules is an amount of money, this is {describe(dimension(value))}",
            "write `cap 2% of sales across …`, or an amount",
        )
        return None
    scopes = {rule.scope for rule in named}
    own, window = scope_and_window(cap.per, cap.span, typing)
    says = own is not None and any(word not in WIDER for word in cap.per)
    widest = max((str(rule.window) for rule in named), key=WIDER.__getitem__)
    reach = m.Scope.ALL if cap.for_all_accounts else own if says and own is not None else next(iter(scopes))
    if reach is not m.Scope.ALL and scopes != {reach}:
        typing.error(
            "R0653",
            cap.span,
            f"this caps what is earned {reach.words}, and the rules are earned "
            + " and ".join(sorted(scope.words for scope in scopes)),
            "cap rules of one kind of earner, or write `for all accounts`",
        )
        return None
    if reach is m.Scope.ALL and any(rule.window == "claim" and rule.scope is not reach for rule in named):
        no_common_claim(cap, typing)
        return None
    if window is not None and not reaches(window, widest):
        typing.error(
            "R0653",
            cap.span,
            f"a rule is judged per {widest} as a whole, and this caps it per {window}",
            f"cap it per {widest} or longer",
        )
        return None
    differing = [read for read in reads(value, filters=False) if isinstance(read.expr, m.Total | m.AttributeValue)]
    for read in differing:
        of_line = isinstance(read.expr, m.AttributeValue) and read.expr.attribute.subject in ("item", "line", "order")
        if of_line or (isinstance(read.expr, m.Total) and read.expr.scope.within_order):
            typing.error("R0654", read.at, "this differs from sale to sale, and a cap is one amount", "name a total")
            return None
    ids = tuple(f"{typing.agreement}.{name.name}" for name in cap.rules)
    return m.SharedCap(
        ids,
        value,
        reach,
        number,
        cap.in_order,
        cap.all_or_nothing,
        window if window is not None else (None if widest == "claim" else widest),  # type: ignore[arg-type]  # windows
        None,
        span=cap.span,
    )
