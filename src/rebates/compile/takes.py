"""What one rule alone would take: the lines it covers, its tier, its reward, its limits and its stops (18 to 23)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rebates.compile.amounts import ZERO, shared, stopped
from rebates.compile.goods import BUNDLE, Picked, add, has_goods, pick
from rebates.compile.rates import by_choice, choice, is_choosing
from rebates.compile.rewards import (
    Basis,
    NoValue,
    Reached,
    enters,
    fixed,
    interpolated,
    known,
    paid,
    partition,
    reach,
    row_at,
    slices,
)
from rebates.compile.stand import Cell, Stand, Take
from rebates.compile.state import Line, Reader, Settled
from rebates.compile.uses import no_uses
from rebates.compile.values import holds, number, units
from rebates.model.nodes import (
    Amount,
    Base,
    Bound,
    Flat,
    Limit,
    PriceTable,
    Reward,
    Scope,
    Tiers,
    UnitPiece,
)
from rebates.plan.codes import needs_code
from rebates.plan.conditions import measure_unit
from rebates.plan.expressions import kind_of
from rebates.plan.from_model import plan_of
from rebates.plan.nodes import Here, Missing, RulePlan
from rebates.plan.totals import total_key

ONE = Fraction(1)
NO_TIER, NO_BASELINE, NO_PRICE = "no tier", "no baseline", "no price"


# --- who is covered ---------------------------------------------------------------------------------------------------


def covered(here: Here, at: Reader) -> Settled | None:
    """Why the rule does not cover the line; None if it does. Where nobody asks why, one that cannot apply is not looked at."""
    plan = at.line.plan
    if at.view.part.considered is not None and here.number not in plan.others:
        return Settled("condition")
    return qualified(plan_of(plan, here), at)


def qualified(rule: RulePlan, at: Reader) -> Settled | None:
    """Why the rule does not cover the line: dates, code, a condition, its base; None if it does (6)."""
    here = rule.here
    if not rule.in_dates:
        return Settled("dates")
    if needs_code(here.rule) and not rule.codes.valid:
        return Settled(rule.codes.because, None, rule.codes.code)
    if here.rule.uses and (spent := no_uses(here, rule.codes, at.view.part)) is not None:
        return spent
    for clause in rule.clauses:
        verdict = holds(clause.left, at)
        if isinstance(verdict, Missing):
            return Settled("unknown", clause.number, verdict.path)
        if not verdict:
            return Settled("condition", clause.number)
    not_on, part = here.rule.not_on, at.view.part
    if "promotional prices" in not_on and at.line.price_rule in part.book.terms.promotions:
        return Settled("promotional")
    if "discounted lines" in not_on and at.line.place in part.discounted:
        return Settled("discounted")
    if not rule.unit_fits or holds(rule.base, at) is not True:
        return Settled("base")
    if is_choosing(here):
        found = choice(at)
        if isinstance(found, Settled):
            return found if found.because == "not listed" else None
        at.view.part.chosen[at.line.place, here.number] = found.way
        if not isinstance(found.worth, PriceTable):
            return None
    if isinstance(here.rule.worth, PriceTable) and not rule.rows:
        return Settled("not listed")
    return None


# --- what it would take -----------------------------------------------------------------------------------------------


def taken_alone(stand: Stand, here: Here, places: Sequence[int]) -> Take:
    """What the rule would take on these lines, alone."""
    rule = here.rule
    take = Take(here, {}, {}, [], {})
    lines = stand.part.lines
    if rule.gift is not None and not rule.gift.inclusive:
        return _gifts(stand, take, [lines[place] for place in places])
    goods = Picked()
    if has_goods(rule):
        goods = pick(stand.part, stand.view, stand.running, here, [lines[place] for place in places])
        take.refused |= goods.refused
        take.spent = goods.spent
        places = [place for place in places if place not in goods.refused]
    together = rule.decides is not Scope.LINE or stand.stage.kind == "on charges"
    cells: list[tuple[Here, list[Line]]] = []
    for own, some in by_choice(stand.view, here, lines, places, take.own, take.refused):
        for cut in _cells(rule.decides, together, [lines[place] for place in some], some):
            cell = [lines[place] for place in cut]
            if _reached(stand, take, own, cell):
                cells.append((own, cell))
    allowed = (
        _limited(stand, take, sorted((line for _, cell in cells for line in cell), key=lambda line: line.place), goods)
        if rule.limit is not None and rule.limit.unit != BUNDLE and rule.gift is None
        else {}
    )
    for own, cell in cells:
        left = [line for line in cell if allowed.get(line.place, ONE) > 0]
        while left:
            basis = _basis(stand, own, left, [allowed.get(line.place, ONE) for line in left], together, goods)
            try:
                amount = _amount(stand, take, basis)
            except NoValue as none:
                why = NO_BASELINE if isinstance(rule.worth, Amount) else NO_PRICE
                lost = [line for line in left if line.place == none.place] or left
                for line in lost:
                    take.refused[line.place] = Settled(why)
                left = [line for line in left if line not in lost]
                continue
            take.cells.append(_cell(stand, own, basis, amount))
            break
    if take.cells:
        _bounded(stand, take, allowed, goods)
    _stop(stand, take)
    _uses(take, goods, allowed, lines)
    return take


def _uses(take: Take, goods: Picked, allowed: dict[int, Fraction], lines: Sequence[Line]) -> None:
    """What the rule uses up of its lines, and of a limit on its goods (44)."""
    rule, limit = take.here.rule, take.here.rule.limit
    if limit is None or limit.unit is None:
        return
    if rule.sets is None and rule.gift is None:
        take.spent = {place: goods.paid.get(place, ONE) * share for place, share in allowed.items()}
    elif limit.unit == BUNDLE:
        take.goods_used = {place: Fraction(goods.sets[place]) for place in goods.first}
    else:
        take.goods_used = {
            place: lines[place].quantity * units(lines[place], limit.unit) * paid * allowed.get(place, ONE)
            for place, paid in goods.paid.items()
        }


def _gifts(stand: Stand, take: Take, lines: list[Line]) -> Take:
    """Goods that are added: a cell for each count of them, worth what they would cost (41, 43)."""
    used = ZERO
    for places in partition(take.here.rule.decides, lines):
        counted = [lines[place] for place in places]
        found = add(stand.part, stand.view, take.here, counted, used)
        if isinstance(found, str):
            take.refused |= {line.place: Settled(found) for line in counted}
            continue
        used += found.used
        amount = found.list_value - found.net_value
        weights = [stand.running[line.place] for line in counted]
        whole = sum(weights, ZERO)
        shares = [amount * w / whole if whole else amount / len(counted) for w in weights]
        take.cells.append(Cell([line.place for line in counted], amount, shares, True, weights, found))
        unused = take.here.rule.unused
        take.spent |= {line.place: ONE - stand.part.spent.get(line.place, ZERO) if unused else ONE for line in counted}
        take.goods_used[counted[0].place] = found.used
    return take


def _cells(scope: Scope, together: bool, lines: list[Line], places: Sequence[int]) -> list[list[int]]:
    parts = partition(scope if together else Scope.LINE, lines)
    return [[places[index] for index in part] for part in parts]


def _reached(stand: Stand, take: Take, own: Here, cell: list[Line]) -> bool:
    """Notes the row that the measure reaches on these lines; False and the reason where there is none."""
    tiers = own.rule.worth
    if not isinstance(tiers, Tiers):
        return True
    reached = reach(tiers, Reader(stand.view, own, cell[0]))
    for line in cell:
        take.reached[line.place] = reached
        if reached.row is None:
            take.refused[line.place] = Settled(NO_BASELINE if reached.measure is None else NO_TIER)
    return reached.row is not None


def _basis(stand: Stand, here: Here, lines: list[Line], shares: list[Fraction], together: bool, goods: Picked) -> Basis:
    base = here.rule.base
    chosen = [goods.paid.get(line.place, ONE) for line in lines]
    basis = Basis(
        here,
        stand.view,
        lines,
        [_base(stand, base, line) * part for line, part in zip(lines, chosen, strict=True)],
        shares,
        stand.running,
        stand.discount,
        together,
        chosen=chosen,
        sets=max((goods.sets.get(line.place, 0) for line in lines), default=0),
    )
    if base.value is not None:
        found = number(base.value, basis.at(lines[0]))
        if isinstance(found, Missing):
            found = ZERO
        if kind_of(base.value) == "quantity":
            basis.whole, basis.quantity = ZERO, found
        else:
            basis.whole = found
    return basis


def _base(stand: Stand, base: Base, line: Line) -> Fraction:
    match base.what:
        case "list":
            return line.gross_value if line.list_value is None else line.list_value
        case "gross":
            return line.gross_value
        case "net":
            assert stand.view.net is not None
            return stand.view.net[line.place]
        case "invoice":
            assert stand.view.invoice is not None
            return stand.view.invoice[line.place]
        case "charge":
            if stand.stage.kind == "on charges":
                return stand.running[line.place]
            return line.charges.get(base.charge or "", ZERO)
        case _:
            return stand.base(line)


def _amount(stand: Stand, take: Take, on: Basis) -> Fraction:
    """The reward on these lines, limits on the base applied, bounds on the amount not yet (4.2, 4.4)."""
    worth, returns = on.here.rule.worth, stand.part.returns
    match worth:
        case Flat():
            return paid(worth.reward, on, ONE) + (ZERO if returns else fixed(worth.reward, on))
        case Amount():
            if returns and on.together:
                return ZERO
            return max(ZERO, known(worth.value, on, on.lines[0]))
        case Tiers():
            return _tiered(worth, take.reached[on.lines[0].place], on, returns)
        case _:
            raise AssertionError("the worth of these lines is chosen by now")


def _tiered(tiers: Tiers, reached: Reached, on: Basis, returns: bool) -> Fraction:
    row = reached.row
    assert row is not None
    if row == -2:
        assert tiers.without_baseline is not None
        return paid(tiers.without_baseline, on, ONE) + (ZERO if returns else fixed(tiers.without_baseline, on))
    if row == -1:
        assert tiers.below is not None
        return paid(tiers.below.reward, on, ONE) + (ZERO if returns else fixed(tiers.below.reward, on))
    measure = reached.measure
    assert measure is not None
    if returns:
        reward = interpolated(tiers, row, measure) if tiers.mode == "interpolated" else tiers.rows[row].reward
        return paid(reward, on, ONE)
    if tiers.mode == "incremental":
        return _incremental(tiers, measure, reached.before, on)
    grown, here_only = _split_beyond(tiers, reached, on)
    return grown + here_only


def _incremental(tiers: Tiers, measure: Fraction, before: Fraction | None, on: Basis) -> Fraction:
    """Each slice at its own row (4.2 b); fixed sums of rows newly entered (4.4 c)."""
    whole = on.unlimited()
    result = ZERO
    for each in slices(tiers, ZERO if before is None else before, measure, on.allowed()):
        result += paid(tiers.rows[each.row].reward, whole, each.share)
    if before is not None and measure < before:
        return result
    for tier in tiers.rows:
        if enters(tier, measure) and not (before and enters(tier, before)):
            result += fixed(tier.reward, on)
    return result


def _split_beyond(tiers: Tiers, reached: Reached, on: Basis) -> tuple[Fraction, Fraction]:
    """What the total to date grew by, and what this order alone earns (5.4 a); within an order only the latter."""
    measure, before = reached.measure, reached.before
    assert measure is not None
    rewards = _rewards_at(tiers, measure)
    if before is None:
        return ZERO, sum((paid(reward, on, ONE) + fixed(reward, on) for reward in rewards), ZERO)
    # a total of zero has entered no row: the first order also enters `from 0` (21)
    until_now = _rewards_at(tiers, before) if before else []
    to_date = _to_date(rewards, tiers, measure, on) - _to_date(until_now, tiers, before, on)
    order_only = sum((paid(_without(reward, tiers), on, ONE) for reward in rewards), ZERO)
    return max(ZERO, to_date), order_only


def _rewards_at(tiers: Tiers, measure: Fraction) -> list[Reward]:
    row = row_at(tiers, measure)
    if row is None:
        below = tiers.below
        return [below.reward] if below is not None and measure < below.threshold else []
    if tiers.mode == "lump sum every tier":
        return [tier.reward for tier in tiers.rows if enters(tier, measure)]
    if tiers.mode == "interpolated":
        return [interpolated(tiers, row, measure)]
    return [tiers.rows[row].reward]


def _counts_to_date(piece: object, tiers: Tiers) -> bool:
    """Packages that count the measure itself, to date (22c)."""
    if not isinstance(piece, UnitPiece) or piece.package.kind == "each" or piece.package.scope.within_order:
        return False
    unit = measure_unit(tiers.measure)
    return piece.package.unit == unit if piece.package.unit is not None else kind_of(tiers.measure) == "money"


def _without(reward: Reward, tiers: Tiers) -> Reward:
    """What is paid on this order only."""
    return Reward(tuple(piece for piece in reward.pieces if not _counts_to_date(piece, tiers)), span=reward.span)


def _to_date(rewards: list[Reward], tiers: Tiers, measure: Fraction, on: Basis) -> Fraction:
    """Fixed sums and packages of a total to date."""
    result = ZERO
    for reward in rewards:
        result += fixed(reward, on)
        for piece in reward.pieces:
            if isinstance(piece, UnitPiece) and _counts_to_date(piece, tiers):
                count = measure / piece.package.size
                whole = count.numerator // count.denominator
                if piece.package.kind == "started":
                    whole = -(-count.numerator // count.denominator)
                result += known(piece.amount, on, on.lines[0]) * whole
    return result


# --- limits on the base -----------------------------------------------------------------------------------------------


def _limited(stand: Stand, take: Take, lines: list[Line], goods: Picked) -> dict[int, Fraction]:
    """The share of each line that the rule's limit lets in; a line left with nothing is `used up` (22)."""
    limit = take.here.rule.limit
    assert limit is not None
    allowed: dict[int, Fraction] = {}
    for places in partition(limit.scope, lines):
        cell = [lines[place] for place in places]
        room = limit.quantity if limit.quantity is not None else limit.money
        assert room is not None
        if not limit.scope.within_order:
            key = total_key(stand.part.book, take.here, limit.key or "", limit.scope, limit.window)
            room -= stand.part.order.totals.get(key, ZERO)
        for line in _in_turn(limit, cell, stand):
            size = _size(limit, line, stand, take.here.rule.base) * goods.paid.get(line.place, ONE)
            used = min(size, max(ZERO, room))
            if limit.whole_transaction and room > 0:
                used = size
            room -= used
            allowed[line.place] = used / size if size else (ONE if room > 0 or limit.quantity is None else ZERO)
            take.used[line.place] = used
            if allowed[line.place] == 0:
                take.refused[line.place] = Settled("used up")
    return allowed


def _size(limit: Limit, line: Line, stand: Stand, base: Base) -> Fraction:
    if limit.quantity is None:
        return _base(stand, base, line)
    assert limit.unit is not None
    return line.quantity * units(line, limit.unit)


def _in_turn(limit: Limit, cell: list[Line], stand: Stand) -> list[Line]:
    """The order in which lines use a limit (4.5 e)."""
    if limit.takes == "in order" or limit.quantity is None:
        return cell

    def unit_price(line: Line) -> Fraction:
        return stand.running[line.place] / (line.quantity * units(line, line.plan.item.base_unit))

    sign = -1 if limit.takes == "dearest" else 1
    return sorted(cell, key=lambda line: (sign * unit_price(line), line.place))


# --- amounts of groups, bounds, stops ---------------------------------------------------------------------------------


def _cell(stand: Stand, here: Here, on: Basis, amount: Fraction) -> Cell:
    places = [line.place for line in on.lines]
    if not on.together:
        return Cell(places, amount, [amount], False, [ONE])
    weights = [weight * on.part(n) for n, weight in enumerate(weights_of(stand, here, on.lines))]
    shares = shared(amount, weights, not stand.discount)
    return Cell(places, sum(shares, ZERO), shares, True, weights)


def weights_of(stand: Stand, here: Here, lines: Sequence[Line]) -> list[Fraction]:
    """By what an amount is spread over lines (19)."""
    rule = here.rule
    if rule.spread == "amount":
        return [max(ZERO, stand.running[line.place]) for line in lines]
    unit = measure_unit(rule.worth.measure) if isinstance(rule.worth, Tiers) else None
    if unit is None:
        unit = next((piece.package.unit for piece in _pieces(here) if isinstance(piece, UnitPiece)), None)
        unit = None if unit == BUNDLE else unit
    return [line.quantity * units(line, unit or line.plan.item.base_unit) for line in lines]


def _pieces(here: Here) -> list[object]:
    match here.rule.worth:
        case Flat(reward):
            return list(reward.pieces)
        case Tiers(rows=rows):
            return [piece for row in rows for piece in row.reward.pieces]
        case _:
            return []


def _bounded(stand: Stand, take: Take, allowed: dict[int, Fraction], goods: Picked) -> None:
    """Rate bounds, floors, caps, the minimum payout; all of a narrow scope before those of a wide one (4.5 a)."""
    rule = take.here.rule
    least = () if rule.pays_from is None else (rule.pays_from,)
    for width in sorted({_width(bound) for bound in (*rule.floors, *rule.caps, *least)}):
        for on in ("rate", "amount"):
            for bounds, cap in ((rule.floors, False), (rule.caps, True)):
                for bound in bounds:
                    if bound.on != on or _width(bound) != width:
                        continue
                    if on == "rate":
                        _bound_rate(stand, take, bound, allowed, cap, goods)
                    else:
                        _bound_amount(stand, take, bound, cap)
        for bound in least:
            if _width(bound) == width:
                _minimum(stand, take, bound)


def _width(bound: Bound) -> int:
    return {Scope.LINE: 0, Scope.ITEM: 1, Scope.DELIVERY: 1, Scope.ORDER: 2}.get(bound.scope, 3)


def _bound_rate(stand: Stand, take: Take, bound: Bound, allowed: dict[int, Fraction], cap: bool, goods: Picked) -> None:
    """A bound on the rate holds for each line or group: the amount at most, or at least, bound × its base (22b)."""
    for cell in take.cells:
        lines = [stand.part.lines[place] for place in cell.places]
        basis = _basis(stand, take.here, lines, [allowed.get(line.place, ONE) for line in lines], cell.group, goods)
        rate = number(bound.value, Reader(stand.view, take.here, lines[0]))
        if isinstance(rate, Missing):
            continue
        edge = rate * basis.base() if basis.whole is None else rate * basis.whole * basis.allowed()
        amount = min(cell.amount, edge) if cap else max(cell.amount, edge)
        if amount != cell.amount:
            cell.shares = shared(amount, cell.weights, not stand.discount)
            cell.amount = sum(cell.shares, ZERO)


def _scopes(stand: Stand, take: Take, scope: Scope) -> list[list[int]]:
    """The lines the rule takes on, cut by a bound's scope: places in the part."""
    places = sorted(place for cell in take.cells for place in cell.places)
    return [
        [places[index] for index in part] for part in partition(scope, [stand.part.lines[place] for place in places])
    ]


def _bound_amount(stand: Stand, take: Take, bound: Bound, cap: bool) -> None:
    for places in _scopes(stand, take, bound.scope):
        edge = number(bound.value, Reader(stand.view, take.here, stand.part.lines[places[0]]))
        if isinstance(edge, Missing):
            continue
        if cap and not bound.scope.within_order:
            key = total_key(stand.part.book, take.here, bound.key or "", bound.scope, bound.window)
            edge -= stand.part.order.totals.get(key, ZERO)
        total = sum((take.on(place) for place in places), ZERO)
        if cap:
            if total <= edge:
                continue
            if bound.all_or_nothing:
                for place in places:
                    take.refused[place] = Settled("used up")
                leave(take, places)
                continue
            if edge <= 0:
                for place in places:
                    take.refused[place] = Settled("used up")
                edge = ZERO
        elif total >= edge or not any(_base(stand, take.here.rule.base, stand.part.lines[place]) for place in places):
            continue
        _replace(stand, take, places, edge, bound.scope)


def _replace(stand: Stand, take: Take, places: list[int], amount: Fraction, scope: Scope) -> None:
    """Gives these lines another amount together, spread by what each would have got (19, 22)."""
    got = [take.on(place) for place in places]
    if not any(got):
        got = [weights_of(stand, take.own.get(place, take.here), [stand.part.lines[place]])[0] for place in places]
    line = scope is Scope.LINE and next(cell for cell in take.cells if places[0] in cell.places).group is False
    shares = shared(amount, got, not stand.discount)
    leave(take, places)
    take.cells.append(Cell(list(places), sum(shares, ZERO), shares, not line, [ONE] if line else list(shares)))


def leave(take: Take, places: Sequence[int]) -> None:
    """Takes lines out of the cells they are in; the others keep what they have."""
    kept: list[Cell] = []
    for cell in take.cells:
        if not any(place in places for place in cell.places):
            kept.append(cell)
            continue
        rest = [(place, share) for place, share in zip(cell.places, cell.shares, strict=True) if place not in places]
        if rest:
            shares = [share for _, share in rest]
            kept.append(Cell([place for place, _ in rest], sum(shares, ZERO), shares, cell.group, list(shares)))
    take.cells = kept


def _minimum(stand: Stand, take: Take, bound: Bound) -> None:
    """Less than the minimum payout is lost (4.5 b)."""
    for places in _scopes(stand, take, bound.scope):
        edge = number(bound.value, Reader(stand.view, take.here, stand.part.lines[places[0]]))
        if isinstance(edge, Missing) or abs(sum((take.on(place) for place in places), ZERO)) >= edge:
            continue
        for place in places:
            take.refused.setdefault(place, Settled("pays from"))
        leave(take, places)


def _stop(stand: Stand, take: Take) -> None:
    """No take above the running amount, nor below a minimum price (3.6)."""
    if not stand.discount:
        return
    for cell in take.cells:
        if cell.amount > 0:
            cell.shares = stopped_shares(stand, take.here, cell, cell.amount)


def stopped_shares(stand: Stand, here: Here, cell: Cell, amount: Fraction) -> list[Fraction]:
    """An exact amount over the cell's lines, stopped at zero and at the rule's minimum price."""
    room, above_lowest, move = _room(stand, here, cell)
    return stopped(amount, cell.weights, room, above_lowest, move)


def spread_shares(stand: Stand, here: Here, cell: Cell) -> list[Fraction]:
    """The cell's amount rounded, then spread over its lines, then stopped (2.4, 3.6)."""
    rounder = stand.part.rounder
    amount, weights = rounder.line(cell.amount), cell.weights
    if stand.stage.kind == "on charges":
        amount = min(amount, sum((stand.running[place] for place in cell.places), ZERO))  # never above what is left
    if not any(weights):
        weights = [ONE if not stand.discount else ZERO] * len(weights)
    parts = rounder.spread(amount, weights)
    if not stand.discount or amount <= 0:
        return parts
    room, above_lowest, move = _room(stand, here, cell)
    bounds = [rounder.whole(each) for each in (above_lowest if move else room)]
    open_lines = [place for place, weight in enumerate(weights) if weight]
    while True:
        excess = sum((parts[place] - bounds[place] for place in open_lines if parts[place] > bounds[place]), ZERO)
        parts = [min(part, bound) for part, bound in zip(parts, bounds, strict=True)]
        open_lines = [place for place in open_lines if parts[place] < bounds[place]]
        if not excess or not open_lines:
            break
        moved = rounder.spread(excess, [weights[place] for place in open_lines])
        for place, more in zip(open_lines, moved, strict=True):
            parts[place] += more
    return [min(part, rounder.whole(each)) for part, each in zip(parts, above_lowest, strict=True)]


def _room(stand: Stand, here: Here, cell: Cell) -> tuple[list[Fraction], list[Fraction], bool]:
    """What each line can give at all, and above its minimum price, and whether what that stops may move (3.6)."""
    room = [max(ZERO, stand.running[place]) for place in cell.places]
    below = here.rule.not_below
    if below is None:
        return room, room, False
    above_lowest: list[Fraction] = []
    for place, running in zip(cell.places, room, strict=True):
        line = stand.part.lines[place]
        price = number(below.value, Reader(stand.view, here, line))
        above_lowest.append(running if isinstance(price, Missing) else max(ZERO, running - price * line.quantity))
    return room, above_lowest, below.to_other_lines
