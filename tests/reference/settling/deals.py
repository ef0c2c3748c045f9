"""Builds small deals for tests of settling: measures in the language, rebates from nodes; and what was posted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from rebates.model import nodes as m
from rebates.model.folder import load_rules
from rebates.model.history import Posted
from rebates.model.rebates import Gate, Payees, Rebate, Settle
from rebates.model.settlement import Due
from rebates.reference import settle
from rebates.syntax.diagnostics import Report
from rebates.syntax.source import Source, Span
from tests.generated.world import World

F = Fraction
AT = Span(Source("test", ""), 0, 0)
CENT = F(1, 100)


def rules_of(
    body: str, accounts: str = "all, each", valid: str = "2026-01-01 to 2026-12-31", currency: str = "EUR"
) -> m.RuleSet:
    """The rule set of one agreement `t` whose body says measures, facts, item sets and terms."""
    text = f'agreement t "T" {{\n accounts {accounts}\n valid {valid}\n currency {currency}\n{body}\n}}\n'
    report = Report()
    found = load_rules({"t.rebates": text}, World(), report)
    assert found is not None, [d.message for d in report.diagnostics]
    return found


def with_rebates(rules: m.RuleSet, *rebates: Rebate) -> m.RuleSet:
    """The rule set with rebates in its one agreement, placed as they are given."""
    [agreement] = rules.agreements
    placed = tuple(replace(rebate, place=place) for place, rebate in enumerate(rebates))
    return replace(rules, agreements=(replace(agreement, rebates=placed),))


def measure(rules: m.RuleSet, name: str) -> m.MeasureRef:
    return rules.agreements[0].measures[name]


def rebate(name: str, worth: m.Worth, base: m.Expr | None, settle_: Settle | None = None, **more: Any) -> Rebate:
    """A yearly rebate of each account; `more` says what else it has."""
    said: dict[str, Any] = {"scope": m.Scope.ACCOUNT, "window": "year", "kind": "rebate"} | more
    return Rebate(
        id=f"t.{name}", name=name, title=name, agreement="t", place=0, worth=worth, base=base,
        settle=settle_ or settled("yearly"), span=AT, **said,
    )  # fmt: skip


def settled(every: Any, **more: Any) -> Settle:
    return Settle(every, span=AT, **more)


def constant(value: str | Fraction, dimension: m.Dimension = m.NUMBER) -> m.Constant:
    return m.Constant(F(value), dimension, span=AT)


def money(value: str) -> m.Constant:
    return constant(value, m.MONEY)


def percent(value: str) -> m.Reward:
    return m.Reward((m.PercentPiece(constant(F(value) / 100), span=AT),), span=AT)


def lump(value: str) -> m.Reward:
    return m.Reward((m.SumPiece(money(value), m.Scope.ACCOUNT, span=AT),), span=AT)


def fact_lump(rules: m.RuleSet, name: str) -> m.Reward:
    """A fixed sum that is a fact."""
    value = m.AttributeValue(rules.facts[name].attribute, span=AT)
    return m.Reward((m.SumPiece(value, m.Scope.ACCOUNT, span=AT),), span=AT)


def per_unit(value: str, unit: str, kind: Any = "each", size: str = "1") -> m.Reward:
    package = m.Package(kind, F(size), unit, m.Scope.ACCOUNT, span=AT)
    return m.Reward((m.UnitPiece(money(value), package, span=AT),), span=AT)


def flat(reward: m.Reward) -> m.Flat:
    return m.Flat(reward, span=AT)


def tiers(mode: Any, on: m.Expr, *rows: tuple[str, m.Reward], above: bool = False, **more: Any) -> m.Tiers:
    made = tuple(m.Tier(above, F(threshold), reward, span=AT) for threshold, reward in rows)
    said: dict[str, Any] = {"below": None, "without_baseline": None, "continues": False} | more
    return m.Tiers(mode, on, made, span=AT, **said)


def amount(value: m.Expr) -> m.Amount:
    return m.Amount(value, span=AT)


def minus(left: m.Expr, right: m.Expr) -> m.Arithmetic:
    return m.Arithmetic("-", left, right, m.MONEY, span=AT)


def bound(value: m.Expr, on: Any = "amount", scope: m.Scope = m.Scope.ACCOUNT, **more: Any) -> m.Bound:
    return m.Bound(value, on, scope, span=AT, **more)


def gate(condition: m.Condition, failing: Any = "not earned", otherwise: m.Reward | None = None) -> Gate:
    return Gate(condition, failing, otherwise, span=AT)


def at_least(left: m.Expr, right: m.Expr) -> m.Compare:
    return m.Compare(">=", left, right, span=AT)


def by(**said: Any) -> m.Deadline:
    return m.Deadline(span=AT, **said)


def payees(**said: Any) -> Payees:
    return Payees(span=AT, **said)


def day(text: str) -> date:
    """`3-10` of 2026, or a whole date."""
    *year, month, on = map(int, text.split("-"))
    return date(year[0] if year else 2026, month, on)


def sale(
    id: str,
    on: str,
    net: str,
    account: str = "ACME",
    item: str = "COLA",
    quantity: str = "1",
    unit: str = "piece",
    **more: Any,
) -> Posted:
    return Posted(id, "sale", account, day(on), item, F(quantity), unit, "EUR", F(net), **more)


def back(id: str, of: str, on: str, net: str, account: str = "ACME", quantity: str = "-1", **more: Any) -> Posted:
    """A return of a sale: `net` and `quantity` below zero."""
    return Posted(id, "return", account, day(on), "COLA", F(quantity), "piece", "EUR", F(net), of=of, **more)


def paid(id: str, of: str, on: str, account: str = "ACME") -> Posted:
    return Posted(id, "payment", account, day(on), of=of)


def claim(id: str, rule: str, on: str, account: str = "ACME", of: str | None = None) -> Posted:
    return Posted(id, "claim", account, day(on), name=rule, value=id, of=of)


def fact(id: str, name: str, on: str, value: Any, account: str = "ACME") -> Posted:
    return Posted(id, "fact", account, day(on), name=name, value=value)


def dues(rules: m.RuleSet, posted: list[Posted], first: str = "1-1", last: str = "12-31", **more: Any) -> list[Due]:
    [found] = settle(rules, "t", posted, day(first), day(last), **more)
    return list(found.dues)


def amounts(found: list[Due], rule: str | None = None) -> list[Fraction]:
    """What falls due, in the order of days."""
    return [due.due for due in sorted(found, key=lambda due: due.day) if rule is None or due.rule == f"t.{rule}"]


def told(row: object, *fields: str) -> tuple[object, ...]:
    """Some fields of a row."""
    return tuple(getattr(row, field) for field in fields)
