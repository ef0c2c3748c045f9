"""Draws one finding as a person reads it: the lines as written, the place underlined, what to do about it.

Columns are those of a terminal: a tab is four, wide characters take two, marks that sit on a letter none.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rebates.syntax.catalogue import ENTRIES
from rebates.syntax.diagnostics import Diagnostic
from rebates.syntax.source import Source, Span, line_column

WIDEST = 160
_TAB = "    "
_COLORS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "note": "\x1b[1;36m"}
_BLUE, _PLAIN = "\x1b[1;34m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class _Mark:
    """A place under which a line of `^` or `-` is drawn, with its text."""

    span: Span
    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class _Ink:
    """The colours of a drawing; empty texts without colour."""

    first: str
    second: str
    plain: str

    def gutter(self, text: str) -> str:
        return f"{self.second}{text}{self.plain}"


def draw(diagnostic: Diagnostic, color: bool = False) -> str:
    """One finding with its source lines, the place underlined with ^ and further places with -."""
    ink = _Ink(_COLORS[diagnostic.severity], _BLUE, _PLAIN) if color else _Ink("", "", "")
    marks = [_Mark(diagnostic.span, "^", "")]
    marks += [_Mark(label.span, "-", label.text) for label in diagnostic.labels]
    width = max(len(str(mark.span.line)) for mark in marks)
    margin = " " * width
    out = [f"{ink.first}{diagnostic.severity} {diagnostic.code}{ink.plain}: {one_line(diagnostic.message)}"]
    sources: list[Source] = []
    for mark in marks:
        if mark.span.source not in sources:
            sources.append(mark.span.source)
    for source in sources:
        first, *more = [mark for mark in marks if mark.span.source == source]
        arrow = "-->" if source == diagnostic.span.source else ":::"
        place = f"{one_line(source.name)}:{first.span.line}:{first.span.column}"
        if source.text:
            out.append(f"{ink.gutter(f'{margin}{arrow}')} {place}")
            out += _snippet([first, *more], width, ink)
        else:
            out.append(f"{ink.gutter(f'{margin}{arrow}')} {place}{': ' if first.text else ''}{one_line(first.text)}")
    if diagnostic.help:
        out.append(f"{ink.gutter(f'{margin} =')} help: {one_line(diagnostic.help)}")
    if diagnostic.code in ENTRIES:
        out.append(f"{ink.gutter(f'{margin} =')} more: rebates help {diagnostic.code}")
    return "\n".join(line.rstrip(" ") for line in out) + "\n"


def one_line(text: str) -> str:
    """Control characters of what the author wrote never reach a terminal."""
    return "".join(c if c.isprintable() else " " if c in "\t\r\n" else "�" for c in text)


def _snippet(marks: Sequence[_Mark], width: int, ink: _Ink) -> Iterator[str]:
    """The lines of one text that have a mark, in order; lines left out between them are dots."""
    bar = ink.gutter(f"{' ' * width} |")
    yield bar
    last = 0
    for line in sorted({mark.span.line for mark in marks}):
        if last and line > last + 1:
            yield ink.gutter("." * max(width, 3))
        last = line
        here = sorted((mark for mark in marks if mark.span.line == line), key=lambda m: (m.sign == "-", m.span.start))
        for window, shown in _windows(here):
            text, offset = window
            yield f"{ink.gutter(f'{line:>{width}} |')} {one_line(text.replace(chr(9), _TAB))}"
            for mark in shown:
                under = _underline(mark, text, offset)
                said = f" {one_line(mark.text)}" if mark.text else ""
                yield f"{bar} {ink.first if mark.sign == '^' else ink.second}{under}{said}{ink.plain}"


def _windows(marks: Sequence[_Mark]) -> list[tuple[tuple[str, int], list[_Mark]]]:
    """What of a line is shown, with the marks in it: a line that is too long is cut anew for a mark outside."""
    out: list[tuple[tuple[str, int], list[_Mark]]] = []
    for mark in marks:
        for (text, offset), shown in out:
            if offset == 0 and not text.endswith("…"):
                shown.append(mark)
                break
            first = mark.span.column - 1 - offset
            if 0 < first and first + min(len(mark.span.text), WIDEST // 3) < len(text):
                shown.append(mark)
                break
        else:
            out.append((_cut(mark.span), [mark]))
    return out


def _cut(place: Span) -> tuple[str, int]:
    """The line around a place, cut where it is wide, and the column (from 0) of the first character shown."""
    line = place.source.line_text(place.line)
    if len(line) <= WIDEST and width_of(line) <= WIDEST:
        return line, 0
    first = place.column - 1
    start, room = min(first, len(line)), WIDEST // 3
    while start > 0 and (room := room - width_of(line[start - 1])) >= 0:
        start -= 1
    end, room = start, WIDEST
    while end < len(line) and (room := room - width_of(line[end])) >= 0:
        end += 1
    head, tail = "…" if start else "", "…" if end < len(line) else ""
    return f"{head}{line[start:end]}{tail}", start - len(head)


def width_of(text: str) -> int:
    """Columns on a terminal."""
    width = 0
    for character in text.replace("\t", _TAB):
        if unicodedata.category(character) not in ("Mn", "Me"):
            width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return width


def _underline(mark: _Mark, text: str, offset: int) -> str:
    line, column = line_column(mark.span.source, mark.span.start)
    end_line, end_column = line_column(mark.span.source, max(mark.span.end, mark.span.start))
    first = min(column - 1 - offset, len(text))
    last = end_column - 1 - offset if end_line == line else len(text)
    last = min(max(last, first), len(text))
    return " " * width_of(text[:first]) + mark.sign * max(1, width_of(text[first:last]))
