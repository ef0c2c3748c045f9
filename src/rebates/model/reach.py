"""Rules that no order can reach, and rules that another one always beats; exact, without a solver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Literal

from rebates.model import nodes as m
from rebates.model.exact import decimal_text
from rebates.model.ground import Ground, Told, bounded, parts_of, rates
from rebates.model.item_index import value_of
from rebates.syntax.diagnostics import Label

_FOREVER = (date.min, date.max)


def unreached(rule: m.Rule, ground: Ground) -> Iterator[Told]:
    """Conditions that exclude each other, that no item of the master data meets, or tiers above all that a measure can be."""
    yield from unreached_tiers(rule.worth)
    parts = ground.conjuncts(rule)
    contradiction = contradicting(parts, f"no order can reach {rule.kind} `{rule.name}`", ground)
    if contradiction is not None:
        yield contradiction
        return
    items = ground.master.items
    if not ground.master.has_items or not items:
        return
    if next(iter(ground.met(parts)), None) is None:
        span = parts[0].span if parts else rule.span
        message = f"no order can reach {rule.kind} `{rule.name}`: none of the {len(items)} items meets its conditions"
        yield Told(span, message, "mend the condition, or the items' attributes")
        return
    yield from _unreached_mixes(rule, parts, ground)


def _unreached_mixes(rule: m.Rule, parts: Sequence[m.Condition], ground: Ground) -> Iterator[Told]:
    """Bundles with a part that no item is, and more different items asked for than there are."""
    says = f"no order can reach {rule.kind} `{rule.name}`"
    for part in rule.sets.parts if rule.sets is not None else ():
        if part.kinds and not any(_is_met(kind, ground) for kind in part.kinds):
            message = f"{says}: none of the {len(ground.master.items)} items is what this part asks for"
            yield Told(part.span, message, "mend the part, or the items' attributes")
            return
    for test in parts:
        found = interval(test) if isinstance(test, m.Compare) else None
        low, included = found[1] if found is not None else (None, False)
        count = _kinds(found[0], ground) if found is not None and low is not None else None
        if count is not None and low is not None and (low > count or (low == count and not included)):
            message = f"{says}: it asks for more different items than the {count} there are"
            yield Told(test.span, message, "mend the number, or which items count")
            return
    if isinstance(rule.worth, m.Tiers) and (count := _kinds(rule.worth.measure, ground)) is not None:
        for row in rule.worth.rows:
            if row.threshold > count or (row.above and row.threshold == count):
                message = f"nothing reaches this tier: there are {count} different items that count"
                yield Told(row.span, message, "mend the threshold, or which items count")


def _is_met(condition: m.Condition, ground: Ground) -> bool:
    return next(iter(ground.met(parts_of([condition]))), None) is not None


def _kinds(expr: m.Expr, ground: Ground) -> int | None:
    """How many different items, or values of theirs, there are to be counted in an order; None for another expression."""
    total = expr.value if isinstance(expr, m.MeasureRef) else expr
    if not isinstance(total, m.Total) or total.what != "distinct" or total.distinct is None:
        return None
    if total.distinct.subject != "item" or not total.scope.within_order:
        return None
    met = ground.met([] if total.where is None else parts_of([total.where]))
    return len({value_of(total.distinct, item) for item in met} - {None})


def unreached_tiers(worth: m.Worth | None) -> Iterator[Told]:
    """Tiers above the most that their measure can be, which its own text says."""
    top = most(worth.measure) if isinstance(worth, m.Tiers) else None
    if not isinstance(worth, m.Tiers) or top is None:
        return
    for row in worth.rows:
        if row.threshold > top or (row.above and row.threshold == top):
            message = f"nothing reaches this tier: its measure is at most {_short(top)}"
            yield Told(row.span, message, "mend the threshold, or the bound of the measure")


def most(expr: m.Expr) -> Fraction | None:
    """The most that an expression can be, as far as constants in it say."""
    match expr:
        case m.Constant(value=Fraction() as value, unit=None):
            return value
        case m.MeasureRef(value=inner):
            return most(inner)
        case m.Extreme(which=which, parts=parts):
            tops = [most(part) for part in parts]
            known = [top for top in tops if top is not None]
            if which == "lesser":
                return min(known, default=None)
            return max(known) if len(known) == len(tops) else None
        case _:
            return None


def _short(value: Fraction) -> str:
    return decimal_text(Fraction(round(value * 100), 100))


def contradicting(parts: Sequence[m.Condition], says: str, ground: Ground) -> Told | None:
    """Two of the conditions that must all hold and exclude each other."""
    for index, first in enumerate(parts):
        if (top := _beyond(first)) is not None:
            message = f"{says}: what is compared is at most {_short(top)}"
            return Told(first.span, message, "mend the condition, or the bound of what is compared")
        for second in parts[:index]:
            if (why := _excludes(second, first, ground)) is not None:
                labels = (Label(second.span, "the other condition"),)
                return Told(first.span, f"{says}: {why}", "mend one of the two", labels)
    return None


def _beyond(test: m.Condition) -> Fraction | None:
    """The most that something can be of which more is asked."""
    found = interval(test) if isinstance(test, m.Compare) else None
    if found is None or found[1][0] is None:
        return None
    expr, (low, included), _ = found
    top = most(expr)
    return top if top is not None and low is not None and (low > top or (low == top and not included)) else None


def _excludes(a: m.Condition, b: m.Condition, ground: Ground) -> str | None:
    match a, b:
        case m.OneOf(attribute=one, values=x, negated=False), m.OneOf(attribute=other, values=y, negated=False):
            if one.path == other.path and not set(x) & set(y):
                return f"`{one.path}` cannot be both"
        case m.OneOf(attribute=one, values=x, negated=p), m.OneOf(attribute=other, values=y, negated=q) if p != q:
            wanted, barred = (y, x) if p else (x, y)
            if one.path == other.path and set(wanted) <= set(barred):
                return f"`{one.path}` is asked for and excluded"
        case m.Under(attribute=one, ancestor=x), m.Under(attribute=other, ancestor=y) if one.path == other.path:
            master = ground.master
            known = x in master.families and y in master.families
            if known and x not in master.family_path(y) and y not in master.family_path(x):
                return f"nothing is both under `{x}` and under `{y}`"
        case m.Compare(), m.Compare():
            one_, other_ = interval(a), interval(b)
            if one_ is not None and other_ is not None and one_[0] == other_[0] and _empty(one_[1:], other_[1:]):
                return "no value is in both bounds"
    return None


_Bound = tuple[Fraction | None, bool]  # where, and whether the bound itself is in
_FLIPPED: dict[str, Literal["<", "<=", "=", ">=", ">"]] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}


def interval(test: m.Compare) -> tuple[m.Expr, _Bound, _Bound] | None:
    """What is compared with a constant, from where and up to where."""
    match test.left, test.right:
        case left, m.Constant(value=Fraction() as value, unit=None):
            expr, op = left, test.op
        case m.Constant(value=Fraction() as value, unit=None), right:
            expr, op = right, _FLIPPED[test.op]
        case _:
            return None
    low: _Bound = (value, op != ">") if op in (">", ">=", "=") else (None, False)
    high: _Bound = (value, op != "<") if op in ("<", "<=", "=") else (None, False)
    return expr, low, high


def _empty(a: tuple[_Bound, ...], b: tuple[_Bound, ...]) -> bool:
    lows = [low for low in (a[0], b[0]) if low[0] is not None]
    highs = [high for high in (a[1], b[1]) if high[0] is not None]
    return any(
        low[0] > high[0] or (low[0] == high[0] and not (low[1] and high[1]))  # type: ignore[operator]  # Nones are out
        for low in lows
        for high in highs
    )


def beaten(rule: m.Rule, ground: Ground) -> Iterator[Told]:
    """A rule where another one applies to all its lines and is exclusive, or in a `best` or `first` stage takes at least as much."""
    stage = next((stage for stage in ground.agreement.stages if stage.name == rule.stage), None)
    if rule.kind != "discount" or stage is None:
        return
    for other in ground.rivals(rule.kind, rule.stage, _may_exclude).of(rule, ground.conjuncts(rule)):
        if not (rule.exclusive or rule.alone_in) and _covers(other, rule, ground):
            message = (
                f"discount `{rule.name}` is always excluded: `{other.name}` is exclusive and takes on all its lines"
            )
            help = "give the exclusive rule conditions, or leave this one out"
            yield Told(rule.span, message, help, (Label(other.span, f"discount `{other.name}`"),))
            return
    if stage.combine not in ("best", "first"):
        return
    if rule.decides is not m.Scope.LINE or rule.exclusive or rule.alone_in:
        return
    for other in ground.rivals(rule.kind, rule.stage, _may_beat).of(rule, ground.conjuncts(rule)):
        if _covers(other, rule, ground) and (_first(other, rule) if stage.combine == "first" else _beats(other, rule)):
            what = (
                "comes first on all its lines"
                if stage.combine == "first"
                else "takes at least as much on all its lines"
            )
            message = f"discount `{rule.name}` is always beaten: `{other.name}` {what}"
            help = "give it a higher rate, or conditions that the other lacks; or leave it out"
            yield Told(rule.span, message, help, (Label(other.span, f"discount `{other.name}`"),))
            return


def _may_exclude(rule: m.Rule) -> bool:
    """Whether a rule leaves nothing to others on each of its lines."""
    return rule.exclusive and _may_beat(rule) and _takes(rule)


def _may_beat(rule: m.Rule) -> bool:
    """Whether a rule decides on each line by itself, and takes what its worth says."""
    return rule.decides is m.Scope.LINE and not bounded(rule) and not _gives_way(rule)


def _covers(other: m.Rule, rule: m.Rule, ground: Ground) -> bool:
    """Whether the other, which may beat it, applies to every line that the rule applies to."""
    first, last = other.first or _FOREVER[0], other.last or _FOREVER[1]
    dated = first <= (rule.first or _FOREVER[0]) and (rule.last or _FOREVER[1]) <= last
    tests = ground.conjuncts(rule)
    return (
        (dated or (other.first is None and other.last is None))
        and (not other.codes or (bool(rule.codes) and set(rule.codes) <= set(other.codes)))
        and all(test in tests for test in ground.conjuncts(other))
        and other.dated_by == rule.dated_by
        and (other.base.what, other.base.unit, other.base.charge) == (rule.base.what, rule.base.unit, rule.base.charge)
    )


def _takes(rule: m.Rule) -> bool:
    """Whether a rule takes something of every line it applies to."""
    steps = rates(rule)
    return steps is not None and steps[0][0] is None and steps[0][2] > 0


def _gives_way(rule: m.Rule) -> bool:
    """Whether other rules, codes, uses or amendments may keep a rule from taking what its worth says."""
    return bool(
        rule.yields_to
        or rule.waits_for
        or rule.not_on
        or rule.uses
        or rule.code_table
        or rule.only_per
        or rule.since
        or rule.until
    )


def _rank(rule: m.Rule) -> tuple[bool, int, str]:
    """Priorities come first, then the rules without one, by name."""
    return rule.priority is None, rule.priority or 0, rule.name


def _beats(other: m.Rule, rule: m.Rule) -> bool:
    """Whether the rate of the other is nowhere below the rule's; caps of the rule only lower it."""
    mine, theirs = rates(rule), rates(other)
    if mine is None or theirs is None or any(rate <= 0 for _, _, rate in mine) or rule.floors:
        return False
    tiered = len({type(x.worth) for x in (rule, other)}) == 1 and isinstance(rule.worth, m.Tiers)
    if isinstance(other.worth, m.Tiers) and not (tiered and _measure(other) == _measure(rule)):
        return False
    points = {(at, above) for at, above, _ in (*mine, *theirs) if at is not None}
    if isinstance(rule.worth, m.Flat) or not points:
        points = set()
    pairs = [(_at(mine, point), _at(theirs, point)) for point in sorted(points)] or [(mine[0][2], theirs[0][2])]
    tie = _rank(other) < _rank(rule)
    return all(a is None or (b is not None and (a < b or (a == b and tie))) for a, b in pairs)


def _measure(rule: m.Rule) -> m.Expr | None:
    return rule.worth.measure if isinstance(rule.worth, m.Tiers) else None


def _at(steps: list[tuple[Fraction | None, bool, Fraction]], point: tuple[Fraction, bool]) -> Fraction | None:
    """The rate at a threshold, or just above it."""
    reached = [rate for at, above, rate in steps if at is None or (at, above) <= point]
    return reached[-1] if reached else None


def _first(other: m.Rule, rule: m.Rule) -> bool:
    """Whether the other, in a `first` stage, comes before the rule and always takes something."""
    first, second = ((*_rank(each)[:2], tuple(-rank for rank in each.specificity), each.name) for each in (other, rule))
    return first < second and _takes(other)
