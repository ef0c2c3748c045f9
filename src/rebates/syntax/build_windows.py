"""From the alternatives of the grammar to nodes: windows, facts, classes and values per key (see `build.py`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from rebates.syntax import nodes as n
from rebates.syntax.leaves import Word, joined
from rebates.syntax.source import Span

_MONTHS = MappingProxyType({"month": 1, "quarter": 3, "half": 6, "year": 12})

# --- windows ----------------------------------------------------------------------------------------------------------


def shift(at: Span, word: Word) -> n.Shift:
    first, *rest = word.text.split()
    if rest[0].startswith("season"):
        return n.Shift(word.text, 0, seasons=1 if first == "last" else int(first), span=at)
    if rest[-1] == "ago":
        return n.Shift(word.text, int(first) * _MONTHS[rest[0].removesuffix("s")], span=at)
    return n.Shift(word.text, _MONTHS[rest[-1]], first == "same", span=at)


def shifted(at: Span, shift: n.Shift) -> n.Window:
    return n.Window(None, shift, span=at)


def over_last(at: Span, count: int, period: str) -> n.Over:
    return n.Over(count, period, span=at)  # type: ignore[arg-type]  # the grammar has only these words


def over_dates(at: Span, first: n.Date, last: n.Date) -> n.Over:
    return n.Over(None, None, first.value, last.value, span=at)


def replaced(at: Span, over: n.Over, shift: n.Shift | None) -> n.Window:
    return n.Window(over, shift, span=at)


def windowed(at: Span, name: Word, window: n.Window) -> n.Windowed:
    return n.Windowed(name.text, window, span=at)


# --- facts ------------------------------------------------------------------------------------------------------------

Value = n.Text | n.Number | n.Date | n.Percent | n.Quantity | n.Money


def fact(at: Span, name: Word, shift: n.Shift | None) -> n.Fact:
    return n.Fact(name.text, shift, span=at)


def fact_day(at: Span, name: Word) -> n.Fact:
    return n.Fact(name.text, None, span=at)


def fact_declaration(at: Span, name: Word, type: n.ValueType, how: str, expected: Value | None) -> n.FactDeclaration:
    return n.FactDeclaration(name.text, type, how, expected, name_span=name.span, span=at)  # type: ignore[arg-type]


# --- values per key ---------------------------------------------------------------------------------------------------


def _key(key: Word | n.Path) -> n.Path:
    """`item` and `family` are short for the attributes of those names."""
    if isinstance(key, n.Path):
        return key
    return n.Path({"item": ("item", "id"), "family": ("item", "family")}.get(key.text, (key.text,)), span=key.span)


def per_key(at: Span, how: str, value: n.Expr, key: Word | n.Path) -> n.PerKey:
    return n.PerKey(how.removesuffix(" of"), value, _key(key), span=at)  # type: ignore[arg-type]  # as the grammar


def number_per_key(at: Span, words: Word, holds: n.Condition, key: Word | n.Path) -> n.PerKey:
    return n.PerKey("number", holds, _key(key), span=at)


# --- classes ----------------------------------------------------------------------------------------------------------


def class_declaration(
    at: Span, name: Word, title: n.Text | None, subject: str, *members: n.Measure | n.WhenClause | n.Broken
) -> n.Class:
    return n.Class(
        name.text,
        title.value if title is not None else None,
        subject,  # type: ignore[arg-type]  # the grammar has only these words
        members,
        name_span=name.span,
        span=at,
    )


def in_class(at: Span, name: Word) -> n.InClass:
    return n.InClass(name.text, span=at)


# --- examples ---------------------------------------------------------------------------------------------------------


def given_windowed(at: Span, name: Word, window: n.Window, value: n.Literal_) -> n.Given:
    return n.Given(windowed(name.span, name, window), value, span=at)


def given_class(at: Span, name: Word) -> n.Given:
    return n.Given(n.InClass(name.text, span=name.span), None, span=at)


_HERE = (
    shift, shifted, over_last, over_dates, replaced, windowed, fact, fact_day, fact_declaration, per_key, number_per_key,
    class_declaration, in_class, given_windowed, given_class,
)  # fmt: skip

BUILDERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {function.__name__: function for function in _HERE}
    | dict.fromkeys(("class_of", "fact_word", "sum_word", "period"), joined)
)
