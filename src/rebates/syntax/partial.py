"""Builds the tree of a text that has errors: what could not be read is lost on its way up to its statement, which is `Broken`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from rebates.syntax import nodes as n
from rebates.syntax.keywords import KEYWORDS
from rebates.syntax.lalr import MAX_STATES, Builder, TooDeepError, children
from rebates.syntax.leaves import Word, leaf
from rebates.syntax.source import Span
from rebates.syntax.tables import Production, Tables
from rebates.syntax.tokens import Token

_DECLARING: Final = frozenset(
    ("agreement", "rule", "fund", "item_set", "measure", "table", "class_declaration", "fact_declaration")
)
DECLARING_WORDS: Final = frozenset(
    "agreement attribute items measure table price discount charge rebate fund fact class".split()
)


@dataclass(frozen=True, slots=True)
class Lost:
    """The value of something that could not be read, on its way up to the statement that becomes `Broken`."""

    name: str | None = None
    stands_alone: bool = False  # a statement of a block, which is read on without it
    misplaced: bool = False  # it belongs in another block, so that this one lacks nothing


@dataclass(slots=True)
class Stack:
    states: list[int]
    values: list[Any]
    starts: list[int]

    def copy(self) -> Stack:
        return Stack(self.states[:], self.values[:], self.starts[:])


class Partial:
    """What was read so far; `incomplete` are blocks that lack a statement which could not be read."""

    def __init__(
        self,
        tables: Tables,
        builders: Mapping[str, Builder],
        tokens: Sequence[Token],
        span: Callable[[int, int], Span],
    ) -> None:
        self.tables = tables
        self.builders = builders
        self.tokens = tokens
        self.span = span
        self.stack = Stack([tables.start], [], [])
        self.last = 0  # where the last token that was read ends
        self.incomplete: list[Span] = []
        self._statement_lists = frozenset(tables.numbers[name] for name in ("declaration", "member"))
        self._parts = frozenset(  # what a block may be read without
            (
                tables.numbers["expect"],
                tables.numbers["step"],
                *(production.origin for production in tables.productions if production.name == "broken"),
            )
        )

    def feed(self, terminal: int, token: Token, value: object = None) -> None:
        """Shifts a terminal that is known to fit; at the end of the text leaves the file's node alone on the stack."""
        stack = self.stack
        while (action := self.tables.actions[stack.states[-1]].get(terminal, 0)) < 0:
            production = self.tables.productions[-action]
            length = production.length
            start = stack.starts[-length] if length else token.start
            end = self.last if length else token.start
            taken = stack.values[len(stack.values) - length :]
            reduced = self._reduce(production, taken, start, end)
            del stack.states[len(stack.states) - length :]
            del stack.values[len(stack.values) - length :]
            del stack.starts[len(stack.starts) - length :]
            self._push(self.tables.actions[stack.states[-1]][production.origin] - 1, reduced, start)
        if terminal == self.tables.end:
            return
        assert action > 0, (
            f"{self.tables.symbols[terminal]} does not fit here"
        )  # it would leave states that no text has
        if len(stack.states) > MAX_STATES:
            raise TooDeepError(token.start, token.end)
        if value is None:
            value = leaf(self.tables.symbols[terminal], token.text, self.span(token.start, token.end))
        self._push(action - 1, value, token.start)
        self.last = max(self.last, token.end)

    def _push(self, state: int, value: object, start: int) -> None:
        self.stack.states.append(state)
        self.stack.values.append(value)
        self.stack.starts.append(start)

    def _reduce(self, production: Production, values: list[Any], start: int, end: int) -> object:
        found = children(production.take, values)
        lost = next((v for v in (*found, *values) if isinstance(v, Lost) and not v.stands_alone), None)
        if lost is None and production.name and not production.passes and production.name != "broken":
            whole = [value for value in found if not isinstance(value, Lost)]
            if any(isinstance(value, Lost) and not value.misplaced for value in found):
                self.incomplete.append(self.span(start, end))
            found = whole
        if production.name == "broken":
            result: object = found[0]
        elif lost is not None and production.name and not production.passes:
            name = next((v.text for v in found if isinstance(v, Word)), None) if production.name in _DECLARING else None
            result = Lost(name or lost.name)
        elif production.passes:
            result = found[0]
        elif not production.name:
            result = found
        else:
            result = self.builders[production.name](self.span(start, end), *found)
        if isinstance(result, Lost):
            if production.origin in self._statement_lists:
                return n.Broken(result.name, self._word_at(start), span=self.span(start, end))
            if production.origin in self._parts and not result.stands_alone:
                return replace(result, stands_alone=True)
        return result

    def _word_at(self, start: int) -> str | None:
        """The keyword that a statement starts with."""
        text = next((token.text for token in self.tokens if token.start >= start), "")
        return text if text in KEYWORDS or text in DECLARING_WORDS else None
