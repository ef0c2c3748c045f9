"""How the rules of an agreement stand to each other: who gives way to whom, across which stages (3.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

from rebates.model import nodes as m
from rebates.model.exclusives import sound_stages
from rebates.model.expressions import Typing
from rebates.model.names import Names
from rebates.model.reads import condition_reads, rule_reads
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Label
from rebates.syntax.source import Span

Place = TypeVar("Place")
Edges = dict[str, dict[str, Span]]  # rule id: the rules it has to wait for, with the place that says so


def combined(
    agreement: s.Agreement, rules: tuple[m.Rule, ...], stages: Sequence[m.Stage], typing: Typing
) -> tuple[m.Rule, ...]:
    """The rules with those they give way to. Reports names and stages that do not fit, circles, undone conditions."""
    waits = _gives_way(agreement, rules, stages, typing)
    by_id = {rule.id: rule for rule in rules}
    reads = _reads_of_discounts(rules, by_id, stages, typing.names)
    both = {id: {**reads.get(id, {}), **waits.get(id, {})} for id in {**waits, **reads}}
    report_circles({id: both[id] for id in by_id if id in both}, by_id, typing.names)
    trees = {rule.name: rule for rule in agreement.members if isinstance(rule, s.Rule)}
    for rule in rules:
        _check_undone(rule, trees[rule.name], waits.get(rule.id, {}), by_id, stages, typing.names)
    return tuple(
        replace(
            rule,
            yields_to=tuple(waits.get(rule.id, ())),
            waits_for=tuple(id for id in both.get(rule.id, ()) if by_id[id].stage == rule.stage),
        )
        if rule.id in both
        else rule
        for rule in rules
    )


# --- not with, in lieu of


def _gives_way(agreement: s.Agreement, rules: Sequence[m.Rule], stages: Sequence[m.Stage], typing: Typing) -> Edges:
    by_name = {rule.name: rule for rule in rules}
    trees = {rule.name: rule for rule in agreement.members if isinstance(rule, s.Rule)}
    order = {stage.name: place for place, stage in enumerate(stages)}
    waits: Edges = {}
    for tree in trees.values():
        own = by_name.get(tree.name)
        for clause in tree.clauses:
            if not isinstance(clause, s.NotWithClause | s.InLieuOfClause):
                continue
            words = "not with" if isinstance(clause, s.NotWithClause) else "in lieu of"
            if tree.kind == "price":
                typing.error("R0303", clause.span, f"`{words}` belongs to a discount or charge", "leave it out")
                continue
            named = clause.avoided if isinstance(clause, s.NotWithClause) else clause.rules
            for name in named:
                other = _named(name, trees, by_name, typing) if isinstance(name, s.RuleName) else None
                if other is None or own is None or not _placed(name, own, other, words, order, stages, typing):
                    continue
                first, second = (own, other) if words == "not with" else (other, own)
                waits.setdefault(first.id, {}).setdefault(second.id, name.span)
    return waits


def _named(
    name: s.RuleName, trees: Mapping[str, s.Rule], by_name: Mapping[str, m.Rule], typing: Typing
) -> m.Rule | None:
    """The rule of this kind and name; None where it is unknown, or unsound and told already."""
    tree = trees.get(name.name)
    if tree is None or tree.kind != name.kind:
        known = [rule.name for rule in trees.values() if rule.kind == name.kind]
        typing.names.unknown("R0234", name.kind, name.name, name.span, known)
        return None
    if name.kind == "price":
        typing.error(
            "R0373",
            name.span,
            "a price takes nothing that a rule could give way to",
            "write `not on promotional prices`",
        )
        return None
    return by_name.get(name.name)


def _placed(
    name: s.Node,
    own: m.Rule,
    other: m.Rule,
    words: str,
    order: Mapping[str, int],
    stages: Sequence[m.Stage],
    typing: Typing,
) -> bool:
    """Whether the other rule is there when its part is known: in the same stage, for `not with` also an earlier one."""
    if own is other:
        return True  # a circle of one, told as such
    mine, theirs = order[own.stage], order[other.stage]
    if mine == theirs:
        on_charges = next(stage for stage in stages if stage.name == own.stage).kind == "on charges"
        if not on_charges or own.base.charge == other.base.charge:
            return True
        help = "give them stages of their own, or the same charge as base"
        typing.error("R0373", name.span, f"`{own.name}` and `{other.name}` are on different charges", help)
        return False
    if words == "in lieu of":
        help = f"write `not with {own.kind} {own.name}` in the later of the two, or put both into one stage"
        typing.error("R0373", name.span, f"{other.kind} `{other.name}` is in another stage", help)
        return False
    if theirs > mine:
        help = f"put `not with {own.kind} {own.name}` into {other.kind} `{other.name}` instead"
        typing.error(
            "R0373", name.span, f"stage `{other.stage}` of {other.kind} `{other.name}` comes after `{own.stage}`", help
        )
        return False
    return True


# --- discounts named as values


def _reads_of_discounts(
    rules: Sequence[m.Rule], by_id: Mapping[str, m.Rule], stages: Sequence[m.Stage], names: Names
) -> Edges:
    """Which rules read what discounts earn. Reports what is not worked out by then, unless it makes a circle (54)."""
    order = {stage.name: place for place, stage in enumerate(stages)}
    kinds = {stage.name: stage.kind for stage in stages}
    found: Edges = {}
    late: list[tuple[m.Rule, m.Rule, Span, str]] = []
    for rule in rules:
        if rule.kind == "price":
            continue
        named_in_it = [x for x in rule_reads(rule) if isinstance(x.expr, m.ChargeAmount) and x.expr.kind != "charge"]
        if not named_in_it:
            continue
        tested = {id(read.expr) for when in rule.when for read in condition_reads(when.condition)}
        for read in named_in_it:
            assert isinstance(read.expr, m.ChargeAmount)
            named = by_id.get(read.expr.rule)
            if named is None:
                continue
            found.setdefault(rule.id, {}).setdefault(named.id, read.at)
            same = order[named.stage] == order[rule.stage]
            if kinds[named.stage] == "on charges":
                late.append((rule, named, read.at, "is taken off a charge; name the charge"))
            elif order[named.stage] > order[rule.stage] or (same and named.place >= rule.place):
                late.append((rule, named, read.at, f"is made after {rule.kind} `{rule.name}`"))
            elif same and id(read.expr) in tested:
                late.append((rule, named, read.at, "is of the same stage, whose conditions are judged before it"))
    for rule, named, at, why in late:
        if circle_from(rule.id, found) is None:
            help = f"write `{named.name}` before it, or put it into an earlier stage"
            names.report.error("R0318", at, f"discount `{named.name}` {why}", help)
    return found


# --- circles


def report_circles(waits: Edges, rules: Mapping[str, m.Rule], names: Names) -> None:
    """Each circle of rules that wait for each other, once, with every place that makes it."""
    told: set[frozenset[str]] = set()
    for start in waits:
        circle = circle_from(start, waits)
        if circle is None or frozenset(circle) in told:
            continue
        told.add(frozenset(circle))
        tell_circle([rules[id].name for id in circle], [waits[a][b] for a, b in pairwise(circle)], names)


def tell_circle(circle: Sequence[str], spans: Sequence[Span], names: Names) -> None:
    """A circle of rules, the first named again at its end, with the places that make it."""
    first, *more = spans
    names.report.error(
        "R0370",
        first,
        f"these rules wait for each other in a circle: {' -> '.join(f'`{name}`' for name in circle)}",
        "take one of the references out: one of the rules comes first",
        labels=tuple(Label(span, "and this") for span in more),
    )


def circle_from(start: Place, waits: Mapping[Place, Mapping[Place, object]]) -> list[Place] | None:
    """The shortest way from a place back to itself."""
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop(0)
        for other in waits.get(way[-1], {}):
            if other == start:
                return [*way, start]
            if other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return None


# --- exclusive across stages


def _check_undone(
    rule: m.Rule,
    tree: s.Rule,
    waits: Mapping[str, Span],
    rules: Mapping[str, m.Rule],
    stages: Sequence[m.Stage],
    names: Names,
) -> None:
    """An exclusive of several stages is settled before the first of them: it cannot ask what they did (3.5 b)."""
    if not rule.alone_in:
        return
    order = [stage.name for stage in stages]
    open_stages = order[order.index(rule.alone_in[0]) : order.index(rule.stage)]
    for span, stage in _asks(rule, tree, waits, rules, open_stages):
        names.report.error(
            "R0372",
            span,
            f"`{rule.name}` is settled before stage `{open_stages[0]}` begins and may undo it: "
            f"what stage `{stage}` does is not known then",
            f"test the amounts before stage `{open_stages[0]}`, or leave `{stage}` and what precedes it out of "
            "`among stages`",
        )


def _asks(
    rule: m.Rule, tree: s.Rule, waits: Mapping[str, Span], rules: Mapping[str, m.Rule], open_stages: Sequence[str]
) -> Iterator[tuple[Span, str]]:
    for read in rule_reads(rule):
        if isinstance(read.expr, m.Total) and read.expr.after_stage in open_stages:
            yield read.at, str(read.expr.after_stage)
        if isinstance(read.expr, m.ChargeAmount) and read.expr.kind == "discount" and read.expr.rule in rules:
            stage = rules[read.expr.rule].stage
            if stage in open_stages:
                yield read.at, stage
    if "discounted lines" in rule.not_on and open_stages:
        yield (
            next(c.span for c in tree.clauses if isinstance(c, s.NotOnClause) and c.word.endswith("lines")),
            open_stages[0],
        )
    for id, span in waits.items():
        if rules[id].stage in open_stages:
            yield span, rules[id].stage


# --- best among stages


def best_among(waterfall: s.Waterfall | None, stages: Sequence[m.Stage], names: Names) -> tuple[tuple[str, ...], ...]:
    """The choices between stages, each in the order the stages run; a stage belongs to one choice."""
    if waterfall is None:
        return ()
    typing = Typing(names, "")
    made: list[tuple[str, ...]] = []
    seen: dict[str, s.BestAmong] = {}
    for choice in waterfall.best_among:
        if not sound_stages(choice.stages, choice, stages, typing):
            continue
        for name in choice.stages:
            if name in seen:
                names.report.error(
                    "R0374",
                    choice.span,
                    f"stage `{name}` is in two choices",
                    "name all its alternatives in one `best among stages`",
                    labels=(Label(seen[name].span, "the other"),),
                )
            seen[name] = choice
        made.append(tuple(stage.name for stage in stages if stage.name in choice.stages))
    return tuple(made)
