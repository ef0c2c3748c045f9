"""List price, account price, gross value of each line (semantics 3.3; 11 to 16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from rebates.compile.amounts import ZERO
from rebates.compile.endings import Form
from rebates.compile.rates import choice, is_choosing
from rebates.compile.rewards import Reached, interpolated, price_per_ordered, reach, slices
from rebates.compile.state import Line, Part, Reader, Settled, View
from rebates.compile.takes import covered
from rebates.compile.values import number, taxed, units
from rebates.model.nodes import (
    Attribute,
    Constant,
    Exchanged,
    Expr,
    Flat,
    PercentPiece,
    Piece,
    PricePiece,
    PriceTable,
    Reward,
    SumPiece,
    Tiers,
    UnitPiece,
)
from rebates.model.outcome import OrderError
from rebates.plan.expressions import kind_of
from rebates.plan.facts import RowFound
from rebates.plan.from_model import plan_of
from rebates.plan.money import in_own_currency
from rebates.plan.nodes import Here, Missing

ONE = Fraction(1)


@dataclass(slots=True)
class Offer:
    """The price a rule gives a line, per ordered unit; `converted` if it was stated for another unit."""

    here: Here
    price: Fraction
    converted: bool
    rank: tuple[int, int]
    row: tuple[str, int] | None

    def key(self) -> tuple[bool, Fraction, tuple[bool, int], str, int]:
        rule = self.here.rule
        return self.converted, self.price, (rule.priority is None, rule.priority or 0), rule.name, rule.place


def price_lines(part: Part) -> None:
    """Gives every line of the part its prices and values; R0504 where a line has no price at all."""
    rounder = part.rounder
    view = View(part, None, None)
    carried = ZERO
    for line in part.lines:
        price = line.plan.list_price
        if price is not None and rounder.terms.price_first:
            price = rounder.price(price)
        line.list_price = price
        line.list_value = None
        if price is not None:
            exact = price * line.quantity + carried
            line.list_value = rounder.line(exact)
            carried = exact - line.list_value if rounder.terms.carry_difference else ZERO
    carried = ZERO
    for line in part.lines:
        price = _gross_price(part, view, line)
        if rounder.terms.price_first:
            price = rounder.price(price)
        line.gross_price = price
        exact = price * line.quantity + carried
        line.gross_value = rounder.line(exact)
        carried = exact - line.gross_value if rounder.terms.carry_difference else ZERO
        line.net = price * line.quantity if rounder.terms.round_once else line.gross_value


def _gross_price(part: Part, view: View, line: Line) -> Fraction:
    offers: list[Offer] = []
    for here in part.rules_in("", part.book.terms.prices):
        found, reached = _offer(view, here, line)
        settled = found if isinstance(found, Settled) else Settled("beaten")
        if isinstance(found, Offer):
            settled.amount = found.price
            offers.append(found)
        if reached is not None:
            settled.tier, settled.measure = reached.row, reached.measure
        part.decisions[line.place, here.number] = settled
    if line.given.price is not None:
        for offer in offers:
            _lose(part, line, offer, "outranked", "manual")
        line.price_rule = "manual"
        return line.given.price
    winner = _winner(part, line, offers)
    if winner is not None:
        settled = part.decisions[line.place, winner.here.number]
        settled.because, settled.detail = "taken", None
        line.price_rule, line.price_row = winner.here.rule.id, winner.row
        return winner.price
    if line.list_price is None:
        raise OrderError(
            "R0504",
            f"no price for `{line.given.item}` in `{line.given.unit}`",
            f"lines[{line.index}].item",
            "add a row to the table `list_prices`, or a price rule that covers the item",
        )
    return line.list_price


def _winner(part: Part, line: Line, offers: Sequence[Offer]) -> Offer | None:
    """Which offer gives the price; the others learn why not (15, 15a)."""
    book = part.book
    plain = [offer for offer in offers if not offer.here.rule.promotional]
    promotional = [offer for offer in offers if offer.here.rule.promotional]
    names = {offer.here.agreement.name for offer in plain}
    speaker = next((agreement.name for agreement in book.terms.agreements if agreement.name in names), None)
    speaking = [
        offer for offer in plain if speaker is not None and offer.here.agreement.name in book.terms.partners[speaker]
    ]
    specific = [offer for offer in speaking if not offer.here.rule.best]
    competing = [offer for offer in speaking if offer.here.rule.best]
    chosen: Offer | None = None
    if specific:
        highest = max(offer.rank for offer in specific)
        chosen = min((offer for offer in specific if offer.rank == highest), key=Offer.key)
    first = chosen
    if competing:
        lowest = min(competing, key=lambda offer: offer.key()[1:])
        if chosen is None or lowest.price < chosen.price:
            chosen = lowest
    closed = chosen is not None and chosen.here.rule.account_price_only
    standing = chosen.price if chosen is not None else line.list_price
    before_promotion = chosen
    if promotional and not closed:
        lowest = min(promotional, key=lambda offer: offer.key()[1:])
        if standing is None or lowest.price < standing:
            chosen = lowest
    name = chosen.here.rule.id if chosen is not None else "list price"
    for offer in offers:
        if offer is chosen:
            continue
        if offer.here.rule.promotional and closed and before_promotion is not None:
            _lose(part, line, offer, "outranked", before_promotion.here.rule.id)
        elif offer in plain and offer not in speaking:
            _lose(part, line, offer, "outranked", speaker)
        elif first is not None and first is chosen and offer in specific and offer.rank < first.rank:
            _lose(part, line, offer, "outranked", name)
        else:
            _lose(part, line, offer, "beaten", name)
    return chosen


def _lose(part: Part, line: Line, offer: Offer, because: str, detail: str | None) -> None:
    settled = part.decisions[line.place, offer.here.number]
    settled.because, settled.detail = because, detail


# --- one rule's price -------------------------------------------------------------------------------------------------


def price_by_rule(id: str, part: Part, line: Line) -> Fraction | None:
    """The price a rule gives the line, per ordered unit, whatever becomes of it (66)."""
    here = next(each for each in part.book.terms.prices if each.rule.id == id)
    found, _ = _offer(View(part, None, None), here, line)
    if not isinstance(found, Offer):
        return None
    return part.rounder.price(found.price) if part.rounder.terms.price_first else found.price


def _offer(view: View, here: Here, line: Line) -> tuple[Offer | Settled, Reached | None]:
    rule, at = here.rule, Reader(view, here, line)
    why = covered(here, at)
    if why is not None:
        return why, None
    worth, reached = rule.worth, None
    if is_choosing(here):
        found_worth = choice(at)
        if isinstance(found_worth, Settled):
            return found_worth, None
        worth = found_worth.worth
    rank, row = rule.specificity, None
    parts: list[Share] | Missing
    match worth:
        case PriceTable():
            price, unit, row = _row_price(plan_of(line.plan, here).rows, at)
            if worth.with_tax:
                price /= taxed(at)
            parts = [Share(price, unit, unit != line.plan.unit)]
            rank = table_rank(worth, here)
        case Flat():
            parts = _share(worth.reward, at)
        case Tiers():
            reached = reach(worth, at)
            if reached.row is None:
                return Settled("no baseline" if reached.measure is None else "no tier"), reached
            found = _tier_price(worth, reached, at)
            if found is None:
                return Settled("no tier"), Reached(None, reached.measure, None)
            parts = found
        case _:
            raise AssertionError("a price has no other worth")
    if isinstance(parts, Missing):
        return Settled("no price"), reached
    form = Form(rule, at)
    price = sum(
        (each.share * (form.made(each.price, each.unit) if each.made else form.within(each.price)) for each in parts),
        ZERO,
    )
    return Offer(here, price, any(each.converted for each in parts), rank, row), reached


@dataclass(frozen=True, slots=True)
class Share:
    """A price per ordered unit for a share of the quantity, and the unit it was stated per; None the ordered one."""

    price: Fraction
    unit: str | None
    converted: bool = False  # stated for another unit than the ordered one (1.3)
    share: Fraction = ONE
    made: bool = True  # by the rule; else the list price below its first row


def _row_price(rows: Sequence[RowFound], at: Reader) -> tuple[Fraction, str, tuple[str, int]]:
    """The row that suits the line: the ordered unit before a converted one, then the lower price (15)."""
    found = []
    line, book = at.line, at.view.part.book
    for row in rows:
        unit = row.unit or line.plan.item.base_unit
        value = in_own_currency(row.value, row.currency, at.here.agreement, book)
        price = value if unit == line.plan.unit else value * units(line, unit)
        found.append((unit != line.plan.unit, price, (row.file, row.row), unit))
    _, price, place, unit = min(found)
    return price, unit, place


def table_rank(table: PriceTable, here: Here) -> tuple[int, int]:
    """How specific a table is, by its agreement and its key columns (14)."""
    account, item = here.agreement.who.rank, 0
    for key in table.keys:
        if key == "group":
            account = max(account, 2)
        elif isinstance(key, Attribute):
            if key.subject == "account":
                account = max(account, 4 if key.name == "id" else 1)
            elif key.subject == "item":
                item = max(item, {"id": 3, "family": 2}.get(key.name, 1))
    return account, item


def _tier_price(tiers: Tiers, reached: Reached, at: Reader) -> list[Share] | Missing | None:
    """The prices the tiers give, each for its slice; None where one below the first row has no list price (13)."""
    row, measure = reached.row, reached.measure
    if row == -2:
        assert tiers.without_baseline is not None
        return _share(tiers.without_baseline, at)
    if row == -1:
        assert tiers.below is not None
        return _share(tiers.below.reward, at)
    assert row is not None
    assert measure is not None
    if tiers.mode == "interpolated":
        return _share(interpolated(tiers, row, measure), at)
    if at.view.part.returns or tiers.mode != "incremental":
        return _share(tiers.rows[row].reward, at)
    low = ZERO if reached.before is None else reached.before
    cut = slices(tiers, low, measure, ONE)
    if not cut:
        return _share(tiers.rows[row].reward, at)
    found: list[Share] = []
    for each in cut:
        parts = _share(tiers.rows[each.row].reward, at)
        if isinstance(parts, Missing):
            return parts
        found += [replace(part, share=each.share) for part in parts]
    rest = 1 - sum((each.share for each in found), ZERO)
    if rest > 0:
        if at.line.list_price is None:
            return None
        found.append(Share(at.line.list_price, None, share=rest, made=False))
    return found


def _share(reward: Reward, at: Reader) -> list[Share] | Missing:
    """The price of a rate or row, with the unit that all its pieces are stated per."""
    price = _price(reward, at)
    if isinstance(price, Missing):
        return price
    stated = {_unit_of(piece, at.line) for piece in reward.pieces}
    converted = any(unit not in (None, at.line.plan.unit) for unit in stated)
    return [Share(price, stated.pop() if len(stated) == 1 else None, converted)]


def _price(reward: Reward, at: Reader) -> Fraction | Missing:
    """The pieces of a price add up (13)."""
    total = ZERO
    for piece in reward.pieces:
        part: Fraction | Missing
        match piece:
            case PercentPiece():
                rate = number(piece.rate, at)
                of: Fraction | Missing
                if piece.of is None:
                    of = Missing(price=True) if at.line.list_price is None else at.line.list_price
                elif kind_of(piece.of) == "price":
                    of = number(piece.of, at)
                else:
                    of = _bare(piece.of, at, None)
                if isinstance(rate, Missing) or isinstance(of, Missing):
                    return rate if isinstance(rate, Missing) else of
                part = rate * of
            case PricePiece():
                part = price_per_ordered(piece, at)
            case UnitPiece():
                part = _bare(piece.amount, at, piece.package.unit)
                if isinstance(part, Fraction):
                    part /= piece.package.size
            case SumPiece():
                part = _bare(piece.amount, at, None)
        if isinstance(part, Missing):
            return part
        total += part
    return total


def _bare(expr: Expr, at: Reader, unit: str | None) -> Fraction | Missing:
    """A bare amount as a price per unit, without one per base unit (9)."""
    found = number(expr, at)
    return found if isinstance(found, Missing) else found * units(at.line, unit or at.line.plan.item.base_unit)


def _unit_of(piece: Piece, line: Line) -> str | None:
    """What a price is stated per (1.3); None for a formula, which is reckoned per ordered unit."""
    if not isinstance(piece, PricePiece):
        return None
    if piece.unit is not None:
        return piece.unit
    if isinstance(piece.value, Constant | Exchanged):
        return piece.value.unit or line.plan.item.base_unit
    return None if kind_of(piece.value) == "price" else line.plan.item.base_unit
