"""Classes as far as an account, an item or an end customer settles them: judged before the order, so no line is read.

A class stands on attributes, facts and the totals that the order brings (86). One that is not brought is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from rebates.model.calendar import number_in
from rebates.model.exact import round_to
from rebates.model.moments import moment_day
from rebates.model.nodes import (
    Agreement,
    AgreementWindow,
    And,
    Arithmetic,
    AttributeValue,
    Class,
    Compare,
    Condition,
    Constant,
    DaysBetween,
    EveryNth,
    Expr,
    Extreme,
    Fallback,
    InClass,
    InSet,
    MeasureRef,
    Moment,
    Not,
    Or,
    Rounded,
    Scope,
    Total,
)
from rebates.model.orders import OrderIn
from rebates.model.windows import there
from rebates.plan.arithmetic import compared, days_between, reckoned
from rebates.plan.conditions import Known, simplified
from rebates.plan.facts import AttributeText
from rebates.plan.nodes import ClassUse, Missing, Verdict
from rebates.plan.reads import nodes_in
from rebates.plan.totals import keyed, whose_total


class Judge:
    """Judges classes for an agreement, by what an order brings; `known` has the item for classes of items."""

    __slots__ = ("agreement", "known", "order")

    def __init__(self, known: Known, agreement: Agreement, order: OrderIn) -> None:
        self.known, self.agreement, self.order = known, agreement, order

    def member(self, of: Class) -> Verdict:
        """Whether the account, item or end customer is a member."""
        if self.order.given and f"{self.agreement.name}.class {of.name}" in self.order.given:
            return True
        return self.verdict(of.where)

    def verdict(self, condition: Condition) -> Verdict:
        """True, false or unknown, with the first unknown from the left."""
        match condition:
            case And() | Or():
                neutral = isinstance(condition, And)
                unknown: Missing | None = None
                for part in condition.parts:
                    found = self.verdict(part)
                    if isinstance(found, Missing):
                        unknown = unknown or found
                    elif found != neutral:
                        return found
                return neutral if unknown is None else unknown
            case Not():
                found = self.verdict(condition.part)
                return found if isinstance(found, Missing) else not found
            case InSet():
                return self.verdict(condition.where)
            case InClass():
                return self.member(condition.of)
            case EveryNth():
                before = self._total(condition.before)
                return before if isinstance(before, Missing) else not (before + 1) % condition.number
            case Compare():
                left, right = self.value(condition.left), self.value(condition.right)
                if isinstance(left, Missing):
                    return left
                return right if isinstance(right, Missing) else compared(condition.op, left, right)
            case _:
                settled = simplified(condition, self.known)
                assert isinstance(settled, bool | Missing)
                return settled

    def value(self, expr: Expr) -> AttributeText | Missing:
        """What an expression comes to before the order."""
        match expr:
            case Constant():
                return expr.value
            case AttributeValue():
                return self.known.read(expr.attribute)
            case Total():
                return self._total(expr)
            case MeasureRef():
                given = self.order.given.get(f"{self.agreement.name}.{expr.name}") if self.order.given else None
                return self.value(expr.value) if given is None else given
            case Arithmetic():
                return self._arithmetic(expr)
            case Extreme():
                parts = [self._number(part) for part in expr.parts]
                numbers = [part for part in parts if not isinstance(part, Missing)]
                if len(numbers) < len(parts):
                    return next(part for part in parts if isinstance(part, Missing))
                match expr.which:
                    case "average":
                        return sum(numbers, Fraction(0)) / len(numbers)
                    case "greater":
                        return max(numbers)
                    case "lesser":
                        return min(numbers)
            case Rounded():
                inner = self._number(expr.value)
                return inner if isinstance(inner, Missing) else round_to(inner, expr.digits or 0, expr.mode)
            case AgreementWindow():
                return Fraction(number_in(self.agreement.first, self.order.day, expr.kind))
            case DaysBetween():
                return days_between(self._day(expr.start), self._day(expr.end))
            case Fallback():
                first = self.value(expr.value)
                if not isinstance(first, Missing):
                    return first
                other = self.value(expr.otherwise)
                return first if isinstance(other, Missing) else other
            case _:
                raise AssertionError("the checker admits nothing of the order in hand")

    def _day(self, part: Constant | AttributeValue | Moment) -> AttributeText | Missing:
        if isinstance(part, Moment):
            return moment_day(part, self.order.day, self.order.day, {}, self.agreement)
        return self.value(part)

    def _number(self, expr: Expr) -> Fraction | Missing:
        found = self.value(expr)
        assert isinstance(found, Fraction | Missing)
        return found

    def _arithmetic(self, expr: Arithmetic) -> Fraction | Missing:
        left, right = self._number(expr.left), self._number(expr.right)
        return reckoned(expr, left, right)

    def _total(self, expr: Total) -> Fraction | Missing:
        if expr.scope is Scope.END_CUSTOMER and "end_customer" not in self.known.order:
            return Missing("order.end_customer")
        if not there(expr.window, self.order.day, self.agreement.calendar):
            return Missing("season")
        key = self.key(expr)
        found = self.order.totals.get(key)
        if found is None:
            return Missing(key)
        return Fraction(found.numerator // found.denominator) if expr.full else found

    def key(self, total: Total) -> str:
        """The key of a total, on the order day."""
        known = self.known
        item = known.item.id if known.item is not None else ""
        customer = str(known.order.get("end_customer", "unknown"))
        whose = whose_total(known.account, self.agreement, total.scope, customer, item)
        return keyed(total.key or "", whose, total.window, self.agreement, self.order.day)


def compares_in(condition: Condition) -> Iterator[Compare]:
    """The comparisons of a class from the left; a class that it names tells its own."""
    match condition:
        case And() | Or():
            for part in condition.parts:
                yield from compares_in(part)
        case Not():
            yield from compares_in(condition.part)
        case Compare():
            yield condition


def classes_of(agreement: Agreement, nodes: Iterable[object]) -> tuple[ClassUse, ...]:
    """Every class that is tested in these nodes, or that such a class stands on."""
    found = {node.name: node for root in nodes for node in nodes_in(root) if isinstance(node, Class)}
    return tuple(ClassUse(agreement, found[name]) for name in sorted(found))
