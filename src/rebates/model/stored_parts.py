"""What reading a rule set came to, as bytes beside the rules: a start that finds these kept rereads one changed file alone.

Parts go by names that say what they were made from (`memory.py`), so that they are found again by whoever reads the same
texts and tables. Trees are not among them: of an agreement only its frame is there, and its text is parsed when someone asks
for more. Rules, tables and master data are those that are stored already. Findings are read when someone asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rebates.model.folder import MOST_RULES, Modelled
from rebates.model.master import Master
from rebates.model.memory import Kept, Memory
from rebates.model.nodes import Agreement, RuleSet
from rebates.model.stored import UNREADABLE, CannotBeStored, Reader, Reducers, StoredAgreement, as_bytes
from rebates.model.tables import Table
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Diagnostic, Report
from rebates.syntax.parser import parse
from rebates.syntax.source import Source, Span


class LaterAgreement(s.Agreement):
    """An agreement whose text is parsed when someone first asks for its members."""

    def __getattr__(self, name: str) -> object:
        """Called only for what is not there yet."""
        read = self.__dict__.get("read") if name == "members" else None
        if read is None:
            raise AttributeError(name)
        object.__setattr__(self, "members", read())
        return self.members


# stand in the bytes for what their reader has
def _rules_of(place: int) -> Any: ...
def _table_of(name: str, of_master: bool) -> Any: ...
def _master() -> Any: ...
def _later(name: str, title: str, name_span: Span, span: Span) -> Any: ...


def parts_bytes(memory: Memory, rules: RuleSet) -> bytes:
    """The parts of a memory that others can be named by; b"" where one of them has no bytes."""
    reducers = Reducers()
    places = {id(agreement.noted): place for place, agreement in enumerate(rules.agreements)}
    tables = {id(table): (name, True) for name, table in rules.master.tables.items()}
    tables.update({id(table): (name, False) for name, table in rules.tables.items()})

    def modelled(made: Modelled) -> tuple[Any, ...]:
        assert made.agreement is not None  # rules without error
        now, first = rules.agreements[places[id(made.agreement.noted)]], made.first
        if now is not made.agreement:  # it was moved
            its = [*(rule.place for rule in now.rules), *(rule.place for rule in now.rebates)]
            first = its[0] // MOST_RULES * MOST_RULES if its else first
        return Modelled, (now, made.attributes, made.facts, first)

    def table(made: Table) -> tuple[Any, ...]:
        known = tables.get(id(made))
        return (Table, (made.schema, tuple(made.rows()))) if known is None else (_table_of, known)

    reducers[Modelled] = modelled
    reducers[Agreement] = reducers[StoredAgreement] = lambda made: (_rules_of, (places[id(made.noted)],))
    reducers[Table] = table
    reducers[Master] = lambda made: (_master, ())
    reducers[s.Agreement] = reducers[LaterAgreement] = lambda made: (
        _later,
        (made.name, made.title, made.name_span, made.span),
    )
    try:
        parts = [(name, made, as_bytes(told) if told else b"") for name, made, told in memory.named_parts()]
        return as_bytes((memory.took, parts), reducers)
    except (CannotBeStored, KeyError):
        return b""


def memory_of(content: memoryview, rules: RuleSet, sources: Mapping[str, Source]) -> Memory | None:
    """The memory in bytes, of rules that were stored with it; None where there is none."""
    try:
        took, parts = _PartsReader(content, rules, sources).load()
        kept = {str(name): Kept(made, _told(told, sources) if told else None) for name, made, told in parts}
    except UNREADABLE:
        return None
    return Memory(took=int(took), kept=kept)


def _told(content: bytes, sources: Mapping[str, Source]) -> Callable[[], Sequence[Diagnostic]]:
    return lambda: Reader(memoryview(content), sources).load()


class _PartsReader(Reader):
    def __init__(self, content: memoryview, rules: RuleSet, sources: Mapping[str, Source]) -> None:
        super().__init__(content, sources)
        self._trees: dict[str, s.File] = {}
        self._own: Mapping[str, Callable[..., object]] = {
            "_rules_of": lambda place: rules.agreements[place],
            "_table_of": lambda name, of_master: (rules.master.tables if of_master else rules.tables)[name],
            "_master": lambda: rules.master,
            "_later": self._later,
        }

    def find_class(self, module: str, name: str, /) -> Any:
        if module == __name__ and name in self._own:
            return self._own[name]
        return super().find_class(module, name)

    def _later(self, name: str, title: str, name_span: Span, span: Span) -> LaterAgreement:
        made = LaterAgreement.__new__(LaterAgreement)
        for field, value in (("name", name), ("title", title), ("name_span", name_span), ("span", span)):
            object.__setattr__(made, field, value)
        made.__dict__["read"] = lambda: self._members(span)
        return made

    def _members(self, span: Span) -> tuple[s.Member, ...]:
        source = span.source
        if source.name not in self._trees:
            self._trees[source.name] = parse(source, Report())
        declarations = self._trees[source.name].declarations
        return next(x.members for x in declarations if isinstance(x, s.Agreement) and x.span.start == span.start)
