"""Small hand-built rule sets: model nodes without a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from rebates.model.calendar import Calendar
from rebates.model.master import SCHEMAS, Master
from rebates.model.nodes import (
    MONEY,
    NUMBER,
    PRICE,
    TEXT,
    Agreement,
    Attribute,
    Base,
    Constant,
    Dimension,
    Expr,
    Flat,
    OneOf,
    Package,
    PercentPiece,
    Piece,
    PricePiece,
    Reward,
    Rounding,
    Rule,
    RuleSet,
    Scope,
    Stage,
    SumPiece,
    Tier,
    Tiers,
    Total,
    UnitPiece,
    When,
    Who,
)
from rebates.model.orders import LineIn, OrderIn
from rebates.model.tables import Column, Table, TableSchema, raw_rows, typed_table
from rebates.syntax.diagnostics import Report
from rebates.syntax.source import Source, Span

SPAN = Span(Source("hand.rebates", "-"), 0, 1)
DAY = date(2026, 3, 10)


def n(text: str | int) -> Fraction:
    """An exact number; `5%` is a ratio."""
    text = str(text)
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def ratio(text: str) -> Constant:
    return Constant(n(text), NUMBER, span=SPAN)


def money(text: str | int) -> Constant:
    return Constant(n(text), MONEY, span=SPAN)


def percent(text: str, of: Expr | None = None) -> PercentPiece:
    return PercentPiece(ratio(text), of, span=SPAN)


def lump(text: str | int, scope: Scope = Scope.ORDER) -> SumPiece:
    return SumPiece(money(text), scope, span=SPAN)


def each(amount: str | int, unit: str, size: str | int = 1) -> UnitPiece:
    return UnitPiece(money(amount), Package("each", n(size), unit, Scope.LINE, span=SPAN), span=SPAN)


def full(amount: str | int, unit: str, size: str | int = 1, scope: Scope = Scope.LINE) -> UnitPiece:
    return UnitPiece(money(amount), Package("full", n(size), unit, scope, span=SPAN), span=SPAN)


def price(amount: str | int, unit: str | None = None) -> PricePiece:
    return PricePiece(Constant(n(amount), PRICE, unit, span=SPAN), unit, span=SPAN)


def reward(*pieces: Piece) -> Reward:
    return Reward(pieces, span=SPAN)


def flat(*pieces: Piece) -> Flat:
    return Flat(reward(*pieces), span=SPAN)


def quantity(unit: str, scope: Scope = Scope.LINE) -> Total:
    return Total("quantity", Dimension("quantity", unit), scope, unit=unit, span=SPAN)


def amount(what: Any, scope: Scope = Scope.ORDER, **more: Any) -> Total:
    return Total(what, MONEY, scope, span=SPAN, **more)


def tiers(mode: Any, measure: Expr, *rows: tuple[str | int, Piece] | tuple[str, str | int, Piece]) -> Tiers:
    """Rows `(bound, piece)`, the bound itself in, or `("above", bound, piece)`."""
    made = []
    for row in rows:
        above, bound, piece = (True, row[1], row[2]) if len(row) == 3 else (False, *row)
        made.append(Tier(above, n(bound), reward(piece), span=SPAN))
    return Tiers(mode, measure, tuple(made), None, None, False, span=SPAN)


def attribute(path: str, **more: Any) -> Attribute:
    subject: Any
    subject, name = path.split(".")
    return Attribute(subject, name, TEXT, span=SPAN, **more)


def is_(path: str, *values: str, **more: Any) -> When:
    return When(OneOf(attribute(path, **more), values, False, span=SPAN), span=SPAN)


BASE = Base("running", Scope.LINE, span=SPAN)


def rule(name: str, worth: Any, kind: Any = "discount", **more: Any) -> Rule:
    agreement = str(more.pop("agreement", "deal"))
    stage = more.pop("stage", {"price": "", "discount": "discounts", "charge": "charges"}[kind])
    settings: dict[str, Any] = {
        "priority": None, "first": None, "last": None, "dated_by": "order", "when": (), "codes": (),
        "base": BASE, "decides": Scope.LINE, "place": 0, **more,
    }  # fmt: skip
    return Rule(
        id=f"{agreement}.{name}", kind=kind, name=name, title=name, agreement=agreement, stage=stage, worth=worth,
        span=SPAN, **settings,
    )  # fmt: skip


DISCOUNTS = Stage("discounts", "best", "running", False, span=SPAN)
CHARGES = Stage("charges", "sum", "running", False, span=SPAN)


def stage(name: str, combine: Any, base: Any = "running") -> Stage:
    return Stage(name, combine, base, False, span=SPAN)


def agreement(name: str, *rules: Rule, **more: Any) -> Agreement:
    settings: dict[str, Any] = {
        "title": name, "who": Who("all", None, None, False, span=SPAN), "first": date(2026, 1, 1),
        "last": date(2026, 12, 31), "currency": "EUR", "zone": "UTC", "calendar": Calendar(), "owner": None,
        "review": None, "adds_to": (), "stages": (DISCOUNTS, CHARGES), "rounding": Rounding(),
        "guards": (), "examples": (), "measures": MappingProxyType({}), **more,
    }  # fmt: skip
    return Agreement(name=name, rules=rules, span=SPAN, **settings)


def who(kind: Any, name: str | None = None) -> Who:
    return Who(kind, name, None, False, span=SPAN)


def table(
    name: str, keys: Iterable[str], column: str, rows: Iterable[Mapping[str, object]], kind: Any = "money"
) -> Table:
    columns = (*(Column(key, "key") for key in keys), Column(column, "reward", kind))
    report = Report()
    made = typed_table(TableSchema(name, columns), raw_rows(name, rows), "EUR", report, f"{name}.csv")
    assert not report.diagnostics
    return made


def master(**tables: Iterable[Mapping[str, object]]) -> Master:
    report = Report()
    made = {
        name: typed_table(SCHEMAS[name], raw_rows(name, rows), None, report, f"{name}.csv")
        for name, rows in tables.items()
    }
    assert not report.diagnostics, report.diagnostics
    return Master(made)


PLAIN = master(
    items=[
        {"id": "COLA", "base_unit": "piece", "family": "DRINK"},
        {"id": "NUTS", "base_unit": "piece", "family": "SNACK"},
    ],
    units=[
        {"item": "COLA", "unit": "carton", "factor": "24", "of": ""},
        {"item": "NUTS", "unit": "carton", "factor": "60", "of": ""},
    ],
    list_prices=[
        {"item": "COLA", "unit": "carton", "price": "10", "valid_from": "2026-01-01", "valid_to": ""},
        {"item": "NUTS", "unit": "piece", "price": "0.333", "valid_from": "2026-01-01", "valid_to": ""},
    ],
    costs=[{"item": "COLA", "unit": "carton", "cost": "6", "valid_from": "2026-01-01", "valid_to": ""}],
)


def rule_set(*agreements: Agreement, master: Master = PLAIN, tables: Mapping[str, Table] | None = None) -> RuleSet:
    """Rules get their place in the order given."""
    placed, place = [], 0
    for each_agreement in agreements:
        rules = []
        for each_rule in each_agreement.rules:
            rules.append(replace(each_rule, place=place))
            place += 1
        placed.append(replace(each_agreement, rules=tuple(rules)))
    return RuleSet(tuple(placed), tables or {}, master, "by hand")


def line(quantity: str | int, unit: str = "carton", item: str = "COLA", **more: Any) -> LineIn:
    return LineIn(item, n(quantity), unit, **more)


def order(*lines: LineIn, account: str = "ACME", day: date = DAY, **more: Any) -> OrderIn:
    return OrderIn(account, day, lines, **more)
