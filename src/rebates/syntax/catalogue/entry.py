"""One code and all that is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A code of the catalogue; the page of `rebates help CODE` and of the docs is made from it.

    `wrong` and `right` are the smallest text, or table, or order, with the fault and without it; both are empty where
    the fault lies in no text (a file that cannot be opened).
    """

    code: str  # R and four digits; never given to another fault
    name: str  # kebab words; what `accept NAME "why"` calls a finding
    severity: Severity
    title: str  # what is wrong, as in a list of faults
    why: str  # why it is not let pass
    mend: str  # what to do
    wrong: str = ""
    right: str = ""
