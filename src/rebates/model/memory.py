"""What reading a rule set came to, part by part, so that reading it again does only what a change concerns.

A part is remembered by all that it is made from: values, and nodes that are the very same. What it told its author is
remembered with it and told again, so that whoever reads with a memory finds what one without finds. Each reading has
a memory of its own and keeps what it used; what belongs to files that are gone goes with the memory before.

A part that is made of values, and of parts that have names, has a name of its own: a hash of all that, the same in every
process. By these names parts are found that were kept beside rules (`stored_parts.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from rebates.syntax.diagnostics import Diagnostic, Offered, Report, opened

Made = TypeVar("Made")
Key = tuple[str, tuple[int, ...], tuple[Hashable, ...]]


@dataclass(frozen=True, slots=True)
class _Part:
    of: tuple[object, ...]  # held, so that no other object comes to have its identity
    made: object
    told: tuple[Offered, ...]
    errors: tuple[Diagnostic, ...]  # of these
    name: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A part that an earlier process made, without error, and what it told."""

    made: object
    told: Offered | None


class Memory:
    """Of one reading; `before` is that of the reading before it."""

    __slots__ = ("_before", "_kept", "_names", "_parts", "took")

    def __init__(self, before: Memory | None = None, *, took: int = 0, kept: Mapping[str, Kept] | None = None) -> None:
        self.took: int = took if before is None else before.took  # ns of reading all of it, from the first time on
        self._before: dict[Key, _Part] = {} if before is None else before._parts
        self._kept: Mapping[str, Kept] = kept or ({} if before is None else before._kept)
        self._parts: dict[Key, _Part] = {}
        self._names: dict[int, str] = {}  # of what parts hold, by identity

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
        if part is None:
            name = self._name(what, of, values)
            kept = self._kept.get(name) if name is not None else None
            if kept is not None:
                part = _Part(of, kept.made, () if kept.told is None else (kept.told,), (), name)
        if part is not None:
            report.again(part.told, part.errors)
        else:
            start = len(report.offered)
            made = make()
            told = tuple(report.offered[start:])
            errors = tuple(one for one in told if isinstance(one, Diagnostic) and one.severity == "error")
            part = _Part(of, made, told, errors, name)
            if (clean and part.errors) or not (sound is None or sound()):
                return made
        self._parts[key] = part
        if part.name is not None and part.made is not None:
            self._names[id(part.made)] = part.name
        return cast(Made, part.made)

    def within(self, whole: object, *parts: object) -> None:
        """What a part holds is named after it, each by its place."""
        name = self._names.get(id(whole))
        if name is not None:
            self._names.update({id(part): f"{name} {place}" for place, part in enumerate(parts) if part is not None})

    def named_parts(self) -> Iterator[tuple[str, object, tuple[Diagnostic, ...]]]:
        """The name of every part that has one, what was made, and what it told."""
        for part in self._parts.values():
            if part.name is not None:
                yield part.name, part.made, tuple(each for one in part.told for each in opened(one))

    @classmethod
    def of_all(cls, memories: Sequence[Memory]) -> Memory:
        """One for the next reading of what several were kept of; of parts of one name the first counts."""
        kept = {name: part for memory in reversed(memories) for name, part in memory._kept.items()}
        return cls(took=sum(memory.took for memory in memories), kept=kept)

    def finished(self) -> None:
        """The reading is over: what it did not use is forgotten."""
        self._before, self._kept = {}, {}

    def _name(self, what: str, of: tuple[object, ...], values: tuple[Hashable, ...]) -> str | None:
        names = [self._names.get(id(each)) for each in of]
        if None in names:
            return None
        said = repr((what, names, [sorted(value) if isinstance(value, frozenset) else value for value in values]))
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
