"""Both evaluators of settling agree on agreements and histories made by chance; `make long` compares 20,000."""

from __future__ import annotations

import pytest

from tests.generated.histories import FEATURES, agreement, history
from tests.generated.settled import HISTORIES, report, run

AGREEMENTS, BLOCKS = 600, 6  # of two histories each; the checker refuses some


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
        text = agreement(seed)
        for number in range(HISTORIES):
            seen |= history(seed, number, text).features
    assert set(FEATURES) <= seen
