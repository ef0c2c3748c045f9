"""Guesses from the indentation where a brace is missing or too many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from rebates.syntax import findings
from rebates.syntax.diagnostics import Diagnostic, Report
from rebates.syntax.source import Span
from rebates.syntax.tokens import Token


@dataclass(slots=True)
class _Block:
    """A block that is open: its `{`, how far its line is indented, that line, and the lines right inside it."""

    opener: Token
    indent: int
    line: int
    lines: list[tuple[int, int]] = field(default_factory=list)  # indentation, place of the last token among those kept


def opened_once(tokens: Sequence[Token], report: Report, span: Callable[[int, int], Span]) -> list[Token]:
    """The tokens without a `{` right after another one: nothing begins with a block."""
    kept = [tokens[0]]
    for token in tokens[1:]:
        if token.text == kept[-1].text == "{":
            report.add(findings.opens_twice(span(token.start, token.end)))
        else:
            kept.append(token)
    return kept


def balanced(tokens: Sequence[Token], span: Callable[[int, int], Span]) -> tuple[list[Token], list[Diagnostic]]:
    """The tokens with the braces that the indentation asks for, and a finding for each that came or went.

    A block that opens on a line no further out than a later line ended before that one. A `}` inside a line that would
    close a block of several lines is one too many. A `}` that opens its line further in than the block that it would
    close belongs to an earlier line of the same indentation, which lost its `{`.
    """
    kept: list[Token] = []
    found: list[Diagnostic] = []
    open_blocks: list[_Block] = []
    indent = 0
    for token in tokens:
        at = span(token.start, token.end)
        line, column = at.line, at.column
        if token.opens_line:
            indent = column
            closes = token.text == "}"
            while open_blocks and open_blocks[-1].line < line:
                block = open_blocks[-1]
                if block.indent < indent or (closes and block.indent == indent):
                    break
                open_blocks.pop()
                found.append(findings.closed_late(span(block.opener.start, block.opener.end), at))
                kept.append(replace(block.opener, text="}", start=token.start, end=token.start, terminals=("RBRACE",)))
            if closes and open_blocks and (lost := _lost_opener(open_blocks[-1], indent, kept)) is not None:
                before = kept[lost]
                found.append(findings.opener_lost(span(before.start, before.end)))
                brace = replace(before, text="{", start=before.end, end=before.end, terminals=("LBRACE",))
                if before.text == "(":  # the sign next to it on the keyboard
                    kept[lost] = replace(brace, start=before.start)
                else:
                    kept.insert(lost + 1, brace)
                kept.append(token)
                continue
        if token.text == "{":
            open_blocks.append(_Block(token, indent, line))
        elif token.text == "}":
            if not open_blocks or (not token.opens_line and open_blocks[-1].line < line):
                found.append(findings.closes_nothing(at))
                continue
            open_blocks.pop()
        elif open_blocks:
            inside = open_blocks[-1].lines
            if token.opens_line:
                inside.append((indent, len(kept)))
            elif inside:
                inside[-1] = (inside[-1][0], len(kept))
        kept.append(token)
    return kept, found


def _lost_opener(block: _Block, indent: int, kept: Sequence[Token]) -> int | None:
    """The place of the last token of the line that a `}` so far in belongs to, where lines stand between the two."""
    if block.indent >= indent or not block.lines or block.lines[-1][0] <= indent:
        return None
    for place in range(len(block.lines) - 1, -1, -1):
        at, last = block.lines[place]
        if at == indent:
            del block.lines[place + 1 :]
            return last
        if at < indent:
            return None
    return None
