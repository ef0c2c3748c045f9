"""What is known while an order is priced: its lines, the amounts so far, and what came before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Protocol

from rebates.model import nodes as m
from rebates.model.calendar import WEEKDAYS
from rebates.model.master import Account, Item
from rebates.model.orders import AttributeText, LineIn, OrderIn
from rebates.model.outcome import Because, OrderError
from rebates.model.windows import Window, WindowKind, counts, name
from rebates.reference.arithmetic import ZERO, Money


@dataclass
class Line:
    """A line of the part being priced, with its magnitude; `index` is its place in the order."""

    index: int
    given: LineIn
    quantity: Fraction
    item: Item | None
    base_unit: str
    factor: Fraction  # base units in one ordered unit
    list_price: Fraction | None = None
    list_value: Fraction | None = None
    gross_price: Fraction = ZERO
    gross_value: Fraction = ZERO
    cost: Fraction | None = None  # per ordered unit
    promotional: bool = False  # at a promotional price


@dataclass
class Part:
    """The sales or the returns of an order, priced apart (2.9)."""

    rules: m.RuleSet
    order: OrderIn
    agreements: tuple[m.Agreement, ...]
    money: Money
    lines: list[Line]
    returns: bool
    returned: list[tuple[Line, dict[str, Fraction]]] = field(default_factory=list)  # lines of returns, final amounts
    spent: dict[int, Fraction] = field(default_factory=dict)  # share of each line that rules have used up (4.5 e)
    used: dict[str, Fraction] = field(default_factory=dict)  # of limits on goods: bundles or units, by rule
    added: list[Line] = field(
        default_factory=list
    )  # free goods; they count in weight and volume, once all is discounted
    after: dict[str, dict[int, Fraction]] = field(default_factory=dict)  # stage -> line index -> net as it left it
    chosen: dict[tuple[str, int], tuple[int, ...]] = field(
        default_factory=dict
    )  # rule and line -> way through its rates
    earned: dict[str, Fraction] = field(default_factory=dict)  # what discounts earn alone, of stages that are over (54)
    took: set[tuple[str, int]] = field(default_factory=set)  # rule, line: what stages that are over took (47)
    discounted: set[int] = field(default_factory=set)  # lines that a stage took something off (48)
    kept_out: dict[tuple[str, int], tuple[Because, str | None]] = field(default_factory=dict)  # across stages (46, 49)

    @property
    def currency(self) -> str:
        return self.agreements[0].currency

    def agreement(self, name: str) -> m.Agreement:
        return next(agreement for agreement in self.agreements if agreement.name == name)

    def account(self) -> Account | None:
        return self.rules.master.account(self.order.account)


class OverTime(Protocol):
    """Answers what no order knows: totals, conditions and rules over time (section 14)."""

    @property
    def day(self) -> date:
        """The governing day."""

    def total(self, expr: m.Total, view: View, line: Line | None) -> Fraction | None:
        """A total beyond a sale's order."""

    def knows(self, expr: m.Total, view: View) -> bool:
        """Whether the total is answered here, and not by the lines of the order."""

    def own_facts(self) -> Mapping[str, AttributeText]:
        """What a class reads of facts."""

    def given_number(self, name: str) -> Fraction | None:
        """What an example says of a number such as the agreement year."""

    def per_key(self, expr: m.PerKey) -> Fraction | None:
        """Values per key of the sales in the rule's window."""

    def holds(self, condition: m.Condition, view: View) -> bool | None:
        """A condition on what came later."""

    def earned(self, id: str) -> Fraction | None:
        """What another rule earns."""


@dataclass(frozen=True)
class View:
    """What a rule reads: the amounts as its stage began (3.4), or what was posted over time."""

    part: Part
    net: dict[int, Fraction]  # by line index; empty while prices are made
    charges: dict[int, Fraction]  # charges of earlier stages
    rule: m.Rule | None
    agreement: m.Agreement
    charge_amounts: dict[str, Fraction] = field(default_factory=dict)
    hand: bool = True  # totals beyond the order count the order in hand
    judging: bool = False  # a class is judged: totals are what the order brings, and nothing else (86)
    key: tuple[Line, ...] = ()  # the lines of the key whose value is worked out (85)
    over: OverTime | None = None  # a rebate is worked out

    def day(self) -> date:
        """The governing day of the rule (5.6)."""
        if self.over is not None and not self.judging:
            return self.over.day
        by = self.rule.dated_by if self.rule is not None and not self.judging else "order"
        return self.part.order.days.get(by, self.part.order.day)


def in_unit(part: Part, line: Line, unit: str) -> Fraction:
    """The line's quantity in a unit, exactly (1.2); a missing conversion is an error (1.4)."""
    return line.quantity * line.factor / unit_factor(part, line, unit)


def unit_factor(part: Part, line: Line, unit: str) -> Fraction:
    """Base units of the line's item in one `unit`."""
    found = part.rules.master.factor(line.given.item, unit, part.order.day, line.base_unit)
    if found is None:
        raise OrderError(
            "R0505",
            f"item `{line.given.item}` has no conversion from {line.given.unit} to {unit}",
            f"lines[{line.index}].quantity",
            f"add a row to the table `units`: {line.given.item},{unit},…",
        )
    return found


def attribute(part: Part, line: Line | None, wanted: m.Attribute) -> AttributeText | None:
    """The value of an attribute, or its default; None is unknown (7.1)."""
    found: AttributeText | None = None
    match wanted.subject:
        case "account":
            account = part.account()
            if wanted.name == "id":
                found = part.order.account
            elif wanted.name in part.order.account_attributes:
                found = part.order.account_attributes[wanted.name]
            elif account is not None:
                found = account.attributes.get(wanted.name)
        case "order":
            found = _of_order(part.order, wanted.name)
        case "item":
            assert line is not None
            if wanted.name == "id":
                found = line.given.item
            elif line.item is not None:
                found = line.item.family if wanted.name == "family" else line.item.attributes.get(wanted.name)
        case "line":
            assert line is not None
            found = line.given.unit if wanted.name == "unit" else line.given.attributes.get(wanted.name)
        case "fact":
            found = part.order.facts.get(wanted.name)
    return wanted.default if found is None else found


def _of_order(order: OrderIn, name: str) -> AttributeText | None:
    """What the order's dates say (calculation 76), else what the caller says."""
    delivery = order.days.get("delivery")
    match name:
        case "date":
            return order.day
        case "weekday":
            return WEEKDAYS[order.day.weekday()]
        case "time":
            return order.times.get("order")
        case "delivery_date":
            return delivery
        case "delivery_weekday":
            return None if delivery is None else WEEKDAYS[delivery.weekday()]
        case "delivery_time":
            return order.times.get("delivery")
        case "invoice_date":
            return order.days.get("invoice")
        case _:
            return order.attributes.get(name)


def total_key(
    part: Part,
    agreement: m.Agreement,
    key: str,
    scope: m.Scope,
    window: WindowKind | Window,
    day: date,
    item: str | None = None,
) -> str:
    """The key under which a total beyond the order comes in and goes out (calculation 34)."""
    account = part.order.account
    match scope:
        case m.Scope.ACCOUNT:
            who = account
        case m.Scope.TREE:
            above = part.rules.master.ancestors(account)
            named = agreement.who.kind in ("account", "account and subsidiaries")
            who = str(agreement.who.name) if named else (above[-1] if above else account)
        case m.Scope.GROUP:
            who = str(agreement.who.name)
        case m.Scope.END_CUSTOMER:
            who = str(part.order.attributes.get("end_customer", "unknown"))
        case m.Scope.PRODUCT:
            assert item is not None
            who = item
        case _:
            who = "all"
    return f"{key} [{who}, {name(window, day, agreement.calendar, (agreement.first, agreement.last))}]"


def counts_order(agreement: m.Agreement, window: WindowKind | Window, day: date) -> bool:
    """Whether the governing day lies in the window: then the order in hand counts in it (81)."""
    return counts(window, day, agreement.calendar, (agreement.first, agreement.last))
