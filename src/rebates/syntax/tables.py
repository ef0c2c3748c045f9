"""The parse tables of the grammar, as plain integers.

`actions[state][symbol]` is the next state + 1 for a shift or a step after a reduction, and minus the number of a production
for a reduction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

END = "$END"
ERROR = "ERROR"


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
    kept: frozenset[str]  # terminals that some production hands to its builder

    @property
    def end(self) -> int:
        return self.numbers[END]

    @property
    def error(self) -> int:
        return self.numbers[ERROR]

    def can_shift(self, states: Sequence[int], symbol: int) -> bool:
        """Whether a terminal fits here: merged look-aheads promise more than they keep, so the stack is walked.

        Asked for every terminal at every token that does not fit, so that it copies no stack.
        """
        actions, productions = self.actions, self.productions
        if (action := actions[states[-1]].get(symbol, 0)) > 0:
            return True
        top, below, pushed = states[-1], len(states), list[int]()
        while (action := actions[top].get(symbol, 0)) < 0:
            production = productions[-action]
            length = production.length
            if length <= len(pushed):
                del pushed[len(pushed) - length :]
            else:
                below -= length - len(pushed)
                pushed.clear()
            top = actions[pushed[-1] if pushed else states[below - 1]][production.origin] - 1
            pushed.append(top)
        return action > 0 or (top == self.accept and symbol == self.end)

    def fitting(self, states: Sequence[int], terminals: Sequence[str]) -> int | None:
        """The first of a token's terminals that fits here."""
        numbers = (self.numbers[terminal] for terminal in terminals if terminal in self.numbers)
        return next((number for number in numbers if self.can_shift(states, number)), None)

    def after(self, states: Sequence[int], symbol: int) -> list[int]:
        """The states after a terminal that is known to fit."""
        stack = list(states)
        while (action := self.actions[stack[-1]].get(symbol, 0)) < 0:
            production = self.productions[-action]
            del stack[len(stack) - production.length :]
            stack.append(self.actions[stack[-1]][production.origin] - 1)
        assert action > 0 or (symbol == self.end and stack[-1] == self.accept)
        if action > 0:
            stack.append(action - 1)
        return stack


# --- as bytes ---------------------------------------------------------------------------------------------------------


def makings_of(grammar: Path) -> bytes:
    """A hash of all that decides what the tables of a grammar are: its text, and the code that works them out."""
    digest = hashlib.sha256()
    for path in (grammar, *(Path(__file__).with_name(name) for name in ("lark_tables.py", "tables.py"))):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.digest()


def tables_bytes(tables: Tables, makings: bytes) -> bytes:
    """Tables as bytes, with what they were made from."""
    return makings + msgspec.msgpack.encode(tables)


def tables_in(content: bytes, makings: bytes) -> Tables | None:
    """The tables in bytes; None where these are of other makings, or no tables."""
    if not content.startswith(makings):
        return None
    try:
        return msgspec.msgpack.decode(memoryview(content)[len(makings) :], type=Tables)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
