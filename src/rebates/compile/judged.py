"""The classes that an order made us judge, and their totals after it (7.1, 86, 87)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from rebates.compile.amounts import ZERO
from rebates.compile.runtime import Run
from rebates.compile.state import Part, Reader
from rebates.compile.values import final_sum, final_view, in_season, is_nobodys
from rebates.model.nodes import Expr, Total
from rebates.model.outcome import ClassOut
from rebates.plan.classes import Judge, compares_in
from rebates.plan.conditions import Known, totals_in_condition
from rebates.plan.nodes import ClassUse, GuardHere, Missing
from rebates.plan.totals import counts_order


def judged(done: Run) -> tuple[ClassOut, ...]:
    """Each class with each whom it was asked of: the account, every item of the order, its end customer."""
    return tuple(_one(use, judge, name) for use in done.book.classes for name, judge in _subjects(use, done))


def _subjects(use: ClassUse, done: Run) -> list[tuple[str, Judge]]:
    """Whom a class is asked of, and who judges it."""
    book, order = done.book, done.order
    if use.of.subject == "items":
        known = {line.plan.item.id: line.plan.known for _, line in reversed(done.lines())}
        items = dict.fromkeys(line.plan.item.id for _, line in done.lines())
        return [(item, Judge(known[item], use.agreement, order)) for item in items]
    known_here = Known(book.facts, book.account, book.day, book.attributes, told=book.told)
    name = book.account.id if use.of.subject == "accounts" else str(book.attributes.get("end_customer", ""))
    return [(name, Judge(known_here, use.agreement, order))]


def _one(use: ClassUse, judge: Judge, name: str) -> ClassOut:
    found = judge.member(use.of)
    compared = tuple((_side(judge, each.left), _side(judge, each.right)) for each in compares_in(use.of.where))
    if isinstance(found, Missing):
        return ClassOut(use.of.name, use.agreement.name, name, None, found.path, compared)
    return ClassOut(use.of.name, use.agreement.name, name, found, "", compared)


def _side(judge: Judge, expr: Expr) -> Fraction | date | None:
    found = judge.value(expr)
    if isinstance(found, Missing):
        return None
    assert not isinstance(found, str)
    return found


def class_totals(done: Run) -> dict[str, Fraction]:
    """The totals that classes stand on, after this order."""
    out: dict[str, Fraction] = {}
    for use in done.book.classes:
        for name, judge in _subjects(use, done):
            for total in totals_in_condition(use.of.where):
                if not is_nobodys(total, done.book) and in_season(total, use.agreement, done.book.day):
                    key = judge.key(total)
                    out[key] = done.order.totals.get(key, ZERO) + _change(total, use, done, name)
    return out


def _change(total: Total, use: ClassUse, done: Run, name: str) -> Fraction:
    """What the order adds to a total; to one of an item only that item's lines do."""
    if not counts_order(use.agreement, total.window, done.book.day):
        return ZERO
    item = name if use.of.subject == "items" and total.scope.value == "item to date" else None
    found = _of_part(total, use, done.sales, item)
    return found if total.what in ("orders", "deliveries") else found - _of_part(total, use, done.returns, item)


def _of_part(total: Total, use: ClassUse, part: Part, item: str | None) -> Fraction:
    if not part.lines:
        return ZERO
    return final_sum(total, Reader(final_view(part), GuardHere(use.agreement), part.lines[0]), part, item)
