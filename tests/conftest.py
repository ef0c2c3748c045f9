"""What every run tells at its end: how many cases of other systems are said, and which wait for a construct."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import cases, later


def pytest_terminal_summary(terminalreporter: Any) -> None:
    said = {case.id for case in cases()}
    differing = {case.id for case in cases() if case.differs}
    waiting = later()
    count = sum(len(ids) for ids in waiting.values())
    terminalreporter.write_line(
        f"conformance: {len(said)} cases said, {len(differing)} of them differ by decision, {count} not yet sayable:"
    )
    for construct, ids in waiting.items():
        terminalreporter.write_line(f"  {construct}: {' '.join(ids)}")
