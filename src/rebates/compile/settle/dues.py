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
from rebates.compile.settle.windows import DAY, Stretch, kind_of_window, settlement_days
from rebates.model.exact import Rounding as Mode
from rebates.model.exact import round_to, spread
from rebates.model.nodes import Earned as EarnedBy
from rebates.model.nodes import RulePaid, Scope
from rebates.model.rebates import Rebate
from rebates.model.settlement import Due, Status
from rebates.plan.reads import nodes_in

if TYPE_CHECKING:
    from rebates.compile.settle.earned import Earned
    from rebates.compile.settle.earning import Calculation

ZERO = Fraction(0)
Key = tuple[str, str, str, date, str]  # rule, earner, payee, first day of the window, number of the claim


@dataclass(slots=True)
class Books:
    """What was settled so far, as the days of a settlement go by."""

    calculation: Calculation
    settled: dict[Key, Fraction] = field(default_factory=dict)
    reached: dict[Key, date] = field(default_factory=dict)  # up to which day the caller says so
    payees: dict[tuple[str, str, date], set[str]] = field(default_factory=dict)  # by rule, earner and window, no claims

    def take_over(self) -> None:
        """Books what the caller says was settled before."""
        for each in self.calculation.settled or ():
            key = (each.rule, each.earner, each.payee, each.first, "")
            self.settled[key] = self.settled.get(key, ZERO) + each.amount
            self.payees.setdefault((each.rule, each.earner, each.first), set()).add(each.payee)
            self.reached[key] = max(each.day, self.reached.get(key, each.day))

    def gone(self, rule: str, earner: str, first: date, shares: list[tuple[str, Fraction]]) -> list[str]:
        """Who was paid of a window, and is a payee no more (96); those that are, are kept in mind."""
        if self.calculation.settled is None and all(one.payees is None for one in self.calculation.versions[rule]):
            return []  # always the earner
        known = self.payees.setdefault((rule, earner, first), set())
        now = {payee for payee, _ in shares}
        gone = sorted(payee for payee in known - now if self.settled.get((rule, earner, payee, first, "")))
        known |= now
        return gone


def rounded(amount: Fraction, rule: Rebate, calculation: Calculation) -> Fraction:
    """A total to the digits of the agreement; points and goods down to whole ones (2.2, 99a)."""
    mode = calculation.agreement.rounding.mode if rule.pays == "money" else Mode.DOWN
    return round_to(amount, digits_of(rule, calculation), mode)


def digits_of(rule: Rebate, calculation: Calculation) -> int:
    """Decimals of what a rule comes to; points and goods are whole."""
    return calculation.agreement.digits if rule.pays == "money" else 0


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


def may_change(calculation: Calculation, rule: str) -> bool:
    """Whether what a window that is over comes to may change without a posting that is late: by what the rule waits for,
    or a rule that it stands beside."""
    key = "may change", rule
    found = calculation.noted.get(key)
    if found is None:
        rules = calculation.agreement.rebates
        mine = calculation.versions[rule]
        cut = any("cut" in (one.takeover, one.ending) for one in rules)
        found = any(keeps_state(one) for one in mine) or (
            _stands_beside(calculation, rule)
            and (cut or any(keeps_state(one) for one in rules) or _outlasts(calculation))
        )
        calculation.noted[key] = found
    return bool(found)


def _stands_beside(calculation: Calculation, rule: str) -> bool:
    """Whether what a rule comes to hangs on other rules, by its own text or by theirs."""
    return any(_beside(one) for one in calculation.versions[rule]) or bool(calculation.displacing(rule))


def _outlasts(calculation: Calculation) -> bool:
    """Whether a rule may take sales of a window of another one that is over, as its own window goes on (94)."""
    kinds = {
        id_: {"claim" if one.window == "claim" else kind_of_window(one) for one in versions}
        for id_, versions in calculation.versions.items()
    }
    return any(
        len(kinds[one.id] | kinds.get(other, set())) > 1
        for one in calculation.agreement.rebates
        for other in (*one.in_lieu_of, *one.not_with)
    )


def _changed(calculation: Calculation, rule: str, after: date, until: date) -> bool:
    """Whether what was posted in between changes windows of a rule that are over."""
    if calculation.changed(after, until):
        return True
    return _reaches_others(calculation, rule) and calculation.joined(after, until)


def _reaches_others(calculation: Calculation, rule: str) -> bool:
    """Whether what an earner or a payee gets hangs on who else there is by the day."""
    key = "reaches others", rule
    found = calculation.noted.get(key)
    if found is None:
        mine = calculation.versions[rule]
        found = calculation.noted[key] = _stands_beside(calculation, rule) or any(
            (one.scope is not Scope.ALL and any(cap.scope is Scope.ALL for cap in one.caps))
            or (one.payees is not None and one.payees.by is not None)
            for one in mine
        )
    return bool(found)


def _beside(rule: Rebate) -> bool:
    """Whether what it comes to hangs on other rules."""
    names = (rule.shared_caps, rule.stage, rule.alone, rule.in_lieu_of, rule.not_with, rule.fund)
    return any(names) or any(isinstance(node, EarnedBy | RulePaid) for node in nodes_in(rule))


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
    calculation.since = first
    books.take_over()
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
                if chosen[0]:
                    calculation.opening[rule, earner if by_claim else ""] = chosen[0][0], last
            turns += [(day, number, earner, False, rule) for day in chosen[0]]
            turns += [(day, number, earner, True, rule) for day in chosen[1]]
    for day, _, earner, shown, rule in sorted(turns, key=lambda turn: turn[:3]):
        if calculation.begins_on(calculation.versions[rule][0].scope, earner) <= day:
            yield day, rule, earner, shown


def _days_in(
    calculation: Calculation, rule: str, earner: str, first: date, last: date
) -> tuple[list[date], list[date]]:
    """The days before a period that are needed, and those in it, its last among them."""
    days = days_of(calculation, rule, earner)
    before = [day for day in days if day < first]
    if before and not may_change(calculation, rule):
        before = before[-1:]
    if before and before[-1] < first - DAY:
        before.append(first - DAY)
    within = [day for day in days if first <= day <= last]
    if not within or within[-1] < last:
        within.append(last)
    return ([] if calculation.settled is not None else before), within


def _windows(calculation: Calculation, rule: str, earner: str, day: date) -> Iterator[tuple[Stretch, bool]]:
    """The windows of an earner that may have something due on a day, and whether each has a row whatever is due."""
    one = calculation.versions[rule][0]
    if one.window == "claim":
        found = _open_windows(calculation, rule, earner, day, False)
    else:
        new = _day_before(calculation, rule, earner, day) < calculation.begins_on(one.scope, earner)
        key = "windows", rule, day, new
        noted = calculation.noted.get(key)
        if noted is None:
            noted = calculation.noted[key] = _open_windows(calculation, rule, earner, day, new)
        found = noted  # type: ignore[assignment]
    for stretch, always in found:
        if calculation.earns_in(earner, stretch, day):
            yield stretch, always


def _day_before(calculation: Calculation, rule: str, earner: str, day: date) -> date:
    """The rule's settlement day before a day."""
    days = days_of(calculation, rule, earner)
    place = bisect_left(days, day)
    return days[place - 1] if place else date.min


def _open_windows(calculation: Calculation, rule: str, earner: str, day: date, new: bool) -> list[tuple[Stretch, bool]]:
    """The same of whoever earns; of a `new` earner windows that are over are up for the first time."""
    stateful = may_change(calculation, rule)
    days = days_of(calculation, rule, earner)
    place = bisect_left(days, day)
    is_settlement_day = place < len(days) and days[place] == day
    before = _day_before(calculation, rule, earner, day)
    found: list[tuple[Stretch, bool]] = []
    for stretch in calculation.stretches_of(rule, earner):
        if stretch.first > day:
            break
        up = was_up(over_on(stretch, days), day, days)
        if not is_settlement_day and not up:
            continue
        told = calculation.settled is None or before >= calculation.since  # what it came to on the day before is booked
        known = not new and not stateful and told
        if up and known and not _changed(calculation, rule, before, day):
            opening, last = calculation.opening.get((rule, earner if stretch.claim else ""), (None, day))
            if opening != day or not _changed(calculation, rule, day, last):
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
        if not number:
            gone = books.gone(rule, earner, stretch.first, shares)
            shares, parts = [*shares, *((payee, ZERO) for payee in gone)], [*parts, *(ZERO for _ in gone)]
        for (payee, share), part in zip(shares, parts, strict=True):
            key = (rule, earner, payee, stretch.first, number)
            before = books.settled.get(key)
            if before is None and number:
                before = books.settled.get((rule, earner, payee, stretch.first, ""))
            before = before or ZERO
            passed = day < books.reached.get((rule, earner, payee, stretch.first, ""), day)
            due = _due(books, at, earned, payee, share, part, before, passed)
            books.settled[key] = before + due.due if before else due.due
            found.append(due)
            shown.append(always and not passed)
    if calculation.versions[rule][0].returns == "carry forward" and any(due.due < 0 for due in found):
        found = _carried(books, found)
    return list(zip(found, shown, strict=True))


def _divided(
    total: Fraction, shares: list[tuple[str, Fraction]], rule: Rebate, calculation: Calculation
) -> list[Fraction]:
    if len(shares) == 1:
        return [total]
    return spread(total, [share for _, share in shares], digits_of(rule, calculation))


def _due(
    books: Books,
    at: At,
    earned: Earned,
    payee: str,
    share: Fraction,
    total: Fraction,
    before: Fraction,
    passed: bool = False,
) -> Due:
    calculation, stretch, rule = at.calculation, at.stretch, at.rule
    status: Status = earned.status
    clause, detail = earned.clause, earned.detail
    due = total - before if before else total
    if passed or (earned.held is not None and not at.expecting):
        due = ZERO
    if status == "forfeited":
        total, due = before, ZERO
    elif earned.held is not None and status in ("due", "nothing"):
        status, clause = "held", earned.held
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
        earned.amount if share == 1 else earned.amount * share,
        total,
        before,
        due,
        earned.cuts,
        clause,
        detail,
        earned.next,
        at.now < stretch.last and at.now < over_on(stretch, days_of(calculation, rule.id, at.earner)),
        None if settle.pay_by is None else later.day_of(settle.pay_by, at, at.now),
        None if settle.expires is None else later.day_of(settle.expires, at, at.now),
        calculation.ids(earned.rows),
        rule.pays,
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
            status: Status = "held" if due.status in ("due", "nothing") else due.status
            out[place] = replace(due, due=falls, status=status)
            for key in list(books.settled):
                if key[:4] == (due.rule, due.earner, due.payee, due.first):
                    books.settled[key] += falls - due.due
    return out


@dataclass(slots=True)
class Account:
    """What fell due by one rule for one earner, day by day, as far as somebody asked."""

    books: Books
    days: list[date]  # that are still to come
    found: list[tuple[date, Fraction]] = field(default_factory=list)


def settled_until(calculation: Calculation, rule: str, at: At) -> Fraction:
    """What fell due by a rule for the earner on its settlement days up to a day, with what the caller says was settled."""
    total = ZERO
    for earner in calculation.earners_like(calculation.versions[rule][0], at):
        known = calculation.accounts_kept.get((rule, earner))
        if known is None:
            days = [day for day in days_of(calculation, rule, earner) if day >= calculation.began]
            known = calculation.accounts_kept[rule, earner] = Account(Books(calculation), days)
            known.books.take_over()
            known.found += [
                (each.day, each.amount)
                for each in calculation.settled or ()
                if each.rule == rule and each.earner == earner
            ]
        while known.days and known.days[0] <= at.now:
            day = known.days.pop(0)
            if calculation.begins_on(calculation.versions[rule][0].scope, earner) > day:
                continue
            known.found += [(day, due.due) for due, _ in _on_day(known.books, rule, earner, day)]
        total += sum((amount for day, amount in known.found if day <= at.now), ZERO)
    return total
