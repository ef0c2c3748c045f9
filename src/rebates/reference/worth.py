"""What a rule's base comes to, and what its rates, tiers and tables pay on it (93)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from fractions import Fraction
from math import ceil, floor

from rebates.model import nodes as m
from rebates.model.conversions import convert
from rebates.model.expressions import dimension
from rebates.model.settlement import Cut, Next, Status
from rebates.reference.arithmetic import ZERO
from rebates.reference.context import Line, View
from rebates.reference.history import Entry
from rebates.reference.over import Over
from rebates.reference.prices import as_price, is_price
from rebates.reference.rates import holds_on, row_of
from rebates.reference.tiers import ONE, Reached, reach, reached_index
from rebates.reference.values import number, truth, unknown_in


class Missing(Exception):
    """Something that an amount needs has no value."""

    def __init__(self, status: Status, detail: str | None) -> None:
        super().__init__(status, detail)
        self.status, self.detail = status, detail


def needed(expr: m.Expr, view: View, line: Line | None = None) -> Fraction:
    """The value of an expression; Missing says why there is none."""
    found = number(expr, view, line)
    if found is None:
        path = unknown_in(expr, view, line)
        if path.startswith("fact "):
            raise Missing("waits", path)
        raise Missing("unknown" if path else "no baseline", path or None)
    return found


# --- the base


@dataclass
class Base:
    """What is paid on. `parts` is what each posting has of it, None where it is no sum of sales (93a)."""

    value: Fraction
    unit: str | None  # of a quantity
    parts: dict[Entry, Fraction] | None
    signs: dict[Entry, int] = field(default_factory=dict)
    counted: list[Entry] = field(default_factory=list)
    share: Fraction = ONE  # what a limit leaves

    @property
    def paid_on(self) -> Fraction:
        return self.value * self.share


def base_of(expr: m.Expr, over: Over) -> Base:
    """The base, not below zero (93a)."""
    what = dimension(expr)
    unit = what.unit if what.kind == "quantity" else None
    counted = _sales(expr, over)
    if reads_line(expr):
        each: dict[Entry, Fraction] = {}
        for entry in counted:
            one = replace(over, keep=(*over.keep, lambda other, entry=entry: other is entry), entry=entry, known=False)  # type: ignore[misc]
            each[entry] = needed(expr, replace(over.of_sale(entry), over=one), entry.line)
        return Base(max(sum(each.values(), ZERO), ZERO), unit, each, dict.fromkeys(each, 1), counted)
    value = needed(expr, over.view())
    parts: dict[Entry, Fraction] = {}
    signs: dict[Entry, int] = {}
    linear = _decompose(expr, over, ONE, parts, signs)
    return Base(max(value, ZERO), unit, parts if linear else None, signs, counted)


def _sales(expr: m.Expr, over: Over) -> list[Entry]:
    """Every posting that any total of the expression counts, by day and id."""
    found: dict[str, Entry] = {}
    for total, where in _totals(expr, over):
        for entry in where.entries(total):
            found[entry.posted.id] = entry
    return sorted(found.values(), key=lambda entry: (entry.posted.day, entry.posted.id))


def counted(expr: m.Expr | None, over: Over) -> list[Entry]:
    """The postings of a base, without working it out."""
    return [] if expr is None else _sales(expr, over)


def _totals(node: object, over: Over) -> Iterator[tuple[m.Total, Over]]:
    """Every total, and where it is read: in a value per key once for each key."""
    match node:
        case m.Total():
            yield node, over
        case m.PerKey(value=value):
            for one in over.keyed(node):
                yield from _totals(value, one)
        case m.MeasureRef(name=name, value=value):
            if over.judge.order is not None or f"{over.judge.agreement.name}.{name}" not in over.judge.given:
                yield from _totals(value, over)
        case tuple():
            for part in node:
                yield from _totals(part, over)
        case _ if is_dataclass(node) and not isinstance(node, type):
            for each in fields(node):
                if each.name != "span":
                    yield from _totals(getattr(node, each.name), over)


def reads_line(node: object) -> bool:
    """Whether an expression is of each sale: it reads an attribute or a table row of its item, line or order (5.1 c)."""
    match node:
        case m.Total() | m.PerKey():
            return False
        case m.ItemPrice():
            return True
        case m.Attribute():
            return node.subject in ("item", "line", "order")
        case m.TableValue():
            return any(key == "unit" or (isinstance(key, m.Attribute) and reads_line(key)) for key in node.keys)
        case tuple():
            return any(reads_line(part) for part in node)
        case _ if is_dataclass(node) and not isinstance(node, type):
            return any(reads_line(getattr(node, each.name)) for each in fields(node) if each.name != "span")
        case _:
            return False


def _decompose(
    expr: m.Expr, over: Over, factor: Fraction, parts: dict[Entry, Fraction], signs: dict[Entry, int]
) -> bool:
    """Adds up what each posting has of a sum of totals; False where it is no such sum."""
    match expr:
        case m.MeasureRef(name=name, value=value):
            if f"{over.judge.agreement.name}.{name}" in over.judge.given:
                return False
            return _decompose(value, over, factor, parts, signs)
        case m.Total(full=False) if expr.what not in ("lines", "orders", "deliveries", "distinct"):
            for entry in over.entries(expr):
                part = over.contribution(expr, entry)
                if part is None:
                    return False
                parts[entry] = parts.get(entry, ZERO) + factor * part
                signs[entry] = max(signs.get(entry, -1), 1 if factor > 0 else -1)
            return True
        case m.Arithmetic(op="+" | "-" as op, left=left, right=right):
            other = factor if op == "+" else -factor
            return _decompose(left, over, factor, parts, signs) and _decompose(right, over, other, parts, signs)
        case (
            m.Arithmetic(op="*", left=m.Constant(value=Fraction() as times), right=inner)
            | m.Arithmetic(op="*", left=inner, right=m.Constant(value=Fraction() as times))
        ):
            return _decompose(inner, over, factor * times, parts, signs)
        case m.Arithmetic(op="/", left=inner, right=m.Constant(value=Fraction() as by)) if by:
            return _decompose(inner, over, factor / by, parts, signs)
        case _:
            return False


# --- what is paid on it


@dataclass
class Worth:
    """What a rule is worth before bounds, and what is told with it."""

    amount: Fraction = ZERO
    cuts: list[Cut] = field(default_factory=list)
    measure: Fraction | None = None
    tier: int | None = None
    next: Next | None = None
    status: Status | None = None


@dataclass
class Paying:
    """Works out rewards on a base."""

    over: Over
    base: Base
    charge: bool
    prorated: Fraction = ONE
    before: Over | None = (
        None  # of an order in hand: what was before it, and only what is paid on the base counts (122)
    )

    def worth(self, worth: m.Worth, measure_is_base: bool) -> Worth:
        """What the rule is worth on its base (93b to 93e)."""
        match worth:
            case m.Amount(value=value):
                return Worth(max(needed(value, self.over.view()), ZERO))
            case m.Flat() | m.Tiers() | m.Levels():
                return self._plain(worth, self.base, (), measure_is_base)
            case m.Cases():
                return self._cases(worth)
            case m.RateTable():
                return self._table(worth)
            case m.PriceTable():
                raise AssertionError("a rebate is paid by tiers, rates and tables of rates")

    def _plain(
        self, worth: m.Flat | m.Tiers | m.Levels | None, base: Base, row: tuple[str, ...], measure_is_base: bool = False
    ) -> Worth:
        match worth:
            case None:
                return Worth()
            case m.Flat(reward=reward):
                cut = self.cut(reward, base, ONE, None, row)
                return Worth(cut.amount, [cut])
            case m.Levels(measure=measure, rows=levels):
                value = needed(measure, self.over.view())
                reached = [r for r in levels if value > r.threshold or (value == r.threshold and not r.above)]
                if not reached:
                    return Worth(measure=value, status="no tier")
                return self._plain(reached[-1].worth, base, row)
            case m.Tiers():
                return self._tiers(worth, base, row, measure_is_base)

    def _tiers(self, tiers: m.Tiers, base: Base, row: tuple[str, ...], measure_is_base: bool) -> Worth:
        tiers = self._cut_short(tiers)
        try:
            measure = needed(tiers.measure, self.over.view())
        except Missing:
            if tiers.without_baseline is None:
                raise
            cut = self.cut(tiers.without_baseline, base, ONE, -2, row)
            return Worth(cut.amount, [cut], None, -2)
        start = self._start(tiers, measure)
        found = reach(tiers, start, measure, start != 0, False, base.share)
        out = Worth(measure=measure)
        if found is None:
            out.status = "no tier"
        else:
            out.tier = found.tier
            if self.before is None or not tiers.mode.startswith("lump sum"):
                out.cuts = self._rows(tiers, found, base, row)
            out.amount = sum((cut.amount for cut in out.cuts), ZERO)
        if not row:
            out.next = self._next(tiers, measure, replace(base, share=ONE), measure_is_base)
        return out

    def _start(self, tiers: m.Tiers, measure: Fraction) -> Fraction:
        """Where slices begin: at zero; of an order in hand at the measure before it, if it moves the measure (122)."""
        if self.before is None:
            return ZERO
        before = number(tiers.measure, self.before.view(), None)
        return ZERO if before is None or before == measure else before

    def _rows(self, tiers: m.Tiers, found: Reached, base: Base, row: tuple[str, ...]) -> list[Cut]:
        """One cut for each row that pays; incremental shares are of the whole base, others of what a limit left."""
        incremental = tiers.mode == "incremental" and found.tier is not None and found.tier >= 0
        whole = replace(base, share=ONE) if incremental else base
        places = range(len(found.now)) if len(found.now) > 1 or incremental else [found.tier or 0]
        if found.tier == -1:
            places = [-1]
        return [
            self.cut(paid.reward, whole, paid.share, place, row) for paid, place in zip(found.now, places, strict=True)
        ]

    def _next(self, tiers: m.Tiers, measure: Fraction, base: Base, measure_is_base: bool) -> Next | None:
        """The lowest row not entered, and what its threshold would be worth more, on all of the base (93j)."""
        index = reached_index(tiers, measure)
        place = 0 if index is None else index + 1
        if place >= len(tiers.rows):
            return None
        threshold = tiers.rows[place].threshold
        missing = threshold - measure
        rows = tuple(replace(r, above=False) if at == place else r for at, r in enumerate(tiers.rows))
        entered = replace(tiers, rows=rows)
        grown = replace(base, value=base.value + missing, parts=None, signs={}) if measure_is_base else base
        here, there = reach(tiers, ZERO, measure, False, False, ONE), reach(entered, ZERO, threshold, False, False, ONE)
        assert there is not None
        try:
            now = ZERO if here is None else sum((cut.amount for cut in self._rows(tiers, here, base, ())), ZERO)
            then = sum((cut.amount for cut in self._rows(entered, there, grown, ())), ZERO)
        except Missing:
            return None
        return Next(threshold, missing, then - now)

    def _cut_short(self, tiers: m.Tiers) -> m.Tiers:
        """Thresholds and lump sums of a window that is only a part of one (101)."""
        if self.prorated == 1:
            return tiers
        scaled = dimension(tiers.measure).kind in ("money", "quantity") or _is_total(tiers.measure)
        times = self.prorated if scaled else ONE
        rows = tuple(replace(r, threshold=r.threshold * times) for r in tiers.rows)
        below = None if tiers.below is None else replace(tiers.below, threshold=tiers.below.threshold * times)
        return replace(tiers, rows=rows, below=below)

    def _cases(self, cases: m.Cases) -> Worth:
        view = replace(self.over, hopeful=False).view()
        holding = [at for at, r in enumerate(cases.rows) if r.when is None or truth(r.when, view, None) is True]
        if not cases.every:
            holding = holding[:1]
        if not holding:
            return Worth(status="no tier")
        cuts = [self.cut(cases.rows[at].reward, self.base, ONE, at, ()) for at in holding]
        tier = None if cases.every else holding[0]
        return Worth(sum((cut.amount for cut in cuts), ZERO), cuts, tier=tier)

    def _table(self, table: m.RateTable) -> Worth:
        """Each sale goes to the row of its keys; rows are paid apart (93d)."""
        out = Worth()
        dated = any(row.first is not None or row.last is not None for row in table.rows)
        if not table.keys and not (dated and self.base.parts):
            standing = [row for row in table.rows if holds_on(row, self.over.upto)]
            return self._plain(standing[0].worth, self.base, (), False) if standing else out
        if not self.base.parts and not any(reads_line(key) or key == "unit" for key in table.keys):
            if self.base.value == 0:
                return out
            place = row_of(table, self.over.view(), None)  # a base that sums no sales (93d)
            standing_row = None if place is None else table.rows[place]
            if standing_row is None or standing_row.worth is None:
                return out
            return self._plain(standing_row.worth, self.base, tuple(str(key) for key in standing_row.keys))
        assert self.base.parts is not None, "the base of a table by sales is a sum of sales"
        rows: dict[int, dict[Entry, Fraction]] = {}
        for entry, part in self.base.parts.items():
            row = row_of(table, self.over.of_sale(entry), entry.line)
            if row is not None:
                rows.setdefault(row, {})[entry] = part
        tiers = set()
        for place, parts in sorted(rows.items()):
            keys = tuple(str(key) for key in table.rows[place].keys)
            part_of = replace(self.base, value=max(sum(parts.values(), ZERO), ZERO), parts=parts)
            found = self._plain(table.rows[place].worth, part_of, keys)
            out.amount += found.amount
            out.cuts += found.cuts
            if out.measure is None:
                out.measure = found.measure
            out.status = found.status if found.status is not None else out.status
            tiers.add(found.tier)
        out.tier = next(iter(tiers)) if len(tiers) == 1 else None
        if out.cuts:
            out.status = None
        return out

    # --- rewards

    def cut(self, reward: m.Reward, base: Base, share: Fraction, tier: int | None, row: tuple[str, ...]) -> Cut:
        """What a reward pays on a share of the base."""
        pieces = reward.pieces if share else tuple(p for p in reward.pieces if isinstance(p, m.SumPiece))
        amount = sum((self._piece(piece, base, share) for piece in pieces), ZERO)
        return Cut(base.paid_on * share, self._rate(reward), amount, tier, row)

    def _rate(self, reward: m.Reward) -> Fraction | None:
        if len(reward.pieces) != 1:
            return None
        match reward.pieces[0]:
            case m.PercentPiece(rate=rate, of=None) if not reads_line(rate):
                return number(rate, self.over.view(), None)
            case m.UnitPiece(amount=amount) if not reads_line(amount):
                return number(amount, self.over.view(), None)
            case _:
                return None

    def _piece(self, piece: m.Piece, base: Base, share: Fraction) -> Fraction:
        view = self.over.view()
        part = share * base.share
        match piece:
            case m.PercentPiece(rate=rate, of=None):
                if reads_line(rate):
                    return part * sum((mine * self._of_sale(rate, e) for e, mine in self._parts(base).items()), ZERO)
                return needed(rate, view) * base.value * part
            case m.PercentPiece(rate=rate, of=of):
                assert of is not None
                if is_price(of) or reads_line(of) or reads_line(rate):
                    whole = ZERO
                    for entry in self._parts(base):
                        one = needed(of, self.over.of_sale(entry), entry.line)
                        if is_price(of):
                            one *= self._quantity(entry, base, entry.line.given.unit)
                        whole += one * (self._of_sale(rate, entry) if reads_line(rate) else needed(rate, view))
                    return whole * part
                return ZERO if self.before is not None else needed(rate, view) * needed(of, view) * share
            case m.SumPiece(amount=amount):
                if self.before is not None:
                    return ZERO
                return needed(amount, view) * self.prorated
            case m.UnitPiece(amount=amount, package=package):
                if reads_line(amount):
                    assert package.unit is not None
                    return (
                        part
                        * sum(
                            (
                                self._of_sale(amount, e) * self._quantity(e, base, package.unit)
                                for e in self._parts(base)
                            ),
                            ZERO,
                        )
                        / package.size
                    )
                count = self._count(base, package.unit) * part / package.size
                if package.kind != "each":
                    count = Fraction(floor(count) if package.kind == "full" else ceil(count))
                return needed(amount, view) * count
            case m.PricePiece(value=price, unit=unit):
                return self._fixed_price(price, unit, base) * part

    def _fixed_price(self, price: m.Expr, unit: str | None, base: Base) -> Fraction:
        """What the base costs less the price of its units; of a charge their price (93b)."""
        whole = ZERO
        if base.value == 0 and not self.charge:
            return whole
        for entry in self._parts(base):
            at = as_price(price, unit, self.over.of_sale(entry), entry.line)
            if at is None:
                raise Missing("no baseline", None)
            priced = at * self._quantity(entry, base, entry.line.given.unit)
            costs = self._parts(base)[entry] if base.unit is None else base.signs[entry] * (entry.amount("net") or ZERO)
            whole += priced if self.charge else costs - priced
        return max(whole, ZERO)

    def _of_sale(self, expr: m.Expr, entry: Entry) -> Fraction:
        return needed(expr, self.over.of_sale(entry), entry.line)

    def _parts(self, base: Base) -> dict[Entry, Fraction]:
        if base.parts is None:
            raise Missing("no baseline", None)
        return base.parts

    def _quantity(self, entry: Entry, base: Base, unit: str) -> Fraction:
        """The quantity of a posting in the base: its part of a base in units, else what was sold."""
        if base.unit is None:
            return base.signs[entry] * entry.quantity_in(unit)
        own = entry.quantity_in(base.unit)
        return self._parts(base)[entry] * entry.quantity_in(unit) / own if own else ZERO

    def _count(self, base: Base, unit: str | None) -> Fraction:
        """The base in a unit; in money for packages of money."""
        if unit is None or unit == base.unit:
            return base.value
        if base.parts is not None:
            return max(sum((self._quantity(entry, base, unit) for entry in base.parts), ZERO), ZERO)
        ratio = convert(base.unit, unit, [], []) if base.unit is not None else None
        if ratio is None:
            raise Missing("no baseline", None)
        return base.value * ratio


def _is_total(expr: m.Expr) -> bool:
    match expr:
        case m.Total():
            return True
        case m.MeasureRef(value=value):
            return _is_total(value)
        case _:
            return False


def surcharges(node: object) -> bool:
    """Whether a stated rate is a surcharge: below zero, in a rebate and in a charge (4.1 b)."""
    match node:
        case m.PercentPiece(rate=stated) | m.UnitPiece(amount=stated) | m.SumPiece(amount=stated):
            match stated:
                case m.Constant(value=Fraction() as value) | m.Exchanged(value=value):
                    return value < 0
            return False
        case tuple():
            return any(surcharges(part) for part in node)
        case m.RateTable(rows=rows):
            return any(surcharges(row.worth) for row in rows)
        case _ if is_dataclass(node) and not isinstance(node, type):
            return any(surcharges(getattr(node, each.name)) for each in fields(node) if each.name != "span")
        case _:
            return False
