"""What all exports have in common: one row for a line of an entry, the head of the entry in each."""

from __future__ import annotations

from collections.abc import Iterable

from rebates.ledger.errors import LedgerError
from rebates.ledger.journal import Entry, EntryLine
from rebates.model.exact import decimal_text, parse_number
from rebates.model.money import shown_digits

COLUMNS = (
    "entry_id", "line_no", "posting_date", "document_date", "period", "currency", "account", "debit", "credit",
    "amount_signed", "party_type", "party", "kind", "agreement", "rule", "earner", "window_first", "window_last",
    "reference", "description",
)  # fmt: skip


def money(text: str | None, currency: str) -> str:
    """An amount with the digits of its currency; empty for the other side."""
    if text is None:
        return ""
    number = parse_number(text)
    return decimal_text(number, shown_digits(number, currency))


def rows_of(entries: Iterable[Entry]) -> list[dict[str, str]]:
    """The rows of entries."""
    return [row_of(entry, line, place) for entry in entries for place, line in enumerate(entry.lines, 1)]


def row_of(entry: Entry, line: EntryLine, place: int) -> dict[str, str]:
    """The row of a line."""
    debit, credit = money(line.debit, entry.currency), money(line.credit, entry.currency)
    return {
        "entry_id": entry.id,
        "line_no": str(place),
        "posting_date": entry.day.isoformat(),
        "document_date": (entry.concerns or entry.day).isoformat(),
        "period": entry.day.isoformat()[:7],
        "currency": entry.currency,
        "account": line.account,
        "debit": debit,
        "credit": credit,
        "amount_signed": debit or f"-{credit}",
        "party_type": "Customer" if line.party else "",
        "party": line.party or "",
        "kind": entry.kind,
        "agreement": entry.agreement,
        "rule": line.rule,
        "earner": entry.earner,
        "window_first": entry.first.isoformat(),
        "window_last": entry.last.isoformat(),
        "reference": f"run {entry.run}",
        "description": entry.text,
    }


def refuse(entry: Entry, what: str, help: str) -> LedgerError:
    """An entry that the target cannot hold."""
    return LedgerError("R0836", f"{entry.id}: {what}", help)
