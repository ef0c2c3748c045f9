"""Conditions as far as attributes, unit and day settle them; what reads quantities or amounts is left (7.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import assert_never

from rebates.model.calendar import WEEKDAYS
from rebates.model.nodes import (
    AgreementWindow,
    And,
    Arithmetic,
    Attribute,
    AttributeValue,
    ChargeAmount,
    Claimed,
    Compare,
    Condition,
    Constant,
    DaysBetween,
    Earned,
    EveryNth,
    Exchanged,
    Expr,
    Extreme,
    Fallback,
    InClass,
    InSet,
    InTable,
    ItemPrice,
    MeasureRef,
    Not,
    OneOf,
    Or,
    Paid,
    PerKey,
    PostedBy,
    Rounded,
    RulePaid,
    RulePrice,
    Scope,
    TableValue,
    Throughout,
    Total,
    Under,
)
from rebates.plan.facts import AccountFacts, Facts, ItemFacts
from rebates.plan.nodes import Missing, Verdict

AttributeText = str | Fraction | date


class Known:
    """What is settled before quantities are: attributes of account, item, order and line, the unit, the day."""

    __slots__ = ("account", "day", "facts", "item", "line", "order", "told", "unit")

    def __init__(
        self,
        facts: Facts,
        account: AccountFacts,
        day: date,
        order: Mapping[str, AttributeText] | None = None,
        item: ItemFacts | None = None,
        unit: str | None = None,
        line: Mapping[str, AttributeText] | None = None,
        told: Mapping[str, AttributeText] | None = None,
    ) -> None:
        self.facts, self.account, self.item, self.unit, self.day = facts, account, item, unit, day
        self.order: Mapping[str, AttributeText] = order or {}
        self.line: Mapping[str, AttributeText] = line or {}
        self.told: Mapping[str, AttributeText] = told or {}  # facts (84)

    def read(self, attribute: Attribute) -> AttributeText | Missing:
        """The attribute's value, its default, or why there is none (7.1)."""
        value: AttributeText | None
        match attribute.subject:
            case "account":
                value = self.account.read(attribute)
            case "item":
                assert self.item is not None
                value = self.item.read(attribute)
            case "line":
                value = self.unit if attribute.name == "unit" else self.line.get(attribute.name)
            case "order":
                value = self.day if attribute.name == "date" else self.order.get(attribute.name)
                if attribute.name == "weekday":
                    value = WEEKDAYS[self.day.weekday()]
            case "fact":
                value = self.told.get(attribute.name)
        if value is None:
            value = attribute.default
        return Missing(attribute.path) if value is None else value


def simplified(condition: Condition, known: Known) -> Condition | Verdict:
    """A verdict where all that decides is known, else the part of the condition that still depends on quantities."""
    match condition:
        case And():
            return _joined(condition, known, True)
        case Or():
            return _joined(condition, known, False)
        case Not():
            part = simplified(condition.part, known)
            if isinstance(part, bool):
                return not part
            return part if isinstance(part, Missing) else Not(part, span=condition.span)
        case OneOf():
            value = known.read(condition.attribute)
            return value if isinstance(value, Missing) else (value in condition.values) != condition.negated
        case Under():
            value = known.read(condition.attribute)
            return (
                value
                if isinstance(value, Missing)
                else known.facts.is_under(condition.attribute, value, condition.ancestor)
            )
        case InTable():
            value = known.read(condition.attribute)
            if isinstance(value, Missing):
                return value
            return known.facts.in_table(condition.table, value, known.day) != condition.negated
        case InSet():
            return simplified(condition.where, known)
        case Compare() | EveryNth() | InClass() | Paid() | Claimed() | PostedBy() | Throughout() | RulePaid():
            return condition
        case _:
            assert_never(condition)


def _joined(condition: And | Or, known: Known, neutral: bool) -> Condition | Verdict:
    """`and` and `or`: parts that change nothing fall away; one that decides, decides."""
    left: list[Condition] = []
    unknown: Missing | None = None
    dynamic = False
    for part in condition.parts:
        small = simplified(part, known)
        if isinstance(small, bool):
            if small != neutral:
                return small
        elif isinstance(small, Missing):
            unknown = unknown or small
            left.append(part)
        else:
            dynamic = True
            left.append(small)
    if not dynamic:
        return unknown if unknown is not None else neutral
    if len(left) == 1:
        return left[0]
    return And(tuple(left), span=condition.span) if neutral else Or(tuple(left), span=condition.span)


def reads_beyond(expr: Expr) -> bool:
    """Whether a total beyond the order in hand is read (5.4)."""
    return any(not total.scope.within_order for total in totals_in(expr))


def totals_in(expr: Expr) -> list[Total]:
    """Every total that the expression reads, measures opened."""
    match expr:
        case Total():
            return [expr]
        case MeasureRef():
            return totals_in(expr.value)
        case Arithmetic():
            return totals_in(expr.left) + totals_in(expr.right)
        case Extreme():
            return [total for part in expr.parts for total in totals_in(part)]
        case Rounded():
            return totals_in(expr.value)
        case Fallback():
            return totals_in(expr.value) + totals_in(expr.otherwise)
        case PerKey():
            return totals_in_condition(expr.value) if isinstance(expr.value, Condition) else totals_in(expr.value)
        case (
            Constant()
            | AttributeValue()
            | ItemPrice()
            | ChargeAmount()
            | RulePrice()
            | TableValue()
            | DaysBetween()
            | AgreementWindow()
            | Exchanged()
            | Earned()
        ):
            return []
        case _:
            assert_never(expr)


def totals_in_condition(condition: Condition) -> list[Total]:
    """Every total that the condition reads, filters of totals not among them."""
    match condition:
        case And() | Or():
            return [total for part in condition.parts for total in totals_in_condition(part)]
        case Not():
            return totals_in_condition(condition.part)
        case InSet():
            return totals_in_condition(condition.where)
        case Compare():
            return totals_in(condition.left) + totals_in(condition.right)
        case EveryNth():
            return [condition.before]
        case OneOf() | Under() | InTable() | InClass():
            return []
        case Paid() | Claimed() | PostedBy() | Throughout() | RulePaid():
            return []
        case _:
            assert_never(condition)


def measure_scope(expr: Expr) -> Scope | None:
    """The widest scope an expression's totals have; None if it reads none."""
    order = list(Scope)
    found = [order.index(total.scope) for total in totals_in(expr)]
    return order[max(found)] if found else None


def measure_unit(expr: Expr) -> str | None:
    """The unit of a quantity measure, if it has one."""
    match expr:
        case Total():
            return expr.unit if expr.what == "quantity" else None
        case MeasureRef():
            return measure_unit(expr.value)
        case Rounded() | Fallback():
            return measure_unit(expr.value)
        case Extreme():
            return measure_unit(expr.parts[0])
        case PerKey():
            return expr.dimension.unit
        case Constant() | AttributeValue() | Arithmetic():
            return expr.dimension.unit if not isinstance(expr, AttributeValue) else expr.attribute.dimension.unit
        case TableValue():
            return expr.dimension.unit
        case ItemPrice() | ChargeAmount() | RulePrice() | DaysBetween() | AgreementWindow() | Exchanged() | Earned():
            return None
        case _:
            assert_never(expr)
