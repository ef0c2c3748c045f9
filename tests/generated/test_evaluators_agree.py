"""The generated code and the reference give the same amounts and the same reasons."""

from __future__ import annotations

import pytest

from tests.generated.compare import report, run


def test_reference_and_compiled_agree_on_generated_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    seen = run(1_000)
    with capsys.disabled():
        print("\n" + report(seen))
    assert not seen.differences, "\n".join(seen.differences[:5])
    assert not [name for name in seen.missing() if not name.startswith("pair ")]
