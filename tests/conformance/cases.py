"""The cases of the table: what a source says, as rule text, orders and expected amounts."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from rebates.engine.orders import Line, Order, order_in
from rebates.model.exact import Rounding, round_to
from rebates.model.folder import load_rules
from rebates.model.nodes import RuleSet
from rebates.model.orders import OrderIn
from rebates.model.outcome import Outcome
from rebates.syntax.diagnostics import Report, RuleErrors

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """One case, or one part of it. `says` repeats the source; `differs` is why our number is another by decision."""

    id: str
    part: str
    says: object
    differs: str
    rules: str
    body: Mapping[str, Any]
    orders: tuple[Mapping[str, Any], ...]

    @property
    def name(self) -> str:
        return f"{self.id} {self.part}".strip()


def sources() -> dict[str, object]:
    """What every case of the published files expects, by id."""
    peers = json.loads((HERE / "peers.json").read_text(encoding="utf-8"))
    published = json.loads((HERE / "published.json").read_text(encoding="utf-8"))
    return {case["id"]: case["expected"] for case in peers} | {case["id"]: case["expect"] for case in published}


def cases() -> list[Case]:
    """All cases that can be said, in the order of the table."""
    out = []
    for file in ("tiers", "packages", "combination", "prices", "goods"):
        table = tomllib.loads((HERE / "cases" / f"{file}.toml").read_text(encoding="utf-8"))
        for name, body in table["rules"].items():
            for case in body["cases"]:
                orders = case.get("orders") or [case]
                out.append(
                    Case(
                        case["id"],
                        case.get("part", ""),
                        case["says"],
                        case.get("differs", ""),
                        name,
                        body,
                        tuple(orders),
                    )
                )
    return out


def settled() -> dict[str, Path]:
    """The cases of what is settled, each a rule file with its example, by id."""
    return {file.stem: file for file in sorted((HERE / "cases" / "settled").glob("*.rebates"))}


class Tables:
    """The few tables that a case brings."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.body = body

    def rows(self, name: str) -> Iterable[Mapping[str, object]] | None:
        match name:
            case "units" if "units" in self.body:
                return [dict(zip(("item", "unit", "factor", "of"), row, strict=True)) for row in self.body["units"]]
            case "list_prices" if "list_prices" in self.body:
                return [dict(zip(("item", "unit", "price"), row, strict=True)) for row in self.body["list_prices"]]
            case "items" if "units" in self.body:
                items = dict.fromkeys(row[0] for row in self.body["units"])
                return [{"id": item, "base_unit": "piece"} for item in items]
        return None


def rules_of(case: Case) -> RuleSet:
    """The rule set of a case: its body as an agreement for all accounts."""
    currency = case.body.get("currency", "EUR")
    digits = f"  digits {case.body['digits']}\n" if "digits" in case.body else ""
    text = (
        f'agreement t "{case.rules}" {{\n  accounts  all, each\n  valid 2026-01-01 to 2026-12-31\n'
        f"  currency {currency}\n{digits}{case.body['text']}\n}}\n"
    )
    report = Report()
    rules = load_rules({f"{case.rules}.rebates": text}, Tables(case.body), report)
    if rules is None:
        raise RuleErrors(report.diagnostics)
    return rules


def order_of(case: Case, body: Mapping[str, Any], totals: Mapping[str, Fraction], rules: RuleSet) -> OrderIn:
    """The order in the evaluators' form, with the totals of the orders before."""
    currency = case.body.get("currency", "EUR")
    lines = [_line(text, currency) for text in body.get("lines", ["1 piece of SERVICE at 0"])]
    order = Order("A", "2026-03-10", lines, attributes=body.get("attributes", {}))
    return replace(order_in(order, rules), totals=totals)


def _line(text: str, currency: str) -> Line:
    """`2 piece of X at 10 minimum EUR 45`: quantity, item, price given by the caller, attributes."""
    words = text.split()
    quantity, item, rest = f"{words[0]} {words[1]}", words[3], words[4:]
    price = None
    if rest[:1] == ["at"]:
        price, rest = f"{currency} {rest[1]}", rest[2:]
    attributes: dict[str, object] = {}
    while rest:
        name, value, rest = rest[0], rest[1], rest[2:]
        if value == currency:
            value, rest = f"{value} {rest[0]}", rest[1:]
        attributes[name] = value
    return Line(item, quantity, price, attributes=attributes)


def found(outcome: Outcome, what: str, order: OrderIn) -> Fraction:
    """The amount that an expectation names, in the words of the table."""
    words = what.split()
    if words[0] == "line":
        index, rest = int(words[1]) - 1, " ".join(words[2:])
        line, quantity = outcome.lines[index], order.lines[index].quantity
        match rest:
            case "net value":
                return line.net_value
            case "gross value":
                return line.gross_value
            case "net price":
                return line.net_value / quantity
            case "net price shown":
                return round_to(line.net_value / quantity, 5, Rounding.HALF_UP)
        charge = dict(line.charges).get(f"t.{rest}")
        return charge if charge is not None else _taken(outcome, f"t.{rest}", index)
    if words[0] == "free":
        return sum((free.quantity for free in outcome.free if free.item == words[1]), Fraction(0))
    if what == "order net value":
        return outcome.net_value
    if what == "order invoice value":
        return outcome.invoice_value
    if what == "order discount taken":
        return sum((line.gross_value - line.net_value for line in outcome.lines), Fraction(0))
    if what == "charges":
        return sum((charge.after for charge in outcome.charges), Fraction(0))
    if words[0] == "charge":
        return sum((c.after for c in outcome.charges if c.rule == f"t.{words[1]}"), Fraction(0))
    return sum((_taken(outcome, f"t.{what}", index) for index in range(len(outcome.lines))), Fraction(0))


def _taken(outcome: Outcome, rule: str, index: int) -> Fraction:
    return sum(
        (d.amount for d in outcome.decisions if d.rule == rule and d.line == index and d.because == "taken"),
        Fraction(0),
    )
