"""Agreements with rebates made by chance from a seed: constructs beside each other, for both evaluators of settling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tests.generated import seldom

# who it is for, and how a total of its earners is written; of whom members can be paid
WHO = {
    "each account": ("all, each", "per account"),
    "a tree": ("ACME and subsidiaries, together", "per account and subsidiaries"),
    "a group": ('group "BUYERS", together', "per group"),
    "group members": ('group "BUYERS", each', "per account"),
    "chosen accounts": ('where account.class is "gold", each', "per account"),
    "everybody": ("all, together", "in all"),
    "end customers": ("all, each", "per end customer"),
}
MEMBERS = ("a tree", "a group", "everybody")
WINDOWS = ("month", "quarter", "half", "year", "term")
COMBINE = {"stage best": "best", "stage first": "first", "stage sum": "sum"}
FEATURES: dict[str, str] = (
    {f"who {name}": "91" for name in WHO}
    | {f"window {name}": "92" for name in WINDOWS}
    | dict.fromkeys(COMBINE, "94")
    | {
        "flat": "93b", "retroactive": "93c", "incremental": "93c", "lump sum": "93c", "every tier": "93c",
        "interpolated": "93c", "below": "93c", "without baseline": "93c", "per unit": "93b", "packages": "93b",
        "two parts": "93b", "percent of": "93b", "amount": "93e", "rate table": "93d", "rates first": "93d",
        "rates every": "93d", "base apart": "93a", "growth": "5.2b", "filter": "91", "quantity": "91", "counts": "91a",
        "per key": "91c", "other values": "89a", "other windows": "5.2",
        "cap": "93f", "floor": "93f", "cap on the rate": "93f", "pays from": "93f", "carried forward": "99b",
        "limit": "93f", "cap of the year": "93f", "shared cap": "93g", "cap for all": "93g",
        "in lieu of": "94", "not with": "94", "alone": "94", "rule as a value": "95",
        "paid in the base": "97", "when paid": "97", "when claimed": "97", "fact by": "97", "throughout": "97",
        "fact is": "91d", "fact as a rate": "91d", "rule is paid": "97", "fallback": "97a", "forfeits": "97a",
        "takes back": "97a", "holds": "97a", "by sale": "97", "class": "86",
        "named payees": "96", "payees by measure": "96", "cadence": "98", "on dates": "98", "true up": "98",
        "separate": "99", "days of payment": "98", "on claim": "92b", "returns when posted": "89",
        "returns carried": "99", "valid": "92", "dated by": "91",
        "amended": "100", "amended next": "100", "amended cut": "100", "amended back": "100", "removed": "100",
        "charge": "93", "half even": "99", "fund": "102", "fund rolls over": "102", "pro rata": "101",
        "accrual rate": "103", "points": "99a", "goods": "99a", "paid in points": "99a",
    }
    | seldom.FEATURES
)  # fmt: skip


def _apart() -> set[frozenset[str]]:
    """Pairs of which one agreement holds one: whom it is for, how its stage compares, the kind of its amendment."""
    kinds = (
        [f"who {name}" for name in WHO],
        list(COMBINE),
        ["amended", "amended next", "amended cut", "amended back", "removed"],
        ["fund", "fund rolls over"],
        ["programme", "payees by measure"],
    )
    found = {frozenset((a, b)) for group in kinds for a in group for b in group if a != b}
    found.add(frozenset(("cap for all", "on claim")))
    found |= {frozenset(("programme", f"who {name}")) for name in WHO if name not in seldom.ALONE}
    return found | {frozenset(("payees by measure", f"who {name}")) for name in WHO if name not in MEMBERS}


APART = _apart()


@dataclass
class Text:
    """An agreement as it is written, and what it holds."""

    random: Random
    who: str
    window: str | None = None  # where all rules have one
    features: set[str] = field(default_factory=set)
    rules: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)  # members that stand behind the rules
    kinds: dict[int, str] = field(default_factory=dict)  # of the rules so far
    windows: dict[int, str] = field(default_factory=dict)
    stage: str | None = None
    staged: bool = False  # the rule in hand stands in it
    fund: bool = False
    body: str = ""

    @property
    def per(self) -> str:
        return WHO[self.who][1]

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

    def for_all(self, clauses: list[str]) -> bool:
        """Whether something is capped for all accounts together."""
        return any("for all accounts" in line for line in (*self.rules, *self.after, *clauses))

    def named(self, number: int) -> str:
        """A rule by its kind and name."""
        return f"{self.kinds[number]} r{number}"


def agreement(seed: int) -> Text:
    """The agreement of a seed."""
    random = Random(f"agreement {seed}")
    who = random.choice(sorted(WHO))
    text = Text(random, who, features={f"who {who}"})
    if random.randrange(3) == 0:
        text.window = random.choice(WINDOWS)
        if random.randrange(2) == 0:
            text.stage = text.pick(COMBINE)
    text.fund = not random.randrange(6)
    for number in range(random.choice((1, 2, 2, 3))):
        _rule(text, number)
    if text.stage is not None and not any(" stage bonus" in rule for rule in text.rules):
        text.features -= set(COMBINE)
    text.body = _agreement(text)
    return text


def _agreement(text: Text) -> str:
    valid = "2026-01-01 to 2026-12-31"
    if text.random.randrange(4) == 0:
        valid = text.random.choice(("2026-02-15 to 2026-12-31", "2025-07-01 to 2026-12-31"))
    rounding = " half even\n" if text.chance(6, "half even") else ""
    rules, after = "\n".join(text.rules), "\n".join(text.after)
    stage = f" waterfall {{ stage bonus {text.stage} }}\n" if text.stage is not None else ""
    fund = ""
    if any(" draw from fund" in rule for rule in text.rules):
        rest = text.pick({"fund": "lapses", "fund rolls over": "rolls over up to EUR 6"})
        fund = f" fund pot {{ opening EUR 12 {text.random.choice(('per year', 'per quarter', ''))} unused {rest} }}\n"
    class_ = ""
    if "class" in text.features:
        class_ = " class keen for accounts { when net value per account per quarter >= EUR 100 }\n"
    return f"""{seldom.declared(text)}agreement t "T" {{
 accounts {WHO[text.who][0]}
 valid {valid}
 currency EUR
{seldom.inside(text)}{rounding}{stage}{fund}{class_} attribute line.colour text
 fact audit text latest
 fact racks number summed expected 3
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
    random, per = text.random, text.per
    text.staged = text.stage is not None and random.randrange(4) > 0
    kind = text.kinds[number] = "charge" if not text.staged and text.chance(6, "charge") else "rebate"
    window = text.windows[number] = text.window or random.choice(WINDOWS)
    text.features.add(f"window {window}")
    where = ""
    if text.chance(4, "filter"):
        where = " where " + random.choice(('line.colour is "red"', 'item.family under "DRINK"'))
    elif text.chance(8, "paid in the base"):
        where = " where paid within terms"
    else:
        where = seldom.filter_of(text) or ""
    value = "net value"
    if text.chance(8, "other values"):
        value = random.choice(("gross value", "list value", "invoice value"))
    text.rules.append(f" measure s{number} = {value} of items{where} {per} per {window}")
    text.rules.append(f" measure q{number} = quantity in carton of items{where} {per} per {window}")
    clauses, pays = _worth(text, number, window, kind)
    on_money = f"base s{number}" in clauses and not any(clause.startswith("rate price") for clause in clauses)
    if pays == "money":
        clauses += _limits(text, window, on_money)
    clauses += _clauses(text, number, pays)
    clauses += _together(text, number, kind, pays)
    clauses += _settlement(text, pays, clauses)
    if text.chance(6, "valid"):
        clauses.append("valid 2026-02-01 to 2026-09-30")
    if text.chance(8, "dated by"):
        clauses.append("dated by order")
    if text.chance(5, "returns when posted"):
        clauses.append("returns when posted")
    elif text.chance(5, "returns carried"):
        clauses.append("returns carry forward")
    if text.chance(8, "pro rata"):
        clauses.append(f"pro rata by {random.choice(('month', 'day'))}")
    if pays == "money" and text.chance(8, "accrual rate"):
        clauses.append("accrue EUR 2")
    text.rules.append(f' {kind} r{number} "R" {{\n  ' + "\n  ".join(clauses) + "\n }")
    _amend(text, number, pays)
    seldom.amendment(text, number)


# --- what it is worth


def _reward(text: Text, percent: str, number: int, base_is_money: bool) -> str:
    if base_is_money:
        if text.chance(10, "fact as a rate"):
            return "(fact agreed)"
        if text.chance(10, "percent of"):
            return f"{percent} of s{number}"
        if text.chance(8, "two parts"):
            return f"EUR 3 plus {percent}"
        return percent
    if text.chance(3, "packages"):
        return text.random.choice(("EUR 2 per full carton", "EUR 2 per started 3 carton", "EUR 5 per full 2 carton"))
    return f"EUR {percent.removesuffix('%')} per carton"


def _worth(text: Text, number: int, window: str, kind: str) -> tuple[list[str], str]:
    """Its base and what is paid on it; and whether that is money, points or goods."""
    random = text.random
    if kind == "rebate" and not text.staged:
        if text.chance(14, "points"):
            paid = random.choice(("rate 1 point per EUR 5", "rate 2 point per full EUR 20 plus 5 points"))
            return [f"base s{number}", paid], "points"
        if text.chance(14, "goods"):
            tiers = 'from EUR 50 give 2 piece of "COLA" from EUR 300 give 5 piece of "COLA"'
            return [f"tiers lump sum on s{number} {{ {tiers} }}"], "goods"
    money = not text.chance(4, "quantity")
    base = f"s{number}" if money else f"q{number}"
    if not money:
        text.features.add("per unit")
    if text.chance(5, "base apart"):
        text.rules.append(f" measure b{number} = net value of fizz {text.per} per {window}")
        base, money = f"b{number}", True
    elif money and text.chance(8, "per key"):
        inner = random.choice(
            (
                "sum of (lesser of (net value per order, EUR 80) for each order)",
                f"greater of (net value of items {text.per} per {window} for each month)",
                "sum of (lesser of (net value of items per account per year, EUR 150) for each account)",
            )
        )
        text.rules.append(f" measure k{number} = {inner}")
        base = f"k{number}"
    elif money and number > 0 and text.chance(6, "rule as a value"):
        base = text.named(number - 1)
    elif money and (rare := seldom.base(text, number, window)) is not None:
        base = rare
    measure, rows = _measure(text, number, window)
    low, high = _reward(text, "1.25%", number, money), _reward(text, "3.5%", number, money)
    ways: dict[str, Callable[[], list[str]]] = {
        "flat": lambda: [f"base {base}", f"rate {_reward(text, '2.5%', number, money)}"],
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
    if not text.staged and (rarely := seldom.worth(text, number)) is not None:
        return rarely, "money"
    chosen = random.choice(sorted(ways))
    if chosen in ("lump sum", "every tier") and kind == "charge":
        chosen = "retroactive"
    text.features.add(chosen)
    return ways[chosen](), "money"


def _measure(text: Text, number: int, window: str) -> tuple[str, tuple[str, str]]:
    """What chooses the tier, and its two thresholds."""
    if (rare := seldom.measure(text, number, window)) is not None:
        return rare
    if window != "term" and text.chance(6, "growth"):
        text.rules.append(f" measure g{number} = s{number} / (s{number} last year) - 1")
        return f"g{number}", ("5%", "20%")
    if text.chance(7, "counts"):
        what = text.random.choice(("number of orders", "number of lines", "number of distinct item.id"))
        text.rules.append(f" measure n{number} = {what} {text.per} per {window}")
        return f"n{number}", ("2", "4")
    if text.chance(8, "other windows"):
        which = text.random.choice(("over last 3 months", "over 2026-02-01 to 2026-05-31", "over last 45 days", "ever"))
        text.rules.append(f" measure w{number} = net value of items {text.per} {which}")
        return f"w{number}", ("EUR 50", "EUR 300")
    if text.chance(4, "quantity"):
        return f"q{number}", ("1 carton", "5 carton")
    return f"s{number}", ("EUR 50", "EUR 300")


def _tiers(text: Text, mode: str, measure: str, rows: tuple[str, str], low: str, high: str) -> str:
    bound = text.random.choice(("from", "above"))
    more = ""
    if mode == "retroactive" and text.chance(8, "below"):
        more += f"below {rows[0]} 0.5%  "
    if measure.startswith("g") and text.chance(2, "without baseline"):
        more += f"without baseline {low}  "
    return f"tiers {mode} on {measure} {{ {more}{bound} {rows[0]} {low}  {bound} {rows[1]} {high} }}"


def _limits(text: Text, window: str, money: bool) -> list[str]:
    out = []
    if text.chance(5, "cap"):
        out.append(f"cap EUR {text.random.choice((7, 20))}")
    elif window in ("month", "quarter") and text.chance(8, "cap of the year"):
        out.append("cap EUR 15 per year")
    elif "on claim" not in text.features and text.chance(10, "cap for all"):
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


# --- what it asks, what it stands beside, how it is settled


def _clauses(text: Text, number: int, pays: str) -> list[str]:
    options = {
        "when paid": "paid by 2026-10-31",
        "when claimed": text.random.choice(("claimed by 2026-11-30", "claimed within 40 days of quarter end")),
        "fact by": "fact audit by 2026-05-31",
        "throughout": ("fact agreed > 1%", 'fact audit is "passed"')[number % 2] + " throughout the quarter",
        "fact is": text.random.choice(('fact audit is "passed"', "fact racks >= 2")),
        "by sale": 'line.colour is "red"',
        "class": "class keen",
        "plain": f"s{number} >= EUR 60",
    }
    failing = {"forfeits": " otherwise forfeits", "takes back": " otherwise takes back", "holds": " otherwise holds"}
    if pays == "money":
        failing["fallback"] = " otherwise 0.5%"
    out = []
    for _ in range(text.random.choice((0, 0, 1, 1, 2))):
        clause = f"when {text.pick(options)}{text.pick(failing) if text.random.randrange(3) == 0 else ''}"
        if clause not in out:
            out.append(clause)
    out += seldom.clauses(text)
    if number > 0 and text.chance(10, "rule is paid"):
        out.append(f"when {text.named(number - 1)} is paid otherwise holds")
    return out


def _together(text: Text, number: int, kind: str, pays: str) -> list[str]:
    out: list[str] = []
    if kind == "charge":
        return out
    if text.staged and pays == "money":
        out += ["stage bonus", *([f"priority {number}"] if text.random.randrange(2) else [])]
    if pays == "money" and text.chance(6, "alone"):
        out.append("exclusive among all")
    if text.fund and pays == "money":
        out.append("draw from fund pot")
    if number > 0 and text.kinds[number - 1] == "rebate":
        before = f"rebate r{number - 1}"
        if text.windows[number - 1] == text.windows[number]:
            if text.chance(4, "in lieu of"):
                out.append(f"in lieu of {before}")
            elif text.chance(4, "not with"):
                out.append(f"not with {before}")
        if pays == "money" and text.chance(8, "shared cap"):
            how = text.random.choice(("", ", in order", ", for all accounts", ", all or nothing"))
            if "on claim" in text.features:  # everybody's claims have windows of their own
                how = ""
            text.after.append(f" cap EUR 18 across {before}, rebate r{number}{how}")
    return out


def _settlement(text: Text, pays: str, before: list[str]) -> list[str]:
    random, out = text.random, []
    cadence = random.choice(("monthly", "quarterly", "yearly", "once", "half-yearly"))
    text.features.add("cadence")
    if text.chance(24, "weekly"):
        cadence = "weekly"
    elif text.chance(8, "on dates"):
        cadence = "on 2026-04-30 and 2026-12-31"
    elif (
        (text.window is None or (text.stage and not text.staged))
        and not text.for_all(before)
        and text.chance(14, "on claim")
    ):
        cadence = "on claim"
    options = ""
    if cadence in ("monthly", "quarterly") and text.chance(6, "separate"):
        options += ", separate"
    elif cadence != "on claim" and text.chance(8, "true up"):
        options += ", true up yearly"
    if pays == "money" and text.chance(10, "paid in points"):
        options += ", as 1 point per EUR 0.30"
    if text.chance(5, "days of payment"):
        options += random.choice((", within 30 days of quarter end", ", within 14 days"))
    out.append(f"settle {cadence}{options}")
    if text.chance(8, "named payees"):
        out.append('pay to "SOLO" 33.3%, "ACME" 66.7%')
    elif text.who in MEMBERS and text.chance(5, "payees by measure"):
        text.rules.append(f" measure p{len(text.rules)} = net value of items per account per quarter")
        out.append(f"pay to members in proportion to p{len(text.rules) - 1}")
    return out


def _amend(text: Text, number: int, pays: str) -> None:
    name = text.named(number)
    change = f"{name} {{ {'cap EUR 9' if pays == 'money' else 'valid 2026-02-01 to 2026-10-31'} }}"
    changes = {
        "amended": ("from 2026-05-10", change),
        "amended next": ("from 2026-05-10, from the next window", change),
        "amended cut": ("from 2026-05-10, cut at the date", change),
        "amended back": ("retroactively from 2026-03-01", change),
        "removed": (f"from 2026-05-10{text.random.choice(('', ', cut at the date'))}", f"remove {name}"),
    }
    if text.random.randrange(6) or any(line.startswith(" amend") for line in text.after):
        return
    chosen = text.random.choice(sorted(changes))
    text.features.add(chosen)
    how, what = changes[chosen]
    text.after.append(f' amend {how} "Review" {{ {what} }}')
