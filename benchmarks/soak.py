"""The price service under load for a time: fails where its memory grows, after warming up, by more than it may.

    python -m benchmarks.soak [--seconds 180] [--rate 60] [--most 2]

At a small rate it takes next to nothing of the machine, so that it can run beside the tests; at a rate of 0 it takes all of it.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.service import grown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--rate", type=float, default=60, help="requests a second; 0 is as many as are answered")
    parser.add_argument("--most", type=float, default=2, help="per cent that memory may grow")
    chosen = parser.parse_args()
    found = grown(chosen.seconds, chosen.rate)
    print(f"in {chosen.seconds:g} s at {chosen.rate:g} requests a second memory grew by {found:.2f} %")
    sys.exit(found > chosen.most)


if __name__ == "__main__":
    main()
