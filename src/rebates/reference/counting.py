"""Pays rewards on the lines of a group: percents, amounts, packages, prices, sums (4.4; calculation 20, 21)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from rebates.model import nodes as m
from rebates.reference.arithmetic import ZERO
from rebates.reference.context import View, in_unit, unit_factor
from rebates.reference.groups import Amounts, Use, partition
from rebates.reference.prices import as_price, is_price
from rebates.reference.tiers import ONE, Paid, Reached
from rebates.reference.values import number


def is_incremental(rule: m.Rule) -> bool:
    """Whether the rule pays slices."""
    return isinstance(rule.worth, m.Tiers) and rule.worth.mode == "incremental"


@dataclass(frozen=True)
class Counting:
    """Pays rewards on the lines of a group."""

    rule: m.Rule
    view: View
    running: Amounts
    uses: list[Use]
    single: bool
    to_date: bool
    sets: int = 0  # bundles that were made

    @property
    def slices(self) -> bool:
        return is_incremental(self.rule) and not self.view.part.returns

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
                    times = self.sets if piece.per_bundle else 1
                    return ratio * times * self.base() * paid.share
                if not is_price(of):
                    worth = number(of, view, uses[0].line)
                    return None if worth is None else ratio * worth * paid.share
                whole = ZERO
                for use in uses:
                    price = as_price(of, None, view, use.line)
                    if price is None:
                        return None
                    whole += price * use.line.quantity * use.chosen * self.share(use)
                return ratio * whole * paid.share
            case m.UnitPiece(amount=amount, package=package) if package.unit == "bundle":
                each = number(amount, view, uses[0].line)
                return None if each is None else each * self.sets * paid.share / package.size
            case m.PricePiece(value=expr, unit="bundle"):
                price = number(expr, view, uses[0].line)
                if price is None:
                    return None
                whole = sum((self.running[u.line.index] * u.chosen * self.share(u) for u in uses), ZERO)
                return max(whole - price * self.sets, ZERO) * paid.share
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
                    units = use.line.quantity * use.chosen * self.share(use) * paid.share
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
                return each * len(partition(scope, [use.line for use in uses], view))

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
        return sum((in_unit(self.view.part, use.line, unit) * use.chosen * self.share(use) for use in uses), ZERO)

    def per_unit(self, each: Fraction, package: m.Package, share: Fraction) -> Fraction:
        """An amount per unit, exact (4.4 b); on a line it stops at the running price of its units (3.6)."""
        if package.unit is None:
            return each * self.base() * share / package.size
        amount = each * self.quantity(package.unit, self.uses) * share / package.size
        if self.single and self.rule.kind == "discount" and amount > 0 and self.rule.base.value is None:
            use = self.uses[0]
            amount = min(amount, self.running[use.line.index] * use.chosen * self.share(use) * share)
        return amount

    def packages(self, package: m.Package, share: Fraction) -> Fraction:
        """Full or started packages of the scope's sum, inside the slice (4.4 d)."""
        count: Callable[[Fraction], int] = floor if package.kind == "full" else ceil
        if package.unit is None:
            return Fraction(count(self.base() * share / package.size))
        whole = 0
        for lines in partition(package.scope, [use.line for use in self.uses], self.view):
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
