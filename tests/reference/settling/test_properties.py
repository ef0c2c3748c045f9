"""What holds for every history: order, cadence, returns of everything, exact splits (6.2, 6.4, 2.4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from rebates.model import nodes as m
from rebates.model.history import Posted
from rebates.model.settlement import Settled
from tests.reference.settling.deals import (
    back,
    dues,
    flat,
    measure,
    payees,
    percent,
    rebate,
    rules_of,
    sale,
    settled,
    tiers,
    with_rebates,
)

F = Fraction
RULES = rules_of("measure sales = net value per account per year\nmeasure pool = net value in all per year")
SALES = measure(RULES, "sales")
KINDS: dict[str, m.Worth] = {
    "flat": flat(percent("3.3")),
    "retroactive": tiers("retroactive", SALES, ("100", percent("1.25")), ("500", percent("2.5"))),
    "incremental": tiers("incremental", SALES, ("0", percent("1.1")), ("300", percent("3.7"))),
}


@st.composite
def histories(draw: st.DrawFn) -> list[Posted]:
    """Sales of two accounts over the year, some returned in part."""
    out: list[Posted] = []
    for number in range(draw(st.integers(1, 8))):
        on = date(2026, 1, 1) + timedelta(draw(st.integers(0, 364)))
        net = draw(st.integers(1, 90_000))
        account = draw(st.sampled_from(("ACME", "SOLO")))
        out.append(replace(sale(f"s{number}", "1-1", "0", account, quantity="10"), day=on, net=F(net, 100)))
        if draw(st.booleans()):
            later = min(on + timedelta(draw(st.integers(0, 200))), date(2026, 12, 31))
            part = F(draw(st.integers(1, 10)))
            returned = back(f"r{number}", f"s{number}", "1-1", "0", account)
            out.append(replace(returned, day=later, quantity=-part, net=-F(net, 100) * part / 10))
    return out


def deal(kind: str, cadence: str = "quarterly") -> m.RuleSet:
    return with_rebates(RULES, rebate("r", KINDS[kind], SALES, settled(cadence)))


@settings(deadline=None, max_examples=30)
@given(histories(), st.sampled_from(sorted(KINDS)), st.integers(0, 99))
def test_the_order_of_posting_and_duplicates_change_nothing(posted: list[Posted], kind: str, seed: int) -> None:
    mixed = posted + Random(seed).sample(posted, len(posted) // 2)
    Random(seed).shuffle(mixed)
    assert dues(deal(kind), mixed) == dues(deal(kind), posted)


@settings(deadline=None, max_examples=30)
@given(histories(), st.sampled_from(sorted(KINDS)))
def test_any_cadence_ends_with_the_same_amount(posted: list[Posted], kind: str) -> None:
    sums = set()
    for cadence in ("weekly", "monthly", "quarterly", "yearly"):
        found = dues(deal(kind, cadence), posted)
        sums.add(frozenset((who, sum(d.due for d in found if d.earner == who)) for who in {d.earner for d in found}))
    assert len(sums) == 1


@settings(deadline=None, max_examples=30)
@given(histories(), st.sampled_from(sorted(KINDS)), st.lists(st.integers(1, 363), max_size=4, unique=True))
def test_settling_in_any_batches_books_the_same(posted: list[Posted], kind: str, cuts: list[int]) -> None:
    whole = dues(deal(kind), posted)
    booked: list[Settled] = []
    ends = [date(2026, 1, 1) + timedelta(each) for each in sorted(cuts)] + [date(2026, 12, 31)]
    start = date(2026, 1, 1)
    for end in ends:
        found = dues(deal(kind), posted, first=start.isoformat(), last=end.isoformat(), settled=booked)
        booked += [Settled(d.rule, d.earner, d.payee, d.first, d.day, d.due) for d in found]
        start = end + timedelta(1)
    for who in {due.earner for due in whole}:
        assert sum(one.amount for one in booked if one.earner == who) == sum(d.due for d in whole if d.earner == who)


@settings(deadline=None, max_examples=30)
@given(histories(), st.sampled_from(sorted(KINDS)))
def test_a_return_of_everything_brings_it_back_to_zero(posted: list[Posted], kind: str) -> None:
    sales = [one for one in posted if one.kind == "sale"]
    everything = [
        replace(
            back(f"x{one.id}", one.id, "12-31", "0", one.account),
            quantity=-(one.quantity or F(0)),
            net=-(one.net or F(0)),
        )
        for one in sales
    ]
    found = dues(deal(kind), sales + everything)
    assert sum(due.due for due in found) == 0


@settings(deadline=None, max_examples=30)
@given(histories(), st.integers(1, 999))
def test_splits_add_up(posted: list[Posted], tenths: int) -> None:
    pool = measure(RULES, "pool")
    shares = (("A", F(tenths, 1000)), ("B", (1 - F(tenths, 1000)) / 3), ("C", (1 - F(tenths, 1000)) * 2 / 3))
    for said in (payees(accounts=shares), payees(by=SALES)):
        made = with_rebates(RULES, rebate("r", flat(percent("7.77")), pool, scope=m.Scope.ALL, payees=said))
        found = dues(made, posted)
        whole = sum((due.earned for due in found), F(0))
        assert abs(sum((due.total for due in found), F(0)) - whole) <= F(1, 200)
        assert all(abs(due.total - due.earned) < F(1, 50) for due in found)
