"""What the grammar has and the model does not know yet is refused where it stands, once, and the rest is read."""

from __future__ import annotations

import pytest

from tests.model.checking import agreement, check

NOT_BUILT = [
    "guard pocket margin >= 12% otherwise reject",
    'example "pocket" { order on 2026-02-02 { 1 piece of "A-1" }  expect line 1 pocket price EUR 5 }',
]


@pytest.mark.parametrize("text", NOT_BUILT)
def test_it_is_refused_once_by_name(text: str) -> None:
    _, report = check(agreement(f"discount d {{ rate 1% }}\n{text}"))
    assert [finding.code for finding in report.diagnostics if finding.severity == "error"] == ["R0120"]
