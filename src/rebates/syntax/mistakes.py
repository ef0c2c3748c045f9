"""Slips that a pricing manager makes at the keyboard, each with what was meant.

A mistake is one lexeme; the parser never sees it, only the right text that `fix` gives for it. An edit that could
change what someone is paid is never applied without asking (`asks`).
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass

from rebates.syntax.keywords import CURRENCIES

# the first letters of the months in English, German and Indonesian
_MONTHS = {
    month: number
    for number, names in enumerate(
        (
            "jan",
            "feb",
            "mar mär",
            "apr",
            "may mai mei",
            "jun",
            "jul",
            "aug agu",
            "sep",
            "oct okt",
            "nov",
            "dec dez des",
        ),
        start=1,
    )
    for month in names.split()
}
_MONTH_NAME = (
    r"(?:Jan(?:uary?|uari)?|Feb(?:ruary?|ruari)?|Mar(?:ch|et)?|März|Apr(?:il)?|May|Mai|Mei|June?|Juni|July?|Juli"
    r"|Aug(?:ust)?|Agu(?:stus)?|Sept?(?:ember)?|O[ck]t(?:ober)?|Nov(?:ember)?|De[czs](?:ember)?)"
)
_SCALES = {"k": 3, "K": 3, "M": 6, "m": 6, "mio": 6, "million": 6, "bn": 9, "B": 9, "billion": 9, "thousand": 3}
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "Rp": "IDR", "Rs": "INR"}
# whose attribute is meant
_SUBJECTS = {
    "items": "item",
    "product": "item",
    "products": "item",
    "accounts": "account",
    "customer": "account",
    "customers": "account",
    "orders": "order",
    "lines": "line",
}
# unseen in a text or comment, or making it look like another: controls, line ends of other kinds, direction overrides
_HIDDEN = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\u202a-\u202e\u2066-\u2069"
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
    "->": "",
    "|": "",
    "→": "",
    # of a Chinese or Japanese keyboard
    "，": ",",
    "、": ",",
    "。": "",
    "；": "",
    "：": "",
    "（": "(",
    "）": ")",
    "＝": "=",
    "＞": ">",
    "＜": "<",
    "＋": "+",
    "－": "-",
    "＊": "*",
    "／": "/",
    "｛": "{",
    "｝": "}",
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """A slip: how it looks, what is wrong, and the text that was meant ("" where nothing has to stand there)."""

    name: str
    code: str
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


def _decimal_comma_bare(text: str) -> str:
    return text.replace(",", ".") + "%"


def _blank_groups(text: str) -> str:
    currency = text[:3] + " " if text[:1].isalpha() else ""
    whole, point, decimals = text[len(currency) and 3 :].replace(",", ".").partition(".")
    return currency + group(re.sub(r"\D", "", whole)) + point + decimals


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
    if text == sign:
        return _SIGNS[sign]
    amount = text[len(sign) :].lstrip(". \t")
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", amount) and sign in (
        "Rp",
        "€",
    ):  # as it is written where they pay in it
        amount = _european(amount)
    return f"{_SIGNS[sign]} {amount}"


def _currency_behind(text: str) -> str:
    amount = _digits(text)
    currency = text[len(amount) :].strip()
    return f"{_SIGNS.get(currency, currency)} {amount}"


def _decimal_comma_amount(text: str) -> str:
    return text.rstrip(",-").replace(",", ".")


def _written_date(text: str) -> str:
    day, year = re.findall(r"\d+", text)
    month = _MONTHS[re.sub(r"[^A-Za-zä]", "", text)[:3].lower()]
    return f"{year}-{month:02}-{int(day):02}"


def _slashed_date(text: str) -> str:
    parts = [int(p) for p in re.split(r"[/.-]", text)]
    year, month, day = parts if parts[0] > 31 else reversed(parts)
    return f"{year:04}-{month:02}-{day:02}"


def near_date(text: str) -> str:
    """The nearest day of the calendar."""
    digits, month, day = (int(part) for part in text.split("-"))
    written = max(int(str(digits).ljust(4, "0")[:4]), 1000)
    if 1 <= day <= 12 < month <= 31:  # the day stands before the month
        month, day = day, month
    month = min(max(month, 1), 12)
    return f"{written:04}-{month:02}-{min(max(day, 1), monthrange(written, month)[1]):02}"


def _written_out(text: str) -> str:
    """`1.5e3` as `1_500`; what is too large or small to be a number here as `1`."""
    number, _, exponent = re.sub("[%_ \t]", "", text).lower().partition("e")
    sign = "%" if text.endswith("%") else ""
    if len(exponent) > 3 or not -12 <= int(exponent) <= 18:  # never worked out where it would take long
        return f"1{sign}"
    whole, _, decimals = number.partition(".")
    digits, point = whole + decimals, len(whole) + int(exponent)
    digits = digits.rjust(len(digits) - min(point - 1, 0), "0").ljust(max(point, 0), "0")
    point = max(point, 1)
    return group(digits[:point]) + (f".{digits[point:]}" if digits[point:].strip("0") else "") + sign


def _plain_digits(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _underscored(text: str) -> str:
    return text.replace("-", "_")


def _range(text: str) -> str:
    return _digits(text)


def _quoted(text: str) -> str:
    return '"' + text[1:-1].replace('"', "") + '"'


def _single(text: str) -> str:
    return '"' + text.strip('"«»‹›「」『』 \u00a0') + '"'


def _quote_late(text: str) -> str:
    return '"' + text.replace('"', "") + '"'


def _day_of(text: str) -> str:
    return text[:10]


def _closed(text: str) -> str:
    return re.sub(r"\s*\{?\s*$", "", text) + '"' + (" {" if text.rstrip().endswith("{") else "")


def _comment(text: str) -> str:
    return "# " + text[2:].strip()


def _operator(text: str) -> str:
    return _OPERATORS[text]


def _per(text: str) -> str:
    return f" per {text.lstrip('/ ')}"


def _of_one(text: str) -> str:
    subject, _, name = text.partition(".")
    return f"{_SUBJECTS[subject]}.{name}"


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _is_text(text: str) -> str:
    return "is " + text.lstrip("= \t")


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return plain if re.match(r"[A-Za-z_]", plain) else "_" + plain


def _without_hidden(text: str) -> str:
    return re.sub(f"[{_HIDDEN}]", "", text)


def _nothing(text: str) -> str:
    return ""


MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "doubled_quotes",
        "R0050",
        r'""\w[^"\r\n]*""|«[^«»"\r\n]*»|‹[^‹›"\r\n]*›|[「『][^「」『』"\r\n]*[」』]',
        "a text stands in one pair of straight quotes",
        _single,
        first=True,
    ),
    Mistake(
        "early_quote",
        "R0051",
        r'"[^"\r\n]*"\w+(?![\w"{])',
        "the closing quote of this text stands too early",
        _quote_late,
        asks=True,
        first=True,
    ),
    Mistake(
        "moment",
        "R0052",
        r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?(?![\w:])",
        "a day is written without a time",
        _day_of,
        asks=True,
        first=True,
    ),
    Mistake("slashes", "R0020", r"//[^\n]*", "a comment starts with `#`", _comment, first=True),
    Mistake(
        "month_name",
        "R0021",
        rf"\d\d?\.?\s+{_MONTH_NAME}\.?,?\s+\d{{4}}\b",
        "a date is written year-month-day",
        _written_date,
        first=True,
    ),
    Mistake(
        "month_first",
        "R0022",
        rf"{_MONTH_NAME}\.?\s+\d\d?,?\s+\d{{4}}\b",
        "a date is written year-month-day",
        _written_date,
        first=True,
    ),
    Mistake(
        "slashed_date",
        "R0023",
        r"(?:\d\d?/\d\d?/\d{4}|\d\d?\.\d\d?\.\d{4}|\d\d?-\d\d?-\d{4}|\d{4}/\d\d?/\d\d?)(?![\w.])",
        "a date is written year-month-day",
        _slashed_date,
        asks=True,
        first=True,
    ),
    Mistake(
        "near_date",
        "R0046",
        r"(?!\d{4}-\d\d-\d\d(?![\w-]))\d{3,6}-\d{1,3}-\d{1,3}(?![\w.-])",
        "`{}` is no date: a year has four digits, month and day have two",
        near_date,
        asks=True,
        first=True,
    ),
    Mistake(
        "exponent",
        "R0048",
        r"\d[\d_]*(?:\.\d+)?[eE][+-]?\d+\b(?:[ \t]*%)?",
        "a number is written with all its digits, without an exponent",
        _written_out,
        asks=True,
        first=True,
    ),
    Mistake(
        "wide_digits",
        "R0049",
        r"[\d_]*[\uff10-\uff19][\d_\uff10-\uff19]*(?:[ \t]*%)?",
        "`{}` has digits of another script",
        _plain_digits,
        asks=True,
        first=True,
    ),
    Mistake(
        "hyphened_name",
        "R0047",
        r"[A-Za-z_]\w*(?:-\w+){0,9}-\d+[A-Za-z_]\w*(?:-\w+){0,9}",
        "`{}` cannot be a name: names have small letters, digits and `_`",
        _underscored,
        asks=True,
        first=True,
    ),
    Mistake(
        "dotted_groups",
        "R0024",
        r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?(?:[ \t]*%)?(?![\w.])",
        "digits are grouped with `_`, and a point starts the decimals",
        _european,
        asks=True,
        first=True,
    ),
    Mistake(
        "blank_groups",
        "R0054",
        r"[A-Z]{3}[ \t\u00a0]+\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?(?![\w.%])|\d{1,3}(?:[\u00a0\u202f]\d{3})+(?![\w.])",
        "digits are grouped with `_`, not with blanks",
        _blank_groups,
        asks=True,
        first=True,
    ),
    Mistake(
        "comma_groups",
        "R0025",
        r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\w)(?:[ \t]*%)?",
        "digits are grouped with `_`, not with a comma",
        _grouped,
        first=True,
    ),
    Mistake(
        "decimal_comma", "R0026", r"\d+,\d+[ \t]*%", "decimals follow a point, not a comma", _decimal_comma, first=True
    ),
    Mistake(
        "decimal_comma_bare",
        "R0055",
        r"\d+,\d{1,2}(?=[ \t]*(?:[\r\n}#]|\Z))",
        "decimals follow a point, and a rate has its `%`",
        _decimal_comma_bare,
        asks=True,
        first=True,
    ),
    Mistake(
        "decimal_comma_amount",
        "R0027",
        r"[A-Z]{3}[ \t]+\d+,(?:\d{1,2}(?!\w)|-+)",
        "decimals follow a point, not a comma",
        _decimal_comma_amount,
        first=True,
    ),
    Mistake(
        "currency_behind",
        "R0028",
        rf"\d[\d_]*(?:\.\d+)?(?:[ \t]+(?:{'|'.join(sorted(CURRENCIES))})\b|[ \t]*[$€£¥₹])(?!\s*[\d#])",
        "the currency stands before its amount",
        _currency_behind,
        asks=True,
        first=True,
    ),
    Mistake(
        "letter_o",
        "R0029",
        r"\d[\d_]*[oO][\doO_]*(?![A-Za-z])(?:[ \t]*%)?",
        "`{}` has a letter O among its digits",
        _letter_o,
        asks=True,
        first=True,
    ),
    Mistake(
        "percent_word",
        "R0030",
        r"\d[\d_]*(?:\.\d+)?[ \t]*(?:per[ \t]?[cs]ent?|percent|persen|pct|[Pp]rozent)\b|\d[\d_]*(?:\.\d+)?[ \t]*％",
        "a rate is written with `%`",
        _percent_word,
        first=True,
    ),
    Mistake(
        "scale",
        "R0031",
        r"\d[\d_]*(?:\.\d+)?(?:k|K|M|mio|bn|B)\b|\d[\d_]*(?:\.\d+)?[ \t]+(?:million|billion|thousand)\b",
        "a number is written with all its digits",
        _scaled,
        asks=True,
        first=True,
    ),
    Mistake(
        "range",
        "R0032",
        r"\d[\d_]*(?:\.\d+)?[-\u2013]\d[\d_]*(?:\.\d+)?(?![\w.-])",
        "`{}` is not a threshold: a tier starts at its bound and ends where the next one starts",
        _range,
        asks=True,
        first=True,
    ),
    Mistake(
        "glued_currency",
        "R0033",
        r"(?:[A-Z]{3})(?=\d)\d[\d_]*(?:\.\d+)?(?![\w.])",
        "a blank is missing between the currency and its amount",
        _glued_currency,
        first=True,
    ),
    Mistake(
        "sign",
        "R0034",
        r"(?:[$€£¥₹]|R[ps]\.?)[ \t]*\d[\d_]*(?:(?:\.\d{3})+,\d+|(?:\.\d+)*)(?![\w.])|[$€£¥₹](?![ \t]*\d)",
        "a currency is written with its three letters",
        _sign,
        asks=True,
        first=True,
    ),
    Mistake(
        "foreign_letters",
        "R0035",
        r"\w*[\u00aa-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\ufaff][\w\u00aa-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\ufaff]*",
        "a name is written with the letters a to z, digits and `_`",
        _ascii,
        asks=True,
        first=True,
    ),
    Mistake(
        "equal_text",
        "R0053",
        r'={1,2}[ \t]*"[^"\r\n]*"',
        "numbers are compared with `=`, texts with `is`",
        _is_text,
        first=True,
    ),
    Mistake(
        "slashed_scope",
        "R0057",
        r"/[ \t]*(?:line|order|invoice|account|item|month|quarter|year|piece|carton|pallet|kg)\b(?![.(])",
        "`{}` is a division: what something is counted by follows `per`",
        _per,
        asks=True,
        first=True,
    ),
    Mistake(
        "plural_subject",
        "R0058",
        rf"(?:{'|'.join(_SUBJECTS)})\.[a-z_]\w*",
        "`{}` is no attribute: it is one of an item, account, order or line",
        _of_one,
        first=True,
    ),
    Mistake(
        "broken_text",
        "R0059",
        r'"[^"\r\n]*\r?\n[^"\r\n#]*"(?=[^"\r\n]*(?:[\r\n]|\Z))',
        "a text stands on one line",
        _on_one_line,
        first=True,
    ),
    Mistake(
        "operator",
        "R0036",
        r"&&|\|\||==|=>|=<|!=|<>|->|[|，、。；：（）＝＞＜＋－＊／｛｝→≥≤≠×÷\u2212\u2013\u2014\[\];:!&]",
        "`{}` is not a sign of the language",
        _operator,
        first=True,
    ),
    Mistake(
        "percent_first",
        "R0037",
        r"%[ \t]*\d[\d_]*(?:\.\d+)?(?![\w.])",
        "the percent sign follows its number",
        _percent_first,
    ),
    Mistake(
        "glued_unit",
        "R0038",
        r"\d(?:[\d_]*\d)?(?:\.\d+)?[A-Za-z]\w*",
        "a blank is missing between the number and its unit",
        _glued_unit,
    ),
    Mistake("numeral", "R0039", r"\d[\w.]*", "`{}` is not a number", _numeral, asks=True),
    Mistake(
        "curly_quotes",
        "R0040",
        '[“”„][^“”„"\n]*[“”"]|"[^"\n“”]*[“”](?![^\n"]*")',
        'a text stands in straight quotes `"`',
        _quoted,
    ),
    Mistake(
        "single_quotes", "R0041", r"'[^'\n\"]*'|[‘’][^‘’'\n\"]*[‘’']", 'a text stands in double quotes `"`', _quoted
    ),
    Mistake(
        "open_quote", "R0042", r"[\"“”„][^\n]*", 'the closing quote `"` of this text is missing', _closed, asks=True
    ),
    Mistake(
        "hidden_in_text",
        "R0044",
        rf'"[^"\r\n]*[{_HIDDEN}][^"\r\n]*"',
        "an invisible character stands in this text",
        _without_hidden,
        asks=True,
        first=True,
    ),
    Mistake(
        "hidden_in_comment",
        "R0045",
        rf"#[^\r\n]*[{_HIDDEN}][^\r\n]*",
        "an invisible character stands in this comment",
        _without_hidden,
        first=True,
    ),
    Mistake(
        "control",
        "R0043",
        r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2028-\u202f\u2060-\u206f]",
        "an invisible character stands here",
        _nothing,
    ),
)

BY_NAME = {mistake.name: mistake for mistake in MISTAKES}
