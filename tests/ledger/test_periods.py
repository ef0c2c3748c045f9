"""Periods as commands write them."""

from __future__ import annotations

import pytest

from rebates.cli.ledgers import the_period


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-H2", "2026-07-01", "2026-12-31"),
        ("2026-Q2", "2026-04-01", "2026-06-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2026-01-15..2026-02-14", "2026-01-15", "2026-02-14"),
        ("2026-03-31", "2026-03-31", "2026-03-31"),
    ],
)
def test_a_period_has_its_days(text: str, first: str, last: str) -> None:
    assert tuple(map(str, the_period(text))) == (first, last)
