"""Reads a Parquet file of many rows straight into arrays, if every cell of it is sound and of a plain kind.

Anything else, be it one cell that is no amount or one key that stands twice, is left to the reader of single rows, which
tells what is wrong and where. So both say the same; this one only knows the good case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rebates.model.cells import Cell
from rebates.model.exact import MOST_AFTER_POINT, MOST_BEFORE_POINT
from rebates.model.packed import Amounts, Packed, PackedTable, Words
from rebates.model.tables import Column, TableSchema

MOST_KEYS = 2**62  # the other keys joined are one signed number of 64 bits
READ_AT_ONCE = 131_072  # rows
BITS = 63  # of a number that holds the joined keys of a row and its place
EPOCH = 719_163  # the ordinal of 1970-01-01, from which Parquet counts days


class NotPlain(Exception):
    """The file is left to the reader of single rows."""


def packed_table(
    schema: TableSchema, name: str, path: Path, too_much: Callable[[int], bool] = lambda unpacked: False
) -> PackedTable | None:
    """The table of a Parquet file; None where it has to be read row by row.

    `too_much` is asked how many bytes have come out of it so far, as the file's own words about its size may be wrong.
    """
    try:
        import numpy as np
    except ImportError:
        return None
    if schema.open or schema.where or not schema.keys:
        return None
    if any(column.name == "currency" or (column.role == "key" and column.kind != "text") for column in schema.columns):
        return None
    try:
        from pyarrow.parquet import ParquetFile

        texts = [column.source_name for column in schema.columns if column.kind == "text"]
        content = ParquetFile(path, read_dictionary=texts)  # texts stay numbers: no object for a cell
        with path.open("rb") as raw:
            digest = hashlib.file_digest(raw, "sha256").hexdigest()
        return _Packing(schema, content, name, digest, np, too_much).table()
    except NotPlain:
        return None


class _Packing:
    """One file on its way into arrays, column by column."""

    def __init__(
        self,
        schema: TableSchema,
        content: Any,
        name: str,
        digest: str,
        numpy: Any,
        too_much: Callable[[int], bool],
    ) -> None:
        self.schema, self.content, self.name, self.np = schema, content, name, numpy
        self.too_much, self.unpacked = too_much, 0
        self.count = content.metadata.num_rows
        self.digest = digest
        present = set(content.schema_arrow.names)
        self.columns = [column for column in schema.columns if column.source_name in present or column.role == "dates"]
        self.missing = {column.name for column in self.columns if column.source_name not in present}
        if len(self.columns) < len(schema.columns):
            raise NotPlain
        self.codes: dict[str, Any] = {}
        self.texts: dict[str, dict[str | None, int]] = {}
        self.numbers: dict[str, Any] = {}
        self.empty: dict[str, Any] = {}
        self.scales: dict[str, int] = {}
        self.days: list[Any] = []

    def table(self) -> PackedTable:
        np, count = self.np, self.count
        for column in self.columns:
            match column.kind:
                case "text":
                    self.codes[column.name] = np.empty(count, np.int32)
                    self.texts[column.name] = {}
                case "money" | "number" | "percent":
                    self.numbers[column.name] = np.empty(count, np.int64)
                case "date" if column.role == "dates":
                    self.days.append(np.zeros(count, np.int32))
                case _:
                    raise NotPlain
        self._read()
        return self._sorted()

    # --- reading

    def _read(self) -> None:
        dates = iter(self.days)
        for column in self.columns:
            days = next(dates) if column.role == "dates" else None
            if column.name in self.missing:
                continue
            cells = self._cells(column.source_name)
            if len(cells) != self.count:
                raise NotPlain
            if column.kind == "text":
                self._texts(column.name, cells, column.role == "key" and not column.may_be_empty)
                continue
            begin = 0
            for chunk in cells.chunks:
                end = begin + len(chunk)
                if days is not None:
                    self._days(days, chunk, begin, end)
                else:
                    self._amounts(column, chunk, begin, end)
                begin = end

    def _cells(self, heading: str) -> Any:
        """A column, taken out bit by bit, so that a file which unpacks out of all proportion is left in time."""
        import pyarrow as pa

        chunks = []
        for batch in self.content.iter_batches(batch_size=READ_AT_ONCE, columns=[heading]):
            self.unpacked += batch.nbytes
            if self.too_much(self.unpacked):
                raise NotPlain
            chunks.append(batch.column(0))
        if not chunks:
            raise NotPlain
        return pa.chunked_array(chunks)

    def _texts(self, name: str, cells: Any, required: bool) -> None:
        """Codes of a column of texts; blanks around them fall away, and what is blank is empty."""
        import pyarrow as pa

        kind = cells.type.value_type if pa.types.is_dictionary(cells.type) else cells.type
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind)):
            raise NotPlain
        if not pa.types.is_dictionary(cells.type):
            cells = cells.dictionary_encode()
        known = self.texts[name]
        begin = 0
        words: list[str | None] = []
        for chunk in cells.unify_dictionaries().chunks:
            if not begin:
                words = [
                    str(word).strip() or None if word is not None else None for word in chunk.dictionary.to_pylist()
                ]
                if required and (cells.null_count or None in words):
                    raise NotPlain
                numbers = [known.setdefault(word, len(known)) for word in words]
                numbers.append(known.setdefault(None, len(known)) if cells.null_count else -1)
                mapping = self.np.array(numbers, self.np.int32)
            codes = chunk.indices.fill_null(len(words)) if chunk.null_count else chunk.indices
            self.codes[name][begin : begin + len(chunk)] = mapping[codes.to_numpy(zero_copy_only=False)]
            begin += len(chunk)

    def _days(self, days: Any, chunk: Any, begin: int, end: int) -> None:
        import pyarrow as pa

        if pa.types.is_null(chunk.type):
            return
        if not pa.types.is_date32(chunk.type):
            raise NotPlain
        ordinals = chunk.cast(pa.int32()).fill_null(-EPOCH).to_numpy(zero_copy_only=False) + EPOCH
        if len(ordinals) and (ordinals.min() < 0 or ordinals.max() > 3_652_059):
            raise NotPlain
        days[begin:end] = ordinals

    def _amounts(self, column: Column, chunk: Any, begin: int, end: int) -> None:
        """Integers of a column of exact numbers, all with the same decimals."""
        import pyarrow as pa

        name, kind = column.name, chunk.type
        if chunk.null_count:
            empty = self.empty.setdefault(name, self.np.zeros(self.count, self.np.bool_))
            empty[begin:end] = chunk.is_null().to_numpy(zero_copy_only=False)
        if pa.types.is_decimal128(kind) and kind.precision <= 38 and 0 <= kind.scale <= MOST_AFTER_POINT:
            digits, found = kind.scale, self._decimals(chunk)
        elif pa.types.is_integer(kind):
            digits, found = 0, chunk.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
        else:
            raise NotPlain
        scale = self.scales.setdefault(name, 10**digits)
        most = min(10 ** (MOST_BEFORE_POINT + digits), 2**63 - 1)
        if scale != 10**digits or (len(found) and (int(found.max()) >= most or int(found.min()) <= -most)):
            raise NotPlain
        if column.from_zero and len(found) and int(found.min()) < 0:
            raise NotPlain
        self.numbers[name][begin:end] = found

    def _decimals(self, chunk: Any) -> Any:
        """The integers of decimals of 128 bits that fit into 64: the upper half only repeats the sign."""
        np = self.np
        halves = np.frombuffer(chunk.buffers()[1], np.int64)[2 * chunk.offset : 2 * (chunk.offset + len(chunk))]
        low, high = halves[::2], halves[1::2]
        if chunk.null_count:
            there = ~chunk.is_null().to_numpy(zero_copy_only=False)
            low, high = np.where(there, low, 0), np.where(there, high, 0)
        if not np.array_equal(high, low >> 63):
            raise NotPlain
        return low

    # --- sorting

    def _sorted(self) -> PackedTable:
        np = self.np
        names = [column.name for column in self.schema.keys]
        outer = self.codes.pop(names[0])
        joined, most = np.zeros(self.count, np.int64), 1
        for name in names[1:]:
            most *= max(1, len(self.texts[name]))
            if most * max(1, len(self.texts[names[0]])) >= MOST_KEYS:
                raise NotPlain
            joined *= max(1, len(self.texts[name]))
            joined += self.codes.pop(name)
        whole = joined + outer.astype(np.int64) * most
        del joined, outer
        whole, order = self._in_order(whole, most * max(1, len(self.texts[names[0]])))
        days = [column[order] for column in self.days]
        self.days.clear()
        if self.schema.unique:
            self._must_be_unique(whole, days)
        if len(days) == 2 and bool(((days[0] != 0) & (days[1] != 0) & (days[1] < days[0])).any()):
            raise NotPlain
        begins = np.searchsorted(whole, np.arange(len(self.texts[names[0]]) + 1, dtype=np.int64) * most)
        others = (whole % most).astype(np.int32 if most < 2**31 else np.int64)
        del whole
        values: dict[str, Amounts | Words] = {}
        for name in list(self.numbers):
            empty = self.empty[name][order] if name in self.empty else None
            column = _narrow(np, self.numbers.pop(name)[order])
            values[name] = Amounts(_view(column), self.scales.get(name, 1), None if empty is None else _view(empty))
        for name in list(self.codes):
            values[name] = Words(_view(self.codes.pop(name)[order]), list(self.texts[name]))
        import pyarrow as pa

        pa.default_memory_pool().release_unused()
        order += 2  # rows are counted from 1, with the heading
        packed = Packed(
            self.name,
            tuple(_by_text(self.texts[name]) for name in names),
            _view(begins.astype(np.int64)),
            _view(others),
            values,
            _view(days[0]) if days and bool(days[0].any()) else None,
            _view(days[1]) if len(days) > 1 and bool(days[1].any()) else None,
            _view(order),
        )
        return PackedTable(self.schema, packed, self.digest)

    def _in_order(self, whole: Any, most: int) -> tuple[Any, Any]:
        """The keys in order, each below `most`, and from where in the file each came; equal keys stay in its order."""
        np, count = self.np, self.count
        places = np.int32 if count < 2**31 else np.int64
        bits = max(1, count).bit_length()
        if bits + most.bit_length() <= BITS:
            whole <<= (
                bits  # numbers with their place in the lower bits are sorted far quicker than places by their numbers
            )
            whole |= np.arange(count, dtype=np.int64)
            whole.sort()
            order = (whole & (2**bits - 1)).astype(places)
            whole >>= bits
            return whole, order
        order = np.argsort(whole, kind="stable").astype(places)
        return whole[order], order

    def _must_be_unique(self, whole: Any, days: list[Any]) -> None:
        """No two rows of the same keys may share a day."""
        np = self.np
        alike = whole[1:] == whole[:-1]
        if not bool(alike.any()):
            return
        if not days:
            raise NotPlain
        first = days[0]
        last = np.where(days[1] == 0, 2**31 - 1, days[1]) if len(days) > 1 else np.full(len(first), 2**31 - 1)
        by_day = np.lexsort((first, whole))
        alike = whole[by_day][1:] == whole[by_day][:-1]
        if bool((alike & (last[by_day][:-1] >= first[by_day][1:])).any()):
            raise NotPlain


def _narrow(np: Any, column: Any) -> Any:
    """In 32 bits where all of it fits."""
    if len(column) and int(column.min()) >= -(2**31) and int(column.max()) < 2**31:
        return column.astype(np.int32)
    return column


def _view(column: Any) -> memoryview:
    """A view that gives plain integers; of a NumPy array it would give its own."""
    return memoryview(column.view("uint8") if column.dtype == bool else column)


def _by_text(numbers: Mapping[str | None, int]) -> Mapping[Cell, int]:
    return dict(numbers.items())
