"""The plain driver over the parse tables of the grammar (`tables.py`, made by `lark_tables.py`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from rebates.syntax import kept
from rebates.syntax.source import Span
from rebates.syntax.tables import Production, Tables, makings_of, tables_bytes, tables_in
from rebates.syntax.tokens import LONGEST_KNOWN, terminals_of

# states on the stack; brackets are limited by the tokenizer, this stops `not not not …`
MAX_STATES = 600
# different lexemes that are remembered; a server that reads strangers' files must not grow without end
MAX_LEXEMES = 200_000


class TooDeepError(Exception):
    """A text nests deeper, or chains more, than the language allows."""

    def __init__(self, start: int, end: int) -> None:
        super().__init__(start, end)
        self.start = start
        self.end = end


def grammar_path() -> Path:
    """The grammar: inside the wheel, or at the top of a checkout."""
    packaged = Path(str(files("rebates") / "grammar"))
    checkout = Path(__file__).resolve().parents[3] / "grammar"
    return (packaged if packaged.is_dir() else checkout) / "rebates.lark"


# --- tables -----------------------------------------------------------------------------------------------------------


def shipped_tables() -> Path:
    """Where the tables lie that were worked out when the package was built."""
    return grammar_path().with_suffix(".tables")


@cache
def load_tables() -> Tables:
    """The tables of the grammar: those shipped beside it, or kept since an earlier start; else worked out."""
    grammar = grammar_path()
    makings = makings_of(grammar)
    with suppress(OSError):
        shipped = tables_in(shipped_tables().read_bytes(), makings)
        if shipped is not None:
            return shipped
    key = kept.key_of("parse tables", makings.hex())
    stored = tables_in(kept.read("tables", key) or b"", makings)
    if stored is not None:
        return stored
    from rebates.syntax.lark_tables import make_tables

    made = make_tables(grammar)
    kept.write("tables", key, tables_bytes(made, makings))
    return made


# --- the driver -------------------------------------------------------------------------------------------------------

Builder = Callable[..., object]
Spans = Callable[[int, int], Span]
Reduce = Callable[[list[Any], int, int, Spans], object]


@dataclass(frozen=True, slots=True)
class Stuck:
    """Where the plain driver found something that does not fit."""

    place: int


class Driver:
    """Parses texts without error; anything else is left to `recovery.py`."""

    def __init__(
        self, tables: Tables, builders: Mapping[str, Builder], leaf: Callable[[str, str, Span], object]
    ) -> None:
        self.tables = tables
        self.builders = builders
        self.leaf = leaf
        self._lexemes = _Lexemes(tables)
        self._kept = [symbol if symbol in tables.kept else "" for symbol in tables.symbols]
        self._memo: list[dict[tuple[int, ...], int]] = [{} for _ in tables.actions]
        self._steps = [
            (each.length, each.origin, None if each.passes and each.length == 1 else reducer(each, builders))
            for each in tables.productions
        ]

    def choose(self, states: Sequence[int], terminals: tuple[int, ...]) -> int:
        """The terminal of a lexeme that fits, or the first that leads to an error; -1 where none has a place."""
        row = self.tables.actions[states[-1]]
        fit = [terminal for terminal in terminals if terminal in row]
        if len(fit) > 1 and row[fit[0]] < 0:  # the stack decides: never remembered
            return next((terminal for terminal in fit if self.tables.can_shift(states, terminal)), fit[0])
        return self._memo[states[-1]].setdefault(terminals, fit[0] if fit else -1)

    def parse(self, lexemes: Iterable[str], span: Callable[[int, int], Span]) -> object | Stuck:
        """The value of the start rule, or the place of the first lexeme that does not fit."""
        actions, memo, lookup = self.tables.actions, self._memo, self._lexemes
        state, last, end = self.tables.start, 0, 0
        states, values, starts = [state], list[Any](), list[int]()
        steps, leaf, symbols = self._steps, self.leaf, self._kept
        for lexeme in (*lexemes, ""):
            begin, end = end, end + len(lexeme)
            terminals = lookup[lexeme]
            if not terminals:
                continue
            terminal = memo[state].get(terminals)
            if terminal is None:
                terminal = self.choose(states, terminals)
            while (action := actions[state].get(terminal, 0)) < 0:
                length, origin, build = steps[-action]
                if build is None:  # one value is handed on as it is
                    state = states[-1] = actions[states[-2]][origin] - 1
                    continue
                if length:
                    first = starts[-length]
                    value = build(values[-length:], first, last, span)
                    del states[-length:], values[-length:], starts[-length:]
                else:
                    first = begin
                    value = build([], begin, begin, span)
                state = actions[states[-1]][origin] - 1
                states.append(state)
                values.append(value)
                starts.append(first)
            if not lexeme and state == self.tables.accept:
                return values[0]  # type: ignore[no-any-return]  # the start rule's node
            if not action:
                return Stuck(begin)
            if len(states) > MAX_STATES:
                raise TooDeepError(begin, end)
            state = action - 1
            last = end
            states.append(state)
            starts.append(begin)
            symbol = symbols[terminal]
            values.append(leaf(symbol, lexeme, span(begin, end)) if symbol else None)
        raise AssertionError("the end of the text is always reached")


def reducer(production: Production, builders: Mapping[str, Builder]) -> Reduce:
    """How a production makes its value from the values on the stack and its place."""
    take = production.take
    if production.passes:
        only = take[0][0]
        return lambda values, start, end, span: values[only]
    if not production.name and take[:1] == ((0, True),):
        return lambda values, start, end, span: _longer(values[0], children(take[1:], values))
    if not production.name:
        return lambda values, start, end, span: children(take, values)
    if production.name not in builders:  # the first production, which is never used
        return lambda values, start, end, span: None
    build = builders[production.name]
    if not all(place >= 0 and not splice for place, splice in take):
        return lambda values, start, end, span: build(span(start, end), *children(take, values))
    match [place for place, _ in take]:  # the usual ones without a list for each
        case []:
            return lambda values, start, end, span: build(span(start, end))
        case [a]:
            return lambda values, start, end, span: build(span(start, end), values[a])
        case [a, b]:
            return lambda values, start, end, span: build(span(start, end), values[a], values[b])
        case [a, b, c]:
            return lambda values, start, end, span: build(span(start, end), values[a], values[b], values[c])
        case places:
            return lambda values, start, end, span: build(span(start, end), *[values[place] for place in places])


def children(take: tuple[tuple[int, bool], ...], values: list[Any]) -> list[Any]:
    """The values of a production that its builder sees."""
    found: list[Any] = []
    for place, splice in take:
        if place < 0:
            found.append(None)
        elif splice:
            found.extend(values[place])
        else:
            found.append(values[place])
    return found


def _longer(found: list[Any], more: list[Any]) -> list[Any]:
    """Extends in place: a list is on the stack once, and a copy for every element would be quadratic."""
    found.extend(more)
    return found


class _Lexemes(dict[str, tuple[int, ...]]):
    """From the text of a lexeme to the numbers of its terminals; "" is the end of the text."""

    def __init__(self, tables: Tables) -> None:
        super().__init__({"": (tables.end,)})
        self._numbers = tables.numbers

    def __missing__(self, lexeme: str) -> tuple[int, ...]:
        found = tuple(self._numbers.get(terminal, -1) for terminal in terminals_of(lexeme))
        if len(self) < MAX_LEXEMES and len(lexeme) <= LONGEST_KNOWN:
            self[lexeme] = found
        return found
