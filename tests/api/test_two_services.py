"""A key of idempotency whose first request is not answered yet, asked at another service of the same ledger or store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection

from rebates.ledger.driver import LOCK
from rebates.ledger.ledger import Ledger
from rebates_api.store.answers import Answer, Answers, Asked, Taken
from rebates_api.store.database import Database
from tests.api.served import RULES, SALE, Served, serving, start
from tests.ledger.conftest import fresh, postgresql

__all__ = ["postgresql"]
KEY = {"Idempotency-Key": "flying"}


@contextmanager
def two_services(folder: Path, ledger: str, store: str = "") -> Iterator[tuple[Served, Served]]:
    """Two services, neither started by the other, on one store and one ledger: what two machines are to their database."""
    with serving(folder, ledger=ledger, store=store, lines_per_minute=0) as first:
        second = start(folder, RULES, first.store, first.keys, ledger=ledger, lines_per_minute=0)
        try:
            yield first, second
        finally:
            second.stop()


def facts_in(ledger: str) -> list[str]:
    with Ledger.open(ledger) as opened:
        return [fact.id for fact in opened.facts()]


def test_on_postgresql_the_other_service_says_409_at_once(postgresql: str, tmp_path: Path) -> None:
    """Another program holds the ledger: whoever came first waits for it, at either service, and the other is told so."""
    url = fresh(postgresql)
    with two_services(tmp_path, url, url) as services, ThreadPoolExecutor(1) as pool:
        for number, (here, there) in enumerate((services, services[::-1])):
            body, key = SALE | {"id": f"F-{number}"}, {"Idempotency-Key": f"flying-{number}"}
            with here.client("alfa") as first, there.client("alfa") as second, psycopg.connect(url) as other:
                assert first.post("/v1/facts", json=SALE).status_code == 200  # the ledger is open
                other.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
                sent = pool.submit(first.post, "/v1/facts", json=body, headers=key)
                waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                while other.execute(waiting).fetchone() == (0,):
                    assert not sent.done()
                told = second.post("/v1/facts", json=body, headers=key)
                assert (told.status_code, told.json()["code"]) == (409, "S4092")
                assert told.headers["retry-after"] == "1"
                assert not sent.done()
                other.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))
                assert (sent.result().status_code, sent.result().json()["added"]) == (200, 1)
                again = second.post("/v1/facts", json=body, headers=key)
                assert (again.status_code, again.headers["idempotency-replayed"]) == (200, "true")
                assert again.content == sent.result().content
    assert facts_in(url) == ["INV-1", "F-0", "F-1"]


def test_on_sqlite_another_service_waits_and_gives_the_same_answer(tmp_path: Path) -> None:
    """A file is for the workers of one service, who know of each other; one started beside it waits for its turn to write."""
    ledger = str(tmp_path / "ledger.db")
    with (
        two_services(tmp_path, ledger) as services,
        services[0].client("alfa") as first,
        services[1].client("alfa") as second,
        ThreadPoolExecutor(2) as pool,
    ):
        assert [each.post("/v1/facts", json=SALE).status_code for each in (first, second)] == [200, 200]
        holding = sqlite3.connect(ledger, isolation_level=None)
        holding.execute("BEGIN IMMEDIATE")
        sent = [pool.submit(each.post, "/v1/facts", json=SALE | {"id": "F-1"}, headers=KEY) for each in (first, second)]
        holding.execute("ROLLBACK")
        holding.close()
        answers = [each.result() for each in sent]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 1
    assert facts_in(ledger) == ["INV-1", "F-1"]


def test_a_key_in_the_store_is_taken_while_its_work_is_done(postgresql: str) -> None:
    url = fresh(postgresql)
    here, there = Database(url), Database(url)
    here.prepare()
    asked, other = Asked("rbk_1", "approval", "k", b"{}"), Asked("rbk_2", "approval", "k", b"{}")
    done: list[str] = []

    def nested(_: Connection) -> Answer:
        done.append("nested")
        return Answer(200, "{}")

    def work(_: Connection) -> Answer:
        with pytest.raises(Taken):
            Answers(there).once(asked, nested)
        assert not Answers(there).once(other, nested).replayed  # another caller's key is another one
        return Answer(200, '{"done":1}')

    assert Answers(here).once(asked, work) == Answer(200, '{"done":1}')
    assert Answers(there).once(asked, nested) == Answer(200, '{"done":1}', True)
    assert done == ["nested"]
    for each in (here, there):
        each.close()
