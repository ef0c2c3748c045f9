"""Load on an HTTP server, from a process and a core of its own: as fast as it answers, or at a rate that does not wait for it.

    python -m benchmarks.load PORT PATH BODIES KEY CONNECTIONS SECONDS RATE CORE

BODIES is a file with one body on a line. At a rate a request's time runs from when it was due, so that a server that stands still
is not spared the requests that would have come meanwhile. Prints requests, failures and times in ms as JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections import deque
from itertools import cycle
from pathlib import Path
from typing import cast

import httptools
import uvloop


class Connection(asyncio.Protocol):
    """One connection: one request after another."""

    def __init__(self, load: Load) -> None:
        self.load, self.due = load, 0.0
        self.parser = httptools.HttpResponseParser(self)
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.load.free(self)

    def send(self, due: float) -> None:
        self.due = due
        self.transport.write(next(self.load.requests))

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        self.load.answered(self.parser.get_status_code(), time.perf_counter() - self.due)
        self.parser = httptools.HttpResponseParser(self)
        self.load.free(self)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.load.over:
            self.load.failures += 1


class Load:
    """All connections, and what they saw."""

    def __init__(self, requests: list[bytes], rate: float) -> None:
        self.requests, self.rate = cycle(requests), rate
        self.times: list[float] = []
        self.failures = 0
        self.over = False
        self._idle: deque[Connection] = deque()
        self._due: deque[float] = deque()

    def free(self, connection: Connection) -> None:
        """A connection may send."""
        if self.over:
            return
        if not self.rate:
            connection.send(time.perf_counter())
        elif self._due:
            connection.send(self._due.popleft())
        else:
            self._idle.append(connection)

    def answered(self, status: int, seconds: float) -> None:
        if status == 200:
            self.times.append(seconds)
        else:
            self.failures += 1

    async def run(self, port: int, connections: int, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        open_ = [await loop.create_connection(lambda: Connection(self), "127.0.0.1", port) for _ in range(connections)]
        began = time.perf_counter()
        if self.rate:
            for number in range(int(self.rate * seconds)):
                due = began + number / self.rate
                if (wait := due - time.perf_counter()) > 0:
                    await asyncio.sleep(wait)
                if self._idle:
                    self._idle.popleft().send(due)
                else:
                    self._due.append(due)
            await asyncio.sleep(0.2)
        else:
            await asyncio.sleep(seconds)
        self.over = True
        for transport, _ in open_:
            transport.close()


def main() -> None:
    port, path, bodies, key, connections, seconds, rate, core = sys.argv[1:]
    os.sched_setaffinity(0, {int(core)})
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nAuthorization: Bearer {key}\r\n"
    requests = [
        f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body for body in Path(bodies).read_bytes().splitlines()
    ]
    load = Load(requests, float(rate))
    uvloop.run(load.run(int(port), int(connections), float(seconds)))
    times = sorted(load.times)

    def at(share: float) -> float:
        return 1000 * times[min(len(times) - 1, int(share * len(times)))] if times else 0.0

    told = {"requests": len(times), "failures": load.failures, "median": at(0.5), "p99": at(0.99), "longest": at(1.0)}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
