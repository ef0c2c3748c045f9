"""The journal for the upload of ERP systems, with the limits of each: what does not fit is refused, never cut."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rebates.ledger.exports.rows import money, refuse
from rebates.ledger.journal import WITH_PARTY, Entry, EntryLine
from rebates.model.exact import parse_number
from rebates.tools.spreadsheets import sheet

NETSUITE_MOST = 10**10  # 10 digits before the point and 2 after it
SAP_LINES = 999  # of a document
SAP_REFERENCE, SAP_TEXT = 16, 50
XERO_NARRATION = 4000


def netsuite(entries: Sequence[Entry]) -> bytes:
    """Journal entries for NetSuite's CSV import; the external id keeps a second import from doubling them."""
    rows = []
    for entry in entries:
        for line in entry.lines:
            text = line.debit or line.credit or "0"
            if parse_number(text) >= NETSUITE_MOST or len(text.partition(".")[2]) > 2:
                raise refuse(
                    entry,
                    f"{text} has more than 10 digits, or 2 decimals, which NetSuite takes",
                    "split it, or book it by hand",
                )
            rows.append(
                {
                    "External ID": entry.id,
                    "Date": entry.day.isoformat(),
                    "Currency": entry.currency,
                    "Account": line.account,
                    "Debit": money(line.debit, entry.currency),
                    "Credit": money(line.credit, entry.currency),
                    "Name": line.party or "",
                    "Memo": entry.text,
                }
            )
    return sheet(("External ID", "Date", "Currency", "Account", "Debit", "Credit", "Name", "Memo"), rows)


def sap(entries: Sequence[Entry], company: str = "1000") -> bytes:
    """Rows for the upload of general journal entries to S/4HANA: one document an entry."""
    rows = []
    for number, entry in enumerate(entries, 1):
        if len(entry.lines) > SAP_LINES:
            raise refuse(entry, f"it has more than {SAP_LINES} lines, which is what a document holds", "split it")
        if len(entry.id) > SAP_REFERENCE:
            raise refuse(entry, f"its id is longer than {SAP_REFERENCE} signs", "shorten it")
        for line in entry.lines:
            rows.append(
                {
                    "Document": str(number),
                    "Company Code": company,
                    "Document Type": "SA",
                    "Document Date": (entry.concerns or entry.day).isoformat(),
                    "Posting Date": entry.day.isoformat(),
                    "Currency": entry.currency,
                    "Reference": entry.id,
                    "G/L Account": line.account,
                    "Debit": money(line.debit, entry.currency),
                    "Credit": money(line.credit, entry.currency),
                    "Customer": line.party or "",
                    "Item Text": entry.text[:SAP_TEXT],
                }
            )
    columns = (
        "Document", "Company Code", "Document Type", "Document Date", "Posting Date", "Currency", "Reference",
        "G/L Account", "Debit", "Credit", "Customer", "Item Text",
    )  # fmt: skip
    return sheet(columns, rows)


def xero(entries: Sequence[Entry]) -> bytes:
    """Manual journals for Xero: one signed amount a line, credit below zero."""
    rows = [
        {
            "*Narration": f"{entry.id} {entry.text}"[:XERO_NARRATION],
            "*Date": entry.day.isoformat(),
            "Description": line.party or entry.payee,
            "*AccountCode": line.account,
            "*TaxRate": "Tax Exempt",
            "*Amount": money(line.debit, entry.currency) or f"-{money(line.credit, entry.currency)}",
        }
        for entry in entries
        for line in entry.lines
    ]
    return sheet(("*Narration", "*Date", "Description", "*AccountCode", "*TaxRate", "*Amount"), rows)


def erpnext(entries: Sequence[Entry]) -> bytes:
    """Journal Entry documents for ERPNext's REST interface, one a line of JSON; receivable and payable have their party."""
    return "".join(json.dumps(_document(entry), ensure_ascii=False) + "\n" for entry in entries).encode()


def _document(entry: Entry) -> dict[str, object]:
    return {
        "doctype": "Journal Entry",
        "voucher_type": "Journal Entry",
        "posting_date": entry.day.isoformat(),
        "multi_currency": 1,
        "cheque_no": entry.id,
        "cheque_date": entry.day.isoformat(),
        "user_remark": entry.text,
        "accounts": [_child(entry, line) for line in entry.lines],
    }


def _child(entry: Entry, line: EntryLine) -> dict[str, str]:
    if line.account in WITH_PARTY and line.party is None:
        raise refuse(entry, f"{line.account} needs a party", "name who is paid")
    child = {
        "account": line.account,
        "account_currency": entry.currency,
        "exchange_rate": "1",
        "debit_in_account_currency": money(line.debit, entry.currency) or "0",
        "credit_in_account_currency": money(line.credit, entry.currency) or "0",
    }
    return child | ({"party_type": "Customer", "party": line.party} if line.party is not None else {})
