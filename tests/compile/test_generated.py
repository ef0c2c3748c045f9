"""Generated code: it says what the runtime says, its text is deterministic, shapes are shared, threads do not disturb."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rebates.compile import Compiled, compile_rules
from rebates.compile.cells import NOT_MADE, FastLine
from rebates.compile.priced import amounts_of
from rebates.model.exact import Rounding as RoundingMode
from rebates.model.nodes import Bound, Rounding, Rule, RuleSet, Scope
from rebates.model.orders import OrderIn
from tests.plan.building import (
    BASE,
    CHARGES,
    SPAN,
    agreement,
    each,
    flat,
    full,
    is_,
    line,
    lump,
    money,
    n,
    order,
    percent,
    price,
    quantity,
    ratio,
    rule,
    rule_set,
    stage,
    tiers,
)


def source(rules: RuleSet, asked: OrderIn) -> str:
    """The generated text for the order's first line."""
    compiled = compile_rules(rules)
    compiled.price(asked)
    [generated] = cells_of(compiled)[0].generated.values()
    return generated.source


def cells_of(compiled: Compiled) -> list[FastLine]:
    """What is remembered of the one line priced so far."""
    [known] = compiled.remembered.young.values()
    [fast] = known.plans.values()
    return [each for each in fast if isinstance(each, FastLine)]


def is_generated(compiled: Compiled, asked: OrderIn) -> bool:
    return compiled._generated(asked) is not None


VOLUME = rule("volume", tiers("retroactive", quantity("carton"), (50, percent("3%")), (200, percent("5.5%"))))
PALLETS = rule("pallets", flat(full("15", "carton", 80)), stage="logistics")
TWO_STAGES = (stage("discounts", "best"), stage("logistics", "sum"), CHARGES)


def test_percent_of_the_running_amount_is_one_multiplication() -> None:
    text = source(rule_set(agreement("deal", VOLUME)), order(line(60)))
    assert text == (
        "def price(q, C):\n    c0, c1 = C\n    g = q*1000\n    n1 = (g*c0 + c1)//100\n    return g, g, n1\n"
    )


def test_packages_after_tiers() -> None:
    text = source(rule_set(agreement("deal", VOLUME, PALLETS, stages=TWO_STAGES)), order(line(240)))
    assert text.splitlines()[0] == "def price(q, C):"
    assert [each for each in text.splitlines() if "//" in each and "k" in each] == ["    k2 = q//c2"]


def test_what_is_equal_is_held_once() -> None:
    made = []
    for first in ("first", "second"):
        compiled = compile_rules(rule_set(agreement(first, VOLUME)))
        compiled.price(order(line(60)))
        made += [cell for cell in cells_of(compiled)[0].cells if cell is not NOT_MADE]
    assert len(made) == 2
    assert made[0] is made[1]


def test_two_lines_of_other_numbers_share_one_function() -> None:
    compiled = compile_rules(rule_set(agreement("deal", VOLUME)))
    compiled.price(order(line(60), line(300)))
    [fast] = cells_of(compiled)
    cells = [fast.generated[place] for place in sorted(fast.generated)]
    assert cells[0].constants != cells[1].constants
    assert cells[0].function is not cells[1].function  # 3 % is over 100, 5.5 % over 200
    again = source(rule_set(agreement("deal", VOLUME)), order(line(60)))
    assert again == cells[0].source


def test_the_amounts_by_hand() -> None:
    compiled = compile_rules(rule_set(agreement("deal", VOLUME, PALLETS, stages=TWO_STAGES)))
    priced = compiled.price(order(line(240), line(7, "piece", "NUTS")))
    # 240 × 10.00 = 2400.00; 5.5 % off: 2268.00; three pallets of 80 at 15.00: 2223.00. 7 × 0.333 = 2.331
    assert priced.amounts == [(240000, 240000, 222300), (233, 233, 233)]
    assert is_generated(compiled, order(line(240)))


def test_each_generated_line_names_its_rule() -> None:
    compiled = compile_rules(rule_set(agreement("deal", PALLETS, stages=TWO_STAGES)))
    compiled.price(order(line(240)))
    [cell] = cells_of(compiled)[0].generated.values()
    assert len(cell.spans) == len(cell.source.splitlines())
    assert PALLETS.span in cell.spans


def test_orders_that_need_the_runtime_come_to_the_same_amounts() -> None:
    freight = rule("freight", flat(lump(20)), kind="charge", decides=Scope.ORDER)
    compiled = compile_rules(rule_set(agreement("deal", VOLUME, freight)))
    asked = order(line(60), line(-3))
    assert not is_generated(compiled, asked)
    # 600.00 − 3 % = 582.00 and 20.00 freight; the return of three cartons gives back 30.00, no freight
    assert compiled.price(asked).amounts == [(60000, 60000, 58200, 60200), (-3000, -3000, -3000, -3000)]


def test_a_slice_dearer_than_the_running_price_is_left_to_the_runtime() -> None:
    rows = tiers("incremental", quantity("carton"), (0, each("1", "carton")), (10, each("12", "carton")))
    compiled = compile_rules(rule_set(agreement("deal", rule("slices", rows))))
    # ten at 1.00, then five at 12.00, stopped at their price of 10.00: 150.00 − 60.00
    assert compiled.price(order(line(15))).amounts[0][2] == 9000
    assert not is_generated(compiled, order(line(15)))
    assert is_generated(compiled, order(line(9)))


# --- fast = full, on rules made by chance -----------------------------------------------------------------------------

RATES = st.sampled_from(["-20%", "-0.5%", "0%", "1%", "2.5%", "3.33%", "5.5%", "12.345%", "50%", "100%", "120%"])
AMOUNTS = st.sampled_from(["-1", "0", "0.01", "0.333", "1.5", "7", "12", "300"])
UNITS = st.sampled_from(["piece", "carton"])
BOUNDS: st.SearchStrategy[Any] = st.sampled_from([0, 1, 2, 5, 7, 10, 24, 48, 50, "0.5", "2.25"])


@st.composite
def pieces(draw: st.DrawFn) -> Any:
    kind = draw(st.sampled_from(["percent", "each", "full", "started", "price", "sum", "percent"]))
    match kind:
        case "percent":
            return percent(draw(RATES))
        case "each":
            return each(draw(AMOUNTS), draw(UNITS), draw(st.sampled_from([1, 3])))
        case "full" | "started":
            made = full(draw(AMOUNTS), draw(UNITS), draw(st.sampled_from(["1", "2", "2.5", "80"])))
            package = made.package
            return type(made)(
                made.amount, type(package)(kind, package.size, package.unit, Scope.LINE, span=SPAN), span=SPAN
            )
        case "price":
            return price(draw(st.sampled_from(["0.25", "0.4", "8", "9.99", "11"])), draw(UNITS))
        case _:
            return lump(draw(AMOUNTS), Scope.LINE)


@st.composite
def worths(draw: st.DrawFn) -> Any:
    if draw(st.booleans()):
        return flat(*draw(st.lists(pieces(), min_size=1, max_size=2)))
    mode = draw(st.sampled_from(["retroactive", "retroactive", "incremental", "interpolated", "lump sum every tier"]))
    bounds = sorted({n(bound) for bound in draw(st.lists(BOUNDS, min_size=1, max_size=4))})
    if mode in ("incremental", "interpolated"):
        alike = draw(st.sampled_from(["percent", "each"])) if mode == "incremental" else "percent"
        one = (lambda: percent(draw(RATES))) if alike == "percent" else (lambda: each(draw(AMOUNTS), "piece"))
        rows = [("above", str(bound), one()) if draw(st.booleans()) else (str(bound), one()) for bound in bounds]
    else:
        rows = [("above", str(b), draw(pieces())) if draw(st.booleans()) else (str(b), draw(pieces())) for b in bounds]
    return tiers(mode, quantity(draw(UNITS)), *rows)


@st.composite
def discounts(draw: st.DrawFn, name: str) -> Rule:
    more: dict[str, Any] = {}
    if draw(st.integers(0, 4)) == 0:
        cap = Bound(money(draw(st.sampled_from(["0.5", "3", "40"]))), "amount", Scope.LINE, span=SPAN)
        more["caps"] = (cap, Bound(ratio("7%"), "rate", Scope.LINE, span=SPAN))[: draw(st.integers(1, 2))]
    if draw(st.integers(0, 6)) == 0:
        more["floors"] = (Bound(money("1.25"), "amount", Scope.LINE, span=SPAN),)
    if draw(st.integers(0, 6)) == 0:
        more["pays_from"] = Bound(money("2"), "amount", Scope.LINE, span=SPAN)
    if draw(st.integers(0, 4)) == 0:
        more["when"] = (is_("order.channel", "web"),)
    if draw(st.integers(0, 4)) == 0:
        more["priority"] = draw(st.integers(1, 3))
    if draw(st.integers(0, 4)) == 0:
        more["base"] = type(BASE)(draw(st.sampled_from(["list", "gross"])), Scope.LINE, span=SPAN)
    return rule(name, draw(worths()), stage=draw(st.sampled_from(["one", "two"])), **more)


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSet:
    combine = st.sampled_from(["best", "sum", "sequence", "first"])
    stages = (
        stage("one", draw(combine), draw(st.sampled_from(["running", "running", "list"]))),
        stage("two", draw(combine)),
        CHARGES,
    )
    rules = [draw(discounts(f"rule_{place}")) for place in range(draw(st.integers(1, 5)))]
    if draw(st.booleans()):
        rows = [("1", price("9", "carton")), ("48", price("0.35", "piece"))]
        rules.append(rule("net", tiers("retroactive", quantity("piece"), *rows), kind="price"))
    mode = draw(st.sampled_from([RoundingMode.HALF_UP, RoundingMode.UP, RoundingMode.DOWN, RoundingMode.HALF_EVEN]))
    rounding = Rounding(mode=mode, digits=draw(st.sampled_from([None, None, 0, 4])))
    return rule_set(agreement("deal", *rules, stages=stages, rounding=rounding))


LINES = st.builds(
    line,
    st.sampled_from([1, 2, 5, 7, 24, 47, 48, 49, 85, 240, "0.5", "2.25", "33.333", -7]),
    UNITS,
    st.sampled_from(["COLA", "NUTS"]),
)


@settings(max_examples=400, deadline=None)
@given(rule_sets(), st.lists(LINES, min_size=1, max_size=4), st.sampled_from([{}, {"channel": "web"}]))
def test_generated_amounts_are_those_of_the_runtime(rules: RuleSet, lines: Sequence[Any], attributes: Any) -> None:
    compiled = compile_rules(rules)
    asked = order(*lines, attributes=attributes)
    full_run = [each[:3] for each in amounts_of(compiled._run(compiled._context(asked), asked, True))]
    fast = compiled._generated(asked)
    again = compiled._generated(asked)
    assert fast == again
    if fast is not None:
        assert fast == full_run
    priced = compiled.price(asked)
    scale = Fraction(10**priced.digits)
    assert [value / scale for value in priced.net_values] == [each.net_value for each in priced.outcome.lines]


def test_most_of_what_chance_makes_is_generated() -> None:
    """The comparison above is worth something only if generated code is met often."""
    compiled = compile_rules(rule_set(agreement("deal", VOLUME, PALLETS, stages=TWO_STAGES)))
    assert all(
        is_generated(compiled, order(line(q, unit))) for q in (1, 50, 200, "0.5") for unit in ("piece", "carton")
    )


# --- threads and bounds -----------------------------------------------------------------------------------------------


def test_threads_price_alike_while_plans_are_thrown_away() -> None:
    rules = rule_set(agreement("deal", VOLUME, PALLETS, stages=TWO_STAGES))
    compiled = Compiled(rules, plans=5)
    asked = [
        order(line(q, unit, item), account=f"A{q % 7}")
        for q in range(1, 60)
        for unit in ("piece", "carton")
        for item in ("COLA", "NUTS")
    ]
    expected = [compile_rules(rules).price(each).amounts for each in asked]
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: [compiled.price(each).amounts for each in asked], range(4)):
            assert found == expected


def test_plans_are_bounded() -> None:
    compiled = Compiled(rule_set(agreement("deal", VOLUME)), plans=10)
    for number in range(200):
        compiled.price(order(line(60), account=f"A{number}"))
    assert compiled.remembered.held() <= 2 * 10 + 2
