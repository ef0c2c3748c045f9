"""What reading a rule set came to, part by part, so that reading it again does only what a change concerns.

A part is remembered by all that it is made from: values, and nodes that are the very same. What it told its author is
remembered with it and told again, so that whoever reads with a memory finds what one without finds. Each reading has
a memory of its own and keeps what it used; what belongs to files that are gone goes with the memory before.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar, cast

from rebates.syntax.diagnostics import Diagnostic, Report

Made = TypeVar("Made")
Key = tuple[str, tuple[int, ...], tuple[Hashable, ...]]


@dataclass(frozen=True, slots=True)
class _Part:
    of: tuple[object, ...]  # held, so that no other object comes to have its identity
    made: object
    told: tuple[Diagnostic, ...]
    errors: tuple[Diagnostic, ...]  # of these


class Memory:
    """Of one reading; `before` is that of the reading before it."""

    __slots__ = ("_before", "_parts", "took")

    def __init__(self, before: Memory | None = None) -> None:
        self.took: int = 0 if before is None else before.took  # ns of reading all of it, from the first time on
        self._before: dict[Key, _Part] = {} if before is None else before._parts
        self._parts: dict[Key, _Part] = {}

    def once(
        self,
        what: str,
        report: Report,
        make: Callable[[], Made],
        of: tuple[object, ...] = (),
        values: tuple[Hashable, ...] = (),
        clean: bool = False,
        sound: Callable[[], bool] | None = None,
    ) -> Made:
        """The part made of these objects and values: remembered, or made now.

        What `make` does must depend on nothing else, but for errors told before: where it asks for these, only what is
        `clean`, told no error, is remembered. `sound`, asked afterwards, may say that it is not to be remembered.
        """
        key = what, tuple(map(id, of)), values
        part = self._parts.get(key) or self._before.get(key)
        if part is not None:
            report.again(part.told, part.errors)
        else:
            start = len(report.offered)
            made = make()
            told = tuple(report.offered[start:])
            part = _Part(of, made, told, tuple(one for one in told if one.severity == "error"))
            if (clean and part.errors) or not (sound is None or sound()):
                return made
        self._parts[key] = part
        return cast(Made, part.made)

    def finished(self) -> None:
        """The reading is over: what it did not use is forgotten."""
        self._before = {}
