"""Draws one finding as a person reads it: the lines as written, the place underlined, what to do about it.

Columns are those of a terminal: a tab is four, wide characters take two, marks that sit on a letter none.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

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
class _Window:
    """A piece of a line as it is shown, and the column (from 0) of its first character in the line."""

    text: str
    offset: int
    whole: bool
    marks: list[_Mark] = field(default_factory=list)

    def holds(self, mark: _Mark) -> bool:
        """Whether the mark's place, or a good part of a long one, can be seen in it."""
        first = mark.span.column - 1 - self.offset
        return self.whole or 0 < first < len(self.text) - min(len(mark.span.text), WIDEST // 3)


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
    if diagnostic.witness:
        out.append(f"{ink.gutter(f'{margin} =')} the smallest order that shows it:")
        out += [f"{margin}     {one_line(line)}" for line in diagnostic.witness.splitlines()]
    if diagnostic.sample:
        out.append(f"{ink.gutter(f'{margin} =')} right: {one_line(diagnostic.sample)}")
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
        for window in _windows(here):
            yield f"{ink.gutter(f'{line:>{width}} |')} {one_line(window.text.replace(chr(9), _TAB))}"
            for mark in window.marks:
                under = _underline(mark, window)
                said = f" {one_line(mark.text)}" if mark.text else ""
                yield f"{bar} {ink.first if mark.sign == '^' else ink.second}{under}{said}{ink.plain}"


def _windows(marks: Sequence[_Mark]) -> list[_Window]:
    """What of a line is shown, with the marks in it: a line that is too long is cut anew for a mark outside."""
    out: list[_Window] = []
    for mark in marks:
        window = next((window for window in out if window.holds(mark)), None)
        if window is None:
            out.append(window := _cut(mark.span))
        window.marks.append(mark)
    return out


def _cut(place: Span) -> _Window:
    """The line around a place, cut where it is wide."""
    line = place.source.line_text(place.line)
    if width_of(line) <= WIDEST:
        return _Window(line, 0, whole=True)
    first = start = min(place.column - 1, len(line))
    room = WIDEST // 3
    while start > 0 and (room := room - width_of(line[start - 1])) >= 0:
        start -= 1
    end, room = start, WIDEST
    while end < len(line) and (room := room - width_of(line[end])) >= 0:
        end += 1
    end = max(end, min(first + 1, len(line)))
    head, tail = "…" if start else "", "…" if end < len(line) else ""
    return _Window(f"{head}{line[start:end]}{tail}", start - len(head), whole=False)


def width_of(text: str) -> int:
    """Columns on a terminal."""
    width = 0
    for character in text.replace("\t", _TAB):
        if unicodedata.category(character) not in ("Mn", "Me"):
            width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return width


def _underline(mark: _Mark, window: _Window) -> str:
    line, column = line_column(mark.span.source, mark.span.start)
    end_line, end_column = line_column(mark.span.source, max(mark.span.end, mark.span.start))
    most = len(window.text)
    first = min(column - 1 - window.offset, most)
    last = min(max(end_column - 1 - window.offset, first), most) if end_line == line else most
    return " " * width_of(window.text[:first]) + mark.sign * max(1, width_of(window.text[first:last]))
