"""What every run tells at its end: how many cases of other systems are said."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings

from tests.conformance.cases import cases, settled

# what is kept between starts is kept apart from what the user of this machine keeps
os.environ.setdefault("REBATES_CACHE", str(Path(__file__).resolve().parents[1] / ".pytest_cache" / "kept"))

# how long an example takes to make says how busy the machine is
settings.register_profile("any machine", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    said = {case.id for case in cases()} | set(settled())
    differing = {case.id for case in cases() if case.differs}
    terminalreporter.write_line(f"conformance: {len(said)} cases said, {len(differing)} of them differ by decision")
