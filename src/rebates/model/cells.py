"""The cells of tables: exact values from text, from a program, or from a typed file."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from math import isfinite, isnan
from typing import Literal

from rebates.model.calendar import parse_date
from rebates.model.exact import MOST_AFTER_POINT, ExactError, decimal_text, parse_number, to_fraction
from rebates.model.money import is_currency, money_from_text

Cell = str | Fraction | date | None
Kind = Literal["text", "number", "percent", "money", "date", "quantity"]

_SAFE_DOUBLE = 2**53  # above it, neighbouring whole numbers are one and the same double


def is_empty(value: object) -> bool:
    """Whether a cell has nothing in it."""
    return value is None or (isinstance(value, str) and not value.strip())


def shown(value: object) -> str:
    """A cell as messages show it, cut where it is long."""
    text = str(value).strip() if value is not None else ""
    return text if len(text) <= 40 else text[:40] + "…"


def text_of(value: object) -> str | None:
    """A cell as text, without blanks around it, "" if empty; None for what has no exact text, such as a float."""
    match value:
        case None:
            return ""
        case str():
            return value.strip()
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal() if value.is_finite():
            return format(value, "f")
        case Fraction():
            try:
                return decimal_text(value)
            except ExactError:
                return None
        case date():
            return value.isoformat()
        case _:
            return None


def typed_cell(kind: Kind, unit: str | None, value: object) -> tuple[Cell, str]:
    """The typed value of a cell that is not empty and "", or None and what was expected instead.

    A percent from text has its sign (`5.5%`); a typed file or a program gives it as a number, the ratio 0.055. Numbers of
    a program are int, Decimal or Fraction; a float is refused (1.1).
    """
    made = _exact(kind, unit, value.strip() if isinstance(value, str) else value)
    if made is not None:
        return made, ""
    expected = {
        "date": "a date such as `2026-03-31`",
        "percent": "a percent such as `5.5%`",
        "money": "an amount such as `96000` or `96_000.50`",
        "quantity": f"a number of {unit}" if unit else "a number",
        "number": "a number such as `12.5`",
        "text": "a text",
    }
    return None, expected[kind]


def _exact(kind: Kind, unit: str | None, value: object) -> Cell:
    try:
        match kind:
            case "text":
                return text_of(value)
            case "date":
                if isinstance(value, datetime):
                    return value.date()
                return value if isinstance(value, date) else parse_date(str(value))
            case "percent" if isinstance(value, str):
                return parse_number(value[:-1].rstrip()) / 100 if value.endswith("%") else None
            case "quantity" if isinstance(value, str) and unit is not None:
                return parse_number(value.removesuffix(f" {unit}"))
            case _:
                return to_fraction(value, "the cell")
    except ValueError:
        return None


def split_currency(value: object) -> tuple[str | None, object]:
    """`EUR 12.50` as its currency and what is left; a value without a currency stays as it is."""
    if isinstance(value, str) and is_currency(value.strip()[:3]):
        try:
            return money_from_text(value.strip())
        except ExactError:
            return None, value
    return None, value


def exact_cell(value: object) -> object:
    """A cell of a typed file (Parquet, XLSX), where many real files keep decimals as doubles.

    A double whose shortest text has at most 12 decimals counts as that text: the number a person sees in the file. Others
    stay floats, and are refused where an exact value is declared. Not-a-number, which data frames write for a missing
    value, is an empty cell. This is the only place where a double becomes a number.
    """
    if not isinstance(value, float):
        return value
    if isnan(value):
        return None
    if not isfinite(value) or abs(value) >= _SAFE_DOUBLE:
        return value
    if value.is_integer():
        return int(value)
    number = Decimal(repr(value))
    exponent = number.as_tuple().exponent
    return number if isinstance(exponent, int) and -exponent <= MOST_AFTER_POINT else value
