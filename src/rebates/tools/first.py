"""A first agreement from a few answers: the rule file, its tables, and examples at and around each threshold.

What the examples expect is reckoned here from the answers alone, by school arithmetic, so that `rebates test` on a new
folder is a real test.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from rebates.model.exact import Rounding, decimal_text, grouped, round_to
from rebates.model.money import minor_digits
from rebates.syntax.format import format_file
from rebates.syntax.keywords import CURRENCIES
from rebates.syntax.source import Source

Mode = Literal["retroactive", "incremental"]

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_UNIT = re.compile(r"[a-z][a-z0-9_]{0,31}")
_TIER = re.compile(r"(\d{1,9})\s*(?:[a-z_]+\s+)?(\d{1,2}(?:\.\d{1,4})?)\s*%")
_MONEY = re.compile(r"\d{1,12}(?:\.\d{1,6})?")


class AnswerError(ValueError):
    """An answer that does not fit: what is wrong and what would be right."""


@dataclass(frozen=True, slots=True)
class Tier:
    """From how many units, and the rate as a ratio."""

    threshold: int
    rate: Fraction


@dataclass(frozen=True, slots=True)
class Answers:
    """What `rebates new` asks."""

    account: str
    title: str
    year: int
    currency: str
    item: str
    unit: str
    price: Fraction
    mode: Mode
    tiers: tuple[Tier, ...]
    margin: Fraction | None  # a guard on the invoice margin, and then a cost
    cost: Fraction | None


def account_id(text: str) -> str:
    """A customer's id."""
    if not _ID.fullmatch(text):
        raise AnswerError(
            f"`{text}` is no customer id: letters, digits, _ and -, beginning with a letter, such as ACME"
        )
    return text


def item_id(text: str) -> str:
    """An article's id."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,63}", text):
        raise AnswerError(f"`{text}` is no article id: letters, digits, _ . / and -, such as COLA-330")
    return text


def title(text: str) -> str:
    """The agreement's title."""
    if not text.strip() or '"' in text or "\n" in text or len(text) > 200:
        raise AnswerError("a title is one line without quotation marks, such as Acme, yearly agreement")
    return text.strip()


def currency(text: str) -> str:
    """A currency by its ISO 4217 code."""
    if text.upper() not in CURRENCIES:
        raise AnswerError(f"`{text}` is no currency code such as EUR or IDR")
    return text.upper()


def year(text: str) -> int:
    """A calendar year."""
    if not (text.isascii() and text.isdecimal() and 1990 <= int(text) <= 2200):
        raise AnswerError(f"`{text}` is no year such as 2026")
    return int(text)


def unit(text: str) -> str:
    """A unit of sale."""
    if not _UNIT.fullmatch(text):
        raise AnswerError(f"`{text}` is no unit: one word in small letters, such as piece or carton")
    return text


def amount(text: str) -> Fraction:
    """A price above zero."""
    plain = text.replace("_", "")
    if not _MONEY.fullmatch(plain) or Fraction(plain) == 0:
        raise AnswerError(f"`{text}` is no price such as 12.50")
    return Fraction(plain)


def mode(text: str) -> Mode:
    """How tiers pay."""
    if text not in ("retroactive", "incremental"):
        raise AnswerError(
            f"`{text}`: say retroactive (the rate reached on everything) or incremental (each part at its own)"
        )
    return "retroactive" if text == "retroactive" else "incremental"


def tiers(text: str) -> tuple[Tier, ...]:
    """Thresholds and rates, such as `50 3%, 200 5.5%`."""
    found = []
    for part in text.split(","):
        match = _TIER.fullmatch(part.strip())
        if match is None:
            raise AnswerError(f"`{part.strip()}` is no tier: a quantity and a rate, such as 50 3%, 200 5.5%")
        found.append(Tier(int(match[1]), Fraction(match[2]) / 100))
    if any(b.threshold <= a.threshold for a, b in pairwise(found)) or found[0].threshold < 1:
        raise AnswerError("thresholds grow from tier to tier, such as 50 3%, 200 5.5%")
    if any(b.rate <= a.rate for a, b in pairwise(found)) or found[-1].rate >= 1:
        raise AnswerError("rates grow from tier to tier and stay below 100%, such as 50 3%, 200 5.5%")
    return tuple(found)


def percent(text: str) -> Fraction:
    """A ratio below one."""
    match = re.fullmatch(r"(\d{1,2}(?:\.\d{1,4})?)\s*%?", text.strip())
    if match is None:
        raise AnswerError(f"`{text}` is no percentage such as 12%")
    return Fraction(match[1]) / 100


def name_of(answers: Answers) -> str:
    """The agreement's name: the customer and the year."""
    return f"{re.sub('[^a-z0-9]+', '_', answers.account.lower()).strip('_')}_{answers.year}"


def files(answers: Answers) -> dict[str, str]:
    """The files of the new folder by name."""
    first = f"{answers.year}-01-01"
    out = {
        f"{name_of(answers)}.rebates": _rules(answers),
        "accounts.csv": f"id,parent\n{answers.account},\n",
        "items.csv": f"id,base_unit,family\n{answers.item},{answers.unit},\n",
        "list_prices.csv": f"item,unit,price,valid_from,valid_to\n"
        f"{answers.item},{answers.unit},{decimal_text(answers.price)},{first},\n",
    }
    if answers.cost is not None:
        out["costs.csv"] = (
            f"item,unit,cost,valid_from,valid_to\n{answers.item},{answers.unit},{decimal_text(answers.cost)},{first},\n"
        )
    return out


def _rules(answers: Answers) -> str:
    """The rule file, laid out as `rebates fmt` does."""
    name = f"{name_of(answers)}.rebates"
    return format_file(Source(name, _text(answers)))


def _text(answers: Answers) -> str:
    width = max(len(str(tier.threshold)) for tier in answers.tiers)
    rows = "\n".join(
        f"      from {tier.threshold:>{width}} {answers.unit}  {decimal_text(tier.rate * 100)}%"
        for tier in answers.tiers
    )
    accepts = ['accept cliff "orders just below a threshold cost more than at it: agreed"'] * (
        answers.mode == "retroactive"
    ) + ['accept splitting "each article is ordered on one line"']
    signed = "".join(f"    {accept}\n" for accept in accepts)
    guard = (
        f'  guard invoice margin >= {decimal_text(answers.margin * 100)}% otherwise approval by "sales director"\n\n'
        if answers.margin is not None
        else ""
    )
    examples = "\n".join(_example(answers, quantity) for quantity in _quantities(answers.tiers))
    return f"""\
# {answers.title}. The tables beside this file hold customers, articles and list prices.

agreement {name_of(answers)} "{answers.title}" {{
  accounts  {answers.account}
  valid     {answers.year}-01-01 to {answers.year}-12-31
  currency  {answers.currency}

  discount volume "Volume discount" {{
{signed}    tiers  {answers.mode} on quantity in {answers.unit} per line {{
{rows}
    }}
  }}

{guard}{examples}
}}
"""


def _quantities(found: Sequence[Tier]) -> list[int]:
    """Just below, at and just above each threshold."""
    return sorted({n for tier in found for n in (tier.threshold - 1, tier.threshold, tier.threshold + 1) if n > 0})


def _example(answers: Answers, quantity: int) -> str:
    gross = _rounded(answers.price * quantity, answers)
    net = _rounded(gross * (1 - _share(answers, quantity)), answers)
    taken = gross - net
    worth = _money(taken, answers) if taken else "nothing"
    rate = next((tier.rate for tier in reversed(answers.tiers) if quantity >= tier.threshold), None)
    if answers.mode == "retroactive" and rate is not None and taken and taken == gross * rate:
        worth = f"{decimal_text(rate * 100)}%"
    return (
        f'  example "{quantity} {answers.unit}" {{\n'
        f'    order on {answers.year}-03-01 {{ {quantity} {answers.unit} of "{answers.item}" }}\n'
        f"    expect discount volume {worth}\n"
        f"    expect order net value {_money(net, answers)}\n  }}"
    )


def _share(answers: Answers, quantity: int) -> Fraction:
    """The part of the gross value that the discount is."""
    if answers.mode == "retroactive":
        return next((tier.rate for tier in reversed(answers.tiers) if quantity >= tier.threshold), Fraction(0))
    whole = Fraction(0)
    for place, tier in enumerate(answers.tiers):
        end = answers.tiers[place + 1].threshold if place + 1 < len(answers.tiers) else quantity
        whole += tier.rate * max(0, min(quantity, end) - tier.threshold)
    return whole / quantity


def _rounded(value: Fraction, answers: Answers) -> Fraction:
    return round_to(value, minor_digits(answers.currency), Rounding.HALF_UP)


def _money(value: Fraction, answers: Answers) -> str:
    return f"{answers.currency} {grouped(value, minor_digits(answers.currency))}"
