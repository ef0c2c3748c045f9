"""Loading: 20,000 rules in 200 files, the import of the package, the command's start."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

from benchmarks.market import make
from benchmarks.measure import Measurement, in_its_own_process

FILES, RULES, CHANGES = 200, 100, 4
SHARED = """waterfall { stage volume best  stage pallet sum  stage loyalty sequence }
"""
LOAD = """
import json, time
from pathlib import Path
began, used = time.perf_counter(), time.process_time()
import rebates
from rebates import Line, Order
def since(began, used):
    clock = time.perf_counter() - began
    return min(clock, time.process_time() - used) if {alone} else clock
folder = Path({folder!r})
book = rebates.load(folder)
order = Order("A7", "2026-05-04", [Line("I3", "48 piece")])
book.quote(order)
found = {{"quoted": since(began, used)}}
took = []
for number in range({changes}):
    file = folder / "deal7.rebates"
    file.write_text(file.read_text(encoding="utf-8").replace("rate 1.", f"rate 1.{{number}}", 1), encoding="utf-8")
    began, used = time.perf_counter(), time.process_time()
    fresh = book.reload()
    fresh.quote(order)
    took.append(since(began, used))
    assert fresh is not book
    book = fresh
if took:
    found |= {{"first": took[0], "later": min(took[1:])}}
print(json.dumps(found))
"""
START = """
import json, subprocess, sys, time
best = [1e9, 1e9]
for _ in range(15):
    for index, arguments in enumerate(({ours}, ["-c", "pass"])):
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        best[index] = min(best[index], time.perf_counter() - began)
print(json.dumps({{"ms": 1000 * (best[0] - best[1])}}))
"""


@cache
def folder_of() -> tempfile.TemporaryDirectory[str]:
    """Two hundred agreements, each of an account with a hundred rules of its own."""
    folder = tempfile.TemporaryDirectory(prefix="rebates-bench-")
    top = Path(folder.name)
    (top / "shared.rebates").write_text(SHARED, encoding="utf-8")
    random = Random(17)
    items = [f"I{n}" for n in range(1_000)]
    for number in range(FILES):
        made = make(RULES, seed=number)
        text = made.text()
        start = text.index("  discount ")
        head = (
            f'agreement deal{number} "Deal {number}" {{\n  accounts  "A{number}"\n'
            "  valid 2026-01-01 to 2026-12-31\n  currency EUR\n"
        )
        (top / f"deal{number}.rebates").write_text(head + text[start:], encoding="utf-8")
    (top / "accounts.csv").write_text(
        "id,parent,class\n" + "".join(f"A{n},,gold\n" for n in range(FILES)), encoding="utf-8"
    )
    (top / "items.csv").write_text(
        "id,base_unit,family\n" + "".join(f"{item},piece,F{n % 12}\n" for n, item in enumerate(items)), encoding="utf-8"
    )
    (top / "units.csv").write_text(
        "item,unit,factor,of\n" + "".join(f"{item},carton,12,piece\n{item},pallet,40,carton\n" for item in items),
        encoding="utf-8",
    )
    (top / "list_prices.csv").write_text(
        "item,unit,price\n" + "".join(f"{item},carton,{random.randrange(500, 9_000) / 100:.2f}\n" for item in items),
        encoding="utf-8",
    )
    return folder


def _run(kept: str, processes: str = "", changes: int = 0) -> dict[str, float]:
    """A process that keeps its rules beside the folder: the first to come is cold. Then a file changes, so many times.

    What several processes do is told by the clock; of one alone, what it took itself, if that is less: another program may
    have had its core.
    """
    top = folder_of().name
    environment = {**os.environ, "REBATES_CACHE": str(Path(top) / kept), "REBATES_PROCESSES": processes}
    return in_its_own_process(LOAD.format(folder=top, alone=bool(processes), changes=changes), environment)


@cache
def _cold() -> dict[str, float]:
    return _run("kept")


@cache
def _warm() -> dict[str, float]:
    _cold()  # has kept them
    return _run("kept", "1", CHANGES)


@cache
def _alone() -> dict[str, float]:
    _warm()  # which changes a file, needs it as it was
    return _run("kept by one", "1", CHANGES)


def _row(what: str, target: float, aim: float, run: Callable[[], dict[str, float]], figure: str) -> Measurement:
    name = f"20,000 rules in 200 files: {what}"
    return Measurement(name, "s", target, aim, lambda: (run()[figure], None))


def _start(ours: list[str]) -> tuple[float, None]:
    return in_its_own_process(START.format(ours=ours))["ms"], None


COMMAND = str(Path(sys.executable).parent / "rebates")
ROWS = [
    _row("cold", 15, 4, _cold, "quoted"),
    _row("cold, by one process", 15, 4, _alone, "quoted"),
    _row("warm to the first quote", 0.5, 0.1, _warm, "quoted"),
    _row("one file changed", 0.15, 0.03, _alone, "later"),
    _row("one file changed, after a warm start", 0.15, 0.03, _warm, "later"),
    _row("one file changed, the first time after it", 1, 0.15, _warm, "first"),
    Measurement("import rebates, above the bare interpreter", "ms", 100, 40, lambda: _start(["-c", "import rebates"])),
    Measurement("rebates --version, above the bare interpreter", "ms", 180, 80, lambda: _start([COMMAND, "--version"])),
]
