"""Values per key: `sum of (lesser of (net value, EUR 100) for each item)` (5.1 b)."""

from __future__ import annotations

from dataclasses import replace

from rebates.model import nodes as m
from rebates.model.conditions import typed_condition
from rebates.model.expressions import Typing, describe, dimension, need_seasons, typed
from rebates.model.reads import condition_reads, reads
from rebates.syntax import nodes as s
from rebates.syntax.source import Span

_ADDED = ("number", "money", "quantity")


def per_key(expr: s.PerKey, typing: Typing) -> m.PerKey | None:
    """The model of a value per key; None where an error was reported."""
    key = _key(expr.key, typing)
    if key is None:
        return None
    if key == "season":
        need_seasons(expr.key.span, typing)
    if typing.key is not None:
        typing.error("R0460", expr.span, "a value per key stands in another", "name one of them as a measure")
        return None
    before = typing.names.report.error_count
    within = replace(typing, key=key, measures={})
    if isinstance(expr.value, s.Condition):
        condition = typed_condition(expr.value, within)
        if condition is None:
            return None
        for read in condition_reads(condition, filters=False):
            _check(read.expr, key, read.at, typing)
        for of in _classes(condition):
            if of.subject == "items" and _path(key) != "item.id":
                typing.error("R0460", condition.span, f"`class {of.name}` is of items", "write `for each item`")
        made = m.PerKey("number", condition, key, m.NUMBER, span=expr.span)
    else:
        value = typed(expr.value, within)
        if value is None:
            return None
        dim = dimension(value)
        if dim.kind not in _ADDED:
            typing.error(
                "R0214", expr.value.span, f"{describe(dim)} has no {expr.how} of keys", "use money or quantities"
            )
            return None
        for read in reads(value, filters=False):
            _check(read.expr, key, read.at, typing)
        made = m.PerKey(expr.how, value, key, dim, span=expr.span)
    return made if typing.names.report.error_count == before else None


Key = m.Attribute | m.KeyWord
_WORDS: tuple[m.KeyWord, ...] = (
    "account",
    "invoice",
    "claim",
    "order",
    "week",
    "month",
    "quarter",
    "half",
    "season",
    "year",
)


def _key(path: s.Path, typing: Typing) -> Key | None:
    """What is cut by: an attribute, or what only a rebate has in its window (91c)."""
    for word in _WORDS:
        if path.parts == (word,):
            return word
    return typing.names.attribute(path)


def _path(key: Key) -> str:
    return key.path if isinstance(key, m.Attribute) else key


def _classes(condition: m.Condition) -> list[m.Class]:
    match condition:
        case m.And(parts=parts) | m.Or(parts=parts):
            return [of for part in parts for of in _classes(part)]
        case m.Not(part=part):
            return _classes(part)
        case m.InClass(of=of):
            return [of]
        case _:
            return []


def _check(expr: m.Expr, key: Key, at: Span, typing: Typing) -> None:
    """What is read has one value on all lines of a key (5.1 c)."""
    match expr:
        case m.Total(scope=scope) if isinstance(key, str) and scope.within_order and scope is not m.Scope.KEY:
            one, what = scope.value == key, f"a total {scope.words}"
        case m.AttributeValue(attribute=attribute) if attribute.subject in ("item", "line"):
            one = attribute.path == _path(key) or (_path(key) == "item.id" and attribute.subject == "item")
            what = f"`{attribute.path}`"
        case m.ItemPrice():
            one, what = False, "a price"
        case m.Constant(dimension=dim) if dim == m.PRICE:
            one, what = False, "a price"
        case m.Total(scope=m.Scope.LINE | m.Scope.ITEM | m.Scope.DELIVERY as scope):
            one = {m.Scope.ITEM: "item.id", m.Scope.DELIVERY: "line.delivery"}.get(scope) == _path(key)
            what = f"a total per {scope.value}"
        case _:
            return
    if not one:
        typing.error(
            "R0460",
            at,
            f"{what} can differ between the lines of one `{_path(key)}`",
            "leave out `per …`: the total is then that of the key",
        )
