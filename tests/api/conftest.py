"""One server for all tests that leave it as it is."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.api.served import Served, serving


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("service")
    with serving(folder, body_bytes=1_000_000, lines_per_minute=0, ledger=folder / "ledger.db") as running:
        yield running


@pytest.fixture(scope="session")
def alfa(served: Served) -> Iterator[httpx.Client]:
    """The customer."""
    with served.client("alfa") as client:
        yield client


@pytest.fixture(scope="session")
def manager(served: Served) -> Iterator[httpx.Client]:
    with served.client("manager") as client:
        yield client
