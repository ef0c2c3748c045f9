"""Settling in memory, and one more posting after many.

Settling is measured against a loop as one would write it by hand for these three rules: over the same postings, read once
before, with a set of ids against doubles and dictionaries of exact totals in cents. Every total must be equal.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from itertools import count
from random import Random

from benchmarks.measure import Measurement, Unequal, interleaved
from rebates.compile.settle import Running, settle
from rebates.model.calendar import PLAIN
from rebates.model.history import Posted
from rebates.model.master import Master
from rebates.model.nodes import (
    MONEY,
    NUMBER,
    Agreement,
    Constant,
    Dimension,
    Flat,
    Package,
    PercentPiece,
    Reward,
    Rounding,
    RuleSet,
    Scope,
    Tier,
    Tiers,
    Total,
    UnitPiece,
    Who,
)
from rebates.model.rebates import Cadence, Rebate, Settle
from rebates.model.windows import WindowKind
from rebates.syntax.source import Source, Span

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
_SPAN = Span(Source("settling.rebates", "rebate"), 0, 6)
VOLUME = ((0, 1), (500_000, 2), (1_000_000, 3))  # from so many euros so many per cent of all
PIECES = ((0, 10), (10_000, 20))  # from so many pieces so many cents for each in the slice


def _percent(rate: int) -> Reward:
    return Reward((PercentPiece(Constant(Fraction(rate, 100), NUMBER, span=_SPAN), span=_SPAN),), span=_SPAN)


def _each(cents: int) -> Reward:
    package = Package("each", Fraction(1), "piece", Scope.ACCOUNT, span=_SPAN)
    return Reward((UnitPiece(Constant(Fraction(cents, 100), MONEY, span=_SPAN), package, span=_SPAN),), span=_SPAN)


@cache
def rules() -> RuleSet:
    """A volume rebate on all units, an amount per piece in slices, both by the year, and a bonus by the quarter."""
    net = Total("net", MONEY, Scope.ACCOUNT, "year", key="net value per account per year", span=_SPAN)
    quarter = Total("net", MONEY, Scope.ACCOUNT, "quarter", key="net value per account per quarter", span=_SPAN)
    pieces = Total("quantity", Dimension("quantity", "piece"), Scope.ACCOUNT, "year", "piece", key="pieces", span=_SPAN)
    volume = tuple(Tier(False, Fraction(at), _percent(rate), span=_SPAN) for at, rate in VOLUME)
    slices = tuple(Tier(False, Fraction(at), _each(cents), span=_SPAN) for at, cents in PIECES)

    def made(name: str, place: int, worth: Tiers | Flat, base: Total, window: WindowKind, every: Cadence) -> Rebate:
        return Rebate(
            f"deal.{name}", "rebate", name, name, "deal", place, Scope.ACCOUNT, window, worth, base,
            Settle(every, span=_SPAN), span=_SPAN,
        )  # fmt: skip

    rebates = (
        made("volume", 1, Tiers("retroactive", net, volume, None, None, False, span=_SPAN), net, "year", "yearly"),
        made(
            "pieces", 2, Tiers("incremental", pieces, slices, None, None, False, span=_SPAN), pieces, "year", "yearly"
        ),
        made("bonus", 3, Flat(_percent(1), span=_SPAN), quarter, "quarter", "quarterly"),
    )
    agreement = Agreement(
        "deal", "Deal", Who("all", None, None, False, span=_SPAN), FIRST, LAST, "EUR", "Europe/Berlin", PLAIN, None, None,
        (), (), Rounding(), (), (), (), rebates=rebates, measures={}, span=_SPAN,
    )  # fmt: skip
    return RuleSet((agreement,), {}, Master({}), "0" * 64)


@cache
def postings(number: int, accounts: int) -> list[Posted]:
    """Sales of one year, by chance."""
    random = Random(11)
    return [
        Posted(
            f"S{n}", "sale", f"A{random.randrange(accounts)}", FIRST + timedelta(days=random.randrange(365)),
            f"I{random.randrange(300)}", Fraction(random.randrange(1, 200)), "piece", "EUR",
            Fraction(random.randrange(100, 1_000_000), 100),
        )
        for n in range(number)
    ]  # fmt: skip


def by_hand(posted: list[Posted]) -> dict[tuple[str, str, date], int]:
    """The dues in cents by account, rule and settlement day."""
    seen: set[str] = set()
    years: dict[str, int] = {}
    pieces: dict[str, int] = {}
    quarters: dict[tuple[str, int], int] = {}
    for each in posted:
        if each.id in seen:
            continue
        seen.add(each.id)
        account = each.account
        net, parts = each.net.as_integer_ratio()  # type: ignore[union-attr]  # a sale has both
        cents = net * (100 // parts)
        years[account] = years.get(account, 0) + cents
        pieces[account] = pieces.get(account, 0) + int(each.quantity)  # type: ignore[arg-type]
        quarter = account, (each.day.month - 1) // 3
        quarters[quarter] = quarters.get(quarter, 0) + cents
    found: dict[tuple[str, str, date], int] = {}
    for account, cents in years.items():
        rate = max(percent for at, percent in VOLUME if cents >= at * 100)
        found[account, "deal.volume", LAST] = (2 * cents * rate + 100) // 200
        sold, (_, low), (at, high) = pieces[account], PIECES[0], PIECES[1]
        found[account, "deal.pieces", LAST] = min(sold, at) * low + max(sold - at, 0) * high
    ends = (date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), LAST)
    for (account, quarter_), cents in quarters.items():
        found[account, "deal.bonus", ends[quarter_]] = (2 * cents + 100) // 200
    return found


def settling_over_loop() -> tuple[float, float]:
    """The time of 100,000 postings of 600 accounts, ours and by hand. Raises Unequal."""
    posted = postings(100_000, 600)
    [ours] = settle(rules(), None, posted, FIRST, LAST)
    same = {(due.earner, due.rule, due.day): int(due.due * 100) for due in ours.dues if due.due}
    if same != by_hand(posted):
        raise Unequal("a total differs from the hand-written loop")
    first, second = interleaved(lambda: settle(rules(), None, posted, FIRST, LAST), lambda: by_hand(posted))
    return first / 1e6, second / 1e6


def posting_over_few() -> tuple[float, float]:
    """One posting with its accruals of an account that has 1,000,000 postings, and of one that has 1,000."""
    numbers = count()
    runs = []
    for number in (1_000_000, 1_000):
        running = Running(rules(), rules().agreements[0])
        running.post(postings(number, 1))

        def post(running: Running = running) -> None:
            for _ in range(20):
                fresh = Posted(
                    f"N{next(numbers)}", "sale", "A0", date(2026, 6, 6), "I1", Fraction(3), "piece", "EUR", Fraction(10)
                )
                running.post([fresh])
                running.accruals(LAST, "A0")

        runs.append(post)
    many, few = interleaved(*runs)
    return many / 20e3, few / 20e3


ROWS = (
    Measurement("settling 100,000 postings of 600 accounts, over a loop", "ms", 3, 1, settling_over_loop),
    Measurement("one posting accrued, after 1,000,000 over after 1,000", "µs", 2, 1.1, posting_over_few),
)
