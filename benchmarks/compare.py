"""Measures the engine side by side with named baselines in one run, interleaved, the best of several.

    python -m benchmarks.compare [--json FILE] [--only NAME] [--parts quotes prices …]

`ratio` is ours over the baseline where lower is better, the baseline over ours where higher is; rows without a baseline give
the figure itself. Where a baseline prices the same orders, its amounts and rules must equal ours, or the row fails.

The soak of the service takes three minutes: it is left out unless `--only soak` or SOAK_S=SECONDS in the environment asks for it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Collection, Iterator
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from benchmarks.measure import Measurement, Row, Unequal

PARTS = ("quotes", "prices", "others", "loading", "texts", "adversaries", "settling", "posting", "service")


def measurements(parts: Collection[str] = PARTS) -> Iterator[Measurement]:
    """Every row of these parts, in the order in which they are measured."""
    for part in PARTS:
        if part in parts:
            yield from import_module(f"benchmarks.{part}").ROWS


def told(row: Row) -> str:
    """A row for people."""
    times = "x" if row.baseline is not None else f" {row.unit}"
    against = f"{row.ours:,.0f} against {row.baseline:,.0f} {row.unit}" if row.baseline is not None else ""
    verdict = "reached" if row.holds else "NOT reached"
    aimed = row.ratio <= row.aim if row.better == "lower" else row.ratio >= row.aim
    aim = f"aim {row.aim:g}{' reached' if aimed else ''}"
    return f"{row.name:<58} {f'{row.ratio:.3g}{times}':>12}   {against:<40} {row.target:g} {verdict}, {aim}"


def asked(measurement: Measurement, only: str) -> bool:
    """Whether a row is to be measured: one that takes minutes only where it is called for by its word."""
    word = measurement.asked_for
    return not word or word in only.casefold() or f"{word.upper()}_S" in os.environ


def main() -> None:
    """Measures and prints; exit code 1 where amounts differ, 0 whatever the ratios: these are measurements, no tests."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", metavar="FILE", help="write the rows as JSON, - for standard output")
    parser.add_argument("--only", default="", help="only rows whose name holds this text")
    parser.add_argument(
        "--parts",
        nargs="+",
        choices=PARTS,
        default=PARTS,
        metavar="PART",
        help=f"only rows of these parts: {', '.join(PARTS)}",
    )
    chosen = parser.parse_args()
    rows, failed = [], False
    for measurement in measurements(chosen.parts):
        if chosen.only.casefold() not in measurement.name.casefold():
            continue
        if not asked(measurement, chosen.only):
            print(f"{measurement.name}: not asked for, see --help", file=sys.stderr)
            continue
        try:
            row = measurement.row()
        except Unequal as error:
            print(f"{measurement.name}: FAILED: {error}", file=sys.stderr)
            failed = True
            continue
        rows.append(row)
        print(told(row), file=sys.stderr if chosen.json == "-" else sys.stdout, flush=True)
    if chosen.json:
        text = json.dumps([asdict(row) for row in rows], indent=2) + "\n"
        if chosen.json == "-":
            print(text, end="")
        else:
            Path(chosen.json).write_text(text, encoding="utf-8")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
