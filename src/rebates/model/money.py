"""Currencies by ISO 4217 and amounts of money as results show them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache

from rebates.model.exact import ExactError, grouped, parse_number


@cache
def _minor_units() -> dict[str, int]:
    from iso4217 import Currency  # its table is read when a currency is first asked for

    return {currency.code: currency.exponent for currency in Currency if currency.exponent is not None}


def is_currency(code: str) -> bool:
    """Whether ISO 4217 lists the code as money: metals, funds and test codes have no minor unit and are none (2.1)."""
    return code in _minor_units()


def currencies() -> tuple[str, ...]:
    """All codes, in order."""
    return tuple(sorted(_minor_units()))


def minor_digits(currency: str) -> int:
    """Decimals of the currency's smallest unit: 2 for EUR, 0 for JPY, 3 for KWD. Raises ExactError for no currency."""
    digits = _minor_units().get(currency)
    if digits is None:
        raise ExactError(f"`{currency[:40]}` is no currency such as `EUR`")
    return digits


def shown_digits(value: Fraction, currency: str) -> int | None:
    """The decimals to show an amount with: those of its currency; None, for as many as it has, where these are too few."""
    digits = minor_digits(currency)
    return digits if (value * 10**digits).denominator == 1 else None


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in a currency, in major units."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        digits = self.amount.as_tuple().exponent
        assert isinstance(digits, int)
        return f"{self.currency} {grouped(Fraction(self.amount), max(0, -digits))}"


def money_from_text(text: str) -> tuple[str, Fraction]:
    """`IDR 96_000` as currency and amount. Raises ExactError."""
    currency, blank, number = text.partition(" ")
    if not blank or not (len(currency) == 3 and currency.isascii() and is_currency(currency)):
        raise ExactError(f"`{text[:40]}` is not an amount such as `EUR 12.50`")
    return currency, parse_number(number)
