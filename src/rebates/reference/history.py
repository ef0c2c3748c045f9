"""What was posted, as an agreement reads it: every sale a line of its order, returns and corrections beside it (89, 90)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import NoReturn

from rebates.model import nodes as m
from rebates.model.history import Posted
from rebates.model.master import Item
from rebates.model.orders import AttributeText, LineIn, OrderIn
from rebates.model.outcome import OrderError
from rebates.reference.arithmetic import ZERO, Money
from rebates.reference.context import Line, Part, View

MOVES = ("sale", "return", "correction")


@dataclass(frozen=True, eq=False)
class Entry:
    """A sale, return or correction. `sale` is what it is read as: the sale it names, else itself; `line` is that one's."""

    posted: Posted
    sale: Posted
    part: Part  # the order of the sale, its lines as they were sold
    line: Line
    lines: Mapping[int, Posted]  # what the lines of the order are, by their index

    @property
    def account(self) -> str:
        return self.sale.account

    @property
    def quantity(self) -> Fraction:
        """Signed, in the posting's own unit."""
        return self.posted.quantity or ZERO

    def quantity_in(self, unit: str) -> Fraction:
        """Signed, by the conversions of the sale's day (91)."""
        factors = [
            self.part.rules.master.factor(self.line.given.item, one, self.sale.day, self.line.base_unit)
            for one in (self.posted.unit or self.line.given.unit, unit)
        ]
        own, asked = factors
        if own is None or asked is None:
            _refuse(
                "R0505",
                self.posted,
                "unit",
                f"item `{self.line.given.item}` has no conversion to {unit}",
                "add it to the table `units`",
            )
        return self.quantity * own / asked

    def amount(self, what: str) -> Fraction | None:
        """Its list, gross, net or invoice value or cost, signed; what it does not bring is filled in by 89a."""
        posted = self.posted
        net = posted.net or ZERO
        gross = net if posted.gross is None else posted.gross
        match what:
            case "list":
                return gross if posted.list is None else posted.list
            case "gross":
                return gross
            case "invoice":
                return net if posted.invoice_value is None else posted.invoice_value
            case "cost":
                return posted.cost
            case _:
                return net

    def governing(self, by: str, when_posted: bool) -> date:
        """The day by which it counts: that of its sale, unless returns count when they are posted."""
        read = self.posted if when_posted else self.sale
        return read.day if by == "invoice" else read.days.get(by, read.day)

    @property
    def order_day(self) -> date:
        return self.part.order.day


@dataclass(frozen=True, eq=False)
class History:
    """Everything that was posted and known, for one agreement."""

    entries: tuple[Entry, ...]  # by day and id
    payments: tuple[Posted, ...]
    claims: tuple[Posted, ...]
    facts: tuple[Posted, ...]
    posted: tuple[Posted, ...]

    @cached_property
    def of_accounts(self) -> Mapping[str, tuple[Entry, ...]]:
        """The entries of each account, by day and id."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.account, []).append(entry)
        return {account: tuple(entries) for account, entries in found.items()}

    @cached_property
    def began(self) -> Mapping[str, date]:
        """For every account the first day of anything but a fact."""
        found: dict[str, date] = {}
        for one in self.posted:
            if one.kind != "fact":
                found[one.account] = min(one.day, found.get(one.account, one.day))
        return found

    def sold(self, entry: Entry) -> tuple[Entry, ...]:
        """The sale and what was returned and corrected of it."""
        return tuple(one for one in self.entries if one.sale.id == entry.sale.id)


def known(posted: Iterable[Posted], as_of: datetime | None) -> list[Posted]:
    """What was known at the moment, each once, by day and id; of one id two different ones are an error (89b)."""
    found: dict[str, Posted] = {}
    for one in posted:
        if as_of is not None and one.known is not None and one.known > as_of:
            continue
        before = found.setdefault(one.id, one)
        if before is not one and replace(before, known=None) != replace(one, known=None):
            _refuse(
                "R0801", one, "id", "was posted before with other content", "post a correction under an id of its own"
            )
    return sorted(found.values(), key=lambda one: (one.day, one.id))


def read(
    rules: m.RuleSet,
    agreement: m.Agreement,
    posted: Sequence[Posted],
    given: Mapping[str, Fraction],
    read_before: dict[str, Line],
) -> History:
    """What was posted, read by an agreement; OrderError where it does not fit together.

    `read_before` holds the lines that another agreement of the same rules has read: they are the same to all.
    """
    sales = {one.id: one for one in posted if one.kind == "sale"}
    moves: list[tuple[Posted, Posted]] = []
    for one in posted:
        if one.kind != "fact" and rules.master.account(one.account) is None:
            _refuse("R0502", one, "account", f"account `{one.account}` is unknown", "add it to the table `accounts`")
        if one.of is not None and one.of not in sales:
            _refuse("R0802", one, "of", f"sale `{one.of}` was not posted", "post the sale first")
        if one.of is not None and sales[one.of].account != one.account:
            _refuse("R0802", one, "of", f"sale `{one.of}` is of another account", "name the sale it belongs to")
        if one.kind in MOVES:
            sale = sales[one.of] if one.of is not None else one
            if one.currency not in (None, agreement.currency):
                continue_with = _is_for(rules, agreement, sale)
                if continue_with:
                    _refuse(
                        "R0803",
                        one,
                        "currency",
                        f"is in {one.currency}, agreement `{agreement.name}` is in {agreement.currency}",
                        "post it in the currency of the agreement",
                    )
                continue
            moves.append((one, sale))
    orders: dict[tuple[str, str, bool], list[Posted]] = {}
    for one, sale in moves:
        if one is sale:
            orders.setdefault(_order_of(one), []).append(one)
    made = {key: _order(rules, agreement, lines, given, read_before) for key, lines in orders.items()}
    entries = []
    for one, sale in moves:
        part, line, places = made[_order_of(sale)][sale.id]
        entries.append(Entry(one, sale, part, line, places))
    return History(
        tuple(entries),
        tuple(one for one in posted if one.kind == "payment"),
        tuple(one for one in posted if one.kind == "claim"),
        tuple(one for one in posted if one.kind == "fact"),
        tuple(posted),
    )


def _is_for(rules: m.RuleSet, agreement: m.Agreement, sale: Posted) -> bool:
    from rebates.reference.evaluate import matches

    return matches(rules, OrderIn(sale.account, sale.day, ()), agreement)


def _returned(one: Posted) -> bool:
    return one.kind != "sale" or (one.quantity or ZERO) < 0


def _order_of(one: Posted) -> tuple[str, str, bool]:
    """Account, order and whether it is of the returns of the order (2.9)."""
    return one.account, f"order {one.order}" if one.order is not None else f"alone {one.id}", _returned(one)


def _order(
    rules: m.RuleSet,
    agreement: m.Agreement,
    lines: list[Posted],
    given: Mapping[str, Fraction],
    read_before: dict[str, Line],
) -> dict[str, tuple[Part, Line, dict[int, Posted]]]:
    """The order of each of its sales, with the attributes that the sale was posted with; the lines are the same."""
    money = Money(agreement.rounding, agreement.digits)
    for index, one in enumerate(lines):
        if one.id not in read_before:
            read_before[one.id] = _line(rules, index, one)
    made = [read_before[one.id] for one in lines]
    sold = tuple(line.given for line in made)
    places = dict(enumerate(lines))
    out = {}
    for one, own in zip(lines, made, strict=True):
        order = OrderIn(
            account=one.account,
            day=one.days.get("order", one.day),
            lines=sold,
            days={"invoice": one.day, **one.days},
            attributes=attributes(one, "order"),
            account_attributes=attributes(one, "account"),
            given=given,
        )
        part = Part(rules, order, (agreement,), money, made, _returned(one))
        out[one.id] = (part, own, places)
    return out


def attributes(one: Posted, subject: str) -> dict[str, AttributeText]:
    """What was posted of a subject, by name."""
    if not one.attributes:
        return {}
    start = f"{subject}."
    return {path.removeprefix(start): value for path, value in one.attributes.items() if path.startswith(start)}


def _line(rules: m.RuleSet, index: int, one: Posted) -> Line:
    name, unit = one.item or "", one.unit or "piece"
    item = rules.master.item(name)
    if item is None and rules.master.has_items:
        _refuse("R0503", one, "item", f"item `{name}` is unknown", "add it to the table `items`")
    base = item.base_unit if item is not None else unit
    more = attributes(one, "item")
    if more:
        known_item = item or Item(name, base, None, {})
        family = str(more["family"]) if "family" in more else known_item.family
        item = replace(known_item, family=family, attributes={**known_item.attributes, **more})
    factor = rules.master.factor(name, unit, one.days.get("order", one.day), base)
    if factor is None:
        _refuse(
            "R0505",
            one,
            "unit",
            f"item `{name}` has no conversion from {unit} to {base}",
            "add it to the table `units`",
        )
    quantity = abs(one.quantity or ZERO)
    given = LineIn(name, quantity, unit, attributes=attributes(one, "line"))
    net = abs(one.net or ZERO)
    gross = net if one.gross is None else abs(one.gross)
    listed = gross if one.list is None else abs(one.list)
    each = quantity or Fraction(1)
    cost = None if one.cost is None else abs(one.cost) / each
    return Line(index, given, quantity, item, base, factor, listed / each, listed, gross / each, gross, cost)


def as_sold(entry: Entry, agreement: m.Agreement) -> View:
    """The amounts of the lines of its order, as they were sold."""
    net = {index: abs(one.net or ZERO) for index, one in entry.lines.items()}
    charges = {
        index: abs(one.invoice_value) - net[index]
        for index, one in entry.lines.items()
        if one.invoice_value is not None
    }
    return View(entry.part, net, charges, None, agreement)


def customer(entry: Entry) -> AttributeText | None:
    """The end customer that a sale names."""
    return entry.part.order.attributes.get("end_customer")


def _refuse(code: str, one: Posted, field: str, message: str, help: str) -> NoReturn:
    raise OrderError(code, f"`{one.id}` {message}", f"posted.{field}", help)
