"""Of whom facts may be: any name, for end customers and groups stand in no table; claims and payments are of accounts (89b)."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import rebates
from rebates import FactErrors
from rebates.ledger.ledger import Ledger
from tests.ledger.conftest import Clock
from tests.ledger.test_facts import SALE
from tests.ledger.test_reliability import files_in

FILES = {
    "accounts.csv": "id\nA\nB\n",
    "memberships.csv": "group,account,valid_from,valid_to\nUNION,A,,\n",
    "deal.rebates": """
table accounts from "accounts.csv" { id key }
table memberships from "memberships.csv" { group key  account key  valid_from, valid_to dates }

agreement deal "Deal" {
  accounts  all, each
  valid     2026-01-01 to 2026-12-31
  currency  EUR

  fact audited number latest

  rebate certified "Certified clinics" {
    base    net value per end customer per year
    when    fact audited >= 1
    rate    2%
    settle  yearly, as credit note
  }
}
""",
}


def test_a_fact_about_an_end_customer_counts_for_it(tmp_path: Path) -> None:
    book = rebates.load(files_in(tmp_path, FILES))
    sold = {**SALE, "date": "2026-02-03", "unit": "piece"}
    sales = [
        {**sold, "id": "S1", "account": "A", "net": 100, "order.end_customer": "CLINIC"},
        {**sold, "id": "S2", "account": "B", "net": 50, "order.end_customer": "CLINIC"},
        {**sold, "id": "S3", "account": "A", "net": 70, "order.end_customer": "PRACTICE"},
    ]
    audit = {"kind": "fact", "account": "CLINIC", "date": "2026-03-01", "name": "audited", "value": 1}
    with Ledger.open(str(tmp_path / "ledger.db"), clock=Clock("2027-02-01")) as ledger:
        ledger.post(book, [*sales, {"id": "F1", **audit}])
        run, _ = ledger.settle(book, "2026")
        found = {due.earner: (due.status, due.due) for one in run.settlements for due in one.dues}
        assert found == {"CLINIC": ("due", Fraction(3)), "PRACTICE": ("unknown", Fraction(0))}
        assert ledger.verify().findings == ()


@pytest.mark.parametrize(("kind", "account"), [("claim", "UNION"), ("payment", "CLINIC"), ("claim", "all")])
def test_nothing_else_is_of_a_name_that_is_no_account(tmp_path: Path, kind: str, account: str) -> None:
    """A ledger that had taken it could not be reckoned with any more."""
    book = rebates.load(files_in(tmp_path, FILES))
    posted = {"id": "C1", "kind": kind, "account": account, "date": "2026-03-01", "name": "certified"}
    with (
        Ledger.open(str(tmp_path / "ledger.db"), clock=Clock("2027-02-01")) as ledger,
        pytest.raises(FactErrors, match="R0502"),
    ):
        ledger.post(book, [posted])
