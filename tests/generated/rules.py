"""Writes a random rule set as text, from a seed, and says which features it used.

Every feature is named, with the rules of the calculation it exercises (`FEATURES`), so that a run can print how often
each rule number and each pair of features occurred. The texts are always valid: the checker's own tests hold the others.
What is drawn here is the core; `areas` has one module for every other part of the language, asked at each place where a
rule set can grow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.generated.areas import AREAS

CORE: dict[str, tuple[str, ...]] = {
    "several agreements": ("7.4",),
    "adds to": ("7.4",),
    "account price table": ("3.3", "1.3"),
    "group price table": ("3.3", "5.5"),
    "formula price": ("3.3", "2.6"),
    "rounded price": ("2.2", "2.6"),
    "price breaks retroactive": ("3.3", "4.2a"),
    "price breaks incremental": ("3.3", "4.2b"),
    "promotional price": ("3.3",),
    "account price only": ("3.3",),
    "best price": ("3.3",),
    "only per unit": ("1.3",),
    "price not below": ("3.6",),
    "manual price": ("3.7",),
    "manual net price": ("3.7",),
    "manual discount": ("3.7",),
    "stage best": ("3.2b", "3.10"),
    "stage sum": ("3.2b", "2.4"),
    "stage sequence": ("3.2b", "3.2c"),
    "stage first": ("3.2b",),
    "stage on list": ("3.2a",),
    "stage last": ("3.2",),
    "stage on charges": ("3.1",),
    "exclusive": ("3.5a", "3.5c"),
    "percent": ("4.4", "3.9"),
    "percent per order": ("3.9", "2.4"),
    "amount per unit": ("4.4b", "3.6"),
    "full package": ("4.4d",),
    "started package": ("4.4d",),
    "package per line": ("4.4d", "3.8"),
    "money package": ("4.4d",),
    "sum per order": ("3.9", "2.4"),
    "sum per line": ("3.9",),
    "sum per delivery": ("3.9", "2.4"),
    "unit price": ("4.4", "4.4e"),
    "two parts": ("4.4", "4.4c"),
    "surcharge": ("4.1b",),
    "computed rate": ("5.3",),
    "computed amount": ("4.4",),
    "percent of list": ("4.4",),
    "tiers retroactive": ("4.2a", "4.1"),
    "tiers incremental": ("4.2b", "4.1"),
    "tiers lump sum": ("4.2c", "2.4"),
    "tiers lump sum every": ("4.2c",),
    "tiers interpolated": ("4.2d",),
    "continues": ("4.2d",),
    "row below": ("4.1a",),
    "without baseline": ("4.1a", "5.3"),
    "above": ("4.1",),
    "measure per line": ("5.1", "3.8"),
    "measure per order": ("5.1", "3.9"),
    "measure per item": ("5.1",),
    "measure per delivery": ("5.1",),
    "measure to date": ("5.4", "5.4a", "5.4b", "5.2"),
    "measure before this order": ("5.4",),
    "measure of a set": ("5.1d",),
    "measure after stage": ("3.4",),
    "measure full units": ("1.3",),
    "measure counts": ("5.1",),
    "measure distinct": ("5.1",),
    "measure quotient": ("5.3",),
    "measure extreme": ("2.6",),
    "measure rounded": ("2.6",),
    "measure fallback": ("5.3",),
    "measure filtered": ("5.1d",),
    "measure whole units": ("2.6",),
    "fiscal year": ("5.2",),
    "own weeks": ("5.2",),
    "agreement of a group": ("5.5", "7.4"),
    "agreement by condition": ("7.4",),
    "agreement of one account": ("7.4",),
    "cap on amount": ("4.5", "4.5a"),
    "cap on rate": ("4.5",),
    "cap to date": ("4.5c", "5.4b"),
    "floor": ("4.5b",),
    "pays from": ("4.5b",),
    "limit in units": ("4.5e", "4.5a"),
    "limit on base": ("4.5c",),
    "not below": ("3.6",),
    "not below to others": ("3.6",),
    "spread by quantity": ("2.4",),
    "when attribute": ("7.1",),
    "when unknown": ("7.1",),
    "when in list": ("7.1",),
    "when under": ("7.1",),
    "when set": ("5.1d",),
    "when measure": ("3.4",),
    "when and or not": ("7.1",),
    "when date": ("5.6",),
    "when in table": ("5.1d",),
    "code": ("7.1",),
    "valid": ("5.6",),
    "dated by delivery": ("5.6",),
    "priority": ("3.2c", "3.10"),
    "charge percent": ("3.1",),
    "charge sum": ("3.1", "2.4"),
    "charge by weight": ("3.1", "4.2c"),
    "charge amount": ("4.4e",),
    "guard discount": ("7.3",),
    "guard invoice margin": ("7.3",),
    "guard net price": ("7.3",),
    "guard per line": ("7.3",),
    "digits": ("2.2",),
    "half even": ("2.2b",),
    "round down": ("2.2b",),
    "price rounds first": ("2.3",),
    "discount rounds": ("2.5",),
    "round once": ("2.5",),
    "carry the difference": ("2.5",),
    "remainder to a line": ("2.5",),
    "round then step": ("2.5",),
    "cash rounding": ("2.2b",),
    "return": ("2.8", "2.9"),
    "converted unit": ("1.2", "1.3"),
}

FEATURES = CORE | {name: rules for area in AREAS for name, rules in area.features.items()}

# features that cannot stand in one order and rule set, with the reason
_CORE_APART: tuple[tuple[str, str], ...] = (
    ("round once", "price rounds first"),  # they exclude each other
    ("round once", "discount rounds"),  # one word each about where rounding happens
    ("round once", "carry the difference"),
    ("discount rounds", "price rounds first"),
    ("discount rounds", "carry the difference"),
    ("price rounds first", "carry the difference"),
    ("half even", "round down"),
    # a rule set has one second agreement
    ("agreement by condition", "agreement of a group"),
    ("agreement by condition", "agreement of one account"),
    ("agreement of a group", "agreement of one account"),
)
_APART = frozenset(frozenset(pair) for area in AREAS for pair in area.apart) | frozenset(map(frozenset, _CORE_APART))


def apart(a: str, b: str) -> bool:
    """Whether two features are never drawn together."""
    return frozenset((a, b)) in _APART


HEAD = """\
table offered from "offered.csv" {{ item key }}
agreement {name} "Made by chance, {seed}" {{
  accounts  {who}
  valid     2026-01-01 to 2026-12-31
  currency  EUR
"""

SCOPES = ("line", "order", "item", "delivery")
UNITS = ("piece", "carton", "kg")


@dataclass
class Made:
    """A text, the tables it reads by name, and what it uses."""

    text: str
    features: set[str] = field(default_factory=set)
    codes: list[str] = field(default_factory=list)


SEASONS = "seasons { cold 2025-12-01 to 2026-03-20  warm 2026-05-01 to 2026-09-30 }"
SMALL_CAPS = ("cap EUR 0.05 ", "cap EUR 0.33 ", "cap EUR 1 ")


class Writer:
    """Draws a rule set; `use` notes a feature and returns its argument so that drawing reads as writing.

    A `dense` writer takes every chance three times as often, so that rare features meet.
    """

    def __init__(self, seed: int, dense: bool = False) -> None:
        self.seed = seed
        self.dense = dense
        self.random = Random(f"dense {seed}" if dense else seed)
        self.features: set[str] = set()
        self.counter = 0
        self.first_runs_first = False
        self.stages: list[str] = []  # the stages of the waterfall so far; those on charges start with `ch_`
        self.rules: list[str] = []  # the rules of the agreement so far, as `discount d_1`
        self.last: set[str] = set()  # stages marked `last`
        self.sums: set[str] = {"charges"}  # stages that combine by `sum`
        self.stage_of: dict[str, str] = {}  # of `discount d_1` and its like
        self.name_here = ""  # the rule being written
        self.clauses_here: list[str] = []  # its clauses so far
        self.notes: dict[str, Any] = {}  # what an area remembers
        self.after: str | None = None  # a stage whose result the rule being written may read

    # --- small draws

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < (min(3 * percent, 60) if self.dense and percent < 60 else percent)

    def pick(self, options: Sequence[str]) -> str:
        return options[self.random.randrange(len(options))]

    def use(self, feature: str, text: str) -> str:
        assert feature in FEATURES, feature
        self.features.add(feature)
        return text

    def choose(self, options: Sequence[tuple[str, str]]) -> str:
        feature, text = options[self.random.randrange(len(options))]
        return self.use(feature, text)

    def drawn(self, hook: str, *arguments: str) -> list[Any]:
        """What the areas have to add at a place, in the areas' order."""
        return [each for area in AREAS if (draw := getattr(area, hook)) is not None for each in draw(self, *arguments)]

    def name(self, word: str) -> str:
        self.counter += 1
        return f"{word}_{self.counter}"

    def percent(self) -> str:
        return self.pick(("1%", "2.5%", "3%", "5%", "7.75%", "10%", "12.5%", "33.333%", "50%"))

    def money(self) -> str:
        return "EUR " + self.pick(("0.05", "0.33", "1", "2.50", "7", "19.99", "100"))

    # --- measures, conditions

    def measure(self, quantity: bool | None = None) -> tuple[str, str]:
        """An expression and the unit of its thresholds ("EUR", a unit, "%" or "")."""
        if self.after is not None and self.chance(12):
            return self.use("measure after stage", f"net value after stage {self.after} per order"), "EUR"
        if quantity is None and self.chance(12) and (others := self.drawn("measures")):
            expression, unit = others[self.random.randrange(len(others))]
            return expression, unit
        r = self.random.randrange(16) if quantity is None else (self.random.randrange(4) if quantity else 4)
        scope = self.pick(SCOPES)
        feature = {"line": "measure per line", "order": "measure per order", "item": "measure per item"}.get(
            scope, "measure per delivery"
        )
        unit = self.pick(UNITS)
        if r <= 3:
            full = self.use("measure full units", "full ") if self.chance(15) else ""
            return self.use(feature, f"quantity in {full}{unit} per {scope}"), unit
        value = (
            self.pick(("gross value", "net value", "list value")) if False else self.pick(("gross value", "net value"))
        )
        if r <= 6:
            return self.use(feature, f"{value} per {scope}"), "EUR"
        if r == 7:
            window = self.pick(("week", "month", "quarter", "season", "year", "term"))
            before = self.use("measure before this order", " before this order") if self.chance(30) else ""
            whose = self.pick(("account", "account and subsidiaries"))
            if self.chance(50):
                return self.use("measure to date", f"net value per {whose} per {window}{before}"), "EUR"
            return self.use("measure to date", f"quantity in carton per {whose} per {window}{before}"), "carton"
        if r == 8:
            return self.use(
                "measure of a set", f"quantity in piece of fizzy per {self.pick(('order', 'line'))}"
            ), "piece"
        if r == 9:
            return self.use("measure counts", "number of lines per order"), ""
        if r == 10:
            return self.use("measure distinct", "number of distinct item.id per order"), ""
        if r == 13:
            return self.use(
                "measure filtered", f'quantity in piece of items where brand is "Fizz" per {scope}'
            ), "piece"
        if r == 14:
            return self.use("measure whole units", "(quantity in kg per order rounded up to whole kg)"), "kg"
        if r == 15:
            return self.use("measure fallback", "(share otherwise 12%)"), "%"
        if r == 11:
            return self.use("measure extreme", "greater of (net value per order, EUR 40)"), "EUR"
        return self.use("measure rounded", "(net value per order rounded to 0 digits)"), "EUR"

    def threshold(self, unit: str, step: int) -> str:
        base = {"EUR": (0, 25, 60, 150, 400, 1000), "": (0, 1, 2, 3, 5, 8), "%": (0, 5, 10, 20, 40, 80)}.get(
            unit, (0, 2, 5, 12, 30, 80)
        )[step]
        if unit == "EUR":
            return f"EUR {base}"
        if unit == "%":
            return f"{base}%"
        return f"{base} {unit}".strip()

    def condition(self, deep: int = 0) -> str:
        if self.chance(12) and (others := self.drawn("conditions")):
            return str(others[self.random.randrange(len(others))])
        r = self.random.randrange(11)
        if r == 0:
            return self.use("when attribute", 'order.channel is "web"')
        if r == 1:
            return self.use("when attribute", 'order.channel is not "web"')
        if r == 2:
            return self.use("when unknown", f'line.colour is {self.pick(("", "not "))}"red"')
        if r == 3:
            return self.use("when in list", f'item.brand {self.pick(("", "not "))}in ("Fizz", "Nut")')
        if r == 4:
            return self.use("when under", f'item.family under "{self.pick(("DRINK", "DRINK/SODA", "SNACK"))}"')
        if r == 5:
            return self.use("when set", "in fizzy")
        if r == 6:
            return self.use("when date", f"order.date {self.pick(('>=', '<'))} 2026-06-15")
        if r == 7:
            return self.use("when in table", f"item.id {self.pick(('', 'not '))}in table offered")
        if r == 8 and deep < 2:
            joined = self.pick((" and ", " or ")).join(f"({self.condition(deep + 1)})" for _ in range(2))
            return self.use("when and or not", joined)
        if r == 9 and deep < 2:
            return self.use("when and or not", f"not ({self.condition(deep + 1)})")
        measure = self.pick(("order_value", "order_cartons"))
        bound = "EUR 120" if measure == "order_value" else "9 carton"
        return self.use("when measure", f"{measure} {self.pick(('>=', '<', '>', '<='))} {bound}")

    # --- rewards

    def reward(self, fixed: bool = True, charge: bool = False) -> str:
        if self.chance(10) and (others := self.drawn("rewards", "charge" if charge else "discount")):
            return str(others[self.random.randrange(len(others))])
        options: list[tuple[str, str]] = [
            ("percent", self.percent()),
            ("percent", self.percent()),
            ("amount per unit", f"{self.money()} per {self.pick(UNITS)}"),
            ("full package", f"{self.money()} per full {self.pick(('', '5 '))}{self.pick(('carton', 'piece'))}"),
            ("started package", f"{self.money()} per started {self.pick(('', '7 '))}{self.pick(('carton', 'piece'))}"),
            ("package per line", f"{self.money()} per full 6 piece per line"),
            ("money package", "EUR 1.25 per full EUR 20"),
            ("computed rate", "(2% + 1%)"),
            ("computed amount", f"(EUR 0.05 * 2) per {self.pick(('', 'full 3 '))}{self.pick(UNITS)}"),
        ]
        if not charge:
            options += [
                ("unit price", f"price EUR {self.pick(('0.80', '1.10', '2'))} per piece"),
                ("surcharge", f"surcharge {self.percent()}"),
                ("percent of list", "4% of list price"),
            ]
        if fixed:
            options += [
                ("sum per order", f"{self.money()} per order"),
                ("sum per line", f"{self.money()} per line"),
                ("sum per delivery", f"{self.money()} per delivery"),
                ("two parts", f"{self.money()} per order plus {self.percent()}"),
                ("two parts", f"{self.percent()} plus {self.money()} per piece"),
            ]
        return self.choose(options)

    def tiers(self, charge: bool = False) -> str:
        mode = self.pick(
            ("retroactive", "retroactive", "incremental", "lump sum", "lump sum every tier", "interpolated")
        )
        feature = {"lump sum every tier": "tiers lump sum every"}.get(mode, f"tiers {mode}")
        measure, unit = self.measure()
        if mode == "retroactive" and self.chance(10):
            measure, unit = self.use("measure quotient", "share"), "%"
        self.use(feature, "")
        kind = self.random.randrange(3)
        rows = []
        if unit == "%" and self.chance(50):
            rows.append(self.use("without baseline", "without baseline  1%"))
        start = self.random.randrange(2)
        if mode == "retroactive" and start == 1 and self.chance(30):
            rows.append(self.use("row below", f"below {self.threshold(unit, 1)}  0.5%"))
        steps = range(start, start + 1 + self.random.randrange(1, 4))
        for n, step in enumerate(steps):
            bound = self.use("above", "above") if self.chance(30) and n == 0 else "from"
            if mode.startswith("lump sum"):
                worth = f"EUR {1 + 3 * step}.{self.random.randrange(100):02d}"
            elif mode == "interpolated":
                worth = (f"{1 + 2 * step}%", f"EUR {step + 1} per piece", f"EUR {2 * step + 1}")[min(kind, 1)]
            elif kind == 0:
                worth = f"{1 + 2 * step}.5%"
            elif kind == 1:
                worth = f"EUR 0.{step + 1} per {'piece' if unit in ('EUR', '', '%') else unit}"
            else:
                worth = f"EUR {step + 1} plus {step + 1}%"
                self.use("two parts", "")
            rows.append(f"{bound} {self.threshold(unit, step)}  {worth}")
        if mode == "interpolated" and len(rows) > 1 and self.chance(40):
            rows.append(self.use("continues", "continues"))
        body = "\n      ".join(rows)
        return f"tiers {mode} on {measure} {{\n      {body}\n    }}"

    def limits(self, percent_only: bool) -> list[str]:
        out = []
        if self.chance(15):
            out.append(self.use("cap on amount", f"cap {self.money()} per {self.pick(('line', 'order', 'delivery'))}"))
        elif self.chance(45) and percent_only:
            out.append(self.use("cap on rate", "cap 4%"))
        elif self.chance(10):
            out.append(self.use("cap to date", "cap EUR 30 per month"))
        if self.chance(10):
            out.append(self.use("floor", f"floor EUR 0.03 per {self.pick(('line', 'order'))}"))
        if self.chance(8):
            out.append(self.use("pays from", "pays from EUR 1.50"))
        if self.chance(12):
            if self.chance(60):
                takes = self.pick(("dearest", "cheapest", "in order"))
                out.append(
                    self.use(
                        "limit in units",
                        f"limit {self.pick(('3', '20'))} piece per {self.pick(('line', 'order'))}, {takes}",
                    )
                )
            else:
                out.append(
                    self.use(
                        "limit on base", f"limit EUR 90 per order, in order{self.pick(('', ', whole transaction'))}"
                    )
                )
        return out

    # --- rules

    def common(self, clauses: list[str]) -> None:
        if self.chance(45):
            clauses.append(f"when {self.condition()}")
        if self.chance(8):
            clauses.append(f"when {self.condition()}")
        if self.chance(8):
            clauses.append(self.use("code", 'code "SPRING", "FAIR"'))
        if self.chance(8):
            clauses.append(self.use("valid", "valid 2026-03-01 to 2026-06-20"))
        if self.chance(5):
            clauses.append(self.use("dated by delivery", "dated by delivery"))
        if self.chance(30):
            clauses.append(self.use("priority", f"priority {self.random.randrange(1, 4)}"))

    def discount(self, stage: str) -> str:
        clauses = [f"stage {stage}"]
        name = self.begin("discount", self.name("d"), stage, clauses)
        self.after = "s0" if self.first_runs_first and stage != "s0" else None
        self.common(clauses)
        percent_only = False
        if self.chance(15) and (worths := self.drawn("worths", "discount")):
            clauses.append(worths[self.random.randrange(len(worths))])
        elif self.chance(45):
            clauses.append(self.tiers())
        else:
            reward = self.reward()
            percent_only = reward.endswith("%") and " " not in reward
            if percent_only and self.chance(30):
                clauses.append(self.use("percent per order", "base net value per order"))
            clauses.append(f"rate {reward}")
        clauses += self.limits(percent_only)
        if self.chance(10):
            others = self.use("not below to others", ", to other lines") if self.chance(50) else ""
            clauses.append(
                self.use(
                    "not below", f"not below {self.pick(('cost', 'EUR 0.70 per piece', '75% of list price'))}{others}"
                )
            )
        if self.chance(12):
            clauses.append(self.use("exclusive", "exclusive"))
        if self.chance(10):
            clauses.append(self.use("spread by quantity", "spread by quantity"))
        self.after = None
        clauses += self.drawn("clauses", "discount")
        if any(clause.startswith(SMALL_CAPS) for clause in clauses):  # a minimum payout above the cap is refused
            clauses = [clause.replace("pays from EUR 1.50", "pays from EUR 0.05") for clause in clauses]
        body = "\n    ".join(clauses)
        self.rules.append(f"discount {name}")
        return f"  discount {name} {{\n    {body}\n  }}"

    def begin(self, kind: str, name: str, stage: str, clauses: list[str]) -> str:
        """Notes the rule being written, for the areas."""
        self.name_here, self.clauses_here = f"{kind} {name}", clauses
        self.stage_of[self.name_here] = stage
        return name

    def price(self) -> str:
        clauses: list[str] = []
        name = self.begin("price", self.name("p"), "", clauses)
        r = self.random.randrange(6)
        if self.chance(15) and (worths := self.drawn("worths", "price")):
            clauses.append(worths[self.random.randrange(len(worths))])
        elif r == 0:
            clauses.append(self.use("account price table", "from table account_prices"))
        elif r == 1:
            clauses.append(self.use("group price table", "from table group_prices"))
        elif r == 2:
            clauses.append(
                "rate "
                + self.use(
                    "formula price",
                    self.pick(("price (60% of list price)", "price 85% of list price", "price (97.5% of list price)")),
                )
            )
        elif r == 3:
            clauses.append(
                "rate "
                + self.use("rounded price", f"price ({self.pick(('61.7', '90'))}% of list price rounded to 2 digits)")
            )
        elif r == 4:
            clauses.append(
                self.use(
                    "price breaks retroactive",
                    "tiers retroactive on quantity in piece per line { from 1 piece price EUR 1.30 per piece  from 30 piece price EUR 1.21 per piece }",
                )
            )
        else:
            clauses.append(
                self.use(
                    "price breaks incremental",
                    "tiers incremental on quantity in piece per line { from 0 piece price EUR 1.30 per piece  above 30 piece price EUR 1.21 per piece }",
                )
            )
        if self.chance(35):
            clauses.append(
                f"when {self.pick((self.use('when attribute', 'order.channel is ' + chr(34) + 'web' + chr(34)), self.use('when in list', 'item.id in (' + chr(34) + 'COLA' + chr(34) + ', ' + chr(34) + 'NUTS' + chr(34) + ')')))}"
            )
        if self.chance(25):
            clauses.append(self.use("promotional price", "promotional"))
        elif self.chance(20):
            clauses.append(self.use("account price only", "account price only"))
        elif self.chance(20):
            clauses.append(self.use("best price", "best"))
        if self.chance(10):
            clauses.append(self.use("only per unit", "only per carton"))
        if self.chance(10):
            clauses.append(self.use("price not below", "not below cost"))
        clauses += self.drawn("clauses", "price")
        body = "\n    ".join(clauses)
        self.rules.append(f"price {name}")
        return f"  price {name} {{\n    {body}\n  }}"

    def charge(self) -> tuple[str, str]:
        clauses: list[str] = []
        name = self.begin("charge", self.name("c"), "charges", clauses)
        if self.chance(40):
            clauses.append(f"when {self.condition()}")
        r = self.random.randrange(4)
        if self.chance(15) and (worths := self.drawn("worths", "charge")):
            clauses.append(worths[self.random.randrange(len(worths))])
        elif r == 0:
            clauses.append("rate " + self.use("charge percent", self.percent()))
        elif r == 1:
            clauses.append(
                "rate " + self.use("charge sum", f"{self.money()} per {self.pick(('order', 'line', 'delivery'))}")
            )
        elif r == 2:
            clauses.append(
                self.use(
                    "charge by weight",
                    "tiers lump sum on quantity in kg per order { from 0 kg EUR 12  above 30 kg EUR 29  above 250 kg EUR 65 plus EUR 0.15 per kg }",
                )
            )
        else:
            clauses.append(self.use("charge amount", "amount 5% of (EUR 400 - net value per order)"))
        clauses += self.drawn("clauses", "charge")
        body = "\n    ".join(clauses)
        self.rules.append(f"charge {name}")
        return name, f"  charge {name} {{\n    {body}\n  }}"

    def guards(self) -> list[str]:
        out = []
        line = self.use("guard per line", " per line") if self.chance(40) else ""
        action = self.pick(("reject", 'approval by "director"'))
        if self.chance(25):
            out.append(self.use("guard discount", f"  guard discount{line} <= 25% otherwise {action}"))
        if self.chance(25):
            out.append(self.use("guard invoice margin", f"  guard invoice margin{line} >= 12% otherwise {action}"))
        if self.chance(20):
            out.append(self.use("guard net price", f"  guard net price per line >= cost otherwise {action}"))
        return out

    def rounding(self) -> list[str]:
        words = []
        if self.chance(15):
            words.append(self.use("digits", f"  digits {self.pick(('0', '3', '4'))}"))
        if self.chance(10):
            words.append(self.choose((("half even", "  half even"), ("round down", "  round down"))))
        r = self.random.randrange(10)
        if r == 0:
            words.append(self.use("price rounds first", f"  price rounds first{self.pick(('', ' to 4 digits'))}"))
        elif r == 1:
            words.append(self.use("discount rounds", "  discount rounds"))
        elif r == 2:
            words.append(self.use("round once", "  round once"))
        elif r == 3:
            words.append(self.use("carry the difference", "  carry the difference"))
        if self.chance(10):
            words.append(
                self.use("remainder to a line", f"  remainder to {self.pick(('first', 'last', 'largest'))} line")
            )
        if self.chance(6):
            words.append(self.use("round then step", "  round to 2 digits, then to 0.05"))
        if self.chance(8):
            words.append(self.use("cash rounding", "  round order to EUR 0.05"))
        return words

    def agreement(
        self, name: str, who: str, shared: list[str], rules: int, with_rounding: list[str], adds: str = ""
    ) -> str:
        stages, names = shared[:1], shared[1:]
        parts = [HEAD.format(name=name, seed=self.seed, who=who).split("\n", 1)[1].rstrip("\n")]
        if adds:
            parts.append(f"  adds to {self.use('adds to', adds)}")
        if self.chance(15):
            parts.append(self.use("fiscal year", "  year starts 2026-04-01"))
        if self.chance(15):
            parts.append(self.use("own weeks", "  week starts sunday"))
        parts.append("  seasons from table season_days" if self.seed % 4 == 0 else f"  {SEASONS}")
        parts += with_rounding
        parts += stages
        parts.append(
            """  attribute order.channel  text
  attribute line.colour    text
  items   fizzy where brand is "Fizz"
  measure order_value   = net value per order
  measure order_cartons = quantity in carton per order
  measure share         = (net value of fizzy per order) / (net value per order before_nothing)
""".replace(" before_nothing", "").rstrip("\n")
        )
        self.rules = []
        parts += [self.price() for _ in range(self.random.randrange(4))]
        discounts = [n for n in names if not n.startswith("ch_")]
        for _ in range(rules):
            parts.append(self.discount(self.pick(discounts)))
        charges = [self.charge() for _ in range(self.random.randrange(3))]
        parts += [text for _, text in charges]
        for stage in names:
            if stage.startswith("ch_") and charges:
                charge = self.pick([n for n, _ in charges])
                parts.append(
                    f"  discount {self.name('o')} {{\n    stage {stage}\n    base charge {charge}\n    rate {self.use('stage on charges', self.pick(('50%', '100%', 'EUR 3 per order')))}\n  }}"
                )
        parts += self.guards()
        parts += self.drawn("members")
        parts.append("}")
        return "\n".join(parts)

    def waterfall(self) -> list[str]:
        """The block, then the names of its stages; those on charges start with `ch_`."""
        lines, names = [], []
        for n in range(self.random.randrange(1, 4)):
            combine = self.pick(("best", "sum", "sequence", "first"))
            self.use(f"stage {combine}", "")
            on = self.use("stage on list", " on list") if self.chance(20) else ""
            last = self.use("stage last", " last") if self.chance(15) else ""
            name = f"s{n}"
            if last:
                self.last.add(name)
            if combine == "sum":
                self.sums.add(name)
            names.append(name)
            lines.append(f"    stage {name} {combine}{on}{last}")
            if n == 0:
                self.first_runs_first = not last
        if self.chance(35):
            names.append("ch_off")
            lines.append(f"    stage ch_off {self.pick(('best', 'sum'))} on charges")
        self.stages = names
        lines += self.drawn("stages")
        return ["  waterfall {\n" + "\n".join(lines) + "\n  }", *names]


def make(seed: int, dense: bool = False) -> Made:
    """The rule set of a seed; a dense one uses many more features."""
    writer = Writer(seed, dense)
    shared = writer.waterfall()
    rounding = writer.rounding()
    table = (
        'table offered from "offered.csv" { item key }\n'
        'table account_prices from "account_prices.csv" { account, item, unit key  price money  valid_from, valid_to dates }\n'
        'table group_prices from "group_prices.csv" { group, item key  price money }\n'
        'table season_days from "season_days.csv" { season key  first, last dates }\n'
    )
    table += "".join(f"{text}\n" for text in writer.drawn("before"))
    texts = [writer.agreement("main", "all, each", shared, writer.random.randrange(1, 7), rounding)]
    if writer.chance(45):
        writer.use("several agreements", "")
        adds = "main" if writer.chance(40) else ""
        who = writer.choose(
            (
                ("several agreements", "ACME and subsidiaries, each"),
                ("agreement of a group", 'group "BUYERS", each'),
                ("agreement by condition", 'where account.class is "gold", together'),
                ("agreement of one account", "SOLO"),
                *(each for area in AREAS for each in area.whom),
            )
        )
        texts.append(writer.agreement("special", who, shared, writer.random.randrange(1, 4), rounding, adds))
    aside = ASIDE.replace("  # more words\n", "".join(area.aside for area in AREAS))
    return Made(text=table + "\n".join(texts) + "\n" + aside, features=writer.features)


# words that change no number, so that every alternative of the grammar occurs
ASIDE = """\
table cheap from "offered.csv" where item is "COLA" { item key  weight quantity in kg }
agreement aside "Words that change no number" {
  accounts  "SOLO" and subsidiaries, each
  valid     2027-01-01 to 2027-12-31
  currency  EUR
  time zone "Europe/Berlin"
  seasons   { "late in the year" 2027-09-01 to 2027-12-31 }
  owner     "A desk"
  review    quarterly
  attribute order.weight quantity in kg
  discount steps {
    when   order.channel_used is web
    accept cliff "made by chance"
    tiers  retroactive on quantity in piece per line { from 10 piece 3% }
  }
  attribute order.channel_used text
  charge freight { rate EUR 5 per order }
  guard discount <= 90% otherwise reject
  # more words
  example "all kinds of expectations" {
    given  order.weight 3 kg
    order for "SOLO" on 2027-02-01 with code "A" { 10 piece of "COLA" at EUR 1.50 with line.delivery "A" }
    expect line 1 net price EUR 1.455
    expect line 1 steps 3%
    expect discount steps EUR 0.45
    expect charge freight EUR 5
    expect order invoice value EUR 19.55
    expect line 1 freight EUR 5
    expect pass
  }
  example "nothing" {
    order for "SOLO" on 2027-02-01 { 1 piece of "COLA" at EUR 1.50 }
    expect discount steps nothing
    expect reject
  }
}
"""


def make_splittable(seed: int) -> Made:
    """A rule set in which nothing counts lines: splitting one, or permuting them, changes only rounding (3.8)."""
    writer = Writer(seed)
    stages = [(f"s{n}", writer.pick(("best", "sum", "sequence"))) for n in range(writer.random.randrange(1, 4))]
    block = "\n".join(f"    stage {name} {combine}" for name, combine in stages)
    discounts: list[str] = []
    for _ in range(writer.random.randrange(1, 6)):
        clauses = [f"stage {writer.pick([name for name, _ in stages])}", f"priority {len(discounts) + 1}"]
        if writer.chance(50):
            clauses.append(f"when {writer.condition()}")
        unit = writer.pick(("piece", "carton", "kg"))
        scope = writer.pick(("per order", "per item", "per delivery", "per account per year"))
        measure, limit = writer.pick(("quantity", "value")), (f"30 {unit}", f"90 {unit}")
        if measure == "value":
            unit, limit = "", ("EUR 40", "EUR 200")
        expression = f"quantity in {unit} {scope}" if unit else f"gross value {scope}"
        if writer.chance(60):
            mode = writer.pick(("retroactive", "incremental"))
            first = f"0 {unit}" if unit else "EUR 0"
            clauses.append(
                f"tiers {mode} on {expression} {{ from {first} 1%  from {limit[0]} 3%  from {limit[1]} 7.5% }}"
            )
        else:
            clauses.append(f"rate {writer.percent()}")
        body = "\n    ".join(clauses)
        discounts.append(f"  discount {writer.name('d')} {{\n    {body}\n  }}")
    text = (
        'table offered from "offered.csv" { item key }\n'
        + "".join(f"{text}\n" for text in writer.drawn("before"))
        + HEAD.format(name="main", seed=seed, who="all, each").split("\n", 1)[1]
        + f"  {SEASONS}\n"
        + f"  waterfall {{\n{block}\n  }}\n"
        + "  attribute order.channel  text\n  attribute line.colour    text\n"
        + '  items   fizzy where brand is "Fizz"\n'
        + "  measure order_value   = gross value per order\n  measure order_cartons = quantity in carton per order\n"
        + "\n".join(discounts)
        + "\n}\n"
    )
    return Made(text=text, features=writer.features)
