"""Measuring side by side: both in one process, in turn, the best of several; what a process of its own takes."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 9
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Row:
    """One measurement. `baseline` is None where the figure stands alone: `ratio` then is that figure in the unit."""

    name: str
    unit: str
    better: str  # "lower" or "higher"
    ours: float
    baseline: float | None
    ratio: float
    target: float
    aim: float
    holds: bool


@dataclass(frozen=True)
class Measurement:
    """A row to be measured: what is measured, and the ratio or figure to reach and to aim at."""

    name: str
    unit: str
    target: float
    aim: float
    measure: Callable[[], tuple[float, float | None]]  # ours, baseline
    better: str = "lower"
    asked_for: str = ""  # what takes minutes is measured only where this word is in `--only`, or WORD_S is set

    def row(self) -> Row:
        """Measures. Raises Unequal where the two do not come to the same."""
        ours, baseline = self.measure()
        ratio = ours if baseline is None else ours / baseline if self.better == "lower" else baseline / ours
        holds = ratio <= self.target if self.better == "lower" else ratio >= self.target
        return Row(self.name, self.unit, self.better, ours, baseline, ratio, self.target, self.aim, holds)


class Unequal(Exception):
    """Ours and the baseline do not come to the same amounts."""


def interleaved(
    *runs: Callable[[], object],
    before: Callable[[], object] | None = None,
    rounds: int = ROUNDS,
    by_the_clock: bool = False,
) -> list[float]:
    """The best time of each in ns, run in turn; `before` runs untimed ahead of each.

    Processor time, so that what else runs on the machine counts as little as may be; `by_the_clock` where it is a disk or
    another process that is waited for. The garbage collector is off, as in `timeit`.
    """
    clock = time.perf_counter_ns if by_the_clock else time.process_time_ns
    best = [float("inf")] * len(runs)
    for _ in range(rounds):
        for index, run in enumerate(runs):
            if before is not None:
                before()
            gc.collect()
            gc.disable()
            started = clock()
            run()
            best[index] = min(best[index], clock() - started)
            gc.enable()
    return best


def in_its_own_process(code: str, env: Mapping[str, str] | None = None) -> dict[str, float]:
    """What a program prints as JSON in its last line, run by this Python from the top of the checkout.

    Bytecode is kept, as it is there where a package is installed, also where the environment says that none is written.
    """
    environment = {**(os.environ if env is None else env), "PYTHONPYCACHEPREFIX": str(ROOT / "build" / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found
