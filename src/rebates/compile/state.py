"""An order on its way through the waterfall: its lines, and what a rule can see of them at a stage's beginning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from rebates.compile.amounts import Rounder
from rebates.model.nodes import Attribute
from rebates.model.orders import LineIn, OrderIn
from rebates.plan.moments import read_order
from rebates.plan.nodes import Book, GuardHere, Here, LinePlan, Missing

if TYPE_CHECKING:
    from rebates.compile.goods import Added

AttributeText = str | Fraction | date


class Line:
    """One line of a part, its quantity as a magnitude; amounts fill in as the waterfall runs."""

    __slots__ = (
        "after",
        "charged",
        "charges",
        "given",
        "gross_price",
        "gross_value",
        "index",
        "invoice",
        "list_price",
        "list_value",
        "net",
        "net_final",
        "place",
        "plan",
        "price_row",
        "price_rule",
        "quantity",
        "steps",
    )  # fmt: skip

    index: int  # in the order
    place: int  # in the part
    plan: LinePlan
    given: LineIn
    quantity: Fraction  # in ordered units, above zero
    list_price: Fraction | None
    list_value: Fraction | None
    gross_price: Fraction
    gross_value: Fraction
    price_rule: str | None
    price_row: tuple[str, int] | None
    net: Fraction  # running amount; exact under `round once`
    net_final: Fraction
    after: dict[str, Fraction]  # running amount as each stage left it
    charges: dict[str, Fraction]  # what is left of each charge's part
    charged: dict[str, Fraction]  # each charge's part before stages on charges
    steps: list[tuple[str, Fraction, Fraction, list[tuple[str, Fraction]]]]
    invoice: Fraction  # running amount in the charge stages

    def __init__(self, index: int, place: int, plan: LinePlan, given: LineIn) -> None:
        self.index, self.place, self.plan, self.given = index, place, plan, given
        self.quantity = abs(given.quantity)
        self.after, self.charges, self.charged, self.steps = {}, {}, {}, []
        self.price_rule = None
        self.price_row = None


class Settled:
    """One rule's decision on one line, as far as it is settled."""

    __slots__ = ("amount", "because", "clause", "detail", "measure", "tier")

    def __init__(self, because: str, clause: int | None = None, detail: str | None = None) -> None:
        self.because, self.clause, self.detail = because, clause, detail
        self.amount = Fraction(0)
        self.tier: int | None = None
        self.measure: Fraction | None = None


def _no_plan(given: LineIn) -> LinePlan:
    raise AssertionError("an order that adds goods is run with what plans them")


class Part:
    """The sales or the returns of an order, priced as an order of their own (2.9)."""

    __slots__ = (
        "added",
        "book",
        "charges",
        "chosen",
        "considered",
        "decisions",
        "discounted",
        "earlier",
        "earned",
        "gave",
        "kept_out",
        "lines",
        "order",
        "paid",
        "plan_gift",
        "returns",
        "rounder",
        "spent",
        "took",
        "used",
    )

    def __init__(
        self,
        book: Book,
        order: OrderIn,
        lines: list[Line],
        returns: bool,
        rounder: Rounder,
        considered: Mapping[str, Sequence[Here]] | None,
    ) -> None:
        self.considered = considered
        self.charges: dict[str, int] = {}  # the charges made, with their place among the rules
        self.earned: dict[str, Fraction] = {}  # what each charge earns alone, exact (2.6)
        self.gave: dict[str, Fraction] = {}  # what each discount on goods earns alone, exact (54)
        self.book, self.order, self.lines, self.returns, self.rounder = book, order, lines, returns, rounder
        self.earlier: Part | None = None  # of a sales part: the returns priced before it
        self.decisions: dict[tuple[int, int], Settled] = {}  # by place of the line and number of the rule
        self.used: dict[tuple[int, int], Fraction] = {}  # units or base that a limited rule used, by line and rule
        self.paid: dict[tuple[int, int], Fraction] = {}
        self.chosen: dict[tuple[int, int], tuple[int, ...]] = {}  # the way through a rule's rates, by line and rule
        self.took: set[tuple[str, int]] = set()  # id of a rule and place of a line: of stages that are over (47)
        self.discounted: set[int] = set()  # places of lines that a stage took something off (48)
        self.kept_out: dict[tuple[int, int], tuple[str, str | None]] = {}  # rule and place, across stages (46, 49)
        self.spent: dict[int, Fraction] = {}  # share of each line that rules have used up (4.5 e)
        self.added: list[Added] = []  # free goods, in the order in which they were added
        self.plan_gift: Callable[[LineIn], LinePlan] = _no_plan

    def aside(self) -> Part:
        """A copy to try something on: what is settled on it leaves this one as it is."""
        other = copy(self)
        other.decisions, other.used, other.paid = {}, {}, {}
        other.took, other.kept_out, other.earned = set(self.took), dict(self.kept_out), dict(self.earned)
        other.gave, other.chosen = dict(self.gave), dict(self.chosen)
        other.spent, other.added = dict(self.spent), list(self.added)
        return other

    def gift_line(self, item: str, quantity: Fraction, unit: str) -> Line:
        """Goods that are added, as a line of their own; it has no place in the order."""
        given = LineIn(item, quantity, unit)
        return Line(-1, -1, self.plan_gift(given), given)

    def rules_in(self, stage: str, rules: Sequence[Here]) -> Sequence[Here]:
        """The stage's rules, or only those that can apply where nobody asks for decisions; "" for prices."""
        return rules if self.considered is None else self.considered.get(stage, ())

    def attribute(self, attribute: Attribute, line: Line | None) -> AttributeText | Missing:
        """The attribute's value for this order and line, its default, or why there is none (7.1)."""
        value: AttributeText | None = None
        name = attribute.name
        match attribute.subject:
            case "account":
                value = self.book.account.read(attribute)
            case "item":
                assert line is not None
                value = line.plan.item.read(attribute)
            case "order":
                value = read_order(self.order, name)
            case "line":
                assert line is not None
                value = line.given.unit if name == "unit" else line.given.attributes.get(name)
            case "fact":
                value = self.order.facts.get(name)
        if value is None:
            value = attribute.default
        return Missing(attribute.path) if value is None else value


class View:
    """What conditions and measures of a stage read: amounts as the stage began (3.4). Prices read a view without net."""

    __slots__ = ("charges", "invoice", "net", "part", "sums")

    def __init__(self, part: Part, net: Sequence[Fraction] | None, invoice: Sequence[Fraction] | None) -> None:
        self.part, self.net, self.invoice = part, net, invoice
        self.charges: Mapping[str, Fraction] = {}
        self.sums: dict[tuple[int, int, bool], Fraction | Missing] = {}  # of the whole order, by expression and reader


class Reader:
    """Where an expression is read: for a rule, on a line, in a view; `before` leaves the order in hand out of totals.

    `key` are the lines of the key whose value is worked out (85).
    """

    __slots__ = ("before", "here", "key", "line", "view")

    def __init__(
        self, view: View, here: Here | GuardHere, line: Line, before: bool = False, key: Sequence[Line] = ()
    ) -> None:
        self.view, self.here, self.line, self.before, self.key = view, here, line, before, key


def considered(plans: Sequence[LinePlan]) -> dict[str, list[Here]]:
    """The rules that can apply to a line of these plans, by stage ("" for prices) and place."""
    found = {rule.here.number: rule.here for plan in plans for rule in plan.active}
    by_stage: dict[str, list[Here]] = {}
    for number in sorted(found):
        here = found[number]
        by_stage.setdefault("" if here.rule.kind == "price" else here.rule.stage, []).append(here)
    return by_stage
