"""Examples: the names in them exist, so that a slip is told when the file is checked."""

from __future__ import annotations

from rebates.model import nodes as m
from rebates.model.names import Names
from rebates.model.units import ALL_GLOBAL_UNITS
from rebates.syntax import nodes as s


def check_example(example: m.Example, agreement: m.Agreement, names: Names) -> None:
    """Reports unknown accounts, items, units, measures, attributes and rules of an example."""
    node = example.syntax
    assert isinstance(node, s.Example)
    master = names.master
    for given in node.given:
        if isinstance(given.target, s.Name):
            if given.target.name not in agreement.measures:
                names.unknown("R0207", "measure", given.target.name, given.target.span, agreement.measures)
        else:
            names.attribute(given.target)
    account = node.order.account
    if account is not None and master.has_accounts and account.value not in master.accounts:
        names.unknown("R0201", "account", account.value, account.span, master.accounts)
    if account is None and agreement.who.kind not in ("account", "account and subsidiaries", "all"):
        names.report.error(
            "R0601", node.order.span, "the example does not say whose order it is", 'write `order for "ACCOUNT" on …`'
        )
    units = master.unit_names | ALL_GLOBAL_UNITS
    for line in node.order.lines:
        if master.has_items and line.item.value not in master.items:
            names.unknown("R0202", "item", line.item.value, line.item.span, master.items)
        if master.has_items and line.quantity.unit not in units:
            names.unknown("R0205", "unit", line.quantity.unit, line.quantity.span, units)
        for path, _ in line.attributes:
            names.attribute(path)
    rules = {rule.name for rule in agreement.rules}
    for expect in node.expects:
        line_number = getattr(expect, "line", None)
        if line_number is not None and not 1 <= line_number <= len(node.order.lines):
            names.report.error(
                "R0602", expect.span, f"the order has no line {line_number}", f"it has {len(node.order.lines)}"
            )
        if isinstance(expect, s.ExpectRule) and expect.rule not in rules:
            names.unknown("R0234", "rule", expect.rule, expect.span, rules)
