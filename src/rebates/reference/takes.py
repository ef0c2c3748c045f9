"""What a rule would take, alone, on the amounts it is shown: coverage, tiers, rewards (calculation 18 to 22)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.outcome import Decision
from rebates.reference import goods
from rebates.reference.arithmetic import ZERO
from rebates.reference.bounds import bounded, within
from rebates.reference.context import Line, View, in_unit, total_key
from rebates.reference.counting import Counting
from rebates.reference.goods import Chosen
from rebates.reference.groups import Alone, Amounts, Group, Use, partition
from rebates.reference.prices import beyond_order
from rebates.reference.qualify import refusal
from rebates.reference.rates import chosen as chosen_for
from rebates.reference.tiers import ONE, Paid, Reached, reach
from rebates.reference.values import number, truth


def alone(rule: m.Rule, stage: m.Stage, view: View, running: Amounts, among: set[int]) -> Alone:
    """The rule's groups on the lines `among`, from the running amounts."""
    decisions: list[Decision] = []
    covered: list[Line] = []
    for line in view.part.lines:
        if line.index not in among:
            continue
        refused = refusal(rule, view, line)
        if refused is None and rule.base.where is not None and truth(rule.base.where, view, line) is not True:
            refused = Decision(rule.id, line.index, "base")
        if refused is not None:
            decisions.append(refused)
        else:
            covered.append(line)
    if rule.gift is not None and not rule.gift.inclusive:
        return _gifts(rule, rule.gift, view, running, covered, decisions)
    covered, unlisted = _listed(rule, view, covered)
    decisions += unlisted
    covered, made, without = _goods(rule, view, running, covered)
    decisions += without
    versions, worthless = _cut(rule, view, covered)
    decisions += worthless
    reaching: list[Line] = []
    for own, lines in versions:
        reached, below = _reaching(own, view, lines)
        reaching += reached
        decisions += below
    covered = sorted(reaching, key=lambda line: line.index)
    covered, used_up = _without_used_up(rule, stage, view, running, covered, made)
    groups: list[Group] = []
    for own, cut in versions:
        for lines in partition(rule.decides, [line for line in cut if line in covered], view):
            found = _group(own, stage, view, running, lines, covered, made)
            if isinstance(found, Group):
                groups.append(found)
            else:
                decisions += [Decision(rule.id, line.index, *found) for line in lines]
        for line in used_up:
            if line in cut:
                mine = _marks_of(own, view, line)
                decisions.append(Decision(rule.id, line.index, *mine))
    groups, refused_later = bounded(rule, view, groups)
    decisions += refused_later
    spends, used = _spending(rule, view, limited(rule, stage, view, running, covered, made), made)
    return Alone(rule, tuple(groups), tuple(decisions), spends, used)


def _goods(
    rule: m.Rule, view: View, running: Amounts, covered: list[Line]
) -> tuple[list[Line], dict[int, Chosen], list[Decision]]:
    """The lines of which the rule takes units, and which units: of each line, those of its group (calculation 36)."""
    made: dict[int, Chosen] = {}
    if rule.sets is None and rule.gift is None and not rule.unused:
        return covered, made, []
    decisions = [Decision(rule.id, line.index, "base") for line in covered if not goods.is_goods(rule, view, line)]
    kept: list[Line] = []
    for lines in partition(rule.decides, [line for line in covered if goods.is_goods(rule, view, line)], view):
        chosen = goods.choose(rule, view, running, lines)
        for line in lines:
            if chosen is None:
                decisions.append(Decision(rule.id, line.index, "no set"))
            elif rule.sets is None and rule.gift is None and not chosen.paid[line.index]:
                decisions.append(Decision(rule.id, line.index, "used up"))
            else:
                made[line.index] = chosen
                kept.append(line)
    return sorted(kept, key=lambda line: line.index), made, decisions


def _gifts(
    rule: m.Rule, gift: m.Gift, view: View, running: Amounts, covered: list[Line], decisions: list[Decision]
) -> Alone:
    """Goods that are added: one group for each count of them, worth what they would cost (calculation 41, 43)."""
    groups: list[Group] = []
    used = ZERO
    spends: Amounts = {}
    by_limit: Amounts = {}
    decisions += [Decision(rule.id, line.index, "base") for line in covered if not goods.is_goods(rule, view, line)]
    for lines in partition(rule.decides, [line for line in covered if goods.is_goods(rule, view, line)], view):
        found = goods.give(rule, gift, view, lines, used)
        if isinstance(found, str):
            decisions += [Decision(rule.id, line.index, found) for line in lines]  # type: ignore[arg-type]
            continue
        if rule.limit is not None and rule.limit.unit is not None:
            by_limit[lines[0].index] = in_unit(view.part, found.line, rule.limit.unit)
            used += by_limit[lines[0].index]
        spends |= {line.index: goods.left(rule, view, line) for line in lines}
        weights = {line.index: running[line.index] for line in lines}
        amount = found.list_value - found.net_value
        groups.append(Group(tuple(lines), amount, weights, _marks(lines, None, None), {}, False, found))
    return Alone(rule, tuple(groups), tuple(decisions), spends, by_limit)


def _listed(rule: m.Rule, view: View, covered: list[Line]) -> tuple[list[Line], list[Decision]]:
    """The lines for which the rule's rates have something; the way to it is noted (56)."""
    kept: list[Line] = []
    decisions: list[Decision] = []
    for line in covered:
        found = chosen_for(rule, view, line)
        if found == "not listed":
            decisions.append(Decision(rule.id, line.index, found))
            continue
        if not isinstance(found, str) and found.way:
            view.part.chosen[rule.id, line.index] = found.way
        kept.append(line)
    return kept, decisions


def _cut(rule: m.Rule, view: View, covered: list[Line]) -> tuple[list[tuple[m.Rule, list[Line]]], list[Decision]]:
    """The covered lines by what the rule is worth on them: rows of a rate table are decided apart (61)."""
    cut: dict[tuple[int, ...], tuple[m.Rule, list[Line]]] = {}
    decisions: list[Decision] = []
    for line in covered:
        found = chosen_for(rule, view, line)
        if isinstance(found, str):
            decisions.append(Decision(rule.id, line.index, found))
            continue
        cut.setdefault(found.way, (replace(rule, worth=found.worth), []))[1].append(line)
    return list(cut.values()), decisions


def _without_used_up(
    rule: m.Rule, stage: m.Stage, view: View, running: Amounts, covered: list[Line], made: dict[int, Chosen]
) -> tuple[list[Line], list[Line]]:
    """The covered lines that a limit leaves something, and those it leaves nothing (22a)."""
    if rule.limit is None:
        return covered, []
    uses = limited(rule, stage, view, running, covered, made)
    return [use.line for use in uses if use.share > 0], [use.line for use in uses if use.share == 0]


def _reaching(rule: m.Rule, view: View, covered: list[Line]) -> tuple[list[Line], list[Decision]]:
    """Of a rule with a limit, the lines whose tiers are reached at all: the tier is chosen first (4.5 a)."""
    if rule.limit is None or not isinstance(rule.worth, m.Tiers):
        return covered, []
    kept: list[Line] = []
    decisions: list[Decision] = []
    for lines in partition(rule.decides, covered, view):
        because = _marks_of(rule, view, lines[0])
        if because[0] == "used up":
            kept += lines
        else:
            decisions += [Decision(rule.id, line.index, *because) for line in lines]
    return sorted(kept, key=lambda line: line.index), decisions


def _marks_of(rule: m.Rule, view: View, line: Line) -> tuple:  # type: ignore[type-arg]
    """The rest of the decision on a line whose limit has run out: a missing tier or baseline comes first."""
    if not isinstance(rule.worth, m.Tiers):
        return ("used up",)
    tiers = rule.worth
    measure = number(tiers.measure, view, line)
    if measure is None:
        return ("used up", ZERO, -2) if tiers.without_baseline is not None else ("no baseline",)
    reached = reach(tiers, ZERO, measure, False, True, ONE)
    if reached is None:
        return ("no tier", ZERO, None, measure)
    return ("used up", ZERO, reached.tier, measure)


# --- base, weights


def line_base(rule: m.Rule, stage: m.Stage, view: View, running: Amounts, line: Line) -> Fraction:
    listed = line.gross_value if line.list_value is None else line.list_value
    match rule.base.what:
        case "list":
            return listed
        case "gross":
            return line.gross_value
        case "quantity":
            return ZERO
        case "invoice":
            return view.net[line.index] + view.charges.get(line.index, ZERO)
        case "running" if stage.base == "list":
            return listed
        case "net":  # a named value is read as the stage began (3.4)
            return view.net[line.index]
        case _:
            return running[line.index]


def weights_of(rule: m.Rule, view: View, running: Amounts, lines: list[Line]) -> Amounts:
    """By amount, or by quantity in the measure's unit, else the package's, else base units (calculation 19)."""
    if rule.spread == "amount":
        return {line.index: running[line.index] for line in lines}
    unit = _spread_unit(rule)
    if unit is None:
        return {line.index: line.quantity * line.factor for line in lines}
    return {line.index: in_unit(view.part, line, unit) for line in lines}


def _spread_unit(rule: m.Rule) -> str | None:
    match rule.worth:
        case m.Tiers(measure=measure):
            dimension = getattr(measure, "dimension", None)
            if isinstance(dimension, m.Dimension) and dimension.kind == "quantity":
                return dimension.unit
            pieces = rule.worth.rows[0].reward.pieces
        case m.Flat(reward=reward):
            pieces = reward.pieces
        case _:
            return None
    units = (p.package.unit for p in pieces if isinstance(p, m.UnitPiece))
    return next((unit for unit in units if unit is not None and unit != "bundle"), None)


# --- one group


def _group(
    rule: m.Rule,
    stage: m.Stage,
    view: View,
    running: Amounts,
    lines: list[Line],
    covered: list[Line],
    made: dict[int, Chosen],
) -> Group | tuple:  # type: ignore[type-arg]
    """What the rule takes on these lines together; else the rest of a decision: because, amount, tier, measure."""
    shares = {use.line.index: use for use in limited(rule, stage, view, running, covered, made)}
    uses = [shares[line.index] for line in lines]
    single = rule.decides is m.Scope.LINE
    weights = {index: weight * shares[index].chosen for index, weight in weights_of(rule, view, running, lines).items()}
    if isinstance(rule.worth, m.Amount):
        worth = number(rule.worth.value, view, lines[0])
        if worth is None:
            return ("no baseline",)
        if view.part.returns and rule.decides is not m.Scope.LINE:
            worth = ZERO  # a fixed sum of the order is left out (4b)
        if rule.kind == "discount" and not single and not any(weights.values()):
            worth = ZERO  # a discount on nothing stops at zero (2.4)
        return Group(
            tuple(lines),
            max(worth, ZERO),
            weights,
            _marks(lines, None, None),
            {use.line.index: use.base for use in uses},
            single,
        )
    tier: int | None = None
    measure: Fraction | None = None
    before = ZERO
    to_date = False
    if isinstance(rule.worth, m.Tiers):
        tiers = rule.worth
        measure = number(tiers.measure, view, lines[0])
        if measure is None:
            if tiers.without_baseline is None:
                return ("no baseline",)
            reached: Reached | None = Reached(-2, (Paid(tiers.without_baseline, ONE, True, ZERO, ZERO),))
        else:
            to_date = beyond_order(tiers.measure) and not view.part.returns
            if to_date:
                before = number(tiers.measure, replace(view, hand=False), lines[0]) or ZERO
            reached = reach(tiers, before, measure, to_date, view.part.returns, _allowed(rule, uses, view))
        if reached is None:
            return ("no tier", ZERO, None, measure)
        tier = reached.tier
    else:
        assert isinstance(rule.worth, m.Flat)
        reached = Reached(None, (Paid(rule.worth.reward, ONE, True, ZERO, ZERO),))
    chosen = made.get(lines[0].index)
    counting = Counting(rule, view, running, uses, single, to_date, chosen.sets if chosen is not None else 0)
    amount = ZERO
    for paid in reached.now:
        found = counting.reward(paid, reached.before)
        if found is None:
            return ("no price", ZERO, tier, measure)
        amount += found
    amount += counting.growth(reached)
    if rule.kind == "discount" and not single and amount > 0 and not any(weights.values()):
        amount = ZERO  # a discount on nothing stops at zero (2.4)
    return Group(tuple(lines), amount, weights, _marks(lines, tier, measure), counting.bases(), single)


def _spending(rule: m.Rule, view: View, uses: list[Use], made: dict[int, Chosen]) -> tuple[Amounts, Amounts]:
    """By line, what the rule uses up of the line, and of its limit on goods (calculation 44)."""
    limit = rule.limit
    spends: Amounts = {}
    used: Amounts = {}
    counted: list[Chosen] = []
    for use in uses:
        index, chosen = use.line.index, made.get(use.line.index)
        if rule.sets is None and rule.gift is None:
            if limit is not None and limit.unit is not None:
                spends[index] = use.chosen * use.share
            continue
        assert chosen is not None
        spends[index] = chosen.spent.get(index, ZERO)
        if limit is None or limit.unit is None:
            continue
        if limit.unit != "bundle":
            used[index] = in_unit(view.part, use.line, limit.unit) * use.chosen * use.share
        elif use.chosen and not any(chosen is other for other in counted):
            counted.append(chosen)
            used[index] = Fraction(chosen.sets)
    return spends, used


def _marks(
    lines: list[Line], tier: int | None, measure: Fraction | None
) -> dict[int, tuple[int | None, Fraction | None]]:
    return {line.index: (tier, measure) for line in lines}


def _allowed(rule: m.Rule, uses: list[Use], view: View) -> Fraction:
    """The share of the base that a limit leaves, for cutting slices."""
    if rule.limit is None:
        return ONE
    weights = [use.base for use in uses]
    if not any(weights) and rule.limit.unit is not None:
        weights = [in_unit(view.part, use.line, rule.limit.unit) for use in uses]
    whole = sum(weights, ZERO)
    return sum((w * use.share for w, use in zip(weights, uses, strict=True)), ZERO) / whole if whole else ONE


def limited(
    rule: m.Rule, stage: m.Stage, view: View, running: Amounts, covered: list[Line], made: dict[int, Chosen]
) -> list[Use]:
    """The share of each covered line that a limit leaves (4.5 a, c, e), of the units that its goods are."""
    part = {line.index: made[line.index].paid[line.index] if line.index in made else ONE for line in covered}
    uses = [
        Use(line, line_base(rule, stage, view, running, line) * part[line.index], ONE, part[line.index])
        for line in covered
    ]
    limit = rule.limit
    if limit is None or limit.unit == "bundle" or (rule.gift is not None and rule.gift.inclusive):
        return uses
    shares: dict[int, Fraction] = {}
    for together in partition(within(limit.scope), covered, view):
        left = limit.quantity if limit.quantity is not None else limit.money
        assert left is not None
        if limit.key is not None and limit.window is not None:
            key = total_key(view.part, view.agreement, limit.key, limit.scope, limit.window, view.day())
            left = max(left - view.part.order.totals.get(key, ZERO), ZERO)
        for line in _taken_order(limit, running, together):
            size = part[line.index] * (
                in_unit(view.part, line, limit.unit)
                if limit.unit is not None
                else line_base(rule, stage, view, running, line)
            )
            if size <= left or (limit.whole_transaction and left > 0):
                shares[line.index] = ONE
            else:
                shares[line.index] = left / size if size else ZERO
            left = max(left - size, ZERO)
    return [replace(use, share=shares[use.line.index]) for use in uses]


def _taken_order(limit: m.Limit, running: Amounts, lines: list[Line]) -> list[Line]:
    if limit.takes == "in order" or limit.quantity is None:
        return lines
    sign = -1 if limit.takes == "dearest" else 1
    return sorted(lines, key=lambda line: (sign * running[line.index] / (line.quantity * line.factor), line.index))
