"""Lark reads `grammar/rebates.lark` and works out the LALR(1) tables; everything that touches Lark is here."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lark import Lark
from lark.grammar import Rule, Terminal
from lark.lexer import Lexer
from lark.parsers.lalr_analysis import Shift

from rebates.syntax.tables import END, Production, Tables, makings_of, tables_bytes


class _NoLexer(Lexer):
    """Stands in for Lark's lexer, which is never used: tokens come from `tokens.py`."""

    __future_interface__ = 2

    def __init__(self, lexer_conf: object) -> None:
        pass

    def lex(self, lexer_state: object, parser_state: object) -> Iterator[Any]:
        yield from ()


def read_grammar(grammar: Path, strict: bool = False) -> Lark:
    """The grammar as Lark sees it; strict refuses every conflict (needs `interegular`, for tests)."""
    return Lark.open(str(grammar), parser="lalr", lexer=_NoLexer, maybe_placeholders=True, strict=strict)


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


def make_tables(grammar: Path) -> Tables:
    """The tables of a grammar."""
    lark = read_grammar(grammar)
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
    kept = frozenset(
        str(rule.expansion[place].name)
        for rule, production in zip(rules, productions[1:], strict=True)
        for place, _ in production.take
        if place >= 0
    )
    return Tables(symbols, numbers, tuple(actions), productions, order[start], order[accept], keywords, kept)


def _states_in_order(states: Mapping[Any, Mapping[str, tuple[Any, Any]]], start: Any) -> dict[Any, int]:
    """States numbered breadth-first over sorted names, so that the numbers do not depend on a hash seed."""
    order = {start: 0}
    for state in (queue := [start]):
        for _, (kind, to) in sorted(states[state].items()):
            if kind is Shift and to not in order:
                order[to] = len(order)
                queue.append(to)
    return order


def ship_tables(grammar: Path, place: Path) -> None:
    """Works out the tables of a grammar and puts them into a file; done where the package is built."""
    new = place.with_name(f".{place.name}-{os.getpid()}")
    new.write_bytes(tables_bytes(make_tables(grammar), makings_of(grammar)))
    new.replace(place)  # whole, for whoever reads meanwhile
