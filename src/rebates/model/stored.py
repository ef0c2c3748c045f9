"""Rule sets as bytes: checked once, read again without being checked.

The bytes hold data alone. Whoever reads them makes nothing but the nodes of the model and plain values, whatever they say;
that they are those that were written is for the keeper to see (`syntax/kept.py`). Of an agreement only its frame is
made at once, the rest when someone first asks for it. Texts are not among them: places refer to the files at hand.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from hashlib import sha256
from importlib import import_module
from io import BytesIO
from operator import attrgetter, methodcaller
from types import MappingProxyType
from typing import Any

from rebates.model.master import Master
from rebates.model.memory import Memory
from rebates.model.nodes import Agreement, RateRows, RuleSet
from rebates.model.packed import PackedTable
from rebates.model.tables import Table
from rebates.syntax.diagnostics import Diagnostic
from rebates.syntax.source import Source, Span

_FRAME = ("name", "title", "who", "first", "last", "currency", "zone", "adds_to", "span", "noted")
_LENGTH = 8
_PROTOCOL = 5
# what the reader of foreign bytes may come to
UNREADABLE = (
    pickle.UnpicklingError, ArithmeticError, AssertionError, AttributeError, EOFError, ImportError, LookupError, MemoryError,
    RuntimeError, TypeError, ValueError,
)  # fmt: skip
_PLAIN: Mapping[tuple[str, str], Any] = {
    (kind.__module__, kind.__qualname__): kind
    for kind in (Fraction, Decimal, date, datetime, time, frozenset, set)
} | {("builtins", "mappingproxy"): MappingProxyType}  # fmt: skip


class StoredAgreement(Agreement):
    """An agreement whose frame is there; all else is read when it is first asked for."""

    def __getattr__(self, name: str) -> object:
        """Called only for what is not there yet."""
        read = self.__dict__.get("_read")
        if read is None or name.startswith("__"):
            return object.__getattribute__(self, name)  # another thread was faster, or there is no such thing
        whole = read()
        for each in fields(Agreement):
            if each.name not in _FRAME:
                object.__setattr__(self, each.name, getattr(whole, each.name))
        self.__dict__.pop("_read", None)
        return object.__getattribute__(self, name)


@dataclass(frozen=True, slots=True)
class Stored:
    """A rule set and its findings as they were stored."""

    rules: RuleSet
    warnings: Callable[[], tuple[Diagnostic, ...]]
    memory: Callable[[], Memory | None]  # of reading it


class CannotBeStored(Exception):
    """A rule set with something in it that has no bytes."""


def stored(
    rules: RuleSet, warnings: Sequence[Diagnostic], texts: Sequence[Source], memory: Memory | None = None
) -> bytes:
    """The bytes of a rule set, with what reading it came to. Raises CannotBeStored: a table of millions of rows is read anew."""
    bodies = [_body(agreement) for agreement in rules.agreements]
    found = as_bytes(tuple(warnings))
    parts = b""
    if memory is not None:
        from rebates.model.stored_parts import parts_bytes  # reads texts, which a start that finds its rules does not

        parts = parts_bytes(memory, rules)
    frames = [tuple(getattr(agreement, name) for name in _FRAME) for agreement in rules.agreements]
    head = as_bytes(
        (
            {text.name: _digest(text) for text in texts},
            frames,
            [len(body) for body in (*bodies, found, parts)],
            dict(rules.tables),
            rules.master,
            rules.version,
            dict(rules.attributes),
            dict(rules.facts),
        )
    )
    return b"".join((len(head).to_bytes(_LENGTH, "big"), head, *bodies, found, parts))


def read_stored(content: bytes, texts: Sequence[Source]) -> Stored | None:
    """The rule set of bytes, with its places in these texts; None where the bytes are of other texts, or no rule set."""
    whole = memoryview(content)
    sources = {text.name: text for text in texts}
    start = _LENGTH + int.from_bytes(whole[:_LENGTH], "big")
    try:
        digests, frames, lengths, tables, master, version, attributes, facts = _read(whole[_LENGTH:start], sources)
        if digests != {text.name: _digest(text) for text in texts}:
            return None
        parts: list[memoryview] = []
        for length in lengths:
            parts.append(whole[start : start + length])
            start += length
        agreements = tuple(_agreement(frame, part, sources) for frame, part in zip(frames, parts[:-2], strict=True))
        found, of_reading = parts[-2:]
        rules = RuleSet(agreements, tables, master, version, attributes, facts)
    except UNREADABLE:
        return None

    def memory() -> Memory | None:
        from rebates.model.stored_parts import memory_of

        return memory_of(of_reading, rules, sources)

    return Stored(rules, lambda: tuple(_read(found, sources)), memory)


def _agreement(frame: Sequence[object], body: memoryview, sources: Mapping[str, Source]) -> StoredAgreement:
    made = StoredAgreement.__new__(StoredAgreement)
    for name, value in zip(_FRAME, frame, strict=True):
        object.__setattr__(made, name, value)
    made.__dict__.update(_body=body, _read=lambda: _read(body, sources))
    return made


def _body(agreement: Agreement) -> bytes | memoryview:
    """The bytes of an agreement; of one that was stored, those that it came from."""
    if not isinstance(agreement, StoredAgreement):
        return as_bytes(agreement)
    body: memoryview | None = agreement.__dict__.get("_body")
    if body is not None:
        return body
    plain = Agreement.__new__(Agreement)  # a copy of a stored one that was moved
    for each in fields(Agreement):
        object.__setattr__(plain, each.name, getattr(agreement, each.name))
    return as_bytes(plain)


def _digest(text: Source) -> str:
    return sha256(text.text.encode("utf-8", "surrogatepass")).hexdigest()


# --- data as bytes ----------------------------------------------------------------------------------------------------


def _source(name: str) -> Source:
    """Stands in the bytes for a text; who reads them puts in the one at hand."""
    return Source(name, "")


Reduced = Callable[[Any], Any]


class Reducers(dict[type, Reduced]):
    """How values of a class are written; found once for each."""

    def __missing__(self, kind: Any) -> Reduced:
        found = self[kind] = _reducer(kind)
        return found


def _reducer(kind: Any) -> Reduced:
    if kind is Span:
        return Span.__reduce__  # there are more of these than of all else: no function of ours is called for them
    if issubclass(kind, type):
        return attrgetter("__qualname__")  # a class is written by its name
    if kind is Source:
        return lambda value: (_source, (value.name,))
    if kind is Table:
        return lambda value: (Table, (value.schema, tuple(value.rows())))
    if kind is Master:
        return lambda value: (Master, (value.tables,))
    if kind is MappingProxyType:
        return lambda value: (MappingProxyType, (dict(value),))
    if kind is PackedTable or kind is StoredAgreement:
        return _refused
    if kind not in _PLAIN.values() and _node(kind.__module__, kind.__qualname__) is not kind:
        return _refused  # it would not be read
    names = _in_turn(kind)
    if names is None:
        return methodcaller("__reduce_ex__", _PROTOCOL)
    if len(names) < 2:
        return lambda value: (kind, tuple([getattr(value, name) for name in names]))
    values = attrgetter(*names)
    return lambda value: (kind, values(value))


def _refused(value: object) -> Any:
    raise CannotBeStored(type(value).__qualname__)


_reducers = Reducers()


def _in_turn(kind: Any) -> tuple[str, ...] | None:
    """The fields of a class of nodes that can all be given in turn; None of any other."""
    if not isinstance(kind, type) or not is_dataclass(kind):
        return None
    return tuple(each.name for each in fields(kind)) if all(x.init and not x.kw_only for x in fields(kind)) else None


def as_bytes(value: object, reducers: Reducers = _reducers) -> bytes:
    """The bytes of nodes and plain values. Raises CannotBeStored."""
    out = BytesIO()
    writer = pickle.Pickler(out, _PROTOCOL)
    writer.dispatch_table = reducers
    try:
        writer.dump(value)
    except (pickle.PicklingError, AttributeError, TypeError, RecursionError) as error:
        raise CannotBeStored(str(error)) from error
    return out.getvalue()


class Reader(pickle.Unpickler):
    """Makes nodes of the model and plain values, and nothing else."""

    def __init__(self, content: memoryview, sources: Mapping[str, Source]) -> None:
        super().__init__(BytesIO(content))
        self._sources = sources

    def find_class(self, module: str, name: str, /) -> Any:
        if (module, name) in _PLAIN:
            return _PLAIN[module, name]
        if (module, name) == (__name__, "_source"):
            return lambda source: self._sources.get(source) or Source(source, "")
        kind = _node(module, name)
        if kind is None:
            raise pickle.UnpicklingError(f"{module}.{name} is no node")
        return kind


@cache
def _node(module: str, name: str) -> type | None:
    if not module.startswith(("rebates.model.", "rebates.syntax.")) or not name.isidentifier():
        return None
    kind = getattr(import_module(module), name, None)
    sound = isinstance(kind, type) and (
        is_dataclass(kind) or issubclass(kind, Enum) or kind in (Table, Master, RateRows, Span)
    )
    return kind if sound else None


def _read(content: memoryview, sources: Mapping[str, Source]) -> Any:
    return Reader(content, sources).load()
