"""Windows, facts, values per key and classes; what stands in them is declared for the folder, before the agreements."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

from rebates.model.calendar import PLAIN
from rebates.model.orders import OrderIn
from rebates.model.windows import Window, name
from tests.generated.areas import Area

if TYPE_CHECKING:
    from tests.generated.rules import Writer

FEATURES = {
    "window rolling": ("5.2a", "5.4b"),
    "window stated": ("5.2b", "5.4b"),
    "window shifted": ("5.2b",),
    "same period": ("5.2b",),
    "season": ("5.2",),
    "season before": ("5.2b",),
    "measure shifted": ("5.2b", "2.6"),
    "total per end customer": ("5.1", "5.4b"),
    "cost value": ("5.1",),
    "number of deliveries": ("5.1",),
    "average of a list": ("5.1b",),
    "value per key": ("5.1b",),
    "number of keys": ("5.1b",),
    "fact in a condition": ("5.3", "7.1"),
    "fact as a measure": ("5.1e", "5.3"),
    "fact as a rate": ("5.1e", "5.3"),
    "fact of last year": ("5.2b", "5.3"),
    "class of accounts": ("7.1",),
    "class of items": ("7.1",),
    "class of end customers": ("7.1",),
    "class in a filter": ("5.1d", "7.1"),
    "class on a class": ("7.1",),
    "agreement of a class": ("7.1", "7.4"),
    "facts given": ("5.3",),
    "end customer given": ("5.1",),
    "totals of classes given": ("5.4b", "7.1"),
}

WHOM = (("agreement of a class", "where class big_buyer, each"),)
# a rule set has one second agreement
APART = tuple(
    ("agreement of a class", other)
    for other in ("agreement by condition", "agreement of a group", "agreement of one account")
)

BEFORE = """\
fact audit   text   latest
fact racks   number summed expected 3
fact agreed  percent latest
fact opened  date latest
items shown where class seller
measure bought = net value per account per half
class big_buyer "Big buyer" for accounts {
  measure share_of_all = net value per account over last 12 months / net value in all over last 12 months
  when share_of_all >= 15% or account.class is "gold" and fact audit is not "failed"
}
class loyal for accounts {
  when net value per account per year last year >= EUR 500 and class big_buyer
  when greater of (number of orders per account per quarter, lesser of (4, 7)) >= average of (2, 4)
}
class seller "Best seller" for items { when quantity in carton per item over last 30 days >= 20 carton or item.brand is "Nut" }
class seasonal for accounts { when net value per account per season < EUR 60 }
class regular for end customers { when net value per end customer per year >= EUR 100 }
"""


def before(writer: Writer) -> list[str]:
    return [BEFORE]


def measures(writer: Writer) -> list[tuple[str, str]]:
    scope = writer.pick(("account", "account and subsidiaries"))
    back = writer.pick(("half last half", "quarter last year", "month last month", "year 2 years ago"))
    key = writer.pick(("item", "family", "line.delivery", "item.brand"))
    how = writer.pick(("sum of", "greater of", "lesser of", "average of"))
    worth = writer.pick(
        ("net value", "gross value of fizzy", "lesser of (net value, EUR 30)", "2% of net value per order")
    )
    options = (
        (
            "window rolling",
            f"net value per {scope} over last {writer.pick(('12 months', '30 days', '1 months'))}",
            "EUR",
        ),
        ("window stated", f"net value in all over 2026-02-01 to {writer.pick(('2026-06-30', '2026-12-31'))}", "EUR"),
        ("window shifted", f"(net value per order + net value per {scope} per {back})", "EUR"),
        ("same period", "(net value per order + net value per account per year same period last year)", "EUR"),
        (
            "measure shifted",
            f"(bought + bought {writer.pick(('last half', '1 years ago', 'over last 90 days'))})",
            "EUR",
        ),
        ("season", f"net value per {scope} per season", "EUR"),
        ("season before", f"(net value per order + net value per {scope} per season last season)", "EUR"),
        ("total per end customer", "net value per end customer per year", "EUR"),
        (
            "cost value",
            f"((net value per order - cost value per order) / {writer.pick(('cost', 'net'))} value per order)",
            "%",
        ),
        ("number of deliveries", f"number of deliveries per {writer.pick(('order', 'account per year'))}", ""),
        ("average of a list", "average of (net value per order, EUR 60, gross value per order)", "EUR"),
        ("value per key", f"{how} ({worth} for each {key})", "EUR"),
        ("number of keys", f"number of (quantity in piece >= 5 for each {key})", ""),
        ("number of keys", "number of (class seller for each item)", ""),
        (
            "fact as a measure",
            f"(number of lines per order + {writer.pick(('fact racks', '(fact racks otherwise 1)'))})",
            "",
        ),
        ("class in a filter", f"quantity in piece of shown per {writer.pick(('order', 'account per year'))}", "piece"),
    )
    feature, text, unit = options[writer.random.randrange(len(options))]
    return [(writer.use(feature, text), unit)]


def conditions(writer: Writer) -> list[str]:
    negated = writer.pick(("", "", "not "))
    return [
        writer.choose(
            (
                ("window shifted", "bought last half >= EUR 50"),
                ("measure shifted", "bought over last 3 months < EUR 900"),
                ("season", f"{negated}(net value per account per season >= EUR 40)"),
                ("fact in a condition", f'fact audit is {negated}"passed"'),
                ("fact in a condition", f"{negated}(fact racks >= 2 or order.channel is web)"),
                ("fact of last year", "fact racks last year < fact racks + 1"),
                ("class of accounts", f"{negated}class big_buyer"),
                ("class of accounts", f"{negated}class seasonal"),
                ("class on a class", f"{negated}class loyal"),
                ("class of items", f"{negated}class seller"),
                ("class of end customers", f"{negated}class regular"),
            )
        )
    ]


def rewards(writer: Writer, kind: str) -> list[str]:
    return [] if kind == "price" else [writer.use("fact as a rate", "(fact agreed)")]


TERM = (date(2026, 1, 1), date(2026, 12, 31))


def order(random: Random, order: OrderIn, features: set[str]) -> OrderIn:
    """Posts facts, names an end customer, brings the totals that classes stand on."""
    if random.randrange(3):
        facts: dict[str, str | Fraction | date] = {}
        if random.randrange(2):
            facts["audit"] = random.choice(("passed", "failed"))
        if random.randrange(2):
            facts["racks"] = Fraction(random.randrange(5))
        if random.randrange(2):
            facts["racks last year"] = Fraction(random.randrange(5))
        if random.randrange(2):
            facts["agreed"] = Fraction(random.choice(("0.02", "0.075")))
        if "agreed" in facts:
            facts["opened"] = order.day - timedelta(20 * len(order.lines))
        if facts:
            features.add("facts given")
        order = replace(order, facts=facts)
    if random.randrange(3) == 0:
        features.add("end customer given")
        order = replace(order, attributes={**order.attributes, "end_customer": random.choice(("KIOSK", "BAR"))})
    if random.randrange(2):
        features.add("totals of classes given")
        order = replace(order, totals={**order.totals, **_totals(random, order)})
    return order


def _totals(random: Random, order: OrderIn) -> dict[str, Fraction]:
    """Under the keys that an agreement with calendar years reads; another one does not find all of them."""

    def key(total: str, whose: str, window: Window) -> str:
        return f"{total} [{whose}, {name(window, order.day, PLAIN, TERM)}]"

    year, rolling = Window("year", back=12), Window("months", count=12)
    this = (order.day.month + 2) // 3
    found = {
        key("net value per account", order.account, rolling): Fraction(random.choice(("90", "1500"))),
        key("net value in all", "all", rolling): Fraction(9000),
        key("net value per account per year", order.account, year): Fraction(random.choice(("499.99", "500"))),
        f"number of orders per account per quarter [{order.account}, 2026-Q{this}]": Fraction(random.randrange(4)),
        f"net value per account per half [{order.account}, 2025-H2]": Fraction(random.choice(("40", "70"))),
        f"net value per account per season [{order.account}, cold]": Fraction(random.choice(("39", "70"))),
        f"net value per account per season [{order.account}, warm]": Fraction(random.choice(("39", "70"))),
        "net value per end customer per year [KIOSK, 2026]": Fraction(random.choice(("99", "250"))),
    }
    for item in ("COLA", "NUTS"):
        found[key("quantity in carton per item", item, Window("days", count=30))] = Fraction(
            random.choice(("19", "21"))
        )
    return {total: value for total, value in found.items() if random.randrange(5)}


ASIDE = """\
  class quiet "Quiet" for end customers { when order.segment is "bar" }
  attribute order.segment text
  fact posted money greatest expected EUR 5
  measure plain = net value per account per year
  example "what was posted" {
    given plain over last 3 months EUR 5
    given fact posted EUR 7
    given fact racks last year 3
    given class quiet
    order for "SOLO" on 2027-02-01 { 1 piece of "COLA" at EUR 1.50 }
    expect pass
  }
"""

AREA = Area(
    name="classes",
    features=FEATURES,
    apart=APART,
    before=before,
    measures=measures,
    conditions=conditions,
    rewards=rewards,
    order=order,
    whom=WHOM,
    aside=ASIDE,
)
