"""The terms that speak for an order, and those that it breaks (78 to 80)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from rebates.compile.amounts import ZERO
from rebates.compile.state import Line, Part, Reader
from rebates.compile.values import final_view, holds, units
from rebates.model.calendar import WEEKDAYS
from rebates.model.nodes import Agreement, Scope, Term
from rebates.model.outcome import BreakOut, TermsOut
from rebates.plan.nodes import Book, GuardHere

WEEK = 7


def stated(book: Book) -> list[tuple[Agreement, Term]]:
    """The terms that speak: of each word those of the most specific agreement that states it, with its partners."""
    agreements, partners = book.terms.agreements, book.terms.partners
    speakers = {term.word: each.name for each in reversed(agreements) for term in each.terms}
    return [(each, term) for each in agreements for term in each.terms if each.name in partners[speakers[term.word]]]


def judged(sales: Part) -> TermsOut:
    """Every term that speaks, every break, and the earliest day of delivery."""
    if not any(each.terms for each in sales.book.terms.agreements):
        return TermsOut()
    spoken = stated(sales.book)
    ids = tuple(term.id for _, term in spoken)
    return _Order(sales, spoken).out(ids) if sales.lines else TermsOut(ids)


class _Order:
    """An order held against its terms, by word."""

    def __init__(self, sales: Part, spoken: list[tuple[Agreement, Term]]) -> None:
        self.part, self.breaks = sales, list[BreakOut]()
        self.by_word: dict[str, list[tuple[Term, frozenset[int]]]] = {}
        view = final_view(sales)
        for agreement, term in spoken:
            here = GuardHere(agreement)
            lines = frozenset(
                line.place
                for line in sales.lines
                if term.where is None or holds(term.where, Reader(view, here, line)) is True
            )
            self.by_word.setdefault(term.word, []).append((term, lines))
        delivering = {str(value.value) for term, _ in self.by_word.get("delivery days", ()) for value in term.values}
        self.weekdays = [delivering and name not in delivering for name in WEEKDAYS]  # True: none is delivered
        self.leads = [self._closest("lead time", line) for line in sales.lines]

    def out(self, ids: tuple[str, ...]) -> TermsOut:
        for line in self.part.lines:
            term = self._closest("sales units", line)
            if term is not None and (allowed := self._whole(line, line.quantity)) != line.quantity:
                self.breaks.append(BreakOut(term.id, line.index, "R0560", allowed))
        for term, places in self.by_word.get("minimum order", ()):
            for lines in self._groups(term, [line for line in self.part.lines if line.place in places]):
                self._minimum(term, lines)
        earliest = self._deliverable(self._ready(self.leads))
        self._delivery(earliest)
        dated = "lead time" in self.by_word or "delivery days" in self.by_word
        return TermsOut(ids, tuple(self.breaks), earliest if dated else None)

    def _closest(self, word: str, line: Line) -> Term | None:
        best: Term | None = None
        for term, places in self.by_word.get(word, ()):
            if line.place in places and (best is None or term.rank > best.rank):
                best = term
        return best

    # --- quantities

    def _whole(self, line: Line, quantity: Fraction) -> Fraction:
        """Up to the next whole sales unit of the line."""
        term = self._closest("sales units", line)
        if term is None:
            return quantity
        best: Fraction | None = None
        known = [value for value in term.values if line.plan.units(str(value.dimension.unit)) is not None]
        for value in known or term.values:
            assert isinstance(value.value, Fraction)
            per_ordered = units(line, str(value.dimension.unit)) / value.value  # sales units in an ordered one
            whole = Fraction(ceil(quantity * per_ordered)) / per_ordered
            best = whole if best is None or whole < best else best
        assert best is not None
        return best

    def _groups(self, term: Term, lines: list[Line]) -> Iterable[list[Line]]:
        key: Callable[[Line], str] = (lambda line: line.given.item) if term.scope is Scope.ITEM else lambda _: ""
        groups: dict[str, list[Line]] = {}
        for line in lines:
            groups.setdefault(key(line), []).append(line)
        return groups.values()

    def _minimum(self, term: Term, lines: list[Line]) -> None:
        [least] = term.values
        assert isinstance(least.value, Fraction)
        unit, allowed = least.dimension.unit, least.value
        if unit is None:
            have = sum((line.net_final for line in lines), ZERO)
        else:
            have = sum((line.quantity * units(line, unit) for line in lines), ZERO)
        if have >= least.value:
            return
        alone = lines[0] if len(lines) == 1 else None
        if alone is not None and unit is not None:
            allowed = self._whole(alone, least.value / units(alone, unit))
        self.breaks.append(BreakOut(term.id, None if alone is None else alone.index, "R0561", allowed))

    # --- dates

    def _ready(self, leads: Iterable[Term | None]) -> date:
        """The order day and the longest of the lead times."""
        days = [term.values[0].value for term in leads if term is not None]
        longest = max((each for each in days if isinstance(each, Fraction)), default=ZERO)
        return self.part.order.day + timedelta(days=int(longest))

    def _deliverable(self, day: date) -> date:
        return next(
            there
            for there in (day + timedelta(days=more) for more in range(WEEK))
            if not self.weekdays[there.weekday()]
        )

    def _delivery(self, earliest: date) -> None:
        order = self.part.order
        wanted, hour = order.days.get("delivery"), order.times.get("delivery")
        if wanted is not None:
            for line, lead in zip(self.part.lines, self.leads, strict=True):
                if lead is not None and wanted < (ready := self._ready([lead])):
                    self.breaks.append(BreakOut(lead.id, line.index, "R0562", self._deliverable(ready)))
            if self.weekdays[wanted.weekday()]:
                term = self.by_word["delivery days"][0][0]
                self.breaks.append(BreakOut(term.id, None, "R0563", self._deliverable(max(wanted, earliest))))
        for term, _ in self.by_word.get("delivery window", ()) if hour is not None else ():
            opens, closes = (value.value for value in term.values)
            assert isinstance(opens, Fraction)
            assert isinstance(closes, Fraction)
            assert hour is not None
            if hour < opens or hour > closes:
                self.breaks.append(BreakOut(term.id, None, "R0564", None))
