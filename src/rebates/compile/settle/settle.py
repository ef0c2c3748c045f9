"""The doors of settling: what falls due in a period, what has accrued by a day, what an example comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from weakref import ref

from rebates.compile.settle import later
from rebates.compile.settle.alike import Likeness
from rebates.compile.settle.at import At
from rebates.compile.settle.dues import dues, rounded, rules_in_order
from rebates.compile.settle.earning import Calculation
from rebates.compile.settle.history import HistoryErrors, Reading
from rebates.compile.settle.in_hand import InHand
from rebates.compile.settle.payees import payees_of
from rebates.compile.settle.rows import Row
from rebates.compile.settle.values import holds
from rebates.compile.settle.windows import DAY, Stretch
from rebates.model.history import Posted
from rebates.model.nodes import Agreement, RuleSet
from rebates.model.orders import AttributeText
from rebates.model.outcome import OrderError
from rebates.model.settlement import Due, Settled, Settlement
from rebates.plan.facts import Facts
from rebates.plan.nodes import Verdict

NOTHING: Mapping[str, AttributeText] = {}


def settle(
    rules: RuleSet,
    agreement: str | None,
    posted: Iterable[Posted],
    first: date,
    last: date,
    as_of: datetime | None = None,
    settled: Iterable[Settled] | None = None,
    given: Mapping[str, AttributeText] = NOTHING,
) -> tuple[Settlement, ...]:
    """What falls due on the settlement days of a period, both days in, of one agreement or of all.

    Raises HistoryErrors with every posting that cannot be settled, OrderError where a sale lacks what a rule needs.
    """
    postings = list(posted)
    before = None if settled is None else tuple(each for each in settled if each.day <= last)
    found: list[Settlement] = []
    for each in _named(rules, agreement):
        calculation = calculation_of(rules, each, given, before, (first - DAY, last))
        calculation.began = date.min if before is None else first
        _take(calculation, postings, as_of, _others(rules, agreement, each))
        found.append(Settlement(each.name, each.currency, first, last, tuple(dues(calculation, first, last))))
    return tuple(found)


def accrued(
    rules: RuleSet,
    agreement: str | None,
    posted: Iterable[Posted],
    day: date,
    as_of: datetime | None = None,
    given: Mapping[str, AttributeText] = NOTHING,
) -> tuple[Settlement, ...]:
    """What every window that has begun by a day has earned by then (103): `before` is zero, `due` the whole."""
    postings = list(posted)
    found: list[Settlement] = []
    for each in _named(rules, agreement):
        calculation = calculation_of(rules, each, given, None, (day,))
        _take(calculation, postings, as_of, _others(rules, agreement, each))
        found.append(Settlement(each.name, each.currency, day, day, tuple(accruals(calculation, day))))
    return tuple(found)


def earned(
    rules: RuleSet,
    agreement: str,
    posted: Iterable[Posted] = (),
    given: Mapping[str, AttributeText] = NOTHING,
    day: date | None = None,
) -> tuple[Due, ...]:
    """What every rule comes to in the window of an example, at that window's last settlement day (93h).

    `given` replaces measures ("sales", "sales last year"), classes ("class NAME"), the amounts of rules, tables
    ("table NAME"), attributes by path, facts ("fact NAME"), and "paid". The window is the one that holds `day`, else the one
    of the first sale, else the first.
    """
    [one] = _named(rules, agreement)
    postings = list(posted)
    sales = [each.day for each in postings if each.kind == "sale"]
    within = day or (min(sales) if sales else None)
    calculation = calculation_of(rules, one, given, None, extra_days(within))
    _take(calculation, postings, None, ())
    calculation.example = True
    if not calculation.history.accounts:
        calculation.history.accounts[_somebody(one)] = one.first
    found: list[Due] = []
    for rule in rules_in_order(calculation):
        for earner in calculation.earners(calculation.versions[rule][0], date.max):
            stretches = calculation.stretches_of(rule, earner)
            inside = [each for each in stretches if within is not None and each.first <= within <= each.last]
            for stretch in inside or stretches[:1]:
                now = max([stretch.last, *(each.day for each in postings)])  # all that was posted has happened
                found += rows_at(calculation, At(calculation, stretch, earner, stretch.last, now))
    return tuple(found)


def extra_days(day: date | None) -> tuple[date, ...]:
    return () if day is None else (day,)


def _somebody(agreement: Agreement) -> str:
    """The account of an example that names none."""
    return (
        agreement.who.name
        if agreement.who.kind in ("account", "account and subsidiaries") and agreement.who.name
        else "example"
    )


def accruals(calculation: Calculation, day: date, earner: str | None = None) -> list[Due]:
    """What windows that have begun have earned, of one earner or of all."""
    found: list[Due] = []
    for rule in rules_in_order(calculation):
        one = calculation.versions[rule][0]
        everybody = [name for name in calculation.earners(one, day) if calculation.begins_on(one.scope, name) <= day]
        for each in everybody if earner is None else [name for name in everybody if name == earner]:
            for stretch in calculation.stretches_of(rule, each):
                if stretch.claim is not None and stretch.claim.day > day:
                    continue
                if stretch.first > day or stretch.gone or not calculation.earns_in(each, stretch, day):
                    continue
                at = At(calculation, stretch, each, min(day, stretch.last), day, expecting=True)
                found += rows_at(calculation, at)
    return sorted(
        found, key=lambda due: (calculation.versions[due.rule][0].place, due.rule, due.earner, due.payee, due.first)
    )


def rows_at(calculation: Calculation, at: At) -> list[Due]:
    """What a window comes to for each payee, with nothing settled before."""
    from rebates.compile.settle.dues import Books, _divided, _due

    earned_ = calculation.final(at)
    total = rounded(earned_.amount, at.rule, calculation)
    shares = payees_of(at.rule, at)
    parts = _divided(total, shares, at.rule, calculation)
    books = Books(calculation)
    return [
        _due(books, at, earned_, payee, share, part, total * 0)
        for (payee, share), part in zip(shares, parts, strict=True)
    ]


# --- what a calculation is made of ------------------------------------------------------------------------------------


def calculation_of(
    rules: RuleSet,
    agreement: Agreement,
    given: Mapping[str, AttributeText],
    settled: Sequence[Settled] | None,
    days: Iterable[date] = (),
    by_day: bool = False,
    in_hand: InHand | None = None,
) -> Calculation:
    """An agreement ready to take postings in; those of an order `in_hand` stand each by itself."""
    facts = Facts(rules.master, rules.tables)
    likeness = Likeness(agreement, facts, days, by_day)
    likeness.apart = likeness.apart or in_hand is not None
    tests = None if likeness.apart else likeness.static()
    made: list[ref[Calculation]] = []  # which holds the reading: it would outlive its last use

    def alike(row: Row) -> tuple[object, ...] | None:
        """What the rules can tell of a sale beside its account and day."""
        if tests is None:
            return None
        calculation = made[0]()
        assert calculation is not None
        at = At(calculation, Stretch(agreement.rebates[0], row.day, row.day), row.account, row.day, row.day, row)
        found: list[Verdict | object] = [holds(test, at) for test in tests]
        found += [calculation.attribute(each, at) for each in likeness.attributes]
        found.append(row.attributes.get("order.end_customer"))
        return tuple(found)

    reading = Reading(agreement, facts, alike, likeness.bucket, tuple(likeness.units), frozenset(likeness.measures))
    calculation = Calculation(rules, agreement, facts, likeness, reading, dict(given), settled, in_hand=in_hand)
    made.append(ref(calculation))
    return calculation


def _take(
    calculation: Calculation, postings: Sequence[Posted], as_of: datetime | None, others: Sequence[Agreement]
) -> None:
    """Reads postings; those in the currency of another agreement that counts the account are left to it."""
    foreign = foreign_to(calculation.agreement, others)
    if foreign:
        postings = [each for each in postings if each.currency not in foreign]
    calculation.reading.take(postings, as_of)


def foreign_to(agreement: Agreement, others: Sequence[Agreement]) -> set[str]:
    """The currencies of other agreements: postings in them are left to those."""
    return {each.currency for each in others} - {agreement.currency}


def _others(rules: RuleSet, agreement: str | None, one: Agreement) -> Sequence[Agreement]:
    return () if agreement is not None else [each for each in _named(rules, None) if each is not one]


def _named(rules: RuleSet, agreement: str | None) -> list[Agreement]:
    if agreement is None:
        return [each for each in rules.agreements if each.rebates]
    return [each for each in rules.agreements if each.name == agreement]


__all__ = ["HistoryErrors", "OrderError", "accruals", "accrued", "calculation_of", "earned", "later", "settle"]
