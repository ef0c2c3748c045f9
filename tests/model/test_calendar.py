"""Days, zones and windows (5.2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebates.model.calendar import PLAIN, Calendar, local_day, parse_date, window_bounds, window_key

TERM = (date(2026, 1, 1), date(2026, 12, 31))


def test_a_day_is_written_one_way() -> None:
    assert parse_date("2026-03-31") == date(2026, 3, 31)
    assert parse_date("2028-02-29") == date(2028, 2, 29)


@pytest.mark.parametrize(
    "text",
    ["", "2026-3-31", "2026-02-30", "2027-02-29", "2026-13-01", "0000-01-01", "20260331", "31-03-2026", "2026/03/31",
     " 2026-03-31", "2026-03-31\n", "2026-03-31T00:00", "２０２６-03-31", "2026-W10-1"],
)  # fmt: skip
def test_other_texts_are_no_day(text: str) -> None:
    with pytest.raises(ValueError, match=r"day|date"):
        parse_date(text)


@pytest.mark.parametrize(
    ("kind", "day", "starts", "first", "after", "key"),
    [
        ("week", "2026-03-04", None, "2026-03-02", "2026-03-09", "2026-W10"),
        ("week", "2027-01-01", None, "2026-12-28", "2027-01-04", "2026-W53"),
        ("month", "2026-02-28", None, "2026-02-01", "2026-03-01", "2026-02"),
        ("month", "2026-12-31", None, "2026-12-01", "2027-01-01", "2026-12"),
        ("quarter", "2026-05-15", None, "2026-04-01", "2026-07-01", "2026-Q2"),
        ("half", "2026-06-30", None, "2026-01-01", "2026-07-01", "2026-H1"),
        ("half", "2026-07-01", None, "2026-07-01", "2027-01-01", "2026-H2"),
        ("year", "2026-12-31", None, "2026-01-01", "2027-01-01", "2026"),
        ("year", "2026-12-31", "2020-01-01", "2026-01-01", "2027-01-01", "2026"),
        # fiscal years
        ("year", "2027-03-31", "2024-04-01", "2026-04-01", "2027-04-01", "2026-04-01/2027-03-31"),
        ("year", "2026-03-31", "2024-04-01", "2025-04-01", "2026-04-01", "2025-04-01/2026-03-31"),
        ("half", "2026-10-01", "2024-04-01", "2026-10-01", "2027-04-01", "2026-10-01/2027-03-31"),
        ("quarter", "2026-01-31", "2024-02-01", "2025-11-01", "2026-02-01", "2025-11-01/2026-01-31"),
        ("month", "2026-05-20", "2024-04-15", "2026-05-01", "2026-06-01", "2026-05"),
        # anniversaries; a missing day is the month's last
        ("year", "2026-04-14", "2024-04-15", "2025-04-15", "2026-04-15", "2025-04-15/2026-04-14"),
        ("year", "2026-04-15", "2024-04-15", "2026-04-15", "2027-04-15", "2026-04-15/2027-04-14"),
        ("quarter", "2026-04-30", "2024-01-31", "2026-04-30", "2026-07-31", "2026-04-30/2026-07-30"),
        ("quarter", "2026-04-29", "2024-01-31", "2026-01-31", "2026-04-30", "2026-01-31/2026-04-29"),
        ("year", "2026-02-27", "2024-02-29", "2025-02-28", "2026-02-28", "2025-02-28/2026-02-27"),
        ("year", "2028-02-28", "2024-02-29", "2027-02-28", "2028-02-29", "2027-02-28/2028-02-28"),
        ("year", "2028-02-29", "2024-02-29", "2028-02-29", "2029-02-28", "2028-02-29/2029-02-27"),
    ],
)
def test_windows(kind: str, day: str, starts: str | None, first: str, after: str, key: str) -> None:
    year = Calendar(parse_date(starts)) if starts else PLAIN
    assert window_bounds(kind, parse_date(day), year) == (parse_date(first), parse_date(after))
    assert window_key(kind, parse_date(day), year) == key


def test_the_term_has_both_its_days() -> None:
    assert window_bounds("term", date(2026, 3, 1), PLAIN, TERM) == (date(2026, 1, 1), date(2027, 1, 1))
    assert window_key("term", date(2026, 3, 1), PLAIN, TERM) == "term"
    assert window_key("ever", date(2026, 3, 1)) == "ever"


def test_windows_end_with_the_calendar() -> None:
    last = date(9999, 12, 31)
    assert window_bounds("term", date(2026, 3, 1), PLAIN, (date(2026, 1, 1), last)) == (date(2026, 1, 1), date.max)
    for kind in ("week", "month", "quarter", "half", "year", "ever"):
        assert window_bounds(kind, last)[1] == date.max
        assert window_bounds(kind, date.min)[0] == date.min
        window_key(kind, last, Calendar(date(2024, 4, 15)))
        window_key(kind, date.min, Calendar(date(2024, 4, 15)))


@given(
    st.sampled_from(["week", "month", "quarter", "half", "year"]),
    st.dates(date(1900, 1, 1), date(2200, 12, 31)),
    st.none() | st.dates(date(2000, 1, 1), date(2030, 12, 31)),
    st.integers(0, 6),
)
def test_windows_tile_the_calendar(kind: str, day: date, starts: date | None, week_starts: int) -> None:
    calendar = Calendar(starts, week_starts)
    first, after = window_bounds(kind, day, calendar)
    assert first <= day < after
    for other in (first, after - timedelta(days=1)):
        assert window_bounds(kind, other, calendar) == (first, after)
        assert window_key(kind, other, calendar) == window_key(kind, day, calendar)
    assert window_bounds(kind, after, calendar)[0] == after
    assert window_key(kind, after, calendar) != window_key(kind, day, calendar)


def test_an_instant_is_placed_by_the_zone() -> None:
    late = datetime(2026, 3, 31, 20, 0, tzinfo=UTC)
    assert local_day(late, "UTC") == date(2026, 3, 31)
    assert local_day(late, "Asia/Jakarta") == date(2026, 4, 1)  # 03:00 there
    assert local_day(datetime(2026, 3, 1, 3, 0, tzinfo=UTC), "America/New_York") == date(2026, 2, 28)
    # in Berlin the clocks go forward on 2026-03-29: 22:30 UTC is 00:30 the next day, the day before 23:30
    assert local_day(datetime(2026, 3, 29, 22, 30, tzinfo=UTC), "Europe/Berlin") == date(2026, 3, 30)
    assert local_day(datetime(2026, 3, 28, 22, 30, tzinfo=UTC), "Europe/Berlin") == date(2026, 3, 28)


def test_a_plain_date_is_that_zones_day() -> None:
    assert local_day(date(2026, 3, 31), "Asia/Jakarta") == date(2026, 3, 31)
    assert local_day(datetime(2026, 3, 31, 23, 0, tzinfo=timezone(timedelta(hours=7))), None) == date(2026, 3, 31)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        local_day(datetime(2026, 3, 31, 12, 0), "Asia/Jakarta")
    with pytest.raises(ValueError, match="calendar"):
        local_day(datetime(9999, 12, 31, 23, 0, tzinfo=UTC), "Asia/Jakarta")
