"""Small agreements and histories on which both evaluators of settling must come to what is worked out by hand (section 14)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from rebates import reference
from rebates.compile import settle as compiled
from rebates.compile.settle import HistoryErrors
from rebates.model.folder import load_rules
from rebates.model.history import Posted
from rebates.model.nodes import RuleSet
from rebates.model.outcome import OrderError
from rebates.model.settlement import Due, Settled
from rebates.syntax.diagnostics import Report

F = Fraction
BOTH = pytest.mark.parametrize("settle", [reference.settle, compiled.settle], ids=["reference", "compiled"])


class World:
    """Two accounts, one item; A is a member of BUYERS until the end of June."""

    def rows(self, name: str) -> Iterable[Mapping[str, object]] | None:
        return {
            "accounts": [{"id": "A"}, {"id": "B"}],
            "items": [{"id": "X", "base_unit": "piece"}],
            "memberships": [
                {"group": "BUYERS", "account": "A", "valid_from": "2026-01-01", "valid_to": "2026-06-30"},
                {"group": "BUYERS", "account": "B", "valid_from": "2026-01-01", "valid_to": ""},
            ],
        }.get(name)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


class Later(World):
    """The same, but B joins in July."""

    def rows(self, name: str) -> Iterable[Mapping[str, object]] | None:
        if name != "memberships":
            return super().rows(name)
        return [{"group": "BUYERS", "account": "B", "valid_from": "2026-07-01", "valid_to": ""}]


class Tree:
    """B below A below TOP."""

    def rows(self, name: str) -> Iterable[Mapping[str, object]] | None:
        return {
            "accounts": [{"id": "TOP", "parent": ""}, {"id": "A", "parent": "TOP"}, {"id": "B", "parent": "A"}],
            "items": [{"id": "X", "base_unit": "piece"}],
        }.get(name)


def rules(members: str, accounts: str = "all, each", world: World | Tree | Later | None = None) -> RuleSet:
    report = Report()
    text = f"""agreement t "T" {{
accounts {accounts}
valid 2026-01-01 to 2026-12-31
currency EUR
attribute line.colour text
attribute line.size text
fact audit text latest
{members}
}}
"""
    found = load_rules({"t.rebates": text}, world or World(), report)
    assert found is not None, [(one.code, one.message, one.span.text) for one in report.diagnostics]
    return found


def sale(id: str, on: str, net: int, account: str = "A", order: str | None = None, **line: str) -> Posted:
    attributes = {f"line.{name}": value for name, value in line.items()}
    others = {"order": day(order)} if order is not None else {}
    return Posted(id, "sale", account, day(on), "X", F(1), "piece", "EUR", F(net), attributes=attributes, days=others)


def back(id: str, of: str, on: str, net: int, account: str = "A") -> Posted:
    return Posted(id, "return", account, day(on), "X", F(-1), "piece", "EUR", F(-net), of=of)


def paid(of: str, on: str, account: str = "A") -> Posted:
    return Posted(f"p{of}{on}", "payment", account, day(on), of=of)


def fact(on: str, value: str, account: str) -> Posted:
    return Posted(f"f{on}", "fact", account, day(on), name="audit", value=value)


def rows(
    settle: Any, of: RuleSet, *posted: Posted, first: str = "01-01", last: str = "12-31", **more: Any
) -> list[Due]:
    [found] = settle(of, "t", posted, day(first), day(last), **more)
    return list(found.dues)


def told(found: Iterable[Due], *names: str) -> list[tuple[object, ...]]:
    return [tuple(getattr(due, name) for name in names) for due in found]


@BOTH
def test_a_clause_is_told_where_it_is_the_reason(settle: Any) -> None:
    """The tier is not reached, and the deadline still to come: that is why, and no clause; nothing is due while it holds."""
    of = rules(
        """measure s = net value of items per account per year
rebate r { tiers retroactive on s { from EUR 100 5% } when paid by 2027-01-31 settle yearly }"""
    )
    assert told(rows(settle, of, sale("a", "02-01", 40)), "status", "clause") == [("no tier", None)]
    assert told(rows(settle, of, sale("a", "02-01", 140)), "status", "clause", "total", "due") == [("held", 0, 7, 0)]


@BOTH
def test_what_is_open_does_not_hold_in_a_filter(settle: Any) -> None:
    """40 of 140 is paid by 31 March; that the other 100 may be paid in time holds no threshold open."""
    of = rules(
        """measure s = net value of items where paid within 30 days of invoice date per account per quarter
rebate r { base s rate 10% when s >= EUR 100 settle quarterly }"""
    )
    posted = sale("a", "02-01", 40), sale("b", "03-20", 100), paid("a", "02-20")
    found = rows(settle, of, *posted, last="03-31")
    assert told(found, "status", "base", "due") == [("condition", None, 0)]
    # and once it was paid, the quarter is settled again: 10 % of 140
    found = rows(settle, of, *posted, paid("b", "04-10"), first="04-01", last="06-30")
    assert told(found, "first", "day", "due")[0] == (day("01-01"), day("06-30"), 14)


@BOTH
def test_earlier_windows_of_a_shared_cap_count_what_they_earned_within_it(settle: Any) -> None:
    """In June the half earns 8 and the year 10, and 18 is cut to 9: 4 and 5. In December 4 are gone: 5 are left."""
    of = rules(
        """measure h = net value of items per account per half
measure y = net value of items per account per year
rebate a { base h rate 8% settle half-yearly }
rebate b { tiers lump sum on y { from EUR 50 EUR 10 } settle half-yearly }
cap EUR 9 across rebate a, rebate b"""
    )
    found = rows(settle, of, sale("a", "02-01", 100))
    assert told(found, "rule", "day", "earned", "due") == [
        ("t.a", day("06-30"), 4, 4),
        ("t.a", day("12-31"), 0, 0),
        ("t.b", day("06-30"), 5, 5),
        ("t.b", day("12-31"), 5, 0),
    ]


@BOTH
def test_a_member_of_a_group_speaks_for_it_on_the_days_it_is_one(settle: Any) -> None:
    of = rules(
        """measure s = net value of items per group per half
rebate r { base s rate 10% when fact audit is "passed" settle half-yearly }""",
        'group "BUYERS", together',
    )
    posted = sale("a", "02-01", 100, "B"), sale("b", "08-01", 100, "B")
    assert told(rows(settle, of, *posted, fact("05-01", "passed", "A")), "status") == [("due",), ("due",)]
    # A has left by July
    assert told(rows(settle, of, *posted, fact("07-02", "passed", "A")), "status") == [("unknown",), ("unknown",)]


@BOTH
def test_a_window_that_is_over_is_settled_again_for_what_came_late(settle: Any) -> None:
    """A sale ordered in June and invoiced in July counts in June, and is due with the next quarter."""
    of = rules(
        """measure s = net value of items per account per quarter
rebate r { base s rate 10% settle quarterly dated by order }"""
    )
    found = rows(
        settle, of, sale("a", "06-01", 50), sale("b", "07-17", 100, order="06-29"), first="07-01", last="09-30"
    )
    assert told(found, "first", "day", "before", "due") == [
        (day("04-01"), day("09-30"), 5, 10),
        (day("07-01"), day("09-30"), 0, 0),
    ]


@BOTH
def test_a_period_of_several_days_that_is_settled_again_gives_the_difference_on_the_last_that_was_booked(
    settle: Any,
) -> None:
    """10 % of what the year has: 10 in March, 5 more in June. Then 20 of February come to light: 2 are due, in June."""
    of = rules(
        """measure s = net value of items per account per year
rebate r { base s rate 10% settle quarterly }"""
    )
    sold = sale("a", "02-01", 100), sale("b", "05-01", 50)
    booked = [
        Settled("t.r", "A", "A", day("01-01"), day("03-31"), F(10)),
        Settled("t.r", "A", "A", day("01-01"), day("06-30"), F(5)),
    ]
    again = rows(settle, of, *sold, first="01-01", last="06-30", settled=booked)
    assert told(again, "day", "total", "before", "due") == [(day("06-30"), 15, 15, 0)]
    late = rows(settle, of, *sold, sale("c", "02-02", 20), first="01-01", last="06-30", settled=booked)
    assert told(late, "day", "total", "before", "due") == [(day("06-30"), 17, 15, 2)]


@BOTH
def test_what_comes_back_of_an_old_window_is_taken_off_what_was_settled_then(settle: Any) -> None:
    """February earned 10, settled at its end; a return in June takes 10 % of 40 back, and nothing else."""
    of = rules(
        """measure s = net value of items per account per month
rebate r { base s rate 10% settle monthly }"""
    )
    found = rows(settle, of, sale("a", "02-01", 100), back("b", "a", "06-05", 40), first="06-01", last="06-30")
    assert told(found, "first", "before", "due") == [(day("02-01"), 10, -4), (day("06-01"), 0, 0)]


@BOTH
def test_the_next_tier_is_worth_what_all_of_the_base_would_earn(settle: Any) -> None:
    """160 at 5 % pay 8, limited to 100 they pay 5. At 200 all of it would pay 20: 12 more than 8."""
    of = rules(
        """measure s = net value of items per account per year
rebate r { tiers retroactive on s { from EUR 50 5% from EUR 200 10% } limit EUR 100 settle yearly }"""
    )
    [found] = rows(settle, of, sale("a", "02-01", 160))
    assert found.next is not None
    assert [found.total, found.next.missing, found.next.worth] == [5, 40, 12]


@BOTH
def test_the_last_stated_date_ends_a_window_that_goes_on(settle: Any) -> None:
    of = rules(
        """measure s = net value of items per account per year
rebate r { base s rate 10% settle on 2026-04-30 and 2026-10-31 }"""
    )
    found = rows(settle, of, sale("a", "02-01", 100))
    assert told(found, "day", "interim") == [(day("04-30"), True), (day("10-31"), False)]


@BOTH
def test_a_negative_due_that_is_kept_back_keeps_its_reason(settle: Any) -> None:
    """50 of 120 come back in April: no tier, and the 12 of the first quarter are set against what comes later."""
    of = rules(
        """measure s = net value of items per account per quarter
rebate r { tiers retroactive on s { from EUR 100 10% } settle quarterly returns carry forward
pay to "A" 50%, "B" 50% }"""
    )
    posted = sale("a", "02-01", 120), back("b", "a", "04-05", 50), sale("c", "08-01", 100)
    found = rows(settle, of, *posted, first="04-01", last="09-30")
    first = [due for due in found if due.first == day("01-01")]
    assert told(first, "payee", "day", "status", "due") == [
        ("A", day("09-30"), "no tier", -5),
        ("B", day("09-30"), "no tier", -5),
    ]


@BOTH
def test_clauses_judged_by_sale_leave_each_other_what_they_let_in(settle: Any) -> None:
    """Red sales are one, large ones another: of both there is none, and the second clause has failed."""
    of = rules(
        """measure s = net value of items per account per year
rebate r { base s rate 10% when line.colour is "red" when line.size is "large" otherwise 1% settle yearly }"""
    )
    posted = sale("a", "02-01", 40, colour="red"), sale("b", "02-02", 60, colour="blue", size="large")
    # the red one is the base, and none of it is large: 1 % of 40
    assert told(rows(settle, of, *posted), "base", "total") == [(40, F("0.4"))]
    # with a large red one that one is the base
    assert told(rows(settle, of, *posted, sale("c", "02-03", 80, colour="red", size="large")), "base", "total") == [
        (80, 8)
    ]


@BOTH
def test_only_what_the_base_counts_has_to_be_paid(settle: Any) -> None:
    of = rules(
        """measure s = net value of items per account per year
rebate r { base s rate 10% when paid by 2026-10-31 when line.colour is "red" settle yearly }"""
    )
    posted = sale("a", "02-01", 40, colour="red"), sale("b", "02-02", 60, colour="blue"), paid("a", "03-01")
    assert told(rows(settle, of, *posted), "status", "total") == [("due", 4)]


@BOTH
def test_a_rule_is_paid_where_what_fell_due_of_it_is(settle: Any) -> None:
    """Rule q earns 10 and holds it until July: nothing was due, and nothing is to be paid. In December it is."""
    of = rules(
        """measure s = net value of items per account per half
rebate q { base s rate 10% when fact audit by 2026-07-31 settle half-yearly }
rebate r { base s rate 5% when rebate q is paid settle half-yearly }"""
    )
    posted = sale("a", "02-01", 100), fact("07-10", "passed", "A")
    found = [due for due in rows(settle, of, *posted) if due.rule == "t.r" and due.first == day("01-01")]
    assert told(found, "day", "status", "due") == [(day("06-30"), "due", 5)]
    # without the fact by then it earns nothing: with it, 10 are due in December and not covered
    second = [due for due in rows(settle, of, *posted, sale("b", "08-01", 100)) if due.rule == "t.r"][-1]
    assert told([second], "day", "status", "due") == [(day("12-31"), "held", 0)]
    payment = Posted("p", "payment", "A", day("12-31"), name="q", net=F(20))
    third = [due for due in rows(settle, of, *posted, sale("b", "08-01", 100), payment) if due.rule == "t.r"][-1]
    assert told([third], "day", "status", "due") == [(day("12-31"), "due", 5)]


@BOTH
def test_what_the_caller_says_was_settled_has_to_be_paid(settle: Any) -> None:
    of = rules(
        """measure s = net value of items per account per half
rebate q { base s rate 10% settle half-yearly }
rebate r { base s rate 5% when rebate q is paid settle half-yearly }"""
    )
    booked = [Settled("t.q", "A", "A", day("01-01"), day("06-30"), F(7))]
    payment = Posted("p", "payment", "A", day("08-01"), name="q", net=F(7))
    late = sale("a", "02-01", 100)
    found = rows(settle, of, late, payment, first="07-01", last="07-31", settled=booked)
    assert [due.due for due in found if due.rule == "t.r"] == []  # it is held, and nothing is due
    found = rows(settle, of, late, payment, first="07-01", last="08-31", settled=booked)
    assert [due.due for due in found if due.rule == "t.r"] == [5]


@BOTH
def test_what_waits_passes_a_window_that_earns_nothing(settle: Any) -> None:
    """January earns 3, February nothing, March 4: 7 are paid in March."""
    of = rules(
        """measure s = net value of items per account per month
rebate r { tiers retroactive on s { from EUR 20 10% } pays from EUR 5, carried forward settle monthly }"""
    )
    found = rows(settle, of, sale("a", "01-10", 30), sale("b", "02-10", 10), sale("c", "03-10", 40), last="03-31")
    assert told(found, "status", "total") == [("pays from", 0), ("no tier", 0), ("due", 7)]


@BOTH
def test_a_window_that_earned_nothing_used_nothing_of_a_limit(settle: Any) -> None:
    """January's 40 reach no tier and use nothing of the 100 of the year: February's 100 are paid on."""
    of = rules(
        """measure s = net value of items per account per month
rebate r { tiers retroactive on s { from EUR 50 10% } limit EUR 100 per year settle monthly }"""
    )
    found = rows(settle, of, sale("a", "01-10", 40), sale("b", "02-10", 100), sale("c", "03-10", 60), last="03-31")
    assert told(found, "status", "total") == [("no tier", 0), ("due", 10), ("nothing", 0)]


@BOTH
def test_a_rule_that_is_beaten_tells_its_measure_base_and_tier(settle: Any) -> None:
    of = rules(
        """measure s = net value of items per account per year
rebate a { tiers retroactive on s { from EUR 50 5% } exclusive among all settle yearly }
rebate b { base s rate 9% exclusive among all settle yearly }"""
    )
    found = rows(settle, of, sale("x", "02-01", 100))
    names = "rule", "status", "detail", "measure", "base", "tier", "cuts"
    assert told(found[:1], *names) == [("t.a", "beaten", "t.b", 100, 100, 0, ())]


@BOTH
def test_not_with_looks_at_what_the_other_earns_by_now(settle: Any) -> None:
    """The sale is paid in time for q by the day on which both are settled: r loses it, though its window ended in June."""
    of = rules(
        """measure h = net value of items per account per year
rebate q { base h rate 10% when paid by 2026-09-30 settle yearly }
rebate r { base h rate 5% not with rebate q settle yearly }
amend from 2026-07-01, cut at the date "Review" { rebate r { cap EUR 9 } }"""
    )
    found = rows(settle, of, sale("a", "02-01", 100), paid("a", "08-01"))
    assert [due.base for due in found if due.rule == "t.r" and due.first == day("01-01")][-1] == 0


@BOTH
def test_an_account_that_comes_later_earns_in_the_windows_before(settle: Any) -> None:
    """What is owed without any sale is owed for windows before the first one, once somebody is there."""
    of = rules(
        """measure s = net value of items per account per half
charge c { amount 10% of (EUR 100 - s) settle half-yearly }"""
    )
    found = rows(settle, of, sale("a", "08-01", 30), first="07-01")
    assert told(found, "first", "day", "due") == [(day("01-01"), day("12-31"), 10), (day("07-01"), day("12-31"), 7)]


@BOTH
def test_what_was_settled_of_a_forfeited_window_stays_its_total(settle: Any) -> None:
    of = rules(
        """measure s = net value of items per account per year
rebate r { base s rate 10% when fact audit is "passed" otherwise forfeits settle half-yearly }"""
    )
    found = rows(settle, of, sale("a", "02-01", 100), fact("03-01", "passed", "A"), fact("09-01", "failed", "A"))
    assert told(found, "status", "total", "due") == [("due", 10, 10), ("forfeited", 10, 0)]


@BOTH
def test_the_window_of_a_claim_begins_after_the_claim_of_its_own_earner(settle: Any) -> None:
    """B claims in March; the window of A's claim in May begins with the year all the same: 100 and 50 at 10 %."""
    of = rules(
        """measure s = net value of items per account per year
rebate r { base s rate 10% settle on claim }"""
    )
    claims = [
        Posted(f"k{who}", "claim", who, day(on), name="r", value="1") for who, on in (("A", "05-31"), ("B", "03-31"))
    ]
    posted = sale("a", "02-01", 100), sale("c", "05-01", 50), sale("b", "01-15", 30, "B"), *claims
    assert told(rows(settle, of, *posted), "earner", "first", "last", "total") == [
        ("A", day("01-01"), day("05-31"), 15),
        ("B", day("01-01"), day("03-31"), 3),
    ]


@BOTH
def test_a_percent_of_something_else_is_not_cut_by_a_limit(settle: Any) -> None:
    """2 % of 100, the limit of the base, and 1 % of all that was bought, 300: 5."""
    of = rules(
        """measure s = net value of items per account per year
rebate r { base s rate 2% plus 1% of s limit EUR 100 settle yearly }"""
    )
    assert told(rows(settle, of, sale("a", "02-01", 300)), "total") == [(5,)]


@BOTH
def test_an_order_is_one_of_an_account(settle: Any) -> None:
    """Two accounts number an order alike: at most 80 of each are 80 and 60."""
    of = rules(
        """measure s = net value in all per year
measure k = sum of (lesser of (net value per order, EUR 80) for each order)
rebate r { base k tiers retroactive on s { from EUR 1 10% } settle yearly }""",
        "all, together",
    )
    orders = [
        Posted(who, "sale", who, day("02-01"), "X", F(1), "piece", "EUR", F(net), order="1")
        for who, net in (("A", 90), ("B", 60))
    ]
    assert told(rows(settle, of, *orders), "base", "total") == [(140, 14)]


@BOTH
def test_stated_dates_count_no_day_after_the_window(settle: Any) -> None:
    """Of February to May January has seen nothing, and February 60."""
    of = rules(
        """measure s = net value of items per account per month
measure w = net value of items per account over 2026-02-01 to 2026-05-31
rebate r { base s tiers retroactive on w { from EUR 50 10% } settle quarterly }"""
    )
    posted = sale("a", "01-10", 100), sale("b", "02-10", 60)
    assert told(rows(settle, of, *posted, last="03-31"), "status", "measure", "total") == [
        ("no tier", 0, 0),
        ("due", 60, 6),
        ("nothing", 60, 0),
    ]


@BOTH
def test_a_cut_window_cuts_its_settlement_periods_and_narrower_totals(settle: Any) -> None:
    """Cut on 10 May, by the quarter: 100 until then and 40 after; and of the half only what is in the part."""
    of = rules(
        """measure y = net value of items per account per year
measure h = net value of items per account per half
rebate q { base y rate 10% settle quarterly, separate }
rebate r { base y tiers retroactive on h { from EUR 90 10% } settle yearly }
amend from 2026-05-10, cut at the date "Review" { rebate q { cap EUR 900 } rebate r { cap EUR 900 } }"""
    )
    found = rows(settle, of, sale("a", "04-10", 100), sale("b", "06-10", 40))
    assert told([due for due in found if due.rule == "t.q" and due.total], "first", "last", "total") == [
        (day("04-01"), day("05-09"), 10),
        (day("05-10"), day("06-30"), 4),
    ]
    # up to 9 May the half has 100; the part after it ends in the second half, which has nothing
    assert told([due for due in found if due.rule == "t.r"], "first", "measure", "total") == [
        (day("01-01"), 100, 10),
        (day("05-10"), 0, 0),
    ]


@BOTH
def test_a_class_is_judged_by_the_order_days_before_over_whole_windows(settle: Any) -> None:
    """A buys 100 in January, before the rule is valid: in March it is a good customer, in April not any more."""
    of = rules(
        """class good for accounts { when net value per account per quarter >= EUR 100 }
measure s = net value of items per account per half
rebate r { base s rate 10% when class good settle half-yearly valid 2026-02-15 to 2026-12-31 }"""
    )
    posted = sale("a", "01-10", 100), sale("b", "04-02", 50, order="03-30"), sale("c", "04-20", 70)
    assert told(rows(settle, of, *posted, last="06-30"), "base", "total") == [(50, 5)]


@BOTH
def test_a_fund_is_drawn_on_in_the_window_in_which_the_rules_window_ends(settle: Any) -> None:
    """The half ends in the second quarter: its 20 draw on the 12 of that one, though 12 lapsed in March."""
    of = rules(
        """fund pot { opening EUR 12 per quarter unused lapses }
measure s = net value of items per account per half
rebate r { base s rate 10% draw from fund pot settle half-yearly }"""
    )
    assert told(rows(settle, of, sale("a", "02-01", 200), last="06-30"), "total") == [(12,)]


@pytest.mark.parametrize("accrued", [reference.accrued, compiled.accrued], ids=["reference", "compiled"])
def test_what_a_falling_charge_accrues_is_what_is_stated(accrued: Any) -> None:
    """5 % of what is missing of 900 may still fall; with an accrual stated that stands, and without one nothing."""
    text = """measure s = net value of items per account per year
charge c {{ amount 5% of (EUR 900 - s) {} settle yearly }}"""
    for clause, expected in (("accrue EUR 2", 2), ("", 0)):
        [found] = accrued(rules(text.format(clause)), "t", [sale("a", "02-01", 100)], day("05-31"))
        assert [due.total for due in found.dues] == [expected]


@BOTH
def test_a_period_settled_again_after_a_later_one_gives_its_own_difference(settle: Any) -> None:
    """10 of 1,000 in March; 300 come back in April and 3 with them. March asked again owes nothing, nor does June."""
    of = rules(
        """measure s = net value of items per account per quarter
rebate r { base s rate 1% settle quarterly }"""
    )
    posted = sale("a", "02-01", 1000), back("b", "a", "04-15", 300)
    booked = [
        Settled("t.r", "A", "A", day("01-01"), day("03-31"), F(10)),
        Settled("t.r", "A", "A", day("01-01"), day("06-30"), F(-3)),
    ]
    march = rows(settle, of, *posted, last="03-31", settled=booked)
    assert told(march, "first", "total", "before", "due") == [(day("01-01"), 10, 10, 0)]
    june = rows(settle, of, *posted, first="04-01", last="06-30", settled=booked)
    assert [due.due for due in june if due.first == day("01-01")] in ([], [0])


@BOTH
def test_a_tree_is_headed_by_the_account_that_the_agreement_names(settle: Any) -> None:
    """The agreement is A's: what B below it buys counts, what TOP above it buys does not (91)."""
    of = rules(
        """measure s = net value of items per account and subsidiaries per year
rebate r { base s rate 10% settle yearly }""",
        "A",
        Tree(),
    )
    posted = sale("a", "02-01", 100), sale("b", "02-02", 50, "B"), sale("c", "02-03", 7, "TOP")
    assert told(rows(settle, of, *posted), "earner", "base", "due") == [("A", 150, 15)]
    assert told(rows(settle, of, posted[1]), "earner", "base", "due") == [("A", 50, 5)]


LIEU = """measure s = net value of items per account per quarter
measure red = net value of items where line.colour is "red" per account per quarter
rebate a {{ base s rate 10% settle quarterly }}
rebate b {{ base red rate 20% {} settle quarterly }}
amend from 2026-07-01 "Letter" {{ rebate b {{ {} }} }}"""


@BOTH
@pytest.mark.parametrize(
    ("signed", "amended", "bases"),
    [
        ("in lieu of rebate a", "remove in lieu of", [("01-01", 60), ("07-01", 100)]),
        ("", "in lieu of rebate a", [("01-01", 100), ("07-01", 60)]),
    ],
    ids=["taken away", "added"],
)
def test_what_a_rule_is_in_lieu_of_is_said_by_the_version_of_its_window(
    settle: Any, signed: str, amended: str, bases: list[tuple[str, int]]
) -> None:
    """Of 100 in a quarter 40 are red: they are lost to the 10 % while the 20 % stands in its place (94, 100)."""
    of = rules(LIEU.format(signed, amended))
    posted = [
        sale(f"{month}{colour}", f"{month}-05", net, colour=colour)
        for month in ("02", "08")
        for colour, net in (("red", 40), ("blue", 60))
    ]
    found = rows(settle, of, *posted)
    of_a = [due for due in found if due.rule == "t.a" and due.base]
    assert told(of_a, "first", "base") == [(day(on), base) for on, base in bases]
    assert {due.total for due in found if due.rule == "t.b" and due.base} == {8}


@BOTH
def test_programmes_of_one_agreement_exclude_each_other_by_kind(settle: Any) -> None:
    """Of 10 and 5 the better one is earned, of charges of 2 and 3 the lesser one is owed; neither kind looks at the other (94)."""
    of = rules(
        """measure s = net value of items per account per year
rebate a { base s rate 10% exclusive among all settle yearly }
rebate b { base s rate 5% exclusive among all settle yearly }
charge c { base s rate 2% exclusive among all settle yearly }
charge d { base s rate 3% exclusive among all settle yearly }"""
    )
    found = rows(settle, of, sale("a", "02-01", 100))
    assert sorted(told(found, "rule", "status", "total")) == [
        ("t.a", "due", 10),
        ("t.b", "beaten", 0),
        ("t.c", "due", 2),
        ("t.d", "beaten", 0),
    ]


@BOTH
def test_programmes_of_two_agreements_are_settled_apart(settle: Any) -> None:
    texts = {
        f"{name}.rebates": f"""agreement {name} "T" {{
accounts all, each
valid 2026-01-01 to 2026-12-31
currency EUR
measure s = net value of items per account per year
rebate a {{ base s rate {rate}% exclusive among all settle yearly }}
}}
"""
        for name, rate in (("t", 5), ("u", 10))
    }
    of = load_rules(texts, World(), Report())
    assert of is not None
    posted = [sale("a", "02-01", 100)]
    found = [settle(of, name, posted, day("01-01"), day("12-31"))[0].dues for name in ("t", "u")]
    assert [told(dues, "status", "total") for dues in found] == [[("due", 5)], [("due", 10)]]


@BOTH
def test_a_programme_that_an_amendment_lets_go_excludes_no_more(settle: Any) -> None:
    """Until June 10 beats 5; the letter lets the better one stand beside others: from July both earn (94, 100)."""
    of = rules(
        """measure s = net value of items per account per quarter
rebate a { base s rate 10% exclusive among all settle quarterly }
rebate b { base s rate 5% exclusive among all settle quarterly }
amend from 2026-07-01 "Letter" { rebate a { remove exclusive } }"""
    )
    found = rows(settle, of, sale("a", "02-01", 100), sale("b", "08-01", 100))
    assert told([due for due in found if due.base or due.status == "beaten"], "rule", "first", "total") == [
        ("t.a", day("01-01"), 10),
        ("t.a", day("07-01"), 10),
        ("t.b", day("01-01"), 0),
        ("t.b", day("07-01"), 5),
    ]


@BOTH
def test_a_return_by_itself_is_below_zero_in_a_value_per_order(settle: Any) -> None:
    """Orders of 100 and 30 count 80 and 30; a return of 5 that names no sale takes 5 off (91c), and alone leaves nothing (93a)."""
    of = rules(
        """measure k = sum of (lesser of (net value per order, EUR 80) for each order)
rebate r { base k rate 10% settle yearly }"""
    )
    alone = Posted("x", "return", "A", day("03-01"), "X", F(-1), "piece", "EUR", F(-5))
    both = replace(sale("a", "02-01", 100), order="o1"), replace(sale("b", "02-02", 30), order="o2")
    assert told(rows(settle, of, *both, alone), "base", "due") == [(105, F("10.5"))]
    assert told(rows(settle, of, alone), "base", "due") == [(0, 0)]


@BOTH
def test_per_account_is_of_the_end_customer_that_earns(settle: Any) -> None:
    """Of A's 100 BAR bought 60, and 40 of B's: both are BAR's, 100; A's other 40 are CAFE's (91)."""
    of = rules(
        """measure c = net value of items per end customer per year
measure s = net value of items per account per year
rebate r { base c rate 10% when s >= EUR 100 settle yearly }"""
    )
    posted = [
        replace(sale(id, "02-01", net, account), attributes={"order.end_customer": bar})
        for id, net, account, bar in (("a", 60, "A", "BAR"), ("b", 40, "B", "BAR"), ("c", 40, "A", "CAFE"))
    ]
    found = rows(settle, of, *posted)
    assert told(found, "earner", "status", "due") == [("BAR", "due", 10), ("CAFE", "condition", 0)]


@BOTH
def test_a_cap_over_all_earners_is_divided_among_those_who_are_there_by_the_day(settle: Any) -> None:
    """In March only BAR is there: its 20 become 12. CAFE buys in April: of March 20 and 30 become 4.8 and 7.2 (92a, 93g, 99)."""
    of = rules(
        """measure s = net value of items per end customer per quarter
rebate r { amount 10% of (EUR 300 - s) cap EUR 12, for all accounts settle quarterly }"""
    )
    posted = [
        replace(sale(who, on, 100), attributes={"order.end_customer": who})
        for who, on in (("BAR", "02-01"), ("CAFE", "04-01"))
    ]
    found = rows(settle, of, *posted, last="06-30")
    # the first quarter: 10 % of 200 and of 300; the second: of 300 and of 200
    assert told(found, "earner", "first", "day", "total", "due") == [
        ("BAR", day("01-01"), day("03-31"), 12, 12),
        ("BAR", day("01-01"), day("06-30"), F("4.8"), F("-7.2")),
        ("BAR", day("04-01"), day("06-30"), F("7.2"), F("7.2")),
        ("CAFE", day("01-01"), day("06-30"), F("7.2"), F("7.2")),
        ("CAFE", day("04-01"), day("06-30"), F("4.8"), F("4.8")),
    ]


@BOTH
def test_a_member_that_comes_later_has_its_share_of_the_windows_before(settle: Any) -> None:
    """Without a sale in March its 10 are shared equally: by A alone, and once B is there by both (92a, 96, 99)."""
    of = rules(
        """measure s = net value of items in all per quarter
measure mine = quantity in piece of items per account per month
rebate r { base s rate 10% settle quarterly pay to members in proportion to mine }""",
        "all, together",
    )
    found = rows(settle, of, sale("a", "02-01", 100), sale("b", "05-01", 40, "B"), last="06-30")
    assert told([due for due in found if due.first == day("01-01")], "payee", "day", "total", "due") == [
        ("A", day("03-31"), 10, 10),
        ("A", day("06-30"), 5, -5),
        ("B", day("06-30"), 5, 5),
    ]


@BOTH
def test_a_cap_of_a_rule_that_earns_for_all_together_is_its_own(settle: Any) -> None:
    """10 % of 100 is capped at 4 before the stage compares it with 5 (93f, 94)."""
    of = rules(
        """waterfall { stage bonus best }
measure s = net value of items in all per year
rebate a { base s rate 10% cap EUR 4 stage bonus settle yearly }
rebate b { base s rate 5% stage bonus settle yearly }""",
        "all, together",
    )
    found = rows(settle, of, sale("x", "02-01", 100))
    assert told(found, "rule", "status", "total") == [("t.a", "beaten", 0), ("t.b", "due", 5)]


@BOTH
def test_an_account_draws_nothing_from_a_fund_in_windows_in_which_it_is_no_member(settle: Any) -> None:
    """A has left BUYERS by July: of its 100 in the first half it draws 10, of those in the second nothing (92a, 102)."""
    of = rules(
        """fund pot { opening EUR 15 }
measure s = net value of items per account per half
measure y = net value of items per account per year
rebate a { base s rate 10% draw from fund pot settle half-yearly }
rebate b { base y rate 5% draw from fund pot settle yearly }""",
        'group "BUYERS", each',
    )
    found = rows(settle, of, sale("x", "02-01", 100), sale("y", "08-01", 100))
    # 5 % of 200 is 10, of which the fund has 5 left
    assert told(found, "rule", "first", "day", "total")[-1] == ("t.b", day("01-01"), day("12-31"), 5)


CLAIMED = """measure s = net value of items per account per quarter
rebate r {{ base s rate 10% when claimed {} settle quarterly }}"""


@BOTH
def test_postings_of_one_claim_are_of_the_day_of_the_first(settle: Any) -> None:
    """N1 is a claim of May, whenever more of it is posted: it is none for the third quarter; N2 is one (92b, 97)."""
    of = rules(CLAIMED.format("by 2026-11-30"))
    claims = [
        Posted(f"k{on}", "claim", "A", day(on), name="r", value=number)
        for on, number in (("05-01", "N1"), ("08-15", "N1"))
    ]
    later = Posted("k", "claim", "A", day("10-15"), name="r", value="N2")
    posted = sale("a", "05-02", 100), sale("b", "08-01", 100)
    found = [due for due in rows(settle, of, *posted, *claims) if due.first == day("07-01")]
    assert told(found, "day", "status", "due") == [(day("09-30"), "held", 0)]
    found = [due for due in rows(settle, of, *posted, *claims, later) if due.first == day("07-01")]
    assert told(found, "day", "status", "due") == [(day("09-30"), "held", 0), (day("12-31"), "due", 10)]


@BOTH
def test_a_base_per_key_counts_the_sales_of_every_key(settle: Any) -> None:
    """The best month of red ones is February with 100, of all of them August with 130; every month has to be paid (91c, 93a, 97)."""
    text = """measure k = greater of (net value of items per account per month for each month)
rebate r {{ base k rate 10% when {} settle yearly }}"""
    red, blue, more = (
        sale("a", "02-01", 100, colour="red"),
        sale("b", "08-01", 50, colour="blue"),
        sale("c", "08-02", 80, colour="red"),
    )
    found = rows(settle, rules(text.format('line.colour is "red"')), red, blue, more)
    assert told(found, "base", "due", "posted") == [(100, 10, ("a", "c"))]
    of = rules(text.format("paid by 2026-12-30"))
    late = paid("b", "08-20"), paid("c", "08-20")
    assert told(rows(settle, of, red, blue, more, *late), "status", "due") == [("condition", 0)]
    assert told(rows(settle, of, red, blue, more, *late, paid("a", "12-01")), "base", "due") == [(130, 13)]


@BOTH
def test_who_comes_later_has_a_part_of_a_cap_of_plain_rules_too(settle: Any) -> None:
    """10 for everybody, 12 for all: A alone has 10 in March; in June B is there, and each has 6 of either quarter (92a, 93g)."""
    of = rules(
        """measure s = net value of items per account per quarter
rebate r { tiers lump sum on s { from EUR 0 EUR 10 } cap EUR 12, for all accounts settle quarterly }"""
    )
    found = rows(settle, of, sale("a", "02-01", 100), sale("b", "05-01", 100, "B"), last="06-30")
    assert told(found, "earner", "first", "day", "total", "due") == [
        ("A", day("01-01"), day("03-31"), 10, 10),
        ("A", day("01-01"), day("06-30"), 6, -4),
        ("A", day("04-01"), day("06-30"), 6, 6),
        ("B", day("01-01"), day("06-30"), 6, 6),
        ("B", day("04-01"), day("06-30"), 6, 6),
    ]


@BOTH
def test_an_account_that_comes_later_takes_its_part_of_a_cap_for_all(settle: Any) -> None:
    """10 of a quarter without sales are A's, until B is there in May: each would earn 10, and the cap leaves 5 of them (93g)."""
    of = rules(
        """measure s = net value of items per account per quarter
rebate r { amount 10% of (EUR 100 - s) cap EUR 10, for all accounts settle quarterly }"""
    )
    posted = Posted("f", "fact", "A", day("01-02"), name="audit", value="passed"), sale("b", "05-01", 100, "B")
    found = [due for due in rows(settle, of, *posted, last="06-30") if due.first == day("01-01")]
    assert told(found, "earner", "day", "total", "due") == [
        ("A", day("03-31"), 10, 10),
        ("A", day("06-30"), 5, -5),
        ("B", day("06-30"), 5, 5),
    ]


@BOTH
@pytest.mark.parametrize("valid", ["", "valid 2026-01-01 to 2026-09-30"])
def test_a_key_of_an_end_customer_holds_what_that_customer_bought(settle: Any, valid: str) -> None:
    """Of A's 100 BAR bought 60: they are the account's part of what BAR earns on (91c)."""
    of = rules(
        f"""measure c = net value of items per end customer per year
measure k = sum of (lesser of (net value of items per account per year, EUR 80) for each account)
rebate r {{ base k tiers retroactive on c {{ from EUR 1 10% }} settle yearly {valid} }}"""
    )
    posted = [
        replace(sale(id, "02-01", net), attributes={"order.end_customer": who})
        for id, net, who in (("a", 60, "BAR"), ("b", 40, "CAFE"))
    ]
    assert told(rows(settle, of, *posted), "earner", "base", "due") == [("BAR", 60, 6), ("CAFE", 40, 4)]


@BOTH
def test_per_account_is_of_the_members_of_a_group_that_earns(settle: Any) -> None:
    """What A buys after June, when it has left, is not the group's: 60 do not reach 100 (91)."""
    of = rules(
        """measure g = net value of items per group per year
measure s = net value of items per account per year
rebate r { base g rate 10% when s >= EUR 100 settle yearly }""",
        'group "BUYERS", together',
    )
    assert told(rows(settle, of, sale("a", "02-01", 60), sale("b", "08-01", 60)), "status") == [("condition",)]
    assert told(rows(settle, of, sale("a", "02-01", 60), sale("b", "06-01", 60)), "due") == [(12,)]


@BOTH
def test_a_value_per_key_counts_the_sales_of_its_keys(settle: Any) -> None:
    """The best month in the rule's days is February; January is none of them, and June alone is not the half year (91c, 93a)."""
    of = rules(
        """measure k = greater of (net value of items per account per month for each month)
rebate r { base k rate 10% settle half-yearly valid 2026-02-01 to 2026-12-31 }"""
    )
    posted = sale("a", "01-10", 300), sale("b", "02-01", 100), sale("c", "06-01", 40)
    found = rows(settle, of, *posted, last="06-30")
    assert told(found, "base", "due") == [(100, 10)]
    assert [tuple(due.posted) for due in found] == [("b", "c")]


@BOTH
def test_a_clause_by_sale_is_asked_of_the_sales_of_every_key(settle: Any) -> None:
    """Of the half year the red ones of May count, though June's are green; by itself June fails, and July has no greatest (97)."""
    per_half = """measure k = greater of (net value of items per account per month for each month)
rebate r { base k rate 10% when line.colour is "red" settle half-yearly }"""
    posted = sale("a", "05-10", 100, colour="red"), sale("b", "06-01", 300, colour="green")
    assert told(rows(settle, rules(per_half), *posted, last="06-30"), "base", "due") == [(100, 10)]
    per_month = """measure k = greater of (net value of items per account per year for each month)
rebate r { base k rate 10% when line.colour is "red" settle monthly }"""
    found = rows(settle, rules(per_month), *posted, first="05-01", last="07-31")
    assert told(found, "status", "due") == [("due", 10), ("condition", 0), ("no baseline", 0)]


@pytest.mark.parametrize("accrued", [reference.accrued, compiled.accrued], ids=["reference", "compiled"])
def test_a_window_that_has_not_begun_draws_nothing_from_a_fund(accrued: Any) -> None:
    """By February `a` has taken the first quarter's 10 alone: 5 of each next one roll over, and `b` finds 15 in the last (102)."""
    of = rules(
        """fund pot { opening EUR 10 per quarter unused rolls over up to EUR 5 }
measure s = net value of items per account per quarter
measure y = net value of items per account per year
rebate a { amount 10% of (EUR 300 - s) draw from fund pot settle quarterly }
rebate b { amount 10% of (EUR 220 - y) draw from fund pot settle yearly }"""
    )
    [found] = accrued(of, "t", [sale("a", "02-01", 100)], day("02-10"))
    assert told(found.dues, "rule", "total") == [("t.a", 10), ("t.b", 12)]


@BOTH
def test_who_has_bought_nothing_yet_has_no_part_of_a_cap(settle: Any) -> None:
    """In March BAR earns 6 alone, in June CAFE is there: 10 of the first quarter are its own, and of 16 a cap leaves 8 (92a, 93g)."""
    of = rules(
        """measure s = net value of items per end customer per quarter
rebate r { amount 10% of (EUR 100 - s) cap EUR 8, for all accounts settle quarterly }"""
    )
    bar, cafe = (
        replace(sale(id, on, 40), attributes={"order.end_customer": who})
        for id, on, who in (("a", "02-01", "BAR"), ("b", "05-01", "CAFE"))
    )
    found = [due for due in rows(settle, of, bar, cafe, last="06-30") if due.first == day("01-01")]
    assert told(found, "earner", "day", "total", "due") == [
        ("BAR", day("03-31"), 6, 6),
        ("BAR", day("06-30"), 3, -3),
        ("CAFE", day("06-30"), 5, 5),
    ]


@BOTH
def test_what_stands_in_lieu_later_takes_back_windows_that_are_over(settle: Any) -> None:
    """By June `b` has its 150 and counts the sale of February, too: `a` has lost the first quarter (94, 99)."""
    of = rules(
        """measure s = net value of items per account per year
rebate a { base s rate 10% settle quarterly, separate }
rebate b { base s rates first { 20% when s >= EUR 150 } in lieu of rebate a settle yearly }"""
    )
    found = rows(settle, of, sale("a", "02-01", 100), sale("b", "05-01", 100), last="06-30")
    assert told([due for due in found if due.rule == "t.a"], "first", "day", "due") == [
        (day("01-01"), day("03-31"), 10),
        (day("01-01"), day("06-30"), -10),
        (day("04-01"), day("06-30"), 0),
    ]


@BOTH
def test_a_member_that_comes_later_takes_its_share_of_windows_before(settle: Any) -> None:
    """10 are A's alone, until B buys in May: then both have an equal part of what the first quarter, of no sales, came to (96)."""
    of = rules(
        """measure s = net value of items in all per quarter
measure p = net value of items per account per quarter
rebate r { amount 10% of (EUR 100 - s) settle quarterly pay to members in proportion to p }""",
        "all, together",
    )
    posted = Posted("f", "fact", "A", day("01-02"), name="audit", value="passed"), sale("b", "05-01", 100, "B")
    found = rows(settle, of, *posted, last="06-30")
    assert told([due for due in found if due.first == day("01-01")], "payee", "day", "total", "due") == [
        ("A", day("03-31"), 10, 10),
        ("A", day("06-30"), 5, -5),
        ("B", day("06-30"), 5, 5),
    ]


@BOTH
def test_per_account_in_a_group_is_of_those_who_are_members_on_the_day(settle: Any) -> None:
    """A's 100 of August are no member's: `per account` reads B's 60 alone, short of 100, and the base names no other (91)."""
    of = rules(
        """measure g = net value of items per group per year
measure s = net value of items per account per year
measure k = sum of (lesser of (net value of items per account per year, EUR 80) for each account)
rebate r { base g rate 10% when s >= EUR 100 settle yearly }
rebate q { base k tiers retroactive on g { from EUR 50 10% } settle yearly }""",
        'group "BUYERS", together',
    )
    found = rows(settle, of, sale("b", "02-01", 60, "B"), sale("a", "08-01", 100))
    assert told(found, "rule", "status", "due") == [("t.r", "condition", 0), ("t.q", "due", 6)]
    assert [list(due.posted) for due in found if due.rule == "t.q"] == [["b"]]


@BOTH
def test_what_was_bought_before_an_account_joined_does_not_wait_for_it(settle: Any) -> None:
    """B joins in July: the 3 of May are no window of its own, so that 4 of August are below 5, and not 7 (92a, 99b)."""
    of = rules(
        """measure s = net value of items per account per quarter
rebate r { base s rate 10% pays from EUR 5, carried forward settle quarterly }
rebate q { base s rate 10% cap EUR 5 per year settle quarterly }""",
        'group "BUYERS", each',
        Later(),
    )
    found = rows(settle, of, sale("a", "05-01", 30, "B"), sale("b", "08-01", 40, "B"), last="09-30")
    assert told(found, "rule", "first", "status", "total") == [
        ("t.r", day("07-01"), "pays from", 0),
        ("t.q", day("07-01"), "due", 4),
    ]


@BOTH
def test_keys_are_of_the_rules_window_also_where_valid_cuts_the_base(settle: Any) -> None:
    """The best month of July to September is August's 60; May's 90 is in the term, but not in the half (91c)."""
    of = rules(
        """measure k = greater of (net value of items in all per term for each month)
rebate r { base k rate 10% settle half-yearly valid 2026-02-01 to 2026-09-30 }""",
        "all, together",
    )
    posted = sale("a", "05-01", 90), sale("b", "08-01", 60), sale("c", "11-01", 500)
    found = rows(settle, of, *posted)
    assert told(found, "first", "base", "due") == [(day("01-01"), 90, 9), (day("07-01"), 60, 6)]


@BOTH
@pytest.mark.parametrize(("accounts", "wide"), [("all, together", "in all"), ('group "BUYERS", together', "per group")])
def test_a_tree_without_a_head_is_of_every_account_that_counts(settle: Any, accounts: str, wide: str) -> None:
    """60 of A and 60 of B are the 120 that a rule for both reads of their trees (91)."""
    of = rules(
        f"""measure g = net value of items {wide} per year
measure s = net value of items per account and subsidiaries per year
rebate r {{ base g rate 10% when s >= EUR 100 settle yearly }}""",
        accounts,
    )
    assert told(rows(settle, of, sale("a", "02-01", 60), sale("b", "02-01", 60, "B")), "status", "due") == [("due", 12)]


@BOTH
def test_a_tree_with_a_head_is_that_tree_also_for_all(settle: Any) -> None:
    """Of the 180 of all TOP's 60 are not A's tree: that has 120, short of 150 (91)."""
    of = rules(
        """measure g = net value of items in all per year
measure s = net value of items per account and subsidiaries per year
rebate r { base g rate 10% when s >= EUR 150 settle yearly }""",
        "A and subsidiaries, together",
        Tree(),
    )
    posted = sale("a", "02-01", 60), sale("b", "02-01", 60, "B"), sale("t", "02-01", 60, "TOP")
    assert told(rows(settle, of, *posted), "status", "due") == [("condition", 0)]


@BOTH
def test_who_is_a_payee_no_more_gives_back_what_it_was_paid(settle: Any) -> None:
    """In March nobody has bought: the 10 are the group's. From May on A is a member, takes them, and the group has none (96)."""
    of = rules(
        """measure s = net value of items per group per quarter
measure p = net value of items per account per quarter
rebate r { amount 10% of (EUR 100 - s) settle quarterly pay to members in proportion to p }""",
        'group "BUYERS", together',
    )
    found = rows(settle, of, sale("a", "05-01", 60), last="06-30")
    assert told([due for due in found if due.first == day("01-01")], "payee", "day", "total", "due") == [
        ("A", day("06-30"), 10, 10),
        ("BUYERS", day("03-31"), 10, 10),
        ("BUYERS", day("06-30"), 0, -10),
    ]


@BOTH
def test_a_payee_that_a_letter_takes_out_gives_back_what_was_settled(settle: Any) -> None:
    """6 were settled by halves; now all of it is A's: it has 3 more, and B's 3 come back (96, 99)."""
    of = rules(
        """measure s = net value of items per account per quarter
rebate r { base s rate 10% settle quarterly pay to "A" 50%, "B" 50% }
amend retroactively from 2026-04-01 "Letter" { rebate r { pay to "A" 100% } }"""
    )
    before = [Settled("t.r", "A", who, day("04-01"), day("06-30"), F(3)) for who in ("A", "B")]
    found = rows(settle, of, sale("a", "04-01", 60), first="07-01", last="09-30", settled=before)
    assert told([due for due in found if due.first == day("04-01")], "payee", "total", "before", "due") == [
        ("A", 6, 3, 3),
        ("B", 0, 3, -3),
    ]


@BOTH
def test_the_claim_of_another_is_no_settlement_day(settle: Any) -> None:
    """A's claim of January is paid for in March; B's of May settles B alone, and A's 10 fall due as the half ends (98, 99)."""
    of = rules(
        """measure s = net value of items per account per year
rebate r { base s rate 10% when paid by 2026-12-31 settle on claim }"""
    )
    claims = [
        Posted(f"k{who}", "claim", who, day(on), name="r", value="1") for who, on in (("A", "02-01"), ("B", "05-01"))
    ]
    posted = sale("a", "01-05", 100), sale("b", "01-05", 200, "B"), paid("b", "01-20", "B"), paid("a", "03-01")
    assert told(rows(settle, of, *posted, *claims, last="06-30"), "earner", "day", "status", "due") == [
        ("A", day("02-01"), "held", 0),
        ("A", day("06-30"), "due", 10),
        ("B", day("05-01"), "due", 20),
    ]


SHIP = """table contracts from "contracts.csv" { end_customer key  item key  price money  valid_from, valid_to dates }
table holders from "holders.csv" { end_customer key }
items   resold where order.end_customer in table holders
measure at_list     = list value of resold per account per month
measure at_contract = value at contracts of resold per account per month
"""


class Contracts(World):
    """Prices that the supplier has agreed with two end customers; CAFE's falls in February."""

    def rows(self, name: str) -> Iterable[Mapping[str, object]] | None:
        if name == "holders":
            return [{"end_customer": "BAR"}, {"end_customer": "CAFE"}]
        if name != "contracts":
            return super().rows(name)
        made = [("BAR", "7", "", ""), ("CAFE", "8", "", "2026-01-31"), ("CAFE", "6.5", "2026-02-01", "")]
        names = "end_customer", "item", "price", "valid_from", "valid_to"
        return [dict(zip(names, (who, "X", *more), strict=True)) for who, *more in made]


def resold(id: str, on: str, pieces: int, who: str | None, account: str = "A") -> Posted:
    """Pieces at a list price of 10, sold on to an end customer."""
    of = {} if who is None else {"order.end_customer": who}
    return replace(sale(id, on, 9 * pieces, account), quantity=F(pieces), list=F(10 * pieces), attributes=of)


def claims(*named: tuple[str, str, str | None], account: str = "A") -> list[Posted]:
    """Claims of a rule `r`: number, day, the sale."""
    return [
        Posted(f"k{at}", "claim", account, day(on), name="r", value=number, of=of)
        for at, (number, on, of) in enumerate(named)
    ]


@BOTH
def test_ship_and_debit_with_several_end_customers(settle: Any) -> None:
    """January: BAR 10 at 3 less than list, CAFE 5 at 2 less: 40. February: CAFE 4 at 3.50 less: 14.

    DEN has no contract. What was sold on without a name counts nowhere. The last sale is claimed too late: 60 days end on 1 April.
    """
    of = rules(
        SHIP
        + "rebate r { when claimed within 60 days of invoice date  base at_list - at_contract  rate 100%  settle monthly }",
        world=Contracts(),
    )
    posted = (
        resold("a", "01-05", 10, "BAR"), resold("b", "01-20", 5, "CAFE"), resold("c", "01-21", 50, "DEN"),
        resold("d", "01-22", 50, None), resold("e", "02-10", 4, "CAFE"),
    )  # fmt: skip
    asked = claims(("K1", "02-01", "a"), ("K1", "02-01", "b"), ("K2", "03-01", "e"))
    found = rows(settle, of, *posted, *asked, last="04-30")
    paid_out = {due.first: sum(one.due for one in found if one.first == due.first) for due in found}
    assert paid_out == {day("01-01"): 40, day("02-01"): 14, day("03-01"): 0, day("04-01"): 0}
    late = claims(("K1", "02-01", "a"), ("K1", "02-01", "b"), ("K2", "04-12", "e"))
    assert sum(due.due for due in rows(settle, of, *posted, *late, last="04-30")) == 40


@BOTH
def test_what_an_account_claims_for_its_end_customers_is_theirs(settle: Any) -> None:
    """A claims its sales to BAR of 100 and to CAFE of 50, B all that it has sold, to BAR alone: 30 more; nobody claims for DEN (92b)."""
    of = rules(
        """rebate r { base net value of items per end customer per quarter  rate 10%  when claimed within 60 days of quarter end  settle quarterly }"""
    )

    def to(id: str, net: int, who: str, account: str = "A") -> Posted:
        return replace(sale(id, "02-01", net, account), attributes={"order.end_customer": who})

    posted = to("a", 100, "BAR"), to("b", 50, "CAFE"), to("c", 70, "DEN"), to("d", 30, "BAR", "B"), to("e", 20, "CAFE")
    asked = [
        *claims(("K1", "03-10", "a"), ("K1", "03-10", "b")),
        *(replace(one, id="all") for one in claims(("K1", "03-15", None), account="B")),
    ]
    found = rows(settle, of, *posted, *asked, last="06-30")
    first = [due for due in found if due.first == day("01-01") and due.day == day("03-31")]
    assert told(first, "earner", "status", "due") == [("BAR", "due", 13), ("CAFE", "due", 7), ("DEN", "held", 0)]
    by_claim = rules("""rebate r { base net value of items per end customer per year  rate 10%  settle on claim }""")
    found = rows(settle, by_claim, *posted, *asked, last="06-30")
    assert told(found, "earner", "day", "due") == [("BAR", day("03-10"), 13), ("CAFE", day("03-10"), 7)]


@BOTH
def test_a_deadline_by_the_quarter_counts_from_that_of_the_claim(settle: Any) -> None:
    """A sale of February is claimed in June, within 40 days of the end of June; 40 days from the sale would be over (92b, 97)."""
    text = "rebate r {{ base net value of items per account per year  rate 10%  when claimed within 40 days of {}  settle on claim }}"
    posted = (sale("a", "02-01", 100), *claims(("K1", "06-15", "a")))
    of_quarter = rows(settle, rules(text.format("quarter end")), *posted, last="07-31")
    assert told(of_quarter, "day", "status", "due") == [(day("06-15"), "due", 10)]
    of_sale = rows(settle, rules(text.format("invoice date")), *posted, last="07-31")
    assert told(of_sale, "day", "status", "due") == [(day("06-15"), "not claimed", 0)]


@BOTH
def test_a_month_by_itself_has_of_its_quarter_what_was_sold_in_it(settle: Any) -> None:
    """Settled month by month, each by itself: June's 30 alone, although April's 50 are of the same quarter (91c, 92)."""
    of = rules(
        """rebate r { base sum of (lesser of (net value of items per account per year, EUR 90) for each quarter)
rate 10%  settle monthly, separate }"""
    )
    found = rows(settle, of, sale("a", "04-10", 50), sale("b", "06-10", 30), last="06-30")
    paid_out = [due for due in found if due.due]
    assert told(paid_out, "first", "base", "due", "posted") == [
        (day("04-01"), 50, 5, ("a",)),
        (day("06-01"), 30, 3, ("b",)),
    ]


@BOTH
def test_a_month_that_an_amendment_cuts_looks_back_at_as_many_days(settle: Any) -> None:
    """June is cut on the 10th: 100 of last year's June are of its first part, 10 of the second (92, 100)."""
    of = rules(
        """measure s = net value of items per account per month
rebate r { base 2 * s + (s last year)  rate 10%  settle monthly, separate }
amend from 2026-06-10, cut at the date "Letter" { rebate r { rate 9% } }"""
    )
    before = [
        replace(sale(id, "06-01", net), day=date(2025, 6, on), order=id)
        for id, on, net in (("v", 5, 100), ("w", 15, 10))
    ]
    found = rows(settle, of, *before, sale("a", "06-05", 31), sale("b", "06-10", 30), first="06-01", last="06-30")
    assert told([due for due in found if due.due], "first", "base", "due", "posted") == [
        (day("06-01"), 162, Fraction("16.2"), ("v", "a")),
        (day("06-10"), 70, Fraction("6.3"), ("w", "b")),
    ]


@BOTH
def test_a_claim_draws_from_a_fund_from_its_day_on(settle: Any) -> None:
    """The claim of August has its 5 before the year has what is left of 12; before August it has drawn nothing (92b, 102)."""
    of = rules(
        """fund pot { opening EUR 12 }
measure s = net value of items per account per year
rebate a { base s  rate 5%  draw from fund pot  settle on claim }
rebate b { base s  rate 10%  draw from fund pot  settle quarterly }"""
    )
    asked = [replace(one, name="a") for one in claims(("K1", "08-01", "x"))]
    found = rows(settle, of, sale("x", "02-01", 100), *asked)
    assert told([due for due in found if due.rule == "t.b"], "day", "total") == [
        (day("03-31"), 10),
        (day("06-30"), 10),
        (day("09-30"), 7),
        (day("12-31"), 7),
    ]


@BOTH
def test_what_a_rule_was_worth_is_less_by_no_later_draw(settle: Any) -> None:
    """The year's part of the fund was 5 by March, half of which is paid; that May's quarter draws the other 7 is later (93, 102)."""
    of = rules(
        """fund pot { opening EUR 12 }
rebate a { base net value of items per account per quarter  rate 10%  draw from fund pot  settle quarterly }
rebate b { base net value of items per account per year  rate 10%  draw from fund pot  settle yearly }
rebate c { base rebate b  rate 50%  settle quarterly }"""
    )
    found = rows(settle, of, sale("x", "02-01", 50), sale("y", "05-01", 100), last="06-30")
    assert told([due for due in found if due.rule == "t.c" and due.due], "first", "day", "due") == [
        (day("01-01"), day("03-31"), Fraction("2.5"))
    ]


@BOTH
def test_a_rule_in_all_and_one_for_an_account_draw_from_two_funds(settle: Any) -> None:
    """A has 12 of its own, all have 12 of theirs: 10 each (102)."""
    of = rules(
        """fund pot { opening EUR 12 }
rebate a { base net value of items per account per quarter  rate 10%  draw from fund pot  settle quarterly }
rebate b { base net value of items in all per half  rate 10%  draw from fund pot  settle half-yearly }"""
    )
    found = rows(settle, of, sale("x", "02-01", 100), last="06-30")
    paid_out = {(due.rule, due.first): due.total for due in found if due.total}
    assert paid_out == {("t.a", day("01-01")): 10, ("t.b", day("01-01")): 10}


@BOTH
def test_a_share_of_a_window_is_that_of_the_window_that_is_judged(settle: Any) -> None:
    """The letter of July measures by the quarter; the year that it judges is whole, so its sum is whole, not four of it (100, 101)."""
    of = rules(
        """measure y = net value of items per account per year
measure q = net value of items per account per quarter
rebate r { tiers lump sum on y { from EUR 1 EUR 10 }  settle yearly  pro rata by month }
amend from 2026-07-10 "Letter" { rebate r { tiers lump sum on q { from EUR 1 EUR 10 } } }"""
    )
    found = rows(settle, of, sale("x", "11-01", 100))
    assert {due.total for due in found if (due.first, due.day) == (day("01-01"), day("12-31"))} == {10}


@BOTH
def test_a_claim_names_the_claimants_own_sale(settle: Any) -> None:
    of = rules("rebate r { base net value of items per account per year  rate 1%  settle on claim }")
    with pytest.raises((OrderError, HistoryErrors), match=r"another account|is of a sale to"):
        rows(settle, of, sale("a", "01-05", 100, "B"), *claims(("K1", "02-01", "a")))


@BOTH
def test_the_keys_of_a_claim_are_those_of_its_window(settle: Any) -> None:
    """The claim names the 60 of February alone; January's 100, in its window too, are the best month, and all are one order's (91c)."""
    of = rules(
        """measure k = greater of (net value of items per account per month for each month)
measure o = sum of (lesser of (net value per order, EUR 80) for each order)
rebate r { base k rate 10% settle on claim }
rebate q { base o rate 10% settle on claim }"""
    )
    asked = [*claims(("K1", "03-01", "b")), replace(claims(("K1", "03-01", "b"))[0], id="q", name="q")]
    found = rows(settle, of, sale("a", "01-05", 100), sale("b", "02-05", 60), *asked)
    assert told(found, "rule", "base", "due") == [("t.r", 100, 10), ("t.q", 140, 14)]


class Promised(World):
    """Pieces that are promised by year."""

    def rows(self, name: str) -> Iterable[Mapping[str, object]] | None:
        if name != "promised":
            return super().rows(name)
        return [{"year": "2025", "pieces": "10"}, {"year": "2026", "pieces": "30"}]


@BOTH
def test_a_table_by_the_year_is_of_the_window_and_of_no_sale(settle: Any) -> None:
    """17 last year are 7 more than the 10 that were promised: of this year's 30 they take 7, and what was bought takes 2 (67, 93a)."""
    of = rules(
        """table promised from "promised.csv" { year key  pieces number }
measure bought = quantity in piece of items per account per year
measure more   = bought last year - 1 piece * table promised at 1 years before year start
charge r { base 1 piece * table promised - more - bought  rate EUR 1 per piece  settle yearly }
rebate q { base bought  rate EUR 1 per piece  when table promised = 30  settle yearly }""",
        world=Promised(),
    )
    last = [replace(sale(f"l{at}", "01-05", 10), day=date(2025, 5, at + 1)) for at in range(17)]
    found = rows(settle, of, *last, sale("a", "02-05", 10), sale("b", "03-05", 10))
    assert told(found, "rule", "due") == [("t.r", 21), ("t.q", 2)]


class Card(World):
    """Two families, each with its own thresholds."""

    def rows(self, name: str) -> Iterable[Mapping[str, object]] | None:
        return {
            "items": [
                {"id": "X", "base_unit": "piece", "family": "F"},
                {"id": "Y", "base_unit": "piece", "family": "G"},
            ],
            "families": [{"id": "F", "parent": ""}, {"id": "G", "parent": ""}],
            "card": [
                {"family": "F", "sold": "50", "rate": "1%"},
                {"family": "F", "sold": "200", "rate": "2%"},
                {"family": "G", "sold": "100", "rate": "3%"},
            ],
        }.get(name) or super().rows(name)


@BOTH
def test_a_card_of_which_no_row_is_reached_has_no_tier(settle: Any) -> None:
    """30 are short of both; 120 of F and 60 of G are 180: 1 % and 3 %, of one row each, the first of its family."""
    of = rules(
        """table card from "card.csv" { family key  sold threshold  rate reward }
measure s = net value of items per account per year
rebate r { base s tiers retroactive on s from table card settle yearly }""",
        world=Card(),
    )
    assert told(rows(settle, of, sale("a", "02-01", 30)), "status", "measure", "due") == [("no tier", 30, 0)]
    gone = sale("a", "02-01", 30), back("b", "a", "03-01", 30)
    assert told(rows(settle, of, *gone), "status", "measure", "due") == [("no tier", 0, 0)]
    both = sale("a", "02-01", 120), replace(sale("g", "02-01", 60), item="Y")
    assert told(rows(settle, of, *both), "status", "tier", "due") == [("due", 0, 3)]
    high = sale("a", "02-01", 320), replace(sale("g", "02-01", 60), item="Y")
    assert told(rows(settle, of, *high), "tier", "due") == [(None, F("8.20"))]  # 2 % of 320, 3 % of 60: other rows


@BOTH
def test_a_fixed_price_pays_nothing_on_what_only_came_back(settle: Any) -> None:
    """Ten at 9 less the price of 7 are 20; what came back alone is no base, and no money."""
    of = rules(
        """measure s = net value of items per account per year
measure q = quantity in piece of items per account per year
rebate r { base s rate price EUR 7 per piece settle yearly }
rebate p { base q rate price EUR 7 per piece settle yearly }"""
    )
    ten = replace(sale("a", "02-01", 90), quantity=F(10))
    assert told(rows(settle, of, ten), "rule", "due") == [("t.r", 20), ("t.p", 20)]
    alone = replace(back("b", "", "02-01", 5), of=None, quantity=F(-10))
    assert told(rows(settle, of, alone), "rule", "due") == [("t.r", 0), ("t.p", 0)]


@BOTH
def test_a_total_per_end_customer_is_nobodys_for_an_account(settle: Any) -> None:
    of = rules(
        """measure s = net value of items per account per year
measure c = net value of items per end customer per year / net value of items in all per year
rebate r { base s tiers retroactive on c { from 0% 5% } settle yearly }"""
    )
    bar = replace(sale("a", "02-01", 100), attributes={"order.end_customer": "BAR"})
    assert told(rows(settle, of, bar), "status", "detail") == [("unknown", "order.end_customer")]


@BOTH
def test_a_fact_beside_a_sale_is_the_earners(settle: Any) -> None:
    """It was posted for all, in June: of the sales those within 100 days of it count, also one of February that came before (91d)."""
    of = rules(
        """fact opened date latest
measure s = net value of items in all per year
rebate r { base s rate 10% when days from fact opened to order.date < 100 settle yearly }""",
        "all, together",
    )
    told_all = Posted("f", "fact", "all", day("06-01"), name="opened", value=day("01-15"))
    posted = sale("a", "02-01", 60), sale("b", "03-01", 40, "B"), sale("c", "08-01", 500)
    assert told(rows(settle, of, *posted, told_all), "base", "due") == [(100, 10)]


@BOTH
def test_a_letter_that_widens_the_base_counts_all_of_it_in_the_window_that_runs(settle: Any) -> None:
    """The half that runs in August is judged by the letter, on what was bought in the whole term: 100 and 60 (91, 100)."""
    of = rules(
        """measure h = net value of items per account per half
measure s = net value of items per account per term
rebate r { base h rate 1% settle half-yearly }
amend from 2026-08-01 "Letter" { rebate r { base s rate 10% } }"""
    )
    found = rows(settle, of, sale("a", "02-01", 100), sale("b", "09-01", 60))
    assert told(found, "first", "base", "due") == [(day("01-01"), 100, 1), (day("07-01"), 160, 16)]


@BOTH
def test_a_cut_begins_a_window_of_the_letters_own_length(settle: Any) -> None:
    """By months until the ninth of July, then to the end of the quarter: 1 % of 100, 10 % of 60 and 50, and no day twice (100)."""
    of = rules(
        """measure m = net value of items per account per month
measure s = net value of items per account per quarter
rebate r { base m rate 1% settle monthly }
amend from 2026-07-10, cut at the date "Letter" { rebate r { base s rate 10% } }"""
    )
    found = rows(settle, of, sale("a", "07-05", 100), sale("b", "07-20", 60), sale("c", "09-01", 50), last="09-30")
    assert told([due for due in found if due.due], "first", "last", "day", "due") == [
        (day("07-01"), day("07-09"), day("07-31"), 1),
        (day("07-10"), day("09-30"), day("07-31"), 6),
        (day("07-10"), day("09-30"), day("09-30"), 5),
    ]


def to_customer(id: str, on: str, net: int, customer: str) -> Posted:
    return replace(sale(id, on, net), attributes={"order.end_customer": customer})


def claim(on: str, of: str | None = None) -> Posted:
    return Posted(f"c{on}", "claim", "A", day(on), name="r", value="1", of=of)


@BOTH
def test_a_claim_before_the_agreement_begins_has_no_window(settle: Any) -> None:
    """The agreement begins on 15 February: of the claims of 12 January and 1 March the second alone is one, of 5 % of 40."""
    text = """measure s = net value per account per year
rebate r { base s rate 5% settle on claim }"""
    of = rules(text)
    [agreement] = of.agreements
    of = replace(of, agreements=(replace(agreement, first=day("02-15")),))
    later = replace(claim("03-01"), value="2")
    found = rows(settle, of, sale("a", "02-20", 40), claim("01-12"), later)
    assert told(found, "first", "last", "due") == [(day("02-15"), day("03-01"), F(2))]


@BOTH
def test_an_end_customer_is_one_from_its_first_sale_on(settle: Any) -> None:
    """A claim of March for a sale to D of September is of nobody; the one of October pays 5 % of 40."""
    of = rules("measure s = net value per end customer per year\nrebate r { base s rate 5% settle on claim }")
    bought = to_customer("a", "09-10", 40, "D")
    found = rows(settle, of, bought, claim("03-01", "a"), replace(claim("10-01", "a"), value="2"))
    assert told(found, "earner", "day", "due") == [("D", day("10-01"), F(2))]


@BOTH
def test_between_two_seasons_a_total_counts_no_sale_that_a_clause_could_miss(settle: Any) -> None:
    """March and December have no season: that is told, not that the green sales of January and October are no red ones (81b, 97)."""
    of = rules(
        """seasons { cold 2025-10-01 to 2026-02-28  warm 2026-04-01 to 2026-09-30 }
measure s = net value of items per account per season
rebate r { tiers lump sum on s { from EUR 20 EUR 10 } when line.colour is "red" settle quarterly, separate }"""
    )
    green = (sale(on, on, 50, colour="green") for on in ("01-20", "05-20", "10-17"))
    found = rows(settle, of, *green)
    assert told(found, "day", "status", "detail") == [
        (day("03-31"), "unknown", "season"),
        (day("06-30"), "condition", None),
        (day("09-30"), "no tier", None),
        (day("12-31"), "unknown", "season"),
    ]


@BOTH
def test_a_later_posting_of_a_claim_may_be_of_an_earner_that_the_first_is_not_of(settle: Any) -> None:
    """N1 is posted before A sold to D, before B joined, and in October: D's and the group's claim is of October, in time (92b)."""
    of_d = rules(
        """rebate r { base net value of items per end customer per quarter  rate 10%  when claimed within 60 days of quarter end  settle quarterly }"""
    )
    of_group = rules(
        """rebate r { base net value of items per group per quarter  rate 10%  when claimed within 60 days of quarter end  settle quarterly }""",
        'group "BUYERS", together',
        Later(),
    )
    for of, account in ((of_d, "A"), (of_group, "B")):
        bought = replace(to_customer("a", "09-10", 40, "D"), account=account)
        for early, late in (("03-01", "10-10"), ("05-05", "10-01")):
            asked = claims(("N1", early, None), ("N1", late, None), account=account)
            found = [due for due in rows(settle, of, bought, *asked) if due.first == day("07-01")]
            assert told(found, "day", "status", "due") == [(day("09-30"), "held", 0), (day("12-31"), "due", 4)]


@BOTH
def test_an_end_customer_owes_nothing_by_a_rule_of_accounts(settle: Any) -> None:
    """The fee is A's; D, to whom A sold, is no account, and has paid what it owes: nothing. 10 % of 40."""
    of = rules(
        """measure s = net value per account per quarter
measure d = net value per end customer per year
charge fee { base s rate 1% settle quarterly }
rebate r { base d rate 10% when charge fee is paid settle yearly }"""
    )
    found = rows(settle, of, to_customer("a", "02-01", 40, "D"))
    assert [(due.earner, due.due) for due in found if due.rule == "t.r"] == [("D", F(4))]
