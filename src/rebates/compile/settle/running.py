"""Running sums: one more posting, and what has accrued with it, at a cost that does not grow with what was posted before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from rebates.compile.settle.settle import NOTHING, accruals, calculation_of
from rebates.model.history import Posted
from rebates.model.nodes import Agreement, RuleSet
from rebates.model.orders import AttributeText
from rebates.model.settlement import Due


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
