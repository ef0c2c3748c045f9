"""The journal in the forms that bookkeeping reads; `written` makes the bytes of a form.

The same entries give the same bytes. What a target cannot hold is refused (R0836) before anything is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rebates.ledger.errors import LedgerError
from rebates.ledger.exports.plain_text import Balance, beancount, hledger
from rebates.ledger.exports.sheets import as_csv, as_json, as_parquet
from rebates.ledger.exports.systems import erpnext, netsuite, sap, xero
from rebates.ledger.journal import Entry

FORMS: Mapping[str, Callable[[Sequence[Entry]], bytes]] = {
    "csv": as_csv,
    "json": as_json,
    "parquet": as_parquet,
    "beancount": beancount,
    "hledger": hledger,
    "netsuite": netsuite,
    "sap": sap,
    "xero": xero,
    "erpnext": erpnext,
}
__all__ = ["FORMS", "Balance", "written"]


def written(entries: Sequence[Entry], form: str, balances: Sequence[Balance] = ()) -> bytes:
    """The entries in a form. Raises LedgerError for what the target cannot hold, or does not know."""
    if form not in FORMS:
        raise LedgerError("R0836", f"there is no export `{form}`", f"known: {', '.join(FORMS)}")
    return beancount(entries, balances) if form == "beancount" else FORMS[form](entries)
