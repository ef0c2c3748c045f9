"""What a rule is worth at every quantity: found by quoting one order again and again with another quantity of one line.

Nothing is read from the rule's text but its thresholds' place in the explanation, so any tier mode, reward and limit is
drawn as it is paid. Steps, cliffs and dead zones are found by halving, exact to one unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from rebates.engine.book import Book
from rebates.engine.orders import Order, OrderErrors
from rebates.engine.quote import Quote
from rebates.model import nodes as m
from rebates.model.exact import Rounding, decimal_text, grouped, round_to
from rebates.model.orders import OrderIn
from rebates.syntax.suggest import nearest
from rebates.tools.examples import run_examples
from rebates.tools.pictures.picture import Ink, Picture, PictureError, data, styled

if TYPE_CHECKING:
    import altair as alt

POINTS = 60
ROWS, COLUMNS = 10, 60  # on a terminal
FURTHER = Fraction(3, 2)  # the curve goes on beyond the last threshold


@dataclass(frozen=True, slots=True)
class Point:
    """A quantity of the line, the rule's amount as a share of the gross value of the lines that get it, and what the order then comes to."""

    quantity: Fraction
    tier: int | None
    rate: Fraction
    total: Fraction


@dataclass(frozen=True, slots=True)
class DeadZone:
    """Quantities from `first` to below `end` cost more than `end` itself."""

    first: Fraction
    end: Fraction


@dataclass(frozen=True, slots=True)
class Curve:
    """A rule over the quantity of one line; `steps` are quantities at which another tier begins."""

    rule: m.Rule
    item: str
    unit: str
    currency: str
    digits: int
    points: tuple[Point, ...]
    steps: tuple[Fraction, ...]
    dead: tuple[DeadZone, ...]


class _Prober:
    """Quotes the order with another quantity of one line; remembers what it asked."""

    def __init__(self, book: Book, rule: m.Rule, order: Order, given: OrderIn, line: int) -> None:
        self.book, self.rule, self.order, self.given, self.line = book, rule, order, given, line
        self.known: dict[Fraction, Point] = {}

    def quote(self, quantity: Fraction) -> Quote:
        lines = list(self.given.lines)
        lines[self.line] = replace(lines[self.line], quantity=quantity)
        return self.book.price(self.order, replace(self.given, lines=tuple(lines)))

    def at(self, quantity: Fraction) -> Point:
        if quantity not in self.known:
            quote = self.quote(quantity)
            given = {d.line: d.amount for d in quote.outcome.decisions if d.rule == self.rule.id and d.amount}
            amount = sum(given.values(), Fraction(0))
            if self.rule.kind == "price":
                amount = quote.outcome.lines[self.line].gross_value
                listed = quote.outcome.lines[self.line].list_value
                rate = 1 - amount / listed if listed else Fraction(0)
            else:
                on = range(len(quote.outcome.lines)) if min(given, default=0) < 0 else given
                gross = sum((quote.outcome.lines[place].gross_value for place in on), Fraction(0))
                rate = amount / gross if gross else Fraction(0)
            decision = quote.decision(self.rule.id, self.line)
            tier = decision.tier if decision is not None else None
            self.known[quantity] = Point(quantity, tier, rate, Fraction(quote.total.amount))
        return self.known[quantity]


def curve(book: Book, name: str, order: Order | None = None, line: int = 0) -> Curve:
    """The curve of the rule of that name. Without an order the first example in which it takes something is used.

    Raises PictureError where there is no such rule or order, and OrderErrors where the order cannot be priced.
    """
    rule = _rule(book, name)
    quote, line = _start(book, rule, order, line)
    prober = _Prober(book, rule, quote.order, quote.given, line)
    given = quote.given.lines[line]
    top = _top(prober, given.quantity)
    spread = sorted({Fraction(max(1, round(top * place / POINTS))) for place in range(1, POINTS + 1)})
    steps = [found for low, high in pairwise(spread) for found in _steps(prober, low, high)]
    for step in steps:
        prober.at(step)
    points = tuple(prober.known[quantity] for quantity in sorted(prober.known) if quantity <= top)
    dead = tuple(zone for step in steps if (zone := _dead(prober, step)) is not None)
    return Curve(rule, given.item, given.unit, quote.currency, quote.priced.digits, points, tuple(steps), dead)


def tier_picture(
    book: Book, name: str, order: Order | None = None, line: int = 0, real: Sequence[Fraction] = ()
) -> Picture:
    """The picture of a rule: effective rate and order total over the quantity; `real` are quantities really ordered."""
    found = curve(book, name, order, line)
    title = f"{found.rule.title}: what it is worth, by {found.unit} of {found.item}"

    def draw(ink: Ink) -> alt.TopLevelMixin:
        return _draw(found, title, real, ink)

    return Picture(title, _text(found, title), _words(found, title), draw)


def quantities(book: Book, orders: Iterable[Order], item: str, unit: str) -> list[Fraction]:
    """What orders really asked for of an item, in the unit; lines without a conversion are left out."""
    from rebates.engine.orders import order_in

    out: list[Fraction] = []
    for order in orders:
        read = order_in(order, book.ground)
        for line in read.lines:
            if line.item == item and line.quantity > 0:
                own = book.rules.master.factor(item, line.unit, read.day, unit)
                wanted = book.rules.master.factor(item, unit, read.day, unit)
                if own is not None and wanted is not None:
                    out.append(line.quantity * own / wanted)
    return out


def _rule(book: Book, name: str) -> m.Rule:
    rules = {rule.id: rule for agreement in book.rules.agreements for rule in agreement.rules}
    found = [rule for rule in rules.values() if name in (rule.id, rule.name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise PictureError(f"several rules are named `{name}`; say which: {', '.join(rule.id for rule in found)}")
    if any(name in (rebate.id, rebate.name) for agreement in book.rules.agreements for rebate in agreement.rebates):
        raise PictureError(
            f"`{name}` is paid afterwards, on no single order: `rebates statement ACCOUNT --period PERIOD --plot FILE` draws it"
        )
    near = nearest(name, [rule.name for rule in rules.values()])
    raise PictureError(f"there is no rule `{name}`" + (f"; did you mean `{near[0]}`?" if near else ""))


def _start(book: Book, rule: m.Rule, order: Order | None, line: int) -> tuple[Quote, int]:
    if order is not None:
        quote = book.quote(order)
        if not 0 <= line < len(quote.lines):
            raise PictureError(f"the order has no line {line + 1}")
        return quote, line
    for result in run_examples(book):
        if result.quote is None:
            continue
        for decision in result.quote.outcome.decisions:
            if decision.rule == rule.id and decision.because == "taken":
                return result.quote, decision.line
    raise PictureError(
        f"no example shows `{rule.name}` taking anything: add an example whose order it does, or give an order by `--order FILE`"
    )


def _top(prober: _Prober, quantity: Fraction) -> Fraction:
    """Where the curve ends: beyond the last threshold that more of this line reaches."""
    whole = Fraction(max(1, -(-quantity.numerator // quantity.denominator)))
    last, reach = whole, whole
    while reach <= whole * 1024:
        reach *= 2
        try:
            changed = prober.at(reach).tier != prober.at(last).tier
        except OrderErrors:
            break
        if changed:
            last = reach
    found = max(_steps(prober, last / 2 if last > 1 else Fraction(1), last), default=last)
    return Fraction(-(-(found * FURTHER).numerator // (found * FURTHER).denominator))


def _steps(prober: _Prober, low: Fraction, high: Fraction) -> list[Fraction]:
    """The quantities between two at which another tier begins, each to one whole unit."""
    low, high = Fraction(int(low)) or Fraction(1), Fraction(int(high))
    if high <= low or prober.at(low).tier == prober.at(high).tier:
        return []
    if high - low == 1:
        return [high]
    middle = Fraction(int((low + high) / 2))
    return _steps(prober, low, middle) + _steps(prober, middle, high)


def _dead(prober: _Prober, step: Fraction) -> DeadZone | None:
    """The quantities below a step whose orders cost more than the step's."""
    at_step = prober.at(step).total
    if step <= 1 or prober.at(step - 1).total <= at_step:
        return None
    low, high = Fraction(1), step - 1  # the total grows between two steps
    while low < high:
        middle = Fraction(int((low + high) / 2))
        if prober.at(middle).total > at_step:
            high = middle
        else:
            low = middle + 1
    return DeadZone(low, step)


def _percent(rate: Fraction) -> str:
    return f"{grouped(round_to(rate * 100, 2, Rounding.HALF_UP), 2)}%"


def _words(found: Curve, title: str) -> str:
    """The numbers of the picture."""
    shown = {*found.steps, found.points[0].quantity, found.points[-1].quantity}
    rows = [
        f"{decimal_text(point.quantity)} {found.unit}: {_percent(point.rate)}, order total "
        f"{found.currency} {grouped(point.total, found.digits)}"
        for point in found.points
        if point.quantity in shown
    ]
    dead = [
        f"from {decimal_text(zone.first)} to below {decimal_text(zone.end)} {found.unit} an order costs more than "
        f"{decimal_text(zone.end)} {found.unit}"
        for zone in found.dead
    ]
    return f"{title}. " + "; ".join(rows + dead)


def _text(found: Curve, title: str) -> str:
    """The effective rate as columns, then the numbers at each step."""
    points = found.points
    most = max((abs(point.rate) for point in points), default=Fraction(0)) or Fraction(1)
    first, span = points[0].quantity, points[-1].quantity - points[0].quantity
    columns = [
        max((point for point in points if point.quantity <= first + span * place / COLUMNS), key=lambda p: p.quantity)
        for place in range(COLUMNS)
    ]
    lines = [title, ""]
    for row in range(ROWS, 0, -1):
        edge = most * (2 * row - 1) / (2 * ROWS)  # half of the row: a cent that is rounded takes no row away
        label = _percent(most * row / ROWS) if row in (ROWS, ROWS // 2) else ""
        lines.append(f"{label:>8} │" + "".join("█" if abs(point.rate) >= edge else " " for point in columns).rstrip())
    lines.append(f"{'':>8} └{'─' * COLUMNS}")
    end = f"{decimal_text(points[-1].quantity)} {found.unit}"
    lines.append(f"{'':>9} {decimal_text(points[0].quantity):<{COLUMNS - len(end)}}{end}")
    lines.append("")
    shown = {*found.steps}
    for point in points:
        if point.quantity in shown:
            lines.append(
                f"  from {decimal_text(point.quantity)} {found.unit}: {_percent(point.rate)} of the gross value, total "
                f"{grouped(point.total, found.digits)}"
            )
    lines += [
        f"  dead zone: from {decimal_text(zone.first)} to below {decimal_text(zone.end)} {found.unit} costs more than "
        f"{decimal_text(zone.end)} {found.unit}"
        for zone in found.dead
    ]
    return "\n".join(lines)


def _draw(found: Curve, title: str, real: Sequence[Fraction], ink: Ink) -> alt.TopLevelMixin:
    import altair as alt

    # floats place marks; the numbers that are read are exact text
    rows = [
        {
            "quantity": float(point.quantity),
            "rate": float(point.rate),
            "total": float(point.total),
            "text": grouped(point.total, found.digits),
        }
        for point in found.points
    ]
    end = float(found.points[-1].quantity)
    across = alt.Scale(domain=[0, end], nice=False)
    axis = alt.X("quantity:Q", title=found.unit, scale=across)
    quiet = alt.X("quantity:Q", scale=across, axis=alt.Axis(labels=False, title=None, ticks=False))
    most = max(point.rate for point in found.points)
    room = alt.Scale(domainMax=float(most * Fraction(9, 8))) if most > 0 else alt.Scale()  # for the thresholds' names
    tips = [
        alt.Tooltip("quantity:Q", title=found.unit),
        alt.Tooltip("rate:Q", title="effective rate", format=".2%"),
        alt.Tooltip("text:N", title=f"order total, {found.currency}"),
    ]
    base = alt.Chart(data(rows))
    rate = base.mark_line(interpolate="step-after", color=ink.strong, strokeWidth=2).encode(
        x=quiet, y=alt.Y("rate:Q", title="effective rate", axis=alt.Axis(format="~%"), scale=room), tooltip=tips
    )
    total = base.mark_line(color=ink.strong, strokeWidth=2).encode(
        x=axis,
        y=alt.Y("total:Q", title=f"order total, {found.currency}", axis=alt.Axis(format="~s")),
        tooltip=tips,
    )
    zones = [{"first": float(zone.first), "end": float(zone.end)} for zone in found.dead]
    steps = [{"step": float(step), "label": decimal_text(step)} for step in found.steps]
    marks = alt.Chart(data(steps)).mark_rule(strokeDash=[3, 3], color=ink.mark).encode(x="step:Q")
    names = (
        alt.Chart(data(steps))
        .mark_text(align="left", baseline="top", dx=3, color=ink.mark)
        .encode(x="step:Q", y=alt.value(2), text="label:N")
    )
    shades = (
        alt.Chart(data(zones))
        .mark_rect(color=ink.mark, opacity=0.25)
        .encode(x="first:Q", x2="end:Q", tooltip=[alt.Tooltip("first:Q", title="dead zone from")])
    )
    upper = alt.layer(shades, rate, marks, names).properties(width=560, height=190)
    lower = [shades, total, marks]
    if real:
        rug = [{"real": float(quantity)} for quantity in real if float(quantity) <= end]
        lower.append(
            alt.Chart(data(rug))
            .mark_tick(color=ink.down, opacity=0.5, thickness=1)
            .encode(x="real:Q", y=alt.value(184), size=alt.value(14))
        )
    notes = "dashed: a tier begins; shaded: more costs less" + ("; ticks: real orders" if real else "")
    chart = alt.vconcat(upper, alt.layer(*lower).properties(width=560, height=190), spacing=8)
    return styled(chart.properties(title=alt.TitleParams(title, subtitle=notes)), ink)
