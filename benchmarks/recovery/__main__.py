"""Prints how well mistakes are placed, and fails below the bar.

    python -m benchmarks.recovery [--files 200] [--seed 0] [--tell 5]

200 files of `rules/` with three random mistakes each: how often exactly the mistaken lines are named; then random edits
of one token of every file.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.recovery.by_others import BY_OTHERS
from benchmarks.recovery.known import KNOWN
from benchmarks.recovery.measure import Count, one_token_edits, rule_files, three_mistakes
from benchmarks.recovery.seen import SEEN
from benchmarks.recovery.unseen import UNSEEN

EXACT, RIGHT, NEAR, MESSAGES = 98, 88, 96, 1.05


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recovery", description=__doc__)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--edits", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tell", type=int, default=0, help="print so many files that were not exact")
    given = parser.parse_args()
    fine = True
    known = (*KNOWN, *SEEN, *BY_OTHERS)
    sets = [(f"{len(known)} kinds", known), (f"{len(UNSEEN)} kinds written afterwards", UNSEEN)]
    print("three mistakes in a file         files   exact   mistakes found   other lines named   ms a file")
    for name, kinds in sets if given.files else ():
        if not kinds:
            continue
        count = three_mistakes(kinds, given.files, given.seed, given.tell)
        fine &= count.exact * 100 >= EXACT * count.files
        _print(name, count)
    print(f"\n{'one token edited':32} edits   right line   within one line   messages an error")
    total = [0, 0, 0, 0]
    for path in rule_files() if given.edits else ():
        one = one_token_edits(path, given.edits, given.seed, given.tell)
        total = [a + b for a, b in zip(total, (one.edits, one.right, one.near, one.messages), strict=True)]
        print(
            f"{path.name:30} {one.edits:7} {one.right / one.edits:12.1%} {one.near / one.edits:17.1%} {one.messages / one.edits:19.2f}"
        )
    edits, right, near, messages = total
    print(
        f"{'all':30} {edits:7} {right / max(edits, 1):12.1%} {near / max(edits, 1):17.1%} {messages / max(edits, 1):19.3f}"
    )
    fine &= right * 100 >= RIGHT * edits and near * 100 >= NEAR * edits and messages <= MESSAGES * edits
    print("\nthe bar is met" if fine else f"\nBELOW THE BAR: {EXACT} %, {RIGHT} %, {NEAR} %, {MESSAGES}")
    return not fine


def _print(name: str, count: Count) -> None:
    found = f"{count.found}/{count.mistakes}"
    ms = count.seconds * 1000 / count.files
    print(f"{name:30} {count.files:7} {count.exact / count.files:7.1%} {found:>16} {count.elsewhere:19} {ms:11.0f}")
    worst = ", ".join(f"{kind} {times}" for kind, times in count.blamed.most_common(8))
    if worst:
        print(f"  in files that were not exact: {worst}")


if __name__ == "__main__":
    sys.exit(main())
