"""List price, account price, promotional and manual price of a line (3.1, 3.3, 3.7; calculation 4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.calendar import window_key
from rebates.model.outcome import Because, Decision, OrderError
from rebates.reference.arithmetic import ZERO
from rebates.reference.context import Line, Part, View, attribute, unit_factor
from rebates.reference.making import Bounds, check, finished
from rebates.reference.money_of import exchanged, tax_factor
from rebates.reference.qualify import refusal
from rebates.reference.rates import chosen
from rebates.reference.table_values import currency_of
from rebates.reference.tiers import Paid, reach
from rebates.reference.totals import in_condition
from rebates.reference.values import number, value


@dataclass(frozen=True)
class Offer:
    """A price that a rule gives a line, per ordered unit."""

    rule: m.Rule
    price: Fraction
    own_unit: bool  # stated in the ordered unit, not converted (1.3)
    row: tuple[str, int] | None
    tier: int | None
    measure: Fraction | None

    def order(self) -> tuple[object, ...]:
        """Among equals: ordered unit, lower price, priority, name (calculation 15)."""
        priority = self.rule.priority
        return (not self.own_unit, self.price, priority is None, priority or 0, self.rule.name)

    def by_price(self) -> tuple[object, ...]:
        """Of prices that compete by price alone: the lower, then priority, then name."""
        return (self.price, *self.order()[2:])


@dataclass(frozen=True)
class Priced:
    """The gross price of a line and where it comes from."""

    price: Fraction
    rule: str | None
    row: tuple[str, int] | None
    decisions: list[Decision]


def list_price(part: Part, line: Line) -> None:
    """Sets list price, list value and cost per ordered unit, in the agreement's currency and without tax."""
    master, day, first = part.rules.master, part.order.day, part.agreements[0]
    others = first.exchange is not None
    for kind, found in (
        ("list", master.list_price(line.given.item, line.given.unit, day, part.currency, others)),
        ("cost", master.cost(line.given.item, line.given.unit, day, part.currency, others)),
    ):
        if found is None:
            continue
        price = exchanged(part, first, found.amount, found.currency)
        if master.with_tax("list_prices" if kind == "list" else "costs"):
            price /= tax_factor(part, first, line)
        price *= line.factor / unit_factor(part, line, found.unit)
        if kind == "list":
            line.list_price = part.money.price(price) if part.money.words.price_first else price
        else:
            line.cost = price


def price_rules(part: Part) -> list[m.Rule]:
    return [rule for agreement in part.agreements for rule in agreement.rules if rule.kind == "price"]


def gross_price(part: Part, line: Line) -> Priced:
    """The price that stands, and what every price rule did."""
    decisions: list[Decision] = []
    offers: list[Offer] = []
    for rule in price_rules(part):
        found = _offer(rule, part, line)
        if isinstance(found, Offer):
            offers.append(found)
        else:
            decisions.append(found)
    if line.given.price is not None:
        decisions += [_lost(offer, line, "outranked", "manual") for offer in offers]
        return Priced(line.given.price, "manual", None, decisions)
    winner = _winner(part, line, offers, decisions)
    if winner is None and line.list_price is None:
        raise OrderError(
            "R0504",
            f"item `{line.given.item}` has no price",
            f"lines[{line.index}].item",
            "add a row to the table `list_prices`, or a price rule",
        )
    if winner is None:
        assert line.list_price is not None
        return Priced(line.list_price, None, None, decisions)
    decisions.append(Decision(winner.rule.id, line.index, "taken", winner.price, winner.tier, winner.measure))
    return Priced(winner.price, winner.rule.id, winner.row, decisions)


def _lost(offer: Offer, line: Line, because: Because, detail: str) -> Decision:
    return Decision(offer.rule.id, line.index, because, offer.price, offer.tier, offer.measure, None, detail)


def partners(part: Part, name: str) -> set[str]:
    """An agreement with those it adds to and those that add to it (7.4)."""
    own = part.agreement(name)
    joined = {name, *own.adds_to}
    return joined | {other.name for other in part.agreements if name in other.adds_to}


def _winner(part: Part, line: Line, offers: list[Offer], decisions: list[Decision]) -> Offer | None:
    ordinary = [offer for offer in offers if not offer.rule.promotional]
    promotional = [offer for offer in offers if offer.rule.promotional]
    speaking = next((a.name for a in part.agreements if any(o.rule.agreement == a.name for o in ordinary)), None)
    winner: Offer | None = None
    lost: list[Offer] = []
    below: list[Offer] = []
    if speaking is not None:
        together = partners(part, speaking)
        inside = [offer for offer in ordinary if offer.rule.agreement in together]
        decisions += [_lost(o, line, "outranked", speaking) for o in ordinary if o.rule.agreement not in together]
        ranked = [offer for offer in inside if not offer.rule.best]
        outranked: list[Offer] = []
        free = [offer for offer in inside if offer.rule.best]
        if ranked:
            top = max(offer.rule.specificity for offer in ranked)
            winner = min((offer for offer in ranked if offer.rule.specificity == top), key=Offer.order)
            outranked = [offer for offer in ranked if offer.rule.specificity < top]
        if free:
            lowest = min(free, key=Offer.by_price)
            if winner is None or lowest.price < winner.price:
                winner = lowest
        lost = [offer for offer in inside if offer is not winner and offer not in outranked]
        below = outranked
    at = winner.price if winner is not None else line.list_price
    lowest_promotion = min(promotional, key=Offer.by_price, default=None)
    forbidden = winner is not None and winner.rule.account_price_only
    if lowest_promotion is not None and not forbidden and (at is None or lowest_promotion.price < at):
        if winner is not None:
            lost.append(winner)
        winner = lowest_promotion
    lost += [offer for offer in promotional if offer is not winner]
    for offer in lost:
        decisions.append(_loser(offer, winner, line, forbidden))
    for offer in below:
        assert winner is not None
        stands = (
            winner.rule.specificity > offer.rule.specificity and not winner.rule.best and not winner.rule.promotional
        )
        decisions.append(_lost(offer, line, "outranked" if stands else "beaten", winner.rule.id))
    return winner


def _loser(offer: Offer, winner: Offer | None, line: Line, forbidden: bool) -> Decision:
    """Why an offer does not stand: outranked by a more specific one, else beaten (15a)."""
    if winner is None:
        return _lost(offer, line, "beaten", "list price")
    barred = offer.rule.promotional and forbidden
    return _lost(offer, line, "outranked" if barred else "beaten", winner.rule.id)


def price_by_rule(id: str, view: View, line: Line) -> Fraction | None:
    """The price that a rule gives the line, per ordered unit, whatever becomes of it (calculation 66)."""
    rule = next(rule for rule in view.agreement.rules if rule.id == id)
    found = _offer(rule, view.part, line)
    if not isinstance(found, Offer):
        return None
    money = view.part.money
    return money.price(found.price) if money.words.price_first else found.price


@dataclass(frozen=True)
class Stated:
    """A price as a row or rate states it, here per ordered unit."""

    price: Fraction
    own: bool  # in the ordered unit
    unit: str | None  # per which it is stated; None: per the ordered unit
    share: Fraction = Fraction(1)  # of the quantity
    ends: bool = True  # made by the rule, so its ending is put on it


def _offer(rule: m.Rule, part: Part, line: Line) -> Offer | Decision:
    """The price a rule gives, or why it gives none (calculation 13, 63)."""
    view = View(part, {}, {}, rule, part.agreement(rule.agreement))
    refused = refusal(rule, view, line)
    if refused is not None:
        return refused
    if rule.only_per is not None and rule.only_per != line.given.unit:
        return Decision(rule.id, line.index, "base")
    tier: int | None = None
    measure: Fraction | None = None
    row = None
    prices: list[Stated] | None
    worth = chosen(rule, view, line)
    if isinstance(worth, str):
        return Decision(rule.id, line.index, worth)
    part.chosen[rule.id, line.index] = worth.way
    match worth.worth:
        case m.PriceTable():
            found = _from_table(worth.worth, view, line)
            if found is None:
                return Decision(rule.id, line.index, "not listed")
            stated, row = found
            prices = [stated]
        case m.Flat(reward=reward):
            prices = _one(_reward_price(reward, view, line))
            if prices is None:
                return Decision(rule.id, line.index, "no price")
        case m.Tiers() as tiers:
            measure = number(tiers.measure, view, line)
            if measure is None:
                if tiers.without_baseline is None:
                    return Decision(rule.id, line.index, "no baseline")
                prices = _one(_reward_price(tiers.without_baseline, view, line))
                tier = -2
            else:
                before = number(tiers.measure, View(part, {}, {}, rule, view.agreement, hand=False), line)
                to_date = before is not None and _beyond_order(tiers.measure)
                start = before if to_date and before is not None else ZERO
                reached = reach(tiers, start, measure, to_date, part.returns, Fraction(1))
                if reached is None:
                    return Decision(rule.id, line.index, "no tier", ZERO, None, measure)
                tier = reached.tier
                prices = _slices(reached.now, view, line)
                counted = [each for each in reached.now if each.share != 0 or len(reached.now) == 1]
                if prices is None and all(_reward_price(each.reward, view, line) is not None for each in counted):
                    return Decision(rule.id, line.index, "no tier", ZERO, None, measure)
            if prices is None:
                return Decision(rule.id, line.index, "no price", ZERO, tier, measure)
        case _:
            raise AssertionError("the checker admits no other worth of a price")
    bounds = Bounds(
        None if rule.not_below is None else as_price(rule.not_below.value, None, view, line),
        None if rule.not_above is None else as_price(rule.not_above.value, None, view, line),
    )
    check(bounds, line, rule)
    price = ZERO
    for each in prices:
        made = finished(rule, each.price, each.unit, bounds, view, line) if each.ends else bounds.keep(each.price)
        price += made * each.share
    return Offer(rule, price, all(each.own for each in prices), row, tier, measure)


def _one(stated: Stated | None) -> list[Stated] | None:
    return None if stated is None else [stated]


def _beyond_order(expr: m.Expr) -> bool:
    match expr:
        case m.Total(scope=scope):
            return not scope.within_order
        case m.MeasureRef(value=inner) | m.Rounded(value=inner):
            return _beyond_order(inner)
        case m.Arithmetic(left=left, right=right):
            return _beyond_order(left) or _beyond_order(right)
        case m.Extreme(parts=parts):
            return any(_beyond_order(part) for part in parts)
        case m.Fallback(value=inner, otherwise=otherwise):
            return _beyond_order(inner) or _beyond_order(otherwise)
        case m.PerKey(value=inner):
            return any(in_condition(inner)) if isinstance(inner, m.Condition) else _beyond_order(inner)
        case _:
            return False


beyond_order = _beyond_order


def _slices(paid: tuple[Paid, ...], view: View, line: Line) -> list[Stated] | None:
    """The price of each slice with its share; what no row covers is at the list price."""
    found: list[Stated] = []
    for slice_ in paid:
        if slice_.share == 0 and len(paid) > 1:
            continue
        given = _reward_price(slice_.reward, view, line)
        if given is None:
            return None
        found.append(replace(given, share=slice_.share))
    covered = sum((each.share for each in found), ZERO)
    if covered < 1:
        if line.list_price is None:
            return None
        found.append(Stated(line.list_price, True, None, 1 - covered, ends=False))
    return found


def as_price(expr: m.Expr, unit: str | None, view: View, line: Line) -> Fraction | None:
    """A price per ordered unit. Money without a unit is per base unit (calculation 9)."""
    found = value(expr, view, line, unit)
    if found is None:
        return None
    assert isinstance(found, Fraction)
    if is_price(expr):
        per = line.factor if unit is None else unit_factor(view.part, line, unit)
    else:
        per = Fraction(1) if unit is None else unit_factor(view.part, line, unit)
    return found * line.factor / per


def is_price(expr: m.Expr) -> bool:
    """Whether an expression is a price per unit, not a bare amount."""
    match expr:
        case m.ItemPrice():
            return True
        case m.AttributeValue(attribute=wanted):
            return wanted.dimension == m.PRICE
        case m.ChargeAmount() | m.DaysBetween() | m.AgreementWindow():
            return False
        case _:
            return expr.dimension == m.PRICE


def _stated_unit(expr: m.Expr, unit: str | None) -> str | None:
    if unit is not None:
        return unit
    return expr.unit if isinstance(expr, m.Constant | m.Exchanged) else None


def _reward_price(reward: m.Reward, view: View, line: Line) -> Stated | None:
    """The price of a reward's pieces together; the unit it is stated in, if they have one in common."""
    whole, own = ZERO, True
    units: set[str | None] = set()
    for piece in reward.pieces:
        assert isinstance(piece, m.PricePiece)
        found = as_price(piece.value, piece.unit, view, line)
        if found is None:
            return None
        whole += found
        stated = _stated_unit(piece.value, piece.unit)
        if stated is None and not is_price(piece.value):
            stated = line.base_unit
        units.add(stated)
        own = own and stated in (None, line.given.unit)
    return Stated(whole, own, units.pop() if len(units) == 1 else None)


def _from_table(worth: m.PriceTable, view: View, line: Line) -> tuple[Stated, tuple[str, int]] | None:
    """The row of line, account and day; of several groups the lower price; the ordered unit before another (3.3, 1.3)."""
    part = view.part
    table = part.rules.tables[worth.table]
    rows: list[tuple[bool, Fraction, tuple[str, int], str, str | None]] = []
    names = [column.name for column in table.schema.keys]
    for row in table.rows():
        if not row.holds(part.order.day):
            continue
        amount = row.cells[worth.column]
        if not isinstance(amount, Fraction):
            continue
        unit = line.base_unit
        fits = True
        for name, key in zip(names, worth.keys, strict=True):
            cell = row.cells[name]
            if key == "unit":
                unit = str(cell)
            elif key == "group":
                fits = fits and cell in part.rules.master.groups(part.order.account, part.order.day)
            elif isinstance(key, m.Attribute):
                fits = fits and cell == attribute(part, line, key)
            elif key != "currency":
                fits = fits and cell == window_key(key, part.order.day)
        if not fits:
            continue
        per = part.rules.master.factor(line.given.item, unit, part.order.day, line.base_unit)
        if per is None:
            continue
        price = amount * line.factor / per
        rows.append((unit != line.given.unit, price, (row.file, row.number), unit, currency_of(row, part)))
    if view.agreement.exchange is None:
        rows = [row for row in rows if row[4] is None]
    if not rows:
        return None
    rows = [row for row in rows if row[4] is None] or rows  # those in the own currency go before others
    tax = tax_factor(part, view.agreement, line) if worth.with_tax else Fraction(1)
    found = [
        (converted, exchanged(part, view.agreement, price, currency) / tax, place, unit)
        for converted, price, place, unit, currency in rows
    ]
    converted, price, row_place, unit = min(found)
    return Stated(price, not converted, unit), row_place
