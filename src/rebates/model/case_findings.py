"""Rows of `rates first` and `rates every` that compare one measure: where they overlap, and what none of them holds (4.2 e).

In `rates first` the order decides between two rows, so that only a row that the earlier ones leave nothing is told; in
`rates every` both rows of an overlap pay. A hole lies between two rows; below the lowest and above the highest there is
none, as with tiers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.expressions import dimension
from rebates.model.ground import Ground, Told
from rebates.model.reach import interval
from rebates.model.rebates import Rebate
from rebates.syntax.diagnostics import Label

# Where an interval begins or ends, in order: (-1, 0, 0) is below all, (1, 0, 0) above all; (0, 5, 0) is 5 itself and
# (0, 5, 1) the first place above it. An interval holds its beginning and all before its end.
_Place = tuple[int, Fraction, int]
_BELOW: _Place = (-1, Fraction(0), 0)
_ABOVE: _Place = (1, Fraction(0), 0)


@dataclass(frozen=True, slots=True)
class _Span:
    row: m.Case
    measure: m.Expr
    begin: _Place
    end: _Place
    pure: bool  # nothing else is asked for
    written: Mapping[Fraction, str]  # its bounds


@dataclass(frozen=True, slots=True)
class Zone:
    """The values of a measure that a finding is about: those of two rows, or those between them."""

    row: m.Case
    other: m.Case
    measure: m.Expr
    begin: _Place
    end: _Place
    said: str  # in the author's words

    def holds(self, value: Fraction) -> bool:
        """Whether a value of the measure is one of them."""
        return self.begin <= (0, value, 0) < self.end


def overlapping(rule: m.Rule | Rebate, ground: Ground) -> Iterator[Told]:
    """Rows of `rates first` that the earlier ones leave nothing, pairs of rows of `rates every` that hold together."""
    for zone in overlaps(rule):
        if isinstance(rule.worth, m.Cases) and rule.worth.every:
            yield Told(
                zone.row.span,
                f"two rows pay {zone.said}",
                'mend a bound, write `rates first`, or accept it with `accept overlap "why"`',
                (Label(zone.other.span, "the other row"),),
            )
        else:
            yield Told(
                zone.row.span,
                "this row is never reached: the rows before it hold wherever it does",
                "write the row of the highest threshold first, or mend its condition",
                (Label(zone.other.span, "a row before it"),),
            )


def overlaps(rule: m.Rule | Rebate) -> Iterator[Zone]:
    """The values for which two rows hold; in `rates first` where the later one is left none."""
    worth = rule.worth
    if not isinstance(worth, m.Cases):
        return
    spans = [span for span in map(_span, worth.rows) if span is not None]
    for index, span in enumerate(spans):
        earlier = [one for one in spans[:index] if one.pure and one.measure == span.measure]
        if worth.every:
            for one in earlier if span.pure else ():
                low, high = max(one, span, key=_begin), min(one, span, key=_end)
                if low.begin < high.end:
                    said = _said(low.begin, high.end, low, high)
                    yield Zone(span.row, one.row, span.measure, low.begin, high.end, said)
                    break
        elif _all_held(span, earlier):
            first = next(one for one in earlier if one.begin < span.end and span.begin < one.end)
            said = _said(span.begin, span.end, span, span)
            yield Zone(span.row, first.row, span.measure, span.begin, span.end, said)


def with_hole(rule: m.Rule | Rebate, ground: Ground) -> Iterator[Told]:
    """Values of a measure between two rows for which no row holds."""
    for zone in holes(rule):
        yield Told(
            zone.row.span,
            f"no row holds {zone.said}",
            'mend a bound, end with `… otherwise`, or accept it with `accept hole "why"`',
            (Label(zone.other.span, "the row below"),),
        )


def holes(rule: m.Rule | Rebate) -> Iterator[Zone]:
    """The values between two rows for which no row holds."""
    worth = rule.worth
    if not isinstance(worth, m.Cases) or not worth.rows:
        return
    spans = [_span(row) for row in worth.rows]
    known = sorted((span for span in spans if span is not None and span.pure), key=_begin)
    if len(known) < len(worth.rows) or any(span.measure != known[0].measure for span in known):
        return
    reached, last = known[0].end, known[0]
    for span in known[1:]:
        if reached < span.begin:
            said = _said(reached, span.begin, last, span)
            yield Zone(span.row, last.row, span.measure, reached, span.begin, said)
        if span.end > reached:
            reached, last = span.end, span


def _begin(span: _Span) -> _Place:
    return span.begin


def _end(span: _Span) -> _Place:
    return span.end


def _span(row: m.Case) -> _Span | None:
    """The values for which a row holds, where its condition compares one measure with constants."""
    if row.when is None:
        return None
    begin, end, pure = _BELOW, _ABOVE, True
    measure: m.Expr | None = None
    written: dict[Fraction, str] = {}
    for test in row.when.parts if isinstance(row.when, m.And) else (row.when,):
        compared = interval(test) if isinstance(test, m.Compare) else None
        if compared is None or (measure is not None and compared[0] != measure):
            pure = False
            continue
        assert isinstance(test, m.Compare)
        measure, (low, low_in), (high, high_in) = compared
        for side in (test.left, test.right):
            if isinstance(side, m.Constant) and isinstance(side.value, Fraction):
                written[side.value] = side.span.text
        if low is not None:
            begin = max(begin, (0, low, 0 if low_in else 1))
        if high is not None:
            end = min(end, (0, high, 1 if high_in else 0))
    return _Span(row, measure, begin, end, pure, written) if measure is not None and begin < end else None


def _all_held(span: _Span, earlier: Sequence[_Span]) -> bool:
    """Whether the earlier rows leave a row nothing."""
    at = span.begin
    for one in sorted(earlier, key=_begin):
        if one.begin <= at < one.end:
            at = one.end
    return at >= span.end


def _said(begin: _Place, end: _Place, lower: _Span, upper: _Span) -> str:
    """`for exactly 50 carton`, `from 50 carton and below 100 carton`, `above 10%`; whose bounds the two are."""
    if begin[:2] == end[:2]:
        return f"for exactly {_value(begin, lower)}"
    low = f"{'above' if begin[2] else 'from'} {_value(begin, lower)}" if begin[0] == 0 else ""
    high = f"{'up to' if end[2] else 'below'} {_value(end, upper)}" if end[0] == 0 else ""
    return f"{low} and {high}" if low and high else low or high or "for every value"


def _value(place: _Place, span: _Span) -> str:
    """A bound as the author wrote it, with the unit of the measure."""
    text = span.written[place[1]]
    unit = dimension(span.measure).unit
    return f"{text} {unit}" if unit and text.replace("_", "").isdecimal() else text
