"""Settles what was posted: for every rule, earner, payee and window what is due on the settlement days of a period (98, 99)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from rebates.model import nodes as m
from rebates.model.history import Posted
from rebates.model.orders import AttributeText
from rebates.model.settlement import Due, Settled, Settlement, Status
from rebates.reference import earned as earning
from rebates.reference.arithmetic import ZERO
from rebates.reference.context import Line
from rebates.reference.earned import Judge, Result
from rebates.reference.gates import deadline
from rebates.reference.history import known
from rebates.reference.over import Over
from rebates.reference.payees import divided, rounded, shares
from rebates.reference.windows import Window, over_on

Booked = dict[tuple[str, str, str, date], Fraction]  # rule, earner, payee, first day of the window
DAY = timedelta(days=1)


def settle(
    rules: m.RuleSet,
    agreement: str | None,
    posted: Sequence[Posted],
    first: date,
    last: date,
    *,
    as_of: datetime | None = None,
    settled: Sequence[Settled] | None = None,
    given: Mapping[str, AttributeText] | None = None,
) -> tuple[Settlement, ...]:
    """What falls due in a period, both days in, of one agreement or of all, by name.

    `settled` is what was booked before; without it, it is what a settlement of all days before the period would have
    booked (99). `given` replaces values in examples (93h). OrderError where what was posted does not fit (89b).
    """
    chosen = [judge for judge in judges(rules, posted, as_of, given or {}) if agreement in (None, judge.agreement.name)]
    return settled_by(chosen, first, last, settled)


def settled_by(
    chosen: Sequence[Judge], first: date, last: date, settled: Sequence[Settled] | None
) -> tuple[Settlement, ...]:
    """The same by judges that have read what was posted; they may be asked for one period after the other."""
    out = []
    before = None if settled is None else [one for one in settled if one.day <= last]
    for judge in chosen:
        clerk = Clerk(judge, {}) if before is None else Clerk(judge, {}, first, before)
        judge.paid = clerk.is_paid
        if before is None:
            clerk.run(date.min, first - DAY)
        else:
            clerk.take_over()
        dues = clerk.run(first, last)
        out.append(
            Settlement(
                judge.agreement.name, judge.agreement.currency, first, last, tuple(sorted(dues, key=clerk.order))
            )
        )
    return tuple(out)


def accrued(
    rules: m.RuleSet,
    agreement: str | None,
    posted: Sequence[Posted],
    day: date,
    *,
    as_of: datetime | None = None,
    given: Mapping[str, AttributeText] | None = None,
) -> tuple[Settlement, ...]:
    """What every window that began by the day has earned so far, for the books (103); nothing counts as settled."""
    out = []
    settling = {judge.agreement.name: judge for judge in judges(rules, posted, as_of, given or {})}
    for judge in judges(rules, posted, as_of, given or {}, accruing=True):
        if agreement not in (None, judge.agreement.name):
            continue
        settled = settling[judge.agreement.name]
        settled.paid = judge.paid = Clerk(settled, {}).is_paid  # what was settled is no accrual
        clerk = Clerk(judge, {})
        dues: list[Due] = []
        for id in judge.ids():
            for window in judge.windows(id, day):
                if not window.stands:
                    continue
                for row in clerk.rows(window, day, day):
                    dues.append(replace(row, due=row.total))
        out.append(
            Settlement(judge.agreement.name, judge.agreement.currency, day, day, tuple(sorted(dues, key=clerk.order)))
        )
    return tuple(out)


def earned(
    rules: m.RuleSet,
    agreement: str,
    rule: str,
    *,
    given: Mapping[str, AttributeText] | None = None,
    posted: Sequence[Posted] = (),
    day: date | None = None,
) -> Fraction:
    """What a rule comes to, rounded, over all earners and payees, in the window of a day, at its last settlement day.

    Without a day it is the window of the first sale, else the first window (93h).
    """
    dues = window_rows(rules, agreement, rule, given=given, posted=posted, day=day)
    return sum((due.total for due in dues), ZERO)


def window_rows(
    rules: m.RuleSet,
    agreement: str,
    rule: str,
    *,
    given: Mapping[str, AttributeText] | None = None,
    posted: Sequence[Posted] = (),
    day: date | None = None,
) -> list[Due]:
    """The rows of one window at its last settlement day, as examples see it: all that was posted has happened."""
    [judge] = [one for one in judges(rules, posted, None, given or {}) if one.agreement.name == agreement]
    judge.example = True
    clerk = Clerk(judge, {})
    judge.paid = clerk.is_paid
    windows = judge.every_window(rule)
    sales = [one.day for one in judge.history.posted if one.kind == "sale"]
    at = day if day is not None else (sales[0] if sales else None)
    if not windows:  # nothing was claimed
        return []
    window = next((w for w in windows if at is not None and w.first <= at <= w.last), windows[0])
    now = max([window.last, *(one.day for one in judge.history.posted)])
    return list(clerk.rows(window, window.last, now))


def judges(
    rules: m.RuleSet,
    posted: Sequence[Posted],
    as_of: datetime | None,
    given: Mapping[str, AttributeText],
    accruing: bool = False,
) -> list[Judge]:
    """One for each agreement, by name."""
    found = known(posted, as_of)
    agreements = sorted(rules.agreements, key=lambda agreement: agreement.name)
    lines: dict[str, Line] = {}
    return [earning.read(rules, one, found, given, accruing, lines) for one in agreements if one.rebates]


@dataclass
class Clerk:
    """Goes through the settlement days of a period and keeps what was booked."""

    judge: Judge
    booked: Booked
    first: date = date.min  # before it was settled what is given
    given: Sequence[Settled] = ()
    reached: dict[tuple[str, str, str, date], date] = field(default_factory=dict)  # up to which day it was settled so
    payees: dict[tuple[str, str, date], set[str]] = field(default_factory=dict)  # by rule, earner and window
    _settled: dict[str, list[Due]] = field(default_factory=dict)  # by rule, of all its days, for `RULE is paid`
    stood: dict[tuple[str, date], set[str]] = field(
        default_factory=dict
    )  # earners whose window was looked at when over

    def take_over(self) -> None:
        """Books what was settled before."""
        for one in self.given:
            if one.rule in self.judge.ids():
                self.book(one.rule, one.earner, one.payee, one.first, one.amount)
                key = (one.rule, one.earner, one.payee, one.first)
                self.reached[key] = max(one.day, self.reached.get(key, one.day))

    def book(self, rule: str, earner: str, payee: str, first: date, amount: Fraction) -> None:
        key = (rule, earner, payee, first)
        self.booked[key] = self.booked.get(key, ZERO) + amount
        self.payees.setdefault((rule, earner, first), set()).add(payee)

    def order(self, due: Due) -> tuple[object, ...]:
        place = self.judge.ids().index(due.rule)
        return place, due.earner, due.payee, due.first, due.last, due.day

    def run(self, first: date, last: date) -> list[Due]:
        """The rows of the settlement days of a period, and of its last day what windows that are over still have due."""
        days = {id: self.judge.days(id) for id in self.judge.ids()}
        asked = sorted({day for found in days.values() for day in found if first <= day <= last} | {last})
        out: list[Due] = []
        for day in asked:
            for id in days:
                if day in days[id] or day == last:
                    out += self._of_day(id, day, days[id], closing=day == last)
        return out

    def _of_day(self, id: str, day: date, days: list[date], closing: bool = False) -> list[Due]:
        """One rule's rows of one day, booked; of a `closing` day also of earners of whom it is no settlement day."""
        rows: list[tuple[Due, bool]] = []
        for window in self.judge.windows(id, day):
            mine = days if window.earner is None else self.judge.days(id, window.earner)
            over = over_on(window, mine)
            up_for_it = [one for one in mine if over <= one <= day]
            if day in mine and (day <= over or up_for_it == [day]):
                always = window.stands
            elif up_for_it and day >= over and (day in mine or closing):
                always = False
            else:
                continue
            stood = self.stood.setdefault((id, window.first), set())
            found = self.rows(window, day, day, stood if self.judge.rests else ())
            rows += [(row, always) for row in found]
            if day >= over:
                stood |= {row.earner for row in found}
        if rows and self.judge.version(id).returns == "carry forward":
            kept = _carried([row for row, _ in rows])
            rows = [(row, always) for row, (_, always) in zip(kept, rows, strict=True)]
        out = []
        for row, always in rows:
            if row.due != 0 or (always and not self._is_passed(day, id, row.earner, row.payee, row.first)):
                out.append(row)
                self.book(id, row.earner, row.payee, row.first, row.due)
        return out

    def _is_passed(self, day: date, rule: str, earner: str, payee: str, first: date) -> bool:
        """Whether the window was settled beyond the day before (99)."""
        return day < self.reached.get((rule, earner, payee, first), day)

    def rows(self, window: Window, day: date, now: date, but: Collection[str] = ()) -> list[Due]:
        """A window as it stands on a day, for every earner and payee, but for some earners."""
        judge = self.judge
        upto = judge.upto(window, day)
        out = []
        for earner in judge.earners(window, upto, now):
            if earner in but:
                continue
            result = judge.final(window, earner, upto, upto if judge.rests else now)
            over = Over(
                judge,
                window,
                earner,
                upto,
                now,
                period=(window.first, window.last) if window.rule.settle.separate else None,
            )
            parts = shares(judge, over)
            total = rounded(judge.money, window, result.amount)
            totals = divided(judge.money, window, total, parts)
            for payee, share in parts.items():
                before = self.booked.get((window.rule.id, earner, payee, window.first), ZERO)
                out.append(self._row(window, over, payee, result, result.amount * share, totals[payee], before, day))
            for payee in self.gone(window, earner, parts):
                before = self.booked[window.rule.id, earner, payee, window.first]
                out.append(self._row(window, over, payee, result, ZERO, ZERO, before, day))
        return out

    def gone(self, window: Window, earner: str, payees: Collection[str]) -> list[str]:
        """Who was paid of the window, and is a payee no more (96)."""
        if window.claim is not None:
            return []
        id, first = window.rule.id, window.first
        paid = self.payees.get((id, earner, first), set())
        return sorted(one for one in paid if one not in payees and self.booked[id, earner, one, first] != 0)

    def _row(
        self, window: Window, over: Over, payee: str, result: Result,
        earned: Fraction, total: Fraction, before: Fraction, day: date,
    ) -> Due:  # fmt: skip
        rule = window.rule
        if result.status == "forfeited":
            total = before  # what was settled stays
        due = total - before
        if result.held is not None or self._is_passed(day, rule.id, over.earner, payee, window.first):
            due = ZERO
        clause = result.clause
        status: Status
        if result.status is not None:
            status = result.status
        elif result.held is not None:
            status, clause = "held", result.held
        else:
            status = "due" if total != 0 or due != 0 else "nothing"
        settle_by = replace(over, now=day)
        return Due(
            rule=rule.id, kind=rule.kind, earner=over.earner, payee=payee,
            first=window.first, last=window.last, day=day, status=status,
            measure=result.measure, base=result.base, tier=result.tier,
            earned=earned, total=total, before=before, due=due,
            cuts=result.cuts, clause=clause, detail=result.detail, next=result.next,
            interim=day < over_on(window, self.judge.days(rule.id, window.earner)),
            pay_by=None if rule.settle.pay_by is None else deadline(rule.settle.pay_by, settle_by, None),
            expires=None if rule.settle.expires is None else deadline(rule.settle.expires, settle_by, None),
            posted=tuple(entry.posted.id for entry in result.counted), pays=rule.pays,
        )  # fmt: skip

    # --- `RULE is paid` (97)

    def is_paid(self, id: str, over: Over) -> bool:
        """Whether what the rule has settled so far, for the earner, is covered by payments that name it."""
        judge = self.judge
        whose = judge.owing(id, over)
        paid = ZERO
        for one in judge.history.payments:
            named = one.of is None and judge.is_claim_of(one, id) and one.day <= over.now
            if named and judge.is_of(id, whose, one.account, one.day):
                paid = paid + one.net if one.net is not None else max(paid, self.owed(id, whose, one.day))
        return self.owed(id, whose, over.now) <= paid

    def owed(self, id: str, whose: set[str], day: date) -> Fraction:
        """What fell due on the rule's settlement days up to one."""
        if id not in self._settled:
            other = Clerk(self.judge, {}, self.first, self.given)
            other.take_over()
            days = self.judge.days(id)
            self._settled[id] = [row for one in days if one >= self.first for row in other._of_day(id, one, days)]
        before = sum(
            (one.amount for one in self.given if one.rule == id and one.day <= day and one.earner in whose), ZERO
        )
        return before + sum((one.due for one in self._settled[id] if one.day <= day and one.earner in whose), ZERO)


def _carried(rows: list[Due]) -> list[Due]:
    """Negative dues are kept back; as much of them falls due as the others of the rule, earner and payee come to (99)."""
    out: list[Due] = []
    for at, row in enumerate(rows):
        mine = [one for one in rows if (one.earner, one.payee) == (row.earner, row.payee)]
        owed = sum((one.due for one in mine if one.due > 0), ZERO)
        if row.due >= 0:
            out.append(row)
            continue
        before = sum(
            (-one.due for one in rows[:at] if one.due < 0 and (one.earner, one.payee) == (row.earner, row.payee)), ZERO
        )
        falls = min(-row.due, max(owed - before, ZERO))
        kept = falls < -row.due
        out.append(replace(row, due=-falls, status="held" if kept and row.status in ("due", "nothing") else row.status))
    return out
