"""Days to keep in mind, worked out by hand from the text; and the calendar file, read by another program."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import icalendar
import pytest

import rebates
from rebates.engine.agenda import Occasion, occasions
from rebates.tools import agenda_forms as forms

RULES = """
fact plan text latest

agreement key "Key, account; 2026" {
  accounts  KEY
  valid     2026-02-01 to 2027-01-31
  currency  EUR
  year starts 2026-02-01
  review    half-yearly
  owner     "Key accounts"

  measure sales = net value per account per quarter

  discount spring "Spring" { valid 2026-03-01 to 2026-05-31  rate 1% }

  rebate volume "Volume" {
    base    sales
    when    claimed within 60 days of quarter end
    accept  cliff "agreed"
    tiers   retroactive on sales { from EUR 1_000 2% }
    settle  quarterly, as credit note, within 10 days, expires within 3 months
  }

  rebate growth "Growth" {
    base    net value per account per year
    when    fact plan by 2026-03-31
    rate    1%
    settle  on 2026-08-31 and 2027-02-28
  }

  amend from 2026-08-01 "Second half" {
    rebate volume { tiers retroactive on sales { from EUR 1_000 3% } }
  }
}

agreement other "Other" { accounts OTHER  valid 2026-01-01 to 2026-12-31  currency USD }
"""


@pytest.fixture(scope="module")
def book() -> rebates.Book:
    return rebates.load({"key.rebates": RULES})


def days(book: rebates.Book, kind: str, rule: str = "") -> list[str]:
    """The days of a kind, over all time."""
    found = occasions(book, date(2026, 1, 1), date(2028, 12, 31), "KEY")
    return [str(one.day) for one in found if one.kind == kind and one.rule == rule]


def test_reviews_and_ends_of_validity(book: rebates.Book) -> None:
    # halves are counted from February
    assert days(book, "review") == ["2026-07-31", "2027-01-31"]
    assert days(book, "validity ends") == ["2027-01-31"]
    assert days(book, "validity ends", "spring") == ["2026-05-31"]
    assert days(book, "amendment") == ["2026-08-01"]


def test_windows_settlements_and_what_follows_them(book: rebates.Book) -> None:
    quarters = ["2026-04-30", "2026-07-31", "2026-10-31", "2027-01-31"]
    assert days(book, "window ends", "volume") == quarters
    assert days(book, "settlement", "volume") == quarters
    assert days(book, "payable", "volume") == ["2026-05-10", "2026-08-10", "2026-11-10", "2027-02-10"]
    # three months later, the last day of the month where it is shorter
    assert days(book, "expiry", "volume") == ["2026-07-30", "2026-10-31", "2027-01-31", "2027-04-30"]
    # 60 days after the quarters' ends
    assert days(book, "claim deadline", "volume") == ["2026-06-29", "2026-09-29", "2026-12-30", "2027-04-01"]


def test_stated_dates_settle_on_account_and_after_the_end(book: rebates.Book) -> None:
    found = [one for one in occasions(book, date(2026, 1, 1), date(2028, 1, 1), "KEY") if one.rule == "growth"]
    assert [(str(one.day), one.kind, one.text) for one in found] == [
        ("2026-03-31", "fact deadline", "Growth: last day for `plan` (by 2026-03-31)"),
        ("2026-08-31", "settlement", "Growth: interim settlement"),
        ("2027-01-31", "window ends", "Growth: last day that counts"),
        ("2027-02-28", "settlement", "Growth: settlement"),
    ]


def test_an_account_sees_what_concerns_it(book: rebates.Book) -> None:
    year = date(2026, 1, 1), date(2026, 12, 31)
    assert {one.agreement for one in occasions(book, *year)} == {"key", "other"}
    assert {one.agreement for one in occasions(book, *year, "OTHER")} == {"other"}
    assert occasions(book, *year, "NOBODY") == []


def test_rows_of_tables_end_and_each_account_sees_its_own(tmp_path: Path) -> None:
    table = (
        "account,item,unit,price,valid_from,valid_to\nA,X,piece,1,,2026-06-30\nB,X,piece,2,,2026-06-30\nA,Y,piece,3,,\n"
    )
    text = """
table prices from "prices.csv" { account, item, unit key  price money  valid_from, valid_to dates }
agreement a "A" { accounts all, each  valid 2026-01-01 to 2026-12-31  currency EUR  price own "Own" { from table prices } }
"""
    (tmp_path / "a.rebates").write_text(text, encoding="utf-8")
    (tmp_path / "prices.csv").write_text(table, encoding="utf-8")
    book = rebates.load(tmp_path)
    june = date(2026, 6, 1), date(2026, 6, 30)
    assert [one.text for one in occasions(book, *june)] == ["2 rows of table prices"]
    assert [one.text for one in occasions(book, *june, "A")] == ["1 row of table prices"]


def test_text_json_and_csv(book: rebates.Book) -> None:
    found = occasions(book, date(2026, 5, 10), date(2026, 5, 31))
    assert forms.as_text(found).splitlines() == [
        "2026-05-10  payable        key.volume  Volume: payable by this day, 2026-02-01 to 2026-04-30, settled on 2026-04-30",
        "2026-05-31  validity ends  key.spring  Spring ends",
    ]
    assert json.loads(forms.as_json(found))[0] == {
        "day": "2026-05-10", "kind": "payable", "agreement": "key", "rule": "volume", "text": "Volume: payable by this day",
        "window_first": "2026-02-01", "window_last": "2026-04-30", "settled_on": "2026-04-30",
    }  # fmt: skip
    assert forms.as_csv([replace(found[1], text="=1+1")]).splitlines()[1] == (
        b'"2026-05-31","validity ends","key","spring","\'=1+1","","","","","",""'
    )
    assert forms.as_text([]) == "nothing falls in these days"


def test_a_calendar_program_reads_it(book: rebates.Book) -> None:
    found = occasions(book, date(2026, 1, 1), date(2028, 1, 1))
    strange = Occasion(
        date(2026, 5, 1), "payable", "key", "volume", "a; b, c \\ d\nBEGIN:VEVENT " + "中" * 60, account="KEY",
        amount=Fraction(5, 2), currency="EUR",
    )  # fmt: skip
    file = forms.as_ics([*found, strange])
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    assert b"\n" not in file.replace(b"\r\n", b"")
    read = icalendar.Calendar.from_ical(file)
    events = list(read.walk("VEVENT"))
    assert [event.decoded("DTSTART") for event in events] == [one.day for one in (*found, strange)]
    assert str(events[-1]["SUMMARY"]) == f"{strange.text}, KEY EUR 2.5"
    assert not [error for event in events for error in event.errors]
    assert len({str(event["UID"]) for event in events}) == len(events)
    assert forms.as_ics([*found, strange]) == file


def test_an_event_is_the_same_under_a_new_title(book: rebates.Book) -> None:
    renamed = rebates.load({"key.rebates": RULES.replace('volume "Volume"', 'volume "By volume"')})
    both = [
        icalendar.Calendar.from_ical(forms.as_ics(occasions(each, date(2026, 4, 30), date(2026, 4, 30), "KEY")))
        for each in (book, renamed)
    ]
    uids, titles = (
        [[str(event[name]) for event in each.walk("VEVENT")] for each in both] for name in ("UID", "SUMMARY")
    )
    assert uids[0] == uids[1]
    assert titles[0] != titles[1]
