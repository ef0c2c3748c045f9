"""How a price rule makes its price: bounds, endings and price points, prices that stand on other prices (3.3, 3.11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.bounds import only
from rebates.model.expressions import Typing, describe, dimension, typed
from rebates.model.names import Names
from rebates.model.reads import rule_reads
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Label
from rebates.syntax.source import Span


def not_above_of(rule: s.Rule, typing: Typing) -> m.NotAbove | None:
    """The highest price that a rule may give."""
    clause = only(rule, s.NotAboveClause, typing)
    if clause is None:
        return None
    if rule.kind != "price":
        typing.error(
            "R0303",
            clause.span,
            f"`not above` bounds the price that a price rule makes, this is a {rule.kind}",
            "leave it out; a `cap` bounds what a rule takes",
        )
        return None
    value = typed(clause.value, typing)
    if value is None:
        return None
    if dimension(value) not in (m.PRICE, m.MONEY):
        typing.error(
            "R0214",
            clause.span,
            f"a highest price is a price, this is {describe(dimension(value))}",
            "write `not above 110% of list price`",
        )
        return None
    return m.NotAbove(value, span=clause.span)


def check_price_bounds(low: m.NotBelow | None, high: m.NotAbove | None, typing: Typing) -> None:
    """Bounds that no price can keep, where the text alone tells so; data can still bring it about (R0556)."""
    if low is None or high is None:
        return
    a, b = _share(low.value), _share(high.value)
    if a is not None and b is not None and a[1] == b[1] and a[0] > b[0]:
        typing.names.report.error(
            "R0394",
            high.span,
            "the highest price lies below the lowest",
            "swap the two, or mend one",
            labels=(Label(low.span, "the lowest"),),
        )


def _share(expr: m.Expr) -> tuple[Fraction, object] | None:
    """A bound as a factor and what it is of: a stated amount per unit, or a share of a price."""
    match expr:
        case m.Constant(value=Fraction() as value, dimension=dim, unit=unit):
            return value, (dim, unit)
        case m.ItemPrice() | m.TableValue() | m.RulePrice():
            return Fraction(1), expr
        case m.Arithmetic(op="*" | "/" as op, left=left, right=right):
            factor = _number(right) if op == "/" or _number(right) is not None else _number(left)
            of = _share(left) if op == "/" or _number(right) is not None else _share(right)
            if factor is None or of is None or (op == "/" and factor <= 0):
                return None
            return (of[0] / factor if op == "/" else of[0] * factor), of[1]
        case _:
            return None


def _number(expr: m.Expr) -> Fraction | None:
    """The value of an expression of numbers alone."""
    match expr:
        case m.Constant(value=Fraction() as value, dimension=m.NUMBER):
            return value
        case m.Arithmetic(op=op, left=left, right=right, dimension=m.NUMBER):
            a, b = _number(left), _number(right)
            if a is None or b is None:
                return None
            match op:
                case "+":
                    return a + b
                case "-":
                    return a - b
                case "*":
                    return a * b
                case "/":
                    return a / b if b else None
    return None


def ending_of(rule: s.Rule, typing: Typing) -> m.Ending | None:
    """What prices end with: ascending, none twice, each within the step."""
    clause = only(rule, s.EndingClause, typing)
    if clause is None:
        return None
    if rule.kind != "price":
        typing.error(
            "R0303",
            clause.span,
            f"`{clause.word}` belongs to a price, this is a {rule.kind}: an amount has no ending",
            "leave it out",
        )
        return None
    if clause.with_tax and not typing.names.tax:
        typing.error(
            "R0398",
            clause.span,
            "these prices include tax, and nothing says the tax rate of an item",
            "add `tax rate item.vat`",
        )
        return None
    values = [each.value for each in clause.values]
    for first, second in zip(clause.values, clause.values[1:], strict=False):
        if second.value <= first.value:
            same = second.value == first.value
            typing.names.report.error(
                "R0392",
                second.span,
                f"`{second.span.text}` stands twice" if same else f"`{second.span.text}` lies below the one before it",
                "keep one of them" if same else "write them from the lowest to the highest",
                labels=(Label(first.span, "the one before"),),
            )
            return None
    if clause.word == "price points":
        if values[0] <= 0:
            typing.error("R0393", clause.values[0].span, "a price point of nothing is no price", "leave it out")
            return None
        return m.Ending(tuple(values), None, clause.with_tax, span=clause.span)
    step = _step(values[-1]) if clause.every is None else clause.every.value
    at = clause.every.span if clause.every is not None else clause.span
    if step <= 0:
        typing.error("R0393", at, "endings cannot repeat every nothing", "write a step above zero, such as 0.10 or 1")
        return None
    if values[-1] >= step:
        typing.error(
            "R0393",
            clause.values[-1].span,
            f"`{clause.values[-1].span.text}` does not lie below the step `{at.text}`",
            "write endings within one step, or a larger step",
        )
        return None
    return m.Ending(tuple(values), step, clause.with_tax, span=clause.span)


def _step(highest: Fraction) -> Fraction:
    """The power of ten, one at least, in which endings repeat when it is not said."""
    step = Fraction(1)
    while step <= highest:
        step *= 10
    return step


def check_price_circles(rules: Sequence[m.Rule], names: Names) -> None:
    """No price stands on itself, by whatever way (2.6)."""
    ways: dict[str, dict[str, Span]] = {}
    for rule in rules:  # every version: which of them meet is a question of the order's dates
        if rule.kind == "price":
            found = ways.setdefault(rule.id, {})
            found |= {read.expr.rule: read.at for read in rule_reads(rule) if isinstance(read.expr, m.RulePrice)}
    told: set[str] = set()
    for start in ways:
        way = _way_back(start, ways)
        if way is None or told & set(way):
            continue
        told |= set(way)
        listed = " -> ".join(f"`{id.rpartition('.')[2]}`" for id in way)
        names.report.error(
            "R0390",
            ways[way[0]][way[1]],
            f"prices stand on each other in a circle: {listed}",
            "let one of them stand on the list price, the cost or a table",
        )


def _way_back(start: str, ways: Mapping[str, Mapping[str, Span]]) -> list[str] | None:
    waiting, seen = [[start]], {start}
    while waiting:
        way = waiting.pop(0)
        for other in ways.get(way[-1], {}):
            if other == start:
                return [*way, start]
            if other not in seen:
                seen.add(other)
                waiting.append([*way, other])
    return None
