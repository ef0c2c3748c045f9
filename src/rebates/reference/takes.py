"""What a rule would take, alone, on the amounts it is shown: tiers, rewards, limits, stops (calculation 18 to 23)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

from rebates.model import nodes as m
from rebates.model.outcome import Decision
from rebates.reference.arithmetic import ZERO
from rebates.reference.context import Line, View, in_unit, total_key, unit_factor
from rebates.reference.prices import as_price, beyond_order, is_price
from rebates.reference.qualify import refusal
from rebates.reference.tiers import ONE, Paid, Reached, reach
from rebates.reference.values import lines_of, number, truth

ORDER = (m.Scope.LINE, m.Scope.ITEM, m.Scope.DELIVERY, m.Scope.ORDER)


@dataclass(frozen=True)
class Group:
    """Lines that a rule decides on together; a line-decided rule has one for each line."""

    lines: tuple[Line, ...]
    amount: Fraction  # exact, before stops; negative is a surcharge
    weights: dict[int, Fraction]
    marks: dict[int, tuple[int | None, Fraction | None]]  # tier and measure of each line
    lined_base: dict[int, Fraction]  # each line's base, which a bound on the rate is a share of
    single: bool  # decided on the line: rounded with the line's step, not spread


@dataclass(frozen=True)
class Alone:
    """A rule by itself: its groups, and a decision for every line it does nothing on."""

    rule: m.Rule
    groups: tuple[Group, ...]
    decisions: tuple[Decision, ...]


@dataclass(frozen=True)
class Use:
    """How much of a line the rule may use after its limit, and its base."""

    line: Line
    base: Fraction
    share: Fraction  # of its units


Amounts = dict[int, Fraction]


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
    covered, below = _reaching(rule, view, covered)
    decisions += below
    covered, used_up = _without_used_up(rule, stage, view, running, covered)
    groups: list[Group] = []
    for lines in _partition(rule.decides, covered, view):
        found = _group(rule, stage, view, running, lines, covered)
        if isinstance(found, Group):
            groups.append(found)
        else:
            decisions += [Decision(rule.id, line.index, *found) for line in lines]
    for line in used_up:
        mine = _marks_of(rule, view, line)
        decisions.append(Decision(rule.id, line.index, *mine))
    groups, refused_later = _bounded(rule, stage, view, running, groups)
    decisions += refused_later
    return Alone(rule, tuple(groups), tuple(decisions))


def _without_used_up(
    rule: m.Rule, stage: m.Stage, view: View, running: Amounts, covered: list[Line]
) -> tuple[list[Line], list[Line]]:
    """The covered lines that a limit leaves something, and those it leaves nothing (22a)."""
    if rule.limit is None:
        return covered, []
    uses = _limited(rule, stage, view, running, covered)
    return [use.line for use in uses if use.share > 0], [use.line for use in uses if use.share == 0]


def _reaching(rule: m.Rule, view: View, covered: list[Line]) -> tuple[list[Line], list[Decision]]:
    """Of a rule with a limit, the lines whose tiers are reached at all: the tier is chosen first (4.5 a)."""
    if rule.limit is None or not isinstance(rule.worth, m.Tiers):
        return covered, []
    kept: list[Line] = []
    decisions: list[Decision] = []
    for lines in _partition(rule.decides, covered, view):
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


def _partition(scope: m.Scope, lines: list[Line], view: View) -> list[list[Line]]:
    """The lines by scope, in the order of their first line."""
    out: list[list[Line]] = []
    rest = list(lines)
    while rest:
        same = {line.index for line in lines_of(scope, view, rest[0])}
        out.append([line for line in rest if line.index in same])
        rest = [line for line in rest if line.index not in same]
    return out


# --- base, weights


def _line_base(rule: m.Rule, stage: m.Stage, view: View, running: Amounts, line: Line) -> Fraction:
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
        case _:
            return view.net[line.index] if rule.kind == "charge" else running[line.index]


def _weights(rule: m.Rule, view: View, running: Amounts, lines: list[Line]) -> Amounts:
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
    return next((p.package.unit for p in pieces if isinstance(p, m.UnitPiece) and p.package.unit is not None), None)


# --- one group


def _group(
    rule: m.Rule, stage: m.Stage, view: View, running: Amounts, lines: list[Line], covered: list[Line]
) -> Group | tuple:  # type: ignore[type-arg]
    """What the rule takes on these lines together; else the rest of a decision: because, amount, tier, measure."""
    shares = {use.line.index: use for use in _limited(rule, stage, view, running, covered)}
    uses = [shares[line.index] for line in lines]
    single = rule.decides is m.Scope.LINE
    weights = _weights(rule, view, running, lines)
    if isinstance(rule.worth, m.Amount):
        worth = number(rule.worth.value, view, lines[0])
        if worth is None:
            return ("no baseline",)
        if view.part.returns and rule.decides is not m.Scope.LINE:
            worth = ZERO  # a fixed sum of the order is left out (4b)
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
    counting = Counting(rule, view, running, uses, single, to_date)
    amount = ZERO
    for paid in reached.now:
        found = counting.reward(paid, reached.before)
        if found is None:
            return ("no price", ZERO, tier, measure)
        amount += found
    amount += counting.growth(reached)
    if rule.kind == "discount" and amount > 0 and not any(weights.values()):
        amount = ZERO  # a discount on nothing stops at zero (2.4)
    return Group(tuple(lines), amount, weights, _marks(lines, tier, measure), counting.bases(), single)


def _marks(
    lines: list[Line], tier: int | None, measure: Fraction | None
) -> dict[int, tuple[int | None, Fraction | None]]:
    return {line.index: (tier, measure) for line in lines}


def _is_incremental(rule: m.Rule) -> bool:
    return isinstance(rule.worth, m.Tiers) and rule.worth.mode == "incremental"


def _allowed(rule: m.Rule, uses: list[Use], view: View) -> Fraction:
    """The share of the base that a limit leaves, for cutting slices."""
    if rule.limit is None:
        return ONE
    weights = [use.base for use in uses]
    if not any(weights) and rule.limit.unit is not None:
        weights = [in_unit(view.part, use.line, rule.limit.unit) for use in uses]
    whole = sum(weights, ZERO)
    return sum((w * use.share for w, use in zip(weights, uses, strict=True)), ZERO) / whole if whole else ONE


@dataclass(frozen=True)
class Counting:
    """Pays rewards on the lines of a group."""

    rule: m.Rule
    view: View
    running: Amounts
    uses: list[Use]
    single: bool
    to_date: bool

    @property
    def slices(self) -> bool:
        return _is_incremental(self.rule) and not self.view.part.returns

    def share(self, use: Use) -> Fraction:
        """A line's share of its units; slices were cut already where the tiers are incremental."""
        return ONE if self.slices else use.share

    def reward(self, paid: Paid, before: tuple[Paid, ...]) -> Fraction | None:
        """What a row pays on this order, without what grows with a total to date (see `growth`)."""
        whole = ZERO
        for piece in paid.reward.pieces:
            found = self.piece(piece, paid)
            if found is None:
                return None
            whole += found
        return whole

    def piece(self, piece: m.Piece, paid: Paid) -> Fraction | None:
        view, uses = self.view, self.uses
        match piece:
            case m.PercentPiece(rate=rate, of=of):
                ratio = number(rate, view, uses[0].line)
                if ratio is None:
                    return None
                if of is None:
                    return ratio * self.base() * paid.share
                if not is_price(of):
                    worth = number(of, view, uses[0].line)
                    return None if worth is None else ratio * worth * paid.share
                whole = ZERO
                for use in uses:
                    price = as_price(of, None, view, use.line)
                    if price is None:
                        return None
                    whole += price * use.line.quantity * self.share(use)
                return ratio * whole * paid.share
            case m.UnitPiece(amount=amount, package=package):
                each = number(amount, view, uses[0].line)
                if each is None:
                    return None
                if package.kind != "each":
                    if self.to_date:
                        return ZERO  # counted by `growth`
                    return each * self.packages(package, paid.share)
                return self.per_unit(each, package, paid.share)
            case m.PricePiece(value=expr, unit=unit):
                whole = ZERO
                for use in uses:
                    price = as_price(expr, unit, view, use.line)
                    if price is None:
                        return None
                    units = use.line.quantity * self.share(use) * paid.share
                    at = self.running[use.line.index] / use.line.quantity
                    whole += max(at - price, ZERO) * units
                return whole
            case m.SumPiece(amount=amount, scope=scope):
                if not paid.sums or view.part.returns:
                    return ZERO
                if self.to_date and not self.slices:
                    return ZERO  # counted by `growth`
                each = number(amount, view, uses[0].line)
                if each is None:
                    return None
                return each * len(_partition(scope, [use.line for use in uses], view))

    def base(self) -> Fraction:
        """The money that the reward is a percent of."""
        own = self.rule.base
        if own.value is not None:
            if own.unit is not None:
                return ZERO
            found = number(own.value, self.view, self.uses[0].line)
            return found or ZERO
        return sum((use.base * self.share(use) for use in self.uses), ZERO)

    def bases(self) -> dict[int, Fraction]:
        """Each line's base after the limit (22b)."""
        if self.rule.base.value is not None:
            whole = self.base()
            return {use.line.index: whole / len(self.uses) for use in self.uses}
        return {use.line.index: use.base * use.share for use in self.uses}

    def quantity(self, unit: str, uses: list[Use]) -> Fraction:
        """What the base covers, in a unit (4.4 b)."""
        own = self.rule.base
        if own.value is not None and own.unit is not None:
            found = number(own.value, self.view, uses[0].line) or ZERO
            if own.unit == unit:
                return found
            line = uses[0].line
            return found * unit_factor(self.view.part, line, own.unit) / unit_factor(self.view.part, line, unit)
        return sum((in_unit(self.view.part, use.line, unit) * self.share(use) for use in uses), ZERO)

    def per_unit(self, each: Fraction, package: m.Package, share: Fraction) -> Fraction:
        """An amount per unit, exact (4.4 b); on a line it stops at the running price of its units (3.6)."""
        if package.unit is None:
            return each * self.base() * share / package.size
        amount = each * self.quantity(package.unit, self.uses) * share / package.size
        if self.single and self.rule.kind == "discount" and amount > 0 and self.rule.base.value is None:
            use = self.uses[0]
            amount = min(amount, self.running[use.line.index] * self.share(use) * share)
        return amount

    def packages(self, package: m.Package, share: Fraction) -> Fraction:
        """Full or started packages of the scope's sum, inside the slice (4.4 d)."""
        count: Callable[[Fraction], int] = floor if package.kind == "full" else ceil
        if package.unit is None:
            return Fraction(count(self.base() * share / package.size))
        whole = 0
        for lines in _partition(package.scope, [use.line for use in self.uses], self.view):
            inside = {line.index for line in lines}
            uses = [use for use in self.uses if use.line.index in inside]
            whole += count(self.quantity(package.unit, uses) * share / package.size)
        return Fraction(whole)

    def growth(self, reached: Reached) -> Fraction:
        """Fixed sums and packages of a total to date pay what the total grew by, not below zero (5.4 a)."""
        if not self.to_date:
            return ZERO
        return (
            max(self.standing(reached.now) - self.standing(reached.before), ZERO)
            if not self.slices
            else self.package_slices(reached)
        )

    def standing(self, paid: tuple[Paid, ...]) -> Fraction:
        whole = ZERO
        for row in paid:
            for piece in row.reward.pieces:
                match piece:
                    case m.SumPiece(amount=amount):
                        whole += number(amount, self.view, self.uses[0].line) or ZERO
                    case m.UnitPiece(amount=amount, package=package) if package.kind != "each":
                        each = number(amount, self.view, self.uses[0].line) or ZERO
                        whole += each * self.counted(package, row.high)
        return whole

    def package_slices(self, reached: Reached) -> Fraction:
        """Packages inside each slice: those of the total now less those of the total before."""
        assert isinstance(self.rule.worth, m.Tiers)
        whole = ZERO
        for index, row in enumerate(reached.now):
            start = self.rule.worth.rows[index].threshold
            for piece in row.reward.pieces:
                if isinstance(piece, m.UnitPiece) and piece.package.kind != "each":
                    each = number(piece.amount, self.view, self.uses[0].line) or ZERO
                    now = self.counted(piece.package, max(row.high - start, ZERO))
                    then = self.counted(piece.package, max(row.low - start, ZERO))
                    whole += each * (now - then)
        return whole

    def counted(self, package: m.Package, measure: Fraction) -> Fraction:
        """Packages of a measure to date, in the package's unit."""
        assert isinstance(self.rule.worth, m.Tiers)
        dimension = getattr(self.rule.worth.measure, "dimension", None)
        size = package.size
        if (
            package.unit is not None
            and isinstance(dimension, m.Dimension)
            and dimension.unit not in (None, package.unit)
        ):
            line = self.uses[0].line
            size *= unit_factor(self.view.part, line, package.unit) / unit_factor(
                self.view.part, line, str(dimension.unit)
            )
        return Fraction(floor(measure / size) if package.kind == "full" else ceil(measure / size))


# --- limits


def _limited(rule: m.Rule, stage: m.Stage, view: View, running: Amounts, covered: list[Line]) -> list[Use]:
    """The share of each covered line that a limit leaves (4.5 a, c, e)."""
    uses = [Use(line, _line_base(rule, stage, view, running, line), ONE) for line in covered]
    limit = rule.limit
    if limit is None:
        return uses
    shares: dict[int, Fraction] = {}
    for together in _partition(_within(limit.scope), covered, view):
        left = limit.quantity if limit.quantity is not None else limit.money
        assert left is not None
        if limit.key is not None and limit.window is not None:
            key = total_key(view.part, view.agreement, limit.key, limit.scope, limit.window, view.day())
            left = max(left - view.part.order.totals.get(key, ZERO), ZERO)
        for line in _taken_order(limit, running, together):
            size = (
                in_unit(view.part, line, limit.unit)
                if limit.unit is not None
                else _line_base(rule, stage, view, running, line)
            )
            if size <= left or (limit.whole_transaction and left > 0):
                shares[line.index] = ONE
            else:
                shares[line.index] = left / size if size else ZERO
            left = max(left - size, ZERO)
    return [replace(use, share=shares[use.line.index]) for use in uses]


def _within(scope: m.Scope) -> m.Scope:
    return scope if scope.within_order else m.Scope.ORDER


def _taken_order(limit: m.Limit, running: Amounts, lines: list[Line]) -> list[Line]:
    if limit.takes == "in order" or limit.quantity is None:
        return lines
    sign = -1 if limit.takes == "dearest" else 1
    return sorted(lines, key=lambda line: (sign * running[line.index] / (line.quantity * line.factor), line.index))


# --- floors, caps, minimum payout


def _bounded(
    rule: m.Rule, stage: m.Stage, view: View, running: Amounts, groups: list[Group]
) -> tuple[list[Group], list[Decision]]:
    """Bounds on the rate, floors, caps and `pays from`, scope by scope, narrow before wide (4.5 a; 22d)."""
    decisions: list[Decision] = []
    for scope in ORDER:
        groups = _rates(rule, scope, view, groups)
        for bound in [b for b in rule.floors if b.on == "amount" and b.window is None and b.scope is scope]:
            groups = _each_scope(bound, view, groups, _raise)
        for bound in [b for b in rule.caps if b.on == "amount" and b.window is None and b.scope is scope]:
            groups = _each_scope(bound, view, groups, _lower)
        groups, refused = _least(rule, scope, view, groups)
        decisions += refused
    for bound in [bound for bound in rule.caps if bound.window is not None]:
        assert bound.key is not None and bound.window is not None
        key = total_key(view.part, view.agreement, bound.key, bound.scope, bound.window, view.day())
        paid = view.part.order.totals.get(key, ZERO)
        limit = number(bound.value, view, groups[0].lines[0]) if groups else None
        lines = [line.index for group in groups for line in group.lines]
        have = sum((group.amount for group in groups), ZERO)
        if limit is None or have <= limit - paid:
            continue
        if limit - paid <= 0:
            marks = {index: mark for group in groups for index, mark in group.marks.items()}
            decisions += [Decision(rule.id, index, "used up", ZERO, *marks[index]) for index in sorted(lines)]
            groups = []
        else:
            groups = _bite(groups, groups, sorted(lines), limit - paid, False)
    return groups, decisions


def _rates(rule: m.Rule, scope: m.Scope, view: View, groups: list[Group]) -> list[Group]:
    """A bound on the rate bounds the amount at bound × base (22b)."""
    for bounds, bring in ((rule.floors, _raise), (rule.caps, _lower)):
        for bound in [b for b in bounds if b.on == "rate" and b.scope is scope]:
            out = []
            for group in groups:
                ratio = number(bound.value, view, group.lines[0])
                out.append(
                    group
                    if ratio is None
                    else replace(group, amount=bring(group.amount, ratio * sum(group.lined_base.values(), ZERO)))
                )
            groups = out
    return groups


def _least(rule: m.Rule, scope: m.Scope, view: View, groups: list[Group]) -> tuple[list[Group], list[Decision]]:
    """A minimum payout: what comes to less is lost (4.5 b)."""
    least = rule.pays_from
    if least is None or _within(least.scope) is not scope:
        return groups, []
    decisions: list[Decision] = []
    for lines in _by_scope(scope, view, groups):
        first = next(line for group in groups for line in group.lines if line.index == lines[0])
        limit = number(least.value, view, first)
        if limit is None or abs(sum((_on(groups, index) for index in lines), ZERO)) >= limit:
            continue
        marks = {index: mark for group in groups for index, mark in group.marks.items()}
        decisions += [Decision(rule.id, index, "pays from", ZERO, *marks[index]) for index in lines]
        groups = _without(groups, set(lines))
    return groups, decisions


def _without(groups: list[Group], lines: set[int]) -> list[Group]:
    """The groups without some lines; what those would have got is gone."""
    out = []
    for group in groups:
        rest = [line for line in group.lines if line.index not in lines]
        if len(rest) == len(group.lines):
            out.append(group)
        elif rest:
            left = sum((_share(group, line.index) for line in rest), ZERO)
            keep = {line.index for line in rest}
            out.append(
                Group(
                    tuple(rest),
                    left,
                    {i: w for i, w in group.weights.items() if i in keep},
                    {i: w for i, w in group.marks.items() if i in keep},
                    {i: w for i, w in group.lined_base.items() if i in keep},
                    group.single,
                )
            )
    return out


def _raise(have: Fraction, limit: Fraction) -> Fraction:
    return max(have, limit)


def _lower(have: Fraction, limit: Fraction) -> Fraction:
    return min(have, limit)


def _by_scope(scope: m.Scope, view: View, groups: list[Group]) -> list[list[int]]:
    """The lines that the rule takes on, cut by a scope."""
    lines = sorted((line for group in groups for line in group.lines), key=lambda line: line.index)
    return [[line.index for line in part] for part in _partition(scope, lines, view)]


def _share(group: Group, index: int) -> Fraction:
    """A line's exact share of a group's amount."""
    whole = sum(group.weights.values(), ZERO)
    if whole == 0:
        return group.amount / len(group.lines)
    return group.amount * group.weights[index] / whole


def _on(groups: list[Group], index: int) -> Fraction:
    return sum((_share(group, index) for group in groups if index in group.weights), ZERO)


def _each_scope(
    bound: m.Bound, view: View, groups: list[Group], bring: Callable[[Fraction, Fraction], Fraction]
) -> list[Group]:
    """A floor or cap on each of its scopes: where it bites, the scope's lines become one group of the bound's amount,
    spread by what each line would have got (2.4); a wider group keeps the rest (22d)."""
    for lines in _by_scope(bound.scope, view, groups):
        holders = [group for group in groups if any(index in group.weights for index in lines)]
        first = next(line for group in holders for line in group.lines if line.index == lines[0])
        limit = number(bound.value, view, first)
        have = sum((_on(groups, index) for index in lines), ZERO)
        raising = bring is _raise
        if limit is None or (raising and not any(g.lined_base.get(index) for g in holders for index in lines)):
            continue
        amount = bring(have, limit)
        if amount != have:
            groups = _bite(groups, holders, lines, amount, bound.scope is m.Scope.LINE)
    return groups


def _bite(groups: list[Group], holders: list[Group], lines: list[int], amount: Fraction, on_line: bool) -> list[Group]:
    inside = set(lines)
    if len(holders) == 1 and set(holders[0].weights) == inside:
        return [
            replace(group, amount=amount, single=group.single and on_line) if group is holders[0] else group
            for group in groups
        ]
    got = {index: _on(holders, index) for index in lines}
    weights = (
        got
        if any(got.values())
        else {index: group.weights[index] for group in holders for index in lines if index in group.weights}
    )
    members = tuple(line for group in holders for line in group.lines if line.index in inside)
    marks = {index: group.marks[index] for group in holders for index in lines if index in group.marks}
    bases = {index: group.lined_base[index] for group in holders for index in lines if index in group.lined_base}
    single = on_line and all(group.single for group in holders)
    made = Group(tuple(sorted(members, key=lambda line: line.index)), amount, weights, marks, bases, single)
    out: list[Group] = []
    for group in groups:
        if group not in holders:
            out.append(group)
            continue
        rest = [line for line in group.lines if line.index not in inside]
        if rest:
            left = sum((_share(group, line.index) for line in rest), ZERO)
            out.append(
                Group(
                    tuple(rest),
                    left,
                    {line.index: group.weights[line.index] for line in rest},
                    {line.index: group.marks[line.index] for line in rest},
                    {line.index: group.lined_base.get(line.index, ZERO) for line in rest},
                    group.single,
                )
            )
    return sorted([*out, made], key=lambda group: group.lines[0].index)


# --- stops


Split = Callable[[Fraction, list[Fraction]], list[Fraction]]


def shares(group: Group, running: Amounts, lowest: Amounts, moves: bool, split: Split) -> Amounts:
    """The group's amount on its lines, none below zero or its minimum price (3.6, calculation 23).

    What zero stops goes to the other lines by the same weights until nothing moves; what a minimum price stops is lost,
    or moves too where `moves` says so. `running` is the most that each line can give, `lowest` the most down to its
    minimum price. `split` divides exactly or in whole units.
    """
    lines = [line.index for line in group.lines]
    parts = dict(zip(lines, split(group.amount, [group.weights[index] for index in lines]), strict=True))
    if group.amount <= 0:
        return parts
    most = lowest if moves else running
    while True:
        excess = sum((max(parts[index] - most[index], ZERO) for index in lines), ZERO)
        parts = {index: min(part, most[index]) for index, part in parts.items()}
        free = [index for index in lines if parts[index] < most[index] and group.weights[index]]
        if not excess or not free:
            break
        for index, more in zip(free, split(excess, [group.weights[index] for index in free]), strict=True):
            parts[index] += more
    return {index: min(part, lowest[index]) for index, part in parts.items()}


def split_exactly(amount: Fraction, weights: list[Fraction]) -> list[Fraction]:
    whole = sum(weights, ZERO)
    if whole == 0:
        return [amount / len(weights)] * len(weights)
    return [amount * weight / whole for weight in weights]
