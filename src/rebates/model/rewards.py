"""Rewards and tiers: what a rule pays, and which row pays it."""

from __future__ import annotations

from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.expressions import (
    Typing,
    alike,
    amount_of,
    check_currency,
    check_unit,
    describe,
    dimension,
    scope_of,
    typed,
)
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Label
from rebates.syntax.source import Span


def measure_scope(measure: m.Expr) -> m.Scope:
    """The scope a tier measure is judged on; the order where it reads no line."""
    return scope_of(measure) or m.Scope.ORDER


def typed_reward(reward: s.Reward, kind: str, scope: m.Scope, typing: Typing) -> m.Reward | None:
    """The model of a reward. `scope` is where fixed sums and packages count without a word: the measure's, else the order."""
    pieces = [_piece(piece, kind, scope, typing) for piece in reward.pieces]
    sound = tuple(piece for piece in pieces if piece is not None)
    return m.Reward(sound, span=reward.span) if len(sound) == len(pieces) else None


def _signed(value: Fraction, surcharge: bool, kind: str) -> Fraction:
    """A surcharge takes the other sign in a discount; a charge is one anyway (4.1 b)."""
    return -value if surcharge and kind in ("discount", "rebate") else value


def _piece(piece: s.Piece, kind: str, scope: m.Scope, typing: Typing) -> m.Piece | None:
    match piece:
        case s.PercentReward(percent=percent, surcharge=surcharge, of=of, per_bundle=per_bundle):
            rate = m.Constant(_signed(percent.points / 100, surcharge, kind), m.NUMBER, span=percent.span)
            if of is None:
                return m.PercentPiece(rate, per_bundle=per_bundle, span=piece.span)
            value = typed(of, typing)
            if value is None:
                return None
            if dimension(value) not in (m.PRICE, m.MONEY):
                typing.error(
                    "R0214",
                    of.span,
                    f"a percent of {describe(dimension(value))} is no amount",
                    "write a percent of a price or of money",
                )
                return None
            if kind == "price":
                product = m.Arithmetic("*", rate, value, dimension(value), span=piece.span)
                return m.PricePiece(product, None, span=piece.span)
            return m.PercentPiece(rate, value, span=piece.span)
        case s.MoneyReward(money=money, surcharge=surcharge, package=package, per=per):
            amount = amount_of(money, _signed(money.number.value, surcharge, kind), typing)
            if package is None:
                own = m.Scope(per) if per is not None else (scope if scope.within_order else m.Scope.ORDER)
                return m.SumPiece(amount, own, span=piece.span)
            made = _package(package, scope, typing)
            return m.UnitPiece(amount, made, span=piece.span) if made else None
        case s.PriceReward(value=value_, unit=unit):
            value = typed(value_, typing)
            if value is None:
                return None
            if unit is not None and unit != "bundle":
                check_unit(unit, piece.span, typing)
            if dimension(value) not in (m.PRICE, m.MONEY):
                typing.error(
                    "R0214",
                    value_.span,
                    f"a price is money per unit, this is {describe(dimension(value))}",
                    "write `price EUR 0.62 per piece`",
                )
                return None
            return m.PricePiece(value, unit, span=piece.span)
        case s.ComputedReward(value=value_, package=package):
            value = typed(value_, typing)
            if value is None:
                return None
            if package is not None:
                return _computed_per(value, package, piece.span, scope, typing)
            match dimension(value).kind:
                case "number":
                    return m.PercentPiece(value, span=piece.span)
                case "money":
                    own = scope if scope.within_order else m.Scope.ORDER
                    return m.SumPiece(value, own, span=piece.span)
                case "price" if kind == "price":
                    return m.PricePiece(value, None, span=piece.span)
            typing.error(
                "R0214",
                value_.span,
                f"a reward is a percent or an amount, this is {describe(dimension(value))}",
                "write a rate",
            )
            return None
        case s.PointsReward() | s.GoodsReward() if kind != "rebate":
            what = "points" if isinstance(piece, s.PointsReward) else "goods as a reward"
            typing.error("R0650", piece.span, f"{what} are earned over time", "make this rule a `rebate`")
            return None
        case s.PointsReward(points=points, package=package):
            amount_ = m.Constant(points.value, m.NUMBER, span=points.span)
            if package is None:
                return m.SumPiece(amount_, m.Scope.ORDER, span=piece.span)
            counted = _package(package, scope, typing)
            return m.UnitPiece(amount_, counted, span=piece.span) if counted is not None else None
        case s.GoodsReward(quantity=quantity):
            check_unit(quantity.unit, quantity.span, typing)
            given = m.Constant(quantity.number.value, m.Dimension("quantity", quantity.unit), span=quantity.span)
            return m.SumPiece(given, m.Scope.ORDER, span=piece.span)


def _computed_per(value: m.Expr, package: s.Package, span: Span, scope: m.Scope, typing: Typing) -> m.UnitPiece | None:
    """An amount per unit or package that is worked out."""
    if dimension(value) != m.MONEY:
        typing.error(
            "R0214",
            value.span,
            f"an amount per {package.span.text.removeprefix('per ')} is money, this is {describe(dimension(value))}",
            "write an amount of money, or leave out `per …`",
        )
        return None
    made = _package(package, scope, typing)
    return m.UnitPiece(value, made, span=span) if made else None


def _package(package: s.Package, scope: m.Scope, typing: Typing) -> m.Package | None:
    size = package.size.value if package.size is not None else Fraction(1)
    own = m.Scope.LINE if package.per_line else scope
    unit = None
    if isinstance(package.of, s.Money):
        check_currency(package.of, typing)
        size = package.of.number.value
    else:
        unit = package.of
        if unit != "bundle":  # counts sets (8.2)
            check_unit(unit, package.span, typing)
    if size <= 0:
        typing.error("R0320", package.span, "a package of nothing cannot be counted", "give it a size above zero")
        return None
    if package.kind == "each":
        own = m.Scope.LINE
    return m.Package(package.kind, size, unit, own, span=package.span)


def typed_tiers(clause: s.TiersClause, kind: str, typing: Typing) -> m.Tiers | None:
    """The model of a tier table: thresholds in the measure's unit, ascending, bounds without doubt (4.1)."""
    measure = typed(clause.measure, typing)
    if measure is not None and (dim := dimension(measure)).kind in ("text", "date"):
        typing.error(
            "R0214",
            clause.measure.span,
            f"tiers stand on something that can be measured, this is {describe(dim)}",
            "write a quantity, a value or a ratio",
        )
        return None
    scope = measure_scope(measure) if measure is not None else m.Scope.ORDER
    like = measure  # what the thresholds are like; each other where the measure could not be read
    rows: list[m.Tier] = []
    below: m.Tier | None = None
    without: m.Reward | None = None
    continues = sound = False
    ok = True
    for row in clause.rows:
        if row.bound == "continues":
            if clause.mode != "interpolated" or row is not clause.rows[-1]:
                typing.error(
                    "R0321", row.span, "`continues` stands last in interpolated tiers, and nowhere else", "leave it out"
                )
            continues = True
            continue
        assert row.reward is not None
        reward = typed_reward(row.reward, kind, scope, typing)
        if row.bound == "without baseline":
            without = reward
            ok = ok and reward is not None
            continue
        assert row.threshold is not None
        if isinstance(row.threshold, s.Money):
            check_currency(row.threshold, typing)
        threshold = typed(row.threshold, typing)
        like = like or threshold
        converted = alike(like, threshold, row.threshold.span, typing) if like and threshold else None
        value = constant_value(converted)
        if reward is None or value is None:
            ok = False
            continue
        tier = m.Tier(row.bound == "above", value, reward, span=row.span)
        if row.bound == "below":
            if below is not None or rows:
                typing.error("R0322", row.span, "`below` stands once, before the other rows", "move it to the top")
                ok = False
            below = tier
            continue
        ok = _ascends(tier, rows, below, typing) and ok
        rows.append(tier)
        sound = True
    if measure is None or not ok:
        return None
    if not sound:
        typing.error("R0323", clause.span, "these tiers have no row", "add a row such as `from 50 carton 3%`")
        return None
    tiers = m.Tiers(clause.mode, measure, tuple(rows), below, without, continues, span=clause.span)
    return tiers if mode_fits(tiers, typing) else None


def constant_value(expr: m.Expr | None) -> Fraction | None:
    """The value of a constant, also of one converted to another unit."""
    match expr:
        case m.Constant(value=Fraction() as value):
            return value
        case m.Arithmetic(op="*", left=left, right=right):
            a, b = constant_value(left), constant_value(right)
            return a * b if a is not None and b is not None else None
        case _:
            return None


def _ascends(tier: m.Tier, rows: list[m.Tier], below: m.Tier | None, typing: Typing) -> bool:
    before = rows[-1] if rows else below
    if before is None:
        return True
    order = (tier.threshold, tier.above) > (before.threshold, before.above) or (
        before is below and tier.threshold >= before.threshold
    )
    if order:
        return True
    same = tier.threshold == before.threshold
    typing.names.report.error(
        "R0325" if same else "R0324",
        tier.span,
        "two tiers begin at one threshold" if same else "this tier begins below the one before it",
        "keep one of them" if same else "write the tiers from the lowest threshold to the highest",
        labels=(Label(before.span, "the tier before"),),
    )
    return False


def mode_fits(tiers: m.Tiers, typing: Typing) -> bool:
    """Whether the mode can pay what its rows say; `nothing` fits all but interpolated ones."""
    rewards = [row.reward for row in tiers.rows]
    if tiers.mode.startswith("lump sum"):
        for reward in rewards:
            if reward.pieces and not any(isinstance(piece, m.SumPiece) for piece in reward.pieces):
                typing.error(
                    "R0326",
                    reward.span,
                    "a lump-sum tier pays a sum of money",
                    "write an amount such as `EUR 500`, or choose `retroactive` or `incremental`",
                )
                return False
    if tiers.mode == "interpolated":
        kinds = {(type(reward.pieces[0]) if reward.pieces else None, len(reward.pieces)) for reward in rewards}
        if len(kinds) > 1 or next(iter(kinds))[1] != 1:
            typing.error(
                "R0327",
                tiers.span,
                "interpolated tiers go from one rate to the next: all rows pay the same kind of thing",
                "write percents in all rows, or amounts in all rows",
            )
            return False
        packages = {reward.pieces[0].package for reward in rewards if isinstance(reward.pieces[0], m.UnitPiece)}
        if len({(p.kind, p.size, p.unit) for p in packages}) > 1 or any(p.kind != "each" for p in packages):
            typing.error(
                "R0327",
                tiers.span,
                "interpolated amounts are per one unit, the same in all rows",
                "write the same unit in every row",
            )
            return False
        if len(tiers.rows) < 2:
            typing.error("R0328", tiers.span, "there is nothing to go between", "interpolated tiers need two rows")
            return False
    return True
