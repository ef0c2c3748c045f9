"""What the grammar has and the model does not know yet: refused by name where it stands, never read and ignored.

The statement that holds it becomes `Broken`, as if it could not be read. A construct leaves this file with the change that
gives it a meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace

from rebates.syntax import findings
from rebates.syntax import nodes as n
from rebates.syntax.diagnostics import Report

# one of these words stands in every text that holds one of the constructs
_WORDS = re.compile(r"\bpocket\b")


def refused(tree: n.File, report: Report) -> n.File:
    """The tree without what is not built; every such statement is reported (R0120) and stands as `Broken`."""
    if not _WORDS.search(tree.span.source.text):
        return tree
    return replace(tree, declarations=tuple(_sound(each, report) for each in tree.declarations))  # type: ignore[misc]


def _sound(statement: n.Node, report: Report) -> n.Node:
    """The statement, or what stands in its place."""
    if isinstance(statement, n.Agreement):
        return replace(statement, members=tuple(_sound(x, report) for x in statement.members))  # type: ignore[misc]
    if isinstance(statement, n.Amendment):
        return replace(statement, members=tuple(_sound(x, report) for x in statement.members))  # type: ignore[misc]
    found = next(((name, node) for node in _walk(statement) if (name := _construct(node)) is not None), None)
    if found is None:
        return statement
    report.add(findings.not_built(found[1].span, found[0]))
    word = statement.span.text.split(maxsplit=1)[0]
    return n.Broken(getattr(statement, "name", None), word, span=statement.span)


def _walk(node: n.Node) -> Iterator[n.Node]:
    todo = [node]
    while todo:
        node = todo.pop()
        yield node
        for field in fields(node):
            value = getattr(node, field.name)
            parts = value if isinstance(value, tuple) else (value,)
            todo.extend(part for part in reversed(parts) if isinstance(part, n.Node))


def _construct(node: n.Node) -> str | None:
    """What a node is, if it is not built."""
    match node:
        case n.Guard(watches="pocket margin") | n.RemoveGuard(watches="pocket margin"):
            return "the pocket margin"
        case n.ExpectAmount(what="pocket price" | "pocket value" | "pocket margin"):
            return "the pocket price"
        case _:
            return None
