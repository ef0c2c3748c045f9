"""What of a folder an agreement's text has in sight: an agreement sees what it names, and what that names in turn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from rebates.model.loader import Loader
from rebates.model.names import Names
from rebates.syntax import nodes as s

_WORD = re.compile(r"\w+", re.ASCII)


class Sight:
    """The declarations of a folder outside its agreements, found by the words of a text."""

    def __init__(self, declarations: Sequence[s.Node], names: Names, loader: Loader) -> None:
        self._loader, self._tables = loader, names.tables
        self._always: tuple[object, ...] = (names.master,)
        self._named: dict[str, list[s.Node]] = {}
        for declaration in declarations:
            match declaration:
                case s.Agreement():
                    continue
                case s.Measure() | s.ItemSet() | s.FactDeclaration() | s.Class() | s.Table():
                    name = declaration.name
                case s.Attribute():
                    name = declaration.path.parts[-1]
                case _:  # a waterfall, rounding, what could not be read: nobody needs to name it
                    self._always += (declaration,)
                    continue
            self._named.setdefault(name, []).append(declaration)

    def of(self, agreement: s.Agreement) -> tuple[object, ...]:
        """All that may decide what the agreement's text means, the tables among it as they were read."""
        return (agreement, *self._always, *self._seen(agreement))

    def _seen(self, agreement: s.Agreement) -> Iterator[object]:
        known: Mapping[str, list[s.Node]] = self._named
        seen: dict[str, None] = {}
        todo: list[s.Node] = [agreement]
        while todo:
            for word in sorted(known.keys() & self._words(todo.pop()) - seen.keys()):
                seen[word] = None
                todo += known[word]
        for word in sorted(seen):
            for declaration in known[word]:
                yield declaration
                if isinstance(declaration, s.Table) and declaration.name in self._tables:
                    yield self._tables[declaration.name]

    def _words(self, node: s.Node) -> frozenset[str]:
        """The words of a text; found once."""
        return self._loader.memory.once(
            "words", self._loader.report, lambda: frozenset(_WORD.findall(node.span.text)), of=(node,)
        )
