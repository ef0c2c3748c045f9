"""Slips that a pricing manager makes at the keyboard, each with what was meant.

A mistake is one lexeme; the parser never sees it, only the right text that `fix` gives for it. An edit that could
change what someone is paid is never applied without asking (`asks`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rebates.syntax import meant
from rebates.syntax.keywords import CURRENCIES


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


# up to the end of the line whole texts only, so that a text that is open before it is open no more
_WHOLE = r'[^"\r\n#]*+(?:"[^"\r\n#]*+"[^"\r\n#]*+){0,8}+(?:#[^"\r\n]*+)?(?:[\r\n]|\Z)'

MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "doubled_quotes",
        "R0050",
        r'""\w[^"\r\n]*""|«[^«»"\r\n]*»|‹[^‹›"\r\n]*›|[「『][^「」『』"\r\n]*[」』]',
        "a text stands in one pair of straight quotes",
        meant.single,
        first=True,
    ),
    Mistake(
        "lost_quote",
        "R0042",
        rf'(?!"[\w .-]*"[\s(){{}},])"[^"\s,;(){{}}#]{{1,60}}+(?=(?: on \d{{4}}-|[^"\r\n#]*[^"\r\n#\w.-](?="[^"\s])){_WHOLE}|\Z)',
        'the closing quote `"` of this text is missing',
        meant.closed,
        asks=True,
        first=True,
    ),
    Mistake(
        "early_quote",
        "R0051",
        r'"[^"\r\n]*"\w+(?![\w"{])',
        "the closing quote of this text stands too early",
        meant.quote_late,
        asks=True,
        first=True,
    ),
    Mistake(
        "moment",
        "R0052",
        r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?(?![\w:])",
        "a day is written without a time",
        meant.day_of,
        asks=True,
        first=True,
    ),
    Mistake("slashes", "R0020", r"//[^\n]*", "a comment starts with `#`", meant.comment, first=True),
    Mistake(
        "month_name",
        "R0021",
        rf"\d\d?\.?\s+{meant.MONTH_NAME}\.?,?\s+\d{{4}}\b",
        "a date is written year-month-day",
        meant.written_date,
        first=True,
    ),
    Mistake(
        "month_first",
        "R0022",
        rf"{meant.MONTH_NAME}\.?\s+\d\d?,?\s+\d{{4}}\b",
        "a date is written year-month-day",
        meant.written_date,
        first=True,
    ),
    Mistake(
        "slashed_date",
        "R0023",
        r"(?:\d\d?/\d\d?/\d{4}|\d\d?\.\d\d?\.\d{4}|\d\d?-\d\d?-\d{4}|\d{4}/\d\d?/\d\d?)(?![\w.])",
        "a date is written year-month-day",
        meant.slashed_date,
        asks=True,
        first=True,
    ),
    Mistake(
        "near_date",
        "R0046",
        r"(?!\d{4}-\d\d-\d\d(?![\w-]))\d{3,6}-\d{1,3}-\d{1,3}(?![\w.-])",
        "`{}` is no date: a year has four digits, month and day have two",
        meant.near_date,
        asks=True,
        first=True,
    ),
    Mistake(
        "exponent",
        "R0048",
        r"\d[\d_]*(?:\.\d+)?[eE][+-]?\d+\b(?:[ \t]*%)?",
        "a number is written with all its digits, without an exponent",
        meant.written_out,
        asks=True,
        first=True,
    ),
    Mistake(
        "wide_digits",
        "R0049",
        r"[\d_]*[\uff10-\uff19][\d_\uff10-\uff19]*(?:[ \t]*%)?",
        "`{}` has digits of another script",
        meant.plain_digits,
        asks=True,
        first=True,
    ),
    Mistake(
        "hyphened_name",
        "R0047",
        r"[A-Za-z_]\w*(?:-\w+){0,9}-\d+[A-Za-z_]\w*(?:-\w+){0,9}",
        "`{}` cannot be a name: names have small letters, digits and `_`",
        meant.underscored,
        asks=True,
        first=True,
    ),
    Mistake(
        "dotted_groups",
        "R0024",
        r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?(?:[ \t]*%)?(?![\w.])",
        "digits are grouped with `_`, and a point starts the decimals",
        meant.european,
        asks=True,
        first=True,
    ),
    Mistake(
        "blank_groups",
        "R0054",
        r"[A-Z]{3}[ \t\u00a0]+\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?(?![\w.%])|\d{1,3}(?:[\u00a0\u202f]\d{3})+(?![\w.])",
        "digits are grouped with `_`, not with blanks",
        meant.blank_groups,
        asks=True,
        first=True,
    ),
    Mistake(
        "comma_groups",
        "R0025",
        r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\w)(?:[ \t]*%)?",
        "digits are grouped with `_`, not with a comma",
        meant.grouped,
        first=True,
    ),
    Mistake(
        "decimal_comma",
        "R0026",
        r"\d+,\d+[ \t]*%",
        "decimals follow a point, not a comma",
        meant.decimal_comma,
        first=True,
    ),
    Mistake(
        "decimal_comma_bare",
        "R0055",
        r"\d+,\d{1,2}(?=[ \t]*(?:[\r\n}#]|\Z))",
        "decimals follow a point, and a rate has its `%`",
        meant.decimal_comma_bare,
        asks=True,
        first=True,
    ),
    Mistake(
        "decimal_comma_amount",
        "R0027",
        r"[A-Z]{3}[ \t]+\d+,(?:\d{1,2}(?!\w)|-+)",
        "decimals follow a point, not a comma",
        meant.decimal_comma_amount,
        first=True,
    ),
    Mistake(
        "currency_behind",
        "R0028",
        rf"\d[\d_]*(?:\.\d+)?(?:[ \t]+(?:{'|'.join(sorted(CURRENCIES))})\b|[ \t]*[$€£¥₹])(?!\s*+(?:#[^\n]*+\s*+)*+\d)",
        "the currency stands before its amount",
        meant.currency_behind,
        asks=True,
        first=True,
    ),
    Mistake(
        "letter_o",
        "R0029",
        r"\d[\d_]*[oO][\doO_]*(?![A-Za-z])(?:[ \t]*%)?",
        "`{}` has a letter O among its digits",
        meant.letter_o,
        asks=True,
        first=True,
    ),
    Mistake(
        "percent_word",
        "R0030",
        r"\d[\d_]*(?:\.\d+)?[ \t]*(?:per[ \t]?[cs]ent?|percent|persen|pct|[Pp]rozent)\b|\d[\d_]*(?:\.\d+)?[ \t]*％",
        "a rate is written with `%`",
        meant.percent_word,
        first=True,
    ),
    Mistake(
        "scale",
        "R0031",
        r"\d[\d_]*(?:\.\d+)?(?:k|K|M|mio|bn|B)\b|\d[\d_]*(?:\.\d+)?[ \t]+(?:million|billion|thousand)\b",
        "a number is written with all its digits",
        meant.scaled,
        asks=True,
        first=True,
    ),
    Mistake(
        "range",
        "R0032",
        r"\d[\d_]*(?:\.\d+)?[-\u2013]\d[\d_]*(?:\.\d+)?(?![\w.-])",
        "`{}` is not a threshold: a tier starts at its bound and ends where the next one starts",
        meant.range,
        asks=True,
        first=True,
    ),
    Mistake(
        "glued_currency",
        "R0033",
        r"(?:[A-Z]{3})(?=\d)\d[\d_]*(?:\.\d+)?(?![\w.])",
        "a blank is missing between the currency and its amount",
        meant.glued_currency,
        first=True,
    ),
    Mistake(
        "sign",
        "R0034",
        r"(?:[$€£¥₹]|R[ps]\.?)[ \t]*\d[\d_]*(?:(?:\.\d{3})+,\d+|(?:\.\d+)*)(?![\w.])|[$€£¥₹](?![ \t]*\d)",
        "a currency is written with its three letters",
        meant.sign,
        asks=True,
        first=True,
    ),
    Mistake(
        "foreign_letters",
        "R0035",
        r"\w*[\u00aa-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\ufaff][\w\u00aa-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\ufaff]*",
        "a name is written with the letters a to z, digits and `_`",
        meant.ascii,
        asks=True,
        first=True,
    ),
    Mistake(
        "equal_text",
        "R0053",
        r'={1,2}[ \t]*"[^"\r\n]*"',
        "numbers are compared with `=`, texts with `is`",
        meant.is_text,
        first=True,
    ),
    Mistake(
        "slashed_scope",
        "R0057",
        r"/[ \t]*(?:line|order|invoice|account|item|month|quarter|year|piece|carton|pallet|kg)\b(?![.(])",
        "`{}` is a division: what something is counted by follows `per`",
        meant.per,
        asks=True,
        first=True,
    ),
    Mistake(
        "plural_subject",
        "R0058",
        rf"(?:{'|'.join(meant.SUBJECTS)})\.[a-z_]\w*",
        "`{}` is no attribute: it is one of an item, account, order or line",
        meant.of_one,
        first=True,
    ),
    Mistake(
        "broken_text",
        "R0059",
        r'"[^"\r\n]*\r?\n[^"\r\n#]*"(?=[^"\r\n]*(?:[\r\n]|\Z))',
        "a text stands on one line",
        meant.on_one_line,
        first=True,
    ),
    Mistake(
        "operator",
        "R0036",
        r"&&|\|\||==|=>|=<|!=|<>|->|[|，、。；：（）＝＞＜＋－＊／｛｝→≥≤≠×÷\u2212\u2013\u2014\[\];:!&]",
        "`{}` is not a sign of the language",
        meant.operator,
        first=True,
    ),
    Mistake(
        "percent_first",
        "R0037",
        r"%[ \t]*\d[\d_]*(?:\.\d+)?(?![\w.])",
        "the percent sign follows its number",
        meant.percent_first,
    ),
    Mistake(
        "glued_unit",
        "R0038",
        r"\d(?:[\d_]*\d)?(?:\.\d+)?[A-Za-z]\w*",
        "a blank is missing between the number and its unit",
        meant.glued_unit,
    ),
    Mistake("numeral", "R0039", r"\d[\w.]*", "`{}` is not a number", meant.numeral, asks=True),
    Mistake(
        "curly_quotes",
        "R0040",
        '[“”„][^“”„"\n]*[“”"]|"[^"\n“”]*[“”](?![^\n"]*")',
        'a text stands in straight quotes `"`',
        meant.quoted,
    ),
    Mistake(
        "single_quotes",
        "R0041",
        r"'[^'\n\"]*'|[‘’][^‘’'\n\"]*[‘’']",
        'a text stands in double quotes `"`',
        meant.quoted,
    ),
    Mistake(
        "open_quote",
        "R0042",
        r"[\"“”„][^\n]*",
        'the closing quote `"` of this text is missing',
        meant.closed,
        asks=True,
    ),
    Mistake(
        "hidden_in_text",
        "R0044",
        rf'"[^"\r\n]*[{meant.HIDDEN}][^"\r\n]*"',
        "an invisible character stands in this text",
        meant.without_hidden,
        asks=True,
        first=True,
    ),
    Mistake(
        "hidden_in_comment",
        "R0045",
        rf"#[^\r\n]*[{meant.HIDDEN}][^\r\n]*",
        "an invisible character stands in this comment",
        meant.without_hidden,
        first=True,
    ),
    Mistake(
        "control",
        "R0043",
        r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2028-\u202f\u2060-\u206f]",
        "an invisible character stands here",
        meant.nothing,
    ),
)

BY_NAME = {mistake.name: mistake for mistake in MISTAKES}
