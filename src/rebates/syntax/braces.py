"""Guesses from the indentation where a brace is missing or too many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rebates.syntax import findings
from rebates.syntax.diagnostics import Diagnostic
from rebates.syntax.source import Span
from rebates.syntax.tokens import Token


def balanced(tokens: Sequence[Token], span: Callable[[int, int], Span]) -> tuple[list[Token], list[Diagnostic]]:
    """The tokens with the braces that the indentation asks for, and a finding for each that came or went.

    A block that opens on a line no further out than a later line ended before that one. A `}` inside a line that would
    close a block of several lines is one too many.
    """
    kept: list[Token] = []
    found: list[Diagnostic] = []
    open_blocks: list[tuple[Token, int, int]] = []  # opener, indentation of its line, its line
    indent = 0
    for token in tokens:
        at = span(token.start, token.end)
        line, column = at.line, at.column
        if token.opens_line:
            indent = column
            closes = token.text == "}"
            while open_blocks and open_blocks[-1][2] < line:
                opener, opened_at, _ = open_blocks[-1]
                if opened_at < indent or (closes and opened_at == indent):
                    break
                open_blocks.pop()
                found.append(findings.closed_late(span(opener.start, opener.end), at))
                kept.append(replace(opener, text="}", start=token.start, end=token.start, terminals=("RBRACE",)))
        if token.text == "{":
            open_blocks.append((token, indent, line))
        elif token.text == "}":
            if not open_blocks or (not token.opens_line and open_blocks[-1][2] < line):
                found.append(findings.closes_nothing(at))
                continue
            open_blocks.pop()
        kept.append(token)
    return kept, found
