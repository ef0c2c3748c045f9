"""Windows of totals: their days, names and whether a day counts, worked by hand (calculation 81, 82)."""

from __future__ import annotations

from datetime import date

import pytest

from rebates.model.calendar import PLAIN, Calendar, Season
from rebates.model.windows import Window, WindowKind, bounds, counts, name, there

TERM = (date(2026, 1, 1), date(2026, 12, 31))
APRIL = Calendar(date(2026, 4, 1))
SEASONS = Calendar(
    seasons=(
        Season("spring_2026", date(2026, 2, 1), date(2026, 7, 31)),
        Season("autumn_2026", date(2026, 9, 1), date(2027, 1, 31)),
    )
)


@pytest.mark.parametrize(
    ("window", "day", "first", "last"),
    [
        (Window("months", count=12), "2026-03-31", "2025-04-01", "2026-03-31"),  # the example of the rule
        (
            Window("months", count=1),
            "2026-03-31",
            "2026-03-01",
            "2026-03-31",
        ),  # there is no 31 February: after the 28th
        (Window("months", count=1), "2026-02-28", "2026-01-29", "2026-02-28"),
        (Window("months", count=12), "2028-02-29", "2027-03-01", "2028-02-29"),
        (Window("days", count=30), "2026-03-10", "2026-02-09", "2026-03-10"),  # 20 days of February, 10 of March
        (Window("days", count=1), "2026-03-10", "2026-03-10", "2026-03-10"),
        (Window("months", count=12, back=12), "2026-03-31", "2024-04-01", "2025-03-31"),
        (Window("dates", first=date(2026, 1, 1), last=date(2026, 4, 30)), "2026-09-01", "2026-01-01", "2026-04-30"),
        (
            Window("dates", first=date(2026, 1, 1), last=date(2026, 4, 30), back=12),
            "2026-09-01",
            "2025-01-01",
            "2025-04-30",
        ),
        (Window("year", back=12), "2026-03-10", "2025-01-01", "2025-12-31"),
        (Window("year", back=24), "2026-03-10", "2024-01-01", "2024-12-31"),
        (Window("half", back=6), "2026-03-10", "2025-07-01", "2025-12-31"),
        (Window("half", back=12), "2026-03-10", "2025-01-01", "2025-06-30"),
        (Window("quarter", back=3), "2026-03-10", "2025-10-01", "2025-12-31"),
        (Window("month", back=1), "2026-03-31", "2026-02-01", "2026-02-28"),
        (Window("year", back=12, same_days=True), "2026-05-10", "2025-01-01", "2025-05-10"),
        (Window("quarter", back=12, same_days=True), "2028-02-29", "2027-01-01", "2027-02-28"),
    ],
)
def test_the_days_of_a_window(window: Window, day: str, first: str, last: str) -> None:
    found = bounds(window, date.fromisoformat(day), PLAIN, TERM)
    assert found == (date.fromisoformat(first), date.fromisoformat(last))


def test_a_year_that_starts_in_april() -> None:
    day = date(2026, 2, 10)  # in the year from 2025-04-01
    assert bounds(Window("year", back=12), day, APRIL, TERM) == (date(2024, 4, 1), date(2025, 3, 31))
    assert bounds(Window("quarter", back=3), day, APRIL, TERM) == (date(2025, 10, 1), date(2025, 12, 31))
    same = Window("year", back=12, same_days=True)
    assert bounds(same, day, APRIL, TERM) == (date(2024, 4, 1), date(2025, 2, 10))


@pytest.mark.parametrize(
    ("window", "calendar", "expected"),
    [
        ("year", PLAIN, "2026"),
        (Window("year", back=12), PLAIN, "2025"),  # the name under which last year's quotes gave it
        (Window("half", back=6), PLAIN, "2025-H2"),
        (Window("quarter", back=12), PLAIN, "2025-Q1"),
        (Window("month", back=1), PLAIN, "2026-02"),
        (Window("year", back=12), APRIL, "2024-04-01/2025-03-31"),
        (Window("year", back=12, same_days=True), PLAIN, "2025-01-01/2025-03-10"),
        (Window("days", count=30), PLAIN, "2026-02-09/2026-03-10"),
        ("term", PLAIN, "term"),
    ],
)
def test_the_name_of_a_window(window: WindowKind | Window, calendar: Calendar, expected: str) -> None:
    assert name(window, date(2026, 3, 10), calendar, TERM) == expected


def test_whether_the_day_counts() -> None:
    day = date(2026, 3, 10)
    stated = Window("dates", first=date(2026, 3, 11), last=date(2026, 4, 30))
    assert counts("year", day, PLAIN, TERM)
    assert counts(Window("months", count=12), day, PLAIN, TERM)
    assert not counts(Window("year", back=12), day, PLAIN, TERM)
    assert not counts(stated, day, PLAIN, TERM)
    assert counts(stated, date(2026, 3, 11), PLAIN, TERM)
    assert counts(stated, date(2026, 4, 30), PLAIN, TERM)
    assert not counts(stated, date(2026, 5, 1), PLAIN, TERM)


@pytest.mark.parametrize(
    ("day", "back", "first", "last", "key"),
    [
        ("2026-02-01", 0, "2026-02-01", "2026-07-31", "spring_2026"),
        ("2026-07-31", 0, "2026-02-01", "2026-07-31", "spring_2026"),
        ("2027-01-31", 0, "2026-09-01", "2027-01-31", "autumn_2026"),
        ("2027-01-31", 1, "2026-02-01", "2026-07-31", "spring_2026"),
        ("2026-08-15", 1, "2026-02-01", "2026-07-31", "spring_2026"),  # the one that ended last
        ("2027-02-01", 2, "2026-02-01", "2026-07-31", "spring_2026"),
    ],
)
def test_seasons(day: str, back: int, first: str, last: str, key: str) -> None:
    window = Window("season", back=back)
    at = date.fromisoformat(day)
    assert there(window, at, SEASONS)
    assert bounds(window, at, SEASONS, TERM) == (date.fromisoformat(first), date.fromisoformat(last))
    assert name(window, at, SEASONS, TERM) == key


def test_between_two_seasons_there_is_none() -> None:
    between = date(2026, 8, 15)
    assert not there("season", between, SEASONS)
    assert not there(Window("season"), between, SEASONS)
    assert not there(Window("season", back=1), date(2026, 7, 31), SEASONS)  # nothing before the first
    assert bounds("season", between, SEASONS, TERM) == (date(2026, 8, 1), date(2026, 8, 31))
    assert name("season", between, SEASONS, TERM) == "2026-08-01/2026-08-31"


def test_weeks_that_start_on_sunday() -> None:
    sunday = Calendar(week_starts=6)
    for day in ("2026-03-08", "2026-03-14"):  # a Sunday, and the Saturday after it
        found = bounds("week", date.fromisoformat(day), sunday, TERM)
        assert found == (date(2026, 3, 8), date(2026, 3, 14))
        assert name("week", date.fromisoformat(day), sunday, TERM) == "2026-03-08/2026-03-14"
    assert name("week", date(2026, 3, 8), PLAIN, TERM) == "2026-W10"
