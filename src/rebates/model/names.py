"""What a name stands for, in an agreement and in the folder around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Final, TypeVar

from rebates.model import nodes as m
from rebates.model.attributes import BUILT_IN, NOWHERE, SUBJECTS
from rebates.model.cells import Kind
from rebates.model.master import Master
from rebates.model.tables import Table
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Edit, Label, Report
from rebates.syntax.source import Span
from rebates.syntax.suggest import nearest

# the words that declare what has a name of its kind alone
_DECLARED_BY: Final = {"measure": "measure", "item set": "items", "fact": "fact", "class": "class", "table": "table"}

N = TypeVar("N", bound=s.Node | m.Node)


@dataclass
class Names:
    """The declarations in sight. An agreement's own come before those of the folder."""

    report: Report
    master: Master
    currency: str = ""
    measures: dict[str, s.Measure] = field(default_factory=dict)
    sets: dict[str, s.ItemSet] = field(default_factory=dict)
    attributes: dict[str, m.Attribute] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    table_spans: dict[str, Span] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)  # of the agreement, sound or not: each with its kind
    facts: dict[str, m.Fact] = field(default_factory=dict)
    classes: dict[str, s.Class] = field(default_factory=dict)
    unsound: dict[str, str | None] = field(default_factory=dict)  # declared where it could not be read, with what word
    columns: Mapping[str, m.Attribute] = field(default_factory=dict)  # of the tables `accounts` and `items`, by path
    _known_families: frozenset[str] | None = None
    exchange: bool = False  # amounts in other currencies may stand: the agreement names exchange rates
    tax: bool = False  # the agreement says where the tax rate of an item stands
    seasons: bool = True  # the agreement names seasons; outside of agreements it is not known yet

    def inside(self, currency: str) -> Names:
        """The names of an agreement: a copy to which it adds its own."""
        return Names(
            self.report,
            self.master,
            currency,
            dict(self.measures),
            dict(self.sets),
            dict(self.attributes),
            dict(self.tables),
            dict(self.table_spans),
            dict(self.rules),
            dict(self.facts),
            dict(self.classes),
            dict(self.unsound),
            self.columns,
            self.families(),
            self.exchange,
            self.tax,
            self.seasons,
        )

    def unknown(self, code: str, what: str, name: str, span: Span, known: Iterable[str], hint: str = "") -> None:
        """Reports a name that nothing declares, with the nearest that is, or else a hint and what there is.

        The place is the name alone, within `span`.
        """
        if self._is_unsound(what, name):
            return
        span = _within(span, name)
        edits: tuple[Edit, ...] = ()
        names = sorted(set(known))
        near = nearest(name, names)
        if near:
            help = f"did you mean `{near[0]}`?"
            if span.text.strip('"') == name:
                edits = (Edit(span, span.text.replace(name, near[0]), "asks"),)
        elif names:
            help = f"known: {', '.join(names[:8])}{', …' if len(names) > 8 else ''}"
        else:
            help = f"declare the {what} first"
        if hint and not near:
            help = f"{hint}; {help}" if names else hint
        self.report.error(code, span, f"unknown {what} `{name}`", help, edits=edits)

    def _is_unsound(self, what: str, name: str) -> bool:
        """Whether such a name is declared in a statement that could not be read, an attribute perhaps without its owner."""
        if what == "attribute" and name not in self.unsound:
            name = name.rpartition(".")[2]
        if name not in self.unsound:
            return False
        word = self.unsound[name]
        return word is None or _DECLARED_BY.get(what, word) == word

    def attribute(self, path: s.Path) -> m.Attribute | None:
        """The attribute of a path; a bare name is the item's, else the line's, the order's, the account's."""
        if len(path.parts) == 1:
            found = [a for subject in SUBJECTS if (a := self._find(subject, path.parts[0])) is not None]
            if len(found) == 1 or (found and found[0].subject == "item" and "item" != found[-1].subject == "account"):
                return found[0]
            if found:
                both = " and ".join(f"`{attribute.path}`" for attribute in found)
                self.report.error("R0216", path.span, f"`{path.parts[0]}` may be {both}", "write which one is meant")
                return None
            name = path.parts[0]
            hint = (
                f"say what of it is meant, such as `{name}.id`"
                if name in ("account", "item")
                else f"declare `attribute item.{name} text` (or order, line, account), or add a column to the table `items`"
            )
            self.unknown("R0208", "attribute", name, path.span, self._bare_names(), hint)
            return None
        subject, name = path.parts[0], ".".join(path.parts[1:])
        if subject not in SUBJECTS:
            self.unknown("R0208", "attribute", ".".join(path.parts), path.span, self._paths())
            return None
        attribute = self._find(subject, name)
        if attribute is None:
            self.unknown("R0208", "attribute", f"{subject}.{name}", path.span, self._paths())
        return attribute

    def tested(self, path: s.Path | s.Fact) -> m.Attribute | None:
        """The attribute or fact that a condition tests."""
        return self.fact(path) if isinstance(path, s.Fact) else self.attribute(path)

    def fact(self, fact: s.Fact) -> m.Attribute | None:
        """A fact; one of an earlier window has a name of its own, for callers say it apart."""
        found = self.facts.get(fact.name)
        if found is None:
            self.unknown("R0454", "fact", fact.name, fact.span, self.facts)
            return None
        attribute = found.attribute
        if fact.shift is not None and fact.shift.seasons and not self.seasons:
            self.report.error(
                "R0353",
                fact.shift.span,
                "the agreement does not say what a season is",
                "add `seasons { spring_2026 2026-02-01 to 2026-07-31 }`, or `seasons from table NAME`",
            )
        return attribute if fact.shift is None else replace(attribute, name=f"{attribute.name} {fact.shift.words}")

    def named(self, name: str) -> m.Attribute | None:
        """The attribute a table's key column means: `account`, `item`, `family`, or an attribute's bare name."""
        fixed = {"account": "account.id", "item": "item.id", "family": "item.family", "class": "account.class"}
        if name in fixed:
            subject, _, rest = fixed[name].partition(".")
            return self._find(subject, rest)
        for subject in SUBJECTS:
            found = self._find(subject, name)
            if found is not None:
                return found
        return None

    def _find(self, subject: str, name: str) -> m.Attribute | None:
        path = f"{subject}.{name}"
        if path in self.attributes:
            return self.attributes[path]
        if path in BUILT_IN:
            return BUILT_IN[path]
        return self.columns.get(path)

    def families(self) -> frozenset[str]:
        """The families of the master data and all above them, found once."""
        if self._known_families is None:
            paths = (self.master.family_path(family) for family in self.master.families)
            self._known_families = frozenset(above for path in paths for above in path)
        return self._known_families

    def _paths(self) -> set[str]:
        return set(self.attributes) | set(BUILT_IN) | set(self.columns)

    def _bare_names(self) -> set[str]:
        return {path.partition(".")[2] for path in self._paths()}


def _within(span: Span, name: str) -> Span:
    """The place of a name, with its quotes if it has some, in a longer phrase such as `stage NAME`."""
    quoted = rf'"{re.escape(name)}"'
    found = list(re.finditer(rf"{quoted}|(?<![\w.\"-]){re.escape(name)}(?![\w.\"-])", span.text))
    if not found:
        return span
    return Span(span.source, span.start + found[-1].start(), span.start + found[-1].end())


def master_columns(master: Master) -> Mapping[str, m.Attribute]:
    """The attributes that master data bring: every other column of `accounts` and `items`, text unless declared (7.1)."""
    found: dict[str, m.Attribute] = {}
    for subject, table, rows in (("item", "items", master.items), ("account", "accounts", master.accounts)):
        if table not in master.tables:
            continue
        kinds = {column.name: column for column in master.tables[table].schema.columns}
        for name in {name for row in rows.values() for name in row.attributes}:
            column = kinds.get(name)
            dimension = m.TEXT if column is None else dimension_of(column.kind, column.unit)
            found[f"{subject}.{name}"] = m.Attribute(subject, name, dimension, span=NOWHERE)  # type: ignore[arg-type]
    return found


def literal_value(value: s.Text | s.Number | s.Date | s.Percent | s.Quantity | s.Money) -> str | Fraction | date:
    """What a literal is worth as an attribute's value."""
    match value:
        case s.Text() | s.Date() | s.Number():
            return value.value
        case s.Percent():
            return value.points / 100
        case s.Quantity() | s.Money():
            return value.number.value


def dimension_of(kind: Kind, unit: str | None) -> m.Dimension:
    """The dimension of a declared type."""
    match kind:
        case "money":
            return m.MONEY
        case "number" | "percent":
            return m.NUMBER
        case "date":
            return m.DATE
        case "text":
            return m.TEXT
        case "quantity":
            return m.Dimension("quantity", unit)


Declared = s.Measure | s.ItemSet | s.Attribute | s.FactDeclaration | s.Class | s.Broken


def declare(names: Names, node: Declared) -> None:
    """Enters a declaration; a second one of the same name is an error that shows both, and the first holds."""
    match node:
        case s.Broken(name=str() as name):
            for each in (name, name.rpartition(".")[2]):  # an attribute is named with its owner or without
                names.unsound[each] = node.word
        case s.Measure():
            enter(names, "measure", node.name, node, names.measures)
        case s.ItemSet():
            enter(names, "item set", node.name, node, names.sets)
        case s.FactDeclaration():
            from rebates.model.facts import declare_fact

            declare_fact(names, node)
        case s.Class():
            enter(names, "class", node.name, node, names.classes)
        case s.Attribute():
            path = ".".join(node.path.parts)
            if len(node.path.parts) < 2 or node.path.parts[0] not in SUBJECTS:
                names.report.error(
                    "R0217", node.path.span, f"`{path}` says not whose attribute it is", f"write `order.{path}`"
                )
                return
            default = literal_value(node.default) if node.default is not None else None
            subject, _, name = path.partition(".")
            dimension = dimension_of(node.type.kind, node.type.unit)
            if default is not None and not fits(default, dimension):
                names.report.error(
                    "R0218", node.span, f"the default of `{path}` is no {node.type.kind}", "mend one of them"
                )
            column = names.columns.get(path)
            if column is not None and column.dimension != dimension:
                names.report.error(
                    "R0214",
                    node.span,
                    f"`{path}` is a {node.type.kind} here, and its column in the table is of another type",
                    "give both the same type",
                )
            attribute = m.Attribute(subject, name, dimension, default, span=node.span)  # type: ignore[arg-type]
            enter(names, "attribute", path, attribute, names.attributes)


def fits(value: str | Fraction | date, dimension: m.Dimension) -> bool:
    """Whether a plain value can be of a dimension."""
    if isinstance(value, str):
        return dimension.kind == "text"
    if isinstance(value, date):
        return dimension.kind == "date"
    return dimension.kind not in ("text", "date")


def enter(names: Names, what: str, name: str, node: N, into: dict[str, N]) -> None:
    """Enters a name; of two declarations the first holds, and the second is reported."""
    twice(names, what, name, node.span, into.get(name))
    into.setdefault(name, node)


def twice(names: Names, what: str, name: str, span: Span, other: s.Node | m.Node | None) -> None:
    """Reports a second declaration of a name, in this file or another."""
    if other is None or other.span == span:
        return
    names.report.error(
        "R0210",
        span,
        f"{what} `{name}` is declared twice",
        "give one of them another name",
        labels=(Label(other.span, f"`{name}` is declared here too"),),
    )
