"""The cases of other systems on what is settled: each a rule file whose example repeats the source, on both evaluators."""

from __future__ import annotations

import pytest

from rebates import check
from tests.conformance.cases import settled, sources
from tests.conformance.examples import by_the_reference, faults


@pytest.mark.parametrize("case", settled())
def test_a_case(case: str) -> None:
    assert [finding.message for finding in check(settled()[case])] == []
    assert list(faults(settled()[case])) == []


@pytest.mark.parametrize("case", settled())
def test_a_case_by_the_reference(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    by_the_reference(monkeypatch)
    assert list(faults(settled()[case])) == []


@pytest.mark.parametrize("case", settled())
def test_a_file_repeats_its_source(case: str) -> None:
    source = sources()[case]
    words = source if isinstance(source, str) else "; ".join(f"{name} {value}" for name, value in source.items())  # type: ignore[attr-defined]
    assert settled()[case].read_text("utf-8").startswith(f"# {case} says: {words}\n")
