"""What falls due on the settlement days of a period: total to date less what was settled (96, 98, 99, 102)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from rebates.compile.settle import later
from rebates.compile.settle.at import At
from rebates.compile.settle.payees import payees_of
from rebates.compile.settle.windows import DAY, Stretch, settlement_days
from rebates.model.exact import Rounding as Mode
from rebates.model.exact import round_to, spread
from rebates.model.money import minor_digits
from rebates.model.nodes import Scope
from rebates.model.rebates import Rebate
from rebates.model.settlement import Due, Status

if TYPE_CHECKING:
    from rebates.compile.settle.earning import Calculation, Earned

ZERO = Fraction(0)
Key = tuple[str, str, str, date, str]  # rule, earner, payee, first day of the window, number of the claim


@dataclass(slots=True)
class Books:
    """What was settled so far, as the days of a settlement go by."""

    calculation: Calculation
    settled: dict[Key, Fraction] = field(default_factory=dict)


def rounded(amount: Fraction, rule: Rebate, calculation: Calculation) -> Fraction:
    """A total to the digits of the agreement; points and goods down to whole ones (2.2, 99a)."""
    if rule.pays != "money":
        return round_to(amount, 0, Mode.DOWN)
    return round_to(amount, digits_of(calculation), calculation.agreement.rounding.mode)


def digits_of(calculation: Calculation) -> int:
    stated = calculation.agreement.rounding.digits
    return minor_digits(calculation.agreement.currency) if stated is None else stated


def rules_in_order(calculation: Calculation) -> list[str]:
    """The rules in the order of their text; what they name is worked out when it is asked for (104)."""
    return sorted(calculation.versions, key=lambda id_: (calculation.versions[id_][0].place, id_))


def days_of(calculation: Calculation, rule: str, earner: str) -> list[date]:
    """All settlement days of a rule; those of claims are the earner's own."""
    by_claim = calculation.versions[rule][0].window == "claim"
    key = "days", rule
    found = None if by_claim else calculation.noted.get(key)
    if found is None:
        days: set[date] = set()
        for stretch in calculation.stretches_of(rule, earner):
            days.update(settlement_days(calculation.agreement, stretch))
        found = sorted(days)
        if not by_claim:
            calculation.noted[key] = found
    return found  # type: ignore[return-value]


def keeps_state(rule: Rebate) -> bool:
    """Whether what was settled is not simply what the window came to on the settlement day before."""
    return (
        rule.returns == "carry forward"
        or any(gate.failing in ("holds", "forfeits") for gate in rule.when)
        or any(later.is_later(gate.condition) for gate in rule.when)
    )


def over_on(stretch: Stretch, days: list[date]) -> date:
    """The day from which a window is over: its last, or its last settlement day where stated dates end earlier."""
    inside = [each for each in days if stretch.first <= each <= stretch.last]
    ends_earlier = stretch.rule.settle.every == "on dates" and inside and days[-1] < stretch.last
    return inside[-1] if ends_earlier else stretch.last


def was_up(over: date, day: date, days: list[date]) -> bool:
    """Whether a window was up for settlement, being over, before a day."""
    place = bisect_left(days, over)
    return place < len(days) and days[place] < day


def dues(calculation: Calculation, first: date, last: date) -> list[Due]:
    """Every due of the settlement days from `first` to `last`, by rule's place, earner, payee, window and day."""
    books = Books(calculation)
    if calculation.settled is not None:
        for each in calculation.settled:
            key = (each.rule, each.earner, each.payee, each.first, "")
            books.settled[key] = books.settled.get(key, ZERO) + each.amount
    found: list[tuple[tuple[object, ...], Due]] = []
    for day, rule, earner, shown in _turns(calculation, first, last):
        for due, always in _on_day(books, rule, earner, day):
            if shown and (always or due.due):
                place = calculation.versions[rule][0].place
                found.append(((place, due.rule, due.earner, due.payee, due.first, due.day), due))
    return [due for _, due in sorted(found, key=lambda pair: pair[0])]


def _turns(calculation: Calculation, first: date, last: date) -> Iterator[tuple[date, str, str, bool]]:
    """Days, rules and earners in the order in which they are settled; days before the period only where they are needed."""
    turns: list[tuple[date, int, str, bool, str]] = []
    for number, rule in enumerate(rules_in_order(calculation)):
        versions = calculation.versions[rule]
        by_claim = versions[0].window == "claim"
        chosen: tuple[list[date], list[date]] | None = None
        for earner in calculation.earners(versions[0], last):
            if chosen is None or by_claim:
                chosen = _days_in(calculation, rule, earner, first, last)
            turns += [(day, number, earner, False, rule) for day in chosen[0]]
            turns += [(day, number, earner, True, rule) for day in chosen[1]]
    began = calculation.history.accounts
    for day, _, earner, shown, rule in sorted(turns, key=lambda turn: turn[:3]):
        if calculation.versions[rule][0].scope is not Scope.ACCOUNT or began[earner] <= day:
            yield day, rule, earner, shown


def _days_in(
    calculation: Calculation, rule: str, earner: str, first: date, last: date
) -> tuple[list[date], list[date]]:
    """The days before a period that are needed, and those in it, its last among them."""
    days = days_of(calculation, rule, earner)
    before = [day for day in days if day < first]
    if before and not any(keeps_state(version) for version in calculation.versions[rule]):
        before = before[-1:]
    if before and before[-1] < first - DAY:
        before.append(first - DAY)
    within = [day for day in days if first <= day <= last]
    if not within or within[-1] < last:
        within.append(last)
    return ([] if calculation.settled is not None else before), within


def _windows(calculation: Calculation, rule: str, earner: str, day: date) -> Iterator[tuple[Stretch, bool]]:
    """The windows of an earner that may have something due on a day, and whether each has a row whatever is due."""
    if calculation.versions[rule][0].window == "claim":
        found = _open_windows(calculation, rule, earner, day)
    else:
        key = "windows", rule, day
        noted = calculation.noted.get(key)
        if noted is None:
            noted = calculation.noted[key] = _open_windows(calculation, rule, earner, day)
        found = noted  # type: ignore[assignment]
    for stretch, always in found:
        if calculation.earns_in(earner, stretch, day):
            yield stretch, always


def _open_windows(calculation: Calculation, rule: str, earner: str, day: date) -> list[tuple[Stretch, bool]]:
    """The same of whoever earns."""
    stateful = any(keeps_state(version) for version in calculation.versions[rule])
    days = days_of(calculation, rule, earner)
    place = bisect_left(days, day)
    is_settlement_day = place < len(days) and days[place] == day
    before = days[place - 1] if place else date.min
    found: list[tuple[Stretch, bool]] = []
    for stretch in calculation.stretches_of(rule, earner):
        if stretch.first > day:
            break
        up = was_up(over_on(stretch, days), day, days)
        if not is_settlement_day and not up:
            continue
        if up and not stateful and calculation.settled is None and not calculation.changed(before, day):
            continue
        found.append((stretch, not up and not stretch.gone))
    return found


def _on_day(books: Books, rule: str, earner: str, day: date) -> list[tuple[Due, bool]]:
    """The dues of one rule and earner on a settlement day."""
    calculation = books.calculation
    found: list[Due] = []
    shown: list[bool] = []
    for stretch, always in _windows(calculation, rule, earner, day):
        at = At(calculation, stretch, earner, min(day, stretch.last), day)
        earned = calculation.final(at)
        number = stretch.claim.number if stretch.claim is not None else ""
        total = rounded(earned.amount, stretch.rule, calculation)
        shares = payees_of(stretch.rule, at)
        parts = _divided(total, shares, stretch.rule, calculation)
        for (payee, share), part in zip(shares, parts, strict=True):
            key = (rule, earner, payee, stretch.first, number)
            before = books.settled.get(key)
            if before is None and number:
                before = books.settled.get((rule, earner, payee, stretch.first, ""))
            before = before or ZERO
            due = _due(books, at, earned, payee, share, part, before)
            books.settled[key] = before + due.due
            found.append(due)
            shown.append(always)
    if any(due.due < 0 for due in found):
        found = _carried(books, found)
    return list(zip(found, shown, strict=True))


def _divided(
    total: Fraction, shares: list[tuple[str, Fraction]], rule: Rebate, calculation: Calculation
) -> list[Fraction]:
    if len(shares) == 1:
        return [total]
    digits = digits_of(calculation) if rule.pays == "money" else 0
    return spread(total, [share for _, share in shares], digits)


def _due(books: Books, at: At, earned: Earned, payee: str, share: Fraction, total: Fraction, before: Fraction) -> Due:
    calculation, stretch, rule = at.calculation, at.stretch, at.rule
    status: Status = earned.status
    clause, detail = earned.clause, earned.detail
    due = total - before
    if clause is None:
        clause = earned.held
    if status == "forfeited":
        total, due = before, ZERO
    elif earned.held is not None and status in ("due", "nothing"):
        status, clause = "held", earned.held
        due = due if at.expecting else ZERO
    elif status in ("due", "nothing"):
        status = "due" if total or due else "nothing"
    settle = rule.settle
    return Due(
        rule.id,
        rule.kind,
        at.earner,
        payee,
        stretch.first,
        stretch.last,
        at.now,
        status,
        earned.measure,
        earned.base,
        earned.tier,
        earned.amount * share,
        total,
        before,
        due,
        earned.cuts,
        clause,
        detail,
        earned.next,
        at.now < over_on(stretch, days_of(calculation, rule.id, at.earner)),
        None if settle.pay_by is None else later.day_of(settle.pay_by, at, at.now),
        None if settle.expires is None else later.day_of(settle.expires, at, at.now),
        calculation.ids(earned.rows),
    )


def _carried(books: Books, found: list[Due]) -> list[Due]:
    """With `returns carry forward` what is below zero falls due only as far as the rest of the day comes to."""
    from dataclasses import replace

    calculation = books.calculation
    out = list(found)
    for payee in dict.fromkeys(due.payee for due in found):
        room = sum((due.due for due in found if due.payee == payee and due.due > 0), ZERO)
        for place, due in enumerate(out):
            if due.payee != payee or due.due >= 0:
                continue
            rule = next(r for r in calculation.versions[due.rule] if r.id == due.rule)
            if rule.returns != "carry forward":
                continue
            falls = max(due.due, -room)
            room += falls
            if falls == due.due:
                continue
            out[place] = replace(due, due=falls, status="held", total=due.total)
            for key in list(books.settled):
                if key[:4] == (due.rule, due.earner, due.payee, due.first):
                    books.settled[key] += falls - due.due
    return out


def settled_until(calculation: Calculation, rule: str, at: At) -> Fraction:
    """What a rule has settled for the earner up to the day: as the caller says, else by the same history."""
    if calculation.settled is not None:
        return sum(
            (
                each.amount
                for each in calculation.settled
                if each.rule == rule and each.earner == at.earner and each.day <= at.now
            ),
            ZERO,
        )
    total = ZERO
    for other in calculation.earners_like(calculation.versions[rule][0], at):
        days = [day for day in days_of(calculation, rule, other) if day <= at.now]
        for stretch in calculation.stretches_of(rule, other):
            last = max((day for day in days if day >= stretch.first), default=None)
            if last is None or (stretch.claim is not None and stretch.claim.day > at.now):
                continue
            one = At(calculation, stretch, other, min(last, stretch.last), last)
            total += rounded(calculation.final(one).amount, stretch.rule, calculation)
    return total
