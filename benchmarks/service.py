"""The price service over its floors: one worker on one core, the load on another.

Requests are counted by the second of processor time that the server spent on them, so that what else runs on the machine counts as
little as may be; on a core of its own that is the wall's second. Times of requests are the wall's, and say little on a busy machine.
The soak runs only when asked for: `--only soak` (180 s), or `SOAK_S`, which says how many seconds (an hour is 3600).
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.loading import folder_of
from benchmarks.market import make
from benchmarks.measure import ROOT, Measurement, Unequal
from benchmarks.quotes import asked_orders
from rebates_api.identity.caller import Caller
from rebates_api.store.database import Database
from rebates_api.store.keys import Keys

RULES, CONNECTIONS, ROUNDS, ROUND_S = 1_000, 16, 5, 2.0
NEW_ORDERS, NEW_ROUND_S = 6_000, 1.0  # of a hundred lines each: more than are answered in such a round
SOAK_S = int(os.environ.get("SOAK_S", "180"))
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
SERVER, LOADER = CORES[0], CORES[-1]
QUOTES = "/v1/quotes?explain=none"
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass
class Server:
    """A running server: `path` takes orders."""

    process: subprocess.Popen[bytes]
    port: int
    path: str
    key: str = "none"

    def used(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> int:
        """Resident bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        return 1024 * int(re.findall(r"VmRSS:\s+(\d+)", status)[0])

    def ask(self, path: str, body: bytes | None = None) -> bytes:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, headers)
        with urllib.request.urlopen(request, timeout=120) as answer:  # nosec B310 - our own address
            return bytes(answer.read())

    def load(self, bodies: Path, seconds: float, rate: float = 0, connections: int = CONNECTIONS) -> dict[str, float]:
        """What the load saw, and the processor time that it cost the server."""
        before = self.used()
        words = (self.port, self.path, bodies, self.key, connections, seconds, rate, LOADER)
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.load", *map(str, words)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        found: dict[str, float] = json.loads(done.stdout)
        if found["failures"] or not found["requests"]:
            raise Unequal(f"{found['failures']:.0f} requests failed of {found['requests']:.0f}")
        return found | {"used": self.used() - before}


def written(folder: Path) -> Path:
    """The market as files."""
    made = make(RULES)
    (folder / "market.rebates").write_text(made.text(), "utf-8")
    for name in ("accounts", "items", "units", "list_prices", "account_prices"):
        rows = list(made.rows(name) or ())
        lines = [",".join(rows[0]), *(",".join(str(value) for value in row.values()) for row in rows)]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def bodies(folder: Path, lines: int, count: int) -> Path:
    """Orders as JSON, one on a line."""
    file = folder / f"orders-{lines}.ndjson"
    orders = [
        {"account": account, "date": str(day), "lines": [{"item": item, "quantity": f"{n} piece"} for item, n in some]}
        for account, day, some in asked_orders(make(RULES), lines, count)
    ]
    file.write_text("".join(json.dumps(order) + "\n" for order in orders), "utf-8")
    return file


def new_bodies(folder: Path, turn: int) -> Path:
    """Orders of a hundred lines, of which none came in a former turn or comes again: each item in each quantity once."""
    file = folder / f"new-{turn}.ndjson"
    made, orders = make(RULES), []
    items = list(made.items)[:400]
    number = turn * NEW_ORDERS * 100
    for account, day, _ in asked_orders(made, 1, NEW_ORDERS):
        places = range(number, number := number + 100)
        lines = [
            {"item": items[place * 173 % 400], "quantity": f"{1 + place // 400 * 7_919 % 9_973} piece"}
            for place in places
        ]
        orders.append({"account": account, "date": str(day), "lines": lines})
    file.write_text("".join(json.dumps(order) + "\n" for order in orders), "utf-8")
    return file


@contextmanager
def running(folder: Path, rules: Path, *kinds: str) -> Iterator[list[Server]]:
    """The servers of these kinds, all on one core, each ready."""
    store = f"sqlite:///{folder / 'store.db'}"
    database = Database(store)
    database.prepare()
    key = Keys(database).create(Caller("", "load", frozenset({"quote", "rules"}), everywhere=True))[1]
    database.close()
    servers, logs = [], []
    try:
        for kind in kinds:
            port, path = free_port(), QUOTES
            if kind == "ours":
                words = ["-m", "rebates", "serve", str(rules), "--port", str(port), "--store", store]
            else:
                path = "/pydantic/quotes" if kind == "pydantic" else QUOTES
                words = ["-m", "benchmarks.floors", kind, str(port), str(SERVER)]
                words += [str(rules), store] if kind == "pydantic" else []
            log = (folder / f"{kind}.log").open("wb")
            logs.append(log)
            environment = os.environ | {"REBATES_LINES_PER_MINUTE": "0", "REBATES_WATCH": "false"}
            process = subprocess.Popen([sys.executable, *words], cwd=ROOT, env=environment, stderr=log, stdout=log)
            os.sched_setaffinity(process.pid, {SERVER})
            servers.append(Server(process, port, path, key))
        for server in servers:
            ready(server)
        yield servers
    finally:
        for server in servers:
            server.process.terminate()
        for server in servers:
            server.process.wait(60)
        for log in logs:
            log.close()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def ready(server: Server) -> None:
    until = time.monotonic() + 300
    while time.monotonic() < until and server.process.poll() is None:
        try:
            server.ask("/healthz")
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise Unequal("a server did not start")


def in_turn(servers: list[Server], orders: Path) -> list[float]:
    """The best requests a second of each, in rounds, one after the other, once every order was asked before."""
    for server in servers:
        warmed(server, orders)
    return best([[server.load(orders, ROUND_S) for server in servers] for _ in range(ROUNDS)])


def with_new_lines(servers: list[Server], folder: Path) -> list[float]:
    """The same for lines that were never asked before, nor come again; their accounts and items did."""
    warmed(servers[0], new_bodies(folder, 0))
    rounds = []
    for turn in range(1, ROUNDS + 1):
        orders = new_bodies(folder, turn)
        rounds.append([server.load(orders, NEW_ROUND_S) for server in servers])
        if rounds[-1][0]["requests"] > NEW_ORDERS:
            raise Unequal("lines came again")
        orders.unlink()
    return best(rounds)


def best(rounds: list[list[dict[str, float]]]) -> list[float]:
    """Of each server the most requests for a second of its processor time."""
    return [max(found["requests"] / found["used"] for found in of) for of in zip(*rounds, strict=True)]


def warmed(server: Server, orders: Path) -> None:
    """Every order was asked before."""
    left = 2 * len(orders.read_bytes().splitlines())
    while left > 0:
        left -= int(server.load(orders, ROUND_S)["requests"])


@cache
def speeds() -> dict[str, float]:
    """Requests a second: ours and the floors, of one line and of a hundred, of a hundred that are new."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rules = folder / "rules"
        rules.mkdir()
        written(rules)
        one, many = bodies(folder, 1, 1_000), bodies(folder, 100, 100)
        with running(folder, rules, "ours", "echo", "pydantic") as (ours, echo, pydantic):
            must_agree(ours, pydantic, many)
            must_agree(ours, pydantic, new_bodies(folder, 0))
            short = in_turn([ours, echo], one)
            long = in_turn([ours, echo, pydantic], many)
            new = with_new_lines([ours, echo], folder)
    names = ("ours 1", "echo 1", "ours 100", "echo 100", "pydantic 100", "ours new", "echo new")
    return dict(zip(names, short + long + new, strict=True))


def must_agree(ours: Server, pydantic: Server, orders: Path) -> None:
    """Both answer with the same amounts."""
    for body in orders.read_bytes().splitlines()[:5]:
        mine, theirs = (json.loads(server.ask(server.path, body)) for server in (ours, pydantic))
        if (mine["total"], mine["lines"]) != (
            theirs["total"],
            [{name: line[name] for name in mine["lines"][0]} for line in theirs["lines"]],
        ):
            raise Unequal("the service with pydantic comes to other amounts")


def share(of: str, floor: str) -> tuple[float, float | None]:
    """Ours as per cent of a floor."""
    found = speeds()
    return 100 * found[of] / found[floor], None


def times(of: str, over: str) -> tuple[float, float | None]:
    found = speeds()
    return found[of] / found[over], None


def tail() -> tuple[float, float | None]:
    """The 99th of a hundred requests over the median, in ms, at 70 % of what one worker can do; the best of three rounds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rules = folder / "rules"
        rules.mkdir()
        written(rules)
        orders = bodies(folder, 1, 1_000)
        with running(folder, rules, "ours") as (ours,):
            warmed(ours, orders)
            most = max(found["requests"] / ROUND_S for found in (ours.load(orders, ROUND_S) for _ in range(3)))
            found = [ours.load(orders, 3 * ROUND_S, 0.7 * most, 64) for _ in range(3)]
    best = min(found, key=lambda each: each["p99"] / each["median"])
    return best["p99"] / best["median"], None


def growth() -> tuple[float, float | None]:
    """The soak of a measurement: as many requests as are answered."""
    return grown(SOAK_S), None


def grown(seconds: float, rate: float = 0) -> float:
    """Per cent by which memory grows from the end of warming up, a quarter of the time, to the end; at so many requests a second."""
    at_once = seconds / 8 if rate else 2
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rules = folder / "rules"
        rules.mkdir()
        written(rules)
        one, many = bodies(folder, 1, 500), bodies(folder, 100, 100)
        with running(folder, rules, "ours") as (ours,):
            until, before = time.monotonic() + seconds, 0
            warm = time.monotonic() + seconds / 4
            while time.monotonic() < until:
                for orders in (one, many):
                    ours.load(orders, at_once, rate)
                if not before and time.monotonic() > warm:
                    before = ours.memory()
            return 100 * (ours.memory() - before) / before


def pause() -> tuple[float, float | None]:
    """The longest time in ms that a quote takes, at 100 a second, while 20,000 rules are read anew; the best of three reloads."""
    rules = Path(folder_of().name)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        orders = folder / "orders.ndjson"
        order = {"account": "A7", "date": "2026-05-04", "lines": [{"item": "I3", "quantity": "48 piece"}]}
        orders.write_text(json.dumps(order) + "\n", "utf-8")
        with running(folder, rules, "ours") as (ours,):
            ours.load(orders, 2, 100)
            longest = []
            for turn in range(3):
                file = rules / "deal7.rebates"
                file.write_text(file.read_text("utf-8").replace("rate 1.", f"rate 1.{turn + 1}", 1), "utf-8")
                words = (ours.port, ours.path, orders, ours.key, 16, 20, 100, LOADER)
                load = subprocess.Popen(
                    [sys.executable, "-m", "benchmarks.load", *map(str, words)],
                    cwd=ROOT, stdout=subprocess.PIPE, text=True,
                )  # fmt: skip
                time.sleep(3)
                ours.ask("/v1/rules:reload", b"")
                told = json.loads(load.communicate()[0])
                if told["failures"]:
                    raise Unequal(f"{told['failures']} requests failed")
                longest.append(told["longest"])
    return min(longest), None


ROWS = [
    Measurement(
        "service: quotes of 1 line, of an echoing route", "%", 60, 80, lambda: share("ours 1", "echo 1"), "higher"
    ),
    Measurement(
        "service: quotes of 100 lines that came before, of an echoing route",
        "%",
        35,
        55,
        lambda: share("ours 100", "echo 100"),
        "higher",
    ),
    Measurement(
        "service: quotes of 100 lines that never came before, of an echoing route",
        "%",
        35,
        55,
        lambda: share("ours new", "echo new"),
        "higher",
    ),
    Measurement(
        "service: quotes of 100 lines over pydantic models",
        "x",
        2,
        4,
        lambda: times("ours 100", "pydantic 100"),
        "higher",
    ),
    Measurement("service: p99 over median at 70 % of its most", "x", 4, 2, tail),
    Measurement("service: growth of memory in the soak", "%", 2, 0, growth, asked_for="soak"),
    Measurement("service: longest pause, 20,000 rules read anew", "ms", 50, 10, pause),
]
