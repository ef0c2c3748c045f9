"""In what the numbers of a settlement are counted, and how they are written with it: `EUR 225_000`, `40 carton`, `5%`."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

from rebates.engine.wording import price_text
from rebates.model import nodes as m
from rebates.model import settlement as model
from rebates.model.expressions import dimension
from rebates.model.rebates import Rebate

_PERCENT = re.compile(r"\s*(?:from|above)\s+-?[\d_.]+\s*%")
_CURRENCY = re.compile(r"[A-Z]{3}")


def measure_unit(rule: Rebate, currency: str) -> str:
    """The unit of the measure that chooses the tier: a currency, a unit, `%`, or nothing for a plain number."""
    if not isinstance(rule.worth, m.Tiers):
        return ""
    if any(_PERCENT.match(row.span.text) for row in rule.worth.rows):
        return "%"
    return _unit(rule.worth.measure, currency)


def base_unit(rule: Rebate, currency: str) -> str:
    """The unit of what is paid on."""
    return "" if rule.base is None else _unit(rule.base, currency)


def _unit(expr: m.Expr, currency: str) -> str:
    found = dimension(expr)
    return currency if found.kind == "money" else found.unit or ""


def with_unit(number: str, unit: str) -> str:
    """A number as rule text writes it: the currency before it, another unit behind it."""
    if unit == "%":
        return f"{number}%"
    if _CURRENCY.fullmatch(unit):
        return f"{unit} {number}"
    return f"{number} {unit}".rstrip()


def in_unit(value: Fraction, unit: str, digits: int) -> str:
    """An exact value with its unit; a ratio in per cent."""
    return with_unit(price_text(value * 100 if unit == "%" else value, digits), unit)


def rate_words(cut: model.Cut, on: str, currency: str, digits: int) -> str:
    """The rate of a slice: per cent of money, or an amount per unit; as it stands where it is neither."""
    if cut.rate is None:
        return ""
    if cut.amount == cut.base * cut.rate and cut.base:
        if on == currency:
            return f"{price_text(cut.rate * 100, digits)}%"
        if on:
            return f"{with_unit(price_text(cut.rate, digits), currency)} per {on}"
    return price_text(cut.rate, digits)


def payable_by(due: model.Due) -> date | None:
    """Until when a due is payable: not before it was settled, and no day for what comes back."""
    if due.pay_by is None or due.due <= 0:
        return None
    return max(due.pay_by, due.day)
