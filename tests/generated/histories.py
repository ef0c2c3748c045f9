"""Agreements with rebates and what was posted, made by chance from a seed: constructs in pairs, for both evaluators of settling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from random import Random

from rebates.model.history import Posted

ITEMS = ("COLA", "LIME", "NUTS", "CHIPS")
ACCOUNTS = ("ACME", "ACME-NORTH", "SOLO")
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)

# one axis: what a rule may have of it, and what its text is
WHO = {
    "each account": ("all, each", "account"),
    "a tree": ("ACME and subsidiaries, together", "account and subsidiaries"),
    "a group": ('group "BUYERS", together', "group"),
    "group members": ('group "BUYERS", each', "account"),
}
WINDOWS = ("month", "quarter", "half", "year", "term")
FEATURES: dict[str, str] = (
    {f"who {name}": "91" for name in WHO}
    | {f"window {name}": "92" for name in WINDOWS}
    | {
        "flat": "93b", "retroactive": "93c", "incremental": "93c", "lump sum": "93c", "every tier": "93c",
        "interpolated": "93c", "below": "93c", "without baseline": "93c", "per unit": "93b", "packages": "93b",
        "two parts": "93b", "amount": "93e", "rate table": "93d", "rates first": "93d", "rates every": "93d",
        "base apart": "93a", "growth": "5.2b", "filter": "91", "quantity": "91", "counts": "91a", "per key": "91c",
        "cap": "93f", "floor": "93f", "cap on the rate": "93f", "pays from": "93f", "carried forward": "99b",
        "limit": "93f", "cap of the year": "93f", "shared cap": "93g", "cap for all": "93g",
        "in lieu of": "94", "not with": "94", "alone": "94", "rule as a value": "95",
        "paid in the base": "97", "when paid": "97", "when claimed": "97", "fact by": "97", "throughout": "97",
        "fact is": "91d", "fact as a rate": "91d", "rule is paid": "97", "fallback": "97a", "forfeits": "97a",
        "takes back": "97a", "holds": "97a", "by sale": "97",
        "named payees": "96", "cadence": "98", "on dates": "98", "true up": "98", "separate": "99",
        "days of payment": "98", "returns when posted": "89", "returns carried": "99", "valid": "92", "dated by": "91",
        "amended": "100", "amended next": "100", "amended cut": "100", "removed": "100", "charge": "93", "half even": "99",
        "return": "89", "correction": "89", "lone return": "89", "late": "89", "payment": "97", "claim": "97", "fact": "91d",
    }
)  # fmt: skip


def _alternatives() -> set[frozenset[str]]:
    """Pairs of which one history holds one: its account, when all amendments are of one kind."""
    whos = [name for name in FEATURES if name.startswith("who ")]
    amended = ["amended", "amended next", "amended cut", "removed"]
    return {frozenset((a, b)) for group in (whos, amended) for a in group for b in group if a != b}


APART = _alternatives()


@dataclass
class Text:
    """An agreement as it is written, and what it holds."""

    random: Random
    who: str
    features: set[str] = field(default_factory=set)
    rules: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)  # members that stand behind the rules
    body: str = ""

    def chance(self, one_in: int, *names: str) -> bool:
        if self.random.randrange(one_in):
            return False
        self.features.update(names)
        return True

    def pick(self, options: dict[str, str]) -> str:
        name = self.random.choice(sorted(options))
        if name in FEATURES:
            self.features.add(name)
        return options[name]


@dataclass(frozen=True)
class Made:
    """What was posted for an agreement, which period is settled, what is known of it, and the features of both."""

    posted: list[Posted]
    first: date
    last: date
    as_of: datetime | None
    features: frozenset[str]


def agreement(seed: int) -> Text:
    """The agreement of a seed."""
    random = Random(f"agreement {seed}")
    who = random.choice(sorted(WHO))
    text = Text(random, who, {f"who {who}"})
    for number in range(random.choice((1, 2, 2, 3))):
        _rule(text, number)
    text.body = _agreement(text)
    return text


def history(seed: int, number: int, text: Text) -> Made:
    """One of the histories of a seed's agreement."""
    random = Random(f"history {seed} {number}")
    posted, features = _history(random)
    if random.randrange(3):
        first, last = FIRST, random.choice((LAST, date(2026, 6, 30), date(2027, 2, 28)))
    else:
        first = FIRST + timedelta(random.randrange(300))
        last = first + timedelta(random.randrange(200))
    as_of = datetime(2026, 7, 1, tzinfo=UTC) if "late" in features and random.randrange(2) else None
    return Made(posted, first, last, as_of, frozenset(text.features | features))


# --- agreements


def _agreement(text: Text) -> str:
    accounts = WHO[text.who][0]
    valid = "2026-01-01 to 2026-12-31"
    if text.random.randrange(4) == 0:
        valid = text.random.choice(("2026-02-15 to 2026-12-31", "2025-07-01 to 2026-12-31"))
    rounding = " half even\n" if text.chance(6, "half even") else ""
    rules, after = "\n".join(text.rules), "\n".join(text.after)
    return f"""agreement t "T" {{
 accounts {accounts}
 valid {valid}
 currency EUR
{rounding} attribute line.colour text
 fact audit text latest
 fact racks number summed
 fact agreed percent latest
 terms {{
  payment 30 days
 }}
 items fizz where item.brand is "Fizz"
{rules}
{after}
}}
"""


def _rule(text: Text, number: int) -> None:
    """One rebate or charge: window, measure, worth, base, limits, clauses, settlement."""
    random, name = text.random, f"r{number}"
    per = WHO[text.who][1]
    kind = "charge" if text.chance(6, "charge") else "rebate"
    window = random.choice(WINDOWS)
    text.features.add(f"window {window}")
    where = ""
    if text.chance(4, "filter"):
        where = " where " + random.choice(('line.colour is "red"', 'item.family under "DRINK"'))
    elif text.chance(8, "paid in the base"):
        where = " where paid within terms"
    text.rules.append(f" measure s{number} = net value of items{where} per {per} per {window}")
    text.rules.append(f" measure q{number} = quantity in carton of items{where} per {per} per {window}")
    clauses = _worth(text, number, per, window, kind)
    clauses += _limits(text, window, any(clause == f"base s{number}" for clause in clauses))
    clauses += _clauses(text, number)
    clauses += _together(text, number, kind)
    clauses += _settlement(text, window)
    if text.chance(6, "valid"):
        clauses.append("valid 2026-02-01 to 2026-09-30")
    if text.chance(8, "dated by"):
        clauses.append("dated by order")
    if text.chance(5, "returns when posted"):
        clauses.append("returns when posted")
    elif text.chance(5, "returns carried"):
        clauses.append("returns carry forward")
    text.rules.append(f' {kind} {name} "R" {{\n  ' + "\n  ".join(clauses) + "\n }")
    _amend(text, number, kind)


def _reward(text: Text, percent: str, base_is_money: bool) -> str:
    if base_is_money:
        if text.chance(10, "fact as a rate"):
            return "(fact agreed)"
        if text.chance(8, "two parts"):
            return f"EUR 3 plus {percent}"
        return percent
    if text.chance(3, "packages"):
        return text.random.choice(("EUR 2 per full carton", "EUR 2 per started 3 carton", "EUR 5 per full 2 carton"))
    return f"EUR {percent.removesuffix('%')} per carton"


def _worth(text: Text, number: int, per: str, window: str, kind: str) -> list[str]:
    random = text.random
    money = not text.chance(4, "quantity")
    base = f"s{number}" if money else f"q{number}"
    if not money:
        text.features.add("per unit")
    if text.chance(5, "base apart"):
        text.rules.append(f" measure b{number} = net value of fizz per {per} per {window}")
        base, money = f"b{number}", True
    elif money and number > 0 and text.chance(6, "rule as a value"):
        base = f"rebate r{number - 1}" if f" rebate r{number - 1} " in "".join(text.rules) else f"charge r{number - 1}"
    measure, rows = _measure(text, number, per, window)
    low, high = _reward(text, "1.25%", money), _reward(text, "3.5%", money)
    ways: dict[str, Callable[[], list[str]]] = {
        "flat": lambda: [f"base {base}", f"rate {_reward(text, '2.5%', money)}"],
        "retroactive": lambda: [f"base {base}", _tiers(text, "retroactive", measure, rows, low, high)],
        "incremental": lambda: [f"base {base}", _tiers(text, "incremental", measure, rows, low, high)],
        "lump sum": lambda: [_tiers(text, "lump sum", measure, rows, "EUR 10", "EUR 25")],
        "every tier": lambda: [_tiers(text, "lump sum every tier", measure, rows, "EUR 10", "EUR 25")],
        "interpolated": lambda: [
            f"base s{number}",
            f"tiers interpolated on {measure} {{ from {rows[0]} 1%  from {rows[1]} 3% }}",
        ],
        "amount": lambda: [f"amount 5% of (EUR 900 - s{number})"],
        "rate table": lambda: [f"base s{number}", 'rates by item.family {\n    "DRINK/SODA" 2%\n    "SNACK" 3.5%\n  }'],
        "rates first": lambda: [f"base s{number}", f"rates first {{ 3% when s{number} >= EUR 200  1% otherwise }}"],
        "rates every": lambda: [
            f"base s{number}",
            f"rates every {{ 1% when s{number} >= EUR 50  2% when q{number} >= 1 }}",
        ],
    }
    chosen = random.choice(sorted(ways))
    if chosen in ("lump sum", "every tier") and kind == "charge":
        chosen = "retroactive"
    text.features.add(chosen)
    return ways[chosen]()


def _measure(text: Text, number: int, per: str, window: str) -> tuple[str, tuple[str, str]]:
    """What chooses the tier, and its two thresholds."""
    if window != "term" and text.chance(6, "growth"):
        text.rules.append(f" measure g{number} = s{number} / (s{number} last year) - 1")
        return f"g{number}", ("5%", "20%")
    if text.chance(7, "counts"):
        what = text.random.choice(("number of orders", "number of lines", "number of distinct item.id"))
        text.rules.append(f" measure n{number} = {what} per {per} per {window}")
        return f"n{number}", ("2", "4")
    if text.chance(8, "per key"):
        text.rules.append(f" measure k{number} = sum of (lesser of (net value per order, EUR 80) for each order)")
        return f"s{number}", ("EUR 50", "EUR 300")
    if text.chance(4, "quantity"):
        return f"q{number}", ("1 carton", "5 carton")
    return f"s{number}", ("EUR 50", "EUR 300")


def _tiers(text: Text, mode: str, measure: str, rows: tuple[str, str], low: str, high: str) -> str:
    bound = text.random.choice(("from", "above"))
    more = ""
    if text.chance(8, "below") and mode == "retroactive":
        more += f"below {rows[0]} 0.5%  "
    if measure.startswith("g") and text.chance(2, "without baseline"):
        more += f"without baseline {low}  "
    return f"tiers {mode} on {measure} {{ {more}{bound} {rows[0]} {low}  {bound} {rows[1]} {high} }}"


def _limits(text: Text, window: str, money: bool) -> list[str]:
    out = []
    if text.chance(5, "cap"):
        out.append(f"cap EUR {text.random.choice((7, 20))}")
    elif text.chance(8, "cap of the year") and window in ("month", "quarter"):
        out.append("cap EUR 15 per year")
    elif text.chance(10, "cap for all"):
        out.append("cap EUR 12, for all accounts")
    if money and text.chance(8, "cap on the rate"):
        out.append("cap 2%")
    if money and text.chance(8, "limit"):
        out.append(f"limit EUR 150 per {'year' if window == 'month' else window}")
    if text.chance(8, "floor"):
        out.append("floor EUR 4")
    if text.chance(6, "pays from"):
        out.append("pays from EUR 5" + (", carried forward" if text.chance(2, "carried forward") else ""))
    return out


def _clauses(text: Text, number: int) -> list[str]:
    options = {
        "when paid": "paid by 2026-10-31",
        "when claimed": text.random.choice(("claimed by 2026-11-30", "claimed within 40 days of quarter end")),
        "fact by": "fact audit by 2026-05-31",
        "throughout": 'fact audit is "passed" throughout the quarter',
        "fact is": text.random.choice(('fact audit is "passed"', "fact racks >= 2")),
        "by sale": 'line.colour is "red"',
        "plain": f"s{number} >= EUR 60",
    }
    out = []
    for _ in range(text.random.choice((0, 0, 1, 1, 2))):
        condition = text.pick(options)
        failing = ""
        if text.random.randrange(3) == 0:
            failing = text.pick(
                {
                    "fallback": " otherwise 0.5%",
                    "forfeits": " otherwise forfeits",
                    "takes back": " otherwise takes back",
                    "holds": " otherwise holds",
                }
            )
        clause = f"when {condition}{failing}"
        if clause not in out:
            out.append(clause)
    if number > 0 and text.chance(10, "rule is paid"):
        kind = "rebate" if f" rebate r{number - 1} " in "".join(text.rules) else "charge"
        out.append(f"when {kind} r{number - 1} is paid otherwise holds")
    return out


def _together(text: Text, number: int, kind: str) -> list[str]:
    out: list[str] = []
    if kind == "charge":
        return out
    before = f" rebate r{number - 1} " in "".join(text.rules)
    if text.chance(6, "alone"):
        out.append("exclusive among all")
    if number > 0 and before:
        if text.chance(8, "in lieu of"):
            out.append(f"in lieu of rebate r{number - 1}")
        elif text.chance(8, "not with"):
            out.append(f"not with rebate r{number - 1}")
        if text.chance(8, "shared cap"):
            text.after.append(
                f" cap EUR 18 across rebate r{number - 1}, rebate r{number}" + text.random.choice(("", ", in order"))
            )
    return out


def _settlement(text: Text, window: str) -> list[str]:
    random, out = text.random, []
    cadence = random.choice(("monthly", "quarterly", "yearly", "once", "half-yearly"))
    text.features.add("cadence")
    if text.chance(8, "on dates"):
        cadence = "on 2026-04-30 and 2026-12-31"
    options = ""
    if cadence in ("monthly", "quarterly") and text.chance(6, "separate"):
        options += ", separate"
    elif text.chance(8, "true up"):
        options += ", true up yearly"
    if text.chance(5, "days of payment"):
        options += random.choice((", within 30 days of quarter end", ", within 14 days"))
    out.append(f"settle {cadence}{options}")
    if text.chance(8, "named payees"):
        out.append('pay to "SOLO" 33.3%, "ACME" 66.7%')
    return out


def _amend(text: Text, number: int, kind: str) -> None:
    changes = {
        "amended": ("", f"{kind} r{number} {{ cap EUR 9 }}"),
        "amended next": (", from the next window", f"{kind} r{number} {{ cap EUR 9 }}"),
        "amended cut": (", cut at the date", f"{kind} r{number} {{ cap EUR 9 }}"),
        "removed": (text.random.choice(("", ", cut at the date")), f"remove {kind} r{number}"),
    }
    if text.random.randrange(6) or any(line.startswith(" amend") for line in text.after):
        return
    name = text.random.choice(sorted(changes))
    text.features.add(name)
    how, change = changes[name]
    text.after.append(f' amend from 2026-05-10{how} "Review" {{ {change} }}')


# --- what was posted


def _history(random: Random) -> tuple[list[Posted], set[str]]:
    posted: list[Posted] = []
    features: set[str] = set()
    for number in range(random.choice((3, 6, 10))):
        day = date(2025, 7, 1) + timedelta(random.randrange(550))
        quantity = Fraction(random.choice(("1", "5", "24", "60", "0.5")))
        unit = random.choice(("piece", "piece", "carton"))
        attributes: dict[str, str | Fraction | date] = (
            {"line.colour": random.choice(("red", "green"))} if random.randrange(3) else {}
        )
        known = None
        if random.randrange(5) == 0:
            known = datetime(2026, random.randrange(1, 12), 5, tzinfo=UTC)
            features.add("late")
        net = Fraction(random.randrange(1, 30_000), 100)
        sale = Posted(
            f"s{number}", "sale", random.choice(ACCOUNTS), day, random.choice(ITEMS), quantity, unit, "EUR", net,
            order=random.choice((None, "o1", "o2")), attributes=attributes, known=known,
            days={"order": day - timedelta(random.randrange(20))} if random.randrange(2) else {},
        )  # fmt: skip
        posted.append(sale)
        later = day + timedelta(random.randrange(120))
        if random.randrange(4) == 0:
            features.add("return")
            part = random.choice((Fraction(1), Fraction(1, 3)))
            posted.append(
                Posted(
                    f"b{number}",
                    "return",
                    sale.account,
                    later,
                    sale.item,
                    -quantity * part,
                    unit,
                    "EUR",
                    -net * part,
                    of=sale.id,
                    known=known,
                )
            )
        elif random.randrange(8) == 0:
            features.add("correction")
            posted.append(
                Posted(
                    f"c{number}",
                    "correction",
                    sale.account,
                    later,
                    sale.item,
                    Fraction(0),
                    unit,
                    "EUR",
                    Fraction(-1),
                    of=sale.id,
                    known=known,
                )
            )
        if random.randrange(2) == 0:
            features.add("payment")
            posted.append(Posted(f"p{number}", "payment", sale.account, later, of=sale.id, known=known))
    if random.randrange(6) == 0:
        features.add("lone return")
        posted.append(
            Posted("x", "return", "ACME", date(2026, 6, 3), "COLA", Fraction(-2), "piece", "EUR", Fraction(-5))
        )
    for number in range(random.choice((0, 1, 3))):
        features.add("fact")
        day = date(2025, 12, 1) + timedelta(random.randrange(390))
        name, value = random.choice(
            (("audit", "passed"), ("audit", "failed"), ("racks", Fraction(2)), ("agreed", Fraction(1, 50)))
        )
        posted.append(
            Posted(f"f{number}", "fact", random.choice(("ACME", "SOLO", "BUYERS")), day, name=name, value=value)
        )
    for number in range(random.choice((0, 0, 1, 2))):
        features.add("claim")
        day = FIRST + timedelta(random.randrange(400))
        posted.append(Posted(f"k{number}", "claim", random.choice(ACCOUNTS), day, name="r0", value=f"K{number}"))
    random.shuffle(posted)
    return posted, features
