"""Journal entries of what was accrued and settled: balanced, never changed, a correction is an entry of its own (6.9).

A rebate given: accrue  Sales deductions to Rebates accrued; release the other way round; settle  Rebates accrued to Accounts
payable; claw back the other way round. A charge owed mirrors them: Charges accrued to Charge income, Accounts receivable
to Charges accrued. What one rule loses to another that beats it is reclassified. Before anything is settled, what was
accrued is brought to what the window has earned, so that in the end both come to nothing. Points and goods are no money:
settlements tell what is due of them, and they have no entry.
"""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

import msgspec

from rebates.model.exact import decimal_text, parse_number
from rebates.model.settlement import Due, Settlement

EntryKind = Literal["accrue", "release", "settle", "claw back", "reclassify"]
Key = tuple[str, str, str, str, str]  # agreement, rule, earner, payee, first day of the window

DEDUCTIONS, ACCRUED, PAYABLE = "Sales deductions", "Rebates accrued", "Accounts payable"
INCOME, OWED, RECEIVABLE = "Charge income", "Charges accrued", "Accounts receivable"
ACCOUNTS = {
    DEDUCTIONS: "Expenses",
    ACCRUED: "Liabilities",
    PAYABLE: "Liabilities",
    INCOME: "Income",
    OWED: "Assets",
    RECEIVABLE: "Assets",
}
WITH_PARTY = (PAYABLE, RECEIVABLE)


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One side: exactly one of debit and credit is filled, with a decimal text above zero."""

    account: str
    debit: str | None
    credit: str | None
    rule: str
    party: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A balanced entry. `id` is for ever the same; `concerns` is the day it would have had, were its period still open."""

    id: str
    run: int
    day: date
    kind: EntryKind
    agreement: str
    rule: str
    earner: str
    payee: str
    first: date  # the window it is for, both days in
    last: date
    currency: str
    amount: str
    lines: tuple[EntryLine, ...]
    concerns: date | None = None

    @property
    def key(self) -> Key:
        """What its balance belongs to."""
        return self.agreement, self.rule, self.earner, self.payee, self.first.isoformat()

    @property
    def text(self) -> str:
        """What it is, in words."""
        late = f", concerns {self.concerns}" if self.concerns is not None else ""
        return f"{self.kind} {self.rule} {self.first} to {self.last} {self.earner}{late}"


_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder(Entry).decode


def entry_text(entry: Entry) -> str:
    """Canonical JSON of an entry."""
    return _encode(entry).decode()


def entry_of(text: str) -> Entry:
    """The entry of its JSON."""
    return _decode(text)


def accrued(entries: Iterable[Entry]) -> dict[Key, Fraction]:
    """What stands accrued for every rule, payee and window: accrued and released, less what was settled."""
    found: defaultdict[Key, Fraction] = defaultdict(Fraction)
    for entry in entries:
        for line in entry.lines:
            if line.account in (ACCRUED, OWED):
                amount = parse_number(line.credit or line.debit or "0")
                key = (entry.agreement, line.rule, *entry.key[2:])
                found[key] += amount if (line.debit is None) == (line.account == ACCRUED) else -amount
    return dict(found)


def paid(entries: Iterable[Entry]) -> dict[Key, Fraction]:
    """What was settled of every rule, payee and window, less what was clawed back."""
    found: defaultdict[Key, Fraction] = defaultdict(Fraction)
    for entry in entries:
        if entry.kind in ("settle", "claw back"):
            found[entry.key] += parse_number(entry.amount) * (1 if entry.kind == "settle" else -1)
    return dict(found)


class Balances:
    """What stands accrued, and what was settled, by the entries that were added."""

    def __init__(self) -> None:
        self.standing: MutableMapping[Key, Fraction] = defaultdict(Fraction)
        self.paid: MutableMapping[Key, Fraction] = defaultdict(Fraction)

    def add(self, entry: Entry) -> None:
        """Counts an entry in."""
        for key, change in accrued([entry]).items():
            self.standing[key] += change
        for key, change in paid([entry]).items():
            self.paid[key] += change


class Booking(Balances):
    """Makes the entries of one run, on top of the balances there are."""

    def __init__(self, run: int, before: Balances, closed: date | None) -> None:
        self.run, self.before, self.closed = run, before, closed
        self._changed: tuple[dict[Key, Fraction], dict[Key, Fraction]] = {}, {}
        self.standing, self.paid = map(ChainMap, self._changed, (before.standing, before.paid))
        self.made: list[Entry] = []

    def keep(self) -> None:
        """What the balances are after the run is what they were before the next."""
        for balances, changed in zip((self.before.standing, self.before.paid), self._changed, strict=True):
            balances.update(changed)

    def accrue(self, settlements: Sequence[Settlement], day: date) -> None:
        """Brings what stands accrued to what was earned, less what was settled before."""
        rows = [(one, due) for one in settlements for due in latest(one.dues) if due.pays == "money"]
        self._reclassify(rows, day)
        for one, due in rows:
            key = _key(one, due)
            change = due.total - self.paid[key] - self.standing[key]
            if change:
                self._enter("accrue" if change > 0 else "release", one, due, abs(change), day)

    def settle(self, settlements: Sequence[Settlement]) -> None:
        """Accrues to each settlement day, then books what is due on it."""
        for day in sorted({due.day for one in settlements for due in one.dues}):
            for one in settlements:
                dues = tuple(due for due in one.dues if due.day == day)
                if not dues:
                    continue
                part = Settlement(one.agreement, one.currency, one.first, one.last, dues)
                self.accrue([part], day)
                for due in dues:
                    if due.due and due.pays == "money":
                        self._enter("settle" if due.due > 0 else "claw back", one, due, abs(due.due), day)

    def _reclassify(self, rows: Sequence[tuple[Settlement, Due]], day: date) -> None:
        """What a beaten rule had accrued goes over to the one that beats it, as far as that needs it."""
        for one, due in rows:
            standing = self.standing[_key(one, due)]
            if due.status != "beaten" or standing <= 0 or due.detail is None:
                continue
            for other, better in rows:
                same = (better.earner, better.payee, better.first) == (due.earner, due.payee, due.first)
                if (
                    other is not one
                    or not same
                    or better.kind != due.kind
                    or better.rule.rpartition(".")[2] != due.detail.rpartition(".")[2]
                ):
                    continue
                amount = min(standing, better.total - self.paid[_key(one, better)] - self.standing[_key(one, better)])
                if amount > 0:
                    self._enter("reclassify", one, due, amount, day, better.rule)

    def _enter(
        self, kind: EntryKind, one: Settlement, due: Due, amount: Fraction, day: date, to: str | None = None
    ) -> None:
        outer, inner, other = (DEDUCTIONS, ACCRUED, PAYABLE) if due.kind == "rebate" else (INCOME, OWED, RECEIVABLE)
        pair = {
            "accrue": (outer, inner),
            "release": (inner, outer),
            "settle": (inner, other),
            "claw back": (other, inner),
            "reclassify": (inner, inner),
        }[kind]
        rules = (due.rule, to or due.rule)
        if due.kind == "charge":
            pair, rules = (pair[1], pair[0]), (rules[1], rules[0])
        text = decimal_text(amount)
        parties = [due.payee if account in WITH_PARTY else None for account in pair]
        late = self.closed is not None and day <= self.closed
        entry = Entry(
            f"RBT-{self.run:06d}-{len(self.made) + 1:05d}",
            self.run,
            self.closed + timedelta(1) if late and self.closed is not None else day,
            kind,
            one.agreement,
            due.rule,
            due.earner,
            due.payee,
            due.first,
            due.last,
            one.currency,
            text,
            (
                EntryLine(pair[0], text, None, rules[0], parties[0]),
                EntryLine(pair[1], None, text, rules[1], parties[1]),
            ),
            day if late else None,
        )
        self.made.append(entry)
        self.add(entry)


def latest(dues: Sequence[Due]) -> list[Due]:
    """Of every rule, earner, payee and window the row of the last day."""
    found: dict[tuple[str, str, str, date], Due] = {}
    for due in dues:
        key = (due.rule, due.earner, due.payee, due.first)
        if key not in found or found[key].day <= due.day:
            found[key] = due
    return list(found.values())


def _key(one: Settlement, due: Due) -> Key:
    return one.agreement, due.rule, due.earner, due.payee, due.first.isoformat()


def trial_balance(entries: Iterable[Entry]) -> dict[tuple[str, str], Fraction]:
    """Debit less credit of every account and currency; all of a currency add up to zero."""
    found: defaultdict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for entry in entries:
        for line in entry.lines:
            found[line.account, entry.currency] += parse_number(line.debit or "0") - parse_number(line.credit or "0")
    return dict(sorted(found.items()))
