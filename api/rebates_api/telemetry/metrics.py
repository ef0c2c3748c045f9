"""Figures for Prometheus: requests by route, lines, findings, reloads, the version in force. No account, item or price."""

from __future__ import annotations

import os
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SHARED = "PROMETHEUS_MULTIPROC_DIR"  # where workers leave their figures for each other
CONTENT = CONTENT_TYPE_LATEST


class Metrics:
    """The figures of one worker; with several, any of them tells those of all."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        own: dict[str, Any] = {"registry": self.registry}
        newest: dict[str, Any] = own | {"multiprocess_mode": "mostrecent"}
        each: dict[str, Any] = own | {"multiprocess_mode": "liveall"}
        self._seconds = Histogram(
            "rebates_request_seconds", "time to answer", ["path", "method", "status"], buckets=BUCKETS, **own
        )
        self._lines = Counter("rebates_lines_total", "lines priced", **own)
        self._problems = Counter("rebates_problems_total", "requests that ended in a problem, by code", ["code"], **own)
        self._cells = Counter("rebates_plain_quotes_total", "quotes by the way they were priced", ["way"], **own)
        self._reloads = Counter("rebates_reloads_total", "reloads of the rules", ["outcome"], **own)
        self._findings = Counter(
            "rebates_findings_total", "findings of rules that were checked, by code", ["code"], **own
        )
        self._version = Gauge("rebates_rules_in_force", "1 for the version in force", ["version"], **each)
        self._since = Gauge("rebates_rules_since_seconds", "when that version came into force, in Unix time", **newest)
        self._broken = Gauge(
            "rebates_rules_broken", "1 while the rule files are broken and the last good ones hold", **newest
        )
        self._bound: dict[tuple[str, str, int], Any] = {}
        self._last = ""
        self._fast, self._long = self._cells.labels("generated"), self._cells.labels("run time")

    def request(self, path: str, method: str, status: int, spent_ns: int, lines: int) -> None:
        """One request, answered."""
        key = path, method, status
        bound = self._bound.get(key)
        if bound is None:
            bound = self._bound[key] = self._seconds.labels(path, method if method in METHODS else "other", status)
        bound.observe(spent_ns / 1e9)
        if lines:
            self._lines.inc(lines)

    def quoted(self, fast: bool) -> None:
        """One quote."""
        (self._fast if fast else self._long).inc()

    def problem(self, code: str) -> None:
        self._problems.labels(code).inc()

    def finding(self, code: str) -> None:
        self._findings.labels(code).inc()

    def reloaded(self, outcome: str) -> None:
        self._reloads.labels(outcome).inc()
        self._broken.set(1 if outcome == "broken" else 0)

    def in_force(self, version: str, since: int) -> None:
        """A version came into force."""
        if self._last:
            self._version.labels(self._last).set(0)
        self._last = version[:12]
        self._version.labels(self._last).set(1)
        self._since.set(since)

    def text(self) -> bytes:
        """All figures, as Prometheus reads them."""
        if os.environ.get(SHARED):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
            return generate_latest(registry)
        return generate_latest(self.registry)


METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())
