"""Both evaluators of settling agree on agreements and histories made by chance; `make long` compares 20,000."""

from __future__ import annotations

import pytest

from tests.generated.histories import agreement
from tests.generated.posted import history
from tests.generated.settled import FEATURES, HISTORIES, report, run

AGREEMENTS, BLOCKS = 360, 6  # of three histories each; the checker refuses some


@pytest.mark.parametrize("block", range(BLOCKS))
def test_the_evaluators_settle_alike(block: int) -> None:
    size = AGREEMENTS // BLOCKS
    seen = run(size, block * size)
    print(report(seen))
    assert not seen.differences, seen.differences[:5]
    assert seen.histories > size


def test_every_construct_is_drawn() -> None:
    seen: set[str] = set()
    for seed in range(AGREEMENTS):
        seen |= agreement(seed).features
        for number in range(HISTORIES):
            seen |= history(seed, number).features
    assert set(FEATURES) <= seen
