"""Databases that go away, workers that are killed, clients that are slow or many: quotes go on, nothing is half stored."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from rebates.ledger.ledger import Ledger
from rebates.ledger.reckoned import prove
from tests.api.served import CHEAP, ORDER, PATIENCE_S, SALE, Served, serving
from tests.ledger.conftest import fresh, postgresql

__all__ = ["postgresql"]
CONNECTIONS = int(os.environ.get("CONNECTIONS", "500"))  # 10,000 in `make long`
KILLS = int(os.environ.get("WORKER_KILLS", "2"))  # 50 in `make long`


class Between:
    """Stands between the service and its database: lets everything pass, or nothing, or cuts a connection at some words."""

    def __init__(self, socket_file: Path) -> None:
        self._database = socket_file
        self._open: set[socket.socket] = set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.away = False
        self.cut_at: bytes | None = None
        self.cuts = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def go_away(self) -> None:
        self.away = True
        for each in list(self._open):
            self._shut(each)

    def close(self) -> None:
        self.go_away()
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            if self.away:
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self._database))
            self._open |= {client, server}
            threading.Thread(target=self._carry, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._carry, args=(server, client, False), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, watched: bool) -> None:
        try:
            while data := source.recv(65_536):
                if watched and self.cut_at is not None and self.cut_at in data:
                    self.cut_at, self.cuts = None, self.cuts + 1
                    break
                target.sendall(data)
        except OSError:
            pass
        for each in (source, target):
            self._shut(each)

    def _shut(self, each: socket.socket) -> None:
        self._open.discard(each)
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()


Way = tuple[Between, str]


@pytest.fixture
def ways(postgresql: str) -> Iterator[tuple[Way, Way]]:
    """Two ways to one database that can be cut, each with its URL: for the store, and for the ledger."""
    own = fresh(postgresql)
    folder, schema = own.partition("host=")[2].partition("&")[0], own.partition("search_path%3D")[2]
    made = [Between(Path(folder) / ".s.PGSQL.5432") for _ in range(2)]
    rest = f"/postgres?sslmode=disable&options=-csearch_path%3D{schema}"
    first, second = ((way, f"postgresql://postgres:@127.0.0.1:{way.port}{rest}") for way in made)
    yield first, second
    for way in made:
        way.close()


def until(client: httpx.Client, path: str, body: object, status: int) -> httpx.Response:
    """The answer once it has this status."""
    end = time.monotonic() + PATIENCE_S
    while (answer := client.post(path, json=body)).status_code != status and time.monotonic() < end:
        time.sleep(0.1)
    assert answer.status_code == status, answer.text
    return answer


def test_the_database_goes_away_and_comes_back(ways: tuple[Way, Way], tmp_path: Path) -> None:
    (to_store, store), (way, url) = ways
    with (
        serving(tmp_path, store=store, ledger=url, lines_per_minute=0) as running,
        running.client("alfa") as alfa,
        running.client("director") as director,
    ):
        first = alfa.post("/v1/quotes", json=ORDER)
        kept = alfa.post("/v1/quotes", json=CHEAP).json()["approval"]["id"]
        assert alfa.post("/v1/facts", json=SALE).json()["added"] == 1

        way.go_away()
        to_store.go_away()
        decision = {"decision": "refuse", "reason": "no"}
        for answer in (
            alfa.post("/v1/facts", json=SALE | {"id": "INV-2"}, headers={"Idempotency-Key": "two"}),
            alfa.get("/v1/accruals"),
            alfa.get("/v1/accounts/ALFA/statements?period=2026-Q1"),
            director.post(f"/v1/quotes/{kept}/approval", json=decision),
        ):
            assert (answer.status_code, answer.json()["code"]) == (503, "S5032"), answer.text
            assert int(answer.headers["retry-after"]) > 0
        for _ in range(20):  # quotes go on
            assert alfa.post("/v1/quotes", json=ORDER).content == first.content
        unkept = alfa.post("/v1/quotes", json=CHEAP | {"date": "2026-03-11"})
        assert (unkept.status_code, unkept.json()["approval"]) == (200, None)  # what has to be kept waits
        ready = alfa.get("/readyz").json()
        assert (ready["status"], ready["store"], ready["ledger"]) == ("ready", "away", "away")

        way.away = to_store.away = False
        posted = until(alfa, "/v1/facts", SALE | {"id": "INV-2"}, 200)
        assert posted.json()["added"] == 1
        assert until(director, f"/v1/quotes/{kept}/approval", decision, 200).json()["state"] == "refused"
        for words in (b"INTO fact", b"INTO link", b"INTO service_answers", b"COMMIT"):  # in the midst of a transaction
            cuts, id = way.cuts, f"CUT-{words.decode().replace(' ', '-')}"
            way.cut_at = words
            headers = {"Idempotency-Key": id}
            body = SALE | {"id": id}
            broken = alfa.post("/v1/facts", json=body, headers=headers)
            assert way.cuts == cuts + 1
            assert (broken.status_code, broken.json()["code"]) == (503, "S5032"), words
            end = time.monotonic() + PATIENCE_S
            while (again := alfa.post("/v1/facts", json=body, headers=headers)).status_code != 200:
                assert time.monotonic() < end
            assert again.json()["added"] == 1, words  # nothing was left of the first
            assert "idempotency-replayed" not in again.headers
        with Ledger.open(url) as ledger:
            proof = prove(ledger)
        assert (proof.facts, proof.findings) == (6, ())


def workers_of(running: Served) -> list[int]:
    """The processes that answer."""
    found = subprocess.run(
        ["pgrep", "-P", str(running.process.pid), "-f", "spawn_main"], capture_output=True, text=True
    )
    return [int(line) for line in found.stdout.split()]


def test_workers_killed_while_they_post_leave_every_fact_once(postgresql: str, tmp_path: Path) -> None:
    url, over = fresh(postgresql), threading.Event()
    done: list[str] = []
    wrong: list[str] = []

    def post(running: Served, who: int) -> None:
        number = 0
        while not over.is_set():
            number += 1
            id = f"K-{who}-{number}"
            while True:  # as an order system does: until there is an answer
                try:
                    with running.client("alfa") as alfa:
                        answer = alfa.post("/v1/facts", json=SALE | {"id": id}, headers={"Idempotency-Key": id})
                    if answer.status_code == 200:
                        done.append(id)
                        break
                    if answer.status_code not in (409, 503):
                        wrong.append(f"{answer.status_code} {answer.text}")
                        over.set()
                        return
                except httpx.HTTPError:
                    time.sleep(0.05)

    with serving(tmp_path, store=url, ledger=url, workers=2, lines_per_minute=0) as running:
        threads = [threading.Thread(target=post, args=(running, who)) for who in range(3)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(KILLS):
                end, before = time.monotonic() + PATIENCE_S, len(done)
                while (
                    (len(done) < before + 10 or len(workers_of(running)) < 2) and time.monotonic() < end and not wrong
                ):
                    time.sleep(0.05)
                there_are = workers_of(running)
                assert there_are, running.log[-20:]
                os.kill(there_are[0], signal.SIGKILL)
            end, before = time.monotonic() + PATIENCE_S, len(done)
            while len(done) < before + 10 and time.monotonic() < end and not wrong:
                time.sleep(0.05)
        finally:
            over.set()
            for thread in threads:
                thread.join()
        assert wrong == []
        assert running.logged("fault") == []
        with Ledger.open(url) as ledger:
            there = [fact.id for fact in ledger.facts()]
            proof = prove(ledger)
    assert sorted(there) == sorted(done)
    assert len(done) == len(set(done)) > 10 * KILLS
    assert proof.findings == ()


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that does not wait long, and may hold many connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + 1_000  # each end has a process of its own
    if hard != resource.RLIM_INFINITY and hard < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))  # fails where this is not allowed, and says so
    elif soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    with serving(tmp_path_factory.mktemp("hasty"), lines_per_minute=0, head_seconds=2, body_seconds=2) as running:
        yield running


def begun(running: Served, text: bytes) -> socket.socket:
    wire = socket.create_connection(("127.0.0.1", running.port), timeout=PATIENCE_S)
    wire.sendall(text)
    return wire


def head_of(running: Served, length: int) -> bytes:
    return (
        f"POST /v1/quotes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n"
        f"Authorization: Bearer {running.keys['alfa']}\r\n\r\n"
    ).encode()


def test_heads_and_bodies_that_trickle_are_cut_off(hasty: Served) -> None:
    body = json.dumps(ORDER).encode()
    heads = [begun(hasty, b"POST /v1/quotes HTTP/1.1\r\nHost: x\r\n") for _ in range(50)]
    bodies = [begun(hasty, head_of(hasty, len(body)) + body[:10]) for _ in range(50)]
    second = begun(hasty, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n")
    with hasty.client("alfa") as alfa:
        began = time.monotonic()
        while time.monotonic() - began < 1:
            for each in heads:
                with suppress(OSError):
                    each.sendall(b"X: y\r\n")
            assert alfa.post("/v1/quotes", json=ORDER).status_code == 200
        for each in heads:
            each.settimeout(PATIENCE_S)
            with suppress(ConnectionResetError):
                assert each.recv(100) == b""
        for each in bodies:
            assert each.recv(4_000).startswith(b"HTTP/1.1 408 ")
        answered = b"".join(iter(lambda: second.recv(4_000), b""))  # to the end of the connection
        assert answered.count(b"HTTP/1.1 200 ") == answered.count(b"HTTP/1.1 ") == 1
        assert alfa.post("/v1/quotes", json=ORDER).status_code == 200
    for each in [*heads, *bodies, second]:
        each.close()


def test_bodies_cut_off_leave_nothing_behind(hasty: Served) -> None:
    body = json.dumps(ORDER).encode()
    for length in (0, 1, len(body) // 2, len(body) - 1):
        for _ in range(20):
            begun(hasty, head_of(hasty, len(body)) + body[:length]).close()
    with hasty.client("alfa") as alfa:
        assert alfa.post("/v1/quotes", json=ORDER).status_code == 200
    assert not hasty.logged("fault")


def test_a_hundred_megabytes_that_do_come_are_not_kept(hasty: Served) -> None:
    """Chunk after chunk without a length: answered and closed soon after the limit, not after the last byte."""
    head = head_of(hasty, 0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    wire, sent = begun(hasty, head), 0
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    try:
        while sent < 100_000_000:
            wire.sendall(chunk)
            sent += 0x10000
    except OSError:
        pass
    assert sent < 100_000_000
    wire.close()
    with hasty.client("alfa") as alfa:
        assert alfa.post("/v1/quotes", json=ORDER).status_code == 200


def test_many_connections_at_once(hasty: Served) -> None:
    """All of them open, all of them answered, and one more gets its price meanwhile."""
    ask = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with ThreadPoolExecutor(16) as pool:
        wires = list(pool.map(lambda _: begun(hasty, ask), range(CONNECTIONS)))
        answers = list(pool.map(lambda wire: wire.recv(4_000), wires))
        assert {answer[:15] for answer in answers} == {b"HTTP/1.1 200 OK"}
        with hasty.client("alfa") as alfa:
            assert alfa.post("/v1/quotes", json=ORDER).status_code == 200
        for wire in wires:
            wire.close()
