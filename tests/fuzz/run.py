"""The long run of the fuzzer: `python -m tests.fuzz.run --inputs 1000000 [--seed 0] [--seconds N]`.

Prints how many inputs of which kind there were, how many were right texts that came back the same from their layout, the
slowest input, and the most memory that was used.
"""

from __future__ import annotations

import argparse
import sys

from tests.fuzz.fuzz import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.run", description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=int, default=None)
    given = parser.parse_args()
    done = run(given.inputs, given.seed, given.seconds)
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(done.by_kind.items()))
    print(f"{done.inputs} inputs ({kinds}), no exception; {done.right} of them right, the same again from their layout")
    print(f"most memory {done.memory / 1e6:.0f} MB; slowest {done.slowest * 1000:.0f} ms: {done.slowest_text[:200]!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
