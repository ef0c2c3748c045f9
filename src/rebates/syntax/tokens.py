"""From text to tokens: one pass over the whole file, independent of the parser, comments kept.

A lexeme is any piece of the text, blanks and comments among them: the lexemes of a text joined are the text. Two
regular expressions made of one list find and classify them. What a lexeme may be (its terminals, best first) depends on
its text alone, so it is worked out once per different text. A common slip (`1,000,000`, `25 percent`) is one lexeme of
kind MISTAKE; `mistakes.py` says what was meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache, lru_cache
from itertools import accumulate

from rebates.syntax.keywords import CURRENCIES, JOINING, KEYWORDS, PHRASES
from rebates.syntax.mistakes import MISTAKES

# of a number: digits before and after its point
WHOLE_DIGITS = 18
DECIMAL_DIGITS = 12

# letters of a lexeme whose kind is remembered
LONGEST_KNOWN = 80

_BLANK = r"[ \t\r\n\u00a0\ufeff]"


def _phrases() -> list[tuple[str, str]]:
    return [
        (terminal, "(?:" + "|".join(p.replace(" ", _BLANK + "+") for p in phrases) + r")\b(?!\.\w)")
        for terminal, (_, phrases) in PHRASES.items()
    ]


# order is priority
_LEXEMES: list[tuple[str, str]] = [
    ("BLANK", _BLANK + "+"),
    *((f"MISTAKE_{m.name}", m.pattern) for m in MISTAKES if m.first),
    ("COMMENT", r"#[^\r\n]*"),
    *_phrases(),
    ("EVERY_ORDINAL", rf"every{_BLANK}+\d{{1,6}}(?:st|nd|rd|th)\b"),
    ("PATH", r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+"),
    ("WORD", r"[A-Za-z_]\w*"),
    ("DATE", r"\d{4}-\d\d-\d\d(?![\w-])"),
    ("TIME_OF_DAY", r"\d\d?:\d\d(?![\w:])"),
    ("ORDINAL", r"\d{1,6}(?:st|nd|rd|th)\b"),
    ("AGO", rf"[1-9]\d{{0,2}}{_BLANK}+(?:years|quarters|months|seasons){_BLANK}+ago\b"),
    ("PERCENT", r"\d[\d_]*(?:\.\d+)?[ \t]*%"),
    ("NUMBER", r"\d[\d_]*(?:\.\d+)?(?![\w.])"),
    ("STRING", r'"[^"\r\n]*"'),
    ("COMPARE", r"<=|>=|<|>"),
    ("EQUAL", r"="),
    ("PLUS_MINUS", r"[+-]"),
    ("TIMES", r"[*/]"),
    ("MARK", r"[{}(),]"),
    *((f"MISTAKE_{m.name}", m.pattern) for m in MISTAKES if not m.first),
    ("UNKNOWN", r"."),
]

# Tried second, and only to be quick, for the list above is long: what nearly every lexeme is, where it begins no phrase and
# what follows keeps it from being part of anything else.
_PHRASES_BEGIN = sorted(
    {re.split(r"\W", phrase)[0] for _, phrases in PHRASES.values() for phrase in phrases} | {"every"}
)
_NEXT = r"(?=[ \t\r\n(){},])"
_USUAL = "|".join(
    (
        r"[{}(),]",
        rf"(?!(?:{'|'.join(_PHRASES_BEGIN)})\b)[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*{_NEXT}",
        rf'"[A-Za-z0-9 ._-]*"{_NEXT}',
        rf"[0-9]+(?:\.[0-9]+)?%{_NEXT}",
    )
)

_GROUPED = re.compile(r"\d+|\d{1,3}(?:_\d{3})+", re.ASCII)

_MARKS = {"{": "LBRACE", "}": "RBRACE", "(": "LPAR", ")": "RPAR", ",": "COMMA"}
_WORDS_WITH_TAKEN_NAMES = {"number", "percent", "date", "currency"}


def terminal_of(keyword: str) -> str:
    """The grammar's name of a keyword."""
    return f"{keyword.upper()}_WORD" if keyword in _WORDS_WITH_TAKEN_NAMES else keyword.upper()


@dataclass(frozen=True, slots=True)
class Token:
    """A lexeme at its place; `terminals` is empty for blanks and comments."""

    kind: str
    text: str
    start: int
    end: int
    opens_line: bool  # only blanks before it on its line
    terminals: tuple[str, ...]


@cache  # made when a text is first read: a start that finds its rules already checked reads none
def _splits() -> re.Pattern[str]:
    (_, blank), *others = _LEXEMES
    patterns = (blank, _USUAL, *(pattern for _, pattern in others))
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.ASCII | re.DOTALL)


@cache
def _classifies() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _LEXEMES), re.ASCII | re.DOTALL)


def split(text: str) -> list[str]:
    """The lexemes of a text; joined they are the text."""
    return _splits().findall(text)


def kind_of(lexeme: str) -> str:
    """The kind of a lexeme: a declared terminal of the grammar, a phrase, or BLANK, COMMENT, WORD, MARK, MISTAKE_…"""
    return (_known(lexeme) if len(lexeme) <= LONGEST_KNOWN else _classified(lexeme))[0]


def terminals_of(lexeme: str) -> tuple[str, ...]:
    """What a lexeme may be in the grammar, best first; () for blanks, ("MISTAKE",) for what can stand nowhere."""
    return (_known(lexeme) if len(lexeme) <= LONGEST_KNOWN else _classified(lexeme))[1]


def _classified(lexeme: str) -> tuple[str, tuple[str, ...]]:
    found = _classifies().fullmatch(lexeme)
    assert found is not None, lexeme
    kind = str(found.lastgroup)
    return kind, _terminals(kind, lexeme)


_known = lru_cache(20_000)(_classified)


def _terminals(kind: str, lexeme: str) -> tuple[str, ...]:
    match kind:
        case "BLANK" | "COMMENT":
            return ()
        case "WORD":
            return (
                *((terminal_of(lexeme),) if lexeme in KEYWORDS else ()),
                *(("CURRENCY",) if lexeme in CURRENCIES else ()),
                *(() if lexeme in JOINING else ("NAME",)),
            )
        case "NUMBER":
            return (("NUMBER",) if "." in lexeme else ("INTEGER", "NUMBER")) if wrong_number(lexeme) is None else _WRONG
        case "PERCENT":
            return ("PERCENT",) if wrong_number(lexeme) is None else _WRONG
        case "DATE":
            return ("DATE",) if date_of(lexeme) is not None else _WRONG
        case "EQUAL":
            return ("EQUAL", "COMPARE")
        case "MARK":
            return (_MARKS[lexeme],)
        case "UNKNOWN":
            return _WRONG
        case _:
            return _WRONG if kind.startswith("MISTAKE") else (kind,)


_WRONG = ("MISTAKE",)


def wrong_number(lexeme: str) -> str | None:
    """What is wrong with the digits of a number or percent: "groups" or "length", else None."""
    whole, _, decimals = lexeme.rstrip(" \t%").partition(".")
    if not _GROUPED.fullmatch(whole):
        return "groups"
    if len(whole.replace("_", "").lstrip("0")) > WHOLE_DIGITS or len(decimals) > DECIMAL_DIGITS:
        return "length"
    return None


@lru_cache(10_000)
def number_of(lexeme: str) -> tuple[Fraction, int]:
    """The exact value of a number or percent as written, and how many decimals it has."""
    whole, _, decimals = lexeme.rstrip(" \t%").partition(".")
    return Fraction(int(whole.replace("_", "") + decimals), 10 ** len(decimals)), len(decimals)


def date_of(lexeme: str) -> date | None:
    """The day, or None where the calendar has no such day."""
    try:
        return date.fromisoformat(lexeme)
    except ValueError:
        return None


def tokenize(text: str) -> list[Token]:
    """Every lexeme with its place."""
    lexemes = split(text)
    tokens: list[Token] = []
    opens_line = True
    for lexeme, end in zip(lexemes, accumulate(map(len, lexemes)), strict=True):
        kind = kind_of(lexeme)
        tokens.append(Token(kind, lexeme, end - len(lexeme), end, opens_line, terminals_of(lexeme)))
        opens_line = kind == "BLANK" and (opens_line or "\n" in lexeme)
    return tokens
