"""Time: weekdays, hours, the first and nth order, days between dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

from rebates.model.orders import OrderIn
from tests.generated.areas import Area

if TYPE_CHECKING:
    from tests.generated.rules import Writer

FEATURES = {
    "weekday": ("5.2a",),
    "time of day": ("5.2a", "7.1"),
    "time of delivery": ("5.2a", "7.1"),
    "nth order": ("5.4",),
    "every nth order": ("5.4",),
    "days between": ("5.2c", "7.1"),
    "agreement window": ("5.2c",),
}
TIMES = ("9:00", "14:00", "16:30")


def conditions(writer: Writer) -> list[str]:
    """Each of them may stand in a `when`."""
    whose = writer.pick(("account", "account and subsidiaries"))
    window = writer.pick(("ever", "per year", "per month"))
    bound = writer.pick(("0", "3", "10"))
    return [
        writer.choose(
            (
                ("weekday", f"order.weekday {writer.pick(('', 'not '))}in (monday, saturday, sunday)"),
                ("weekday", "order.delivery_weekday is friday"),
                ("time of day", f"order.time {writer.pick(('<', '>=', '>', '<='))} {writer.pick(TIMES)}"),
                ("time of day", "(order.time >= 9:00 and order.time < 16:30)"),
                ("time of delivery", f"order.delivery_time < {writer.pick(TIMES)}"),
                ("time of delivery", "order.time < order.delivery_time"),
                ("nth order", f"first order per {whose} {window}"),
                ("nth order", f"3rd order per {whose} {window}"),
                ("every nth order", f"every 2nd order per {whose} {window}"),
                ("days between", f"days from order.date to order.delivery_date >= {bound}"),
                ("agreement window", "agreement month <= 4"),
                ("days between", "days from month start to order.date < 15"),
                ("days between", "days from season start to quarter end > 40"),
                ("days between", "days from 2026-01-01 to order.date < 120"),
                ("days between", "days from fact opened to order.date >= 30"),
            )
        )
    ]


def measures(writer: Writer) -> list[tuple[str, str]]:
    """Days, and the number of a window of the agreement, are measures as well."""
    if writer.random.randrange(2):
        return [(writer.use("agreement window", f"agreement {writer.pick(('month', 'quarter', 'half', 'year'))}"), "")]
    return [(writer.use("days between", "days from 2026-01-01 to order.date"), "")]


def order(random: Random, made: OrderIn, features: set[str]) -> OrderIn:
    """Hours of the dates, and orders that came before."""
    times: dict[str, Fraction] = {}
    if random.randrange(3):
        times["order"] = Fraction(random.choice((0, 539, 540, 840, 990, 991, 1439)))
    days = made.days
    if random.randrange(4) == 0:
        days = {**days, "delivery": made.day + timedelta(days=random.randrange(14))}
    if "delivery" in days and random.randrange(2):
        times["delivery"] = Fraction(random.choice((480, 840, 1000)))
    totals = dict(made.totals)
    for whose, who in (("account", made.account), ("account and subsidiaries", "ACME")):
        for per, key in (("ever", "ever"), ("per year", "2026"), ("per month", f"2026-{made.day.month:02d}")):
            if random.randrange(3) == 0:
                totals[f"number of orders per {whose} {per} [{who}, {key}]"] = Fraction(random.randrange(4))
    return replace(made, times=times, days=days, totals=totals)


ASIDE = """\
  discount rare { when 4th order per account ever and days from order.date to order.delivery_date > 3  rate 1% }
  example "in the afternoon" {
    given order.delivery_time 14:00
    order for "SOLO" on 2027-02-01 at 15:30 { 10 piece of "COLA" at EUR 1.50 }
    expect discount steps 3%
  }
"""

AREA = Area(name="time", features=FEATURES, conditions=conditions, measures=measures, order=order, aside=ASIDE)
