"""Both evaluators of settling agree on agreements and histories made by chance; `make long` compares 20,000."""

from __future__ import annotations

import pytest

from tests.generated.histories import FEATURES
from tests.generated.settled import report, run

AGREEMENTS, BLOCKS = 600, 6  # of two histories each; the checker refuses some


@pytest.mark.parametrize("block", range(BLOCKS))
def test_the_evaluators_settle_alike(block: int) -> None:
    size = AGREEMENTS // BLOCKS
    seen = run(size, block * size)
    print(report(seen))
    assert not seen.differences, seen.differences[:5]
    assert seen.histories > size
    assert not [name for name in FEATURES if not seen.features[name]]
