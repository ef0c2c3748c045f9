"""What stands in the wrong place: a statement in another block's, a condition before its rate, an order behind what is expected of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from rebates.syntax import findings
from rebates.syntax.diagnostics import Report
from rebates.syntax.source import Span
from rebates.syntax.tables import END, Tables
from rebates.syntax.tokens import Token, tokenize

_AGREEMENT: Final = 'agreement a "A" {'
_RULE: Final = f'{_AGREEMENT} discount d "D" {{'

# what has a title, between its name and its block
TITLED: Final = frozenset("agreement price discount charge free rebate fund class example".split())

# the words of rules, before their names
_KINDS: Final = frozenset(("price", "discount", "charge", "free goods", "rebate"))

# what a block is called, and how one is opened; a word that fits in several belongs in the first
_BLOCKS: Final = (
    ("an agreement", _AGREEMENT),
    ("a rule", _RULE),
    ("`waterfall { … }`", f"{_AGREEMENT} waterfall {{"),
    ("`terms { … }`", f"{_AGREEMENT} terms {{"),
    ("`tiers … { … }`", f"{_RULE} tiers retroactive on a {{"),
    ("an example", f'{_AGREEMENT} example "e" {{'),
    ("a fund", f"{_AGREEMENT} fund f {{"),
)

# what says when a row of rates holds
CONDITIONS: Final = ("when", "otherwise")

# the grammar has one set of tables
_STATES: Final[dict[str, list[int]]] = {}


def titled(tokens: Sequence[Token], report: Report, span: Callable[[int, int], Span]) -> list[Token]:
    """The tokens with each title that stands right behind the `{` before it, and each name behind the kind of its rule."""
    kept = list(tokens)
    for at in range(len(kept) - 3):
        name, kind, after = kept[at : at + 3]
        opens = after.text == "{" or (after.kind == "STRING" and kept[at + 3].text == "{")
        is_name = name.terminals == ("NAME",) or (name.kind == "WORD" and after.kind == "STRING")
        if name.opens_line and is_name and kind.text in _KINDS and opens:
            report.add(findings.named_early(span(name.start, kind.end), name.text, kind.text))
            kept[at : at + 2] = [replace(kind, opens_line=True), replace(name, opens_line=False)]
    for at in range(2, len(kept) - 1):
        brace, title = kept[at], kept[at + 1]
        if (brace.text, title.kind) != ("{", "STRING"):
            continue
        if (kept[at - 2].text in TITLED and kept[at - 1].kind == "WORD") or kept[at - 1].text == "example":
            whole, before = span(brace.start, title.end), replace(title, start=brace.start, end=brace.start)
            report.add(findings.titled_late(whole, title.text))
            kept[at : at + 2] = [before, replace(brace, end=title.end)]
    return kept


def ordered(tokens: Sequence[Token], report: Report, span: Callable[[int, int], Span]) -> list[Token]:
    """The tokens with each order of an example before what is expected of it, where it stands behind that."""
    kept = list(tokens)
    for begun in range(len(kept) - 3):
        if (kept[begun].text, kept[begun + 1].kind, kept[begun + 2].text) != ("example", "STRING", "{"):
            continue
        expected, at = None, begun + 3
        while kept[at].text in ("given", "expect"):
            if expected is None and kept[at].text == "expect":
                expected = at
            at = statement_end(kept, at)
        if expected is not None and kept[at].text == "order":
            end = statement_end(kept, at)
            first, order, last = kept[expected].start, kept[at], kept[end - 1].end
            report.add(
                findings.ordered_late(span(order.start, order.end), span(first, order.start), span(order.start, last))
            )
            kept[expected:end] = [*kept[at:end], *kept[expected:at]]
    return kept


def belongs_in(tables: Tables, token: Token) -> str | None:
    """The block whose statements begin with this word of the language; None for other words."""
    if token.kind != "WORD" or "NAME" in token.terminals[:1]:
        return None
    numbers = [tables.numbers[terminal] for terminal in token.terminals if terminal in tables.keywords]
    for block, opener in _BLOCKS:
        states = _opened(tables, opener)
        if any(tables.can_shift(states, number) for number in numbers):
            return block
    return None


def _opened(tables: Tables, opener: str) -> list[int]:
    if opener in _STATES:
        return _STATES[opener]
    states = [tables.start]
    for token in tokenize(opener):
        if (number := tables.fitting(states, token.terminals)) is not None:  # a blank has none
            states = tables.after(states, number)
    _STATES[opener] = states
    return states


def statement_end(tokens: Sequence[Token], place: int) -> int:
    """The place after the statement that begins at `place`: where a line opens outside of its brackets, or its block closes."""
    depth, at = 0, place
    while tokens[at].terminals != (END,):
        text = tokens[at].text
        if text == "}":
            if depth == 0:
                return at
            depth -= 1
        elif text == "{":
            depth += 1
        at += 1
        if depth == 0 and tokens[at].opens_line:
            return at
    return at


def swapped(tables: Tables, tokens: Sequence[Token], place: int, states: Sequence[int]) -> tuple[int, int] | None:
    """Of a row whose second part stands first (`when … 5%`, `5% from 10 carton`): where its first part begins, and where it ends."""
    end = statement_end(tokens, place)
    for first in range(end - 1, place, -1):
        if _fit(tables, states, (*tokens[first:end], *tokens[place:first])):
            return first, end
    return None


def _fit(tables: Tables, states: Sequence[int], tokens: Sequence[Token]) -> bool:
    """Whether these tokens are a whole statement."""
    for token in tokens:
        if (number := tables.fitting(states, token.terminals)) is None:
            return False
        states = tables.after(states, number)
    return tables.can_shift(states, tables.error)
