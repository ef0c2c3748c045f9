"""A stage: who takes what from which line (3.2, 3.5, 3.6, 3.10; calculation 17 to 28)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations

from rebates.model import nodes as m
from rebates.model.goods_tests import goods_where
from rebates.model.outcome import Because, Decision, NoData, OrderError
from rebates.reference.arithmetic import ZERO
from rebates.reference.codes import CODES
from rebates.reference.context import Line, Part, View
from rebates.reference.groups import Alone, Amounts, Given, Group, Split, shares, split_exactly
from rebates.reference.prices import as_price, partners
from rebates.reference.rates import chosen
from rebates.reference.shared import capped
from rebates.reference.takes import alone

HARD = ("dates", *CODES, "condition", "unknown", "promotional", "discounted", "base", "not listed")
Drops = dict[tuple[str, int], tuple[Because, str | None]]  # by rule and line: why it has no part in the stage


@dataclass
class Stage:
    """A stage while it is worked out. Charges are takes with the sign turned, from an amount that nothing stops."""

    part: Part
    stage: m.Stage
    sign: int  # 1 discounts, -1 charges
    running: Amounts  # exact where amounts are rounded once
    net: Amounts  # as the stage began
    charges: Amounts
    charge_amounts: dict[str, Fraction]
    parts: dict[int, list[tuple[str, Fraction]]] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    carried: Fraction = ZERO
    gifts: list[tuple[m.Rule, Given]] = field(default_factory=list)

    def view(self, rule: m.Rule) -> View:
        earned = {**self.part.earned, **self.charge_amounts}
        return View(self.part, self.net, self.charges, rule, self.part.agreement(rule.agreement), earned)

    def line(self, index: int) -> Line:
        return next(line for line in self.part.lines if line.index == index)


@dataclass(frozen=True)
class Taking:
    """What a group would take of each line, exactly, after stops."""

    rule: m.Rule
    group: Group
    takes: Amounts
    alone: Alone

    @property
    def total(self) -> Fraction:
        return sum(self.takes.values(), ZERO)


def rank(rule: m.Rule) -> tuple[bool, int, str]:
    """Priority, 1 first and none last, then name (3.10)."""
    return (rule.priority is None, rule.priority or 0, rule.name)


def _turn(rule: m.Rule) -> tuple[bool, int, int]:
    """Rule order: priority, 1 first and none last, then place (3.2 c; 26e)."""
    return (rule.priority is None, rule.priority or 0, rule.place)


def run(stage: Stage) -> None:
    """Works the stage out: running amounts, parts and decisions are set."""
    rules = [
        rule
        for a in stage.part.agreements
        for rule in a.rules
        if rule.kind != "price" and rule.stage == stage.stage.name
    ]
    rules.sort(key=lambda rule: rule.place)
    drops = _drops(stage, rules)
    everywhere = {line.index for line in stage.part.lines}
    if stage.stage.combine in ("best", "sum"):
        takings = []
        for rule in in_waiting_order(rules):
            found = _takings(stage, rule, everywhere, drops, stage.running)
            _make_way(rule, rules, found, drops)
            takings += found
        takings = _exclusive(stage, rules, takings)
        takings = capped(stage, rules, takings)
        takings.sort(key=lambda t: _turn(t.rule))
        _best(stage, takings) if stage.stage.combine == "best" else _sum(stage, rules, takings)
        return
    silent = replace(stage, decisions=[], charge_amounts=dict(stage.charge_amounts))
    at_first: dict[str, list[Taking]] = {}
    for rule in in_waiting_order(rules):
        at_first[rule.id] = _takings(silent, rule, everywhere, drops, dict(stage.running))
        _make_way(rule, rules, at_first[rule.id], drops)
    stage.charge_amounts.update(silent.charge_amounts)
    first_reasons = {(d.rule, d.line): d for d in silent.decisions}
    holders = (
        _holders(stage, rules, [t for takings in at_first.values() for t in takings])
        if any(r.exclusive for r in rules)
        else {}
    )
    if stage.stage.combine == "sequence":
        order = sorted(rules, key=_turn)
    else:
        order = sorted(
            rules,
            key=lambda rule: (
                rule.priority is None,
                rule.priority or 0,
                tuple(-x for x in rule.specificity),
                rule.name,
            ),
        )
    closed: dict[int, str] = {}
    for rule in order:
        shut: dict[int, tuple[Because, str]] = {
            index: ("excluded", holders[index]) for index in everywhere if holders.get(index, rule.id) != rule.id
        }
        if stage.stage.combine == "first":
            shut |= {index: ("beaten", by) for index, by in closed.items() if index not in shut}
        _refuse_shut(stage, rule, shut, at_first[rule.id], first_reasons)
        stage.carried = ZERO
        mine = {index for index in everywhere if (rule.id, index) not in drops}
        for index in sorted(everywhere - mine - set(shut)):
            stage.decisions.append(first_reasons[rule.id, index])
        for taking in _takings(stage, rule, mine - set(shut), drops, stage.running):
            took = {index for index, take in taking.takes.items() if take}
            _apply(stage, taking)
            if stage.stage.combine == "first":
                closed.update(dict.fromkeys(took, rule.id))


def _refuse_shut(
    stage: Stage,
    rule: m.Rule,
    shut: dict[int, tuple[Because, str]],
    at_first: list[Taking],
    reasons: dict[tuple[str, int], Decision],
) -> None:
    """Why the rule does nothing on lines that others hold: the reason it had alone, else excluded or beaten (26a)."""
    for index, (because, detail) in shut.items():
        if (rule.id, index) in reasons:
            stage.decisions.append(reasons[rule.id, index])
            continue
        taking = next(taking for taking in at_first if index in taking.takes)
        _refuse(stage, taking, index, because, detail)


def alone_in_stage(stage: Stage, rule: m.Rule) -> list[Taking]:
    """What the rule would take if it stood alone in its stage, where its agreement speaks (46)."""
    rules = [
        other for a in stage.part.agreements for other in a.rules if other.kind != "price" and other.stage == rule.stage
    ]
    return _takings(stage, rule, {line.index for line in stage.part.lines}, _drops(stage, rules), stage.running)


def _drops(stage: Stage, rules: list[m.Rule]) -> Drops:
    """The lines on which rules have no part: outranked (7.4), kept out across stages, giving way to what is done."""
    part = stage.part
    out: Drops = {}
    for line in part.lines:
        speaker = next(
            (a.name for a in part.agreements if any(_has(stage, r, line) for r in rules if r.agreement == a.name)), None
        )
        speaking = partners(part, speaker) if speaker is not None else set()
        for rule in rules:
            before = next((id for id in rule.yields_to if (id, line.index) in part.took), None)
            if rule.agreement not in speaking:
                out[rule.id, line.index] = ("outranked", speaker)
            elif (rule.id, line.index) in part.kept_out:
                out[rule.id, line.index] = part.kept_out[rule.id, line.index]
            elif before is not None:
                out[rule.id, line.index] = ("yields", before)
    return out


def in_waiting_order(rules: list[m.Rule]) -> list[m.Rule]:
    """By place, but each after the rules of its stage that it waits for (47)."""
    left, out = sorted(rules, key=lambda rule: rule.place), list[m.Rule]()
    while left:
        waiting = {rule.id for rule in left}
        # versions of different days may wait for each other (73): then the place decides
        ready = next((rule for rule in left if not waiting.intersection(rule.waits_for)), left[0])
        left.remove(ready)
        out.append(ready)
    return out


def _make_way(rule: m.Rule, rules: list[m.Rule], takings: list[Taking], drops: Drops) -> None:
    """Rules of the stage that yield to this one have no part on the lines where it would take something (3.5 d)."""
    lines = {index for taking in takings for index, take in taking.takes.items() if take}
    for other in rules:
        if rule.id in other.yields_to:
            for index in lines:
                drops.setdefault((other.id, index), ("yields", rule.id))


def _has(stage: Stage, rule: m.Rule, line: Line) -> bool:
    found = alone(_asked(rule), stage.stage, stage.view(rule), stage.running, {line.index})
    if any(decision.because in HARD for decision in found.decisions):
        return False
    return chosen(rule, stage.view(rule), line) != "not listed"


def _asked(rule: m.Rule) -> m.Rule:
    """The rule with a worth that is always there and nothing that bounds it, to ask only whether it applies."""
    nothing = m.Amount(m.Constant(ZERO, m.MONEY, span=rule.span), span=rule.span)
    when = tuple(when for when in rule.when if when.otherwise is None)
    plain = replace(rule, limit=None, worth=nothing, when=when, caps=(), floors=(), pays_from=None)
    base = replace(rule.base, where=goods_where(rule) or rule.base.where)
    return replace(plain, base=base, sets=None, gift=None, unused=False)


def _takings(stage: Stage, rule: m.Rule, among: set[int], drops: Drops, running: Amounts) -> list[Taking]:
    """What the rule would take on these lines; lines it has no part on are dropped before groups are made (24)."""
    mine = {index for index in among if (rule.id, index) not in drops}
    if among - mine:
        _dropped(stage, rule, among, mine, drops, running)
    found = alone(rule, stage.stage, stage.view(rule), running, mine)
    stage.decisions += found.decisions
    if stage.sign < 0 and rule.id not in stage.charge_amounts:
        stage.charge_amounts[rule.id] = sum(
            (group.amount for group in found.groups), ZERO
        )  # whatever comes of it (30b)
    takings = [_taking(stage, rule, group, running, found) for group in found.groups]
    if stage.sign > 0 and rule.id not in stage.charge_amounts:
        stage.charge_amounts[rule.id] = sum(
            (taking.total for taking in takings), ZERO
        )  # alone, as the stage began (54)
    return takings


def _dropped(stage: Stage, rule: m.Rule, among: set[int], mine: set[int], drops: Drops, running: Amounts) -> None:
    """The reason on a line where the rule has no part: its own, if it has one without that (24a)."""
    try:
        found = alone(rule, stage.stage, stage.view(rule), running, among)
    except (NoData, OrderError):  # it is only looked at for its reason: what it lacks is no fault of the order
        found = alone(_asked(rule), stage.stage, stage.view(rule), running, among)
    stage.decisions += [decision for decision in found.decisions if decision.line not in mine]
    for group in found.groups:
        for index in group.weights:
            if index not in mine:
                because, detail = drops[rule.id, index]
                stage.decisions.append(Decision(rule.id, index, because, ZERO, *group.marks[index], None, detail))


def _taking(stage: Stage, rule: m.Rule, group: Group, running: Amounts, found: Alone) -> Taking:
    if stage.sign < 0:
        weights = [group.weights[line.index] for line in group.lines]
        parts = split_exactly(-group.amount, weights)
        return Taking(rule, replace(group, amount=-group.amount), dict(zip(group.weights, parts, strict=True)), found)
    if group.gift is not None:  # it lowers no price, so nothing stops it
        parts = split_exactly(group.amount, list(group.weights.values()))
        return Taking(rule, group, dict(zip(group.weights, parts, strict=True)), found)
    room, lowest, moves = _most(stage, rule, group, running)
    return Taking(rule, group, shares(group, room, lowest, moves, split_exactly), found)


def _most(stage: Stage, rule: m.Rule, group: Group, running: Amounts) -> tuple[Amounts, Amounts, bool]:
    """The most that each line can give down to zero, and down to its minimum price; whether the rest moves (3.6)."""
    room = {line.index: running[line.index] for line in group.lines}
    lowest = dict(room)
    for line in group.lines:
        if rule.not_below is not None:
            at = as_price(rule.not_below.value, None, stage.view(rule), line)
            if at is not None:
                lowest[line.index] = min(room[line.index], max(room[line.index] - at * line.quantity, ZERO))
    return room, lowest, rule.not_below is not None and rule.not_below.to_other_lines


# --- exclusives


def _exclusive(stage: Stage, rules: list[m.Rule], takings: list[Taking]) -> list[Taking]:
    """Exclusive rules stand alone, line by line, or for the part where a rule decides on several lines (3.5 a, c)."""
    holders = _holders(stage, rules, takings)
    kept = []
    for taking in takings:
        away = {index for index in taking.takes if holders.get(index, taking.rule.id) != taking.rule.id}
        for index in away:
            _refuse(stage, taking, index, "excluded", holders[index])
        if not away:
            kept.append(taking)
    return kept


def _holders(stage: Stage, rules: list[m.Rule], takings: list[Taking]) -> dict[int, str]:
    """The exclusive rule that holds each line."""
    exclusives = [t for t in takings if t.rule.exclusive and any(t.takes.values())]
    if not exclusives:
        return {}
    if all(rule.decides is m.Scope.LINE for rule in rules) and all(t.group.single for t in takings):
        out: dict[int, str] = {}
        for line in stage.part.lines:
            on = [t for t in exclusives if t.takes.get(line.index)]
            if on:
                best = min(on, key=lambda t: _standing(t.rule, t.takes[line.index], on))
                out[line.index] = best.rule.id
        return out
    totals: dict[str, Fraction] = {}
    by_id: dict[str, m.Rule] = {}
    for taking in exclusives:
        totals[taking.rule.id] = totals.get(taking.rule.id, ZERO) + taking.total
        by_id[taking.rule.id] = taking.rule
    holder = min(totals, key=lambda id: _standing(by_id[id], totals[id], exclusives))
    return {line.index: holder for line in stage.part.lines}


def _standing(rule: m.Rule, take: Fraction, among: list[Taking]) -> tuple[object, ...]:
    """Of exclusives the first stands: the better for the customer, then priority, then name; or priority first (3.5 c)."""
    first = any(taking.rule.by_priority for taking in among)
    return (rank(rule)[:2], -take, rule.name) if first else (-take, rank(rule))


def _refuse(stage: Stage, taking: Taking, index: int, because: Because, detail: str) -> None:
    stage.decisions.append(
        Decision(taking.rule.id, index, because, ZERO, *taking.group.marks[index], None, detail or None)
    )


def _done(stage: Stage, taking: Taking, index: int, amount: Fraction) -> None:
    because: Because = "taken" if amount else "nothing"
    stage.decisions.append(Decision(taking.rule.id, index, because, stage.sign * amount, *taking.group.marks[index]))
    if amount:
        stage.parts.setdefault(index, []).append((taking.rule.id, stage.sign * amount))


# --- combining


def _best(stage: Stage, takings: list[Taking]) -> None:
    """The choice that takes most (3.10; calculation 26)."""
    able = [t for t in takings if any(t.takes.values())]
    chosen = _choose(stage, able)
    held = {index: t for t in chosen for index in t.takes}
    for taking in takings:
        if any(taking is other for other in chosen):
            continue
        for index in taking.takes:
            if not any(taking.takes.values()):
                _done(stage, taking, index, ZERO)
                continue
            winner = held.get(index) or next(held[other] for other in sorted(taking.takes) if other in held)
            _refuse(stage, taking, index, "beaten", winner.rule.id)
    for taking in sorted((t for t in chosen if t.group.single), key=lambda t: min(t.takes)):
        _apply(stage, taking)
    for taking in sorted((t for t in chosen if not t.group.single), key=lambda t: (*_turn(t.rule), min(t.takes))):
        _apply(stage, taking)


def _choose(stage: Stage, able: list[Taking]) -> list[Taking]:
    """Takings that share no line, of the largest total. A group may be left out only if something holds a line of it (26b)."""
    singles = [t for t in able if t.group.single]
    groups = [t for t in able if not t.group.single]
    best: tuple[object, ...] | None = None
    choice: list[Taking] = []
    for count in range(len(groups) + 1):
        for some in combinations(groups, count):
            lines = [index for t in some for index in t.takes]
            if len(lines) != len(set(lines)):
                continue
            found = list(some)
            for line in stage.part.lines:
                on = [t for t in singles if line.index in t.takes and line.index not in lines]
                if on:
                    found.append(min(on, key=lambda t: (-t.total, rank(t.rule))))
            whose = {index: t for t in found for index in t.takes}
            if any(not any(index in whose for index in t.takes) for t in groups):
                continue
            names = tuple(
                rank(whose[line.index].rule) if line.index in whose else (True, 10**9, "") for line in stage.part.lines
            )
            key = (-sum((t.total for t in found), ZERO), names)
            if best is None or key < best:
                best, choice = key, found
    return choice


def _sum(stage: Stage, rules: list[m.Rule], takings: list[Taking]) -> None:
    """All together, on one base and as one step; then groups, each by itself (3.2 b; calculation 26)."""
    for line in stage.part.lines:
        on = [t for t in takings if t.group.single and line.index in t.takes]
        for taking in on:
            if not taking.takes[line.index]:
                _done(stage, taking, line.index, ZERO)
        on = [t for t in on if t.takes[line.index]]
        if not on:
            continue
        exact = [t.takes[line.index] for t in on]
        whole = sum(exact, ZERO)
        if stage.sign > 0 and whole > stage.running[line.index] and whole > 0:
            exact = [part * stage.running[line.index] / whole for part in exact]
            whole = stage.running[line.index]
        if whole == 0 and not any(exact):
            for taking in on:
                _done(stage, taking, line.index, ZERO)
            continue
        taken = _round_line(stage, line, whole)
        signed = [stage.sign * part for part in exact]
        for taking, part in zip(on, stage.part.money.divide(stage.sign * taken, signed), strict=True):
            _done(stage, taking, line.index, stage.sign * part)
            _spend(stage, taking)
    for taking in takings:
        if not taking.group.single:
            _apply_group(stage, taking)


def _apply(stage: Stage, taking: Taking) -> bool:
    """Takes what a rule would take; the exact amounts are worked out again on what is left by now."""
    if not taking.group.single:
        return _apply_group(stage, taking)
    (index,) = taking.takes
    exact = taking.takes[index]
    if exact == 0:
        _done(stage, taking, index, ZERO)
        return False
    _done(stage, taking, index, _round_line(stage, stage.line(index), exact))
    _spend(stage, taking)
    return True


def _apply_group(stage: Stage, taking: Taking) -> bool:
    """A group's amount: rounded, then spread over its lines in whole units (2.4)."""
    money, group = stage.part.money, taking.group
    if group.gift is not None:
        return _add(stage, taking, group.gift)
    if not any(taking.takes.values()):
        for index in taking.takes:
            _done(stage, taking, index, ZERO)
        return False
    if money.words.round_once:
        parts = taking.takes if stage.sign < 0 else _again(stage, taking, group, split_exactly)
        for index in sorted(parts):
            _done(stage, taking, index, _shown(stage, index, parts[index]))
        _spend(stage, taking)
        return True
    rounded = replace(group, amount=money.amount(group.amount))
    if stage.sign < 0:
        split = money.spread(rounded.amount, [group.weights[line.index] for line in group.lines])
        parts = dict(zip(group.weights, split, strict=True))
    else:
        parts = _again(stage, taking, rounded, money.spread)
    for index in sorted(parts):
        stage.running[index] -= parts[index]
        _done(stage, taking, index, parts[index])
    if any(parts.values()):
        _spend(stage, taking)
    return any(parts.values())


def _add(stage: Stage, taking: Taking, gift: Given) -> bool:
    """Free goods come beside the lines; a gift that is worth nothing is given all the same where nothing competes."""
    for index in taking.takes:
        _refuse(stage, taking, index, "given", "")
    stage.part.added.append(gift.line)
    stage.gifts.append((taking.rule, gift))
    _spend(stage, taking)
    return True


def _spend(stage: Stage, taking: Taking) -> None:
    """Notes the units that are used up, for rules that take unused units alone (4.5 e)."""
    spent, used = stage.part.spent, stage.part.used
    for index in taking.takes:
        spent[index] = min(spent.get(index, ZERO) + taking.alone.spends.get(index, ZERO), Fraction(1))
        used[taking.rule.id] = used.get(taking.rule.id, ZERO) + taking.alone.used.get(index, ZERO)


def _again(stage: Stage, taking: Taking, group: Group, split: Split) -> Amounts:
    room, lowest, moves = _most(stage, taking.rule, group, stage.running)
    if not stage.part.money.words.round_once:
        unit = stage.part.money.unit
        room = {index: (most // unit) * unit for index, most in room.items()}
        lowest = {index: (most // unit) * unit for index, most in lowest.items()}
    return shares(group, room, lowest, moves, split)


def _round_line(stage: Stage, line: Line, take: Fraction) -> Fraction:
    """Takes an exact amount off a line and says by how much the rounded amount fell (2.2, 2.3, 2.5)."""
    words, money, index = stage.part.money.words, stage.part.money, line.index
    if words.round_once:
        return _shown(stage, index, take)
    before = stage.running[index]
    carried = stage.carried if words.carry_difference else ZERO
    if words.discount_rounds:
        taken = money.amount(take + carried)
        if stage.sign > 0 and take > 0:
            taken = min(taken, before)  # rounding stops at zero like everything else (3.6)
        if words.carry_difference:
            stage.carried = take + carried - taken
        stage.running[index] = before - taken
        return taken
    exact = before - take
    if words.price_first:
        exact = money.price(exact / line.quantity) * line.quantity
    after = money.amount(exact + carried)
    if stage.sign > 0 and exact >= 0:
        after = max(after, ZERO)
    if words.carry_difference:
        stage.carried = exact + carried - after
    stage.running[index] = after
    return before - after


def _shown(stage: Stage, index: int, take: Fraction) -> Fraction:
    """`round once`: the exact amount goes on; what is shown is the difference of the rounded ones."""
    money, before = stage.part.money, stage.running[index]
    stage.running[index] = before - take
    return money.amount(before) - money.amount(before - take)
