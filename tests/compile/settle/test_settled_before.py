"""What was settled before is given: windows that are over are looked at once, and again when something has changed."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from random import Random

from rebates import load
from rebates.compile.settle import settle
from rebates.ledger.results import in_order
from rebates.model.history import Posted
from rebates.model.settlement import Settled
from rebates.reference.settle import settle as settle_by_reference

RULES = """
agreement deal "Deal" {
  accounts  all, each
  valid     2025-01-01 to 2026-12-31
  currency  EUR

  measure quarter = net value per account per quarter
  measure sales   = net value per account per year

  rebate volume "Volume of the quarter" {
    base    quarter
    accept  cliff "agreed"
    tiers   retroactive on quarter { from EUR 3_000 1%  from EUR 6_000 2% }
    settle  quarterly, as credit note
  }
  rebate yearly "Volume of the year" {
    base    sales
    tiers   incremental on sales { from EUR 0 1%  from EUR 10_000 3% }
    settle  quarterly, as credit note
  }
  rebate growth "Growth over last year" {
    base    sales
    tiers   retroactive on sales / sales last year - 1 { above 0% 0.5%  above 20% 1% }
    settle  yearly, as credit note
  }
}
"""
DAYS = (date(2025, 6, 30), date(2025, 9, 30), date(2026, 3, 31), date(2026, 11, 11), date(2026, 12, 31))


def history(draw: Random) -> list[Posted]:
    """Sales of two accounts over two years, some of them given back, and in some histories nothing but sales."""
    found = []
    returns = draw.random() < 0.7
    for number in range(draw.randrange(1, 40)):
        day = date(2025, 1, 1) + timedelta(draw.randrange(730))
        net = Fraction(draw.randrange(1, 300_000), 100)
        account = draw.choice("AB")
        found.append(Posted(f"S{number}", "sale", account, day, "I", Fraction(1), "piece", "EUR", net))
        if returns and draw.random() < 0.3:
            later = day + timedelta(draw.choice([0, 20, 200]))
            found.append(
                Posted(
                    f"R{number}", "return", account, later, "I", Fraction(0), "piece", "EUR", -net / 2, of=f"S{number}"
                )
            )
    return found


def test_both_evaluators_settle_the_same_after_what_was_settled() -> None:
    rules = load({"deal.rebates": RULES}).rules
    draw = Random(17)
    for _ in range(20):
        posted = history(draw)
        booked: list[Settled] = []
        first = date(2025, 1, 1)
        for last in DAYS:
            known = [one for one in posted if one.day <= last or draw.random() < 0.5 or one.of]
            known += [one for one in posted if one.id in {each.of for each in known} and one not in known]
            ours = settle(rules, None, known, first, last, settled=booked)
            theirs = settle_by_reference(rules, None, known, first, last, settled=booked)
            assert in_order(ours) == in_order(theirs)
            booked += [
                Settled(due.rule, due.earner, due.payee, due.first, due.day, due.due)
                for one in ours
                for due in one.dues
            ]
            first = last + timedelta(1)
