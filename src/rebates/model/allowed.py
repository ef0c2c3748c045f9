"""What a rule may read where it stands: nothing that is made later (3.1, 3.4), nothing that differs in its group (5.1 c)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rebates.model import nodes as m
from rebates.model.names import Names
from rebates.model.posted_only import refuse_in_condition, refuse_in_rule, refuse_in_value
from rebates.model.reads import (
    Read,
    condition_reads,
    last_measures,
    piece_expressions,
    reads,
    rule_pieces,
    rule_reads,
    varies_in,
)
from rebates.model.windows import Window
from rebates.syntax.source import Span

_MADE = {"gross": "gross value", "net": "net value", "invoice": "invoice value"}
_ON_LINES = "this can differ from line to line"


def check_rule(rule: m.Rule, stages: Sequence[m.Stage], charges: Mapping[str, int], names: Names) -> bool:
    """Reports what the rule reads and may not. `charges` has the place of every charge of the agreement, by id."""
    before = names.report.error_count
    found = list(rule_reads(rule))
    refuse_in_rule(rule, found, names)
    for read in found:
        if rule.kind == "price":
            _price(read, names)
        else:
            _later(read, rule, stages, charges, names)
    _varies(rule, names)
    _grows(rule, names)
    return names.report.error_count == before


def _grows(rule: m.Rule, names: Names) -> None:
    """Slices and sums pay for what the order adds to a total to date; one that lies in the past does not grow (5.4 a)."""
    worth = rule.worth
    if not isinstance(worth, m.Tiers) or worth.mode in ("retroactive", "interpolated"):
        return
    totals = [read.expr for read in reads(worth.measure, filters=False) if isinstance(read.expr, m.Total)]
    past = [total for total in totals if isinstance(total.window, Window) and total.window.past]
    if past and not any(_reads_order(total) for total in totals):
        names.report.error(
            "R0461",
            worth.measure.span,
            f"this measure lies before the order, and `{worth.mode}` pays for what the order adds to it",
            "use `retroactive`, or measure a window that counts the order",
        )


def _price(read: Read, names: Names) -> None:
    match read.expr:
        case m.Total(what=what) if what in _MADE and _reads_order(read.expr):
            help = "use a quantity or the list value; of earlier orders, write `before this order`"
            names.report.error("R0219", read.at, f"a price cannot stand on the {_MADE[what]} it makes", help)
        case m.ItemPrice(kind="gross" | "net" as kind):
            help = "use `list price` or `cost`"
            names.report.error("R0219", read.at, f"a price cannot stand on the {kind} price it makes", help)
        case m.ChargeAmount(kind=kind):
            help = "use a quantity or the list value"
            names.report.error("R0318", read.at, f"a price comes before all {kind}s", help)


def _reads_order(total: m.Expr) -> bool:
    """Whether a total counts the order in hand."""
    assert isinstance(total, m.Total)
    past = isinstance(total.window, Window) and total.window.past
    return total.scope.within_order or not (total.before or past)


def _later(read: Read, rule: m.Rule, stages: Sequence[m.Stage], charges: Mapping[str, int], names: Names) -> None:
    """Invoice values and charges come after the discounts, a stage's outcome after the stage."""
    report = names.report
    own = next((stage for stage in stages if stage.name == rule.stage), None)
    on_goods = rule.kind == "discount" and (own is None or own.base != "charges")
    match read.expr:
        case m.Total(what="invoice") if on_goods and _reads_order(read.expr):
            report.error("R0318", read.at, "the invoice value is made after the discounts", "use the net value")
        case m.ChargeAmount(kind="discount"):
            return  # see combination.py
        case m.ChargeAmount() if on_goods:
            report.error("R0318", read.at, "charges are made after the discounts", "use the net value")
        case m.ChargeAmount(rule=charge) if rule.kind == "charge" and charges.get(charge, rule.place) >= rule.place:
            name = charge.rpartition(".")[2]
            report.error(
                "R0318", read.at, f"charge `{name}` is made after charge `{rule.name}`", f"write `{name}` before it"
            )
        case m.Total(after_stage=str() as after) if own is not None:
            order = [stage.name for stage in stages]
            if after in order and order.index(after) >= order.index(own.name):
                report.error(
                    "R0318",
                    read.at,
                    f"stage `{after}` is not over when stage `{own.name}` begins",
                    "name an earlier stage, or leave out `after stage`",
                )


def _varies(rule: m.Rule, names: Names) -> None:
    """One value for all lines that are decided together."""
    group = rule.decides
    if group is not m.Scope.LINE and rule.kind != "price":
        asked: list[m.Expr] = []
        match rule.worth:
            case m.Amount(value=value):
                asked.append(value)
            case worth:
                asked += last_measures(worth)
        if rule.base.value is not None:
            asked.append(rule.base.value)
        for piece in rule_pieces(rule):
            for expr in piece_expressions(piece):
                if not _is_price(expr):  # a price is taken of each line's item
                    asked.append(expr)
        for expr in asked:
            at = varies_in(expr, group)
            if at is not None:
                _one_value(at, f"{rule.kind} `{rule.name}` decides per {group.value}, and {_ON_LINES}", group, names)
    bounds: list[m.Bound | m.SharedCap] = [*rule.caps, *rule.floors, *rule.led]
    for bound in [*bounds, *([rule.pays_from] if rule.pays_from else [])]:
        at = varies_in(bound.value, bound.scope)
        if at is not None:
            names.report.error(
                "R0317",
                at,
                f"a bound per {bound.scope.value} needs one amount, and {_ON_LINES}",
                "write the bound `per line`, or a total of that scope",
            )


def _is_price(expr: m.Expr) -> bool:
    return isinstance(expr, m.ItemPrice | m.RulePrice) or getattr(expr, "dimension", None) == m.PRICE


def _one_value(at: Span, message: str, group: m.Scope, names: Names) -> None:
    names.report.error("R0319", at, message, f"measure it per {group.value}, or let the rule decide on each line")


def check_guard(guard: m.Guard, names: Names) -> bool:
    """A guard on the order cannot have a bound that differs from line to line (5.1 c, 7.3)."""
    before = names.report.error_count
    refuse_in_value((guard.bound,), names)
    if names.report.error_count > before:
        return False
    at = None if guard.per_line else varies_in(guard.bound, m.Scope.ORDER)
    if at is not None:
        names.report.error("R0319", at, f"this guard looks at the order, and {_ON_LINES}", "write it `per line`")
    return at is None


def check_account_condition(condition: m.Condition, names: Names) -> bool:
    """Whom an agreement is for is known before there is an order: attributes of the account alone (7.4)."""
    before = names.report.error_count
    refuse_in_condition(condition, names)
    sound = names.report.error_count == before
    for tested in _classes(condition):
        if tested.of.subject != "accounts":
            names.report.error(
                "R0458",
                tested.span,
                f"an agreement is chosen by the account, and class `{tested.of.name}` is of {tested.of.subject}",
                "test a class of accounts here, and put the rest into `when` of the rules",
            )
            sound = False
    for read in condition_reads(condition):
        match read.expr:
            case m.AttributeValue(attribute=attribute) if attribute.subject != "account":
                what = f"`{attribute.path}`"
            case m.Total() | m.ItemPrice() | m.ChargeAmount() | m.RulePrice() | m.TableValue():
                what = "what is ordered"
            case _:
                continue
        names.report.error(
            "R0343",
            read.at,
            f"an agreement is chosen by the account, not by {what}",
            "test attributes of the account here, and put the rest into `when` of the rules",
        )
        sound = False
    return sound


def _classes(condition: m.Condition) -> list[m.InClass]:
    match condition:
        case m.And(parts=parts) | m.Or(parts=parts):
            return [tested for part in parts for tested in _classes(part)]
        case m.Not(part=part):
            return _classes(part)
        case m.InClass():
            return [condition]
        case _:
            return []
