"""Examples of what is settled: their names exist, what is posted can be, and values fit (93h)."""

from __future__ import annotations

from itertools import pairwise

from rebates.model import nodes as m
from rebates.model.examples import check_attribute, check_currency, check_given, check_unit, check_value, tell_kind
from rebates.model.names import Names
from rebates.model.rebates import Rebate
from rebates.syntax import findings
from rebates.syntax import nodes as s
from rebates.syntax.source import Span


def check_beside_order(node: s.Example, names: Names) -> None:
    """An example with an order shows what the order is priced at, and nothing that is settled afterwards."""
    for part in node.over_time:
        names.report.error(
            "R0670",
            part.span,
            "an order is priced before anything is settled",
            'leave out the order: post it, `sale "S1" on 2026-03-10 { 5 carton of "COLA" at EUR 9 }`',
        )


def check_settled_example(node: s.SettledExample, agreement: m.Agreement, names: Names) -> None:
    """Reports unknown names of an example without an order, and values that do not fit."""
    expected = [step for step in node.steps if isinstance(step, s.ExpectEarned)]
    stray = next((step for step in node.steps if isinstance(step, s.Expect)), None)
    if stray is not None and expected:  # with nothing expected that was told when it was read
        names.report.add(findings.no_order(stray.span))
    for given in node.given:
        check_given(given, agreement, names)
    for over_time in node.over_time:
        _over_time(over_time, agreement, names)
    sales: dict[str, s.PostedSale] = {}
    for step in node.steps:
        match step:
            case s.PostedSale():
                _sale(step, sales, agreement, names)
            case s.PostedPayment(of=of, account=account):
                _account(account, step, agreement, names)
                if isinstance(of, s.RuleName):
                    _rule(of, agreement, names)
                else:
                    _known_sale(of, sales, names)
            case s.PostedClaim(rule=rule, sales=claimed, account=account):
                _account(account, step, agreement, names)
                _rule(rule, agreement, names)
                for sale in claimed:
                    _known_sale(sale, sales, names)
            case s.PostedFact(name=name, value=value, account=account):
                _account(account, step, agreement, names)
                fact = names.facts.get(name)
                if fact is None:
                    names.unknown("R0454", "fact", name, step.span, names.facts)
                else:
                    check_value(value, fact.attribute.dimension, f"`{fact.attribute.path}`", names)
            case s.ExpectEarned():
                _expected(step, agreement, names)
    days = [step.day for step in node.steps if isinstance(step, s.SettleStep)]
    for earlier, later in pairwise(days):
        if later.value <= earlier.value:
            names.report.error(
                "R0671", later.span, "this settlement does not come after the one before it", "order them by day"
            )


def _rule(name: s.RuleName, agreement: m.Agreement, names: Names) -> Rebate | None:
    """The settled rule of that kind and name; its first version."""
    found = next((rule for rule in agreement.rebates if (rule.kind, rule.name) == (name.kind, name.name)), None)
    if found is not None or names.rules.get(name.name) == name.kind == "rebate":
        return found  # or it is there, and something is wrong in it
    if any((rule.kind, rule.name) == (name.kind, name.name) for rule in agreement.rules):
        names.report.add(findings.no_order(name.span))
        return None
    kind = names.rules.get(name.name)
    if kind is not None and kind != name.kind:
        tell_kind(name.kind, name.name, kind, name.span, names)
        return None
    known = [rule.name for rule in agreement.rebates if rule.kind == name.kind]
    names.unknown("R0234", name.kind, name.name, name.span, known)
    return None


def _paid_in(value: s.Money | s.Number | s.Quantity, rule: Rebate, at: Span, names: Names) -> None:
    """An amount is of what the rule pays."""
    match rule.pays, value:
        case "money", s.Money():
            check_currency(value, names)
            return
        case "points", s.Number():
            return
        case "goods", s.Quantity(unit=unit) if rule.goods is not None and unit == rule.goods[1]:
            return
    what = f"a quantity in {rule.goods[1]}" if rule.goods is not None else rule.pays
    names.report.error(
        "R0214", value.span, f"{rule.kind} `{rule.name}` pays {what}, `{value.span.text}` is not", "write what it pays"
    )


def _expected(expect: s.ExpectEarned, agreement: m.Agreement, names: Names) -> None:
    rule = _rule(expect.rule, agreement, names)
    if expect.to is not None:
        _known_account(expect.to, names)
    if rule is not None and expect.value is not None:
        _paid_in(expect.value, rule, expect.span, names)
    elif isinstance(expect.value, s.Money):  # of a rule that something is wrong with
        check_currency(expect.value, names)


def _over_time(given: s.GivenOverTime, agreement: m.Agreement, names: Names) -> None:
    match given:
        case s.GivenRule(rule=name, value=value):
            rule = _rule(name, agreement, names)
            if rule is not None:
                _paid_in(value, rule, given.span, names)
        case s.GivenTable(table=table):
            if table not in names.tables and table not in names.master.tables:
                names.unknown("R0204", "table", table, given.span, names.tables)
        case s.GivenYear(year=year):
            if year < 1:
                names.report.error("R0671", given.span, "years of an agreement are counted from 1", "write 1 or more")


# --- what is posted


def _sale(sale: s.PostedSale, sales: dict[str, s.PostedSale], agreement: m.Agreement, names: Names) -> None:
    master = names.master
    if sale.of is not None:
        _known_sale(sale.of, sales, names)
    else:
        _account(sale.account, sale, agreement, names)
    if sale.id is not None:
        if sale.id.value in sales:
            names.report.error(
                "R0671",
                sale.id.span,
                f"there is a sale `{sale.id.value}` already",
                "give each sale a number of its own",
            )
        sales[sale.id.value] = sale
    for path, value in sale.attributes:
        check_attribute(path, value, ("order", "line", "account"), names)
    for line in sale.lines:
        if master.has_items and line.item.value not in master.items:
            names.unknown("R0202", "item", line.item.value, line.item.span, master.items)
        check_unit(line.quantity.unit, line.quantity.span, names)
        if line.price is not None:
            check_currency(line.price, names)
        elif sale.word == "return":
            names.report.error("R0671", line.span, "a return says what is given back", "write its price: `at EUR 9`")
        for path, value in line.attributes:
            check_attribute(path, value, ("line",), names)


def _known_sale(name: s.Text, sales: dict[str, s.PostedSale], names: Names) -> None:
    if name.value not in sales:
        names.unknown("R0672", "sale", name.value, name.span, sales)


def _account(account: s.Text | None, at: s.Node, agreement: m.Agreement, names: Names) -> None:
    if account is not None:
        _known_account(account, names)
    elif agreement.who.kind not in ("account", "account and subsidiaries", "all"):
        names.report.error(
            "R0601", at.span, "the example does not say whose this is", 'write `for "ACCOUNT"` before the day'
        )


def _known_account(account: s.Text, names: Names) -> None:
    if names.master.has_accounts and account.value not in names.master.accounts:
        groups = names.master.group_names
        if account.value not in groups:
            names.unknown("R0201", "account", account.value, account.span, names.master.accounts)
