"""What the text of a rebate comes to in the model: scope, window, gates, settlement, payees, versions."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from rebates.model import nodes as m
from rebates.model.rebates import Form, Rebate
from tests.model.bad_rebates import BAD, SALES, rebate
from tests.model.bad_texts import Bad
from tests.model.checking import agreement, check, found, rules


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: f"{bad.code} {bad.underlined}")
def test_a_fault_is_told_where_it_is_and_mended(bad: Bad) -> None:
    assert (bad.code, bad.underlined) in found(bad.wrong)
    _, report = check(bad.right)
    assert not report.has_errors, [(one.code, one.message) for one in report.diagnostics]


def only(text: str) -> Rebate:
    [made] = rules(text).agreements[0].rebates
    return made


@pytest.mark.parametrize(
    ("body", "scope", "window"),
    [
        (f"{SALES}rebate r {{ base sales rate 1% }}", m.Scope.ACCOUNT, "year"),
        ("rebate r { base net value per account per month rate 1% settle yearly }", m.Scope.ACCOUNT, "month"),
        ("rebate r { base net value in all per quarter + net value per account per year rate 1% }", m.Scope.ALL, "year"),
        ("rebate r { base net value per account over last 12 months rate 1% settle quarterly }", m.Scope.ACCOUNT, "quarter"),
        ("rebate r { base net value per account per half last year rate 1% }", m.Scope.ACCOUNT, "term"),
        ("rebate r { tiers retroactive on quantity in piece per account per month { from 5 piece 1% } }", m.Scope.ACCOUNT, "month"),
        ("rebate r { amount EUR 5 settle half-yearly }", m.Scope.ACCOUNT, "half"),
        ("rebate r { amount EUR 5 settle once }", m.Scope.ACCOUNT, "term"),
        ("rebate r { base net value per account ever rate 1% settle quarterly }", m.Scope.ACCOUNT, "term"),
        ("rebate r { base net value per claim rate 1% }", m.Scope.ACCOUNT, "claim"),
        ("rebate r { base net value per account per year rate 1% settle on claim }", m.Scope.ACCOUNT, "claim"),
        ("rebate r { base sum of (lesser of (net value per claim, EUR 5) for each claim) rate 1% settle yearly }", m.Scope.ACCOUNT, "year"),
        ("rebate r { base sum of (net value per account per month for each month) rate 1% settle yearly }", m.Scope.ACCOUNT, "year"),
    ],
)  # fmt: skip
def test_scope_and_window_are_the_widest_of_what_it_is_paid_on(body: str, scope: m.Scope, window: str) -> None:
    made = only(agreement(body))
    assert (made.scope, made.window) == (scope, window)


def test_accounts_that_count_together_earn_together() -> None:
    made = only(agreement("rebate r { amount EUR 5 }", accounts="ACME and subsidiaries, together"))
    assert made.scope is m.Scope.TREE


def test_without_settle_it_is_settled_at_the_end_of_its_window_as_a_credit_note() -> None:
    made = only(rebate(""))
    assert (made.settle.every, made.settle.forms) == ("yearly", ())
    assert only(agreement("rebate r { amount EUR 5 }")).settle.every == "once"


def test_the_parts_of_an_and_are_gates_and_later_events_hold() -> None:
    made = only(rebate("when sales >= EUR 5 and claimed within 60 days of year end  when sales > EUR 1 otherwise 2%"))
    assert [(gate.failing, gate.otherwise is None) for gate in made.when] == [
        ("not earned", True), ("holds", True), ("not earned", False),
    ]  # fmt: skip
    made = only(rebate("when paid by 2026-12-31 otherwise forfeits"))
    assert made.when[0].failing == "forfeits"
    assert isinstance(made.when[0].condition, m.Paid)
    assert made.when[0].condition.by.day == date(2026, 12, 31)


def test_a_deadline_counts_from_what_is_next_to_hand() -> None:
    made = only(rebate("when paid within 45 days  when claimed within 2 months  settle yearly, within 30 days"))
    paid, claimed = (gate.condition for gate in made.when)
    assert isinstance(paid, m.Paid)
    assert isinstance(claimed, m.Claimed)
    assert (paid.by.event, paid.by.count, paid.by.unit) == ("invoice date", 45, "day")
    assert (claimed.by.event, claimed.by.count, claimed.by.unit) == ("year end", 2, "month")
    assert made.settle.pay_by is not None
    assert made.settle.pay_by.event == "settlement"


def test_a_settlement_says_how_often_and_in_what() -> None:
    settle = 'settle quarterly, on account, true up yearly, as 60% credit note for "ads" and 40% goods "COLA", plus tax'
    made = only(rebate(settle)).settle
    assert (made.every, made.on_account, made.true_up, made.plus_tax, made.choice) == (
        "quarterly", True, "yearly", True, False,
    )  # fmt: skip
    note, goods = made.forms
    assert (note.kind, note.share, note.use) == ("credit note", Fraction(3, 5), "ads")
    assert (goods.kind, goods.share, goods.use) == ("goods", Fraction(2, 5), "COLA")
    [points] = only(rebate("settle yearly, as 1 point per EUR 0.05")).settle.forms
    assert isinstance(points, Form)
    assert (points.points, points.per) == (Fraction(1), Fraction(1, 20))


def test_a_charge_is_settled_where_it_says_so_and_else_of_an_order() -> None:
    made = rules(agreement("charge c { amount EUR 5 settle yearly }  charge freight { rate EUR 5 }")).agreements[0]
    assert [(rule.kind, rule.name) for rule in made.rebates] == [("charge", "c")]
    assert [rule.name for rule in made.rules] == ["freight"]


def test_rules_are_named_as_values() -> None:
    text = agreement(
        "charge c { amount EUR 5 settle yearly }\n"
        "rebate a { amount EUR 5 }\nrebate b { amount 10% of rebate a + charge c when charge c is not paid }"
    )
    made = rules(text).agreements[0].rebates[2]
    earned = [node for node in _parts(made.worth) if isinstance(node, m.Earned)]
    assert [node.rule for node in earned] == ["a.a", "a.c"]
    [gate] = made.when
    assert isinstance(gate.condition, m.Not)
    assert gate.failing == "holds"


def _parts(worth: m.Worth) -> list[m.Expr]:
    from rebates.model.expressions import walk

    assert isinstance(worth, m.Amount)
    return walk(worth.value)


def test_points_and_goods_are_what_it_pays() -> None:
    made = only(agreement(f"{SALES}rebate r {{ base sales rate 1 point per EUR 10 }}"))
    assert (made.pays, made.goods) == ("points", None)
    made = only(agreement(f'{SALES}rebate r {{ tiers lump sum on sales {{ from EUR 5 give 2 carton of "COLA" }} }}'))
    assert (made.pays, made.goods) == ("goods", ("COLA", "carton"))


def test_bounds_have_the_rules_own_reach_unless_they_name_a_wider_one() -> None:
    made = only(rebate("cap EUR 500 per year  cap EUR 900 per term  cap EUR 9_000, for all accounts  floor EUR 5"))
    assert [(cap.scope, cap.window) for cap in made.caps] == [
        (m.Scope.ACCOUNT, None), (m.Scope.ACCOUNT, "term"), (m.Scope.ALL, None),
    ]  # fmt: skip
    assert [(floor.scope, floor.window) for floor in made.floors] == [(m.Scope.ACCOUNT, None)]


def test_a_shared_cap_reaches_over_the_widest_window_of_its_rules() -> None:
    text = agreement(
        f"{SALES}rebate a {{ base sales rate 1% }}\n"
        "rebate b { base net value per account per month rate 1% }\ncap 2% of sales across rebate a, rebate b, in order"
    )
    one, other = rules(text).agreements[0].rebates
    [cap] = one.shared_caps
    assert other.shared_caps == (cap,)
    assert (cap.rules, cap.window, cap.scope, cap.in_order) == (("a.a", "a.b"), "year", m.Scope.ACCOUNT, True)


def test_members_and_named_accounts_are_paid() -> None:
    made = only(rebate('pay to "SOLO" 40%, "ACME" 60%'))
    assert made.payees is not None
    assert made.payees.accounts == (("ACME", Fraction(3, 5)), ("SOLO", Fraction(2, 5)))
    text = agreement(
        f"{SALES}rebate r {{ base net value per group per year rate 1% pay to members in proportion to sales }}",
        accounts='group "BUYERS", together',
    )
    made = only(text)
    assert made.payees is not None
    assert isinstance(made.payees.by, m.MeasureRef)


def test_rebates_of_a_stage_stand_behind_the_stages_of_orders() -> None:
    made = rules(
        agreement(f"waterfall {{ stage b best }}\n{SALES}rebate r {{ stage b base sales rate 1% }}")
    ).agreements[0]
    assert [(stage.name, stage.kind) for stage in made.stages] == [
        ("discounts", "discount"), ("charges", "charge"), ("b", "rebate"),
    ]  # fmt: skip


# --- amendments


def amended(words: str, change: str) -> tuple[Rebate, ...]:
    return rules(rebate("cap EUR 5", "")[:-2] + f'amend {words} "Review" {{ {change} }}\n}}\n').agreements[0].rebates


def test_an_amendment_makes_a_version_that_takes_the_window_over() -> None:
    before, after = amended("from 2026-07-01", "rebate r { rate 2% }")
    assert (before.until, after.since, after.takeover) == (date(2026, 6, 30), date(2026, 7, 1), "whole")
    assert (before.first, before.last, after.first) == (None, None, None)
    assert amended("from 2026-07-01, cut at the date", "rebate r { rate 2% }")[1].takeover == "cut"
    assert amended("from 2026-07-01, from the next window", "rebate r { rate 2% }")[1].takeover == "next window"


def test_a_window_that_is_cut_is_told_unless_it_says_how() -> None:
    def codes(words: str) -> list[str]:
        text = rebate("")[:-2] + f'amend {words} "Review" {{ rebate r {{ rate 2% }} }}\n}}\n'
        return [code for code, _ in found(text)]

    assert codes("from 2026-07-01") == ["R0659"]
    assert codes("from 2026-07-01, cut at the date") == []
    assert codes("retroactively from 2026-01-01") == []


def test_what_holds_from_the_first_day_leaves_no_version_before() -> None:
    [made] = amended("retroactively from 2026-01-01", "rebate r { remove cap }")
    assert made.caps == ()
    assert made.amended[0].retroactive


def test_a_rebate_that_is_removed_ends() -> None:
    [made] = amended("from 2026-07-01, from the next window", "remove rebate r")
    assert (made.until, made.ending) == (date(2026, 6, 30), "next window")
    assert made.ended is not None


def test_funds_have_versions_and_windows() -> None:
    text = agreement(
        "fund f { opening EUR 5 per quarter unused rolls over up to EUR 2 }\n"
        'amend from 2026-07-01 "More" { fund f { opening EUR 9 } }'
    )
    one, other = rules(text).agreements[0].funds
    assert (one.id, one.window, one.rolls_over, one.until) == ("a.fund f", "quarter", True, date(2026, 6, 30))
    assert (other.window, other.rolls_over, other.since) == ("term", False, date(2026, 7, 1))


# --- findings


@pytest.mark.parametrize(
    ("clauses", "told"),
    [
        ("tiers retroactive on sales { from EUR 100 1%  from EUR 200 5% }", ["R0350", "R0350"]),
        ("tiers retroactive on sales { from EUR 100 1%  from EUR 200 5% }  accept cliff \"agreed\"", []),
        ("tiers incremental on sales { from EUR 100 1%  from EUR 200 5% }", []),
        ("tiers incremental on sales { from EUR 100 5%  from EUR 1_000 6% }  cap EUR 40", ["R0622"]),
        ("tiers lump sum on sales { from EUR 100 EUR 5  from EUR 200 EUR 4 }", ["R0623"]),
        ("rate 1%  when sales > EUR 5  when sales < EUR 4", ["R0620"]),
        ("rate 1%  accept cliff \"why\"", ["R0351"]),
    ],
)  # fmt: skip
def test_findings_look_at_rebates_too(clauses: str, told: list[str]) -> None:
    assert [code for code, _ in found(agreement(f"{SALES}rebate r {{ base sales {clauses} }}"))] == told


def test_rebates_of_one_name_are_told_and_compared_all_the_same() -> None:
    """The clause that is looked for stands in the other one; found by the fuzzer."""
    sales = "measure sales = net value of items per account per year"
    first = "rebate r { base sales  rate 1%  exclusive among all }"
    again = "rebate r { base sales  rate 1%  when paid within terms }"
    _, report = check(agreement(f"{sales}\n{first}\n{again}"))
    assert "R0210" in {one.code for one in report.diagnostics}
