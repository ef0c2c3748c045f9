"""A calculation for tests of the ledger: five per cent of a year's net sales of an account, retroactive from 100,000.

It is written out here, so that what is booked can be worked out by hand: quarters of 50, 75, 100 and 75 thousand settle
to 0, 6,250, 5,000 and 3,750. `amended` are rules that say the same, with one per cent more by each amendment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from rebates import Book, Fact
from rebates.ledger.runs import Reckon
from rebates.model.exact import round_to
from rebates.model.settlement import Due, Settled, Settlement

RULES = """
agreement acme "Acme" {
  accounts  {who}
  valid     2026-01-01 to 2026-12-31
  currency  EUR
  measure sales = net value per account per year

  rebate growth "Growth" {
    base    sales
    accept  cliff "agreed"
    tiers   retroactive on sales { from EUR 100_000  5% }
    settle  quarterly, as credit note
  }
"""
LETTER = """
  amend retroactively from 2026-01-{day:02d} "Letter {number}" {
    rebate growth { tiers retroactive on sales { from EUR 100_000  {percent}% } }
  }
"""


def amended(times: int, who: str = "ACME") -> str:
    """The rules in the language, amended so often."""
    letters = [
        LETTER.replace("{day:02d}", f"{2 + n:02d}").replace("{number}", f"{n + 1}").replace("{percent}", f"{6 + n}")
        for n in range(times)
    ]
    return RULES.replace("{who}", who) + "".join(letters) + "}\n"


def percent_of(book: Book) -> int:
    """What the rules of a book pay."""
    return 5 + len(book.rules.agreements[0].amendments)


def reckon(first: date, last: date, rule: str = "acme.growth", percent: int = 5) -> Reckon:
    """The calculation of a period, with one settlement day, its last."""

    def reckoned(facts: Sequence[Fact], settled: Sequence[Settled]) -> list[Settlement]:
        sums: defaultdict[str, Fraction] = defaultdict(Fraction)
        counted: defaultdict[str, list[str]] = defaultdict(list)
        year = date(last.year, 1, 1)
        for fact in facts:
            if str(year) <= str(fact.date) <= str(last):
                sums[fact.account] += Fraction(str(fact.net))
                counted[fact.account].append(fact.id)
        dues = []
        for account, measure in sorted(sums.items()):
            earned = measure * percent / 100 if measure >= 100_000 else Fraction(0)
            before = sum(
                (x.amount for x in settled if (x.rule, x.payee, x.first) == (rule, account, year)), Fraction(0)
            )
            total = round_to(earned, 2)
            dues.append(
                Due(
                    rule,
                    "rebate",
                    account,
                    account,
                    year,
                    date(last.year, 12, 31),
                    last,
                    "due" if total - before else "nothing",
                    measure,
                    measure,
                    0 if earned else None,
                    earned,
                    total,
                    before,
                    total - before,
                    posted=tuple(sorted(counted[account])),
                )
            )
        return [Settlement("acme", "EUR", first, last, tuple(dues))]

    return reckoned


QUARTERS = tuple(
    (date(2026, month, 1), date(2026, month + 2, day)) for month, day in ((1, 31), (4, 30), (7, 30), (10, 31))
)
