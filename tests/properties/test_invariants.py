"""Invariants of every quote: splitting and permuting, sums, mirrored credits, formatting, replay."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rebates import Line, Order, load
from rebates.compile import Compiled, compile_rules
from rebates.model.nodes import RuleSet
from rebates.model.orders import OrderIn
from rebates.model.outcome import OrderError, Outcome
from rebates.syntax.diagnostics import Report
from rebates.syntax.format import format_file
from rebates.syntax.parser import parse
from rebates.syntax.source import Source
from tests.generated import orders, rules
from tests.generated.compare import accepted, ruleset

SEEDS = st.integers(0, 4_000)


@cache
def rule_set(seed: int) -> tuple[RuleSet, Compiled, frozenset[str]]:
    made = rules.make(seed)
    found = accepted(made.text)
    assume(found is not None)
    assert found is not None
    return found, compile_rules(found), frozenset(made.features)


@cache
def splittable(seed: int) -> Compiled:
    return compile_rules(ruleset(rules.make_splittable(seed).text))


def plain(order: OrderIn) -> OrderIn:
    """The order without returns, whose lines are priced apart."""
    lines = tuple(replace(line, quantity=abs(line.quantity), net_price=None, discount=None) for line in order.lines)
    return replace(order, lines=lines)


def steps_of(outcome: Outcome) -> int:
    return sum(1 + len(line.steps) + sum(len(step.parts) for step in line.steps) for line in outcome.lines)


CENT = Fraction(1, 100)


def priced(compiled: Compiled, order: OrderIn) -> Outcome:
    try:
        return compiled.outcome(order)
    except OrderError:
        assume(False)
        raise


@settings(max_examples=200, deadline=None)
@given(SEEDS, st.integers(0, 3))
def test_gross_less_discounts_is_net_and_parts_add_up(seed: int, number: int) -> None:
    _, compiled, _ = rule_set(seed)
    order, _ = orders.make(seed * 4 + number)
    outcome = priced(compiled, order)
    for line in outcome.lines:
        amount = line.gross_value
        for step in line.steps:
            assert step.before == amount
            assert step.before - step.after == sum((part for _, part in step.parts), Fraction(0))
            amount = step.after
        assert amount == line.net_value
        assert line.invoice_value == line.net_value + sum((part for _, part in line.charges), Fraction(0))
    tokens = sum((free.net_value for free in outcome.free), Fraction(0))
    assert outcome.net_value == sum((line.net_value for line in outcome.lines), tokens)
    assert outcome.invoice_value == outcome.cash_rounding + sum((line.invoice_value for line in outcome.lines), tokens)
    for charge in outcome.charges:
        assert charge.after == sum(
            (dict(line.charges).get(charge.rule, Fraction(0)) for line in outcome.lines), Fraction(0)
        )


@settings(max_examples=200, deadline=None)
@given(SEEDS, st.integers(0, 3))
def test_no_discount_takes_a_sale_below_zero(seed: int, number: int) -> None:
    _, compiled, _ = rule_set(seed)
    order, _ = orders.make(seed * 4 + number)
    for line, given_line in zip(priced(compiled, order).lines, order.lines, strict=True):
        sign = 1 if given_line.quantity > 0 else -1
        assert sign * line.net_value >= 0


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.integers(0, 3), st.integers(0, 10_000))
def test_the_order_of_lines_changes_nothing(seed: int, number: int, shuffle: int) -> None:
    order = plain(orders.make(seed * 4 + number)[0])
    places = list(range(len(order.lines)))
    Random(shuffle).shuffle(places)
    before = priced(splittable(seed), order)
    after = priced(splittable(seed), replace(order, lines=tuple(order.lines[place] for place in places)))
    assert [before.lines[place].net_value for place in places] == [line.net_value for line in after.lines]
    assert before.totals == after.totals


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.integers(0, 3))
def test_splitting_a_line_changes_nothing_but_rounding(seed: int, number: int) -> None:
    order = plain(orders.make(seed * 4 + number)[0])
    halves = tuple(replace(line, quantity=line.quantity / 2) for line in order.lines for _ in (0, 1))
    whole = priced(splittable(seed), order)
    split = priced(splittable(seed), replace(order, lines=halves))
    assert abs(whole.net_value - split.net_value) <= CENT * (steps_of(whole) + steps_of(split))


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.integers(0, 3))
def test_a_return_mirrors_a_sale_at_the_same_tiers(seed: int, number: int) -> None:
    """Without slices and totals to date a return that names no sale is priced as the sale was (2.9)."""
    text = rules.make_splittable(seed).text.replace("incremental", "retroactive")
    text = re.sub(r"(tiers retroactive on [^{]*?)per account per year", r"\1per order", text)
    own = text[text.index("  discount d_1") :]
    assume(not re.search(r"when .*\b(bought|per account)\b", own))  # totals to date count sales, not returns
    compiled = compile_rules(ruleset(text))
    order = plain(orders.make(seed * 4 + number)[0])
    back = replace(order, lines=tuple(replace(line, quantity=-line.quantity) for line in order.lines))
    sold, returned = priced(compiled, order), priced(compiled, back)
    assert [line.net_value for line in sold.lines] == [-line.net_value for line in returned.lines]
    assert [line.steps for line in sold.lines] == [
        tuple(
            replace(s, before=-s.before, after=-s.after, parts=tuple((r, -a) for r, a in s.parts)) for s in line.steps
        )
        for line in returned.lines
    ]


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_formatting_keeps_the_meaning_and_settles_at_once(seed: int) -> None:
    text = rules.make(seed).text
    report = Report()
    tree = parse(Source("a", text), report)
    formatted = format_file(Source("a", text))
    again = parse(Source("a", formatted), report)
    assert not report.has_errors
    assert tree == again
    assert format_file(Source("a", formatted)) == formatted


@settings(max_examples=100, deadline=None)
@given(SEEDS, st.integers(0, 3))
def test_the_place_of_rules_decides_nothing_where_priorities_do(seed: int, number: int) -> None:
    text = rules.make_splittable(seed).text
    blocks = re.findall(r"^  discount \w+ \{\n.*?^  \}\n", text + "\n", re.DOTALL | re.MULTILINE)
    turned = text.replace("".join(blocks), "".join(reversed(blocks)))
    order = plain(orders.make(seed * 4 + number)[0])
    here, there = priced(splittable(seed), order), priced(compile_rules(ruleset(turned)), order)
    assert [line.net_value for line in here.lines] == [line.net_value for line in there.lines]
    assert [line.steps for line in here.lines] == [line.steps for line in there.lines]


@pytest.mark.parametrize(
    "lines", [["60 carton COLA-330"], ["3 carton NUTS-50", "2 pallet YUZU-330"], ["-5 carton COLA-330"]]
)
def test_a_quote_replayed_from_its_json_gives_the_same_bytes(lines: list[str]) -> None:
    book = load(Path(__file__).parents[2] / "rules" / "nusantara")
    made = [Line(text.split()[2], " ".join(text.split()[:2])) for text in lines]
    quote = book.quote(Order("NUSANTARA", "2026-03-10", made, attributes={"channel": "web"}, codes=("SELAMAT26",)))
    asked = Order.from_json(json.dumps(json.loads(quote.to_json())["order"]))
    assert book.quote(asked).to_json() == quote.to_json()
    following = book.quote(Order("NUSANTARA", "2026-03-11", made, totals=quote.totals))
    assert following.totals.keys() == quote.totals.keys()


def test_a_full_credit_mirrors_its_sale_and_parts_add_up_to_it() -> None:
    book = load(Path(__file__).parents[2] / "rules" / "nusantara")
    quote = book.quote(Order("NUSANTARA", "2026-03-10", [Line("COLA-330", "70 carton"), Line("NUTS-50", "3 carton")]))
    whole = quote.credit({1: "70 carton", 2: "3 carton"})
    assert -whole.net_value.amount == quote.net_value.amount
    first, second = quote.credit({1: "33 carton"}), quote.credit({1: "37 carton"}, earlier={1: "33 carton"})
    assert -(first.net_value.amount + second.net_value.amount) == quote.lines[0].net_value.amount


@pytest.mark.parametrize("seed", range(40))
def test_the_same_order_prices_the_same_every_time(seed: int) -> None:
    made = accepted(rules.make(seed).text)
    if made is None:
        return  # the checker refuses it
    compiled = compile_rules(made)
    order, _ = orders.make(seed * 4)
    try:
        first = compiled.outcome(order)
    except OrderError:
        return
    assert compiled.outcome(order) == first
    assert compile_rules(made).outcome(order) == first
