"""What a settled rule may read: sales that were posted, each expression with one value for an earner and a window (91, 93)."""

from __future__ import annotations

from collections.abc import Iterator

from rebates.model import nodes as m
from rebates.model.expressions import Typing, dimension, varies_by_line
from rebates.model.names import Names
from rebates.model.reads import Read, condition_reads, reads
from rebates.model.rebates import Rebate
from rebates.model.settled_reads import conditions, rule_pieces, rule_reads, rule_tests, values
from rebates.model.settling import payment_term
from rebates.model.units import global_factor

_IN_BASE = "multiply it into the base, where it is worked out for each sale"
_SEVERAL = (m.Scope.GROUP, m.Scope.ALL, m.Scope.END_CUSTOMER)


def check_settled(rule: Rebate, has_payment_term: bool, typing: Typing) -> bool:
    """Reports what the rule reads and may not."""
    names = typing.names
    before = names.report.error_count
    for read in rule_reads(rule):
        _known(read, names)
    if names.report.error_count > before:
        return False
    help = "put the test into the filter of the base: `of items where …`"
    for condition, by_sale in conditions(rule):
        for read in condition_reads(condition, filters=False):
            if not by_sale or not isinstance(read.expr, m.AttributeValue) or read.expr.attribute.subject == "account":
                _one_value(read, rule, help, names)
    for expr in values(rule):
        for read in reads(expr, filters=False):
            _one_value(read, rule, _IN_BASE, names)
    if rule.base is not None:
        for read in reads(rule.base, filters=False):
            _in_base(read, rule, names)
    _check_worth(rule, typing)
    if rule.pays != "money" and (rule.caps or rule.floors or rule.pays_from is not None):
        bound = next(iter((*rule.caps, *rule.floors, *([rule.pays_from] if rule.pays_from else []))))
        typing.error("R0661", bound.span, f"the rule pays {rule.pays}, this bounds money", "limit its base instead")
    if not has_payment_term:
        terms = [test.by for test in rule_tests(rule) if isinstance(test, m.Paid | m.Claimed | m.PostedBy)]
        at = next((by.span for by in terms if by.terms), rule.settle.span if payment_term(rule) else None)
        if at is not None:
            typing.error(
                "R0662",
                at,
                "`within terms` is by the payment term, and the agreement states none",
                "add `terms { payment 30 days }`, or write the days: `within 30 days of invoice date`",
            )
    return names.report.error_count == before


def _known(read: Read, names: Names) -> None:
    """Values that only an order has."""
    match read.expr:
        case m.Total(after_stage=str()) | m.Total(before=True):
            word = "before this order" if read.expr.before else "after stage"
            names.report.error(
                "R0651",
                read.at,
                f"`{word}` is of an order in hand, and this rule looks at what was posted",
                "leave it out: sales count with their final amounts",
            )
            return
        case m.ItemPrice(kind=kind):
            what, help = "the cost" if kind == "cost" else f"the {kind} price", f"use a total of the {kind} value"
        case m.ChargeAmount(kind=kind):
            what, help = (
                f"a {kind} of an order",
                f"give the {kind} a `settle` clause" if kind == "charge" else "use the gross value less the net value",
            )
        case m.RulePrice():
            what, help = "a price rule", "use `value at` a table of prices"
        case m.Exchanged():
            what, help = "an amount in another currency", "write it in the currency of the agreement"
        case _:
            return
    names.report.error("R0655", read.at, f"{what} is not known of what was posted", help)


def _one_value(read: Read, rule: Rebate, help: str, names: Names) -> None:
    """What differs from sale to sale, or from account to account, is no value of the earner's window (5.1 c)."""
    match read.expr:
        case m.AttributeValue(attribute=attribute) if attribute.subject in ("item", "line", "order"):
            if attribute.path == "order.end_customer" and rule.scope is m.Scope.END_CUSTOMER:
                return
            what = f"`{attribute.path}` differs from sale to sale"
        case m.AttributeValue(attribute=attribute) if attribute.subject == "account" and rule.scope in _SEVERAL:
            what = f"`{attribute.path}` differs from account to account"
        case m.TableValue() as value if varies_by_line(value):
            what = f"table `{value.table}` has another row for another sale"
        case m.Total(scope=m.Scope.CLAIM) if rule.window == "claim":
            return
        case m.Total(scope=scope) if scope.within_order:
            what = f"a total {scope.words} differs from {scope.value} to {scope.value}"
            help = f"measure it {rule.scope.words} and per year, or sum it up: `sum of (… for each {scope.value})`"
        case m.EveryNth():
            what = "the number of an order is of that order"
        case _:
            return
    names.report.error(
        "R0654", read.at, f"{what}, and `{rule.name}` is judged {rule.scope.words} for a window as a whole", help
    )


def _in_base(read: Read, rule: Rebate, names: Names) -> None:
    """A base is worked out for each sale where it reads one (93a); nothing between a sale and the window."""
    match read.expr:
        case m.Total(scope=m.Scope.CLAIM) if rule.window == "claim":
            return
        case m.Total(scope=scope) if scope.within_order and scope is not m.Scope.LINE:
            names.report.error(
                "R0654",
                read.at,
                f"a total {scope.words} has many values in a window, and a base has one",
                f"measure it {rule.scope.words} and per year, or sum it up: `sum of (… for each {scope.value})`",
            )


# --- what is paid on the base


def _check_worth(rule: Rebate, typing: Typing) -> None:
    """Amounts per unit need a base that counts such units; rows of a rate table by the line a base that sums sales."""
    sums = rule.base is not None and any(True for _ in _totals(rule.base))
    if isinstance(rule.worth, m.RateTable) and any(_of_line(key) for key in rule.worth.keys) and not _is_sum(rule.base):
        typing.error(
            "R0663",
            rule.base.span if rule.base is not None else rule.worth.span,
            "a rate table by attributes of the lines cuts its base by them, and this base is no total of sales",
            "write a total, or a sum of totals",
        )
    unit = dimension(rule.base).unit if rule.base is not None and dimension(rule.base).kind == "quantity" else None
    for piece in rule_pieces(rule):
        match piece:
            case m.UnitPiece(package=m.Package(unit=str() as wanted)):
                counted = sums or (unit is not None and global_factor(unit, wanted) is not None)
            case m.UnitPiece():
                counted = unit is None
            case m.PricePiece():
                counted = sums
            case _:
                continue
        if not counted:
            typing.error(
                "R0663",
                piece.span,
                "this is paid per unit, and the base counts no such units",
                "let the base be a total of sales in that unit",
            )


def _of_line(key: m.RateKey) -> bool:
    return key == "unit" or (isinstance(key, m.Attribute) and key.subject in ("item", "line", "order"))


def _totals(expr: m.Expr) -> Iterator[m.Total]:
    for read in reads(expr, filters=False):
        if isinstance(read.expr, m.Total):
            yield read.expr


def _is_sum(expr: m.Expr | None) -> bool:
    """Whether it is a total of sales, or a sum or difference of such."""
    match expr:
        case m.Total(what=what):
            return what in ("quantity", "list", "gross", "net", "invoice", "cost", "at table")
        case m.MeasureRef(value=value):
            return _is_sum(value)
        case m.Arithmetic(op="+" | "-", left=left, right=right):
            return _is_sum(left) and _is_sum(right)
        case _:
            return False
