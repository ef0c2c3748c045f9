"""The parse tables of the grammar, and the plain driver over them.

Lark reads `grammar/rebates.lark` and works out the LALR(1) tables; everything that touches Lark is here. The tables are
plain integers: `actions[state][symbol]` is the next state + 1 for a shift or a step after a reduction, and minus the
number of a production for a reduction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from lark import Lark
from lark.grammar import Rule, Terminal
from lark.lexer import Lexer
from lark.parsers.lalr_analysis import Shift

from rebates.syntax.source import Span
from rebates.syntax.tokens import terminals_of

END = "$END"
ERROR = "ERROR"

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


class _NoLexer(Lexer):
    """Stands in for Lark's lexer, which is never used: tokens come from `tokens.py`."""

    __future_interface__ = 2

    def __init__(self, lexer_conf: object) -> None:
        pass

    def lex(self, lexer_state: object, parser_state: object) -> Iterator[Any]:
        yield from ()


def grammar_path() -> Path:
    """The grammar: inside the wheel, or at the top of a checkout."""
    packaged = Path(str(files("rebates") / "grammar"))
    checkout = Path(__file__).resolve().parents[3] / "grammar"
    return (packaged if packaged.is_dir() else checkout) / "rebates.lark"


def read_grammar(strict: bool = False) -> Lark:
    """The grammar as Lark sees it; strict refuses every conflict (needs `interegular`, for tests)."""
    return Lark.open(str(grammar_path()), parser="lalr", lexer=_NoLexer, maybe_placeholders=True, strict=strict)


# --- tables -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Production:
    """One alternative of a rule: how many values it takes, and which of them it hands to which builder."""

    length: int
    origin: int
    name: str  # of the builder; "" for the lists behind `*` and `+`
    take: tuple[tuple[int, bool], ...]  # (place of a value, whether it is a list to be spliced in); place -1: None
    passes: bool  # hands on its only value


@dataclass(frozen=True, slots=True)
class Tables:
    symbols: tuple[str, ...]
    numbers: Mapping[str, int]
    actions: tuple[Mapping[int, int], ...]
    productions: tuple[Production, ...]  # the first is never used
    start: int
    accept: int
    keywords: Mapping[str, str]  # terminal: the word or mark it stands for

    @property
    def end(self) -> int:
        return self.numbers[END]

    @property
    def error(self) -> int:
        return self.numbers[ERROR]

    def can_shift(self, states: Sequence[int], symbol: int) -> bool:
        """Whether a terminal fits here: merged look-aheads promise more than they keep, so the stack is walked."""
        return self._walk(states, symbol) is not None

    def after(self, states: Sequence[int], symbol: int) -> list[int]:
        """The states after a terminal that is known to fit."""
        walked = self._walk(states, symbol)
        assert walked is not None
        return walked

    def _walk(self, states: Sequence[int], symbol: int) -> list[int] | None:
        stack = list(states)
        while (action := self.actions[stack[-1]].get(symbol, 0)) < 0:
            production = self.productions[-action]
            del stack[len(stack) - production.length :]
            stack.append(self.actions[stack[-1]][production.origin] - 1)
        if action > 0:
            stack.append(action - 1)
        return stack if action > 0 or (symbol == self.end and stack[-1] == self.accept) else None


def _production(rule: Rule, numbers: Mapping[str, int]) -> Production:
    """Mirrors how Lark shapes the children of a tree: which tokens it drops, where it puts None, what it splices."""
    options = rule.options
    gaps = [0] * (len(rule.expansion) + 1)
    if options.empty_indices:
        gaps = [len(ones) for ones in "".join("1" if empty else "0" for empty in options.empty_indices).split("0")]
    take: list[tuple[int, bool]] = []
    for place, symbol in enumerate(rule.expansion):
        take.extend([(-1, False)] * gaps[place])
        if options.keep_all_tokens or not (isinstance(symbol, Terminal) and symbol.filter_out):
            take.append((place, not symbol.is_term and symbol.name.startswith("_")))
    take.extend([(-1, False)] * gaps[-1])
    helper = rule.origin.name.startswith("_")
    passes = bool(options.expand1) and not rule.alias and len(take) == 1 and not take[0][1]
    name = "" if helper else (rule.alias or options.template_source or rule.origin.name)
    return Production(len(rule.expansion), numbers[rule.origin.name], str(name), tuple(take), passes)


@cache
def load_tables() -> Tables:
    """The tables of the grammar, worked out once."""
    lark = read_grammar()
    table = lark.parser.parser._parse_table  # not documented; `lark` is pinned to a minor version
    rules = sorted(lark.rules, key=str)
    names = sorted({name for row in table.states.values() for name in row} | {str(r.origin.name) for r in rules})
    symbols = (*names, END) if END not in names else tuple(names)
    numbers = {name: number for number, name in enumerate(symbols)}
    productions = (Production(0, 0, "", (), False), *(_production(rule, numbers) for rule in rules))
    rule_numbers = {rule: number for number, rule in enumerate(rules, start=1)}
    start, accept = table.start_states["start"], table.end_states["start"]
    order = _states_in_order(table.states, start)
    actions = [
        {
            numbers[name]: order[to] + 1 if kind is Shift else -rule_numbers[to]
            for name, (kind, to) in table.states[state].items()
            if kind is Shift or to in rule_numbers
        }
        for state in order
    ]
    keywords = {str(t.name): str(t.pattern.value) for t in lark.terminals if t.pattern is not None}
    return Tables(symbols, numbers, tuple(actions), productions, order[start], order[accept], keywords)


def _states_in_order(states: Mapping[Any, Mapping[str, tuple[Any, Any]]], start: Any) -> dict[Any, int]:
    """States numbered breadth-first over sorted names, so that the numbers do not depend on a hash seed."""
    order = {start: 0}
    for state in (queue := [start]):
        for _, (kind, to) in sorted(states[state].items()):
            if kind is Shift and to not in order:
                order[to] = len(order)
                queue.append(to)
    return order


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
        self._memo: list[dict[tuple[int, ...], int]] = [{} for _ in tables.actions]
        self._steps = [(each.length, each.origin, reducer(each, builders)) for each in tables.productions]

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
        steps = self._steps
        for lexeme in _with_end(lexemes):
            begin, end = end, end + len(lexeme)
            terminals = lookup[lexeme]
            if not terminals:
                continue
            terminal = memo[state].get(terminals)
            if terminal is None:
                terminal = self.choose(states, terminals)
            while (action := actions[state].get(terminal, 0)) < 0:
                length, origin, build = steps[-action]
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
            values.append(self.leaf(self.tables.symbols[terminal], lexeme, span(begin, end)))
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
    return lambda values, start, end, span: build(span(start, end), *children(take, values))


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


def _with_end(lexemes: Iterable[str]) -> Iterator[str]:
    yield from lexemes
    yield ""


class _Lexemes(dict[str, tuple[int, ...]]):
    """From the text of a lexeme to the numbers of its terminals; "" is the end of the text."""

    def __init__(self, tables: Tables) -> None:
        super().__init__({"": (tables.end,)})
        self._numbers = tables.numbers

    def __missing__(self, lexeme: str) -> tuple[int, ...]:
        found = tuple(self._numbers.get(terminal, -1) for terminal in terminals_of(lexeme))
        if len(self) < MAX_LEXEMES:
            self[lexeme] = found
        return found
