"""Amendments: an agreement as it reads from each day on (6.6 a).

An amendment repeats only what changes. What it says is put into the text of the agreement, clause by clause, and every
text is then checked as a whole: a rule has a version for each stretch of days in which it means the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Generic, TypeVar

from rebates.model import nodes as m
from rebates.model.names import Names
from rebates.model.rebates import Fund, Rebate
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Label
from rebates.syntax.source import Span

WORTH = "worth"  # what a rule is worth is one thing, whichever words say it
_WORTHS = ("RateClause", "TiersClause", "AmountClause", "FromTableClause", "RatesClause", "CasesClause")
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True)
class Edition:
    """The text of an agreement from a day on. `changed` are the amendments behind each rule, guard and named value."""

    day: date | None  # None: as signed
    agreement: s.Agreement
    changed: Mapping[str, tuple[m.Amendment, ...]]  # by `rule NAME`
    guards: Mapping[s.Guard, m.Amendment | None]
    terms: tuple[tuple[s.Term, m.Amendment | None], ...]
    funds: tuple[tuple[s.Fund, m.Amendment | None], ...]
    amendments: tuple[m.Amendment, ...]  # of this day
    removed: Mapping[str, m.Amendment]  # rules that end on this day


@dataclass
class _State:
    """The members of the agreement as amended so far."""

    rules: dict[str, s.Rule]
    values: dict[str, s.Measure | s.ItemSet]  # by `measure NAME`, `items NAME`
    guards: dict[int, tuple[s.Guard, m.Amendment | None]]  # by place in the text
    terms: dict[int, tuple[s.Term, m.Amendment | None]]
    funds: dict[str, tuple[s.Fund, m.Amendment | None]]
    caps: dict[frozenset[str], s.SharedCap]  # those across rules, by the rules they name
    changed: dict[str, dict[str, m.Amendment]] = field(default_factory=dict)  # by rule and word of its clauses
    gone: dict[str, s.Amendment] = field(default_factory=dict)


def amendments_of(agreement: s.Agreement) -> list[s.Amendment]:
    """The amendments, by day."""
    found = [member for member in agreement.members if isinstance(member, s.Amendment)]
    return sorted(found, key=lambda amendment: amendment.day.value)


def all_rules(agreement: s.Agreement) -> Iterator[s.Rule]:
    """Every rule of the text, those in amendments after the others."""
    yield from (member for member in agreement.members if isinstance(member, s.Rule))
    for member in agreement.members:
        if isinstance(member, s.Amendment):
            yield from (inner for inner in member.members if isinstance(inner, s.Rule))
    for member in agreement.members:
        for inner in member.members if isinstance(member, s.Amendment) else (member,):
            if isinstance(inner, s.Terms):
                yield from (_surcharge(x) for x in inner.terms if isinstance(x, s.Term) and x.surcharge is not None)


def _surcharge(term: s.Term) -> s.Rule:
    """The charge that `private label … surcharge …` is: on the lines of its items, and nothing but a rule."""
    assert term.of is not None
    assert term.surcharge is not None
    items = term.of.name
    clauses = (
        s.WhenClause(s.InSet(items.value, span=term.of.span), span=term.span),
        s.RateClause(term.surcharge, span=term.surcharge.span),
    )
    title = f"Private label {items.value.replace('_', ' ')}"
    return s.Rule("charge", f"private_label_{items.value}", title, clauses, name_span=items.span, span=term.span)


def places(agreement: s.Agreement) -> dict[str, int]:
    """The place of every rule by its name: where it stands first (3.2 c); amended, it keeps its place."""
    return {name: place for place, name in enumerate(dict.fromkeys(rule.name for rule in all_rules(agreement)))}


def guard_numbers(agreement: s.Agreement) -> dict[int, int]:
    """The number of every guard, by its place in the text, those in amendments after the others."""
    own = [member for member in agreement.members if isinstance(member, s.Guard)]
    later = [x for a in agreement.members if isinstance(a, s.Amendment) for x in a.members if isinstance(x, s.Guard)]
    return {guard.span.start: number for number, guard in enumerate([*own, *later], start=1)}


def editions(agreement: s.Agreement, names: Names) -> list[Edition]:
    """The agreement as signed and as amended from each day on. Reports amendments that do not fit."""
    state = _State(
        {rule.name: rule for rule in agreement.members if isinstance(rule, s.Rule)},
        {_key(value): value for value in agreement.members if isinstance(value, s.Measure | s.ItemSet)},
        {guard.span.start: (guard, None) for guard in agreement.members if isinstance(guard, s.Guard)},
        {
            term.span.start: (term, None)
            for member in agreement.members
            if isinstance(member, s.Terms)
            for term in member.terms
            if isinstance(term, s.Term)
        },
        {fund.name: (fund, None) for fund in agreement.members if isinstance(fund, s.Fund)},
        {_across(cap): cap for cap in agreement.members if isinstance(cap, s.SharedCap)},
    )
    _check_no_removal(agreement, names)
    valid = in_order(next((member for member in agreement.members if isinstance(member, s.ValidClause)), None))
    found = [_edition(None, agreement, state, (), {})]
    for day, group in groupby(amendments_of(agreement), key=lambda amendment: amendment.day.value):
        same = list(group)
        if valid is not None and not valid.first < day <= valid.last:
            outside = [x for x in same if not (x.retroactive and day == valid.first)]
            for amendment in outside:
                _outside(amendment, valid, names)
            if outside:
                continue
        _check_apart(same, names)
        made = {amendment.span.start: _amendment(amendment) for amendment in same}
        removed: dict[str, m.Amendment] = {}
        for amendment in same:
            for member in amendment.members:
                _apply(member, made[amendment.span.start], amendment, state, removed, names)
        found.append(_edition(day, agreement, state, tuple(made.values()), removed))
    return found


def _amendment(amendment: s.Amendment) -> m.Amendment:
    takeover: m.Takeover = "whole"
    if amendment.window is not None:
        takeover = "cut" if amendment.window == "cut at the date" else "next window"
    day = amendment.day.value
    return m.Amendment(amendment.title, day, takeover, amendment.retroactive, span=amendment.span)


def _edition(
    day: date | None,
    agreement: s.Agreement,
    state: _State,
    amendments: tuple[m.Amendment, ...],
    removed: Mapping[str, m.Amendment],
) -> Edition:
    kinds = s.Rule | s.Guard | s.Measure | s.ItemSet | s.SharedCap | s.Amendment
    rest = tuple(member for member in agreement.members if not isinstance(member, kinds))
    own = tuple(
        member
        for member in agreement.members
        if isinstance(member, s.Rule | s.Guard | s.Measure | s.ItemSet | s.SharedCap)
    )
    guards = tuple(guard for guard, _ in state.guards.values())
    # as signed the text stands as it is, so that what is declared twice is told
    members = own if day is None else (*state.values.values(), *state.rules.values(), *guards, *state.caps.values())
    labels = [_surcharge(term) for term, _ in state.terms.values() if term.surcharge is not None]
    members = (*members, *labels)
    through = {_surcharge(term).name: (by,) for term, by in state.terms.values() if term.surcharge and by is not None}
    return Edition(
        day,
        replace(agreement, members=(*rest, *members)),
        {name: tuple(dict.fromkeys(words.values())) for name, words in state.changed.items()} | through,
        dict(state.guards.values()),
        tuple(state.terms.values()),
        tuple(state.funds.values()),
        amendments,
        dict(removed),
    )


def in_order(valid: s.ValidClause | None) -> s.ValidClause | None:
    """A validity whose days stand the wrong way round, which is told, as it is meant: for all that is said of other days."""
    if valid is None or valid.first <= valid.last:
        return valid
    return replace(valid, first=valid.last, last=valid.first)


def _outside(amendment: s.Amendment, valid: s.ValidClause, names: Names) -> None:
    day = amendment.day.value
    when = "after the agreement has ended" if day > valid.last else "before the agreement has begun"
    if day == valid.first:
        when = "on the agreement's first day, so that what it changes never holds"
    names.report.error(
        "R0434",
        amendment.day.span,
        f"this amendment begins {when}",
        f"the agreement holds from {valid.first} to {valid.last}; an amendment begins later than the first of them",
        labels=(Label(valid.span, "the agreement holds"),),
    )


# --- what touches what ------------------------------------------------------------------------------------------------


def _key(value: s.Measure | s.ItemSet) -> str:
    return f"{'measure' if isinstance(value, s.Measure) else 'items'} {value.name}"


def _across(cap: s.SharedCap | s.RemoveSharedCap) -> frozenset[str]:
    return frozenset(f"{rule.kind} {rule.name}" for rule in cap.rules)


def word_of(clause: s.Node) -> str:
    """The word of a clause; clauses of one word replace each other (6.6 a)."""
    match clause:
        case s.FlagClause(word=word) | s.NotOnClause(word=word) | s.RemoveClause(word=word):
            return word
        case s.AcceptClause(finding=finding):
            return f"accept {finding}"
    if isinstance(clause, s.CodeTableClause):
        return "code"
    kind = type(clause).__name__
    return WORTH if kind in _WORTHS else _CAPITAL.sub(" ", kind.removesuffix("Clause")).lower()


def _touches(member: s.Amended) -> Iterator[tuple[str, str, Span]]:
    """What a member of an amendment touches: the thing, the word (`*` for all of it) and the place."""
    match member:
        case s.Rule():
            seen: set[str] = set()
            for clause in member.clauses:
                word = word_of(clause)
                if word not in seen and not isinstance(clause, s.Broken):
                    yield f"rule {member.name}", word, clause.span
                seen.add(word)
            if member.title is not None or not member.clauses:
                yield f"rule {member.name}", "*", member.name_span
        case s.RemoveRule(name=name):
            yield f"rule {name}", "*", member.span
        case s.Guard(watches=watches) | s.RemoveGuard(watches=watches):
            yield f"guard {watches}", "*", member.span
        case s.Measure() | s.ItemSet():
            yield _key(member), "*", member.name_span
        case s.SharedCap() | s.RemoveSharedCap():
            yield f"cap across {', '.join(sorted(_across(member)))}", "*", member.span
        case s.Fund(name=name) | s.RemoveFund(name=name):
            yield f"fund {name}", "*", member.span
        case s.Terms(terms=terms):
            for term in terms:
                if isinstance(term, s.Term | s.RemoveTerm):
                    yield f"term {term.word}", "*", term.span


def _check_apart(amendments: Sequence[s.Amendment], names: Names) -> None:
    """Of two amendments of one day neither is the later: they may not touch the same clause."""
    seen: dict[str, dict[str, Span]] = {}
    for amendment in amendments:
        for member in amendment.members:
            for thing, word, span in list(_touches(member)):
                words = seen.setdefault(thing, {})
                other = next((at for said, at in words.items() if "*" in (said, word) or said == word), None)
                if other is None:
                    words[word] = span
                    continue
                # one amendment may state several guards on one thing, a rule several caps
                if _within(other, amendment if thing.startswith(("guard", "term")) else member):
                    words.setdefault(word, span)
                    continue
                what = f"`{thing.removeprefix('term ')}`" if word == "*" else f"`{word}` of `{thing.partition(' ')[2]}`"
                names.report.error(
                    "R0431",
                    span,
                    f"{what} is changed twice from {amendment.day.value} on: neither amendment is the later",
                    "keep one of them, or let one begin on another day",
                    labels=(Label(other, "the other change"),),
                )


def _within(span: Span, member: s.Node) -> bool:
    return span.source.name == member.span.source.name and member.span.start <= span.start <= member.span.end


# --- putting changes in -----------------------------------------------------------------------------------------------


def _apply(
    member: s.Amended,
    made: m.Amendment,
    amendment: s.Amendment,
    state: _State,
    removed: dict[str, m.Amendment],
    names: Names,
) -> None:
    match member:
        case s.Rule():
            _apply_rule(member, made, state, names)
        case s.RemoveRule(kind=kind, name=name):
            if name in state.rules and state.rules[name].kind == kind:
                state.gone[name] = amendment
                removed[name] = made
                del state.rules[name]
            else:
                _unknown(kind, name, member.span, state, names)
        case s.Guard(watches=watches):
            gone = [at for at, (guard, by) in state.guards.items() if guard.watches == watches and by != made]
            for at in gone:
                del state.guards[at]
            state.guards[member.span.start] = (member, made)
        case s.RemoveGuard(watches=watches):
            gone = [at for at, (guard, _) in state.guards.items() if guard.watches == watches]
            if not gone:
                names.report.error(
                    "R0433",
                    member.span,
                    f"there is no guard on the {watches} to remove",
                    "leave it out",
                )
            for at in gone:
                del state.guards[at]
        case s.Measure() | s.ItemSet():
            state.values[_key(member)] = member
        case s.SharedCap() | s.RemoveSharedCap():
            _apply_shared_cap(member, made, state, names)
        case s.Fund(name=name):
            state.funds[name] = (member, made)
        case s.RemoveFund(name=name):
            if state.funds.pop(name, None) is None:
                names.unknown("R0668", "fund", name, member.span, state.funds)
        case s.Terms(terms=terms):
            for term in terms:
                if isinstance(term, s.Term | s.RemoveTerm):
                    _apply_term(term, made, state, removed, names)


def _apply_shared_cap(member: s.SharedCap | s.RemoveSharedCap, made: m.Amendment, state: _State, names: Names) -> None:
    """A cap takes the place of the one across the same rules; for these rules it is a change."""
    rules = _across(member)
    if isinstance(member, s.SharedCap):
        state.caps[rules] = member
    elif state.caps.pop(rules, None) is None:
        names.report.error(
            "R0433", member.span, "there is no cap across these rules to remove", "name the rules of the cap, all of them"
        )  # fmt: skip
        return
    for rule in member.rules:
        state.changed.setdefault(rule.name, {})[f"cap across {', '.join(sorted(rules))}"] = made


def _apply_term(
    term: s.Term | s.RemoveTerm, made: m.Amendment, state: _State, removed: dict[str, m.Amendment], names: Names
) -> None:
    """A term takes the place of those of its word."""
    gone = [at for at, (old, by) in state.terms.items() if old.word == term.word and by != made]
    if not gone and isinstance(term, s.RemoveTerm):
        names.report.error("R0433", term.span, f"there is no `{term.word}` to remove", "leave it out")
    for at in gone:
        old, _ = state.terms.pop(at)
        if old.surcharge is not None:
            removed[_surcharge(old).name] = made
    if isinstance(term, s.Term):
        state.terms[term.span.start] = (term, made)
        if term.surcharge is not None:
            removed.pop(_surcharge(term).name, None)


def _check_no_removal(agreement: s.Agreement, names: Names) -> None:
    for member in agreement.members:
        for term in member.terms if isinstance(member, s.Terms) else ():
            if isinstance(term, s.RemoveTerm):
                names.report.error(
                    "R0435", term.span, "`remove` belongs to an amendment", "take the term itself out of the terms"
                )


def _apply_rule(member: s.Rule, made: m.Amendment, state: _State, names: Names) -> None:
    old = state.rules.get(member.name)
    if old is None and (member.title is None or member.name in state.gone):
        _unknown(member.kind, member.name, member.name_span, state, names)
        return
    if old is None:
        state.rules[member.name] = member
        state.changed[member.name] = {"*": made}
        for clause in member.clauses:
            if isinstance(clause, s.RemoveClause):
                _nothing_to_remove(clause, member, names)
        return
    if old.kind != member.kind:
        _unknown(member.kind, member.name, member.name_span, state, names)
        return
    if member.title is not None:
        names.report.error(
            "R0432",
            member.name_span,
            f"there is a {old.kind} `{old.name}` already",
            "leave out the title to amend it, or give the new rule another name",
            labels=(Label(old.name_span, f"`{old.name}`"),),
        )
        return
    state.rules[member.name] = _changed(old, member, names)
    words = state.changed.setdefault(member.name, {})
    words.update({word_of(clause): made for clause in member.clauses})


def _changed(old: s.Rule, change: s.Rule, names: Names) -> s.Rule:
    """The rule with the clauses of the change in place of those of the same words."""
    gone = {word_of(clause) for clause in change.clauses}
    stated = {word_of(clause) for clause in change.clauses if not isinstance(clause, s.RemoveClause)}
    for clause in change.clauses:
        if isinstance(clause, s.DatedClause):
            names.report.error(
                "R0436",
                clause.span,
                "the date that governs a rule chooses its version, and cannot be amended",
                f"remove {old.kind} `{old.name}` and add a new rule with the other date",
            )
        if isinstance(clause, s.RemoveClause):
            has = any(word_of(other) == clause.word for other in old.clauses)
            if not has or clause.word in stated:
                _nothing_to_remove(clause, old, names, stated=clause.word in stated)
    kept = tuple(clause for clause in old.clauses if word_of(clause) not in gone)
    added = tuple(clause for clause in change.clauses if not isinstance(clause, s.RemoveClause))
    return replace(old, clauses=(*kept, *added))


def _nothing_to_remove(clause: s.RemoveClause, rule: s.Rule, names: Names, *, stated: bool = False) -> None:
    names.report.error(
        "R0433",
        clause.span,
        f"`{clause.word}` of {rule.kind} `{rule.name}` is stated and removed in one amendment"
        if stated
        else f"{rule.kind} `{rule.name}` has no `{clause.word}` to remove",
        "a clause that is stated replaces the old one; leave `remove` out" if stated else "leave it out",
    )


def _unknown(kind: str, name: str, span: Span, state: _State, names: Names) -> None:
    """An amendment of a rule that does not exist, with the nearest that does."""
    if name in state.gone:
        gone = state.gone[name]
        names.report.error(
            "R0430",
            span,
            f"{kind} `{name}` has ended: `{gone.title}` removes it from {gone.day.value} on",
            "give the new rule another name",
            labels=(Label(gone.span, "removed here"),),
        )
        return
    known = [rule.name for rule in state.rules.values() if rule.kind == kind]
    help = f'a rule that an amendment adds has a title, such as `{kind} {name} "What it is for" {{ … }}`'
    names.unknown("R0430", kind, name, span, known, help)


# --- versions ---------------------------------------------------------------------------------------------------------


def day_before(day: date) -> date:
    """The last day of what ends when an amendment begins."""
    return day - timedelta(days=1)


def ending(rule: m.Rule, day: date, by: m.Amendment | None = None) -> m.Rule:
    """A version that another one, or nothing, follows from a day on."""
    last = day_before(day)
    return replace(rule, until=last, last=last if rule.last is None else min(last, rule.last), ended=by)


def beginning(rule: m.Rule, day: date) -> m.Rule:
    """A version that holds from a day on."""
    return replace(rule, since=day, first=day if rule.first is None else max(day, rule.first))


def same_rule(old: m.Rule, rule: m.Rule) -> bool:
    """Whether a version means what the next one would mean."""
    return replace(old, since=None, until=None, amended=(), first=rule.first, last=rule.last) == rule


Version = TypeVar("Version", m.Guard, m.Term, Fund)


class Stretches(Generic[Version]):
    """The versions of guards, or of terms, by their place in the text, each with the order days for which it holds."""

    def __init__(self) -> None:
        self._found: dict[int, list[Version]] = {}

    def keep(self, here: AbstractSet[int], day: date | None) -> None:
        """Ends those that are not here any more."""
        for at, found in self._found.items():
            if day is not None and at not in here and found[-1].until is None:
                found[-1] = replace(found[-1], until=day_before(day))

    def enter(self, at: int, made: Version, day: date | None) -> None:
        """A version from a day on, unless it means what the one before it means."""
        found = self._found.setdefault(at, [])
        made = replace(made, since=day)
        if found and replace(found[-1], since=day) == made:
            return
        if found and day is not None:
            found[-1] = replace(found[-1], until=day_before(day))
        found.append(made)

    def all(self) -> tuple[Version, ...]:
        """Every version, by place and day."""
        return tuple(each for at in sorted(self._found) for each in self._found[at])


Ruled = TypeVar("Ruled", bound=m.Rule | Rebate)


class Versions(Generic[Ruled]):
    """The versions of every rule, by id; an edition at a time. Where a rule means the same, its version goes on.

    `first` is the agreement's first day: a version that an amendment ends by then never holds, and is left out.
    """

    def __init__(
        self,
        first: date | None,
        begins: Callable[[Ruled, date], Ruled],
        ends: Callable[[Ruled, date, m.Amendment | None], Ruled],
        same: Callable[[Ruled, Ruled], bool],
    ) -> None:
        self.rules: dict[str, list[Ruled]] = {}
        self._first = first
        self._begins = begins
        self._ends = ends
        self._same = same
        self._through: dict[str, tuple[m.Amendment, ...]] = {}  # that changed a measure or set which the rule reads

    def add(self, edition: Edition, modelled: Sequence[Ruled]) -> None:
        """The rules as the edition has them."""
        day = edition.day
        for rule in modelled:
            amended = edition.changed.get(rule.name, ())
            before = self.rules.get(rule.id)
            if day is None or before is None:
                first = replace(rule, amended=amended) if amended != rule.amended else rule
                self.rules[rule.id] = [first if day is None else self._begins(first, day)]
                continue
            old, through = before[-1], self._through.get(rule.id, ())
            same = self._same(old, rule)
            if same and {*amended, *through} == set(old.amended):
                continue
            if not same and set(amended) <= set(old.amended):
                self._through[rule.id] = through = (*through, *edition.amendments)
            self._end(before, day, None)
            both = sorted({*amended, *through}, key=lambda amendment: amendment.day)
            before.append(self._begins(replace(rule, amended=tuple(both)), day))
        for name, by in edition.removed.items():
            for versions in self.rules.values():
                if versions and versions[-1].name == name and versions[-1].until is None and day is not None:
                    self._end(versions, day, by)

    def _end(self, versions: list[Ruled], day: date, by: m.Amendment | None) -> None:
        if self._first is not None and day <= self._first:
            versions.pop()
        else:
            versions[-1] = self._ends(versions[-1], day, by)

    def all(self) -> tuple[Ruled, ...]:
        """Every version, by place and day."""
        return tuple(rule for versions in self.rules.values() for rule in versions)
