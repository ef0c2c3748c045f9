"""What a token becomes before a builder sees it: a literal's node, or a word at its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from rebates.syntax import nodes as n
from rebates.syntax.source import Span
from rebates.syntax.tokens import date_of, number_of


class Word(msgspec.Struct, frozen=True, gc=False):
    """A name, keyword, phrase or sign; blanks inside a phrase are single."""

    text: str
    span: Span


def leaf(terminal: str, lexeme: str, span: Span) -> object:
    """The value of a shifted token."""
    make = _MAKERS.get(terminal)
    if make is not None:
        return make(lexeme, span)
    return Word(lexeme if lexeme.isalnum() else " ".join(lexeme.split()), span)


def _date(lexeme: str, span: Span) -> n.Date:
    day = date_of(lexeme)
    assert day is not None, lexeme
    return n.Date(day, span=span)


def _time(lexeme: str, span: Span) -> n.TimeOfDay:
    hour, _, minute = lexeme.partition(":")
    return n.TimeOfDay(int(hour), int(minute), span=span)


_MAKERS: Mapping[str, Callable[[str, Span], object]] = {
    "NAME": Word,
    "NUMBER": lambda lexeme, span: n.Number(*number_of(lexeme), span=span),
    "INTEGER": lambda lexeme, span: int(lexeme.replace("_", "")),
    "PERCENT": lambda lexeme, span: n.Percent(*number_of(lexeme), span=span),
    "STRING": lambda lexeme, span: n.Text(lexeme[1:-1], span=span),
    "DATE": _date,
    "TIME_OF_DAY": _time,
    "ORDINAL": lambda lexeme, span: int(lexeme[:-2]),
    "EVERY_ORDINAL": lambda lexeme, span: int(lexeme.split()[-1][:-2]),
    "PATH": lambda lexeme, span: n.Path(tuple(lexeme.split(".")), span=span),
}


def joined(at: Span, *words: Word) -> str:
    """The words of an alternative as one text."""
    return " ".join(word.text for word in words)
