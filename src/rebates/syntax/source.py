"""A text and places in it. Offsets count code points inside; line and column are worked out once, at the edge."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

import msgspec


@dataclass(frozen=True, slots=True)
class Source:
    """A text with a name: the path of the file, relative to the rule folder. Two sources are one if their names are."""

    name: str
    text: str = field(compare=False, repr=False)
    _lines: list[int] = field(default_factory=list, compare=False, repr=False, init=False)

    def line_starts(self) -> list[int]:
        """The offset at which each line begins; found once."""
        if not self._lines:
            starts, at = [0], self.text.find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = self.text.find("\n", at + 1)
            self._lines[:] = starts  # in one step: two threads may come here at once
        return self._lines

    def line_text(self, line: int) -> str:
        """The text of a line, counted from 1, without its end."""
        starts = self.line_starts()
        end = starts[line] if line < len(starts) else len(self.text) + 1
        return self.text[starts[line - 1] : end].rstrip("\r\n")


class Span(msgspec.Struct, frozen=True, gc=False):
    """From `start` up to, not including, `end`. There are more of these than of anything else: they are quick to make."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    @property
    def line(self) -> int:
        return line_column(self.source, self.start)[0]

    @property
    def column(self) -> int:
        return line_column(self.source, self.start)[1]

    def cover(self, other: Span) -> Span:
        """The smallest span that holds both."""
        return Span(self.source, min(self.start, other.start), max(self.end, other.end))


def line_column(source: Source, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both counted from 1, the column in code points."""
    starts = source.line_starts()
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1
