"""The comparison from the command line: prints its seeds and the table of pairs, fails on a difference or on a zero in it."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.generated.compare import Seen, cover, every_pair, report, run

CHUNK = 2_000


def main() -> None:
    """Runs in chunks; a chunk can be run again alone by its seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0, help="start here: resume after the last printed seed")
    parser.add_argument("--table", type=Path, help="write the count of every pair of features to this file")
    chosen = parser.parse_args()
    started, whole = time.monotonic(), Seen()
    for at in range(0, chosen.pairs, CHUNK):
        seed = chosen.seed + at
        seen = run(min(CHUNK, chosen.pairs - at), seed)
        print(
            f"seed {seed}: {seen.pairs} pairs, {len(seen.differences)} differences, {time.monotonic() - started:.0f} s",
            flush=True,
        )
        for difference in seen.differences[:5]:
            print(f"  {difference}")
        whole.add(seen)
    drawn = whole.pairs
    cover(whole)
    print(f"{whole.pairs - drawn} more for pairs of features not seen yet, {time.monotonic() - started:.0f} s")
    for difference in whole.differences[-5:]:
        print(f"  {difference}")
    print(report(whole))
    if chosen.table is not None:
        chosen.table.write_text(every_pair(whole), "utf-8")
    missing = whole.missing()
    for name in missing:
        print(f"never occurred: {name}")
    sys.exit(1 if whole.differences or missing else 0)


if __name__ == "__main__":
    main()
