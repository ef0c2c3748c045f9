"""Examples: the names in them exist and the values fit, so that a slip is told when the file is checked."""

from __future__ import annotations

from rebates.model import nodes as m
from rebates.model.expressions import Typing, describe, dimension
from rebates.model.moving import windowed
from rebates.model.names import Names
from rebates.model.time import minutes_of
from rebates.model.units import ALL_GLOBAL_UNITS, global_factor
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Edit
from rebates.syntax.source import Span

ORDER_NUMBER = "order.number"  # in examples alone: how many orders there are with this one, in every window


def check_example(example: m.Example, agreement: m.Agreement, names: Names) -> None:
    """Reports unknown accounts, items, units, measures, attributes and rules of an example, and values that do not fit."""
    node = example.syntax
    if isinstance(node, s.SettledExample):
        from rebates.model.settled_examples import check_settled_example

        check_settled_example(node, agreement, names)
        return
    assert isinstance(node, s.Example)
    from rebates.model.settled_examples import check_beside_order

    check_beside_order(node, names)
    for given in node.given:
        check_given(given, agreement, names)
    _order(node.order, agreement, names)
    for expect in node.expects:
        _expect(expect, len(node.order.lines), agreement, names)


def check_given(given: s.Given, agreement: m.Agreement, names: Names) -> None:
    """What is given exists, and its value fits."""
    match given.target:
        case s.InClass(name=name):
            if name not in agreement.classes:
                names.unknown("R0455", "class", name, given.target.span, agreement.classes)
            return
        case s.Fact() as fact:
            attribute = names.fact(fact)
            if attribute is not None and given.value is not None:
                check_value(given.value, attribute.dimension, f"`{attribute.path}`", names)
            return
    assert given.value is not None
    if isinstance(given.target, s.Name):
        name = given.target.name
        gifts = {rule.name: rule.gift.choices for rule in agreement.rules if rule.gift and rule.gift.choices}
        if name in gifts and isinstance(given.value, s.Text):
            if given.value.value not in gifts[name]:
                names.unknown("R0202", "item", given.value.value, given.value.span, gifts[name])
            return
        measure = agreement.measures.get(name)
        if measure is None and isinstance(given.value, s.Money):
            check_currency(given.value, names)
        declared = name in names.measures or names.unsound.get(name) == "measure"
        if measure is None and declared and isinstance(given.value, s.Text):  # whatever is wrong in its declaration
            what = f"measure `{name}` is no text"
            names.report.error("R0214", given.value.span, what, "write a value of its kind, without quotes")
        if measure is None and (name in names.measures or name in names.rules):
            return  # declared, and something is wrong in it
        if measure is None:
            names.unknown("R0207", "measure", name, given.target.span, agreement.measures)
        else:
            check_value(given.value, measure.dimension, f"measure `{measure.name}`", names)
        return
    if isinstance(given.target, s.Windowed):
        moved = windowed(given.target, Typing(names, agreement.name))
        if moved is not None:
            check_value(given.value, dimension(moved), f"`{given.target.name}`", names)
        return
    path = ".".join(given.target.parts)
    if path == ORDER_NUMBER:
        if not isinstance(given.value, s.Number) or given.value.value < 1 or given.value.value.denominator != 1:
            names.report.error("R0606", given.value.span, "orders are counted from 1", "write a whole number")
        return
    if path in ("order.date", "order.weekday", "order.time", "order.delivery_weekday"):
        names.report.error(
            "R0605",
            given.target.span,
            f"`{path}` is what the dates of the order say",
            "write `order on 2026-03-10 at 14:30`, or `given order.delivery_date 2026-03-12`",
        )
        return
    check_attribute(given.target, given.value, ("order", "line", "account"), names)


def check_attribute(path: s.Path, value: s.Literal_, subjects: tuple[str, ...], names: Names) -> None:
    """An attribute that an example may say, and its value."""
    attribute = names.attribute(path)
    if attribute is None:
        return
    if attribute.subject not in subjects:
        item = attribute.subject == "item"
        names.report.error(
            "R0603",
            path.span,
            f"`{attribute.path}` cannot be said of {'an example' if item else 'a line'}",
            "attributes of items stand in the table `items`" if item else f"write `given {attribute.path} …`",
        )
        return
    check_value(value, attribute.dimension, f"`{attribute.path}`", names)
    if isinstance(value, s.TimeOfDay):
        minutes_of(value, names)


def check_value(value: s.Literal_, wanted: m.Dimension, what: str, names: Names) -> None:
    """A value is of the kind, currency and unit of what it is given to."""
    match wanted.kind, value:
        case (("money" | "price"), s.Money()):
            check_currency(value, names)
            return
        case "quantity", s.Quantity(unit=unit) if global_factor(unit, str(wanted.unit)) is not None:
            return
        case ("number", (s.Number() | s.Percent())) | ("text", s.Text()) | ("date", s.Date()) | ("time", s.TimeOfDay()):
            return
        case "text", s.Number():
            return
    names.report.error(
        "R0214", value.span, f"{what} is {describe(wanted)}, `{value.span.text}` is not", "write a value of its kind"
    )


def check_currency(money: s.Money, names: Names) -> None:
    """An amount is in the currency of the agreement."""
    if names.currency and money.currency != names.currency:
        names.report.error(
            "R0212",
            money.span,
            f"`{money.currency}` is not the agreement's currency `{names.currency}`",
            f"write the amount in {names.currency}",
        )


def _order(order: s.OrderBlock, agreement: m.Agreement, names: Names) -> None:
    master = names.master
    if order.time is not None:
        minutes_of(order.time, names)
    account = order.account
    if account is not None and master.has_accounts and account.value not in master.accounts:
        names.unknown("R0201", "account", account.value, account.span, master.accounts)
    if account is None and agreement.who.kind not in ("account", "account and subsidiaries", "all"):
        names.report.error(
            "R0601", order.span, "the example does not say whose order it is", 'write `order for "ACCOUNT" on …`'
        )
    for line in order.lines:
        if master.has_items and line.item.value not in master.items:
            names.unknown("R0202", "item", line.item.value, line.item.span, master.items)
        check_unit(line.quantity.unit, line.quantity.span, names)
        if line.price is not None:
            check_currency(line.price, names)
        for path, value in line.attributes:
            check_attribute(path, value, ("line",), names)


def check_unit(unit: str, span: Span, names: Names) -> None:
    """A unit is known."""
    known = names.master.unit_names | ALL_GLOBAL_UNITS
    if names.master.has_items and unit not in known:
        names.unknown("R0205", "unit", unit, span, known)


def _expect_break(expect: s.ExpectBreak, lines: int, agreement: m.Agreement, names: Names) -> None:
    words = {term.word for term in agreement.terms}
    if expect.word not in words:
        names.unknown("R0449", "term", expect.word, expect.span, words)
    if expect.line is not None and not 1 <= expect.line <= lines:
        names.report.error("R0602", expect.span, f"the order has no line {expect.line}", "name one that it has")


def tell_kind(said: str, name: str, kind: str, at: Span, names: Names) -> None:
    """A rule that is named as one of another kind."""
    start = at.start + at.text.index(said)
    here = Span(at.source, start, start + len(said))
    message = f"`{name}` is a {kind}, not a {said}"
    names.report.error("R0236", here, message, f"write `{kind} {name}`", edits=(Edit(here, kind, "asks"),))


def _expect(expect: s.Expect, lines: int, agreement: m.Agreement, names: Names) -> None:
    if isinstance(expect, s.ExpectOutcome):
        return
    if isinstance(expect, s.ExpectBreak):
        _expect_break(expect, lines, agreement, names)
        return
    if isinstance(expect, s.ExpectFree):
        if names.master.has_items and expect.item.value not in names.master.items:
            names.unknown("R0202", "item", expect.item.value, expect.item.span, names.master.items)
        check_unit(expect.quantity.unit, expect.quantity.span, names)
        return
    if expect.line is not None and not 1 <= expect.line <= lines:
        last = "its only line is line 1" if lines == 1 else f"its lines are 1 to {lines}"
        names.report.error("R0602", expect.span, f"the order has no line {expect.line}", last)
    if isinstance(expect.value, s.Money):
        check_currency(expect.value, names)
    if isinstance(expect, s.ExpectRule):
        kinds = names.rules
        wanted = {name for name, kind in kinds.items() if expect.kind in (None, kind)}
        if expect.rule in kinds and expect.kind not in (None, kinds[expect.rule]):
            tell_kind(str(expect.kind), expect.rule, kinds[expect.rule], expect.span, names)
        elif expect.rule not in wanted:
            hint = "the amount of an order is said as `expect order net value EUR 100`"
            names.unknown("R0234", expect.kind or "rule", expect.rule, expect.span, wanted, hint)
    elif expect.line is None and expect.what.endswith("price"):
        names.report.error(
            "R0604", expect.span, f"an order has no {expect.what}", f"write `expect line 1 {expect.what} …`"
        )
