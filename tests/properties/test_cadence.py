"""Who settles daily, monthly or once has paid the same in the end, whatever came late in between, and so has a rule settled weekly or once.

Agreements and histories are drawn by chance, with every construct of the language over time. Left out is what says that what was
once paid stays paid, or waits: `separate`, `forfeits`, `holds`, `RULE is paid`, `returns carry forward`; and claims, which have a day.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest

import rebates
from rebates import reference
from rebates.compile import settle as compiled
from rebates.ledger.journal import PAYABLE, trial_balance
from rebates.ledger.ledger import Ledger
from rebates.ledger.reckoned import prove, settle
from rebates.ledger.runs import entries_of
from rebates.model.history import Posted
from rebates.model.nodes import RuleSet
from rebates.model.settlement import Settled
from tests.generated.histories import agreement
from tests.generated.posted import history
from tests.generated.settled import accepted
from tests.ledger.conftest import Clock
from tests.ledger.test_facts import SALE
from tests.ledger.test_journal import FILES

AGREEMENTS, BLOCKS = int(os.environ.get("CADENCES", "48")), 2  # the checker refuses some; `make long` draws more
STAYS = {"separate", "forfeits", "holds", "rule is paid", "returns carried", "on claim"}
FIRST, LAST = date(2025, 7, 1), date(2027, 2, 28)  # by which every sale is known and every deadline over
CADENCE = re.compile(r"settle (monthly|quarterly|half-yearly|yearly|once|on [-0-9]+ and [-0-9]+)")
DAY = timedelta(1)
Key = tuple[str, str, str, date]


def once(first: date, last: date) -> Iterator[tuple[date, date]]:
    yield first, last


def monthly(first: date, last: date) -> Iterator[tuple[date, date]]:
    while first <= last:
        end = min((first.replace(day=28) + timedelta(4)).replace(day=1) - DAY, last)
        yield first, end
        first = end + DAY


def daily(first: date, last: date) -> Iterator[tuple[date, date]]:
    while first <= last:
        yield first, first
        first += DAY


def windows(of: RuleSet) -> list[object]:
    """The window of each rule."""
    return [rule.window for agreement in of.agreements for rule in agreement.rebates]


def paid(
    evaluator: Any, of: RuleSet, posted: Sequence[Posted], periods: Iterator[tuple[date, date]]
) -> dict[Key, Fraction]:
    """What was paid in the end for each window, settled period after period, of what was known by its end."""
    booked: list[Settled] = []
    for first, last in periods:
        known = datetime(last.year, last.month, last.day, 23, 59, tzinfo=UTC)
        [found] = evaluator.settle(of, "t", posted, first, last, as_of=known, settled=booked)
        booked += [Settled(one.rule, one.earner, one.payee, one.first, one.day, one.due) for one in found.dues]
    sums: Counter[Key] = Counter()
    for one in booked:
        sums[one.rule, one.earner, one.payee, one.first] += one.amount  # type: ignore[assignment]  # an exact count
    return {key: amount for key, amount in sums.items() if amount}  # type: ignore[misc]


@pytest.mark.parametrize("block", range(BLOCKS))
def test_any_cadence_pays_the_same_in_the_end(block: int) -> None:
    tried = 0
    for seed in range(block, AGREEMENTS, BLOCKS):
        text = agreement(seed)
        of = None if text.features & STAYS else accepted(text.body)
        if of is None:
            continue
        tried += 1
        posted = history(seed, 0).posted
        whole = paid(compiled, of, posted, once(FIRST, LAST))
        assert paid(compiled, of, posted, monthly(FIRST, LAST)) == whole, seed
        if tried % 8 == 3:
            assert paid(compiled, of, posted, daily(FIRST, LAST)) == whole, seed
            assert paid(reference, of, posted, monthly(FIRST, LAST)) == whole, seed
        said = Random(seed).choice(("weekly", "monthly", "quarterly", "yearly", "once"))
        other = accepted(CADENCE.sub(f"settle {said}", text.body))
        assert other is not None
        if windows(other) != windows(of):  # without a window of its own a rule has that of its settlements
            continue
        assert paid(compiled, other, posted, monthly(FIRST, LAST)) == whole, (seed, said)
    assert tried > AGREEMENTS // BLOCKS // 4


RULES = """
agreement acme "Acme" {
  accounts ACME  valid 2026-01-01 to 2026-12-31  currency EUR
  measure year    = net value of items per account per year
  measure quarter = net value of items per account per quarter
  rebate volume { base year  accept cliff "agreed"  tiers retroactive on year { from EUR 1_000 2.5%  from EUR 3_000 3.3% }  settle quarterly }
  rebate steps  { base quarter  tiers incremental on quarter { from EUR 0 1%  from EUR 700 4% }  settle monthly }
}
"""


def expected(posted: Sequence[dict[str, Any]]) -> Fraction:
    """What the two rebates come to by hand: each window rounded to the cent, half away from zero."""

    def cents(exact: Fraction) -> Fraction:
        return Fraction(int(exact * 100 + Fraction(1, 2)), 100)

    quarters = [Fraction(0)] * 4
    for one in posted:
        of = next(other for other in posted if other["id"] == one.get("of", one["id"]))  # a return counts with its sale
        quarters[(int(of["date"][5:7]) - 1) // 3] += Fraction(one["net"])
    year = sum(quarters, Fraction(0))
    rate = Fraction(33, 1000) if year >= 3000 else Fraction(25, 1000) if year >= 1000 else Fraction(0)
    steps = [cents(part / 100 + max(part - 700, Fraction(0)) * 3 / 100) for part in quarters]
    return cents(year * rate) + sum(steps, Fraction(0))


def drawn(random: Random) -> list[dict[str, Any]]:
    """Sales and returns of half a year, each with the day on which it is posted, up to three months late."""
    out: list[dict[str, Any]] = []
    for number in range(random.randrange(4, 9)):
        day = date(2026, 1, 1) + timedelta(random.randrange(170))
        net = Fraction(random.randrange(5_000, 90_000), 100)
        sale = {
            **SALE,
            "id": f"S{number}",
            "date": day.isoformat(),
            "net": str(Decimal(net.numerator) / net.denominator),
        }
        out.append({**sale, "on": day + timedelta(random.choice((0, 0, 0, 5, 90)))})
        if random.randrange(3) == 0:
            later = day + timedelta(random.randrange(40))
            back = {
                "id": f"R{number}",
                "kind": "return",
                "account": "ACME",
                "of": f"S{number}",
                "net": f"-{sale['net']}",
            }
            out.append({**back, "date": later.isoformat(), "on": max(later, out[-1]["on"]) + timedelta(1)})
    return out


DAYS = (date(2026, 5, 1), date(2026, 6, 30))  # in which the ledger is settled daily: between them most is posted
PERIODS = {
    "once": [*once(date(2026, 1, 1), date(2026, 12, 31))],
    "monthly": [*monthly(date(2026, 1, 1), date(2026, 12, 31))],
    "daily": [(date(2026, 1, 1), DAYS[0] - DAY), *daily(*DAYS), (DAYS[1] + DAY, date(2026, 12, 31))],
}


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("cadence", PERIODS)
def test_a_ledger_settled_in_any_cadence_has_paid_the_same(tmp_path: Path, cadence: str, seed: int) -> None:
    for name, text in {**FILES, "acme.rebates": RULES}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    book, clock, waiting = rebates.load(tmp_path), Clock(), drawn(Random(f"cadence {seed}"))
    due = expected(waiting)
    with Ledger.open(str(tmp_path / "ledger.db"), clock=clock) as ledger:
        for first, last in PERIODS[cadence]:
            known, waiting = [one for one in waiting if one["on"] <= last], [one for one in waiting if one["on"] > last]
            clock.set((last + DAY).isoformat())
            ledger.post(book, [{key: value for key, value in one.items() if key != "on"} for one in known])
            settle(ledger, book, first, last)
        assert not waiting
        with ledger.store.reading() as connection:
            balance = trial_balance(entries_of(connection))
        assert -balance[PAYABLE, "EUR"] == due > 0
        assert prove(ledger).holds
