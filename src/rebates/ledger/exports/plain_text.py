"""The journal for plain-text accounting: Beancount, with balances of the statements, and hledger."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rebates.ledger.exports.rows import money
from rebates.ledger.journal import ACCOUNTS, Entry, EntryLine

_WORD = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Balance:
    """What a statement says stands on an account at the end of a day; Beancount is to find the same."""

    day: date
    account: str
    party: str | None
    amount: str  # debit above zero
    currency: str


def account_of(account: str, party: str | None = None) -> str:
    """The name of an account: `Liabilities:Accounts-payable:NUSANTARA`. Ids that could be mixed up get their bytes."""
    parts = [ACCOUNTS[account], account.replace(" ", "-")]
    if party is not None:
        plain = _WORD.sub("-", party)
        known = plain == party and (party[0].isupper() or party[0].isdigit())
        parts.append(party if known else f"X{plain}-{party.encode().hex()}")
    return ":".join(parts)


def beancount(entries: Sequence[Entry], balances: Sequence[Balance] = ()) -> bytes:
    """Beancount 3: accounts opened, amounts explicit, balances asserted; nothing is tolerated."""
    names = {account_of(line.account, line.party): entry.day for entry in reversed(entries) for line in entry.lines}
    for entry in entries:
        for line in entry.lines:
            name = account_of(line.account, line.party)
            names[name] = min(names[name], entry.day)
    for balance in balances:
        names.setdefault(account_of(balance.account, balance.party), balance.day)
    out = ['option "title" "Rebates"', 'option "tolerance_multiplier" "0"', ""]
    out += [f"{day} open {name}" for name, day in sorted(names.items())]
    for entry in entries:
        out += [
            "",
            f'{entry.day} * "{_quoted(entry.payee)}" "{_quoted(entry.text)}" ^{_tag(entry.id)}',
            f'  id: "{_quoted(entry.id)}"',
        ]
        out += [
            f"  {account_of(line.account, line.party)}  {_signed(entry, line)} {entry.currency}" for line in entry.lines
        ]
    if balances:
        out.append("")
    for balance in balances:
        name = account_of(balance.account, balance.party)
        out.append(f"{balance.day + timedelta(1)} balance {name}  {balance.amount} {balance.currency}")
    return ("\n".join(out) + "\n").encode()


def hledger(entries: Sequence[Entry]) -> bytes:
    """hledger and ledger: the same entries, commodities and accounts declared."""
    currencies = sorted({entry.currency for entry in entries})
    names = sorted({account_of(line.account, line.party) for entry in entries for line in entry.lines})
    out = [
        f"commodity {money('1000', currency).replace('1000', '1000' if '.' in money('1000', currency) else '1000.')} {currency}"
        for currency in currencies
    ]
    out += [f"account {name}" for name in names]
    for entry in entries:
        text = _plain(f"{entry.payee} | {entry.text}")
        out += ["", f"{entry.day} * ({_tag(entry.id)}) {text}"]
        out += [
            f"    {account_of(line.account, line.party)}  {_signed(entry, line)} {entry.currency}"
            for line in entry.lines
        ]
    return ("\n".join(out) + "\n").encode()


def _signed(entry: Entry, line: EntryLine) -> str:
    return money(line.debit, entry.currency) or f"-{money(line.credit, entry.currency)}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _tag(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_/.-]", "-", text)


def _plain(text: str) -> str:
    return text.replace(";", ",").replace("\n", " ")
