"""Classes: who is a member, and what membership may stand on (7.1)."""

from __future__ import annotations

from dataclasses import replace

from rebates.model import nodes as m
from rebates.model.conditions import typed_condition
from rebates.model.expressions import Typing, tell_circle, typed
from rebates.model.names import declare
from rebates.model.posted_only import refuse_in_condition
from rebates.model.reads import condition_reads
from rebates.syntax import nodes as s
from rebates.syntax.source import Span

# what a class may test: attributes of these subjects, totals of these scopes
_MAY = {
    "accounts": (("account", "fact"), (m.Scope.ACCOUNT, m.Scope.TREE, m.Scope.GROUP, m.Scope.ALL)),
    "items": (("item",), (m.Scope.PRODUCT, m.Scope.ALL)),
    "end customers": (("order",), (m.Scope.END_CUSTOMER, m.Scope.ALL)),
}
_ONE = {"accounts": "account", "items": "item", "end customers": "end customer"}


def in_class(name: str, span: Span, typing: Typing) -> m.InClass | None:
    """A test on a class by its name; None where an error was reported."""
    declared = typing.names.classes.get(name)
    if declared is None:
        typing.names.unknown("R0455", "class", name, span, typing.names.classes)
        return None
    around = typing.inside
    if around is not None and around.subject != declared.subject:
        typing.error(
            "R0458",
            span,
            f"class `{name}` is of {declared.subject}, and class `{around.name}` of {around.subject}",
            f"test a class of {around.subject} here, or an attribute",
        )
        return None
    mark = f"class {name}"
    if mark in typing.open:
        tell_circle(mark, span, typing)
        return None
    if name not in typing.classes:
        typing.open.append(mark)
        typing.classes[name] = _class(declared, typing)
        typing.open.pop()
    found = typing.classes[name]
    return m.InClass(found, span=span) if found is not None else None


def _class(declared: s.Class, typing: Typing) -> m.Class | None:
    if declared.subject not in _MAY:  # whose class it is could not be read, which was told
        return None
    names = typing.names.inside(typing.names.currency)
    for member in declared.members:
        if isinstance(member, s.Measure | s.Broken):
            declare(names, member)
    within = replace(typing, names=names, measures={}, inside=declared, key=None)
    before = names.report.error_count
    conditions = [member for member in declared.members if isinstance(member, s.WhenClause)]
    if not conditions:
        if not any(isinstance(member, s.Broken) for member in declared.members):
            typing.error(
                "R0462",
                declared.name_span,
                f"class `{declared.name}` does not say who is a member",
                "add `when …`: an attribute, or a total against a threshold",
            )
        return None
    for member in declared.members:
        if isinstance(member, s.Measure):
            typed(s.Name(member.name, span=member.name_span), within)
    parts = [typed_condition(clause.condition, within) for clause in conditions]
    sound = tuple(part for part in parts if part is not None)
    if len(sound) < len(parts) or names.report.error_count > before:
        return None
    for part in sound:
        _check(part, declared, typing)
    if names.report.error_count > before:
        return None
    where = sound[0] if len(sound) == 1 else m.And(sound, span=declared.span)
    title = declared.title or declared.name.replace("_", " ")
    return m.Class(declared.name, title, declared.subject, where, span=declared.span)


def check_total(total: m.Total, typing: Typing) -> None:
    """A total in a class is of its subject, over transactions before the order."""
    assert typing.inside is not None
    subject = typing.inside.subject
    if total.scope not in _MAY[subject][1] and total.scope is not m.Scope.KEY:  # a value per key is told as a whole
        one = "account" if subject == "accounts" else _ONE[subject]
        typing.error(
            "R0459",
            total.span,
            f"a class of {subject} cannot stand on a total {total.scope.words}",
            f"write `per {one}` or `in all` with a window, such as `per {one} over last 12 months`",
        )


def _check(condition: m.Condition, declared: s.Class, typing: Typing) -> None:
    refuse_in_condition(condition, typing.names)
    subjects = _MAY[declared.subject][0]
    for read in condition_reads(condition, filters=False):  # what is counted may be chosen by anything
        match read.expr:
            case m.AttributeValue(attribute=attribute) if attribute.path == "order.date":
                continue  # the day on which a class is judged
            case m.AttributeValue(attribute=attribute) if attribute.subject not in subjects:
                what = f"`{attribute.path}`"
            case m.ItemPrice(kind=kind):
                what = "the cost" if kind == "cost" else f"the {kind} price"
            case m.TableValue(table=table):
                what = f"a value of table `{table}`"
            case m.ChargeAmount() | m.PerKey() | m.RulePrice():
                what = "the order in hand"
            case m.Constant(dimension=dim) if dim == m.PRICE:
                what = "a price per unit"
            case _:
                continue
        typing.error(
            "R0459",
            read.at,
            f"a class of {declared.subject} cannot stand on {what}",
            f"test attributes of the {_ONE[declared.subject]}, and totals over windows",
        )
