"""The order of an example. That its names exist and its values fit was found out when the rules were checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from rebates.engine.book import Book
from rebates.engine.orders import Line, Order, attribute_value
from rebates.model import nodes as m
from rebates.model.calendar import window_key
from rebates.model.exact import decimal_text
from rebates.model.examples import ORDER_NUMBER
from rebates.model.orders import AttributeText, LineIn, OrderIn
from rebates.model.units import global_factor
from rebates.plan.reads import nodes_in
from rebates.syntax import nodes as s

NOBODY = "EXAMPLE"  # whose order it is where an agreement holds for all accounts


def example_order(book: Book, agreement: m.Agreement, node: s.Example) -> tuple[Order, OrderIn]:
    """The order as a caller would write it, and as the evaluators take it."""
    attributes: dict[str, dict[str, AttributeText]] = {"order": {}, "line": {}, "account": {}}
    measures: dict[str, Fraction] = {}
    choices: dict[str, str] = {}
    number: Fraction | None = None
    days: dict[str, date] = {}
    times: dict[str, Fraction] = {}
    if node.order.time is not None:
        times["order"] = _minutes(node.order.time)
    facts: dict[str, AttributeText] = {}
    for given in node.given:
        match given.target:
            case s.InClass(name=name):
                measures[f"{agreement.name}.class {name}"] = Fraction(1)
                continue
            case s.Windowed(name=name, window=window):
                assert given.value is not None
                dimension = agreement.measures[name].dimension
                measures[f"{agreement.name}.{name} {window.words}"] = measure_of(given.value, dimension)
                continue
            case s.Fact(name=name, shift=shift):
                assert given.value is not None
                declared = book.rules.facts[name].attribute
                facts[f"{name} {shift.words}" if shift is not None else name] = attribute_value(
                    declared, written(given.value), "the value"
                )
                continue
        assert given.value is not None
        if isinstance(given.target, s.Name) and isinstance(given.value, s.Text):
            choices[given.target.name] = given.value.value
        elif isinstance(given.target, s.Name):
            name = given.target.name
            measures[f"{agreement.name}.{name}"] = measure_of(given.value, agreement.measures[name].dimension)
        elif ".".join(given.target.parts) == ORDER_NUMBER:
            assert isinstance(given.value, s.Number)
            number = given.value.value
        elif (moment := _moment(given)) is not None:
            days.update(moment[0])
            times.update(moment[1])
        else:
            subject, *rest = given.target.parts
            attributes[subject][".".join(rest)] = attribute_of(book, given.target, given.value)
    pairs = [_line(book, line, attributes["line"]) for line in node.order.lines]
    account, day = _account(agreement, node.order), node.order.day.value
    codes = tuple(code.value for code in node.order.codes)
    lines = [line for line, _ in pairs]
    totals = {} if number is None else _orders_before(book, agreement, account, day, number)
    order = Order(
        account,
        day,
        lines,
        attributes=dict(attributes["order"]),
        codes=codes,
        days=dict(days),
        choices=choices,
        facts=facts,
        totals=dict(totals),
    )
    return order, OrderIn(
        account,
        day,
        tuple(line for _, line in pairs),
        days,
        attributes=attributes["order"],
        codes=frozenset(codes),
        totals=totals,
        given=measures,
        choices=choices,
        account_attributes=attributes["account"],
        times=times,
        facts=facts,
    )


def _orders_before(
    book: Book, agreement: m.Agreement, account: str, day: date, number: Fraction
) -> dict[str, Fraction]:
    """The orders before an order of this number, in every window in which the agreement counts orders."""
    found = {}
    for total in (node for node in nodes_in(agreement.rules) if isinstance(node, m.Total)):
        if total.what != "orders" or not isinstance(total.window, str):
            continue
        above = [account, *book.rules.master.ancestors(account)]
        own = str(agreement.who.name)
        who = {
            m.Scope.TREE: own if agreement.who.kind == "account and subsidiaries" else above[-1],
            m.Scope.GROUP: own,
            m.Scope.ALL: "all",
        }.get(total.scope, account)
        window = window_key(total.window, day, agreement.calendar, (agreement.first, agreement.last))
        found[f"{total.key} [{who}, {window}]"] = number - 1
    return found


def _minutes(time: s.TimeOfDay) -> Fraction:
    return Fraction(time.hour * 60 + time.minute)


def _moment(given: s.Given) -> tuple[dict[str, date], dict[str, Fraction]] | None:
    """What a given date or time of the order says: its other dates, and their hours."""
    path = ".".join(given.target.parts) if isinstance(given.target, s.Path) else ""
    match path, given.value:
        case (("order.delivery_date" | "order.invoice_date"), s.Date(value=day)):
            return {path.removeprefix("order.").removesuffix("_date"): day}, {}
        case "order.delivery_time", s.TimeOfDay() as time:
            return {}, {"delivery": _minutes(time)}
    return None


def _account(agreement: m.Agreement, order: s.OrderBlock) -> str:
    if order.account is not None:
        return order.account.value
    return str(agreement.who.name) if agreement.who.kind in ("account", "account and subsidiaries") else NOBODY


def _line(book: Book, line: s.OrderLine, shared: Mapping[str, AttributeText]) -> tuple[Line, LineIn]:
    own = {".".join(path.parts[1:]): attribute_of(book, path, value) for path, value in line.attributes}
    attributes = {**shared, **own}
    number, unit = line.quantity.number.value, line.quantity.unit
    price = None if line.price is None else line.price.number.value
    line_ = Line(
        line.item.value,
        f"{decimal_text(number)} {unit}",
        None if line.price is None else str(written(line.price)),
        attributes=dict(attributes),
    )
    return line_, LineIn(line.item.value, number, unit, price, attributes=attributes)


def attribute_of(book: Book, path: s.Path, value: s.Literal_) -> AttributeText:
    """A value by the declared type of its attribute, quantities in the declared unit."""
    declared = book.rules.attributes.get(".".join(path.parts))
    if isinstance(value, s.Number) and (declared is None or declared.dimension.kind == "text"):
        return decimal_text(value.value)
    return attribute_value(declared, written(value), "the value")


def measure_of(value: s.Literal_, dimension: m.Dimension) -> Fraction:
    """The value of a measure, a quantity in the measure's unit."""
    match value:
        case s.Quantity(number=number, unit=unit):
            factor = global_factor(unit, str(dimension.unit))
            assert factor is not None
            return number.value * factor
        case s.Money(number=number):
            return number.value
        case s.Percent(points=points):
            return points / 100
        case _:
            assert isinstance(value, s.Number)
            return value.value


def written(value: s.Literal_) -> str | Fraction | date:
    """A literal as a caller would hand it over."""
    match value:
        case s.TimeOfDay():
            return value.span.text
        case s.Text() | s.Date() | s.Number():
            return value.value
        case s.Percent():
            return f"{decimal_text(value.points)}%"
        case s.Quantity():
            return f"{decimal_text(value.number.value)} {value.unit}"
        case s.Money():
            return f"{value.currency} {decimal_text(value.number.value)}"
