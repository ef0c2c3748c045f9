"""Loads a rule set: the rule files of a folder, the tables beside them and the master data."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rebates.model import nodes as m
from rebates.model.agreements import currency_of, model_agreement, rounding_once
from rebates.model.classes import in_class
from rebates.model.conditions import item_set
from rebates.model.echoes import settle
from rebates.model.examples import check_example
from rebates.model.expressions import Typing, describe, typed
from rebates.model.findings import find
from rebates.model.loader import Loader
from rebates.model.master import SCHEMAS, Master, load_master
from rebates.model.memory import Memory
from rebates.model.names import Declared, Names, declare, literal_value, master_columns, twice
from rebates.model.outline import Outline
from rebates.model.read_tables import SUFFIXES
from rebates.model.sight import Sight
from rebates.model.tables import Column, Table, TableSchema, TableSource
from rebates.model.text import value_text
from rebates.model.texts import Texts, read_texts
from rebates.model.together import check_together
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Label, Report
from rebates.syntax.source import Source, Span

# of an agreement, agreements of a file: the longest text cannot hold as many
MOST_RULES = 1_000_000
MOST_AGREEMENTS = 1_000_000


def load_rules(
    rules: str | Path | Texts,
    source: TableSource | None,
    report: Report,
    memory: Memory | None = None,
    only: Collection[str] | None = None,
) -> m.RuleSet | None:
    """The rule set of a file, a folder, or texts by name; None where there are errors, which are all in the report.

    With the memory of an earlier reading only what changed since is read and checked; it finds the same. `only` names those
    of the files that are read, as if there were no others.
    """
    texts, folder = read_texts(rules, report), _folder_of(rules)
    loader = Loader(folder, source, report, memory or Memory(), {text.name: place for place, text in enumerate(texts)})
    trees = [loader.tree(text) for text in texts if only is None or text.name in only]
    declarations = [declaration for tree in trees for declaration in tree.declarations]
    tables = [x for x in declarations if isinstance(x, s.Table)]
    anchor = trees[0].span if trees else Span(Source("rules", ""), 0, 0)
    anchor = Span(anchor.source, anchor.start, anchor.start)
    master, columns = _master(_master_tables(tables, _typed_columns(declarations, loader), loader, anchor), loader)
    names = Names(report, master, columns=columns)
    _declare_folder(declarations, tables, names, loader)
    agreements = _agreements(declarations, names, loader)
    check_together(agreements, _adds_to(declarations, loader), names, loader.memory)
    settle(report, trees)
    find(agreements, report, master, names.tables, loader.memory)
    loader.memory.finished()
    if report.has_errors:
        return None
    return m.RuleSet(
        agreements, dict(names.tables), master, loader.version(), dict(names.attributes), dict(names.facts)
    )


def _folder_of(rules: str | Path | Texts) -> Path | None:
    if isinstance(rules, Mapping):
        return None
    path = Path(rules)
    if path.is_dir():
        return path
    return path.parent if path.is_file() else None


def _schema(table: s.Table) -> TableSchema:
    columns = []
    for declared in table.columns:
        for name in declared.names:
            kind, role, unit, with_tax = "text", "value", None, False
            match declared.type:
                case "key" | "threshold" | "reward":
                    role = declared.type
                    kind = "text"  # thresholds and rewards say their own unit: `from 50 carton`, `EUR 5 plus 2%`
                case "dates":
                    role, kind = "dates", "date"
                case s.ValueType() as type_:
                    kind, unit, with_tax = type_.kind, type_.unit, type_.with_tax
            column = Column(name.name, role, kind, unit, name.source, with_tax=with_tax, span=name.span)  # type: ignore[arg-type]
            columns.append(column)
    where = tuple((column, _plain(value)) for column, value in table.where)
    tiered = any(column.role == "threshold" for column in columns)  # then a key has a row for every tier
    return TableSchema(table.name, tuple(columns), where, table.span, unique=not tiered)


def _plain(value: s.Text | s.Number | s.Date) -> str:
    plain = literal_value(value)
    return plain if isinstance(plain, str) else value_text(plain)


def _typed_columns(declarations: Sequence[s.Node], loader: Loader) -> dict[str, list[Column]]:
    """Columns of `accounts` and `items` that are declared as attributes with a type: their cells are read as such (7.1)."""
    found: dict[str, dict[str, Column]] = {"accounts": {}, "items": {}}
    for declaration in declarations:
        own = loader.outline(declaration).attributes if isinstance(declaration, s.Agreement) else (declaration,)
        for member in own:
            if isinstance(member, s.Attribute) and member.path.parts[0] in ("account", "item"):
                name = ".".join(member.path.parts[1:])
                column = Column(name, "value", member.type.kind, member.type.unit, required=False, may_be_empty=True)
                found[f"{member.path.parts[0]}s"].setdefault(name, column)
    return {table: list(columns.values()) for table, columns in found.items()}


def _master(tables: Mapping[str, Table], loader: Loader) -> tuple[Master, Mapping[str, m.Attribute]]:
    """The master data of the tables, and the attributes that they bring."""

    def made() -> tuple[Master, Mapping[str, m.Attribute]]:
        master = load_master(tables, loader.report)
        return master, master_columns(master)

    read = loader.memory.once("master", loader.report, made, of=tuple(tables.values()), values=tuple(tables))
    loader.memory.within(read, *read)
    return read


def _master_tables(
    declared: list[s.Table], typed_columns: Mapping[str, list[Column]], loader: Loader, anchor: Span
) -> dict[str, Table]:
    """The fixed tables: declared ones, those that the program hands over, and files of their names."""
    by_name = {table.name: table for table in declared}
    found: dict[str, Table] = {}
    for name, fixed in SCHEMAS.items():
        own = {column.name for column in fixed.columns}
        more = [column for column in typed_columns.get(name, []) if column.name not in own]
        schema = replace(fixed, columns=(*fixed.columns, *more))
        table = by_name.get(name)
        if table is not None:
            made = _master_schema(fixed, table)
            declared_here = {column.name for column in made.columns}
            made = replace(
                made, columns=(*made.columns, *(column for column in more if column.name not in declared_here))
            )
            read = loader.table(made, table.source.value, None, table.source.span)
        else:
            file = _file_of(name, loader.folder)
            if file is None and (loader.source is None or loader.source.rows(name) is None):
                continue
            read = loader.table(schema, file or name, None, anchor)
        if read is not None:
            found[name] = read
    return found


def _master_schema(fixed: TableSchema, table: s.Table) -> TableSchema:
    """A declared master table: its headings, with the fixed columns' types."""
    own = {column.name: column for column in _schema(table).columns}
    columns = []
    for column in fixed.columns:
        if column.name in own:
            taxed = own[column.name].with_tax
            columns.append(replace(column, heading=own[column.name].heading, required=True, with_tax=taxed))
        else:
            columns.append(replace(column, required=False, may_be_empty=True))
    names = {column.name for column in fixed.columns}
    columns += [column for name, column in own.items() if name not in names]
    return TableSchema(fixed.name, tuple(columns), _schema(table).where, table.span)


def _file_of(name: str, folder: Path | None) -> str | None:
    if folder is None:
        return None
    for suffix in SUFFIXES:
        if (folder / f"{name}{suffix}").is_file():
            return f"{name}{suffix}"
    return None


def _declare_folder(declarations: Sequence[s.Node], tables: list[s.Table], names: Names, loader: Loader) -> None:
    for declaration in declarations:
        if isinstance(declaration, Declared):
            declare(names, declaration)
    for table in tables:
        if table.name not in SCHEMAS:
            _declare_table(table, None, names, loader)
    agreements: dict[str, s.Agreement] = {}
    for declaration in declarations:
        if isinstance(declaration, s.Agreement):
            other = agreements.get(declaration.name)
            twice(
                names,
                "agreement",
                declaration.name,
                declaration.name_span,
                s.Broken(span=other.name_span) if other else None,
            )
            agreements[declaration.name] = declaration


def _declare_table(table: s.Table, currency: str | None, names: Names, loader: Loader) -> None:
    twice(
        names,
        "table",
        table.name,
        table.span,
        s.Broken(span=names.table_spans[table.name]) if table.name in names.table_spans else None,
    )
    names.table_spans[table.name] = table.span
    read = loader.table(_schema(table), table.source.value, currency, table.source.span)
    if read is None:
        names.unsound[table.name] = "table"
        return
    names.tables[table.name] = read


def _agreements(declarations: Sequence[s.Node], names: Names, loader: Loader) -> tuple[m.Agreement, ...]:
    waterfalls = [x for x in declarations if isinstance(x, s.Waterfall)]
    for other in waterfalls[1:]:
        names.report.error("R0330", other.span, "`waterfall` stands twice", "keep one for the folder")
    shared_waterfall = waterfalls[0] if waterfalls else None
    rounding = [x for x in declarations if isinstance(x, s.Rounding)]
    rounding_once(rounding, names)
    outlines = [(x, loader.outline(x)) for x in declarations if isinstance(x, s.Agreement)]
    charges_in: dict[s.Waterfall | None, dict[str, s.Rule]] = {}
    for _, outline in outlines:
        charges_in.setdefault(_waterfall(outline, shared_waterfall), {}).update(outline.charge_stages)
    made: list[m.Agreement] = []
    shared = names.inside("")
    sight = Sight(declarations, shared, loader)
    places = {name: place * MOST_AGREEMENTS for name, place in loader.places.items()}  # of the next agreement of a file
    for declaration, outline in outlines:
        number = places[declaration.span.source.name]
        places[declaration.span.source.name] += 1
        currency = loader.memory.once(
            "currency", names.report, partial(currency_of, declaration, names), of=(declaration,)
        )
        inside = shared.inside(currency)
        inside.exchange, inside.tax, inside.seasons = outline.exchange, outline.tax, outline.seasons
        for table in outline.tables:
            own = inside.exchange and any(name.name == "currency" for c in table.columns for name in c.names)
            _declare_table(table, None if own else currency or None, inside, loader)
        shared.table_spans.update(inside.table_spans)
        place = Place(
            shared_waterfall, rounding, number * MOST_RULES, charges_in[_waterfall(outline, shared_waterfall)]
        )
        modelled = loader.memory.once(
            "agreement",
            names.report,
            partial(_modelled, declaration, inside, place),
            of=(*sight.of(declaration), *(inside.tables[x.name] for x in outline.tables if x.name in inside.tables)),
            values=(frozenset(place.charge_stages), frozenset(inside.unsound.items())),
            clean=True,
            sound=lambda: not names.report.has_errors or not outline.amended,  # noqa: B023  # asked at once
        )
        names.tables.update(inside.tables)
        _keep_attributes(names, modelled)
        if modelled.agreement is not None:
            loader.memory.within(modelled, modelled.agreement, modelled.agreement.noted)
            made.append(_placed(modelled.agreement, place.first - modelled.first, loader))
    _check_shared(declarations, outlines, shared)
    return tuple(made)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an agreement stands: what the folder lays down, the place of its first rule, charges of the same waterfall."""

    waterfall: s.Waterfall | None
    rounding: Sequence[s.Rounding]
    first: int
    charge_stages: Mapping[str, s.Rule]


@dataclass(frozen=True, slots=True)
class Modelled:
    """An agreement, if it has a sound frame, the attributes and facts in its sight, and the place of its first rule."""

    agreement: m.Agreement | None
    attributes: Mapping[str, m.Attribute]
    facts: Mapping[str, m.Fact]
    first: int


def _modelled(declaration: s.Agreement, inside: Names, place: Place) -> Modelled:
    agreement, sound = model_agreement(
        declaration, inside, place.waterfall, place.rounding, place.first, place.charge_stages
    )
    for example in agreement.examples:
        check_example(example, agreement, inside)
    return Modelled(agreement if sound else None, inside.attributes, inside.facts, place.first)


def _adds_to(declarations: Sequence[s.Node], loader: Loader) -> dict[str, list[s.Setting]]:
    """Where each agreement says to which others it adds."""
    found: dict[str, list[s.Setting]] = {}
    for declaration in declarations:
        if isinstance(declaration, s.Agreement):
            found.setdefault(declaration.name, []).extend(loader.outline(declaration).adds_to)
    return found


def _placed(agreement: m.Agreement, by: int, loader: Loader) -> m.Agreement:
    """The agreement with its rules moved, as it stands at another place among the files now."""

    def placed() -> m.Agreement:
        made = replace(
            agreement,
            rules=tuple(replace(rule, place=rule.place + by) for rule in agreement.rules),
            rebates=tuple(replace(rule, place=rule.place + by) for rule in agreement.rebates),
        )
        object.__setattr__(made, "noted", agreement.noted)  # what was found about it holds
        return made

    return loader.memory.once("placed", loader.report, placed, of=(agreement,), values=(by,)) if by else agreement


def _keep_attributes(names: Names, inside: Modelled) -> None:
    """An attribute has one type in all agreements, for callers say it once; defaults may differ."""
    for name, fact in inside.facts.items():
        names.facts.setdefault(name, fact)
    facts = {fact.attribute.path: fact.attribute for fact in inside.facts.values()}
    for path, attribute in {**inside.attributes, **facts}.items():
        other = names.attributes.setdefault(path, attribute)
        if other.dimension != attribute.dimension:
            names.report.error(
                "R0210",
                attribute.span,
                f"`{path}` is {describe(attribute.dimension)} here and {describe(other.dimension)} there",
                "give both the same type, or one of them another name",
                labels=(Label(other.span, "the other type"),),
            )


def _waterfall(outline: Outline, shared: s.Waterfall | None) -> s.Waterfall | None:
    return outline.waterfalls[0] if outline.waterfalls else shared


def _check_shared(
    declarations: Sequence[s.Node], outlines: Sequence[tuple[s.Agreement, Outline]], names: Names
) -> None:
    """What is declared for the folder is read even where no agreement uses it; its currency is that of who uses it."""
    if not any(isinstance(x, s.Measure | s.ItemSet | s.Class) for x in declarations):
        return
    ids: dict[str, dict[str, str]] = {"charge": {}, "price": {}, "discount": {}}
    for _, outline in outlines:
        for kind, found in outline.ids.items():
            ids[kind] |= found
    waterfalls = [x for x in declarations if isinstance(x, s.Waterfall)]
    waterfalls += [x for _, outline in outlines for x in outline.waterfalls]
    stages = tuple(stage.name for waterfall in waterfalls for stage in waterfall.stages)
    typing = Typing(names, "", stages=stages, charges=ids["charge"], prices=ids["price"], discounts=ids["discount"])
    for declaration in declarations:
        if isinstance(declaration, s.Measure):
            typed(s.Name(declaration.name, span=declaration.name_span), typing)
        elif isinstance(declaration, s.ItemSet):
            item_set(declaration.name, declaration.name_span, typing)
        elif isinstance(declaration, s.Class):
            in_class(declaration.name, declaration.name_span, typing)
