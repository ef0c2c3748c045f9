"""Which classes an order makes us judge, and how it came out (7.1; calculation 86, 87)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.outcome import ClassOut, LineOut
from rebates.reference.context import Line, Part, View
from rebates.reference.totals import class_totals_after
from rebates.reference.values import first_unknown, judged, member, value

Finished = dict[int, LineOut]


def judge_classes(
    sales: Part, sold: Finished, back: Part, returned: Finished
) -> tuple[tuple[ClassOut, ...], dict[str, Fraction]]:
    """The classes that rules in force test, and those that choose agreements of the day; and their totals after the order."""
    out: list[ClassOut] = []
    totals: dict[str, Fraction] = {}
    lines = sorted([*sales.lines, *back.lines], key=lambda line: line.index)
    firsts = {line.given.item: line for line in reversed(lines)}
    items = list(dict.fromkeys(line.given.item for line in lines))
    for agreement in sorted(sales.rules.agreements, key=lambda agreement: agreement.name):
        for of in sorted(_read(agreement, sales), key=lambda of: of.name):
            part = sales if sales.lines else back
            view = View(part, {}, {}, None, agreement)
            subjects: list[tuple[str, Line | None]] = [(sales.order.account, None)]
            if of.subject == "items":
                subjects = [(item, firsts[item]) for item in items]
            elif of.subject == "end customers":
                subjects = [(str(sales.order.attributes.get("end_customer", "")), None)]
            out += [_judged(of, view, name, line) for name, line in subjects]
            totals |= class_totals_after(of, agreement, items, sales, sold, back, returned)
    return tuple(out), totals


def _read(agreement: m.Agreement, part: Part) -> list[m.Class]:
    found: dict[str, m.Class] = {}
    if any(one.name == agreement.name for one in part.agreements):
        for rule in agreement.rules:  # every version, as with totals (34)
            found |= {of.name: of for of in _classes(rule)}
    if agreement.who.where is not None and agreement.first <= part.order.day <= agreement.last:
        found |= {of.name: of for of in _classes(agreement.who.where)}
    return list(found.values())


def _classes(node: object) -> Iterator[m.Class]:
    """Every class in a rule or condition, also one that another stands on."""
    if isinstance(node, m.Class):
        yield node
    if isinstance(node, tuple):
        for part in node:
            yield from _classes(part)
    elif is_dataclass(node) and not isinstance(node, type):
        for each in fields(node):
            if each.name != "span":
                yield from _classes(getattr(node, each.name))


def _judged(of: m.Class, view: View, name: str, line: Line | None) -> ClassOut:
    found, inside = member(of, view, line), judged(view)
    unknown = first_unknown(of.where, inside, line) if found is None else ""
    compared = tuple(
        (_side(compare.left, inside, line), _side(compare.right, inside, line)) for compare in _compares(of.where)
    )
    return ClassOut(of.name, view.agreement.name, name, found, unknown, compared)


def _side(expr: m.Expr, view: View, line: Line | None) -> Fraction | date | None:
    found = value(expr, view, line)
    assert not isinstance(found, str)
    return found


def _compares(condition: m.Condition) -> Iterator[m.Compare]:
    """The comparisons of a class, from the left; those of another class that it names are told with that one."""
    match condition:
        case m.And(parts=parts) | m.Or(parts=parts):
            for part in parts:
                yield from _compares(part)
        case m.Not(part=part):
            yield from _compares(part)
        case m.Compare():
            yield condition
