"""Loading: 20,000 rules in 200 files, the import of the package, the command's start."""

from __future__ import annotations

import os
import sys
import tempfile
from functools import cache
from pathlib import Path
from random import Random

from benchmarks.market import make
from benchmarks.measure import Measurement, in_its_own_process

FILES, RULES = 200, 100
SHARED = """waterfall { stage volume best  stage pallet sum  stage loyalty sequence }
"""
LOAD = """
import json, time
began, used = time.perf_counter(), time.process_time()
import rebates
from rebates import Line, Order
def since():
    return min(time.perf_counter() - began, time.process_time() - used)
book = rebates.load({folder!r})
loaded = since()
book.quote(Order("A7", "2026-05-04", [Line("I3", "48 piece")]))
print(json.dumps({{"loaded": loaded, "quoted": since()}}))
"""
RELOAD = """
import json, time
from pathlib import Path
import rebates
from rebates import Line, Order
folder = Path({folder!r})
book = rebates.load(folder)
order = Order("A7", "2026-05-04", [Line("I3", "48 piece")])
book.quote(order)
best = 1e9
for number in range(3):
    file = folder / "deal7.rebates"
    file.write_text(file.read_text(encoding="utf-8").replace("rate 1.", f"rate 1.{{number}}", 1), encoding="utf-8")
    began, used = time.perf_counter(), time.process_time()
    fresh = book.reload()
    fresh.quote(order)
    best = min(best, time.perf_counter() - began, time.process_time() - used)
    assert fresh is not book
    book = fresh
print(json.dumps({{"seconds": best}}))
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


@cache
def _process(code: str) -> dict[str, float]:
    return _again(code)


def _again(code: str) -> dict[str, float]:
    """A process that keeps its rules beside the folder: the first to come is cold."""
    kept = str(Path(folder_of().name) / "kept")
    return in_its_own_process(code.format(folder=folder_of().name), {**os.environ, "REBATES_CACHE": kept})


def _warm() -> tuple[float, None]:
    _process(LOAD)  # has kept them
    return _again(LOAD)["quoted"], None


def _start(ours: list[str]) -> tuple[float, None]:
    return in_its_own_process(START.format(ours=ours))["ms"], None


COMMAND = str(Path(sys.executable).parent / "rebates")
ROWS = [
    Measurement("20,000 rules in 200 files: cold", "s", 15, 4, lambda: (_process(LOAD)["quoted"], None)),
    Measurement(
        "20,000 rules in 200 files: warm to the first quote",
        "s",
        0.5,
        0.1,
        _warm,
    ),
    Measurement(
        "20,000 rules in 200 files: one file changed", "s", 0.15, 0.03, lambda: (_process(RELOAD)["seconds"], None)
    ),
    Measurement("import rebates, above the bare interpreter", "ms", 100, 40, lambda: _start(["-c", "import rebates"])),
    Measurement("rebates --version, above the bare interpreter", "ms", 180, 80, lambda: _start([COMMAND, "--version"])),
]
