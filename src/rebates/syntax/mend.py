"""Replaces mistakes among the tokens by what was meant, and reports each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rebates.syntax import findings
from rebates.syntax.diagnostics import Report
from rebates.syntax.meant import group, near_date
from rebates.syntax.mistakes import BY_NAME
from rebates.syntax.source import Span
from rebates.syntax.tokens import DECIMAL_DIGITS, WHOLE_DIGITS, Token, tokenize, wrong_number


def mended(tokens: Sequence[Token], report: Report, span: Callable[[int, int], Span]) -> list[Token]:
    """The tokens a parser may see; those of constructs to come, unknown signs and `;` stay, for the parser to refuse."""
    right: list[Token] = []
    is_reckoned = False  # whether an `=` stands before on the line: what follows is worked out
    for token in tokens:
        is_reckoned = token.text == "=" or (is_reckoned and not token.opens_line)
        right.extend(_right(token, is_reckoned, report, span))
    return right


def _right(token: Token, is_reckoned: bool, report: Report, span: Callable[[int, int], Span]) -> Iterator[Token]:
    if token.terminals != ("MISTAKE",) or token.kind in ("LATER", "UNKNOWN") or token.text == ";":
        yield token
        return
    at = span(token.start, token.end)
    if token.kind == "DATE":
        meant = near_date(token.text)
        report.add(findings.no_such_day(at, meant))
        yield replace(token, text=meant, terminals=("DATE",))
    elif token.kind in ("NUMBER", "PERCENT"):
        yield _mended_number(token, report, at)
    else:
        slip = BY_NAME[token.kind.removeprefix("MISTAKE_")]
        meant = "/" if token.text == ":" and is_reckoned else slip.fix(token.text)
        report.add(findings.mistake(at, token.text, meant, slip))
        opens_line = token.opens_line
        for part in tokenize(meant):
            if part.kind not in ("BLANK", "COMMENT"):
                terminals = part.terminals
                yield replace(part, start=token.start, end=token.end, opens_line=opens_line, terminals=terminals)
                opens_line = False


def _mended_number(token: Token, report: Report, at: Span) -> Token:
    sign = "%" if token.kind == "PERCENT" else ""
    whole, _, decimals = token.text.rstrip(" \t%").partition(".")
    if wrong_number(token.text) == "groups":
        meant = (
            group(whole.replace("_", "")[:WHOLE_DIGITS]) + (f".{decimals[:DECIMAL_DIGITS]}" if decimals else "") + sign
        )
        report.add(findings.wrong_groups(at, meant))
    else:
        meant = "1" + sign
        report.add(findings.too_long(at, WHOLE_DIGITS, DECIMAL_DIGITS))
    terminals = ("PERCENT",) if sign else ("NUMBER",) if decimals else ("INTEGER", "NUMBER")
    return replace(token, text=meant, terminals=terminals)
