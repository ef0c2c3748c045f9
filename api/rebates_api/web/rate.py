"""How many lines a key may have priced: a bucket for each, filled evenly, in this process.

Several workers of a machine each hold their part of the rate.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass

from rebates_api.web.problems import Problem

MOST_BUCKETS = 100_000
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
    """The buckets of all keys. Amounts are lines × nanoseconds of a minute, so that whole numbers do."""

    def __init__(self, lines_per_minute: int, burst: int, workers: int) -> None:
        self.per_minute = -(-lines_per_minute // workers)
        self.burst = max(1, burst // workers)
        self.policy = f'"lines";q={self.burst};w={self._seconds(self.burst)}' if self.per_minute else ""
        self._full = self.burst * MINUTE_NS
        self._buckets: OrderedDict[str, list[int]] = OrderedDict()

    def take(self, who: str, lines: int) -> Left | None:
        """Takes lines from a key's bucket. Raises Problem S4291 if they are not there."""
        if not self.per_minute:
            return None
        now = time.monotonic_ns()
        bucket = self._buckets.get(who)
        if bucket is None:
            if len(self._buckets) >= MOST_BUCKETS:
                self._buckets.popitem(last=False)
            bucket = self._buckets[who] = [self._full, now]
        else:
            self._buckets.move_to_end(who)
        there = min(self._full, bucket[0] + (now - bucket[1]) * self.per_minute)
        bucket[1] = now
        wanted = lines * MINUTE_NS
        if wanted > there:
            bucket[0] = there
            if lines > self.burst:
                raise Problem(
                    "S4132", f"{lines} lines are more than the {self.burst} that a key may have priced at once"
                )
            wait = self._seconds(lines - there // MINUTE_NS)
            left = Left(self.policy, there // MINUTE_NS, wait)
            names = {name.decode(): value.decode() for name, value in left.headers()}
            raise Problem("S4291", headers={"Retry-After": str(wait), **names})
        bucket[0] = there - wanted
        remaining = bucket[0] // MINUTE_NS
        return Left(self.policy, remaining, self._seconds(self.burst - remaining))

    def _seconds(self, lines: int) -> int:
        return -(-lines * 60 // self.per_minute)
