"""Agreements beside each other: what must be equal, what would be ambiguous, what would be too much to compare (7.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from rebates.model import nodes as m
from rebates.model.master import Account, Master
from rebates.model.memory import Memory
from rebates.model.names import Names
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Label
from rebates.syntax.source import Span

MOST_GROUPS = 12  # rules of a `best` stage that decide on several lines and can meet (3.10)


def check_together(
    agreements: Sequence[m.Agreement], adds_to: Mapping[str, Sequence[s.Setting]], names: Names, memory: Memory
) -> None:
    """Reports what agreements cannot have beside each other. `adds_to` says where each names others."""
    report = names.report
    _check_adds_to(agreements, adds_to, names)
    for agreement in agreements:
        memory.once("groups", report, partial(_check_groups, (agreement,), names), of=(agreement.noted,))
    for first, second in _pairs(agreements, names.master):
        memory.once("pair", report, partial(_check_pair, first, second, names), of=(first.noted, second.noted))


def _check_pair(first: m.Agreement, second: m.Agreement, names: Names) -> None:
    _check_equal(first, second, names)
    if second.name in first.adds_to or first.name in second.adds_to:
        _check_groups((first, second), names)
        _check_files(first, second, names)
    elif first.who.rank == second.who.rank and first.first == second.first:
        _check_clear(first, second, names)


# --- which agreements may hold for one account on one day


def _pairs(agreements: Sequence[m.Agreement], master: Master) -> Iterator[tuple[m.Agreement, m.Agreement]]:
    """Every two agreements that may be in force together, each pair once, in the order of the texts.

    Where the master data tell whom an agreement is for, they decide; what a caller says of an account beyond them does
    not count here.
    """
    if len(agreements) < 2:
        return
    below = _below(master)
    whom = [_accounts(agreement, master, below) for agreement in agreements]
    by_account: dict[str, list[int]] = {}
    anyone = [index for index, accounts in enumerate(whom) if accounts is None]
    for index, accounts in enumerate(whom):
        for account in accounts or ():
            by_account.setdefault(account, []).append(index)
    found = {(min(a, b), max(a, b)) for a in anyone for b in range(len(agreements)) if a != b}
    for same in by_account.values():
        found |= {(a, b) for a in same for b in same if a < b}
    for a, b in sorted(found):
        first, second = agreements[a], agreements[b]
        apart = first.first > second.last or second.first > first.last or _conditions_exclude(first.who, second.who)
        if not apart:
            yield first, second


def _below(master: Master) -> dict[str, set[str]]:
    out: dict[str, set[str]] = {}
    for id in master.accounts:
        for above in (id, *master.ancestors(id)):
            out.setdefault(above, set()).add(id)
    return out


def _accounts(agreement: m.Agreement, master: Master, below: Mapping[str, set[str]]) -> set[str] | None:
    """The accounts that an agreement may be for; None where that cannot be told."""
    who = agreement.who
    match who.kind:
        case "account":
            return {str(who.name)}
        case "account and subsidiaries":
            return {str(who.name)} | below.get(str(who.name), set())
        case "group" if "memberships" in master.tables:
            return {
                str(row.cells["account"])
                for row in master.tables["memberships"].rows()
                if row.cells["group"] == who.name
                and (row.first is None or row.first <= agreement.last)
                and (row.last is None or row.last >= agreement.first)
            }
        case "where" if master.has_accounts and who.where is not None:
            return {id for id, account in master.accounts.items() if _holds(who.where, account) is not False}
        case _:
            return None


def _holds(condition: m.Condition, account: Account) -> bool | None:
    """What a condition is for an account of the master data; None where it cannot be told (7.1)."""
    match condition:
        case m.And(parts=parts) | m.Or(parts=parts):
            found = {_holds(part, account) for part in parts}
            decides = isinstance(condition, m.Or)
            return decides if decides in found else (None if None in found else not decides)
        case m.Not(part=part):
            inner = _holds(part, account)
            return None if inner is None else not inner
        case m.OneOf(attribute=attribute, values=values, negated=negated):
            value = account.id if attribute.name == "id" else account.attributes.get(attribute.name, attribute.default)
            return None if value is None else (value in values) != negated
        case _:
            return None


def _conditions_exclude(a: m.Who, b: m.Who) -> bool:
    """Whether two conditions ask for different values of one attribute."""
    if a.where is None or b.where is None:
        return False
    wanted = _wanted(a.where)
    return any(path in wanted and not wanted[path] & values for path, values in _wanted(b.where).items())


def _wanted(condition: m.Condition) -> dict[str, set[object]]:
    parts = condition.parts if isinstance(condition, m.And) else (condition,)
    return {part.attribute.path: set(part.values) for part in parts if isinstance(part, m.OneOf) and not part.negated}


# --- what two agreements must have in common


def _check_equal(first: m.Agreement, second: m.Agreement, names: Names) -> None:
    stages = [[(stage.name, stage.combine, stage.base, stage.last) for stage in x.stages] for x in (first, second)]
    same: Mapping[str, tuple[object, object]] = {
        "currency": (first.currency, second.currency),
        "waterfall": ((stages[0], first.best_among), (stages[1], second.best_among)),
        "rounding": (first.rounding, second.rounding),
        "exchange rates": (first.exchange, second.exchange),
        "tax rate": (first.tax, second.tax),
    }
    for word, (a, b) in same.items():
        if a != b:
            names.report.error(
                "R0340",
                second.span,
                f"`{first.name}` and `{second.name}` may hold for one account and differ in their {word}",
                "give them one currency, or different accounts or dates"
                if word == "currency"
                else "say it once for the folder, outside the agreements, or make them equal",
                labels=(Label(first.span, f"`{first.name}`"),),
            )


def _check_clear(first: m.Agreement, second: m.Agreement, names: Names) -> None:
    """Two agreements of one rank and start, neither added to the other, cannot both speak (7.4)."""
    if first.name == second.name:  # told already; it may well be one agreement in two files
        return
    for a in first.rules:
        for b in second.rules:
            if a.promotional or b.promotional or a.stage != b.stage or not _meet(a, b):
                continue  # promotional prices of all agreements compete (3.3)
            what = "prices" if a.kind == "price" else f"rules in stage `{a.stage}`"
            names.report.error(
                "R0341",
                second.span,
                f"`{first.name}` and `{second.name}` may hold for one account and both have {what}: "
                "neither is more specific",
                "let one of them `adds to` the other, or give them different accounts or starts",
                labels=(
                    Label(first.span, f"`{first.name}`"),
                    Label(a.span, f"{a.kind} `{a.name}`"),
                    Label(b.span, f"{b.kind} `{b.name}`"),
                ),
            )
            return


def _meet(a: m.Rule, b: m.Rule) -> bool:
    """Whether two rules are valid on one day."""
    return not (
        (a.first is not None and b.last is not None and a.first > b.last)
        or (b.first is not None and a.last is not None and b.first > a.last)
    )


# --- adds to


def _check_adds_to(agreements: Sequence[m.Agreement], adds_to: Mapping[str, Sequence[s.Setting]], names: Names) -> None:
    places: dict[str, dict[str, Span]] = {}
    for name, settings in adds_to.items():
        for setting in settings:
            places.setdefault(name, {})[setting.value] = setting.span
            if setting.value not in adds_to:
                names.unknown("R0233", "agreement", setting.value, setting.span, adds_to.keys() - {name})
    told: set[frozenset[str]] = set()
    for agreement in agreements:
        circle = _circle(agreement.name, places)
        if circle is not None and frozenset(circle) not in told:
            told.add(frozenset(circle))
            names.report.error(
                "R0344",
                places[circle[0]][circle[1]],
                f"agreements add to each other in a circle: {' -> '.join(f'`{name}`' for name in circle)}",
                "take one `adds to` out: the one that is added to speaks of its own",
            )


def _circle(start: str, places: Mapping[str, Mapping[str, Span]]) -> list[str] | None:
    """A way from an agreement back to itself."""
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop(0)
        for other in places.get(way[-1], {}):
            if other == start:
                return [*way, start]
            if other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return None


def _check_files(first: m.Agreement, second: m.Agreement, names: Names) -> None:
    """Where order decides, rules of two files need a priority: files have no order (3.2 c)."""
    if first.span.source.name == second.span.source.name:
        return
    ordered = {stage.name: stage.combine for stage in first.stages if stage.combine in ("sequence", "first")}
    for stage, combine in ordered.items():
        both = [[rule for rule in x.rules if rule.stage == stage] for x in (first, second)]
        if not all(both):
            continue
        for mine, others in (both, both[::-1]):
            for rule in mine:
                met = [other for other in others if _meet(rule, other)]
                if met and rule.priority is None:
                    names.report.error(
                        "R0345",
                        rule.span,
                        f"stage `{stage}` goes by `{combine}`, and {rule.kind} `{rule.name}` has no priority among the "
                        f"rules of `{met[0].span.source.name}`",
                        "add `priority 1` to the rule that comes first, `priority 2` to the next",
                        labels=(Label(met[0].span, f"{met[0].kind} `{met[0].name}` of the other file"),),
                    )


# --- best


def _check_groups(agreements: Sequence[m.Agreement], names: Names) -> None:
    """The best of rules on several lines is looked for among all their sets (3.10)."""
    for stage in agreements[0].stages:
        if stage.combine != "best" or stage.base == "charges":
            continue
        groups = [
            rule for x in agreements for rule in x.rules if rule.stage == stage.name and _decides_on_several(rule)
        ]
        for day in {rule.first or date.min for rule in groups}:
            met = [
                rule for rule in groups if (rule.first or date.min) <= day and (rule.last is None or rule.last >= day)
            ]
            if len(met) > MOST_GROUPS:
                names.report.error(
                    "R0342",
                    met[MOST_GROUPS].span,
                    f"{len(met)} rules of stage `{stage.name}` decide on several lines and can meet; at most "
                    f"{MOST_GROUPS} can be compared",
                    "split the stage, combine it by `first` or `sum`, or let rules decide on each line",
                    labels=(Label(stage.span, f"`best` of stage `{stage.name}`"),),
                )
                break


def _decides_on_several(rule: m.Rule) -> bool:
    """A cap or floor over several lines makes a group of what it bounds (3.9)."""
    return rule.decides is not m.Scope.LINE or any(
        bound.on == "amount" and bound.scope is not m.Scope.LINE for bound in (*rule.caps, *rule.floors)
    )
