"""The long comparison: 20,000 pairs and more. Prints its seeds, goes on where it stopped, fails on a difference or a zero."""

from __future__ import annotations

import argparse
import sys
import time

from tests.generated.compare import report, run

CHUNK = 2_000


def main() -> None:
    """Runs in chunks; a chunk can be run again alone by its seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0, help="start here: resume after the last printed seed")
    chosen = parser.parse_args()
    started, failed, whole = time.monotonic(), False, None
    for at in range(0, chosen.pairs, CHUNK):
        seed = chosen.seed + at
        seen = run(min(CHUNK, chosen.pairs - at), seed)
        print(
            f"seed {seed}: {seen.pairs} pairs, {len(seen.differences)} differences, {time.monotonic() - started:.0f} s",
            flush=True,
        )
        for difference in seen.differences[:5]:
            print(f"  {difference}")
        failed = failed or bool(seen.differences)
        if whole is None:
            whole = seen
        else:
            for name in ("features", "couples", "productions", "reasons"):
                getattr(whole, name).update(getattr(seen, name))
            whole.pairs, whole.texts, whole.priced = (
                whole.pairs + seen.pairs,
                whole.texts + seen.texts,
                whole.priced + seen.priced,
            )
            whole.differences += seen.differences
    assert whole is not None
    print(report(whole))
    missing = whole.missing() if chosen.pairs >= 20_000 else []
    for name in missing:
        print(f"never occurred: {name}")
    sys.exit(1 if failed or missing else 0)


if __name__ == "__main__":
    main()
