"""Names where they are declared: small letters, digits and `_`, and no word that could start an expression.

Also what else no grammar can say: an example that expects what only an order answers has an order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rebates.syntax import findings
from rebates.syntax import nodes as n
from rebates.syntax.diagnostics import Report
from rebates.syntax.keywords import RESERVED
from rebates.syntax.source import Span

_NAME = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)


def check_names(tree: n.File, report: Report) -> None:
    """Reports every declared name that breaks the rule, with a better one."""
    for name, span, is_value in _declared(tree.declarations):
        if not _NAME.fullmatch(name):
            report.add(findings.bad_name(span, name, name.lower()))
        elif is_value and name in RESERVED:
            report.add(findings.reserved_name(span, name))


def check_examples(tree: n.File, report: Report) -> None:
    """Reports every example without an order that expects what only an order answers, or expects nothing."""
    for part in tree.declarations:
        for example in part.members if isinstance(part, n.Agreement) else ():
            if isinstance(example, n.SettledExample) and not any(_lies_in(at, example) for at in tree.incomplete):
                ordered = next((step for step in example.steps if isinstance(step, n.Expect)), None)
                if ordered is not None:
                    report.add(findings.no_order(ordered.span))
                elif not any(isinstance(step, n.ExpectEarned) for step in example.steps):
                    end = example.span.end
                    report.add(findings.no_order(Span(example.span.source, end - 1, end)))


def _lies_in(at: Span, node: n.Node) -> bool:
    return node.span.start <= at.start and at.end <= node.span.end


def _declared(members: tuple[n.Node, ...]) -> Iterator[tuple[str, Span, bool]]:
    """Every declared name, its place, and whether it can stand in an expression or after `expect`."""
    for member in members:
        match member:
            case n.Agreement(name=name, name_span=span, members=inner):
                yield name, span, False
                yield from _declared(inner)
            case n.Measure(name=name, name_span=span) | n.ItemSet(name=name, name_span=span):
                yield name, span, True
            case n.Rule(name=name, name_span=span) | n.FactDeclaration(name=name, name_span=span):
                yield name, span, True
            case n.Fund(name=name, name_span=span):
                yield name, span, True
            case n.Amendment(members=amended):
                yield from _declared(amended)
            case n.Class(name=name, name_span=span, members=inside):
                yield name, span, True
                yield from _declared(inside)
            case n.Table(name=name, name_span=span):
                yield name, span, False
            case n.Waterfall(stages=stages):
                yield from ((stage.name, stage.name_span, False) for stage in stages)
