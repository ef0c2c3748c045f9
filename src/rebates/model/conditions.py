"""Conditions: attributes and values checked, sets and tables found."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.exact import decimal_text
from rebates.model.expressions import Typing, alike, describe, dimension, typed
from rebates.model.names import literal_value
from rebates.model.reads import condition_reads
from rebates.model.time import check_weekday, nth_order
from rebates.syntax import nodes as s
from rebates.syntax.source import Span


def typed_condition(condition: s.Condition, typing: Typing) -> m.Condition | None:
    """The model of a condition; None where an error was reported."""
    match condition:
        case s.And(parts=parts) | s.Or(parts=parts):
            sound = [part for part in (typed_condition(part, typing) for part in parts) if part is not None]
            if len(sound) != len(parts):
                return None
            kind = m.And if isinstance(condition, s.And) else m.Or
            return kind(tuple(sound), span=condition.span)
        case s.Not(part=part):
            inner = typed_condition(part, typing)
            return m.Not(inner, span=condition.span) if inner else None
        case s.Compare():
            return _compare(condition, typing)
        case s.Is(attribute=path, value=value, negated=negated):
            return _one_of(path, (value,), negated, condition.span, typing)
        case s.In(attribute=path, values=values, negated=negated):
            return _one_of(path, values, negated, condition.span, typing)
        case s.Under(attribute=path, ancestor=ancestor):
            attribute = typing.names.tested(path)
            if attribute is None:
                return None
            if not _is_text(attribute, path.span, "lies under nothing", typing):
                return None
            _check_known(attribute, ancestor.value, ancestor.span, typing)
            return m.Under(attribute, ancestor.value, span=condition.span)
        case s.InTable(attribute=path, table=name, negated=negated):
            attribute = typing.names.tested(path)
            table = typing.names.tables.get(name)
            if table is None:
                typing.names.unknown("R0204", "table", name, condition.span, typing.names.tables)
                return None
            if len(table.schema.keys) != 1:
                typing.error(
                    "R0228",
                    condition.span,
                    f"table `{name}` has {len(table.schema.keys)} keys; `in table` needs one",
                    "declare a table with the one column to look in as its key",
                )
                return None
            if attribute is None or not _is_text(attribute, path.span, "is no key of a table", typing):
                return None
            return m.InTable(attribute, name, negated, span=condition.span)
        case s.InSet(name=name):
            return item_set(name, condition.span, typing)
        case s.NthOrder():
            return nth_order(condition, typing)
        case s.InClass(name=name):
            from rebates.model.classes import in_class

            return in_class(name, condition.span, typing)
        case s.Paid() | s.Claimed() | s.PostedBy() | s.Throughout() | s.RulePaid():
            from rebates.model.over_time import over_time

            return over_time(condition, typing)


def item_set(name: str, span: Span, typing: Typing) -> m.InSet | None:
    """A named item set with its condition."""
    declared = typing.names.sets.get(name)
    if declared is None:
        typing.names.unknown("R0209", "item set", name, span, typing.names.sets)
        return m.InSet(name, m.And((), span=span), span=span)  # what stands around it is judged all the same
    mark = f"items {name}"
    if mark in typing.open:
        typing.error("R0213", span, f"item set `{name}` stands on itself", "let it test attributes")
        return None
    typing.open.append(mark)
    where = typed_condition(declared.where, typing)
    typing.open.pop()
    if where is None:
        return None
    check_filter(where, typing)
    return m.InSet(name, where, span=span)


def check_filter(condition: m.Condition, typing: Typing) -> None:
    """A filter tests nothing wider than one order (5.1 d)."""
    for read in condition_reads(condition):
        match read.expr:
            case m.Total(scope=scope) if not scope.within_order:
                help = "name the total as a measure and test it in `when`, or make a class of it"
            case m.AttributeValue(attribute=attribute) if attribute.subject == "fact":
                help = "test the fact in `when`, or make a class of it"
            case _:
                continue
        typing.error("R0225", read.at, "a filter can test a line, a delivery or an order, nothing wider", help)


def _compare(condition: s.Compare, typing: Typing) -> m.Condition | None:
    left = typed(condition.left, typing)
    if left is not None and dimension(left).kind == "text" and isinstance(condition.right, s.Name):
        _tell_text(condition, condition.right.name, typing)
        return None
    right = typed(condition.right, typing)
    if left is None or right is None:
        return None
    if isinstance(left, m.Constant) and not isinstance(right, m.Constant):
        other = alike(right, left, condition.span, typing)
        return m.Compare(condition.op, other, right, span=condition.span) if other else None
    if dimension(left).kind == "text" or dimension(right).kind == "text":
        typing.error(
            "R0214",
            condition.span,
            f"{describe(dimension(left))} has no order",
            'compare texts with `is "…"` or `in ("…", "…")`',
        )
        return None
    other = alike(left, right, condition.span, typing)
    return m.Compare(condition.op, left, other, span=condition.span) if other else None


def _tell_text(condition: s.Compare, name: str, typing: Typing) -> None:
    """A text compared like a number with a word, which is meant as a text."""
    meant = f'{condition.left.span.text} is "{name}"'
    typing.error(
        "R0214", condition.span, f"`{condition.left.span.text}` is a text, and `{name}` is not", f"write `{meant}`"
    )


def _one_of(
    path: s.Path | s.Fact, values: tuple[s.Text | s.Number | s.Date, ...], negated: bool, span: Span, typing: Typing
) -> m.Condition | None:
    attribute = typing.names.tested(path)
    if attribute is None:
        return None
    out: list[str | Fraction | date] = []
    for literal in values:
        value = literal_value(literal)
        if attribute.dimension.kind == "text" and not isinstance(value, str):
            value = decimal_text(value) if isinstance(value, Fraction) else str(value)
        wanted = {"text": str, "date": date}.get(attribute.dimension.kind, Fraction)
        if not isinstance(value, wanted):
            typing.error(
                "R0214",
                literal.span,
                f"`{attribute.path}` is {describe(attribute.dimension)}, `{literal.span.text}` is not",
                "write a value of its type",
            )
            return None
        if isinstance(value, str):
            _check_known(attribute, value, literal.span, typing)
        out.append(value)
    return m.OneOf(attribute, tuple(out), negated, span=span)


def _is_text(attribute: m.Attribute, span: Span, what: str, typing: Typing) -> bool:
    if attribute.dimension.kind == "text":
        return True
    typing.error("R0214", span, f"`{attribute.path}` is {describe(attribute.dimension)}, which {what}", "use a text")
    return False


def _check_known(attribute: m.Attribute, value: str, span: Span, typing: Typing) -> None:
    """Ids and families are checked against the master data that there are."""
    master, names = typing.names.master, typing.names
    check_weekday(attribute, value, span, names)
    match attribute.path:
        case "item.id" if master.has_items and value not in master.items:
            names.unknown("R0202", "item", value, span, master.items)
        case "account.id" if master.has_accounts and value not in master.accounts:
            names.unknown("R0201", "account", value, span, master.accounts)
        case "item.family" if (families := names.families()) and value not in families:
            names.unknown("R0203", "family", value, span, families)
