"""Which rule, rebate or guard a place in the text belongs to, looked up so that many findings do not go through many rules."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from rebates.model import nodes as m
from rebates.model.rebates import Rebate
from rebates.syntax.source import Span

Part = m.Rule | Rebate | m.Guard


class Parts:
    """The parts of a rule set by where they stand; parts do not lie within each other."""

    def __init__(self, rules: m.RuleSet) -> None:
        self.agreements = {agreement.name: agreement for agreement in rules.agreements}
        self._by_source: dict[str, list[tuple[int, int, str, Part]]] = {}
        for agreement in rules.agreements:
            parts: tuple[Part, ...] = (*agreement.rules, *agreement.rebates, *agreement.guards)
            for part in parts:
                at = part.span
                self._by_source.setdefault(at.source.name, []).append((at.start, at.end, agreement.name, part))
        for found in self._by_source.values():
            found.sort(key=lambda one: one[0])  # versions of a rule stay in their order
        self._starts = {name: [one[0] for one in found] for name, found in self._by_source.items()}

    def at(self, span: Span) -> Iterator[tuple[str, Part]]:
        """The agreement and the part that hold a place; each version of a rule is one."""
        found = self._by_source.get(span.source.name, [])
        end = bisect_right(self._starts.get(span.source.name, []), span.start)
        first = end
        while first and found[first - 1][0] == found[end - 1][0]:
            first -= 1
        for _, last, agreement, part in found[first:end]:
            if span.end <= last:
                yield agreement, part
