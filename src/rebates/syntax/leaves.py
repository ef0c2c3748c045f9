"""What a token becomes before a builder sees it: a literal's node, or a word at its place."""

from __future__ import annotations

from dataclasses import dataclass

from rebates.syntax import nodes as n
from rebates.syntax.source import Span
from rebates.syntax.tokens import date_of, number_of


@dataclass(frozen=True, slots=True)
class Word:
    """A name, keyword, phrase or sign; blanks inside a phrase are single."""

    text: str
    span: Span


def leaf(terminal: str, lexeme: str, span: Span) -> object:
    """The value of a shifted token."""
    match terminal:
        case "NAME":
            return Word(lexeme, span)
        case "NUMBER":
            return n.Number(*number_of(lexeme), span=span)
        case "INTEGER":
            return int(lexeme.replace("_", ""))
        case "PERCENT":
            return n.Percent(*number_of(lexeme), span=span)
        case "STRING":
            return n.Text(lexeme[1:-1], span=span)
        case "DATE":
            day = date_of(lexeme)
            assert day is not None, lexeme
            return n.Date(day, span=span)
        case "TIME_OF_DAY":
            hour, _, minute = lexeme.partition(":")
            return n.TimeOfDay(int(hour), int(minute), span=span)
        case "ORDINAL":
            return int(lexeme[:-2])
        case "EVERY_ORDINAL":
            return int(lexeme.split()[-1][:-2])
        case "PATH":
            return n.Path(tuple(lexeme.split(".")), span=span)
        case _:
            return Word(" ".join(lexeme.split()), span)


def joined(at: Span, *words: Word) -> str:
    """The words of an alternative as one text."""
    return " ".join(word.text for word in words)
