"""Caps on what several rules take together: `cap … across …` (4.5 d)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.allowed import check_rule
from rebates.model.amendments import all_rules
from rebates.model.bounds import key_of
from rebates.model.expressions import Typing, describe, dimension, scope_and_window, typed
from rebates.model.settled_kinds import is_settled
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Label


def with_shared_caps(
    agreement: s.Agreement,
    signed: s.Agreement,
    rules: tuple[m.Rule, ...],
    stages: Sequence[m.Stage],
    typing: Typing,
) -> tuple[m.Rule, ...]:
    """The rules with the shared caps that name them. Reports names, stages and amounts that do not fit.

    `signed` is the whole text: a cap may name a rule that an amendment adds or takes away.
    """
    caps = [member for member in agreement.members if isinstance(member, s.SharedCap)]
    if not caps:
        return rules
    known = {rule.name: rule.kind for rule in all_rules(signed)}
    settled = {rule.name for rule in all_rules(signed) if is_settled(rule)}
    by_name = {rule.name: rule for rule in rules}
    found: dict[str, list[m.SharedCap]] = {}
    for number, cap in enumerate(caps):
        over_time = [name for name in cap.rules if name.name in settled and known[name.name] == name.kind]
        if over_time:  # see settled_together.py
            _check_apart(cap, over_time, known, typing)
            continue
        named = _named(cap, known, by_name, typing)
        if named is None or not _one_stage(cap, named, stages, typing):
            continue
        made = _cap(cap, number, typing)
        if made is None:
            continue
        for rule in named:
            found.setdefault(rule.id, []).append(made)
        leads = [rule for rule in named if rule.id == made.rules[0]]
        _check_value(made, leads, rules, stages, typing)
    return tuple(replace(rule, shared_caps=tuple(found[rule.id])) if rule.id in found else rule for rule in rules)


def _check_apart(cap: s.SharedCap, settled: Sequence[s.RuleName], known: Mapping[str, str], typing: Typing) -> None:
    """Rules of an order and rules that are settled afterwards share no cap."""
    others = [name for name in cap.rules if name not in settled]
    for name in others:
        if known.get(name.name) != name.kind:
            _unknown(name, known, typing)
    other = next((name for name in others if known.get(name.name) == name.kind), None)
    if other is not None:
        typing.names.report.error(
            "R0666",
            other.span,
            f"{settled[0].kind} `{settled[0].name}` is settled afterwards, {other.kind} `{other.name}` is no such rule",
            "cap the rules of orders and those that are settled each by themselves",
            labels=(Label(settled[0].span, "settled afterwards"),),
        )
    for place, name in enumerate(settled):
        if name in settled[:place]:
            typing.error("R0377", name.span, f"{name.kind} `{name.name}` is named twice", "name each rule once")


def _unknown(name: s.RuleName, known: Mapping[str, str], typing: Typing) -> None:
    of_kind = [each for each, kind in known.items() if kind == name.kind]
    typing.names.unknown("R0234", name.kind, name.name, name.span, of_kind)


def _named(
    cap: s.SharedCap, known: Mapping[str, str], by_name: Mapping[str, m.Rule], typing: Typing
) -> list[m.Rule] | None:
    """The rules it names that are there at the time; None where a name does not fit."""
    before = typing.names.report.error_count
    seen: dict[str, s.RuleName] = {}
    for name in cap.rules:
        if known.get(name.name) != name.kind:
            _unknown(name, known, typing)
        elif name.kind == "price":
            typing.error(
                "R0377",
                name.span,
                f"price `{name.name}` takes no amount that a cap could bound",
                "name discounts, or charges; a price is bounded by `not below` and `not above`",
            )
        elif name.name in seen:
            typing.names.report.error(
                "R0377",
                name.span,
                f"{name.kind} `{name.name}` is named twice",
                "name each rule once",
                labels=(Label(seen[name.name].span, "the first"),),
            )
        elif (rule := by_name.get(name.name)) and rule.gift is not None and not rule.gift.inclusive:
            typing.error(
                "R0377",
                name.span,
                f"{name.kind} `{name.name}` adds goods and takes no amount off",
                "leave it out; goods are bounded by `limit`",
            )
        seen.setdefault(name.name, name)
    if typing.names.report.error_count > before:
        return None
    return [by_name[name.name] for name in cap.rules if name.name in by_name]


def _one_stage(cap: s.SharedCap, named: Sequence[m.Rule], stages: Sequence[m.Stage], typing: Typing) -> bool:
    """Whether all of them are in one stage, in which they are added up."""
    by_name = {stage.name: stage for stage in stages}
    spans = {name.name: name.span for name in cap.rules}
    for rule in named:
        first = named[0]
        if rule.stage != first.stage:
            typing.names.report.error(
                "R0378",
                spans[rule.name],
                f"{rule.kind} `{rule.name}` is in stage `{rule.stage}`, {first.kind} `{first.name}` in stage "
                f"`{first.stage}`",
                "put the rules of one cap into one stage",
                labels=(Label(spans[first.name], f"in stage `{first.stage}`"),),
            )
            return False
        stage = by_name[rule.stage]
        if stage.kind == "on charges" or stage.combine != "sum":
            why = "is on charges" if stage.kind == "on charges" else f"combines its rules by `{stage.combine}`"
            typing.error(
                "R0378",
                spans[rule.name],
                f"stage `{stage.name}` {why}: its rules are not added up on the goods",
                "put the rules into a stage that combines by `sum`",
            )
            return False
    return True


def _cap(cap: s.SharedCap, number: int, typing: Typing) -> m.SharedCap | None:
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
    scope, window = scope_and_window(cap.per, cap.span, typing)
    if cap.for_all_accounts:
        scope = m.Scope.ALL
    if scope is not None and not scope.within_order and window is None:
        typing.error(
            "R0224", cap.span, f"a bound per {scope.value} needs a window", "add `per year`, `per month` or `ever`"
        )
        return None
    ids = tuple(f"{typing.agreement}.{name.name}" for name in cap.rules)
    key = None
    if window is not None and scope is not None:
        key = key_of(f"paid by {', '.join(sorted(ids))}", scope, window)
    return m.SharedCap(
        ids,
        value,
        scope or m.Scope.ORDER,
        number,
        cap.in_order,
        cap.all_or_nothing,
        window,  # type: ignore[arg-type]  # the grammar has only these words
        key,
        span=cap.span,
    )


def _check_value(
    cap: m.SharedCap,
    leads: Sequence[m.Rule],
    rules: Sequence[m.Rule],
    stages: Sequence[m.Stage],
    typing: Typing,
) -> None:
    """What the amount reads has to be there in the stage, and to be one for the cap's scope."""
    charges = {rule.id: rule.place for rule in rules if rule.kind == "charge"}
    for rule in leads:
        nothing = m.Amount(m.Constant(Fraction(0), m.MONEY, span=cap.span), span=cap.span)
        alone = m.Rule(
            id=rule.id,
            kind=rule.kind,
            name=rule.name,
            title=rule.title,
            agreement=rule.agreement,
            stage=rule.stage,
            place=rule.place,
            priority=None,
            first=None,
            last=None,
            dated_by=rule.dated_by,
            when=(),
            codes=(),
            worth=nothing,
            base=m.Base("running", m.Scope.LINE, span=cap.span),
            decides=m.Scope.LINE,
            shared_caps=(cap,),
            span=cap.span,
        )
        check_rule(alone, stages, charges, typing.names)
