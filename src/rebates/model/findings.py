"""Warnings and notes that need no solver: what is allowed, yet worth seeing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from math import ceil, floor

from rebates.model import nodes as m
from rebates.model.case_findings import overlapping, with_hole
from rebates.model.exact import ExactError, decimal_text
from rebates.model.expressions import dimension
from rebates.model.ground import Ground, Told
from rebates.model.item_index import ItemIndex
from rebates.model.master import Master
from rebates.model.memory import Memory
from rebates.model.payouts import excess, falling, moot, ordering
from rebates.model.reach import beaten, unreached
from rebates.model.reads import pieces, reads
from rebates.model.rebates import Rebate
from rebates.model.settled import tell_cut_windows
from rebates.model.settled_findings import OF_REBATES, is_paid_on_its_measure
from rebates.model.tables import Table
from rebates.model.uneven import uneven
from rebates.model.units import is_counted
from rebates.syntax.catalogue import ENTRIES
from rebates.syntax.diagnostics import Report
from rebates.syntax.source import Span

ZERO = Fraction(0)


def find(
    agreements: Sequence[m.Agreement], report: Report, master: Master, tables: Mapping[str, Table], memory: Memory
) -> None:
    """All findings of a rule set. What the text accepts is silent; an acceptance that nothing needs is told."""
    items = ItemIndex(master)
    for agreement in agreements:
        ground = Ground(agreement, master, tables, items)  # of the tables, those in the agreement's sight
        memory.once("findings", report, partial(_find_in, ground, report), of=(agreement.noted,))


def _find_in(ground: Ground, report: Report) -> None:
    agreement = ground.agreement
    tell_cut_windows(agreement, report)
    for rule in agreement.rules:
        accepted = {finding for finding, _ in rule.accepts}
        needed = {name for name, seek in FINDINGS.items() if seek(rule, report if name not in accepted else None)}
        for name, (code, found) in PROVED.items():
            told = list(found(rule, ground))
            needed |= {name} if told else set()
            for one in told if name not in accepted else ():
                tell = report.note if ENTRIES[code].severity == "note" else report.warning
                tell(code, one.span, one.message, one.help, labels=one.labels)
        _tell_needless(accepted - needed, rule.span, report)
    find_settled(agreement.rebates, ground, report)


def find_settled(rules: Sequence[Rebate], ground: Ground, report: Report) -> None:
    """The findings about rules that are settled."""
    for rule in rules:
        accepted = {finding for finding, _ in rule.accepts}
        needed: set[str] = set()
        if isinstance(rule.worth, m.Tiers) and is_paid_on_its_measure(rule):
            needed |= {"cliff"} if cliff_of(rule.worth, report if "cliff" not in accepted else None) else set()
        for name, (code, found) in OF_REBATES.items():
            told = list(found(rule, ground))
            needed |= {name} if told else set()
            for one in told if name not in accepted else ():
                tell = report.note if ENTRIES[code].severity == "note" else report.warning
                tell(code, one.span, one.message, one.help, labels=one.labels)
        _tell_needless(accepted - needed, rule.span, report)


def _tell_needless(accepted: set[str], at: Span, report: Report) -> None:
    """Acceptances that nothing needs."""
    for finding in sorted(accepted):
        known = finding in FINDINGS or finding in PROVED
        why = "nothing in this rule needs it" if known else "no finding has that name"
        report.warning("R0351", at, f"`accept {finding}` signs off nothing: {why}", "leave it out")


# what is proved of a rule by name: its code, and how it is found
PROVED: Mapping[str, tuple[str, Callable[[m.Rule, Ground], Iterator[Told]]]] = {
    "unreached": ("R0620", unreached),
    "beaten": ("R0621", beaten),
    "moot": ("R0622", moot),
    "falling": ("R0623", falling),
    "ordering": ("R0624", ordering),
    "excess": ("R0627", excess),
    "uneven": ("R0628", uneven),
    "overlap": ("R0388", overlapping),
    "hole": ("R0349", with_hole),
}


# --- cliffs


def _cliff(rule: m.Rule, report: Report | None) -> bool:
    """Retroactive percents that rise: just below a threshold buying more costs less (a dead zone).

    Told only where it is so whatever the prices: the measure is the quantity or value of the very lines that the percent
    is paid on, within the order.
    """
    worth = rule.worth
    if rule.kind != "discount" or not isinstance(worth, m.Tiers) or not _own_total(worth.measure, rule):
        return False
    return cliff_of(worth, report)


def cliff_of(worth: m.Tiers, report: Report | None) -> bool:
    """Whether tiers on the very thing that they are paid on have a dead zone; told where a report is given."""
    if worth.mode != "retroactive":
        return False
    steps = _steps(worth)
    found = False
    for index, row in enumerate(worth.rows):
        zone = _dead_zone(steps, row.threshold)
        if zone is None:
            continue
        told = _zone_text(zone, row, dimension(worth.measure).unit)
        if told is None:
            continue
        if report is None:
            return True
        found = True
        report.note(
            "R0350",
            worth.rows[index].span,
            told,
            'customers will order more and return it; accept it with `accept cliff "why"`, or use `incremental`',
        )
    return found


def _own_total(measure: m.Expr, rule: m.Rule) -> bool:
    total = measure.value if isinstance(measure, m.MeasureRef) else measure
    if not isinstance(total, m.Total) or total.what not in ("quantity", "list", "gross", "net") or total.full:
        return False
    if not total.scope.within_order or rule.base.what in ("charge", "quantity") or rule.base.value is not None:
        return False
    covered = [when.condition for when in rule.when]
    return total.where is None or total.where == rule.base.where or total.where in covered


def _steps(worth: m.Tiers) -> list[tuple[Fraction, Fraction]]:
    """Where each rate begins; nothing is paid before the first. Rows that pay something else end the list."""
    steps: list[tuple[Fraction, Fraction]] = []
    if worth.below is not None:
        rate = _rate(worth.below.reward)
        if rate is None:
            return []
        steps = [(ZERO, rate), (worth.below.threshold, ZERO)]
    else:
        steps = [(ZERO, ZERO)]
    for row in worth.rows:
        rate = _rate(row.reward)
        if rate is None:
            return []
        if row.threshold == steps[-1][0]:
            steps.pop()
        steps.append((row.threshold, rate))
    return steps


def _rate(reward: m.Reward) -> Fraction | None:
    match reward.pieces:
        case (m.PercentPiece(rate=m.Constant(value=Fraction() as value), of=None),) if value < 1:
            return value
        case _:
            return None


def dead_zone(worth: m.Tiers, threshold: Fraction) -> Fraction | None:
    """Where the dead zone below a threshold of retroactive percents begins, which it does not hold; None where there is none."""
    return _dead_zone(_steps(worth), threshold)


def _dead_zone(steps: Sequence[tuple[Fraction, Fraction]], threshold: Fraction) -> Fraction | None:
    """From where on, up to the threshold, more is paid than at it: T·(1−r₂)/(1−r₁), over all steps it reaches into."""
    at = next((index for index, step in enumerate(steps) if step[0] == threshold), None)
    if at is None or at == 0 or threshold <= 0 or steps[at][1] <= steps[at - 1][1]:
        return None
    pays = threshold * (1 - steps[at][1])
    edge = threshold
    for start, rate in reversed(steps[:at]):
        reaches = pays / (1 - rate)
        if reaches >= edge:
            break
        edge = max(start, reaches)
        if reaches > start:
            break
    return edge


def _zone_text(edge: Fraction, row: m.Tier, unit: str | None) -> str | None:
    word = f" {unit}" if unit else ""
    end = row.threshold
    counted = unit is not None and is_counted(unit)
    if counted and end.denominator == 1:
        low, high = floor(edge) + 1, int(end) if row.above else ceil(end) - 1
        if low > high:
            return None
        zone = f"{low} to {high}{word} cost" if low < high else f"{low}{word} costs"
        return f"{zone} more than {int(end) + 1 if row.above else int(end)}{word}"
    reach = "up to" if row.above else "less than"
    better = f"a little over {_short(end)}" if row.above else _short(end)
    return f"more than {_short(edge)} and {reach} {_short(end)}{word} cost more than {better}{word}"


def _short(value: Fraction) -> str:
    try:
        text = decimal_text(value)
    except ExactError:
        text = decimal_text(Fraction(round(value * 100), 100))
    return text if len(text) <= 12 else decimal_text(Fraction(round(value * 100), 100))


# --- splitting a line


def _splitting(rule: m.Rule, report: Report | None) -> bool:
    """Tiers, fixed sums and packages of each line: two lines of one item get another amount than one (3.8)."""
    found = False
    if isinstance(rule.worth, m.Tiers) and _counts_line(rule.worth.measure):
        found = True
        _tell_split(rule.worth.measure, rule, "its tiers look at each line by itself", report)
    else:
        for piece in pieces(rule.worth):
            match piece:
                case m.SumPiece(scope=m.Scope.LINE):
                    what = "this sum is paid for each line"
                case m.UnitPiece(package=m.Package(kind="full" | "started", scope=m.Scope.LINE)):
                    what = "its packages are counted on each line by itself"
                case _:
                    continue
            found = True
            _tell_split(piece, rule, what, report)
            break
    return found


def _counts_line(measure: m.Expr) -> bool:
    """Whether a measure adds up something of the line alone."""
    return any(
        isinstance(read.expr, m.Total) and read.expr.scope is m.Scope.LINE and read.expr.what != "lines"
        for read in reads(measure, filters=False)
    )


def _tell_split(at: m.Node, rule: m.Rule, what: str, report: Report | None) -> None:
    if report is not None:
        report.note(
            "R0352",
            at.span,
            f"one line written as two changes what {rule.kind} `{rule.name}` gives: {what}",
            'count `per item` or `per order`, or accept it with `accept splitting "why"`',
        )


FINDINGS: Mapping[str, Callable[[m.Rule, Report | None], bool]] = {"cliff": _cliff, "splitting": _splitting}
