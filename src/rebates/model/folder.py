"""Loads a rule set: the rule files of a folder, the tables beside them and the master data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rebates.model import nodes as m
from rebates.model.agreements import currency_of, model_agreement, rounding_once, stages_of
from rebates.model.amendments import places
from rebates.model.classes import in_class
from rebates.model.conditions import item_set
from rebates.model.echoes import settle
from rebates.model.examples import check_example
from rebates.model.expressions import Typing, describe, typed
from rebates.model.findings import find
from rebates.model.master import SCHEMAS, load_master
from rebates.model.names import Declared, Names, declare, literal_value, master_columns, twice
from rebates.model.not_built import refused
from rebates.model.packed import PackedTable
from rebates.model.read_tables import SUFFIXES, read_table
from rebates.model.tables import Column, Row, Table, TableSchema, TableSource, raw_rows, typed_table
from rebates.model.text import value_text
from rebates.model.together import check_together
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Label, Report
from rebates.syntax.parser import parse
from rebates.syntax.source import Source, Span

Texts = Mapping[str, str]


class Loader:
    """Reads one rule set; keeps what it read, so that its hash covers all that can change a number."""

    def __init__(self, folder: Path | None, source: TableSource | None, report: Report) -> None:
        self.folder, self.source, self.report = folder, source, report
        self.digests: dict[str, str] = {}

    def table(self, schema: TableSchema, file: str, currency: str | None, span: Span) -> Table | None:
        """A table from the program, else from its file."""
        rows = self.source.rows(schema.name) if self.source is not None else None
        if rows is not None:
            plain = replace(schema, columns=tuple(replace(column, heading=None) for column in schema.columns), where=())
            table = typed_table(plain, raw_rows(schema.name, rows), currency, self.report, schema.name)
        elif self.folder is not None:
            read = read_table(schema, self.folder, file, currency, self.report, span)
            if read is None:
                return None
            table = read
        else:
            self.report.error("R0412", span, f"there is no table `{schema.name}`", "hand it over with the texts")
            return None
        digest = table.digest if isinstance(table, PackedTable) else _digest_rows(table.rows())
        self.digests[f"table {schema.name} {file}"] = digest
        return table

    def version(self) -> str:
        whole = hashlib.sha256()
        for name in sorted(self.digests):
            whole.update(f"{name}\n{self.digests[name]}\n".encode())
        return whole.hexdigest()


def _digest_rows(rows: Iterable[Row]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        cells = [(name, value_text(value)) for name, value in sorted(row.cells.items()) if value is not None]
        digest.update(f"{cells!r} {row.first} {row.last}\n".encode())
    return digest.hexdigest()


def load_rules(rules: str | Path | Texts, source: TableSource | None, report: Report) -> m.RuleSet | None:
    """The rule set of a file, a folder, or texts by name; None where there are errors, which are all in the report."""
    texts, folder = read_texts(rules, report), _folder_of(rules)
    loader = Loader(folder, source, report)
    trees = []
    for text in texts:
        loader.digests[f"text {text.name}"] = hashlib.sha256(text.text.encode("utf-8", "surrogatepass")).hexdigest()
        trees.append(refused(parse(text, report), report))
    declarations = [declaration for tree in trees for declaration in tree.declarations]
    tables = [x for x in declarations if isinstance(x, s.Table)]
    anchor = trees[0].span if trees else Span(Source("rules", ""), 0, 0)
    anchor = Span(anchor.source, anchor.start, anchor.start)
    master = load_master(_master_tables(tables, _typed_columns(declarations), loader, anchor), report)
    names = Names(report, master, columns=master_columns(master))
    _declare_folder(declarations, tables, names, loader)
    agreements = _agreements(declarations, names, loader)
    check_together(agreements, [x for x in declarations if isinstance(x, s.Agreement)], names)
    settle(report, trees)
    find(agreements, report, master, names.tables)
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


def read_texts(rules: str | Path | Texts, report: Report) -> list[Source]:
    """The texts of a file, a folder, or those given by name; what cannot be read is in the report."""
    if isinstance(rules, Mapping):
        return [Source(name, text) for name, text in sorted(rules.items())]
    path = Path(rules)
    nowhere = Span(Source(str(rules), ""), 0, 0)
    if path.is_dir():
        files = sorted(file for file in path.rglob("*.rebates") if file.is_file())
        if not files:
            report.error(
                "R0703",
                nowhere,
                f"there is no `.rebates` file in `{rules}`",
                "name a folder with rule files, or a file",
            )
        return [x for file in files if (x := _read_file(file, path, report)) is not None]
    if not path.is_file():
        report.error("R0701", nowhere, f"there is no file or folder `{rules}`", "check the path")
        return []
    text = _read_file(path, path.parent, report)
    return [text] if text is not None else []


def _read_file(file: Path, folder: Path, report: Report) -> Source | None:
    name = file.relative_to(folder).as_posix()
    nowhere = Span(Source(name, ""), 0, 0)
    try:
        raw = file.read_bytes()
    except OSError as error:
        report.error(
            "R0702", nowhere, f"`{name}` cannot be read: {error.strerror}", "check the file and its permissions"
        )
        return None
    try:
        return Source(name, raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        report.error("R0704", nowhere, f"`{name}` is not UTF-8: line {line} has other bytes", "save the file as UTF-8")
        return None


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


def _typed_columns(declarations: Sequence[s.Node]) -> dict[str, list[Column]]:
    """Columns of `accounts` and `items` that are declared as attributes with a type: their cells are read as such (7.1)."""
    found: dict[str, dict[str, Column]] = {"accounts": {}, "items": {}}
    for declaration in declarations:
        for member in declaration.members if isinstance(declaration, s.Agreement) else (declaration,):
            if isinstance(member, s.Attribute) and member.path.parts[0] in ("account", "item"):
                name = ".".join(member.path.parts[1:])
                column = Column(name, "value", member.type.kind, member.type.unit, required=False, may_be_empty=True)
                found[f"{member.path.parts[0]}s"].setdefault(name, column)
    return {table: list(columns.values()) for table, columns in found.items()}


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
        names.unsound.add(table.name)
        return
    names.tables[table.name] = read


def _agreements(declarations: Sequence[s.Node], names: Names, loader: Loader) -> tuple[m.Agreement, ...]:
    waterfalls = [x for x in declarations if isinstance(x, s.Waterfall)]
    for other in waterfalls[1:]:
        names.report.error("R0330", other.span, "`waterfall` stands twice", "keep one for the folder")
    shared_waterfall = waterfalls[0] if waterfalls else None
    rounding = [x for x in declarations if isinstance(x, s.Rounding)]
    rounding_once(rounding, names)
    charges_in: dict[s.Waterfall | None, dict[str, s.Rule]] = {}
    for declaration in declarations:
        if isinstance(declaration, s.Agreement):
            found = charges_in.setdefault(_waterfall(declaration, shared_waterfall), {})
            found |= stages_of(declaration, "charge")
    made: list[m.Agreement] = []
    shared = names.inside("")
    place = 0
    for declaration in declarations:
        if not isinstance(declaration, s.Agreement):
            continue
        currency = currency_of(declaration, names)
        inside = shared.inside(currency)
        inside.exchange = any(isinstance(member, s.ExchangeRates) for member in declaration.members)
        inside.tax = any(isinstance(member, s.TaxRate) for member in declaration.members)
        for member in declaration.members:
            if isinstance(member, s.Table):
                own = inside.exchange and any(name.name == "currency" for c in member.columns for name in c.names)
                _declare_table(member, None if own else currency or None, inside, loader)
        shared.table_spans.update(inside.table_spans)
        agreement = model_agreement(
            declaration,
            inside,
            shared_waterfall,
            rounding,
            place,
            charges_in[_waterfall(declaration, shared_waterfall)],
        )
        place += len(declaration.members) + len(places(declaration))
        names.tables.update(inside.tables)
        _keep_attributes(names, inside)
        if agreement is not None:
            made.append(agreement)
            for example in agreement.examples:
                check_example(example, agreement, inside)
    _check_shared(declarations, shared)
    return tuple(made)


def _keep_attributes(names: Names, inside: Names) -> None:
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


def _waterfall(agreement: s.Agreement, shared: s.Waterfall | None) -> s.Waterfall | None:
    return next((member for member in agreement.members if isinstance(member, s.Waterfall)), shared)


def _check_shared(declarations: Sequence[s.Node], names: Names) -> None:
    """What is declared for the folder is read even where no agreement uses it; its currency is that of who uses it."""
    charges = {
        rule.name: f"{agreement.name}.{rule.name}"
        for agreement in declarations
        if isinstance(agreement, s.Agreement)
        for rule in agreement.members
        if isinstance(rule, s.Rule) and rule.kind == "charge"
    }
    prices = {
        rule.name: f"{agreement.name}.{rule.name}"
        for agreement in declarations
        if isinstance(agreement, s.Agreement)
        for rule in agreement.members
        if isinstance(rule, s.Rule) and rule.kind == "price"
    }
    discounts = {
        rule.name: f"{agreement.name}.{rule.name}"
        for agreement in declarations
        if isinstance(agreement, s.Agreement)
        for rule in agreement.members
        if isinstance(rule, s.Rule) and rule.kind == "discount"
    }
    typing = Typing(names, "", stages=_stage_names(declarations), charges=charges, prices=prices, discounts=discounts)
    for declaration in declarations:
        if isinstance(declaration, s.Measure):
            typed(s.Name(declaration.name, span=declaration.name_span), typing)
        elif isinstance(declaration, s.ItemSet):
            item_set(declaration.name, declaration.name_span, typing)
        elif isinstance(declaration, s.Class):
            in_class(declaration.name, declaration.name_span, typing)


def _stage_names(declarations: Sequence[s.Node]) -> tuple[str, ...]:
    waterfalls = [
        member
        for declaration in declarations
        for member in (declaration.members if isinstance(declaration, s.Agreement) else (declaration,))
        if isinstance(member, s.Waterfall)
    ]
    return tuple(stage.name for waterfall in waterfalls for stage in waterfall.stages)
