"""Running sums: one more posting, and what has accrued with it, at a cost that does not grow with what was posted before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from rebates.compile.settle.settle import NOTHING, accruals, calculation_of, foreign_to
from rebates.model.history import Posted
from rebates.model.nodes import Agreement, RuleSet
from rebates.model.orders import AttributeText
from rebates.model.settlement import Due, Settlement


class RunningBook:
    """The sums of all agreements. Not safe from several threads."""

    def __init__(self, rules: RuleSet) -> None:
        agreements = [each for each in rules.agreements if each.rebates]
        self._parts = [(each, Running(rules, each), foreign_to(each, agreements)) for each in agreements]

    def post(self, posted: Sequence[Posted]) -> None:
        """Counts postings in. Raises HistoryErrors; the sums are then of no use any more."""
        for _, running, foreign in self._parts:
            running.post([each for each in posted if each.currency not in foreign] if foreign else posted)

    def accrued(self, day: date) -> tuple[Settlement, ...]:
        """What every window that has begun by a day has earned by then (103), as `accrued` says it of all that was posted."""
        return tuple(
            Settlement(each.name, each.currency, day, day, running.accruals(day)) for each, running, _ in self._parts
        )


class Running:
    """The sums of one agreement over what was posted. Not safe from several threads."""

    def __init__(self, rules: RuleSet, agreement: Agreement, given: Mapping[str, AttributeText] = NOTHING) -> None:
        self._calculation = calculation_of(rules, agreement, given, None, by_day=True)

    def post(self, posted: Iterable[Posted], as_of: datetime | None = None) -> None:
        """Counts postings in. Raises HistoryErrors; the sums are then as they were but for what was sound."""
        self._calculation.reading.take(posted, as_of)
        self._calculation.forget()

    def accruals(self, day: date, earner: str | None = None) -> tuple[Due, ...]:
        """What windows that have begun by a day have earned by then, of one earner or of all (103)."""
        return tuple(accruals(self._calculation, day, earner))
