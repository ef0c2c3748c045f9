"""What is known of posted sales alone, refused where an order is priced: payments, claims, what rebates earn (14)."""

from __future__ import annotations

from collections.abc import Iterable

from rebates.model import nodes as m
from rebates.model.expressions import Typing
from rebates.model.names import Names
from rebates.model.reads import Read, condition_reads, reads, tests, tests_in
from rebates.model.settled_kinds import OVER_TIME
from rebates.syntax import nodes as s
from rebates.syntax.source import Span

_HELP = "make it a `rebate`: it is worked out on what was posted, and settled afterwards"
_WHAT: dict[type[m.Node], str] = {
    m.Paid: "whether a sale was paid",
    m.Claimed: "whether it was claimed",
    m.PostedBy: "by when a fact was posted",
    m.Throughout: "what held throughout a window",
    m.RulePaid: "whether a rule's settlements were paid",
}


def refuse_clauses(rule: s.Rule, typing: Typing) -> None:
    """Reports clauses of a rule of an order that say what becomes of it afterwards."""
    for clause in rule.clauses:
        match clause:
            case s.WhenClause(failing=str() as failing):
                what = f"`otherwise {failing}`"
            case s.PaysFromClause(carried_forward=True):
                what = "`carried forward`"
            case _ if isinstance(clause, OVER_TIME):
                what = f"`{' '.join(clause.span.text.split()[:2])}`"
            case _:
                continue
        help = "give the charge a `settle` clause" if rule.kind == "charge" else "make it a `rebate`"
        typing.error("R0650", clause.span, f"{what} belongs to a rule that is settled, this is a {rule.kind}", help)


def refuse_in_rule(rule: m.Rule, read_in_it: Iterable[Read], names: Names) -> None:
    """Reports what a rule of an order reads and only a rebate can."""
    conditions = [when.condition for when in rule.when]
    if isinstance(rule.worth, m.Cases):
        conditions += [case.when for case in rule.worth.rows if case.when is not None]
    if rule.base.where is not None:
        conditions.append(rule.base.where)
    for condition in conditions:
        refuse_in_condition(condition, names)
    for read in read_in_it:
        _refuse_read(read, names)
        for test, at in tests_in(read):
            _refuse_test(test, at, names)
    reaches: list[m.Bound | m.SharedCap | m.Limit | m.Uses] = [*rule.caps, *rule.floors, *rule.led, *rule.uses]
    for reach in [*reaches, *([rule.limit] if rule.limit is not None else [])]:
        if reach.scope in (m.Scope.CLAIM, m.Scope.INVOICE):
            names.report.error("R0650", reach.span, f"an order does not know what is {reach.scope.words}", _HELP)


def refuse_in_condition(condition: m.Condition, names: Names) -> None:
    """Reports the tests of a condition that an order cannot answer."""
    for test, at in tests(condition):
        _refuse_test(test, at, names)
    for read in condition_reads(condition):
        _refuse_read(read, names)


def refuse_in_value(exprs: Iterable[m.Expr], names: Names) -> None:
    """Reports what expressions read and an order cannot answer."""
    for expr in exprs:
        for read in reads(expr):
            _refuse_read(read, names)
            for test, at in tests_in(read):
                _refuse_test(test, at, names)


def _refuse_test(test: m.Condition, at: Span, names: Names) -> None:
    if isinstance(test, m.OVER_TIME):
        names.report.error("R0650", at, f"an order does not know {_WHAT[type(test)]}", _HELP)


def _refuse_read(read: Read, names: Names) -> None:
    match read.expr:
        case m.Total(scope=m.Scope.CLAIM):
            what, help = "a total per claim", _HELP
        case m.Total(scope=m.Scope.INVOICE):
            what, help = "a total per invoice", "write `per order`, or make it a `rebate`"
        case m.Total(what="at table"):
            what, help = "`value at` a table", "read the price itself, `table NAME`, or make it a `rebate`"
        case m.TableValue(at=m.Moment(event="claim date")):
            what, help = "the date of a claim", _HELP
        case m.PerKey(key=str() as key):
            what, help = f"a value for each {key}", _HELP
        case m.PerKey(key=m.Attribute(subject="account" | "order") as cut):
            names.report.error(
                "R0460",
                read.at,
                f"`{cut.path}` is the same on all lines of an order",
                "cut the order by an attribute of the item or the line",
            )
            return
        case m.Total(what="invoices" | "days" as counted):
            what, help = f"a number of {counted}", "write `number of orders`, or make it a `rebate`"
        case m.Earned():
            what, help = "what a rule earns over time", _HELP
        case m.Total(what="distinct", scope=scope) if not scope.within_order:
            names.report.error(
                "R0227", read.at, "distinct things cannot be counted over several orders", "count them per order"
            )
            return
        case _:
            return
    names.report.error("R0650", read.at, f"an order does not know {what}", help)
