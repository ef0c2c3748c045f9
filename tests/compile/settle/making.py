"""Nodes of rebates built by hand, and postings, for tests of settling."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from rebates.model.calendar import PLAIN
from rebates.model.history import Posted
from rebates.model.master import Master
from rebates.model.nodes import (
    MONEY,
    NUMBER,
    Agreement,
    Attribute,
    Bound,
    Compare,
    Constant,
    Dimension,
    Expr,
    Fact,
    Flat,
    MeasureRef,
    OneOf,
    Package,
    PercentPiece,
    Reward,
    Rounding,
    RuleSet,
    Scope,
    SumPiece,
    Tier,
    Tiers,
    Total,
    UnitPiece,
    Who,
)
from rebates.model.rebates import Rebate, Settle
from rebates.model.tables import Table
from rebates.syntax.source import Source, Span

SPAN = Span(Source("deal.rebates", "rebate"), 0, 6)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def f(text: str | int) -> Fraction:
    return Fraction(text)


def day(text: str) -> date:
    return date.fromisoformat(text)


def money(amount: str | int) -> Constant:
    return Constant(f(amount), MONEY, span=SPAN)


def ratio(text: str) -> Constant:
    return Constant(f(text), NUMBER, span=SPAN)


def percent(text: str) -> Reward:
    return Reward((PercentPiece(Constant(f(text) / 100, NUMBER, span=SPAN), span=SPAN),), span=SPAN)


def lump(amount: str | int, scope: Scope = Scope.ACCOUNT) -> Reward:
    return Reward((SumPiece(money(amount), scope, span=SPAN),), span=SPAN)


def per(amount: str, unit: str, kind: Any = "each", size: int = 1) -> Reward:
    return Reward(
        (UnitPiece(money(amount), Package(kind, f(size), unit, Scope.ACCOUNT, span=SPAN), span=SPAN),), span=SPAN
    )


def net(window: Any = "year", scope: Scope = Scope.ACCOUNT, where: Any = None) -> Total:
    return Total("net", MONEY, scope, window, where=where, key=f"net {scope} {window}", span=SPAN)


def pieces(window: Any = "year", unit: str = "piece", scope: Scope = Scope.ACCOUNT) -> Total:
    return Total("quantity", Dimension("quantity", unit), scope, window, unit=unit, key="quantity", span=SPAN)


def measure(name: str, value: Expr) -> MeasureRef:
    return MeasureRef(name, value, MONEY, span=SPAN)


def tiers(mode: Any, on: Expr, *rows: tuple[str | int, Reward], above: bool = False) -> Tiers:
    made = tuple(Tier(above, f(threshold), reward, span=SPAN) for threshold, reward in rows)
    return Tiers(mode, on, made, None, None, False, span=SPAN)


def flat(reward: Reward) -> Flat:
    return Flat(reward, span=SPAN)


def family(name: str) -> OneOf:
    return OneOf(Attribute("item", "family", Dimension("text"), span=SPAN), (name,), False, span=SPAN)


def channel(name: str) -> OneOf:
    return OneOf(Attribute("line", "channel", Dimension("text"), span=SPAN), (name,), False, span=SPAN)


def compare(left: Expr, op: Any, right: Expr) -> Compare:
    return Compare(op, left, right, span=SPAN)


def bound(value: Expr, on: Any = "amount", scope: Scope = Scope.ACCOUNT, window: Any = None) -> Bound:
    return Bound(value, on, scope, window, span=SPAN)


def rebate(name: str, worth: Any, base: Expr | None, every: Any = "yearly", **more: Any) -> Rebate:
    settle = more.pop("settle", None) or Settle(every, span=SPAN)
    place = more.pop("place", 1)
    return Rebate(
        f"deal.{name}", more.pop("kind", "rebate"), name, name, "deal", place,
        more.pop("scope", Scope.ACCOUNT), more.pop("window", "year"), worth, base, settle, span=SPAN, **more,
    )  # fmt: skip


def deal(*rebates: Rebate, who: Who | None = None, valid: tuple[date, date] = YEAR, **more: Any) -> RuleSet:
    """A rule set of one agreement in euros."""
    agreement = Agreement(
        "deal", "Deal", who or Who("all", None, None, False, span=SPAN), *valid, "EUR", "Europe/Berlin",
        more.pop("calendar", PLAIN), None, None, (), more.pop("stages", ()), Rounding(), (), (), (),
        rebates=rebates, funds=more.pop("funds", ()), terms=more.pop("terms", ()), measures={}, span=SPAN,
    )  # fmt: skip
    tables: dict[str, Table] = more.pop("tables", {})
    facts: dict[str, Fact] = more.pop("facts", {})
    return RuleSet((agreement,), {}, Master(tables), "0" * 64, facts=facts)


def sale(id: str, account: str, on: str, amount: str | int, quantity: str | int = 1, **more: Any) -> Posted:
    return Posted(
        id, more.pop("kind", "sale"), account, day(on), more.pop("item", "COLA"), f(quantity), more.pop("unit", "piece"),
        more.pop("currency", "EUR"), f(amount), **more,
    )  # fmt: skip


def back(id: str, of: str, account: str, on: str, amount: str | int, quantity: str | int = -1, **more: Any) -> Posted:
    return sale(id, account, on, amount, quantity, kind="return", of=of, **more)
