"""What a cap makes of tiers, payouts that fall where sales rise, percents above all, and rules whose order decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TypeGuard

from rebates.model import nodes as m
from rebates.model.exact import decimal_text
from rebates.model.ground import Ground, Told, others_in_stage, plain_rate
from rebates.model.reads import pieces
from rebates.syntax.diagnostics import Label


def moot(rule: m.Rule, ground: Ground) -> Iterator[Told]:
    """Upper tiers that a cap leaves nothing to give, whatever the order."""
    worth = rule.worth
    if not isinstance(worth, m.Tiers) or rule.kind == "charge" or len(worth.rows) < 2:
        return
    yield from moot_tiers(
        worth, rule.caps, lambda cap: _is_own_money(worth, rule, cap), lambda cap: cap.scope is rule.decides
    )


def moot_tiers(
    worth: m.Tiers,
    caps: Sequence[m.Bound],
    own_money: Callable[[m.Bound], bool],
    same_scope: Callable[[m.Bound], bool],
) -> Iterator[Told]:
    """Upper tiers that one of the caps leaves nothing to give."""
    for cap in caps:
        if not _constant(cap.value) or cap.window is not None:
            continue
        most = cap.value.value
        assert isinstance(most, Fraction)
        pays = _paid(worth, cap, own_money, same_scope)
        if pays is None:
            continue
        first = next((at for at in range(1, len(worth.rows)) if _all_reach(at, worth, pays, most)), None)
        if first is None:
            continue
        row, rest = worth.rows[first], len(worth.rows) - first
        which = "this tier pays" if rest == 1 else f"the {rest} tiers from here on pay"
        says = f"{which} no more than `{worth.rows[first - 1].span.text}`, which reaches the cap"
        yield Told(row.span, says, "raise the cap, or leave the tiers out", (Label(cap.span, "the cap"),))
        return


def _constant(expr: m.Expr) -> TypeGuard[m.Constant]:
    return isinstance(expr, m.Constant) and isinstance(expr.value, Fraction)


# a corner: the row, and the measure there
_Corner = tuple[int, Fraction]


def _all_reach(first: int, worth: m.Tiers, pays: Callable[[_Corner], Fraction], most: Fraction) -> bool:
    """Whether the cap is reached just before a row begins, and wherever a payout is least from there on."""
    rows = worth.rows
    corners = [(first - 1, rows[first].threshold)]
    corners += [(at, rows[at].threshold) for at in range(first, len(rows))]
    corners += [(at, rows[at + 1].threshold) for at in range(first, len(rows) - 1)]
    return all(pays(corner) >= most for corner in corners)


def _paid(
    worth: m.Tiers, cap: m.Bound, own_money: Callable[[m.Bound], bool], same_scope: Callable[[m.Bound], bool]
) -> Callable[[_Corner], Fraction] | None:
    """What a tier pays at a measure, in what the cap bounds; None where it takes more than the text to know."""
    rates = [plain_rate(row.reward) for row in worth.rows]
    plain = [rate for rate in rates if rate is not None]
    if len(plain) == len(rates):
        if cap.on == "rate" and worth.mode == "retroactive":
            return lambda corner: plain[corner[0]]
        if cap.on != "amount" or not own_money(cap):
            return None
        if worth.mode == "retroactive":
            return lambda corner: plain[corner[0]] * corner[1]
        if worth.mode == "incremental":
            starts = [row.threshold for row in worth.rows]
            return lambda corner: _slices(starts, plain, corner[1])
        return None
    sums = [_sum(row.reward) for row in worth.rows]
    known = [one for one in sums if one is not None]
    if worth.mode == "lump sum" and cap.on == "amount" and len(known) == len(sums) and same_scope(cap):
        return lambda corner: known[corner[0]]
    return None


def _slices(starts: Sequence[Fraction], rates: Sequence[Fraction], measure: Fraction) -> Fraction:
    paid = Fraction(0)
    for index, (start, rate) in enumerate(zip(starts, rates, strict=True)):
        end = min(measure, starts[index + 1]) if index + 1 < len(starts) else measure
        paid += rate * max(end - start, Fraction(0))
    return paid


def _sum(reward: m.Reward) -> Fraction | None:
    match reward.pieces:
        case (m.SumPiece(amount=m.Constant(value=Fraction() as value)),):
            return value
        case _:
            return None


def _is_own_money(worth: m.Tiers, rule: m.Rule, cap: m.Bound) -> bool:
    """Whether the measure is the very amount that the percent is paid on, over the scope that the cap bounds."""
    total = worth.measure.value if isinstance(worth.measure, m.MeasureRef) else worth.measure
    covered = [when.condition for when in rule.when]
    return (
        isinstance(total, m.Total)
        and total.what in ("list", "gross", "net")
        and total.scope.within_order
        and total.scope is cap.scope
        and rule.base.what == "running"
        and rule.base.value is None
        and not covered
        and total.where is None
        and total.what == "net"
        and rule.limit is None
    )


def falling(rule: m.Rule, ground: Ground) -> Iterator[Told]:
    """A tier of a discount that gives less than the one before it."""
    worth = rule.worth
    if rule.kind == "discount" and isinstance(worth, m.Tiers):
        yield from falling_tiers(worth)


def falling_tiers(worth: m.Tiers) -> Iterator[Told]:
    """A tier that gives less than the one before it."""
    if worth.mode not in ("retroactive", "lump sum"):
        return
    of = plain_rate if worth.mode == "retroactive" else _sum
    for before, row in zip(worth.rows, worth.rows[1:], strict=False):
        less, more = of(row.reward), of(before.reward)
        if less is not None and more is not None and less < more:
            message = f"who buys more gets less: this tier gives less than `{before.span.text}`"
            yield Told(row.span, message, 'mend the rate; or accept it with `accept falling "why"`')


def excess(rule: m.Rule, ground: Ground) -> Iterator[Told]:
    """A percent above the whole of what it is paid on: a discount takes no more than what is left of a line (23)."""
    if rule.kind != "discount" or rule.base.value is not None or rule.base.what == "quantity":
        return
    for piece in pieces(rule.worth):
        match piece:
            case m.PercentPiece(rate=m.Constant(value=Fraction() as rate), of=None) if rate > 1:
                message = (
                    f"`{decimal_text(rate * 100)}%` is more than the whole: a discount takes no more than there is"
                )
                yield Told(piece.span, message, 'write at most `100%`, or accept it with `accept excess "why"`')


def ordering(rule: m.Rule, ground: Ground) -> Iterator[Told]:
    """Rules without priority in a stage where order decides: moving their text changes what is paid."""
    stage = next((stage for stage in ground.agreement.stages if stage.name == rule.stage), None)
    if stage is None or stage.combine != "sequence" or rule.priority is not None:
        return
    for other in others_in_stage(rule, ground):
        if other.priority is None and other.place < rule.place and _is_percent(rule) != _is_percent(other):
            message = (
                f"the order of the text decides what is paid: {other.kind} `{other.name}` comes before `{rule.name}`"
            )
            help = 'write `priority 1` and `priority 2`, or accept it with `accept ordering "why"`'
            yield Told(rule.span, message, help, (Label(other.span, "comes first"),))
            return


def _is_percent(rule: m.Rule) -> bool:
    """Whether a rule takes a share of what is there: shares commute, amounts and shares do not."""
    rewards = (
        [rule.worth.reward]
        if isinstance(rule.worth, m.Flat)
        else [row.reward for row in rule.worth.rows]
        if isinstance(rule.worth, m.Tiers)
        else []
    )
    return (
        bool(rewards) and all(plain_rate(reward) is not None for reward in rewards) and not (rule.caps or rule.floors)
    )
