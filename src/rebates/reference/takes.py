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
    groups: list[Group] = []
    for lines in _partition(rule.decides, covered, view):
        found = _group(rule, stage, view, running, lines)
        if isinstance(found, Group):
            groups.append(found)
        else:
            decisions += [Decision(rule.id, line.index, *found) for line in lines]
    groups, refused_later = _bounded(rule, view, running, groups, covered)
    decisions += refused_later
    return Alone(rule, tuple(groups), tuple(decisions))


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


def _group(rule: m.Rule, stage: m.Stage, view: View, running: Amounts, lines: list[Line]) -> Group | tuple:  # type: ignore[type-arg]
    """What the rule takes on these lines together; else the rest of a decision: because, amount, tier, measure."""
    uses, ran_out = _limited(rule, stage, view, running, lines)
    single = rule.decides is m.Scope.LINE
    weights = _weights(rule, view, running, lines)
    if isinstance(rule.worth, m.Amount):
        worth = number(rule.worth.value, view, lines[0])
        if worth is None:
            return ("no baseline",)
        if ran_out:
            return ("used up",)
        return Group(tuple(lines), max(worth, ZERO), weights, _marks(lines, None, None), single)
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
    if ran_out:
        return ("used up", ZERO, tier, measure)
    counting = Counting(rule, view, running, uses, single, to_date)
    amount = ZERO
    for paid in reached.now:
        found = counting.reward(paid, reached.before)
        if found is None:
            return ("no price", ZERO, tier, measure)
        amount += found
    return Group(tuple(lines), amount + counting.growth(reached), weights, _marks(lines, tier, measure), single)


def _marks(lines: list[Line], tier: int | None, measure: Fraction | None) -> dict[int, tuple[int | None, Fraction | None]]:
    return {line.index: (tier, measure) for line in lines}


def _is_incremental(rule: m.Rule) -> bool:
    return isinstance(rule.worth, m.Tiers) and rule.worth.mode == "incremental"


def _allowed(rule: m.Rule, uses: list[Use], view: View) -> Fraction:
    """The share of the base that a limit leaves, for cutting slices."""
    if rule.limit is None:
        return ONE
    if rule.limit.unit is not None:
        weights = [in_unit(view.part, use.line, rule.limit.unit) for use in uses]
    else:
        weights = [use.base for use in uses]
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
                ratio = self.bounded_rate(ratio)
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

    def bounded_rate(self, ratio: Fraction) -> Fraction:
        """A rate within its cap and floor (4.5)."""
        for floor_ in self.rule.floors:
            if floor_.on == "rate":
                lowest = number(floor_.value, self.view, self.uses[0].line)
                ratio = max(ratio, lowest) if lowest is not None else ratio
        for cap in self.rule.caps:
            if cap.on == "rate":
                highest = number(cap.value, self.view, self.uses[0].line)
                ratio = min(ratio, highest) if highest is not None else ratio
        return ratio

    def base(self) -> Fraction:
        """The money that the reward is a percent of."""
        own = self.rule.base
        if own.value is not None:
            if own.unit is not None:
                return ZERO
            found = number(own.value, self.view, self.uses[0].line)
            return found or ZERO
        return sum((use.base * self.share(use) for use in self.uses), ZERO)

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
        return max(self.standing(reached.now) - self.standing(reached.before), ZERO) if not self.slices else self.package_slices(reached)

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
        if package.unit is not None and isinstance(dimension, m.Dimension) and dimension.unit not in (None, package.unit):
            line = self.uses[0].line
            size *= unit_factor(self.view.part, line, package.unit) / unit_factor(self.view.part, line, str(dimension.unit))
        return Fraction(floor(measure / size) if package.kind == "full" else ceil(measure / size))


# --- limits


def _limited(rule: m.Rule, stage: m.Stage, view: View, running: Amounts, lines: list[Line]) -> tuple[list[Use], bool]:
    """The share of each line that a limit leaves (4.5 a, c, e); whether nothing is left of it."""
    uses = [Use(line, _line_base(rule, stage, view, running, line), ONE) for line in lines]
    limit = rule.limit
    if limit is None:
        return uses, False
    shares: dict[int, Fraction] = {}
    for together in _partition(_within(limit.scope), _all_covered(rule, view, lines), view):
        left = limit.quantity if limit.quantity is not None else limit.money
        assert left is not None
        if limit.key is not None and limit.window is not None:
            key = total_key(view.part, view.agreement, limit.key, limit.scope, limit.window, view.day())
            left = max(left - view.part.order.totals.get(key, ZERO), ZERO)
        for line in _taken_order(limit, running, together):
            size = in_unit(view.part, line, limit.unit) if limit.unit is not None else _line_base(rule, stage, view, running, line)
            if size <= left or (limit.whole_transaction and left > 0):
                shares[line.index] = ONE
            else:
                shares[line.index] = left / size if size else ZERO
            left = max(left - size, ZERO)
    uses = [replace(use, share=shares[use.line.index]) for use in uses]
    return uses, all(use.share == 0 for use in uses)


def _all_covered(rule: m.Rule, view: View, lines: list[Line]) -> list[Line]:
    """Every line the rule covers: a limit over the order is shared by the lines that a line-decided rule takes alone."""
    inside = {line.index for line in lines}
    out = []
    for line in view.part.lines:
        if line.index in inside:
            out.append(line)
        elif refusal(rule, view, line) is None and (rule.base.where is None or truth(rule.base.where, view, line) is True):
            out.append(line)
    return out


def _within(scope: m.Scope) -> m.Scope:
    return scope if scope.within_order else m.Scope.ORDER


def _taken_order(limit: m.Limit, running: Amounts, lines: list[Line]) -> list[Line]:
    if limit.takes == "in order" or limit.quantity is None:
        return lines
    sign = -1 if limit.takes == "dearest" else 1
    return sorted(lines, key=lambda line: (sign * running[line.index] / (line.quantity * line.factor), line.index))


# --- floors, caps, minimum payout


def _bounded(rule: m.Rule, view: View, running: Amounts, groups: list[Group], covered: list[Line]) -> tuple[list[Group], list[Decision]]:
    """Floors, caps and `pays from`, narrow scope before wide (4.5 a, b, c)."""
    decisions: list[Decision] = []
    beyond = [bound for bound in rule.caps if bound.window is not None]
    for scope in ORDER:
        for bound in [b for b in rule.floors if b.on == "amount" and b.window is None and b.scope is scope]:
            groups = _each_scope(bound, view, groups, _raise)
        for bound in [b for b in rule.caps if b.on == "amount" and b.window is None and b.scope is scope]:
            groups = _each_scope(bound, view, groups, _lower)
    for bound in beyond:
        assert bound.key is not None and bound.window is not None
        key = total_key(view.part, view.agreement, bound.key, bound.scope, bound.window, view.day())
        paid = view.part.order.totals.get(key, ZERO)
        whole = replace(bound, scope=m.Scope.ORDER)
        groups = _each_scope(whole, view, groups, lambda have, limit, paid=paid: min(have, max(limit - paid, ZERO)))
        if groups and paid > 0 and all(group.amount == 0 for group in groups):
            decisions += [Decision(rule.id, line.index, "used up", ZERO, *g.marks[line.index]) for g in groups for line in g.lines]
            groups = []
    least = rule.pays_from
    if least is not None:
        kept = []
        for together in _by_scope(_within(least.scope), view, groups):
            limit = number(least.value, view, together[0].lines[0])
            amount = sum((group.amount for group in together), ZERO)
            if limit is not None and abs(amount) < limit:
                decisions += [Decision(rule.id, line.index, "pays from", ZERO, *g.marks[line.index]) for g in together for line in g.lines]
            else:
                kept += together
        groups = kept
    return groups, decisions


def _raise(have: Fraction, limit: Fraction) -> Fraction:
    return max(have, limit)


def _lower(have: Fraction, limit: Fraction) -> Fraction:
    return min(have, limit)


def _by_scope(scope: m.Scope, view: View, groups: list[Group]) -> list[list[Group]]:
    """Groups put together by a scope; a group wider than the scope stays alone."""
    out: list[list[Group]] = []
    rest = list(groups)
    while rest:
        first = rest[0]
        same = {line.index for line in lines_of(scope, view, first.lines[0])}
        together = [g for g in rest if g is first or all(line.index in same for line in g.lines)]
        out.append(together)
        rest = [g for g in rest if all(g is not other for other in together)]
    return out


def _each_scope(bound: m.Bound, view: View, groups: list[Group], bring: Callable[[Fraction, Fraction], Fraction]) -> list[Group]:
    out: list[Group] = []
    for together in _by_scope(bound.scope, view, groups):
        limit = number(bound.value, view, together[0].lines[0])
        have = sum((group.amount for group in together), ZERO)
        raising = bring is _raise
        if limit is None or (raising and not any(sum(g.weights.values(), ZERO) for g in together)):
            out += together
            continue
        amount = bring(have, limit)
        if amount == have:
            out += together
        elif len(together) == 1:
            out.append(replace(together[0], amount=amount))
        else:
            weights: Amounts = {}
            for group in together:
                whole = sum(group.weights.values(), ZERO)
                for line in group.lines:
                    part = group.weights[line.index] / whole if whole else Fraction(1, len(group.lines))
                    weights[line.index] = group.amount * part
            if sum(weights.values(), ZERO) == 0:
                weights = {line.index: group.weights[line.index] for group in together for line in group.lines}
            lines = tuple(sorted((line for g in together for line in g.lines), key=lambda line: line.index))
            marks = {index: mark for group in together for index, mark in group.marks.items()}
            out.append(Group(lines, amount, weights, marks, False))
    return out


# --- stops


def shares(group: Group, maxima: Amounts, lost: dict[int, bool], split: Callable[[Fraction, list[Fraction]], list[Fraction]]) -> Amounts:
    """The group's amount on its lines, none above its most (3.6, calculation 23).

    What zero stops moves to the other lines by the same weights until nothing moves; what a minimum price stops is lost
    where `lost` says so. `split` divides exactly or in whole units.
    """
    lines = [line.index for line in group.lines]
    if group.amount <= 0:
        return dict(zip(lines, _split(group, group.amount, lines, split), strict=True))
    fixed: Amounts = {}
    rest, amount = list(lines), group.amount
    while rest:
        parts = dict(zip(rest, _split(group, amount, rest, split), strict=True))
        over = [index for index in rest if parts[index] > maxima[index]]
        if not over:
            fixed.update(parts)
            break
        for index in over:
            fixed[index] = maxima[index]
            amount -= parts[index] if lost[index] else maxima[index]
            rest.remove(index)
        if amount <= 0:
            fixed.update(dict.fromkeys(rest, ZERO))
            break
    return fixed


def _split(group: Group, amount: Fraction, lines: list[int], split: Callable[[Fraction, list[Fraction]], list[Fraction]]) -> list[Fraction]:
    return split(amount, [group.weights[index] for index in lines])


def split_exactly(amount: Fraction, weights: list[Fraction]) -> list[Fraction]:
    whole = sum(weights, ZERO)
    if whole == 0:
        return [amount / len(weights)] * len(weights)
    return [amount * weight / whole for weight in weights]
