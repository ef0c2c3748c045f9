"""Short ways to check a text: the tables it stands on, and frames that make a whole file of a clause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rebates.model import nodes as m
from rebates.model.folder import load_rules
from rebates.syntax.diagnostics import Report

Rows = list[dict[str, object]]

TABLES: dict[str, Rows] = {
    "rates_good": [{"item": "COLA", "rate": "5%"}],
    "rates_bad": [{"item": "COLA", "rate": "5"}],
    "steps_good": [{"item": "COLA", "steps": "10", "rate": "5%"}, {"item": "COLA", "steps": "above 20", "rate": "6%"}],
    "steps_bad": [{"item": "COLA", "steps": "ten", "rate": "5%"}],
    "steps_twice": [{"item": "COLA", "steps": "10", "rate": "5%"}, {"item": "COLA", "steps": "10", "rate": "6%"}],
    "steps_down": [{"item": "COLA", "steps": "10", "rate": "5%"}, {"item": "COLA", "steps": "5", "rate": "6%"}],
    "accounts": [
        {"id": "ACME", "parent": "", "class": "gold"},
        {"id": "ACME-NORTH", "parent": "ACME", "class": "gold"},
        {"id": "SOLO", "parent": "", "class": "blue"},
    ],
    "memberships": [
        {"group": "BUYERS", "account": "ACME", "valid_from": "2026-01-01", "valid_to": "2026-06-30"},
        {"group": "CLUB", "account": "SOLO", "valid_from": "2026-01-01", "valid_to": ""},
    ],
    "families": [{"id": "DRINK", "parent": ""}, {"id": "DRINK/SODA", "parent": "DRINK"}, {"id": "SNACK", "parent": ""}],
    "items": [
        {"id": "COLA", "base_unit": "piece", "family": "DRINK/SODA", "brand": "Fizz"},
        {"id": "NUTS", "base_unit": "piece", "family": "SNACK", "brand": "Nut"},
    ],
    "units": [
        {"item": "COLA", "unit": "carton", "factor": "24"},
        {"item": "COLA", "unit": "kg", "factor": "3"},
        {"item": "NUTS", "unit": "carton", "factor": "60"},
    ],
    "offered": [{"item": "COLA"}],
    "prices": [{"account": "ACME", "item": "COLA", "unit": "carton", "price": "29.90"}],
    "group_prices": [{"group": "BUYERS", "item": "COLA", "price": "1.19"}],
    "two_prices": [{"item": "COLA", "price": "1", "other": "2"}],
    "by_colour": [{"colour": "red", "price": "1"}],
    "rates": [{"item": "COLA", "rate": "5%"}],
    "rates_of_day": [{"from": "USD", "to": "EUR", "rate": "0.92"}],
    "breaks": [{"item": "COLA", "least": "10", "price": "1"}],
}


class Tables:
    """Hands the tables over as a program does."""

    def __init__(self, tables: Mapping[str, Rows] = TABLES) -> None:
        self.tables = tables

    def rows(self, name: str) -> Iterable[Mapping[str, object]] | None:
        return self.tables.get(name)


def check(text: str | Mapping[str, str], tables: Mapping[str, Rows] = TABLES) -> tuple[m.RuleSet | None, Report]:
    """What a text, or texts by name, come to."""
    report = Report()
    texts = {"a.rebates": text} if isinstance(text, str) else text
    return load_rules(texts, Tables(tables), report), report


def found(text: str | Mapping[str, str], tables: Mapping[str, Rows] = TABLES) -> list[tuple[str, str]]:
    """Every finding: its code and the text it underlines."""
    _, report = check(text, tables)
    return [(one.code, one.span.text) for one in report.diagnostics]


def rules(text: str | Mapping[str, str], tables: Mapping[str, Rows] = TABLES) -> m.RuleSet:
    """The rule set of a text without errors."""
    made, report = check(text, tables)
    assert made is not None, [(one.code, one.message, one.span.text) for one in report.diagnostics]
    return made


def agreement(body: str, name: str = "a", accounts: str = "all, each", valid: str = "2026-01-01 to 2026-12-31") -> str:
    """A whole agreement around its statements."""
    return f'agreement {name} "{name}" {{\n  accounts {accounts}\n  valid {valid}\n  currency EUR\n  {body}\n}}\n'


def discount(clauses: str, before: str = "", name: str = "d") -> str:
    """An agreement with one discount, after other statements."""
    return agreement(f"{before}\n  discount {name} {{ {clauses} }}")


def price(clauses: str, before: str = "") -> str:
    """An agreement with one price."""
    return agreement(f"{before}\n  price p {{ {clauses} }}")


def charge(clauses: str, before: str = "") -> str:
    """An agreement with one charge."""
    return agreement(f"{before}\n  charge c {{ {clauses} }}")


def measure(value: str, before: str = "") -> str:
    """An agreement with one measure."""
    return agreement(f"{before}\n  measure m = {value}")


def example(body: str, before: str = "discount d { rate 5% }") -> str:
    """An agreement with one discount of 5 % and one example."""
    return agreement(f'{before}\n  example "e" {{ {body} }}')
