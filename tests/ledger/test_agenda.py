"""The calendar of a ledger: payments with payee and amount once they are settled, closed books."""

from __future__ import annotations

import json
from pathlib import Path

import icalendar

from tests.cli.test_commands import rebates
from tests.ledger.test_settling import RULES, folder, settled_year

__all__ = ["folder"]  # a fixture


def test_what_was_settled_stands_with_its_amount(folder: Path) -> None:
    text = RULES.replace("as credit note", "as credit note, within 30 days, expires by 2026-12-31")
    (folder / "rules" / "acme.rebates").write_text(text, encoding="utf-8")
    # before anything is settled the rules alone speak: a payment after each quarter
    planned = json.loads(rebates("calendar", "--period", "2025", "--json").output)
    assert [(one["day"], one.get("amount")) for one in planned if one["kind"] == "payable"] == [
        ("2025-04-30", None), ("2025-07-30", None), ("2025-10-30", None),
    ]  # fmt: skip
    settled_year(folder)
    rebates("close", "2025-Q1")
    found = json.loads(rebates("calendar", "--period", "2025-01-01..2026-12-31", "--json").output)
    # the first quarter came to nothing: nobody waits for its payment
    assert [(one["day"], one["amount"], one["account"]) for one in found if one["kind"] == "payable"] == [
        ("2025-07-30", "6250", "ACME"), ("2025-10-30", "5000", "ACME"), ("2026-01-30", "3750", "ACME"),
    ]  # fmt: skip
    assert [one["amount"] for one in found if one["kind"] == "expiry"] == ["6250", "5000", "3750"]
    assert [one["text"] for one in found if one["kind"] == "books closed"] == ["books closed through 2025-03-31"]
    done = rebates("calendar", "--period", "2025-07", "--format", "ics", "-o", "july.ics")
    assert (done.exit_code, done.output) == (0, "")
    events = icalendar.Calendar.from_ical((folder / "july.ics").read_bytes()).walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in events] == ["=Volume rebate: payable by this day, ACME EUR 6_250"]


def test_bad_use_is_told(folder: Path) -> None:
    done = rebates("calendar", "--period", "2025", "--account", "NOBODY")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "R0502" in done.stderr
    assert rebates("calendar", "--period", "soon").exit_code == 2
    assert rebates("calendar", "--period", "2025", "-o", "nowhere/x.ics", "--format", "ics").exit_code == 2
