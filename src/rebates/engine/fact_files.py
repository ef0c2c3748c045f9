"""Facts from where they are: lists, CSV, JSON Lines, Parquet, and tables of data-frame libraries.

All give batches of columns; a batch becomes facts column by column, and row by row where something is wrong with it, so
that every slip is told with its row. A binary float is refused by the name of its column.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, repeat
from pathlib import Path
from typing import Any

from rebates.engine.facts import (
    AMOUNTS,
    KINDS,
    MOST_TEXT,
    SUBJECTS,
    TEXTS,
    Fact,
    FactErrors,
    FactProblem,
    check_kind,
    day_text_of,
    exact_text,
    fact_of,
    known_text,
    plain_value,
)
from rebates.model.exact import ExactError

Facts = str | Path | Iterable[Fact | Mapping[str, object]] | Any  # Any: a table that gives an Arrow stream

BATCH = 10_000
MOST_LINE = 1_000_000  # characters of a line
MOST_COLUMNS = 200
MOST_DIGITS = 30

_NEEDED = ("item", "quantity", "unit", "currency", "net")
_NOTHING: dict[str, object] = {}  # of facts without days or attributes; never written to
_PLAIN_COLUMNS = Fact.__struct_fields__[:-3]  # all but days, attributes, and when it became known


@dataclass(slots=True)
class Batch:
    """Facts that came together, with the row of each, and what was wrong with the others."""

    facts: list[Fact] = field(default_factory=list)
    places: list[str] = field(default_factory=list)  # of each fact, to put before a field
    problems: list[FactProblem] = field(default_factory=list)
    rows: int = 0  # read so far, also those with problems


def read_facts(source: Facts, columns: Mapping[str, str] | None = None, kind: str | None = None) -> Iterator[Batch]:
    """The facts of a source, batch by batch. Raises FactErrors where the source itself cannot be read.

    `columns` says which heading holds which field (`{"net": "SalesAmount"}`); then only those are read. `kind` is that of
    all rows of a file without such a column.
    """
    if isinstance(source, str | Path):
        path = Path(source)
        match path.suffix.casefold():
            case ".csv":
                made = _csv(path)
            case ".jsonl" | ".ndjson":
                yield from _rows(_json_lines(path), columns, kind)
                return
            case ".parquet":
                made = _parquet(path, columns)
            case _:
                raise _unreadable(
                    path.name, "is no CSV, JSON Lines or Parquet file", "name it .csv, .jsonl or .parquet"
                )
    elif hasattr(source, "__arrow_c_stream__") or hasattr(source, "__dataframe__"):
        made = _arrow(source, columns)
    elif isinstance(source, Iterable):
        yield from _rows(((f"facts[{i}].", each) for i, each in enumerate(source)), columns, kind)
        return
    else:
        raise _unreadable("facts", f"`{type(source).__name__}` is no source of facts", "give a file, a list or a table")
    rows = 0
    for names, cells, where in made:
        named = _mapped(names, cells, columns)
        if kind is not None and "kind" not in named:
            named["kind"] = [kind] * len(cells[0])
        batch = _by_column(named, where)
        if batch is None:
            batch = Batch()
            for place, row in zip(where, zip(*named.values(), strict=True), strict=True):
                _take(batch, dict(zip(named, row, strict=True)), place)
        rows += len(where)
        batch.rows = rows
        yield batch


def all_facts(source: Facts, columns: Mapping[str, str] | None = None, kind: str | None = None) -> list[Fact]:
    """Every fact of a source. Raises FactErrors with every slip."""
    facts: list[Fact] = []
    problems: list[FactProblem] = []
    for batch in read_facts(source, columns, kind):
        facts += batch.facts
        problems += batch.problems
    if problems:
        raise FactErrors(problems)
    return facts


def _take(batch: Batch, values: Fact | Mapping[str, object], where: str) -> None:
    fact = fact_of(values, where, batch.problems)
    if fact is not None:
        batch.facts.append(fact)
        batch.places.append(where)


def _rows(rows: Iterable[tuple[str, object]], columns: Mapping[str, str] | None, kind: str | None) -> Iterator[Batch]:
    count, waiting = 0, iter(rows)
    while chunk := list(islice(waiting, BATCH)):
        batch = Batch()
        for where, values in chunk:
            if isinstance(values, Mapping):
                row = dict(values)
                if columns is not None:
                    row = {name: row.get(heading) for name, heading in columns.items()}
                if kind is not None:
                    row.setdefault("kind", kind)
                _take(batch, row, where)
            elif isinstance(values, Fact):
                _take(batch, values, where)
            else:
                batch.problems.append(
                    FactProblem("R0815", where.rstrip(".: "), "this is no fact", "give a Fact or a mapping")
                )
        count += len(chunk)
        batch.rows = count
        yield batch


def _mapped(
    names: Sequence[str], cells: Sequence[Sequence[object]], columns: Mapping[str, str] | None
) -> dict[str, Sequence[object]]:
    if columns is None:
        return dict(zip(names, cells, strict=True))
    by_name = dict(zip(names, cells, strict=True))
    missing = [heading for heading in columns.values() if heading not in by_name]
    if missing:
        raise FactErrors(
            FactProblem("R0807", heading, f"there is no column `{heading}`", f"known: {', '.join(names[:20])}")
            for heading in missing
        )
    return {field: by_name[heading] for field, heading in columns.items()}


def _unreadable(name: str, message: str, help: str) -> FactErrors:
    return FactErrors([FactProblem("R0809", name, message, help)])


# --- column by column


def _by_column(columns: Mapping[str, Sequence[object]], where: Sequence[str]) -> Batch | None:
    """The facts of clean columns; None where anything at all is wrong: then every row is read by itself."""
    wrong: list[object] = []

    def note(*said: object) -> None:
        wrong.append(said)

    count = len(where)
    fields: dict[str, Sequence[object]] = {}
    days: list[tuple[str, Sequence[object]]] = []
    attributes: list[tuple[str, Sequence[object]]] = []
    full: set[str] = set()
    for name in sorted(columns):
        values = columns[name]
        distinct = set(values)
        empty = None in distinct or "" in distinct
        if not empty:
            full.add(name)
        distinct -= {None, ""}
        if name in TEXTS:
            if not all(isinstance(x, str) and x.strip() and len(x) <= MOST_TEXT and x.isprintable() for x in distinct):
                return None
            fields[name] = [value or None for value in values] if empty else values
        elif name == "kind":
            if not distinct <= set(KINDS):
                return None
            fields[name] = [value or "sale" for value in values]
        elif name == "quantity" or name in AMOUNTS:
            try:
                texts = {x: exact_text(x) for x in distinct}
            except ExactError:
                return None
            fields[name] = [texts.get(value) for value in values]
        elif name in ("date", "known", "value") or "." in name:
            subject, _, rest = name.partition(".")
            if name == "date" or subject == "days":
                texts = {x: day_text_of(x, name, note) for x in distinct}
            elif name == "known":
                texts = {x: known_text(x, note) for x in distinct}
            else:
                texts = {x: plain_value(x, name, note) for x in distinct}
            whole = [texts.get(value) for value in values]
            if subject == "days":
                if rest not in ("order", "delivery"):
                    return None
                days.append((rest, whole))
            elif "." in name:
                if subject not in SUBJECTS:
                    return None
                attributes.append((name, whole))
            else:
                fields[name] = whole
        else:
            return None
    if wrong or not full >= {"id", "account", "date"}:
        return None
    batch = Batch(places=list(where))
    fields.setdefault("kind", ["sale"] * count)
    none: Iterable[object] = repeat(None)
    plain: list[Iterable[Any]] = [fields.get(name, none) for name in _PLAIN_COLUMNS]
    known: Iterable[Any] = fields.get("known", none)
    rows = zip(*plain, _dicts(days, count), _dicts(attributes, count), known, strict=False)
    facts = [Fact(*row) for row in rows]
    if set(fields["kind"]) != {"sale"} or not full.issuperset(_NEEDED):
        for fact in facts:
            check_kind(
                fact, {name: x for name in ("quantity", *AMOUNTS) if (x := getattr(fact, name)) is not None}, note
            )
            if wrong:
                return None
    batch.facts = facts
    return batch


def _dicts(columns: Sequence[tuple[str, Sequence[object]]], count: int) -> Iterable[dict[str, object]]:
    if not columns:
        return repeat(_NOTHING, count)
    names = [name for name, _ in columns]
    return (
        {name: value for name, value in zip(names, row, strict=True) if value is not None}
        for row in zip(*(values for _, values in columns), strict=True)
    )


# --- files

_Made = Iterator[tuple[Sequence[str], Sequence[Sequence[object]], Sequence[str]]]


def _csv(path: Path) -> _Made:
    text = _text_file(path)
    reader = csv.reader(text, strict=True)
    try:
        headings = [heading.strip() for heading in next(reader, [])]
        if not headings:
            raise _unreadable(path.name, "the file is empty", "give it a heading and rows")
        twice = sorted({heading for heading in headings if headings.count(heading) > 1})
        if twice or len(headings) > MOST_COLUMNS:
            what = f"the column `{twice[0]}` stands twice" if twice else f"these are more than {MOST_COLUMNS} columns"
            raise _unreadable(path.name, what, "mend the heading")
        rows: list[list[str]] = []
        places: list[str] = []
        for row in reader:
            if not row:
                continue
            if len(row) != len(headings):
                said = f"this row has {len(row)} cells, the heading {len(headings)}"
                raise _unreadable(
                    f"{path.name} row {reader.line_num}", said, "is the file cut off, or a quote left open?"
                )
            rows.append(row)
            places.append(f"{path.name} row {reader.line_num}: ")
            if len(rows) == BATCH:
                yield headings, list(zip(*rows, strict=True)), places
                rows, places = [], []
        if rows:
            yield headings, list(zip(*rows, strict=True)), places
    except (csv.Error, UnicodeDecodeError) as error:
        said = "it is no UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise _unreadable(
            f"{path.name} row {reader.line_num + 1}", f"the file cannot be read: {said}", "write it again"
        ) from None
    finally:
        text.close()


def _text_file(path: Path) -> io.TextIOWrapper:
    """The open file, whose last line is whole: one cut off in the middle of a number would still look like a number."""
    try:
        file = path.open("rb")
        if file.seek(0, io.SEEK_END):
            file.seek(-1, io.SEEK_END)
            if file.read(1) not in (b"\n", b"\r"):
                file.close()
                raise _unreadable(
                    path.name, "the last line has no end: is the file cut off?", "write it again, with a line end"
                )
        file.seek(0)
        return io.TextIOWrapper(file, "utf-8-sig", newline="")
    except OSError as error:
        raise _unreadable(path.name, f"the file cannot be read: {error.strerror}", "check the file") from None


def _json_lines(path: Path) -> Iterator[tuple[str, object]]:
    with _text_file(path) as text:
        number = 0
        try:
            for number, line in enumerate(text, 1):
                where = f"{path.name} row {number}"
                if not line.strip():
                    continue
                try:
                    if len(line) > MOST_LINE:
                        raise ValueError(f"a line longer than {MOST_LINE} signs")
                    yield f"{where}: ", json.loads(line, object_pairs_hook=_once, parse_int=_whole)
                except (ValueError, RecursionError) as error:
                    said = error.msg.lower() if isinstance(error, json.JSONDecodeError) else str(error)[:100]
                    raise _unreadable(where, f"this is no JSON: {said}", "one fact a line, in `{` and `}`") from None
        except UnicodeDecodeError:
            raise _unreadable(f"{path.name} row {number + 1}", "this is no UTF-8", "save it as UTF-8") from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a field stands twice")
    return found


def _whole(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError("a number with too many digits")
    return int(text)


def _parquet(path: Path, columns: Mapping[str, str] | None) -> _Made:
    pa = _pyarrow()
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            wanted = None if columns is None else [name for name in columns.values() if name in file.schema_arrow.names]
            yield from _batches(file.schema_arrow, file.iter_batches(BATCH, columns=wanted), f"{path.name} ", columns)
    except OSError as error:
        why = error.strerror or " ".join(str(error).split())[:120]
        raise _unreadable(path.name, f"the file cannot be read: {why}", "is it cut off? write it again") from None
    except pa.ArrowException as error:
        why = " ".join(str(error).split())[:120]
        raise _unreadable(path.name, f"this is no Parquet file: {why}", "is it cut off? write it again") from None


def _arrow(source: Any, columns: Mapping[str, str] | None) -> _Made:
    pa = _pyarrow()
    if hasattr(source, "__arrow_c_stream__"):
        reader = pa.RecordBatchReader.from_stream(source)
    else:
        from pyarrow import interchange

        reader = interchange.from_dataframe(source).to_reader()
    cut = (batch.slice(at, BATCH) for batch in reader for at in range(0, batch.num_rows, BATCH))
    yield from _batches(reader.schema, cut, "", columns)


def _batches(schema: Any, batches: Iterable[Any], name: str, columns: Mapping[str, str] | None) -> _Made:
    types = _pyarrow().types
    wanted = None if columns is None else set(columns.values())
    problems = []
    if len(schema) > MOST_COLUMNS:
        problems.append(FactProblem("R0809", name or "facts", f"these are more than {MOST_COLUMNS} columns"))
    for column in schema:
        if wanted is not None and column.name not in wanted:
            continue
        kind = column.type.value_type if types.is_dictionary(column.type) else column.type
        if types.is_floating(kind):
            problems.append(
                FactProblem(
                    "R0804",
                    f"{name}{column.name}",
                    f"the column `{column.name}` holds binary floats",
                    "write decimals, whole numbers or texts",
                )
            )
        elif not (
            types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind) or types.is_integer(kind)
            or types.is_decimal(kind) or types.is_date(kind) or types.is_timestamp(kind) or types.is_null(kind)
        ):  # fmt: skip
            problems.append(
                FactProblem(
                    "R0815",
                    f"{name}{column.name}",
                    f"the column `{column.name}` holds {kind}",
                    "texts, whole numbers, decimals and dates are read",
                )
            )
    if problems:
        raise FactErrors(problems)
    row = 0
    for batch in batches:
        places = [f"{name}row {number}: " for number in range(row + 1, row + batch.num_rows + 1)]
        row += batch.num_rows
        yield batch.schema.names, [column.to_pylist() for column in batch.columns], places


def _pyarrow() -> Any:
    try:
        import pyarrow as pa
    except ModuleNotFoundError:
        raise _unreadable("facts", "Parquet and data frames need pyarrow", "pip install 'rebates[parquet]'") from None
    return pa
