"""The one run-time module: an order through the waterfall, in the order of docs/calculation.md.

It prices any order, with every decision; the generated functions price the common ones, amounts only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rebates.compile.across import Across
from rebates.compile.amounts import ZERO, Rounder
from rebates.compile.combine import run_stage, shown
from rebates.compile.prices import price_lines
from rebates.compile.state import Line, Part, View, considered
from rebates.compile.watching import watching
from rebates.model.orders import LineIn, OrderIn
from rebates.model.outcome import OrderError
from rebates.plan.nodes import Book, Here, LinePlan, StagePlan


@dataclass(frozen=True, slots=True)
class Run:
    """An order that has run: its returns and its sales, each a part of its own (2.9)."""

    book: Book
    order: OrderIn
    returns: Part
    sales: Part

    def lines(self) -> list[tuple[Part, Line]]:
        """All lines in the order's order."""
        both = [(part, line) for part in (self.returns, self.sales) for line in part.lines]
        return sorted(both, key=lambda pair: pair[1].index)


def check(order: OrderIn) -> None:
    """R0507 for an order without lines, R0506 for a line of no quantity."""
    if not order.lines:
        raise OrderError("R0507", "the order has no lines", "lines", "give at least one line")
    for index, line in enumerate(order.lines):
        if line.quantity == 0:
            raise OrderError(
                "R0506", "the quantity is zero", f"lines[{index}].quantity", "leave the line out, or order something"
            )


def run(
    book: Book, order: OrderIn, plans: Sequence[LinePlan], decisions: bool, plan_gift: Callable[[LineIn], LinePlan]
) -> Run:
    """Prices the order: the returns first, then the sales (2.9). Without decisions rules that cannot apply are left out."""
    rounder = Rounder(book.terms.rounding, book.terms.digits)
    rules = None if decisions else considered(plans)
    parts: list[Part] = []
    for returns in (True, False):
        chosen = [(i, line) for i, line in enumerate(order.lines) if (line.quantity < 0) is returns]
        lines = [Line(index, place, plans[index], given) for place, (index, given) in enumerate(chosen)]
        part = Part(book, order, lines, returns, rounder, rules)
        part.earlier = parts[0] if parts else None
        part.plan_gift = plan_gift
        _run_part(part)
        parts.append(part)
    return Run(book, order, *parts)


def _run_part(part: Part) -> None:
    if not part.lines:
        return
    seen = watching()
    with seen("prices", "prices"):
        price_lines(part)
    part.took |= {(line.price_rule, line.place) for line in part.lines if line.price_rule is not None}
    book = part.book
    across = Across(part)
    for stage in book.terms.stages:
        if stage.kind == "discount":
            with seen(stage.kind, stage.name):
                across.before(stage)
                _discounts(part, stage)
    _manual(part)
    for line in part.lines:
        line.net_final = shown(part.rounder, line.net)
        line.invoice = line.net
    for stage in book.terms.stages:
        if stage.kind == "charge":
            with seen(stage.kind, stage.name):
                _charges(part, stage)
    for line in part.lines:
        line.invoice = shown(part.rounder, line.invoice)
    for stage in book.terms.stages:
        if stage.kind == "on charges":
            with seen(stage.kind, stage.name):
                _on_charges(part, stage)


def _nets(part: Part) -> list[Fraction]:
    return [line.net for line in part.lines]


def _discounts(part: Part, stage: StagePlan) -> None:
    net = _nets(part)
    running = list(net)
    taken = run_stage(part, stage, View(part, net, None), running, part.rules_in(stage.name, stage.rules))
    for line in part.lines:
        parts = taken.get(line.place, ())
        _step(part, line, stage.name, line.net, running[line.place], parts)
        line.net = running[line.place]
        line.after[stage.name] = line.net
        if any(amount > 0 for _, amount in parts):
            part.discounted.add(line.place)


def _step(
    part: Part, line: Line, name: str, before: Fraction, after: Fraction, parts: Sequence[tuple[Here, Fraction]]
) -> None:
    """Notes a step where a part is not zero (28)."""
    rounder = part.rounder
    kept = [(here.rule.id, amount) for here, amount in parts if amount]
    if kept:
        line.steps.append((name, shown(rounder, before), shown(rounder, after), kept))


def _manual(part: Part) -> None:
    """Manual net prices and discounts come after all stages (3.7, 29)."""
    rounder, terms = part.rounder, part.rounder.terms
    carried = ZERO
    for line in part.lines:
        given, before = line.given, line.net
        if given.net_price is not None:
            take = before - given.net_price * line.quantity
        elif given.discount is not None:
            take = given.discount * before
        else:
            continue
        exact = before - take
        if terms.round_once:
            after = exact
        elif terms.discount_rounds:
            amount = rounder.line(take + carried)
            carried = take + carried - amount if terms.carry_difference else ZERO
            after = before - amount
        elif terms.price_first:
            after = rounder.line(rounder.price(exact / line.quantity) * line.quantity)
        else:
            after = rounder.line(exact + carried)
            carried = exact + carried - after if terms.carry_difference else ZERO
        line.net = after
        moved = shown(rounder, before) - shown(rounder, after)
        if moved:
            line.steps.append(("manual", shown(rounder, before), shown(rounder, after), [("manual", moved)]))


def _charge_view(part: Part) -> View:
    """A charge named in an expression is what it earns alone (2.6, 30)."""
    view = View(part, _nets(part), [line.invoice for line in part.lines])
    view.charges = part.earned
    return view


def _left_view(part: Part) -> View:
    """In stages on charges a charge is what is left of it (30, 31)."""
    view = View(part, _nets(part), [line.invoice for line in part.lines])
    sums: dict[str, Fraction] = {}
    for line in part.lines:
        for charge, amount in line.charges.items():
            sums[charge] = sums.get(charge, ZERO) + amount
    view.charges = sums
    return view


def _charges(part: Part, stage: StagePlan) -> None:
    """A charge adds to the running amount, which begins as the net value (30)."""
    nets = _nets(part)
    running = list(nets)
    shift = [line.invoice - line.net for line in part.lines]
    taken = run_stage(part, stage, _charge_view(part), running, part.rules_in(stage.name, stage.rules), shift)
    for line in part.lines:
        line.invoice += running[line.place] - nets[line.place]
        for here, amount in taken.get(line.place, ()):
            if amount:
                line.charges[here.rule.id] = line.charges.get(here.rule.id, ZERO) + amount
                part.charges[here.rule.id] = here.number
                line.charged[here.rule.id] = line.charges[here.rule.id]


def _on_charges(part: Part, stage: StagePlan) -> None:
    """Rules on a charge take off each line's part of it, in rounded amounts (31)."""
    view = _left_view(part)
    by_charge: dict[str, list[Here]] = {}
    for here in part.rules_in(stage.name, stage.rules):
        by_charge.setdefault(here.rule.base.charge or "", []).append(here)
    for charge, rules in by_charge.items():
        running = [line.charges.get(charge, ZERO) for line in part.lines]
        before = list(running)
        run_stage(part, stage, view, running, rules)
        for line in part.lines:
            left = running[line.place]
            if left != before[line.place]:
                line.charges[charge] = left
                line.invoice += left - before[line.place]
