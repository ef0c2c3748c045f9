"""Funds: what opens them, and what becomes of the rest of a window (102)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rebates.model import nodes as m
from rebates.model.amendments import Edition, day_before
from rebates.model.expressions import WINDOWS, Typing, describe, dimension, typed
from rebates.model.reads import reads
from rebates.model.rebates import Fund
from rebates.model.windows import WindowKind
from rebates.syntax import nodes as s
from rebates.syntax.diagnostics import Label


class Funds:
    """The versions of the funds of an agreement, an edition at a time."""

    def __init__(self) -> None:
        self._found: dict[str, list[Fund]] = {}

    def add(self, edition: Edition, typing: Typing) -> None:
        """The funds as the edition has them; those it does not have any more end."""
        day = edition.day
        named = {fund.name for fund, _ in edition.funds}
        for name, versions in self._found.items():
            if day is not None and name not in named and versions[-1].until is None:
                versions[-1] = replace(versions[-1], until=day_before(day))
        for tree, amendment in edition.funds:
            if amendment is not None and amendment.day != day:
                continue
            made = _fund(tree, typing)
            if made is None or (day is not None and amendment is None):
                continue
            versions = self._found.setdefault(tree.name, [])
            if versions and day is not None and versions[-1].until is None:
                versions[-1] = replace(versions[-1], until=day_before(day))
            versions.append(replace(made, since=day, amended=amendment))

    def all(self) -> tuple[Fund, ...]:
        """Every version, by name and day."""
        return tuple(fund for versions in self._found.values() for fund in versions)


def _fund(tree: s.Fund, typing: Typing) -> Fund | None:
    report = typing.names.report
    openings = [member for member in tree.members if isinstance(member, s.OpeningClause)]
    rests = [member for member in tree.members if isinstance(member, s.UnusedClause)]
    clauses: Sequence[s.Node]
    for clauses, word in ((openings, "opening"), (rests, "unused")):
        for other in clauses[1:]:
            report.error(
                "R0301",
                other.span,
                "this clause stands twice in the fund",
                "keep one of them",
                labels=(Label(clauses[0].span, f"the first `{word}`"),),
            )
    if not openings and any(isinstance(member, s.Broken) for member in tree.members):
        return None
    if not openings:
        report.error(
            "R0667",
            tree.name_span,
            f"fund `{tree.name}` does not say what is in it",
            "add a line such as `opening EUR 5_000 per year`",
        )
        return None
    opening = openings[0]
    window: WindowKind = "term"
    words = [word for word in opening.per if word in WINDOWS and word not in ("ever", "season")]
    if len(words) != len(opening.per) or len(words) > 1:
        report.error(
            "R0667", opening.span, "a fund is opened per window of the calendar", "write `per year`, or leave it out"
        )
        return None
    if words:
        window = words[0]  # type: ignore[assignment]  # one of the windows
    value = _money(opening.value, typing)
    unused = rests[0] if rests else None
    up_to = _money(unused.up_to, typing) if unused is not None and unused.up_to is not None else None
    if value is None or (unused is not None and unused.up_to is not None and up_to is None):
        return None
    return Fund(
        f"{typing.agreement}.fund {tree.name}",
        tree.name,
        tree.title or tree.name.replace("_", " "),
        typing.agreement,
        value,
        window,
        unused is not None and unused.rolls_over,
        up_to,
        span=tree.span,
    )


def _money(expr: s.Expr, typing: Typing) -> m.Expr | None:
    """An amount that a fund can hold: money that stands, or totals and facts of an account."""
    value = typed(expr, typing)
    if value is None:
        return None
    if dimension(value) != m.MONEY:
        typing.error("R0214", expr.span, f"a fund holds money, this is {describe(dimension(value))}", "write an amount")
        return None
    for read in reads(value, filters=False):
        if isinstance(read.expr, m.Earned | m.ChargeAmount | m.ItemPrice | m.RulePrice) or (
            isinstance(read.expr, m.Total) and read.expr.scope.within_order
        ):
            typing.error(
                "R0667", read.at, "what opens a fund is known beforehand", "write an amount, a fact or a total"
            )
            return None
    return value
