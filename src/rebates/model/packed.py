"""A table of millions of rows in a few arrays: no Python object for a row until someone asks for it.

Texts of keys are numbers of a dictionary. Rows are sorted by their first key; each of its values knows where its rows begin, and
among them the other keys, joined to one number, are found by bisection. Amounts are integers of so many decimals. The
row's number in its file is kept, so that a price still tells where it stands.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from sys import byteorder

from rebates.model.cells import Cell
from rebates.model.tables import Row, Table, TableSchema


@dataclass(frozen=True, slots=True)
class Amounts:
    """A column of exact numbers: integers of so many decimals; `empty` where a cell is."""

    values: memoryview
    scale: int
    empty: memoryview | None

    def at(self, place: int) -> Fraction | None:
        return None if self.empty is not None and self.empty[place] else Fraction(self.values[place], self.scale)


@dataclass(frozen=True, slots=True)
class Words:
    """A column of texts: numbers of a dictionary."""

    codes: memoryview
    texts: Sequence[str | None]

    def at(self, place: int) -> str | None:
        return self.texts[self.codes[place]]


@dataclass(frozen=True, slots=True)
class Packed:
    """The arrays of a table, sorted by its keys; rows of equal keys stay in the order of the file."""

    file: str
    keys: tuple[Mapping[Cell, int], ...]  # of each key column, the number of each value
    begins: memoryview  # by number of the first key, where its rows begin; one more at the end
    others: memoryview  # the other keys joined
    values: Mapping[str, Amounts | Words]
    first: memoryview | None  # ordinals of days, 0 for none
    last: memoryview | None
    numbers: memoryview  # of the rows in the file


class PackedTable(Table):
    """A table whose rows stand in arrays; `digest` is the hash of its file."""

    __slots__ = ("_factors", "_names", "_packed", "_texts", "digest")

    def __init__(self, schema: TableSchema, packed: Packed, digest: str) -> None:
        self.schema = schema
        self._place = None
        self.dated = packed.first is not None or packed.last is not None
        self._packed, self.digest = packed, digest
        self._names = tuple(column.name for column in schema.keys)
        self._factors = []
        factor = 1
        for numbers in reversed(packed.keys[1:]):
            self._factors.append(factor)
            factor *= max(1, len(numbers))
        self._factors.reverse()
        self._texts = tuple(list(numbers) for numbers in packed.keys)

    def rows(self) -> Iterator[Row]:
        """All rows, in the order of the file."""
        numbers = self._packed.numbers
        return map(self._row, sorted(range(len(numbers)), key=numbers.__getitem__))

    def __len__(self) -> int:
        return len(self._packed.numbers)

    def below_zero(self, column: str) -> Iterator[Row]:
        import numpy as np  # with which it was packed

        amounts = self._packed.values[column]
        least = np.asarray(amounts.values).min(initial=0) if isinstance(amounts, Amounts) else 0
        return super().below_zero(column) if least < 0 else iter(())

    def row(self, number: int) -> Row | None:
        """The row of a number; the numbers are searched as bytes, which takes some milliseconds for millions."""
        numbers = self._packed.numbers
        size = numbers.itemsize
        wanted, whole = number.to_bytes(size, byteorder, signed=True), bytes(numbers)
        at = whole.find(wanted)
        while at >= 0 and at % size:
            at = whole.find(wanted, at + 1)
        return None if at < 0 else self._row(at // size)

    def values(self, column: str) -> Iterator[Cell]:
        """The different values of a key."""
        return iter(self._texts[self._names.index(column)])

    def lookup(self, keys: tuple[Cell, ...], day: date | None) -> Row | None:
        place = self.row_at(keys, day)
        return None if place < 0 else self._row(place)

    def value(self, keys: tuple[Cell, ...], day: date | None, column: str) -> Cell:
        found = self._packed.values.get(column)
        place = self.row_at(keys, day)
        if place < 0:
            return None
        return self._row(place).cells[column] if found is None else found.at(place)

    def row_at(self, keys: tuple[Cell, ...], day: date | None) -> int:
        """The place of the row of these keys in force on a day, or -1."""
        packed = self._packed
        low, high, other = self._span(keys)
        others, first, last = packed.others, packed.first, packed.last
        place = bisect_left(others, other, low, high)
        while place < high and others[place] == other:
            if day is None or (
                (first is None or not first[place] or date.fromordinal(first[place]) <= day)
                and (last is None or not last[place] or day <= date.fromordinal(last[place]))
            ):
                return place
            place += 1
        return -1

    def find(self, keys: tuple[Cell, ...]) -> Sequence[Row]:
        low, high, other = self._span(keys)
        others = self._packed.others
        place = bisect_left(others, other, low, high)
        found = []
        while place < high and others[place] == other:
            found.append(self._row(place))
            place += 1
        return found

    def _span(self, keys: tuple[Cell, ...]) -> tuple[int, int, int]:
        """Where rows of the first key begin and end, and the other keys as one number; an empty span if a key is unknown."""
        packed = self._packed
        outer = packed.keys[0].get(keys[0])
        if outer is None:
            return 0, 0, 0
        other = 0
        for numbers, key, factor in zip(packed.keys[1:], keys[1:], self._factors, strict=True):
            number = numbers.get(key)
            if number is None:
                return 0, 0, 0
            other += number * factor
        return packed.begins[outer], packed.begins[outer + 1], other

    def _row(self, place: int) -> Row:
        packed = self._packed
        outer = _owner(packed.begins, place)
        cells: dict[str, Cell] = {self._names[0]: self._texts[0][outer]}
        other = packed.others[place]
        for name, texts, factor in zip(self._names[1:], self._texts[1:], self._factors, strict=True):
            number, other = divmod(other, factor)
            cells[name] = texts[number]
        for name, column in packed.values.items():
            cells[name] = column.at(place)
        ordered = {column.name: cells[column.name] for column in self.schema.columns if column.name in cells}
        return Row(packed.file, packed.numbers[place], ordered, _day(packed.first, place), _day(packed.last, place))


def _owner(begins: memoryview, place: int) -> int:
    """Whose rows a place lies among."""
    low, high = 0, len(begins) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if begins[middle] <= place:
            low = middle
        else:
            high = middle
    return low


def _day(days: memoryview | None, place: int) -> date | None:
    return date.fromordinal(days[place]) if days is not None and days[place] else None
