"""The order in hand, of which all that is posted is made, and what its totals tell of before (121, 123)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from rebates.compile.settle.scaling import judged_by_sale, reads_row
from rebates.model.nodes import (
    ItemPrice,
    Package,
    PercentPiece,
    PricePiece,
    PriceTable,
    RateTable,
    Scope,
    SumPiece,
    Total,
    UnitPiece,
    Worth,
)
from rebates.model.orders import OrderIn
from rebates.model.rebates import Rebate
from rebates.plan.conditions import measure_unit
from rebates.plan.expressions import kind_of
from rebates.plan.nodes import Missing
from rebates.plan.reads import nodes_in
from rebates.plan.totals import keyed

if TYPE_CHECKING:
    from rebates.compile.settle.at import At
    from rebates.compile.settle.knowledge import Knowledge

ZERO = Fraction(0)
_OWN = (Scope.ACCOUNT, Scope.TREE)


@dataclass(slots=True)
class InHand:
    """`on_order` is what another rule pays on the order, for a base that stands on it."""

    order: OrderIn
    on_order: Callable[[str], Fraction] = lambda id_: ZERO

    def earner(self, scope: Scope, knowledge: Knowledge) -> str | None:
        """Whose the order is; None of an end customer that it does not name."""
        match scope:
            case Scope.END_CUSTOMER:
                named = self.order.attributes.get("end_customer")
                return None if named is None else str(named)
            case Scope.TREE:
                return knowledge.whose(scope, self.order.account)
            case Scope.GROUP:
                return str(knowledge.agreement.who.name)
            case Scope.ALL:
                return "all"
            case _:
                return self.order.account

    def day(self, rule: Rebate) -> date:
        """The day of the order that governs a rule: the invoice date unless it is dated by another."""
        invoiced = self.order.days.get("invoice", self.order.day)
        if rule.dated_by == "invoice":
            return invoiced
        return self.order.days.get(rule.dated_by, self.order.day if rule.dated_by == "order" else invoiced)

    def key(self, total: Total, at: At) -> str | None:
        """The name under which the order brings what was before; None where there is none, or it does not count."""
        if not at.brought or total.key is None or total.window is None or at.rule.settle.separate:
            return None
        if total.scope in _OWN and at.rule.scope not in _OWN:
            return None
        return self._named(total, at, at.earner, self.order.attributes.get("end_customer", "unknown"), "")

    def brought(self, total: Total, at: At) -> Fraction:
        """What was before."""
        key = self.key(total, at)
        return ZERO if key is None else self.order.totals.get(key, ZERO)

    def judged(self, total: Total, at: At) -> Fraction | Missing:
        """A total of a class: what the order brings and nothing else; what it does not bring is unknown (86)."""
        row = at.row
        customer: object = at.earner if at.rule.scope is Scope.END_CUSTOMER else None
        if row is not None:
            customer = row.attributes.get("order.end_customer")
        if total.scope is Scope.END_CUSTOMER and customer is None:
            return Missing("order.end_customer")
        account = at.earner if row is None else row.account
        key = self._named(total, at, account, customer, "" if row is None else row.item)
        return self.order.totals.get(key, Missing(key))

    def _named(self, total: Total, at: At, account: str, customer: object, item: str) -> str:
        agreement = at.agreement
        match total.scope:
            case Scope.ACCOUNT:
                who = account
            case Scope.TREE:
                who = at.calculation.whose(total.scope, account)
            case Scope.GROUP:
                who = str(agreement.who.name)
            case Scope.END_CUSTOMER:
                who = str(customer)
            case Scope.PRODUCT:
                who = item
            case _:
                who = "all"
        return keyed(str(total.key), who, total.window, agreement, at.anchor or at.to)


# --- what is known of a base before the order


def knows_base(rule: Rebate, knowledge: Knowledge) -> bool:
    """Whether totals that were brought tell the base before the order: not where it is cut or paid sale by sale (123)."""
    key = f"knows the base of {rule.id} {rule.since}"
    found = knowledge.agreement.noted.get(key)
    if found is None:
        found = knowledge.agreement.noted[key] = not any(_by_sale(rule, knowledge))
    return bool(found)


def _by_sale(rule: Rebate, knowledge: Knowledge) -> Iterator[bool]:
    yield rule.first is not None or rule.last is not None or bool(rule.not_with)
    yield bool(knowledge.displacing(rule.id))
    yield any(judged_by_sale(gate.condition) for gate in rule.when)
    yield rule.base is not None and reads_row(rule.base)
    if rule.limit is not None:
        yield rule.limit.unit not in (None, _unit(rule))
    paid = (rule.worth, rule.accrue, tuple(gate.otherwise for gate in rule.when))
    yield from _reads_sales(paid, rule)


def pays_evenly(worth: Worth, rule: Rebate) -> bool:
    """Whether each line gets as much of what is paid as it has of the base."""
    packed = any(isinstance(node, Package) and node.kind != "each" for node in nodes_in(worth))
    return not packed and not any(_reads_sales(worth, rule))


def _unit(rule: Rebate) -> str | None:
    """The unit of a base that is a quantity."""
    return measure_unit(rule.base) if rule.base is not None and kind_of(rule.base) == "quantity" else None


def _reads_sales(paid: object, rule: Rebate) -> Iterator[bool]:
    own = _unit(rule)
    for node in nodes_in(paid):
        match node:
            case PricePiece() | PriceTable() | ItemPrice():
                yield True
            case RateTable():
                yield bool(node.keys) or any(row.first is not None or row.last is not None for row in node.rows)
            case UnitPiece():
                yield node.package.unit not in (None, own) or reads_row(node.amount)
            case PercentPiece():
                yield reads_row(node.rate) or (
                    node.of is not None and (kind_of(node.of) == "price" or reads_row(node.of))
                )
            case SumPiece():
                yield reads_row(node.amount)
