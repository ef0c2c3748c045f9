"""The small world of these tests: a chain of kiosks with its own prices, an inn's buying group, general terms."""

from __future__ import annotations

from pathlib import Path

import pytest

import rebates
from rebates import Book

RULES = Path(__file__).parent / "rules"


@pytest.fixture(scope="session")
def book() -> Book:
    return rebates.load(RULES)
