"""From a source to its tree. A text without error is read in one pass; anything else goes through `recovery.py`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache, partial
from typing import Final

from rebates.syntax import findings
from rebates.syntax import nodes as n
from rebates.syntax.braces import balanced, opened_once
from rebates.syntax.build import BUILDERS
from rebates.syntax.diagnostics import Diagnostic, Report
from rebates.syntax.lalr import Driver, Stuck, TooDeepError, load_tables
from rebates.syntax.leaves import leaf
from rebates.syntax.mend import mended
from rebates.syntax.misplaced import ordered, titled
from rebates.syntax.names import check_examples, check_names
from rebates.syntax.recovery import Recovery, meaningful
from rebates.syntax.source import Source, Span
from rebates.syntax.tokens import Token, split, tokenize

MAX_CHARACTERS: Final = 5_000_000
SHOWN: Final = 1_000  # characters of a text that is longer
MAX_NESTING: Final = 64
MAX_DEPTH: Final = 160
TOKENS_A_FINDING: Final = 12
_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}\.\d\d0", re.ASCII)
_BRACKETS: Final = {"{": 1, "}": -1, "(": 1, ")": -1}


@cache
def load_driver() -> Driver:
    """The driver over the grammar's tables and the builders of `build.py`, made once."""
    return Driver(load_tables(), BUILDERS, leaf)


def parse(source: Source, report: Report) -> n.File:
    """The tree of a text. Every finding goes to the report; what could not be read stands in the tree as `Broken`."""
    span = partial(Span, source)
    text = source.text
    if (
        len(text) > MAX_CHARACTERS
    ):  # only its beginning is kept: millions of lines need not be counted to show the first
        beginning = Source(source.name, text[:SHOWN])
        report.add(findings.too_large(Span(beginning, 0, 1), MAX_CHARACTERS))
        return _nothing(partial(Span, beginning), SHOWN)
    lexemes = split(text)
    try:
        brackets = _check_nesting(lexemes)
        tree = load_driver().parse(lexemes, span)
        if isinstance(tree, Stuck):
            tree = _recover(source, report, span)
        assert isinstance(tree, n.File)
        if brackets > 1:  # without, no chain of operators is longer than MAX_CHAIN
            _check_depth(tree)
    except TooDeepError as deep:
        report.add(findings.too_deep(span(deep.start, deep.end)))
        return _nothing(span, len(text))
    check_names(tree, report)
    check_examples(tree, report)
    if _THOUSANDS.search(text):
        _tell_points(lexemes, report, span)
    return tree


def _tell_points(lexemes: list[str], report: Report, span: Callable[[int, int], Span]) -> None:
    """Tells of numbers whose point looks like one between thousands."""
    at = 0
    for lexeme in lexemes:
        if _THOUSANDS.fullmatch(lexeme):
            report.add(findings.few_thousands(span(at, at + len(lexeme))))
        at += len(lexeme)


def _nothing(span: Callable[[int, int], Span], length: int) -> n.File:
    return n.File((n.Broken(span=span(0, length)),), span=span(0, length))


def _check_nesting(lexemes: list[str]) -> int:
    """How deep round brackets nest; too many brackets in each other are refused."""
    if lexemes.count("{") + lexemes.count("(") == 0:
        return 0
    depth = round_depth = deepest = at = 0
    for lexeme in lexemes:
        if lexeme in _BRACKETS:
            depth += _BRACKETS[lexeme]
            if depth > MAX_NESTING:
                raise TooDeepError(at, at + 1)
            if lexeme in "()":
                round_depth += _BRACKETS[lexeme]
                deepest = max(deepest, round_depth)
        at += len(lexeme)
    return deepest


def _check_depth(tree: n.File) -> None:
    """Bounds the depth of the tree, so that whoever walks it may recurse."""
    todo: list[tuple[n.Node, int]] = [(tree, 0)]
    while todo:
        node, depth = todo.pop()
        if depth > MAX_DEPTH:
            raise TooDeepError(node.span.start, node.span.end)
        for field in fields(node):
            value = getattr(node, field.name)
            for part in value if isinstance(value, tuple) else (value,):
                if isinstance(part, n.Node):
                    todo.append((part, depth + 1))


def _recover(source: Source, report: Report, span: Callable[[int, int], Span]) -> n.File:
    text = source.text
    tokens = mended(meaningful(tokenize(text), len(text)), report, span)
    tokens = ordered(titled(opened_once(tokens, report, span), report, span), report, span)
    first = _read(tokens, span)
    best = (first.tree, first.found)
    if first.found:
        weight = first.weight
        # braces that the first reading put in come first: the indentation is judged with them
        for start, told in (
            (tokens, []),
            *([(_opened(tokens, first), [o[3] for o in first.opened])] if first.opened else []),
        ):
            hinted, hints = balanced(start, span)
            if not hints:
                continue
            other = _read(hinted, span)
            found = [*told, *hints, *other.found]
            better = _weight(found, other.skipped) < weight
            if any(
                finding.code == "R0106" for finding in first.found
            ):  # which block is open is told by the indentation
                better |= _weight(found, other.skipped) == weight
            if better or (not other.found and not told and len(found) == len(best[1])):  # a brace is told by its block
                best, weight = (other.tree, found), _weight(found, other.skipped)
    tree, found = best
    slips = [slip.span for slip in report.diagnostics if slip.span.source == source]
    lines: set[int] = set()
    for finding in sorted(found, key=lambda f: f.span.start):
        at = finding.span
        if at.line in lines:  # a second message on a line is most often an echo of the first
            continue
        if any(at.start <= slip.end and slip.start <= at.end for slip in slips):  # and one at a slip that was mended
            lines.add(at.line)
            continue
        report.add(finding)
        lines.add(at.line)
    return tree


def _weight(found: list[Diagnostic], skipped: int) -> int:
    """How bad a reading is: a long stretch that could not be read counts like a finding, as it hides some."""
    return len(found) * TOKENS_A_FINDING + skipped


@dataclass(frozen=True, slots=True)
class _Reading:
    tree: n.File
    found: list[Diagnostic]
    skipped: int
    opened: list[tuple[int, int, Token, Diagnostic]]

    @property
    def weight(self) -> int:
        return _weight(self.found, self.skipped)


def _read(tokens: list[Token], span: Callable[[int, int], Span]) -> _Reading:
    recovery = Recovery(load_tables(), BUILDERS, tokens, span)
    tree = recovery.read()
    return _Reading(tree, recovery.findings, recovery.skipped, recovery.opened)


def _opened(tokens: list[Token], reading: _Reading) -> list[Token]:
    """The tokens with the opening braces that a reading put in."""
    made = list(tokens)
    for place, removes, brace, _ in sorted(reading.opened, key=lambda opened: -opened[0]):
        made[place : place + removes] = [brace]
    return made
