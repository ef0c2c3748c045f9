"""How much of an agreement is read: each amendment has all its rules understood anew, so both together are bounded."""

from __future__ import annotations

from collections.abc import Sequence

from rebates.model.amendments import Edition
from rebates.model.names import Names
from rebates.syntax import nodes as s

MOST_READ = 100_000  # rules, counted once as signed and once for every day on which amendments begin


def within_budget(editions: Sequence[Edition], names: Names) -> Sequence[Edition]:
    """The editions that are read; where that is not all of them, the amendment that is one too many is reported."""
    read = 0
    for number, edition in enumerate(editions):
        rules = sum(isinstance(member, s.Rule) for member in edition.agreement.members)
        read += rules
        if read > MOST_READ and number:
            names.report.error(
                "R0438",
                edition.amendments[0].span,
                f"{number} amendments of {rules} rules are more than can be read together: at most {MOST_READ:_} rules in all",
                "sign the agreement anew as it stands by now, in a file of its own, and amend that",
            )
            return editions[:number]
    return editions
