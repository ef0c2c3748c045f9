"""What differs between two versions of the rules, without orders given: each part that is not the same, and the smallest order
or value that shows it.

What a rule pays bends at its thresholds alone. So orders of one line at and around every threshold of both versions, on the
days on which either begins, are priced by both, and what is settled is worked out alike for values of its measure. A part
whose nodes are the same is the same for every order, and none is tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import Final, TypeVar

from rebates.engine.book import Book
from rebates.engine.orders import Order, OrderErrors
from rebates.engine.quote import Quote
from rebates.model import nodes as m
from rebates.model.exact import ExactError, decimal_text
from rebates.model.rebates import Rebate
from rebates.model.tables import Row, Table
from rebates.tools.settled_differences import compared
from rebates.tools.witness import MOST_QUOTES, Prober, waterfall

T = TypeVar("T", m.Rule, Rebate)

_MOST_DAYS: Final = 6
_MOST_ORDERS: Final = 1000  # for one part
# parts of an agreement that no order tells, and those that are looked at one by one
_NOT_PRICED: Final = frozenset({"name", "title", "owner", "review", "examples", "amendments", "rules", "rebates"})
_CALLED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "who": "accounts",
        "first": "first day",
        "last": "last day",
        "adds_to": "adds to",
        "best_among": "best among stages",
    }
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A part that is not the same in both versions, and what shows it.

    `smallest` is the smallest order or value that tells them apart, `where` all that were tried and do; both are empty where
    none of the `tried` does. `before` and `after` say what the smallest comes to, on the first line in short.
    """

    part: str  # `acme_2026: discount volume`
    how: str  # changed, new, left out
    smallest: str = ""
    where: str = ""
    before: str = ""
    after: str = ""
    tried: int = 0


def differences(old: Book, new: Book) -> Iterator[Difference]:
    """Every part of two books that is not the same: in the order of the old text, then what is new."""
    olds, news = ({each.name: each for each in book.rules.agreements} for book in (old, new))
    rows = dict(_changed_rows(_tables(old), _tables(new)))
    for name in dict.fromkeys([*olds, *news]):
        yield from _Pair(old, new, olds.get(name), news.get(name), rows).differences()


@dataclass(frozen=True, slots=True)
class _Pair:
    """One agreement in both versions; None where one has it not. `rows` of tables are those that one version alone has."""

    old_book: Book
    new_book: Book
    old: m.Agreement | None
    new: m.Agreement | None
    rows: Mapping[str, Sequence[Row]]

    def differences(self) -> Iterator[Difference]:
        before, after = self.old, self.new
        name = (before or after).name  # type: ignore[union-attr]  # one of them has it
        rules = _by_id(before.rules if before else (), after.rules if after else ())
        for old, new in rules:
            was, now = ([_as_paid(version) for version in rule] for rule in (old, new))
            if was != now:
                one = (old or new)[0]
                olds = [version for version in was if version not in now]
                news = [version for version in now if version not in was]
                yield self._by_orders(f"{name}: {one.kind} {one.name}", _how(old, new), olds, news, one.id)
        for settled, other in _by_id(before.rebates if before else (), after.rebates if after else ()):
            if tuple(map(_as_paid, settled)) != tuple(map(_as_paid, other)):
                rebate = (settled or other)[0]
                found = compared(self.old_book, before, settled, self.new_book, after, other)
                yield Difference(f"{name}: {rebate.kind} {rebate.name}", _how(settled, other), *found)
        if before is None or after is None:
            return
        for field in fields(m.Agreement):
            part = field.name
            if field.compare and part not in _NOT_PRICED and getattr(before, part) != getattr(after, part):
                yield self._by_orders(f"{name}: {_CALLED.get(part, part)}", "changed", (), (), part)
        for table, rows in self.rows.items():
            count = "1 row" if len(rows) == 1 else f"{len(rows)} rows"
            yield self._by_orders(f"{name}: table {table}", f"{count} in one version alone", (), (), table, rows)

    def _by_orders(
        self,
        part: str,
        how: str,
        old: Sequence[m.Rule],
        new: Sequence[m.Rule],
        id: str,
        rows: Sequence[Row] = (),
    ) -> Difference:
        """Prices orders at the thresholds of a rule, or of all rules of the agreement, by both versions."""
        sides = ((self.old_book, self.old, old), (self.new_book, self.new, new))
        probers = [
            Prober(book, agreement, rule)
            for book, agreement, rules in sides
            if agreement is not None
            for rule in (rules if old or new else (None,))
        ]
        tried, best, least = 0, Difference(part, how), (True, Fraction(0))
        for day in self._days(*old, *new):
            for prober in probers:
                prober.day, prober.left = day, MOST_QUOTES
            for item in _items(probers, rows):
                unit = next(prober.unit(item) for prober in probers if prober.knows(item))
                counts = {q for prober in probers if prober.knows(item) for q in prober.quantities(item, unit)}
                zone = _Zone(unit)
                for count in sorted(counts) if tried < _MOST_ORDERS else ():
                    order = probers[-1].order((item, count, unit))
                    was, now = _quoted(self.old_book, order), _quoted(self.new_book, order)
                    tried += 1
                    differs = _key(was, id) != _key(now, id)
                    zone.add(count, differs)
                    size = not _stands(now), count
                    if differs and (not best.smallest or size < least):
                        said = f"{decimal_text(count)} {unit} of {item} for {order.account} on {day}"
                        before, after = _told(was, now)
                        best, least, shows = replace(best, smallest=said, before=before, after=after), size, zone
            if best.smallest:
                return replace(best, where=shows.text(), tried=tried)
        return replace(best, tried=tried)

    def _days(self, *rules: m.Rule) -> list[date]:
        """Days on which something begins or has ended, those first on which the rules are in force."""
        both = [each for each in (self.old, self.new) if each is not None]
        first, last = min(each.first for each in both), max(each.last for each in both)
        days = {day for each in both for day in (each.first, each.last + timedelta(1))}
        for rule in rules:
            days |= {day for day in (rule.first, rule.since) if day is not None}
            days |= {day + timedelta(1) for day in (rule.last, rule.until) if day is not None}
        begun = max((rule.first for rule in rules if rule.first is not None), default=first)
        return sorted((day for day in days if first <= day <= last), key=lambda day: (day < begun, day))[:_MOST_DAYS]


class _Zone:
    """The quantities that tell the versions apart, among those that were tried in ascending order."""

    def __init__(self, unit: str) -> None:
        self.unit = unit
        self.tried: list[tuple[Fraction, bool]] = []

    def add(self, count: Fraction, differs: bool) -> None:
        self.tried.append((count, differs))

    def text(self) -> str:
        """`from 50 to 199 carton`, `from 200 carton on`."""
        runs: list[list[Fraction]] = []
        before = False
        for count, differs in self.tried:
            if differs and not before:
                runs.append([])
            if differs:
                runs[-1].append(count)
            before = differs
        return ", ".join(self._said(run[0], run[-1]) for run in runs)

    def _said(self, low: Fraction, high: Fraction) -> str:
        if high == self.tried[-1][0]:
            return f"from {decimal_text(low)} {self.unit} on"
        if low == high:
            return f"at {decimal_text(low)} {self.unit}"
        return f"from {decimal_text(low)} to {decimal_text(high)} {self.unit}"


# --- what is compared


def _as_paid(rule: T) -> T:
    """The rule without its place in the text and what is signed off."""
    return replace(rule, place=0, accepts=())


def _by_id(old: Sequence[T], new: Sequence[T]) -> Iterator[tuple[tuple[T, ...], tuple[T, ...]]]:
    """The versions of each rule, old and new."""
    found: dict[str, tuple[list[T], list[T]]] = {}
    for at, rules in enumerate((old, new)):
        for rule in rules:
            found.setdefault(rule.id, ([], []))[at].append(rule)
    return ((tuple(was), tuple(now)) for was, now in found.values())


def _how(old: Sequence[object], new: Sequence[object]) -> str:
    return "changed" if old and new else "new" if new else "left out"


def _tables(book: Book) -> dict[str, Table]:
    return {**book.rules.master.tables, **book.rules.tables}


def _changed_rows(old: Mapping[str, Table], new: Mapping[str, Table]) -> Iterator[tuple[str, list[Row]]]:
    """Of every table the rows that one version alone has."""
    for name in dict.fromkeys([*old, *new]):
        was, now = ({_said(row): row for row in tables[name].rows()} if name in tables else {} for tables in (old, new))
        rows = [row for key, row in [*now.items(), *was.items()] if (key in was) != (key in now)]
        if rows:
            yield name, rows


def _said(row: Row) -> object:
    return tuple(sorted(row.cells.items())), row.first, row.last


def _items(probers: Sequence[Prober], rows: Sequence[Row]) -> list[str]:
    """Items to order: those of the changed rows, else those that the rules apply to."""
    named = (row.cells.get("item", row.cells.get("id")) for row in rows[:_MOST_ORDERS])
    known = [item for item in dict.fromkeys(map(str, filter(None, named))) if any(p.knows(item) for p in probers)]
    return known or list(dict.fromkeys(item for prober in probers for item in prober.items()))


def _quoted(book: Book, order: Order) -> Quote | OrderErrors | ExactError:
    """The quote of an order; what a version has no name for is not said to it."""
    known = {path: value for path, value in order.attributes.items() if f"order.{path}" in book.rules.attributes}
    try:
        return book.quote(Order(order.account, order.date, order.lines, known, order.codes))
    except (OrderErrors, ExactError) as error:
        return error


def _key(quote: Quote | Exception, part: str) -> object:
    """What two quotes of one order may differ in by a part: a rule, a table or another part, of which all is looked at."""
    if not isinstance(quote, Quote):
        return str(quote)
    if "." in part:  # the id of a rule, which one of the versions may lack
        return [(one.line, one.amount) for one in quote.outcome.decisions if one.rule == part and one.amount]
    verdict = quote.status, quote.approvals
    if part == "guards":
        return verdict
    if part == "list_prices":
        return [line.list_value for line in quote.lines]
    free = [(free.item, free.quantity, free.net_value) for free in quote.free]
    charges = [(one.title, one.amount) for one in quote.charges]
    return quote.total, [line.net_value for line in quote.lines], free, charges, verdict


def _stands(quote: Quote | Exception) -> bool:
    """Whether an order could be placed."""
    return isinstance(quote, Quote) and quote.status in ("priced", "needs approval")


def _told(was: Quote | Exception, now: Quote | Exception) -> tuple[str, str]:
    """What an order comes to in both versions: in short, then the steps that are not the same."""
    steps = [waterfall(quote).split("\n") if isinstance(quote, Quote) else [] for quote in (was, now)]
    apart = [{_unplaced(line) for line in one} for one in steps]
    own = [
        [line for line in one if _unplaced(line) not in other]
        for one, other in zip(steps, reversed(apart), strict=True)
    ]
    heads = [
        f"{quote.total}, {quote.status}" if isinstance(quote, Quote) else f"cannot be priced: {quote}"
        for quote in (was, now)
    ]
    before, after = ("\n".join([head, *lines]) for head, lines in zip(heads, own, strict=True))
    return before, after


def _unplaced(step: str) -> str:
    """A step without where it stands: what comes before it in the text may have grown."""
    return " ".join(step.partition("  [")[0].split())
