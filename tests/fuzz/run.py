"""The long run of the fuzzer: `python -m tests.fuzz.run --inputs 1000000 [--seed 0] [--first 0] [--seconds N]`.

Prints how many inputs of which kind there were, how many were right texts that came back the same from their layout, how many
were checked and priced, the slowest inputs, and the most memory that was used; every minute how far it is. A run that was
stopped goes on from the number that it told last, by `--first`; one input is tried again by `--first N --inputs 1`.
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.fuzz.fuzz import Run, run

TELL_EVERY_S = 60


class Teller:
    """Says now and then how far a run is."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.next = time.monotonic() + TELL_EVERY_S

    def __call__(self, done: Run) -> None:
        if time.monotonic() >= self.next:
            self.next += TELL_EVERY_S
            print(f"up to input {self.first + done.inputs:,}: {told(done)}", flush=True)


def told(done: Run) -> str:
    each = done.seconds * 1000 / max(done.inputs, 1)
    return (
        f"{done.inputs:,} inputs, {len(done.failed)} failed, {done.right:,} the same again from their layout,"
        f" {done.checked:,} checked, {done.sound:,} priced; {each:.2f} ms each, most memory {done.memory / 1e6:.0f} MB,"
        f" slowest {done.slowest[0][0] * 1000 if done.slowest else 0:.0f} ms"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.run", description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seconds", type=int, default=None)
    given = parser.parse_args()
    done = run(given.inputs, given.seed, given.first, given.seconds, goes_on=True, progress=Teller(given.first))
    print(told(done))
    print("kinds: " + ", ".join(f"{count:,} {kind}" for kind, count in sorted(done.by_kind.items())))
    print(f"{len(done.codes)} codes were told: " + ", ".join(f"{code} {n:,}" for code, n in sorted(done.codes.items())))
    for seconds, number, text in done.slowest:
        print(f"slow: input {number}, {seconds * 1000:.0f} ms: {text[:200]!r}")
    if done.failed:
        print("failed: " + ", ".join(map(str, done.failed[:100])))
    return bool(done.failed)


if __name__ == "__main__":
    sys.exit(main())
