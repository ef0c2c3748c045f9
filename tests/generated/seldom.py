"""What fewer agreements over time hold: other baselines, tables, seasons, keys, facts, other years, and more that amendments change.

Each is drawn beside what `histories.py` draws, in the same agreement and often in the same rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.generated.histories import Text

FEATURES = {
    "baseline": "5.3", "same period": "82", "share of another": "5.1", "season": "81b", "year of its own": "5.2",
    "table by month": "67", "table by item": "67", "value at": "91", "card from a table": "62", "fixed price": "93b",
    "agreement year": "59", "other keys": "91c", "number of keys": "91c", "other counts": "91a", "fact in the base": "91d",
    "greatest fact": "91d", "fact of last year": "91d", "days between": "76a", "class of items": "86", "programme": "97",
    "weekly": "98", "nothing or less": "93", "amended measure": "100", "amended exclusive": "100", "amended settlement": "100",
    "amended worth": "100", "amended fund": "102", "amended twice": "100",
}  # fmt: skip

TABLES: dict[str, list[dict[str, object]]] = {
    "index_of_month": [
        {"month": f"{year}-{month:02d}", "value": f"{(month * 7 + year) % 5}.{month % 3}"}
        for year in (2024, 2025, 2026, 2027)
        for month in range(1, 13)
    ],
    "weights": [
        {"item": item, "weight": weight, "valid_from": first, "valid_to": last}
        for item, both in {"COLA": "12", "LIME": "21", "NUTS": "13", "CHIPS": "31", "JUICE": "11"}.items()
        for weight, first, last in ((both[0], "", "2026-05-31"), (both[1], "2026-06-01", ""))
    ],
    "july_prices": [
        {"item": item, "price": price}
        for item, price in (("COLA", "1.10"), ("LIME", "1.2"), ("NUTS", "0.3"), ("CHIPS", "1"), ("JUICE", "2"))
    ],
    "card": [
        {"family": family, "sold": sold, "rate": rate}
        for family, sold, rate in (
            ("DRINK", "50", "1%"), ("DRINK", "300", "2.5%"), ("SNACK", "10", "0.5%"), ("SNACK", "200", "EUR 3"),
        )
    ],
}  # fmt: skip
# what stands before the agreement, or in it, where it says so
DECLARED = {
    "table by month": 'table index_of_month from "index_of_month.csv" { month key  value number }\n',
    "table by item": 'table weights from "weights.csv" { item key  weight number  valid_from, valid_to dates }\n',
    "value at": 'table july_prices from "july_prices.csv" { item key  price money }\n',
    "card from a table": 'table card from "card.csv" { family key  sold threshold  rate reward }\n',
}
INSIDE = {
    "season": " seasons { cold 2025-10-01 to 2026-02-28  warm 2026-04-01 to 2026-09-15 }\n",
    "year of its own": " year starts 2025-04-01\n",
    "greatest fact": " fact peak money greatest\n",
    "days between": " fact opened date latest\n",
    "class of items": " class seller for items { when quantity in piece per item over last 90 days >= 20 piece }\n",
}


def declared(text: Text) -> str:
    return "".join(said for feature, said in DECLARED.items() if feature in text.features)


def inside(text: Text) -> str:
    text.chance(8, "year of its own")
    return "".join(said for feature, said in INSIDE.items() if feature in text.features)


def filter_of(text: Text) -> str | None:
    """Another test of the sales of a measure."""
    return " where class seller" if text.chance(16, "class of items") else None


def measure(text: Text, number: int, window: str) -> tuple[str, tuple[str, str]] | None:
    """Another measure that chooses the tier, and its thresholds."""
    named, money = f"m{number}", ("EUR 20", "EUR 150")
    ways = {
        "baseline": (f"s{number} - greater of (s{number} last year, EUR 30)", money),
        "same period": (f"s{number} - s{number} same period last year", money),
        "share of another": (f"s{number} / (net value of items in all per {window})", ("20%", "60%")),
        "season": (f"net value of items {text.per} per season", money),
        "other counts": (text.random.choice(COUNTS).format(per=text.per, window=window), ("2", "4")),
        "number of keys": (f"number of (net value of items {text.per} per month >= EUR 40 for each month)", ("1", "2")),
        "greatest fact": ("fact peak", money),
    }
    if window == "term":
        del ways["baseline"], ways["same period"]
    elif text.who == "end customers":
        del ways["greatest fact"]
    chosen = _seldom(text, 5, ways)
    if chosen is None:
        return None
    value, rows = ways[chosen]
    text.rules.append(f" measure {named} = {value}")
    return named, rows


ALONE = (
    "each account",
    "group members",
    "chosen accounts",
)  # who earn by themselves, of whom alone a programme is asked
COUNTS = ("number of days {per} per {window}", "number of invoices {per} per {window}", "number of accounts {per} per {window}")  # fmt: skip


def base(text: Text, number: int, window: str) -> str | None:
    """Another base in money."""
    ways = {
        "table by month": f"s{number} - EUR 2 * table index_of_month at 1 months before month start",
        "table by item": f"s{number} * table weights",
        "value at": f"value at july_prices of items {text.per} per {window}",
        "other keys": f"sum of (lesser of (net value of items {text.per} per {window}, EUR 90) for each {text.random.choice(('invoice', 'week', 'quarter', 'line.colour'))})",
        "fact in the base": f"lesser of (s{number}, EUR 10 * fact racks)",
        "fact of last year": f"s{number} - EUR 5 * fact racks last year",
        "nothing or less": f"s{number} - EUR 80",
    }
    if window == "term":
        del ways["fact of last year"]
    chosen = _seldom(text, 3, ways)
    if chosen is None:
        return None
    text.rules.append(f" measure v{number} = {ways[chosen]}")
    return f"v{number}"


def worth(text: Text, number: int) -> list[str] | None:
    """Another way to be paid."""
    ways = {
        "card from a table": [f"base s{number}", f"tiers retroactive on s{number} from table card"],
        "fixed price": [f"base s{number}", "rate price EUR 0.90 per piece"],
        "agreement year": [f"base s{number}", "rates by agreement year {\n    year 1 1%\n    year 2 2.5%\n  }"],
    }
    chosen = _seldom(text, 8, ways)
    if chosen == "agreement year" and text.random.randrange(2):
        return [f"base s{number}", "rate (1% * agreement quarter)"]
    return None if chosen is None else ways[chosen]


def clauses(text: Text) -> list[str]:
    out = []
    if text.chance(14, "days between"):
        out.append(f"when days from fact opened to order.date {text.random.choice(('>= 60', '< 150'))}")
    if text.who in ALONE and text.chance(14, "programme"):
        out.append('not with "CLUB"')
    return out


def amendment(text: Text, number: int) -> None:
    """A letter that changes something else than a bound."""
    name, window = text.named(number), text.windows[number]
    rebate = text.kinds[number] == "rebate"
    ways = {
        "amended settlement": f"{name} {{ returns when posted }}",
    }
    if rebate and " 1 point" not in text.rules[-1] and " give " not in text.rules[-1]:
        ways["amended exclusive"] = f"{name} {{ exclusive among all }}"
        ways["amended worth"] = f"{name} {{ base s{number}  rate 1.5% }}"
    if f" s{number} " in text.rules[-1].replace("\n", " "):
        ways["amended measure"] = f"measure s{number} = net value of fizz {text.per} per {window}"
    if any(f"remove {name}" in line for line in text.after):
        return
    chosen = _seldom(text, 6, ways)
    funded = "draw from fund pot" in text.rules[-1] and not any("fund pot" in line for line in text.after)
    if funded and text.chance(3, "amended fund"):
        chosen, ways["amended fund"] = "amended fund", "fund pot { opening EUR 8 per year  unused lapses }"
    if chosen is None:
        return
    how = "from 2026-07-10" if chosen == "amended fund" else text.random.choice(("from 2026-07-10", "from 2026-07-10, from the next window", "from 2026-07-10, cut at the date", "retroactively from 2026-04-01"))  # fmt: skip
    if any(line.startswith(" amend") for line in text.after):
        text.features.add("amended twice")
    text.after.append(f' amend {how} "Letter {number}" {{ {ways[chosen]} }}')


def _seldom(text: Text, one_in: int, ways: object) -> str | None:
    """One of the ways, for one rule of so many."""
    if text.random.randrange(one_in):
        return None
    assert isinstance(ways, dict)
    chosen = str(text.random.choice(sorted(ways)))
    text.features.add(chosen)
    return chosen
