"""Slips that a pricing manager makes at the keyboard, each with what was meant.

A mistake is one lexeme; the parser never sees it, only the right text that `fix` gives for it. An edit that could
change what someone is paid is never applied without asking (`asks`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from rebates.syntax.keywords import CURRENCIES

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAME = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)"
)
_SCALES = {"k": 3, "K": 3, "M": 6, "m": 6, "mio": 6, "million": 6, "bn": 9, "B": 9, "billion": 9, "thousand": 3}
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "Rp": "IDR", "Rs": "INR"}
_OPERATORS = {
    "&&": "and",
    "||": "or",
    "==": "=",
    "=>": ">=",
    "=<": "<=",
    "≥": ">=",
    "≤": "<=",
    "≠": "is not",
    "!=": "is not",
    "<>": "is not",
    "×": "*",
    "÷": "/",
    "\u2212": "-",
    "\u2013": "-",
    "\u2014": "-",
    "[": "(",
    "]": ")",
    ";": "",
    ":": "",
    "!": "not",
    "'": "",
    "&": "and",
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """A slip: how it looks, what is wrong, and the text that was meant ("" where nothing has to stand there)."""

    name: str
    pattern: str
    what: str  # the message; `{}` is the text as written
    fix: Callable[[str], str]
    asks: bool = False  # the edit changes a number or a meaning
    first: bool = False  # must be tried before the right lexemes


def group(digits: str) -> str:
    """`1000000` as `1_000_000`."""
    return f"{int(digits):_}"


def _digits(text: str) -> str:
    """The number that a text starts with."""
    return text[: len(text) - len(text.lstrip("0123456789_."))]


def _numeral(text: str) -> str:
    return text[: len(text) - len(text.lstrip("0123456789"))]


def _grouped(text: str) -> str:
    whole, _, decimals = re.sub(r"[ \t%]", "", text).partition(".")
    digits = re.sub(r"[^\d]", "", whole)
    return group(digits) + (f".{decimals}" if decimals else "") + ("%" if "%" in text else "")


def _european(text: str) -> str:
    whole, _, decimals = re.sub(r"[ \t%]", "", text).partition(",")
    return group(whole.replace(".", "")) + (f".{decimals}" if decimals else "") + ("%" if "%" in text else "")


def _decimal_comma(text: str) -> str:
    return re.sub(r"[ \t]", "", text).replace(",", ".")


def _letter_o(text: str) -> str:
    return re.sub("[oO]", "0", text)


def _percent_word(text: str) -> str:
    return _digits(text) + "%"


def _percent_first(text: str) -> str:
    return text[1:].strip() + "%"


def _scaled(text: str) -> str:
    number = _digits(text)
    scale = text[len(number) :].strip()
    whole, _, decimals = number.replace("_", "").partition(".")
    zeros = _SCALES[scale]
    return group(whole + decimals.ljust(zeros, "0")[:zeros]) + (f".{decimals[zeros:]}" if decimals[zeros:] else "")


def _glued_unit(text: str) -> str:
    return re.sub(r"^([\d_.]*\d)_?", r"\1 ", text)


def _glued_currency(text: str) -> str:
    return f"{text[:3]} {text[3:]}"


def _sign(text: str) -> str:
    sign = next(s for s in _SIGNS if text.startswith(s))
    amount = text[len(sign) :].lstrip(". \t")
    return f"{_SIGNS[sign]} {amount}"


def _currency_behind(text: str) -> str:
    amount, currency = text.split()
    return f"{currency} {amount}"


def _decimal_comma_amount(text: str) -> str:
    return text.replace(",", ".")


def _written_date(text: str) -> str:
    day, year = re.findall(r"\d+", text)
    month = _MONTHS.index(re.sub(r"[^A-Za-z]", "", text)[:3].lower()) + 1
    return f"{year}-{month:02}-{int(day):02}"


def _slashed_date(text: str) -> str:
    parts = [int(p) for p in re.split(r"[/.]", text)]
    year, month, day = parts if parts[0] > 31 else reversed(parts)
    return f"{year:04}-{month:02}-{day:02}"


def _range(text: str) -> str:
    return _digits(text)


def _quoted(text: str) -> str:
    return '"' + text[1:-1].replace('"', "") + '"'


def _closed(text: str) -> str:
    return re.sub(r"\s*\{?\s*$", "", text) + '"' + (" {" if text.rstrip().endswith("{") else "")


def _comment(text: str) -> str:
    return "# " + text[2:].strip()


def _operator(text: str) -> str:
    return _OPERATORS[text]


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return plain if re.match(r"[A-Za-z_]", plain) else "_" + plain


def _nothing(text: str) -> str:
    return ""


MISTAKES: tuple[Mistake, ...] = (
    Mistake("slashes", r"//[^\n]*", "a comment starts with `#`", _comment, first=True),
    Mistake(
        "month_name",
        rf"\d\d?\s+{_MONTH_NAME}\.?,?\s+\d{{4}}\b",
        "a date is written year-month-day",
        _written_date,
        first=True,
    ),
    Mistake(
        "month_first",
        rf"{_MONTH_NAME}\.?\s+\d\d?,?\s+\d{{4}}\b",
        "a date is written year-month-day",
        _written_date,
        first=True,
    ),
    Mistake(
        "slashed_date",
        r"(?:\d\d?/\d\d?/\d{4}|\d\d?\.\d\d?\.\d{4}|\d{4}/\d\d?/\d\d?)(?![\w.])",
        "a date is written year-month-day",
        _slashed_date,
        asks=True,
        first=True,
    ),
    Mistake(
        "dotted_groups",
        r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?[ \t]*%?(?![\w.])",
        "digits are grouped with `_`, and a point starts the decimals",
        _european,
        asks=True,
        first=True,
    ),
    Mistake(
        "comma_groups",
        r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\w)[ \t]*%?",
        "digits are grouped with `_`, not with a comma",
        _grouped,
        first=True,
    ),
    Mistake("decimal_comma", r"\d+,\d+[ \t]*%", "decimals follow a point, not a comma", _decimal_comma, first=True),
    Mistake(
        "decimal_comma_amount",
        r"[A-Z]{3}[ \t]+\d+,\d{1,2}(?!\w)",
        "decimals follow a point, not a comma",
        _decimal_comma_amount,
        first=True,
    ),
    Mistake(
        "currency_behind",
        rf"\d[\d_]*(?:\.\d+)?[ \t]+(?:{'|'.join(sorted(CURRENCIES))})\b(?![ \t]*\d)",
        "the currency stands before its amount",
        _currency_behind,
        asks=True,
        first=True,
    ),
    Mistake(
        "letter_o",
        r"\d[\d_]*[oO][\doO_]*(?![A-Za-z])[ \t]*%?",
        "`{}` has a letter O among its digits",
        _letter_o,
        asks=True,
        first=True,
    ),
    Mistake(
        "percent_word",
        r"\d[\d_]*(?:\.\d+)?[ \t]*(?:per[ \t]?cent|percent|pct)\b",
        "a rate is written with `%`",
        _percent_word,
        first=True,
    ),
    Mistake(
        "scale",
        r"\d[\d_]*(?:\.\d+)?(?:k|K|M|mio|bn|B)\b|\d[\d_]*(?:\.\d+)?[ \t]+(?:million|billion|thousand)\b",
        "a number is written with all its digits",
        _scaled,
        asks=True,
        first=True,
    ),
    Mistake(
        "range",
        r"\d[\d_]*(?:\.\d+)?[-\u2013]\d[\d_]*(?:\.\d+)?(?![\w.-])",
        "`{}` is not a threshold: a tier starts at its bound and ends where the next one starts",
        _range,
        asks=True,
        first=True,
    ),
    Mistake(
        "glued_currency",
        r"(?:[A-Z]{3})(?=\d)\d[\d_]*(?:\.\d+)?(?![\w.])",
        "a blank is missing between the currency and its amount",
        _glued_currency,
        first=True,
    ),
    Mistake(
        "sign",
        r"(?:[$€£¥₹]|R[ps]\.?)[ \t]*\d[\d_]*(?:\.\d+)?(?![\w.])",
        "a currency is written with its three letters",
        _sign,
        asks=True,
        first=True,
    ),
    Mistake(
        "foreign_letters",
        r"\w*(?:[\u00aa-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\ufaff]+\w*)+",
        "a name is written with the letters a to z, digits and `_`",
        _ascii,
        asks=True,
        first=True,
    ),
    Mistake(
        "operator",
        r"&&|\|\||==|=>|=<|!=|<>|[≥≤≠×÷\u2212\u2013\u2014\[\];:!&]",
        "`{}` is not a sign of the language",
        _operator,
        first=True,
    ),
    Mistake(
        "percent_first", r"%[ \t]*\d[\d_]*(?:\.\d+)?(?![\w.])", "the percent sign follows its number", _percent_first
    ),
    Mistake(
        "glued_unit",
        r"\d(?:[\d_]*\d)?(?:\.\d+)?[A-Za-z]\w*",
        "a blank is missing between the number and its unit",
        _glued_unit,
    ),
    Mistake("numeral", r"\d[\w.]*", "`{}` is not a number", _numeral, asks=True),
    Mistake(
        "curly_quotes",
        '[“”„][^“”„"\n]*[“”"]|"[^"\n“”]*[“”](?![^\n"]*")',
        'a text stands in straight quotes `"`',
        _quoted,
    ),
    Mistake("single_quotes", r"'[^'\n\"]*'|[‘’][^‘’'\n\"]*[‘’']", 'a text stands in double quotes `"`', _quoted),
    Mistake("open_quote", r"[\"“”„][^\n]*", 'the closing quote `"` of this text is missing', _closed, asks=True),
    Mistake(
        "control",
        r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2028-\u202f\u2060-\u206f]",
        "an invisible character stands here",
        _nothing,
    ),
)

BY_NAME = {mistake.name: mistake for mistake in MISTAKES}
