"""The plan: which rules can meet a line, what is left open, and that the index loses none of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rebates.compile import Compiled, compile_rules
from rebates.model.nodes import MONEY, And, Compare, Constant, InSet, Not, Or, RuleSet, Scope, Under, When
from rebates.plan.from_model import plan_of
from rebates.plan.nodes import LinePlan
from rebates.plan.reads import reads_of
from rebates.plan.show import show
from tests.plan.building import (
    SPAN,
    agreement,
    amount,
    attribute,
    flat,
    is_,
    line,
    master,
    n,
    order,
    percent,
    quantity,
    rule,
    rule_set,
    tiers,
)

ONE = flat(percent("1%"))


def plan(rules: RuleSet, item: str = "COLA", **more: Any) -> LinePlan:
    compiled: Compiled = compile_rules(rules)
    asked = order(line(1, "carton", item), **more)
    return compiled._line(compiled._context(asked), asked.lines[0], "lines[0]")


def active(line: LinePlan) -> list[str]:
    return [each.here.rule.name for each in line.active]


def test_only_rules_that_can_apply_are_active() -> None:
    rules = rule_set(
        agreement(
            "deal",
            rule("cola", ONE, when=(is_("item.id", "COLA", "TEA"),)),
            rule("nuts", ONE, when=(is_("item.id", "NUTS"),)),
            rule("drinks", ONE, when=(When(Under(attribute("item.family"), "DRINK", span=SPAN), span=SPAN),)),
            rule("others", ONE, when=(is_("account.id", "SOLO"),)),
            rule("late", ONE, first=date(2026, 3, 11)),
            rule("code", ONE, codes=("SPRING",)),
            rule("web", ONE, when=(is_("order.channel", "web"),)),
            rule("volume", tiers("retroactive", quantity("carton"), (5, percent("1%")))),
        )
    )
    assert active(plan(rules)) == ["cola", "drinks", "volume"]
    assert active(plan(rules, codes=frozenset({"SPRING"}), attributes={"channel": "web"})) == [
        "cola", "drinks", "code", "web", "volume",
    ]  # fmt: skip
    assert active(plan(rules, "NUTS", account="SOLO", day=date(2026, 3, 11))) == ["nuts", "others", "late", "volume"]


def test_what_reads_quantities_or_amounts_is_left_open() -> None:
    gate = When(Compare(">=", amount("net"), Constant(n(100), MONEY, span=SPAN), span=SPAN), span=SPAN)
    rules = rule_set(agreement("deal", rule("gate", ONE, when=(is_("item.id", "COLA"), gate))))
    [only] = plan(rules).active
    assert [clause.number for clause in only.clauses] == [1]


def test_the_plan_can_be_read() -> None:
    gate = When(Compare(">=", amount("net"), Constant(n(100), MONEY, span=SPAN), span=SPAN), span=SPAN)
    rules = rule_set(
        agreement(
            "deal",
            rule("gate", ONE, when=(gate,)),
            rule("nuts", ONE, when=(is_("item.id", "NUTS"),)),
            rule("web", ONE, when=(is_("order.channel", "web"),)),
            rule("late", ONE, first=date(2026, 3, 11)),
        )
    )
    assert show(plan(rules)) == (
        "COLA per carton for ACME on 2026-03-10: list price 10 EUR\n"
        "  discount deal.gate, stage discounts: applies if condition 1 holds\n"
        "  discount deal.nuts, stage discounts: never: condition 1 does not hold\n"
        "  discount deal.web, stage discounts: never: condition 1 asks for order.channel\n"
        "  discount deal.late, stage discounts: never: not valid on the day\n"
    )


def test_attributes_that_no_rule_reads_do_not_make_new_plans() -> None:
    compiled = compile_rules(rule_set(agreement("deal", rule("web", ONE, when=(is_("order.channel", "web"),)))))
    compiled.price(order(line(1), attributes={"channel": "web", "note": "a"}))
    compiled.price(order(line(1), attributes={"channel": "web", "note": "b"}))
    assert len(compiled._contexts) == 1
    compiled.price(order(line(1), attributes={"channel": "shop"}))
    assert len(compiled._contexts) == 2


def test_reads_names_what_can_change_a_number() -> None:
    rules = rule_set(
        agreement(
            "deal",
            rule("a", ONE, when=(is_("order.channel", "web"), is_("line.colour", "red")), codes=("X",)),
            rule("b", tiers("retroactive", quantity("carton", Scope.DELIVERY), (1, percent("1%"))), dated_by="invoice"),
        )
    )
    reads = reads_of(rules)
    assert (reads.order, reads.line) == (("channel",), ("colour", "delivery"))
    assert (reads.codes, reads.days) == (frozenset({"X"}), ("invoice",))


# --- the index never loses a rule -------------------------------------------------------------------------------------

TESTS = st.sampled_from(
    [
        is_("item.id", "COLA"),
        is_("item.id", "COLA", "NUTS"),
        is_("item.family", "DRINK"),
        is_("item.family", "SNACK"),
        is_("item.brand", "Fizz"),
        is_("account.id", "ACME"),
        is_("account.class", "gold", "silver"),
        is_("account.class", "gold", default="gold"),
        is_("order.channel", "web"),
        When(Under(attribute("item.family"), "DRINK", span=SPAN), span=SPAN),
    ]
)
WORLD = master(
    accounts=[{"id": "ACME", "parent": "", "class": "gold"}, {"id": "SOLO", "parent": "", "class": ""}],
    items=[
        {"id": "COLA", "base_unit": "piece", "family": "DRINK/SODA", "brand": "Fizz"},
        {"id": "NUTS", "base_unit": "piece", "family": "SNACK", "brand": ""},
    ],
    units=[{"item": item, "unit": "carton", "factor": "24", "of": ""} for item in ("COLA", "NUTS")],
)


@st.composite
def whens(draw: st.DrawFn) -> When:
    first, second = draw(TESTS).condition, draw(TESTS).condition
    match draw(st.integers(0, 4)):
        case 0:
            return When(And((first, second), span=SPAN), span=SPAN)
        case 1:
            return When(Or((first, second), span=SPAN), span=SPAN)
        case 2:
            return When(Not(first, span=SPAN), span=SPAN)
        case 3:
            return When(InSet("some", And((first, second), span=SPAN), span=SPAN), span=SPAN)
        case _:
            return When(first, span=SPAN)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(whens(), max_size=3), min_size=1, max_size=8),
    st.sampled_from(["ACME", "SOLO"]),
    st.sampled_from(["COLA", "NUTS"]),
)
def test_the_index_loses_no_rule(conditions: list[list[When]], account: str, item: str) -> None:
    made = [rule(f"r{place}", ONE, when=tuple(each)) for place, each in enumerate(conditions)]
    found = plan(rule_set(agreement("deal", *made), master=WORLD), item, account=account)
    looked_at = {each.here.rule.name for each in found.active}
    assert looked_at == {here.rule.name for here in found.book.terms.rules if not plan_of(found, here).never}
