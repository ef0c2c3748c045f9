"""What a rule set is read with: tables from a program or from files, hashes of all that is read, and a memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from rebates.model.memory import Memory
from rebates.model.outline import Outline, outline
from rebates.model.packed import PackedTable
from rebates.model.read_tables import confined, read_table
from rebates.model.tables import Row, Table, TableSchema, TableSource, raw_rows, typed_table
from rebates.model.text import value_text
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Report
from rebates.syntax.parser import parse
from rebates.syntax.source import Source, Span


class Loader:
    """Reads one rule set; keeps what it read, so that its hash covers all that can change a number."""

    def __init__(
        self,
        folder: Path | None,
        source: TableSource | None,
        report: Report,
        memory: Memory,
        places: Mapping[str, int],
    ) -> None:
        self.folder, self.source, self.report, self.memory = folder, source, report, memory
        self.places = places  # of the texts among each other, by name
        self.digests: dict[str, str] = {}

    def tree(self, text: Source) -> s.File:
        """The tree of a text."""

        def made() -> tuple[s.File, str]:
            digest = hashlib.sha256(text.text.encode("utf-8", "surrogatepass")).hexdigest()
            return parse(text, self.report), digest

        read = self.memory.once("tree", self.report, made, values=(text.name, text.text))
        tree, digest = read
        self.memory.within(read, tree.span.source, *tree.declarations)
        self.digests[f"text {text.name}"] = digest
        return tree

    def outline(self, agreement: s.Agreement) -> Outline:
        """The outline of an agreement."""
        return self.memory.once("outline", self.report, lambda: outline(agreement), of=(agreement,))

    def table(self, schema: TableSchema, file: str, currency: str | None, span: Span) -> Table | None:
        """A table from the program, else from its file."""
        rows = self.source.rows(schema.name) if self.source is not None else None
        if rows is not None:
            plain = replace(schema, columns=tuple(replace(column, heading=None) for column in schema.columns), where=())
            table: Table | None = typed_table(plain, raw_rows(schema.name, rows), currency, self.report, schema.name)
            digest = None if table is None else _digest(table)
        elif self.folder is not None:
            table, digest = self._from_file(schema, self.folder, file, currency, span)
        else:
            self.report.error("R0412", span, f"there is no table `{schema.name}`", "hand it over with the texts")
            return None
        if table is not None and digest is not None:
            self.digests[f"table {schema.name} {file}"] = digest
        return table

    def _from_file(
        self, schema: TableSchema, folder: Path, file: str, currency: str | None, span: Span
    ) -> tuple[Table | None, str | None]:
        """A table that is read once while its file, its declaration and the text around that stay the same."""

        def made() -> tuple[Table | None, str | None]:
            table = read_table(schema, folder, file, currency, self.report, span)
            return table, None if table is None else _digest(table)

        path = confined(folder, file)
        content = None if path is None else _file_digest(path)
        if content is None:
            return made()
        spans = [each for each in (schema.span, *(column.span for column in schema.columns)) if each is not None]
        fixed = not spans  # a table of master data that nobody declares: where it is asked for matters for slips alone
        places = tuple((each.start, each.end) for each in (spans if fixed else [*spans, span]))
        read = self.memory.once(
            "table",
            self.report,
            made,
            of=tuple({id(each.source): each.source for each in spans}.values()),
            values=(schema, file, currency, content, places),
            clean=fixed,
            sound=lambda: path is not None and _file_digest(path) == content,
        )
        self.memory.within(read, read[0])
        return read

    def version(self) -> str:
        whole = hashlib.sha256()
        for name in sorted(self.digests):
            whole.update(f"{name}\n{self.digests[name]}\n".encode())
        return whole.hexdigest()


def _digest(table: Table) -> str:
    return table.digest if isinstance(table, PackedTable) else digest_rows(table.rows())


def digest_rows(rows: Iterable[Row]) -> str:
    """A hash of what rows say."""
    digest = hashlib.sha256()
    for row in rows:
        cells = [(name, value_text(value)) for name, value in sorted(row.cells.items()) if value is not None]
        digest.update(f"{cells!r} {row.first} {row.last}\n".encode())
    return digest.hexdigest()


def _file_digest(path: Path) -> str | None:
    try:
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return None
