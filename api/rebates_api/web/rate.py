"""How many lines a key may have priced: a bucket for each, filled evenly, whichever worker of the machine prices them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from rebates_api.web.buckets import Buckets
from rebates_api.web.problems import Problem

MINUTE_NS = 60_000_000_000


@dataclass(frozen=True, slots=True)
class Left:
    """What a key has left, for the headers `RateLimit` and `RateLimit-Policy`."""

    policy: str
    remaining: int
    reset: int

    def headers(self) -> list[tuple[bytes, bytes]]:
        return [
            (b"ratelimit-policy", self.policy.encode()),
            (b"ratelimit", b'"lines";r=%d;t=%d' % (self.remaining, self.reset)),
        ]


class Rate:
    """The buckets of all keys. Amounts are lines × nanoseconds of a minute, so that whole numbers do.

    Workers that share a file share the buckets in it.
    """

    def __init__(self, lines_per_minute: int, burst: int, file: Path | None = None) -> None:
        self.per_minute, self.burst = lines_per_minute, burst
        self.policy = f'"lines";q={burst};w={self._seconds(burst)}' if lines_per_minute else ""
        self._full = burst * MINUTE_NS
        self._buckets = Buckets(self._full, file) if lines_per_minute else None

    def take(self, who: str, lines: int) -> Left | None:
        """Takes lines from a key's bucket. Raises Problem S4291 if they are not there."""
        if self._buckets is None:
            return None
        wanted, found = lines * MINUTE_NS, 0

        def taken(left: int, at: int) -> tuple[int, int]:
            nonlocal found
            now = time.monotonic_ns()
            found = min(self._full, left + max(0, now - at) * self.per_minute)
            return (found - wanted if wanted <= found else found), now

        self._buckets.change(who, taken)
        if wanted > found:
            if lines > self.burst:
                raise Problem(
                    "S4132", f"{lines} lines are more than the {self.burst} that a key may have priced at once"
                )
            wait = self._seconds(lines - found // MINUTE_NS)
            left = Left(self.policy, found // MINUTE_NS, wait)
            names = {name.decode(): value.decode() for name, value in left.headers()}
            raise Problem("S4291", headers={"Retry-After": str(wait), **names})
        remaining = (found - wanted) // MINUTE_NS
        return Left(self.policy, remaining, self._seconds(self.burst - remaining))

    def _seconds(self, lines: int) -> int:
        return -(-lines * 60 // self.per_minute)
