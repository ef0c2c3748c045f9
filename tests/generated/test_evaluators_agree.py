"""The generated code and the reference give the same amounts and the same reasons.

A few hundred pairs; `make test` compares 1,000 and every pair of features by `python -m tests.generated.long`.
"""

from __future__ import annotations

from tests.generated.compare import report, run, table_of_pairs


def test_reference_and_compiled_agree_on_generated_pairs() -> None:
    seen = run(300)
    assert not seen.differences, "\n".join(seen.differences[:5])
    assert table_of_pairs(seen) in report(seen)
